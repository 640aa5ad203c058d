/*
 * Delta queries: the signed rows by which a plan's branches moved.
 *
 * A signed row has its weight in weir_w: -1 an image that was, +1 one that is. Sums of weights per image are
 * right in any order of rows; what must not see an image that came and went (a division by a zero that
 * was never committed, a maximum) reads net rows.
 */
#ifndef WEIR_IVM_DELTA_DELTA_H
#define WEIR_IVM_DELTA_DELTA_H

#include "base/str.h"
#include "delta/hash.h"
#include "plan/plan.h"

struct delta {
    struct arena *arena;
    const struct plan *plan;
    const struct plan_names *names;
    const struct plan_change *change;
    bool net;          /* sources are netted before anything is computed from them */
    bool additive;     /* groups are only added to: what is added may be added up before, see eager.c */
    bool eager;        /* it is */
    bool expand;       /* weights are -1 or +1 only: a net weight of 3 is three rows */
    struct str with;   /* common table expressions, joined by ", " */
    const char **rows; /* per changed source: what its signed rows are read from */
};

/* Prepares the signed rows of every changed source (scan.c). */
void delta_open(struct delta *d);

/* The only branch that reads the source, and its only input that does; NULL: there are more. */
const struct branch *delta_reader(const struct plan *p, int source, int *input);

/* The signed rows of this input satisfy the condition, which is on it alone: they were filtered by it. */
bool delta_is_filtered(const struct delta *d, const struct branch *b, int input, struct expr *condition);

/*
 * Changed rows of a source, added up before they are joined (eager.c): whether that is right and worth it,
 * and the query, over `limit` pending rows at most. Columns: weir_w, weir_c (captured rows that a row stands
 * for), those that stay, and for outs above the keys weir_e<i> and weir_c<i>.
 */
bool eager_may(const struct delta *d, int source);
const char *eager_rows(const struct delta *d, int source, int64_t limit);

/* Out `out` of such a row, added up, as `name`, and its count, each after a comma. */
const char *eager_out(const struct delta *d, int out, const char *name, const char *alias);

/* The CTEs by which a delta finds out whether what it presumes is right, `go` last (pending.c). */
const char *presumed_ctes(const struct delta *d);

/* Number of inputs of a branch that changed. */
int delta_changed_inputs(const struct delta *d, const struct branch *b);

/* True when no branch has two changed inputs: then no row pairs images that never met. */
bool delta_is_plain(const struct delta *d);

/*
 * The signed rows of all branches (join.c): columns weir_w and every out i with names[i] not NULL.
 * Several SELECTs joined by UNION ALL.
 */
const char *delta_rows(const struct delta *d, const char **names);

/*
 * Net rows (net.c): one row per image with the sum of its weights, images with sum 0 left out. `from` is read
 * for weir_w and the columns; `expand` repeats an image instead of weighing it.
 */
const char *net_rows(struct arena *a, const char *from, const struct source_columns *columns, bool expand);

/*
 * Groups computed again (reread.c): columns are keys, weir_hash, and those with wanted[i]. `keys` is a CTE
 * of keys and weir_hash, of which the rows that satisfy `flag` count (NULL: all).
 */
const char *reread_groups(const struct delta *d, const char *keys, const char *flag, const bool *wanted);

/* x.keys IS NOT DISTINCT FROM y.keys, and the hashes equal. */
const char *group_match(struct arena *a, const struct plan *p, const char *x, const char *y);

/* The hash by which rows of a storage are found: of group keys, or of a whole row. Constant for a global one.
 */
const char *row_hash(struct arena *a, const struct plan *p, const char *alias);

/* What the hash is taken of, column by column, from values of the plan's columns. */
void group_hash_add(struct hashing *h, const struct plan *p, int column, const char *value);

/* The hash of a slice's key: of the columns of the storage, or of k1, k2... */
const char *slice_hash(struct arena *a, const struct plan *p, const char *alias, bool given);

/* " ORDER BY ..." for rows that fill a storage: as they are found; "" where their hash has no place in it. */
const char *group_order(struct arena *a, const struct plan *p, const char *alias);

#endif
