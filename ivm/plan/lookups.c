/*
 * Which tables a delta looks rows up in, and by what: with an index on one of the columns the cost follows
 * the change, without one each refresh reads the table.
 *
 *     a join                 R by its columns that are equal to columns of S, as S may change; for every pair
 *     groups read again      R by group keys
 *     slices                 R by its columns that conditions tie to another leaf, and by its columns of the
 * key
 */
#include "algebra/slice.h"
#include "plan/plan.h"

#include <string.h>

struct lookups {
    struct arena *arena;
    const struct plan *plan;
    struct plan_lookup *items;
    int n, cap;
};

/* Columns of a source as attnums, ascending, as one lookup; once. */
static void lookups_add(struct lookups *l, int source, const bool *columns)
{
    const struct ivm_relation *rel = l->plan->sources[source].relation;
    if (rel == NULL || rel->storage_of != 0) {
        return; /* no table of the user's */
    }
    struct plan_lookup new = {.relid = rel->oid, .attnums = ARENA_ARRAY(l->arena, int, rel->ncolumns + 1)};
    for (int i = 0; i < rel->ncolumns; i++) {
        if (columns[i]) {
            new.attnums[new.n++] = rel->columns[i].attnum;
        }
    }
    for (int i = 0; i < l->n; i++) {
        const struct plan_lookup *old = &l->items[i];
        if (old->relid == new.relid &&
            old->n == new.n &&memcmp(old->attnums, new.attnums, sizeof(int) * (size_t) new.n) == 0) {
            return;
        }
    }
    if (new.n > 0) {
        l->items = arena_grow(l->arena, l->items, l->n, &l->cap, sizeof *l->items);
        l->items[l->n++] = new;
    }
}

static bool is_tie(const struct expr *e)
{
    return expr_is_equality(e) && e->args[0]->kind == EXPR_REF && e->args[1]->kind == EXPR_REF &&
           e->args[0]->input != e->args[1]->input;
}

/* Columns of input `of` that conditions equate to columns of input `by`. */
static bool *tied_columns(struct arena *a, const struct expr_list *conditions, int of, int by, int width)
{
    bool *columns = ARENA_ARRAY(a, bool, width + 1);
    for (int i = 0; i < conditions->n; i++) {
        const struct expr *e = conditions->items[i];
        for (int side = 0; is_tie(e) && side < 2; side++) {
            if (e->args[side]->input == of && e->args[1 - side]->input == by) {
                columns[e->args[side]->column] = true;
            }
        }
    }
    return columns;
}

static int source_width(const struct source *s)
{
    return s->relation != NULL ? s->relation->ncolumns : 0;
}

static void lookups_of_branch(struct lookups *l, const struct branch *b)
{
    for (int i = 0; i < b->ninputs; i++) {
        int width = source_width(&l->plan->sources[b->inputs[i]]);
        for (int k = 0; width > 0 && k < b->ninputs; k++) {
            lookups_add(l, b->inputs[i], tied_columns(l->arena, &b->conditions, i, k, width));
        }
    }
    bool rereads = false;
    for (int i = 0; i < l->plan->ncolumns; i++) {
        enum column_role role = l->plan->columns[i].role;
        rereads = rereads || role == COLUMN_MIN || role == COLUMN_MAX || role == COLUMN_REREAD;
    }
    for (int i = 0; rereads && i < b->ninputs; i++) {
        int width = source_width(&l->plan->sources[b->inputs[i]]);
        bool *columns = ARENA_ARRAY(l->arena, bool, width + 1);
        for (int k = 0; width > 0 && k < l->plan->nkeys; k++) {
            const struct expr *e = b->outs[k];
            if (e->kind == EXPR_REF && e->input == i) {
                columns[e->column] = true;
            }
        }
        if (width > 0) {
            lookups_add(l, b->inputs[i], columns);
        }
    }
}

static void lookups_of_slice(struct lookups *l, const struct slice *s)
{
    struct expr_list all = {0};
    for (int i = 0; i < s->nleaves; i++) {
        struct influence *ways;
        if (s->leaves[i]->source < 0) {
            continue;
        }
        int n = slice_influences(l->arena, s, s->leaves[i], &ways);
        for (int k = 0; k < n; k++) {
            for (int c = 0; c < ways[k].conditions.n; c++) {
                expr_list_add(l->arena, &all, ways[k].conditions.items[c]);
            }
        }
    }
    for (int i = 0; i < s->nleaves; i++) {
        const struct leaf *leaf = s->leaves[i];
        if (leaf->relation == NULL) {
            continue;
        }
        bool *key = ARENA_ARRAY(l->arena, bool, leaf->ncolumns + 1);
        for (int k = 0; k < s->nkeys; k++) {
            if (s->keys[k].means->input == i) {
                key[s->keys[k].means->column] = true;
            }
        }
        lookups_add(l, leaf->source, key);
        for (int k = 0; k < s->nleaves; k++) {
            lookups_add(l, leaf->source, tied_columns(l->arena, &all, i, k, leaf->ncolumns));
        }
    }
}

int plan_lookups(struct arena *a, const struct plan *p, const struct plan_lookup **out)
{
    struct lookups l = {.arena = a, .plan = p};
    for (int i = 0; i < p->nbranches; i++) {
        lookups_of_branch(&l, &p->branches[i]);
    }
    if (p->slice != NULL && p->slice->nkeys > 0) {
        lookups_of_slice(&l, p->slice);
    }
    *out = l.items;
    return l.n;
}
