/*
 * A SELECT as it is written, with its names resolved: every SELECT in it becomes a level. What is built is a
 * copy: the text that is run, with WITH queries in the place of their names. FROM clauses: slice_from.c.
 */
#include "algebra/slice_place.h"

#include <string.h>

struct level *build_level_new(struct building *b, struct level *outer, enum level_place place)
{
    struct level *l = ARENA_NEW(b->r->arena, struct level);
    l->outer = outer;
    l->place = place;
    return l;
}

/* --- expressions -------------------------------------------------------------------------------- */

bool mark_used(const struct expr *e, void *ctx)
{
    struct slice *s = ctx;
    if (e->kind == EXPR_REF) {
        s->leaves[e->input]->used[e->column] = true;
    }
    return true;
}

static bool mark_counted(const struct expr *e, void *ctx)
{
    struct slice *s = ctx;
    if (e->kind == EXPR_REF) {
        s->leaves[e->input]->counted = true;
    }
    return mark_used(e, ctx);
}

static bool mark_aggregated(const struct expr *e, void *ctx)
{
    struct building *b = ctx;
    if (e->kind == EXPR_REF) {
        const struct level *level = b->slice->leaves[e->input]->level;
        for (struct aggregated *g = b->aggregated; g != NULL; g = g->outer) {
            const struct level *around = g->level->outer;
            while (around != NULL && around != level) {
                around = around->outer;
            }
            g->own = g->own || level == g->level;
            g->around = g->around || around != NULL;
        }
    }
    return true;
}

/* A whole row: every column of it. */
static struct expr *build_row(struct place *x, const struct expr *e)
{
    const char *name = e->names[e->nnames - 1];
    bool found = false;
    for (const struct scope *s = &x->scope; s != NULL && !found; s = s->outer) {
        for (int i = 0; i < s->nentries; i++) {
            const struct scope_entry *entry = &s->entries[i];
            bool it = entry->alias != NULL && strcmp(entry->alias, name) == 0;
            for (int c = 0; it && c < entry->ncolumns; c++) {
                expr_visit(entry->exprs[c], mark_counted, x->b->slice);
                expr_visit(entry->exprs[c], mark_aggregated, x->b);
            }
            found = found || it;
        }
    }
    if (!found) {
        resolve_stop(x->b->r, arena_printf(x->b->r->arena, "column %s", name));
    }
    return expr_copy(x->b->r->arena, e);
}

/* Columns of all scopes around; *stop when the name is in none. */
static struct expr *build_column(struct place *x, const struct expr *e)
{
    bool ambiguous = false;
    struct expr *means = NULL;
    if (e->star) {
        return build_row(x, e);
    }
    for (const struct scope *s = &x->scope; s != NULL && means == NULL && !ambiguous; s = s->outer) {
        means = scope_find(s, e, &ambiguous);
    }
    if (means == NULL && !x->sorting) {
        resolve_stop(x->b->r, arena_printf(x->b->r->arena, "column %s", e->names[e->nnames - 1]));
    }
    struct expr *copy = expr_copy(x->b->r->arena, e);
    copy->means = means;
    expr_visit(means, mark_used, x->b->slice);
    expr_visit(means, mark_aggregated, x->b);
    return copy;
}

static struct expr *build_one(const struct expr *e, void *ctx);

/*
 * A subquery that stands for itself and is more than rows put together, like a table in FROM: then it is kept
 * as a part, and what matters to the query around it is what changes in its rows. The order of an array's
 * elements would be lost.
 */
static const struct select *build_as_table(struct place *x, const struct expr *e)
{
    struct arena *a = x->b->r->arena;
    const struct select *s = e->select;
    if (e->kind == EXPR_ARRAY_SELECT || build_is_simple(s) || build_alone(x->b, s, x->with) == NULL) {
        return s;
    }
    struct select *outer = ARENA_NEW(a, struct select);
    struct from_item *f = ARENA_NEW(a, struct from_item);
    int n;
    const char **names = select_names(a, s, &n), **aliases = ARENA_ARRAY(a, const char *, n + 1);
    outer->targets = ARENA_ARRAY(a, struct target, n + 1);
    for (int i = 0; i < n; i++) {
        struct expr *column = expr_new(a, EXPR_COLUMN, -1);
        aliases[i] = arena_printf(a, "c%d", i + 1);
        column->names = ARENA_ARRAY(a, const char *, 2);
        column->names[column->nnames++] = "weir_s";
        column->names[column->nnames++] = aliases[i];
        outer->targets[outer->ntargets++] = (struct target){.expr = column, .name = names[i]};
    }
    *f = (struct from_item){.kind = FROM_SELECT,
                            .location = -1,
                            .alias = "weir_s",
                            .column_aliases = aliases,
                            .ncolumn_aliases = n,
                            .select = (struct select *)s};
    outer->location = -1;
    outer->from = ARENA_NEW(a, struct from_item *);
    outer->from[outer->nfrom++] = f;
    return outer;
}

static struct expr *build_subquery(struct place *x, const struct expr *e)
{
    struct arena *a = x->b->r->arena;
    bool filters = x->filters;
    struct expr *copy = expr_copy(a, e);
    x->filters = false;
    for (int i = 0; i < copy->nargs; i++) {
        copy->args[i] = expr_rewrite(a, copy->args[i], build_one, x);
    }
    struct level *l = build_level_new(x->b, x->level, LEVEL_EXPRESSION);
    l->link = slice_by_reference(a, copy);
    l->link_on = x->on;
    l->link_filters = filters;
    build_level(x->b, l, build_as_table(x, e), &x->scope, x->with);
    copy->select = l->select;
    return copy;
}

static struct expr *build_aggregate(struct place *x, struct expr *e)
{
    struct building *b = x->b;
    struct aggregated g = {.outer = b->aggregated, .level = x->level};
    b->aggregated = &g;
    struct expr *copy = expr_rewrite_below(b->r->arena, e, build_one, x);
    b->aggregated = g.outer;
    if (g.around && !g.own) {
        resolve_stop(b->r, "aggregate of an outer query");
    }
    return copy;
}

static struct expr *build_one(const struct expr *e, void *ctx)
{
    struct place *x = ctx;
    if (e->kind == EXPR_COLUMN) {
        return build_column(x, e);
    }
    if (expr_is_subquery(e)) {
        return build_subquery(x, e);
    }
    x->filters = false;
    return e->kind == EXPR_AGGREGATE ? build_aggregate(x, (struct expr *)e) : NULL;
}

struct expr *build_expr(struct place *x, struct expr *e)
{
    return e == NULL ? NULL : expr_rewrite(x->b->r->arena, e, build_one, x);
}

static struct expr **build_exprs(struct place *x, struct expr **list, int n)
{
    struct expr **copy = ARENA_ARRAY(x->b->r->arena, struct expr *, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = build_expr(x, list[i]);
    }
    return copy;
}

static struct expr *by_reference(const struct expr *e, void *ctx)
{
    (void)ctx;
    return e->kind == EXPR_COLUMN ? e->means : NULL;
}

struct expr *slice_by_reference(struct arena *a, struct expr *e)
{
    return expr_rewrite(a, e, by_reference, NULL);
}

/* --- a level ------------------------------------------------------------------------------------ */

static struct sort_key *build_sort(struct place *x, const struct sort_key *keys, int n)
{
    struct sort_key *copy = ARENA_ARRAY(x->b->r->arena, struct sort_key, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = (struct sort_key){.expr = build_expr(x, keys[i].expr), .suffix = keys[i].suffix};
    }
    return copy;
}

static struct window *build_windows(struct place *x, const struct window *windows, int n)
{
    struct window *copy = ARENA_ARRAY(x->b->r->arena, struct window, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = windows[i];
        copy[i].partition = build_exprs(x, windows[i].partition, windows[i].npartition);
        copy[i].order = build_sort(x, windows[i].order, windows[i].norder);
        copy[i].start_offset = build_expr(x, windows[i].start_offset);
        copy[i].end_offset = build_expr(x, windows[i].end_offset);
    }
    return copy;
}

/* WHERE conjunct by conjunct: a subquery that is one of them only has to be told from true. */
static struct expr *build_where(struct place *x, struct expr *where)
{
    struct arena *a = x->b->r->arena;
    struct expr_list conjuncts = {0};
    expr_list_conjuncts(a, &conjuncts, where);
    for (int i = 0; i < conjuncts.n; i++) {
        x->filters = true;
        conjuncts.items[i] = build_expr(x, conjuncts.items[i]);
        x->filters = false;
        expr_list_add(a, &x->level->where, slice_by_reference(a, conjuncts.items[i]));
    }
    if (conjuncts.n < 2) {
        return conjuncts.n == 0 ? NULL : conjuncts.items[0];
    }
    struct expr *all = expr_new(a, EXPR_AND, -1);
    all->args = conjuncts.items;
    all->nargs = conjuncts.n;
    return all;
}

static void build_targets(struct place *x, struct select *s)
{
    struct arena *a = x->b->r->arena;
    struct target *targets = ARENA_ARRAY(a, struct target, s->ntargets + 1);
    x->level->nouts = s->ntargets;
    x->level->outs = ARENA_ARRAY(a, struct expr *, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        targets[i].name = select_target_name(&s->targets[i]);
        targets[i].expr = build_expr(x, s->targets[i].expr);
        x->level->outs[i] = slice_by_reference(a, targets[i].expr);
    }
    s->targets = targets;
}

static void build_arms(struct place *x, struct select *s)
{
    struct select **arms = ARENA_ARRAY(x->b->r->arena, struct select *, s->narms + 1);
    for (int i = 0; i < s->narms; i++) {
        struct level *arm = build_level_new(x->b, x->level, LEVEL_ARM);
        build_level(x->b, arm, s->arms[i], x->scope.outer, x->with);
        arms[i] = arm->select;
    }
    s->arms = arms;
    select_names(x->b->r->arena, s, &x->level->nouts);
}

static void build_values(struct place *x, struct select *s)
{
    struct expr ***values = ARENA_ARRAY(x->b->r->arena, struct expr **, s->nvalues + 1);
    for (int i = 0; i < s->nvalues; i++) {
        values[i] = build_exprs(x, s->values[i], s->values_width);
    }
    s->values = values;
    x->level->nouts = s->values_width;
}

void build_level(struct building *b, struct level *l, const struct select *given, const struct scope *outer,
                 struct with_scope *with)
{
    struct arena *a = b->r->arena;
    struct place x = {.b = b, .level = l, .scope = {.outer = outer}};
    struct select *s = ARENA_NEW(a, struct select);
    *s = *given;
    l->select = s;
    l->simple = build_is_simple(s);
    if (s->recursive) {
        resolve_stop(b->r, "WITH RECURSIVE");
    }
    x.with = resolve_with_open(b->r, s, outer, with);
    s->nwith = 0;
    if (s->operation != SET_NONE) {
        build_arms(&x, s);
    } else if (s->nvalues > 0) {
        build_values(&x, s);
    } else {
        build_from(&x, s);
        s->where = build_where(&x, s->where);
        build_targets(&x, s);
    }
    s->group = build_exprs(&x, s->group, s->ngroup);
    s->having = build_expr(&x, s->having);
    s->windows = build_windows(&x, s->windows, s->nwindows);
    s->distinct_on = build_exprs(&x, s->distinct_on, s->ndistinct_on);
    s->limit = build_expr(&x, s->limit);
    s->offset = build_expr(&x, s->offset);
    x.sorting = true;
    if (l->place == LEVEL_TOP && s->limit == NULL && s->offset == NULL && s->ndistinct_on == 0) {
        s->norder = 0; /* it says nothing about a bag */
    }
    s->order = build_sort(&x, s->order, s->norder);
    slice_outputs(a, l);
}

static void build_slice(struct building *b, const struct select *s, struct with_scope *with)
{
    b->slice = ARENA_NEW(b->r->arena, struct slice);
    b->slice->top = build_level_new(b, NULL, LEVEL_TOP);
    build_level(b, b->slice->top, s, NULL, with);
}

static bool build_counts_part(const struct slice *s)
{
    bool counts = false;
    for (int i = 0; i < s->nleaves; i++) {
        counts = counts || (s->leaves[i]->block != NULL && s->leaves[i]->counted);
    }
    return counts;
}

struct block *slice_build(struct resolve *r, const struct select *s, struct with_scope *with)
{
    struct building b = {.r = r, .given = with};
    build_slice(&b, s, with);
    if (r->reason == NULL && build_counts_part(b.slice)) {
        b.in_place = true;
        build_slice(&b, s, with);
    }
    if (r->reason != NULL) {
        return NULL;
    }
    slice_find_keys(r->arena, b.slice);
    struct block *block = ARENA_NEW(r->arena, struct block);
    const char **names = select_names(r->arena, b.slice->top->select, &block->nouts);
    block->slice = b.slice;
    block->outs = ARENA_ARRAY(r->arena, struct out, block->nouts + 1);
    for (int i = 0; i < block->nouts; i++) {
        block->outs[i].name = names[i];
    }
    return block;
}

bool slice_is_constant(const struct slice *s)
{
    for (int i = 0; i < s->nleaves; i++) {
        if (s->leaves[i]->relation != NULL || s->leaves[i]->block != NULL) {
            return false;
        }
    }
    return true;
}
