/*
 * Delta of a SLICED plan: the slices that changes can have touched are computed again, and the storage's rows
 * of these slices are made equal to them.
 *
 *     a   keys touched             n   rows of these slices as they are now           o   rows of the storage
 * with these keys d   what n and o do not share: a row of one of them whose image has no partner of its
 * number in the other
 *
 * A query without a key is one slice: all of it, as a full refresh does.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "delta/affected.h"
#include "emit/emit_branch.h"

/* The columns of the key in the storage as a row, and as the keys touched have them. */
static const char *sliced_row(struct arena *a, const struct plan *p, const char *alias, bool given)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->slice->nkeys; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_name(a, alias,
                              given ? arena_printf(a, "k%d", i + 1) : p->columns[p->slice_columns[i]].name));
    }
    return arena_printf(a, "ROW(%s)", s.data);
}

/* Rows to delete, weir_t, and rows to insert. */
static const char *sliced_delta(struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    delta_open(d);
    return sql_text(
        a,
        "WITH {f:pending}{f:sep}a AS MATERIALIZED (SELECT q.*, {f:qhash} AS h FROM "
        "({f:keys}) q),\n"
        "n AS MATERIALIZED (SELECT n.*, row_number() OVER (PARTITION BY {f:nimage}) AS weir_i FROM "
        "(SELECT n.*, {f:hash} AS weir_hash FROM ({f:rows}) n) n),\n"
        "o AS MATERIALIZED (SELECT s.*, row_number() OVER (PARTITION BY {f:oimage}) AS weir_i FROM "
        "(SELECT s.*, s.ctid AS weir_t FROM a JOIN {f:table} s ON s.weir_key = a.h AND "
        "record_eq({f:srow}, {f:arow})) s)\n"
        "SELECT o.weir_t, n.weir_hash, {f:columns} FROM o FULL JOIN n ON n.weir_hash = o.weir_hash AND "
        "n.weir_i = "
        "o.weir_i AND record_image_eq(ROW({f:columns}), ROW({f:ocolumns})) "
        "WHERE o.weir_i IS NULL OR n.weir_i IS NULL",
        SQL_TEXT("pending", d->with.data), SQL_TEXT("sep", d->with.len > 0 ? ",\n" : ""),
        SQL_TEXT("qhash", slice_hash(a, p, "q", true)), SQL_TEXT("keys", affected_keys(d)),
        SQL_TEXT("nimage", bag_image(a, p, "n")), SQL_TEXT("hash", row_hash(a, p, "n")),
        SQL_TEXT("rows", slice_rows_sql(a, p, d->names, "a")), SQL_TEXT("oimage", bag_image(a, p, "s")),
        SQL_TEXT("table", storage_name(a, d->names)), SQL_TEXT("srow", sliced_row(a, p, "s", false)),
        SQL_TEXT("arow", sliced_row(a, p, "a", true)), SQL_TEXT("columns", emit_columns(a, p, "n")),
        SQL_TEXT("ocolumns", emit_columns(a, p, "o")));
}

const char *apply_sliced(struct arena *a, const struct plan *p, const struct plan_names *n,
                         const struct plan_change *c)
{
    /* Net: conditions are not evaluated on images that came and went, on which they may fail. */
    struct delta d = {.arena = a, .plan = p, .names = n, .change = c, .net = true};
    if (p->slice->nkeys == 0) {
        return full_difference(a, p, n, c->executor);
    }
    const char *rows = sliced_delta(&d);
    rows = c->executor ? exec_rows(a, p, n, rows, "d", "weir_t tid, weir_hash bigint, ", NULL)
                       : arena_printf(a, "(%s) d", rows);
    return sql_text(
        a,
        "d AS MATERIALIZED (SELECT d.* FROM {f:rows}),\n"
        "del AS (DELETE FROM {f:table} s USING d WHERE s.ctid = d.weir_t RETURNING 1),\n"
        "ins AS (INSERT INTO {f:table} ({f:columns}, weir_hash) SELECT {f:dcolumns}, d.weir_hash FROM d "
        "WHERE d.weir_t IS NULL RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, bigint '0' AS updated, "
        "(SELECT count(*) FROM del) AS deleted, bigint '0' AS broken)",
        SQL_TEXT("rows", rows), SQL_TEXT("table", storage_name(a, n)),
        SQL_TEXT("columns", emit_columns(a, p, NULL)), SQL_TEXT("dcolumns", emit_columns(a, p, "d")));
}
