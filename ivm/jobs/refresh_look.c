/* Refreshing a unit: the locks, and what the database knows of its members under one snapshot. */
#include "jobs/refresh.h"

#include "jobs/load.h"
#include "plan/plan.h"

#include <string.h>

struct refresh_member *refresh_member_of(struct refresh *w, int64_t id)
{
    for (int i = 0; i < w->n; i++) {
        if (w->members[i].table->id == id) {
            return &w->members[i];
        }
    }
    return NULL;
}

void refresh_counts(struct refresh *w, const struct job_rows *r, int first)
{
    for (int i = 0; i < r->nrows; i++) {
        struct refresh_member *m = refresh_member_of(w, rows_int(r, i, first));
        for (int k = 0; m != NULL && k < m->table->nwatches; k++) {
            if (m->table->watches[k].source_id == rows_int(r, i, first + 1)) {
                m->pending[k] = (struct refresh_pending){
                    .rows = rows_int(r, i, first + 2),
                    .is_void = rows_bool(r, i, first + 3),
                    .images = rows_int(r, i, first + 4),
                    .size = rows_double(r, i, first + 5),
                };
            }
        }
    }
}

const char *refresh_lock_sql(const struct refresh *w, struct arena *a, const char *function)
{
    return sql_text(
        a, "SELECT pg_catalog.{f:function}({n:class}, i) FROM pg_catalog.unnest('{f:ids}'::int[]) i",
        SQL_TEXT("function", function), SQL_INT("class", JOB_LOCK_CLASS), SQL_TEXT("ids", w->ids));
}

/* Whether a member is ours: locked before, or just now if nobody else has it. */
static const char *refresh_locked_sql(const struct refresh *w, struct arena *a)
{
    return w->options.in_client || w->options.patient
               ? "true"
               : sql_text(a, "pg_catalog.pg_try_advisory_xact_lock({n:class}, s.id::int)",
                          SQL_INT("class", JOB_LOCK_CLASS));
}

/* Columns of the first look: of the member's state, and behind them those of count_sql. */
enum {
    LOOK_ID,
    LOOK_POPULATED,
    LOOK_REBUILD,
    LOOK_SUSPENDED,
    LOOK_PER_ROW,
    LOOK_FULL_MS,
    LOOK_FULL_SEEN,
    LOOK_EPOCH,
    LOOK_TIMESTAMP,
    LOOK_VERSION,
    LOOK_FITS,
    LOOK_REPLACED,
    LOOK_FAMILIES,
    LOOK_NAMES,
    LOOK_LOCKED,
    LOOK_PENDING
};

/*
 * What is to be asked of a member's sources, in one pass. CASE keeps the dear questions for when something
 * has changed, or may have.
 */
#define REFRESH_SOURCES                                                                                      \
    "SELECT coalesce(pg_catalog.bool_and(CASE WHEN x.relnatts IS DISTINCT FROM x.natts "                     \
    "THEN pgtrickle_data.capture_fits(x.source_id) "                                                         \
    "WHEN x.family = '' AND NOT x.relhassubclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i "      \
    "WHERE i.inhrelid = x.relid) THEN true "                                                                 \
    "ELSE NOT pgtrickle_data.family_moved(x.source_id) END), true) AS fits, "                                \
    "coalesce(pg_catalog.bool_or(x.family <> ''), false) AS families, " LOAD_NAMES " AS names "              \
    "FROM " LOAD_SOURCES " x"

/* Of the catalog, as the database has it. */
#define REFRESH_VERSION "(SELECT pg_catalog.max(v.version) FROM pgtrickle_data.catalog_version v)"

/* Of a unit that watches nothing. */
#define REFRESH_NO_COUNTS                                                                                    \
    "SELECT NULL::bigint, NULL::bigint, 0::bigint, false, 0::bigint, 0::real WHERE false"

void refresh_lock(struct job *j)
{
    struct refresh *w = j->work;
    if (!w->options.patient) {
        w->options.patient = true;
        refresh_say(j, refresh_lock_sql(w, &j->arena, "pg_advisory_lock"));
    }
}

void refresh_open(struct job *j)
{
    refresh_say(j, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    refresh_look(j);
}

/* Capture is mended before the snapshot that everything is read from: what was not captured, or wrongly, is
 * committed by then. Over a client's connection the snapshot may be there already, so that is left for later.
 */
static void refresh_mend(struct job *j)
{
    struct refresh *w = j->work;
    refresh_say(j, "COMMIT");
    refresh_lock(j);
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
    refresh_open(j);
}

static bool refresh_same(const char *x, const char *y)
{
    return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static void refresh_looked(struct job *j)
{
    struct refresh *w = j->work;
    const struct job_rows *r = &j->results[j->nresults - 1];
    int64_t version = w->catalog->version;
    int found = 0;
    bool locked = true, stale = false, unfit = false;
    for (int i = 0; i < w->n; i++) {
        w->members[i].found = false;
    }
    for (int i = 0; i < r->nrows; i++) {
        struct refresh_member *m = refresh_member_of(w, rows_int(r, i, LOOK_ID));
        if (m == NULL) {
            continue;
        }
        found += !m->found;
        m->found = true;
        m->populated = rows_bool(r, i, LOOK_POPULATED);
        m->rebuild = rows_bool(r, i, LOOK_REBUILD);
        m->suspended = rows_bool(r, i, LOOK_SUSPENDED) || m->table->plan == NULL;
        m->delta_ms_per_row = rows_double(r, i, LOOK_PER_ROW);
        m->full_ms = rows_double(r, i, LOOK_FULL_MS);
        m->full_seen = rows_bool(r, i, LOOK_FULL_SEEN);
        m->epoch = rows_int(r, i, LOOK_EPOCH);
        w->timestamp = rows_text(r, i, LOOK_TIMESTAMP);
        version = rows_int(r, i, LOOK_VERSION);
        locked = locked && rows_bool(r, i, LOOK_LOCKED);
        m->fits = rows_bool(r, i, LOOK_FITS);
        m->replaced = rows_bool(r, i, LOOK_REPLACED);
        w->families = w->families || rows_bool(r, i, LOOK_FAMILIES);
        stale =
            stale || (!m->suspended && !refresh_same(m->table->source_names, rows_text(r, i, LOOK_NAMES)));
        unfit = unfit || (!m->fits && !m->suspended);
        /* What is compiled is another query. Loading suspends it, or finds the new names. */
        stale = stale || (m->replaced && !m->suspended && m->table->differential);
    }
    if (!locked) {
        refresh_say(j, "COMMIT");
        refresh_lock(j);
        refresh_open(j);
        return;
    }
    /* A unit by an old catalog may leave out a stream table that has to move with it. */
    if (stale || version != w->catalog->version || found < w->n) {
        err_set(&j->err, ERR_STALE_CATALOG, NULL);
        job_fail(j);
        return;
    }
    if (unfit && !w->mended && !w->options.in_client) {
        refresh_mend(j);
        return;
    }
    w->unfit = unfit;
    refresh_counts(w, r, LOOK_PENDING);
    refresh_levels(j);
}

/* What REFRESH_SOURCES asks of all sources, of one that was compiled: its capture fits, it is no family, and
 * all is called what the statement calls it. */
static const char *refresh_source_as_compiled(struct arena *a, const struct ivm_table *t, int source)
{
    const struct source *s = &t->plan->sources[source];
    const struct ivm_relation *r = s->relation;
    struct str attnums, names;
    str_init(&attnums, a);
    str_init(&names, a);
    for (int i = 0; i < r->ncolumns; i++) {
        if (s->used[i]) {
            str_sep(&attnums, ", ");
            str_addf(&attnums, "%d", r->columns[i].attnum);
            str_sep(&names, ", ");
            str_add(&names, sql_literal(a, r->columns[i].name));
        }
    }
    return sql_text(
        a,
        "EXISTS (SELECT FROM pgtrickle_data.sources u JOIN pg_catalog.pg_class c ON c.oid = u.relid JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE u.source_id = {n:source} AND "
        "u.relid = {n:relid} AND u.family = '' AND c.relnatts = u.natts AND NOT c.relhassubclass AND "
        "c.relname = {l:name} AND n.nspname = {l:schema} AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_inherits i WHERE i.inhrelid = u.relid)) AND ARRAY(SELECT a.attname FROM "
        "pg_catalog.pg_attribute a WHERE a.attrelid = {n:relid} AND a.attnum IN ({f:attnums}) ORDER BY "
        "a.attnum) = ARRAY[{f:names}]::name[]",
        SQL_INT("source", t->names.source_ids[source]), SQL_INT("relid", r->oid), SQL_TEXT("name", r->name),
        SQL_TEXT("schema", r->schema), SQL_TEXT("attnums", attnums.data), SQL_TEXT("names", names.data));
}

const char *refresh_gate_sql(const struct refresh *w, struct arena *a, const struct refresh_member *m,
                             const char *version)
{
    const struct ivm_table *t = m->table;
    struct str fits;
    str_init(&fits, a);
    for (int i = 0; i < t->plan->nsources; i++) {
        str_addf(&fits, " AND %s", refresh_source_as_compiled(a, t, i));
    }
    return sql_text(
        a,
        "gate AS MATERIALIZED (SELECT s.populated AND NOT s.rebuild AND t.status <> 'suspended' AND "
        "{f:version} = {f:ours}{f:fits} AND {f:locked} AS fits FROM pgtrickle_data.state s JOIN "
        "pgtrickle_data.stream_tables t USING (id) WHERE s.id = {n:id})",
        SQL_TEXT("version", REFRESH_VERSION), SQL_TEXT("ours", version), SQL_TEXT("fits", fits.data),
        SQL_TEXT("locked", refresh_locked_sql(w, a)), SQL_INT("id", t->id));
}

/* What the database knows of the members, and what is pending for each. */
void refresh_look(struct job *j)
{
    struct refresh *w = j->work;
    struct arena *a = &j->arena;
    struct str counts;
    str_init(&counts, a);
    for (int i = 0; i < w->n; i++) {
        for (int k = 0; k < w->members[i].table->nwatches; k++) {
            str_sep(&counts, " UNION ALL ");
            str_add(&counts, w->members[i].table->watches[k].count_sql);
        }
    }
    refresh_ask(j, sql_text(a,
                            "SELECT s.id, s.populated, s.rebuild, t.status = 'suspended', s.diff_ms_per_row, "
                            "s.full_ms, s.full_seen, "
                            "s.epoch, "
                            "pg_catalog.statement_timestamp()::text, " REFRESH_VERSION ", x.fits, "
                            "CASE WHEN t.views <> '{{}' THEN t.views_mark IS DISTINCT FROM "
                            "pgtrickle_data.views_mark(t.views) "
                            "ELSE false END, "
                            "x.families, x.names, {f:locked}, c.* "
                            "FROM pgtrickle_data.state s JOIN pgtrickle_data.stream_tables t USING (id) "
                            "CROSS JOIN LATERAL (" REFRESH_SOURCES ") x "
                            "LEFT JOIN ({f:counts}) c(id, source, n, void, images, size) ON c.id = s.id "
                            "WHERE s.id = ANY ('{f:ids}') {f:lock}",
                            SQL_TEXT("locked", refresh_locked_sql(w, a)),
                            SQL_TEXT("counts", counts.len > 0 ? counts.data : REFRESH_NO_COUNTS),
                            SQL_TEXT("ids", w->ids),
                            /* A snapshot from before the last refresh must not get past here: what that
                             * refresh consumed may be truncated already. */
                            SQL_TEXT("lock", w->options.in_client ? "FOR UPDATE OF s" : "")));
    j->step = refresh_looked;
}
