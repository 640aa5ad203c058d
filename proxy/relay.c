/*
 * The relay reads once per readiness, looks at message headers, and sends on what it read in one piece:
 *
 *     recv ──► [ message | message | mess ]   run: bytes seen, not yet sent
 *                 │ header      │      └─ age: rest of a body, needs no look
 *                 ▼             ▼
 *              verdict       verdict          forward: the run grows
 *                                             drop, or other bytes first: the run is sent, a new one begins
 *
 * Bytes lie in the worker's scratch buffer, and only what could not be used is copied to a buffer of the
 * socket's own: the beginning of a message that must be whole, or what came while the client waits.
 *
 * When a socket does not take what is sent to it, the other side is not read until it has. When a client has
 * to wait, its socket stays armed until it says more than a buffer holds: that costs nothing, and its end is
 * noticed.
 */
#include "relay.h"

#include "base/log.h"
#include "client.h"
#include "ivm.h"
#include "pool.h"
#include "server.h"
#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ErrorResponses are read up to this length; longer ones pass unread. */
#define RELAY_ERROR_MAX (64u << 10)

enum progress {
    PROGRESS_GO,   /* the message was dealt with; *used bytes of it are here */
    PROGRESS_STOP, /* not now: its bytes stay */
};

/* ---- the run ---- */

bool relay_run_flush(struct net *to)
{
    struct worker *w = to->worker;
    if (w->run.to != to || w->run.len == 0) {
        return true;
    }
    size_t len = w->run.len;
    w->run.len = 0;
    return net_send(to, w->run.data, len);
}

static void run_add(struct worker *w, struct net *to, const uint8_t *data, size_t len)
{
    if (w->run.len > 0) {
        if (w->run.to == to && w->run.data + w->run.len == data) {
            w->run.len += len;
            return;
        }
        relay_run_flush(w->run.to);
    }
    w->run.to = to;
    w->run.data = data;
    w->run.len = len;
}

/* The header was judged: sends or drops what is here of the message, and remembers what is still to come. */
static size_t pass(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len,
                   size_t total)
{
    size_t here = len < total ? len : total;
    h->drop = to == NULL;
    h->left = (uint32_t)(total - here);
    h->need = 0;
    if (to != NULL) {
        run_add(w, to, data, here);
    }
    return here;
}

static size_t pass_rest(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len)
{
    size_t here = len < h->left ? len : h->left;
    h->left -= (uint32_t)here;
    if (to != NULL && !h->drop) {
        run_add(w, to, data, here);
    }
    return here;
}

/* ---- client to server ---- */

static bool client_alive(const struct client *c)
{
    return c->state != CLIENT_CLOSING && c->state != CLIENT_DEAD;
}

/* Late copy data after a failed copy, and Flush, mean nothing to a server that was not there. */
static bool needs_no_server(uint8_t type)
{
    return type == 'd' || type == 'c' || type == 'f' || type == 'H';
}

/* A statement was canceled before a server was found for it: its messages are dropped, and answered. */
static size_t discard(struct client *c, uint8_t type, const uint8_t *data, size_t len, size_t total)
{
    bool one = c->discard == DISCARD_FIRST && (type == 'Q' || type == 'F');
    if (one || type == 'S') {
        c->discard = DISCARD_NOTHING;
        msg_write_ready(&c->worker->out, 'I');
        worker_send(&c->net);
    } else if (!needs_no_server(type)) {
        c->discard = DISCARD_TO_SYNC;
    }
    return pass(c->worker, &c->half, NULL, data, len, total);
}

/* Is there a server for the client, with its settings? If not, it is on its way or the client has failed. */
static bool have_server(struct client *c)
{
    struct server *s;
    struct err e = {0};
    if (c->state == CLIENT_IDLE) {
        client_set_state(c, CLIENT_WAITING);
        switch (pool_acquire(c->pool, c, &s, &e)) {
        case POOL_LINKED:
            server_link(s, c);
            break;
        case POOL_QUEUED:
            break;
        case POOL_FAILED:
            client_set_state(c, CLIENT_IDLE);
            client_fail(c, &e);
            break;
        }
    }
    return c->state == CLIENT_LINKED;
}

/* May the text of this Query or Parse hold something of ours? */
static bool noticed(uint8_t type, const uint8_t *body, size_t len)
{
    const uint8_t *text = body;
    if (type == 'P') { /* the statement's name stands before it */
        const uint8_t *zero = memchr(body, 0, len);
        if (zero == NULL) {
            return false;
        }
        text = zero + 1;
    }
    size_t left = len - (size_t)(text - body);
    const uint8_t *end = memchr(text, 0, left);
    return end != NULL && ddl_notice((const char *)text, (size_t)(end - text));
}

/* Must the message be whole before anything is done with it? */
static bool client_wants_whole(const struct client *c, uint8_t type, size_t total)
{
    if (c->taken) {
        return total <= INTERCEPT_BODY_MAX;
    }
    return (type == 'Q' || type == 'P') && total <= INTERCEPT_TEXT_MAX;
}

static void reject(struct client *c, uint8_t type, bool known)
{
    if (known) {
        client_fail_with(c, ERR_PROTOCOL, "invalid message length");
    } else {
        client_fail_with(c, ERR_PROTOCOL, "invalid frontend message type %u", type);
    }
}

static enum progress client_message(struct client *c, const uint8_t *data, size_t len, size_t *used)
{
    uint8_t type;
    size_t total;
    struct worker *w = c->worker;
    uint32_t limit = (uint32_t)w->config->settings.net.max_packet_size;
    enum frame_status status = frame_peek(data, len, limit, &type, &total);
    if (len > 0 && !frame_client_type(data[0])) {
        reject(c, data[0], false);
        return PROGRESS_STOP;
    }
    if (status == FRAME_BAD || (status == FRAME_HEAD && total - 1 > frame_client_limit(type))) {
        reject(c, data[0], true);
        return PROGRESS_STOP;
    }
    if (status == FRAME_MORE) {
        return PROGRESS_STOP;
    }
    if (client_wants_whole(c, type, total) && len < total) {
        c->half.need = total;
        return PROGRESS_STOP;
    }
    if (type == 'X') {
        client_close(c, "left");
        return PROGRESS_STOP;
    }
    if (type == 'p') {
        reject(c, type, false);
        return PROGRESS_STOP;
    }
    if (c->discard != DISCARD_NOTHING) {
        *used = discard(c, type, data, len, total);
        return PROGRESS_GO;
    }
    if (c->state == CLIENT_IDLE && needs_no_server(type)) {
        *used = pass(w, &c->half, NULL, data, len, total);
        return PROGRESS_GO;
    }
    if (!have_server(c)) {
        return PROGRESS_STOP;
    }
    bool look = c->taken;
    if (!look && (type == 'Q' || type == 'P') && len >= total && w->config->settings.stream_tables.enabled) {
        look = noticed(type, data + 5, total - 5);
    }
    if (look) {
        const uint8_t *body = len >= total ? data + 5 : NULL;
        enum intercept_verdict verdict = intercept_client_message(c, type, body, total - 5);
        if (!client_alive(c)) {
            return PROGRESS_STOP;
        }
        if (verdict == INTERCEPT_WAIT && body != NULL) {
            c->held = true;
            return PROGRESS_STOP;
        }
        if (verdict == INTERCEPT_TAKEN || c->server == NULL) {
            *used = pass(w, &c->half, NULL, data, len, total);
            return PROGRESS_GO;
        }
    }
    track_sent(&c->server->track, type, TAG_CLIENT);
    *used = pass(w, &c->half, &c->server->net, data, len, total);
    return PROGRESS_GO;
}

/* May its input be looked at now? */
static bool client_may_go(const struct client *c)
{
    return (c->state == CLIENT_IDLE || c->state == CLIENT_LINKED) && !c->held && !net_blocked(&c->net) &&
           (c->server == NULL || !net_blocked(&c->server->net));
}

/* Processes input; returns how much of it was used up. */
static size_t client_step(struct client *c, const uint8_t *data, size_t len)
{
    size_t at = 0;
    c->stepping = true;
    while (at < len && client_alive(c) && !c->held) {
        size_t used = 0;
        if (c->half.left > 0) {
            used = pass_rest(c->worker, &c->half, c->server == NULL ? NULL : &c->server->net, data + at,
                             len - at);
        } else if (client_message(c, data + at, len - at, &used) == PROGRESS_STOP) {
            break;
        }
        at += used;
    }
    c->stepping = false;
    if (client_alive(c) && c->server != NULL) {
        relay_run_flush(&c->server->net);
    }
    return at;
}

/* Processes the held input. */
static void client_step_held(struct client *c)
{
    struct buf *b = c->net.in;
    size_t used = client_step(c, b->data + b->start, b->end - b->start);
    if (c->state == CLIENT_DEAD || c->net.in != b) {
        return; /* closed: the buffer is gone */
    }
    b->start += used;
    if (b->start == b->end) {
        buf_put(c->worker, b);
        c->net.in = NULL;
    }
}

/* After a step: gives the server back if it is done. */
static void client_settle(struct client *c)
{
    if (client_alive(c) && c->server != NULL) {
        server_settle(c->server);
    }
}

void relay_client_continue(struct client *c)
{
    if (c->stepping || (c->server != NULL && c->server->stepping) || !client_alive(c)) {
        return; /* who is stepping goes on by itself */
    }
    if (c->net.in != NULL && client_may_go(c)) {
        client_step_held(c);
    }
    if (client_alive(c) && client_may_go(c)) {
        net_arm(&c->net, c->net.armed | NET_READ);
    }
    client_settle(c);
}

/* Copies what could not be used. Less than a buffer is kept in less than a buffer: many clients may wait. */
static void keep(struct net *n, const uint8_t *data, size_t len)
{
    if (len > 0) {
        buf_keep(n->worker, &n->in, data, len);
    }
}

/* Room for what comes next behind held input; false when enough is held already. */
static bool hold_room(struct worker *w, struct net *n, size_t need, bool waits)
{
    size_t used = n->in->end - n->in->start;
    size_t want = need > w->buf_size ? need : w->buf_size;
    if (used >= want) {
        if (waits) {
            return false;
        }
        want = used + w->buf_size;
    }
    buf_reserve(w, &n->in, want);
    if (n->in->cap == n->in->end) {
        memmove(n->in->data, n->in->data + n->in->start, used);
        n->in->start = 0;
        n->in->end = used;
    }
    return true;
}

static bool read_failed(ssize_t got)
{
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR && errno != EWOULDBLOCK);
}

static void client_read(struct client *c)
{
    struct net *n = &c->net;
    struct worker *w = c->worker;
    bool go = client_may_go(c);
    if (!go && (net_blocked(n) || (c->server != NULL && net_blocked(&c->server->net)))) {
        net_arm(n, n->armed & ~NET_READ);
        return;
    }
    uint8_t *room = w->scratch;
    size_t size = w->scratch_size;
    if (n->in != NULL) {
        if (!hold_room(w, n, c->half.need, !go)) {
            net_arm(n, n->armed & ~NET_READ);
            return;
        }
        room = n->in->data + n->in->end;
        size = n->in->cap - n->in->end;
    }
    ssize_t got = recv(n->fd, room, size, MSG_DONTWAIT);
    if (read_failed(got)) {
        client_close(c, got == 0 ? "left without a word" : strerror(errno));
        return;
    }
    if (got < 0) {
        return;
    }
    if (c->state != CLIENT_WAITING) {
        c->since_ms = worker_now(w);
    }
    if (n->in != NULL) {
        n->in->end += (size_t)got;
        if (go) {
            client_step_held(c);
        }
    } else if (go) {
        size_t used = client_step(c, room, (size_t)got);
        if (client_alive(c)) {
            keep(n, room + used, (size_t)got - used);
        }
    } else {
        keep(n, room, (size_t)got);
    }
    client_settle(c);
}

void relay_client_ready(struct net *n, int events)
{
    struct client *c = NET_OWNER(n, struct client);
    if ((events & NET_WRITE) != 0 && net_blocked(n)) {
        if (!net_flush(n)) {
            client_close(c, "connection broken");
            return;
        }
        if (!net_blocked(n)) {
            if (c->server != NULL) {
                net_arm(&c->server->net, c->server->net.armed | NET_READ);
            }
            relay_client_continue(c);
        }
    }
    if ((events & NET_READ) != 0 && client_alive(c)) {
        client_read(c);
    }
}

/* ---- server to client ---- */

/* A reply to a statement of ours. */
static void own_error(struct server *s, const uint8_t *body, size_t len)
{
    struct errfields f;
    if (s->own_error == NULL && errfields_read(body, len, &f)) {
        s->own_error = calloc(1, sizeof *s->own_error);
        if (s->own_error == NULL) {
            abort();
        }
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
    *used = pass(s->worker, &s->half, forward && s->client != NULL ? &c->net : NULL, data, len, total);
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
            used = pass_rest(s->worker, &s->half, s->client == NULL ? NULL : &s->client->net, data + at,
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
        hold_room(w, n, s->half.need, false);
        room = n->in->data + n->in->end;
        size = n->in->cap - n->in->end;
    }
    ssize_t got = recv(n->fd, room, size, MSG_DONTWAIT);
    if (read_failed(got)) {
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
            keep(n, room + used, (size_t)got - used);
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
    if (c->net.in != NULL && client_may_go(c)) {
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
