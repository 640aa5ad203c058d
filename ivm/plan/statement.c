#include "plan/statement.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

#include <string.h>

const char *storage_name(struct arena *a, const struct plan_names *n)
{
    return arena_printf(a, "pgtrickle_data.st_%lld", (long long)n->ids[n->self]);
}

/* The hash is taken where the columns still have their collations: a column definition list has none. */
const char *state_rows(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor)
{
    long long id = (long long)n->ids[n->self];
    bool hashed = p->kind != PLAN_KEYED;
    const char *rows =
        hashed ? sql_text(a, "SELECT {f:hash} AS weir_hash, {f:columns} FROM pgtrickle_data.state_{n:id} n",
                          SQL_TEXT("hash", row_hash(a, p, "n")), SQL_TEXT("columns", emit_columns(a, p, "n")),
                          SQL_INT("id", id))
               : sql_text(a, "SELECT {f:columns} FROM pgtrickle_data.state_{n:id} n",
                          SQL_TEXT("columns", emit_columns(a, p, "n")), SQL_INT("id", id));
    return executor ? exec_rows(a, p, n, rows, "n", hashed ? "weir_hash bigint, " : "", NULL)
                    : arena_printf(a, "(%s) n", rows);
}

/*
 * Some type names mean another type when their modifier is taken away: character is character(1). The
 * modifier stands in the middle of a name at times: timestamp(3) without time zone.
 */
const char *type_without_typmod(struct arena *a, const char *type)
{
    static const struct {
        const char *prefix, *except, *name;
    } special[] = {{"character", "character varying", "bpchar"},
                   {"bit", "bit varying", "pg_catalog.\"bit\""},
                   {"interval", NULL, "interval"}};
    struct str s;
    bool quoted = false;
    int depth = 0;
    const char *array = strstr(type, "[]");
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        size_t n = strlen(special[i].prefix);
        if (strncmp(type, special[i].prefix, n) == 0 && strchr("( [", type[n]) != NULL &&
            (special[i].except == NULL || strncmp(type, special[i].except, strlen(special[i].except)) != 0)) {
            return arena_printf(a, "%s%s", special[i].name, array != NULL ? array : "");
        }
    }
    str_init(&s, a);
    for (const char *p = type; *p != '\0'; p++) {
        quoted = quoted != (*p == '"');
        depth += !quoted && *p == '(';
        if (depth == 0) {
            str_addn(&s, p, 1);
        }
        depth -= !quoted && *p == ')';
    }
    return s.data;
}

const char *exec_rows(struct arena *a, const struct plan *p, const struct plan_names *n, const char *sql,
                      const char *alias, const char *lead, const bool *wanted)
{
    struct str list;
    str_init(&list, a);
    for (int i = 0; i < p->ncolumns; i++) {
        if (wanted == NULL || wanted[i]) {
            str_sep(&list, ", ");
            str_addf(&list, "%s %s", emit_name(a, NULL, p->columns[i].name),
                     type_without_typmod(a, p->types[i].type));
        }
    }
    return sql_text(a, "pgtrickle_data.exec_{n:id}({l:sql}) AS {f:alias}({f:lead}{f:list})",
                    SQL_INT("id", n->ids[n->self]), SQL_TEXT("sql", sql), SQL_TEXT("alias", alias),
                    SQL_TEXT("lead", lead), SQL_TEXT("list", list.data));
}

/* A key is what a row is found by; it is only set where equal keys may look different. */
static bool statement_sets(const struct plan *p, int column)
{
    if (p->kind == PLAN_GROUPED) {
        return p->columns[column].role != COLUMN_KEY;
    }
    for (int i = 0; i < p->nkey; i++) {
        if (p->key[i] == column) {
            return !p->types[column].faithful;
        }
    }
    return true;
}

const char *set_list(struct arena *a, const struct plan *p, const char *from)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->ncolumns; i++) {
        if (statement_sets(p, i)) {
            str_sep(&s, ", ");
            str_addf(&s, "%s = %s", emit_name(a, NULL, p->columns[i].name),
                     emit_name(a, from, p->columns[i].name));
        }
    }
    return s.data;
}

const char *differs(struct arena *a, const struct plan *p, const char *x, const char *y)
{
    struct str left, right;
    str_init(&left, a);
    str_init(&right, a);
    for (int i = 0; i < p->ncolumns; i++) {
        if (statement_sets(p, i)) {
            str_sep(&left, ", ");
            str_add(&left, emit_name(a, x, p->columns[i].name));
            str_sep(&right, ", ");
            str_add(&right, emit_name(a, y, p->columns[i].name));
        }
    }
    return left.len == 0 ? "false"
                         : arena_printf(a, "record_image_ne(ROW(%s), ROW(%s))", left.data, right.data);
}
