/* libpg_query's expressions to ours. */
#include "parse/walk.h"

#include "base/sql.h"
#include "base/str.h"

#include <string.h>

struct expr *walk_unsupported(struct walk *w, const char *reason)
{
    if (w->reason == NULL) {
        w->reason = arena_strdup(w->arena, reason);
    }
    return expr_const(w->arena, "NULL");
}

const char *walk_string(struct walk *w, const PgQuery__Node *n)
{
    return n != NULL && n->node_case == PG_QUERY__NODE__NODE_STRING ? arena_strdup(w->arena, n->string->sval)
                                                                    : "";
}

/* A name that canonical text gives with its schema unless it is in pg_catalog. */
static const char *walk_qualified(struct walk *w, size_t n, PgQuery__Node **names)
{
    if (n == 1) {
        return sql_qualified(w->arena, "pg_catalog", walk_string(w, names[0]));
    }
    if (n == 2) {
        return sql_qualified(w->arena, walk_string(w, names[0]), walk_string(w, names[1]));
    }
    walk_unsupported(w, "a name with a database in it");
    return "";
}

/* pg_catalog.op is written pg_catalog.name for functions, but an operator's symbols take no quotes. */
static const char *walk_operator(struct walk *w, size_t n, PgQuery__Node **names)
{
    const char *schema = n == 2 ? walk_string(w, names[0]) : "pg_catalog";
    if (n == 0 || n > 2) {
        walk_unsupported(w, "a name with a database in it");
        return "";
    }
    const char *op = walk_string(w, names[n - 1]);
    return strcmp(schema, "pg_catalog") == 0
               ? arena_printf(w->arena, "OPERATOR(pg_catalog.%s)", op)
               : arena_printf(w->arena, "OPERATOR(%s.%s)", sql_ident(w->arena, schema), op);
}

static void walk_args(struct walk *w, struct expr *e, size_t n, PgQuery__Node **args)
{
    e->args = ARENA_ARRAY(w->arena, struct expr *, n + 2);
    for (size_t i = 0; i < n; i++) {
        e->args[i] = walk_expr(w, args[i]);
    }
    e->nargs = (int)n;
}

/* A node whose arguments are given; NULL ones are left out. */
static struct expr *walk_node(struct walk *w, enum expr_kind kind, int location, const char *text,
                              PgQuery__Node *x, PgQuery__Node *y)
{
    struct expr *e = expr_new(w->arena, kind, location);
    e->text = text;
    e->args = ARENA_ARRAY(w->arena, struct expr *, 2);
    if (x != NULL) {
        e->args[e->nargs++] = walk_expr(w, x);
    }
    if (y != NULL) {
        e->args[e->nargs++] = walk_expr(w, y);
    }
    return e;
}

static struct expr *walk_const(struct walk *w, const PgQuery__AConst *c)
{
    struct expr *e = expr_new(w->arena, EXPR_CONST, c->location);
    if (c->isnull) {
        e->text = "NULL";
        return e;
    }
    switch (c->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
        e->text = arena_printf(w->arena, "%d", c->ival->ival);
        break;
    case PG_QUERY__A__CONST__VAL_FVAL:
        e->text = arena_strdup(w->arena, c->fval->fval);
        break;
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
        e->text = c->boolval->boolval ? "true" : "false";
        break;
    case PG_QUERY__A__CONST__VAL_SVAL:
        e->text = sql_literal(w->arena, c->sval->sval);
        break;
    case PG_QUERY__A__CONST__VAL_BSVAL: /* b101 or x1f */
        e->text = arena_printf(w->arena, "%c'%s'", c->bsval->bsval[0], c->bsval->bsval + 1);
        break;
    default:
        return walk_unsupported(w, "a constant of unknown kind");
    }
    return e;
}

/*
 * Types are written as quoted names, which PostgreSQL reads as they are: pg_catalog."bit" is any length where
 * the keyword would mean bit(1). The grammar's own typmods (interval fields) are numbers here already.
 */
static const char *walk_type(struct walk *w, const PgQuery__TypeName *t)
{
    struct str s;
    str_init(&s, w->arena);
    if (t->setof || t->pct_type) {
        walk_unsupported(w, "a type taken from a column");
        return "";
    }
    str_add(&s, walk_qualified(w, t->n_names, t->names));
    for (size_t i = 0; i < t->n_typmods; i++) {
        const PgQuery__Node *m = t->typmods[i];
        str_add(&s, i == 0 ? "(" : ", ");
        if (m->node_case == PG_QUERY__NODE__NODE_A_CONST) {
            str_add(&s, walk_const(w, m->a_const)->text);
        } else if (m->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && m->column_ref->n_fields == 1) {
            str_add(&s, sql_ident(w->arena, walk_string(w, m->column_ref->fields[0])));
        } else {
            walk_unsupported(w, "a computed type modifier");
        }
    }
    str_add(&s, t->n_typmods > 0 ? ")" : "");
    for (size_t i = 0; i < t->n_array_bounds; i++) {
        str_add(&s, "[]");
    }
    return s.data;
}

static struct expr *walk_column(struct walk *w, const PgQuery__ColumnRef *c)
{
    struct expr *e = expr_new(w->arena, EXPR_COLUMN, c->location);
    e->names = ARENA_ARRAY(w->arena, const char *, c->n_fields);
    for (size_t i = 0; i < c->n_fields; i++) {
        if (c->fields[i]->node_case != PG_QUERY__NODE__NODE_STRING) {
            return walk_unsupported(w, "whole-row reference");
        }
        e->names[e->nnames++] = walk_string(w, c->fields[i]);
    }
    return e;
}

static struct expr *walk_between(struct walk *w, const PgQuery__AExpr *x, const char *text)
{
    struct expr *e = walk_node(w, EXPR_BETWEEN, x->location, text, x->lexpr, NULL);
    const PgQuery__Node *bounds = x->rexpr;
    if (bounds == NULL || bounds->node_case != PG_QUERY__NODE__NODE_LIST || bounds->list->n_items != 2) {
        return walk_unsupported(w, "BETWEEN");
    }
    struct expr *lower = walk_expr(w, bounds->list->items[0]);
    struct expr *upper = walk_expr(w, bounds->list->items[1]);
    struct expr **args = ARENA_ARRAY(w->arena, struct expr *, 3);
    args[0] = e->args[0];
    args[1] = lower;
    args[2] = upper;
    e->args = args;
    e->nargs = 3;
    return e;
}

static struct expr *walk_in(struct walk *w, const PgQuery__AExpr *x)
{
    if (x->rexpr == NULL || x->rexpr->node_case != PG_QUERY__NODE__NODE_LIST) {
        return walk_unsupported(w, "IN");
    }
    struct expr *e = expr_new(w->arena, EXPR_IN, x->location);
    const PgQuery__List *l = x->rexpr->list;
    e->text = strcmp(walk_string(w, x->name[0]), "=") == 0 ? "IN" : "NOT IN";
    e->args = ARENA_ARRAY(w->arena, struct expr *, l->n_items + 1);
    e->args[e->nargs++] = walk_expr(w, x->lexpr);
    for (size_t i = 0; i < l->n_items; i++) {
        e->args[e->nargs++] = walk_expr(w, l->items[i]);
    }
    return e;
}

static struct expr *walk_operation(struct walk *w, const PgQuery__AExpr *x)
{
    switch (x->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE: /* ~~, !~~, ~~*, ~: the grammar has chosen the operator */
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
        return walk_node(w, EXPR_OP, x->location, walk_operator(w, x->n_name, x->name), x->lexpr, x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
        return walk_node(w, EXPR_OP_ANY, x->location, walk_operator(w, x->n_name, x->name), x->lexpr,
                         x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
        return walk_node(w, EXPR_OP_ALL, x->location, walk_operator(w, x->n_name, x->name), x->lexpr,
                         x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
        return walk_node(w, EXPR_DISTINCT, x->location, NULL, x->lexpr, x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
        return walk_node(w, EXPR_NOT_DISTINCT, x->location, NULL, x->lexpr, x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
        return walk_node(w, EXPR_NULLIF, x->location, NULL, x->lexpr, x->rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
        return walk_in(w, x);
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
        return walk_between(w, x, "BETWEEN");
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
        return walk_between(w, x, "NOT BETWEEN");
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
        return walk_between(w, x, "BETWEEN SYMMETRIC");
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
        return walk_between(w, x, "NOT BETWEEN SYMMETRIC");
    default:
        return walk_unsupported(w, "an operator of unknown kind");
    }
}

static struct expr *walk_bool(struct walk *w, const PgQuery__BoolExpr *b)
{
    enum expr_kind kind = b->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR  ? EXPR_AND
                          : b->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ? EXPR_OR
                                                                           : EXPR_NOT;
    struct expr *e = expr_new(w->arena, kind, b->location);
    walk_args(w, e, b->n_args, b->args);
    return e;
}

static struct expr *walk_boolean_test(struct walk *w, const PgQuery__BooleanTest *t)
{
    static const char *const texts[] = {NULL,           "IS TRUE",    "IS NOT TRUE",   "IS FALSE",
                                        "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN"};
    if (t->booltesttype <= 0 || (size_t)t->booltesttype >= sizeof texts / sizeof *texts) {
        return walk_unsupported(w, "a test of unknown kind");
    }
    return walk_node(w, EXPR_IS, t->location, texts[t->booltesttype], t->arg, NULL);
}

static struct expr *walk_case(struct walk *w, const PgQuery__CaseExpr *c)
{
    struct expr *e = expr_new(w->arena, EXPR_CASE, c->location);
    e->args = ARENA_ARRAY(w->arena, struct expr *, 2 * c->n_args + 2);
    if (c->arg != NULL) {
        e->has_subject = true;
        e->args[e->nargs++] = walk_expr(w, c->arg);
    }
    for (size_t i = 0; i < c->n_args; i++) {
        const PgQuery__CaseWhen *when = c->args[i]->case_when;
        e->args[e->nargs++] = walk_expr(w, when->expr);
        e->args[e->nargs++] = walk_expr(w, when->result);
    }
    if (c->defresult != NULL) {
        e->has_else = true;
        e->args[e->nargs++] = walk_expr(w, c->defresult);
    }
    return e;
}

static struct expr *walk_indirection(struct walk *w, const PgQuery__AIndirection *ind)
{
    struct expr *e = walk_expr(w, ind->arg);
    for (size_t i = 0; i < ind->n_indirection; i++) {
        const PgQuery__Node *n = ind->indirection[i];
        struct expr *outer;
        if (n->node_case == PG_QUERY__NODE__NODE_STRING) {
            outer = expr_new(w->arena, EXPR_FIELD, e->location);
            outer->text = sql_ident(w->arena, walk_string(w, n));
            outer->nargs = 1;
        } else if (n->node_case == PG_QUERY__NODE__NODE_A_INDICES) {
            outer = expr_new(w->arena, n->a_indices->is_slice ? EXPR_SLICE : EXPR_SUBSCRIPT, e->location);
            outer->nargs = n->a_indices->is_slice ? 3 : 2;
        } else {
            return walk_unsupported(w, "whole-row reference");
        }
        outer->args = ARENA_ARRAY(w->arena, struct expr *, 3);
        outer->args[0] = e;
        if (outer->kind == EXPR_SUBSCRIPT) {
            outer->args[1] = walk_expr(w, n->a_indices->uidx);
        } else if (outer->kind == EXPR_SLICE) {
            const PgQuery__AIndices *bounds = n->a_indices;
            outer->args[1] = bounds->lidx != NULL ? walk_expr(w, bounds->lidx) : NULL;
            outer->args[2] = bounds->uidx != NULL ? walk_expr(w, bounds->uidx) : NULL;
        }
        e = outer;
    }
    return e;
}

/* count, sum, avg, min, max become EXPR_AGGREGATE; any other aggregate stops the walk with its name. */
static struct expr *walk_aggregate(struct walk *w, const PgQuery__FuncCall *f, const char *name)
{
    if (strcmp(name, "count") != 0 && strcmp(name, "sum") != 0 && strcmp(name, "avg") != 0 &&
        strcmp(name, "min") != 0 && strcmp(name, "max") != 0) {
        return walk_unsupported(w, arena_printf(w->arena, "aggregate %s()", name));
    }
    if (f->n_agg_order > 0) {
        return walk_unsupported(w, "ORDER BY in an aggregate");
    }
    if (f->func_variadic || f->n_args > 1 || (f->n_args == 0 && !f->agg_star)) {
        return walk_unsupported(w, arena_printf(w->arena, "aggregate %s()", name));
    }
    struct expr *e = expr_new(w->arena, EXPR_AGGREGATE, f->location);
    e->text = name;
    walk_args(w, e, f->n_args, f->args);
    e->filter = f->agg_filter != NULL ? walk_expr(w, f->agg_filter) : NULL;
    /* min and max do not care for duplicates. */
    e->distinct = f->agg_distinct && name[0] != 'm';
    return e;
}

static struct expr *walk_call(struct walk *w, const PgQuery__FuncCall *f)
{
    const char *name = f->n_funcname > 0 ? walk_string(w, f->funcname[f->n_funcname - 1]) : "";
    bool builtin = f->n_funcname == 1 ||
                   (f->n_funcname == 2 && strcmp(walk_string(w, f->funcname[0]), "pg_catalog") == 0);
    if (f->over != NULL || (builtin && builtin_is_window(name) && !f->agg_within_group)) {
        return walk_unsupported(w, "window function");
    }
    if (builtin && builtin_is_aggregate(name)) {
        return walk_aggregate(w, f, name);
    }
    if (f->agg_star || f->agg_distinct || f->n_agg_order > 0 || f->agg_filter != NULL ||
        f->agg_within_group) {
        return walk_unsupported(w, arena_printf(w->arena, "aggregate %s()", name));
    }
    if (builtin && builtin_is_set_returning(name)) {
        return walk_unsupported(w, "set-returning function in SELECT");
    }
    struct expr *e = expr_new(w->arena, EXPR_CALL, f->location);
    e->text = walk_qualified(w, f->n_funcname, f->funcname);
    walk_args(w, e, f->n_args, f->args);
    if (f->func_variadic && e->nargs > 0) {
        struct expr *last = expr_new(w->arena, EXPR_VARIADIC, f->location);
        last->args = ARENA_ARRAY(w->arena, struct expr *, 1);
        last->args[last->nargs++] = e->args[e->nargs - 1];
        e->args[e->nargs - 1] = last;
    }
    return e;
}

static struct expr *walk_sublink(struct walk *w, const PgQuery__SubLink *s)
{
    switch (s->sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
        break;
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
        return walk_unsupported(w, "EXISTS subquery");
    case PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK:
        return walk_unsupported(w, s->n_oper_name == 0 ? "IN subquery" : "ANY subquery");
    case PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK:
        return walk_unsupported(w, "ALL subquery");
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
        return walk_unsupported(w, "ARRAY subquery");
    default:
        return walk_unsupported(w, "a subquery of unknown kind");
    }
    if (s->subselect == NULL || s->subselect->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
        return walk_unsupported(w, "a subquery of unknown kind");
    }
    struct expr *e = expr_new(w->arena, EXPR_SUBQUERY, s->location);
    e->select = walk_select(w, s->subselect->select_stmt);
    return e;
}

static struct expr *walk_list(struct walk *w, enum expr_kind kind, int location, size_t n,
                              PgQuery__Node **args)
{
    struct expr *e = expr_new(w->arena, kind, location);
    walk_args(w, e, n, args);
    return e;
}

static struct expr *walk_special(struct walk *w, const PgQuery__Node *n);

struct expr *walk_expr(struct walk *w, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
        return walk_column(w, n->column_ref);
    case PG_QUERY__NODE__NODE_A_CONST:
        return walk_const(w, n->a_const);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return walk_node(w, EXPR_CAST, n->type_cast->location, walk_type(w, n->type_cast->type_name),
                         n->type_cast->arg, NULL);
    case PG_QUERY__NODE__NODE_A_EXPR:
        return walk_operation(w, n->a_expr);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
        return walk_bool(w, n->bool_expr);
    case PG_QUERY__NODE__NODE_NULL_TEST:
        return walk_node(w, EXPR_IS, n->null_test->location,
                         n->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL ? "IS NULL"
                                                                                         : "IS NOT NULL",
                         n->null_test->arg, NULL);
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
        return walk_boolean_test(w, n->boolean_test);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return walk_call(w, n->func_call);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
        return walk_case(w, n->case_expr);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return walk_list(w, EXPR_COALESCE, n->coalesce_expr->location, n->coalesce_expr->n_args,
                         n->coalesce_expr->args);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        return walk_list(
            w, n->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? EXPR_GREATEST : EXPR_LEAST,
            n->min_max_expr->location, n->min_max_expr->n_args, n->min_max_expr->args);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        return walk_list(w, EXPR_ARRAY, n->a_array_expr->location, n->a_array_expr->n_elements,
                         n->a_array_expr->elements);
    case PG_QUERY__NODE__NODE_ROW_EXPR:
        return walk_list(w, EXPR_ROW, n->row_expr->location, n->row_expr->n_args, n->row_expr->args);
    default:
        return walk_special(w, n);
    }
}

static struct expr *walk_special(struct walk *w, const PgQuery__Node *n)
{
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
        return walk_indirection(w, n->a_indirection);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        return walk_node(w, EXPR_COLLATE, n->collate_clause->location,
                         walk_qualified(w, n->collate_clause->n_collname, n->collate_clause->collname),
                         n->collate_clause->arg, NULL);
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
        return walk_node(w, EXPR_NAMED, n->named_arg_expr->location,
                         sql_ident(w->arena, n->named_arg_expr->name), n->named_arg_expr->arg, NULL);
    case PG_QUERY__NODE__NODE_SUB_LINK:
        return walk_sublink(w, n->sub_link);
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION: {
        static const char *const names[] = {"",
                                            "CURRENT_DATE",
                                            "CURRENT_TIME",
                                            "CURRENT_TIME",
                                            "CURRENT_TIMESTAMP",
                                            "CURRENT_TIMESTAMP",
                                            "LOCALTIME",
                                            "LOCALTIME",
                                            "LOCALTIMESTAMP",
                                            "LOCALTIMESTAMP",
                                            "CURRENT_ROLE",
                                            "CURRENT_USER",
                                            "USER",
                                            "SESSION_USER",
                                            "CURRENT_CATALOG",
                                            "CURRENT_SCHEMA"};
        size_t op = (size_t)n->sqlvalue_function->op;
        return walk_unsupported(w, op < sizeof names / sizeof *names ? names[op] : "a session value");
    }
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
        return walk_unsupported(w, "GROUPING()");
    case PG_QUERY__NODE__NODE_XML_EXPR:
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
        return walk_unsupported(w, "XML expression");
    case PG_QUERY__NODE__NODE_PARAM_REF:
        return walk_unsupported(w, "parameter");
    default:
        return walk_unsupported(w, "an expression of unknown kind");
    }
}
