/*
 * Delta of an aggregate whose state can be added to.
 *
 *     d(g) = over signed rows of group g:   n += sum(w)                     rows of the group
 *                                           c += sum(w) where x not NULL   values
 *                                           s += sum(x: w = +1) - sum(x: w = -1)
 *
 * Weights are -1 or +1, and never multiplied with a value, which could overflow where the query does not. A
 * group is there while n > 0; a sum is NULL while c = 0. Rows: one per group touched: keys, weir_n (change of
 * n), weir_p<i> and weir_m<i> (what column i gains and loses).
 *
 * min and max are kept by comparison, see minmax.c. Sources: Gupta and Mumick, 1995 (counting); Palpanas et
 * al., VLDB 2002 (aggregates that are not distributive).
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "delta/minmax.h"
#include "emit/emit_branch.h"

#include <string.h>

/* Rows of `b` that count: a sign, a filter, a value; each optional. */
static const char *aggregate_where(struct arena *a, const struct plan *p, const struct column *c,
                                   const char *sign, bool not_null)
{
    struct str s;
    str_init(&s, a);
    if (sign != NULL) {
        str_addf(&s, "b.weir_w %s 0", sign);
    }
    if (c->role == COLUMN_FINE) {
        str_addf(&s, "scale(%s) = %d", emit_name(a, "b", emit_input(a, p, c->value)), c->fine);
    } else if (not_null && c->value >= 0) {
        str_sep(&s, " AND ");
        str_addf(&s, "%s IS NOT NULL", emit_name(a, "b", emit_input(a, p, c->value)));
    }
    if (c->filter >= 0) {
        str_sep(&s, " AND ");
        str_add(&s, emit_name(a, "b", emit_input(a, p, c->filter)));
    }
    return s.len == 0 ? "" : arena_printf(a, " FILTER (WHERE %s)", s.data);
}

/* A sum of sums, as what a sum of the rows would be. */
static const char *aggregate_typed(struct arena *a, const char *sum, const char *type)
{
    return arena_printf(a, "CAST(%s AS %s)", sum, type_without_typmod(a, type));
}

/* The change of a column over rows that stand for many each, see eager.c. */
static void aggregate_change_eager(struct str *s, const struct plan *p, int column)
{
    struct arena *a = s->arena;
    const struct column *c = &p->columns[column];
    if (c->role == COLUMN_SUM) {
        const char *sum = arena_printf(a, "sum(%s)", emit_name(a, "b", emit_input(a, p, c->value)));
        const char *sign[] = {">", "<"}, *name[] = {"weir_p", "weir_m"};
        for (int i = 0; i < 2; i++) {
            const char *one = arena_printf(a, "%s%s", sum, aggregate_where(a, p, c, sign[i], false));
            str_addf(s, ", %s AS %s%d", aggregate_typed(a, one, p->types[column].type), name[i], column + 1);
        }
    } else if (c->role == COLUMN_ROWS || c->role == COLUMN_COUNT) {
        const char *sum = c->role == COLUMN_COUNT && c->value >= 0
                              ? arena_printf(a, "sum(b.weir_c%d)", c->value + 1)
                              : "sum(b.weir_w)";
        const char *name = c->role == COLUMN_ROWS ? "weir_n" : arena_printf(a, "weir_p%d", column + 1);
        str_addf(s, ", %s AS %s", aggregate_typed(a, sum, "bigint"), name);
    }
}

static void aggregate_change(struct str *s, const struct plan *p, int column)
{
    struct arena *a = s->arena;
    const struct column *c = &p->columns[column];
    const char *value = c->value >= 0 ? emit_name(a, "b", emit_input(a, p, c->value)) : NULL;
    const char *gained = aggregate_where(a, p, c, ">", false), *lost = aggregate_where(a, p, c, "<", false);
    const char *function = c->role == COLUMN_SUM ? "sum" : c->role == COLUMN_MIN ? "min" : "max";
    switch (c->role) {
    case COLUMN_ROWS:
        str_add(s, ", sum(b.weir_w) AS weir_n");
        break;
    case COLUMN_COUNT:
    case COLUMN_FINE:
        str_addf(s, ", sum(b.weir_w)%s AS weir_p%d", aggregate_where(a, p, c, NULL, true), column + 1);
        break;
    case COLUMN_SUM:
    case COLUMN_MIN:
    case COLUMN_MAX:
        str_addf(s, ", %s(%s)%s AS weir_p%d, %s(%s)%s AS weir_m%d", function, value, gained, column + 1,
                 function, value, lost, column + 1);
        break;
    case COLUMN_SCALE:
        str_addf(s, ", min(scale(%s))%s AS weir_p%d", value, aggregate_where(a, p, c, NULL, false),
                 column + 1);
        break;
    default:
        break;
    }
}

const char *aggregate_delta(const struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    int nouts = p->branches[0].nouts;
    const char **names = ARENA_ARRAY(a, const char *, nouts + 1);
    struct str list, group;
    str_init(&list, a);
    str_init(&group, a);
    for (int i = 0; i < nouts; i++) {
        names[i] = emit_input(a, p, i);
    }
    for (int i = 0; i < p->nkeys; i++) {
        str_sep(&group, ", ");
        str_add(&group, emit_name(a, "b", names[i]));
    }
    str_add(&list, group.data);
    for (int i = 0; i < p->ncolumns; i++) {
        (d->eager ? aggregate_change_eager : aggregate_change)(&list, p, i);
    }
    return sql_text(a, "SELECT {f:list} FROM ({f:rows}) b{f:by}{f:group}",
                    SQL_TEXT("list", list.data + (p->nkeys == 0 ? 2 : 0)),
                    SQL_TEXT("rows", delta_rows(d, names)), SQL_TEXT("by", p->nkeys > 0 ? " GROUP BY " : ""),
                    SQL_TEXT("group", group.data));
}

/* Old state s plus change d, for a count. */
static const char *aggregate_count(struct arena *a, const struct plan *p, int column)
{
    const char *old = emit_name(a, "s", p->columns[column].name);
    return p->columns[column].role == COLUMN_ROWS
               ? arena_printf(a, "coalesce(%s, 0) + coalesce(d.weir_n, 0)", old)
               : arena_printf(a, "coalesce(%s, 0) + coalesce(d.weir_p%d, 0)", old, column + 1);
}

static const char *aggregate_sum(struct arena *a, const struct plan *p, int column)
{
    return arena_printf(a, "coalesce(%s, 0) + coalesce(d.weir_p%d, 0) - coalesce(d.weir_m%d, 0)",
                        emit_name(a, "s", p->columns[column].name), column + 1, column + 1);
}

/* Of two scales the sum has the larger one while a value has it. What is rounded off then are zeros. */
static const char *aggregate_scaled(struct arena *a, const struct plan *p, int column)
{
    int fine = p->columns[column].scale;
    const char *sum = aggregate_sum(a, p, column);
    return fine < 0 || p->columns[fine].role != COLUMN_FINE
               ? sum
               : arena_printf(a, "CASE WHEN %s > 0 THEN %s ELSE round(%s, %d) END",
                              aggregate_count(a, p, fine), sum, sum, p->columns[fine].coarse);
}

/* A group with rows has values when every row has one: nothing to ask. */
static bool aggregate_may_be_empty(const struct plan *p, int column)
{
    return plan_is_global(p) || p->columns[p->columns[column].count].role != COLUMN_ROWS;
}

static const char *aggregate_new(struct arena *a, const struct plan *p, int column)
{
    const struct column *c = &p->columns[column];
    const char *old = emit_name(a, "s", c->name);
    switch (c->role) {
    case COLUMN_KEY:
        return emit_name(a, "d", c->name);
    case COLUMN_ROWS:
    case COLUMN_COUNT:
    case COLUMN_FINE:
        return aggregate_count(a, p, column);
    case COLUMN_SUM:
        return aggregate_may_be_empty(p, column)
                   ? arena_printf(a, "CASE WHEN %s > 0 THEN %s END", aggregate_count(a, p, c->count),
                                  aggregate_scaled(a, p, column))
                   : aggregate_scaled(a, p, column);
    case COLUMN_SCALE:
        /* Never too large: what left may have been the smallest. Without values it is forgotten. */
        return arena_printf(a, "CASE WHEN %s > 0 THEN LEAST(%s, d.weir_p%d) END",
                            aggregate_count(a, p, p->columns[c->of].count), old, column + 1);
    default:
        return minmax_new(a, p, column);
    }
}

const char *aggregate_states(const struct delta *d)
{
    struct str s;
    str_init(&s, d->arena);
    for (int i = 0; i < d->plan->ncolumns; i++) {
        str_sep(&s, ", ");
        str_addf(&s, "%s AS %s", aggregate_new(d->arena, d->plan, i),
                 emit_name(d->arena, NULL, d->plan->columns[i].name));
    }
    return s.data;
}

static bool aggregate_is_numeric(const struct plan *p, int column)
{
    for (int i = 0; i < p->nresults; i++) {
        const struct result *r = &p->results[i];
        if (r->column == column && r->type != NULL && strncmp(r->type, "numeric", 7) == 0) {
            return true;
        }
    }
    return false;
}

bool aggregate_may_reread(const struct plan *p, int column)
{
    enum column_role role = p->columns[column].role;
    return role == COLUMN_MIN || role == COLUMN_MAX || role == COLUMN_SCALE ||
           (role == COLUMN_SUM && aggregate_is_numeric(p, column));
}

/*
 * When a numeric sum cannot be undone: NaN or an infinity is in it (it has no scale), or values of scales
 * that types do not tell are and one with the largest leaves, after which fewer digits may be right.
 */
static const char *aggregate_sum_reread(struct arena *a, const struct plan *p, int column)
{
    const struct column *c = &p->columns[column];
    const char *sum = aggregate_sum(a, p, column);
    struct str s;
    str_init(&s, a);
    str_addf(&s, "%s > 0 AND (scale(%s) IS NULL", aggregate_count(a, p, c->count), sum);
    if (c->scale >= 0 && p->columns[c->scale].role == COLUMN_SCALE) {
        str_addf(&s, " OR (scale(d.weir_m%d) >= scale(%s) AND LEAST(%s, d.weir_p%d) < scale(%s))", column + 1,
                 sum, emit_name(a, "s", p->columns[c->scale].name), c->scale + 1, sum);
    }
    str_add(&s, ")");
    return s.data;
}

const char *aggregate_reread_flag(const struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->ncolumns; i++) {
        const char *when = NULL;
        if (p->columns[i].role == COLUMN_SUM && aggregate_may_reread(p, i)) {
            when = aggregate_sum_reread(a, p, i);
        } else if (p->columns[i].role == COLUMN_MIN || p->columns[i].role == COLUMN_MAX) {
            when = minmax_reread(a, p, i, d->net && delta_is_plain(d));
        }
        if (when != NULL) {
            str_sep(&s, " OR ");
            str_addf(&s, "(%s)", when);
        }
    }
    if (s.len == 0) {
        return NULL;
    }
    if (plan_is_global(p)) {
        return arena_printf(a, "coalesce(%s, false)",
                            s.data); /* its row stays when the last input row goes */
    }
    int rows = 0;
    while (p->columns[rows].role != COLUMN_ROWS) {
        rows++;
    }
    return arena_printf(a, "coalesce(%s > 0 AND (%s), false)", aggregate_count(a, p, rows), s.data);
}
