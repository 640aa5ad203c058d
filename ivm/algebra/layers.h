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

/* What a SELECT does. */
bool select_is_grouped(const struct select *s);
bool select_has_windows(const struct select *s);

#endif
