/*
 * What a server still owes, by replaying on the queue of requests in flight what PostgreSQL does with them.
 *
 *                    error to P B D E C                Sync
 *      NORMAL ------------------------------> skipping ------> NORMAL (ReadyForQuery)
 *        |  ^
 *   CopyInResponse to Q or E
 *        v  | CopyDone, CopyFail; or an error (to E: skipping)
 *      copy-in
 *
 * At the head of the queue stands the request that the server is at, and which its next reply answers, once
 * settle() has taken away what PostgreSQL passes over without a word:
 *
 *   NORMAL    CopyDone, CopyFail: they come late, for a copy that failed. (CopyData and Flush never enter the
 *             queue: they are passed over in every state.)
 *   skipping  everything but Sync, a Query too.
 *   copy-in   behind the copying request: Sync is ignored, the first CopyDone or CopyFail ends the copy. Any
 *             other type makes the server give up the connection, and is left where it is.
 *
 * A server says that a copy-in failed, but not how far it had read. Syncs sent before the CopyDone may have
 * been ignored by the copy or may stand in its input still, each good for one ReadyForQuery (an error before
 * the first row is read: COPY into a view, a statement trigger that raises). They are counted in `maybe`.
 */
#include "protocol.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static bool is_extended(uint8_t type)
{
    return type == 'P' || type == 'B' || type == 'D' || type == 'E' || type == 'C';
}

static bool brings_ready(uint8_t type)
{
    return type == 'Q' || type == 'F' || type == 'S';
}

static bool is_copy_end(uint8_t type)
{
    return type == 'c' || type == 'f';
}

static struct track_request *queue_at(const struct track *t, size_t i)
{
    return &t->queue[(t->head + i) & (t->cap - 1)];
}

static void queue_grow(struct track *t)
{
    size_t cap = t->cap == 0 ? 16 : t->cap * 2;
    struct track_request *queue = mem_alloc(cap * sizeof *queue);
    for (size_t i = 0; i < t->len; i++) {
        queue[i] = *queue_at(t, i);
    }
    free(t->queue);
    t->queue = queue;
    t->cap = cap;
    t->head = 0;
}

static void queue_pop(struct track *t)
{
    t->head = (t->head + 1) & (t->cap - 1);
    t->len--;
}

/* The request at the head is over. */
static void finish_head(struct track *t, enum track_outcome outcome)
{
    struct track_request r = *queue_at(t, 0);
    queue_pop(t);
    if (is_copy_end(r.type)) {
        return;
    }
    if (brings_ready(r.type)) {
        t->owed--;
    }
    if (is_extended(r.type)) {
        t->in_batch = true;
    }
    if (t->hook.done != NULL) {
        t->hook.done(t->hook.ctx, r.type, r.tag, outcome);
    }
}

/* During copy-in: the request behind the copying one. False when it has to stay. */
static bool copy_in_takes_next(struct track *t)
{
    if (t->len < 2) {
        return false;
    }
    struct track_request *next = queue_at(t, 1);
    if (next->type != 'S' && !is_copy_end(next->type)) {
        return false;
    }
    struct track_request copying = *queue_at(t, 0);
    *queue_at(t, 0) = *next;
    *next = copying;
    if (queue_at(t, 0)->type == 'S') {
        t->copy_syncs++;
    } else {
        t->copy = TRACK_COPY_NONE;
    }
    finish_head(t, TRACK_SKIPPED);
    return true;
}

/* Takes away what the server passes over in its present state. */
static void settle(struct track *t)
{
    while (t->len > 0) {
        uint8_t type = queue_at(t, 0)->type;
        if (t->skipping) {
            if (type == 'S') {
                return;
            }
            /* If a Sync in doubt ends the skipping before this request, it is not skipped: nobody can tell.
             */
            t->broken = t->broken || (t->maybe > 0 && !is_copy_end(type));
            finish_head(t, TRACK_SKIPPED);
        } else if (is_copy_end(type)) {
            queue_pop(t);
        } else if (t->copy != TRACK_COPY_IN || !copy_in_takes_next(t)) {
            return;
        }
    }
}

void track_init(struct track *t, struct track_hook hook)
{
    memset(t, 0, sizeof *t);
    t->hook = hook;
    t->status = 'I';
}

void track_free(struct track *t)
{
    free(t->queue);
    t->queue = NULL;
    t->len = 0;
    t->cap = 0;
}

void track_sent(struct track *t, uint8_t type, uint32_t tag)
{
    if (!is_extended(type) && !brings_ready(type) && !is_copy_end(type)) {
        return;
    }
    if (t->len == t->cap) {
        queue_grow(t);
    }
    t->len++;
    *queue_at(t, t->len - 1) = (struct track_request){.tag = tag, .type = type};
    if (brings_ready(type)) {
        t->owed++;
    }
    settle(t);
}

/* Which requests can a reply of this type answer? */
static bool reply_fits(uint8_t reply, uint8_t request)
{
    switch (reply) {
    case '1':
        return request == 'P';
    case '2':
        return request == 'B';
    case '3':
        return request == 'C';
    case 't':
    case 'n':
        return request == 'D';
    case 'T':
        return request == 'D' || request == 'Q';
    case 's':
        return request == 'E';
    case 'V':
        return request == 'F';
    case 'D':
    case 'C':
    case 'I':
    case 'G':
    case 'H':
    case 'W':
    case 'd':
    case 'c':
        return request == 'E' || request == 'Q';
    case 'E':
        return true;
    default:
        return false;
    }
}

/* Is it the last reply to an extended request? Query, FunctionCall and Sync end with ReadyForQuery only. */
static bool reply_is_last(uint8_t reply, uint8_t request)
{
    if (!is_extended(request)) {
        return false;
    }
    switch (reply) {
    case '1':
    case '2':
    case '3':
    case 'n':
    case 'T':
    case 's':
    case 'C':
    case 'I':
    case 'E':
        return true;
    default:
        return false;
    }
}

static void copy_state_step(struct track *t, uint8_t reply)
{
    switch (reply) {
    case 'G':
        t->copy = TRACK_COPY_IN;
        break;
    case 'H':
        t->copy = TRACK_COPY_OUT;
        break;
    case 'W':
        t->copy = TRACK_COPY_BOTH;
        break;
    case 'c': /* in copy-both the other direction may go on until CommandComplete */
        if (t->copy == TRACK_COPY_OUT) {
            t->copy = TRACK_COPY_NONE;
        }
        break;
    case 'C': /* the copy came to its end, so it read, and ignored, every Sync before that */
        t->copy = TRACK_COPY_NONE;
        t->copy_syncs = 0;
        break;
    case 'E':
        t->copy = TRACK_COPY_NONE;
        t->maybe += t->copy_syncs;
        t->copy_syncs = 0;
        break;
    default:
        break;
    }
}

static bool broken(struct track *t)
{
    t->broken = true;
    return false;
}

/* ReadyForQuery: for the request at the head, or for a Sync that a failed copy-in had not read. */
static bool received_ready(struct track *t, uint8_t status, struct track_reply *reply)
{
    t->status = status;
    struct track_request *r = t->len > 0 ? queue_at(t, 0) : NULL;
    bool certain = r != NULL && brings_ready(r->type) && (r->type == 'S' || r->answered || t->maybe == 0);
    if (!certain && t->maybe == 0) {
        return broken(t);
    }
    t->skipping = false;
    t->in_batch = false;
    t->copy = TRACK_COPY_NONE;
    t->copy_syncs = 0;
    if (certain) {
        *reply = (struct track_reply){.request = r->type, .tag = r->tag, .last = true};
        finish_head(t, r->failed ? TRACK_FAILED : TRACK_OK);
    } else {
        t->maybe--;
    }
    settle(t);
    return true;
}

static bool received_reply(struct track *t, uint8_t type, struct track_reply *reply)
{
    if (t->len == 0 || !reply_fits(type, queue_at(t, 0)->type)) {
        return broken(t);
    }
    struct track_request *r = queue_at(t, 0);
    bool last = reply_is_last(type, r->type);
    *reply = (struct track_reply){.request = r->type, .tag = r->tag, .last = last};
    r->answered = true;
    if (r->type != 'S') {
        t->maybe = 0; /* the server is past all that was in doubt */
    }
    copy_state_step(t, type);
    if (type == 'E') {
        r->failed = true;
        t->skipping = t->skipping || is_extended(r->type);
    }
    if (last) {
        finish_head(t, r->failed ? TRACK_FAILED : TRACK_OK);
    }
    settle(t);
    return true;
}

bool track_received(struct track *t, uint8_t type, uint8_t status, struct track_reply *reply)
{
    struct track_reply ignored;
    if (reply == NULL) {
        reply = &ignored;
    }
    memset(reply, 0, sizeof *reply);
    switch (type) {
    case 'N':
    case 'S':
    case 'A':
        return true; /* these come when they please */
    case 'Z':
        return received_ready(t, status, reply);
    default:
        return received_reply(t, type, reply);
    }
}

/* All that idleness asks for, but for Syncs in doubt. */
static bool quiet(const struct track *t)
{
    return !t->broken && t->len == 0 && !t->skipping && !t->in_batch && t->copy == TRACK_COPY_NONE &&
           t->status == 'I';
}

bool track_idle(const struct track *t)
{
    return quiet(t) && t->maybe == 0;
}

bool track_unsure(const struct track *t)
{
    return quiet(t) && t->maybe > 0;
}

size_t track_owed(const struct track *t)
{
    return t->owed;
}

bool track_unsynced(const struct track *t)
{
    for (size_t i = t->len; i > 0; i--) {
        uint8_t type = queue_at(t, i - 1)->type;
        if (type == 'S') {
            return false;
        }
        if (is_extended(type)) {
            return true;
        }
    }
    return t->in_batch || t->skipping;
}

bool track_in_copy_in(const struct track *t)
{
    return t->copy == TRACK_COPY_IN;
}
