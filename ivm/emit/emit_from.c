/* FROM of a parsed SELECT. */
#include "emit/emit.h"

#include "base/sql.h"

#include <string.h>

static void emit_name_list(struct str *s, const char **names, int n)
{
    for (int i = 0; i < n; i++) {
        str_addf(s, "%s%s", i > 0 ? ", " : "", sql_ident(s->arena, names[i]));
    }
}

static void emit_alias(struct str *s, const struct from_item *f)
{
    if (f->alias != NULL) {
        str_addf(s, " AS %s", sql_ident(s->arena, f->alias));
    }
    if (f->ncolumn_aliases > 0) {
        str_add(s, "(");
        emit_name_list(s, f->column_aliases, f->ncolumn_aliases);
        str_add(s, ")");
    }
}

/* Something other than the table's own name keeps that name as its alias. */
static void emit_table(struct str *s, const struct from_item *f, const struct select_writer *w)
{
    const char *name =
        f->schema != NULL ? sql_qualified(s->arena, f->schema, f->name) : sql_ident(s->arena, f->name);
    size_t start = s->len;
    if (w->table != NULL) {
        w->table(s, f, w->ctx);
    } else {
        str_addf(s, "%s%s", f->only ? "ONLY " : "", name);
    }
    if (w->table != NULL && f->alias == NULL && strcmp(s->data + start, name) != 0) {
        str_addf(s, " AS %s", sql_ident(s->arena, f->name));
    }
    emit_alias(s, f);
}

static void emit_join(struct str *s, const struct from_item *f, const struct select_writer *w)
{
    static const char *const words[] = {[JOIN_INNER] = " JOIN ",
                                        [JOIN_LEFT] = " LEFT JOIN ",
                                        [JOIN_RIGHT] = " RIGHT JOIN ",
                                        [JOIN_FULL] = " FULL JOIN "};
    bool cross = f->on == NULL && f->nusing == 0;
    str_add(s, "(");
    emit_from(s, f->left, w);
    str_add(s, cross ? " CROSS JOIN " : words[f->join]);
    emit_from(s, f->right, w);
    if (f->nusing > 0) {
        str_add(s, " USING (");
        emit_name_list(s, f->using_columns, f->nusing);
        str_add(s, ")");
    }
    if (f->using_alias != NULL) {
        str_addf(s, " AS %s", sql_ident(s->arena, f->using_alias));
    }
    if (f->on != NULL) {
        str_add(s, " ON ");
        emit_select_expr(s, f->on, w);
    }
    str_add(s, ")");
    emit_alias(s, f);
}

static void emit_definitions(struct str *s, const struct column_definition *columns, int n)
{
    str_add(s, "(");
    for (int i = 0; i < n; i++) {
        str_addf(s, "%s%s %s", i > 0 ? ", " : "", sql_ident(s->arena, columns[i].name), columns[i].type);
        if (columns[i].collation != NULL) {
            str_addf(s, " COLLATE %s", columns[i].collation);
        }
    }
    str_add(s, ")");
}

static void emit_functions(struct str *s, const struct from_item *f, const struct select_writer *w)
{
    str_addf(s, "%s%s", f->lateral ? "LATERAL " : "", f->rows_from ? "ROWS FROM (" : "");
    for (int i = 0; i < f->nfunctions; i++) {
        str_add(s, i > 0 ? ", " : "");
        emit_select_expr(s, f->functions[i].call, w);
        if (f->functions[i].ncolumns > 0) {
            str_add(s, " AS ");
            emit_definitions(s, f->functions[i].columns, f->functions[i].ncolumns);
        }
    }
    str_addf(s, "%s%s", f->rows_from ? ")" : "", f->ordinality ? " WITH ORDINALITY" : "");
    emit_alias(s, f);
    if (f->ndefinitions > 0) {
        str_add(s, f->alias != NULL ? "" : " AS ");
        emit_definitions(s, f->definitions, f->ndefinitions);
    }
}

void emit_from(struct str *s, const struct from_item *f, const struct select_writer *w)
{
    switch (f->kind) {
    case FROM_TABLE:
        emit_table(s, f, w);
        break;
    case FROM_SELECT:
        str_add(s, f->lateral ? "LATERAL (" : "(");
        emit_select(s, f->select, w);
        str_add(s, ")");
        emit_alias(s, f);
        break;
    case FROM_JOIN:
        emit_join(s, f, w);
        break;
    case FROM_FUNCTION:
        emit_functions(s, f, w);
        break;
    }
}
