/*
 * Layers. SQL does the clauses of a SELECT one after the other; written out:
 *
 *     rows -> groups -> subqueries over groups -> windows -> DISTINCT ON -> LIMIT
 *
 * Each step can be a SELECT of its own over the one before, so that each is kept by the rule that is best for
 * it. What the outer SELECT needs of the inner one are its columns c1, c2...; atoms are the expressions that
 * they compute.
 */
#include "algebra/layers.h"

#include "algebra/padding.h"

#include <stdlib.h>
#include <string.h>

#define LAYER "weir_q"

static bool find_group(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_AGGREGATE || e->kind == EXPR_GROUPING;
    return !*(bool *)found;
}

static bool find_window(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_WINDOW;
    return !*(bool *)found;
}

static bool find_subquery(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || expr_is_subquery(e);
    return !*(bool *)found;
}

/* Whether `f` finds something in what a SELECT shows or sorts by. */
static bool select_finds(const struct select *s, expr_visit_fn *f)
{
    bool found = false;
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, f, &found);
    }
    for (int i = 0; i < s->norder; i++) {
        expr_visit(s->order[i].expr, f, &found);
    }
    expr_visit(s->having, f, &found);
    return found;
}

static bool select_is_grouped(const struct select *s)
{
    return s->grouped || s->having != NULL || select_finds(s, find_group);
}

static bool select_has_windows(const struct select *s)
{
    return select_finds(s, find_window);
}

/* --- the inner SELECT's columns ----------------------------------------------------------------- */

typedef bool is_atom_fn(const struct expr *e, const struct select *s);

struct layer {
    struct arena *arena;
    const struct select *whole;
    struct select *inner, *outer;
    int cap;
    is_atom_fn *is_atom;
};

static struct expr *layer_column(struct arena *a, int column)
{
    struct expr *e = expr_new(a, EXPR_COLUMN, -1);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[e->nnames++] = LAYER;
    e->names[e->nnames++] = arena_printf(a, "c%d", column + 1);
    return e;
}

/* The number of the inner column that computes `e`; equal ones share it. */
static int layer_add(struct layer *l, struct expr *e)
{
    struct select *s = l->inner;
    for (int i = 0; i < s->ntargets; i++) {
        if (expr_same(s->targets[i].expr, e)) {
            return i;
        }
    }
    s->targets = arena_grow(l->arena, s->targets, s->ntargets, &l->cap, sizeof *s->targets);
    s->targets[s->ntargets] =
        (struct target){.expr = e, .name = arena_printf(l->arena, "c%d", s->ntargets + 1)};
    return s->ntargets++;
}

static struct expr *layer_atom(const struct expr *e, void *ctx)
{
    struct layer *l = ctx;
    return l->is_atom(e, l->whole) ? layer_column(l->arena, layer_add(l, expr_copy(l->arena, e))) : NULL;
}

static struct expr *layer_lift(struct layer *l, struct expr *e)
{
    return expr_rewrite(l->arena, e, layer_atom, l);
}

/* An empty outer SELECT over an inner one that reads what `s` does. */
static struct layer layer_new(struct arena *a, const struct select *s, is_atom_fn *is_atom)
{
    struct layer l = {.arena = a,
                      .whole = s,
                      .inner = ARENA_NEW(a, struct select),
                      .outer = ARENA_NEW(a, struct select),
                      .is_atom = is_atom};
    struct from_item *from = ARENA_NEW(a, struct from_item);
    *from = (struct from_item){
        .kind = FROM_SELECT, .location = -1, .alias = LAYER, .select = l.inner, .apart = true};
    l.outer->location = s->location;
    l.outer->with = s->with;
    l.outer->nwith = s->nwith;
    l.outer->from = ARENA_NEW(a, struct from_item *);
    l.outer->from[l.outer->nfrom++] = from;
    *l.inner = *s;
    l.inner->with = NULL;
    l.inner->nwith = 0;
    l.inner->targets = NULL;
    l.inner->ntargets = 0;
    l.inner->order = NULL;
    l.inner->norder = 0;
    l.inner->limit = l.inner->offset = NULL;
    l.inner->with_ties = false;
    return l;
}

/* What the query shows, computed by the outer SELECT from the atoms. */
static void layer_targets(struct layer *l)
{
    const struct select *s = l->whole;
    l->outer->targets = ARENA_ARRAY(l->arena, struct target, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        l->outer->targets[i].name = select_target_name(&s->targets[i]);
        l->outer->targets[i].expr = layer_lift(l, s->targets[i].expr);
    }
    l->outer->ntargets = s->ntargets;
}

/* ORDER BY may name an output, by its name or number, which stands for its expression. */
static struct expr *sort_expr(const struct select *s, struct expr *e)
{
    for (int i = 0; i < s->ntargets; i++) {
        bool number = e->kind == EXPR_CONST && strspn(e->text, "0123456789") == strlen(e->text) &&
                      strtol(e->text, NULL, 10) == i + 1;
        bool name = e->kind == EXPR_COLUMN && e->nnames == 1 &&
                    strcmp(select_target_name(&s->targets[i]), e->names[0]) == 0;
        if (number || name) {
            return s->targets[i].expr;
        }
    }
    return e;
}

static void layer_order(struct layer *l)
{
    const struct select *s = l->whole;
    l->outer->order = ARENA_ARRAY(l->arena, struct sort_key, s->norder + 1);
    for (int i = 0; i < s->norder; i++) {
        l->outer->order[i].suffix = s->order[i].suffix;
        l->outer->order[i].expr = layer_lift(l, sort_expr(s, s->order[i].expr));
    }
    l->outer->norder = s->norder;
}

static void layer_limit(struct layer *l)
{
    l->outer->limit = l->whole->limit;
    l->outer->offset = l->whole->offset;
    l->outer->with_ties = l->whole->with_ties;
}

/* --- atoms -------------------------------------------------------------------------------------- */

static bool is_whole(const struct expr *e, const struct select *s)
{
    (void)e;
    (void)s;
    return true;
}

/* One of the expressions that an element of GROUP BY groups by, or several sets of them. */
static bool groups_by(const struct expr *by, const struct expr *e)
{
    if (by->kind != EXPR_GROUPING_SET) {
        return expr_same(by, e);
    }
    for (int i = 0; i < by->nargs; i++) {
        if (groups_by(by->args[i], e)) {
            return true;
        }
    }
    return false;
}

static bool is_group_key(const struct expr *e, const struct select *s)
{
    for (int i = 0; i < s->ngroup; i++) {
        if (groups_by(s->group[i], e)) {
            return true;
        }
    }
    return false;
}

/* What groups are made of, seen from above them. A column that is no key depends on the keys. */
static bool is_of_group(const struct expr *e, const struct select *s)
{
    return e->kind == EXPR_AGGREGATE || e->kind == EXPR_GROUPING || e->kind == EXPR_COLUMN ||
           is_group_key(e, s);
}

struct above {
    const struct select *select;
    bool found;
};

static bool find_above(const struct expr *e, void *ctx)
{
    struct above *x = ctx;
    x->found = x->found || (expr_is_subquery(e) && !is_group_key(e, x->select));
    return !x->found && e->kind != EXPR_AGGREGATE && !is_group_key(e, x->select);
}

/* A subquery is computed from groups, not from rows. */
static bool has_subquery_above(const struct select *s)
{
    struct above x = {.select = s};
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, find_above, &x);
    }
    expr_visit(s->having, find_above, &x);
    return x.found;
}

/* --- splits ------------------------------------------------------------------------------------- */

/* LIMIT, or DISTINCT ON, over all else. The rows of a set operation are sorted by its outputs alone. */
static struct select *split_last(struct arena *a, const struct select *s)
{
    struct layer l = layer_new(a, s, is_whole);
    l.inner->distinct_on = NULL;
    l.inner->ndistinct_on = 0;
    l.inner->distinct = s->distinct && s->ndistinct_on == 0;
    if (s->operation != SET_NONE) {
        return NULL;
    }
    layer_targets(&l);
    l.outer->distinct_on = ARENA_ARRAY(a, struct expr *, s->ndistinct_on + 1);
    for (int i = 0; i < s->ndistinct_on; i++) {
        l.outer->distinct_on[l.outer->ndistinct_on++] = layer_lift(&l, sort_expr(s, s->distinct_on[i]));
    }
    l.outer->distinct = s->ndistinct_on > 0;
    layer_order(&l);
    layer_limit(&l);
    return l.outer;
}

static struct expr *sort_by_number(struct arena *a, const char **names, int n, struct expr *e)
{
    for (int i = 0; i < n; i++) {
        if (e->kind == EXPR_COLUMN && strcmp(names[i], e->names[e->nnames - 1]) == 0) {
            return layer_column(a, i);
        }
    }
    return e->kind == EXPR_CONST ? layer_column(a, (int)strtol(e->text, NULL, 10) - 1) : NULL;
}

/* LIMIT over a set operation. */
static struct select *split_arms(struct arena *a, const struct select *s)
{
    struct layer l = layer_new(a, s, is_whole);
    int n;
    struct from_item *from = l.outer->from[0];
    const char **names = select_names(a, s, &n), **aliases = ARENA_ARRAY(a, const char *, n + 1);
    l.outer->targets = ARENA_ARRAY(a, struct target, n + 1);
    for (int i = 0; i < n; i++) {
        aliases[i] = arena_printf(a, "c%d", i + 1);
        l.outer->targets[l.outer->ntargets++] = (struct target){.expr = layer_column(a, i), .name = names[i]};
    }
    from->column_aliases = aliases;
    from->ncolumn_aliases = n;
    l.outer->order = ARENA_ARRAY(a, struct sort_key, s->norder + 1);
    for (int i = 0; i < s->norder; i++) {
        struct expr *key = sort_by_number(a, names, n, s->order[i].expr);
        if (key == NULL) {
            return NULL;
        }
        l.outer->order[l.outer->norder++] = (struct sort_key){.expr = key, .suffix = s->order[i].suffix};
    }
    layer_limit(&l);
    return l.outer;
}

/* Windows, or subqueries, over groups: HAVING with a subquery becomes WHERE. */
static struct select *split_groups(struct arena *a, const struct select *s)
{
    struct layer l = layer_new(a, s, is_of_group);
    bool filter = false;
    expr_visit(s->having, find_subquery, &filter);
    l.inner->windows = NULL;
    l.inner->nwindows = 0;
    l.inner->grouped = true; /* even where only HAVING said so */
    l.inner->having = filter ? NULL : s->having;
    layer_targets(&l);
    l.outer->where = filter ? layer_lift(&l, s->having) : NULL;
    l.outer->windows = ARENA_ARRAY(a, struct window, s->nwindows + 1);
    for (int i = 0; i < s->nwindows; i++) {
        struct window *w = &l.outer->windows[l.outer->nwindows++];
        struct expr holder = {.kind = EXPR_WINDOW, .window = &s->windows[i], .location = -1};
        *w = *layer_lift(&l, &holder)->window;
    }
    layer_order(&l);
    if (l.inner->ntargets == 0) {
        layer_add(&l, expr_const(a, "true"));
    }
    return l.outer;
}

static struct expr *unqualified(const struct expr *e, void *ctx)
{
    if (e->kind != EXPR_COLUMN || e->star || e->nnames < 2) {
        return NULL;
    }
    struct expr *copy = expr_copy(ctx, e);
    copy->names = e->names + e->nnames - 1;
    copy->nnames = 1;
    return copy;
}

/*
 * A DISTINCT aggregate sorts by its arguments alone. PostgreSQL writes s as t.s in its ORDER BY, and only
 * there, when an output of the query is called s.
 */
static struct expr *sorted_argument(struct arena *a, const struct expr *aggregate, struct expr *key)
{
    struct expr *plain = expr_rewrite(a, key, unqualified, a), *found = NULL;
    for (int i = 0; aggregate->distinct && i < aggregate->nargs; i++) {
        struct expr *arg = aggregate->args[i];
        if (expr_same(arg, key)) {
            return arg;
        }
        if (found == NULL && expr_same(expr_rewrite(a, arg, unqualified, a), plain)) {
            found = arg;
        }
    }
    return found != NULL ? found : key;
}

/* The arguments of an aggregate, each as one column. */
static struct expr *lift_arguments(const struct expr *e, void *ctx)
{
    struct layer *l = ctx;
    if (e->kind != EXPR_AGGREGATE) {
        return is_of_group(e, l->whole) && e->kind != EXPR_GROUPING
                   ? layer_column(l->arena, layer_add(l, expr_copy(l->arena, e)))
                   : NULL;
    }
    struct expr *copy = expr_copy(l->arena, e);
    for (int i = 0; i < copy->nargs; i++) {
        struct expr **arg = copy->args[i]->kind == EXPR_VARIADIC ? copy->args[i]->args : &copy->args[i];
        if (copy->args[i]->kind == EXPR_VARIADIC) {
            copy->args[i] = expr_copy(l->arena, copy->args[i]);
            arg = copy->args[i]->args;
        }
        if (!e->within_group && (*arg)->kind != EXPR_CONST) { /* direct arguments are not read per row */
            *arg = layer_column(l->arena, layer_add(l, *arg));
        }
    }
    for (int i = 0; i < copy->norder; i++) {
        struct expr *key = sorted_argument(l->arena, e, e->order[i].expr);
        copy->order[i].expr = layer_column(l->arena, layer_add(l, key));
    }
    if (copy->filter != NULL) {
        copy->filter = layer_column(l->arena, layer_add(l, copy->filter));
    }
    return copy;
}

/* Groups over rows. */
static struct select *split_rows(struct arena *a, const struct select *s)
{
    struct layer l = layer_new(a, s, is_of_group);
    struct select *o = l.outer;
    l.inner->grouped = false;
    l.inner->group = NULL;
    l.inner->ngroup = 0;
    l.inner->having = NULL;
    l.inner->group_distinct = false;
    o->grouped = s->grouped;
    o->group_distinct = s->group_distinct;
    o->layered = true;
    o->group = ARENA_ARRAY(a, struct expr *, s->ngroup + 1);
    for (int i = 0; i < s->ngroup; i++) {
        o->group[o->ngroup++] = expr_rewrite(a, s->group[i], lift_arguments, &l);
    }
    o->targets = ARENA_ARRAY(a, struct target, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        o->targets[i].name = select_target_name(&s->targets[i]);
        o->targets[i].expr = expr_rewrite(a, s->targets[i].expr, lift_arguments, &l);
    }
    o->ntargets = s->ntargets;
    o->having = expr_rewrite(a, s->having, lift_arguments, &l);
    if (l.inner->ntargets == 0) {
        layer_add(&l, expr_const(a, "true"));
    }
    struct select *arms = padding_arms(a, s, l.inner);
    if (arms != NULL) {
        o->from[0]->select = arms;
        o->from[0]->apart = false;
    }
    return o;
}

static bool find_column(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_COLUMN || expr_is_subquery(e);
    return !*(bool *)found;
}

static bool is_constant_key(const struct expr *by, bool in_sets)
{
    if (by->kind == EXPR_GROUPING_SET) {
        for (int i = 0; i < by->nargs; i++) {
            if (is_constant_key(by->args[i], true)) {
                return true;
            }
        }
        return false;
    }
    bool columns = false;
    expr_visit(by, find_column, &columns);
    return in_sets && !columns;
}

bool select_has_constant_set(const struct select *s)
{
    for (int i = 0; i < s->ngroup; i++) {
        if (is_constant_key(s->group[i], false)) {
            return true;
        }
    }
    return false;
}

/* A row cannot be handed on as one column: row.* is all of its columns. */
static struct select *without_rows(struct select *outer)
{
    const struct select *inner = outer != NULL ? outer->from[0]->select : NULL;
    for (int i = 0; inner != NULL && i < inner->ntargets; i++) {
        const struct expr *e = inner->targets[i].expr;
        if (e->kind == EXPR_COLUMN && e->star) {
            return NULL;
        }
    }
    return outer;
}

static struct select *split(struct arena *a, const struct select *s)
{
    bool limit = s->limit != NULL || s->offset != NULL;
    bool grouped = select_is_grouped(s), windows = select_has_windows(s), on = s->ndistinct_on > 0;
    if (s->recursive || s->nvalues > 0 || s->layered || select_has_constant_set(s)) {
        return NULL;
    }
    if (limit && s->operation != SET_NONE) {
        return split_arms(a, s);
    }
    if (limit ? grouped || windows || s->distinct : on && (grouped || windows)) {
        return split_last(a, s);
    }
    if (s->operation != SET_NONE || on || (s->distinct && !on)) {
        return NULL;
    }
    return grouped && (windows || has_subquery_above(s)) ? split_groups(a, s)
           : grouped                                     ? split_rows(a, s)
                                                         : NULL;
}

struct select *layers_split(struct arena *a, const struct select *s)
{
    return without_rows(split(a, s));
}
