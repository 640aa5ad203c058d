/* FULL JOIN, as what it is made of. */
#ifndef WEIR_IVM_ALGEBRA_FULL_JOIN_H
#define WEIR_IVM_ALGEBRA_FULL_JOIN_H

#include "parse/parse.h"

/* A SELECT over a FULL JOIN as a UNION ALL without it. NULL: there is none, or not in a place where this can
 * be done. */
struct select *full_join_split(struct arena *a, const struct select *s);

#endif
