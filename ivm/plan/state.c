/* What a plan computes from scratch, how it is shown, and the table that keeps it. */
#include "plan/statement.h"

#include "algebra/slice.h"
#include "base/sql.h"
#include "emit/emit.h"
#include "emit/emit_branch.h"

#include <string.h>

/* A branch over its tables: outs with a name are selected. */
static void state_branch(const struct plan *p, const struct plan_names *n, const struct branch *b,
                         const char **names, struct str *out)
{
    struct arena *a = out->arena;
    struct naming naming = {.plan = p, .branch = b, .aliases = ARENA_ARRAY(a, const char *, b->ninputs + 1)};
    struct str outs, from;
    str_init(&outs, a);
    str_init(&from, a);
    for (int i = 0; i < b->ninputs; i++) {
        naming.aliases[i] = arena_printf(a, "r%d", i + 1);
        str_add(&from, i == 0 ? " FROM " : ", ");
        str_addf(&from, "%s %s", emit_source(a, p, n, b->inputs[i]), naming.aliases[i]);
    }
    for (int i = 0; i < b->nouts; i++) {
        if (names[i] != NULL) {
            str_sep(&outs, ", ");
            emit_branch_expr(&outs, &naming, b->outs[i]);
            str_addf(&outs, " AS %s", sql_ident(a, names[i]));
        }
    }
    str_sep(out, " UNION ALL ");
    str_addf(out, "SELECT %s%s%s%s", outs.data, from.data, emit_branch_repeats(a, &naming),
             emit_branch_where(a, &naming));
}

static const char *state_grouped(struct arena *a, const struct plan *p, const struct plan_names *n)
{
    struct str list, group, arms;
    str_init(&list, a);
    str_init(&group, a);
    str_init(&arms, a);
    const char **names = ARENA_ARRAY(a, const char *, p->branches[0].nouts + 1);
    for (int i = 0; i < p->branches[0].nouts; i++) {
        names[i] = emit_input(a, p, i);
    }
    for (int i = 0; i < p->nbranches; i++) {
        state_branch(p, n, &p->branches[i], names, &arms);
    }
    for (int i = 0; i < p->ncolumns; i++) {
        const char *name = emit_name(a, NULL, p->columns[i].name);
        str_sep(&list, ", ");
        emit_state(&list, p, i, "b");
        str_addf(&list, " AS %s", name);
        if (p->columns[i].role == COLUMN_KEY) {
            str_add(&group, group.len == 0 ? " GROUP BY " : ", ");
            str_add(&group, emit_name(a, "b", p->columns[i].name));
        }
    }
    return sql_text(a, "SELECT {f:list} FROM ({f:arms}) b{f:group}", SQL_TEXT("list", list.data),
                    SQL_TEXT("arms", arms.data), SQL_TEXT("group", group.data));
}

const char *plan_state_sql(struct arena *a, const struct plan *p, const struct plan_names *n)
{
    if (p->full_only) {
        return sql_text(a, "SELECT * FROM pgtrickle_data.def_{n:id}", SQL_INT("id", n->ids[n->self]));
    }
    if (p->kind == PLAN_GROUPED) {
        return state_grouped(a, p, n);
    }
    if (p->kind == PLAN_SLICED) {
        return slice_rows_sql(a, p, n, NULL);
    }
    struct str s;
    const char **names = ARENA_ARRAY(a, const char *, p->ncolumns + 1);
    str_init(&s, a);
    for (int i = 0; i < p->ncolumns; i++) {
        names[i] = p->columns[i].name;
    }
    for (int i = 0; i < p->nbranches; i++) {
        state_branch(p, n, &p->branches[i], names, &s);
    }
    return s.data;
}

/*
 * Room on a page lets an update stay on it and leave indexes alone (HOT). Groups that are side by side are
 * updated together: half of a page takes new versions of the other half. Rows of other storages rarely are
 * all at once. The index, filled in order, would be packed: rows that come to one place would split page
 * after page.
 *
 * weir_id is drawn in runs of 32, as the sequence's own WAL record is.
 */
const char *plan_storage_ddl(struct arena *a, const struct plan *p, const struct plan_names *n)
{
    const char *table = storage_name(a, n);
    struct str key;
    str_init(&key, a);
    for (int i = 0; i < p->nkey; i++) {
        str_sep(&key, ", ");
        str_add(&key, emit_name(a, NULL, p->columns[p->key[i]].name));
    }
    const char *make = sql_text(a,
                                "CREATE TABLE {f:table} WITH (fillfactor = {n:fill}) AS "
                                "SELECT * FROM pgtrickle_data.state_{n:id} WITH NO DATA",
                                SQL_TEXT("table", table), SQL_INT("id", n->ids[n->self]),
                                SQL_INT("fill", p->kind == PLAN_GROUPED ? 50 : 85));
    if (p->kind == PLAN_KEYED) {
        return sql_text(a, "{f:make};\nALTER TABLE {f:table} ADD PRIMARY KEY ({f:key})",
                        SQL_TEXT("make", make), SQL_TEXT("table", table), SQL_TEXT("key", key.data));
    }
    bool by_slice = p->kind == PLAN_SLICED && p->slice->nkeys > 0;
    return sql_text(a,
                    "{f:make};\nALTER TABLE {f:table} ADD COLUMN weir_hash bigint NOT NULL, "
                    "ADD COLUMN weir_id bigint GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY;\n"
                    "CREATE INDEX ON {f:table} ({f:found}) WITH (fillfactor = 70)",
                    SQL_TEXT("make", make), SQL_TEXT("table", table),
                    SQL_TEXT("found", by_slice ? "weir_key" : "weir_hash"));
}

const char *plan_facade_sql(struct arena *a, const struct plan *p, const struct plan_names *n)
{
    struct str outs;
    str_init(&outs, a);
    for (int i = 0; i < p->nouts; i++) {
        const char *name = p->outs[i].name;
        struct str one;
        str_init(&one, a);
        emit_out(&one, p, i);
        bool plain = name == NULL || strcmp(one.data, emit_name(a, "s", name)) == 0;
        str_sep(&outs, ", ");
        str_addf(&outs, plain ? "%s" : "%s AS %s", one.data, plain ? "" : sql_ident(a, name));
    }
    return sql_text(a, "SELECT {f:outs} FROM {f:table} s{f:where}", SQL_TEXT("outs", outs.data),
                    SQL_TEXT("table", storage_name(a, n)), SQL_TEXT("where", emit_having(a, p)));
}

const char *plan_populate_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                              bool executor)
{
    bool hashed = p->kind != PLAN_KEYED;
    return sql_text(
        a, "INSERT INTO {f:table} ({f:columns}{f:hash}) SELECT {f:values}{f:hash} FROM {f:state}{f:order}",
        SQL_TEXT("table", storage_name(a, n)), SQL_TEXT("columns", emit_columns(a, p, NULL)),
        SQL_TEXT("hash", hashed ? ", weir_hash" : ""), SQL_TEXT("values", emit_columns(a, p, "n")),
        SQL_TEXT("state", state_rows(a, p, n, executor)), SQL_TEXT("order", group_order(a, p, "n")));
}
