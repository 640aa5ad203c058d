/* Aggregates as blocks hold them. */
#ifndef WEIR_IVM_ALGEBRA_AGGREGATE_H
#define WEIR_IVM_ALGEBRA_AGGREGATE_H

#include "algebra/block.h"

/* An aggregate as an expression over counts, which can be added to (counted.c); NULL: it is none. */
struct expr *aggregate_as_counts(struct arena *a, const struct expr *e);

#endif
