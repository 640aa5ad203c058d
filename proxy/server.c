#include "server.h"

#include "base/log.h"
#include "base/mem.h"
#include "cancel.h"
#include "pool.h"
#include "relay.h"
#include "server_login.h"
#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utlist.h>

void server_connect(struct pool *p, struct worker *w)
{
    struct server *s = mem_new(sizeof *s);
    s->worker = w;
    s->pool = p;
    s->net.fd = -1;
    s->net.worker = w;
    DL_APPEND(w->servers, s);
    server_set_state(s, SERVER_CONNECTING);
    server_login_start(s);
}

void server_set_state(struct server *s, enum server_state state)
{
    /* Its clock is its worker's, and it is another worker that writes HANDOVER. */
    if (state != SERVER_HANDOVER && state != SERVER_LOGIN) {
        s->since_ms = worker_now(s->worker);
    }
    s->state = state;
}

/* ---- use ---- */

static void send_own(struct server *s, const char *sql)
{
    track_sent(&s->track, 'Q', TAG_OWN);
    msg_write_query(&s->worker->out, sql);
    worker_send(&s->net); /* a broken connection shows at the next read */
}

void server_link(struct server *s, struct client *c)
{
    s->client = c;
    s->session = c->mode == POOL_MODE_SESSION;
    c->server = s;
    net_arm(&s->net, s->net.armed | NET_READ);
    if (vars_same(&c->vars, &s->vars)) {
        client_set_state(c, CLIENT_LINKED);
        return;
    }
    struct arena a = {0};
    client_set_state(c, CLIENT_SETTING);
    send_own(s, vars_sql(&a, &c->vars, &s->vars));
    arena_free(&a);
}

static void unlink_client(struct server *s)
{
    s->client->server = NULL;
    s->client = NULL;
}

/* In case it is not known whether a failed copy left a ReadyForQuery to come: an empty query tells. */
static void probe(struct server *s)
{
    if (!s->probing) {
        s->probing = true;
        send_own(s, "");
    }
}

void server_settle(struct server *s)
{
    struct client *c = s->client;
    if (s->state != SERVER_LINKED || s->stepping || c->stepping || c->state != CLIENT_LINKED || c->taken ||
        c->mode == POOL_MODE_SESSION || s->half.left > 0 || net_blocked(&s->net) ||
        (c->half.left > 0 && !c->half.drop)) {
        return;
    }
    if (track_idle(&s->track)) {
        unlink_client(s);
        client_set_state(c, CLIENT_IDLE);
        pool_put(s);
    } else if (track_unsure(&s->track)) {
        probe(s);
    }
}

/* ---- statements of ours ---- */

void server_run_task(struct server *s, enum server_task task, const char *sql)
{
    server_set_state(s, SERVER_TASK);
    s->task = task;
    net_arm(&s->net, s->net.armed | NET_READ);
    send_own(s, sql);
}

static void reset_or_put(struct server *s)
{
    const char *sql = s->worker->config->settings.pool.server_reset_query;
    if (s->session && sql[0] != '\0') {
        s->session = false;
        server_run_task(s, TASK_RESET, sql);
    } else {
        server_set_state(s, SERVER_TASK);
        pool_put(s);
    }
}

static void task_done(struct server *s)
{
    enum server_task task = s->task;
    s->task = TASK_NONE;
    if (s->own_error != NULL || !track_idle(&s->track)) {
        log_warn("server_task_failed", "db=%s user=%s pid=%d: %s", s->pool->name, s->pool->user,
                 (int)s->backend.pid, s->own_error != NULL ? s->own_error->message : "not idle");
        server_close(s, NULL);
        return;
    }
    if (task == TASK_ROLLBACK) {
        reset_or_put(s);
        return;
    }
    if (task == TASK_RESET &&
        strcasestr(s->worker->config->settings.pool.server_reset_query, "ALL") != NULL) {
        vars_clear_extras(&s->vars); /* DISCARD ALL and RESET ALL */
    }
    pool_put(s);
}

static void settings_done(struct server *s)
{
    struct client *c = s->client;
    if (s->own_error != NULL) { /* nothing was set: it was one transaction */
        struct err e = *s->own_error;
        free(s->own_error);
        s->own_error = NULL;
        client_fail(c, &e);
        return;
    }
    vars_copy_tracked(&c->vars, &s->vars);
    vars_copy(&s->vars, &c->vars);
    client_set_state(c, CLIENT_LINKED);
    relay_client_continue(c);
}

void server_own_ready(struct server *s)
{
    s->probing = false;
    if (s->state == SERVER_TASK && s->task != TASK_NONE) {
        task_done(s);
    } else if (s->state == SERVER_LINKED && s->client->state == CLIENT_SETTING) {
        settings_done(s);
    }
}

void server_recover(struct server *s, struct client *c)
{
    bool torn = (c->half.left > 0 && !c->half.drop) || net_blocked(&s->net) || s->half.left > 0;
    unlink_client(s);
    if (s->state != SERVER_LINKED) {
        return;
    }
    if (!torn && !s->stepping && track_idle(&s->track)) {
        reset_or_put(s);
    } else if (!torn && !s->stepping && track_owed(&s->track) == 0 && !track_unsynced(&s->track) &&
               !track_unsure(&s->track) && s->track.copy == TRACK_COPY_NONE) {
        server_run_task(s, TASK_ROLLBACK, "ROLLBACK");
    } else {
        /* Something of it is still on its way in one direction or the other. It ends, and so does what it
         * was doing: nobody is left to want it. */
        if (!s->fatal && track_owed(&s->track) > 0) {
            cancel_send(s, -1);
        }
        server_close(s, NULL);
    }
}

/* ---- moving between workers ---- */

struct handover {
    struct server *server;
    struct worker *to;
};

static void arrive(struct worker *w, void *arg)
{
    struct server *s = arg;
    int fd = s->net.fd;
    uint8_t byte;
    s->worker = w;
    s->net.worker = w;
    DL_APPEND(w->servers, s);
    pool_moved(s->pool);
    /* An idle server has nothing to say: if it has, it has died on the way or is about to. */
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    bool quiet = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (w->stopping || !quiet || !net_open(&s->net, w, fd, NET_READ, relay_server_ready)) {
        server_close(s, NULL);
        return;
    }
    pool_put(s);
}

static void depart(struct worker *w, void *arg)
{
    struct handover h = *(struct handover *)arg;
    free(arg);
    if (h.server->state == SERVER_DEAD) {
        return;
    }
    net_detach(&h.server->net);
    DL_DELETE(w->servers, h.server);
    worker_post(h.to, arrive, h.server);
}

void server_hand_over(struct server *s, struct worker *to)
{
    struct handover *h = mem_alloc(sizeof *h);
    *h = (struct handover){.server = s, .to = to};
    worker_post(s->worker, depart, h);
}

/* ---- the end ---- */

void server_close(struct server *s, const struct err *e)
{
    if (s->state == SERVER_DEAD) {
        return;
    }
    struct client *c = s->client;
    bool inside = s->half.left > 0 && !s->half.drop;
    if (c != NULL) {
        relay_run_flush(&c->net);
        unlink_client(s);
    }
    bool orderly = e == NULL && !s->fatal && !net_blocked(&s->net);
    if (s->state == SERVER_CONNECTING || s->state == SERVER_LOGIN) {
        struct err unknown = {0};
        err_set(&unknown, ERR_CONNECT, "connecting to the server was given up");
        pool_login_failed(s, e != NULL ? e : &unknown);
        orderly = false;
    } else {
        pool_forget_server(s);
    }
    server_set_state(s, SERVER_DEAD);
    if (orderly) {
        msg_write_terminate(&s->worker->out);
        worker_send(&s->net);
    }
    net_close(&s->net);
    if (s->worker->run.to == &s->net) {
        s->worker->run.len = 0;
    }
    cancel_forget_server(s->worker, s);
    DL_DELETE(s->worker->servers, s);
    s->next_dead = s->worker->dead_servers;
    s->worker->dead_servers = s;
    if (c != NULL) {
        client_end(c, inside || s->fatal ? NULL : e);
    }
}

void server_cancel_done(struct server *s, bool delivered)
{
    s->cancels--;
    if (!delivered) {
        s->close_on_return = true; /* it may still hit, and then somebody else */
    }
    if (s->cancels == 0 && s->state == SERVER_HELD) {
        server_set_state(s, SERVER_TASK);
        pool_put(s);
    }
}

void server_janitor(struct server *s, int64_t now)
{
    int64_t limit;
    struct err e = {0};
    switch (s->state) {
    case SERVER_CONNECTING:
    case SERVER_LOGIN:
        limit = s->worker->config->settings.timeout.server_connect_ms;
        if (limit > 0 && now - s->since_ms >= limit) {
            err_set(&e, ERR_CONNECT, "server_connect_timeout: the server did not let us in within %lld ms",
                    (long long)limit);
            server_close(s, &e);
        }
        break;
    case SERVER_TASK:
        if (s->task != TASK_NONE && now - s->since_ms >= SERVER_TASK_MS) {
            server_close(s, NULL);
        }
        break;
    case SERVER_LINKED:
    case SERVER_IDLE:
    case SERVER_HELD:
    case SERVER_HANDOVER:
    case SERVER_DEAD:
        break;
    }
}

void server_free(struct server *s)
{
    server_login_free(s->login);
    track_free(&s->track);
    free(s->own_error);
    vars_free(&s->vars);
    free(s);
}
