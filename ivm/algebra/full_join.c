/*
 * FULL JOIN as what it is made of:
 *
 *     L FULL JOIN R ON c   =   L JOIN R ON c
 *                              UNION ALL  L without a partner, R all NULL
 *                              UNION ALL  R without a partner, L all NULL
 *
 *     L without a partner  =   L LEFT JOIN R ON false WHERE NOT EXISTS (SELECT FROM R WHERE c)
 *
 * None of the three is a whole: pairs are kept by their delta, rows without a partner in slices by their own
 * key. ON false gives R's columns their names and types; inside EXISTS the names of R mean the R in there.
 *
 * What stands above the FULL JOIN is done to each part, so it must be linear in it: inner joins, the side of
 * an outer join that is always there, WHERE, the outputs. A column merged by USING is the first one that is
 * not NULL, which is written out.
 */
#include "algebra/full_join.h"

#include <string.h>

/* What sides that are queries are called: nothing that a user would. */
#define LEFT_NAME "weir: left of FULL JOIN"
#define RIGHT_NAME "weir: right of FULL JOIN"

struct full_join {
    struct arena *arena;
    const struct select *whole;
    int at;                     /* in FROM */
    const struct from_item *it; /* the FULL JOIN */
    struct from_item *left, *right;
    struct expr *on;
    struct with_query *with; /* of the whole, and the sides that are queries */
    int nwith;
};

/* --- where it may stand ------------------------------------------------------------------------- */

static bool has_full(const struct from_item *f)
{
    return f->kind == FROM_JOIN && (f->join == JOIN_FULL || has_full(f->left) || has_full(f->right));
}

/* Of two in one FROM clause nine parts would be made; they stay a whole. */
static int count_full(const struct from_item *f)
{
    return f->kind != FROM_JOIN ? 0 : (f->join == JOIN_FULL) + count_full(f->left) + count_full(f->right);
}

static bool has_lateral(const struct from_item *f)
{
    return f->lateral || (f->kind == FROM_JOIN && (has_lateral(f->left) || has_lateral(f->right)));
}

/* The FULL JOIN below that all above it is linear in. */
static const struct from_item *full_within(const struct from_item *f)
{
    const struct from_item *found = NULL;
    if (f->kind != FROM_JOIN || f->alias != NULL || f->using_alias != NULL) {
        return NULL;
    }
    if (f->join == JOIN_FULL) {
        bool plain =
            !has_full(f->left) && !has_full(f->right) && !has_lateral(f->left) && !has_lateral(f->right);
        return plain ? f : NULL;
    }
    if (f->join != JOIN_RIGHT) {
        found = full_within(f->left);
    }
    if (found == NULL && f->join != JOIN_LEFT) {
        found = full_within(f->right);
    }
    /* A join by names would meet both columns where one was. */
    return found != NULL && found->nusing > 0 && f->nusing > 0 ? NULL : found;
}

static bool find_more(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || e->kind == EXPR_AGGREGATE || e->kind == EXPR_GROUPING ||
                     e->kind == EXPR_WINDOW || expr_is_set_returning(e);
    return !*(bool *)found;
}

static bool find_subquery(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || expr_is_subquery(e);
    return !*(bool *)found;
}

static bool select_finds(const struct select *s, expr_visit_fn *f)
{
    bool found = false;
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, f, &found);
    }
    expr_visit(s->where, f, &found);
    return found;
}

/* It only puts rows together. */
static bool select_is_plain(const struct select *s)
{
    return s->operation == SET_NONE && s->nvalues == 0 && !s->recursive && !s->distinct && !s->grouped &&
           s->having == NULL && s->limit == NULL && s->offset == NULL && s->nwindows == 0 &&
           !select_finds(s, find_more);
}

/* --- columns merged by USING -------------------------------------------------------------------- */

static const char *side_name(const struct from_item *f)
{
    return f->kind == FROM_JOIN ? NULL : f->alias != NULL ? f->alias : f->kind == FROM_TABLE ? f->name : NULL;
}

static struct expr *side_column(struct arena *a, const struct from_item *side, const char *column)
{
    struct expr *e = expr_new(a, EXPR_COLUMN, -1);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[e->nnames++] = side_name(side);
    e->names[e->nnames++] = column;
    return e;
}

static struct expr *two(struct arena *a, enum expr_kind kind, const char *text, struct expr *x,
                        struct expr *y)
{
    struct expr *e = expr_new(a, kind, -1);
    e->text = text;
    e->args = ARENA_ARRAY(a, struct expr *, 2);
    e->args[e->nargs++] = x;
    e->args[e->nargs++] = y;
    return e;
}

static struct expr *both(struct arena *a, struct expr *x, struct expr *y)
{
    return x == NULL ? y : y == NULL ? x : two(a, EXPR_AND, NULL, x, y);
}

/* Canonical text has a merged column without a table's name, and no other where there are several tables. */
static struct expr *merged(const struct expr *e, void *ctx)
{
    const struct full_join *j = ctx;
    for (int i = 0; e->kind == EXPR_COLUMN && e->nnames == 1 && !e->star && i < j->it->nusing; i++) {
        const char *column = j->it->using_columns[i];
        if (strcmp(e->names[0], column) == 0) {
            return two(j->arena, EXPR_COALESCE, NULL, side_column(j->arena, j->left, column),
                       side_column(j->arena, j->right, column));
        }
    }
    return NULL;
}

static struct expr *full_condition(const struct full_join *j)
{
    struct expr *on = j->it->on;
    for (int i = 0; i < j->it->nusing; i++) {
        const char *column = j->it->using_columns[i];
        on = both(j->arena, on,
                  two(j->arena, EXPR_OP, "OPERATOR(pg_catalog.=)", side_column(j->arena, j->left, column),
                      side_column(j->arena, j->right, column)));
    }
    return on;
}

/* --- parts -------------------------------------------------------------------------------------- */

/* A query in FROM is read several times: by a name, so that one plan keeps it. */
static struct from_item *full_side(struct full_join *j, struct from_item *f, const char *name)
{
    if (f->kind != FROM_SELECT) {
        return f;
    }
    struct from_item *named = ARENA_NEW(j->arena, struct from_item);
    *named = *f;
    named->kind = FROM_TABLE;
    named->select = NULL;
    named->schema = NULL;
    named->name = name;
    j->with[j->nwith++] = (struct with_query){.name = name, .search = "", .cycle = "", .select = f->select};
    return named;
}

static struct from_item *full_join_of(const struct full_join *j, enum join_kind kind, struct from_item *left,
                                      struct from_item *right, struct expr *on)
{
    struct from_item *f = ARENA_NEW(j->arena, struct from_item);
    *f = (struct from_item){
        .kind = FROM_JOIN, .location = -1, .join = kind, .left = left, .right = right, .on = on};
    return f;
}

/* The joins above, with `part` in the place of the FULL JOIN. */
static struct from_item *full_replace(const struct full_join *j, struct from_item *f, struct from_item *part)
{
    if (f == j->it) {
        return part;
    }
    if (f->kind != FROM_JOIN || !has_full(f)) {
        return f;
    }
    struct from_item *copy = ARENA_NEW(j->arena, struct from_item);
    *copy = *f;
    copy->left = full_replace(j, f->left, part);
    copy->right = full_replace(j, f->right, part);
    return copy;
}

static struct select *full_part(const struct full_join *j, struct from_item *part, struct expr *where)
{
    struct arena *a = j->arena;
    const struct select *s = j->whole;
    struct select *arm = ARENA_NEW(a, struct select);
    *arm = *s;
    arm->with = NULL;
    arm->nwith = 0;
    arm->order = NULL;
    arm->norder = 0;
    arm->from = ARENA_ARRAY(a, struct from_item *, s->nfrom + 1);
    memcpy(arm->from, s->from, sizeof *arm->from * (size_t)s->nfrom);
    arm->from[j->at] = full_replace(j, s->from[j->at], part);
    arm->targets = ARENA_ARRAY(a, struct target, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        arm->targets[i].name = select_target_name(&s->targets[i]);
        arm->targets[i].expr = expr_rewrite(a, s->targets[i].expr, merged, (void *)j);
    }
    arm->where = both(a, where, expr_rewrite(a, s->where, merged, (void *)j));
    return arm;
}

/* Rows of `side` without a partner in `other`. */
static struct select *full_alone(const struct full_join *j, struct from_item *side, struct from_item *other)
{
    struct arena *a = j->arena;
    struct expr *exists = expr_new(a, EXPR_EXISTS, -1), *none = expr_new(a, EXPR_NOT, -1);
    struct select *partners = ARENA_NEW(a, struct select);
    partners->location = -1;
    partners->from = ARENA_NEW(a, struct from_item *);
    partners->from[partners->nfrom++] = other;
    partners->where = j->on;
    exists->select = partners;
    none->args = ARENA_NEW(a, struct expr *);
    none->args[none->nargs++] = exists;
    return full_part(j, full_join_of(j, JOIN_LEFT, side, other, expr_const(a, "false")), none);
}

struct select *full_join_split(struct arena *a, const struct select *s)
{
    struct full_join j = {.arena = a, .whole = s};
    if (!select_is_plain(s)) {
        return NULL;
    }
    int count = 0;
    for (int i = 0; i < s->nfrom; i++) {
        count += count_full(s->from[i]);
        j.at = j.it == NULL ? i : j.at;
        j.it = j.it == NULL ? full_within(s->from[i]) : j.it;
    }
    if (j.it == NULL || count > 1) {
        return NULL;
    }
    j.with = ARENA_ARRAY(a, struct with_query, s->nwith + 3);
    for (; j.nwith < s->nwith; j.nwith++) {
        j.with[j.nwith] = s->with[j.nwith];
    }
    j.left = full_side(&j, j.it->left, LEFT_NAME);
    j.right = full_side(&j, j.it->right, RIGHT_NAME);
    bool names = side_name(j.left) != NULL && side_name(j.right) != NULL;
    if (j.it->nusing > 0 && (!names || select_finds(s, find_subquery))) {
        return NULL;
    }
    j.on = full_condition(&j);
    struct select *all = ARENA_NEW(a, struct select);
    all->location = s->location;
    all->with = j.with;
    all->nwith = j.nwith;
    all->operation = SET_UNION_ALL;
    all->arms = ARENA_ARRAY(a, struct select *, 3);
    all->arms[all->narms++] = full_part(&j, full_join_of(&j, JOIN_INNER, j.left, j.right, j.on), NULL);
    all->arms[all->narms++] = full_alone(&j, j.left, j.right);
    all->arms[all->narms++] = full_alone(&j, j.right, j.left);
    return all;
}
