/*
 * Nodes to SQL. What is written means the same under every search_path and precedence: operators and
 * functions carry their schema, and every operation stands in parentheses.
 */
#ifndef WEIR_IVM_EMIT_EMIT_H
#define WEIR_IVM_EMIT_EMIT_H

#include "algebra/block.h"
#include "base/str.h"

/* Writes what only the reader knows how to write: EXPR_REF, EXPR_KEY, EXPR_RESULT, EXPR_COLUMN, and
 * subqueries. */
typedef void emit_ref_fn(struct str *s, const struct expr *e, const void *ctx);

void emit_expr(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx);

/* Sort keys with commas between them; a window as OVER has it: a name, or (...); always (...). */
void emit_sort_keys(struct str *s, const struct sort_key *keys, int n, emit_ref_fn *ref, const void *ctx);
void emit_window(struct str *s, const struct window *w, emit_ref_fn *ref, const void *ctx);
void emit_window_definition(struct str *s, const struct window *w, emit_ref_fn *ref, const void *ctx);

/*
 * How a parsed SELECT is written.
 *
 * `table` writes what stands for a FROM_TABLE item: its name, or a subquery in parentheses, without an alias.
 * The alias is written by the emitter: the item's own, and where it has none and other than the name stands
 * in the table's place, the table's name. ONLY is the callback's to write. `column` writes an EXPR_COLUMN; an
 * unnamed column of the result keeps its name.
 */
struct select_writer {
    void (*table)(struct str *s, const struct from_item *f, void *ctx); /* NULL: the name as written */
    void (*column)(struct str *s, const struct expr *e, void *ctx); /* NULL: the name as written, quoted */
    void *ctx;
};
void emit_select(struct str *s, const struct select *q, const struct select_writer *w);
void emit_select_expr(struct str *s, const struct expr *e, const struct select_writer *w);
void emit_from(struct str *s, const struct from_item *f, const struct select_writer *w);

/* A block as a SELECT, not normalised; its FROM clause with a leading blank; an expression below its
 * aggregate. */
const char *emit_block(struct arena *a, const struct block *b);
const char *emit_block_from(struct arena *a, const struct block *b);
void emit_block_expr(struct str *s, const struct block *b, const struct expr *e);

#endif
