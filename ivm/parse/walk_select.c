/* libpg_query's SELECT to ours. */
#include "parse/walk.h"

#include <string.h>

static const char **walk_names(struct walk *w, size_t n, PgQuery__Node **nodes)
{
    const char **names = ARENA_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        names[i] = walk_string(w, nodes[i]);
    }
    return names;
}

static void walk_alias(struct walk *w, struct from_item *item, const PgQuery__Alias *alias)
{
    if (alias != NULL) {
        item->alias = arena_strdup(w->arena, alias->aliasname);
        item->column_aliases = walk_names(w, alias->n_colnames, alias->colnames);
        item->ncolumn_aliases = (int)alias->n_colnames;
    }
}

static struct from_item *walk_from(struct walk *w, const PgQuery__Node *n);

static void walk_table(struct walk *w, struct from_item *item, const PgQuery__RangeVar *t)
{
    item->kind = FROM_TABLE;
    item->location = t->location;
    item->schema =
        t->schemaname != NULL && *t->schemaname != '\0' ? arena_strdup(w->arena, t->schemaname) : NULL;
    item->name = arena_strdup(w->arena, t->relname);
    walk_alias(w, item, t->alias);
    if (!t->inh) {
        walk_unsupported(w, "ONLY");
    }
}

static void walk_subselect(struct walk *w, struct from_item *item, const PgQuery__RangeSubselect *s)
{
    if (s->lateral) {
        walk_unsupported(w, "LATERAL");
    }
    item->kind = FROM_SELECT;
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
        break;
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
        walk_unsupported(w, "LEFT JOIN");
        break;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
        walk_unsupported(w, "RIGHT JOIN");
        break;
    default:
        walk_unsupported(w, "FULL JOIN");
        break;
    }
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

static struct from_item *walk_from(struct walk *w, const PgQuery__Node *n)
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
        walk_unsupported(w, "function in FROM");
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

static void walk_with(struct walk *w, struct select *s, const PgQuery__WithClause *with)
{
    if (with->recursive) {
        walk_unsupported(w, "WITH RECURSIVE");
    }
    s->with = ARENA_ARRAY(w->arena, struct with_query, with->n_ctes + 1);
    for (size_t i = 0; i < with->n_ctes; i++) {
        const PgQuery__CommonTableExpr *cte = with->ctes[i]->common_table_expr;
        struct with_query *q = &s->with[s->nwith++];
        q->name = arena_strdup(w->arena, cte->ctename);
        q->columns = walk_names(w, cte->n_aliascolnames, cte->aliascolnames);
        q->ncolumns = (int)cte->n_aliascolnames;
        if (cte->ctequery != NULL && cte->ctequery->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
            q->select = walk_select(w, cte->ctequery->select_stmt);
        } else {
            q->select = ARENA_NEW(w->arena, struct select);
            walk_unsupported(w, "WITH query that writes");
        }
    }
}

/*
 * Arms of a UNION ALL from left to right. Only the left spine is flattened: `a UNION ALL (b UNION ALL c)`
 * finds the type of b and c first, and goes on doing so.
 */
static void walk_arms(struct walk *w, struct select *s, const PgQuery__SelectStmt *arm, int depth)
{
    bool spine = arm->op == PG_QUERY__SET_OPERATION__SETOP_UNION && arm->all && arm->with_clause == NULL &&
                 arm->n_sort_clause == 0 && arm->limit_count == NULL && arm->limit_offset == NULL;
    if (spine) {
        walk_arms(w, s, arm->larg, depth + 1);
    }
    if (s->arms == NULL) {
        s->arms = ARENA_ARRAY(w->arena, struct select *, depth + 2);
    }
    s->arms[s->narms++] = walk_select(w, spine ? arm->rarg : arm);
}

static void walk_set_operation(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    switch (stmt->op) {
    case PG_QUERY__SET_OPERATION__SETOP_UNION:
        if (!stmt->all) {
            walk_unsupported(w, "UNION");
        }
        break;
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
        walk_unsupported(w, "INTERSECT");
        break;
    default:
        walk_unsupported(w, "EXCEPT");
        break;
    }
    walk_arms(w, s, stmt->larg, 1);
    s->arms[s->narms++] = walk_select(w, stmt->rarg);
}

/* What may stand on any SELECT and is not linear. ORDER BY without LIMIT says nothing about a bag. */
static void walk_modifiers(struct walk *w, const PgQuery__SelectStmt *stmt)
{
    if (stmt->n_distinct_clause > 0) {
        bool on = stmt->distinct_clause[0] != NULL &&
                  stmt->distinct_clause[0]->node_case != PG_QUERY__NODE__NODE__NOT_SET;
        walk_unsupported(w, on ? "SELECT DISTINCT ON" : "SELECT DISTINCT");
    }
    if (stmt->n_values_lists > 0) {
        walk_unsupported(w, "VALUES");
    }
    if (stmt->limit_count != NULL) {
        walk_unsupported(w, "LIMIT");
    }
    if (stmt->limit_offset != NULL) {
        walk_unsupported(w, "OFFSET");
    }
    if (stmt->n_window_clause > 0) {
        walk_unsupported(w, "window function");
    }
    if (stmt->n_locking_clause > 0) {
        walk_unsupported(w, "FOR UPDATE");
    }
    if (stmt->into_clause != NULL) {
        walk_unsupported(w, "SELECT INTO");
    }
}

static void walk_group(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    s->grouped = stmt->n_group_clause > 0;
    s->group = ARENA_ARRAY(w->arena, struct expr *, stmt->n_group_clause + 1);
    for (size_t i = 0; i < stmt->n_group_clause; i++) {
        if (stmt->group_clause[i]->node_case == PG_QUERY__NODE__NODE_GROUPING_SET) {
            walk_unsupported(w, "GROUPING SETS");
            return;
        }
        s->group[s->ngroup++] = walk_expr(w, stmt->group_clause[i]);
    }
}

struct select *walk_select(struct walk *w, const PgQuery__SelectStmt *stmt)
{
    struct select *s = ARENA_NEW(w->arena, struct select);
    s->location = -1;
    if (stmt->with_clause != NULL) {
        walk_with(w, s, stmt->with_clause);
    }
    walk_modifiers(w, stmt);
    if (stmt->op != PG_QUERY__SET_OPERATION__SETOP_NONE && stmt->larg != NULL) {
        walk_set_operation(w, s, stmt);
        return s;
    }
    s->targets = ARENA_ARRAY(w->arena, struct target, stmt->n_target_list + 1);
    for (size_t i = 0; i < stmt->n_target_list; i++) {
        const PgQuery__ResTarget *t = stmt->target_list[i]->res_target;
        struct target *out = &s->targets[s->ntargets++];
        out->expr = walk_expr(w, t->val);
        out->name = t->name != NULL && *t->name != '\0' ? arena_strdup(w->arena, t->name) : NULL;
    }
    s->from = ARENA_ARRAY(w->arena, struct from_item *, stmt->n_from_clause + 1);
    for (size_t i = 0; i < stmt->n_from_clause; i++) {
        s->from[s->nfrom++] = walk_from(w, stmt->from_clause[i]);
    }
    s->where = stmt->where_clause != NULL ? walk_expr(w, stmt->where_clause) : NULL;
    walk_group(w, s, stmt);
    s->having = stmt->having_clause != NULL ? walk_expr(w, stmt->having_clause) : NULL;
    return s;
}

/* libpg_query counts bytes from 0, errors in characters from 1. */
static bool parse_failed(struct err *e, const PgQueryError *error)
{
    err_set(e, ERR_SYNTAX, "%s", error->message);
    e->position = error->cursorpos;
    return false;
}

bool parse_select(struct arena *a, const char *sql, struct select **out, const char **reason, struct err *e)
{
    *out = NULL;
    *reason = NULL;
    PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(sql);
    if (parsed.error != NULL) {
        parse_failed(e, parsed.error);
        pg_query_free_protobuf_parse_result(parsed);
        return false;
    }
    PgQuery__ParseResult *tree =
        pg_query__parse_result__unpack(NULL, parsed.parse_tree.len, (const uint8_t *)parsed.parse_tree.data);
    pg_query_free_protobuf_parse_result(parsed);
    struct walk w = {.arena = a};
    bool ok = tree != NULL && tree->n_stmts == 1 &&
              tree->stmts[0]->stmt->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
    if (ok) {
        *out = walk_select(&w, tree->stmts[0]->stmt->select_stmt);
        *reason = w.reason;
    } else {
        err_set(e, ERR_SYNTAX, "not one SELECT statement");
    }
    if (tree != NULL) {
        pg_query__parse_result__free_unpacked(tree, NULL);
    }
    return ok;
}
