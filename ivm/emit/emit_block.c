/* Blocks as they are, for questions to PostgreSQL about types. Items are t1, t2...; columns of subqueries c1,
 * c2... */
#include "emit/emit.h"

#include "algebra/slice.h"
#include "base/sql.h"

static void block_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct block *b = ctx;
    if (e->kind == EXPR_REF) {
        const struct ivm_relation *rel = b->items[e->input].relation;
        str_addf(s, "t%d.", e->input + 1);
        if (rel != NULL) {
            str_add(s, sql_ident(s->arena, rel->columns[e->column].name));
        } else {
            str_addf(s, "c%d", e->column + 1);
        }
    } else if (e->kind == EXPR_KEY) {
        emit_expr(s, b->keys.items[e->column], block_ref, b);
    } else if (e->kind == EXPR_RESULT) {
        emit_expr(s, b->aggregates[e->column].call, block_ref, b);
    }
}

void emit_block_expr(struct str *s, const struct block *b, const struct expr *e)
{
    emit_expr(s, e, block_ref, b);
}

const char *emit_block_from(struct arena *a, const struct block *b)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < b->nitems; i++) {
        const struct item *item = &b->items[i];
        str_add(&s, i == 0 ? " FROM " : ", ");
        if (item->relation != NULL) {
            str_addf(&s, "%s AS t%d", sql_qualified(a, item->relation->schema, item->relation->name), i + 1);
            continue;
        }
        str_addf(&s, "(%s) AS t%d(", emit_block(a, item->block), i + 1);
        for (int c = 0; c < item->block->nouts; c++) {
            str_addf(&s, "%sc%d", c > 0 ? ", " : "", c + 1);
        }
        str_add(&s, ")");
    }
    for (int i = 0; i < b->repeats.n; i++) {
        str_add(&s, ", pg_catalog.generate_series(1, ");
        emit_block_expr(&s, b, b->repeats.items[i]);
        str_addf(&s, ") AS s%d", i + 1);
    }
    return s.data;
}

static void block_list(struct str *s, const struct block *b, const char *word, const char *separator,
                       const struct expr_list *l)
{
    for (int i = 0; i < l->n; i++) {
        str_add(s, i == 0 ? word : separator);
        emit_block_expr(s, b, l->items[i]);
    }
}

/* A leaf's query in its place, its columns by the leaf's names. */
static void block_leaf(struct str *s, const struct from_item *f, void *ctx)
{
    const struct leaf *leaf = f->leaf;
    (void)ctx;
    if (leaf->block == NULL) {
        str_add(s, sql_qualified(s->arena, leaf->relation->schema, leaf->relation->name));
        return;
    }
    str_addf(s, "(SELECT q.*, bigint '0' AS weir_id FROM (%s) q(", emit_block(s->arena, leaf->block));
    for (int i = 0; i < leaf->block->nouts; i++) {
        str_addf(s, "%s%s", i > 0 ? ", " : "", sql_ident(s->arena, leaf->names[i]));
    }
    str_add(s, "))");
}

const char *emit_block(struct arena *a, const struct block *b)
{
    struct str s;
    str_init(&s, a);
    if (b->slice != NULL) {
        struct select_writer w = {.table = block_leaf};
        emit_select(&s, b->slice->top->select, &w);
        return s.data;
    }
    for (int i = 0; i < b->narms; i++) {
        str_addf(&s, "%s(%s)", i > 0 ? " UNION ALL " : "", emit_block(a, b->arms[i]));
    }
    if (b->narms > 0) {
        return s.data;
    }
    str_add(&s, "SELECT ");
    for (int i = 0; i < b->nouts; i++) {
        str_add(&s, i > 0 ? ", " : "");
        emit_block_expr(&s, b, b->outs[i].expr);
    }
    str_add(&s, emit_block_from(a, b));
    block_list(&s, b, " WHERE ", " AND ", &b->conditions);
    if (b->aggregated) {
        block_list(&s, b, " GROUP BY ", ", ", &b->keys);
        block_list(&s, b, " HAVING ", " AND ", &b->having);
    }
    return s.data;
}
