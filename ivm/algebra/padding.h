/* Groups over an outer join whose missing rows no aggregate minds. */
#ifndef WEIR_IVM_ALGEBRA_PADDING_H
#define WEIR_IVM_ALGEBRA_PADDING_H

#include "parse/parse.h"

/*
 * `rows` are those that the grouped SELECT `s` groups, with a column for each of its keys and arguments. The
 * same groups come of the SELECT that is returned, which has no outer join; NULL: they do not.
 */
struct select *padding_arms(struct arena *a, const struct select *s, const struct select *rows);

#endif
