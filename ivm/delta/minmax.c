/*
 * max: O old value, P largest gained, M largest lost (min alike).
 *
 *     no M, or M < max(O, P)                 new = max(O, P): no row that has it was lost
 *     exact and P >= max(O, M)               new = P: that row is there
 *     else                                   read the group again
 *
 * Without `exact` P may be a row that came and went, or a pair that never met, and then M has it too. Reading
 * again costs one aggregate over the group. Source: Palpanas et al., VLDB 2002.
 */
#include "delta/minmax.h"

#include "emit/emit_branch.h"

const char *minmax_new(struct arena *a, const struct plan *p, int column)
{
    bool max = p->columns[column].role == COLUMN_MAX;
    return arena_printf(a, "%s(%s, d.weir_p%d)", max ? "GREATEST" : "LEAST",
                        emit_name(a, "s", p->columns[column].name), column + 1);
}

const char *minmax_reread(struct arena *a, const struct plan *p, int column, bool exact)
{
    bool max = p->columns[column].role == COLUMN_MAX;
    const char *extreme = max ? "GREATEST" : "LEAST", *beyond = max ? "<" : ">";
    const char *old = emit_name(a, "s", p->columns[column].name);
    int i = column + 1;
    if (!exact) {
        return arena_printf(
            a, "d.weir_m%d IS NOT NULL AND NOT coalesce(d.weir_m%d %s %s(%s, d.weir_p%d), false)", i, i,
            beyond, extreme, old, i);
    }
    return arena_printf(a,
                        "d.weir_m%d IS NOT NULL AND NOT coalesce(d.weir_m%d %s %s, false) "
                        "AND NOT coalesce(d.weir_p%d %s= %s(%s, d.weir_m%d), false)",
                        i, i, beyond, old, i, max ? ">" : "<", extreme, old, i);
}
