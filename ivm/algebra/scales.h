/* The scales that a numeric expression's values can have. */
#ifndef WEIR_IVM_ALGEBRA_SCALES_H
#define WEIR_IVM_ALGEBRA_SCALES_H

#include "plan/plan.h"

/* Two at most, low <= high: beyond, and where types do not tell, they are not known. NULL, NaN and the
 * infinities have none and do not count. */
struct scales {
    bool known;
    int n; /* 0: nothing but values without a scale */
    int low, high;
};

/* Those of an out of the branches. */
struct scales scales_of_out(const struct plan *p, int out);

#endif
