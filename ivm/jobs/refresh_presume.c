/*
 * Refreshing by presumption.
 *
 * A unit of one stream table that reads tables of users' only is mostly refreshed by the statement that
 * refreshed it the last times. So it is sent at once, with all that a look would have asked for, and changes
 * something only if that statement is what a look would have led to; see delta/pending.c. Otherwise the
 * refresh begins anew, with a look. It also does when the statement fails: what it says of names may be out
 * of date.
 */
#include "jobs/refresh.h"

#include "plan/plan.h"

enum presumed_value { PRESUMED_VERSION, PRESUMED_BY, PRESUMED_VALUES };

/* Columns of its result. */
enum { PRESUMED_N, PRESUMED_IDLE, PRESUMED_GO, PRESUMED_INSERTED, PRESUMED_UPDATED, PRESUMED_DELETED };

/* Rows up to which AUTO takes a delta without weighing it; negative: the mode does not weigh. */
static int64_t presume_most(const struct ivm_table *t)
{
    return t->mode == IVM_AUTO ? REFRESH_FEW_ROWS : -1;
}

static bool presume_can(const struct refresh *w)
{
    const struct refresh_member *m = &w->members[0];
    const struct ivm_table *t = m->table;
    bool can = w->n == 1 && w->options.presume && !w->options.in_client && !w->options.patient &&
               !w->options.force_full && w->then == NULL && t->differential && t->plan != NULL &&
               !t->executor && !t->opaque_sources && !t->views && t->plan->kind != PLAN_SLICED &&
               !t->plan->full_only && t->plan->usual != NULL;
    int64_t least = 0;
    for (int k = 0; can && k < t->nwatches; k++) {
        can = t->watches[k].upstream == 0;
        int source = t->watches[k].source;
        bool changed = (t->plan->usual->change.changed >> source & 1) != 0;
        least += changed ? t->plan->usual->change.limit[source] / 2 : 0;
    }
    return can && (presume_most(t) < 0 || least <= presume_most(t));
}

static const char *presume_sql(struct job *j, const struct refresh_member *m, const struct plan_change *usual)
{
    const struct refresh *w = j->work;
    struct arena *a = &j->arena;
    const struct ivm_table *t = m->table;
    const char **key = ARENA_ARRAY(a, const char *, t->nwatches + 1);
    for (int k = 0; k < t->nwatches; k++) {
        key[t->watches[k].source] = t->watches[k].key;
    }
    struct plan_presumed presumed = {
        .gate = refresh_gate_sql(w, a, m, "$1::bigint"), .key = key, .most = presume_most(t)};
    struct plan_change change = *usual;
    change.presumed = &presumed;
    change.finish = refresh_recording(a, m,
                                      &(struct refresh_recording){
                                          .consumed = "o.n",
                                          .timestamp = "pg_catalog.statement_timestamp()",
                                          .by = "$2",
                                          .counts = "counts c, go o WHERE o.go",
                                          .lead = "o.n, o.idle, o.go, ",
                                          .from = "go o LEFT JOIN done ON true",
                                      });
    return plan_delta_sql(a, t->plan, &t->names, &change);
}

static void presume_answered(struct job *j)
{
    struct refresh *w = j->work;
    struct refresh_member *m = &w->members[0];
    const struct job_rows *r = &j->results[m->result];
    bool go = r->nrows == 1 && rows_bool(r, 0, PRESUMED_GO);
    m->result = -1;
    if (!go && (r->nrows == 0 || !rows_bool(r, 0, PRESUMED_IDLE))) {
        w->presumed = NULL;
        refresh_open(j);
        return;
    }
    m->table->plan->usual = w->presumed;
    w->presumed = NULL;
    if (go) {
        m->consumed = rows_int(r, 0, PRESUMED_N);
        m->inserted = rows_int(r, 0, PRESUMED_INSERTED);
        m->updated = rows_int(r, 0, PRESUMED_UPDATED);
        m->deleted = rows_int(r, 0, PRESUMED_DELETED);
        w->changed = m->inserted + m->updated + m->deleted > 0;
    } else {
        m->action = REFRESH_NOTHING;
    }
    refresh_end(j);
}

bool refresh_presume(struct job *j)
{
    struct refresh *w = j->work;
    struct refresh_member *m = &w->members[0];
    struct arena *a = &j->arena;
    if (!presume_can(w)) {
        return false;
    }
    struct plan *p = m->table->plan;
    struct plan_statement *usual = p->usual;
    const char **values = ARENA_ARRAY(a, const char *, PRESUMED_VALUES);
    values[PRESUMED_VERSION] = arena_printf(a, "%lld", (long long)w->catalog->version);
    values[PRESUMED_BY] = w->options.initiated_by;
    p->usual = NULL; /* until it was right again */
    w->presumed = usual;
    refresh_say(j, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    m->action = REFRESH_DELTA;
    m->first = j->batch.n;
    m->result = j->batch.n;
    const char *sql = usual->presumed_sql != NULL ? usual->presumed_sql : presume_sql(j, m, &usual->change);
    const struct job_statement *s = refresh_ask_with(j, sql, usual->presumed_name, values, PRESUMED_VALUES);
    if (usual->presumed_sql == NULL) {
        usual->presumed_sql = arena_strdup(p->arena, sql);
        usual->presumed_name = arena_strdup(p->arena, s->name);
    }
    refresh_say(j, "COMMIT");
    j->step = presume_answered;
    return true;
}
