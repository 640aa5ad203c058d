/* Shared by the files that resolve names: resolve.c to blocks, slice_build.c to queries kept in slices. */
#ifndef WEIR_IVM_ALGEBRA_RESOLVE_H
#define WEIR_IVM_ALGEBRA_RESOLVE_H

#include "algebra/scope.h"

/* WITH queries in sight, innermost first. */
struct with_scope {
    const struct with_scope *outer;
    const struct with_query *query;
    struct with_scope *visible;  /* what the query itself may name */
    const struct scope *columns; /* of the queries around it */
    struct block *block;         /* built at its first use */
};

struct resolve {
    struct arena *arena;
    const struct ivm_query *query;
    const char *reason;
    int depth;        /* of views within views: they cannot be circular, but text comes from outside */
    const char *view; /* that the user wrote, while inside of it: what stops there is told with its name */
};

void resolve_stop(struct resolve *r, const char *reason);

struct block *resolve_select(struct resolve *r, const struct select *s, const struct scope *outer,
                             struct with_scope *with);

/* The WITH queries of `s` brought in sight. */
struct with_scope *resolve_with_open(struct resolve *r, const struct select *s, const struct scope *outer,
                                     struct with_scope *with);
struct with_scope *resolve_with_find(struct with_scope *with, const char *name);
/* The one block that all references to a WITH query share. */
struct block *resolve_with_block(struct resolve *r, struct with_scope *w);

/* NULL: not among the relations of the query. */
const struct ivm_relation *resolve_relation(const struct ivm_query *q, const char *schema, const char *name);

/* The parsed definition of a view or facade; NULL with r->reason set. Call resolve_definition_done when done
 * with it.
 */
struct select *resolve_definition(struct resolve *r, const struct ivm_relation *rel);
void resolve_definition_done(struct resolve *r);

/* left = right, by pg_catalog's operator. */
struct expr *resolve_equal(struct arena *a, struct expr *left, struct expr *right);

#endif
