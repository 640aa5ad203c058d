#include "parse/expr.h"

#include <string.h>

struct expr *expr_new(struct arena *a, enum expr_kind kind, int location)
{
    struct expr *e = ARENA_NEW(a, struct expr);
    e->kind = kind;
    e->location = location;
    return e;
}

struct expr *expr_ref(struct arena *a, int input, int column)
{
    struct expr *e = expr_new(a, EXPR_REF, -1);
    e->input = input;
    e->column = column;
    return e;
}

struct expr *expr_const(struct arena *a, const char *sql)
{
    struct expr *e = expr_new(a, EXPR_CONST, -1);
    e->text = sql;
    return e;
}

struct expr *expr_copy(struct arena *a, const struct expr *e)
{
    struct expr *copy = ARENA_NEW(a, struct expr);
    *copy = *e;
    if (e->nargs > 0) {
        copy->args = ARENA_ARRAY(a, struct expr *, e->nargs);
        memcpy(copy->args, e->args, sizeof(struct expr *) * (size_t)e->nargs);
    }
    return copy;
}

static bool text_same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

bool expr_same(const struct expr *x, const struct expr *y)
{
    if (x == y) {
        return true;
    }
    if (x == NULL || y == NULL || x->kind != y->kind || x->nargs != y->nargs || x->input != y->input ||
        x->column != y->column || x->has_subject != y->has_subject || x->has_else != y->has_else ||
        x->distinct != y->distinct || x->nnames != y->nnames || x->select != y->select ||
        x->block != y->block || !text_same(x->text, y->text) || !expr_same(x->filter, y->filter)) {
        return false;
    }
    for (int i = 0; i < x->nnames; i++) {
        if (!text_same(x->names[i], y->names[i])) {
            return false;
        }
    }
    for (int i = 0; i < x->nargs; i++) {
        if (!expr_same(x->args[i], y->args[i])) {
            return false;
        }
    }
    return true;
}

struct expr *expr_rewrite(struct arena *a, struct expr *e, expr_rewrite_fn *f, void *ctx)
{
    if (e == NULL) {
        return NULL;
    }
    struct expr *replaced = f(e, ctx);
    if (replaced != NULL) {
        return replaced;
    }
    struct expr *copy = NULL;
    for (int i = 0; i < e->nargs; i++) {
        struct expr *arg = expr_rewrite(a, e->args[i], f, ctx);
        if (arg != e->args[i]) {
            copy = copy != NULL ? copy : expr_copy(a, e);
            copy->args[i] = arg;
        }
    }
    struct expr *filter = expr_rewrite(a, e->filter, f, ctx);
    if (filter != e->filter) {
        copy = copy != NULL ? copy : expr_copy(a, e);
        copy->filter = filter;
    }
    return copy != NULL ? copy : e;
}

void expr_visit(const struct expr *e, expr_visit_fn *f, void *ctx)
{
    if (e == NULL || !f(e, ctx)) {
        return;
    }
    for (int i = 0; i < e->nargs; i++) {
        expr_visit(e->args[i], f, ctx);
    }
    expr_visit(e->filter, f, ctx);
}

void expr_list_add(struct arena *a, struct expr_list *l, struct expr *e)
{
    if (l->n == l->cap) {
        int cap = l->cap == 0 ? 4 : l->cap * 2;
        struct expr **items = ARENA_ARRAY(a, struct expr *, cap);
        if (l->n > 0) {
            memcpy(items, l->items, sizeof(struct expr *) * (size_t)l->n);
        }
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = e;
}

void expr_list_conjuncts(struct arena *a, struct expr_list *l, struct expr *e)
{
    if (e == NULL) {
        return;
    }
    if (e->kind != EXPR_AND) {
        expr_list_add(a, l, e);
        return;
    }
    for (int i = 0; i < e->nargs; i++) {
        expr_list_conjuncts(a, l, e->args[i]);
    }
}

static bool expr_compares(const struct expr *e)
{
    static const char *const operators[] = {"=", "<>", "<", "<=", ">", ">="};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen("OPERATOR(pg_catalog.");
        if (strncmp(e->text, "OPERATOR(pg_catalog.", n) == 0 &&
            strncmp(e->text + n, operators[i], strlen(operators[i])) == 0 &&
            e->text[n + strlen(operators[i])] == ')') {
            return true;
        }
    }
    return false;
}

static bool expr_visit_total(const struct expr *e, void *ctx)
{
    bool *total = ctx;
    switch (e->kind) {
    case EXPR_REF:
    case EXPR_CONST:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_IS:
        break;
    case EXPR_OP:
        *total = *total && expr_compares(e);
        break;
    default:
        *total = false;
    }
    return *total;
}

bool expr_is_total(const struct expr *e)
{
    bool total = true;
    expr_visit(e, expr_visit_total, &total);
    return total;
}

static bool expr_visit_builtin(const struct expr *e, void *ctx)
{
    bool *builtin = ctx;
    switch (e->kind) {
    case EXPR_CALL:
    case EXPR_CAST:
        *builtin = *builtin && strncmp(e->text, "\"pg_catalog\".", 13) == 0;
        break;
    case EXPR_OP:
    case EXPR_OP_ANY:
    case EXPR_OP_ALL:
        *builtin = *builtin && strncmp(e->text, "OPERATOR(pg_catalog.", 20) == 0;
        break;
    default:
        break;
    }
    return *builtin;
}

bool expr_is_builtin(const struct expr *e)
{
    bool builtin = true;
    expr_visit(e, expr_visit_builtin, &builtin);
    return builtin;
}
