#include "algebra/stops.h"

#include <string.h>

struct stops {
    struct arena *arena;
    const char *reason;
};

/* The word alone, without a precision. */
static const char *stops_session_value(struct arena *a, const struct expr *e)
{
    return arena_strndup(a, e->text, strcspn(e->text, "("));
}

static const char *stops_node(struct arena *a, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_COLUMN:
        return e->star ? "whole-row reference" : NULL;
    case EXPR_SESSION_VALUE:
        return stops_session_value(a, e);
    case EXPR_EXISTS:
        return "EXISTS subquery";
    case EXPR_ANY_SELECT:
        return strcmp(e->text, "OPERATOR(pg_catalog.=)") == 0 ? "IN subquery" : "ANY subquery";
    case EXPR_ALL_SELECT:
        return "ALL subquery";
    case EXPR_ARRAY_SELECT:
        return "ARRAY subquery";
    case EXPR_CALL:
        return expr_is_set_returning(e) ? "set-returning function in SELECT" : NULL;
    case EXPR_WINDOW:
        return "window function";
    default:
        return NULL;
    }
}

static bool stops_visit(const struct expr *e, void *ctx)
{
    struct stops *x = ctx;
    x->reason = x->reason != NULL ? x->reason : stops_node(x->arena, e);
    return x->reason == NULL;
}

const char *stops_expr(struct arena *a, const struct expr *e)
{
    struct stops x = {.arena = a};
    expr_visit(e, stops_visit, &x);
    return x.reason;
}

static bool returns_set(const struct expr *e, void *found)
{
    *(bool *)found = *(bool *)found || expr_is_set_returning(e);
    return !*(bool *)found;
}

static bool stops_returns_set(const struct expr *e)
{
    bool found = false;
    expr_visit(e, returns_set, &found);
    return found;
}

static const char *stops_from(struct arena *a, const struct from_item *f)
{
    static const char *const joins[] = {[JOIN_INNER] = NULL,
                                        [JOIN_LEFT] = "LEFT JOIN",
                                        [JOIN_RIGHT] = "RIGHT JOIN",
                                        [JOIN_FULL] = "FULL JOIN"};
    const char *reason;
    switch (f->kind) {
    case FROM_TABLE:
        return f->only ? "ONLY" : NULL;
    case FROM_SELECT:
        return f->lateral ? "LATERAL" : NULL;
    case FROM_FUNCTION:
        return "function in FROM";
    case FROM_JOIN:
        break;
    }
    if (joins[f->join] != NULL) {
        return joins[f->join];
    }
    reason = stops_from(a, f->left);
    reason = reason != NULL ? reason : stops_from(a, f->right);
    return reason != NULL ? reason : stops_expr(a, f->on);
}

/* What makes more or less of a query than its rows. */
static const char *stops_modifiers(const struct select *s)
{
    return s->recursive          ? "WITH RECURSIVE"
           : s->ndistinct_on > 0 ? "SELECT DISTINCT ON"
           : s->nvalues > 0      ? "VALUES"
           : s->limit != NULL    ? "LIMIT"
           : s->offset != NULL   ? "OFFSET"
           : s->nwindows > 0     ? "window function"
                                 : NULL;
}

/*
 * ORDER BY without LIMIT says nothing about a bag, unless it makes rows: a set-returning function there
 * multiplies them as one in the list does.
 */
static const char *stops_order(const struct select *s)
{
    for (int i = 0; i < s->norder; i++) {
        if (stops_returns_set(s->order[i].expr)) {
            return "set-returning function in SELECT";
        }
    }
    return NULL;
}

const char *stops_select(struct arena *a, const struct select *s)
{
    const char *reason = stops_modifiers(s);
    for (int i = 0; reason == NULL && i < s->ntargets; i++) {
        reason = stops_expr(a, s->targets[i].expr);
    }
    for (int i = 0; reason == NULL && i < s->nfrom; i++) {
        reason = stops_from(a, s->from[i]);
    }
    reason = reason != NULL ? reason : stops_expr(a, s->where);
    for (int i = 0; reason == NULL && i < s->ngroup; i++) {
        reason = stops_expr(a, s->group[i]);
    }
    reason = reason != NULL ? reason : stops_expr(a, s->having);
    return reason != NULL ? reason : stops_order(s);
}
