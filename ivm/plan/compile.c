/*
 * From the text of a query to its plans:
 *
 *     ivm_compile
 *       parse_select      libpg_query's tree to ours
 *       block_build       names resolved, joins and subqueries in blocks
 *       types_probe       types that only PostgreSQL knows
 *       normal_plans      normal form, keys, storage columns
 *
 * Whatever stops on the way is the reason why the query is maintained by computing it anew.
 */
#include "algebra/normal.h"

#include <string.h>

static const struct ivm_column *copy_columns(struct arena *a, const struct ivm_column *columns, int n)
{
    struct ivm_column *copy = ARENA_ARRAY(a, struct ivm_column, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = columns[i];
        copy[i].name = arena_strdup(a, columns[i].name);
        copy[i].type = arena_strdup(a, columns[i].type);
    }
    return copy;
}

static const char **copy_texts(struct arena *a, const char **texts, int n)
{
    if (texts == NULL) {
        return NULL;
    }
    const char **copy = ARENA_ARRAY(a, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = arena_strdup(a, texts[i]);
    }
    return copy;
}

/* Plans outlive the call and keep pointing at the relations they read. */
static struct ivm_query *copy_query(struct arena *a, const struct ivm_query *q)
{
    struct ivm_query *copy = ARENA_NEW(a, struct ivm_query);
    struct ivm_relation *relations = ARENA_ARRAY(a, struct ivm_relation, q->nrelations + 1);
    *copy = *q;
    for (int i = 0; i < q->nrelations; i++) {
        const struct ivm_relation *rel = &q->relations[i];
        relations[i] = *rel;
        relations[i].schema = arena_strdup(a, rel->schema);
        relations[i].name = arena_strdup(a, rel->name);
        relations[i].definition = arena_strdup(a, rel->definition);
        relations[i].no_capture = arena_strdup(a, rel->no_capture);
        relations[i].columns = (struct ivm_column *)copy_columns(a, rel->columns, rel->ncolumns);
        relations[i].key = ARENA_ARRAY(a, int, rel->nkey + 1);
        if (rel->nkey > 0) {
            memcpy(relations[i].key, rel->key, sizeof(int) * (size_t)rel->nkey);
        }
    }
    copy->relations = relations;
    copy->columns = copy_texts(a, q->columns, q->ncolumns);
    copy->aggregates = copy_texts(a, q->aggregates, q->naggregates);
    copy->argument_types = copy_texts(a, q->argument_types, q->nargument_types);
    return copy;
}

/* One storage that holds whatever the definition view says. */
static bool compile_full(struct arena *a, const struct ivm_query *q, struct ivm_compiled *out,
                         const char *reason)
{
    struct plan *p = ARENA_NEW(a, struct plan);
    p->arena = a;
    p->kind = PLAN_BAG;
    p->full_only = true;
    p->nouts = q->ncolumns;
    layout_columns(a, p, q->columns);
    *out = (struct ivm_compiled){.plans = ARENA_NEW(a, struct plan *),
                                 .nplans = 1,
                                 .differential = false,
                                 .reason = arena_strdup(a, reason)};
    out->plans[0] = p;
    return true;
}

/*
 * What no rule keeps by its changes, like a recursion: the result is one slice, computed whole whenever a
 * table that it reads has changed. PostgreSQL has said that it depends on nothing else.
 */
static bool compile_whole(struct arena *a, const struct ivm_query *q, struct ivm_compiled *out)
{
    compile_full(a, q, out, NULL);
    struct plan *p = out->plans[0];
    p->sources = ARENA_ARRAY(a, struct source, PLAN_MAX_SOURCES);
    for (int i = 0; i < q->nrelations; i++) {
        const struct ivm_relation *rel = &q->relations[i];
        if (rel->no_capture != NULL || p->nsources == PLAN_MAX_SOURCES) {
            return false;
        }
        if (rel->definition == NULL) {
            p->sources[p->nsources++].relation = rel;
        }
    }
    uses_mark(a, p);
    out->differential = true;
    out->tree = arena_printf(a, "one slice\n  %s", q->canonical);
    return true;
}

/* Neither rule nor slice; `kept`: all of the query is understood, or it is newer than the parser. */
static bool compile_other(struct arena *a, const struct ivm_query *q, struct ivm_compiled *out, bool kept,
                          const char *reason)
{
    return (kept && compile_whole(a, q, out)) || compile_full(a, q, out, reason);
}

static bool compile_names(const struct ivm_query *q, struct err *e)
{
    for (int i = 0; i < q->ncolumns; i++) {
        if (strncmp(q->columns[i], "weir_", 5) == 0) {
            err_set(e, ERR_RESERVED_NAME, "column name %s is reserved", q->columns[i]);
            err_hint(
                e, "Names that begin with weir_ are used for hidden columns. Give the column another name.");
            return false;
        }
    }
    return true;
}

bool ivm_compile(struct arena *a, const struct ivm_query *given, struct ivm_compiled *out, struct err *e)
{
    struct select *select;
    struct err syntax = {0};
    const char *reason = NULL;
    memset(out, 0, sizeof *out);
    if (!compile_names(given, e)) {
        return false;
    }
    const struct ivm_query *q = copy_query(a, given);
    if (q->refused != NULL) {
        return compile_full(a, q, out, q->refused);
    }
    if (!parse_select_knowing(a, q->canonical, q->aggregates, q->naggregates, &select, &reason, &syntax)) {
        return compile_other(a, q, out, strstr(q->canonical, "TABLESAMPLE") == NULL,
                             "syntax that weir does not know");
    }
    if (reason != NULL) {
        return compile_full(a, q, out, reason);
    }
    struct block *b = block_build(a, q, select, &reason);
    if (reason != NULL) {
        return compile_other(a, q, out, true, reason);
    }
    if (b->nouts != q->ncolumns) {
        return err_set(e, ERR_INTERNAL, "the query has %d columns, %d names were given", b->nouts,
                       q->ncolumns);
    }
    if (b->nouts == 0) {
        return compile_full(a, q, out, "SELECT without columns");
    }
    out->tree = block_print(a, b);
    out->differential = true;
    out->probe_sql = types_probe(a, b, q->argument_types, q->nargument_types, &out->domains_sql);
    if (out->probe_sql != NULL && q->argument_types != NULL) {
        return err_set(e, ERR_INTERNAL, "%d types were given for the query: %.400s", q->nargument_types,
                       out->probe_sql);
    }
    if (out->probe_sql != NULL) {
        return true;
    }
    out->tree = block_print(a, b);
    struct plan_list plans = {0};
    reason = normal_plans(a, b, q->columns, &plans);
    if (reason != NULL) {
        return compile_other(a, q, out, true, reason);
    }
    out->plans = plans.items;
    out->nplans = plans.n;
    return true;
}

bool ivm_is_sorted(struct arena *a, const char *canonical)
{
    struct select *s;
    const char *reason = NULL;
    struct err syntax = {0};
    bool known = parse_select(a, canonical, &s, &reason, &syntax) && reason == NULL;
    return known && s->norder > 0 && s->limit == NULL && s->offset == NULL && s->ndistinct_on == 0;
}
