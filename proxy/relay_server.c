/* Server to client, see relay.c. */
#include "base/log.h"
#include "base/mem.h"
#include "client.h"
#include "pool.h"
#include "relay_parts.h"
#include "server.h"
#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ErrorResponses are read up to this length; longer ones pass unread. */
#define RELAY_ERROR_MAX (64u << 10)

/* A reply to a statement of ours. */
static void own_error(struct server *s, const uint8_t *body, size_t len)
{
    struct errfields f;
    if (s->own_error == NULL && errfields_read(body, len, &f)) {
        s->own_error = mem_new(sizeof *s->own_error);
        errfields_to_err(&f, s->own_error);
    }
}

static bool is_fatal(const uint8_t *body, size_t len)
{
    struct errfields f;
    return errfields_read(body, len, &f) && errfields_fatal(&f);
}

/* An error the client is to get, or nobody: only whether the server survives it matters here. */
static void note_error(struct server *s, const uint8_t *body, size_t len)
{
    struct errfields f;
    if (errfields_read(body, len, &f) && errfields_fatal(&f)) {
        s->fatal = true;
        if (s->client == NULL) {
            log_info("server_ended", "db=%s user=%s pid=%d sqlstate=%s: %s", s->pool->name, s->pool->user,
                     (int)s->backend.pid, f.sqlstate, f.message);
        }
    }
}

static void parameter_status(struct server *s, struct client *c, const uint8_t *body, size_t len)
{
    const char *name, *value;
    if (msg_read_parameter_status(body, len, &name, &value) && vars_set(&s->vars, name, value) && c != NULL) {
        vars_set(&c->vars, name, value);
    }
}

static bool server_wants_whole(const struct server *s, const struct client *c, uint8_t type, size_t total)
{
    switch (type) {
    case 'Z':
    case 'S':
        return true;
    case 'E':
        return total <= RELAY_ERROR_MAX;
    case 'N':
        return total <= INTERCEPT_NOTICE_MAX && c != NULL;
    default:
        return c != NULL && c->taken && s->state == SERVER_LINKED && total <= INTERCEPT_BODY_MAX;
    }
}

/* Shows a message to whom it may concern. False: it is not for the client. */
static bool client_gets(struct server *s, struct client *c, uint8_t type, const uint8_t *body, size_t len)
{
    switch (type) {
    case 'S':
        parameter_status(s, c, body, len);
        break;
    case 'E':
        if (body != NULL) {
            note_error(s, body, len);
        }
        break;
    case 'N':
        if (body != NULL && intercept_server_notice(c, body, len)) {
            return false;
        }
        break;
    case 'Z':
        c->since_ms = worker_now(c->worker);
        intercept_ready(c, (char)body[0]);
        break;
    default:
        break;
    }
    if (c->taken && s->client == c) {
        return intercept_server_message(c, type, body, len) == INTERCEPT_FORWARD;
    }
    return true;
}

static void server_broken(struct server *s, const char *why)
{
    struct err e = {0};
    log_warn("server_broken", "db=%s user=%s pid=%d: %s", s->pool->name, s->pool->user, (int)s->backend.pid,
             why);
    err_set(&e, ERR_CONNECTION, "server connection broken: %s", why);
    server_close(s, &e);
}

/* *ready: it was a ReadyForQuery to a statement of ours. */
static enum progress server_message(struct server *s, const uint8_t *data, size_t len, size_t *used,
                                    bool *ready)
{
    uint8_t type;
    size_t total;
    struct track_reply reply;
    enum frame_status status = frame_peek(data, len, FRAME_LENGTH_MAX, &type, &total);
    if (status == FRAME_BAD || (len > 0 && !frame_server_type(data[0]))) {
        server_broken(s, "it does not speak PostgreSQL's protocol");
        return PROGRESS_STOP;
    }
    if (status == FRAME_MORE) {
        return PROGRESS_STOP;
    }
    struct client *c = s->client;
    if (server_wants_whole(s, c, type, total) && len < total) {
        s->half.need = total;
        return PROGRESS_STOP;
    }
    const uint8_t *body = len >= total ? data + 5 : NULL;
    uint8_t txn = 0;
    if (type == 'Z' && !msg_read_ready(body, total - 5, &txn)) {
        server_broken(s, "malformed ReadyForQuery");
        return PROGRESS_STOP;
    }
    /* A server that is being ended says so unasked. */
    if (!track_received(&s->track, type, txn, &reply) &&
        (type != 'E' || body == NULL || !is_fatal(body, total - 5))) {
        server_broken(s, "it answered what nobody had asked");
        return PROGRESS_STOP;
    }
    bool own = reply.request != 0 && reply.tag == TAG_OWN;
    bool forward = false;
    if (own || c == NULL || c->state == CLIENT_SETTING) {
        if (type == 'S') {
            parameter_status(s, NULL, body, total - 5);
        } else if (type == 'E' && own && body != NULL) {
            own_error(s, body, total - 5);
        } else if (type == 'E' && body != NULL) {
            note_error(s, body, total - 5);
        }
        *ready = *ready || (own && type == 'Z');
    } else {
        forward = client_gets(s, c, type, body, total - 5);
        if (s->state == SERVER_DEAD) {
            return PROGRESS_STOP;
        }
    }
    *used = relay_pass(s->worker, &s->half, forward && s->client != NULL ? &c->net : NULL, data, len, total);
    return PROGRESS_GO;
}

static size_t server_step(struct server *s, const uint8_t *data, size_t len)
{
    size_t at = 0;
    bool ready = false;
    s->stepping = true;
    while (at < len && s->state != SERVER_DEAD) {
        size_t used = 0;
        if (s->half.left > 0) {
            used = relay_pass_rest(s->worker, &s->half, s->client == NULL ? NULL : &s->client->net, data + at,
                                   len - at);
        } else if (server_message(s, data + at, len - at, &used, &ready) == PROGRESS_STOP) {
            break;
        }
        at += used;
    }
    s->stepping = false;
    if (s->state != SERVER_DEAD && s->client != NULL) {
        relay_run_flush(&s->client->net);
    }
    if (ready && s->state != SERVER_DEAD) {
        server_own_ready(s);
    }
    return at;
}

static void server_read(struct server *s)
{
    struct net *n = &s->net;
    struct worker *w = s->worker;
    if (s->client != NULL && net_blocked(&s->client->net)) {
        net_arm(n, n->armed & ~NET_READ);
        return;
    }
    uint8_t *room = w->scratch;
    size_t size = w->scratch_size;
    if (n->in != NULL) {
        relay_hold_room(w, n, s->half.need, false);
        room = n->in->data + n->in->end;
        size = n->in->cap - n->in->end;
    }
    ssize_t got = recv(n->fd, room, size, MSG_DONTWAIT);
    if (relay_read_failed(got)) {
        struct err e = {0};
        err_set(&e, ERR_CONNECTION, "server closed the connection unexpectedly");
        server_close(s, &e);
        return;
    }
    if (got < 0) {
        return;
    }
    if (n->in == NULL) {
        size_t used = server_step(s, room, (size_t)got);
        if (s->state != SERVER_DEAD) {
            relay_keep(n, room + used, (size_t)got - used);
        }
        return;
    }
    n->in->end += (size_t)got;
    struct buf *b = n->in;
    size_t used = server_step(s, b->data + b->start, b->end - b->start);
    if (s->state != SERVER_DEAD && n->in == b) {
        b->start += used;
        if (b->start == b->end) {
            buf_put(w, b);
            n->in = NULL;
        }
    }
}

/* After a step: goes on with a client that waits for it, gives the server back if it is done. */
static void server_after(struct server *s)
{
    if (s->state != SERVER_LINKED) {
        return;
    }
    struct client *c = s->client;
    if (c->net.in != NULL && relay_client_may_go(c)) {
        relay_client_continue(c);
    } else {
        server_settle(s);
    }
}

/* An idle server spoke: it ends, or its settings were changed by a reload. */
static void idle_read(struct server *s)
{
    if (!pool_claim(s)) {
        return; /* another worker has it; it will see */
    }
    server_read(s);
    if (s->state == SERVER_TASK && s->fatal) {
        server_close(s, NULL);
    } else if (s->state == SERVER_TASK) {
        pool_put(s);
    }
}

void relay_server_ready(struct net *n, int events)
{
    struct server *s = NET_OWNER(n, struct server);
    if (s->state == SERVER_IDLE) {
        idle_read(s);
        return;
    }
    if (s->state == SERVER_HANDOVER || s->state == SERVER_DEAD) {
        return;
    }
    if ((events & NET_WRITE) != 0 && net_blocked(n)) {
        if (!net_flush(n)) {
            events |= NET_READ; /* recv() has the reason */
        } else if (!net_blocked(n) && s->client != NULL) {
            relay_client_continue(s->client);
        }
    }
    if ((events & NET_READ) != 0 && s->state != SERVER_DEAD && s->state != SERVER_IDLE &&
        s->state != SERVER_HANDOVER) {
        server_read(s);
    }
    server_after(s);
}
