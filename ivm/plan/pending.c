/*
 * What is pending: counted, and presumed.
 *
 * A delta statement is made for a change of known size, so what is pending has to be counted first: a round
 * trip, and a second reading of the same rows. Mostly they are as many as the last time. So a statement may
 * presume that, and find out itself:
 *
 *     gate    the caller's: may anything be done at all?
 *     p1...   the pending rows of source 1, one more than the bound at most
 *     q1...   what they come to
 *     go      whether it is what was presumed; the delta reads p1 only then, and else changes nothing
 */
#include "plan/statement.h"

#include "base/sql.h"

const char *plan_count_sql(struct arena *a, const char *from, const char *key)
{
    return key != NULL
               ? sql_text(a,
                          "SELECT coalesce(pg_catalog.sum(g.n), 0)::bigint AS n, "
                          "coalesce(pg_catalog.bool_or(g.void), false) AS void, "
                          "coalesce(pg_catalog.max(g.images), 0)::bigint AS images "
                          "FROM (SELECT pg_catalog.count(*) AS n, pg_catalog.bool_or(p.weir_w = 0) AS void, "
                          "greatest(pg_catalog.count(*) FILTER (WHERE p.weir_w > 0), "
                          "pg_catalog.count(*) FILTER (WHERE p.weir_w < 0)) AS images FROM {f:from} p GROUP "
                          "BY {f:key}) g",
                          SQL_TEXT("from", from), SQL_TEXT("key", key))
               : sql_text(
                     a,
                     "SELECT pg_catalog.count(*) AS n, coalesce(pg_catalog.bool_or(p.weir_w = 0), false) "
                     "AS void, 2::bigint AS images FROM {f:from} p",
                     SQL_TEXT("from", from));
}

/* Of many fewer rows the planner would think otherwise. */
static void presumed_source(struct str *ctes, struct str *total, struct str *right,
                            const struct plan_names *n, const struct plan_change *c, int source)
{
    struct arena *a = ctes->arena;
    long long limit = (long long)c->limit[source];
    int number = source + 1;
    str_addf(ctes,
             ",\np%d AS MATERIALIZED (SELECT * FROM pgtrickle_data.pending_%lld_%lld WHERE (SELECT g.fits "
             "FROM gate "
             "g) LIMIT %lld),\nq%d AS MATERIALIZED (%s)",
             number, (long long)n->ids[n->self], (long long)n->source_ids[source], limit + 1, number,
             plan_count_sql(a, arena_printf(a, "p%d", number), c->presumed->key[source]));
    str_sep(total, " + ");
    str_addf(total, "q%d.n", number);
    str_addf(right, " AND q%d.n BETWEEN %lld AND %lld AND NOT q%d.void", number,
             limit > PLAN_LIMIT_MIN ? limit / 4 : 1, limit, number);
    if (c->single) {
        str_addf(right, " AND q%d.images <= 1", number);
    }
}

const char *presumed_ctes(struct arena *a, const struct plan *p, const struct plan_names *n,
                          const struct plan_change *c)
{
    struct str ctes, total, right, from, others;
    struct str *all[] = {&ctes, &total, &right, &from, &others};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        str_init(all[i], a);
    }
    for (int i = 0; i < p->nsources; i++) {
        if ((c->changed >> i & 1) != 0) {
            presumed_source(&ctes, &total, &right, n, c, i);
            str_addf(&from, ", q%d", i + 1);
        } else {
            str_addf(&others, " AND NOT EXISTS (SELECT FROM pgtrickle_data.pending_%lld_%lld)",
                     (long long)n->ids[n->self], (long long)n->source_ids[i]);
        }
    }
    if (c->presumed->most >= 0) {
        str_addf(&right, " AND %s <= %lld", total.data, (long long)c->presumed->most);
    }
    return sql_text(
        a,
        "{f:gate}{f:ctes},\ngo AS MATERIALIZED (SELECT {f:total} AS n, {f:total} = 0{f:others} AS idle, "
        "true{f:right}{f:others} AS go FROM gate g{f:from} WHERE g.fits)",
        SQL_TEXT("gate", c->presumed->gate), SQL_TEXT("ctes", ctes.data), SQL_TEXT("total", total.data),
        SQL_TEXT("others", others.data), SQL_TEXT("right", right.data), SQL_TEXT("from", from.data));
}
