/*
 * An outer join extends a row that finds no partner with NULLs. count, sum, avg, min and max of a column skip
 * them; all that such a row does then is to keep its group there. So it may as well be there for every row:
 *
 *     aggregate by keys of A, over B's columns ( A LEFT JOIN B )
 *  =  aggregate by keys of A, over B's columns ( A JOIN B  UNION ALL  A with NULLs for B )
 *
 * which is linear: no group has to be computed again because a row of it found a partner, or lost it.
 */
#include "algebra/padding.h"

#include <string.h>

/* Tables joined inside; queries only where they are read once. */
static bool padding_is_plain(const struct from_item *f, bool queries)
{
    switch (f->kind) {
    case FROM_TABLE:
        return !f->only;
    case FROM_SELECT:
        return queries && !f->lateral;
    case FROM_JOIN:
        return f->join == JOIN_INNER && f->nusing == 0 && f->alias == NULL &&
               padding_is_plain(f->left, queries) && padding_is_plain(f->right, queries);
    default:
        return false;
    }
}

static bool padding_shows(const struct from_item *f, const char *name)
{
    return f->kind == FROM_JOIN ? padding_shows(f->left, name) || padding_shows(f->right, name)
                                : strcmp(f->alias != NULL ? f->alias : f->name, name) == 0;
}

/* A column by the name of what it is of, which canonical text gives wherever there are two tables. */
static bool padding_is_of(const struct expr *e, const struct from_item *f)
{
    return e->kind == EXPR_COLUMN && !e->star && e->nnames == 2 && padding_shows(f, e->names[0]);
}

struct padding {
    const struct from_item *kept, *padded; /* A and B */
    bool fits;
};

/* Skips NULLs, and reads a column of B alone. */
static bool padding_is_skipped(const struct padding *p, const struct expr *e)
{
    static const char *const names[] = {"count", "sum", "avg", "min", "max"};
    bool known = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        known = known || expr_calls(e, names[i]);
    }
    return known && !e->star && e->nargs == 1 && e->norder == 0 && e->filter == NULL && !e->within_group &&
           padding_is_of(e->args[0], p->padded);
}

static bool padding_visit(const struct expr *e, void *ctx)
{
    struct padding *p = ctx;
    if (e->kind == EXPR_AGGREGATE) {
        p->fits = p->fits && padding_is_skipped(p, e);
        return false;
    }
    p->fits = p->fits && !expr_is_subquery(e) && e->kind != EXPR_WINDOW &&
              (e->kind != EXPR_COLUMN || padding_is_of(e, p->kept));
    return p->fits;
}

static bool padding_subquery(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || expr_is_subquery(e);
    return !*(bool *)found;
}

static struct padding padding_of(const struct select *s)
{
    struct padding p = {.fits = false};
    const struct from_item *f = s->nfrom == 1 ? s->from[0] : NULL;
    bool outer = f != NULL && f->kind == FROM_JOIN && (f->join == JOIN_LEFT || f->join == JOIN_RIGHT);
    if (!outer || f->nusing > 0 || f->alias != NULL || f->on == NULL) {
        return p;
    }
    bool subquery = false;
    expr_visit(f->on, padding_subquery, &subquery);
    p.kept = f->join == JOIN_LEFT ? f->left : f->right;
    p.padded = f->join == JOIN_LEFT ? f->right : f->left;
    p.fits = !subquery && padding_is_plain(p.kept, false) && padding_is_plain(p.padded, true);
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, padding_visit, &p);
    }
    for (int i = 0; i < s->ngroup; i++) {
        expr_visit(s->group[i], padding_visit, &p);
    }
    expr_visit(s->having, padding_visit, &p);
    expr_visit(s->where, padding_visit, &p);
    return p;
}

/* `rows` from somewhere else. */
static struct select *padding_arm(struct arena *a, const struct select *rows, struct from_item *from)
{
    struct select *arm = ARENA_NEW(a, struct select);
    *arm = *rows;
    arm->from = ARENA_NEW(a, struct from_item *);
    arm->from[0] = from;
    return arm;
}

struct select *padding_arms(struct arena *a, const struct select *s, const struct select *rows)
{
    struct padding p = padding_of(s);
    if (!p.fits) {
        return NULL;
    }
    struct from_item *join = ARENA_NEW(a, struct from_item);
    *join = *s->from[0];
    join->join = JOIN_INNER;
    struct select *both = ARENA_NEW(a, struct select);
    both->location = rows->location;
    both->operation = SET_UNION_ALL;
    both->arms = ARENA_ARRAY(a, struct select *, 2);
    both->arms[both->narms++] = padding_arm(a, rows, join);
    struct select *alone = padding_arm(a, rows, (struct from_item *)p.kept);
    alone->targets = ARENA_ARRAY(a, struct target, rows->ntargets + 1);
    for (int i = 0; i < rows->ntargets; i++) {
        alone->targets[i] = rows->targets[i];
        if (padding_is_of(rows->targets[i].expr, p.padded)) {
            alone->targets[i].expr = expr_const(a, "NULL");
        }
    }
    both->arms[both->narms++] = alone;
    return both;
}
