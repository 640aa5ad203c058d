/* min and max: kept by comparison, read again when the extreme may have left. */
#ifndef WEIR_IVM_DELTA_MINMAX_H
#define WEIR_IVM_DELTA_MINMAX_H

#include "plan/plan.h"

/* The new value, right unless minmax_reread holds. */
const char *minmax_new(struct arena *a, const struct plan *p, int column);

/*
 * When the group must be read again. `exact`: rows gained are all there now and rows lost all were (net rows,
 * one changed input), so that a gained value can stand in for a lost one.
 */
const char *minmax_reread(struct arena *a, const struct plan *p, int column, bool exact);

#endif
