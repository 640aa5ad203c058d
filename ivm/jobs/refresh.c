/* Refreshing a unit: the frame around what refresh_apply.c does. */
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

/* Keeps a statement prepared where that is safe. */
static void refresh_keep(struct job *j, struct job_statement *s)
{
    const struct refresh *w = j->work;
    /* Code of a user could put a statement of its own under a name that weir uses. */
    if (!w->options.in_client && !w->executor) {
        s->name = refresh_statement_name(&j->arena, s->sql);
    }
}

struct job_statement *refresh_ask(struct job *j, const char *sql)
{
    struct job_statement *s = job_ask(j, sql);
    refresh_keep(j, s);
    return s;
}

struct refresh_member *refresh_member_of(struct refresh *w, int64_t id)
{
    for (int i = 0; i < w->n; i++) {
        if (w->members[i].table->id == id) {
            return &w->members[i];
        }
    }
    return NULL;
}

void refresh_counts(struct refresh *w, const struct job_rows *r)
{
    for (int i = 0; i < r->nrows; i++) {
        struct refresh_member *m = refresh_member_of(w, rows_int(r, i, 0));
        for (int k = 0; m != NULL && k < m->table->nwatches; k++) {
            if (m->table->watches[k].source_id == rows_int(r, i, 1)) {
                m->pending[k] = (struct refresh_pending){
                    .rows = rows_int(r, i, 2),
                    .is_void = rows_bool(r, i, 3),
                    .images = rows_int(r, i, 4),
                    .size = rows_double(r, i, 5),
                };
            }
        }
    }
}

static void refresh_look(struct job *j);

/* Capture is mended before the snapshot that everything is read from: what was not captured, or wrongly, is
 * committed by then. Over a client's connection the snapshot may be there already, so that is left for later.
 */
static void refresh_mend(struct job *j)
{
    struct refresh *w = j->work;
    refresh_keep(j, job_send(j, JOB_AS_SELF, "COMMIT"));
    for (int i = 0; i < w->n; i++) {
        const struct refresh_member *m = &w->members[i];
        for (int k = 0; !m->fits && k < m->table->nwatches; k++) {
            if (m->table->watches[k].upstream == 0) {
                job_send(j, JOB_AS_SELF,
                         sql_text(&j->arena, "SELECT pgtrickle_data.mend_capture({n:source})",
                                  SQL_INT("source", m->table->watches[k].source_id)));
            }
        }
    }
    w->mended = true;
    refresh_keep(j, job_send(j, JOB_AS_SELF, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
    refresh_look(j);
}

static bool refresh_same(const char *x, const char *y)
{
    return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static void refresh_looked(struct job *j)
{
    struct refresh *w = j->work;
    const struct job_rows *state = &j->results[j->nresults - 2];
    int64_t version = w->catalog->version;
    bool stale = false, unfit = false;
    for (int i = 0; i < state->nrows; i++) {
        struct refresh_member *m = refresh_member_of(w, rows_int(state, i, 0));
        if (m == NULL) {
            continue;
        }
        m->populated = rows_bool(state, i, 1);
        m->rebuild = rows_bool(state, i, 2);
        m->suspended = rows_bool(state, i, 3) || m->table->plan == NULL;
        m->delta_ms_per_row = rows_double(state, i, 4);
        m->full_ms = rows_double(state, i, 5);
        m->fits = rows_bool(state, i, 6);
        w->timestamp = rows_text(state, i, 7);
        version = rows_int(state, i, 8);
        m->replaced = rows_bool(state, i, 9);
        w->families = w->families || rows_bool(state, i, 10);
        stale = stale || (!m->suspended && !refresh_same(m->table->source_names, rows_text(state, i, 11)));
        unfit = unfit || (!m->fits && !m->suspended);
        /* What is compiled is another query. Loading suspends it, or finds the new names. */
        stale = stale || (m->replaced && !m->suspended && m->table->differential);
    }
    /* A unit by an old catalog may leave out a stream table that has to move with it. */
    if (stale || version != w->catalog->version || state->nrows < w->n) {
        err_set(&j->err, ERR_STALE_CATALOG, NULL);
        job_fail(j);
        return;
    }
    if (unfit && !w->mended && !w->options.in_client) {
        refresh_mend(j);
        return;
    }
    w->unfit = unfit;
    refresh_counts(w, &j->results[j->nresults - 1]);
    refresh_levels(j);
}

/* What the database knows of the members, and what is pending for each. */
static void refresh_look(struct job *j)
{
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    refresh_ask(
        j,
        sql_text(a,
                 "SELECT s.id, s.populated, s.rebuild, t.status = 'suspended', s.diff_ms_per_row, s.full_ms, "
                 /* CASE keeps the dear half for when it is needed: of two conditions the planner takes first
                  * the one that is nearer to a table. */
                 "NOT EXISTS (SELECT FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources u USING "
                 "(source_id) "
                 "LEFT JOIN pg_catalog.pg_class c ON c.oid = u.relid "
                 "WHERE d.id = s.id AND d.upstream IS NULL AND CASE WHEN c.relnatts IS DISTINCT FROM u.natts "
                 "THEN NOT pgtrickle_data.capture_fits(d.source_id) "
                 "ELSE pgtrickle_data.family_moved(d.source_id) END), "
                 "pg_catalog.statement_timestamp()::text, "
                 "(SELECT pg_catalog.max(v.version) FROM pgtrickle_data.catalog_version v), "
                 "CASE WHEN t.views <> '{{}' THEN t.views_mark IS DISTINCT FROM "
                 "pgtrickle_data.views_mark(t.views) "
                 "ELSE false END, "
                 "EXISTS (SELECT FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources u USING "
                 "(source_id) "
                 "WHERE d.id = s.id AND d.upstream IS NULL AND u.family <> ''), " LOAD_NAMES " "
                 "FROM pgtrickle_data.state s JOIN pgtrickle_data.stream_tables t USING (id) "
                 "WHERE s.id = ANY ('{f:ids}') ORDER BY s.id {f:lock}",
                 SQL_TEXT("ids", w->ids),
                 /* A snapshot from before the last refresh must not get past here: what that refresh
                  * consumed may be truncated already. */
                 SQL_TEXT("lock", w->options.in_client ? "FOR UPDATE OF s" : "")));
    struct str counts;
    str_init(&counts, a);
    for (int i = 0; i < w->n; i++) {
        for (int k = 0; k < w->members[i].table->nwatches; k++) {
            str_sep(&counts, " UNION ALL ");
            str_add(&counts, w->members[i].table->watches[k].count_sql);
        }
    }
    refresh_ask(j, counts.len > 0 ? counts.data : "SELECT NULL::bigint WHERE false");
    j->step = refresh_looked;
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

void refresh_begin(struct job *j, const struct ivm_catalog *c, const int *unit, int n,
                   const struct refresh_options *o)
{
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    const int *group = diamond_groups(a, c);
    struct str ids;
    str_init(&ids, a);
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
        str_addf(&ids, "%s%lld", i > 0 ? "," : "{", (long long)m->table->id);
    }
    str_add(&ids, "}");
    w->ids = ids.data;
    if (n == 0) {
        job_end(j);
        return;
    }
    if (w->options.locked) {
        refresh_look(j);
        return;
    }
    if (w->options.in_client) {
        job_send(j, JOB_AS_WEIR,
                 sql_text(a,
                          "SELECT pg_catalog.pg_advisory_xact_lock({n:class}, i) FROM "
                          "(SELECT i FROM pg_catalog.unnest('{f:ids}'::int[]) i ORDER BY i) o",
                          SQL_INT("class", JOB_LOCK_CLASS), SQL_TEXT("ids", w->ids)));
        job_ask(j, sql_text(a, "SELECT l.* FROM pgtrickle_data.lock_sources('{f:ids}') l",
                            SQL_TEXT("ids", w->ids)));
        j->step = refresh_lock_as_user;
        return;
    }
    /* Before BEGIN: the wait must not fall between a snapshot and its use. In one order, so that units do not
     * wait for each other in a circle. */
    refresh_keep(j, job_send(j, JOB_AS_SELF,
                             sql_text(a,
                                      "SELECT pg_catalog.pg_advisory_lock({n:class}, i) FROM "
                                      "(SELECT i FROM pg_catalog.unnest('{f:ids}'::int[]) i ORDER BY i) o",
                                      SQL_INT("class", JOB_LOCK_CLASS), SQL_TEXT("ids", w->ids))));
    refresh_keep(j, job_send(j, JOB_AS_SELF, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
    refresh_look(j);
}

/* What became of the members, as arrays: one prepared statement for every refresh. */
enum outcome {
    OUTCOME_ID,
    OUTCOME_ACTION, /* NULL: only its frontier moves, with its group */
    OUTCOME_STARTED,
    OUTCOME_ENDED,
    OUTCOME_INSERTED,
    OUTCOME_UPDATED,
    OUTCOME_DELETED,
    OUTCOME_CONSUMED,
    OUTCOME_REASON,
    OUTCOME_PER_ROW,
    OUTCOME_FULL_MS,
    OUTCOME_TIMESTAMP, /* of all */
    OUTCOME_BY,        /* of all */
    OUTCOMES
};

/* One more element of an array in its text form. */
static void outcome_add(struct str *array, const char *value)
{
    str_add(array, array->len > 0 ? "," : "{");
    if (value == NULL) {
        str_add(array, "NULL");
        return;
    }
    str_add(array, "\"");
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            str_add(array, "\\");
        }
        str_addn(array, p, 1);
    }
    str_add(array, "\"");
}

static void outcome_add_int(struct str *array, int64_t value)
{
    outcome_add(array, arena_printf(array->arena, "%lld", (long long)value));
}

static void refresh_outcome(struct str *o, const struct refresh_member *m)
{
    struct arena *a = o->arena;
    bool full = m->action == REFRESH_FULL;
    /* From few rows nothing is learned about many: what a refresh costs at least would count as theirs. */
    bool learned = m->action == REFRESH_DELTA && m->consumed > REFRESH_FEW_ROWS;
    outcome_add_int(&o[OUTCOME_ID], m->table->id);
    outcome_add(&o[OUTCOME_ACTION], m->action == REFRESH_NOTHING ? NULL : full ? "FULL" : "DIFFERENTIAL");
    outcome_add(&o[OUTCOME_STARTED], m->started);
    outcome_add(&o[OUTCOME_ENDED], m->ended);
    outcome_add_int(&o[OUTCOME_INSERTED], m->inserted);
    outcome_add_int(&o[OUTCOME_UPDATED], m->updated);
    outcome_add_int(&o[OUTCOME_DELETED], m->deleted);
    outcome_add_int(&o[OUTCOME_CONSUMED], m->consumed);
    outcome_add(&o[OUTCOME_REASON], m->reason);
    outcome_add(&o[OUTCOME_PER_ROW], learned ? arena_printf(a, "%.9f", m->ms / (double)m->consumed) : NULL);
    outcome_add(&o[OUTCOME_FULL_MS], full ? arena_printf(a, "%.3f", m->ms) : NULL);
}

/* All members of a diamond group share one frontier, so those that had nothing to do move along. */
static bool refresh_moves(const struct refresh *w, const struct refresh_member *m)
{
    bool moves = m->action != REFRESH_NOTHING;
    for (int i = 0; !moves && m->group >= 0 && i < w->n; i++) {
        moves = w->members[i].group == m->group && w->members[i].action != REFRESH_NOTHING;
    }
    return moves && !m->suspended;
}

/* Frontiers and history, with {f:1} to {f:13} for the outcomes. */
static const char *const refresh_record_sql =
    "WITH v AS (SELECT * FROM ROWS FROM (pg_catalog.unnest({f:1}::bigint[]), "
    "pg_catalog.unnest({f:2}::text[]), "
    "pg_catalog.unnest({f:3}::timestamptz[]), pg_catalog.unnest({f:4}::timestamptz[]), "
    "pg_catalog.unnest({f:5}::bigint[]), pg_catalog.unnest({f:6}::bigint[]), "
    "pg_catalog.unnest({f:7}::bigint[]), "
    "pg_catalog.unnest({f:8}::bigint[]), pg_catalog.unnest({f:9}::text[]), "
    "pg_catalog.unnest({f:10}::float8[]), "
    "pg_catalog.unnest({f:11}::float8[])) AS u(id, action, started, ended, inserted, updated, deleted, "
    "consumed, "
    "reason, per_row, full_ms)), "
    "moved AS (UPDATE pgtrickle_data.state s SET "
    "populated = s.populated OR v.action IS NOT NULL, "
    /* What a transaction with a snapshot older than its capture created, it cannot itself make whole. */
    "rebuild = s.rebuild AND (v.action IS NULL OR s.own_xid IS NOT DISTINCT FROM "
    "pg_catalog.pg_current_xact_id()), "
    "frontier = pg_catalog.pg_current_snapshot(), own_xid = pg_catalog.pg_current_xact_id(), "
    "own_seq = pg_catalog.nextval('pgtrickle_data.change_seq'), epoch = s.epoch + 1, "
    "refreshed_at = {f:12}::timestamptz, errors = 0, last_error = NULL, retry_at = NULL, "
    "diff_ms_per_row = coalesce(0.7 * s.diff_ms_per_row + 0.3 * v.per_row, v.per_row, s.diff_ms_per_row), "
    "full_ms = coalesce(0.7 * s.full_ms + 0.3 * v.full_ms, v.full_ms, s.full_ms) "
    "FROM v WHERE s.id = v.id RETURNING 1) "
    "INSERT INTO pgtrickle_data.history (id, data_timestamp, start_time, end_time, action, status, "
    "rows_inserted, rows_updated, rows_deleted, changes, reason, initiated_by) "
    "SELECT v.id, {f:12}::timestamptz, v.started, v.ended, v.action, 'COMPLETED', v.inserted, v.updated, "
    "v.deleted, v.consumed, v.reason, {f:13}::text FROM v JOIN pgtrickle_data.stream_tables t USING (id) "
    "WHERE t.parent IS NULL AND v.action IS NOT NULL";

/* As parameters over the maintainer's connection, as literals over a client's, where weir's statements have
 * none. */
static void refresh_record(struct job *j, const char *const *values)
{
    const struct refresh *w = j->work;
    struct arena *a = &j->arena;
    static const char *const names[OUTCOMES] = {"1", "2", "3",  "4",  "5",  "6", "7",
                                                "8", "9", "10", "11", "12", "13"};
    struct sql_arg *args = ARENA_ARRAY(a, struct sql_arg, OUTCOMES + 1);
    for (int i = 0; i < OUTCOMES; i++) {
        args[i] = SQL_TEXT(names[i],
                           w->options.in_client ? sql_literal(a, values[i]) : arena_printf(a, "$%d", i + 1));
    }
    const char *sql = sql_build(a, refresh_record_sql, args);
    if (w->options.in_client) {
        job_send(j, JOB_AS_WEIR, sql);
        return;
    }
    struct job_statement *s = job_send(j, JOB_AS_SELF, sql);
    s->params = values;
    s->nparams = OUTCOMES;
    refresh_keep(j, s);
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
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    struct str outcomes[OUTCOMES];
    if (w->families && !w->options.in_client && !w->unfit) {
        refresh_check(j);
        return;
    }
    for (int i = 0; i < OUTCOMES; i++) {
        str_init(&outcomes[i], a);
    }
    for (int i = 0; i < w->n; i++) {
        if (refresh_moves(w, &w->members[i])) {
            refresh_outcome(outcomes, &w->members[i]);
        }
    }
    if (outcomes[OUTCOME_ID].len > 0) {
        const char **values = ARENA_ARRAY(a, const char *, OUTCOMES);
        for (int i = 0; i < OUTCOME_TIMESTAMP; i++) {
            str_add(&outcomes[i], "}");
            values[i] = outcomes[i].data;
        }
        values[OUTCOME_TIMESTAMP] = w->timestamp;
        values[OUTCOME_BY] = w->options.initiated_by;
        refresh_record(j, values);
    }
    if (!w->options.in_client) {
        refresh_keep(j, job_send(j, JOB_AS_SELF, "COMMIT"));
        refresh_keep(j, job_send(j, JOB_AS_SELF,
                                 sql_text(a,
                                          "SELECT pg_catalog.pg_advisory_unlock({n:class}, i) FROM "
                                          "pg_catalog.unnest('{f:ids}'::int[]) i",
                                          SQL_INT("class", JOB_LOCK_CLASS), SQL_TEXT("ids", w->ids))));
    }
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
