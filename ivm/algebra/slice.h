/*
 * Slices: how a SELECT that has no normal form is kept. It stays as it was written, and a key is found by
 * which its result falls into slices that can be computed one at a time:
 *
 *     Q  =  sum over k of  Q[k]           Q[k] = Q with its FROM clause restricted to rows whose key is k
 *     dQ =  Q'[K] - Q[K]                  K = keys of the slices that the changes can have touched
 *
 * Q[K] as it was is what the storage holds under these keys. For a join K are the keys of the rows that are
 * always there (not on the nullable side of an outer join), for window functions and DISTINCT ON what all of
 * them partition by; a query without a key is one slice. Finding K is a matter of following every table,
 * wherever it stands, up to the rows that carry the key (influence.c).
 */
#ifndef WEIR_IVM_ALGEBRA_SLICE_H
#define WEIR_IVM_ALGEBRA_SLICE_H

#include "algebra/resolve.h"

/* An element of a FROM clause: a leaf, or a join of two. A list of elements is a join without condition. */
struct node {
    struct node *up, *left, *right;
    enum join_kind join;
    struct expr_list on; /* conjuncts, by reference */
    struct leaf *leaf;   /* NULL: a join */
    int number;
    bool nullable; /* somewhere above it is on a side whose rows may be missing */
};

/* What rows come from. Columns of leaf n are EXPR_REF(n, column) in expressions by reference. */
struct leaf {
    int number;
    struct level *level;
    struct node *node;
    const char *alias;
    int ncolumns;
    const char **names;
    bool *used;
    bool counted; /* its columns are: it is read as a row, or stands in a join with an alias. None may be
                     added */
    bool hidden;  /* by that alias: its own names no column */

    /* One of these, or none: a function, or a query of which nothing is known. */
    const struct ivm_relation *relation;
    struct block *block; /* kept by a plan of its own, a part */
    struct level *inner; /* kept in place */

    int source; /* of the plan, for a table or part */
    struct plan *part;
};

enum level_place { LEVEL_TOP, LEVEL_FROM, LEVEL_ARM, LEVEL_EXPRESSION };

/* How an output of a level follows from one row of its FROM clause. */
enum level_output {
    OUTPUT_ROW,   /* it is an expression over it */
    OUTPUT_GROUP, /* all rows that make one row of output have equal values of it */
    OUTPUT_NONE,
};

/* One SELECT in the query. */
struct level {
    struct level *outer;
    enum level_place place;
    struct leaf *leaf;       /* LEVEL_FROM: where outer shows its rows */
    const struct expr *link; /* LEVEL_EXPRESSION: the subquery expression, its arguments by reference */
    struct node *link_on;    /* it stands in the condition of this join */
    bool link_filters;       /* it is a conjunct of WHERE: unknown counts as false */
    struct select *select;   /* a copy of what was written, columns resolved (expr.means) */
    bool simple; /* it only puts rows together: each row of FROM that satisfies WHERE is one of output */
    struct node *root;      /* FROM; NULL without */
    struct expr_list where; /* conjuncts by reference */
    struct expr **outs;     /* by reference */
    enum level_output *outputs;
    int nouts;
};

struct slice_key {
    struct expr *shown; /* in the scope of the outermost SELECT */
    struct expr *means; /* the column, by reference */
    const struct ivm_column *column;
};

struct slice {
    struct leaf **leaves;
    int nleaves, leaves_cap;
    int nnodes;
    struct level *top;
    struct slice_key *keys; /* none: the whole result is one slice */
    int nkeys;
};

/* Builds the block of a SELECT that is kept in slices. `outer` is not looked at. NULL with r->reason set. */
struct block *slice_build(struct resolve *r, const struct select *s, struct with_scope *with);

/* It reads no table. */
bool slice_is_constant(const struct slice *s);

/* Finds the keys; sources are known by then (slice_key.c). */
void slice_find_keys(struct arena *a, struct slice *s);

/*
 * What must hold for a row of `leaf` to matter to a slice (influence.c): conjuncts by reference, over rows of
 * leaves that are marked real. Several alternatives: the row matters only if one of them holds.
 */
struct influence {
    bool *real; /* per leaf */
    struct expr_list conditions;
};
int slice_influences(struct arena *a, const struct slice *s, const struct leaf *leaf, struct influence **out);

/* Rows that every row of the level's FROM clause is made of, and what holds for them. */
void slice_rows(struct arena *a, const struct slice *s, const struct level *level, struct influence *out);

/* Says of a level how its outputs follow from its rows (slice_key.c). */
void slice_outputs(struct arena *a, struct level *l);

/* An expression with every column by reference. */
struct expr *slice_by_reference(struct arena *a, struct expr *e);

/* What is known of a plain column by reference; NULL: nothing. */
const struct ivm_column *slice_column(const struct slice *s, const struct expr *ref);

#endif
