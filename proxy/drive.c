#include "drive_state.h"

#include "base/mem.h"
#include "base/sql.h"
#include "base/str.h"
#include "client.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

struct drive *drive_new(struct client *client)
{
    struct drive *d = mem_new(sizeof *d);
    d->client = client;
    d->status = 'I';
    return d;
}

void drive_free(struct drive *d)
{
    if (d == NULL) {
        return;
    }
    if (d->job_open) {
        wirejob_end(&d->job);
    }
    extended_forget(d);
    refresh_forget(d);
    wire_out_free(&d->held);
    arena_free(&d->arena);
    secret_wipe(d->secret, sizeof d->secret);
    free(d);
}

bool drive_active(const struct drive *d)
{
    return d->state != DRIVE_IDLE;
}

bool drive_in_job(const struct drive *d)
{
    return d->state == DRIVE_JOB;
}

void drive_to_server(struct drive *d, struct wire_out *out)
{
    client_server_send(d->client, out->data, out->len);
    wire_out_free(out);
}

void drive_to_client(struct drive *d, struct wire_out *out)
{
    client_send(d->client, out->data, out->len);
    wire_out_free(out);
}

void drive_hold(struct drive *d, uint8_t type, const char *tag, const uint8_t *body, size_t len)
{
    wire_out_consume(&d->held, d->held.len);
    if (type == 'C' && tag != NULL) {
        msg_write_command_complete(&d->held, tag);
        return;
    }
    wire_msg_begin(&d->held, type);
    wire_put_bytes(&d->held, body, len);
    wire_msg_end(&d->held);
}

void drive_release_held(struct drive *d)
{
    if (d->held.len > 0) {
        client_send(d->client, d->held.data, d->held.len);
        wire_out_consume(&d->held, d->held.len);
    }
}

/* A script or a batch begins. */
static void drive_begin(struct drive *d, bool extended)
{
    d->status = client_txn_status(d->client);
    d->extended = extended;
    d->errored = false;
    d->requests = NULL;
    d->carried = false;
    d->query_position = 0;
    arena_free(&d->arena);
}

/* ---- the maintainer's answers come by post, and may find the client gone ---- */

struct answer {
    struct worker *worker;
    uint64_t client_id;
    bool ok;
    char secret[65];
    struct err err;
};

static struct answer *answer_new(struct drive *d)
{
    struct answer *a = mem_new(sizeof *a);
    a->worker = client_worker(d->client);
    a->client_id = client_id(d->client);
    return a;
}

static struct drive *answer_drive(const struct answer *a, enum drive_state expected)
{
    struct client *c = client_find(a->worker, a->client_id);
    struct drive *d = c != NULL ? intercept_drive(c) : NULL;
    return d != NULL && d->state == expected ? d : NULL;
}

static void drive_on_ready(struct worker *w, void *arg)
{
    struct answer *a = arg;
    (void)w;
    struct drive *d = answer_drive(a, DRIVE_ENSURE);
    if (d != NULL && a->ok) {
        memcpy(d->secret, a->secret, sizeof d->secret);
        d->state = d->extended ? DRIVE_BATCH : DRIVE_IDLE;
        if (d->extended) {
            client_resume(d->client);
        } else {
            simple_ready(d);
        }
    } else if (d != NULL) {
        drive_raise(d, &a->err);
    }
    secret_wipe(a->secret, sizeof a->secret);
    free(a);
}

static void drive_ready_cb(void *arg, bool ok, const char *secret, const struct err *e)
{
    struct answer *a = arg;
    a->ok = ok;
    if (ok) {
        memcpy(a->secret, secret, sizeof a->secret);
    } else {
        err_set(&a->err, ERR_OBJECT_STATE, "stream tables cannot be used in this database: %s", e->message);
        err_hint(&a->err, "%s", e->hint[0] != '\0' ? e->hint : "See weir's log.");
    }
    worker_post(a->worker, drive_on_ready, a);
}

void drive_ensure(struct drive *d)
{
    d->state = DRIVE_ENSURE;
    if (d->secret[0] != '\0') {
        struct answer *a = answer_new(d); /* asked before: the answer still comes from the loop */
        a->ok = true;
        memcpy(a->secret, d->secret, sizeof a->secret);
        worker_post(a->worker, drive_on_ready, a);
        return;
    }
    maintainer_ensure(d->client->config, client_database(d->client), client_database_name(d->client),
                      drive_ready_cb, answer_new(d));
}

/* ---- requests ---- */

bool drive_refreshes_only(const struct ddl_statement *st)
{
    return st->kind == DDL_REFRESH ||
           (st->kind == DDL_CALL && strcasestr(st->sql, "refresh_stream_table") != NULL &&
            strcasestr(st->sql, "create_") == NULL && strcasestr(st->sql, "drop_") == NULL &&
            strcasestr(st->sql, "resume_") == NULL);
}

void drive_request(struct drive *d, const char *kind, const char *arguments)
{
    if (d->state == DRIVE_IDLE && client_owed(d->client) == 1) {
        drive_begin(d, false);
        simple_start_late(d);
        client_take(d->client);
    }
    if (d->state != DRIVE_STATEMENT && d->state != DRIVE_EXECUTE) {
        return;
    }
    struct drive_request *r = ARENA_NEW(&d->arena, struct drive_request);
    r->kind = arena_strdup(&d->arena, kind);
    r->arguments = arena_strdup(&d->arena, arguments);
    /* Of an Execute it is less sure what runs in it. */
    r->trusted = !d->extended && simple_runs_own(d);
    struct drive_request **end = &d->requests;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = r;
}

void drive_requests_done(struct drive *d)
{
    if (d->extended) {
        extended_requests_done(d);
    } else {
        simple_requests_done(d);
    }
}

static void drive_start_job(struct drive *d, struct job *job, const char *checked)
{
    d->state = DRIVE_JOB;
    wirejob_start(&d->job, job, !d->extended, d->client->server->backend.pid, d->secret);
    d->job_open = true;
    d->checked = checked;
    drive_pump_job(d);
}

bool drive_next_request(struct drive *d, bool alone, bool in_block)
{
    struct drive_request *r = d->requests;
    if (r == NULL) {
        return false;
    }
    if (d->secret[0] == '\0') {
        drive_ensure(d); /* and then here again */
        return true;
    }
    d->requests = r->next;
    if (alone && strcmp(r->kind, "refresh") == 0) {
        if (r->trusted) {
            refresh_by_maintainer(d, simple_running_sql(d), r->arguments);
        } else {
            drive_start_job(d, job_refresh_check(r->arguments), r->arguments);
        }
        return true;
    }
    /* Several of one statement stand or fall together: none may commit by itself. */
    struct job_place place = {.in_block = in_block || d->carried || r->next != NULL, .trusted = r->trusted};
    d->carried = true;
    struct err e = {0};
    struct job *job = job_request(r->kind, r->arguments, &place, &e);
    if (job == NULL) {
        drive_raise(d, &e);
        return true;
    }
    if (strcmp(r->kind, "refresh") != 0) {
        intercept_note_catalog_change(d->client);
    }
    drive_start_job(d, job, NULL);
    return true;
}

static void drive_show_notices(struct drive *d)
{
    const char *text;
    while ((text = job_notice(d->job.job)) != NULL) {
        struct wire_out out = {0};
        struct err notice = {0};
        err_set(&notice, ERR_NONE, NULL);
        memcpy(notice.sqlstate, "00000", 6);
        strncpy(notice.message, text, sizeof notice.message - 1);
        msg_write_notice(&out, MSG_NOTICE, &notice);
        drive_to_client(d, &out);
    }
}

static void drive_end_job(struct drive *d)
{
    wirejob_end(&d->job);
    d->job_open = false;
}

/* An error of a job or of the maintainer, as the client sees it: positions are in what it sent. */
static void drive_show_error(struct drive *d, const struct err *e)
{
    struct wire_out out = {0};
    struct err shown = *e;
    shown.position = e->position > 0 && d->query_position > 0 ? e->position + d->query_position - 1 : 0;
    msg_write_error(&out, MSG_ERROR, &shown);
    drive_to_client(d, &out);
    d->errored = true;
}

static void drive_failed(struct drive *d)
{
    if (d->extended) {
        extended_failed(d);
    } else {
        simple_failed(d);
    }
}

void drive_pump_job(struct drive *d)
{
    struct wire_out out = {0};
    enum wirejob_status status = wirejob_pump(&d->job, &out);
    if (out.len > 0) {
        drive_to_server(d, &out);
    }
    if (status == WIREJOB_RUNNING) {
        return;
    }
    drive_show_notices(d);
    struct err e = d->job.err;
    bool aborted = d->job.aborted;
    drive_end_job(d);
    if (status == WIREJOB_DONE && d->checked != NULL) {
        refresh_by_maintainer(d, NULL, d->checked);
    } else if (status == WIREJOB_DONE) {
        drive_requests_done(d);
    } else if (aborted) {
        drive_show_error(d, &e);
        drive_failed(d);
    } else {
        drive_raise(d, &e);
    }
}

/* A statement that fails as `e` says: so the server knows what the client is told. */
static const char *raise_sql(struct arena *a, const struct err *e)
{
    const char *body =
        sql_text(a, "BEGIN RAISE EXCEPTION USING ERRCODE = {l:code}, MESSAGE = {l:message}; END",
                 SQL_TEXT("code", e->sqlstate), SQL_TEXT("message", e->message));
    return sql_text(a, "DO {l:body}", SQL_TEXT("body", body));
}

void drive_raise(struct drive *d, const struct err *e)
{
    struct wire_out out = {0};
    const char *sql = raise_sql(&d->arena, e);
    d->state = DRIVE_RAISE;
    d->raise = *e;
    d->errored = false;
    if (d->extended) {
        msg_write_parse(&out, "", sql, NULL, 0);
        msg_write_bind(&out, "", "", NULL, 0);
        msg_write_execute(&out, "", 0);
        msg_write_flush(&out);
    } else {
        msg_write_query(&out, sql);
    }
    drive_to_server(d, &out);
}

/* ---- messages ---- */

enum intercept_verdict drive_client_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len)
{
    if (d->state == DRIVE_IDLE) {
        drive_begin(d, type == 'P');
        bool ours = d->extended ? extended_start(d, body, len) : simple_start(d, body, len);
        return ours ? INTERCEPT_TAKEN : INTERCEPT_FORWARD;
    }
    if (d->extended) {
        return extended_client_message(d, type, body, len);
    }
    return simple_client_message(d, type);
}

enum intercept_verdict drive_server_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len)
{
    if (type == 'S' || type == 'A') {
        return INTERCEPT_FORWARD; /* asynchronous: belongs to no statement */
    }
    if (type == 'Z' && len == 1) {
        d->status = (char)body[0];
    }
    if (d->state == DRIVE_JOB) {
        if (type != 'N') {
            wirejob_message(&d->job, type, body, body != NULL ? len : 0);
            drive_pump_job(d);
        }
        return INTERCEPT_TAKEN;
    }
    if (d->state == DRIVE_RAISE && type == 'E') {
        drive_show_error(d, &d->raise);
        if (d->extended) {
            drive_failed(d);
        }
        return INTERCEPT_TAKEN;
    }
    return d->extended ? extended_server_message(d, type, body, len)
                       : simple_server_message(d, type, body, len);
}
