/*
 * Delta of a GROUPED plan.
 *
 *     d   the change of every group touched
 *     u   d joined to the storage: the new state of each group, weir_t where it is, weir_r read it again?
 *     r   the groups with weir_r, aggregated from the rows as they are now
 *     v   u, with what r says where it says it
 *
 * and then groups without rows are deleted, new ones inserted, others updated where they differ. Where a
 * state cannot be added to, or only another role can read groups again, d is only the keys and all groups of
 * d are read again.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

static const char *grouped_ctes(const struct delta *d)
{
    return d->with.len > 0 ? arena_printf(d->arena, "%s,\n", d->with.data) : "";
}

/* SELECT lists over two aliases: a column from `x` where wanted, else from `y`. */
static const char *grouped_columns(const struct delta *d, const bool *wanted, const char *x, const char *y)
{
    struct str s;
    str_init(&s, d->arena);
    for (int i = 0; i < d->plan->ncolumns; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_name(d->arena, wanted[i] ? x : y, d->plan->columns[i].name));
    }
    return s.data;
}

static const char *grouped_choice(const struct delta *d, const bool *wanted)
{
    struct arena *a = d->arena;
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < d->plan->ncolumns; i++) {
        const char *name = d->plan->columns[i].name;
        str_sep(&s, ", ");
        if (wanted[i]) {
            str_addf(&s, "CASE WHEN u.weir_r THEN %s ELSE %s END AS %s", emit_name(a, "r", name),
                     emit_name(a, "u", name), emit_name(a, NULL, name));
        } else {
            str_add(&s, emit_name(a, "u", name));
        }
    }
    return s.data;
}

/* d, with weir_hash, through the executor. Its columns are those of aggregate_delta, in that order. */
static const char *grouped_executed(const struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    struct str list;
    str_init(&list, a);
    for (int k = 0; k < p->nkeys; k++) {
        for (int i = 0; i < p->ncolumns; i++) {
            if (p->columns[i].role == COLUMN_KEY && p->columns[i].value == k) {
                str_addf(&list, "%s %s, ", emit_name(a, NULL, p->columns[i].name),
                         type_without_typmod(a, p->types[i].type));
            }
        }
    }
    for (int i = 0; i < p->ncolumns; i++) {
        const char *type = type_without_typmod(a, p->types[i].type);
        if (p->columns[i].role == COLUMN_ROWS) {
            str_add(&list, "weir_n bigint, ");
        } else if (p->columns[i].role == COLUMN_COUNT) {
            str_addf(&list, "weir_p%d bigint, ", i + 1);
        } else if (p->columns[i].role == COLUMN_SUM) {
            str_addf(&list, "weir_p%d %s, weir_m%d %s, ", i + 1, type, i + 1, type);
        }
    }
    const char *rows =
        sql_text(a, "{f:with}{f:ctes}SELECT d.*, {f:hash} AS weir_hash FROM ({f:delta}) d",
                 SQL_TEXT("with", d->with.len > 0 ? "WITH " : ""),
                 SQL_TEXT("ctes", d->with.len > 0 ? arena_printf(a, "%s\n", d->with.data) : ""),
                 SQL_TEXT("hash", row_hash(a, p, "d")), SQL_TEXT("delta", aggregate_delta(d)));
    return sql_text(a,
                    "d AS MATERIALIZED (SELECT * FROM pgtrickle_data.exec_{n:id}({l:rows}) AS "
                    "d({f:list}weir_hash bigint))",
                    SQL_INT("id", d->names->ids[d->names->self]), SQL_TEXT("rows", rows),
                    SQL_TEXT("list", list.data));
}

/* d, with weir_hash, as CTEs. */
static const char *grouped_changes(const struct delta *d)
{
    if (d->change->executor) {
        return grouped_executed(d);
    }
    return sql_text(d->arena,
                    "{f:ctes}d AS MATERIALIZED (SELECT d.*, {f:hash} AS weir_hash FROM ({f:delta}) d)",
                    SQL_TEXT("ctes", grouped_ctes(d)), SQL_TEXT("hash", row_hash(d->arena, d->plan, "d")),
                    SQL_TEXT("delta", aggregate_delta(d)));
}

/* Ends in a CTE v of weir_t, weir_hash and the storage's columns. */
static const char *grouped_additive(struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    const char *flag = aggregate_reread_flag(d);
    bool *wanted = ARENA_ARRAY(a, bool, p->ncolumns + 1);
    for (int i = 0; i < p->ncolumns; i++) {
        wanted[i] = aggregate_may_reread(p, i);
    }
    const char *match = plan_is_global(p) ? "true" : group_match(a, p, "s", "d");
    const char *u =
        sql_text(a,
                 "{f:changes},\n{f:name} AS MATERIALIZED (SELECT s.ctid AS weir_t, "
                 "d.weir_hash{f:flag}, {f:states} FROM d LEFT JOIN {f:table} s ON {f:match})",
                 SQL_TEXT("changes", grouped_changes(d)), SQL_TEXT("name", flag != NULL ? "u" : "v"),
                 SQL_TEXT("flag", flag != NULL ? arena_printf(a, ", %s AS weir_r", flag) : ""),
                 SQL_TEXT("states", aggregate_states(d)), SQL_TEXT("table", storage_name(a, d->names)),
                 SQL_TEXT("match", match));
    if (flag == NULL) {
        return u;
    }
    return sql_text(
        a,
        "{f:u},\nr AS MATERIALIZED ({f:reread}),\nv AS MATERIALIZED (SELECT u.weir_t, u.weir_hash, "
        "{f:choice} FROM u LEFT JOIN r ON u.weir_r AND {f:match})",
        SQL_TEXT("u", u), SQL_TEXT("reread", reread_groups(d, "u", "weir_r", wanted)),
        SQL_TEXT("choice", grouped_choice(d, wanted)), SQL_TEXT("match", group_match(a, p, "r", "u")));
}

/* Keys of the groups touched; of a global aggregate, one row without columns of its own. */
static const char *grouped_touched(const struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    const char **names = ARENA_ARRAY(a, const char *, p->branches[0].nouts + 1);
    struct str keys;
    str_init(&keys, a);
    if (plan_is_global(p)) {
        return "SELECT bigint '0' AS weir_hash";
    }
    for (int i = 0; i < p->nkeys; i++) {
        names[i] = emit_input(a, p, i);
        str_sep(&keys, ", ");
        str_add(&keys, emit_name(a, "b", names[i]));
    }
    return sql_text(a, "SELECT {f:keys}, {f:hash} AS weir_hash FROM ({f:rows}) b GROUP BY {f:keys}",
                    SQL_TEXT("keys", keys.data), SQL_TEXT("hash", row_hash(a, p, "b")),
                    SQL_TEXT("rows", delta_rows(d, names)));
}

/* The same v, with every touched group read again; by the executor where it must be. */
static const char *grouped_reread(struct delta *d)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    bool *wanted = ARENA_ARRAY(a, bool, p->ncolumns + 1);
    for (int i = 0; i < p->ncolumns; i++) {
        wanted[i] = p->columns[i].role != COLUMN_KEY;
    }
    const char *ctes = sql_text(a, "{f:ctes}d AS MATERIALIZED ({f:touched}),\nr AS MATERIALIZED ({f:reread})",
                                SQL_TEXT("ctes", grouped_ctes(d)), SQL_TEXT("touched", grouped_touched(d)),
                                SQL_TEXT("reread", reread_groups(d, "d", NULL, wanted)));
    const char *select = sql_text(a, "SELECT d.weir_hash, {f:columns} FROM d LEFT JOIN r ON {f:match}",
                                  SQL_TEXT("columns", grouped_columns(d, wanted, "r", "d")),
                                  SQL_TEXT("match", group_match(a, p, "r", "d")));
    const char *rows = d->change->executor
                           ? sql_text(a, "SELECT * FROM {f:rows}",
                                      SQL_TEXT("rows", exec_rows(a, p, d->names,
                                                                 arena_printf(a, "WITH %s\n%s", ctes, select),
                                                                 "x", "weir_hash bigint, ", NULL)))
                           : select;
    struct str list;
    str_init(&list, a);
    for (int i = 0; i < p->ncolumns; i++) {
        str_sep(&list, ", ");
        /* A group that was not found has no row: weir_n is 0, and the rest does not matter. */
        str_add(&list, p->columns[i].role == COLUMN_ROWS ? "coalesce(u.weir_n, 0) AS weir_n"
                                                         : emit_name(a, "u", p->columns[i].name));
    }
    return sql_text(a,
                    "{f:ctes}{f:comma}v AS MATERIALIZED (SELECT s.ctid AS weir_t, u.weir_hash, {f:list} "
                    "FROM ({f:rows}) u LEFT JOIN {f:table} s ON {f:match})",
                    SQL_TEXT("ctes", d->change->executor ? "" : ctes),
                    SQL_TEXT("comma", d->change->executor ? "" : ",\n"), SQL_TEXT("list", list.data),
                    SQL_TEXT("rows", rows), SQL_TEXT("table", storage_name(a, d->names)),
                    SQL_TEXT("match", group_match(a, p, "s", "u")));
}

/* The one row of a global aggregate is only ever updated. */
static const char *grouped_apply_global(struct arena *a, const struct plan *p, const struct plan_names *n,
                                        const char *ctes)
{
    return sql_text(a,
                    "{f:ctes},\nupd AS (UPDATE {f:table} s SET {f:set} FROM v WHERE s.ctid = v.weir_t AND "
                    "{f:differs} RETURNING 1),\n"
                    "counts AS (SELECT bigint '0' AS inserted, (SELECT count(*) FROM upd) AS updated, bigint "
                    "'0' AS deleted, "
                    "(SELECT count(*) FROM v WHERE v.weir_t IS NULL OR v.weir_n < 0) AS broken)",
                    SQL_TEXT("ctes", ctes), SQL_TEXT("table", storage_name(a, n)),
                    SQL_TEXT("set", set_list(a, p, "v")), SQL_TEXT("differs", differs(a, p, "s", "v")));
}

/* Whether rows of the sources may go into the sums as they come: what comes and goes again adds nothing, and
 * no key looks as it did. */
static bool grouped_sums(const struct plan *p, const struct plan_change *c)
{
    bool sums = (c->changed & (c->changed - 1)) == 0 && !plan_minds_images(p);
    for (int i = 0; i < p->ncolumns; i++) {
        sums = sums && (p->columns[i].role != COLUMN_KEY || p->types[i].faithful);
    }
    return sums;
}

const char *apply_grouped(struct arena *a, const struct plan *p, const struct plan_names *n,
                          const struct plan_change *c)
{
    struct delta d = {.arena = a, .plan = p, .names = n, .change = c, .expand = true};
    bool flags = false;
    for (int i = 0; i < p->ncolumns; i++) {
        flags = flags || aggregate_may_reread(p, i);
    }
    /* Which groups to read again is known outside of the executor, where they cannot be. */
    bool reread = plan_rereads_all(p) || (c->executor && flags);
    d.net = plan_always_nets(p, c->executor) || (!c->single && !grouped_sums(p, c));
    d.additive = !reread;
    delta_open(&d);
    const char *ctes = reread ? grouped_reread(&d) : grouped_additive(&d);
    if (plan_is_global(p)) {
        return grouped_apply_global(a, p, n, ctes);
    }
    return sql_text(
        a,
        "{f:ctes},\ndel AS (DELETE FROM {f:table} s USING v WHERE s.ctid = v.weir_t AND v.weir_n <= 0 "
        "RETURNING 1),\n"
        "upd AS (UPDATE {f:table} s SET {f:set} FROM v WHERE s.ctid = v.weir_t AND v.weir_n > 0 AND "
        "{f:differs} "
        "RETURNING 1),\n"
        "ins AS (INSERT INTO {f:table} ({f:columns}, weir_hash) SELECT {f:values}, v.weir_hash FROM v "
        "WHERE v.weir_t IS NULL AND v.weir_n > 0 RETURNING 1),\n"
        "counts AS (SELECT (SELECT count(*) FROM ins) AS inserted, (SELECT count(*) FROM upd) AS updated, "
        "(SELECT count(*) FROM del) AS deleted, (SELECT count(*) FROM v WHERE v.weir_n < 0) AS broken)",
        SQL_TEXT("ctes", ctes), SQL_TEXT("table", storage_name(a, n)), SQL_TEXT("set", set_list(a, p, "v")),
        SQL_TEXT("differs", differs(a, p, "s", "v")), SQL_TEXT("columns", emit_columns(a, p, NULL)),
        SQL_TEXT("values", emit_columns(a, p, "v")));
}
