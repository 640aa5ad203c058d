/*
 * The key of a join: which columns of which relations tell its rows apart.
 *
 *     key(R1 x ... x Rn) = key(R1) u ... u key(Rn), minus key(Ri) where Ri is determined by the others:
 *     every column of key(Ri) is equated to a constant or to a column of a relation that stays or is
 * determined
 *
 * So orders joined to customers is keyed by the order alone. (Armstrong's rules; e.g. Paulley, "Exploiting
 * Functional Dependence in Query Optimization", 2000.)
 */
#include "algebra/normal.h"

#include <string.h>

struct equality {
    int input, column;
    int other; /* input it is equated to; -1: a constant */
};

struct keys {
    struct arena *arena;
    struct plan *plan;
    struct branch *branch;
    struct equality *equalities;
    int nequalities;
    int **columns; /* per input, its key */
    int *ncolumns;
};

static bool has_ref(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_REF;
    return !*(bool *)found;
}

static void keys_side(struct keys *k, const struct expr *x, const struct expr *y)
{
    bool refs = false;
    expr_visit(y, has_ref, &refs);
    if (x->kind == EXPR_REF && (y->kind == EXPR_REF || !refs)) {
        k->equalities[k->nequalities++] =
            (struct equality){.input = x->input, .column = x->column, .other = refs ? y->input : -1};
    }
}

static void keys_equalities(struct keys *k)
{
    k->equalities = ARENA_ARRAY(k->arena, struct equality, 2 * k->branch->conditions.n + 1);
    for (int i = 0; i < k->branch->conditions.n; i++) {
        const struct expr *c = k->branch->conditions.items[i];
        if (expr_is_equality(c)) {
            keys_side(k, c->args[0], c->args[1]);
            keys_side(k, c->args[1], c->args[0]);
        }
    }
}

static bool keys_equated(const struct keys *k, int input, int column, const bool *known)
{
    for (int i = 0; i < k->nequalities; i++) {
        const struct equality *e = &k->equalities[i];
        if (e->input == input && e->column == column && e->other != input &&
            (e->other < 0 || known[e->other])) {
            return true;
        }
    }
    return false;
}

/* A part's group keys tell its rows apart as well as weir_id does. */
static bool keys_determines(const struct keys *k, int input, const bool *known)
{
    const struct source *s = &k->plan->sources[k->branch->inputs[input]];
    bool all = true;
    for (int i = 0; i < k->ncolumns[input] && all; i++) {
        all = keys_equated(k, input, k->columns[input][i], known);
    }
    if (!all && s->part != NULL && s->part->kind == PLAN_GROUPED) {
        all = true;
        for (int i = 0; i < s->part->nkeys && all; i++) {
            all = keys_equated(k, input, i, known);
        }
    }
    return all;
}

/* True when the inputs in `kept` determine all. */
static bool keys_suffice(const struct keys *k, const bool *kept)
{
    int n = k->branch->ninputs, nknown = 0;
    bool *known = ARENA_ARRAY(k->arena, bool, n + 1);
    for (int i = 0; i < n; i++) {
        known[i] = kept[i];
        nknown += kept[i];
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (int i = 0; i < n; i++) {
            if (!known[i] && keys_determines(k, i, known)) {
                known[i] = grown = true;
                nknown++;
            }
        }
    }
    return nknown == n;
}

/* Makes an out of a key column unless it is one already; returns its number. */
static int keys_out(struct keys *k, int input, int column)
{
    struct branch *b = k->branch;
    struct expr *ref = expr_ref(k->arena, input, column);
    for (int i = 0; i < b->nouts; i++) {
        if (expr_same(b->outs[i], ref)) {
            return i;
        }
    }
    struct expr **outs = ARENA_ARRAY(k->arena, struct expr *, b->nouts + 2);
    memcpy(outs, b->outs, sizeof *outs * (size_t)b->nouts);
    outs[b->nouts] = ref;
    b->outs = outs;
    return b->nouts++;
}

bool key_of_branch(struct arena *a, struct plan *p)
{
    struct keys k = {.arena = a, .plan = p, .branch = &p->branches[0]};
    int n = k.branch->ninputs, width = 1;
    k.columns = ARENA_ARRAY(a, int *, n + 1);
    k.ncolumns = ARENA_ARRAY(a, int, n + 1);
    bool *kept = ARENA_ARRAY(a, bool, n + 1);
    for (int i = 0; i < n; i++) {
        if (!source_key(a, &p->sources[k.branch->inputs[i]], &k.columns[i], &k.ncolumns[i])) {
            return false;
        }
        kept[i] = true;
        width += k.ncolumns[i];
    }
    keys_equalities(&k);
    for (int i = n - 1; i >= 0; i--) { /* the first relation of the text is the one to keep */
        kept[i] = false;
        kept[i] = !keys_suffice(&k, kept);
    }
    p->key = ARENA_ARRAY(a, int, width);
    for (int i = 0; i < n; i++) {
        for (int c = 0; kept[i] && c < k.ncolumns[i]; c++) {
            p->key[p->nkey++] = keys_out(&k, i, k.columns[i][c]);
        }
    }
    if (p->nkey == 0) {
        struct expr **outs = ARENA_ARRAY(a, struct expr *, k.branch->nouts + 2);
        memcpy(outs, k.branch->outs, sizeof *outs * (size_t)k.branch->nouts);
        outs[k.branch->nouts] = expr_const(a, "smallint '0'");
        k.branch->outs = outs;
        p->key[p->nkey++] = k.branch->nouts++;
    }
    return true;
}
