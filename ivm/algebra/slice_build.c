/*
 * A SELECT as it is written, with its names resolved: every SELECT in it becomes a level, every element of a
 * FROM clause a node, everything that rows come from a leaf. What is built is a copy: the text that is run,
 * with WITH queries in the place of their names.
 *
 * A subquery in FROM that stands for itself and is more than rows of tables put together becomes a part: it
 * is kept by a plan of its own and read like a table. All others stay in place; so does every query when one
 * is read as a row: a part's rows have a column more.
 */
#include "algebra/slice.h"

#include <string.h>

struct building {
    struct resolve *r;
    struct slice *slice;
    const struct with_scope *given; /* WITH queries around it */
    bool in_place;                  /* no parts */
    struct aggregated *aggregated;  /* in the arguments of these it stands, innermost first */
};

/*
 * PostgreSQL tells from the columns in an aggregate's arguments which SELECT computes it: the innermost that
 * has one of them, or the one that it stands in when there is none. So sum(o.a) groups the query of o
 * wherever it stands; and count(*) FILTER (WHERE EXISTS (SELECT FROM w)) would do so too once w is its text
 * and not its name, if that reads o. Neither stays where a slice looks for it.
 */
struct aggregated {
    struct aggregated *outer;
    const struct level *level; /* that it stands in */
    bool own;                  /* it has a column of that */
    bool around;               /* one of a SELECT around that */
};

/* One level on its way. */
struct place {
    struct building *b;
    struct level *level;
    struct scope scope;
    struct with_scope *with;
    struct node *on; /* the join whose condition is being resolved */
    bool filters;    /* what is being resolved is a conjunct of WHERE */
    bool sorting;    /* ORDER BY may name an output */
};

static void build_level(struct building *b, struct level *l, const struct select *s,
                        const struct scope *outer, struct with_scope *with);

static struct level *build_level_new(struct building *b, struct level *outer, enum level_place place)
{
    struct level *l = ARENA_NEW(b->r->arena, struct level);
    l->outer = outer;
    l->place = place;
    return l;
}

/* --- expressions -------------------------------------------------------------------------------- */

static bool mark_used(const struct expr *e, void *ctx)
{
    struct slice *s = ctx;
    if (e->kind == EXPR_REF) {
        s->leaves[e->input]->used[e->column] = true;
    }
    return true;
}

static bool mark_counted(const struct expr *e, void *ctx)
{
    struct slice *s = ctx;
    if (e->kind == EXPR_REF) {
        s->leaves[e->input]->counted = true;
    }
    return mark_used(e, ctx);
}

static bool mark_aggregated(const struct expr *e, void *ctx)
{
    struct building *b = ctx;
    if (e->kind == EXPR_REF) {
        const struct level *level = b->slice->leaves[e->input]->level;
        for (struct aggregated *g = b->aggregated; g != NULL; g = g->outer) {
            const struct level *around = g->level->outer;
            while (around != NULL && around != level) {
                around = around->outer;
            }
            g->own = g->own || level == g->level;
            g->around = g->around || around != NULL;
        }
    }
    return true;
}

/* A whole row: every column of it. */
static struct expr *build_row(struct place *x, const struct expr *e)
{
    const char *name = e->names[e->nnames - 1];
    bool found = false;
    for (const struct scope *s = &x->scope; s != NULL && !found; s = s->outer) {
        for (int i = 0; i < s->nentries; i++) {
            const struct scope_entry *entry = &s->entries[i];
            bool it = entry->alias != NULL && strcmp(entry->alias, name) == 0;
            for (int c = 0; it && c < entry->ncolumns; c++) {
                expr_visit(entry->exprs[c], mark_counted, x->b->slice);
                expr_visit(entry->exprs[c], mark_aggregated, x->b);
            }
            found = found || it;
        }
    }
    if (!found) {
        resolve_stop(x->b->r, arena_printf(x->b->r->arena, "column %s", name));
    }
    return expr_copy(x->b->r->arena, e);
}

/* Columns of all scopes around; *stop when the name is in none. */
static struct expr *build_column(struct place *x, const struct expr *e)
{
    bool ambiguous = false;
    struct expr *means = NULL;
    if (e->star) {
        return build_row(x, e);
    }
    for (const struct scope *s = &x->scope; s != NULL && means == NULL && !ambiguous; s = s->outer) {
        means = scope_find(s, e, &ambiguous);
    }
    if (means == NULL && !x->sorting) {
        resolve_stop(x->b->r, arena_printf(x->b->r->arena, "column %s", e->names[e->nnames - 1]));
    }
    struct expr *copy = expr_copy(x->b->r->arena, e);
    copy->means = means;
    expr_visit(means, mark_used, x->b->slice);
    expr_visit(means, mark_aggregated, x->b);
    return copy;
}

static struct expr *build_one(const struct expr *e, void *ctx);
static bool build_is_simple(const struct select *s);
static struct block *build_alone(struct building *b, const struct select *s, struct with_scope *with);

/*
 * A subquery that stands for itself and is more than rows put together, like a table in FROM: then it is kept
 * as a part, and what matters to the query around it is what changes in its rows. The order of an array's
 * elements would be lost.
 */
static const struct select *build_as_table(struct place *x, const struct expr *e)
{
    struct arena *a = x->b->r->arena;
    const struct select *s = e->select;
    if (e->kind == EXPR_ARRAY_SELECT || build_is_simple(s) || build_alone(x->b, s, x->with) == NULL) {
        return s;
    }
    struct select *outer = ARENA_NEW(a, struct select);
    struct from_item *f = ARENA_NEW(a, struct from_item);
    int n;
    const char **names = select_names(a, s, &n), **aliases = ARENA_ARRAY(a, const char *, n + 1);
    outer->targets = ARENA_ARRAY(a, struct target, n + 1);
    for (int i = 0; i < n; i++) {
        struct expr *column = expr_new(a, EXPR_COLUMN, -1);
        aliases[i] = arena_printf(a, "c%d", i + 1);
        column->names = ARENA_ARRAY(a, const char *, 2);
        column->names[column->nnames++] = "weir_s";
        column->names[column->nnames++] = aliases[i];
        outer->targets[outer->ntargets++] = (struct target){.expr = column, .name = names[i]};
    }
    *f = (struct from_item){.kind = FROM_SELECT,
                            .location = -1,
                            .alias = "weir_s",
                            .column_aliases = aliases,
                            .ncolumn_aliases = n,
                            .select = (struct select *)s};
    outer->location = -1;
    outer->from = ARENA_NEW(a, struct from_item *);
    outer->from[outer->nfrom++] = f;
    return outer;
}

static struct expr *build_subquery(struct place *x, const struct expr *e)
{
    struct arena *a = x->b->r->arena;
    bool filters = x->filters;
    struct expr *copy = expr_copy(a, e);
    x->filters = false;
    for (int i = 0; i < copy->nargs; i++) {
        copy->args[i] = expr_rewrite(a, copy->args[i], build_one, x);
    }
    struct level *l = build_level_new(x->b, x->level, LEVEL_EXPRESSION);
    l->link = slice_by_reference(a, copy);
    l->link_on = x->on;
    l->link_filters = filters;
    build_level(x->b, l, build_as_table(x, e), &x->scope, x->with);
    copy->select = l->select;
    return copy;
}

static struct expr *build_aggregate(struct place *x, struct expr *e)
{
    struct building *b = x->b;
    struct aggregated g = {.outer = b->aggregated, .level = x->level};
    b->aggregated = &g;
    struct expr *copy = expr_rewrite_below(b->r->arena, e, build_one, x);
    b->aggregated = g.outer;
    if (g.around && !g.own) {
        resolve_stop(b->r, "aggregate of an outer query");
    }
    return copy;
}

static struct expr *build_one(const struct expr *e, void *ctx)
{
    struct place *x = ctx;
    if (e->kind == EXPR_COLUMN) {
        return build_column(x, e);
    }
    if (expr_is_subquery(e)) {
        return build_subquery(x, e);
    }
    x->filters = false;
    return e->kind == EXPR_AGGREGATE ? build_aggregate(x, (struct expr *)e) : NULL;
}

static struct expr *build_expr(struct place *x, struct expr *e)
{
    return e == NULL ? NULL : expr_rewrite(x->b->r->arena, e, build_one, x);
}

static struct expr **build_exprs(struct place *x, struct expr **list, int n)
{
    struct expr **copy = ARENA_ARRAY(x->b->r->arena, struct expr *, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = build_expr(x, list[i]);
    }
    return copy;
}

static struct expr *by_reference(const struct expr *e, void *ctx)
{
    (void)ctx;
    return e->kind == EXPR_COLUMN ? e->means : NULL;
}

struct expr *slice_by_reference(struct arena *a, struct expr *e)
{
    return expr_rewrite(a, e, by_reference, NULL);
}

/* --- FROM --------------------------------------------------------------------------------------- */

static struct leaf *build_leaf(struct place *x, int ncolumns)
{
    struct arena *a = x->b->r->arena;
    struct slice *s = x->b->slice;
    struct leaf *leaf = ARENA_NEW(a, struct leaf);
    leaf->number = s->nleaves;
    leaf->level = x->level;
    leaf->source = -1;
    leaf->ncolumns = ncolumns;
    leaf->names = ARENA_ARRAY(a, const char *, ncolumns + 1);
    leaf->used = ARENA_ARRAY(a, bool, ncolumns + 1);
    s->leaves = arena_grow(a, s->leaves, s->nleaves, &s->leaves_cap, sizeof(struct leaf *));
    s->leaves[s->nleaves++] = leaf;
    return leaf;
}

/* Makes the leaf's columns visible, renamed as far as column aliases go. */
static void build_show(struct place *x, struct from_item *f, struct leaf *leaf)
{
    struct arena *a = x->b->r->arena;
    struct scope_entry *e = scope_add(a, &x->scope, f->alias != NULL ? f->alias : f->name, leaf->ncolumns);
    e->schema = f->alias == NULL ? f->schema : NULL;
    leaf->alias = f->alias != NULL ? f->alias : f->name;
    for (int i = 0; i < leaf->ncolumns; i++) {
        if (i < f->ncolumn_aliases) {
            leaf->names[i] = f->column_aliases[i];
        }
        e->names[i] = leaf->names[i];
        e->exprs[i] = expr_ref(a, leaf->number, i);
    }
    f->leaf = leaf;
}

static bool build_finds(const struct expr *e, void *ctx)
{
    bool *found = ctx;
    *found = *found || e->kind == EXPR_AGGREGATE || e->kind == EXPR_WINDOW || e->kind == EXPR_GROUPING ||
             expr_is_set_returning(e);
    return !*found;
}

/* Rows of tables put together, row by row: nothing that has to be kept. */
static bool build_is_simple(const struct select *s)
{
    bool more = s->operation != SET_NONE || s->nvalues > 0 || s->grouped || s->having != NULL ||
                s->distinct || s->limit != NULL || s->offset != NULL || s->recursive;
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, build_finds, &more);
    }
    return !more;
}

/* The block of a query that stands for itself; NULL when it does not, or has none. */
static struct block *build_alone(struct building *b, const struct select *s, struct with_scope *with)
{
    struct resolve alone = *b->r;
    if (b->in_place) {
        return NULL;
    }
    struct block *block = resolve_select(&alone, s, NULL, with);
    bool constant = block != NULL && block->slice != NULL && slice_is_constant(block->slice);
    return alone.reason == NULL && !constant ? block : NULL;
}

/* A query in FROM: a part when it can be one, else kept in place. */
static void build_query(struct place *x, struct from_item *f, const struct select *s, struct block *block,
                        const struct scope *outer, struct with_scope *with)
{
    int n;
    const char **names = select_names(x->b->r->arena, s, &n);
    struct leaf *leaf = build_leaf(x, block != NULL ? n + 1 : n);
    memcpy(leaf->names, names, sizeof *names * (size_t)n);
    if (block != NULL) {
        leaf->names[n] = "weir_id";
        leaf->block = block;
        f->kind = FROM_TABLE;
        f->schema = NULL;
        f->name = f->alias;
        f->lateral = false;
    } else {
        leaf->inner = build_level_new(x->b, x->level, LEVEL_FROM);
        leaf->inner->leaf = leaf;
        build_level(x->b, leaf->inner, s, outer, with);
        f->kind = FROM_SELECT;
        f->select = leaf->inner->select;
    }
    build_show(x, f, leaf);
}

/* The columns around a WITH query, as its place names them. One that was in sight before this slice was begun
 * stands in a query that is being resolved elsewhere: its columns are none of this slice's leaves. */
static const struct scope *build_with_columns(const struct building *b, const struct with_scope *w)
{
    for (const struct with_scope *given = b->given; given != NULL; given = given->outer) {
        if (given == w) {
            return NULL;
        }
    }
    return w->columns;
}

static void build_with(struct place *x, struct from_item *f, struct with_scope *w)
{
    struct arena *a = x->b->r->arena;
    const struct with_query *q = w->query;
    int n = f->ncolumn_aliases > q->ncolumns ? f->ncolumn_aliases : q->ncolumns;
    const char **aliases = ARENA_ARRAY(a, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        aliases[i] = i < f->ncolumn_aliases ? f->column_aliases[i] : q->columns[i];
    }
    f->alias = f->alias != NULL ? f->alias : f->name;
    f->column_aliases = aliases;
    f->ncolumn_aliases = n;
    struct resolve alone = *x->b->r;
    bool in_place = x->b->in_place || build_is_simple(q->select);
    struct block *block = in_place ? NULL : resolve_with_block(&alone, w);
    build_query(x, f, q->select, alone.reason == NULL ? block : NULL, build_with_columns(x->b, w),
                w->visible);
}

static void build_facade(struct place *x, struct from_item *f, const struct ivm_relation *rel)
{
    struct select *s = resolve_definition(x->b->r, rel);
    if (s != NULL) {
        f->alias = f->alias != NULL ? f->alias : f->name;
        build_query(x, f, s, build_is_simple(s) ? NULL : build_alone(x->b, s, NULL), NULL, NULL);
        resolve_definition_done(x->b->r);
    }
}

static void build_table(struct place *x, struct from_item *f)
{
    struct resolve *r = x->b->r;
    struct with_scope *w = f->schema == NULL ? resolve_with_find(x->with, f->name) : NULL;
    const struct ivm_relation *rel = w == NULL ? resolve_relation(r->query, f->schema, f->name) : NULL;
    if (w != NULL) {
        build_with(x, f, w);
    } else if (rel == NULL) {
        resolve_stop(r, arena_printf(r->arena, "relation %s", f->name));
    } else if (f->only) {
        resolve_stop(r, "ONLY");
    } else if (rel->definition != NULL) {
        build_facade(x, f, rel);
    } else if (rel->no_capture != NULL) {
        resolve_stop(r, arena_printf(r->arena, "%s.%s: %s", rel->schema, rel->name, rel->no_capture));
    } else {
        struct leaf *leaf = build_leaf(x, rel->ncolumns);
        leaf->relation = rel;
        for (int i = 0; i < rel->ncolumns; i++) {
            leaf->names[i] = rel->columns[i].name;
        }
        build_show(x, f, leaf);
    }
}

/* Canonical text names the columns of every function. */
static void build_function(struct place *x, struct from_item *f)
{
    int n = f->ndefinitions > f->ncolumn_aliases ? f->ndefinitions : f->ncolumn_aliases;
    struct leaf *leaf = build_leaf(x, n > 0 ? n : 1);
    struct from_function *functions = ARENA_ARRAY(x->b->r->arena, struct from_function, f->nfunctions + 1);
    leaf->names[0] = f->alias;
    for (int i = 0; i < f->ndefinitions; i++) {
        leaf->names[i] = f->definitions[i].name;
    }
    for (int i = 0; i < f->nfunctions; i++) {
        functions[i] = f->functions[i];
        functions[i].call = build_expr(x, f->functions[i].call);
    }
    f->functions = functions;
    build_show(x, f, leaf);
}

static struct node *build_node(struct place *x, struct from_item **item);

/* The alias of a join numbers the columns of all that stands in it, and hides their names. */
static void build_join_alias(const struct node *n)
{
    if (n->left != NULL) {
        build_join_alias(n->left);
        build_join_alias(n->right);
    } else if (n->leaf != NULL) {
        n->leaf->counted = n->leaf->hidden = true;
    }
}

static struct node *build_join(struct place *x, struct from_item *f)
{
    struct arena *a = x->b->r->arena;
    struct node *node = ARENA_NEW(a, struct node);
    struct expr **merged = ARENA_ARRAY(a, struct expr *, f->nusing + 1);
    int first = x->scope.nentries;
    node->join = f->join;
    node->left = build_node(x, &f->left);
    int middle = x->scope.nentries;
    node->right = build_node(x, &f->right);
    node->left->up = node->right->up = node;
    for (int i = 0; i < f->nusing; i++) {
        struct expr *l = scope_side(&x->scope, first, middle, f->using_columns[i]);
        struct expr *r = scope_side(&x->scope, middle, x->scope.nentries, f->using_columns[i]);
        if (l == NULL || r == NULL) {
            resolve_stop(x->b->r, "JOIN USING");
            return node;
        }
        expr_list_add(a, &node->on, resolve_equal(a, l, r));
        expr_visit(node->on.items[i], mark_used, x->b->slice);
        merged[i] = f->join == JOIN_RIGHT ? r : l;
        if (f->join == JOIN_FULL) {
            merged[i] = expr_new(a, EXPR_COALESCE, -1);
            merged[i]->args = ARENA_ARRAY(a, struct expr *, 2);
            merged[i]->args[merged[i]->nargs++] = l;
            merged[i]->args[merged[i]->nargs++] = r;
        }
    }
    x->on = node;
    f->on = build_expr(x, f->on);
    x->on = NULL;
    expr_list_conjuncts(a, &node->on, slice_by_reference(a, f->on));
    if (f->alias != NULL) {
        build_join_alias(node);
    }
    scope_join(a, &x->scope, f, first, merged);
    return node;
}

static struct node *build_node(struct place *x, struct from_item **item)
{
    struct arena *a = x->b->r->arena;
    struct from_item *f = ARENA_NEW(a, struct from_item);
    *f = **item;
    *item = f;
    struct node *node;
    if (f->kind == FROM_JOIN) {
        node = build_join(x, f);
    } else {
        bool alone = f->kind == FROM_SELECT && !build_is_simple(f->select);
        switch (f->kind) {
        case FROM_TABLE:
            build_table(x, f);
            break;
        case FROM_FUNCTION:
            build_function(x, f);
            break;
        default:
            build_query(x, f, f->select, alone ? build_alone(x->b, f->select, x->with) : NULL,
                        f->lateral ? &x->scope : x->scope.outer, x->with);
        }
        node = ARENA_NEW(a, struct node);
        node->leaf = f->leaf;
        if (f->leaf != NULL) {
            f->leaf->node = node;
        }
    }
    node->number = x->b->slice->nnodes++;
    return node;
}

static void build_from(struct place *x, struct select *s)
{
    struct arena *a = x->b->r->arena;
    struct from_item **from = ARENA_ARRAY(a, struct from_item *, s->nfrom + 1);
    for (int i = 0; i < s->nfrom; i++) {
        from[i] = s->from[i];
        struct node *node = build_node(x, &from[i]);
        if (x->level->root == NULL) {
            x->level->root = node;
            continue;
        }
        struct node *both = ARENA_NEW(a, struct node);
        *both = (struct node){.left = x->level->root, .right = node, .number = x->b->slice->nnodes++};
        both->left->up = both->right->up = both;
        x->level->root = both;
    }
    s->from = from;
}

/* A side of an outer join whose rows may be missing, and all below it. */
static void build_nullable(struct node *n, bool nullable)
{
    if (n == NULL) {
        return;
    }
    n->nullable = nullable;
    build_nullable(n->left, nullable || n->join == JOIN_RIGHT || n->join == JOIN_FULL);
    build_nullable(n->right, nullable || n->join == JOIN_LEFT || n->join == JOIN_FULL);
}

/* --- a level ------------------------------------------------------------------------------------ */

static struct sort_key *build_sort(struct place *x, const struct sort_key *keys, int n)
{
    struct sort_key *copy = ARENA_ARRAY(x->b->r->arena, struct sort_key, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = (struct sort_key){.expr = build_expr(x, keys[i].expr), .suffix = keys[i].suffix};
    }
    return copy;
}

static struct window *build_windows(struct place *x, const struct window *windows, int n)
{
    struct window *copy = ARENA_ARRAY(x->b->r->arena, struct window, n + 1);
    for (int i = 0; i < n; i++) {
        copy[i] = windows[i];
        copy[i].partition = build_exprs(x, windows[i].partition, windows[i].npartition);
        copy[i].order = build_sort(x, windows[i].order, windows[i].norder);
        copy[i].start_offset = build_expr(x, windows[i].start_offset);
        copy[i].end_offset = build_expr(x, windows[i].end_offset);
    }
    return copy;
}

/* WHERE conjunct by conjunct: a subquery that is one of them only has to be told from true. */
static struct expr *build_where(struct place *x, struct expr *where)
{
    struct arena *a = x->b->r->arena;
    struct expr_list conjuncts = {0};
    expr_list_conjuncts(a, &conjuncts, where);
    for (int i = 0; i < conjuncts.n; i++) {
        x->filters = true;
        conjuncts.items[i] = build_expr(x, conjuncts.items[i]);
        x->filters = false;
        expr_list_add(a, &x->level->where, slice_by_reference(a, conjuncts.items[i]));
    }
    if (conjuncts.n < 2) {
        return conjuncts.n == 0 ? NULL : conjuncts.items[0];
    }
    struct expr *all = expr_new(a, EXPR_AND, -1);
    all->args = conjuncts.items;
    all->nargs = conjuncts.n;
    return all;
}

static void build_targets(struct place *x, struct select *s)
{
    struct arena *a = x->b->r->arena;
    struct target *targets = ARENA_ARRAY(a, struct target, s->ntargets + 1);
    x->level->nouts = s->ntargets;
    x->level->outs = ARENA_ARRAY(a, struct expr *, s->ntargets + 1);
    for (int i = 0; i < s->ntargets; i++) {
        targets[i].name = select_target_name(&s->targets[i]);
        targets[i].expr = build_expr(x, s->targets[i].expr);
        x->level->outs[i] = slice_by_reference(a, targets[i].expr);
    }
    s->targets = targets;
}

static void build_arms(struct place *x, struct select *s)
{
    struct select **arms = ARENA_ARRAY(x->b->r->arena, struct select *, s->narms + 1);
    for (int i = 0; i < s->narms; i++) {
        struct level *arm = build_level_new(x->b, x->level, LEVEL_ARM);
        build_level(x->b, arm, s->arms[i], x->scope.outer, x->with);
        arms[i] = arm->select;
    }
    s->arms = arms;
    select_names(x->b->r->arena, s, &x->level->nouts);
}

static void build_values(struct place *x, struct select *s)
{
    struct expr ***values = ARENA_ARRAY(x->b->r->arena, struct expr **, s->nvalues + 1);
    for (int i = 0; i < s->nvalues; i++) {
        values[i] = build_exprs(x, s->values[i], s->values_width);
    }
    s->values = values;
    x->level->nouts = s->values_width;
}

static void build_level(struct building *b, struct level *l, const struct select *given,
                        const struct scope *outer, struct with_scope *with)
{
    struct arena *a = b->r->arena;
    struct place x = {.b = b, .level = l, .scope = {.outer = outer}};
    struct select *s = ARENA_NEW(a, struct select);
    *s = *given;
    l->select = s;
    l->simple = build_is_simple(s);
    if (s->recursive) {
        resolve_stop(b->r, "WITH RECURSIVE");
    }
    x.with = resolve_with_open(b->r, s, outer, with);
    s->nwith = 0;
    if (s->operation != SET_NONE) {
        build_arms(&x, s);
    } else if (s->nvalues > 0) {
        build_values(&x, s);
    } else {
        build_from(&x, s);
        build_nullable(l->root, false);
        s->where = build_where(&x, s->where);
        build_targets(&x, s);
    }
    s->group = build_exprs(&x, s->group, s->ngroup);
    s->having = build_expr(&x, s->having);
    s->windows = build_windows(&x, s->windows, s->nwindows);
    s->distinct_on = build_exprs(&x, s->distinct_on, s->ndistinct_on);
    s->limit = build_expr(&x, s->limit);
    s->offset = build_expr(&x, s->offset);
    x.sorting = true;
    if (l->place == LEVEL_TOP && s->limit == NULL && s->offset == NULL && s->ndistinct_on == 0) {
        s->norder = 0; /* it says nothing about a bag */
    }
    s->order = build_sort(&x, s->order, s->norder);
    slice_outputs(a, l);
}

static void build_slice(struct building *b, const struct select *s, struct with_scope *with)
{
    b->slice = ARENA_NEW(b->r->arena, struct slice);
    b->slice->top = build_level_new(b, NULL, LEVEL_TOP);
    build_level(b, b->slice->top, s, NULL, with);
}

static bool build_counts_part(const struct slice *s)
{
    bool counts = false;
    for (int i = 0; i < s->nleaves; i++) {
        counts = counts || (s->leaves[i]->block != NULL && s->leaves[i]->counted);
    }
    return counts;
}

struct block *slice_build(struct resolve *r, const struct select *s, struct with_scope *with)
{
    struct building b = {.r = r, .given = with};
    build_slice(&b, s, with);
    if (r->reason == NULL && build_counts_part(b.slice)) {
        b.in_place = true;
        build_slice(&b, s, with);
    }
    if (r->reason != NULL) {
        return NULL;
    }
    slice_find_keys(r->arena, b.slice);
    struct block *block = ARENA_NEW(r->arena, struct block);
    const char **names = select_names(r->arena, b.slice->top->select, &block->nouts);
    block->slice = b.slice;
    block->outs = ARENA_ARRAY(r->arena, struct out, block->nouts + 1);
    for (int i = 0; i < block->nouts; i++) {
        block->outs[i].name = names[i];
    }
    return block;
}

bool slice_is_constant(const struct slice *s)
{
    for (int i = 0; i < s->nleaves; i++) {
        if (s->leaves[i]->relation != NULL || s->leaves[i]->block != NULL) {
            return false;
        }
    }
    return true;
}
