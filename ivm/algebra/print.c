/* The operator tree for people: EXPLAIN STREAM TABLE and the golden tests show it. */
#include "algebra/slice.h"

#include "base/str.h"
#include "emit/emit.h"

static const char *const function_names[] = {"count", "sum", "avg", "min", "max"};

static void print_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct block *b = ctx;
    if (e->kind == EXPR_KEY) {
        emit_expr(s, b->keys.items[e->column], print_ref, b);
    } else if (e->kind == EXPR_RESULT) {
        str_addf(s, "#%d", e->column + 1);
    } else if (e->kind == EXPR_REF) {
        const struct item *item = &b->items[e->input];
        const char *name = item->relation != NULL ? item->relation->columns[e->column].name
                                                  : item->block->outs[e->column].name;
        str_addf(s, "%d.%s", e->input + 1, name);
    }
}

static void print_line(struct str *s, int depth, const char *word)
{
    str_sep(s, "\n");
    str_addf(s, "%*s%s", depth * 2, "", word);
}

static void print_list(struct str *s, const struct block *b, const char *separator, const struct expr_list *l)
{
    for (int i = 0; i < l->n; i++) {
        str_add(s, i > 0 ? separator : " ");
        emit_expr(s, l->items[i], print_ref, b);
    }
}

static void print_aggregates(struct str *s, const struct block *b)
{
    for (int i = 0; i < b->naggregates; i++) {
        const struct aggregate *g = &b->aggregates[i];
        if (g->function == AGGREGATE_OTHER) {
            str_addf(s, "%s #%d = ", i > 0 ? "," : ":", i + 1);
            emit_expr(s, g->call, print_ref, b);
            continue;
        }
        str_addf(s, "%s #%d = %s(%s", i > 0 ? "," : ":", i + 1, function_names[g->function],
                 g->distinct ? "DISTINCT " : "");
        if (g->argument != NULL) {
            emit_expr(s, g->argument, print_ref, b);
        } else {
            str_add(s, "*");
        }
        str_add(s, ")");
        if (g->filter != NULL) {
            str_add(s, " where ");
            emit_expr(s, g->filter, print_ref, b);
        }
        if (g->type != NULL) {
            str_addf(s, " of %s", g->type);
        }
    }
}

static void print_block(struct str *s, const struct block *b, int depth);

static void print_items(struct str *s, const struct block *b, int depth)
{
    if (b->nitems > 1) {
        print_line(s, depth++, "join");
    }
    if (b->nitems == 0) {
        print_line(s, depth, "one row");
    }
    for (int i = 0; i < b->nitems; i++) {
        const struct ivm_relation *rel = b->items[i].relation;
        if (rel != NULL) {
            print_line(s, depth, "scan");
            str_addf(s, " %s.%s as %d", rel->schema, rel->name, i + 1);
        } else {
            print_line(s, depth, "subquery");
            str_addf(s, " as %d", i + 1);
            print_block(s, b->items[i].block, depth + 1);
        }
    }
}

/* A part is shown below the query that reads it, under the name that it has there. */
static void print_slice(struct str *s, const struct slice *slice, int depth)
{
    struct select_writer names = {.table = NULL};
    print_line(s, depth++, slice->nkeys > 0 ? "slices by" : "one slice");
    for (int i = 0; i < slice->nkeys; i++) {
        str_add(s, i > 0 ? ", " : " ");
        emit_select_expr(s, slice->keys[i].shown, &names);
    }
    print_line(s, depth, "");
    emit_select(s, slice->top->select, &names);
    for (int i = 0; i < slice->nleaves; i++) {
        if (slice->leaves[i]->block != NULL) {
            print_line(s, depth, "subquery ");
            str_add(s, slice->leaves[i]->alias);
            print_block(s, slice->leaves[i]->block, depth + 1);
        }
    }
}

static void print_block(struct str *s, const struct block *b, int depth)
{
    if (b->narms > 0) {
        print_line(s, depth, "union all");
        for (int i = 0; i < b->narms; i++) {
            print_block(s, b->arms[i], depth + 1);
        }
        return;
    }
    if (b->slice != NULL) {
        print_slice(s, b->slice, depth);
        return;
    }
    print_line(s, depth++, "project");
    for (int i = 0; i < b->nouts; i++) {
        str_add(s, i > 0 ? ", " : " ");
        emit_expr(s, b->outs[i].expr, print_ref, b);
    }
    if (b->having.n > 0) {
        print_line(s, depth++, "filter");
        print_list(s, b, " AND ", &b->having);
    }
    if (b->aggregated) {
        print_line(s, depth++, b->keys.n > 0 ? "aggregate by" : "aggregate");
        print_list(s, b, ", ", &b->keys);
        print_aggregates(s, b);
    }
    if (b->repeats.n > 0) {
        print_line(s, depth++, "repeat");
        print_list(s, b, ", ", &b->repeats);
    }
    if (b->conditions.n > 0) {
        print_line(s, depth++, "filter");
        print_list(s, b, " AND ", &b->conditions);
    }
    print_items(s, b, depth);
}

const char *block_print(struct arena *a, const struct block *b)
{
    struct str s;
    str_init(&s, a);
    print_block(&s, b, 0);
    return s.data;
}
