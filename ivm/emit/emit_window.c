/* Sort keys and windows. */
#include "emit/emit.h"

#include "base/sql.h"

void emit_sort_keys(struct str *s, const struct sort_key *keys, int n, emit_ref_fn *ref, const void *ctx)
{
    for (int i = 0; i < n; i++) {
        str_add(s, i > 0 ? ", " : "");
        emit_expr(s, keys[i].expr, ref, ctx);
        str_add(s, keys[i].suffix);
    }
}

static void emit_bound(struct str *s, const struct expr *offset, const char *words, emit_ref_fn *ref,
                       const void *ctx)
{
    if (offset != NULL) {
        emit_expr(s, offset, ref, ctx);
        str_add(s, " ");
    }
    str_add(s, words);
}

static void emit_frame(struct str *s, const struct window *w, emit_ref_fn *ref, const void *ctx)
{
    str_addf(s, "%s%s ", w->mode, w->end != NULL ? " BETWEEN" : "");
    emit_bound(s, w->start_offset, w->start, ref, ctx);
    if (w->end != NULL) {
        str_add(s, " AND ");
        emit_bound(s, w->end_offset, w->end, ref, ctx);
    }
    str_add(s, w->exclude);
}

void emit_window_definition(struct str *s, const struct window *w, emit_ref_fn *ref, const void *ctx)
{
    const char *blank = "";
    str_add(s, "(");
    if (w->base != NULL) {
        str_add(s, sql_ident(s->arena, w->base));
        blank = " ";
    }
    for (int i = 0; i < w->npartition; i++) {
        str_addf(s, "%s%s", i == 0 ? blank : ", ", i == 0 ? "PARTITION BY " : "");
        emit_expr(s, w->partition[i], ref, ctx);
        blank = " ";
    }
    if (w->norder > 0) {
        str_addf(s, "%sORDER BY ", blank);
        emit_sort_keys(s, w->order, w->norder, ref, ctx);
        blank = " ";
    }
    if (w->mode != NULL) {
        str_add(s, blank);
        emit_frame(s, w, ref, ctx);
    }
    str_add(s, ")");
}

void emit_window(struct str *s, const struct window *w, emit_ref_fn *ref, const void *ctx)
{
    if (w->name != NULL) {
        str_add(s, sql_ident(s->arena, w->name));
    } else {
        emit_window_definition(s, w, ref, ctx);
    }
}
