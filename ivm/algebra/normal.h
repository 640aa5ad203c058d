/* Blocks to plans in normal form. */
#ifndef WEIR_IVM_ALGEBRA_NORMAL_H
#define WEIR_IVM_ALGEBRA_NORMAL_H

#include "plan/plan.h"

struct plan_list {
    struct plan **items;
    int n, cap;
};

/*
 * The plans of a query, parts first. NULL reason: done. Storage columns are laid out; the last plan shows
 * the query's columns under the names given.
 */
const char *normal_plans(struct arena *a, struct block *b, const char **names, struct plan_list *out);

/* Keys of a plan that is one branch (ivm/algebra/key.c). False: a relation has none, it is a bag. */
bool key_of_branch(struct arena *a, struct plan *p);

/* Storage columns (ivm/algebra/layout.c). `names`: of the outs, NULL for a part. */
void layout_columns(struct arena *a, struct plan *p, const char **names);

/* Marks what the branches of `p` read of their sources (ivm/algebra/uses.c). */
void uses_mark(struct arena *a, struct plan *p);

/*
 * Types (ivm/algebra/types.c). Finds those that are needed and known; NULL when no more are needed, or when
 * `answers` gave them. Else the query whose columns' types are the answers; *domains is one whose rows,
 * where they are not NULL, come in their place.
 */
const char *types_probe(struct arena *a, struct block *b, const char **answers, int nanswers,
                        const char **domains);
/* Type of an expression that is a plain column, as PostgreSQL prints it; NULL: not known. */
const char *types_of(const struct block *b, const struct expr *e);
/* Of a block's column. */
const char *types_of_out(const struct block *b, int column);

#endif
