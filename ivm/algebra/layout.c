/*
 * The columns of a storage. Outputs that are plain columns come first and keep the user's names, so that the
 * facade is easy to read; what only weir needs follows, named weir_*.
 */
#include "algebra/normal.h"
#include "algebra/scales.h"
#include "algebra/slice.h"

#include <string.h>

struct layout {
    struct arena *arena;
    struct plan *plan;
    const char **names; /* of the outs; NULL for a part */
    int cap;
};

static int layout_add(struct layout *l, struct column c)
{
    struct plan *p = l->plan;
    if (p->ncolumns == l->cap) {
        l->cap = l->cap == 0 ? 8 : l->cap * 2;
        struct column *columns = ARENA_ARRAY(l->arena, struct column, l->cap);
        if (p->ncolumns > 0) {
            memcpy(columns, p->columns, sizeof *columns * (size_t)p->ncolumns);
        }
        p->columns = columns;
    }
    p->columns[p->ncolumns] = c;
    return p->ncolumns++;
}

/* The column that holds a state, added unless another result needs it already. */
static int layout_state(struct layout *l, struct column c, const char *name, bool shown)
{
    for (int i = 0; i < l->plan->ncolumns; i++) {
        const struct column *old = &l->plan->columns[i];
        if (old->role == c.role && old->value == c.value && old->filter == c.filter && old->of == c.of) {
            return i;
        }
    }
    c.name = name;
    c.shown = shown;
    return layout_add(l, c);
}

static bool layout_is_numeric(const char *type)
{
    return strcmp(type, "numeric") == 0 || strncmp(type, "numeric(", 8) == 0;
}

/*
 * Sums of integers and of numeric can be undone by subtracting. Floating point cannot (addition is not
 * associative), nor interval (its fields are not a group of sums for display), nor what is not known.
 */
static bool layout_is_additive(const struct result *r)
{
    if (r->distinct) {
        return false;
    }
    if (r->function == AGGREGATE_COUNT) {
        return true;
    }
    return r->type != NULL && (strcmp(r->type, "smallint") == 0 || strcmp(r->type, "integer") == 0 ||
                               strcmp(r->type, "bigint") == 0 || layout_is_numeric(r->type));
}

static struct column layout_column(enum column_role role, int value, int filter)
{
    return (struct column){
        .role = role, .value = value, .filter = filter, .count = -1, .scale = -1, .of = -1};
}

/* count(*) over a NOT NULL argument and no filter is the group's row count. */
static struct column layout_count(const struct result *r)
{
    int value = r->never_null ? -1 : r->value;
    return value < 0 && r->filter < 0 ? layout_column(COLUMN_ROWS, -1, -1)
                                      : layout_column(COLUMN_COUNT, value, r->filter);
}

/* Places the column that is the result itself; `name` NULL: hidden. False: the result has no such column. */
static bool layout_result(struct layout *l, int index, const char *name)
{
    struct result *r = &l->plan->results[index];
    bool shown = name != NULL;
    const char *own = shown ? name : arena_printf(l->arena, "weir_a%d", index + 1);
    if (r->function == AGGREGATE_MIN || r->function == AGGREGATE_MAX) {
        struct column c =
            layout_column(r->function == AGGREGATE_MIN ? COLUMN_MIN : COLUMN_MAX, r->value, r->filter);
        r->column = layout_state(l, c, own, shown);
        return true;
    }
    if (!layout_is_additive(r)) {
        struct column c = layout_column(COLUMN_REREAD, -1, -1);
        c.of = index;
        r->column = layout_state(l, c, own, shown);
        return true;
    }
    if (r->function == AGGREGATE_COUNT) {
        struct column c = layout_count(r);
        if (c.role == COLUMN_ROWS && shown) {
            return false; /* weir_n, which every group has */
        }
        r->column = layout_state(l, c, c.role == COLUMN_ROWS ? "weir_n" : own, shown);
        return true;
    }
    if (r->function == AGGREGATE_AVG && shown) {
        return false; /* a quotient, finished by the facade */
    }
    r->column = layout_state(l, layout_column(COLUMN_SUM, r->value, r->filter), own, shown);
    return true;
}

/* What tells the scale of a sum, which is the largest of its values': nothing where they all have one. */
static int layout_scale(struct layout *l, const struct result *r, const char *name)
{
    struct scales scales = scales_of_out(l->plan, r->value);
    if (strcmp(r->type, "numeric") != 0 || (scales.known && scales.n < 2)) {
        return -1;
    }
    struct column c = layout_column(scales.known ? COLUMN_FINE : COLUMN_SCALE, r->value, r->filter);
    c.of = r->column;
    c.fine = scales.high;
    c.coarse = scales.low;
    return layout_state(l, c, name, false);
}

/* What stands beside a sum: the count of its values, and what tells its scale. */
static void layout_beside(struct layout *l, int index)
{
    struct result *r = &l->plan->results[index];
    if ((r->function != AGGREGATE_SUM && r->function != AGGREGATE_AVG) || !layout_is_additive(r)) {
        return;
    }
    struct column count = layout_count(r);
    r->count = layout_state(
        l, count, count.role == COLUMN_ROWS ? "weir_n" : arena_printf(l->arena, "weir_a%d_n", index + 1),
        false);
    l->plan->columns[r->column].count = r->count;
    int scale = layout_scale(l, r, arena_printf(l->arena, "weir_a%d_s", index + 1));
    l->plan->columns[r->column].scale = scale;
}

static void layout_grouped(struct layout *l)
{
    struct plan *p = l->plan;
    int *key_column = ARENA_ARRAY(l->arena, int, p->nkeys + 1);
    bool *placed = ARENA_ARRAY(l->arena, bool, p->nresults + 1);
    for (int i = 0; i < p->nkeys; i++) {
        key_column[i] = -1;
    }
    for (int i = 0; l->names != NULL && i < p->nouts; i++) {
        const struct expr *e = p->outs[i].expr;
        if (e->kind == EXPR_KEY && key_column[e->column] < 0) {
            struct column c = layout_column(COLUMN_KEY, e->column, -1);
            key_column[e->column] = layout_state(l, c, l->names[i], true);
        } else if (e->kind == EXPR_RESULT && !placed[e->column]) {
            placed[e->column] = layout_result(l, e->column, l->names[i]);
        }
    }
    for (int i = 0; i < p->nkeys; i++) {
        if (key_column[i] < 0) {
            layout_state(l, layout_column(COLUMN_KEY, i, -1), arena_printf(l->arena, "weir_g%d", i + 1),
                         false);
        }
    }
    layout_state(l, layout_column(COLUMN_ROWS, -1, -1), "weir_n", false);
    for (int i = 0; i < p->nresults; i++) {
        if (!placed[i]) {
            layout_result(l, i, NULL);
        }
    }
    for (int i = 0; i < p->nresults; i++) {
        layout_beside(l, i);
    }
}

/* A key that the query shows needs no column of its own. */
static void layout_slice(struct layout *l)
{
    struct plan *p = l->plan;
    const struct level *top = p->slice->top;
    p->slice_columns = ARENA_ARRAY(l->arena, int, p->slice->nkeys + 1);
    for (int i = 0; i < p->slice->nkeys; i++) {
        p->slice_columns[i] = -1;
        for (int k = 0; k < p->nouts && top->outs != NULL; k++) {
            if (expr_same(top->outs[k], p->slice->keys[i].means)) {
                p->slice_columns[i] = k;
            }
        }
        if (p->slice_columns[i] < 0) {
            struct column c = layout_column(COLUMN_SLICE_KEY, i, -1);
            c.name = arena_printf(l->arena, "weir_k%d", i + 1);
            p->slice_columns[i] = layout_add(l, c);
        }
    }
    if (p->slice->nkeys > 0) {
        struct column c = layout_column(COLUMN_SLICE_HASH, -1, -1);
        c.name = "weir_key";
        layout_add(l, c);
    }
}

void layout_columns(struct arena *a, struct plan *p, const char **names)
{
    struct layout l = {.arena = a, .plan = p, .names = names};
    if (names != NULL) {
        struct out *outs = ARENA_ARRAY(a, struct out, p->nouts + 1);
        for (int i = 0; i < p->nouts; i++) {
            outs[i] = (struct out){.expr = p->outs != NULL ? p->outs[i].expr : NULL, .name = names[i]};
        }
        p->outs = outs;
    }
    if (p->kind == PLAN_GROUPED) {
        layout_grouped(&l);
        return;
    }
    int nouts = p->nbranches > 0 ? p->branches[0].nouts : p->nouts;
    for (int i = 0; i < nouts; i++) {
        struct column c = layout_column(COLUMN_OUT, i, -1);
        c.shown = i < p->nouts && names != NULL;
        c.name = c.shown        ? names[i]
                 : i < p->nouts ? arena_printf(a, "weir_o%d", i + 1)
                                : arena_printf(a, "weir_k%d", i - p->nouts + 1);
        layout_add(&l, c);
    }
    if (p->kind == PLAN_SLICED) {
        layout_slice(&l);
    }
}
