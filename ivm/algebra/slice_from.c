/*
 * The FROM clause of a SELECT in a slice: every element becomes a node, everything that rows come from a
 * leaf.
 *
 * A subquery that stands for itself and is more than rows of tables put together becomes a part: it is kept
 * by a plan of its own and read like a table. All others stay in place; so does every query when one is read
 * as a row: a part's rows have a column more.
 */
#include "algebra/slice_place.h"

#include <string.h>

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

bool build_is_simple(const struct select *s)
{
    bool more = s->operation != SET_NONE || s->nvalues > 0 || s->grouped || s->having != NULL ||
                s->distinct || s->limit != NULL || s->offset != NULL || s->recursive;
    for (int i = 0; i < s->ntargets; i++) {
        expr_visit(s->targets[i].expr, build_finds, &more);
    }
    return !more;
}

struct block *build_alone(struct building *b, const struct select *s, struct with_scope *with)
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

void build_from(struct place *x, struct select *s)
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
    build_nullable(x->level->root, false);
}
