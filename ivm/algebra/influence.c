/*
 * Which rows of the query's outermost FROM clause can a row of a table touch, wherever that table stands?
 * From the table up to the top, conditions are gathered that hold for every combination of rows by which it
 * can matter:
 *
 *   inner join, and the side of an outer join that may be missing     the join's condition holds
 *   the side that is always there                                     nothing is known of the other
 *   FULL JOIN                                                         nothing is known above it
 *   WHERE                     holds; but if the row only decides whether another one is extended with NULLs,
 * both the row with it and the one without count, and only what speaks of neither may be used a subquery in
 * FROM        its outputs stand for what they are computed from; after grouping, only in an equality a
 * subquery in an expression       its own conditions, which may name rows around it; x IN (...) says that
 * they are equal
 *
 * A condition with a subquery in it is left out: fewer conditions make more rows touched, which costs time
 * and is never wrong. So is one over rows that may be missing, unless it is an equality: that fails for NULL.
 */
#include "algebra/slice.h"

#include <string.h>

struct climb {
    struct arena *arena;
    const struct slice *slice;
    bool *real;          /* per leaf: in each combination there is a row of it */
    bool *blurred;       /* per leaf: a condition gathered from now on may not hold for it */
    bool *joined;        /* per node: its condition has been taken */
    struct expr ***outs; /* per leaf: what its columns stand for; NULL: nothing known */
    const enum level_output **outputs;
    struct expr_list found; /* conditions that hold, not all of them usable */
    struct expr_list usable;
};

static struct climb climb_new(struct arena *a, const struct slice *s)
{
    struct climb c = {.arena = a,
                      .slice = s,
                      .real = ARENA_ARRAY(a, bool, s->nleaves + 1),
                      .blurred = ARENA_ARRAY(a, bool, s->nleaves + 1),
                      .joined = ARENA_ARRAY(a, bool, s->nnodes + 1),
                      .outs = ARENA_ARRAY(a, struct expr **, s->nleaves + 1),
                      .outputs = ARENA_ARRAY(a, const enum level_output *, s->nleaves + 1)};
    for (int i = 0; i < s->nleaves; i++) {
        const struct level *inner = s->leaves[i]->inner;
        if (inner != NULL && inner->outs != NULL) {
            c.outs[i] = inner->outs;
            c.outputs[i] = inner->outputs;
        }
    }
    return c;
}

/* --- conditions --------------------------------------------------------------------------------- */

struct terms {
    const struct climb *climb;
    bool known; /* nothing in it but columns that stand for something */
    bool real;  /* all of rows that are there */
    bool blurred;
    int missing;   /* a leaf that is not real */
    bool equality; /* it is column = column */
};

static bool is_column_equality(const struct expr *e)
{
    return expr_is_equality(e) && e->args[0]->kind == EXPR_REF && e->args[1]->kind == EXPR_REF;
}

static struct expr *stands_for(const struct expr *e, void *ctx)
{
    struct terms *t = ctx;
    const struct climb *c = t->climb;
    switch (e->kind) {
    case EXPR_REF:
        break;
    case EXPR_COLUMN:
    case EXPR_SUBQUERY:
    case EXPR_EXISTS:
    case EXPR_ANY_SELECT:
    case EXPR_ALL_SELECT:
    case EXPR_ARRAY_SELECT:
    case EXPR_AGGREGATE:
    case EXPR_WINDOW:
    case EXPR_GROUPING:
    case EXPR_SESSION_VALUE:
        t->known = false;
        return NULL;
    default:
        return NULL;
    }
    const struct leaf *leaf = c->slice->leaves[e->input];
    if (leaf->relation != NULL || leaf->block != NULL) {
        return NULL;
    }
    enum level_output how = c->outs[e->input] == NULL ? OUTPUT_NONE : c->outputs[e->input][e->column];
    if (how == OUTPUT_NONE || (how == OUTPUT_GROUP && !t->equality)) {
        t->known = false;
        return NULL;
    }
    t->real = t->real && c->real[e->input];
    struct terms inner = *t;
    inner.equality = t->equality && c->outs[e->input][e->column]->kind == EXPR_REF;
    struct expr *found = expr_rewrite(c->arena, c->outs[e->input][e->column], stands_for, &inner);
    t->known = inner.known;
    t->real = inner.real;
    return found;
}

static bool rows_of(const struct expr *e, void *ctx)
{
    struct terms *t = ctx;
    if (e->kind == EXPR_REF) {
        t->blurred = t->blurred || t->climb->blurred[e->input];
        if (!t->climb->real[e->input]) {
            t->real = false;
            t->missing = e->input;
        }
    }
    return true;
}

static void climb_leaf(struct climb *c, const struct leaf *leaf);

/* A condition that holds, if the rows it speaks of are there. Whether they are may only turn out later. */
static void climb_condition(struct climb *c, struct expr *e)
{
    struct terms t = {
        .climb = c, .known = true, .real = true, .missing = -1, .equality = is_column_equality(e)};
    e = expr_rewrite(c->arena, e, stands_for, &t);
    expr_visit(e, rows_of, &t);
    if (t.known && !t.blurred) {
        expr_list_add(c->arena, &c->found, e);
    }
}

static void climb_conditions(struct climb *c, const struct expr_list *l)
{
    for (int i = 0; i < l->n; i++) {
        climb_condition(c, l->items[i]);
    }
}

/* --- rows that are there ------------------------------------------------------------------------ */

/* True when the join above a node extends rows of its other side with NULLs in the place of this one's. */
static bool node_may_miss(const struct node *n)
{
    const struct node *join = n->up;
    return join->join == JOIN_FULL || join->join == (join->left == n ? JOIN_RIGHT : JOIN_LEFT);
}

/* Of rows of a node that are there, the ones they are made of are too. */
static void climb_down(struct climb *c, const struct node *n)
{
    if (n == NULL) {
        return;
    }
    if (n->left == NULL) {
        if (n->leaf != NULL) {
            climb_leaf(c, n->leaf);
        }
        return;
    }
    if (n->join == JOIN_INNER && !c->joined[n->number]) {
        c->joined[n->number] = true;
        climb_conditions(c, &n->on);
    }
    if (n->join == JOIN_INNER || n->join == JOIN_LEFT) {
        climb_down(c, n->left);
    }
    if (n->join == JOIN_INNER || n->join == JOIN_RIGHT) {
        climb_down(c, n->right);
    }
}

struct missing {
    const struct slice *slice;
    const struct node *within;
    bool found;
};

static bool speaks_of_missing(const struct expr *e, void *ctx)
{
    struct missing *m = ctx;
    const struct node *n = e->kind == EXPR_REF ? m->slice->leaves[e->input]->node : NULL;
    bool missing = false;
    for (; n != NULL && n != m->within; n = n->up) {
        missing = missing || (n->up != NULL && node_may_miss(n));
    }
    m->found = m->found || (n != NULL && missing);
    return true;
}

/* Conditions above `within`. A row that may be missing there was replaced by NULLs, or will be: then only
 * those hold before and after that do not speak of what may be missing. */
static void climb_above(struct climb *c, const struct expr_list *l, const struct node *within, bool may_miss)
{
    for (int i = 0; i < l->n; i++) {
        struct missing m = {.slice = c->slice, .within = within};
        if (may_miss) {
            expr_visit(l->items[i], speaks_of_missing, &m);
        }
        if (!m.found) {
            climb_condition(c, l->items[i]);
        }
    }
}

/*
 * A row of `n` is there: so is what each join above it needs to let it through. `matters`: it is the row
 * whose coming or going is followed. Returns whether it only decided, somewhere, if another row was extended
 * with NULLs.
 */
static bool climb_up(struct climb *c, const struct node *n, bool matters)
{
    bool may_miss = false;
    for (; n->up != NULL; n = n->up) {
        const struct node *join = n->up;
        bool left = join->left == n;
        if (join->join == JOIN_FULL) {
            return true;
        }
        if (join->join != (left ? JOIN_LEFT : JOIN_RIGHT) && !c->joined[join->number]) {
            c->joined[join->number] = true;
            climb_above(c, &join->on, n, may_miss && matters);
            climb_down(c, left ? join->right : join->left);
        }
        may_miss = may_miss || node_may_miss(n);
    }
    return may_miss;
}

static void climb_leaf(struct climb *c, const struct leaf *leaf)
{
    if (c->real[leaf->number]) {
        return;
    }
    c->real[leaf->number] = true;
    if (leaf->inner != NULL && leaf->inner->simple) {
        climb_down(c, leaf->inner->root);
        climb_conditions(c, &leaf->inner->where);
    }
    climb_up(c, leaf->node, false);
}

/* Sorts out what can be used. An equality with a row that may be missing says that it is not. */
static void climb_settle(struct climb *c)
{
    for (int i = 0; i < c->found.n; i++) {
        struct expr *e = c->found.items[i];
        struct terms t = {.climb = c, .real = true, .missing = -1};
        expr_visit(e, rows_of, &t);
        if (!t.real && is_column_equality(e)) {
            climb_leaf(c, c->slice->leaves[t.missing]);
            i = -1;
        }
    }
    c->usable.n = 0;
    for (int i = 0; i < c->found.n; i++) {
        struct terms t = {.climb = c, .real = true, .missing = -1};
        expr_visit(c->found.items[i], rows_of, &t);
        if (t.real) {
            expr_list_add(c->arena, &c->usable, c->found.items[i]);
        }
    }
}

/* --- levels ------------------------------------------------------------------------------------- */

/* The FROM item of level `l` that a leaf is in; NULL: it is in none, but in an expression. */
static const struct leaf *leaf_at(const struct leaf *leaf, const struct level *l)
{
    const struct level *at = leaf->level;
    for (; at != NULL && at != l; at = at->outer) {
        if (at->place == LEVEL_EXPRESSION) {
            return NULL;
        }
        leaf = at->place == LEVEL_FROM ? at->leaf : leaf;
    }
    return at == l ? leaf : NULL;
}

/* Rows of the level have come and gone. Seen from outside, what may be missing in them has no value to speak
 * of. */
static void climb_blur(struct climb *c, const struct level *l)
{
    for (int i = 0; i < c->slice->nleaves; i++) {
        const struct leaf *at = leaf_at(c->slice->leaves[i], l);
        c->blurred[i] = c->blurred[i] || (at != NULL && at->level == l && at->node->nullable);
    }
}

/* x IN (SELECT y ...): y matters where it is equal to x, and where one of them is NULL unless that is as good
 * as false. */
static const struct expr *climb_membership(const struct level *l)
{
    const struct expr *e = l->link;
    return e->kind == EXPR_ANY_SELECT && strcmp(e->text, "OPERATOR(pg_catalog.=)") == 0 ? e : NULL;
}

static bool never_null(const struct climb *c, const struct expr *e)
{
    const struct ivm_column *column = slice_column(c->slice, e);
    return column != NULL && column->not_null && !c->slice->leaves[e->input]->node->nullable;
}

static struct expr *is_null(struct arena *a, struct expr *e)
{
    struct expr *test = expr_new(a, EXPR_IS, -1);
    test->text = "IS NULL";
    test->args = ARENA_NEW(a, struct expr *);
    test->args[test->nargs++] = e;
    return test;
}

/* Ways by which a row can matter: each adds one condition to those that hold for all. */
struct ways {
    struct expr **conditions;
    int n;
};

/*
 * The equalities of x IN (SELECT y ...), which hold on the way up. `ways` gets what else must be looked at
 * when a NULL makes the answer unknown. A row of several columns is followed only where unknown counts as
 * false.
 */
static void climb_member(struct climb *c, const struct level *l, struct expr **outs,
                         const enum level_output *outputs, struct ways *ways)
{
    const struct expr *e = climb_membership(l);
    if (e == NULL || outs == NULL) {
        return;
    }
    bool row = e->args[0]->kind == EXPR_ROW;
    struct expr **left = row ? e->args[0]->args : e->args;
    int n = row ? e->args[0]->nargs : 1;
    bool exact = l->link_filters || (n == 1 && never_null(c, left[0]) && never_null(c, outs[0]));
    for (int i = 0; i < n && i < l->nouts; i++) {
        struct expr *equal = outputs[i] == OUTPUT_NONE ? NULL : resolve_equal(c->arena, left[i], outs[i]);
        if (equal == NULL || (outputs[i] == OUTPUT_GROUP && !is_column_equality(equal)) ||
            (!exact && n > 1)) {
            continue;
        }
        if (exact) {
            climb_condition(c, equal);
        } else if (ways->n == 0) {
            ways->conditions = ARENA_ARRAY(c->arena, struct expr *, 3);
            ways->conditions[ways->n++] = equal;
            ways->conditions[ways->n++] = is_null(c->arena, left[i]);
            ways->conditions[ways->n++] = is_null(c->arena, outs[i]);
        }
    }
}

/* What a set operation compares rows by are their values. */
static const enum level_output *outputs_of_arm(struct arena *a, const enum level_output *outputs, int n)
{
    enum level_output *own = ARENA_ARRAY(a, enum level_output, n + 1);
    for (int i = 0; i < n; i++) {
        own[i] = outputs[i] == OUTPUT_NONE ? OUTPUT_NONE : OUTPUT_GROUP;
    }
    return own;
}

/* From a leaf up to the outermost SELECT. */
static void climb(struct climb *c, const struct leaf *leaf, struct ways *ways)
{
    const struct level *l = leaf->level;
    struct expr **outs = l->outs;
    const enum level_output *outputs = l->outputs;
    c->real[leaf->number] = true;
    bool may_miss = climb_up(c, leaf->node, true);
    for (;;) {
        climb_down(c, l->root);
        climb_above(c, &l->where, l->root, may_miss);
        climb_settle(c);
        if (l->place == LEVEL_TOP) {
            return;
        }
        if (may_miss) {
            climb_blur(c, l);
        }
        const struct level *outer = l->outer;
        may_miss = false;
        if (l->place == LEVEL_FROM) {
            c->outs[l->leaf->number] = outs;
            c->outputs[l->leaf->number] = outputs;
            c->real[l->leaf->number] = true;
            may_miss = climb_up(c, l->leaf->node, true);
        } else if (l->place == LEVEL_EXPRESSION) {
            climb_member(c, l, outs, outputs, ways);
            if (l->link_on != NULL) { /* it decides which rows of both sides are joined */
                climb_conditions(c, &l->link_on->on);
                climb_down(c, l->link_on->left);
                climb_down(c, l->link_on->right);
                may_miss = climb_up(c, l->link_on, true) || l->link_on->join != JOIN_INNER;
            }
        }
        /* The arms of a set operation have its outputs, but not its limits. */
        bool arm = l->place == LEVEL_ARM && outputs != NULL && outer->select->limit == NULL &&
                   outer->select->offset == NULL;
        outputs = l->place != LEVEL_ARM ? outer->outputs
                  : arm                 ? outputs_of_arm(c->arena, outputs, l->nouts)
                                        : NULL;
        outs = l->place != LEVEL_ARM ? outer->outs : arm ? outs : NULL;
        l = outer;
    }
}

static void climb_result(struct climb *c, struct influence *out)
{
    climb_settle(c);
    out->real = c->real;
    out->conditions = c->usable;
}

int slice_influences(struct arena *a, const struct slice *s, const struct leaf *leaf, struct influence **out)
{
    struct ways ways = {.n = 0};
    struct climb first = climb_new(a, s);
    climb(&first, leaf, &ways);
    int n = ways.n > 0 ? ways.n : 1;
    *out = ARENA_ARRAY(a, struct influence, n);
    climb_result(&first, &(*out)[0]);
    for (int i = 0; i < ways.n; i++) {
        struct ways again = {.n = 0};
        struct climb c = climb_new(a, s);
        climb(&c, leaf, &again);
        climb_condition(&c, ways.conditions[i]);
        climb_result(&c, &(*out)[i]);
    }
    return n;
}

void slice_rows(struct arena *a, const struct slice *s, const struct level *level, struct influence *out)
{
    struct climb c = climb_new(a, s);
    climb_down(&c, level->root);
    climb_conditions(&c, &level->where);
    climb_result(&c, out);
}
