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

static void *copy_array(struct arena *a, const void *from, int n, size_t size)
{
    void *copy = arena_alloc(a, (size_t)(n + 1) * size);
    if (n > 0) {
        memcpy(copy, from, (size_t)n * size);
    }
    return copy;
}

struct expr *expr_copy(struct arena *a, const struct expr *e)
{
    struct expr *copy = ARENA_NEW(a, struct expr);
    *copy = *e;
    copy->args = copy_array(a, e->args, e->nargs, sizeof *e->args);
    copy->order = copy_array(a, e->order, e->norder, sizeof *e->order);
    if (e->window != NULL) {
        struct window *w = ARENA_NEW(a, struct window);
        *w = *e->window;
        w->partition = copy_array(a, w->partition, w->npartition, sizeof *w->partition);
        w->order = copy_array(a, w->order, w->norder, sizeof *w->order);
        copy->window = w;
    }
    return copy;
}

/* Where child number i is kept; NULL past the last one. A child may be missing (NULL). */
static struct expr **expr_slot(const struct expr *e, int i)
{
    const struct window *w = e->window;
    if (i < e->nargs) {
        return &e->args[i];
    }
    i -= e->nargs;
    if (i < e->norder) {
        return &e->order[i].expr;
    }
    i -= e->norder;
    if (i == 0 || w == NULL) {
        return i == 0 ? (struct expr **)&e->filter : NULL;
    }
    i -= 1;
    if (i < w->npartition) {
        return &w->partition[i];
    }
    i -= w->npartition;
    if (i < w->norder) {
        return &w->order[i].expr;
    }
    i -= w->norder;
    return i == 0 ? (struct expr **)&w->start_offset : i == 1 ? (struct expr **)&w->end_offset : NULL;
}

static bool text_same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static bool order_same(const struct sort_key *x, int nx, const struct sort_key *y, int ny)
{
    bool same = nx == ny;
    for (int i = 0; same && i < nx; i++) {
        same = text_same(x[i].suffix, y[i].suffix);
    }
    return same;
}

/* But for the expressions in them. */
static bool window_same(const struct window *x, const struct window *y)
{
    if (x == NULL || y == NULL) {
        return x == y;
    }
    return text_same(x->name, y->name) && text_same(x->base, y->base) && text_same(x->mode, y->mode) &&
           text_same(x->start, y->start) && text_same(x->end, y->end) && text_same(x->exclude, y->exclude) &&
           x->npartition == y->npartition && order_same(x->order, x->norder, y->order, y->norder);
}

/* But for the children. */
static bool node_same(const struct expr *x, const struct expr *y)
{
    if (x->kind != y->kind || x->nargs != y->nargs || x->input != y->input || x->column != y->column ||
        x->has_subject != y->has_subject || x->has_else != y->has_else || x->more != y->more ||
        x->distinct != y->distinct || x->within_group != y->within_group || x->star != y->star ||
        x->nnames != y->nnames || x->select != y->select || x->block != y->block ||
        !text_same(x->text, y->text)) {
        return false;
    }
    for (int i = 0; i < x->nnames; i++) {
        if (!text_same(x->names[i], y->names[i])) {
            return false;
        }
    }
    return order_same(x->order, x->norder, y->order, y->norder) && window_same(x->window, y->window);
}

bool expr_same(const struct expr *x, const struct expr *y)
{
    if (x == NULL || y == NULL) {
        return x == y;
    }
    if (x != y && !node_same(x, y)) {
        return false;
    }
    for (int i = 0; x != y && expr_slot(x, i) != NULL; i++) {
        if (!expr_same(*expr_slot(x, i), *expr_slot(y, i))) {
            return false;
        }
    }
    return true;
}

struct expr *expr_rewrite_below(struct arena *a, struct expr *e, expr_rewrite_fn *f, void *ctx)
{
    struct expr *copy = e;
    struct expr **slot;
    for (int i = 0; (slot = expr_slot(e, i)) != NULL; i++) {
        struct expr *child = expr_rewrite(a, *slot, f, ctx);
        if (child != *slot) {
            copy = copy != e ? copy : expr_copy(a, e);
            *expr_slot(copy, i) = child;
        }
    }
    return copy;
}

struct expr *expr_rewrite(struct arena *a, struct expr *e, expr_rewrite_fn *f, void *ctx)
{
    if (e == NULL) {
        return NULL;
    }
    struct expr *replaced = f(e, ctx);
    return replaced != NULL ? replaced : expr_rewrite_below(a, e, f, ctx);
}

void expr_visit(const struct expr *e, expr_visit_fn *f, void *ctx)
{
    if (e == NULL || !f(e, ctx)) {
        return;
    }
    struct expr **slot;
    for (int i = 0; (slot = expr_slot(e, i)) != NULL; i++) {
        expr_visit(*slot, f, ctx);
    }
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

static bool expr_visit_constant(const struct expr *e, void *ctx)
{
    bool *constant = ctx;
    *constant = *constant && (e->kind == EXPR_CONST || e->kind == EXPR_CAST || e->kind == EXPR_OP ||
                              e->kind == EXPR_CALL || e->kind == EXPR_ARRAY);
    return *constant;
}

/* Calls of constants: what varies without them has no delta. */
static bool expr_is_constant(const struct expr *e)
{
    bool constant = true;
    expr_visit(e, expr_visit_constant, &constant);
    return constant;
}

static bool expr_visit_total(const struct expr *e, void *ctx)
{
    bool *total = ctx;
    if (expr_is_constant(e)) {
        return false; /* the planner computes it, for the query as for its delta: an error is in both */
    }
    switch (e->kind) {
    case EXPR_REF:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_IS:
        break;
    case EXPR_OP:
    case EXPR_OP_ANY:
    case EXPR_OP_ALL:
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

static bool order_is_builtin(const struct sort_key *order, int n)
{
    bool builtin = true;
    for (int i = 0; i < n; i++) {
        const char *use = strstr(order[i].suffix, "OPERATOR(");
        builtin = builtin && (use == NULL || strncmp(use, "OPERATOR(pg_catalog.", 20) == 0);
    }
    return builtin;
}

static bool expr_visit_builtin(const struct expr *e, void *ctx)
{
    bool *builtin = ctx;
    switch (e->kind) {
    case EXPR_CALL:
    case EXPR_CAST:
    case EXPR_AGGREGATE:
    case EXPR_WINDOW:
        *builtin = *builtin && strncmp(e->text, "\"pg_catalog\".", 13) == 0;
        break;
    case EXPR_OP:
    case EXPR_OP_ANY:
    case EXPR_OP_ALL:
        *builtin = *builtin && strncmp(e->text, "OPERATOR(pg_catalog.", 20) == 0;
        break;
    case EXPR_SUBQUERY:
    case EXPR_EXISTS:
    case EXPR_ANY_SELECT:
    case EXPR_ALL_SELECT:
    case EXPR_ARRAY_SELECT:
        *builtin = false;
        break;
    default:
        break;
    }
    *builtin = *builtin && order_is_builtin(e->order, e->norder) &&
               (e->window == NULL || order_is_builtin(e->window->order, e->window->norder));
    return *builtin;
}

bool expr_is_builtin(const struct expr *e)
{
    bool builtin = true;
    expr_visit(e, expr_visit_builtin, &builtin);
    return builtin;
}

bool expr_is_equality(const struct expr *e)
{
    return e->kind == EXPR_OP && e->nargs == 2 && strcmp(e->text, "OPERATOR(pg_catalog.=)") == 0;
}

bool expr_is_subquery(const struct expr *e)
{
    return e->kind == EXPR_SUBQUERY || e->kind == EXPR_EXISTS || e->kind == EXPR_ANY_SELECT ||
           e->kind == EXPR_ALL_SELECT || e->kind == EXPR_ARRAY_SELECT;
}

bool expr_calls(const struct expr *e, const char *name)
{
    return (e->kind == EXPR_CALL || e->kind == EXPR_AGGREGATE || e->kind == EXPR_WINDOW) && e->nnames == 2 &&
           strcmp(e->names[0], "pg_catalog") == 0 && strcmp(e->names[1], name) == 0;
}
