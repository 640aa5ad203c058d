/* What a parsed SELECT may hold and the algebra has no rule for: each such construct has one line in stops.c.
 */
#ifndef WEIR_IVM_ALGEBRA_STOPS_H
#define WEIR_IVM_ALGEBRA_STOPS_H

#include "parse/parse.h"

/*
 * The first construct of one SELECT, in the order in which it is written, that is not maintained: a reason
 * that ivm_locate knows; NULL: none. What lies in its subqueries and WITH queries is not looked at: they are
 * asked about when they are resolved.
 */
const char *stops_select(struct arena *a, const struct select *s);

/* The same of one expression. */
const char *stops_expr(struct arena *a, const struct expr *e);

#endif
