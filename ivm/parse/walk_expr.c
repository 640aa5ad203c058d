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

const char **walk_names(struct walk *w, size_t n, PgQuery__Node **nodes)
{
    const char **names = ARENA_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        names[i] = walk_string(w, nodes[i]);
    }
    return names;
}

bool walk_is_word(const struct walk *w, int location)
{
    return location >= 0 && w->sql[location] >= 'A' && w->sql[location] <= 'Z';
}

/* A name that canonical text gives with its schema unless it is in pg_catalog. */
const char *walk_qualified(struct walk *w, size_t n, PgQuery__Node **names)
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
const char *walk_operator(struct walk *w, size_t n, PgQuery__Node **names)
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

struct expr **walk_list(struct walk *w, size_t n, PgQuery__Node **nodes)
{
    struct expr **list = ARENA_ARRAY(w->arena, struct expr *, n + 2);
    for (size_t i = 0; i < n; i++) {
        list[i] = walk_expr(w, nodes[i]);
    }
    return list;
}

void walk_args(struct walk *w, struct expr *e, size_t n, PgQuery__Node **args)
{
    e->args = walk_list(w, n, args);
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
const char *walk_type(struct walk *w, const PgQuery__TypeName *t)
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
    if (c->n_fields == 1 && strcmp(walk_string(w, c->fields[0]), "system_user") == 0 &&
        walk_is_word(w, c->location)) {
        e->kind = EXPR_SESSION_VALUE;
        e->text = "SYSTEM_USER";
        return e;
    }
    e->names = ARENA_ARRAY(w->arena, const char *, c->n_fields + 1);
    for (size_t i = 0; i < c->n_fields; i++) {
        if (c->fields[i]->node_case == PG_QUERY__NODE__NODE_A_STAR) {
            e->star = true;
        } else {
            e->names[e->nnames++] = walk_string(w, c->fields[i]);
        }
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
        outer->more = i > 0 && outer->kind != EXPR_FIELD && e->kind != EXPR_FIELD;
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

/* x IN (SELECT ...) is x = ANY (SELECT ...), with PostgreSQL's own operator: canonical text names any other.
 */
static struct expr *walk_sublink(struct walk *w, const PgQuery__SubLink *s)
{
    static const enum expr_kind kinds[] = {
        [PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK] = EXPR_SUBQUERY,
        [PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK] = EXPR_EXISTS,
        [PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK] = EXPR_ANY_SELECT,
        [PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK] = EXPR_ALL_SELECT,
        [PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK] = EXPR_ARRAY_SELECT,
    };
    size_t type = (size_t)s->sub_link_type;
    if (type >= sizeof kinds / sizeof *kinds || kinds[type] == 0 || s->subselect == NULL ||
        s->subselect->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
        return walk_unsupported(w, "a subquery of unknown kind");
    }
    struct expr *e = walk_node(w, kinds[type], s->location, NULL, s->testexpr, NULL);
    if (e->kind == EXPR_ANY_SELECT || e->kind == EXPR_ALL_SELECT) {
        e->text =
            s->n_oper_name == 0 ? "OPERATOR(pg_catalog.=)" : walk_operator(w, s->n_oper_name, s->oper_name);
    }
    e->select = walk_select(w, s->subselect->select_stmt);
    return e;
}

/* CURRENT_DATE and its kin; a precision is the type modifier. */
static struct expr *walk_session_value(struct walk *w, const PgQuery__SQLValueFunction *f)
{
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
    size_t op = (size_t)f->op;
    if (op == 0 || op >= sizeof names / sizeof *names) {
        return walk_unsupported(w, "a session value");
    }
    struct expr *e = expr_new(w->arena, EXPR_SESSION_VALUE, f->location);
    e->text = f->typmod >= 0 && strstr(names[op], "TIME") != NULL
                  ? arena_printf(w->arena, "%s(%d)", names[op], f->typmod)
                  : names[op];
    return e;
}

static struct expr *walk_nary(struct walk *w, enum expr_kind kind, int location, size_t n,
                              PgQuery__Node **args)
{
    struct expr *e = expr_new(w->arena, kind, location);
    walk_args(w, e, n, args);
    return e;
}

/* (a, b) is a list here, not a row. */
struct expr **walk_group(struct walk *w, size_t n, PgQuery__Node **nodes)
{
    struct expr **list = walk_list(w, n, nodes);
    for (size_t i = 0; i < n; i++) {
        if (nodes[i]->node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
            nodes[i]->row_expr->row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST) {
            list[i]->kind = EXPR_GROUPING_SET;
            list[i]->text = "";
        }
    }
    return list;
}

static struct expr *walk_grouping_set(struct walk *w, const PgQuery__GroupingSet *g)
{
    struct expr *e = expr_new(w->arena, EXPR_GROUPING_SET, g->location);
    e->text = g->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP ? "ROLLUP"
              : g->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE ? "CUBE"
              : g->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS ? "GROUPING SETS"
                                                                          : "";
    e->args = walk_group(w, g->n_content, g->content);
    e->nargs = (int)g->n_content;
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
        return walk_nary(w, EXPR_COALESCE, n->coalesce_expr->location, n->coalesce_expr->n_args,
                         n->coalesce_expr->args);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        return walk_nary(
            w, n->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? EXPR_GREATEST : EXPR_LEAST,
            n->min_max_expr->location, n->min_max_expr->n_args, n->min_max_expr->args);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        return walk_nary(w, EXPR_ARRAY, n->a_array_expr->location, n->a_array_expr->n_elements,
                         n->a_array_expr->elements);
    case PG_QUERY__NODE__NODE_ROW_EXPR:
        return walk_nary(w, EXPR_ROW, n->row_expr->location, n->row_expr->n_args, n->row_expr->args);
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
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        return walk_session_value(w, n->sqlvalue_function);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
        return walk_nary(w, EXPR_GROUPING, n->grouping_func->location, n->grouping_func->n_args,
                         n->grouping_func->args);
    case PG_QUERY__NODE__NODE_GROUPING_SET:
        return walk_grouping_set(w, n->grouping_set);
    case PG_QUERY__NODE__NODE_XML_EXPR:
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
        return walk_unsupported(w, "XML expression");
    case PG_QUERY__NODE__NODE_PARAM_REF:
        return walk_unsupported(w, "parameter");
    default:
        return walk_unsupported(w, "an expression of unknown kind");
    }
}
