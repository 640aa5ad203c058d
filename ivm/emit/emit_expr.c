/* Expressions. Each kind has a line in `forms`: which function writes it, and the words it is written with.
 */
#include "emit/emit.h"

#include "base/sql.h"

/* Where to, and how to write what only the reader knows. */
struct writing {
    struct str *s;
    emit_ref_fn *ref;
    const void *ctx;
};

struct form {
    void (*write)(const struct writing *w, const struct expr *e, const struct form *f);
    const char *before, *after; /* words; NULL: the expression's own text, where the form needs one */
};

static void write_expr(const struct writing *w, const struct expr *e)
{
    emit_expr(w->s, e, w->ref, w->ctx);
}

static void write_list(const struct writing *w, struct expr **list, int n)
{
    for (int i = 0; i < n; i++) {
        str_add(w->s, i > 0 ? ", " : "");
        write_expr(w, list[i]);
    }
}

static void form_reference(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    w->ref(w->s, e, w->ctx);
}

/* The sign of a negative number must not bind to what stands before it. */
static void form_text(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    str_addf(w->s, e->text[0] == '-' ? "(%s)" : "%s", e->text);
}

/* name(args) */
static void form_call(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_addf(w->s, "%s(", f->before != NULL ? f->before : e->text);
    write_list(w, e->args, e->nargs);
    str_add(w->s, ")");
}

/* (x op y), or (op x) */
static void form_infix(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_add(w->s, "(");
    if (e->nargs > 1) {
        write_expr(w, e->args[0]);
        str_add(w->s, " ");
    }
    str_addf(w->s, "%s ", f->before != NULL ? f->before : e->text);
    write_expr(w, e->args[e->nargs - 1]);
    str_add(w->s, ")");
}

static void form_chain(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_add(w->s, "(");
    for (int i = 0; i < e->nargs; i++) {
        str_add(w->s, i > 0 ? f->before : "");
        write_expr(w, e->args[i]);
    }
    str_add(w->s, ")");
}

static void form_quantified(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_add(w->s, "(");
    write_expr(w, e->args[0]);
    str_addf(w->s, " %s %s (", e->text, f->before);
    write_expr(w, e->args[1]);
    str_add(w->s, "))");
}

static void form_case(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    int i = 0, n = e->nargs - (e->has_else ? 1 : 0);
    str_add(w->s, "CASE");
    if (e->has_subject) {
        str_add(w->s, " ");
        write_expr(w, e->args[i++]);
    }
    for (; i + 1 < n; i += 2) {
        str_add(w->s, " WHEN ");
        write_expr(w, e->args[i]);
        str_add(w->s, " THEN ");
        write_expr(w, e->args[i + 1]);
    }
    if (e->has_else) {
        str_add(w->s, " ELSE ");
        write_expr(w, e->args[n]);
    }
    str_add(w->s, " END");
}

/* What is taken from a value: [i], [lower:upper], .field; the value in parentheses, but for one that is part
 * of it. */
static void form_indirection(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    str_add(w->s, e->more ? "" : "(");
    write_expr(w, e->args[0]);
    str_add(w->s, e->more ? "" : ")");
    if (e->kind == EXPR_FIELD) {
        str_addf(w->s, ".%s", e->text);
        return;
    }
    str_add(w->s, "[");
    if (e->args[1] != NULL) {
        write_expr(w, e->args[1]);
    }
    if (e->kind == EXPR_SLICE) {
        str_add(w->s, ":");
        if (e->args[2] != NULL) {
            write_expr(w, e->args[2]);
        }
    }
    str_add(w->s, "]");
}

static void form_between(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    str_add(w->s, "(");
    write_expr(w, e->args[0]);
    str_addf(w->s, " %s ", e->text);
    write_expr(w, e->args[1]);
    str_add(w->s, " AND ");
    write_expr(w, e->args[2]);
    str_add(w->s, ")");
}

static void form_in(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    str_add(w->s, "(");
    write_expr(w, e->args[0]);
    str_addf(w->s, " %s (", e->text);
    write_list(w, e->args + 1, e->nargs - 1);
    str_add(w->s, "))");
}

/* Words around one argument; its own text stands after it where there is one. */
static void form_around(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_add(w->s, f->before);
    write_expr(w, e->args[0]);
    str_addf(w->s, "%s%s", f->after, e->text != NULL ? e->text : "");
    str_add(w->s, f->before[0] == '(' || e->kind == EXPR_CAST ? ")" : "");
}

static void form_list(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_add(w->s, f->before);
    write_list(w, e->args, e->nargs);
    str_add(w->s, f->after);
}

static void form_named(const struct writing *w, const struct expr *e, const struct form *f)
{
    str_addf(w->s, "%s%s", e->text, f->before);
    write_expr(w, e->args[0]);
}

/* f([DISTINCT] args [ORDER BY keys]) [WITHIN GROUP (ORDER BY keys)] [FILTER (WHERE condition)] [OVER window]
 */
static void form_aggregate(const struct writing *w, const struct expr *e, const struct form *f)
{
    (void)f;
    str_addf(w->s, "%s(%s%s", e->text, e->distinct ? "DISTINCT " : "", e->star ? "*" : "");
    write_list(w, e->args, e->nargs);
    if (e->norder > 0) {
        str_add(w->s, e->within_group ? ") WITHIN GROUP (ORDER BY " : " ORDER BY ");
        emit_sort_keys(w->s, e->order, e->norder, w->ref, w->ctx);
    }
    str_add(w->s, ")");
    if (e->filter != NULL) {
        str_add(w->s, " FILTER (WHERE ");
        write_expr(w, e->filter);
        str_add(w->s, ")");
    }
    if (e->window != NULL) {
        str_add(w->s, " OVER ");
        emit_window(w->s, e->window, w->ref, w->ctx);
    }
}

static const struct form forms[] = {
    /* What only the reader knows. */
    [EXPR_COLUMN] = {form_reference, NULL, NULL},
    [EXPR_REF] = {form_reference, NULL, NULL},
    [EXPR_KEY] = {form_reference, NULL, NULL},
    [EXPR_RESULT] = {form_reference, NULL, NULL},
    [EXPR_SUBQUERY] = {form_reference, NULL, NULL},
    [EXPR_EXISTS] = {form_reference, NULL, NULL},
    [EXPR_ANY_SELECT] = {form_reference, NULL, NULL},
    [EXPR_ALL_SELECT] = {form_reference, NULL, NULL},
    [EXPR_ARRAY_SELECT] = {form_reference, NULL, NULL},
    /* Values. */
    [EXPR_CONST] = {form_text, NULL, NULL},
    [EXPR_SESSION_VALUE] = {form_text, NULL, NULL},
    [EXPR_CAST] = {form_around, "CAST(", " AS "},
    [EXPR_COLLATE] = {form_around, "(", " COLLATE "},
    [EXPR_CASE] = {form_case, NULL, NULL},
    [EXPR_ARRAY] = {form_list, "ARRAY[", "]"},
    [EXPR_SUBSCRIPT] = {form_indirection, NULL, NULL},
    [EXPR_SLICE] = {form_indirection, NULL, NULL},
    [EXPR_FIELD] = {form_indirection, NULL, NULL},
    /* Operators. */
    [EXPR_OP] = {form_infix, NULL, NULL},
    [EXPR_DISTINCT] = {form_infix, "IS DISTINCT FROM", NULL},
    [EXPR_NOT_DISTINCT] = {form_infix, "IS NOT DISTINCT FROM", NULL},
    [EXPR_OP_ANY] = {form_quantified, "ANY", NULL},
    [EXPR_OP_ALL] = {form_quantified, "ALL", NULL},
    [EXPR_BETWEEN] = {form_between, NULL, NULL},
    [EXPR_IN] = {form_in, NULL, NULL},
    [EXPR_IS] = {form_around, "(", " "},
    /* Logic. */
    [EXPR_AND] = {form_chain, " AND ", NULL},
    [EXPR_OR] = {form_chain, " OR ", NULL},
    [EXPR_NOT] = {form_around, "(NOT ", ""},
    /* Calls. */
    [EXPR_NULLIF] = {form_call, "NULLIF", NULL},
    [EXPR_ROW] = {form_call, "ROW", NULL},
    [EXPR_COALESCE] = {form_call, "COALESCE", NULL},
    [EXPR_GREATEST] = {form_call, "GREATEST", NULL},
    [EXPR_LEAST] = {form_call, "LEAST", NULL},
    [EXPR_GROUPING] = {form_call, "GROUPING", NULL},
    [EXPR_GROUPING_SET] = {form_call, NULL, NULL},
    [EXPR_CALL] = {form_call, NULL, NULL},
    [EXPR_NAMED] = {form_named, " => ", NULL},
    [EXPR_VARIADIC] = {form_around, "VARIADIC ", ""},
    [EXPR_AGGREGATE] = {form_aggregate, NULL, NULL},
    [EXPR_WINDOW] = {form_aggregate, NULL, NULL},
};

void emit_expr(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    const struct writing w = {.s = s, .ref = ref, .ctx = ctx};
    forms[e->kind].write(&w, e, &forms[e->kind]);
}
