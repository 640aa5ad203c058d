/* Keys of slices that changes can have touched. */
#ifndef WEIR_IVM_DELTA_AFFECTED_H
#define WEIR_IVM_DELTA_AFFECTED_H

#include "algebra/slice.h"
#include "delta/delta.h"

/*
 * A SELECT of keys, columns k1, k2..., each set of them once. `d` is open. Only for a plan whose slices have
 * keys.
 */
const char *affected_keys(const struct delta *d);

/* What a leaf is read from as it is now: a table's name, or the outs of a part as a subquery, named by the
 * leaf's names. */
const char *affected_source(struct arena *a, const struct plan *p, const struct plan_names *n,
                            const struct leaf *leaf);

#endif
