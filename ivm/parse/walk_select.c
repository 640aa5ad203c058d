/* libpg_query's SELECT to ours. */
#include "parse/walk.h"

#include "base/sql.h"
#include "base/str.h"

#include <string.h>

/* Quoted names with commas between them. */
static const char *walk_name_list(struct walk *w, size_t n, PgQuery__Node **names)
{
    struct str s;
    str_init(&s, w->arena);
    for (size_t i = 0; i < n; i++) {
        str_sep(&s, ", ");
        str_add(&s, sql_ident(w->arena, walk_string(w, names[i])));
    }
    return s.data;
}

static const char *walk_search(struct walk *w, const PgQuery__CTESearchClause *c)
{
    return c == NULL
               ? ""
               : sql_text(w->arena, " SEARCH {f:order} FIRST BY {f:columns} SET {i:sequence}",
                          SQL_TEXT("order", c->search_breadth_first ? "BREADTH" : "DEPTH"),
                          SQL_TEXT("columns", walk_name_list(w, c->n_search_col_list, c->search_col_list)),
                          SQL_TEXT("sequence", c->search_seq_column));
}

/* A mark is a constant, perhaps with its type: written type 'value', as a cast may not stand there. */
static const char *walk_mark(struct walk *w, const PgQuery__Node *n)
{
    struct expr *e = n != NULL ? walk_expr(w, n) : NULL;
    if (e != NULL && e->kind == EXPR_CONST) {
        return e->text;
    }
    if (e != NULL && e->kind == EXPR_CAST && e->args[0]->kind == EXPR_CONST) {
        return arena_printf(w->arena, "%s %s", e->text, e->args[0]->text);
    }
    walk_unsupported(w, "CYCLE");
    return "";
}

static const char *walk_cycle(struct walk *w, const PgQuery__CTECycleClause *c)
{
    return c == NULL
               ? ""
               : sql_text(w->arena,
                          " CYCLE {f:columns} SET {i:mark} TO {f:value} DEFAULT {f:default} USING {i:path}",
                          SQL_TEXT("columns", walk_name_list(w, c->n_cycle_col_list, c->cycle_col_list)),
                          SQL_TEXT("mark", c->cycle_mark_column),
                          SQL_TEXT("value", walk_mark(w, c->cycle_mark_value)),
                          SQL_TEXT("default", walk_mark(w, c->cycle_mark_default)),
                          SQL_TEXT("path", c->cycle_path_column));
}

static void walk_with_query(struct walk *w, struct with_query *q, const PgQuery__CommonTableExpr *cte)
{
    q->name = arena_strdup(w->arena, cte->ctename);
    q->columns = walk_names(w, cte->n_aliascolnames, cte->aliascolnames);
    q->ncolumns = (int)cte->n_aliascolnames;
    q->materialized =
        cte->ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways  ? WITH_MATERIALIZED
        : cte->ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever ? WITH_NOT_MATERIALIZED
                                                                                : WITH_DEFAULT;
    q->search = walk_search(w, cte->search_clause);
    q->cycle = walk_cycle(w, cte->cycle_clause);
    if (cte->ctequery != NULL && cte->ctequery->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
        q->select = walk_select(w, cte->ctequery->select_stmt);
    } else {
        q->select = ARENA_NEW(w->arena, struct select);
        walk_unsupported(w, "WITH query that writes");
    }
}

static void walk_with(struct walk *w, struct select *s, const PgQuery__WithClause *with)
{
    s->recursive = with->recursive;
    s->with = ARENA_ARRAY(w->arena, struct with_query, with->n_ctes + 1);
    for (size_t i = 0; i < with->n_ctes; i++) {
        walk_with_query(w, &s->with[s->nwith++], with->ctes[i]->common_table_expr);
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
        s->operation = stmt->all ? SET_UNION_ALL : SET_UNION;
        break;
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
        s->operation = stmt->all ? SET_INTERSECT_ALL : SET_INTERSECT;
        break;
    default:
        s->operation = stmt->all ? SET_EXCEPT_ALL : SET_EXCEPT;
        break;
    }
    if (s->operation == SET_UNION_ALL) {
        walk_arms(w, s, stmt->larg, 1);
    } else {
        s->arms = ARENA_ARRAY(w->arena, struct select *, 2);
        s->arms[s->narms++] = walk_select(w, stmt->larg);
    }
    s->arms[s->narms++] = walk_select(w, stmt->rarg);
}

static void walk_values(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    s->values = ARENA_ARRAY(w->arena, struct expr **, stmt->n_values_lists);
    for (size_t i = 0; i < stmt->n_values_lists; i++) {
        const PgQuery__List *row = stmt->values_lists[i]->list;
        s->values[s->nvalues++] = walk_list(w, row->n_items, row->items);
        s->values_width = (int)row->n_items;
    }
}

static void walk_distinct(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    s->distinct = stmt->n_distinct_clause > 0;
    /* Without ON the list holds one empty node. */
    if (s->distinct && stmt->distinct_clause[0]->node_case != PG_QUERY__NODE__NODE__NOT_SET) {
        s->distinct_on = walk_list(w, stmt->n_distinct_clause, stmt->distinct_clause);
        s->ndistinct_on = (int)stmt->n_distinct_clause;
    }
}

static void walk_targets(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    s->targets = ARENA_ARRAY(w->arena, struct target, stmt->n_target_list + 1);
    for (size_t i = 0; i < stmt->n_target_list; i++) {
        const PgQuery__ResTarget *t = stmt->target_list[i]->res_target;
        struct target *out = &s->targets[s->ntargets++];
        out->expr = walk_expr(w, t->val);
        out->name = t->name != NULL && *t->name != '\0' ? arena_strdup(w->arena, t->name) : NULL;
    }
}

static void walk_query(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    walk_distinct(w, s, stmt);
    walk_targets(w, s, stmt);
    s->from = ARENA_ARRAY(w->arena, struct from_item *, stmt->n_from_clause + 1);
    for (size_t i = 0; i < stmt->n_from_clause; i++) {
        s->from[s->nfrom++] = walk_from(w, stmt->from_clause[i]);
    }
    s->where = stmt->where_clause != NULL ? walk_expr(w, stmt->where_clause) : NULL;
    s->group = walk_group(w, stmt->n_group_clause, stmt->group_clause);
    s->ngroup = (int)stmt->n_group_clause;
    s->grouped = stmt->n_group_clause > 0;
    s->group_distinct = stmt->group_distinct;
    s->having = stmt->having_clause != NULL ? walk_expr(w, stmt->having_clause) : NULL;
    s->windows = ARENA_ARRAY(w->arena, struct window, stmt->n_window_clause + 1);
    for (size_t i = 0; i < stmt->n_window_clause; i++) {
        s->windows[s->nwindows++] = *walk_window(w, stmt->window_clause[i]->window_def);
    }
}

/* What any kind of SELECT may end with. */
static void walk_tail(struct walk *w, struct select *s, const PgQuery__SelectStmt *stmt)
{
    s->order = walk_order(w, stmt->n_sort_clause, stmt->sort_clause);
    s->norder = (int)stmt->n_sort_clause;
    s->limit = stmt->limit_count != NULL ? walk_expr(w, stmt->limit_count) : NULL;
    s->offset = stmt->limit_offset != NULL ? walk_expr(w, stmt->limit_offset) : NULL;
    s->with_ties = stmt->limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
    if (stmt->n_locking_clause > 0) {
        walk_unsupported(w, "FOR UPDATE");
    }
    if (stmt->into_clause != NULL) {
        walk_unsupported(w, "SELECT INTO");
    }
}

struct select *walk_select(struct walk *w, const PgQuery__SelectStmt *stmt)
{
    struct select *s = ARENA_NEW(w->arena, struct select);
    s->location = -1;
    if (stmt->with_clause != NULL) {
        walk_with(w, s, stmt->with_clause);
    }
    if (stmt->op != PG_QUERY__SET_OPERATION__SETOP_NONE && stmt->larg != NULL) {
        walk_set_operation(w, s, stmt);
    } else if (stmt->n_values_lists > 0) {
        walk_values(w, s, stmt);
    } else {
        walk_query(w, s, stmt);
    }
    walk_tail(w, s, stmt);
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
    return parse_select_knowing(a, sql, NULL, 0, out, reason, e);
}

bool parse_select_knowing(struct arena *a, const char *sql, const char *const *aggregates, int naggregates,
                          struct select **out, const char **reason, struct err *e)
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
    struct walk w = {.arena = a, .sql = sql, .aggregates = aggregates, .naggregates = naggregates};
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
