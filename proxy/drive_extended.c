/* The extended protocol's part of drive: picking our statements out of a batch. See drive.h for the picture.
 */
#include "client.h"

#include "base/mem.h"
#include "drive_state.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static struct drive_named *named_find(struct drive_named *first, const char *name)
{
    while (first != NULL && strcmp(first->name, name) != 0) {
        first = first->next;
    }
    return first;
}

static void named_remove(struct drive_named **at, const char *name)
{
    while (*at != NULL) {
        struct drive_named *n = *at;
        if (name != NULL && strcmp(n->name, name) != 0) {
            at = &n->next;
            continue;
        }
        *at = n->next;
        free(n->name);
        free(n->tag);
        free(n);
    }
}

static void named_add(struct drive_named **first, const char *name, const char *tag, int query_position,
                      bool refresh_only)
{
    named_remove(first, name);
    struct drive_named *n = mem_new(sizeof *n);
    n->name = strdup(name);
    n->tag = tag != NULL ? strdup(tag) : NULL;
    n->query_position = query_position;
    n->refresh_only = refresh_only;
    n->next = *first;
    *first = n;
}

void extended_forget(struct drive *d)
{
    named_remove(&d->batch.statements, NULL);
    named_remove(&d->batch.portals, NULL);
}

bool extended_watch(struct drive *d)
{
    if (d->batch.statements == NULL) {
        return false;
    }
    d->extended = true;
    d->state = DRIVE_BATCH;
    d->batch.syncs = 0;
    d->batch.executed = false;
    d->batch.skipping = false;
    client_resume(d->client);
    return true;
}

/* ---- client messages ---- */

/* A Parse of ours goes to the server as what it means there. False: it is not ours. */
static bool batch_parse(struct drive *d, const struct msg_parse *m)
{
    struct ddl_script script = {0};
    struct err e = {0};
    if (!ddl_notice(m->query, strlen(m->query))) {
        return false;
    }
    if (!ddl_parse(&d->arena, m->query, &script, &e)) {
        d->query_position = 1;
        drive_raise(d, &e);
        return true;
    }
    if (script.nstatements != 1) {
        return false; /* nothing of ours, or several statements: the server refuses those itself */
    }
    const struct ddl_statement *st = &script.statements[0];
    struct wire_out out = {0};
    named_add(&d->batch.statements, m->statement, st->tag, st->query_position, drive_refreshes_only(st));
    msg_write_parse(&out, m->statement, st->sql, m->types, m->types_len);
    drive_to_server(d, &out);
    return true;
}

bool extended_start(struct drive *d, const uint8_t *body, size_t len)
{
    struct msg_parse m;
    /* What went before in this batch is in the same transaction. */
    d->batch.executed = client_owed(d->client) > 0 || track_unsynced(&d->client->server->track);
    d->batch.syncs = (int)client_owed(d->client);
    if (!msg_read_parse(body, len, &m)) {
        return false;
    }
    d->state = DRIVE_BATCH;
    bool ours = batch_parse(d, &m);
    if (!ours) {
        d->state = DRIVE_IDLE;
        return false;
    }
    client_take(d->client);
    return true;
}

static enum intercept_verdict batch_bind(struct drive *d, const uint8_t *body, size_t len)
{
    struct msg_bind m;
    if (body != NULL && msg_read_bind(body, len, len, &m) == FRAME_HEAD) {
        const struct drive_named *st = named_find(d->batch.statements, m.statement);
        if (st != NULL) {
            named_add(&d->batch.portals, m.portal, st->tag, st->query_position, st->refresh_only);
        } else {
            named_remove(&d->batch.portals, m.portal);
        }
    }
    return INTERCEPT_FORWARD;
}

static enum intercept_verdict batch_execute(struct drive *d, const uint8_t *body, size_t len)
{
    struct msg_execute m;
    struct wire_out out = {0};
    if (!msg_read_execute(body, len, &m)) {
        return INTERCEPT_FORWARD;
    }
    d->batch.running = named_find(d->batch.portals, m.portal);
    if (d->batch.running == NULL || d->batch.skipping) {
        d->batch.executed = true;
        return INTERCEPT_FORWARD;
    }
    if (d->secret[0] == '\0') {
        drive_ensure(d); /* and then this message again */
        return INTERCEPT_WAIT;
    }
    if (d->client->server->track.len > 0) {
        /* The answer that is waited for must be the next one. */
        d->state = DRIVE_DRAIN;
        msg_write_flush(&out);
        drive_to_server(d, &out);
        return INTERCEPT_WAIT;
    }
    d->state = DRIVE_EXECUTE;
    d->errored = false;
    d->carried = false;
    d->query_position = d->batch.running->query_position;
    msg_write_execute(&out, m.portal, m.max_rows);
    msg_write_flush(&out);
    drive_to_server(d, &out);
    return INTERCEPT_TAKEN;
}

static enum intercept_verdict batch_close(struct drive *d, const uint8_t *body, size_t len)
{
    struct msg_target m;
    if (msg_read_target(body, len, &m)) {
        named_remove(m.kind == 'S' ? &d->batch.statements : &d->batch.portals, m.name);
    }
    return INTERCEPT_FORWARD;
}

enum intercept_verdict extended_client_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len)
{
    struct msg_parse parse;
    if (d->state != DRIVE_BATCH) {
        return type == 'X' ? INTERCEPT_FORWARD : INTERCEPT_WAIT;
    }
    switch (type) {
    case 'P':
        if (body == NULL || !msg_read_parse(body, len, &parse)) {
            return INTERCEPT_FORWARD;
        }
        if (batch_parse(d, &parse)) {
            return INTERCEPT_TAKEN;
        }
        named_remove(&d->batch.statements, parse.statement);
        return INTERCEPT_FORWARD;
    case 'B':
        return batch_bind(d, body, len);
    case 'E':
        return batch_execute(d, body, len);
    case 'C':
        return batch_close(d, body, len);
    case 'Q':
        if (d->batch.syncs > 0) {
            return INTERCEPT_WAIT; /* its turn comes when the batch is answered */
        }
        if (body != NULL && ddl_notice((const char *)body, len)) {
            d->state = DRIVE_IDLE;
            enum intercept_verdict v = drive_client_message(d, type, body, len);
            if (v == INTERCEPT_TAKEN) {
                return v;
            }
            d->extended = true;
            d->state = DRIVE_BATCH;
        }
        named_remove(&d->batch.statements, ""); /* a Query destroys the unnamed statement */
        d->batch.syncs++;
        return INTERCEPT_FORWARD;
    case 'S':
        d->batch.syncs++;
        d->batch.executed = false;
        d->batch.skipping = false;
        return INTERCEPT_FORWARD;
    default:
        return INTERCEPT_FORWARD;
    }
}

/* ---- the server's side ---- */

static void batch_go_on(struct drive *d)
{
    d->state = DRIVE_BATCH;
    d->batch.running = NULL;
    d->batch.executed = true;
    client_resume(d->client);
}

void extended_requests_done(struct drive *d)
{
    bool in_block = d->status != 'I' || d->batch.executed;
    bool alone = !in_block && d->batch.running != NULL && d->batch.running->refresh_only;
    if (!drive_next_request(d, alone, in_block)) {
        drive_release_held(d);
        batch_go_on(d);
    }
}

/* The server skips what follows until the client's Sync: let it come. */
void extended_failed(struct drive *d)
{
    wire_out_consume(&d->held, d->held.len);
    d->requests = NULL;
    d->batch.skipping = true;
    batch_go_on(d);
}

/* A batch is answered. Without a statement of ours that could be run again, the relay takes over. */
static void batch_answered(struct drive *d)
{
    d->batch.syncs = d->batch.syncs > 0 ? d->batch.syncs - 1 : 0;
    if (d->state != DRIVE_BATCH || d->batch.syncs > 0) {
        return;
    }
    if (d->status == 'I') {
        named_remove(&d->batch.portals, NULL);
    }
    if (d->batch.statements == NULL && d->batch.portals == NULL) {
        d->state = DRIVE_IDLE;
        client_untake(d->client);
    } else if (d->requests == NULL) {
        arena_free(&d->arena);
    }
}

static enum intercept_verdict extended_in_execute(struct drive *d, uint8_t type, const uint8_t *body,
                                                  size_t len)
{
    switch (type) {
    case 'C':
        drive_hold(d, type, d->batch.running->tag, body, len);
        extended_requests_done(d);
        return INTERCEPT_TAKEN;
    case 'E':
        d->batch.skipping = true;
        batch_go_on(d);
        return INTERCEPT_FORWARD;
    case 'Z':
        batch_answered(d); /* of a batch before this one */
        return INTERCEPT_FORWARD;
    default:
        return INTERCEPT_FORWARD;
    }
}

static enum intercept_verdict extended_in_drain(struct drive *d, uint8_t type)
{
    if (type == 'Z') {
        batch_answered(d);
    }
    const struct track *track = &d->client->server->track;
    bool skipping = track->skipping && track_owed(track) == 0; /* nothing is answered before the next Sync */
    if (skipping || track->len == 0) {
        d->batch.skipping = skipping;
        d->state = DRIVE_BATCH;
        client_resume(d->client);
    }
    return INTERCEPT_FORWARD;
}

enum intercept_verdict extended_server_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len)
{
    if (d->state == DRIVE_EXECUTE) {
        return extended_in_execute(d, type, body, len);
    }
    if (d->state == DRIVE_DRAIN) {
        return extended_in_drain(d, type);
    }
    if (d->state == DRIVE_RAISE) {
        return type == '1' || type == '2' ? INTERCEPT_TAKEN : INTERCEPT_FORWARD;
    }
    if (type == 'Z') {
        batch_answered(d);
    }
    return INTERCEPT_FORWARD;
}
