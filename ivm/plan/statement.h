/* Shared by the files that write a plan's statements. */
#ifndef WEIR_IVM_PLAN_STATEMENT_H
#define WEIR_IVM_PLAN_STATEMENT_H

#include "delta/delta.h"

/* pgtrickle_data.st_<id> of the plan itself. */
const char *storage_name(struct arena *a, const struct plan_names *n);

/* The rows of the state query, with weir_hash unless KEYED, as a FROM item `n`; through the executor if need
 * be.
 */
const char *state_rows(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor);

/*
 * exec_<id>('...') AS alias(column type, ...): `lead` are columns before the storage's own, with a trailing
 * comma; wanted[i] picks storage columns (NULL: all).
 */
const char *exec_rows(struct arena *a, const struct plan *p, const struct plan_names *n, const char *sql,
                      const char *alias, const char *lead, const bool *wanted);

/* A type without its modifier, fit for a column definition list. */
const char *type_without_typmod(struct arena *a, const char *type);

/* "a" = x."a", "b" = x."b" for the columns that an update sets. */
const char *set_list(struct arena *a, const struct plan *p, const char *from);

/* record_image_ne(ROW(s...), ROW(x...)) over the columns that set_list sets; "false" when there are none. */
const char *differs(struct arena *a, const struct plan *p, const char *x, const char *y);

/* The CTEs of a delta statement per kind of plan, `counts` last. */
const char *apply_keyed(struct arena *a, const struct plan *p, const struct plan_names *n,
                        const struct plan_change *c);
const char *apply_grouped(struct arena *a, const struct plan *p, const struct plan_names *n,
                          const struct plan_change *c);
const char *apply_bag(struct arena *a, const struct plan *p, const struct plan_names *n,
                      const struct plan_change *c);

/* Rows of a SLICED plan with the storage's columns (plan/slice_rows.c): all of them, or those of slices whose
 * key is in CTE `keys` (k1, k2..., h). */
const char *slice_rows_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                           const char *keys);
const char *apply_sliced(struct arena *a, const struct plan *p, const struct plan_names *n,
                         const struct plan_change *c);

/* The CTEs of plan_full_sql, `counts` last. */
const char *full_difference(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor);

/* What tells images of one hash apart for numbering. */
const char *bag_image(struct arena *a, const struct plan *p, const char *alias);

/* The additive step of a GROUPED delta (delta/aggregate.c). */
const char *aggregate_delta(const struct delta *d);
const char *aggregate_states(const struct delta *d);
const char *aggregate_reread_flag(const struct delta *d);
bool aggregate_may_reread(const struct plan *p, int column);

#endif
