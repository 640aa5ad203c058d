/*
 * GROUPING SETS, ROLLUP and CUBE:
 *
 *     GROUP BY G1, .., Gn              =  GROUP BY GROUPING SETS (all unions of one set of each Gi)
 *     aggregate by sets S1 .. Sm (R)   =  aggregate by S1 (R)  u  ..  u  aggregate by Sm (R)
 *
 * In arm i a key that is not in Si is NULL, of its type, wherever it stands above the aggregate, and
 * GROUPING() is a number. The arm of the empty set has one row over no rows. A set that is given twice is one
 * arm read twice. Source: Gray et al., 1997 (data cube).
 */
#include "algebra/block.h"

#include "emit/emit.h"

#include <string.h>

/* PostgreSQL allows 4096; each is a storage. */
#define GROUPING_MAX_SETS 60

struct sets {
    struct expr_list *items;
    int n, cap;
};

struct grouping {
    struct arena *arena;
    const struct block *block;
    struct expr_list all; /* keys of any set */
    bool overflow;
    /* of the arm at hand */
    struct block *arm;
    const struct expr_list *set;
};

static struct expr_list *grouping_add(struct grouping *g, struct sets *s)
{
    g->overflow = g->overflow || s->n >= GROUPING_MAX_SETS;
    if (s->n == s->cap) {
        int cap = s->cap == 0 ? 4 : s->cap * 2;
        struct expr_list *items = ARENA_ARRAY(g->arena, struct expr_list, cap);
        if (s->n > 0) {
            memcpy(items, s->items, sizeof *items * (size_t)s->n);
        }
        s->items = items;
        s->cap = cap;
    }
    struct expr_list *set = &s->items[s->n++];
    *set = (struct expr_list){0};
    return set;
}

static bool grouping_holds(const struct expr_list *l, const struct expr *e)
{
    for (int i = 0; i < l->n; i++) {
        if (expr_same(l->items[i], e)) {
            return true;
        }
    }
    return false;
}

/* Adds a key, or the keys of a list in parentheses. */
static void grouping_keys(struct grouping *g, struct expr_list *set, struct expr *e)
{
    if (e->kind == EXPR_GROUPING_SET) {
        for (int i = 0; i < e->nargs; i++) {
            grouping_keys(g, set, e->args[i]);
        }
    } else if (!grouping_holds(set, e)) {
        expr_list_add(g->arena, set, e);
    }
}

/* The sets of one item of GROUP BY. */
static void grouping_item(struct grouping *g, struct sets *out, struct expr *e)
{
    const char *word = e->kind == EXPR_GROUPING_SET ? e->text : "";
    if (strcmp(word, "GROUPING SETS") == 0) {
        for (int i = 0; i < e->nargs && !g->overflow; i++) {
            grouping_item(g, out, e->args[i]);
        }
    } else if (strcmp(word, "ROLLUP") == 0) {
        for (int n = e->nargs; n >= 0 && !g->overflow; n--) {
            struct expr_list *set = grouping_add(g, out);
            for (int i = 0; i < n; i++) {
                grouping_keys(g, set, e->args[i]);
            }
        }
    } else if (strcmp(word, "CUBE") == 0) {
        g->overflow = g->overflow || e->nargs > 12;
        for (int mask = (1 << (g->overflow ? 0 : e->nargs)) - 1; mask >= 0 && !g->overflow; mask--) {
            struct expr_list *set = grouping_add(g, out);
            for (int i = 0; i < e->nargs; i++) {
                if ((mask >> (e->nargs - 1 - i) & 1) != 0) {
                    grouping_keys(g, set, e->args[i]);
                }
            }
        }
    } else {
        grouping_keys(g, grouping_add(g, out), e);
    }
}

/* Every set of `x` with every set of item `e`. */
static struct sets grouping_cross(struct grouping *g, const struct sets *x, struct expr *e)
{
    struct sets out = {0}, item = {0};
    grouping_item(g, &item, e);
    for (int i = 0; i < x->n && !g->overflow; i++) {
        for (int k = 0; k < item.n && !g->overflow; k++) {
            struct expr_list *set = grouping_add(g, &out);
            for (int n = 0; n < x->items[i].n; n++) {
                grouping_keys(g, set, x->items[i].items[n]);
            }
            for (int n = 0; n < item.items[k].n; n++) {
                grouping_keys(g, set, item.items[k].items[n]);
            }
        }
    }
    return out;
}

/* Until its type is known, a question for it. */
static struct expr *grouping_null(struct grouping *g, struct expr *of)
{
    struct block *b = g->arm;
    for (int i = 0; i < b->nnulls; i++) {
        if (expr_same(b->nulls[i].of, of)) {
            return b->nulls[i].constant;
        }
    }
    struct str s;
    str_init(&s, g->arena);
    str_add(&s, "(SELECT ");
    emit_block_expr(&s, g->block, of);
    str_addf(&s, "%s LIMIT 0)", emit_block_from(g->arena, g->block));
    struct expr *constant = expr_const(g->arena, s.data);
    b->nulls[b->nnulls++] = (struct typed_null){.constant = constant, .of = of};
    return constant;
}

/* GROUPING(args): a bit per argument, the last one the least, 1 when it is not in the set. */
static struct expr *grouping_number(const struct grouping *g, const struct expr *e)
{
    unsigned long bits = 0;
    for (int i = 0; i < e->nargs; i++) {
        bits = bits << 1 | !grouping_holds(g->set, e->args[i]);
    }
    return expr_const(g->arena, arena_printf(g->arena, "%lu", bits));
}

static struct expr *grouping_above(const struct expr *e, void *ctx)
{
    struct grouping *g = ctx;
    if (e->kind == EXPR_GROUPING) {
        return grouping_number(g, e);
    }
    if (grouping_holds(g->set, e)) {
        return (struct expr *)e;
    }
    if (grouping_holds(&g->all, e)) {
        return grouping_null(g, (struct expr *)e);
    }
    /* What an aggregate reads lies below it, but for direct arguments. */
    if (e->kind != EXPR_AGGREGATE || !e->within_group) {
        return e->kind == EXPR_AGGREGATE ? (struct expr *)e : NULL;
    }
    struct expr *call = expr_copy(g->arena, e);
    for (int i = 0; i < call->nargs; i++) {
        call->args[i] = expr_rewrite(g->arena, call->args[i], grouping_above, g);
    }
    return call;
}

static struct block *grouping_arm(struct grouping *g, const struct expr_list *set)
{
    struct block *arm = ARENA_NEW(g->arena, struct block);
    *arm = *g->block;
    arm->keys = *set;
    arm->having = (struct expr_list){0};
    arm->nulls = ARENA_ARRAY(g->arena, struct typed_null, g->all.n + 1);
    arm->outs = ARENA_ARRAY(g->arena, struct out, arm->nouts + 1);
    g->arm = arm;
    g->set = set;
    for (int i = 0; i < arm->nouts; i++) {
        arm->outs[i] = g->block->outs[i];
        arm->outs[i].expr = expr_rewrite(g->arena, arm->outs[i].expr, grouping_above, g);
    }
    for (int i = 0; i < g->block->having.n; i++) {
        expr_list_add(g->arena, &arm->having,
                      expr_rewrite(g->arena, g->block->having.items[i], grouping_above, g));
    }
    block_lift_aggregates(g->arena, arm);
    return block_split_subqueries(g->arena, arm);
}

static bool grouping_same(const struct expr_list *x, const struct expr_list *y)
{
    bool same = x->n == y->n;
    for (int i = 0; same && i < x->n; i++) {
        same = grouping_holds(y, x->items[i]);
    }
    return same;
}

struct block *block_grouping_sets(struct arena *a, struct block *b, bool distinct)
{
    struct grouping g = {.arena = a, .block = b};
    struct sets sets = {0};
    grouping_add(&g, &sets);
    for (int i = 0; i < b->keys.n; i++) {
        sets = grouping_cross(&g, &sets, b->keys.items[i]);
    }
    if (g.overflow) {
        return NULL;
    }
    for (int i = 0; i < sets.n; i++) {
        for (int k = 0; k < sets.items[i].n; k++) {
            grouping_keys(&g, &g.all, sets.items[i].items[k]);
        }
    }
    struct block **arms = ARENA_ARRAY(a, struct block *, sets.n),
                 **of = ARENA_ARRAY(a, struct block *, sets.n);
    int n = 0;
    for (int i = 0; i < sets.n; i++) {
        for (int k = 0; k < i && of[i] == NULL; k++) {
            of[i] = grouping_same(&sets.items[i], &sets.items[k]) ? of[k] : NULL;
        }
        if (of[i] == NULL || !distinct) {
            of[i] = of[i] != NULL ? of[i] : grouping_arm(&g, &sets.items[i]);
            arms[n++] = of[i];
        }
    }
    return n == 1 ? arms[0] : block_set_operation(a, SET_UNION_ALL, arms, n);
}
