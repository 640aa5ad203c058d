#include "maintained.h"

#include "base/log.h"
#include "base/mem.h"
#include "ivm.h"
#include "lanes.h"

#include <stdlib.h>
#include <string.h>

enum maintained_state { DB_DOWN, DB_CONNECTING, DB_INSTALLING, DB_LOADING, DB_READY };

#define RETRY_FIRST_MS 500
#define RETRY_LAST_MS 30000
/* Buffers grow by what was written since the last visit; this keeps them small without being felt. */
#define HOUSEKEEPING_MS 5000
/* The class of the advisory lock of the scheduler; refresh locks have classes of their own. */
#define LEADER_LOCK "SELECT pg_catalog.pg_try_advisory_lock(2002874738, 0)"

struct waiter {
    struct waiter *next;
    maintained_cb cb;
    void *arg;
};

struct maintained {
    uv_loop_t *loop;
    struct arena arena;
    struct maintained_options options;
    enum maintained_state state;
    int handles; /* open libuv handles of this struct */
    uv_timer_t retry_timer, poll_timer;
    int64_t retry_ms;

    struct pgconn *control;
    struct job *job; /* running on control */
    bool loading;    /* it reads the catalog */
    bool leader;
    bool want_load, want_probe, want_lead;
    bool load_failed; /* the catalog is to be read again at the next poll */
    int64_t housekeeping_at;
    struct err last_error;

    struct lanes *lanes;
    struct waiter *waiters;
};

static void maintained_connect(struct maintained *m);
static void control_next(struct maintained *m);

static int64_t maintained_now(const struct maintained *m)
{
    return (int64_t)uv_now(m->loop);
}

/* ---- those who wait ---- */

static void waiters_tell(struct maintained *m, bool ok, const struct err *e)
{
    while (m->waiters != NULL) {
        struct waiter *w = m->waiters;
        m->waiters = w->next;
        w->cb(w->arg, ok, e);
        free(w);
    }
}

/* ---- down and up ---- */

static void maintained_on_retry(uv_timer_t *timer)
{
    maintained_connect(timer->data);
}

static void maintained_down(struct maintained *m, const struct err *e)
{
    if (m->control != NULL) {
        pgconn_close(m->control);
        m->control = NULL;
    }
    if (m->job != NULL) {
        job_free(m->job);
        m->job = NULL;
    }
    m->state = DB_DOWN;
    m->leader = false;
    m->last_error = *e;
    log_warn("maintenance_down", "db=%s reason=\"%s\" retry_ms=%lld", m->options.target.dbname, e->message,
             (long long)m->retry_ms);
    waiters_tell(m, false, e);
    lanes_stop(m->lanes, e);
    uv_timer_start(&m->retry_timer, maintained_on_retry, (uint64_t)m->retry_ms, 0);
    m->retry_ms = m->retry_ms * 2 > RETRY_LAST_MS ? RETRY_LAST_MS : m->retry_ms * 2;
}

static void control_on_state(void *arg, struct pgconn *conn, bool ok, const struct err *e)
{
    struct maintained *m = arg;
    if (m->control != conn) {
        return;
    }
    if (!ok) {
        maintained_down(m, e);
        return;
    }
    m->state = DB_INSTALLING;
    control_next(m);
}

/*
 * The control connection reads many objects in one statement. It gives up on a lock well before the server
 * looks for deadlocks, so that a user's DDL is never the one to be sacrificed; what it did is tried again.
 */
#define CONTROL_SETTINGS "; SET lock_timeout = '200ms'"

static void maintained_connect(struct maintained *m)
{
    struct arena a = {0};
    struct pgconn_target target = m->options.target;
    m->state = DB_CONNECTING;
    target.settings = arena_printf(&a, "%s" CONTROL_SETTINGS, target.settings);
    m->control = pgconn_open(m->loop, &target, control_on_state, m);
    arena_free(&a);
}

/* ---- the control connection ---- */

static void catalog_loaded(struct maintained *m, struct ivm_catalog *catalog)
{
    lanes_load(m->lanes, catalog, !m->want_load);
    log_debug("catalog_loaded", "db=%s tables=%d version=%lld", m->options.target.dbname, catalog->ntables,
              (long long)catalog->version);
    if (m->state == DB_LOADING) {
        m->state = DB_READY;
        m->retry_ms = RETRY_FIRST_MS;
        log_info("maintenance_ready", "db=%s tables=%d", m->options.target.dbname, catalog->ntables);
    }
    waiters_tell(m, true, NULL);
}

static void control_on_job(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e)
{
    struct maintained *m = arg;
    (void)conn;
    m->job = NULL;
    if (!ok) {
        job_free(job);
        if (m->state == DB_READY && pgconn_idle(m->control)) {
            /* The connection is fine; what failed is tried again at its next turn. */
            log_info("maintenance_job_failed", "db=%s reason=\"%s\"", m->options.target.dbname, e->message);
            m->load_failed = m->load_failed || m->loading;
            control_next(m);
            return;
        }
        maintained_down(m, e);
        return;
    }
    struct ivm_catalog *catalog = m->loading ? job_catalog_take(job) : NULL;
    job_free(job);
    if (catalog != NULL) {
        catalog_loaded(m, catalog);
    } else if (m->state == DB_INSTALLING) {
        m->state = DB_LOADING;
    }
    control_next(m);
}

static void control_on_probe(void *arg, struct pgconn *conn, const struct job_rows *rows, const struct err *e)
{
    struct maintained *m = arg;
    (void)conn;
    (void)e; /* a table dropped under the probe; the next catalog knows */
    for (int i = 0; rows != NULL && i < rows->nrows; i++) {
        const char *id = rows->cells[i * rows->ncolumns], *pending = rows->cells[i * rows->ncolumns + 1];
        if (id != NULL && pending != NULL && strcmp(pending, "0") != 0) {
            lanes_table_pending(m->lanes, strtoll(id, NULL, 10));
        }
    }
    if (rows == NULL) {
        m->want_load = true;
    }
    control_next(m);
}

static void control_on_lead(void *arg, struct pgconn *conn, const struct job_rows *rows, const struct err *e)
{
    struct maintained *m = arg;
    (void)conn;
    (void)e;
    bool leader = rows != NULL && rows->nrows == 1 && strcmp(rows->cells[0], "t") == 0;
    if (leader && !m->leader) {
        log_info("scheduler_elected", "db=%s", m->options.target.dbname);
        m->want_probe = true;
    }
    m->leader = leader;
    lanes_lead(m->lanes, leader);
    control_next(m);
}

static void control_probe(struct maintained *m)
{
    struct arena a = {0};
    const struct ivm_catalog *c = lanes_catalog(m->lanes);
    int *tables = ARENA_ARRAY(&a, int, c->ntables + 1);
    int n = 0;
    for (int i = 0; i < c->ntables; i++) {
        if (c->tables[i].populated && !c->tables[i].suspended && !c->tables[i].opaque_sources) {
            tables[n++] = i;
        }
    }
    const char *sql = n > 0 ? ivm_probe_sql(&a, c, tables, n) : NULL;
    if (sql != NULL) {
        pgconn_query(m->control, sql, control_on_probe, m);
    }
    arena_free(&a);
}

static void control_run(struct maintained *m, struct job *job, bool loading)
{
    m->job = job;
    m->loading = loading;
    pgconn_run(m->control, job, control_on_job, m);
}

/* What the control connection does next. Called whenever it may have become idle. */
static void control_next(struct maintained *m)
{
    if (m->control == NULL || !pgconn_idle(m->control) || m->job != NULL) {
        return;
    }
    switch (m->state) {
    case DB_INSTALLING:
        control_run(m, job_install(m->options.secret), false);
        return;
    case DB_LOADING:
        m->want_load = false;
        m->want_lead = true;
        control_run(m, job_load_catalog(), true);
        return;
    case DB_READY:
        break;
    case DB_DOWN:
    case DB_CONNECTING:
        return;
    }
    if (m->want_load) {
        m->want_load = false;
        control_run(m, job_load_catalog(), true);
    } else if (m->want_lead && !m->leader) {
        m->want_lead = false;
        pgconn_query(m->control, LEADER_LOCK, control_on_lead, m);
    } else if (m->leader && m->want_probe) {
        m->want_probe = false;
        control_probe(m);
    } else if (m->leader && lanes_catalog(m->lanes)->ntables > 0 && maintained_now(m) >= m->housekeeping_at) {
        m->housekeeping_at = maintained_now(m) + HOUSEKEEPING_MS;
        control_run(m, job_housekeeping(lanes_catalog(m->lanes)), false);
    }
    lanes_fill(m->lanes);
}

static void control_want_catalog(void *arg)
{
    struct maintained *m = arg;
    m->want_load = true;
    control_next(m);
}

static void maintained_on_poll(uv_timer_t *timer)
{
    struct maintained *m = timer->data;
    m->want_load = m->want_load || m->load_failed;
    m->load_failed = false;
    m->want_probe = true;
    m->want_lead = true;
    control_next(m);
}

/* ---- the surface ---- */

struct maintained *maintained_open(uv_loop_t *loop, const struct maintained_options *o)
{
    struct maintained *m = mem_new(sizeof *m);
    m->loop = loop;
    m->options = *o;
    struct pgconn_target *t = &m->options.target;
    t->host = arena_strdup(&m->arena, t->host);
    t->port = arena_strdup(&m->arena, t->port);
    t->dbname = arena_strdup(&m->arena, t->dbname);
    t->user = arena_strdup(&m->arena, t->user);
    t->password = arena_strdup(&m->arena, t->password);
    t->application_name = "weir maintainer";
    t->settings = ivm_session_settings();
    m->lanes = lanes_new(loop, t, o->refresh_pool_size, control_want_catalog, m);
    m->retry_ms = RETRY_FIRST_MS;
    uv_timer_t *timers[] = {&m->retry_timer, &m->poll_timer};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = m;
        m->handles++;
    }
    uv_timer_start(&m->poll_timer, maintained_on_poll, (uint64_t)o->poll_interval_ms,
                   (uint64_t)o->poll_interval_ms);
    maintained_connect(m);
    return m;
}

static void maintained_on_closed(uv_handle_t *handle)
{
    struct maintained *m = handle->data;
    if (--m->handles > 0) {
        return;
    }
    arena_free(&m->arena);
    free(m);
}

void maintained_close(struct maintained *m)
{
    struct err e = {0};
    err_set(&e, ERR_SHUTDOWN, NULL);
    waiters_tell(m, false, &e);
    if (m->control != NULL) {
        pgconn_close(m->control);
        m->control = NULL;
    }
    job_free(m->job);
    m->job = NULL;
    lanes_close(m->lanes);
    uv_close((uv_handle_t *)&m->retry_timer, maintained_on_closed);
    uv_close((uv_handle_t *)&m->poll_timer, maintained_on_closed);
}

void maintained_when_ready(struct maintained *m, maintained_cb cb, void *arg)
{
    if (m->state == DB_READY) {
        cb(arg, true, NULL);
        return;
    }
    if (m->state == DB_DOWN) {
        cb(arg, false, &m->last_error);
        return;
    }
    struct waiter *w = mem_new(sizeof *w);
    w->cb = cb;
    w->arg = arg;
    w->next = m->waiters;
    m->waiters = w;
}

const char *maintained_secret(const struct maintained *m)
{
    return m->options.secret;
}

void maintained_source_changed(struct maintained *m, int64_t source_id)
{
    lanes_source_changed(m->lanes, source_id);
    lanes_fill(m->lanes);
}

void maintained_catalog_changed(struct maintained *m)
{
    control_want_catalog(m);
}

void maintained_refresh(struct maintained *m, const int64_t *ids, int n, bool full, maintained_cb cb,
                        void *arg)
{
    if (m->state == DB_DOWN) {
        cb(arg, false, &m->last_error);
        return;
    }
    lanes_request(m->lanes, ids, n, full, cb, arg);
}
