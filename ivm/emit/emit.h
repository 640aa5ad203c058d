/*
 * Nodes to SQL. What is written means the same under every search_path and precedence: operators and
 * functions carry their schema, and every operation stands in parentheses.
 */
#ifndef WEIR_IVM_EMIT_EMIT_H
#define WEIR_IVM_EMIT_EMIT_H

#include "algebra/block.h"
#include "base/str.h"

/* Writes a reference (EXPR_REF, EXPR_KEY, EXPR_RESULT): only the reader knows what they are called. */
typedef void emit_ref_fn(struct str *s, const struct expr *e, const void *ctx);

void emit_expr(struct str *s, const struct expr *e, emit_ref_fn *ref, const void *ctx);

/* A block as a SELECT, not normalised; its FROM clause with a leading blank; an expression below its
 * aggregate. */
const char *emit_block(struct arena *a, const struct block *b);
const char *emit_block_from(struct arena *a, const struct block *b);
void emit_block_expr(struct str *s, const struct block *b, const struct expr *e);

#endif
