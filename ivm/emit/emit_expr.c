#include "emit/emit.h"

#include "base/sql.h"

static void emit_list(struct str *s, const struct expr *e, int from, emit_ref_fn *ref, const void *ctx)
{
    for (int i = from; i < e->nargs; i++) {
        str_add(s, i > from ? ", " : "");
        emit_expr(s, e->args[i], ref, ctx);
    }
}

/* name(args) */
static void emit_call(struct str *s, const char *name, const struct expr *e, emit_ref_fn *ref,
                      const void *ctx)
{
    str_add(s, name);
    str_add(s, "(");
    emit_list(s, e, 0, ref, ctx);
    str_add(s, ")");
}

/* (x op y), or (op x) */
static void emit_infix(struct str *s, const char *op, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_add(s, "(");
    if (e->nargs > 1) {
        emit_expr(s, e->args[0], ref, ctx);
        str_add(s, " ");
    }
    str_add(s, op);
    str_add(s, " ");
    emit_expr(s, e->args[e->nargs - 1], ref, ctx);
    str_add(s, ")");
}

static void emit_chain(struct str *s, const char *op, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_add(s, "(");
    for (int i = 0; i < e->nargs; i++) {
        str_add(s, i > 0 ? op : "");
        emit_expr(s, e->args[i], ref, ctx);
    }
    str_add(s, ")");
}

static void emit_quantified(struct str *s, const char *word, const struct expr *e, emit_ref_fn *ref,
                            const void *ctx)
{
    str_add(s, "(");
    emit_expr(s, e->args[0], ref, ctx);
    str_addf(s, " %s %s (", e->text, word);
    emit_expr(s, e->args[1], ref, ctx);
    str_add(s, "))");
}

static void emit_case(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    int i = 0, n = e->nargs - (e->has_else ? 1 : 0);
    str_add(s, "CASE");
    if (e->has_subject) {
        str_add(s, " ");
        emit_expr(s, e->args[i++], ref, ctx);
    }
    for (; i + 1 < n; i += 2) {
        str_add(s, " WHEN ");
        emit_expr(s, e->args[i], ref, ctx);
        str_add(s, " THEN ");
        emit_expr(s, e->args[i + 1], ref, ctx);
    }
    if (e->has_else) {
        str_add(s, " ELSE ");
        emit_expr(s, e->args[n], ref, ctx);
    }
    str_add(s, " END");
}

/* What is taken from a value: [i], [lower:upper], .field; the value in parentheses. */
static void emit_indirection(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_add(s, "(");
    emit_expr(s, e->args[0], ref, ctx);
    str_add(s, ")");
    if (e->kind == EXPR_FIELD) {
        str_addf(s, ".%s", e->text);
        return;
    }
    str_add(s, "[");
    if (e->args[1] != NULL) {
        emit_expr(s, e->args[1], ref, ctx);
    }
    if (e->kind == EXPR_SLICE) {
        str_add(s, ":");
        if (e->args[2] != NULL) {
            emit_expr(s, e->args[2], ref, ctx);
        }
    }
    str_add(s, "]");
}

static void emit_aggregate(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_addf(s, "pg_catalog.%s(%s%s", e->text, e->distinct ? "DISTINCT " : "", e->nargs == 0 ? "*" : "");
    emit_list(s, e, 0, ref, ctx);
    str_add(s, ")");
    if (e->filter != NULL) {
        str_add(s, " FILTER (WHERE ");
        emit_expr(s, e->filter, ref, ctx);
        str_add(s, ")");
    }
}

static void emit_between(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_add(s, "(");
    emit_expr(s, e->args[0], ref, ctx);
    str_addf(s, " %s ", e->text);
    emit_expr(s, e->args[1], ref, ctx);
    str_add(s, " AND ");
    emit_expr(s, e->args[2], ref, ctx);
    str_add(s, ")");
}

static void emit_in(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    str_add(s, "(");
    emit_expr(s, e->args[0], ref, ctx);
    str_addf(s, " %s (", e->text);
    emit_list(s, e, 1, ref, ctx);
    str_add(s, "))");
}

/* word( x ) forms that stand around one argument. */
static void emit_around(struct str *s, const char *before, const struct expr *e, const char *after,
                        emit_ref_fn *ref, const void *ctx)
{
    str_add(s, before);
    emit_expr(s, e->args[0], ref, ctx);
    str_add(s, after);
}

static void emit_postfix(struct str *s, const struct expr *e, const char *word, emit_ref_fn *ref,
                         const void *ctx)
{
    emit_around(s, "(", e, " ", ref, ctx);
    str_addf(s, "%s%s)", word, e->text);
}

void emit_expr(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx)
{
    switch (e->kind) {
    case EXPR_REF:
    case EXPR_KEY:
    case EXPR_RESULT:
    case EXPR_COLUMN:
    case EXPR_SUBQUERY:
        ref(s, e, ctx);
        break;
    case EXPR_CONST:
        /* The sign of a negative number must not bind to what stands before it. */
        str_addf(s, e->text[0] == '-' ? "(%s)" : "%s", e->text);
        break;
    case EXPR_CAST:
        emit_around(s, "CAST(", e, " AS ", ref, ctx);
        str_addf(s, "%s)", e->text);
        break;
    case EXPR_OP:
        emit_infix(s, e->text, e, ref, ctx);
        break;
    case EXPR_OP_ANY:
        emit_quantified(s, "ANY", e, ref, ctx);
        break;
    case EXPR_OP_ALL:
        emit_quantified(s, "ALL", e, ref, ctx);
        break;
    case EXPR_DISTINCT:
        emit_infix(s, "IS DISTINCT FROM", e, ref, ctx);
        break;
    case EXPR_NOT_DISTINCT:
        emit_infix(s, "IS NOT DISTINCT FROM", e, ref, ctx);
        break;
    case EXPR_NULLIF:
        emit_call(s, "NULLIF", e, ref, ctx);
        break;
    case EXPR_BETWEEN:
        emit_between(s, e, ref, ctx);
        break;
    case EXPR_IN:
        emit_in(s, e, ref, ctx);
        break;
    case EXPR_AND:
        emit_chain(s, " AND ", e, ref, ctx);
        break;
    case EXPR_OR:
        emit_chain(s, " OR ", e, ref, ctx);
        break;
    case EXPR_NOT:
        emit_around(s, "(NOT ", e, ")", ref, ctx);
        break;
    case EXPR_IS:
        emit_postfix(s, e, "", ref, ctx);
        break;
    case EXPR_CASE:
        emit_case(s, e, ref, ctx);
        break;
    case EXPR_ARRAY:
        str_add(s, "ARRAY[");
        emit_list(s, e, 0, ref, ctx);
        str_add(s, "]");
        break;
    case EXPR_ROW:
        emit_call(s, "ROW", e, ref, ctx);
        break;
    case EXPR_COALESCE:
        emit_call(s, "COALESCE", e, ref, ctx);
        break;
    case EXPR_GREATEST:
        emit_call(s, "GREATEST", e, ref, ctx);
        break;
    case EXPR_LEAST:
        emit_call(s, "LEAST", e, ref, ctx);
        break;
    case EXPR_SUBSCRIPT:
    case EXPR_SLICE:
    case EXPR_FIELD:
        emit_indirection(s, e, ref, ctx);
        break;
    case EXPR_COLLATE:
        emit_postfix(s, e, "COLLATE ", ref, ctx);
        break;
    case EXPR_NAMED:
        str_addf(s, "%s => ", e->text);
        emit_expr(s, e->args[0], ref, ctx);
        break;
    case EXPR_VARIADIC:
        emit_around(s, "VARIADIC ", e, "", ref, ctx);
        break;
    case EXPR_CALL:
        emit_call(s, e->text, e, ref, ctx);
        break;
    case EXPR_AGGREGATE:
        emit_aggregate(s, e, ref, ctx);
        break;
    }
}
