/* Calls: functions, aggregates, window functions; sort keys and windows. */
#include "parse/walk.h"

#include "base/sql.h"

#include <string.h>

static const char *walk_use(struct walk *w, const PgQuery__SortBy *s)
{
    return arena_printf(w->arena, " USING %s", walk_operator(w, s->n_use_op, s->use_op));
}

struct sort_key *walk_order(struct walk *w, size_t n, PgQuery__Node **keys)
{
    struct sort_key *order = ARENA_ARRAY(w->arena, struct sort_key, n + 1);
    for (size_t i = 0; i < n; i++) {
        const PgQuery__SortBy *s = keys[i]->sort_by;
        const char *direction = s->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC    ? " DESC"
                                : s->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING ? walk_use(w, s)
                                                                                       : "";
        const char *nulls = s->sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST  ? " NULLS FIRST"
                            : s->sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST ? " NULLS LAST"
                                                                                            : "";
        order[i].expr = walk_expr(w, s->node);
        order[i].suffix = arena_printf(w->arena, "%s%s", direction, nulls);
    }
    return order;
}

/* PostgreSQL's bits of a frame clause (parsenodes.h), which libpg_query hands on as they are. */
enum {
    FRAME_NONDEFAULT = 0x00001,
    FRAME_RANGE = 0x00002,
    FRAME_ROWS = 0x00004,
    FRAME_BETWEEN = 0x00010,
    FRAME_EXCLUDE_CURRENT_ROW = 0x08000,
    FRAME_EXCLUDE_GROUP = 0x10000,
    FRAME_EXCLUDE_TIES = 0x20000,
};

/* The bit of a bound's form at the frame's start, at its end, and its words. */
static const struct {
    int start, end;
    const char *words;
} bounds[] = {
    {0x00020, 0x00040, "UNBOUNDED PRECEDING"}, {0x00080, 0x00100, "UNBOUNDED FOLLOWING"},
    {0x00200, 0x00400, "CURRENT ROW"},         {0x00800, 0x01000, "PRECEDING"},
    {0x02000, 0x04000, "FOLLOWING"},
};

static void walk_frame(struct walk *w, struct window *out, const PgQuery__WindowDef *d)
{
    int options = d->frame_options;
    if ((options & FRAME_NONDEFAULT) == 0) {
        return;
    }
    out->mode = (options & FRAME_RANGE) != 0 ? "RANGE" : (options & FRAME_ROWS) != 0 ? "ROWS" : "GROUPS";
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        out->start = (options & bounds[i].start) != 0 ? bounds[i].words : out->start;
        if ((options & FRAME_BETWEEN) != 0 && (options & bounds[i].end) != 0) {
            out->end = bounds[i].words;
        }
    }
    out->start_offset = d->start_offset != NULL ? walk_expr(w, d->start_offset) : NULL;
    out->end_offset = d->end_offset != NULL ? walk_expr(w, d->end_offset) : NULL;
    out->exclude = (options & FRAME_EXCLUDE_CURRENT_ROW) != 0 ? " EXCLUDE CURRENT ROW"
                   : (options & FRAME_EXCLUDE_GROUP) != 0     ? " EXCLUDE GROUP"
                   : (options & FRAME_EXCLUDE_TIES) != 0      ? " EXCLUDE TIES"
                                                              : "";
    if (out->start == NULL) {
        walk_unsupported(w, "a frame of unknown kind");
    }
}

static const char *walk_name(struct walk *w, const char *name)
{
    return name != NULL && *name != '\0' ? arena_strdup(w->arena, name) : NULL;
}

struct window *walk_window(struct walk *w, const PgQuery__WindowDef *d)
{
    struct window *out = ARENA_NEW(w->arena, struct window);
    out->name = walk_name(w, d->name);
    out->base = walk_name(w, d->refname);
    out->partition = walk_list(w, d->n_partition_clause, d->partition_clause);
    out->npartition = (int)d->n_partition_clause;
    out->order = walk_order(w, d->n_order_clause, d->order_clause);
    out->norder = (int)d->n_order_clause;
    out->exclude = "";
    walk_frame(w, out, d);
    return out;
}

/* VARIADIC belongs to the last argument. */
static void walk_variadic(struct walk *w, struct expr *e)
{
    struct expr *last = expr_new(w->arena, EXPR_VARIADIC, e->location);
    last->args = ARENA_ARRAY(w->arena, struct expr *, 1);
    last->args[last->nargs++] = e->args[e->nargs - 1];
    e->args[e->nargs - 1] = last;
}

static bool walk_is_aggregate(const struct walk *w, const struct expr *e)
{
    bool known = strcmp(e->names[0], "pg_catalog") == 0 && builtin_is_aggregate(e->names[1]);
    for (int i = 0; i < w->naggregates && !known; i++) {
        known = strcmp(w->aggregates[i], e->text) == 0;
    }
    return known;
}

static enum expr_kind walk_call_kind(const struct walk *w, const PgQuery__FuncCall *f, const struct expr *e)
{
    if (f->over != NULL) {
        return EXPR_WINDOW;
    }
    bool aggregate = f->agg_star || f->agg_distinct || f->n_agg_order > 0 || f->agg_filter != NULL ||
                     f->agg_within_group || walk_is_aggregate(w, e);
    return aggregate ? EXPR_AGGREGATE : EXPR_CALL;
}

struct expr *walk_call(struct walk *w, const PgQuery__FuncCall *f)
{
    struct expr *e = expr_new(w->arena, EXPR_CALL, f->location);
    if (f->n_funcname == 0 || f->n_funcname > 2) {
        return walk_unsupported(w, "a name with a database in it");
    }
    const char *name = walk_string(w, f->funcname[f->n_funcname - 1]);
    /* UNNEST(a, b) in FROM is the one that is a function too. */
    if (f->n_funcname == 1 && walk_is_word(w, f->location) && strcmp(name, "unnest") != 0) {
        return walk_unsupported(w, arena_printf(w->arena, "function %s()", name));
    }
    e->text = walk_qualified(w, f->n_funcname, f->funcname);
    e->names = ARENA_ARRAY(w->arena, const char *, 2);
    e->names[0] = f->n_funcname == 2 ? walk_string(w, f->funcname[0]) : "pg_catalog";
    e->names[1] = name;
    e->nnames = 2;
    e->kind = walk_call_kind(w, f, e);
    walk_args(w, e, f->n_args, f->args);
    if (f->func_variadic && e->nargs > 0) {
        walk_variadic(w, e);
    }
    e->star = f->agg_star;
    e->distinct = f->agg_distinct;
    e->within_group = f->agg_within_group;
    e->order = walk_order(w, f->n_agg_order, f->agg_order);
    e->norder = (int)f->n_agg_order;
    e->filter = f->agg_filter != NULL ? walk_expr(w, f->agg_filter) : NULL;
    e->window = f->over != NULL ? walk_window(w, f->over) : NULL;
    return e;
}
