#include "pgconn.h"

#include "base/mem.h"
#include "base/sql.h"
#include "base/str.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

enum pgconn_state { PGCONN_CONNECTING, PGCONN_SETTING, PGCONN_IDLE, PGCONN_RUNNING, PGCONN_BROKEN };

/* What is in flight, in the order of the answers. */
enum flight_kind { FLIGHT_ROWS, FLIGHT_DESCRIBE, FLIGHT_IGNORE, FLIGHT_SYNC };

/* Names of statements prepared on this connection. Beyond this many the session is emptied of them. */
#define PGCONN_PREPARED_MAX 512

struct pgconn {
    uv_loop_t *loop;
    uv_poll_t *poll;  /* made anew when libpq moves on to another socket while connecting */
    int watched;      /* the events that poll waits for */
    uv_timer_t timer; /* the time a connection may take to be made; then unused */
    bool closing;
    enum pgconn_state state;
    PGconn *pq;
    pgconn_state_cb state_cb;
    void *state_arg;

    char *settings;
    struct {
        struct job *job; /* NULL: a single query */
        pgconn_job_cb cb;
        pgconn_rows_cb rows_cb;
        PGresult *answer; /* of a single query, until its Sync has come */
        void *arg;
        struct err err; /* first failure */
        bool draining;  /* a statement was refused: what is still in flight is only waited for */
        bool failed;
        bool cleaning; /* ROLLBACK and unlock are in flight */
        bool in_block; /* a BEGIN was sent, and no COMMIT: what fails takes the rest with it */
        bool unsynced; /* statements were sent since the last Sync */
    } run;

    enum flight_kind *flights; /* a queue: [flight_first, flight_first + flight_count) */
    int flight_first, flight_count, flight_cap;
    PGresult *held; /* result of the flight at the front, until it is complete */
    bool flight_error;

    struct arena names_arena;
    char **names;
    int nnames;
};

/* A server that does not answer a connection attempt within this is down for our purposes. */
#define PGCONN_CONNECT_MS 15000

static void pgconn_on_poll(uv_poll_t *poll, int status, int events);

static void pgconn_free_poll(uv_handle_t *handle)
{
    free(handle);
}

static void pgconn_unwatch(struct pgconn *c)
{
    if (c->poll != NULL) {
        uv_close((uv_handle_t *)c->poll, pgconn_free_poll);
        c->poll = NULL;
        c->watched = 0;
    }
}

/* Watches libpq's present socket; false when there is none. Asking for the same again costs nothing. */
static bool pgconn_watch(struct pgconn *c, int events)
{
    if (c->poll == NULL) {
        c->poll = mem_new(sizeof *c->poll);
        if (PQsocket(c->pq) < 0 || uv_poll_init(c->loop, c->poll, PQsocket(c->pq)) != 0) {
            free(c->poll);
            c->poll = NULL;
            return false;
        }
        c->poll->data = c;
    }
    if (c->watched == events) {
        return true;
    }
    c->watched = events;
    return uv_poll_start(c->poll, events, pgconn_on_poll) == 0;
}

static void err_from_result(struct err *e, const PGresult *r, PGconn *pq)
{
    const char *message = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    err_set(e, state != NULL ? ERR_SQL : ERR_CONNECTION, "%s",
            message != NULL ? message : PQerrorMessage(pq));
    if (state != NULL && strlen(state) == 5) {
        memcpy(e->sqlstate, state, 6);
    }
    const char *detail = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL) : NULL;
    const char *hint = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_HINT) : NULL;
    if (detail != NULL) {
        err_detail(e, "%s", detail);
    }
    if (hint != NULL) {
        err_hint(e, "%s", hint);
    }
}

static void pgconn_broken(struct pgconn *c, const PGresult *r)
{
    if (c->state == PGCONN_BROKEN) {
        return;
    }
    struct err e = {0};
    err_from_result(&e, r, c->pq);
    pgconn_unwatch(c);
    uv_timer_stop(&c->timer);
    bool running = c->state == PGCONN_RUNNING;
    c->state = PGCONN_BROKEN;
    if (running && c->run.job != NULL) {
        c->run.cb(c->run.arg, c, c->run.job, false, &e);
    } else if (running && c->run.rows_cb != NULL) {
        c->run.rows_cb(c->run.arg, c, NULL, &e);
    }
    if (!c->closing) {
        c->state_cb(c->state_arg, c, false, &e);
    }
}

/* ---- sending ---- */

static bool pgconn_knows(const struct pgconn *c, const char *name)
{
    for (int i = 0; i < c->nnames; i++) {
        if (strcmp(c->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A refresh of a wide unit sends a few statements for each member before it needs a result. */
static void pgconn_flight(struct pgconn *c, enum flight_kind kind)
{
    if (c->flight_count == 0) {
        c->flight_first = 0;
    }
    if (c->flight_first + c->flight_count == c->flight_cap) {
        c->flight_cap = c->flight_cap == 0 ? 32 : c->flight_cap * 2;
        c->flights = mem_grow(c->flights, sizeof *c->flights * (size_t)c->flight_cap);
    }
    c->flights[c->flight_first + c->flight_count++] = kind;
}

static bool pgconn_sync(struct pgconn *c)
{
    pgconn_flight(c, FLIGHT_SYNC);
    c->run.unsynced = false;
    return PQpipelineSync(c->pq) == 1;
}

/* One statement of our own, a transaction by itself. */
static bool pgconn_send_sql(struct pgconn *c, const char *sql)
{
    pgconn_flight(c, FLIGHT_IGNORE);
    return PQsendQueryParams(c->pq, sql, 0, NULL, NULL, NULL, NULL, 0) && pgconn_sync(c);
}

static bool pgconn_remember(struct pgconn *c, const char *name)
{
    if (c->nnames == PGCONN_PREPARED_MAX) {
        arena_free(&c->names_arena);
        c->names = NULL;
        c->nnames = 0;
        pgconn_flight(c, FLIGHT_IGNORE);
        if (!PQsendQueryParams(c->pq, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 0)) {
            return false;
        }
    }
    if (c->names == NULL) {
        c->names = ARENA_ARRAY(&c->names_arena, char *, PGCONN_PREPARED_MAX);
    }
    c->names[c->nnames++] = arena_strdup(&c->names_arena, name);
    return true;
}

static bool pgconn_send_prepared(struct pgconn *c, const struct job_statement *st)
{
    if (!pgconn_knows(c, st->name)) {
        if (!pgconn_remember(c, st->name) || !PQsendPrepare(c->pq, st->name, st->sql, 0, NULL)) {
            return false;
        }
        pgconn_flight(c, FLIGHT_IGNORE);
    }
    return PQsendQueryPrepared(c->pq, st->name, st->nparams, st->params, NULL, NULL, 0) == 1;
}

/*
 * Sends a statement. Inside a transaction block a Sync waits for the end of the batch: it costs the server a
 * flush, and both sides a wake-up. Outside each statement has its own, for it is a transaction; COMMIT ends
 * one anyway, and so waits for the Sync of whatever comes next.
 */
static bool pgconn_send(struct pgconn *c, const struct job_statement *st)
{
    bool sent;
    if (st->as == JOB_DESCRIBE) {
        pgconn_flight(c, FLIGHT_IGNORE);
        sent = PQsendPrepare(c->pq, "", st->sql, 0, NULL) && PQsendDescribePrepared(c->pq, "");
    } else if (st->name != NULL) {
        sent = pgconn_send_prepared(c, st);
    } else {
        sent = PQsendQueryParams(c->pq, st->sql, st->nparams, NULL, st->params, NULL, NULL, 0) == 1;
    }
    pgconn_flight(c, st->as == JOB_DESCRIBE ? FLIGHT_DESCRIBE : FLIGHT_ROWS);
    c->run.unsynced = true;
    bool commits = strncmp(st->sql, "COMMIT", 6) == 0;
    if (strncmp(st->sql, "BEGIN", 5) == 0) {
        c->run.in_block = true;
    } else if (commits) {
        c->run.in_block = false;
    }
    return sent && (c->run.in_block || commits || pgconn_sync(c));
}

/* Leaves nothing behind of a failed job: no transaction, no lock, no name that a failed Prepare left unknown.
 */
static void pgconn_clean(struct pgconn *c)
{
    c->run.cleaning = true;
    c->run.in_block = false;
    arena_free(&c->names_arena);
    c->names = NULL;
    c->nnames = 0;
    if (!pgconn_send_sql(c, "ROLLBACK") ||
        !pgconn_send_sql(c, "SELECT pg_catalog.pg_advisory_unlock_all()") ||
        !pgconn_send_sql(c, "DEALLOCATE ALL")) {
        pgconn_broken(c, NULL);
    }
}

static void pgconn_end_job(struct pgconn *c)
{
    c->state = PGCONN_IDLE;
    struct job *job = c->run.job;
    c->run.job = NULL;
    c->run.cb(c->run.arg, c, job, !c->run.failed, &c->run.err);
}

/* Asks the job for statements until it wants results or ends. */
static void pgconn_pump(struct pgconn *c)
{
    while (c->state == PGCONN_RUNNING) {
        struct job_statement st = {0};
        bool sent = true;
        switch (job_next(c->run.job, &st, &c->run.err)) {
        case JOB_STATEMENT:
            sent = pgconn_send(c, &st);
            break;
        case JOB_COMMIT:
            sent = pgconn_send_sql(c, "COMMIT") && pgconn_send_sql(c, "BEGIN");
            break;
        case JOB_ROLLBACK:
            sent = pgconn_send_sql(c, "ROLLBACK") && pgconn_send_sql(c, "BEGIN");
            break;
        case JOB_RESULTS:
            if (c->flight_count == 0) {
                abort(); /* results of what? the same mistake */
            }
            if (c->run.unsynced && !pgconn_sync(c)) {
                pgconn_broken(c, NULL);
            }
            return;
        case JOB_FAILED:
            c->run.failed = true;
            pgconn_clean(c);
            return;
        case JOB_DONE:
            if (c->run.unsynced && !pgconn_sync(c)) {
                pgconn_broken(c, NULL);
            } else if (c->flight_count == 0) {
                pgconn_end_job(c);
            }
            return;
        }
        if (!sent) {
            pgconn_broken(c, NULL);
        }
    }
}

/* ---- receiving ---- */

static void pgconn_feed(struct pgconn *c, const PGresult *r)
{
    struct arena a = {0};
    struct job_rows rows = {
        .tag = PQcmdStatus((PGresult *)r), .nrows = PQntuples(r), .ncolumns = PQnfields(r)};
    const char **cells = ARENA_ARRAY(&a, const char *, rows.nrows *rows.ncolumns + 1);
    for (int i = 0; i < rows.nrows; i++) {
        for (int j = 0; j < rows.ncolumns; j++) {
            cells[i * rows.ncolumns + j] = PQgetisnull(r, i, j) ? NULL : PQgetvalue(r, i, j);
        }
    }
    rows.cells = cells;
    if (c->run.job != NULL) {
        job_result(c->run.job, &rows);
    } else {
        c->run.rows_cb(c->run.arg, c, &rows, NULL);
    }
    arena_free(&a);
}

static void pgconn_fail(struct pgconn *c, const PGresult *r)
{
    struct err e = {0};
    err_from_result(&e, r, c->pq);
    c->run.draining = true;
    job_failed(c->run.job, &e);
}

/* A single query is over: state first, for the callback may run the next one. */
static void pgconn_end_query(struct pgconn *c)
{
    PGresult *r = c->run.answer;
    struct err e = {0};
    c->state = PGCONN_IDLE;
    c->run.answer = NULL;
    if (r != NULL && PQresultStatus(r) != PGRES_FATAL_ERROR) {
        pgconn_feed(c, r);
    } else {
        err_from_result(&e, r, c->pq);
        c->run.rows_cb(c->run.arg, c, NULL, &e);
    }
    PQclear(r);
}

/* A description gives type oids; the job wants names, which only the server knows: ask it. */
static bool pgconn_name_types(struct pgconn *c, const PGresult *r)
{
    struct arena a = {0};
    struct str sql;
    str_init(&sql, &a);
    for (int i = 0; i < PQnfields(r); i++) {
        str_sep(&sql, " UNION ALL ");
        str_addf(&sql, "SELECT %s::text, pg_catalog.format_type(%u, %d)", sql_literal(&a, PQfname(r, i)),
                 PQftype(r, i), PQfmod(r, i));
    }
    /* It must answer before whatever was sent after the description; jobs ask for results after one. */
    pgconn_flight(c, FLIGHT_ROWS);
    bool ok = PQsendQueryParams(c->pq, sql.data, 0, NULL, NULL, NULL, NULL, 0) && pgconn_sync(c);
    arena_free(&a);
    return ok;
}

/* The answer at the front is complete. */
static void pgconn_flight_done(struct pgconn *c)
{
    enum flight_kind kind = c->flights[c->flight_first];
    c->flight_first++;
    c->flight_count--;
    PGresult *r = c->held;
    bool failed = c->flight_error;
    c->held = NULL;
    c->flight_error = false;
    if (c->run.job == NULL) {
        if (kind == FLIGHT_ROWS) {
            c->run.answer = r;
            return;
        }
    } else if (failed && !c->run.cleaning && !c->run.draining) {
        pgconn_fail(c, r);
    } else if (!c->run.draining && !c->run.cleaning && r != NULL && kind == FLIGHT_ROWS) {
        pgconn_feed(c, r);
    } else if (!c->run.draining && !c->run.cleaning && r != NULL && kind == FLIGHT_DESCRIBE &&
               !pgconn_name_types(c, r)) {
        pgconn_broken(c, NULL);
    }
    PQclear(r);
}

/* NULL ends the answer to a statement; a Sync is answered by one result. */
static void pgconn_take_result(struct pgconn *c, PGresult *r)
{
    if (r == NULL) {
        pgconn_flight_done(c);
        return;
    }
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_PIPELINE_SYNC) {
        PQclear(r);
        pgconn_flight_done(c);
        return;
    }
    if (status == PGRES_PIPELINE_ABORTED) {
        PQclear(r); /* skipped after a failure, which was told already */
        return;
    }
    c->flight_error = c->flight_error || status == PGRES_FATAL_ERROR;
    PQclear(c->held);
    c->held = r;
}

static void pgconn_read(struct pgconn *c)
{
    if (!PQconsumeInput(c->pq)) {
        pgconn_broken(c, NULL);
        return;
    }
    while (c->flight_count > 0 && c->state == PGCONN_RUNNING && !PQisBusy(c->pq)) {
        PGresult *r = PQgetResult(c->pq);
        if (r == NULL && PQstatus(c->pq) == CONNECTION_BAD) {
            break;
        }
        pgconn_take_result(c, r);
    }
    if (PQstatus(c->pq) == CONNECTION_BAD) {
        pgconn_broken(c, c->held);
    }
}

static void pgconn_advance(struct pgconn *c)
{
    if (c->state == PGCONN_RUNNING && c->flight_count == 0) {
        if (c->run.job == NULL) {
            pgconn_end_query(c);
        } else if (c->run.cleaning) {
            pgconn_end_job(c);
        } else {
            c->run.draining = false;
            pgconn_pump(c);
        }
    }
    if (c->closing || (c->state != PGCONN_IDLE && c->state != PGCONN_RUNNING)) {
        return;
    }
    int rc = PQflush(c->pq);
    if (rc < 0) {
        pgconn_broken(c, NULL);
        return;
    }
    if (!pgconn_watch(c, rc > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE)) {
        pgconn_broken(c, NULL);
    }
}

static void pgconn_established(struct pgconn *c)
{
    uv_timer_stop(&c->timer);
    if (!PQenterPipelineMode(c->pq)) {
        pgconn_broken(c, NULL);
        return;
    }
    c->state = PGCONN_IDLE;
    c->state_cb(c->state_arg, c, true, NULL);
    pgconn_advance(c);
}

static void pgconn_connected(struct pgconn *c)
{
    PQsetnonblocking(c->pq, 1);
    if (c->settings == NULL) {
        pgconn_established(c);
        return;
    }
    c->state = PGCONN_SETTING;
    if (!PQsendQuery(c->pq, c->settings) || PQflush(c->pq) < 0 || !pgconn_watch(c, UV_READABLE)) {
        pgconn_broken(c, NULL);
    }
}

/* Settings are sent before pipeline mode, where several statements may share a message. */
static void pgconn_setting(struct pgconn *c)
{
    if (!PQconsumeInput(c->pq)) {
        pgconn_broken(c, NULL);
        return;
    }
    while (!PQisBusy(c->pq)) {
        PGresult *r = PQgetResult(c->pq);
        if (r == NULL) {
            pgconn_established(c);
            return;
        }
        if (PQresultStatus(r) == PGRES_FATAL_ERROR) {
            pgconn_broken(c, r);
            PQclear(r);
            return;
        }
        PQclear(r);
    }
}

static void pgconn_connecting(struct pgconn *c)
{
    PostgresPollingStatusType next = PQconnectPoll(c->pq);
    pgconn_unwatch(c); /* libpq may have gone on to the next address: same number, other socket */
    if (next == PGRES_POLLING_OK) {
        pgconn_connected(c);
    } else if (next == PGRES_POLLING_FAILED ||
               !pgconn_watch(c, next == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE)) {
        pgconn_broken(c, NULL);
    }
}

static void pgconn_on_poll(uv_poll_t *poll, int status, int events)
{
    struct pgconn *c = poll->data;
    (void)events;
    if (c->state == PGCONN_CONNECTING) {
        pgconn_connecting(c);
        return;
    }
    if (status < 0) {
        pgconn_broken(c, NULL);
        return;
    }
    if (c->state == PGCONN_SETTING) {
        pgconn_setting(c);
        return;
    }
    pgconn_read(c);
    pgconn_advance(c);
}

static void pgconn_on_timer(uv_timer_t *timer)
{
    struct pgconn *c = timer->data;
    if (c->state == PGCONN_CONNECTING || c->state == PGCONN_SETTING) {
        pgconn_broken(c, NULL);
    }
}

static void pgconn_on_timer_closed(uv_handle_t *handle)
{
    struct pgconn *c = handle->data;
    PQclear(c->held);
    PQclear(c->run.answer);
    PQfinish(c->pq);
    arena_free(&c->names_arena);
    free(c->settings);
    free(c->flights);
    free(c);
}

static void pgconn_ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

struct pgconn *pgconn_open(uv_loop_t *loop, const struct pgconn_target *t, pgconn_state_cb cb, void *arg)
{
    const char *const keywords[] = {
        "host", "port", "dbname", "user", "password", "application_name", "client_encoding", NULL};
    const char *const values[] = {t->host, t->port, t->dbname, t->user, t->password, t->application_name,
                                  "UTF8",  NULL};
    struct pgconn *c = mem_new(sizeof *c);
    c->loop = loop;
    c->state_cb = cb;
    c->state_arg = arg;
    c->state = PGCONN_CONNECTING;
    c->settings = t->settings != NULL ? strdup(t->settings) : NULL;
    uv_timer_init(loop, &c->timer);
    c->timer.data = c;
    c->pq = PQconnectStartParams(keywords, values, 0);
    if (c->pq == NULL) {
        abort();
    }
    PQsetNoticeReceiver(c->pq, pgconn_ignore_notice, NULL);
    bool started = PQstatus(c->pq) != CONNECTION_BAD && pgconn_watch(c, UV_WRITABLE);
    /* A failure is told from the loop too, never from inside this call. */
    uv_timer_start(&c->timer, pgconn_on_timer, started ? PGCONN_CONNECT_MS : 0, 0);
    return c;
}

bool pgconn_idle(const struct pgconn *c)
{
    return c->state == PGCONN_IDLE;
}

void pgconn_run(struct pgconn *c, struct job *job, pgconn_job_cb cb, void *arg)
{
    if (c->state != PGCONN_IDLE) {
        abort();
    }
    memset(&c->run, 0, sizeof c->run);
    c->run.job = job;
    c->run.cb = cb;
    c->run.arg = arg;
    c->state = PGCONN_RUNNING;
    pgconn_advance(c);
}

void pgconn_query(struct pgconn *c, const char *sql, pgconn_rows_cb cb, void *arg)
{
    if (c->state != PGCONN_IDLE) {
        abort();
    }
    memset(&c->run, 0, sizeof c->run);
    c->run.rows_cb = cb;
    c->run.arg = arg;
    c->state = PGCONN_RUNNING;
    pgconn_flight(c, FLIGHT_ROWS);
    if (!PQsendQueryParams(c->pq, sql, 0, NULL, NULL, NULL, NULL, 0) || !pgconn_sync(c)) {
        pgconn_broken(c, NULL);
        return;
    }
    pgconn_advance(c);
}

void pgconn_close(struct pgconn *c)
{
    if (c->closing) {
        return;
    }
    c->closing = true;
    c->state = PGCONN_BROKEN;
    pgconn_unwatch(c);
    uv_close((uv_handle_t *)&c->timer, pgconn_on_timer_closed);
}
