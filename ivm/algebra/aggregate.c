/*
 * What lies above an aggregate sees group keys and results only. Here every occurrence of a key or of an
 * aggregate in outs and having is replaced by its number.
 */
#include "algebra/aggregate.h"

#include <string.h>

struct lifting {
    struct arena *arena;
    struct block *block;
};

static enum aggregate_function aggregate_function(const struct expr *e)
{
    static const char *const names[] = {[AGGREGATE_COUNT] = "count",
                                        [AGGREGATE_SUM] = "sum",
                                        [AGGREGATE_AVG] = "avg",
                                        [AGGREGATE_MIN] = "min",
                                        [AGGREGATE_MAX] = "max"};
    int i = AGGREGATE_COUNT;
    bool plain = e->star ? e->nargs == 0 : e->nargs == 1 && e->args[0]->kind != EXPR_VARIADIC;
    while (i < AGGREGATE_OTHER && !(plain && e->norder == 0 && expr_calls(e, names[i]))) {
        i++;
    }
    return i;
}

static struct aggregate aggregate_of(const struct expr *e)
{
    struct aggregate g = {.function = aggregate_function(e), .call = (struct expr *)e};
    if (g.function == AGGREGATE_OTHER) {
        return g;
    }
    g.argument = e->nargs > 0 ? e->args[0] : NULL;
    g.filter = e->filter;
    /* min and max do not care for duplicates. */
    g.distinct = e->distinct && g.function != AGGREGATE_MIN && g.function != AGGREGATE_MAX;
    return g;
}

static bool aggregate_same(const struct aggregate *x, const struct aggregate *y)
{
    if (x->function != y->function || x->distinct != y->distinct) {
        return false;
    }
    return x->function == AGGREGATE_OTHER
               ? expr_same(x->call, y->call)
               : expr_same(x->argument, y->argument) && expr_same(x->filter, y->filter);
}

/* The number of an aggregate; equal ones share it. */
static int aggregate_add(struct arena *a, struct block *b, const struct expr *e)
{
    struct aggregate new = aggregate_of(e);
    for (int i = 0; i < b->naggregates; i++) {
        if (aggregate_same(&b->aggregates[i], &new)) {
            return i;
        }
    }
    if (b->naggregates == b->aggregates_cap) {
        int cap = b->aggregates_cap == 0 ? 4 : b->aggregates_cap * 2;
        struct aggregate *grown = ARENA_ARRAY(a, struct aggregate, cap);
        if (b->naggregates > 0) {
            memcpy(grown, b->aggregates, sizeof *grown * (size_t)b->naggregates);
        }
        b->aggregates = grown;
        b->aggregates_cap = cap;
    }
    b->aggregates[b->naggregates] = new;
    return b->naggregates++;
}

static struct expr *numbered(struct arena *a, enum expr_kind kind, int column)
{
    struct expr *e = expr_new(a, kind, -1);
    e->column = column;
    return e;
}

/*
 * A column that is neither a key nor inside an aggregate depends on the keys: PostgreSQL allows it when the
 * primary key of its table is among them. As one more key it changes no group.
 */
static struct expr *lift(const struct expr *e, void *ctx)
{
    struct lifting *l = ctx;
    for (int i = 0; i < l->block->keys.n; i++) {
        if (expr_same(l->block->keys.items[i], e)) {
            return numbered(l->arena, EXPR_KEY, i);
        }
    }
    if (e->kind == EXPR_AGGREGATE) {
        struct expr *counted = aggregate_as_counts(l->arena, e);
        if (counted != NULL) {
            return expr_rewrite(l->arena, counted, lift, l);
        }
        /* Direct arguments are above the aggregate as well. */
        for (int i = 0; e->within_group && i < e->nargs; i++) {
            expr_rewrite(l->arena, e->args[i], lift, l);
        }
        return numbered(l->arena, EXPR_RESULT, aggregate_add(l->arena, l->block, e));
    }
    if (e->kind == EXPR_REF) {
        expr_list_add(l->arena, &l->block->keys, expr_ref(l->arena, e->input, e->column));
        return numbered(l->arena, EXPR_KEY, l->block->keys.n - 1);
    }
    return NULL;
}

void block_lift_aggregates(struct arena *a, struct block *b)
{
    struct lifting l = {.arena = a, .block = b};
    for (int i = 0; i < b->nouts; i++) {
        b->outs[i].expr = expr_rewrite(a, b->outs[i].expr, lift, &l);
    }
    for (int i = 0; i < b->having.n; i++) {
        b->having.items[i] = expr_rewrite(a, b->having.items[i], lift, &l);
    }
}

static bool find_subquery(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_SUBQUERY;
    return !*(bool *)found;
}

/* Keys and results of the inner block as columns of item 0, subqueries as items of their own. */
static struct expr *split(const struct expr *e, void *ctx)
{
    struct lifting *l = ctx;
    const struct block *inner = l->block->items[0].block;
    switch (e->kind) {
    case EXPR_KEY:
        return expr_ref(l->arena, 0, e->column);
    case EXPR_RESULT:
        return expr_ref(l->arena, 0, inner->keys.n + e->column);
    case EXPR_SUBQUERY:
        return expr_ref(l->arena, block_add_item(l->arena, l->block, NULL, e->block), 0);
    default:
        return NULL;
    }
}

struct block *block_split_subqueries(struct arena *a, struct block *b)
{
    bool found = false;
    for (int i = 0; i < b->nouts; i++) {
        expr_visit(b->outs[i].expr, find_subquery, &found);
    }
    for (int i = 0; i < b->having.n; i++) {
        expr_visit(b->having.items[i], find_subquery, &found);
    }
    if (!found) {
        return b;
    }
    struct block *inner = ARENA_NEW(a, struct block);
    *inner = *b;
    inner->having = (struct expr_list){0};
    inner->nouts = b->keys.n + b->naggregates;
    inner->outs = ARENA_ARRAY(a, struct out, inner->nouts + 1);
    for (int i = 0; i < inner->nouts; i++) {
        bool key = i < b->keys.n;
        inner->outs[i].expr = numbered(a, key ? EXPR_KEY : EXPR_RESULT, key ? i : i - b->keys.n);
        inner->outs[i].name = arena_printf(a, "c%d", i + 1);
    }
    struct block *outer = ARENA_NEW(a, struct block);
    block_add_item(a, outer, NULL, inner);
    struct lifting l = {.arena = a, .block = outer};
    outer->nouts = b->nouts;
    outer->outs = ARENA_ARRAY(a, struct out, b->nouts + 1);
    for (int i = 0; i < b->nouts; i++) {
        outer->outs[i].name = b->outs[i].name;
        outer->outs[i].expr = expr_rewrite(a, b->outs[i].expr, split, &l);
    }
    for (int i = 0; i < b->having.n; i++) {
        expr_list_add(a, &outer->conditions, expr_rewrite(a, b->having.items[i], split, &l));
    }
    return outer;
}

bool block_is_one_row(const struct block *b)
{
    if (b->slice != NULL || b->narms > 0 || b->repeats.n > 0) {
        return false; /* nothing is known of a query kept as it is written */
    }
    if (b->aggregated) {
        return b->keys.n == 0 && b->having.n == 0;
    }
    for (int i = 0; i < b->nitems; i++) {
        if (b->items[i].block == NULL || !block_is_one_row(b->items[i].block)) {
            return false;
        }
    }
    return b->conditions.n == 0;
}

bool block_is_at_most_one_row(const struct block *b)
{
    bool aggregate = b->slice == NULL && b->narms == 0 && b->aggregated;
    return block_is_one_row(b) || (aggregate && b->keys.n == 0);
}
