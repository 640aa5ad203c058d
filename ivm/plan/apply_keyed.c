/*
 * Delta of a KEYED plan, applied by key.
 *
 *     lost    keys with a -1 and no +1: delete
 *     moved   keys with both:           update, when the row differs
 *     came    keys with a +1 and no -1: insert
 *
 * Every key has at most one image of each sign: the change is single, or the sources are net and one
 * input changed, or the rows themselves are net. A pair -x +x of one image (it never was, or nothing changed)
 * is an update that finds no row or no difference. Cost: one index descent per key.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

static struct source_columns keyed_columns(struct arena *a, const struct plan *p)
{
    struct source_columns c = {.names = ARENA_ARRAY(a, const char *, p->ncolumns + 1),
                               .types = ARENA_ARRAY(a, const struct ivm_column *, p->ncolumns + 1)};
    for (int i = 0; i < p->ncolumns; i++) {
        c.names[c.n] = p->columns[i].name;
        c.types[c.n++] = &p->types[i];
    }
    return c;
}

/* The signed rows as one query: the body of the executor's call, or of a CTE. */
static const char *keyed_query(struct delta *d)
{
    struct arena *a = d->arena;
    struct source_columns columns = keyed_columns(a, d->plan);
    delta_open(d);
    const char *rows = delta_rows(d, columns.names);
    if (!delta_is_plain(d)) {
        rows = net_rows(a, arena_printf(a, "(%s)", rows), &columns, false);
    }
    if (!d->change->executor) {
        return rows;
    }
    return sql_text(a, "{f:with}{f:ctes}SELECT CAST(d.weir_w AS integer), {f:columns} FROM ({f:rows}) d",
                    SQL_TEXT("with", d->with.len > 0 ? "WITH " : ""),
                    SQL_TEXT("ctes", d->with.len > 0 ? arena_printf(a, "%s\n", d->with.data) : ""),
                    SQL_TEXT("columns", emit_columns(a, d->plan, "d")), SQL_TEXT("rows", rows));
}

const char *apply_keyed(struct arena *a, const struct plan *p, const struct plan_names *n,
                        const struct plan_change *c)
{
    struct delta d = {.arena = a, .plan = p, .names = n, .change = c};
    d.net = !c->single;
    const char *rows = keyed_query(&d);
    if (c->executor) {
        rows = arena_printf(a, "SELECT * FROM %s", exec_rows(a, p, n, rows, "d", "weir_w integer, ", NULL));
    }
    const char *table = storage_name(a, n), *set = set_list(a, p, "d");
    const char *update =
        *set == '\0'
            ? ""
            : sql_text(a,
                       "upd AS (UPDATE {f:table} s SET {f:set} FROM d WHERE d.weir_w > 0 AND {f:match} AND "
                       "{f:differs} RETURNING 1),\n",
                       SQL_TEXT("table", table), SQL_TEXT("set", set),
                       SQL_TEXT("match", emit_key_equal(a, p, "s", "d")),
                       SQL_TEXT("differs", differs(a, p, "s", "d")));
    return sql_text(
        a,
        "WITH {f:ctes}d AS MATERIALIZED ({f:rows}),\n"
        "del AS (DELETE FROM {f:table} s USING d WHERE d.weir_w < 0 AND {f:match} "
        "AND NOT EXISTS (SELECT FROM d g WHERE g.weir_w > 0 AND {f:gained}) RETURNING 1),\n"
        "{f:update}"
        "ins AS (INSERT INTO {f:table} ({f:columns}) SELECT {f:values} FROM d WHERE d.weir_w > 0 "
        "AND NOT EXISTS (SELECT FROM d g WHERE g.weir_w < 0 AND {f:gained}) RETURNING 1)\n"
        "SELECT (SELECT count(*) FROM ins) AS inserted, {f:updated} AS updated, "
        "(SELECT count(*) FROM del) AS deleted, bigint '0' AS broken",
        SQL_TEXT("ctes", d.with.len > 0 && !c->executor ? arena_printf(a, "%s,\n", d.with.data) : ""),
        SQL_TEXT("rows", rows), SQL_TEXT("table", table), SQL_TEXT("match", emit_key_equal(a, p, "s", "d")),
        SQL_TEXT("gained", emit_key_equal(a, p, "g", "d")), SQL_TEXT("update", update),
        SQL_TEXT("columns", emit_columns(a, p, NULL)), SQL_TEXT("values", emit_columns(a, p, "d")),
        SQL_TEXT("updated", *set == '\0' ? "bigint '0'" : "(SELECT count(*) FROM upd)"));
}
