/* One SELECT that does several things, as SELECTs that do one each. */
#ifndef WEIR_IVM_ALGEBRA_LAYERS_H
#define WEIR_IVM_ALGEBRA_LAYERS_H

#include "parse/parse.h"

/*
 * The same query as an outer SELECT over an inner one (from_item.apart), by what stands highest in it: LIMIT,
 * DISTINCT ON, window functions, what is computed from groups by subqueries, grouping. NULL: there is nothing
 * to split.
 */
struct select *layers_split(struct arena *a, const struct select *s);

/*
 * A constant is a key of several grouping sets. Canonical text casts it in GROUP BY (else it would be a
 * number of a column) and not where it is shown, so that the one is not recognised as the other; a shown key
 * is NULL in the sets that do not group by it. Before version 18 PostgreSQL does not sort by it either, as if
 * it were not NULL anywhere: only the query itself, whole, says what comes first.
 */
bool select_has_constant_set(const struct select *s);

#endif
