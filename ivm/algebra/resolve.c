/*
 * Parsed SELECTs to blocks: names become references, joins become items and conditions, WITH queries and
 * views and facades of stream tables become subqueries, scalar subqueries become items that have one row.
 * Each SELECT is first asked for what there is no rule for (stops.h); nothing of that is met below.
 */
#include "algebra/resolve.h"
#include "algebra/full_join.h"
#include "algebra/layers.h"
#include "algebra/slice.h"
#include "algebra/stops.h"

#include <string.h>

#define RESOLVE_MAX_DEPTH 64

/* One SELECT on its way to becoming a block. */
struct resolving {
    struct resolve *r;
    struct block *block;
    struct scope scope;
    struct with_scope *with;
    bool above; /* where aggregates may stand: subqueries are left in place */
};

void resolve_stop(struct resolve *r, const char *reason)
{
    if (r->reason == NULL && reason != NULL) {
        r->reason = r->view != NULL ? arena_printf(r->arena, "view \"%s\": %s", r->view, reason) : reason;
    }
}

int block_add_item(struct arena *a, struct block *b, const struct ivm_relation *relation, struct block *sub)
{
    if (b->nitems == b->items_cap) {
        int cap = b->items_cap == 0 ? 4 : b->items_cap * 2;
        struct item *items = ARENA_ARRAY(a, struct item, cap);
        if (b->nitems > 0) {
            memcpy(items, b->items, sizeof *items * (size_t)b->nitems);
        }
        b->items = items;
        b->items_cap = cap;
    }
    b->items[b->nitems] = (struct item){.relation = relation, .block = sub};
    return b->nitems++;
}

static const char *resolve_outer(const struct scope *s, const struct expr *column)
{
    bool ambiguous;
    for (; s != NULL; s = s->outer) {
        if (scope_find(s, column, &ambiguous) != NULL || ambiguous) {
            return "correlated subquery";
        }
    }
    return NULL;
}

static struct expr *resolve_column(struct resolving *x, const struct expr *column)
{
    bool ambiguous;
    struct expr *found = scope_find(&x->scope, column, &ambiguous);
    if (found != NULL) {
        return found;
    }
    const char *outer = ambiguous ? NULL : resolve_outer(x->scope.outer, column);
    resolve_stop(x->r, outer != NULL
                           ? outer
                           : arena_printf(x->r->arena, "column %s", column->names[column->nnames - 1]));
    return expr_const(x->r->arena, "NULL");
}

static struct expr *resolve_subquery(struct resolving *x, const struct expr *e)
{
    struct block *sub = resolve_select(x->r, e->select, &x->scope, x->with);
    if (sub == NULL || x->r->reason != NULL) {
        return expr_const(x->r->arena, "NULL");
    }
    if (!block_is_one_row(sub) || sub->nouts != 1) {
        resolve_stop(x->r, "scalar subquery");
    }
    if (!x->above) {
        return expr_ref(x->r->arena, block_add_item(x->r->arena, x->block, NULL, sub), 0);
    }
    struct expr *placed = expr_copy(x->r->arena, e);
    placed->select = NULL;
    placed->block = sub;
    return placed;
}

static struct expr *resolve_one(const struct expr *e, void *ctx)
{
    struct resolving *x = ctx;
    if (e->kind == EXPR_COLUMN) {
        return resolve_column(x, e);
    }
    if (e->kind == EXPR_SUBQUERY && e->select != NULL) {
        return resolve_subquery(x, e);
    }
    if (e->kind == EXPR_AGGREGATE && x->above) {
        /* What an aggregate reads lies below it. */
        x->above = false;
        struct expr *below = expr_rewrite_below(x->r->arena, (struct expr *)e, resolve_one, x);
        x->above = true;
        return below;
    }
    if (e->kind == EXPR_AGGREGATE) {
        resolve_stop(x->r, "aggregate of an outer query");
    }
    return NULL;
}

static struct expr *resolve_expr(struct resolving *x, struct expr *e)
{
    return expr_rewrite(x->r->arena, e, resolve_one, x);
}

const struct ivm_relation *resolve_relation(const struct ivm_query *q, const char *schema, const char *name)
{
    for (int i = 0; i < q->nrelations; i++) {
        const struct ivm_relation *rel = &q->relations[i];
        if (strcmp(rel->name, name) == 0 && (schema == NULL || strcmp(rel->schema, schema) == 0)) {
            return rel;
        }
    }
    return NULL;
}

struct select *resolve_definition(struct resolve *r, const struct ivm_relation *rel)
{
    struct select *s;
    struct err e = {0};
    const char *reason;
    r->view = r->depth == 0 ? rel->name : r->view;
    if (r->depth >= RESOLVE_MAX_DEPTH ||
        !parse_select_knowing(r->arena, rel->definition, r->query->aggregates, r->query->naggregates, &s,
                              &reason, &e)) {
        resolve_stop(r, arena_printf(r->arena, "%s.%s", rel->schema, rel->name));
        return NULL;
    }
    if (reason != NULL) {
        resolve_stop(r, reason);
        return NULL;
    }
    r->depth++;
    return s;
}

void resolve_definition_done(struct resolve *r)
{
    r->view = --r->depth == 0 ? NULL : r->view;
}

/*
 * A query in FROM. One that only puts rows together, but not in a way that has a normal form, is not kept
 * apart from the query around it; nor is one that reads no table.
 */
static struct block *resolve_within(struct resolve *r, const struct select *s, const struct scope *outer,
                                    struct with_scope *with, bool apart)
{
    struct block *b = resolve_select(r, s, outer, with);
    if (b != NULL && b->slice != NULL && !apart && (b->slice->top->simple || slice_is_constant(b->slice))) {
        resolve_stop(r, stops_select(r->arena, s));
        resolve_stop(r, "subquery");
        return NULL;
    }
    return b;
}

/* A view, a facade too, reads like the subquery it is. */
static struct block *resolve_facade(struct resolve *r, const struct ivm_relation *rel)
{
    struct select *s = resolve_definition(r, rel);
    if (s == NULL) {
        return NULL;
    }
    struct block *b = resolve_within(r, s, NULL, NULL, false);
    resolve_definition_done(r);
    return b;
}

/* Makes item columns visible under an alias, renamed as far as column aliases go. */
static struct scope_entry *resolve_item(struct resolving *x, const struct from_item *f,
                                        const struct ivm_relation *rel, struct block *sub)
{
    struct arena *a = x->r->arena;
    int n = rel != NULL ? rel->ncolumns : sub->nouts;
    int input = block_add_item(a, x->block, rel, sub);
    struct scope_entry *e = scope_add(a, &x->scope, f->alias != NULL ? f->alias : f->name, n);
    e->schema = f->alias == NULL ? f->schema : NULL;
    for (int i = 0; i < n; i++) {
        const char *name = rel != NULL ? rel->columns[i].name : sub->outs[i].name;
        e->names[i] = i < f->ncolumn_aliases ? f->column_aliases[i] : name;
        e->exprs[i] = expr_ref(a, input, i);
    }
    return e;
}

struct with_scope *resolve_with_open(struct resolve *r, const struct select *s, const struct scope *outer,
                                     struct with_scope *with)
{
    for (int i = 0; i < s->nwith; i++) {
        struct with_scope *w = ARENA_NEW(r->arena, struct with_scope);
        w->outer = with;
        w->query = &s->with[i];
        w->visible = with;
        w->columns = outer;
        with = w;
    }
    return with;
}

struct with_scope *resolve_with_find(struct with_scope *with, const char *name)
{
    for (struct with_scope *w = with; w != NULL; w = (struct with_scope *)w->outer) {
        if (strcmp(w->query->name, name) == 0) {
            return w;
        }
    }
    return NULL;
}

struct block *resolve_with_block(struct resolve *r, struct with_scope *w)
{
    if (w->block == NULL) {
        w->block = resolve_within(r, w->query->select, NULL, w->visible, false);
        for (int i = 0; w->block != NULL && i < w->query->ncolumns && i < w->block->nouts; i++) {
            w->block->outs[i].name = w->query->columns[i];
        }
    }
    return w->block;
}

static void resolve_table(struct resolving *x, const struct from_item *f)
{
    struct with_scope *w = f->schema == NULL ? resolve_with_find(x->with, f->name) : NULL;
    if (w != NULL) {
        struct block *sub = resolve_with_block(x->r, w);
        if (sub != NULL) {
            resolve_item(x, f, NULL, sub);
        }
        return;
    }
    const struct ivm_relation *rel = resolve_relation(x->r->query, f->schema, f->name);
    if (rel == NULL) {
        resolve_stop(x->r, arena_printf(x->r->arena, "relation %s", f->name));
    } else if (rel->definition != NULL) {
        struct block *sub = resolve_facade(x->r, rel);
        if (sub != NULL) {
            resolve_item(x, f, NULL, sub);
        }
    } else if (rel->no_capture != NULL) {
        resolve_stop(x->r, arena_printf(x->r->arena, "%s.%s: %s", rel->schema, rel->name, rel->no_capture));
    } else {
        resolve_item(x, f, rel, NULL);
    }
}

static void resolve_from(struct resolving *x, const struct from_item *f);

struct expr *resolve_equal(struct arena *a, struct expr *left, struct expr *right)
{
    struct expr *e = expr_new(a, EXPR_OP, -1);
    e->text = "OPERATOR(pg_catalog.=)";
    e->args = ARENA_ARRAY(a, struct expr *, 2);
    e->args[0] = left;
    e->args[1] = right;
    e->nargs = 2;
    return e;
}

static void resolve_join(struct resolving *x, const struct from_item *f)
{
    struct expr **merged = ARENA_ARRAY(x->r->arena, struct expr *, f->nusing + 1);
    int first = x->scope.nentries;
    resolve_from(x, f->left);
    int middle = x->scope.nentries;
    resolve_from(x, f->right);
    for (int i = 0; i < f->nusing; i++) {
        merged[i] = scope_side(&x->scope, first, middle, f->using_columns[i]);
        struct expr *right = scope_side(&x->scope, middle, x->scope.nentries, f->using_columns[i]);
        if (merged[i] == NULL || right == NULL) {
            resolve_stop(x->r, "JOIN USING");
            return;
        }
        expr_list_add(x->r->arena, &x->block->conditions, resolve_equal(x->r->arena, merged[i], right));
    }
    if (f->on != NULL) {
        expr_list_conjuncts(x->r->arena, &x->block->conditions, resolve_expr(x, f->on));
    }
    scope_join(x->r->arena, &x->scope, f, first, merged);
}

static void resolve_from(struct resolving *x, const struct from_item *f)
{
    struct block *sub;
    switch (f->kind) {
    case FROM_TABLE:
        resolve_table(x, f);
        break;
    case FROM_SELECT:
        /* Without LATERAL a subquery sees the outer query, not its neighbours. */
        sub = resolve_within(x->r, f->select, x->scope.outer, x->with, f->apart);
        if (sub != NULL) {
            resolve_item(x, f, NULL, sub);
        }
        break;
    case FROM_JOIN:
        resolve_join(x, f);
        break;
    case FROM_FUNCTION:
        resolve_stop(x->r, "function in FROM");
        break;
    }
}

static bool resolve_has_aggregate(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_AGGREGATE;
    return !*(bool *)found;
}

static struct block *resolve_union(struct resolve *r, const struct select *s, const struct scope *outer,
                                   struct with_scope *with)
{
    struct block **arms = ARENA_ARRAY(r->arena, struct block *, s->narms);
    for (int i = 0; i < s->narms; i++) {
        arms[i] = resolve_select(r, s->arms[i], outer, with);
        if (arms[i] == NULL) {
            return NULL;
        }
        if (arms[i]->nouts != arms[0]->nouts) {
            resolve_stop(r, "UNION ALL");
            return NULL;
        }
    }
    return block_set_operation(r->arena, s->operation, arms, s->narms);
}

static struct block *resolve_query(struct resolve *r, const struct select *s, const struct scope *outer,
                                   struct with_scope *with)
{
    struct arena *a = r->arena;
    struct resolving x = {
        .r = r, .block = ARENA_NEW(a, struct block), .scope = {.outer = outer}, .with = with};
    for (int i = 0; i < s->nfrom; i++) {
        resolve_from(&x, s->from[i]);
    }
    if (s->where != NULL) {
        expr_list_conjuncts(a, &x.block->conditions, resolve_expr(&x, s->where));
    }
    for (int i = 0; i < s->ngroup; i++) {
        expr_list_add(a, &x.block->keys, resolve_expr(&x, s->group[i]));
    }
    x.block->aggregated = s->grouped || s->having != NULL;
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, resolve_has_aggregate, &x.block->aggregated);
    }
    for (int i = 0; i < s->norder; i++) {
        expr_visit(s->order[i].expr, resolve_has_aggregate, &x.block->aggregated);
    }
    x.above = x.block->aggregated;
    x.block->outs = ARENA_ARRAY(a, struct out, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        struct out *o = &x.block->outs[x.block->nouts++];
        o->expr = resolve_expr(&x, s->targets[i].expr);
        o->name = select_target_name(&s->targets[i]);
    }
    expr_list_conjuncts(a, &x.block->having, resolve_expr(&x, s->having));
    if (r->reason != NULL) {
        return NULL;
    }
    if (select_has_constant_set(s)) {
        resolve_stop(r, "a constant among grouping sets");
        return NULL;
    }
    struct block *b = x.block->aggregated ? block_grouping_sets(a, x.block, s->group_distinct) : x.block;
    if (b == NULL) {
        resolve_stop(r, "GROUPING SETS of more than 60 sets");
        return NULL;
    }
    return s->distinct ? block_distinct(a, b) : b;
}

/* Into normal form. */
static struct block *resolve_plain(struct resolve *r, const struct select *s, const struct scope *outer,
                                   struct with_scope *with)
{
    const char *reason = stops_select(r->arena, s);
    if (reason != NULL) {
        resolve_stop(r, reason);
        return NULL;
    }
    with = resolve_with_open(r, s, outer, with);
    struct block *b = s->narms > 0 ? resolve_union(r, s, outer, with) : resolve_query(r, s, outer, with);
    return r->reason == NULL ? b : NULL;
}

/* A FULL JOIN in parts; NULL: there is none, or one of its parts is no better than the whole. */
static struct block *resolve_full_join(const struct resolve *r, const struct select *s,
                                       const struct scope *outer, struct with_scope *with)
{
    struct resolve own = *r;
    const struct select *split = full_join_split(r->arena, s);
    struct block *b = split == NULL ? NULL : resolve_select(&own, split, outer, with);
    for (int i = 0; b != NULL && i < b->narms; i++) {
        if (b->arms[i]->slice != NULL && b->arms[i]->slice->nkeys == 0) {
            return NULL;
        }
    }
    return own.reason == NULL ? b : NULL;
}

struct block *resolve_select(struct resolve *r, const struct select *s, const struct scope *outer,
                             struct with_scope *with)
{
    struct resolve plain = *r, other = *r;
    if (r->reason != NULL) {
        return NULL;
    }
    struct block *b = resolve_plain(&plain, s, outer, with);
    if (plain.reason == NULL) {
        return b;
    }
    struct block *parts = resolve_full_join(r, s, outer, with);
    if (parts != NULL) {
        return parts;
    }
    const struct select *layers = layers_split(r->arena, s);
    b = layers != NULL ? resolve_select(&other, layers, outer, with) : slice_build(&other, s, with);
    if (other.reason == NULL) {
        return b;
    }
    resolve_stop(r, plain.reason);
    return NULL;
}

struct block *block_build(struct arena *a, const struct ivm_query *q, const struct select *s,
                          const char **reason)
{
    struct resolve r = {.arena = a, .query = q};
    struct block *b = resolve_select(&r, s, NULL, NULL);
    *reason = r.reason;
    return b;
}
