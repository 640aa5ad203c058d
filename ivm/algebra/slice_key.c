/*
 * The key of a query kept in slices, and how the outputs of a level follow from its rows.
 *
 *     joins                        keys of the tables whose rows are always there, without those that others
 * determine window functions             what all of them partition by DISTINCT ON, GROUP BY        what is
 * distinct, or grouped by DISTINCT                     the outputs LIMIT, set operations        none: the
 * result is one slice
 *
 * Leaving out a key makes slices larger and is always right: so are keys that are not plain columns with
 * hashing.
 */
#include "algebra/slice.h"

#include <string.h>

/* --- outputs ------------------------------------------------------------------------------------ */

struct shape {
    bool aggregates, windows, sets; /* sets: functions that return sets among the outputs */
    bool grouped;
    struct expr_list common; /* partitioned by in every window */
    int nwindows;
};

static const struct window *window_named(const struct select *s, const char *name)
{
    for (int i = 0; name != NULL && i < s->nwindows; i++) {
        if (strcmp(s->windows[i].name, name) == 0) {
            return &s->windows[i];
        }
    }
    return NULL;
}

/* PARTITION BY of a window, which may stand in the one that it is based on. */
static void window_partition(struct arena *a, const struct select *s, const struct window *w,
                             struct expr_list *out)
{
    const struct window *named = window_named(s, w->name);
    w = named != NULL ? named : w;
    while (w->npartition == 0 && window_named(s, w->base) != NULL) {
        w = window_named(s, w->base);
    }
    for (int i = 0; i < w->npartition; i++) {
        expr_list_add(a, out, w->partition[i]);
    }
}

static bool list_has(const struct expr_list *l, const struct expr *e)
{
    for (int i = 0; i < l->n; i++) {
        if (expr_same(l->items[i], e)) {
            return true;
        }
    }
    return false;
}

struct shaping {
    struct arena *arena;
    const struct select *select;
    struct shape *shape;
};

static bool shape_one(const struct expr *e, void *ctx)
{
    struct shaping *x = ctx;
    struct shape *s = x->shape;
    if (e->kind == EXPR_AGGREGATE || e->kind == EXPR_GROUPING) {
        s->aggregates = true;
    } else if (expr_is_set_returning(e)) {
        s->sets = true;
    } else if (e->kind == EXPR_WINDOW) {
        struct expr_list own = {0}, both = {0};
        window_partition(x->arena, x->select, e->window, &own);
        for (int i = 0; i < own.n; i++) {
            if (!s->windows || list_has(&s->common, own.items[i])) {
                expr_list_add(x->arena, &both, own.items[i]);
            }
        }
        s->common = both;
        s->windows = true;
    }
    return true;
}

static struct shape select_shape(struct arena *a, const struct select *s)
{
    struct shape shape = {0};
    struct shaping x = {.arena = a, .select = s, .shape = &shape};
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, shape_one, &x);
    }
    for (int i = 0; i < s->norder; i++) {
        expr_visit(s->order[i].expr, shape_one, &x);
    }
    expr_visit(s->having, shape_one, &x);
    shape.grouped = s->grouped || s->having != NULL || shape.aggregates;
    return shape;
}

static enum level_output output_of(const struct select *s, const struct shape *shape, const struct expr *e)
{
    enum level_output how = OUTPUT_ROW;
    bool in = false;
    if (shape->grouped) {
        for (int i = 0; i < s->ngroup; i++) {
            if (s->group[i]->kind == EXPR_GROUPING_SET) {
                return OUTPUT_NONE;
            }
            in = in || expr_same(s->group[i], e);
        }
        how = in ? OUTPUT_GROUP : OUTPUT_NONE;
    }
    if (shape->windows) {
        how = !shape->grouped && list_has(&shape->common, e) ? OUTPUT_GROUP : OUTPUT_NONE;
    }
    if (s->ndistinct_on > 0) {
        in = false;
        for (int i = 0; i < s->ndistinct_on; i++) {
            in = in || expr_same(s->distinct_on[i], e);
        }
        how = in && how == OUTPUT_ROW ? OUTPUT_GROUP : OUTPUT_NONE;
    }
    return s->distinct && s->ndistinct_on == 0 && how == OUTPUT_ROW ? OUTPUT_GROUP : how;
}

void slice_outputs(struct arena *a, struct level *l)
{
    const struct select *s = l->select;
    l->outputs = ARENA_ARRAY(a, enum level_output, l->nouts + 1);
    for (int i = 0; i < l->nouts; i++) {
        l->outputs[i] = OUTPUT_NONE;
    }
    if (l->outs == NULL || s->limit != NULL || s->offset != NULL) {
        return;
    }
    struct shape shape = select_shape(a, s);
    for (int i = 0; i < l->nouts; i++) {
        struct shape own = {0};
        struct shaping x = {.arena = a, .select = s, .shape = &own};
        expr_visit(s->targets[i].expr, shape_one, &x);
        l->outputs[i] = own.sets ? OUTPUT_NONE : output_of(s, &shape, s->targets[i].expr);
    }
}

/* --- keys --------------------------------------------------------------------------------------- */

struct keying {
    struct arena *arena;
    struct slice *slice;
    struct influence rows; /* what the outermost FROM clause is made of */
    int cap, exposed;
};

const struct ivm_column *slice_column(const struct slice *s, const struct expr *ref)
{
    static const struct ivm_column id = {
        .name = "weir_id", .type = "bigint", .not_null = true, .hashable = true, .faithful = true};
    if (ref->kind != EXPR_REF) {
        return NULL;
    }
    const struct leaf *leaf = s->leaves[ref->input];
    if (leaf->relation != NULL) {
        return &leaf->relation->columns[ref->column];
    }
    return leaf->block != NULL && ref->column == leaf->ncolumns - 1 ? &id : NULL;
}

static bool key_usable(const struct ivm_column *c)
{
    return c != NULL && c->hashable && strchr(c->type, '.') == NULL;
}

/* The key columns of a leaf; none: it has no key. */
static int leaf_key(struct arena *a, const struct leaf *leaf, int **columns)
{
    *columns = NULL;
    if (leaf->block != NULL) {
        *columns = ARENA_NEW(a, int);
        (*columns)[0] = leaf->ncolumns - 1;
        return block_is_at_most_one_row(leaf->block) ? 0 : 1;
    }
    const struct ivm_relation *rel = leaf->relation;
    int n = 0;
    *columns = ARENA_ARRAY(a, int, rel->nkey + 1);
    for (int i = 0; i < rel->nkey; i++) {
        for (int c = 0; c < rel->ncolumns; c++) {
            if (rel->columns[c].attnum == rel->key[i] && key_usable(&rel->columns[c])) {
                (*columns)[n++] = c;
            }
        }
    }
    return n == rel->nkey ? n : 0;
}

static bool key_equated(const struct keying *k, const struct leaf *leaf, int column, const bool *known)
{
    for (int i = 0; i < k->rows.conditions.n; i++) {
        const struct expr *e = k->rows.conditions.items[i];
        if (!expr_is_equality(e)) {
            continue;
        }
        for (int side = 0; side < 2; side++) {
            const struct expr *x = e->args[side], *y = e->args[1 - side];
            if (x->kind == EXPR_REF && x->input == leaf->number && x->column == column &&
                (y->kind == EXPR_CONST || (y->kind == EXPR_REF && y->input != x->input && known[y->input]))) {
                return true;
            }
        }
    }
    return false;
}

/* A table or part of which there is one row in each row of output, whose columns can be shown there. What
 * lies below groups or DISTINCT has some rows. */
static bool key_carries(const struct keying *k, int leaf)
{
    const struct leaf *l = k->slice->leaves[leaf];
    bool hidden = l->hidden;
    for (const struct level *at = l->level; at != k->slice->top; at = at->outer) {
        if (at->place != LEVEL_FROM || !at->simple) {
            return false;
        }
        hidden = hidden || at->leaf->counted;
    }
    return !hidden && k->rows.real[leaf] && (l->relation != NULL || l->block != NULL);
}

/* Whether the rows of the leaves in `kept` determine those of all that are there. */
static bool keys_suffice(const struct keying *k, const bool *kept)
{
    int n = k->slice->nleaves;
    bool *known = ARENA_ARRAY(k->arena, bool, n + 1), all = true;
    memcpy(known, kept, sizeof *known * (size_t)n);
    for (bool grown = true; grown;) {
        grown = false;
        for (int i = 0; i < n; i++) {
            int *columns;
            if (known[i] || !key_carries(k, i)) {
                continue;
            }
            int nkey = leaf_key(k->arena, k->slice->leaves[i], &columns);
            const struct block *part = k->slice->leaves[i]->block;
            bool one_row = part != NULL && block_is_at_most_one_row(part);
            bool determined = nkey > 0 || one_row;
            for (int c = 0; c < nkey; c++) {
                determined = determined && key_equated(k, k->slice->leaves[i], columns[c], known);
            }
            grown = grown || determined;
            known[i] = determined;
        }
    }
    for (int i = 0; i < n; i++) {
        all = all && (known[i] || !key_carries(k, i));
    }
    return all;
}

static struct expr *key_name(struct arena *a, const char *alias, const char *name)
{
    struct expr *e = expr_new(a, EXPR_COLUMN, -1);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[e->nnames++] = alias;
    e->names[e->nnames++] = name;
    return e;
}

/* A column of a leaf in the scope of level `l`: what stands between shows it under a name of weir's. */
static struct expr *key_shown(struct keying *k, const struct leaf *leaf, int column, const struct level *l)
{
    struct arena *a = k->arena;
    leaf->used[column] = true;
    if (leaf->level == l) {
        return key_name(a, leaf->alias, leaf->names[column]);
    }
    struct level *inner = leaf->level;
    while (inner->outer != l) {
        inner = inner->outer;
    }
    struct select *s = inner->select;
    struct target *targets = ARENA_ARRAY(a, struct target, s->ntargets + 1);
    memcpy(targets, s->targets, sizeof *targets * (size_t)s->ntargets);
    targets[s->ntargets].expr = key_shown(k, leaf, column, inner);
    targets[s->ntargets].name = arena_printf(a, "weir_e%d", ++k->exposed);
    s->targets = targets;
    return key_name(a, inner->leaf->alias, s->targets[s->ntargets++].name);
}

static void key_add(struct keying *k, struct expr *shown, struct expr *means)
{
    struct slice *s = k->slice;
    for (int i = 0; i < s->nkeys; i++) {
        if (expr_same(s->keys[i].means, means)) {
            return;
        }
    }
    s->keys = arena_grow(k->arena, s->keys, s->nkeys, &k->cap, sizeof *s->keys);
    s->keys[s->nkeys++] =
        (struct slice_key){.shown = shown, .means = means, .column = slice_column(s, means)};
}

static void key_of_rows(struct keying *k)
{
    int n = k->slice->nleaves;
    bool *kept = ARENA_ARRAY(k->arena, bool, n + 1);
    for (int i = 0; i < n; i++) {
        kept[i] = key_carries(k, i);
    }
    for (int i = n - 1; i >= 0; i--) { /* the first table of the text is the one to keep */
        bool was = kept[i];
        kept[i] = false;
        kept[i] = was && !keys_suffice(k, kept);
    }
    for (int i = 0; i < n; i++) {
        const struct leaf *leaf = k->slice->leaves[i];
        int *columns, nkey = kept[i] ? leaf_key(k->arena, leaf, &columns) : 0;
        for (int c = 0; c < nkey; c++) {
            key_add(k, key_shown(k, leaf, columns[c], k->slice->top), expr_ref(k->arena, i, columns[c]));
        }
        /* Without a key: all of the row that is read. */
        for (int c = 0; kept[i] && nkey == 0 && leaf->relation != NULL && c < leaf->ncolumns; c++) {
            if (leaf->used[c] && key_usable(&leaf->relation->columns[c])) {
                key_add(k, key_shown(k, leaf, c, k->slice->top), expr_ref(k->arena, i, c));
            }
        }
    }
}

/* A column of a query in FROM that only puts rows together is a column of one of them. */
static struct expr *key_origin(const struct slice *s, struct expr *e)
{
    while (e != NULL && e->kind == EXPR_REF && s->leaves[e->input]->inner != NULL &&
           s->leaves[e->input]->inner->simple && s->leaves[e->input]->inner->outs != NULL) {
        e = s->leaves[e->input]->inner->outs[e->column];
    }
    return e;
}

/* Those of the expressions that are columns of rows that are there. */
static void key_of(struct keying *k, struct expr **list, int n)
{
    for (int i = 0; i < n; i++) {
        struct expr *means = key_origin(k->slice, slice_by_reference(k->arena, list[i]));
        const struct ivm_column *column = slice_column(k->slice, means);
        if (key_usable(column) && k->rows.real[means->input]) {
            key_add(k, list[i], means);
        }
    }
}

static void key_of_outs(struct keying *k)
{
    const struct select *s = k->slice->top->select;
    struct expr **outs = ARENA_ARRAY(k->arena, struct expr *, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        outs[i] = s->targets[i].expr;
    }
    key_of(k, outs, s->ntargets);
}

void slice_find_keys(struct arena *a, struct slice *slice)
{
    struct keying k = {.arena = a, .slice = slice};
    const struct select *s = slice->top->select;
    if (s->operation != SET_NONE || s->nvalues > 0 || s->limit != NULL || s->offset != NULL) {
        return;
    }
    struct shape shape = select_shape(a, s);
    slice_rows(a, slice, slice->top, &k.rows);
    for (int i = 0; i < s->ngroup; i++) {
        if (s->group[i]->kind == EXPR_GROUPING_SET) {
            return;
        }
    }
    if ((shape.windows != 0) + (shape.grouped != 0) + (s->distinct != 0) > 1) {
        return;
    }
    if (shape.windows) {
        key_of(&k, shape.common.items, shape.common.n);
    } else if (shape.grouped) {
        key_of(&k, s->group, s->ngroup);
    } else if (s->ndistinct_on > 0) {
        key_of(&k, s->distinct_on, s->ndistinct_on);
    } else if (s->distinct) {
        key_of_outs(&k);
    } else {
        key_of_rows(&k);
    }
}
