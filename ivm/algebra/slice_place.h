/* What slice_build.c and slice_from.c share. Private to them. */
#ifndef WEIR_IVM_ALGEBRA_SLICE_PLACE_H
#define WEIR_IVM_ALGEBRA_SLICE_PLACE_H

#include "algebra/slice.h"

struct building {
    struct resolve *r;
    struct slice *slice;
    const struct with_scope *given; /* WITH queries around it */
    bool in_place;                  /* no parts */
    struct aggregated *aggregated;  /* in the arguments of these it stands, innermost first */
};

/*
 * PostgreSQL tells from the columns in an aggregate's arguments which SELECT computes it: the innermost that
 * has one of them, or the one that it stands in when there is none. So sum(o.a) groups the query of o
 * wherever it stands; and count(*) FILTER (WHERE EXISTS (SELECT FROM w)) would do so too once w is its text
 * and not its name, if that reads o. Neither stays where a slice looks for it.
 */
struct aggregated {
    struct aggregated *outer;
    const struct level *level; /* that it stands in */
    bool own;                  /* it has a column of that */
    bool around;               /* one of a SELECT around that */
};

/* One level on its way. */
struct place {
    struct building *b;
    struct level *level;
    struct scope scope;
    struct with_scope *with;
    struct node *on; /* the join whose condition is being resolved */
    bool filters;    /* what is being resolved is a conjunct of WHERE */
    bool sorting;    /* ORDER BY may name an output */
};

/* ---- slice_build.c ---- */

struct level *build_level_new(struct building *b, struct level *outer, enum level_place place);

/* Builds a SELECT in its place: l->select is the copy that is run. */
void build_level(struct building *b, struct level *l, const struct select *given, const struct scope *outer,
                 struct with_scope *with);

/* An expression with its columns resolved, a copy; NULL of NULL. */
struct expr *build_expr(struct place *x, struct expr *e);

/* For expr_visit over a slice: the columns referred to are read. */
bool mark_used(const struct expr *e, void *slice);

/* ---- slice_from.c ---- */

/* Rows of tables put together, row by row: nothing that has to be kept. */
bool build_is_simple(const struct select *s);

/* The block of a query that stands for itself; NULL when it does not, or has none. */
struct block *build_alone(struct building *b, const struct select *s, struct with_scope *with);

/* The FROM clause of a SELECT on its way: its columns come in sight, its nodes below x->level->root. */
void build_from(struct place *x, struct select *s);

#endif
