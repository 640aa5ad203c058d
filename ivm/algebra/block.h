/*
 * The operator tree: blocks, names resolved.
 *
 *     query block    [aggregate by keys]( filter( item x item x ... ) ), then outs and having
 *     union block    UNION ALL of blocks
 *
 * An item is a table or a block. Below the aggregate an expression refers to columns of items (EXPR_REF),
 * above it to group keys and results (EXPR_KEY, EXPR_RESULT).
 */
#ifndef WEIR_IVM_ALGEBRA_BLOCK_H
#define WEIR_IVM_ALGEBRA_BLOCK_H

#include "ivm.h"
#include "parse/parse.h"

struct block;

struct item {
    const struct ivm_relation *relation; /* a table, or NULL: */
    struct block *block;
};

struct out {
    struct expr *expr;
    const char *name;
};

enum aggregate_function { AGGREGATE_COUNT, AGGREGATE_SUM, AGGREGATE_AVG, AGGREGATE_MIN, AGGREGATE_MAX };

struct aggregate {
    enum aggregate_function function;
    struct expr *argument; /* NULL: count(*) */
    struct expr *filter;   /* NULL: every row */
    bool distinct;
    const char *type; /* of the argument of sum and avg, as PostgreSQL prints it; NULL: not known */
};

struct slice;

struct block {
    struct slice *slice; /* the query as it was written: there is no normal form of it */

    /* Union block. */
    struct block **arms;
    int narms;
    const char **types; /* of the outs, as PostgreSQL prints them; NULL: not known */
    bool *casts;        /* an arm's own type may differ from types[i] */

    /* Query block. */
    struct item *items;
    int nitems, items_cap;
    struct expr_list conditions;

    bool aggregated;
    struct expr_list keys;
    struct aggregate *aggregates;
    int naggregates, aggregates_cap;
    struct expr_list having;

    struct out *outs; /* of a union or slice: names only */
    int nouts;

    struct plan *part; /* the plan made of this block, once there is one */
};

/*
 * Resolves a parsed query against its relations. NULL when it holds something that is not maintained
 * incrementally (*reason says what).
 */
struct block *block_build(struct arena *a, const struct ivm_query *q, const struct select *s,
                          const char **reason);

/* Adds an item; returns its index. */
int block_add_item(struct arena *a, struct block *b, const struct ivm_relation *relation, struct block *sub);

/* Above an aggregate only keys and results can be seen: rewrites outs and having so. */
void block_lift_aggregates(struct arena *a, struct block *b);

/*
 * A block with a scalar subquery above its aggregate is split: the aggregate becomes an item of a new block,
 * which joins the subqueries to it. Returns the block to use.
 */
struct block *block_split_subqueries(struct arena *a, struct block *b);

/* True when the block always has exactly one row. */
bool block_is_one_row(const struct block *b);

/* The operator tree as indented lines. */
const char *block_print(struct arena *a, const struct block *b);

#endif
