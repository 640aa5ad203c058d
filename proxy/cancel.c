#include "cancel.h"

#include "base/log.h"
#include "base/mem.h"
#include "client.h"
#include "protocol.h"
#include "server.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

struct key_name {
    int32_t pid;
    uint8_t secret[CANCEL_SECRET_LEN];
};

struct cancel_key {
    UT_hash_handle hh;
    struct key_name name;
    struct worker *worker;
    uint64_t client_id;
};

static pthread_mutex_t keys_lock = PTHREAD_MUTEX_INITIALIZER;
static struct cancel_key *keys;

struct cancel_key *cancel_key_new(struct client *c)
{
    struct cancel_key *k = mem_new(sizeof *k);
    k->worker = c->worker;
    k->client_id = c->id;
    for (;;) {
        if (!secret_random(&k->name, sizeof k->name)) {
            free(k);
            return NULL;
        }
        k->name.pid &= 0x7fffffff; /* some clients take it for a signed number and dislike the sign */
        struct cancel_key *same;
        pthread_mutex_lock(&keys_lock);
        HASH_FIND(hh, keys, &k->name, sizeof k->name, same);
        if (same == NULL) {
            HASH_ADD(hh, keys, name, sizeof k->name, k);
        }
        pthread_mutex_unlock(&keys_lock);
        if (same == NULL) {
            return k;
        }
    }
}

void cancel_key_free(struct cancel_key *k)
{
    pthread_mutex_lock(&keys_lock);
    HASH_DEL(keys, k);
    pthread_mutex_unlock(&keys_lock);
    free(k);
}

int32_t cancel_key_pid(const struct cancel_key *k)
{
    return k->name.pid;
}

const uint8_t *cancel_key_secret(const struct cancel_key *k)
{
    return k->name.secret;
}

/* ---- finding whom it means ---- */

struct request {
    uint64_t client_id;
    int fd;
};

static void request_arrives(struct worker *w, void *arg)
{
    struct request r = *(struct request *)arg;
    free(arg);
    struct client *c = client_find(w, r.client_id);
    if (c != NULL && c->state == CLIENT_WAITING) {
        client_cancel_waiting(c);
    } else if (c != NULL && c->state == CLIENT_LINKED && !w->stopping && !track_idle(&c->server->track)) {
        cancel_send(c->server, r.fd);
        return;
    }
    close(r.fd); /* there is nothing to cancel; the protocol has no answer */
}

void cancel_request(int32_t pid, const uint8_t *secret, size_t len, int fd)
{
    struct key_name name = {.pid = pid};
    struct worker *w = NULL;
    struct request *r = mem_new(sizeof *r);
    r->fd = fd;
    if (len == sizeof name.secret) {
        memcpy(name.secret, secret, len);
        struct cancel_key *k;
        pthread_mutex_lock(&keys_lock);
        HASH_FIND(hh, keys, &name, sizeof name, k);
        if (k != NULL) {
            w = k->worker;
            r->client_id = k->client_id;
        }
        pthread_mutex_unlock(&keys_lock);
    }
    if (w == NULL) {
        log_info("cancel_unknown", "pid=%d", (int)pid);
        close(fd);
        free(r);
        return;
    }
    worker_post(w, request_arrives, r);
}

/* ---- carrying it out ---- */

void cancel_close(struct cancel *x, bool delivered)
{
    net_close(&x->net);
    if (x->client_fd >= 0) {
        close(x->client_fd);
        x->client_fd = -1;
    }
    struct server *s = x->server;
    struct worker *w = x->worker;
    x->server = NULL;
    DL_DELETE(w->cancels, x);
    x->next_dead = w->dead_cancels;
    w->dead_cancels = x;
    if (s != NULL) {
        server_cancel_done(s, delivered);
    }
}

/* The server says nothing to a cancel request; it closes the connection when the signal has been sent. */
static void cancel_ready(struct net *n, int events)
{
    struct cancel *x = NET_OWNER(n, struct cancel);
    if (!x->sent) {
        int error = 0;
        socklen_t len = sizeof error;
        if (getsockopt(n->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0 ||
            !net_send(n, x->packet, x->packet_len)) {
            cancel_close(x, true); /* nothing was sent, so nothing can hit */
            return;
        }
        x->sent = true;
        net_arm(n, NET_READ);
        return;
    }
    uint8_t ignored[64];
    if ((events & NET_READ) != 0) {
        ssize_t got = recv(n->fd, ignored, sizeof ignored, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            cancel_close(x, true);
        }
    }
}

void cancel_send(struct server *s, int fd)
{
    struct worker *w = s->worker;
    struct cancel *x = mem_new(sizeof *x);
    int64_t wait_ms = w->config->settings.timeout.cancel_wait_ms;
    x->worker = w;
    x->server = s;
    x->client_fd = fd;
    x->net.fd = -1;
    x->net.worker = w;
    x->deadline_ms = worker_now(w) + (wait_ms > 0 ? wait_ms : 10000);
    startup_write_cancel(&w->out, s->backend.pid, s->backend.key, s->backend.len);
    x->packet_len = w->out.len < sizeof x->packet ? w->out.len : sizeof x->packet;
    memcpy(x->packet, w->out.data, x->packet_len);
    wire_out_consume(&w->out, w->out.len);
    s->cancels++;
    DL_APPEND(w->cancels, x);
    bool tcp = s->address.a.any.sa_family != AF_UNIX;
    int sock = socket(s->address.a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sock < 0) {
        cancel_close(x, true);
        return;
    }
    if (!net_prepare_fd(sock, tcp, false) ||
        (connect(sock, &s->address.a.any, s->address.len) != 0 && errno != EINPROGRESS) ||
        !net_open(&x->net, w, sock, NET_WRITE, cancel_ready)) {
        log_warn("cancel_failed", "db and server unreachable: %s", strerror(errno));
        close(sock);
        cancel_close(x, true);
    }
}

void cancel_janitor(struct cancel *x, int64_t now)
{
    if (now >= x->deadline_ms) {
        cancel_close(x, !x->sent);
    }
}

void cancel_forget_server(struct worker *w, struct server *s)
{
    struct cancel *x;
    DL_FOREACH(w->cancels, x)
    {
        if (x->server == s) {
            x->server = NULL;
        }
    }
}
