/*
 * What is pending: counted, and presumed.
 *
 * A delta statement is made for a change of known size, so what is pending has to be counted first: a round
 * trip, and a second reading of the same rows. Mostly they are as many as the last time. So a statement may
 * presume that, and find out itself:
 *
 *     gate    the caller's: may anything be done at all?
 *     p1...   the pending rows of source 1, one more than the bound at most; added up, where that may be
 *     q1...   what they come to
 *     go      whether it is what was presumed; the delta reads p1 only then, and else changes nothing
 */
#include "delta/delta.h"

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
static void presumed_right(const struct delta *d, int source, struct str *right)
{
    long long limit = (long long)d->change->limit[source];
    int number = source + 1;
    str_addf(right, " AND q%d.n BETWEEN %lld AND %lld AND NOT q%d.void", number,
             limit > PLAN_LIMIT_MIN ? limit / 4 : 1, limit, number);
    if (d->change->single) {
        str_addf(right, " AND q%d.images <= 1", number);
    }
}

static const char *presumed_source(const struct delta *d, int source)
{
    struct arena *a = d->arena;
    int64_t limit = d->change->limit[source] + 1;
    const char *p = arena_printf(a, "p%d", source + 1);
    const char *rows =
        d->eager ? eager_rows(d, source, limit)
                 : sql_text(a, "SELECT * FROM pgtrickle_data.pending_{n:self}_{n:source} LIMIT {n:limit}",
                            SQL_INT("self", d->names->ids[d->names->self]),
                            SQL_INT("source", d->names->source_ids[source]), SQL_INT("limit", limit));
    const char *count =
        d->eager ? sql_text(a,
                            "SELECT coalesce(pg_catalog.sum(p.weir_c), 0) AS n, "
                            "coalesce(pg_catalog.bool_or(p.weir_w = 0), false) AS void, 2::bigint "
                            "AS images FROM {f:p} p",
                            SQL_TEXT("p", p))
                 : plan_count_sql(a, p, d->change->single ? d->change->presumed->key[source] : NULL);
    return sql_text(a, "{f:p} AS MATERIALIZED ({f:rows}),\nq{n:number} AS MATERIALIZED ({f:count}),\n",
                    SQL_TEXT("p", p), SQL_TEXT("rows", rows), SQL_INT("number", source + 1),
                    SQL_TEXT("count", count));
}

const char *presumed_ctes(const struct delta *d)
{
    struct arena *a = d->arena;
    struct str ctes, total, right, from, others;
    struct str *all[] = {&ctes, &total, &right, &from, &others};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        str_init(all[i], a);
    }
    for (int i = 0; i < d->plan->nsources; i++) {
        if ((d->change->changed >> i & 1) != 0) {
            str_add(&ctes, presumed_source(d, i));
            str_sep(&total, " + ");
            str_addf(&total, "q%d.n", i + 1);
            presumed_right(d, i, &right);
            str_addf(&from, ", q%d", i + 1);
        } else {
            str_addf(&others, " AND NOT EXISTS (SELECT FROM pgtrickle_data.pending_%lld_%lld)",
                     (long long)d->names->ids[d->names->self], (long long)d->names->source_ids[i]);
        }
    }
    if (d->change->presumed->most >= 0) {
        str_addf(&right, " AND %s <= %lld", total.data, (long long)d->change->presumed->most);
    }
    return sql_text(a,
                    "{f:ctes}go AS MATERIALIZED (SELECT {f:total} AS n, {f:total} = 0{f:others} AS idle, "
                    "true{f:right}{f:others} AS go FROM gate g{f:from} WHERE g.fits)",
                    SQL_TEXT("ctes", ctes.data), SQL_TEXT("total", total.data),
                    SQL_TEXT("others", others.data), SQL_TEXT("right", right.data),
                    SQL_TEXT("from", from.data));
}
