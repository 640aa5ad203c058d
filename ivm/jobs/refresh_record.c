/*
 * What a refresh leaves behind of itself: frontiers, averages, history. One tail of SQL over
 *
 *     done   one row per member that moves, see refresh_record_sql
 *
 * A delta's statement ends with it, done made of its counts; what moves besides is recorded at the end, done
 * made of arrays, which is one prepared statement for every refresh.
 */
#include "jobs/refresh.h"

#include "plan/plan.h"

#include <string.h>

/* Of done: action is NULL where only the frontier moves, with the group's; told: the history is to tell of
 * it. */
static const char *const refresh_record_sql =
    ",\nmoved AS (UPDATE pgtrickle_data.state s SET "
    "populated = s.populated OR done.action IS NOT NULL, "
    /* What a transaction with a snapshot older than its capture created, it cannot itself make whole. */
    "rebuild = s.rebuild AND (done.action IS NULL OR s.own_xid IS NOT DISTINCT FROM "
    "pg_catalog.pg_current_xact_id()), "
    "frontier = pg_catalog.pg_current_snapshot(), own_xid = pg_catalog.pg_current_xact_id(), "
    "own_seq = pg_catalog.nextval('pgtrickle_data.change_seq'), epoch = s.epoch + 1, "
    "refreshed_at = {f:timestamp}::timestamptz, errors = 0, last_error = NULL, retry_at = NULL, "
    /* Averages; but a busy moment makes things slower than they are, none makes them quicker. */
    "diff_ms_per_row = coalesce(LEAST(done.per_row, 0.7 * s.diff_ms_per_row + 0.3 * done.per_row), "
    "s.diff_ms_per_row), "
    "full_ms = CASE WHEN s.full_seen "
    "THEN coalesce(LEAST(done.full_ms, 0.7 * s.full_ms + 0.3 * done.full_ms), s.full_ms) "
    "ELSE coalesce(done.full_ms, s.full_ms) END, full_seen = s.full_seen OR done.full_ms IS NOT NULL "
    "FROM done WHERE s.id = done.id),\n"
    "told AS (INSERT INTO pgtrickle_data.history (id, data_timestamp, start_time, end_time, action, status, "
    "rows_inserted, rows_updated, rows_deleted, changes, reason, initiated_by) "
    "SELECT done.id, {f:timestamp}::timestamptz, done.started, done.ended, done.action, 'COMPLETED', "
    "done.inserted, "
    "done.updated, done.deleted, done.consumed, done.reason, {f:by}::text FROM done WHERE done.told)\n"
    "SELECT {f:lead}done.inserted, done.updated, done.deleted{f:check} FROM {f:from}";

static const char *refresh_record_tail(struct arena *a, const char *timestamp, const char *by)
{
    return sql_text(a, refresh_record_sql, SQL_TEXT("timestamp", timestamp), SQL_TEXT("by", by),
                    SQL_TEXT("lead", ""), SQL_TEXT("check", ""), SQL_TEXT("from", "done"));
}

/* Parts of a stream table have no history of their own. */
static bool refresh_is_told(const struct refresh_member *m)
{
    return m->table->parent == 0 && m->action != REFRESH_NOTHING;
}

/* --- in a delta's statement ----------------------------------------------------------------------- */

enum delta_value { DELTA_CONSUMED, DELTA_TIMESTAMP, DELTA_BY, DELTA_VALUES };

/* clock_timestamp() comes behind the counts, and so after the work. From few rows nothing is learned about
 * many: what a refresh costs at least would count as theirs. */
const char *refresh_recording(struct arena *a, const struct refresh_member *m,
                              const struct refresh_recording *r)
{
    const struct ivm_table *t = m->table;
    const char *done = sql_text(
        a,
        ",\ndone AS (SELECT {n:id}::bigint AS id, {f:told} AS told, 'DIFFERENTIAL' AS action, "
        "CASE WHEN c.broken = 0 THEN c.inserted "
        "ELSE pgtrickle_data.refuse_broken({n:id}, c.broken) END AS inserted, c.updated, c.deleted, "
        "{f:consumed}::bigint AS consumed, NULL::text AS reason, "
        "CASE WHEN {f:consumed}::bigint > {n:few} THEN 1000 * extract(epoch FROM "
        "pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp())::float8 / "
        "{f:consumed}::bigint END AS per_row, NULL::float8 AS full_ms, "
        "pg_catalog.statement_timestamp() AS started, pg_catalog.clock_timestamp() AS ended "
        "FROM {f:counts})",
        SQL_INT("id", t->id), SQL_TEXT("told", refresh_is_told(m) ? "true" : "false"),
        SQL_TEXT("consumed", r->consumed), SQL_INT("few", REFRESH_FEW_ROWS), SQL_TEXT("counts", r->counts));
    const char *check = sql_text(a, ", ({f:rights})", SQL_TEXT("rights", refresh_rights_sql(a, t)));
    const char *tail =
        sql_text(a, refresh_record_sql, SQL_TEXT("timestamp", r->timestamp), SQL_TEXT("by", r->by),
                 SQL_TEXT("lead", r->lead), SQL_TEXT("check", check), SQL_TEXT("from", r->from));
    return arena_printf(a, "%s%s", done, tail);
}

static const char *refresh_delta_sql(struct job *j, const struct refresh_member *m,
                                     struct plan_change *change, const char *const *values)
{
    struct arena *a = &j->arena;
    const struct ivm_table *t = m->table;
    change->finish =
        refresh_recording(a, m,
                          &(struct refresh_recording){
                              .consumed = refresh_value(j, DELTA_CONSUMED + 1, values[DELTA_CONSUMED]),
                              .timestamp = refresh_value(j, DELTA_TIMESTAMP + 1, values[DELTA_TIMESTAMP]),
                              .by = refresh_value(j, DELTA_BY + 1, values[DELTA_BY]),
                              .counts = "counts c",
                              .lead = "",
                              .from = "done",
                          });
    return plan_delta_sql(a, t->plan, &t->names, change);
}

/* What a delta's statement depends on, besides the plan. */
static const char *refresh_delta_key(struct arena *a, const struct ivm_table *t, const struct plan_change *c)
{
    struct str s;
    str_init(&s, a);
    str_addf(&s, "%llx %d", (unsigned long long)c->changed, c->single);
    for (int i = 0; i < t->nwatches; i++) {
        str_addf(&s, " %lld", (long long)c->limit[i]);
    }
    return s.data;
}

static struct plan_statement *refresh_statement_keep(struct plan *p, const char *key,
                                                     const struct plan_change *change)
{
    struct plan_statement *kept = ARENA_NEW(p->arena, struct plan_statement);
    int64_t *limit = ARENA_ARRAY(p->arena, int64_t, p->nsources + 1);
    memcpy(limit, change->limit, sizeof *limit * (size_t)p->nsources);
    kept->key = arena_strdup(p->arena, key);
    kept->change = *change;
    kept->change.limit = limit;
    kept->change.finish = NULL;
    kept->next = p->statements;
    p->statements = kept;
    p->nstatements++;
    return kept;
}

void refresh_record_delta(struct job *j, const struct refresh_member *m, struct plan_change *change)
{
    const struct refresh *w = j->work;
    struct arena *a = &j->arena;
    struct plan *p = m->table->plan;
    const char **values = ARENA_ARRAY(a, const char *, DELTA_VALUES);
    values[DELTA_CONSUMED] = arena_printf(a, "%lld", (long long)m->consumed);
    values[DELTA_TIMESTAMP] = w->timestamp;
    values[DELTA_BY] = w->options.initiated_by;
    const char *key = refresh_delta_key(a, m->table, change);
    struct plan_statement *kept = w->options.in_client ? NULL : p->statements;
    while (kept != NULL && strcmp(kept->key, key) != 0) {
        kept = kept->next;
    }
    const char *sql = kept != NULL ? kept->sql : refresh_delta_sql(j, m, change, values);
    const struct job_statement *s =
        refresh_ask_with(j, sql, kept != NULL ? kept->name : NULL, values, DELTA_VALUES);
    if (kept == NULL && s->name != NULL && p->nstatements < PLAN_MAX_STATEMENTS) {
        kept = refresh_statement_keep(p, key, change);
        kept->sql = arena_strdup(p->arena, sql);
        kept->name = arena_strdup(p->arena, s->name);
    }
    p->usual = kept;
}

/* --- at the end ----------------------------------------------------------------------------------- */

/* What became of the members, as arrays. */
enum outcome {
    OUTCOME_ID,
    OUTCOME_TOLD,
    OUTCOME_ACTION,
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

static const char *const outcome_types[OUTCOME_TIMESTAMP] = {"bigint",      "bool",   "text",   "timestamptz",
                                                             "timestamptz", "bigint", "bigint", "bigint",
                                                             "bigint",      "text",   "float8", "float8"};

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
    bool learned = m->action == REFRESH_DELTA && m->consumed > REFRESH_FEW_ROWS;
    outcome_add_int(&o[OUTCOME_ID], m->table->id);
    outcome_add(&o[OUTCOME_TOLD], refresh_is_told(m) ? "true" : "false");
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
    return moves && !m->suspended && !m->recorded;
}

static void refresh_record_arrays(struct job *j, const char *const *values)
{
    struct arena *a = &j->arena;
    struct str arrays;
    str_init(&arrays, a);
    for (int i = 0; i < OUTCOME_TIMESTAMP; i++) {
        str_sep(&arrays, ", ");
        str_addf(&arrays, "pg_catalog.unnest(%s::%s[])", refresh_value(j, i + 1, values[i]),
                 outcome_types[i]);
    }
    const char *tail =
        refresh_record_tail(a, refresh_value(j, OUTCOME_TIMESTAMP + 1, values[OUTCOME_TIMESTAMP]),
                            refresh_value(j, OUTCOME_BY + 1, values[OUTCOME_BY]));
    refresh_ask_with(
        j,
        sql_text(a,
                 "WITH done AS (SELECT * FROM ROWS FROM ({f:arrays}) AS u(id, told, action, started, ended, "
                 "inserted, updated, deleted, consumed, reason, per_row, full_ms)){f:tail}",
                 SQL_TEXT("arrays", arrays.data), SQL_TEXT("tail", tail)),
        NULL, values, OUTCOMES);
}

void refresh_record(struct job *j)
{
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    struct str outcomes[OUTCOMES];
    for (int i = 0; i < OUTCOMES; i++) {
        str_init(&outcomes[i], a);
    }
    for (int i = 0; i < w->n; i++) {
        if (refresh_moves(w, &w->members[i])) {
            refresh_outcome(outcomes, &w->members[i]);
        }
    }
    if (outcomes[OUTCOME_ID].len == 0) {
        return;
    }
    const char **values = ARENA_ARRAY(a, const char *, OUTCOMES);
    for (int i = 0; i < OUTCOME_TIMESTAMP; i++) {
        str_add(&outcomes[i], "}");
        values[i] = outcomes[i].data;
    }
    values[OUTCOME_TIMESTAMP] = w->timestamp;
    values[OUTCOME_BY] = w->options.initiated_by;
    refresh_record_arrays(j, values);
}
