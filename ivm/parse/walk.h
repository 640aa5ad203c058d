/* Shared by the files that walk libpg_query's tree; the only header of weir that shows its types. */
#ifndef WEIR_IVM_PARSE_WALK_H
#define WEIR_IVM_PARSE_WALK_H

#include "parse/parse.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

struct walk {
    struct arena *arena;
    const char *sql;
    const char *reason;            /* the first construct that is not understood */
    const char *const *aggregates; /* outside pg_catalog, as texts of calls */
    int naggregates;
};

/* Notes a construct; returns a stand-in so that walking can go on. */
struct expr *walk_unsupported(struct walk *w, const char *reason);

struct expr *walk_expr(struct walk *w, const PgQuery__Node *n);
struct select *walk_select(struct walk *w, const PgQuery__SelectStmt *s);

/* The text of a node that is a String; "" for any other. A list of them. */
const char *walk_string(struct walk *w, const PgQuery__Node *n);
const char **walk_names(struct walk *w, size_t n, PgQuery__Node **nodes);

/*
 * PostgreSQL writes the words of SQL in capitals, and quotes what is not one of them: a name that begins so
 * is a word of a newer version than libpg_query's, which took it for a name.
 */
bool walk_is_word(const struct walk *w, int location);

/* Names of functions and collations, of operators, of types: with their schemas, as SQL. */
const char *walk_qualified(struct walk *w, size_t n, PgQuery__Node **names);
const char *walk_operator(struct walk *w, size_t n, PgQuery__Node **names);
const char *walk_type(struct walk *w, const PgQuery__TypeName *t);

/* Expressions as the arguments of one; room is left for two more. */
void walk_args(struct walk *w, struct expr *e, size_t n, PgQuery__Node **args);
struct expr **walk_list(struct walk *w, size_t n, PgQuery__Node **nodes);

/* What stands in GROUP BY, or in parentheses there. */
struct expr **walk_group(struct walk *w, size_t n, PgQuery__Node **nodes);

/* walk_call.c: calls of all kinds, and what orders rows. */
struct expr *walk_call(struct walk *w, const PgQuery__FuncCall *f);
struct sort_key *walk_order(struct walk *w, size_t n, PgQuery__Node **keys);
struct window *walk_window(struct walk *w, const PgQuery__WindowDef *d);

/* walk_from.c */
struct from_item *walk_from(struct walk *w, const PgQuery__Node *n);

#endif
