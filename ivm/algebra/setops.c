/*
 * DISTINCT and the set operations, by what they are made of. c(r) counts row r, where NULLs are equal, as
 * GROUP BY takes them:
 *
 *     DISTINCT A         =  aggregate by all columns (A)
 *     A UNION B          =  DISTINCT (A u B)
 *     A INTERSECT B      =  r with cA(r) > 0 and cB(r) > 0
 *     A EXCEPT B         =  r with cA(r) > 0 and cB(r) = 0
 *     A INTERSECT ALL B  =  r, least(cA(r), cB(r)) times
 *     A EXCEPT ALL B     =  r, cA(r) - cB(r) times, if that is more than none
 *
 *     cA, cB             =  aggregate by all columns ((A x true) u (B x false)), counting each side
 *
 * All of it is additive: a row that comes or goes moves one count of one group. Source: Gupta and Mumick,
 * 1995 (counting); Green, Ives and Tannen, 2011 (difference of bags).
 */
#include "algebra/block.h"

static struct expr *setop_node(struct arena *a, enum expr_kind kind, const char *text, struct expr *x,
                               struct expr *y)
{
    struct expr *e = expr_new(a, kind, -1);
    e->text = text;
    e->args = ARENA_ARRAY(a, struct expr *, 2);
    e->args[0] = x;
    e->args[1] = y;
    e->nargs = y != NULL ? 2 : 1;
    return e;
}

static struct expr *setop_number(struct arena *a, enum expr_kind kind, int column)
{
    struct expr *e = expr_new(a, kind, -1);
    e->column = column;
    return e;
}

/* A block over `below` with the first n of its columns, and room for `more` outs. */
static struct block *setop_over(struct arena *a, struct block *below, int n, int more)
{
    struct block *b = ARENA_NEW(a, struct block);
    block_add_item(a, b, NULL, below);
    b->nouts = n;
    b->outs = ARENA_ARRAY(a, struct out, n + more + 1);
    for (int i = 0; i < n; i++) {
        b->outs[i] = (struct out){.expr = expr_ref(a, 0, i), .name = below->outs[i].name};
    }
    return b;
}

/* Aggregates a block by its outs. */
static void setop_group(struct arena *a, struct block *b)
{
    b->aggregated = true;
    for (int i = 0; i < b->nouts; i++) {
        expr_list_add(a, &b->keys, b->outs[i].expr);
        b->outs[i].expr = setop_number(a, EXPR_KEY, i);
    }
}

struct block *block_distinct(struct arena *a, struct block *below)
{
    struct block *b = setop_over(a, below, below->nouts, 0);
    b->distinct = true;
    setop_group(a, b);
    return b;
}

static struct block *setop_union(struct arena *a, struct block **arms, int narms)
{
    struct block *b = ARENA_NEW(a, struct block);
    b->arms = arms;
    b->narms = narms;
    b->nouts = arms[0]->nouts;
    b->outs = ARENA_ARRAY(a, struct out, b->nouts + 1);
    b->types = ARENA_ARRAY(a, const char *, b->nouts + 1);
    b->casts = ARENA_ARRAY(a, bool, b->nouts + 1);
    for (int i = 0; i < b->nouts; i++) {
        b->outs[i].name = arms[0]->outs[i].name;
    }
    return b;
}

/* What is made distinct above need not be so below. */
static struct block *setop_union_distinct(struct arena *a, struct block **arms, int narms)
{
    struct block **below = ARENA_ARRAY(a, struct block *, narms);
    for (int i = 0; i < narms; i++) {
        below[i] = arms[i]->distinct ? arms[i]->items[0].block : arms[i];
    }
    return block_distinct(a, setop_union(a, below, narms));
}

/* count(*) FILTER (WHERE side) */
static struct aggregate setop_count(struct arena *a, struct expr *side)
{
    struct expr *call = expr_new(a, EXPR_AGGREGATE, -1);
    call->text = "\"pg_catalog\".\"count\"";
    call->star = true;
    call->filter = side;
    return (struct aggregate){.function = AGGREGATE_COUNT, .call = call, .filter = side};
}

/* Columns of both sides as groups, with the two counts as results 0 and 1. */
static struct block *setop_sides(struct arena *a, struct block **arms)
{
    int n = arms[0]->nouts;
    struct block **marked = ARENA_ARRAY(a, struct block *, 2);
    for (int i = 0; i < 2; i++) {
        marked[i] = setop_over(a, arms[i], n, 1);
        marked[i]->outs[n] = (struct out){.expr = expr_const(a, i == 0 ? "true" : "false"), .name = "side"};
        marked[i]->nouts++;
    }
    struct block *b = setop_over(a, setop_union(a, marked, 2), n, 2);
    setop_group(a, b);
    b->naggregates = b->aggregates_cap = 2;
    b->aggregates = ARENA_ARRAY(a, struct aggregate, 2);
    b->aggregates[0] = setop_count(a, expr_ref(a, 0, n));
    b->aggregates[1] = setop_count(a, setop_node(a, EXPR_NOT, NULL, expr_ref(a, 0, n), NULL));
    return b;
}

static void setop_having(struct arena *a, struct block *b, int side, const char *operator)
{
    expr_list_add(a, &b->having,
                  setop_node(a, EXPR_OP, operator, setop_number(a, EXPR_RESULT, side), expr_const(a, "0")));
}

/* The columns of `sides`, repeated. */
static struct block *setop_repeated(struct arena *a, struct block *sides, bool intersect)
{
    int n = sides->nouts;
    for (int i = 0; i < 2; i++) {
        sides->outs[n + i] =
            (struct out){.expr = setop_number(a, EXPR_RESULT, i), .name = i == 0 ? "left" : "right"};
    }
    sides->nouts = n + 2;
    struct block *b = setop_over(a, sides, n, 0);
    struct expr *left = expr_ref(a, 0, n), *right = expr_ref(a, 0, n + 1);
    expr_list_add(a, &b->repeats,
                  intersect ? setop_node(a, EXPR_LEAST, NULL, left, right)
                            : setop_node(a, EXPR_OP, "OPERATOR(pg_catalog.-)", left, right));
    return b;
}

struct block *block_set_operation(struct arena *a, enum set_operation operation, struct block **arms,
                                  int narms)
{
    struct block *sides;
    switch (operation) {
    case SET_UNION:
        return setop_union_distinct(a, arms, narms);
    case SET_INTERSECT:
    case SET_EXCEPT:
        sides = setop_sides(a, arms);
        setop_having(a, sides, 0, "OPERATOR(pg_catalog.>)");
        setop_having(a, sides, 1,
                     operation == SET_INTERSECT ? "OPERATOR(pg_catalog.>)" : "OPERATOR(pg_catalog.=)");
        return sides;
    case SET_INTERSECT_ALL:
    case SET_EXCEPT_ALL:
        return setop_repeated(a, setop_sides(a, arms), operation == SET_INTERSECT_ALL);
    default:
        return setop_union(a, arms, narms);
    }
}
