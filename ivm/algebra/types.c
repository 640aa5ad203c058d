/*
 * Types that only PostgreSQL knows: of the arguments of sum and avg (which sums can be undone?), and of the
 * columns of a UNION ALL whose arms differ (`int UNION ALL numeric` is numeric, and x / 2 must know it).
 * Plain columns are known from the catalog; for the rest there is one query whose columns' types are asked.
 *
 * PostgreSQL describes a column of a domain as one of the type below it, with that type's typmod. For sum and
 * avg this is what counts; what is shown is of the domain, which pg_typeof tells, without the typmod.
 */
#include "algebra/normal.h"

#include "algebra/slice.h"
#include "base/sql.h"
#include "base/str.h"
#include "emit/emit.h"

#include <string.h>

static const char *types_by_reference(const struct slice *s, const struct expr *e);

const char *types_of_out(const struct block *b, int column)
{
    if (b->narms > 0) {
        return b->types[column];
    }
    if (b->slice == NULL) {
        return types_of(b, b->outs[column].expr);
    }
    const struct level *top = b->slice->top;
    return top->outs != NULL ? types_by_reference(b->slice, top->outs[column]) : NULL;
}

/* Of a column of a query kept in slices. */
static const char *types_by_reference(const struct slice *s, const struct expr *e)
{
    const struct ivm_column *known = slice_column(s, e);
    const struct leaf *leaf = e->kind == EXPR_REF ? s->leaves[e->input] : NULL;
    return known != NULL         ? known->type
           : leaf == NULL        ? NULL
           : leaf->block != NULL ? types_of_out(leaf->block, e->column)
           : leaf->inner != NULL && leaf->inner->outs != NULL
               ? types_by_reference(s, leaf->inner->outs[e->column])
               : NULL;
}

const char *types_of(const struct block *b, const struct expr *e)
{
    if (e->kind == EXPR_KEY) {
        return types_of(b, b->keys.items[e->column]);
    }
    for (int i = 0; i < b->nnulls; i++) {
        if (b->nulls[i].constant == e) {
            return b->nulls[i].type;
        }
    }
    if (e->kind == EXPR_CONST && (strcmp(e->text, "true") == 0 || strcmp(e->text, "false") == 0)) {
        return "boolean";
    }
    if (e->kind != EXPR_REF) {
        return NULL;
    }
    const struct item *item = &b->items[e->input];
    return item->relation != NULL ? item->relation->columns[e->column].type
                                  : types_of_out(item->block, e->column);
}

/* The common type of a union's column when every arm plainly has it. */
static const char *types_of_union(const struct block *b, int column)
{
    const char *common = NULL;
    for (int i = 0; i < b->narms; i++) {
        const struct block *arm = b->arms[i];
        const char *type = arm->narms > 0 ? types_of_union(arm, column) : types_of_out(arm, column);
        if (type == NULL || (common != NULL && strcmp(type, common) != 0)) {
            return NULL;
        }
        common = type;
    }
    return common;
}

/* The types asked for, in order. Nothing depends on an answer before all are in: asking twice asks the same.
 */
struct probe {
    struct arena *arena;
    struct str columns, from;
    struct str domains; /* of each of them */
    const char ***asked;
    int n, cap;
};

static int types_ask(struct probe *p, const char **slot, bool shown)
{
    if (p->n == p->cap) {
        int cap = p->cap == 0 ? 8 : p->cap * 2;
        const char ***asked = ARENA_ARRAY(p->arena, const char **, cap);
        if (p->n > 0) {
            memcpy(asked, p->asked, sizeof *asked * (size_t)p->n);
        }
        p->asked = asked;
        p->cap = cap;
    }
    p->asked[p->n] = slot;
    str_sep(&p->domains, ", ");
    if (shown) {
        str_addf(&p->domains, "pg_catalog.pg_typeof(q.a%d)", p->n + 1);
    } else {
        str_add(&p->domains, "NULL");
    }
    return p->n++;
}

/* The type of an expression below the aggregate of a block; else one more column of the question. `shown`: it
 * becomes the type of an output. */
static void types_ask_below(struct probe *p, struct block *b, const struct expr *e, const char **type,
                            bool shown, struct str *list, int first)
{
    *type = types_of(b, e);
    if (*type == NULL) {
        int number = types_ask(p, type, shown);
        str_sep(list, ", ");
        emit_block_expr(list, b, e);
        str_addf(list, " AS a%d", number + 1);
        str_sep(&p->columns, ", ");
        str_addf(&p->columns, "p%d.a%d", first + 1, number + 1);
    }
}

static void types_ask_arguments(struct probe *p, struct block *b)
{
    struct str list;
    str_init(&list, p->arena);
    int first = p->n;
    for (int i = 0; i < b->nnulls; i++) {
        int before = p->n;
        types_ask_below(p, b, b->nulls[i].of, &b->nulls[i].type, true, &list, first);
        b->nulls[i].asked = p->n > before;
    }
    for (int i = 0; i < b->naggregates; i++) {
        struct aggregate *g = &b->aggregates[i];
        if ((g->function != AGGREGATE_SUM && g->function != AGGREGATE_AVG) || g->distinct) {
            continue;
        }
        types_ask_below(p, b, g->argument, &g->type, false, &list, first);
    }
    if (p->n > first) {
        str_sep(&p->from, ", ");
        str_addf(&p->from, "(SELECT %s%s) AS p%d", list.data, emit_block_from(p->arena, b), first + 1);
    }
}

static void types_ask_union(struct probe *p, struct block *b)
{
    int first = p->n;
    bool asked = false;
    for (int i = 0; i < b->nouts; i++) {
        b->types[i] = types_of_union(b, i);
        if (b->types[i] == NULL) {
            int number = types_ask(p, &b->types[i], true);
            b->casts[i] = true;
            str_sep(&p->columns, ", ");
            str_addf(&p->columns, "p%d.c%d AS a%d", first + 1, i + 1, number + 1);
            asked = true;
        }
    }
    if (asked) {
        str_sep(&p->from, ", ");
        str_addf(&p->from, "(%s) AS p%d(", emit_block(p->arena, b), first + 1);
        for (int i = 0; i < b->nouts; i++) {
            str_addf(&p->from, "%sc%d", i > 0 ? ", " : "", i + 1);
        }
        str_add(&p->from, ")");
    }
}

/* Inner blocks first: the type of an outer argument may be an inner one's. */
static void types_walk(struct probe *p, struct block *b)
{
    for (int i = 0; i < b->narms; i++) {
        types_walk(p, b->arms[i]);
    }
    for (int i = 0; i < b->nitems; i++) {
        if (b->items[i].block != NULL) {
            types_walk(p, b->items[i].block);
        }
    }
    for (int i = 0; b->slice != NULL && i < b->slice->nleaves; i++) {
        if (b->slice->leaves[i]->block != NULL) {
            types_walk(p, b->slice->leaves[i]->block);
        }
    }
    if (b->narms > 0) {
        types_ask_union(p, b);
    } else {
        types_ask_arguments(p, b);
    }
}

/* A NULL is a NULL from now on. As the value of a subquery without rows no domain looks at it, just as none
 * does where PostgreSQL makes it. */
static void types_write_nulls(struct arena *a, struct block *b)
{
    for (int i = 0; i < b->narms; i++) {
        types_write_nulls(a, b->arms[i]);
    }
    for (int i = 0; i < b->nitems; i++) {
        if (b->items[i].block != NULL) {
            types_write_nulls(a, b->items[i].block);
        }
    }
    for (int i = 0; b->slice != NULL && i < b->slice->nleaves; i++) {
        if (b->slice->leaves[i]->block != NULL) {
            types_write_nulls(a, b->slice->leaves[i]->block);
        }
    }
    for (int i = 0; i < b->nnulls; i++) {
        const char *null = arena_printf(a, "CAST(NULL AS %s)", b->nulls[i].type);
        b->nulls[i].constant->text =
            b->nulls[i].asked ? arena_printf(a, "(SELECT %s WHERE false)", null) : null;
    }
}

const char *types_probe(struct arena *a, struct block *b, const char **answers, int nanswers,
                        const char **domains)
{
    struct probe p = {.arena = a};
    str_init(&p.columns, a);
    str_init(&p.from, a);
    str_init(&p.domains, a);
    types_walk(&p, b);
    if (answers != NULL && nanswers == p.n) {
        for (int i = 0; i < p.n; i++) {
            *p.asked[i] = answers[i];
        }
        types_write_nulls(a, b);
        return NULL;
    }
    if (p.n == 0) {
        types_write_nulls(a, b);
        return NULL;
    }
    const char *probe = sql_text(a, "SELECT {f:columns} FROM {f:from}", SQL_TEXT("columns", p.columns.data),
                                 SQL_TEXT("from", p.from.data));
    /* Joined to a row on false, so that it is analysed and nothing of it is run; without OFFSET, PostgreSQL
     * would take the subquery apart and cast a NULL to a domain that has none. */
    *domains =
        sql_text(a,
                 "SELECT CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog.\"char\" "
                 "THEN pgtrickle.weir_type_name(t.oid, -1) END "
                 "FROM (SELECT ARRAY[{f:types}]::pg_catalog.oid[] AS types "
                 "FROM (VALUES (true)) AS one LEFT JOIN ({f:probe} OFFSET 0) AS q ON false) AS described, "
                 "LATERAL pg_catalog.unnest(described.types) WITH ORDINALITY AS u(type, n) "
                 "LEFT JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) u.type ORDER BY u.n",
                 SQL_TEXT("types", p.domains.data), SQL_TEXT("probe", probe));
    return probe;
}
