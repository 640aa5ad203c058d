/* The statement that computes a plan's delta and applies it, by kind of plan. */
#include "plan/statement.h"

#include "base/sql.h"

static const char *delta_ctes(struct arena *a, const struct plan *p, const struct plan_names *n,
                              const struct plan_change *c)
{
    if (c->changed == 0) {
        return "counts AS (SELECT bigint '0' AS inserted, bigint '0' AS updated, bigint '0' AS deleted, "
               "bigint '0' AS broken)";
    }
    if (p->full_only) {
        return full_difference(a, p, n, c->executor);
    }
    switch (p->kind) {
    case PLAN_KEYED:
        return apply_keyed(a, p, n, c);
    case PLAN_GROUPED:
        return apply_grouped(a, p, n, c);
    case PLAN_SLICED:
        return apply_sliced(a, p, n, c);
    default:
        return apply_bag(a, p, n, c);
    }
}

const char *plan_delta_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                           const struct plan_change *c)
{
    const char *gate = c->presumed != NULL ? arena_printf(a, "%s,\n", c->presumed->gate) : "";
    return sql_text(a, "WITH {f:gate}{f:ctes}{f:finish}", SQL_TEXT("gate", gate),
                    SQL_TEXT("ctes", delta_ctes(a, p, n, c)),
                    SQL_TEXT("finish", c->finish != NULL ? c->finish : "\nSELECT * FROM counts"));
}
