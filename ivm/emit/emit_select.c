/* A parsed SELECT, with names as they were written or as the caller wants them. */
#include "emit/emit.h"

#include "base/sql.h"

static void emit_column(struct str *s, const struct expr *e)
{
    for (int i = 0; i < e->nnames; i++) {
        str_addf(s, "%s%s", i > 0 ? "." : "", sql_ident(s->arena, e->names[i]));
    }
    if (e->star) {
        str_add(s, e->nnames > 0 ? ".*" : "*");
    }
}

/* What emit_expr leaves to its caller: names, and whatever holds a SELECT. */
static void select_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct select_writer *w = ctx;
    switch (e->kind) {
    case EXPR_SUBQUERY:
        str_add(s, "(");
        break;
    case EXPR_EXISTS:
        str_add(s, "EXISTS (");
        break;
    case EXPR_ARRAY_SELECT:
        str_add(s, "ARRAY(");
        break;
    case EXPR_ANY_SELECT:
    case EXPR_ALL_SELECT:
        str_add(s, "(");
        emit_select_expr(s, e->args[0], w);
        str_addf(s, " %s %s (", e->text, e->kind == EXPR_ANY_SELECT ? "ANY" : "ALL");
        break;
    default:
        if (w->column != NULL) {
            w->column(s, e, w->ctx);
        } else {
            emit_column(s, e);
        }
        return;
    }
    emit_select(s, e->select, w);
    str_add(s, e->kind == EXPR_ANY_SELECT || e->kind == EXPR_ALL_SELECT ? "))" : ")");
}

void emit_select_expr(struct str *s, const struct expr *e, const struct select_writer *w)
{
    emit_expr(s, e, select_ref, w);
}

/* word x, y */
static void emit_clause(struct str *s, const char *word, struct expr **list, int n, const char *separator,
                        const struct select_writer *w)
{
    for (int i = 0; i < n; i++) {
        str_add(s, i == 0 ? word : separator);
        emit_select_expr(s, list[i], w);
    }
}

static void emit_with(struct str *s, const struct select *q, const struct select_writer *w)
{
    static const char *const materialized[] = {[WITH_DEFAULT] = "",
                                               [WITH_MATERIALIZED] = "MATERIALIZED ",
                                               [WITH_NOT_MATERIALIZED] = "NOT MATERIALIZED "};
    for (int i = 0; i < q->nwith; i++) {
        const struct with_query *with = &q->with[i];
        str_add(s, i > 0 ? ", " : q->recursive ? "WITH RECURSIVE " : "WITH ");
        str_add(s, sql_ident(s->arena, with->name));
        for (int c = 0; c < with->ncolumns; c++) {
            str_addf(s, "%s%s", c == 0 ? "(" : ", ", sql_ident(s->arena, with->columns[c]));
        }
        str_addf(s, "%s AS %s(", with->ncolumns > 0 ? ")" : "", materialized[with->materialized]);
        emit_select(s, with->select, w);
        str_addf(s, ")%s%s", with->search, with->cycle);
    }
    str_add(s, q->nwith > 0 ? " " : "");
}

static void emit_arms(struct str *s, const struct select *q, const struct select_writer *w)
{
    static const char *const words[] = {
        [SET_NONE] = "",
        [SET_UNION_ALL] = " UNION ALL ",
        [SET_UNION] = " UNION ",
        [SET_INTERSECT] = " INTERSECT ",
        [SET_INTERSECT_ALL] = " INTERSECT ALL ",
        [SET_EXCEPT] = " EXCEPT ",
        [SET_EXCEPT_ALL] = " EXCEPT ALL ",
    };
    for (int i = 0; i < q->narms; i++) {
        str_addf(s, "%s(", i > 0 ? words[q->operation] : "");
        emit_select(s, q->arms[i], w);
        str_add(s, ")");
    }
}

static void emit_values(struct str *s, const struct select *q, const struct select_writer *w)
{
    for (int i = 0; i < q->nvalues; i++) {
        str_add(s, i == 0 ? "VALUES (" : "), (");
        emit_clause(s, "", q->values[i], q->values_width, ", ", w);
    }
    str_add(s, ")");
}

/* A column keeps the name that it would have had, also where it is written in another way. */
static void emit_targets(struct str *s, const struct select *q, const struct select_writer *w)
{
    for (int i = 0; i < q->ntargets; i++) {
        const struct target *t = &q->targets[i];
        bool column = w->column != NULL && t->expr->kind == EXPR_COLUMN && !t->expr->star;
        const char *name = t->name == NULL && column ? t->expr->names[t->expr->nnames - 1] : t->name;
        str_add(s, i == 0 ? " " : ", ");
        emit_select_expr(s, t->expr, w);
        if (name != NULL) {
            str_addf(s, " AS %s", sql_ident(s->arena, name));
        }
    }
}

static void emit_windows(struct str *s, const struct select *q, const struct select_writer *w)
{
    for (int i = 0; i < q->nwindows; i++) {
        str_addf(s, "%s%s AS ", i == 0 ? " WINDOW " : ", ", sql_ident(s->arena, q->windows[i].name));
        emit_window_definition(s, &q->windows[i], select_ref, w);
    }
}

static void emit_query(struct str *s, const struct select *q, const struct select_writer *w)
{
    str_add(s, q->distinct ? "SELECT DISTINCT" : "SELECT");
    emit_clause(s, " ON (", q->distinct_on, q->ndistinct_on, ", ", w);
    str_add(s, q->ndistinct_on > 0 ? ")" : "");
    emit_targets(s, q, w);
    for (int i = 0; i < q->nfrom; i++) {
        str_add(s, i == 0 ? " FROM " : ", ");
        emit_from(s, q->from[i], w);
    }
    emit_clause(s, " WHERE ", (struct expr **)&q->where, q->where != NULL ? 1 : 0, "", w);
    emit_clause(s, q->group_distinct ? " GROUP BY DISTINCT " : " GROUP BY ", q->group, q->ngroup, ", ", w);
    emit_clause(s, " HAVING ", (struct expr **)&q->having, q->having != NULL ? 1 : 0, "", w);
    emit_windows(s, q, w);
}

static void emit_tail(struct str *s, const struct select *q, const struct select_writer *w)
{
    str_add(s, q->norder > 0 ? " ORDER BY " : "");
    emit_sort_keys(s, q->order, q->norder, select_ref, w);
    emit_clause(s, " OFFSET ", (struct expr **)&q->offset, q->offset != NULL ? 1 : 0, "", w);
    if (q->limit != NULL) {
        str_add(s, q->with_ties ? " FETCH FIRST (" : " LIMIT ");
        emit_select_expr(s, q->limit, w);
        str_add(s, q->with_ties ? ") ROWS WITH TIES" : "");
    }
}

void emit_select(struct str *s, const struct select *q, const struct select_writer *w)
{
    emit_with(s, q, w);
    if (q->narms > 0) {
        emit_arms(s, q, w);
    } else if (q->nvalues > 0) {
        emit_values(s, q, w);
    } else {
        emit_query(s, q, w);
    }
    emit_tail(s, q, w);
}
