/*
 * The catalog, read and compiled anew.
 *
 * The text that is compiled is what PostgreSQL says of view def_<id> now, so a renamed table or column has
 * its new name. What cannot be compiled any more, or would ask for another storage than the one that is there
 * (a primary key was dropped), is suspended with the reason; the others do not notice.
 */
#include "jobs/load.h"

#include "jobs/describe.h"
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOAD_VERSION,
    LOAD_TABLES,
    LOAD_DEPENDENCIES,
    LOAD_TYPES,
    LOAD_STORAGE_COLUMNS,
    LOAD_DESCRIPTIONS,
    LOAD_RESULTS = LOAD_DESCRIPTIONS + DESCRIBE_STATEMENTS
};

/* Columns of LOAD_TABLES. */
enum {
    T_ID,
    T_PARENT,
    T_SCHEMA,
    T_NAME,
    T_MODE,
    T_DIFFERENTIAL,
    T_REASON,
    T_EXECUTOR,
    T_OPAQUE,
    T_POPULATED,
    T_SUSPENDED,
    T_SCHEDULE,
    T_ERRORS,
    T_DDL,
    T_LONE,
    T_FRACTION,
    T_VIEWS,
    T_REPLACED,
    T_NAMES,
};

/* Columns of LOAD_DEPENDENCIES. */
enum { D_ID, D_ORDINAL, D_SOURCE, D_UPSTREAM, D_RELID, D_ATTNUMS, D_KEY };

struct load {
    struct job *job;
    struct ivm_catalog *catalog;
    const struct job_rows *r;
    struct str suspended; /* rows (id, reason) for the database */
};

/* The condition on stream_tables t: `ids` NULL means all. */
static const char *load_which(struct job *j, const char *ids)
{
    return sql_text(&j->arena,
                    "t.status <> 'creating' AND ({l:ids}::bigint[] IS NULL OR t.id = ANY ({l:ids}))",
                    SQL_TEXT("ids", ids));
}

void load_send_graph(struct job *j, const char *ids)
{
    struct arena *a = &j->arena;
    job_ask(j, "SELECT pg_catalog.max(v.version) FROM pgtrickle_data.catalog_version v");
    /* Parts before what they belong to. */
    job_ask(j,
            sql_text(
                a,
                "SELECT t.id, t.parent, n.nspname, c.relname, t.refresh_mode, t.differential, t.reason, "
                "t.executor, t.opaque_sources, s.populated, t.status = 'suspended', t.schedule_ms, s.errors, "
                "t.storage_ddl, t.diamond_consistency = 'none', t.max_delta_fraction, "
                "t.views <> '{{}', t.views_mark IS DISTINCT FROM pgtrickle_data.views_mark(t.views), "
                "(SELECT " LOAD_NAMES " FROM " LOAD_SOURCES " x) "
                "FROM pgtrickle_data.stream_tables t JOIN pgtrickle_data.state s USING (id) "
                "LEFT JOIN pgtrickle_data.stream_tables p ON p.id = t.parent "
                "LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(p.facade, t.facade) "
                "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                "WHERE {f:which} ORDER BY coalesce(t.parent, t.id), t.parent IS NULL, t.part",
                SQL_TEXT("which", load_which(j, ids))));
    job_ask(j, "SELECT d.id, d.ordinal, d.source_id, d.upstream, s.relid, "
               "pg_catalog.array_to_string(d.attnums, ' '), "
               "(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') FROM "
               "pg_catalog.pg_attribute a "
               " WHERE a.attrelid = s.relid AND a.attnum = ANY (d.key) AND d.key <@ d.attnums) "
               "FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources s USING (source_id) ORDER BY "
               "d.id, d.ordinal");
}

void load_send(struct job *j, const char *ids)
{
    struct arena *a = &j->arena;
    const char *which = load_which(j, ids);
    load_send_graph(j, ids);
    job_ask(j, "SELECT t.id, u.type FROM pgtrickle_data.stream_tables t, pg_catalog.unnest(t.argument_types) "
               "WITH ORDINALITY u(type, n) WHERE t.parent IS NULL ORDER BY t.id, u.n");
    job_ask(j,
            sql_text(a,
                     "SELECT t.id, c.* FROM pgtrickle_data.stream_tables t, LATERAL "
                     "pgtrickle_data.describe_columns(t.storage) c WHERE {f:which} ORDER BY t.id, c.attnum",
                     SQL_TEXT("which", which)));
    describe_send(
        j, JOB_AS_WEIR,
        sql_text(a,
                 "(SELECT t.id, t.definition FROM pgtrickle_data.stream_tables t JOIN "
                 "pg_catalog.pg_class c ON c.oid = t.definition WHERE t.parent IS NULL AND {f:which})",
                 SQL_TEXT("which", which)));
}

static void load_suspend(struct load *l, struct ivm_table *t, const char *reason)
{
    if (!t->suspended) {
        t->suspended = true;
        str_sep(&l->suspended, ", ");
        str_add(&l->suspended,
                sql_text(&l->job->arena, "({n:id}, {l:reason})",
                         SQL_INT("id", t->parent != 0 ? t->parent : t->id), SQL_TEXT("reason", reason)));
    }
    t->plan = NULL;
    t->reason = arena_strdup(&l->catalog->arena, reason);
}

static void load_suspend_all(struct load *l, struct ivm_table *tables, int n, const char *reason)
{
    for (int i = 0; i < n; i++) {
        load_suspend(l, &tables[i], reason);
    }
}

/* The statement that counts what is pending. With a key, also the most new images that one key has: with at
 * most one, a delta need not cancel images against each other. */
static void load_count(struct arena *a, int64_t id, struct ivm_watch *w, const char *key)
{
    const char *pending = sql_text(a, "pgtrickle_data.pending_{n:id}_{n:source}", SQL_INT("id", id),
                                   SQL_INT("source", w->source_id));
    w->key = key;
    w->count_sql =
        sql_text(a,
                 "SELECT {n:id}::bigint, {n:source}::bigint, q.n, q.void, q.images, "
                 "(SELECT c.reltuples FROM pg_catalog.pg_class c WHERE c.oid = {n:relid}) FROM ({f:count}) q",
                 SQL_INT("id", id), SQL_INT("source", w->source_id), SQL_INT("relid", w->relid),
                 SQL_TEXT("count", plan_count_sql(a, pending, key)));
}

/* What table `t` reads, from its dependency rows. */
static void load_watches(struct load *l, struct ivm_table *t)
{
    const struct job_rows *d = &l->r[LOAD_DEPENDENCIES];
    struct arena *a = &l->catalog->arena;
    int n = 0;
    for (int i = 0; i < d->nrows; i++) {
        n += rows_int(d, i, D_ID) == t->id;
    }
    t->watches = ARENA_ARRAY(a, struct ivm_watch, n + 1);
    t->source_ids = ARENA_ARRAY(a, int64_t, n + 1);
    t->upstream = ARENA_ARRAY(a, int64_t, n + 1);
    for (int i = 0; i < d->nrows; i++) {
        if (rows_int(d, i, D_ID) != t->id) {
            continue;
        }
        int64_t upstream = rows_int(d, i, D_UPSTREAM);
        int64_t source = rows_int(d, i, D_SOURCE);
        t->source_ids[t->nwatches] = source;
        t->watches[t->nwatches++] = (struct ivm_watch){
            .source_id = source,
            .relid = rows_int(d, i, D_RELID),
            .upstream = upstream,
            .source = t->differential ? (int)rows_int(d, i, D_ORDINAL) : -1,
        };
        const char *key = rows_text(d, i, D_KEY);
        load_count(a, t->id, &t->watches[t->nwatches - 1], key != NULL ? arena_strdup(a, key) : NULL);
        bool known = upstream == 0;
        for (int k = 0; k < t->nupstream; k++) {
            known = known || t->upstream[k] == upstream;
        }
        if (!known) {
            t->upstream[t->nupstream++] = upstream;
        }
    }
    t->nsource_ids = t->nwatches;
    t->names.source_ids = t->source_ids;
}

/* Whether a plan reads what the dependency rows of its storage say. */
static bool load_fits(struct load *l, const struct ivm_table *t, const struct plan *p, int first)
{
    const struct job_rows *d = &l->r[LOAD_DEPENDENCIES];
    if (plan_nsources(p) != t->nwatches) {
        return false;
    }
    for (int i = 0, k = 0; i < d->nrows; i++) {
        if (rows_int(d, i, D_ID) != t->id) {
            continue;
        }
        const struct plan_source *s = plan_source(p, k++);
        if (s->relid == 0) {
            if (l->catalog->tables[first + s->part].id != rows_int(d, i, D_UPSTREAM)) {
                return false;
            }
            continue;
        }
        struct str attnums;
        str_init(&attnums, &l->job->arena);
        for (int x = 0; x < s->nattnums; x++) {
            str_addf(&attnums, "%s%d", x > 0 ? " " : "", s->attnums[x]);
        }
        const char *captured = rows_text(d, i, D_ATTNUMS);
        if ((int64_t)s->relid != rows_int(d, i, D_RELID) ||
            strcmp(captured != NULL ? captured : "", attnums.data) != 0) {
            return false;
        }
    }
    return true;
}

/* Compiles the stream table whose storages are tables[first .. first + n). */
static void load_compile(struct load *l, int first, int n, const char *const *ddl)
{
    struct ivm_table *tables = &l->catalog->tables[first];
    struct ivm_table *own = &tables[n - 1];
    struct arena *a = &l->catalog->arena;
    struct description d;
    if (!describe_read(a, &l->r[LOAD_DESCRIPTIONS], own->id, &d)) {
        load_suspend_all(l, tables, n, "its definition is gone: a table that it read was dropped");
        return;
    }
    const struct job_rows *types = &l->r[LOAD_TYPES];
    d.query.argument_types = ARENA_ARRAY(a, const char *, types->nrows + 1);
    for (int i = 0; i < types->nrows; i++) {
        if (rows_int(types, i, 0) == own->id) {
            d.query.argument_types[d.query.nargument_types++] = arena_strdup(a, rows_text(types, i, 1));
        }
    }
    if (d.query.nargument_types == 0) {
        d.query.argument_types = NULL;
    }
    if (!own->differential) {
        d.query.refused = own->reason;
    }
    struct ivm_compiled c = {0};
    struct err e = {0};
    if (!ivm_compile(a, &d.query, &c, &e)) {
        load_suspend_all(l, tables, n, e.message);
        return;
    }
    if (own->differential && !c.differential && c.probe_sql == NULL) {
        load_suspend_all(l, tables, n, c.reason);
        return;
    }
    bool fits = c.probe_sql == NULL && c.nplans == n;
    int64_t *ids = ARENA_ARRAY(a, int64_t, n);
    for (int i = 0; i < n; i++) {
        ids[i] = tables[i].id;
    }
    for (int i = 0; fits && i < n; i++) {
        struct ivm_table *t = &tables[i];
        t->names.ids = ids;
        t->names.self = i;
        fits = (!own->differential || load_fits(l, t, c.plans[i], first)) &&
               strcmp(plan_storage_ddl(a, c.plans[i], &t->names), ddl[i]) == 0;
        t->plan = c.plans[i];
    }
    if (!fits) {
        load_suspend_all(
            l, tables, n,
            "a table that it reads has changed so that the stream table has to be created again");
        return;
    }
    const struct job_rows *columns = &l->r[LOAD_STORAGE_COLUMNS];
    for (int i = 0; i < n; i++) {
        int from = 0, count = 0;
        for (int k = 0; k < columns->nrows; k++) {
            if (rows_int(columns, k, 0) == ids[i]) {
                from = count++ == 0 ? k : from;
            }
        }
        for (int k = 0; k < tables[i].nwatches && !plan_counts_images(tables[i].plan, own->executor); k++) {
            struct ivm_watch *w = &tables[i].watches[k];
            load_count(a, tables[i].id, w, NULL);
        }
        plan_set_columns(tables[i].plan, describe_columns(a, columns, from, count, 1), count);
    }
}

static enum ivm_mode load_mode(const char *text)
{
    return strcmp(text, "auto") == 0           ? IVM_AUTO
           : strcmp(text, "differential") == 0 ? IVM_DIFFERENTIAL
                                               : IVM_FULL;
}

/* Tables in an order in which each comes after all that it reads. There is no cycle: a stream table can only
 * read facades that were there before it. */
static void load_sort(struct ivm_catalog *c)
{
    struct ivm_table *sorted = ARENA_ARRAY(&c->arena, struct ivm_table, c->ntables + 1);
    bool *placed = ARENA_ARRAY(&c->arena, bool, c->ntables + 1);
    int n = 0;
    for (bool moved = true; moved && n < c->ntables;) {
        moved = false;
        for (int i = 0; i < c->ntables; i++) {
            bool ready = !placed[i];
            for (int k = 0; ready && k < c->tables[i].nupstream; k++) {
                int up = ivm_catalog_find(c, c->tables[i].upstream[k]);
                ready = up < 0 || placed[up];
            }
            if (ready) {
                sorted[n++] = c->tables[i];
                placed[i] = true;
                moved = true;
            }
        }
    }
    c->tables = sorted;
    c->ntables = n;
}

/* The tables and what they read. */
static struct load load_begin(struct job *j, int first)
{
    struct ivm_catalog *c = calloc(1, sizeof *c);
    if (c == NULL) {
        abort();
    }
    struct load l = {.job = j, .catalog = c, .r = &j->results[first]};
    str_init(&l.suspended, &j->arena);
    const struct job_rows *t = &l.r[LOAD_TABLES];
    c->version = rows_int(&l.r[LOAD_VERSION], 0, 0);
    c->ntables = t->nrows;
    c->tables = ARENA_ARRAY(&c->arena, struct ivm_table, t->nrows + 1);
    for (int i = 0; i < t->nrows; i++) {
        double fraction = rows_double(t, i, T_FRACTION);
        c->tables[i] = (struct ivm_table){
            .id = rows_int(t, i, T_ID),
            .parent = rows_int(t, i, T_PARENT),
            .schema = arena_strdup(&c->arena, rows_text(t, i, T_SCHEMA)),
            .name = arena_strdup(&c->arena, rows_text(t, i, T_NAME)),
            .mode = load_mode(rows_text(t, i, T_MODE)),
            .differential = rows_bool(t, i, T_DIFFERENTIAL),
            .reason = arena_strdup(&c->arena, rows_text(t, i, T_REASON)),
            .executor = rows_bool(t, i, T_EXECUTOR),
            .opaque_sources = rows_bool(t, i, T_OPAQUE),
            .populated = rows_bool(t, i, T_POPULATED),
            .suspended = rows_bool(t, i, T_SUSPENDED),
            .schedule_ms = rows_int(t, i, T_SCHEDULE),
            .errors = (int)rows_int(t, i, T_ERRORS),
            .views = rows_bool(t, i, T_VIEWS),
            .source_names = arena_strdup(&c->arena, rows_text(t, i, T_NAMES)),
            .lone = rows_bool(t, i, T_LONE),
            .max_fraction = fraction,
        };
        load_watches(&l, &c->tables[i]);
    }
    return l;
}

struct ivm_catalog *load_read_graph(struct job *j, int first)
{
    struct load l = load_begin(j, first);
    load_sort(l.catalog);
    return l.catalog;
}

/* `sure`: what cannot be compiled is suspended in the database too. `*doubtful`: there was such a one. */
static struct ivm_catalog *load_try(struct job *j, int first, bool sure, bool *doubtful)
{
    struct load l = load_begin(j, first);
    struct ivm_catalog *c = l.catalog;
    const char **ddl = ARENA_ARRAY(&j->arena, const char *, c->ntables + 1);
    for (int i = 0; i < c->ntables; i++) {
        ddl[i] = rows_text(&l.r[LOAD_TABLES], i, T_DDL);
    }
    for (int i = 0, n; i < c->ntables; i += n) {
        /* A group ends with the stream table itself. */
        for (n = 1; c->tables[i + n - 1].parent != 0 && i + n < c->ntables; n++) {
        }
        if (c->tables[i].schema == NULL) {
            for (int k = 0; k < n; k++) {
                c->tables[i + k].schema = "pgtrickle_data";
                c->tables[i + k].name = "(dropped)";
            }
        }
        if (c->tables[i].differential && rows_bool(&l.r[LOAD_TABLES], i, T_REPLACED)) {
            load_suspend_all(&l, &c->tables[i], n,
                             "a view that it reads was replaced, so it has to be created again");
        } else {
            load_compile(&l, i, n, ddl + i);
        }
    }
    load_sort(c);
    *doubtful = l.suspended.len > 0;
    if (*doubtful && sure) {
        job_send(
            j, JOB_AS_WEIR,
            sql_text(
                &j->arena,
                "UPDATE pgtrickle_data.stream_tables t SET status = 'suspended', suspended_reason = v.reason "
                "FROM (VALUES {f:rows}) v(id, reason) WHERE t.id = v.id OR t.parent = v.id",
                SQL_TEXT("rows", l.suspended.data)));
    }
    return c;
}

struct ivm_catalog *load_read(struct job *j, int first)
{
    bool doubtful;
    return load_try(j, first, true, &doubtful);
}

/* --- the job ------------------------------------------------------------------------------------ */

struct load_work {
    struct ivm_catalog *catalog;
    int first; /* of the results */
    bool again;
};

static void load_start(struct job *j);

/* Texts of views are as of the moment, what is read beside them is as of the snapshot: a table may have been
 * altered in between, and nothing is suspended for that. */
static void load_done(struct job *j)
{
    struct load_work *w = j->work;
    bool doubtful;
    struct ivm_catalog *c = load_try(j, w->first, w->again, &doubtful);
    job_send(j, JOB_AS_WEIR, "COMMIT");
    if (doubtful && !w->again) {
        ivm_catalog_free(c);
        w->again = true;
        load_start(j);
        return;
    }
    w->catalog = c;
    job_end(j);
}

static void load_start(struct job *j)
{
    struct load_work *w = j->work;
    job_send(j, JOB_AS_WEIR, "SELECT pgtrickle_data.follow_renames()");
    job_send(j, JOB_AS_WEIR, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    /* Texts of views are had by locking what they read. Who drops several of these must not be the one to
     * lose a deadlock: this comes again. */
    job_send(j, JOB_AS_WEIR, "SET LOCAL lock_timeout = '100ms'");
    load_send(j, NULL);
    w->first = j->batch.n - LOAD_RESULTS;
    j->step = load_done;
}

static void load_release(struct job *j)
{
    struct load_work *w = j->work;
    ivm_catalog_free(w->catalog);
}

struct job *job_load_catalog(void)
{
    struct job *j = job_new(sizeof(struct load_work), load_start);
    j->release = load_release;
    return j;
}

struct ivm_catalog *job_catalog_take(struct job *j)
{
    struct load_work *w = j->work;
    struct ivm_catalog *c = w->catalog;
    w->catalog = NULL;
    return c;
}
