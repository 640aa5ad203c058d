#include "lanes.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SQLSTATE_LOCK_NOT_AVAILABLE "55P03"

/* A catalog is replaced while refreshes of the old one still run. */
struct catalog_ref {
    struct ivm_catalog *catalog;
    int refs;
};

/* A refresh that somebody waits for. */
struct request {
    struct request *next;
    int64_t *ids;
    int n;
    bool full;
    bool reloaded; /* an unknown id is being looked for in a fresh catalog */
    lanes_cb cb;
    void *arg;
};

struct lane {
    struct lanes *owner;
    struct pgconn *conn;
    bool connecting;
    struct job *job;
    struct job *record; /* recording that `job` failed */
    struct catalog_ref *ref;
    int64_t *ids; /* members of the unit; NULL: the lane is free */
    int *unit;
    int n;
    struct request *request; /* NULL: the schedule's own */
    struct err why;
    bool lost;    /* the connection is not to be used again */
    bool patient; /* the refresh is repeated because somebody else's came between */
    bool presume; /* its first try, which may do without a look */
};

struct lanes {
    uv_loop_t *loop;
    const struct pgconn_target *target;
    lanes_want_catalog_cb want_catalog;
    void *arg;
    uv_timer_t due_timer;
    struct catalog_ref *ref;
    struct ivm_schedule *schedule;
    struct request *requests;
    bool leads;
    bool stopped; /* no catalog to go by: none yet, or the database is down */
    bool stale;   /* the catalog is known to be old: nothing is refreshed by it any more */
    bool settled; /* the catalog holds whatever was asked for */
    bool closing;
    int size;
    struct lane lane[];
};

static int64_t lanes_now(const struct lanes *ls)
{
    return (int64_t)uv_now(ls->loop);
}

/* ---- catalog references ---- */

static struct catalog_ref *catalog_ref_new(struct ivm_catalog *catalog)
{
    struct catalog_ref *ref = mem_new(sizeof *ref);
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

/* ---- requests ---- */

static void request_end(struct request *r, bool ok, const struct err *e)
{
    r->cb(r->arg, ok, e);
    free(r->ids);
    free(r);
}

static void requests_fail(struct lanes *ls, const struct err *e)
{
    while (ls->requests != NULL) {
        struct request *r = ls->requests;
        ls->requests = r->next;
        request_end(r, false, e);
    }
}

/* The indexes of a request's tables; false when one is not in the catalog. */
static bool request_resolve(const struct lanes *ls, const struct request *r, int *targets)
{
    for (int i = 0; i < r->n; i++) {
        targets[i] = ivm_catalog_find(ls->ref->catalog, r->ids[i]);
        if (targets[i] < 0) {
            return false;
        }
    }
    return true;
}

/* ---- one lane ---- */

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
    struct lanes *ls = l->owner;
    struct request *r = l->request;
    /* What users' code left behind in a session must not reach another stream table's refresh. A connection
     * that broke is told of here first: the lane must not be given work before it is out of the way. */
    l->lost =
        l->lost || (l->job != NULL && job_tainted(l->job)) || (l->conn != NULL && !pgconn_idle(l->conn));
    ivm_schedule_finished(ls->schedule, l->ids, l->n, ok, lanes_now(ls));
    l->request = NULL;
    lane_release(l);
    if (r != NULL) {
        request_end(r, ok, e);
    }
    lanes_fill(ls);
}

/* The unit was formed by an old catalog: what it was for is done by the next one. */
static void lane_again(struct lane *l)
{
    struct lanes *ls = l->owner;
    struct request *r = l->request;
    ivm_schedule_finished(ls->schedule, l->ids, l->n, true, lanes_now(ls));
    for (int i = 0; i < l->n; i++) {
        ivm_schedule_table_pending(ls->schedule, l->ids[i]);
    }
    l->request = NULL;
    lane_release(l);
    if (r != NULL) {
        r->next = ls->requests;
        ls->requests = r;
    }
    ls->stale = true;
    ls->want_catalog(ls->arg);
}

static void lane_on_recorded(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e)
{
    struct lane *l = arg;
    struct lanes *ls = l->owner;
    (void)conn;
    (void)job;
    if (!ok) {
        log_warn("refresh_failure_not_recorded", "db=%s reason=\"%s\"", ls->target->dbname, e->message);
    }
    lane_done(l, false, &l->why);
    ls->want_catalog(ls->arg); /* it may be suspended now */
}

static void lane_start(struct lane *l);

static void lane_on_refreshed(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e)
{
    struct lane *l = arg;
    struct lanes *ls = l->owner;
    const struct ivm_table *last = &l->ref->catalog->tables[l->unit[l->n - 1]];
    if (ok) {
        bool populated = last->populated;
        lane_done(l, true, NULL);
        if (!populated) {
            ls->want_catalog(ls->arg);
        }
        return;
    }
    if (e->code == ERR_STALE_CATALOG) {
        lane_again(l);
        return;
    }
    bool overtaken = strcmp(e->sqlstate, "40001") == 0 && !l->patient;
    if ((overtaken || job_refresh_presumed(job)) && !job_tainted(job) && pgconn_idle(conn)) {
        job_free(l->job);
        l->presume = false;
        l->patient = overtaken;
        lane_start(l);
        return;
    }
    l->why = *e;
    log_warn("refresh_failed", "db=%s table=%s.%s sqlstate=%s reason=\"%s\"", ls->target->dbname,
             last->schema, last->name, e->sqlstate, e->message);
    /* Somebody's transaction is in the way, which is no failure of the stream table's. Or the connection is
     * gone: nothing was committed, and nothing can be recorded. */
    if (strcmp(e->sqlstate, SQLSTATE_LOCK_NOT_AVAILABLE) == 0 || !pgconn_idle(conn)) {
        lane_done(l, false, e);
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
        .presume = l->presume,
        .patient = l->patient,
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

/* Gives a lane a unit of the present catalog. */
static void lane_take(struct lane *l, const int *unit, int n, struct request *r)
{
    struct lanes *ls = l->owner;
    l->ref = ls->ref;
    l->ref->refs++;
    l->request = r;
    l->presume = true;
    l->patient = false;
    l->n = n;
    l->unit = malloc(sizeof *l->unit * (size_t)n);
    l->ids = malloc(sizeof *l->ids * (size_t)n);
    if (l->unit == NULL || l->ids == NULL) {
        abort();
    }
    for (int i = 0; i < n; i++) {
        l->unit[i] = unit[i];
        l->ids[i] = ls->ref->catalog->tables[unit[i]].id;
    }
    ivm_schedule_started(ls->schedule, unit, n);
    if (l->conn != NULL) {
        lane_start(l);
    } else {
        l->connecting = true;
        l->conn = pgconn_open(ls->loop, ls->target, lane_on_state, l);
    }
}

/* ---- all of them ---- */

/* A free lane, one with a connection if there is. */
static struct lane *lanes_free(struct lanes *ls)
{
    struct lane *unused = NULL;
    for (int i = 0; i < ls->size; i++) {
        struct lane *l = &ls->lane[i];
        if (l->ids == NULL && !l->connecting) {
            if (l->conn != NULL) {
                return l;
            }
            unused = unused != NULL ? unused : l;
        }
    }
    return unused;
}

/* Starts what is waited for, oldest first; what is being refreshed just now waits for its turn. */
static void lanes_fill_requests(struct lanes *ls, struct arena *a)
{
    for (struct request **at = &ls->requests; *at != NULL;) {
        struct request *r = *at;
        struct lane *l = lanes_free(ls);
        if (l == NULL) {
            return;
        }
        int *targets = ARENA_ARRAY(a, int, r->n + 1);
        if (!request_resolve(ls, r, targets)) {
            if (r->reloaded && ls->settled) {
                struct err e = {0};
                err_set(&e, ERR_UNDEFINED, "stream table does not exist any more");
                *at = r->next;
                request_end(r, false, &e);
                continue;
            }
            if (!r->reloaded) {
                r->reloaded = true;
                ls->settled = false;
                ls->want_catalog(ls->arg);
                return; /* the owner came back here, with whatever could be started */
            }
            at = &r->next;
            continue;
        }
        int n = 0;
        int *unit = ivm_unit(a, ls->ref->catalog, targets, r->n, &n);
        if (!ivm_schedule_free_to_run(ls->schedule, unit, n)) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        const struct ivm_table *suspended = ivm_unit_suspended(a, ls->ref->catalog, targets, r->n);
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

static void lanes_on_due(uv_timer_t *timer)
{
    lanes_fill(timer->data);
}

void lanes_fill(struct lanes *ls)
{
    if (ls->stopped || ls->closing || ls->stale) {
        return;
    }
    struct arena a = {0};
    lanes_fill_requests(ls, &a);
    while (ls->leads) {
        struct lane *l = lanes_free(ls);
        int n = 0;
        int *unit = l != NULL ? ivm_schedule_due(ls->schedule, &a, lanes_now(ls), &n) : NULL;
        if (unit == NULL) {
            break;
        }
        lane_take(l, unit, n, NULL);
    }
    arena_free(&a);
    int64_t wait = ls->leads ? ivm_schedule_wait_ms(ls->schedule, lanes_now(ls)) : -1;
    if (wait < 0) {
        uv_timer_stop(&ls->due_timer);
    } else if (wait > 0) {
        /* At 0 something is due and waits for a lane: the lane's end comes back here. */
        uv_timer_start(&ls->due_timer, lanes_on_due, (uint64_t)wait, 0);
    }
}

/* ---- the surface ---- */

struct lanes *lanes_new(uv_loop_t *loop, const struct pgconn_target *target, int size,
                        lanes_want_catalog_cb want_catalog, void *arg)
{
    struct lanes *ls = mem_new(sizeof *ls + sizeof ls->lane[0] * (size_t)size);
    ls->loop = loop;
    ls->target = target;
    ls->want_catalog = want_catalog;
    ls->arg = arg;
    ls->stopped = true;
    ls->size = size;
    for (int i = 0; i < size; i++) {
        ls->lane[i].owner = ls;
    }
    ls->schedule = ivm_schedule_new();
    uv_timer_init(loop, &ls->due_timer);
    ls->due_timer.data = ls;
    return ls;
}

static void lanes_on_closed(uv_handle_t *handle)
{
    struct lanes *ls = handle->data;
    ivm_schedule_free(ls->schedule);
    catalog_ref_drop(ls->ref);
    free(ls);
}

void lanes_close(struct lanes *ls)
{
    struct err e = {0};
    err_set(&e, ERR_SHUTDOWN, NULL);
    ls->closing = true;
    requests_fail(ls, &e);
    for (int i = 0; i < ls->size; i++) {
        struct lane *l = &ls->lane[i];
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
    uv_close((uv_handle_t *)&ls->due_timer, lanes_on_closed);
}

void lanes_load(struct lanes *ls, struct ivm_catalog *catalog, bool settled)
{
    struct catalog_ref *old = ls->ref;
    ls->ref = catalog_ref_new(catalog);
    ls->stale = false;
    ls->stopped = false;
    ls->settled = settled;
    ivm_schedule_load(ls->schedule, catalog, lanes_now(ls));
    catalog_ref_drop(old);
}

const struct ivm_catalog *lanes_catalog(const struct lanes *ls)
{
    return ls->ref != NULL ? ls->ref->catalog : NULL;
}

void lanes_stop(struct lanes *ls, const struct err *e)
{
    ls->stopped = true;
    ls->leads = false;
    requests_fail(ls, e);
}

void lanes_lead(struct lanes *ls, bool leads)
{
    ls->leads = leads;
}

void lanes_source_changed(struct lanes *ls, int64_t source_id)
{
    if (ls->ref != NULL) {
        ivm_schedule_source_changed(ls->schedule, source_id);
    }
}

void lanes_table_pending(struct lanes *ls, int64_t table_id)
{
    ivm_schedule_table_pending(ls->schedule, table_id);
}

void lanes_request(struct lanes *ls, const int64_t *ids, int n, bool full, lanes_cb cb, void *arg)
{
    struct request *r = mem_new(sizeof *r);
    r->ids = mem_alloc(sizeof *r->ids * (size_t)n);
    memcpy(r->ids, ids, sizeof *r->ids * (size_t)n);
    r->n = n;
    r->full = full;
    r->cb = cb;
    r->arg = arg;
    struct request **end = &ls->requests;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = r;
    lanes_fill(ls);
}
