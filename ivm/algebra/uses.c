/* Which columns of its sources a plan reads: what the change buffers must hold. */
#include "algebra/normal.h"
#include "algebra/slice.h"

struct uses {
    struct plan *plan;
    const struct branch *branch;
};

static void uses_of_part(struct source *s, int column)
{
    const struct plan *part = s->part;
    if (column == plan_id_column(part)) {
        return;
    }
    if (part->kind != PLAN_GROUPED) {
        s->used[column] = true;
    } else if (column >= part->nkeys) {
        const struct result *r = &part->results[column - part->nkeys];
        s->used[r->column] = true;
        if (r->function == AGGREGATE_AVG && part->columns[r->column].role == COLUMN_SUM) {
            s->used[r->count] = true;
        }
    } else {
        for (int i = 0; i < part->ncolumns; i++) {
            s->used[i] =
                s->used[i] || (part->columns[i].role == COLUMN_KEY && part->columns[i].value == column);
        }
    }
}

struct part_uses {
    struct source *source;
};

/* Above the part's aggregate. */
static bool uses_one_of_part(const struct expr *e, void *ctx)
{
    struct part_uses *u = ctx;
    if (e->kind == EXPR_KEY || e->kind == EXPR_RESULT) {
        uses_of_part(u->source, e->kind == EXPR_KEY ? e->column : u->source->part->nkeys + e->column);
    }
    return true;
}

static bool uses_one(const struct expr *e, void *ctx)
{
    struct uses *u = ctx;
    if (e->kind == EXPR_REF) {
        struct source *s = &u->plan->sources[u->branch->inputs[e->input]];
        if (s->part != NULL) {
            uses_of_part(s, e->column);
        } else {
            s->used[e->column] = true;
        }
    }
    return true;
}

/* What a leaf shows of a part are the part's outs, of rows that satisfy its HAVING. */
static void uses_of_leaf(struct plan *p, const struct leaf *leaf)
{
    struct source *s = &p->sources[leaf->source];
    struct part_uses u = {.source = s};
    for (int c = 0; c < leaf->ncolumns; c++) {
        if (!leaf->used[c]) {
            continue;
        }
        if (s->part == NULL) {
            s->used[c] = true;
        } else if (s->part->kind != PLAN_GROUPED) {
            uses_of_part(s, c);
        } else if (c < s->part->nouts) {
            expr_visit(s->part->outs[c].expr, uses_one_of_part, &u);
        }
    }
    for (int i = 0; s->part != NULL && i < s->part->having.n; i++) {
        expr_visit(s->part->having.items[i], uses_one_of_part, &u);
    }
}

/* Where all that matters is that there is a row, one column of it is read. */
static void uses_any(struct source *s)
{
    bool any = false;
    for (int i = 0; s->relation != NULL && i < s->relation->ncolumns; i++) {
        any = any || s->used[i];
    }
    if (s->relation != NULL && s->relation->ncolumns > 0 && !any) {
        s->used[0] = true;
    }
}

static void uses_show(struct arena *a, struct source *s)
{
    if (s->part != NULL) {
        s->shown.part = s->part->index;
        return;
    }
    s->shown.relid = s->relation->oid;
    s->shown.part = -1;
    s->shown.attnums = ARENA_ARRAY(a, int, s->relation->ncolumns + 1);
    for (int i = 0; i < s->relation->ncolumns; i++) {
        if (s->used[i]) {
            s->shown.attnums[s->shown.nattnums++] = s->relation->columns[i].attnum;
        }
    }
}

void uses_mark(struct arena *a, struct plan *p)
{
    for (int i = 0; i < p->nsources; i++) {
        struct source *s = &p->sources[i];
        int n = s->part != NULL ? s->part->ncolumns : s->relation->ncolumns;
        s->used = ARENA_ARRAY(a, bool, n + 1);
    }
    for (int i = 0; i < p->nbranches; i++) {
        struct uses u = {.plan = p, .branch = &p->branches[i]};
        for (int k = 0; k < p->branches[i].conditions.n; k++) {
            expr_visit(p->branches[i].conditions.items[k], uses_one, &u);
        }
        for (int k = 0; k < p->branches[i].repeats.n; k++) {
            expr_visit(p->branches[i].repeats.items[k], uses_one, &u);
        }
        for (int k = 0; k < p->branches[i].nouts; k++) {
            expr_visit(p->branches[i].outs[k], uses_one, &u);
        }
    }
    for (int i = 0; p->slice != NULL && i < p->slice->nleaves; i++) {
        if (p->slice->leaves[i]->source >= 0) {
            uses_of_leaf(p, p->slice->leaves[i]);
        }
    }
    for (int i = 0; i < p->nsources; i++) {
        int *key, nkey;
        struct source *s = &p->sources[i];
        if (s->relation != NULL && source_key(a, s, &key, &nkey)) {
            for (int k = 0; k < nkey; k++) {
                s->used[key[k]] = true; /* images are told apart by it */
            }
        }
        uses_any(s);
        uses_show(a, s);
    }
}
