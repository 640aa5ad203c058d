/* Client to server, see relay.c. */
#include "client.h"
#include "ivm.h"
#include "pool.h"
#include "relay_parts.h"
#include "server.h"
#include "worker.h"

#include <errno.h>
#include <string.h>

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
    return relay_pass(c->worker, &c->half, NULL, data, len, total);
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
        *used = relay_pass(w, &c->half, NULL, data, len, total);
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
            *used = relay_pass(w, &c->half, NULL, data, len, total);
            return PROGRESS_GO;
        }
    }
    track_sent(&c->server->track, type, TAG_CLIENT);
    *used = relay_pass(w, &c->half, &c->server->net, data, len, total);
    return PROGRESS_GO;
}

/* May its input be looked at now? */
bool relay_client_may_go(const struct client *c)
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
            used = relay_pass_rest(c->worker, &c->half, c->server == NULL ? NULL : &c->server->net, data + at,
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
    if (c->net.in != NULL && relay_client_may_go(c)) {
        client_step_held(c);
    }
    if (client_alive(c) && relay_client_may_go(c)) {
        net_arm(&c->net, c->net.armed | NET_READ);
    }
    client_settle(c);
}

static void client_read(struct client *c)
{
    struct net *n = &c->net;
    struct worker *w = c->worker;
    bool go = relay_client_may_go(c);
    if (!go && (net_blocked(n) || (c->server != NULL && net_blocked(&c->server->net)))) {
        net_arm(n, n->armed & ~NET_READ);
        return;
    }
    uint8_t *room = w->scratch;
    size_t size = w->scratch_size;
    if (n->in != NULL) {
        if (!relay_hold_room(w, n, c->half.need, !go)) {
            net_arm(n, n->armed & ~NET_READ);
            return;
        }
        room = n->in->data + n->in->end;
        size = n->in->cap - n->in->end;
    }
    ssize_t got = recv(n->fd, room, size, MSG_DONTWAIT);
    if (relay_read_failed(got)) {
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
            relay_keep(n, room + used, (size_t)got - used);
        }
    } else {
        relay_keep(n, room, (size_t)got);
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
