/*
 * The operator tree: blocks, names resolved.
 *
 *     query block    [aggregate by keys]( repeat( filter( item x item x ... ) ) ), then outs and having
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

/* Those with a rule of their own, of one argument in any order; OTHER is every call that is not that. */
enum aggregate_function {
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_OTHER
};

struct aggregate {
    enum aggregate_function function;
    struct expr *call;     /* all of it, as it is written */
    struct expr *argument; /* NULL: count(*), or AGGREGATE_OTHER */
    struct expr *filter;   /* NULL: every row, or AGGREGATE_OTHER */
    bool distinct;
    const char *type; /* of the argument of sum and avg, as PostgreSQL prints it; NULL: not known */
};

struct slice;

/* A NULL of the type of another expression, which may have to be asked for. */
struct typed_null {
    struct expr *constant; /* stands where the NULL does; its text is written anew once `type` is known */
    struct expr *of;       /* below the aggregate of the same block */
    const char *type;
    bool asked; /* it is none of a plain column, and may be a domain that has no NULL */
};

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
    struct expr_list repeats; /* a row stands for as many as each says, none for less than one */

    bool aggregated;
    bool distinct; /* an aggregate by all its columns, without results, over item 0 */
    struct expr_list keys;
    struct aggregate *aggregates;
    int naggregates, aggregates_cap;
    struct expr_list having;

    struct out *outs; /* of a union or slice: names only */
    int nouts;

    struct typed_null *nulls;
    int nnulls;

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

/* The rows of a block, each once (setops.c). */
struct block *block_distinct(struct arena *a, struct block *b);

/* Arms of as many columns put together. */
struct block *block_set_operation(struct arena *a, enum set_operation operation, struct block **arms,
                                  int narms);

/*
 * A block whose keys may hold EXPR_GROUPING_SET, and outs and having GROUPING(), both not lifted yet, as
 * blocks that know neither (grouping.c). NULL: too many sets.
 */
struct block *block_grouping_sets(struct arena *a, struct block *b, bool distinct);

/* True when the block always has exactly one row. */
bool block_is_one_row(const struct block *b);

/* The same, or none: HAVING may take it away. The part of an aggregate without keys has no weir_id. */
bool block_is_at_most_one_row(const struct block *b);

/* The operator tree as indented lines. */
const char *block_print(struct arena *a, const struct block *b);

#endif
