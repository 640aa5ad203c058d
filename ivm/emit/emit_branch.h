/* Branches of a plan to SQL. */
#ifndef WEIR_IVM_EMIT_EMIT_BRANCH_H
#define WEIR_IVM_EMIT_EMIT_BRANCH_H

#include "base/str.h"
#include "plan/plan.h"

/* What the inputs of a branch are called in a statement. */
struct naming {
    const struct plan *plan;
    const struct branch *branch;
    const char **aliases; /* per input */
};

void emit_branch_expr(struct str *s, const struct naming *n, const struct expr *e);

/* ", generate_series(1, n) weir_s1": what follows the inputs in FROM. */
const char *emit_branch_repeats(struct arena *a, const struct naming *n);

/* " WHERE a AND b", or "" without conditions. */
const char *emit_branch_where(struct arena *a, const struct naming *n);

/* Result or key number i of a GROUPED plan, finished from the columns of its storage. */
void emit_result(struct str *s, const struct plan *p, int result, const char *alias);
void emit_key(struct str *s, const struct plan *p, int key, const char *alias);

/* Out i of a plan, as the query or a reader of the part sees it, over its storage `s`; its HAVING as " WHERE
 * ...", or "". */
void emit_out(struct str *s, const struct plan *p, int out);
const char *emit_having(struct arena *a, const struct plan *p);

/* Columns of a storage as a list: "a", "b" or, with an alias, s."a", s."b". */
const char *emit_columns(struct arena *a, const struct plan *p, const char *alias);

/* alias."name", or "name" when alias is NULL. */
const char *emit_name(struct arena *a, const char *alias, const char *name);

/* What tells images of a column apart where rows are sorted: the value, or else its text. */
const char *emit_sortable_image(struct arena *a, const struct ivm_column *c, const char *value);

/* The text of a value: equal for equal images only, also where a collation takes different texts for equal.
 */
const char *emit_image(struct arena *a, const char *value);

/* The table a source is read from. */
const char *emit_source(struct arena *a, const struct plan *p, const struct plan_names *n, int source);

/* alias.k1 = other.k1 AND ... over the columns given; types are builtin. */
const char *emit_key_equal(struct arena *a, const struct plan *p, const char *alias, const char *other);

/* The aggregate that computes a column of a GROUPED storage over rows `alias` of outs; see emit_input. */
void emit_state(struct str *s, const struct plan *p, int column, const char *alias);

/* What out i of the branches is called below an aggregate. */
const char *emit_input(struct arena *a, const struct plan *p, int out);

#endif
