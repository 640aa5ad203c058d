/*
 * Expressions, as weir sees them: SQL's scalar language with the names of functions, operators and types
 * spelled out in full, and nothing that weir does not understand. What reads an expression needs to know
 * only a few kinds (a reference, an aggregate, an equality); all others are carried along unchanged.
 */
#ifndef WEIR_IVM_PARSE_EXPR_H
#define WEIR_IVM_PARSE_EXPR_H

#include "base/arena.h"

#include <stdbool.h>

struct select;
struct block;

enum expr_kind {
    /* Leaves. */
    EXPR_COLUMN,        /* a name as written: names[], with star the whole row of it; gone once resolved */
    EXPR_REF,           /* column `column` of input `input`: of a block's items, or of a branch's inputs */
    EXPR_KEY,           /* above an aggregate: group key number `column` */
    EXPR_RESULT,        /* above an aggregate: the result of aggregate number `column` */
    EXPR_CONST,         /* text is its SQL */
    EXPR_SESSION_VALUE, /* CURRENT_DATE...: text, with its precision */
    /* Subqueries: select. */
    EXPR_SUBQUERY,     /* scalar (SELECT ...): select, then block once resolved */
    EXPR_EXISTS,       /* EXISTS (SELECT ...) */
    EXPR_ANY_SELECT,   /* args[0] text ANY (SELECT ...); IN is = ANY; args[0] may be a row */
    EXPR_ALL_SELECT,   /* args[0] text ALL (SELECT ...) */
    EXPR_ARRAY_SELECT, /* ARRAY(SELECT ...) */
    /* Operators: args in the order they are written. */
    EXPR_CAST,   /* CAST(args[0] AS text) */
    EXPR_OP,     /* args[0] text args[1], or text args[0]: text is OPERATOR(schema.op) */
    EXPR_OP_ANY, /* args[0] text ANY (args[1]) */
    EXPR_OP_ALL,
    EXPR_DISTINCT, /* IS DISTINCT FROM */
    EXPR_NOT_DISTINCT,
    EXPR_NULLIF,
    EXPR_BETWEEN, /* text: BETWEEN, NOT BETWEEN, BETWEEN SYMMETRIC, NOT BETWEEN SYMMETRIC */
    EXPR_IN,      /* args[0] text: IN or NOT IN, (args[1]...) */
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_IS,   /* args[0] text: IS NULL, IS NOT TRUE... */
    EXPR_CASE, /* [subject] (when then)* [else]: has_subject, has_else */
    EXPR_ARRAY,
    EXPR_ROW,
    EXPR_COALESCE,
    EXPR_GREATEST,
    EXPR_LEAST,
    EXPR_SUBSCRIPT, /* args[0][args[1]] */
    EXPR_SLICE,     /* args[0][args[1]:args[2]]; a missing bound is NULL in args */
    EXPR_FIELD,     /* (args[0]).text, text quoted */
    EXPR_COLLATE,   /* args[0] COLLATE text */
    EXPR_NAMED,     /* text => args[0] */
    EXPR_VARIADIC,  /* VARIADIC args[0] */
    EXPR_CALL,      /* text(args): text is schema.function, names are its two parts unquoted */
    /*
     * A call with what only an aggregate has (star, distinct, order, filter, within_group), or of an
     * aggregate in pg_catalog; text and names as in EXPR_CALL. A user's own aggregate without any of that
     * looks like a function.
     */
    EXPR_AGGREGATE,
    EXPR_WINDOW,       /* a call with OVER: text, names, args, star, filter, window */
    EXPR_GROUPING,     /* GROUPING(args) */
    EXPR_GROUPING_SET, /* in GROUP BY: text is ROLLUP, CUBE, GROUPING SETS, or "": a list of any length */
};

struct sort_key {
    struct expr *expr;
    const char *suffix; /* " DESC NULLS LAST", " USING OPERATOR(pg_catalog.<)", "" */
};

/* What stands in OVER or in a WINDOW clause. */
struct window {
    const char *name; /* OVER name, or of WINDOW name AS (...); NULL: OVER (...) */
    const char *base; /* (base ...); NULL: none */
    struct expr **partition;
    int npartition;
    struct sort_key *order;
    int norder;
    const char *mode;  /* RANGE, ROWS, GROUPS; NULL: no frame clause, and nothing below is set */
    const char *start; /* UNBOUNDED PRECEDING, CURRENT ROW; PRECEDING or FOLLOWING after start_offset */
    const char *end;   /* NULL: the short form, which ends at the current row */
    struct expr *start_offset, *end_offset;
    const char *exclude; /* " EXCLUDE TIES"..., "" */
};

struct expr {
    enum expr_kind kind;
    int location; /* byte offset in the canonical text, -1 unknown */
    const char *text;
    struct expr **args;
    int nargs;

    int input, column; /* EXPR_REF, EXPR_KEY, EXPR_RESULT */
    bool has_subject, has_else;
    bool more; /* EXPR_SUBSCRIPT, EXPR_SLICE: one more dimension of the subscript args[0], x[1][2] not
                  (x[1])[2] */

    struct expr *means; /* EXPR_COLUMN: what it was resolved to, where names are kept */

    const char **names; /* EXPR_COLUMN; of calls: schema, function */
    int nnames;
    bool star; /* EXPR_COLUMN: names.*; of calls: f(*) */

    struct expr *filter; /* EXPR_AGGREGATE, EXPR_WINDOW */
    bool distinct, within_group;
    struct sort_key *order; /* of EXPR_AGGREGATE: in its parentheses, or of WITHIN GROUP */
    int norder;
    struct window *window; /* EXPR_WINDOW */

    struct select *select; /* subqueries; nothing here looks inside */
    struct block *block;   /* EXPR_SUBQUERY */
};

struct expr *expr_new(struct arena *a, enum expr_kind kind, int location);
struct expr *expr_ref(struct arena *a, int input, int column);
struct expr *expr_const(struct arena *a, const char *sql);

/* A copy whose children may be replaced without touching the original's: args, filter, order, window. */
struct expr *expr_copy(struct arena *a, const struct expr *e);

/* The same expression, whatever its place in the text. */
bool expr_same(const struct expr *x, const struct expr *y);

/*
 * Rebuilds an expression: `f` is asked for every node from the top down, and what it returns stands in the
 * node's place; NULL means "keep it and look below". Nodes with nothing replaced are shared, not copied.
 */
typedef struct expr *expr_rewrite_fn(const struct expr *e, void *ctx);
struct expr *expr_rewrite(struct arena *a, struct expr *e, expr_rewrite_fn *f, void *ctx);

/* The same of what stands below `e`; `f` is not asked for `e` itself. */
struct expr *expr_rewrite_below(struct arena *a, struct expr *e, expr_rewrite_fn *f, void *ctx);

/* Calls `f` for every node from the top down; f returns false to leave out what is below. */
typedef bool expr_visit_fn(const struct expr *e, void *ctx);
void expr_visit(const struct expr *e, expr_visit_fn *f, void *ctx);

/* Can be computed from any image without an error, other than one that the query has whatever its rows are:
 * references, what is constant, comparisons of PostgreSQL's own, logic. */
bool expr_is_total(const struct expr *e);

/* Calls nothing but what is PostgreSQL's own. Of a subquery that is not known. */
bool expr_is_builtin(const struct expr *e);

/* A call of function `name` in pg_catalog. */
bool expr_calls(const struct expr *e, const char *name);

/* x = y, by PostgreSQL's own operator. */
bool expr_is_equality(const struct expr *e);

/* One of the five kinds with a SELECT in them. */
bool expr_is_subquery(const struct expr *e);

/* Appends the conjuncts of `e` to a list, so that AND is a list everywhere after parsing. */
struct expr_list {
    struct expr **items;
    int n, cap;
};
void expr_list_add(struct arena *a, struct expr_list *l, struct expr *e);
void expr_list_conjuncts(struct arena *a, struct expr_list *l, struct expr *e);

#endif
