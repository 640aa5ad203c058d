/* The simple protocol's part of drive: a script, statement by statement. See drive.h for the picture. */
#include "drive_state.h"

#include <stdlib.h>
#include <string.h>

static void simple_next(struct drive *d);

static void simple_send_query(struct drive *d, const char *sql, enum drive_state state)
{
    struct wire_out out = {0};
    d->state = state;
    msg_write_query(&out, sql);
    drive_to_server(d, &out);
}

static const struct ddl_statement *simple_current(const struct drive *d)
{
    return &d->simple.script.statements[d->simple.next - 1];
}

/* A REFRESH by itself needs no transaction of ours: the maintainer has one. */
static bool simple_refresh_alone(const struct drive *d)
{
    return d->simple.script.nstatements == 1 && !d->simple.in_block &&
           drive_refreshes_only(&d->simple.script.statements[0]);
}

bool simple_start(struct drive *d, const uint8_t *body, size_t len)
{
    const char *query = NULL;
    struct err e = {0};
    if (!msg_read_query(body, len, &query)) {
        return false; /* the server will say what is wrong with it */
    }
    d->simple.text = arena_strdup(&d->arena, query);
    d->simple.next = 0;
    d->simple.late = false;
    d->simple.own = false;
    d->simple.in_block = d->status != 'I';
    if (!ddl_parse(&d->arena, d->simple.text, &d->simple.script, &e)) {
        d->simple.script.nstatements = 0;
        client_take(d->client);
        d->query_position = 1; /* the position is in the text itself */
        drive_raise(d, &e);
        return true;
    }
    if (d->simple.script.nstatements == 0) {
        return false;
    }
    client_take(d->client);
    drive_ensure(d);
    return true;
}

void simple_start_late(struct drive *d)
{
    d->simple.script.statements = ARENA_NEW(&d->arena, struct ddl_statement);
    d->simple.script.nstatements = 1;
    d->simple.next = 1;
    d->simple.own = false;
    d->simple.in_block = true;
    d->simple.late = true;
    d->state = DRIVE_STATEMENT;
}

bool simple_runs_own(const struct drive *d)
{
    return d->state == DRIVE_STATEMENT && !d->simple.late && simple_current(d)->tag != NULL;
}

const char *simple_running_sql(const struct drive *d)
{
    return simple_current(d)->sql;
}

void simple_ready(struct drive *d)
{
    if (d->requests != NULL) {
        simple_requests_done(d);
    } else {
        simple_next(d);
    }
}

/* Everything is said, but for what is held: the client goes back to the relay. */
static void simple_end(struct drive *d)
{
    msg_write_ready(&d->held, (uint8_t)d->status);
    drive_release_held(d);
    if (!extended_watch(d)) {
        d->state = DRIVE_IDLE;
        client_untake(d->client);
    }
}

/*
 * The statement, behind as many blanks as there are characters before it in the script, so that positions in
 * the server's errors are positions in what the client sent.
 */
static const char *simple_statement_text(struct drive *d, const struct ddl_statement *st)
{
    if (st->tag != NULL) {
        return st->sql;
    }
    size_t blanks = 0;
    for (size_t i = 0; i < st->start; i++) {
        blanks += ((unsigned char)d->simple.text[i] & 0xc0) != 0x80;
    }
    size_t n = st->end - st->start;
    char *text = arena_alloc(&d->arena, blanks + n + 1);
    memset(text, ' ', blanks);
    memcpy(text + blanks, d->simple.text + st->start, n);
    return text;
}

static void simple_next(struct drive *d)
{
    if (d->simple.next == d->simple.script.nstatements) {
        if (d->simple.own) {
            simple_send_query(d, "COMMIT", DRIVE_COMMIT);
            return;
        }
        simple_end(d);
        return;
    }
    const struct ddl_statement *st = &d->simple.script.statements[d->simple.next];
    if (d->status == 'I' && st->kind != DDL_BEGIN && !simple_refresh_alone(d)) {
        d->simple.own = true;
        simple_send_query(d, "BEGIN", DRIVE_BEGIN);
        return;
    }
    drive_release_held(d); /* of the statement before: only the last one's waits for the commit */
    d->simple.next++;
    d->query_position = st->query_position;
    d->carried = false;
    simple_send_query(d, simple_statement_text(d, st), DRIVE_STATEMENT);
    if (st->tag != NULL && simple_refresh_alone(d)) {
        refresh_begin_early(d, st->sql);
    }
}

void simple_requests_done(struct drive *d)
{
    bool alone = d->simple.late ? d->status == 'I' : simple_refresh_alone(d);
    if (!drive_next_request(d, alone, d->simple.in_block || d->simple.script.nstatements > 1)) {
        simple_next(d);
    }
}

void simple_failed(struct drive *d)
{
    wire_out_consume(&d->held, d->held.len);
    d->requests = NULL;
    refresh_forget(d);
    if (d->simple.own && d->status != 'I') {
        simple_send_query(d, "ROLLBACK", DRIVE_ROLLBACK);
        return;
    }
    simple_end(d);
}

enum intercept_verdict simple_client_message(struct drive *d, uint8_t type)
{
    bool copy = type == 'd' || type == 'c' || type == 'f';
    if (copy && d->state == DRIVE_STATEMENT) {
        return INTERCEPT_FORWARD;
    }
    return type == 'X' ? INTERCEPT_FORWARD : INTERCEPT_WAIT;
}

/* ReadyForQuery after a statement of the script. */
static void simple_statement_over(struct drive *d)
{
    const struct ddl_statement *st = simple_current(d);
    if (d->errored) {
        simple_failed(d);
        return;
    }
    if (st->kind == DDL_BEGIN || st->kind == DDL_END) {
        /* The script has taken the transaction over from us, or ended it. */
        d->simple.own = false;
        d->simple.in_block = d->status != 'I';
    }
    simple_requests_done(d);
}

static enum intercept_verdict simple_in_statement(struct drive *d, uint8_t type, const uint8_t *body,
                                                  size_t len)
{
    const struct ddl_statement *st = simple_current(d);
    if (type != 'Z') {
        drive_release_held(d); /* of a late script's statement before this one */
    }
    switch (type) {
    case 'C':
    case 'I':
        drive_hold(d, type, st->tag, body, len);
        return INTERCEPT_TAKEN;
    case 'E':
        d->errored = true;
        return INTERCEPT_FORWARD;
    case 'Z':
        simple_statement_over(d);
        return INTERCEPT_TAKEN;
    case 'N':
        /* "there is already a transaction in progress": ours, which the client knows nothing of */
        return st->kind == DDL_BEGIN && d->simple.own ? INTERCEPT_TAKEN : INTERCEPT_FORWARD;
    default:
        return INTERCEPT_FORWARD;
    }
}

enum intercept_verdict simple_server_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len)
{
    switch (d->state) {
    case DRIVE_STATEMENT:
        return simple_in_statement(d, type, body, len);
    case DRIVE_BEGIN:
        if (type == 'E') {
            d->errored = true;
            return INTERCEPT_FORWARD;
        }
        if (type == 'Z' && d->errored) {
            simple_failed(d);
        } else if (type == 'Z') {
            simple_next(d);
        }
        return INTERCEPT_TAKEN;
    case DRIVE_COMMIT:
        if (type == 'E') {
            d->errored = true;
            wire_out_consume(&d->held, d->held.len);
            return INTERCEPT_FORWARD;
        }
        if (type == 'Z') {
            simple_end(d);
        }
        return INTERCEPT_TAKEN;
    case DRIVE_RAISE:
        if (type == 'Z') {
            simple_failed(d);
        }
        return INTERCEPT_TAKEN;
    case DRIVE_ROLLBACK:
        if (type == 'Z') {
            simple_end(d);
        }
        return INTERCEPT_TAKEN;
    default:
        return INTERCEPT_TAKEN;
    }
}
