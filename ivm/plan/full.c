/*
 * Full refresh as a difference: what the state query says now against what the storage holds. Rows that are
 * right are not touched, so that readers of the storage see a small change.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

/* Rows are found by `match`; those found and different are updated. */
static const char *full_matched(struct arena *a, const struct plan *p, const struct plan_names *n,
                                const char *rows, const char *match)
{
    bool hashed = p->kind != PLAN_KEYED;
    const char *set = set_list(a, p, "n");
    return sql_text(
        a,
        "n AS MATERIALIZED ({f:rows}),\n"
        "del AS (DELETE FROM {f:table} s WHERE NOT EXISTS (SELECT FROM n WHERE {f:match}) RETURNING 1),\n"
        "upd AS ({f:update} RETURNING 1),\n"
        "ins AS (INSERT INTO {f:table} ({f:columns}{f:hash}) SELECT {f:values}{f:hash} FROM n "
        "WHERE NOT EXISTS (SELECT FROM {f:table} s WHERE {f:match}){f:order} RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, (SELECT count(*) FROM upd) AS updated, "
        "(SELECT count(*) FROM del) AS deleted, bigint '0' AS broken)",
        SQL_TEXT("rows", rows), SQL_TEXT("table", storage_name(a, n)), SQL_TEXT("match", match),
        SQL_TEXT("update",
                 *set == '\0'
                     ? sql_text(a, "DELETE FROM {f:table} WHERE false", SQL_TEXT("table", storage_name(a, n)))
                     : sql_text(a,
                                "UPDATE {f:table} s SET {f:set} FROM n "
                                "WHERE {f:match} AND {f:differs}",
                                SQL_TEXT("table", storage_name(a, n)), SQL_TEXT("set", set),
                                SQL_TEXT("match", match), SQL_TEXT("differs", differs(a, p, "s", "n")))),
        SQL_TEXT("columns", emit_columns(a, p, NULL)), SQL_TEXT("values", emit_columns(a, p, "n")),
        SQL_TEXT("hash", hashed ? ", weir_hash" : ""), SQL_TEXT("order", group_order(a, p, "n")));
}

/* What tells images of one hash apart for numbering: a value that may look different when equal goes by text.
 */
const char *bag_image(struct arena *a, const struct plan *p, const char *alias)
{
    struct str s;
    str_init(&s, a);
    str_addf(&s, "%s.weir_hash", alias);
    for (int i = 0; i < p->ncolumns; i++) {
        const char *name = emit_name(a, alias, p->columns[i].name);
        str_addf(&s, ", %s", emit_sortable_image(a, &p->types[i], name));
    }
    return s.data;
}

/* Equal rows are numbered on both sides; what has no partner of its image and number goes or comes. */
static const char *full_bag(struct arena *a, const struct plan *p, const struct plan_names *n,
                            const char *rows)
{
    return sql_text(
        a,
        "n AS MATERIALIZED (SELECT n.*, row_number() OVER (PARTITION BY {f:nimage}) AS weir_i FROM "
        "({f:rows}) n),\n"
        "o AS MATERIALIZED (SELECT s.*, s.ctid AS weir_t, row_number() OVER (PARTITION BY {f:oimage}) AS "
        "weir_i "
        "FROM {f:table} s),\n"
        "del AS (DELETE FROM {f:table} s USING (SELECT o.weir_t FROM o WHERE NOT EXISTS (SELECT FROM n "
        "WHERE n.weir_hash = o.weir_hash AND n.weir_i = o.weir_i AND record_image_eq(ROW({f:ncolumns}),\n"
        "ROW({f:ocolumns})))) o WHERE s.ctid = o.weir_t RETURNING 1),\n"
        "ins AS (INSERT INTO {f:table} ({f:columns}, weir_hash) SELECT {f:ncolumns}, n.weir_hash FROM n "
        "WHERE NOT EXISTS (SELECT FROM o WHERE n.weir_hash = o.weir_hash AND n.weir_i = o.weir_i "
        "AND record_image_eq(ROW({f:ncolumns}), ROW({f:ocolumns}))){f:order} RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, bigint '0' AS updated, "
        "(SELECT count(*) FROM del) AS deleted, bigint '0' AS broken)",
        SQL_TEXT("nimage", bag_image(a, p, "n")), SQL_TEXT("oimage", bag_image(a, p, "s")),
        SQL_TEXT("rows", rows), SQL_TEXT("table", storage_name(a, n)),
        SQL_TEXT("columns", emit_columns(a, p, NULL)), SQL_TEXT("ncolumns", emit_columns(a, p, "n")),
        SQL_TEXT("ocolumns", emit_columns(a, p, "o")), SQL_TEXT("order", group_order(a, p, "n")));
}

const char *full_difference(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor)
{
    const char *rows =
        sql_text(a, "SELECT n.* FROM {f:rows}", SQL_TEXT("rows", state_rows(a, p, n, executor)));
    switch (p->kind) {
    case PLAN_KEYED:
        return full_matched(a, p, n, rows, emit_key_equal(a, p, "s", "n"));
    case PLAN_GROUPED:
        return full_matched(a, p, n, rows, group_match(a, p, "s", "n"));
    default:
        return full_bag(a, p, n, rows);
    }
}

const char *plan_full_sql(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor)
{
    return sql_text(a, "WITH {f:ctes}\nSELECT * FROM counts",
                    SQL_TEXT("ctes", full_difference(a, p, n, executor)));
}
