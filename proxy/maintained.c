#include "maintained.h"

#include "base/log.h"
#include "ivm.h"

#include <stdlib.h>
#include <string.h>

enum maintained_state { DB_DOWN, DB_CONNECTING, DB_INSTALLING, DB_LOADING, DB_READY };

#define RETRY_FIRST_MS 500
#define RETRY_LAST_MS 30000
/* Buffers grow by what was written since the last visit; this keeps them small without being felt. */
#define HOUSEKEEPING_MS 5000
/* The class of the advisory lock of the scheduler; refresh locks have classes of their own. */
#define LEADER_LOCK "SELECT pg_catalog.pg_try_advisory_lock(2002874738, 0)"

/* A catalog is replaced while refreshes of the old one still run. */
struct catalog_ref {
    struct ivm_catalog *catalog;
    int refs;
};

struct waiter {
    struct waiter *next;
    maintained_cb cb;
    void *arg;
};

/* A refresh that a client waits for. */
struct request {
    struct request *next;
    int64_t *ids;
    int n;
    bool full;
    bool reloaded; /* an unknown id was looked for in a fresh catalog already */
    maintained_cb cb;
    void *arg;
};

struct lane {
    struct maintained *owner;
    struct pgconn *conn;
    bool connecting;
    struct job *job;
    struct job *record; /* recording that `job` failed */
    struct catalog_ref *ref;
    int64_t *ids; /* members of the unit */
    int *unit;
    int n;
    struct request *request; /* NULL: the scheduler's own */
    struct err why;
    bool lost; /* the connection went while the lane was busy */
};

struct maintained {
    uv_loop_t *loop;
    struct arena arena;
    struct maintained_options options;
    enum maintained_state state;
    bool closing;
    int handles; /* open libuv handles of this struct */
    uv_timer_t retry_timer, poll_timer, due_timer;
    int64_t retry_ms;

    struct pgconn *control;
    struct job *job; /* running on control */
    bool loading;    /* it reads the catalog */
    bool leader;
    bool want_load, want_probe, want_lead;
    bool load_failed; /* the catalog is to be read again at the next poll */
    bool stale;       /* the catalog is known to be old: nothing is refreshed by it any more */
    int64_t housekeeping_at;
    struct err last_error;

    struct catalog_ref *ref;
    struct ivm_schedule *schedule;
    struct lane *lanes;
    struct waiter *waiters;
    struct request *requests;
};

static void maintained_connect(struct maintained *m);
static void control_next(struct maintained *m);
static void lanes_fill(struct maintained *m);

static int64_t maintained_now(const struct maintained *m)
{
    return (int64_t)uv_now(m->loop);
}

/* ---- catalog references ---- */

static struct catalog_ref *catalog_ref_new(struct ivm_catalog *catalog)
{
    struct catalog_ref *ref = calloc(1, sizeof *ref);
    if (ref == NULL) {
        abort();
    }
    ref->catalog = catalog;
    ref->refs = 1;
    return ref;
}

static void catalog_ref_drop(struct catalog_ref *ref)
{
    if (ref != NULL && --ref->refs == 0) {
        ivm_catalog_free(ref->catalog);
        free(ref);
    }
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

static void request_end(struct request *r, bool ok, const struct err *e)
{
    r->cb(r->arg, ok, e);
    free(r->ids);
    free(r);
}

static void requests_fail(struct maintained *m, const struct err *e)
{
    while (m->requests != NULL) {
        struct request *r = m->requests;
        m->requests = r->next;
        request_end(r, false, e);
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
    requests_fail(m, e);
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
    struct catalog_ref *old = m->ref;
    m->ref = catalog_ref_new(catalog);
    m->stale = false;
    ivm_schedule_load(m->schedule, catalog, maintained_now(m));
    catalog_ref_drop(old);
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
            ivm_schedule_table_pending(m->schedule, strtoll(id, NULL, 10));
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
    control_next(m);
}

static void control_probe(struct maintained *m)
{
    struct arena a = {0};
    const struct ivm_catalog *c = m->ref->catalog;
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
    } else if (m->leader && m->ref->catalog->ntables > 0 && maintained_now(m) >= m->housekeeping_at) {
        m->housekeeping_at = maintained_now(m) + HOUSEKEEPING_MS;
        control_run(m, job_housekeeping(m->ref->catalog), false);
    }
    lanes_fill(m);
}

/* ---- lanes: refreshes ---- */

static void lane_release(struct lane *l)
{
    job_free(l->job);
    job_free(l->record);
    l->job = NULL;
    l->record = NULL;
    free(l->ids);
    free(l->unit);
    l->ids = NULL;
    l->unit = NULL;
    catalog_ref_drop(l->ref);
    l->ref = NULL;
    if (l->lost) {
        pgconn_close(l->conn);
        l->conn = NULL;
        l->lost = false;
    }
}

static void lane_done(struct lane *l, bool ok, const struct err *e)
{
    struct maintained *m = l->owner;
    struct request *r = l->request;
    /* What users' code left behind in a session must not reach another stream table's refresh. */
    l->lost = l->lost || (l->job != NULL && job_tainted(l->job));
    ivm_schedule_finished(m->schedule, l->ids, l->n, ok, maintained_now(m));
    l->request = NULL;
    lane_release(l);
    if (r != NULL) {
        request_end(r, ok, e);
    }
    control_next(m);
    lanes_fill(m);
}

/* The unit was formed by an old catalog: what it was for is done by the next one. */
static void lane_again(struct lane *l)
{
    struct maintained *m = l->owner;
    struct request *r = l->request;
    ivm_schedule_finished(m->schedule, l->ids, l->n, true, maintained_now(m));
    for (int i = 0; i < l->n; i++) {
        ivm_schedule_table_pending(m->schedule, l->ids[i]);
    }
    l->request = NULL;
    lane_release(l);
    if (r != NULL) {
        r->next = m->requests;
        m->requests = r;
    }
    m->stale = true;
    m->want_load = true;
    control_next(m);
}

static void lane_on_recorded(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e)
{
    struct lane *l = arg;
    (void)conn;
    (void)job;
    if (!ok) {
        log_warn("refresh_failure_not_recorded", "db=%s reason=\"%s\"", l->owner->options.target.dbname,
                 e->message);
    }
    l->owner->want_load = true; /* it may be suspended now */
    lane_done(l, false, &l->why);
}

static void lane_on_refreshed(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e)
{
    struct lane *l = arg;
    struct maintained *m = l->owner;
    (void)job;
    if (ok) {
        if (!l->ref->catalog->tables[l->unit[l->n - 1]].populated) {
            m->want_load = true;
        }
        lane_done(l, true, NULL);
        return;
    }
    if (e->code == ERR_STALE_CATALOG) {
        lane_again(l);
        return;
    }
    l->why = *e;
    log_warn("refresh_failed", "db=%s table=%s.%s sqlstate=%s reason=\"%s\"", m->options.target.dbname,
             l->ref->catalog->tables[l->unit[l->n - 1]].schema,
             l->ref->catalog->tables[l->unit[l->n - 1]].name, e->sqlstate, e->message);
    if (!pgconn_idle(conn)) {
        lane_done(l, false,
                  e); /* the connection is gone: nothing was committed, and nothing can be recorded */
        return;
    }
    l->record = job_record_failure(l->ref->catalog, l->unit, l->n, e);
    pgconn_run(conn, l->record, lane_on_recorded, l);
}

static void lane_start(struct lane *l)
{
    struct refresh_options o = {
        .initiated_by = l->request != NULL ? "MANUAL" : "SCHEDULER",
        .force_full = l->request != NULL && l->request->full,
    };
    l->job = job_refresh(l->ref->catalog, l->unit, l->n, &o);
    pgconn_run(l->conn, l->job, lane_on_refreshed, l);
}

static void lane_on_state(void *arg, struct pgconn *conn, bool ok, const struct err *e)
{
    struct lane *l = arg;
    if (l->conn != conn) {
        return;
    }
    if (ok) {
        l->connecting = false;
        lane_start(l);
        return;
    }
    bool failed_to_connect = l->connecting;
    l->connecting = false;
    if (failed_to_connect) {
        l->lost = true;
        lane_done(l, false, e);
    } else if (l->ids == NULL) {
        pgconn_close(l->conn); /* lost while idle */
        l->conn = NULL;
    } else {
        l->lost = true; /* lane_on_refreshed is told by the job's own callback */
    }
}

static struct lane *lane_free(struct maintained *m)
{
    struct lane *unused = NULL;
    for (int i = 0; i < m->options.refresh_pool_size; i++) {
        struct lane *l = &m->lanes[i];
        if (l->ids == NULL && !l->connecting) {
            if (l->conn != NULL) {
                return l;
            }
            unused = unused != NULL ? unused : l;
        }
    }
    return unused;
}

/* Gives a lane a unit of the present catalog. */
static void lane_take(struct lane *l, const int *unit, int n, struct request *r)
{
    struct maintained *m = l->owner;
    l->ref = m->ref;
    l->ref->refs++;
    l->request = r;
    l->n = n;
    l->unit = malloc(sizeof *l->unit * (size_t)n);
    l->ids = malloc(sizeof *l->ids * (size_t)n);
    if (l->unit == NULL || l->ids == NULL) {
        abort();
    }
    for (int i = 0; i < n; i++) {
        l->unit[i] = unit[i];
        l->ids[i] = m->ref->catalog->tables[unit[i]].id;
    }
    ivm_schedule_started(m->schedule, unit, n);
    if (l->conn != NULL) {
        lane_start(l);
    } else {
        l->connecting = true;
        l->conn = pgconn_open(m->loop, &m->options.target, lane_on_state, l);
    }
}

/* The indexes of a request's tables; false when one is not in the catalog. */
static bool request_resolve(const struct maintained *m, const struct request *r, int *targets)
{
    for (int i = 0; i < r->n; i++) {
        targets[i] = ivm_catalog_find(m->ref->catalog, r->ids[i]);
        if (targets[i] < 0) {
            return false;
        }
    }
    return true;
}

/* Starts what clients wait for, oldest first; what is being refreshed just now waits for its turn. */
static void lanes_fill_requests(struct maintained *m, struct arena *a)
{
    for (struct request **at = &m->requests; *at != NULL;) {
        struct request *r = *at;
        struct lane *l = lane_free(m);
        if (l == NULL) {
            return;
        }
        int *targets = ARENA_ARRAY(a, int, r->n + 1);
        if (!request_resolve(m, r, targets)) {
            if (r->reloaded && !m->want_load && !m->load_failed && m->job == NULL) {
                struct err e = {0};
                err_set(&e, ERR_UNDEFINED, "stream table does not exist any more");
                *at = r->next;
                request_end(r, false, &e);
                continue;
            }
            if (!r->reloaded) {
                r->reloaded = true;
                m->want_load = true;
                control_next(m);
                return; /* control_next came back here with whatever could be started */
            }
            at = &r->next;
            continue;
        }
        int n = 0;
        int *unit = ivm_unit(a, m->ref->catalog, targets, r->n, &n);
        if (!ivm_schedule_free_to_run(m->schedule, unit, n)) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        const struct ivm_table *suspended = ivm_unit_suspended(a, m->ref->catalog, targets, r->n);
        if (suspended != NULL) {
            struct err e = {0};
            err_set(&e, ERR_OBJECT_STATE, "stream table \"%s\" is suspended", suspended->name);
            err_hint(&e, "pgtrickle.stream_tables_info says why.");
            request_end(r, false, &e);
            continue;
        }
        lane_take(l, unit, n, r);
    }
}

static void maintained_on_due(uv_timer_t *timer)
{
    lanes_fill(timer->data);
}

/* Puts free lanes to work, and sets the timer to when something will be due. */
static void lanes_fill(struct maintained *m)
{
    if (m->state != DB_READY || m->closing || m->stale) {
        return;
    }
    struct arena a = {0};
    lanes_fill_requests(m, &a);
    while (m->leader) {
        struct lane *l = lane_free(m);
        int n = 0;
        int *unit = l != NULL ? ivm_schedule_due(m->schedule, &a, maintained_now(m), &n) : NULL;
        if (unit == NULL) {
            break;
        }
        lane_take(l, unit, n, NULL);
    }
    arena_free(&a);
    int64_t wait = m->leader ? ivm_schedule_wait_ms(m->schedule, maintained_now(m)) : -1;
    if (wait < 0) {
        uv_timer_stop(&m->due_timer);
    } else if (wait > 0) {
        /* At 0 something is due and waits for a lane: the lane's end comes back here. */
        uv_timer_start(&m->due_timer, maintained_on_due, (uint64_t)wait, 0);
    }
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
    struct maintained *m = calloc(1, sizeof *m);
    if (m == NULL) {
        abort();
    }
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
    m->lanes = ARENA_ARRAY(&m->arena, struct lane, o->refresh_pool_size);
    for (int i = 0; i < o->refresh_pool_size; i++) {
        m->lanes[i].owner = m;
    }
    m->schedule = ivm_schedule_new();
    m->retry_ms = RETRY_FIRST_MS;
    uv_timer_t *timers[] = {&m->retry_timer, &m->poll_timer, &m->due_timer};
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
    ivm_schedule_free(m->schedule);
    catalog_ref_drop(m->ref);
    arena_free(&m->arena);
    free(m);
}

void maintained_close(struct maintained *m)
{
    struct err e = {0};
    err_set(&e, ERR_SHUTDOWN, NULL);
    m->closing = true;
    waiters_tell(m, false, &e);
    requests_fail(m, &e);
    if (m->control != NULL) {
        pgconn_close(m->control);
        m->control = NULL;
    }
    job_free(m->job);
    m->job = NULL;
    for (int i = 0; i < m->options.refresh_pool_size; i++) {
        struct lane *l = &m->lanes[i];
        if (l->conn != NULL) {
            pgconn_close(l->conn);
            l->conn = NULL;
        }
        if (l->request != NULL) {
            request_end(l->request, false, &e);
            l->request = NULL;
        }
        l->lost = false;
        lane_release(l);
    }
    uv_close((uv_handle_t *)&m->retry_timer, maintained_on_closed);
    uv_close((uv_handle_t *)&m->poll_timer, maintained_on_closed);
    uv_close((uv_handle_t *)&m->due_timer, maintained_on_closed);
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
    struct waiter *w = calloc(1, sizeof *w);
    if (w == NULL) {
        abort();
    }
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
    if (m->ref != NULL) {
        ivm_schedule_source_changed(m->schedule, source_id);
        lanes_fill(m);
    }
}

void maintained_catalog_changed(struct maintained *m)
{
    m->want_load = true;
    control_next(m);
}

void maintained_refresh(struct maintained *m, const int64_t *ids, int n, bool full, maintained_cb cb,
                        void *arg)
{
    if (m->state == DB_DOWN) {
        cb(arg, false, &m->last_error);
        return;
    }
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL) {
        abort();
    }
    r->ids = malloc(sizeof *r->ids * (size_t)n);
    if (r->ids == NULL) {
        abort();
    }
    memcpy(r->ids, ids, sizeof *r->ids * (size_t)n);
    r->n = n;
    r->full = full;
    r->cb = cb;
    r->arg = arg;
    struct request **end = &m->requests;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = r;
    lanes_fill(m);
}
