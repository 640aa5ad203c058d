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
#include "relay_parts.h"

#include "worker.h"

#include <errno.h>
#include <string.h>

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
size_t relay_pass(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len,
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

size_t relay_pass_rest(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len)
{
    size_t here = len < h->left ? len : h->left;
    h->left -= (uint32_t)here;
    if (to != NULL && !h->drop) {
        run_add(w, to, data, here);
    }
    return here;
}

/* Copies what could not be used. Less than a buffer is kept in less than a buffer: many clients may wait. */
void relay_keep(struct net *n, const uint8_t *data, size_t len)
{
    if (len > 0) {
        buf_keep(n->worker, &n->in, data, len);
    }
}

/* Room for what comes next behind held input; false when enough is held already. */
bool relay_hold_room(struct worker *w, struct net *n, size_t need, bool waits)
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

bool relay_read_failed(ssize_t got)
{
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR && errno != EWOULDBLOCK);
}
