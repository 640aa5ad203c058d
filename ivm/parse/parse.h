/*
 * Canonical SQL to weir's own nodes. libpg_query's tree is walked once and freed; names are still names.
 *
 * What weir does not understand is not an error: the walk goes on with a harmless stand-in, and the first
 * such construct is kept as the reason.
 */
#ifndef WEIR_IVM_PARSE_PARSE_H
#define WEIR_IVM_PARSE_PARSE_H

#include "base/err.h"
#include "parse/expr.h"

enum from_kind { FROM_TABLE, FROM_SELECT, FROM_JOIN };

/* One element of a FROM clause. Joins are inner joins: USING has become a list, CROSS has no condition. */
struct from_item {
    enum from_kind kind;
    int location;
    const char *alias; /* NULL: a table's own name, or nothing to call a join by */
    const char **column_aliases;
    int ncolumn_aliases;

    const char *schema, *name; /* FROM_TABLE; schema NULL: a WITH query */
    struct select *select;     /* FROM_SELECT */

    struct from_item *left, *right; /* FROM_JOIN */
    struct expr *on;
    const char **using_columns;
    int nusing;
    const char *using_alias;
};

struct with_query {
    const char *name;
    const char **columns;
    int ncolumns;
    struct select *select;
};

struct target {
    struct expr *expr;
    const char *name; /* NULL: PostgreSQL chooses */
};

/* SELECT, or arms joined by UNION ALL (nested ones flattened). */
struct select {
    int location;
    struct with_query *with;
    int nwith;

    struct select **arms; /* UNION ALL: only with and arms are used */
    int narms;

    struct target *targets;
    int ntargets;
    struct from_item **from;
    int nfrom;
    struct expr *where;
    struct expr **group;
    int ngroup;
    bool grouped; /* has GROUP BY, even an empty one */
    struct expr *having;
};

/*
 * Parses one SELECT. False: the text is not SQL that libpg_query knows (*e says where). True with *reason
 * set: it holds a construct that weir does not maintain, and *out is not to be used.
 */
bool parse_select(struct arena *a, const char *sql, struct select **out, const char **reason, struct err *e);

/* Names of pg_catalog that mean more than a value of their arguments. */
bool builtin_is_aggregate(const char *name);
bool builtin_is_set_returning(const char *name);
bool builtin_is_window(const char *name);

#endif
