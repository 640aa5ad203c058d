/*
 * Delta of a BAG plan: net images, each with how many rows of it come (+) or go (-).
 *
 * Rows of an image are found by weir_hash and compared as images; of several equal ones, any may go. What
 * should go and is not there is counted as broken.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

/* Net images, with the columns of the storage. */
static const char *bag_query(struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    struct source_columns columns = {.names = ARENA_ARRAY(a, const char *, p->ncolumns + 1),
                                     .types = ARENA_ARRAY(a, const struct ivm_column *, p->ncolumns + 1)};
    for (int i = 0; i < p->ncolumns; i++) {
        columns.names[columns.n] = p->columns[i].name;
        columns.types[columns.n++] = &p->types[i];
    }
    delta_open(d);
    const char *rows = net_rows(a, arena_printf(a, "(%s)", delta_rows(d, columns.names)), &columns, false);
    bool with = d->change->executor && d->with.len > 0;
    return sql_text(
        a, "{f:with}SELECT {f:weight} AS weir_w, {f:hash} AS weir_hash, {f:columns} FROM ({f:rows}) n",
        SQL_TEXT("with", with ? arena_printf(a, "WITH %s\n", d->with.data) : ""),
        SQL_TEXT("weight", d->change->executor ? "CAST(n.weir_w AS integer)" : "n.weir_w"),
        SQL_TEXT("hash", row_hash(a, p, "n")), SQL_TEXT("columns", emit_columns(a, p, "n")),
        SQL_TEXT("rows", rows));
}

const char *apply_bag(struct arena *a, const struct plan *p, const struct plan_names *n,
                      const struct plan_change *c)
{
    struct delta d = {.arena = a, .plan = p, .names = n, .change = c};
    d.net = plan_always_nets(p, c->executor) || !c->single;
    const char *rows = bag_query(&d);
    rows = c->executor ? exec_rows(a, p, n, rows, "n", "weir_w integer, weir_hash bigint, ", NULL)
                       : arena_printf(a, "(%s) n", rows);
    return sql_text(
        a,
        "{f:ctes}d AS MATERIALIZED (SELECT n.*, row_number() OVER () AS weir_i FROM {f:rows}),\n"
        "del AS (DELETE FROM {f:table} s USING (SELECT x.weir_t FROM (SELECT s.ctid AS weir_t, d.weir_w, "
        "row_number() OVER (PARTITION BY d.weir_i) AS weir_r FROM d JOIN {f:table} s "
        "ON s.weir_hash = d.weir_hash AND record_image_eq(ROW({f:scolumns}), ROW({f:dcolumns})) "
        "WHERE d.weir_w < 0) x WHERE x.weir_r <= -x.weir_w) x WHERE s.ctid = x.weir_t RETURNING 1),\n"
        "ins AS (INSERT INTO {f:table} ({f:columns}, weir_hash) SELECT {f:dcolumns}, d.weir_hash FROM d "
        "WHERE d.weir_w > 0 UNION ALL SELECT {f:dcolumns}, d.weir_hash "
        "FROM d, generate_series(2, d.weir_w) weir_s WHERE d.weir_w > 1 RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, bigint '0' AS updated, "
        "(SELECT count(*) FROM del) AS deleted, (SELECT coalesce(sum(-weir_w), 0) FROM d WHERE weir_w < 0) "
        "- (SELECT count(*) FROM del) AS broken)",
        SQL_TEXT("ctes", d.with.len > 0 && !c->executor ? arena_printf(a, "%s,\n", d.with.data) : ""),
        SQL_TEXT("rows", rows), SQL_TEXT("table", storage_name(a, n)),
        SQL_TEXT("scolumns", emit_columns(a, p, "s")), SQL_TEXT("dcolumns", emit_columns(a, p, "d")),
        SQL_TEXT("columns", emit_columns(a, p, NULL)));
}
