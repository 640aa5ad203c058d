/*
 * Delta of a KEYED plan, applied by key.
 *
 *     k       per key of the signed rows its image to come, else the one to go; weir_l is not NULL when it
 * has both; weir_t is where the storage has the key
 *
 *     lost    keys with a -1 and no +1: delete
 *     moved   keys with both:           update, when the storage has the key and the row differs
 *     came    keys with a +1 and no -1: insert
 *
 * Every key has at most one image of each sign: the change is single, or the sources are net and one
 * input changed, or the rows themselves are net. A pair +x -x of a row that never was finds no row to
 * update. Cost: one sort, and one index descent per key, whatever the planner thinks of the rows' number.
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

static const char *keyed_key(struct arena *a, const struct plan *p)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->nkey; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_name(a, "d", p->columns[p->key[i]].name));
    }
    return s.data;
}

const char *apply_keyed(struct arena *a, const struct plan *p, const struct plan_names *n,
                        const struct plan_change *c)
{
    struct delta d = {.arena = a, .plan = p, .names = n, .change = c};
    d.net = plan_always_nets(p, c->executor) || !c->single;
    const char *rows = keyed_query(&d);
    if (c->executor) {
        rows = sql_text(a, "SELECT * FROM {f:rows}",
                        SQL_TEXT("rows", exec_rows(a, p, n, rows, "d", "weir_w integer, ", NULL)));
    }
    const char *table = storage_name(a, n), *set = set_list(a, p, "k");
    const char *update = *set == '\0' ? ""
                                      : sql_text(a,
                                                 "upd AS (UPDATE {f:table} s SET {f:set} FROM k WHERE s.ctid "
                                                 "= k.weir_t AND k.weir_w > 0 AND "
                                                 "{f:differs} RETURNING 1),\n",
                                                 SQL_TEXT("table", table), SQL_TEXT("set", set),
                                                 SQL_TEXT("differs", differs(a, p, "s", "k")));
    return sql_text(
        a,
        "{f:ctes}k AS MATERIALIZED (SELECT d.*, s.ctid AS weir_t FROM (SELECT DISTINCT ON ({f:key}) "
        "d.*, "
        "lead(d.weir_w) OVER (PARTITION BY {f:key} ORDER BY d.weir_w DESC) AS weir_l FROM ({f:rows}) d "
        "ORDER BY {f:key}, d.weir_w DESC) d LEFT JOIN {f:table} s ON {f:match}),\n"
        "del AS (DELETE FROM {f:table} s USING k WHERE s.ctid = k.weir_t AND k.weir_w < 0 RETURNING 1),\n"
        "{f:update}"
        "ins AS (INSERT INTO {f:table} ({f:columns}) SELECT {f:values} FROM k WHERE k.weir_w > 0 "
        "AND k.weir_l IS NULL AND k.weir_t IS NULL RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, {f:updated} AS updated, "
        "(SELECT count(*) FROM del) AS deleted, "
        "(SELECT count(*) FROM k WHERE k.weir_w < 0 AND k.weir_t IS NULL) AS broken)",
        SQL_TEXT("ctes", d.with.len > 0 && !c->executor ? arena_printf(a, "%s,\n", d.with.data) : ""),
        SQL_TEXT("rows", rows), SQL_TEXT("table", table), SQL_TEXT("key", keyed_key(a, p)),
        SQL_TEXT("match", emit_key_equal(a, p, "s", "d")), SQL_TEXT("update", update),
        SQL_TEXT("columns", emit_columns(a, p, NULL)), SQL_TEXT("values", emit_columns(a, p, "k")),
        SQL_TEXT("updated", *set == '\0' ? "bigint '0'" : "(SELECT count(*) FROM upd)"));
}
