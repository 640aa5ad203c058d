/* FROM: tables, subqueries, joins, functions. */
#include "parse/walk.h"

static void walk_alias(struct walk *w, struct from_item *item, const PgQuery__Alias *alias)
{
    if (alias != NULL) {
        item->alias = arena_strdup(w->arena, alias->aliasname);
        item->column_aliases = walk_names(w, alias->n_colnames, alias->colnames);
        item->ncolumn_aliases = (int)alias->n_colnames;
    }
}

static void walk_table(struct walk *w, struct from_item *item, const PgQuery__RangeVar *t)
{
    item->kind = FROM_TABLE;
    item->location = t->location;
    item->schema =
        t->schemaname != NULL && *t->schemaname != '\0' ? arena_strdup(w->arena, t->schemaname) : NULL;
    item->name = arena_strdup(w->arena, t->relname);
    item->only = !t->inh;
    walk_alias(w, item, t->alias);
}

static void walk_subselect(struct walk *w, struct from_item *item, const PgQuery__RangeSubselect *s)
{
    item->kind = FROM_SELECT;
    item->lateral = s->lateral;
    item->location = -1;
    walk_alias(w, item, s->alias);
    if (s->subquery != NULL && s->subquery->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
        item->select = walk_select(w, s->subquery->select_stmt);
    } else {
        walk_unsupported(w, "a subquery of unknown kind");
    }
}

static void walk_join(struct walk *w, struct from_item *item, const PgQuery__JoinExpr *j)
{
    item->kind = FROM_JOIN;
    item->location = -1;
    switch (j->jointype) {
    case PG_QUERY__JOIN_TYPE__JOIN_INNER:
        item->join = JOIN_INNER;
        break;
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
        item->join = JOIN_LEFT;
        break;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
        item->join = JOIN_RIGHT;
        break;
    case PG_QUERY__JOIN_TYPE__JOIN_FULL:
        item->join = JOIN_FULL;
        break;
    default:
        walk_unsupported(w, "a join of unknown kind");
    }
    /* Canonical text has USING in its place. */
    if (j->is_natural) {
        walk_unsupported(w, "NATURAL JOIN");
    }
    item->left = walk_from(w, j->larg);
    item->right = walk_from(w, j->rarg);
    item->on = j->quals != NULL ? walk_expr(w, j->quals) : NULL;
    item->using_columns = walk_names(w, j->n_using_clause, j->using_clause);
    item->nusing = (int)j->n_using_clause;
    item->using_alias =
        j->join_using_alias != NULL ? arena_strdup(w->arena, j->join_using_alias->aliasname) : NULL;
    walk_alias(w, item, j->alias);
}

static struct column_definition *walk_definitions(struct walk *w, size_t n, PgQuery__Node **nodes)
{
    struct column_definition *columns = ARENA_ARRAY(w->arena, struct column_definition, n + 1);
    for (size_t i = 0; i < n; i++) {
        const PgQuery__ColumnDef *c = nodes[i]->column_def;
        columns[i].name = arena_strdup(w->arena, c->colname);
        columns[i].type = walk_type(w, c->type_name);
        if (c->coll_clause != NULL) {
            columns[i].collation = walk_qualified(w, c->coll_clause->n_collname, c->coll_clause->collname);
        }
    }
    return columns;
}

/*
 * unnest(a, b) without a schema is PostgreSQL's short form of ROWS FROM (unnest(a), unnest(b)), which is
 * what it becomes here: with its schema it would be a function that does not exist.
 */
static void walk_unnest(struct walk *w, struct from_item *item, const struct expr *call)
{
    item->rows_from = true;
    item->functions = ARENA_ARRAY(w->arena, struct from_function, call->nargs);
    for (int i = 0; i < call->nargs; i++) {
        struct expr *one = expr_copy(w->arena, call);
        one->args[0] = call->args[i];
        one->nargs = 1;
        item->functions[item->nfunctions++].call = one;
    }
}

static void walk_functions(struct walk *w, struct from_item *item, const PgQuery__RangeFunction *r)
{
    item->kind = FROM_FUNCTION;
    item->location = -1;
    item->lateral = r->lateral;
    item->ordinality = r->ordinality;
    item->rows_from = r->is_rowsfrom;
    item->functions = ARENA_ARRAY(w->arena, struct from_function, r->n_functions + 1);
    walk_alias(w, item, r->alias);
    item->definitions = walk_definitions(w, r->n_coldeflist, r->coldeflist);
    item->ndefinitions = (int)r->n_coldeflist;
    for (size_t i = 0; i < r->n_functions; i++) {
        /* A pair: the call, its column definitions. */
        const PgQuery__List *pair = r->functions[i]->list;
        struct from_function *f = &item->functions[item->nfunctions++];
        f->call = walk_expr(w, pair->items[0]);
        if (pair->n_items > 1 && pair->items[1]->node_case == PG_QUERY__NODE__NODE_LIST) {
            f->columns = walk_definitions(w, pair->items[1]->list->n_items, pair->items[1]->list->items);
            f->ncolumns = (int)pair->items[1]->list->n_items;
        }
    }
    const struct expr *call = item->functions[0].call;
    bool several = item->nfunctions == 1 && !item->rows_from && call->nargs > 1 && expr_calls(call, "unnest");
    if (several) {
        item->nfunctions = 0;
        walk_unnest(w, item, call);
    }
}

struct from_item *walk_from(struct walk *w, const PgQuery__Node *n)
{
    struct from_item *item = ARENA_NEW(w->arena, struct from_item);
    switch (n->node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
        walk_table(w, item, n->range_var);
        break;
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
        walk_subselect(w, item, n->range_subselect);
        break;
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
        walk_join(w, item, n->join_expr);
        break;
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
        walk_functions(w, item, n->range_function);
        break;
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
        walk_unsupported(w, "TABLESAMPLE");
        break;
    default:
        walk_unsupported(w, "XMLTABLE or JSON_TABLE");
        break;
    }
    return item;
}
