/* Refreshing a unit: the frame around what the other files do. */
#include "jobs/refresh.h"

#include "jobs/load.h"
#include "sched/diamond.h"

#include <assert.h>
#include <string.h>

/* Prepared statements are called by their text, so that one name cannot come to stand for another text. */
static const char *refresh_statement_name(struct arena *a, const char *sql)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *p = sql; *p != '\0'; p++) {
        h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
    }
    return arena_printf(a, "weir_%016llx_%zx", (unsigned long long)h, strlen(sql));
}

/* Keeps a statement prepared where that is safe; `name` is what it was called before, if at all. */
static void refresh_keep(struct job *j, struct job_statement *s, const char *name)
{
    const struct refresh *w = j->work;
    /* Code of a user could put a statement of its own under a name that weir uses. */
    if (!w->options.in_client && !w->executor) {
        s->name = name != NULL ? name : refresh_statement_name(&j->arena, s->sql);
    }
}

void refresh_ask(struct job *j, const char *sql)
{
    refresh_keep(j, job_ask(j, sql), NULL);
}

const char *refresh_value(struct job *j, int n, const char *value)
{
    const struct refresh *w = j->work;
    return w->options.in_client ? sql_literal(&j->arena, value) : arena_printf(&j->arena, "$%d", n);
}

const struct job_statement *refresh_ask_with(struct job *j, const char *sql, const char *name,
                                             const char *const *values, int n)
{
    const struct refresh *w = j->work;
    if (w->options.in_client) {
        return job_ask(j, sql);
    }
    struct job_statement *s = job_send(j, JOB_AS_SELF, sql);
    s->params = values;
    s->nparams = n;
    refresh_keep(j, s, name);
    return s;
}

void refresh_say(struct job *j, const char *sql)
{
    refresh_keep(j, job_send(j, JOB_AS_SELF, sql), NULL);
}

static void refresh_lock_as_user(struct job *j)
{
    const struct job_rows *r = &j->results[1];
    for (int i = 0; i < r->nrows; i++) {
        job_send(j, JOB_AS_SELF,
                 sql_text(&j->arena, "LOCK TABLE {i:schema}.{i:name} IN SHARE MODE",
                          SQL_TEXT("schema", rows_text(r, i, 0)), SQL_TEXT("name", rows_text(r, i, 1))));
    }
    refresh_look(j);
}

/* '{1,2}', ascending: so locks are taken in one order, and units do not wait for each other in a circle. */
static const char *refresh_ids(const struct refresh *w, struct arena *a)
{
    struct str s;
    int64_t last = 0;
    str_init(&s, a);
    for (int done = 0; done < w->n; done++) {
        int64_t next = INT64_MAX;
        for (int i = 0; i < w->n; i++) {
            int64_t id = w->members[i].table->id;
            next = id > last && id < next ? id : next;
        }
        str_addf(&s, "%s%lld", done > 0 ? "," : "{", (long long)next);
        last = next;
    }
    str_add(&s, "}");
    return s.data;
}

void refresh_begin(struct job *j, const struct ivm_catalog *c, const int *unit, int n,
                   const struct refresh_options *o)
{
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    const int *group = diamond_groups(a, c);
    w->catalog = c;
    w->options = *o;
    w->options.initiated_by = arena_strdup(a, o->initiated_by != NULL ? o->initiated_by : "MANUAL");
    w->n = n;
    w->members = ARENA_ARRAY(a, struct refresh_member, n + 1);
    w->culprit = -1;
    for (int i = 0; i < n; i++) {
        struct refresh_member *m = &w->members[i];
        m->table = &c->tables[unit[i]];
        m->index = unit[i];
        m->group = group[unit[i]];
        m->result = -1;
        m->pending = ARENA_ARRAY(a, struct refresh_pending, m->table->nwatches + 1);
        for (int k = 0; k < m->table->nupstream; k++) {
            for (int u = 0; u < i; u++) {
                if (w->members[u].table->id == m->table->upstream[k] && w->members[u].level >= m->level) {
                    m->level = w->members[u].level + 1;
                }
            }
        }
        w->levels = m->level >= w->levels ? m->level + 1 : w->levels;
        w->executor = w->executor || m->table->executor;
    }
    if (n == 0) {
        job_end(j);
        return;
    }
    w->ids = refresh_ids(w, a);
    if (w->options.locked) {
        refresh_look(j);
        return;
    }
    if (w->options.in_client) {
        job_send(j, JOB_AS_WEIR, refresh_lock_sql(w, a, "pg_advisory_xact_lock"));
        job_ask(j, sql_text(a, "SELECT l.* FROM pgtrickle_data.lock_sources('{f:ids}') l",
                            SQL_TEXT("ids", w->ids)));
        j->step = refresh_lock_as_user;
        return;
    }
    /* After code of users a connection is closed: nothing can be repeated on it. */
    if (w->options.patient || w->executor) {
        w->options.patient = false;
        refresh_lock(j);
    }
    if (!refresh_presume(j)) {
        refresh_open(j);
    }
}

bool refresh_is_doubtful(const struct refresh *w)
{
    return w->families && !w->options.in_client && !w->unfit;
}

/* Which partitions a table has is read by PostgreSQL as of the moment, not of the snapshot: one that came in
 * between may be in what was read and not in what was looked at. */
static void refresh_checked(struct job *j)
{
    struct refresh *w = j->work;
    if (rows_bool(&j->results[j->nresults - 1], 0, 0)) {
        err_set(&j->err, ERR_STALE_CATALOG, NULL);
        job_fail(j);
        return;
    }
    w->families = false;
    refresh_finish(j);
}

static void refresh_check(struct job *j)
{
    const struct refresh *w = j->work;
    refresh_ask(
        j,
        sql_text(&j->arena,
                 "SELECT coalesce(pg_catalog.bool_or(pgtrickle_data.partitions_moved(d.source_id)), false) "
                 "FROM (SELECT DISTINCT source_id FROM pgtrickle_data.dependencies "
                 "WHERE id = ANY ('{f:ids}') AND upstream IS NULL) d",
                 SQL_TEXT("ids", w->ids)));
    j->step = refresh_checked;
}

void refresh_finish(struct job *j)
{
    const struct refresh *w = j->work;
    if (refresh_is_doubtful(w)) {
        refresh_check(j);
        return;
    }
    refresh_close(j);
    refresh_end(j);
}

void refresh_close(struct job *j)
{
    struct refresh *w = j->work;
    refresh_record(j);
    if (!w->options.in_client) {
        refresh_say(j, "COMMIT");
    }
    if (w->options.patient) {
        refresh_say(j, refresh_lock_sql(w, &j->arena, "pg_advisory_unlock"));
    }
}

void refresh_end(struct job *j)
{
    const struct refresh *w = j->work;
    if (w->then != NULL) {
        j->step = w->then;
        return;
    }
    job_end(j);
}

static void refresh_release(struct job *j)
{
    struct refresh *w = j->work;
    ivm_catalog_free(w->owned);
}

/* What job_refresh was called with, until the first step. */
struct refresh_call {
    struct refresh refresh; /* first: it is the work of the job */
    const struct ivm_catalog *catalog;
    const int *unit;
    int n;
    struct refresh_options options;
    int64_t *ids; /* of a request */
    int nids;
    const char *check; /* the request's text, when its sender's right is to be asked for */
    int load_at;
};

static void refresh_start(struct job *j)
{
    struct refresh_call *call = j->work;
    refresh_begin(j, call->catalog, call->unit, call->n, &call->options);
}

struct job *job_refresh(const struct ivm_catalog *c, const int *unit, int n, const struct refresh_options *o)
{
    struct job *j = job_new(sizeof(struct refresh_call), refresh_start);
    struct refresh_call *call = j->work;
    int *copy = ARENA_ARRAY(&j->arena, int, n + 1);
    memcpy(copy, unit, sizeof *unit * (size_t)n);
    call->catalog = c;
    call->unit = copy;
    call->n = n;
    call->options = *o;
    call->options.initiated_by = arena_strdup(&j->arena, o->initiated_by);
    call->refresh.culprit = -1;
    j->release = refresh_release;
    return j;
}

/* --- a user's REFRESH, in the user's transaction: the catalog is what that transaction sees ------ */

static void refresh_loaded(struct job *j)
{
    struct refresh_call *call = j->work;
    struct arena *a = &j->arena;
    struct ivm_catalog *c = load_read(j, call->load_at);
    call->refresh.owned = c;
    int *targets = ARENA_ARRAY(a, int, call->nids + 1);
    for (int i = 0; i < call->nids; i++) {
        targets[i] = ivm_catalog_find(c, call->ids[i]);
        if (targets[i] < 0) {
            err_set(&j->err, ERR_UNDEFINED, "the stream table to be refreshed does not exist any more");
            job_fail(j);
            return;
        }
    }
    const struct ivm_table *suspended = ivm_unit_suspended(a, c, targets, call->nids);
    if (suspended != NULL) {
        err_set(&j->err, ERR_OBJECT_STATE, "stream table \"%s\" is suspended", suspended->name);
        err_hint(&j->err, "pgtrickle.stream_tables_info says why.");
        job_fail(j);
        return;
    }
    int n;
    int *unit = ivm_unit(a, c, targets, call->nids, &n);
    refresh_begin(j, c, unit, n, &call->options);
}

static void refresh_load(struct job *j)
{
    struct refresh_call *call = j->work;
    if (call->check != NULL) {
        request_check_refresh(j, call->check);
    }
    job_send(j, JOB_AS_WEIR, "SELECT pgtrickle_data.follow_renames()");
    call->load_at = j->batch.n;
    load_send(j, NULL);
    j->step = refresh_loaded;
}

struct job *job_refresh_request(const char *arguments, const struct job_place *place, struct err *e)
{
    struct job *j = job_new(sizeof(struct refresh_call), refresh_load);
    struct refresh_call *call = j->work;
    bool full = false;
    call->nids = request_ids(&j->arena, arguments, &call->ids, &full);
    call->check = place->trusted ? NULL : arena_strdup(&j->arena, arguments);
    call->options = (struct refresh_options){.initiated_by = "MANUAL", .force_full = full, .in_client = true};
    call->refresh.culprit = -1;
    j->release = refresh_release;
    if (call->nids == 0) {
        err_set(e, ERR_INTERNAL, "a request to refresh a stream table is incomplete");
        job_free(j);
        return NULL;
    }
    return j;
}

bool job_refresh_changed(const struct job *j)
{
    const struct refresh *w = j->work;
    return w->changed;
}

bool job_refresh_presumed(const struct job *j)
{
    const struct refresh *w = j->work;
    return w->presumed != NULL;
}

int job_refresh_culprit(const struct job *j)
{
    const struct refresh *w = j->work;
    if (w->culprit >= 0) {
        return w->culprit;
    }
    for (int i = 0; i < w->n; i++) {
        const struct refresh_member *m = &w->members[i];
        if (m->result >= 0 && j->failed_at >= m->first && j->failed_at <= m->result) {
            return m->index;
        }
    }
    return -1;
}
