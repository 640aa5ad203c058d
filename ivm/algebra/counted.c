/*
 * Aggregates that are expressions over counts, and so cost no more than those:
 *
 *     bool_and(x)       =  CASE WHEN count(x) > 0 THEN count(CASE WHEN NOT x THEN true END) = 0 END
 *     bool_or(x)        =  CASE WHEN count(x) > 0 THEN count(CASE WHEN x THEN true END) > 0 END
 *     regr_count(y, x)  =  count(CASE WHEN y IS NOT NULL AND x IS NOT NULL THEN true END)
 *
 * with the same FILTER on each. The order of rows and DISTINCT make no difference to the first two, and
 * none is let into the third.
 */
#include "algebra/aggregate.h"

static struct expr *counted_node(struct arena *a, enum expr_kind kind, const char *text, int nargs,
                                 struct expr *x, struct expr *y)
{
    struct expr *e = expr_new(a, kind, -1);
    e->text = text;
    e->args = ARENA_ARRAY(a, struct expr *, 2);
    e->args[0] = x;
    e->args[1] = y;
    e->nargs = nargs;
    return e;
}

/* count(x), over the rows that the aggregate `of` is over. */
static struct expr *counted_count(struct arena *a, const struct expr *of, struct expr *x)
{
    struct expr *e = counted_node(a, EXPR_AGGREGATE, "\"pg_catalog\".\"count\"", 1, x, NULL);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[0] = "pg_catalog";
    e->names[1] = "count";
    e->nnames = 2;
    e->filter = of->filter;
    return e;
}

/* CASE WHEN condition THEN value END */
static struct expr *counted_when(struct arena *a, struct expr *condition, struct expr *value)
{
    return counted_node(a, EXPR_CASE, NULL, 2, condition, value);
}

static struct expr *counted_compare(struct arena *a, struct expr *count, const char *operator)
{
    return counted_node(a, EXPR_OP, operator, 2, count, expr_const(a, "0"));
}

/* CASE WHEN count(x) > 0 THEN count(CASE WHEN condition THEN true END) operator 0 END */
static struct expr *counted_truth(struct arena *a, const struct expr *e, struct expr *condition,
                                  const char *operator)
{
    struct expr *cases = counted_count(a, e, counted_when(a, condition, expr_const(a, "true")));
    return counted_when(a, counted_compare(a, counted_count(a, e, e->args[0]), "OPERATOR(pg_catalog.>)"),
                        counted_compare(a, cases, operator));
}

struct expr *aggregate_as_counts(struct arena *a, const struct expr *e)
{
    if (e->nargs == 1 && e->args[0]->kind != EXPR_VARIADIC) {
        struct expr *x = e->args[0];
        if (expr_calls(e, "bool_and") || expr_calls(e, "every")) {
            return counted_truth(a, e, counted_node(a, EXPR_NOT, NULL, 1, x, NULL), "OPERATOR(pg_catalog.=)");
        }
        if (expr_calls(e, "bool_or")) {
            return counted_truth(a, e, x, "OPERATOR(pg_catalog.>)");
        }
    }
    if (e->nargs == 2 && !e->distinct && expr_calls(e, "regr_count")) {
        struct expr *both =
            counted_node(a, EXPR_AND, NULL, 2, counted_node(a, EXPR_IS, "IS NOT NULL", 1, e->args[0], NULL),
                         counted_node(a, EXPR_IS, "IS NOT NULL", 1, e->args[1], NULL));
        return counted_count(a, e, counted_when(a, both, expr_const(a, "true")));
    }
    return NULL;
}
