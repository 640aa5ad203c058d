/*
 * The normal form: joins of unions become unions of joins, linear blocks vanish into their readers,
 * aggregates become parts.
 *
 *     (A u B) x C            =  (A x C) u (B x C)
 *     filter(project(R))     =  project(filter'(R))     filter' = filter with columns replaced by expressions
 *     op(aggregate(R))       =  op(S)                   S the storage of a plan for aggregate(R)
 */
#include "algebra/normal.h"
#include "algebra/slice.h"

#include <string.h>

struct branches {
    struct branch *items;
    int n;
};

struct normal {
    struct arena *arena;
    struct plan_list *plans;
    const char *reason;
};

static struct branches normal_block(struct normal *x, struct plan *reader, struct block *b);
static struct plan *normal_plan_of(struct normal *x, struct block *b);

static void normal_stop(struct normal *x, const char *reason)
{
    if (x->reason == NULL) {
        x->reason = reason;
    }
}

/* The source that reads a table or part; one for all inputs that do. */
static int normal_source(struct normal *x, struct plan *p, const struct ivm_relation *relation,
                         struct plan *part)
{
    for (int i = 0; i < p->nsources; i++) {
        if (p->sources[i].relation == relation && p->sources[i].part == part) {
            return i;
        }
    }
    if (p->nsources == PLAN_MAX_SOURCES) {
        normal_stop(x, "more than 60 relations");
        return 0;
    }
    p->sources[p->nsources] = (struct source){.relation = relation, .part = part};
    return p->nsources++;
}

struct substitution {
    struct arena *arena;
    struct expr ***outs; /* per input, its columns as expressions */
    int shift;
};

static struct expr *substitute(const struct expr *e, void *ctx)
{
    struct substitution *s = ctx;
    return e->kind == EXPR_REF ? s->outs[e->input][e->column] : NULL;
}

static struct expr *shift(const struct expr *e, void *ctx)
{
    struct substitution *s = ctx;
    return e->kind == EXPR_REF ? expr_ref(s->arena, e->input + s->shift, e->column) : NULL;
}

static struct branches normal_one(struct normal *x, int source, int ncolumns)
{
    struct branches one = {.items = ARENA_NEW(x->arena, struct branch), .n = 1};
    struct branch *b = one.items;
    b->inputs = ARENA_NEW(x->arena, int);
    b->inputs[0] = source;
    b->ninputs = 1;
    b->nouts = ncolumns;
    b->outs = ARENA_ARRAY(x->arena, struct expr *, ncolumns + 1);
    for (int i = 0; i < ncolumns; i++) {
        b->outs[i] = expr_ref(x->arena, 0, i);
    }
    return one;
}

/* One choice of a branch per item, joined. */
static void normal_join(struct normal *x, const struct block *b, const struct branches *items,
                        const int *choice, struct branch *out)
{
    struct substitution s = {.arena = x->arena, .outs = ARENA_ARRAY(x->arena, struct expr **, b->nitems + 1)};
    int ninputs = 0;
    for (int i = 0; i < b->nitems; i++) {
        ninputs += items[i].items[choice[i]].ninputs;
    }
    memset(out, 0, sizeof *out);
    out->inputs = ARENA_ARRAY(x->arena, int, ninputs + 1);
    for (int i = 0; i < b->nitems; i++) {
        const struct branch *in = &items[i].items[choice[i]];
        s.shift = out->ninputs;
        s.outs[i] = ARENA_ARRAY(x->arena, struct expr *, in->nouts + 1);
        for (int c = 0; c < in->nouts; c++) {
            s.outs[i][c] = expr_rewrite(x->arena, in->outs[c], shift, &s);
        }
        for (int c = 0; c < in->conditions.n; c++) {
            expr_list_add(x->arena, &out->conditions,
                          expr_rewrite(x->arena, in->conditions.items[c], shift, &s));
        }
        for (int c = 0; c < in->repeats.n; c++) {
            expr_list_add(x->arena, &out->repeats, expr_rewrite(x->arena, in->repeats.items[c], shift, &s));
        }
        for (int k = 0; k < in->ninputs; k++) {
            out->inputs[out->ninputs++] = in->inputs[k];
        }
    }
    for (int i = 0; i < b->conditions.n; i++) {
        expr_list_conjuncts(x->arena, &out->conditions,
                            expr_rewrite(x->arena, b->conditions.items[i], substitute, &s));
    }
    for (int i = 0; i < b->repeats.n; i++) {
        expr_list_add(x->arena, &out->repeats, expr_rewrite(x->arena, b->repeats.items[i], substitute, &s));
    }
    out->nouts = b->nouts;
    out->outs = ARENA_ARRAY(x->arena, struct expr *, b->nouts + 1);
    for (int i = 0; i < b->nouts; i++) {
        out->outs[i] = expr_rewrite(x->arena, b->outs[i].expr, substitute, &s);
    }
}

static struct branches normal_query(struct normal *x, struct plan *reader, struct block *b)
{
    struct branches out = {.n = 1};
    struct branches *items = ARENA_ARRAY(x->arena, struct branches, b->nitems + 1);
    for (int i = 0; i < b->nitems; i++) {
        const struct item *item = &b->items[i];
        items[i] = item->relation != NULL ? normal_one(x, normal_source(x, reader, item->relation, NULL),
                                                       item->relation->ncolumns)
                                          : normal_block(x, reader, item->block);
        if (x->reason != NULL) {
            return out;
        }
        out.n *= items[i].n;
        if (out.n > PLAN_MAX_BRANCHES) {
            normal_stop(x, "UNION ALL with too many combinations under a join");
            return out;
        }
    }
    int *choice = ARENA_ARRAY(x->arena, int, b->nitems + 1);
    out.items = ARENA_ARRAY(x->arena, struct branch, out.n);
    for (int i = 0; i < out.n; i++) {
        normal_join(x, b, items, choice, &out.items[i]);
        for (int k = b->nitems - 1; k >= 0 && ++choice[k] == items[k].n; k--) {
            choice[k] = 0;
        }
    }
    return out;
}

/* A column of an arm as the union has it. */
static struct expr *normal_cast(struct normal *x, const struct block *b, int arm, int column, struct expr *e)
{
    const struct block *from = b->arms[arm];
    const char *own = types_of_out(from, column);
    if (!b->casts[column] || (own != NULL && strcmp(own, b->types[column]) == 0)) {
        return e;
    }
    struct expr *cast = expr_new(x->arena, EXPR_CAST, -1);
    cast->text = b->types[column];
    cast->args = ARENA_NEW(x->arena, struct expr *);
    cast->args[cast->nargs++] = e;
    return cast;
}

static struct branches normal_union(struct normal *x, struct plan *reader, struct block *b)
{
    struct branches out = {0};
    struct branches *arms = ARENA_ARRAY(x->arena, struct branches, b->narms);
    int n = 0;
    for (int i = 0; i < b->narms; i++) {
        arms[i] = normal_block(x, reader, b->arms[i]);
        n += arms[i].n;
    }
    if (n > PLAN_MAX_BRANCHES) {
        normal_stop(x, "UNION ALL with too many arms");
    }
    if (x->reason != NULL) {
        return out;
    }
    out.items = ARENA_ARRAY(x->arena, struct branch, n);
    for (int i = 0; i < b->narms; i++) {
        for (int k = 0; k < arms[i].n; k++) {
            struct branch *branch = &out.items[out.n++];
            *branch = arms[i].items[k];
            for (int c = 0; c < b->nouts; c++) {
                branch->outs[c] = normal_cast(x, b, i, c, branch->outs[c]);
            }
        }
    }
    return out;
}

static struct plan *normal_plan(struct normal *x)
{
    struct plan *p = ARENA_NEW(x->arena, struct plan);
    p->arena = x->arena;
    p->sources = ARENA_ARRAY(x->arena, struct source, PLAN_MAX_SOURCES);
    return p;
}

static void normal_keep(struct normal *x, struct plan *p)
{
    struct plan_list *l = x->plans;
    if (l->n == l->cap) {
        int cap = l->cap == 0 ? 4 : l->cap * 2;
        struct plan **items = ARENA_ARRAY(x->arena, struct plan *, cap);
        if (l->n > 0) {
            memcpy(items, l->items, sizeof(struct plan *) * (size_t)l->n);
        }
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = p;
}

/* The out that computes `e` below the aggregate; one for all that need the same. */
static int normal_input(struct arena *a, struct block *below, struct expr *e)
{
    if (e == NULL) {
        return -1;
    }
    for (int i = 0; i < below->nouts; i++) {
        if (expr_same(below->outs[i].expr, e)) {
            return i;
        }
    }
    struct out *outs = ARENA_ARRAY(a, struct out, below->nouts + 1);
    if (below->nouts > 0) {
        memcpy(outs, below->outs, sizeof *outs * (size_t)below->nouts);
    }
    outs[below->nouts].expr = e;
    below->outs = outs;
    return below->nouts++;
}

struct calling {
    struct arena *arena;
    struct block *below;
    int nkeys;
};

static bool normal_has_ref(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_REF;
    return !*(bool *)found;
}

/* An argument that says something of the rows is an out; words around it stay, and so do constants. */
static struct expr *normal_argument(const struct expr *e, void *ctx)
{
    struct calling *c = ctx;
    bool refs = false;
    if (e->kind == EXPR_VARIADIC || e->kind == EXPR_NAMED) {
        return NULL;
    }
    expr_visit(e, normal_has_ref, &refs);
    return refs ? expr_ref(c->arena, 0, normal_input(c->arena, c->below, (struct expr *)e))
                : (struct expr *)e;
}

/* Direct arguments are computed from keys. */
static struct expr *normal_direct(const struct expr *e, void *ctx)
{
    struct calling *c = ctx;
    for (int i = 0; i < c->nkeys; i++) {
        if (expr_same(e, c->below->outs[i].expr)) {
            return expr_ref(c->arena, 0, i);
        }
    }
    return NULL;
}

/* The call of an aggregate that is computed as it is written, over outs of the branches. */
static struct expr *normal_call(struct arena *a, struct block *below, const struct aggregate *g)
{
    struct calling c = {.arena = a, .below = below, .nkeys = below->keys.n};
    if (g->function != AGGREGATE_OTHER) {
        return NULL;
    }
    struct expr *call = expr_copy(a, g->call);
    for (int i = 0; i < call->nargs; i++) {
        call->args[i] =
            expr_rewrite(a, call->args[i], call->within_group ? normal_direct : normal_argument, &c);
    }
    for (int i = 0; i < call->norder; i++) {
        call->order[i].expr = expr_rewrite(a, call->order[i].expr, normal_argument, &c);
    }
    call->filter = expr_rewrite(a, call->filter, normal_argument, &c);
    return call;
}

/* True when the out is a NOT NULL column in every branch. Inner joins keep it so. */
static bool normal_never_null(const struct plan *p, int out)
{
    for (int i = 0; i < p->nbranches; i++) {
        const struct expr *e = p->branches[i].outs[out];
        if (e->kind != EXPR_REF) {
            return false;
        }
        const struct ivm_relation *rel = p->sources[p->branches[i].inputs[e->input]].relation;
        if (rel == NULL || !rel->columns[e->column].not_null) {
            return false;
        }
    }
    return p->nbranches > 0;
}

/* The plan of an aggregate: its branches compute keys, then arguments and filters. */
static struct plan *normal_aggregate(struct normal *x, struct block *b)
{
    if (b->part != NULL) {
        return b->part;
    }
    struct plan *p = normal_plan(x);
    p->kind = PLAN_GROUPED;
    struct block below = *b;
    below.aggregated = false;
    below.nouts = 0;
    for (int i = 0; i < b->keys.n; i++) {
        struct out *outs = ARENA_ARRAY(x->arena, struct out, below.nouts + 1);
        if (below.nouts > 0) {
            memcpy(outs, below.outs, sizeof *outs * (size_t)below.nouts);
        }
        outs[below.nouts].expr = b->keys.items[i];
        below.outs = outs;
        below.nouts++;
    }
    p->nkeys = b->keys.n;
    p->nresults = b->naggregates;
    p->results = ARENA_ARRAY(x->arena, struct result, b->naggregates + 1);
    for (int i = 0; i < b->naggregates; i++) {
        const struct aggregate *g = &b->aggregates[i];
        p->results[i] = (struct result){.function = g->function, .distinct = g->distinct, .type = g->type};
        p->results[i].call = normal_call(x->arena, &below, g);
        p->results[i].value = normal_input(x->arena, &below, g->argument);
        p->results[i].filter = normal_input(x->arena, &below, g->filter);
    }
    struct branches branches = normal_query(x, p, &below);
    if (x->reason != NULL) {
        return NULL;
    }
    p->branches = branches.items;
    p->nbranches = branches.n;
    p->key_never_null = ARENA_ARRAY(x->arena, bool, p->nkeys + 1);
    for (int i = 0; i < p->nkeys; i++) {
        p->key_never_null[i] = normal_never_null(p, i);
    }
    for (int i = 0; i < p->nresults; i++) {
        p->results[i].never_null = p->results[i].value < 0 || normal_never_null(p, p->results[i].value);
    }
    p->outs = b->outs;
    p->nouts = b->nouts;
    p->having = b->having;
    b->part = p;
    normal_keep(x, p);
    return p;
}

/* The plan of a query kept in slices: its leaves are sources. */
static struct plan *normal_slice(struct normal *x, struct block *b)
{
    struct plan *p = normal_plan(x);
    p->kind = PLAN_SLICED;
    p->slice = b->slice;
    p->nouts = b->nouts;
    p->outs = b->outs;
    for (int i = 0; i < b->slice->nleaves; i++) {
        struct leaf *leaf = b->slice->leaves[i];
        if (leaf->block != NULL) {
            leaf->part = normal_plan_of(x, leaf->block);
        }
        if (x->reason != NULL) {
            return NULL;
        }
        if (leaf->relation != NULL || leaf->part != NULL) {
            leaf->source = normal_source(x, p, leaf->relation, leaf->part);
        }
    }
    b->part = p;
    normal_keep(x, p);
    return p;
}

/* A plan that holds the rows of a block, whatever it is. */
static struct plan *normal_plan_of(struct normal *x, struct block *b)
{
    if (b->part != NULL) {
        return b->part;
    }
    if (b->slice != NULL) {
        return normal_slice(x, b);
    }
    if (b->narms == 0 && b->aggregated) {
        return normal_aggregate(x, b);
    }
    struct plan *p = normal_plan(x);
    struct branches branches = normal_block(x, p, b);
    if (x->reason != NULL) {
        return NULL;
    }
    p->kind = PLAN_BAG;
    p->branches = branches.items;
    p->nbranches = branches.n;
    p->nouts = b->nouts;
    p->outs = b->outs;
    b->part = p;
    normal_keep(x, p);
    return p;
}

struct part_columns {
    struct arena *arena;
    const struct plan *part;
};

static struct expr *part_column(const struct expr *e, void *ctx)
{
    struct part_columns *c = ctx;
    switch (e->kind) {
    case EXPR_KEY:
        return expr_ref(c->arena, 0, e->column);
    case EXPR_RESULT:
        return expr_ref(c->arena, 0, c->part->nkeys + e->column);
    default:
        return NULL;
    }
}

/* A part as another block reads it: its storage, finished. */
static struct branches normal_part(struct normal *x, struct plan *reader, struct block *b)
{
    struct branches none = {0};
    struct plan *part = normal_plan_of(x, b);
    if (x->reason != NULL) {
        return none;
    }
    if (part->kind != PLAN_GROUPED) {
        return normal_one(x, normal_source(x, reader, NULL, part), part->nouts);
    }
    struct branches one = normal_one(x, normal_source(x, reader, NULL, part), part->nouts);
    struct part_columns c = {.arena = x->arena, .part = part};
    for (int i = 0; i < part->nouts; i++) {
        one.items[0].outs[i] = expr_rewrite(x->arena, part->outs[i].expr, part_column, &c);
    }
    for (int i = 0; i < part->having.n; i++) {
        expr_list_add(x->arena, &one.items[0].conditions,
                      expr_rewrite(x->arena, part->having.items[i], part_column, &c));
    }
    return one;
}

static struct branches normal_block(struct normal *x, struct plan *reader, struct block *b)
{
    if (x->reason != NULL) {
        return (struct branches){0};
    }
    return b->narms > 0                        ? normal_union(x, reader, b)
           : b->aggregated || b->slice != NULL ? normal_part(x, reader, b)
                                               : normal_query(x, reader, b);
}

static struct expr *unpart_column(const struct expr *e, void *ctx)
{
    struct part_columns *c = ctx;
    if (e->kind != EXPR_REF) {
        return NULL;
    }
    struct expr *lifted = expr_new(c->arena, e->column < c->part->nkeys ? EXPR_KEY : EXPR_RESULT, -1);
    lifted->column = e->column < c->part->nkeys ? e->column : e->column - c->part->nkeys;
    return lifted;
}

/*
 * What stands above an aggregate is computed by the facade, and so with the rights of whoever reads it. Code
 * of a user's must not come to run there: it belongs to the refresh, which runs it as the owner. So it is put
 * into a plan of its own, over the aggregate as a part.
 */
static bool normal_shows(const struct block *b)
{
    bool safe = true;
    for (int i = 0; i < b->nouts; i++) {
        safe = safe && expr_is_builtin(b->outs[i].expr);
    }
    for (int i = 0; i < b->having.n; i++) {
        safe = safe && expr_is_builtin(b->having.items[i]);
    }
    return safe;
}

static bool normal_branch_shows(const struct branch *b)
{
    bool safe = true;
    for (int i = 0; i < b->nouts; i++) {
        safe = safe && expr_is_builtin(b->outs[i]);
    }
    for (int i = 0; i < b->conditions.n; i++) {
        safe = safe && expr_is_builtin(b->conditions.items[i]);
    }
    return safe;
}

/*
 * A query that is a linear block over one aggregate (`SELECT ... FROM (SELECT ... GROUP BY ...) WHERE ...`)
 * needs no storage of its own: the aggregate's plan finishes the way the query says. Only the last plan's
 * reader is top.
 */
static bool normal_merge(struct normal *x, struct plan *top)
{
    if (top->nbranches != 1 || top->branches[0].ninputs != 1 || top->sources[0].part == NULL ||
        top->sources[0].part->kind != PLAN_GROUPED) {
        return false;
    }
    struct plan *part = top->sources[0].part;
    const struct branch *b = &top->branches[0];
    struct part_columns c = {.arena = x->arena, .part = part};
    if (b->repeats.n > 0 || !normal_branch_shows(b)) {
        return false;
    }
    part->nouts = b->nouts;
    part->outs = ARENA_ARRAY(x->arena, struct out, b->nouts + 1);
    for (int i = 0; i < b->nouts; i++) {
        part->outs[i].expr = expr_rewrite(x->arena, b->outs[i], unpart_column, &c);
    }
    part->having = (struct expr_list){0};
    for (int i = 0; i < b->conditions.n; i++) {
        expr_list_add(x->arena, &part->having,
                      expr_rewrite(x->arena, b->conditions.items[i], unpart_column, &c));
    }
    return true;
}

static struct plan *normal_top(struct normal *x, struct block *b)
{
    if (b->slice != NULL || (b->narms == 0 && b->aggregated && normal_shows(b))) {
        return normal_plan_of(x, b);
    }
    struct plan *p = normal_plan(x);
    struct branches branches = normal_block(x, p, b);
    if (x->reason != NULL) {
        return NULL;
    }
    p->branches = branches.items;
    p->nbranches = branches.n;
    p->nouts = b->nouts;
    if (normal_merge(x, p)) {
        return p->sources[0].part;
    }
    bool single = p->nbranches == 1 && p->branches[0].repeats.n == 0;
    p->kind = single && key_of_branch(x->arena, p) ? PLAN_KEYED : PLAN_BAG;
    normal_keep(x, p);
    return p;
}

const char *normal_plans(struct arena *a, struct block *b, const char **names, struct plan_list *out)
{
    struct normal x = {.arena = a, .plans = out};
    struct plan *top = normal_top(&x, b);
    if (x.reason != NULL) {
        return x.reason;
    }
    for (int i = 0; i < out->n; i++) {
        struct plan *p = out->items[i];
        p->index = i;
        layout_columns(a, p, p == top ? names : NULL);
        uses_mark(a, p);
    }
    return NULL;
}
