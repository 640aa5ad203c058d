/* Creating a stream table, second part: storages, buffers, catalog. */
#include "jobs/create.h"

#include <string.h>

/* --- what is read, and by which plan ----------------------------------------------------------- */

static int create_source_add(struct job *j, const struct create_source *s)
{
    struct create *c = j->work;
    for (int i = 0; i < c->nsources; i++) {
        if (s->relid != 0 ? c->sources[i].relid == s->relid
                          : c->sources[i].relid == 0 && c->sources[i].part == s->part) {
            return i;
        }
    }
    c->sources[c->nsources] = *s;
    return c->nsources++;
}

static void create_source_capture(struct job *j, struct create_source *s, const int *attnums, int n)
{
    int *all = ARENA_ARRAY(&j->arena, int, s->nattnums + n + 1);
    if (s->nattnums > 0) {
        memcpy(all, s->attnums, sizeof *all * (size_t)s->nattnums);
    }
    if (n > 0) {
        memcpy(all + s->nattnums, attnums, sizeof *all * (size_t)n);
    }
    s->attnums = all;
    s->nattnums += n; /* widen_capture takes them as a set */
}

static bool create_read_by_plan(struct job *j, struct create_plan *cp, const struct plan *p)
{
    struct create *c = j->work;
    int n = plan_nsources(p);
    cp->nsources = n;
    cp->sources = ARENA_ARRAY(&j->arena, int, n + 1);
    cp->attnums = ARENA_ARRAY(&j->arena, const int *, n + 1);
    cp->nattnums = ARENA_ARRAY(&j->arena, int, n + 1);
    for (int i = 0; i < n; i++) {
        const struct plan_source *ps = plan_source(p, i);
        struct create_source s = {.relid = ps->relid, .part = ps->part};
        if (ps->relid != 0) {
            const struct ivm_relation *r = describe_find(&c->description, ps->relid);
            if (r == NULL) {
                return err_set(&j->err, ERR_INTERNAL, "a plan reads relation %u, which its query does not",
                               ps->relid);
            }
            s.storage_of = r->storage_of;
        }
        cp->sources[i] = create_source_add(j, &s);
        cp->attnums[i] = ps->attnums;
        cp->nattnums[i] = ps->nattnums;
        create_source_capture(j, &c->sources[cp->sources[i]], ps->attnums, ps->nattnums);
    }
    return true;
}

/* A FULL-only stream table watches the tables below it, through whatever views there are. */
static void create_watch(struct job *j, struct create_plan *cp)
{
    struct create *c = j->work;
    const struct job_rows *b = c->base;
    c->opaque = c->description.restless;
    cp->sources = ARENA_ARRAY(&j->arena, int, b->nrows + 1);
    cp->attnums = ARENA_ARRAY(&j->arena, const int *, b->nrows + 1);
    cp->nattnums = ARENA_ARRAY(&j->arena, int, b->nrows + 1);
    for (int i = 0; i < b->nrows; i++) {
        if (!rows_bool(b, i, 3) || rows_text(b, i, 4) == NULL) {
            c->opaque = true;
            continue;
        }
        struct create_source s = {
            .relid = (uint32_t)rows_int(b, i, 0),
            .storage_of = rows_int(b, i, 2),
        };
        const char *text = rows_text(b, i, 4);
        int *attnums = ARENA_ARRAY(&j->arena, int, strlen(text) + 1);
        int n = 0;
        for (const char *p = text; p != NULL; p = strchr(p, ' '), p = p != NULL ? p + 1 : NULL) {
            int attnum = 0;
            for (const char *q = p; *q >= '0' && *q <= '9'; q++) {
                attnum = attnum * 10 + (*q - '0');
            }
            attnums[n++] = attnum;
        }
        int at = cp->nsources++;
        cp->sources[at] = create_source_add(j, &s);
        cp->attnums[at] = attnums;
        cp->nattnums[at] = n;
        create_source_capture(j, &c->sources[cp->sources[at]], attnums, n);
    }
}

static void create_name_sources(struct job *j);

void create_find_sources(struct job *j)
{
    struct create *c = j->work;
    int n = c->compiled.nplans;
    int room = c->base->nrows;
    c->plans = ARENA_ARRAY(&j->arena, struct create_plan, n);
    for (int i = 0; i < n; i++) {
        room += plan_nsources(c->compiled.plans[i]);
    }
    c->sources = ARENA_ARRAY(&j->arena, struct create_source, room + 1);
    for (int i = 0; i < n; i++) {
        if (c->compiled.differential) {
            if (!create_read_by_plan(j, &c->plans[i], c->compiled.plans[i])) {
                job_fail(j);
                return;
            }
        } else {
            create_watch(j, &c->plans[i]);
        }
    }
    create_find_meeting(c);
    if (c->meets && c->place.in_block) {
        create_meet_in_block(j);
    } else {
        create_reserve(j);
    }
}

void create_reserve(struct job *j)
{
    const struct create *c = j->work;
    job_ask(j, sql_text(&j->arena, "SELECT r FROM pgtrickle_data.reserve({n:parts}) r ORDER BY r",
                        SQL_INT("parts", c->compiled.nplans - 1)));
    job_ask(j, sql_text(&j->arena, "SELECT pgtrickle_data.executor_ddl(1, {n:owner})",
                        SQL_INT("owner", c->description.owner)));
    j->step = create_name_sources;
}

/* --- storages ---------------------------------------------------------------------------------- */

static void create_storages(struct job *j);

static void create_name_sources(struct job *j)
{
    struct create *c = j->work;
    int n = c->compiled.nplans;
    c->ids = ARENA_ARRAY(&j->arena, int64_t, n);
    for (int i = 0; i < n; i++) {
        c->ids[i] = i < n - 1 ? rows_int(&j->results[0], i, 0) : c->id;
        c->plans[i].id = c->ids[i];
    }
    for (int i = 0; i < c->nsources; i++) {
        const struct create_source *s = &c->sources[i];
        int64_t storage = s->relid == 0 ? c->ids[s->part] : s->storage_of;
        job_ask(
            j,
            sql_text(&j->arena, "SELECT pgtrickle_data.source_for({f:relid}, {f:storage})",
                     SQL_TEXT("relid", s->relid == 0 ? "NULL" : arena_printf(&j->arena, "%u", s->relid)),
                     SQL_TEXT("storage",
                              storage == 0 ? "NULL" : arena_printf(&j->arena, "%lld", (long long)storage))));
    }
    j->step = create_storages;
}

void create_pinned(struct job *j, const char *sql)
{
    job_send(j, JOB_AS_SELF,
             sql_text(&j->arena, "SELECT pgtrickle.weir_pinned({l:sql})", SQL_TEXT("sql", sql)));
}

bool create_is_weir(const struct create *c)
{
    return strcmp(c->role, c->weir) == 0;
}

/* The text of exec_<id>, made by pgtrickle_data.executor_ddl. */
static void create_executor(struct job *j, const struct create_plan *cp)
{
    const struct create *c = j->work;
    struct arena *a = &j->arena;
    job_send(
        j, JOB_AS_SELF,
        sql_text(a,
                 "DO $weir_do$ BEGIN EXECUTE pgtrickle_data.executor_ddl({n:id}, {n:owner}); END $weir_do$",
                 SQL_INT("id", cp->id), SQL_INT("owner", c->description.owner)));
    job_send(j, JOB_AS_SELF,
             sql_text(a, "REVOKE ALL ON FUNCTION pgtrickle_data.exec_{n:id}(pg_catalog.text) FROM PUBLIC",
                      SQL_INT("id", cp->id)));
    if (!create_is_weir(c)) {
        job_send(j, JOB_AS_SELF,
                 sql_text(a,
                          "GRANT EXECUTE ON FUNCTION pgtrickle_data.exec_{n:id}(pg_catalog.text) TO {i:weir}",
                          SQL_INT("id", cp->id), SQL_TEXT("weir", c->weir)));
    }
}

static void create_catalog(struct job *j);

static void create_storages(struct job *j)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    for (int i = 0; i < c->nsources; i++) {
        c->sources[i].source_id = rows_int(&j->results[i], 0, 0);
    }
    for (int i = 0; i < c->compiled.nplans; i++) {
        struct create_plan *cp = &c->plans[i];
        const struct plan *p = c->compiled.plans[i];
        int n = plan_nsources(p);
        int64_t *source_ids = ARENA_ARRAY(a, int64_t, n + 1);
        for (int k = 0; k < n && c->compiled.differential; k++) {
            source_ids[k] = c->sources[cp->sources[k]].source_id;
        }
        cp->names = (struct plan_names){.ids = c->ids, .self = i, .source_ids = source_ids};
        cp->ddl = plan_storage_ddl(a, p, &cp->names);
        create_pinned(j, sql_text(a, "CREATE VIEW pgtrickle_data.state_{n:id} AS {f:sql}",
                                  SQL_INT("id", cp->id), SQL_TEXT("sql", plan_state_sql(a, p, &cp->names))));
        job_send(j, JOB_AS_WEIR, cp->ddl);
        if (!create_is_weir(c)) {
            job_send(
                j, JOB_AS_SELF,
                sql_text(
                    a, "GRANT SELECT ON pgtrickle_data.state_{n:id}, pgtrickle_data.def_{n:self} TO {i:weir}",
                    SQL_INT("id", cp->id), SQL_INT("self", c->id), SQL_TEXT("weir", c->weir)));
            job_send(j, JOB_AS_WEIR,
                     sql_text(a, "GRANT SELECT ON pgtrickle_data.st_{n:id} TO {i:role}",
                              SQL_INT("id", cp->id), SQL_TEXT("role", c->role)));
        }
        job_send(j, JOB_AS_WEIR,
                 sql_text(a,
                          "UPDATE pgtrickle_data.sources SET relid = 'pgtrickle_data.st_{n:id}'::regclass "
                          "WHERE storage_of = {n:id}",
                          SQL_INT("id", cp->id)));
        if (c->description.executor) {
            create_executor(j, cp);
        }
    }
    for (int i = 0; i < c->compiled.nplans; i++) {
        job_send(
            j, JOB_AS_SELF,
            sql_text(a,
                     "SELECT q.* FROM "
                     "pgtrickle_data.describe_columns('pgtrickle_data.st_{n:id}'::pg_catalog.regclass) q",
                     SQL_INT("id", c->ids[i])));
    }
    j->step = create_catalog;
}

/* --- catalog and capture ------------------------------------------------------------------------ */

static const char *create_types_literal(struct arena *a, const struct create *c)
{
    struct str s;
    str_init(&s, a);
    if (c->argument_types == NULL) {
        return "NULL";
    }
    for (int i = 0; i < c->nargument_types; i++) {
        str_sep(&s, ", ");
        str_add(&s, sql_literal(a, c->argument_types[i]));
    }
    return arena_printf(a, "ARRAY[%s]::text[]", s.data);
}

/* A delta statement to show in explain_st: all sources changed, by a few rows. */
static const char *create_sample_delta(struct arena *a, const struct create *c, int i)
{
    const struct plan *p = c->compiled.plans[i];
    int n = plan_nsources(p);
    if (!c->compiled.differential || n == 0) {
        return NULL;
    }
    int64_t *limit = ARENA_ARRAY(a, int64_t, n);
    for (int k = 0; k < n; k++) {
        limit[k] = 1024;
    }
    struct plan_change change = {.changed = n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1,
                                 .limit = limit,
                                 .executor = c->description.executor};
    return plan_delta_sql(a, p, &c->plans[i].names, &change);
}

const char *create_bool(bool b)
{
    return b ? "true" : "false";
}

static void create_catalog_row(struct job *j, int i)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    const struct create_plan *cp = &c->plans[i];
    bool part = i < c->compiled.nplans - 1;
    job_send(
        j, JOB_AS_WEIR,
        sql_text(
            a,
            "INSERT INTO pgtrickle_data.stream_tables (id, parent, part, owner, definition, storage, query, "
            "canonical, "
            "refresh_mode, schedule, schedule_ms, differential, reason, executor, opaque_sources, views, "
            "views_mark, plan_kind, "
            "argument_types, storage_ddl, delta_sql, tree, status, diamond_consistency, "
            "diamond_schedule_policy, "
            "cdc_mode, append_only, max_delta_fraction, creator_pid, creator_start) "
            "SELECT {n:id}, {f:parent}, {n:part}, {n:owner}, 'pgtrickle_data.def_{n:self}'::regclass, "
            "'pgtrickle_data.st_{n:id}'::regclass, {l:query}, {l:canonical}, {l:mode}, {l:schedule}, "
            "{n:schedule_ms}, "
            "{f:differential}, {l:reason}, {f:executor}, {f:opaque}, w.views, "
            "pgtrickle_data.views_mark(w.views), {n:kind}, {f:types}, {l:ddl}, "
            "{l:delta}, {l:tree}, "
            "'creating', {l:consistency}, {l:policy}, {l:cdc}, {f:append_only}, {l:fraction}::float8, "
            "pg_backend_pid(), (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()) "
            "FROM pgtrickle_data.views_below('pgtrickle_data.def_{n:self}'::regclass) w(views)",
            SQL_INT("id", cp->id),
            SQL_TEXT("parent", part ? arena_printf(a, "%lld", (long long)c->id) : "NULL"), SQL_INT("part", i),
            SQL_INT("owner", c->description.owner), SQL_INT("self", c->id), SQL_TEXT("query", c->query),
            SQL_TEXT("canonical", c->description.query.canonical), SQL_TEXT("mode", c->mode),
            SQL_TEXT("schedule", c->schedule), SQL_INT("schedule_ms", c->schedule_ms),
            SQL_TEXT("differential", create_bool(c->compiled.differential)),
            SQL_TEXT("reason", c->compiled.reason),
            SQL_TEXT("executor", create_bool(c->description.executor)),
            SQL_TEXT("opaque", create_bool(c->opaque)), SQL_INT("kind", plan_kind(c->compiled.plans[i])),
            SQL_TEXT("types", create_types_literal(a, c)), SQL_TEXT("ddl", cp->ddl),
            SQL_TEXT("delta", create_sample_delta(a, c, i)), SQL_TEXT("tree", c->compiled.tree),
            SQL_TEXT("consistency", c->consistency), SQL_TEXT("policy", c->policy), SQL_TEXT("cdc", c->cdc),
            SQL_TEXT("append_only", create_bool(c->append_only)), SQL_TEXT("fraction", c->fraction)));
    job_send(j, JOB_AS_WEIR,
             sql_text(a, "INSERT INTO pgtrickle_data.state (id) VALUES ({n:id})", SQL_INT("id", cp->id)));
}

/* What refreshes look rows up by, so that an index that is missing can be named. */
static void create_lookups(struct job *j, int i)
{
    struct create *c = j->work;
    const struct plan_lookup *lookups;
    int n = plan_lookups(&j->arena, c->compiled.plans[i], &lookups);
    for (int k = 0; k < n; k++) {
        job_send(j, JOB_AS_WEIR,
                 sql_text(&j->arena,
                          "INSERT INTO pgtrickle_data.lookups (id, relid, attnums) "
                          "VALUES ({n:id}, {n:relid}, {f:attnums})",
                          SQL_INT("id", c->ids[i]), SQL_INT("relid", lookups[k].relid),
                          SQL_TEXT("attnums", attnums_literal(&j->arena, lookups[k].attnums, lookups[k].n))));
    }
}

/* Dependency rows, pending views, and the rights to read what belongs to weir. */
static void create_dependencies(struct job *j, const struct create_plan *cp)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    for (int k = 0; k < cp->nsources; k++) {
        const struct create_source *s = &c->sources[cp->sources[k]];
        int64_t upstream = s->relid == 0 ? c->ids[s->part] : s->storage_of;
        const char *attnums = attnums_literal(a, cp->attnums[k], cp->nattnums[k]);
        job_send(j, JOB_AS_WEIR,
                 sql_text(a,
                          "INSERT INTO pgtrickle_data.dependencies (id, ordinal, source_id, upstream, "
                          "attnums, key) "
                          "SELECT {n:id}, {n:ordinal}, s.source_id, {f:upstream}, "
                          "{f:attnums}, pgtrickle_data.key_of(s.relid) FROM pgtrickle_data.sources s WHERE "
                          "s.source_id = {n:source}",
                          SQL_INT("id", cp->id), SQL_INT("ordinal", k), SQL_INT("source", s->source_id),
                          SQL_TEXT("upstream",
                                   upstream == 0 ? "NULL" : arena_printf(a, "%lld", (long long)upstream)),
                          SQL_TEXT("attnums", attnums)));
        job_send(j, JOB_AS_WEIR,
                 sql_text(a,
                          "SELECT pgtrickle_data.create_pending({n:id}, s.source_id, s.relid, {f:attnums}) "
                          "FROM pgtrickle_data.sources s WHERE s.source_id = {n:source}",
                          SQL_INT("id", cp->id), SQL_INT("source", s->source_id),
                          SQL_TEXT("attnums", attnums)));
        /* A full refresh reads no changes: they may be of a table that its owner reads through a view only.
         */
        if (c->description.executor && c->compiled.differential && !create_is_weir(c)) {
            job_send(j, JOB_AS_WEIR,
                     sql_text(a, "GRANT SELECT ON pgtrickle_data.pending_{n:id}_{n:source} TO {i:role}",
                              SQL_INT("id", cp->id), SQL_INT("source", s->source_id),
                              SQL_TEXT("role", c->role)));
        }
        const struct ivm_relation *r = s->storage_of != 0 ? describe_find(&c->description, s->relid) : NULL;
        if (r == NULL || create_is_weir(c) || !c->compiled.differential) {
            continue;
        }
        /* Another's storage, which a plan reads in place of the facade: only the columns that the plan reads,
         * which are behind those of the facade. */
        struct str columns;
        str_init(&columns, a);
        for (int x = 0; x < cp->nattnums[k]; x++) {
            const struct ivm_column *column = relation_column(r, cp->attnums[k][x]);
            str_sep(&columns, ", ");
            str_add(&columns, column != NULL ? sql_ident(a, column->name) : "");
        }
        if (columns.len > 0) {
            job_send(j, JOB_AS_WEIR,
                     sql_text(a, "GRANT SELECT ({f:columns}) ON pgtrickle_data.{i:name} TO {i:role}",
                              SQL_TEXT("columns", columns.data), SQL_TEXT("name", r->name),
                              SQL_TEXT("role", c->role)));
        }
    }
}

/* Of a part, its reader sees every column: only now it is known which there are. */
static void create_part_columns(struct job *j, int part, const struct ivm_column *columns, int n)
{
    struct create *c = j->work;
    int *attnums = ARENA_ARRAY(&j->arena, int, n + 1);
    for (int i = 0; i < n; i++) {
        attnums[i] = columns[i].attnum;
    }
    for (int i = 0; i < c->compiled.nplans; i++) {
        struct create_plan *cp = &c->plans[i];
        for (int k = 0; k < cp->nsources; k++) {
            struct create_source *s = &c->sources[cp->sources[k]];
            if (s->relid == 0 && s->part == part) {
                cp->attnums[k] = s->attnums = attnums;
                cp->nattnums[k] = s->nattnums = n;
            }
        }
    }
}

static void create_catalog(struct job *j)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    int n = c->compiled.nplans;
    for (int i = 0; i < n; i++) {
        const struct job_rows *r = &j->results[j->nresults - n + i];
        struct ivm_column *columns = describe_columns(a, r, 0, r->nrows, 0);
        plan_set_columns(c->compiled.plans[i], columns, r->nrows);
        create_part_columns(j, i, columns, r->nrows);
    }
    for (int i = 0; i < c->nsources; i++) {
        const struct create_source *s = &c->sources[i];
        job_ask(j, sql_text(a, "SELECT pgtrickle_data.widen_capture({n:source}, {f:attnums})",
                            SQL_INT("source", s->source_id),
                            SQL_TEXT("attnums", attnums_literal(a, s->attnums, s->nattnums))));
        job_ask(
            j, sql_text(a, "SELECT t.ddl, t.as_weir FROM pgtrickle_data.capture_ddl({n:source}, {n:owner}) t",
                        SQL_INT("source", s->source_id), SQL_INT("owner", c->description.owner)));
    }
    /* The stream table itself before its parts, which refer to it. */
    for (int i = n - 1; i >= 0; i--) {
        create_catalog_row(j, i);
        create_lookups(j, i);
    }
    for (int i = 0; i < n; i++) {
        create_dependencies(j, &c->plans[i]);
    }
    j->step = create_begin_capture;
}
