/* Refreshing a unit: level by level, choosing between delta and full, and applying. */
#include "jobs/refresh.h"

#include <string.h>

/* AUTO without measurements: above this share of changed rows of a source, FULL. From the peers' experience.
 */
#define REFRESH_MAX_FRACTION 0.15
/* Until AUTO has seen a full refresh it knows the first filling, which had cold caches and a planner's time,
 * and took up to about three times as long: a delta dearer than this share of it makes a full refresh worth
 * trying. */
#define REFRESH_FULL_UNSEEN 0.3
/* What was measured once may not hold for ever: of so many refreshes one takes the other way, where the two
 * are said to be as near as this; of the first ones more, when little has been measured yet. */
#define REFRESH_AGAIN 32
#define REFRESH_NEAR 0.5
/* Now, for the history, and in milliseconds. */
#define REFRESH_CLOCK                                                                                        \
    "pg_catalog.clock_timestamp()::text, 1000 * extract(epoch FROM pg_catalog.clock_timestamp())"

/* A few classes, so that few statements are prepared. */
static int64_t refresh_limit(int64_t rows)
{
    int64_t limit = PLAN_LIMIT_MIN;
    while (limit < rows) {
        limit *= 2;
    }
    return limit;
}

/* Of AUTO: whether FULL is expected to be cheaper, and why. */
static const char *refresh_prefers_full(struct arena *a, const struct refresh_member *m)
{
    bool again = m->epoch % REFRESH_AGAIN == REFRESH_AGAIN - 1 || m->epoch == REFRESH_AGAIN / 2 ||
                 m->epoch == REFRESH_AGAIN / 4;
    if (m->consumed <= REFRESH_FEW_ROWS) {
        return NULL;
    }
    if (m->delta_ms_per_row >= 0 && m->full_ms >= 0) {
        double delta_ms = m->delta_ms_per_row * (double)m->consumed;
        double worth = !m->full_seen ? REFRESH_FULL_UNSEEN : again ? REFRESH_NEAR : 1;
        if (delta_ms <= worth * m->full_ms) {
            return NULL;
        }
        if (delta_ms <= m->full_ms) {
            return arena_printf(a, "to learn what it takes: %lld changed rows are expected to take %.0f ms",
                                (long long)m->consumed, delta_ms);
        }
        return again && REFRESH_NEAR * delta_ms < m->full_ms
                   ? NULL
                   : arena_printf(a, "%lld changed rows are expected to take %.0f ms, a full refresh %.0f ms",
                                  (long long)m->consumed, delta_ms, m->full_ms);
    }
    double ceiling = m->table->max_fraction >= 0 ? m->table->max_fraction : REFRESH_MAX_FRACTION;
    for (int k = 0; k < m->table->nwatches; k++) {
        const struct refresh_pending *p = &m->pending[k];
        if (p->size > 0 && (double)p->rows > ceiling * p->size) {
            return arena_printf(a, "%lld changed rows of about %.0f", (long long)p->rows, p->size);
        }
    }
    return NULL;
}

static void refresh_choose(struct job *j, struct refresh_member *m)
{
    const struct refresh *w = j->work;
    bool is_void = false;
    m->action = REFRESH_NOTHING;
    m->recorded = false;
    m->consumed = 0;
    for (int k = 0; k < m->table->nwatches; k++) {
        m->consumed += m->pending[k].rows;
        is_void = is_void || m->pending[k].is_void;
    }
    if (m->suspended) {
        return;
    }
    m->action = REFRESH_FULL;
    if (w->options.force_full) {
        m->reason = "it was asked for";
    } else if (!m->populated) {
        m->reason = "first refresh";
    } else if (m->rebuild) {
        m->reason = "it was marked to be rebuilt";
    } else if (!m->fits) {
        m->reason = "the columns, partitions or children of a source have changed";
    } else if (m->replaced) {
        m->reason = "a view that it reads was replaced";
    } else if (is_void) {
        m->reason = "a source was truncated, or its capture rebuilt";
    } else if (m->consumed == 0 && !m->table->opaque_sources) {
        m->action = REFRESH_NOTHING;
    } else if (!m->table->differential) {
        m->reason = m->table->reason;
    } else if (m->table->mode != IVM_AUTO || (m->reason = refresh_prefers_full(&j->arena, m)) == NULL) {
        m->action = REFRESH_DELTA;
    }
}

/* A statement that runs code of the stream table's owner goes through a function of weir's, inside of which
 * no role can be set. */
static const char *refresh_guarded(struct arena *a, const char *sql)
{
    return sql_text(a,
                    "SELECT * FROM pgtrickle_data.apply({l:sql}) AS r(inserted bigint, updated bigint, "
                    "deleted bigint, broken bigint)",
                    SQL_TEXT("sql", sql));
}

/* What changed, for the plan. */
static struct plan_change refresh_change(struct arena *a, const struct refresh_member *m)
{
    const struct ivm_table *t = m->table;
    struct plan_change change = {.executor = t->executor};
    int64_t *limit = ARENA_ARRAY(a, int64_t, t->nwatches + 1);
    int changed = 0;
    bool one_image = true;
    for (int k = 0; k < t->nwatches; k++) {
        int i = t->watches[k].source;
        limit[i] = refresh_limit(m->pending[k].rows);
        if (m->pending[k].rows > 0) {
            change.changed |= UINT64_C(1) << i;
            changed++;
            one_image = one_image && m->pending[k].images <= 1;
        }
    }
    change.limit = limit;
    change.single = changed == 1 && one_image;
    return change;
}

const char *refresh_rights_sql(struct arena *a, const struct ivm_table *t)
{
    return sql_text(a, "SELECT 1 FROM pgtrickle_data.def_{n:id} LIMIT 0",
                    SQL_INT("id", t->parent != 0 ? t->parent : t->id));
}

/* Between a look at the owner's rights and the time before, and the time after. */
static void refresh_send_timed(struct job *j, struct refresh_member *m, const char *sql)
{
    struct arena *a = &j->arena;
    const struct ivm_table *t = m->table;
    const char *check = refresh_rights_sql(a, t);
    if (t->executor) {
        check = sql_text(a, "SELECT * FROM pgtrickle_data.exec_{n:id}({l:check}) AS r(x int)",
                         SQL_INT("id", t->id), SQL_TEXT("check", check));
        job_ask(j, sql_text(a, "SELECT * FROM pgtrickle_data.apply({l:check}) AS r(x int)",
                            SQL_TEXT("check", check)));
        refresh_ask(j, "SELECT " REFRESH_CLOCK);
    } else {
        refresh_ask(j, sql_text(a, "SELECT " REFRESH_CLOCK ", ({f:check})", SQL_TEXT("check", check)));
    }
    m->result = j->batch.n;
    if (t->executor) {
        j->tainted = true;
        job_ask(j, refresh_guarded(a, sql));
    } else {
        refresh_ask(j, sql);
    }
    refresh_ask(j, "SELECT " REFRESH_CLOCK);
}

static void refresh_send(struct job *j, struct refresh_member *m)
{
    struct arena *a = &j->arena;
    const struct ivm_table *t = m->table;
    m->first = j->batch.n;
    if (m->replaced) {
        job_send(j, JOB_AS_WEIR,
                 sql_text(a, "SELECT pgtrickle_data.follow_views({n:id})", SQL_INT("id", t->id)));
    }
    if (m->action == REFRESH_FULL) {
        refresh_send_timed(j, m, plan_full_sql(a, t->plan, &t->names, t->executor));
        return;
    }
    struct plan_change change = refresh_change(a, m);
    /* What AUTO is to learn of many rows it learns first as it did of FULL: with the planner's time. */
    bool learns = t->mode == IVM_AUTO && m->delta_ms_per_row < 0 && m->consumed > REFRESH_FEW_ROWS;
    if (t->executor || learns) {
        refresh_send_timed(j, m, plan_delta_sql(a, t->plan, &t->names, &change));
        return;
    }
    m->recorded = true;
    m->result = j->batch.n;
    refresh_record_delta(j, m, &change);
}

static void refresh_read_timed(struct job *j, struct refresh_member *m)
{
    const struct job_rows *before = &j->results[m->result - 1];
    const struct job_rows *after = &j->results[m->result + 1];
    m->started = rows_text(before, 0, 0);
    m->ended = rows_text(after, 0, 0);
    m->ms = rows_double(after, 0, 1) - rows_double(before, 0, 1);
}

/* Reads what a member's statement did. False: the job has failed. */
static bool refresh_read(struct job *j, struct refresh_member *m)
{
    struct refresh *w = j->work;
    const struct job_rows *r = &j->results[m->result];
    if (!m->recorded) {
        refresh_read_timed(j, m);
    }
    m->inserted = rows_int(r, 0, 0);
    m->updated = rows_int(r, 0, 1);
    m->deleted = rows_int(r, 0, 2);
    m->result = -1;
    if (!m->recorded && rows_int(r, 0, 3) > 0) {
        w->culprit = m->index;
        err_set(&j->err, ERR_INTERNAL, "stream table \"%s\" did not hold %lld rows that were to leave it",
                m->table->name, (long long)rows_int(r, 0, 3));
        err_hint(&j->err, "It is rebuilt by its next refresh.");
        job_fail(j);
        return false;
    }
    w->changed = w->changed || m->inserted + m->updated + m->deleted > 0;
    return true;
}

static bool refresh_read_level(struct job *j)
{
    struct refresh *w = j->work;
    for (int i = 0; i < w->n; i++) {
        struct refresh_member *m = &w->members[i];
        if (m->level == w->level && m->result >= 0 && !refresh_read(j, m)) {
            return false;
        }
    }
    return true;
}

static void refresh_applied(struct job *j)
{
    struct refresh *w = j->work;
    if (!refresh_read_level(j)) {
        return;
    }
    /* The last result may be the counts of the next level. */
    const struct job_rows *last = &j->results[j->nresults - 1];
    if (w->recounted) {
        refresh_counts(w, last, 0);
    }
    w->level++;
    refresh_levels(j);
}

static void refresh_closed(struct job *j)
{
    if (refresh_read_level(j)) {
        refresh_end(j);
    }
}

/* Counts again what members of later levels, the next or any other, have pending in the storages that this
 * level is about to change. */
static void refresh_recount(struct job *j)
{
    struct refresh *w = j->work;
    struct str counts;
    str_init(&counts, &j->arena);
    for (int i = 0; i < w->n; i++) {
        const struct refresh_member *m = &w->members[i];
        for (int k = 0; m->level > w->level && k < m->table->nwatches; k++) {
            const struct ivm_watch *watch = &m->table->watches[k];
            const struct refresh_member *up =
                watch->upstream != 0 ? refresh_member_of(w, watch->upstream) : NULL;
            if (up != NULL && up->level == w->level && up->action != REFRESH_NOTHING) {
                str_sep(&counts, " UNION ALL ");
                str_add(&counts, watch->count_sql);
            }
        }
    }
    w->recounted = counts.len > 0;
    if (w->recounted) {
        refresh_ask(j, counts.data);
    }
}

/* Sends what members of this level have to do; true when there was anything. */
static bool refresh_send_level(struct job *j)
{
    struct refresh *w = j->work;
    bool any = false;
    for (int i = 0; i < w->n; i++) {
        struct refresh_member *m = &w->members[i];
        if (m->level != w->level) {
            continue;
        }
        refresh_choose(j, m);
        if (m->action != REFRESH_NOTHING) {
            refresh_send(j, m);
            any = true;
        }
    }
    return any;
}

/* Nothing that this level's statements will say is needed to go on. */
static bool refresh_is_last(const struct refresh *w)
{
    bool last = w->level == w->levels - 1 && !refresh_is_doubtful(w);
    for (int i = 0; i < w->n; i++) {
        last = last && (w->members[i].result < 0 || w->members[i].recorded);
    }
    return last;
}

void refresh_levels(struct job *j)
{
    struct refresh *w = j->work;
    for (; w->level < w->levels; w->level++) {
        if (!refresh_send_level(j)) {
            continue;
        }
        if (refresh_is_last(w)) {
            refresh_close(j);
            j->step = refresh_closed;
        } else {
            refresh_recount(j);
            j->step = refresh_applied;
        }
        return;
    }
    refresh_finish(j);
}
