/*
 * Canonical SQL to weir's own nodes. libpg_query's tree is walked once and freed; names are still names.
 *
 * All of SELECT is held but FOR UPDATE, INTO, WITH queries that write, TABLESAMPLE, XML and parameters. Those
 * are not errors: the walk goes on with a harmless stand-in, and the first such construct is kept as the
 * reason.
 */
#ifndef WEIR_IVM_PARSE_PARSE_H
#define WEIR_IVM_PARSE_PARSE_H

#include "base/err.h"
#include "parse/expr.h"

enum from_kind { FROM_TABLE, FROM_SELECT, FROM_JOIN, FROM_FUNCTION };
enum join_kind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL };

/* One of AS t(name type COLLATE collation, ...), for functions that return records. */
struct column_definition {
    const char *name, *type, *collation; /* collation NULL: the type's */
};

struct from_function {
    struct expr *call; /* any expression that is written like a call */
    struct column_definition *columns;
    int ncolumns; /* of ROWS FROM (f() AS (...)) */
};

/* One element of a FROM clause. NATURAL and USING have become a list, CROSS has no condition. */
struct from_item {
    enum from_kind kind;
    int location;
    const char *alias; /* NULL: a table's own name, or nothing to call a join by */
    const char **column_aliases;
    int ncolumn_aliases;
    bool lateral; /* FROM_SELECT, FROM_FUNCTION */

    /* FROM_TABLE */
    const char *schema, *name; /* schema NULL: a WITH query */
    bool only;

    struct select *select; /* FROM_SELECT */
    bool apart;            /* to be kept by a plan of its own */

    /* FROM_JOIN */
    enum join_kind join;
    struct from_item *left, *right;
    struct expr *on;
    const char **using_columns;
    int nusing;
    const char *using_alias;

    /* FROM_FUNCTION */
    struct from_function *functions;
    int nfunctions;
    bool rows_from, ordinality;
    struct column_definition *definitions; /* of the only function */
    int ndefinitions;

    struct leaf *leaf; /* what it was resolved to, in a query that is kept in slices */
};

enum with_materialized { WITH_DEFAULT, WITH_MATERIALIZED, WITH_NOT_MATERIALIZED };

struct with_query {
    const char *name;
    const char **columns;
    int ncolumns;
    enum with_materialized materialized;
    const char *search, *cycle; /* the clauses as SQL, "" when there is none */
    struct select *select;
};

struct target {
    struct expr *expr;
    const char *name; /* NULL: PostgreSQL chooses */
};

enum set_operation {
    SET_NONE,
    SET_UNION_ALL,
    SET_UNION,
    SET_INTERSECT,
    SET_INTERSECT_ALL,
    SET_EXCEPT,
    SET_EXCEPT_ALL
};

/* A query, or VALUES, or arms of a set operation; any of them with WITH, ORDER BY, LIMIT. */
struct select {
    int location;
    struct with_query *with;
    int nwith;
    bool recursive;

    /* Arms of UNION ALL are any number (the left ones flattened), of the others two. */
    enum set_operation operation;
    struct select **arms;
    int narms;

    struct expr ***values; /* rows of values_width */
    int nvalues, values_width;

    bool distinct;
    struct expr **distinct_on; /* DISTINCT ON: distinct is set too */
    int ndistinct_on;
    struct target *targets;
    int ntargets;
    struct from_item **from;
    int nfrom;
    struct expr *where;
    struct expr **group; /* may hold EXPR_GROUPING_SET */
    int ngroup;
    bool grouped; /* has GROUP BY, even an empty one */
    bool group_distinct;
    struct expr *having;
    struct window *windows;
    int nwindows;

    struct sort_key *order;
    int norder;
    struct expr *limit, *offset;
    bool with_ties;

    bool layered; /* groups over rows of a SELECT of their own */
};

/*
 * Parses one SELECT. False: the text is not SQL that libpg_query knows (*e says where). True with *reason
 * set: it holds a construct that *out cannot, and *out is not to be used.
 */
bool parse_select(struct arena *a, const char *sql, struct select **out, const char **reason, struct err *e);

/* The same, with names of aggregates outside pg_catalog, each in the form of a call's text:
 * "schema"."function". */
bool parse_select_knowing(struct arena *a, const char *sql, const char *const *aggregates, int naggregates,
                          struct select **out, const char **reason, struct err *e);

/* A column's name. PostgreSQL's own choice where none is given matters only where something refers to it. */
const char *select_target_name(const struct target *t);

/* The columns of a query as its surroundings see them: a set operation's are those of its first arm. */
const char **select_names(struct arena *a, const struct select *s, int *n);

/* A call of a set-returning function of PostgreSQL's own. */
bool expr_is_set_returning(const struct expr *e);

/* Names of pg_catalog that mean more than a value of their arguments. */
bool builtin_is_aggregate(const char *name);
bool builtin_is_set_returning(const char *name);
bool builtin_is_window(const char *name);

#endif
