/* Shared by the files that walk libpg_query's tree; the only header of weir that shows its types. */
#ifndef WEIR_IVM_PARSE_WALK_H
#define WEIR_IVM_PARSE_WALK_H

#include "parse/parse.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

struct walk {
    struct arena *arena;
    const char *reason; /* the first construct that is not understood */
};

/* Notes a construct; returns a stand-in so that walking can go on. */
struct expr *walk_unsupported(struct walk *w, const char *reason);

struct expr *walk_expr(struct walk *w, const PgQuery__Node *n);
struct select *walk_select(struct walk *w, const PgQuery__SelectStmt *s);

/* The text of a node that is a String; "" for any other. */
const char *walk_string(struct walk *w, const PgQuery__Node *n);

#endif
