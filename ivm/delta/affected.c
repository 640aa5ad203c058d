/*
 * Keys of slices that changes can have touched:
 *
 *     K  =  union over changed leaves D of   key( dD x R1 x .. x Rn  where what must hold for D to matter )
 *
 * R are the leaves with the key's columns, and those that tie them to D. Both images of a row count, signs do
 * not matter: a key too many costs time only. A leaf that has changed too is read as it is and as it was (R u
 * rows gone), as a row may have mattered together with one that has left; where all it gives is the key, as
 * it is: slices of rows that have left are found by their own changes.
 *
 * Where nothing ties D to the key, every slice is touched as soon as D has a row that matters.
 */
#include "delta/affected.h"

#include "base/sql.h"
#include "emit/emit.h"
#include "emit/emit_branch.h"

#include <string.h>

struct affected {
    const struct delta *d;
    const struct leaf *changed;
    const struct influence *influence;
    bool *needed;      /* per leaf */
    bool *tied;        /* per leaf: by conditions to one that has a column of the key */
    const char *brief; /* the changed leaf, each of its values once; NULL: as it is */
};

/* --- leaves as tables --------------------------------------------------------------------------- */

static const char *leaf_alias(struct arena *a, int leaf)
{
    return arena_printf(a, "t%d", leaf + 1);
}

/* Outs of a part over rows of its storage, under the leaf's names; over its delta, which has what is used
 * alone, `only` those that are. */
static const char *leaf_part(struct arena *a, const struct leaf *leaf, const char *lead, const char *from,
                             const bool *only)
{
    struct str list;
    str_init(&list, a);
    str_add(&list, lead);
    for (int i = 0; i < leaf->part->nouts; i++) {
        if (only != NULL && !only[i]) {
            continue;
        }
        str_sep(&list, ", ");
        emit_out(&list, leaf->part, i);
        str_addf(&list, " AS %s", sql_ident(a, leaf->names[i]));
    }
    if (!plan_is_global(leaf->part)) {
        str_sep(&list, ", ");
        str_add(&list, "s.weir_id");
    }
    return sql_text(a, "(SELECT {f:list} FROM {f:from} s{f:where})", SQL_TEXT("list", list.data),
                    SQL_TEXT("from", from), SQL_TEXT("where", emit_having(a, leaf->part)));
}

const char *affected_source(struct arena *a, const struct plan *p, const struct plan_names *n,
                            const struct leaf *leaf)
{
    const char *table = emit_source(a, p, n, leaf->source);
    return leaf->part != NULL ? leaf_part(a, leaf, "", table, NULL) : table;
}

static const char *leaf_delta(const struct affected *x, const struct leaf *leaf)
{
    const char *rows = x->d->rows[leaf->source];
    return leaf->part != NULL ? leaf_part(x->d->arena, leaf, "s.weir_w", rows, leaf->used) : rows;
}

static const char *leaf_column(const struct leaf *leaf, int column)
{
    return leaf->relation != NULL ? leaf->relation->columns[column].name : leaf->names[column];
}

/* As it is, and what has left it. */
static const char *leaf_ever(const struct affected *x, const struct leaf *leaf)
{
    struct arena *a = x->d->arena;
    struct str list;
    str_init(&list, a);
    for (int i = 0; i < leaf->ncolumns; i++) {
        if (leaf->used[i]) {
            str_sep(&list, ", ");
            str_add(&list, emit_name(a, "s", leaf_column(leaf, i)));
        }
    }
    return sql_text(a,
                    "(SELECT {f:list} FROM {f:now} s UNION ALL SELECT {f:list} FROM {f:delta} s "
                    "WHERE s.weir_w < 0)",
                    SQL_TEXT("list", list.len > 0 ? list.data : "1"),
                    SQL_TEXT("now", affected_source(a, x->d->plan, x->d->names, leaf)),
                    SQL_TEXT("delta", leaf_delta(x, leaf)));
}

static bool leaf_has_changed(const struct affected *x, const struct leaf *leaf)
{
    return (x->d->change->changed >> leaf->source & 1) != 0;
}

static bool leaf_has_key(const struct slice *s, int leaf)
{
    for (int i = 0; i < s->nkeys; i++) {
        if (s->keys[i].means->input == leaf) {
            return true;
        }
    }
    return false;
}

static const char *leaf_read(const struct affected *x, const struct leaf *leaf)
{
    const struct slice *s = x->d->plan->slice;
    bool only_key = leaf_has_key(s, leaf->number) && !leaf_has_key(s, x->changed->number);
    return leaf == x->changed ? leaf_delta(x, leaf)
           : leaf_has_changed(x, leaf) && !only_key
               ? leaf_ever(x, leaf)
               : affected_source(x->d->arena, x->d->plan, x->d->names, leaf);
}

static void affected_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct affected *x = ctx;
    const struct leaf *leaf = x->d->plan->slice->leaves[e->input];
    str_add(s, emit_name(s->arena, leaf_alias(s->arena, e->input), leaf_column(leaf, e->column)));
}

/* --- which leaves are needed -------------------------------------------------------------------- */

struct reads {
    const struct slice *slice;
    const bool *among; /* NULL: any */
    bool *leaves;
    int n;
    bool outside; /* a leaf not among them, or one that is no table */
};

static bool reads_visit(const struct expr *e, void *ctx)
{
    struct reads *r = ctx;
    if (e->kind == EXPR_REF) {
        r->outside =
            r->outside || r->slice->leaves[e->input]->source < 0 || (r->among != NULL && !r->among[e->input]);
        r->n += !r->leaves[e->input];
        r->leaves[e->input] = true;
    }
    return true;
}

static struct reads condition_reads(const struct affected *x, const struct expr *e, const bool *among)
{
    const struct slice *s = x->d->plan->slice;
    struct reads r = {.slice = s, .among = among, .leaves = ARENA_ARRAY(x->d->arena, bool, s->nleaves + 1)};
    expr_visit(e, reads_visit, &r);
    return r;
}

static bool ties(const struct expr *e)
{
    return e->kind == EXPR_OP && e->nargs == 2 && e->args[0]->kind == EXPR_REF &&
           e->args[1]->kind == EXPR_REF;
}

/*
 * A condition narrows the keys; without it there are more. One that can fail is only asked if it ties two
 * leaves: rows of both are paired by it in the query too, while a filter may stand behind another one that
 * keeps it from failing.
 */
static bool affected_may_ask(const struct expr *e)
{
    return expr_is_total(e) || expr_is_equality(e);
}

/* Marks the leaves on the shortest way from the changed one to `to`, over conditions between two columns. */
static bool affected_path(struct affected *x, int to)
{
    const struct slice *s = x->d->plan->slice;
    const struct expr_list *l = &x->influence->conditions;
    int *from = ARENA_ARRAY(x->d->arena, int, s->nleaves + 1);
    int *queue = ARENA_ARRAY(x->d->arena, int, s->nleaves + 1), head = 0, tail = 0;
    for (int i = 0; i < s->nleaves; i++) {
        from[i] = -1;
    }
    from[x->changed->number] = x->changed->number;
    queue[tail++] = x->changed->number;
    while (head < tail && from[to] < 0) {
        int at = queue[head++];
        for (int i = 0; i < l->n; i++) {
            const struct expr *e = l->items[i];
            for (int side = 0; ties(e) && side < 2; side++) {
                int other = e->args[1 - side]->input;
                if (e->args[side]->input == at && from[other] < 0 && s->leaves[other]->source >= 0) {
                    from[other] = at;
                    queue[tail++] = other;
                }
            }
        }
    }
    for (int at = to; from[to] >= 0 && at != from[at]; at = from[at]) {
        x->needed[at] = true;
    }
    return from[to] >= 0;
}

/* Leaves that conditions tie to one with a column of the key, directly or not. */
static void affected_tie(struct affected *x)
{
    const struct slice *s = x->d->plan->slice;
    for (int i = 0; i < s->nleaves; i++) {
        x->tied[i] = x->needed[i] && leaf_has_key(s, i);
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (int i = 0; i < x->influence->conditions.n; i++) {
            struct reads r = condition_reads(x, x->influence->conditions.items[i], x->needed);
            r.outside = r.outside || !affected_may_ask(x->influence->conditions.items[i]);
            bool any = false, all = true;
            for (int k = 0; k < s->nleaves && !r.outside; k++) {
                any = any || (r.leaves[k] && x->tied[k]);
                all = all && (!r.leaves[k] || x->tied[k]);
            }
            for (int k = 0; k < s->nleaves && any && !all; k++) {
                x->tied[k] = x->tied[k] || r.leaves[k];
                grown = true;
            }
        }
    }
}

/* --- the changed leaf, briefly ------------------------------------------------------------------ */

struct brief {
    const struct leaf *leaf;
    bool *columns;
};

static bool brief_visit(const struct expr *e, void *ctx)
{
    struct brief *b = ctx;
    if (e->kind == EXPR_REF && e->input == b->leaf->number) {
        b->columns[e->column] = true;
    }
    return true;
}

/* Of two leaves, and rarely false: not worth its columns. */
static bool brief_skips(const struct expr *e)
{
    return ties(e) && strcmp(e->text, "OPERATOR(pg_catalog.<>)") == 0;
}

/*
 * What the conditions say of the changed leaf alone comes first, and of what they compare with other leaves
 * each value once: many rows of a table that is changed belong to one row of another. NULL: nothing would be
 * gained, or equal values need not be the same.
 */
static const char *affected_brief(const struct affected *x)
{
    struct arena *a = x->d->arena;
    const struct slice *s = x->d->plan->slice;
    const struct leaf *leaf = x->changed;
    struct brief b = {.leaf = leaf, .columns = ARENA_ARRAY(a, bool, leaf->ncolumns + 1)};
    bool *here = ARENA_ARRAY(a, bool, s->nleaves + 1);
    struct str list, where;
    str_init(&list, a);
    str_init(&where, a);
    if (leaf->relation == NULL || !x->tied[leaf->number] || leaf_has_key(s, leaf->number)) {
        return NULL;
    }
    for (int i = 0; i < s->nleaves; i++) {
        here[i] = x->needed[i] && x->tied[i];
    }
    for (int i = 0; i < x->influence->conditions.n; i++) {
        const struct expr *e = x->influence->conditions.items[i];
        struct reads r = condition_reads(x, e, here);
        if (r.outside || !affected_may_ask(e) || !r.leaves[leaf->number] || brief_skips(e)) {
            continue;
        }
        if (r.n > 1) {
            expr_visit(e, brief_visit, &b);
            continue;
        }
        str_add(&where, where.len == 0 ? " WHERE " : " AND ");
        emit_expr(&where, e, affected_ref, x);
    }
    for (int i = 0; i < leaf->ncolumns; i++) {
        const struct ivm_column *c = &leaf->relation->columns[i];
        if (b.columns[i] && !(c->faithful && c->hashable)) {
            return NULL;
        }
        if (b.columns[i]) {
            str_sep(&list, ", ");
            str_add(&list, emit_name(a, leaf_alias(a, leaf->number), c->name));
        }
    }
    return list.len == 0
               ? NULL
               : sql_text(a, "(SELECT DISTINCT {f:list} FROM {f:rows} {f:alias}{f:where})",
                          SQL_TEXT("list", list.data), SQL_TEXT("rows", leaf_delta(x, leaf)),
                          SQL_TEXT("alias", leaf_alias(a, leaf->number)), SQL_TEXT("where", where.data));
}

/* A condition that the brief leaf has met, or lacks the columns for. */
static bool brief_has(const struct affected *x, const struct expr *e, const struct reads *r)
{
    return x->brief != NULL && r->leaves[x->changed->number] && (r->n == 1 || brief_skips(e));
}

/* --- SQL ---------------------------------------------------------------------------------------- */

/* FROM and WHERE of the needed leaves that are tied to the key, or of those that are not. The changed one
 * comes first: the order of FROM is the planner's last tie-break. */
static void affected_read(const struct affected *x, bool tied, struct str *from, struct str *where)
{
    struct arena *a = x->d->arena;
    const struct slice *s = x->d->plan->slice;
    bool *here = ARENA_ARRAY(a, bool, s->nleaves + 1);
    str_init(from, a);
    str_init(where, a);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < s->nleaves; i++) {
            here[i] = x->needed[i] && x->tied[i] == tied;
            if (here[i] && (s->leaves[i] == x->changed) == (pass == 0)) {
                str_sep(from, ", ");
                str_addf(from, "%s %s", pass == 0 && x->brief != NULL ? x->brief : leaf_read(x, s->leaves[i]),
                         leaf_alias(a, i));
            }
        }
    }
    for (int i = 0; i < x->influence->conditions.n; i++) {
        struct reads r = condition_reads(x, x->influence->conditions.items[i], here);
        if (r.n > 0 && !r.outside && affected_may_ask(x->influence->conditions.items[i]) &&
            !brief_has(x, x->influence->conditions.items[i], &r)) {
            str_sep(where, " AND ");
            emit_expr(where, x->influence->conditions.items[i], affected_ref, x);
        }
    }
}

/* A join ON false: no row of the leaf ever matters. */
static bool affected_never(const struct influence *influence)
{
    for (int i = 0; i < influence->conditions.n; i++) {
        const struct expr *e = influence->conditions.items[i];
        if (e->kind == EXPR_CONST && strcmp(e->text, "false") == 0) {
            return true;
        }
    }
    return false;
}

static void affected_by(const struct delta *d, const struct leaf *changed, const struct influence *influence,
                        struct str *out)
{
    struct arena *a = d->arena;
    const struct slice *s = d->plan->slice;
    struct affected x = {.d = d,
                         .changed = changed,
                         .influence = influence,
                         .needed = ARENA_ARRAY(a, bool, s->nleaves + 1),
                         .tied = ARENA_ARRAY(a, bool, s->nleaves + 1)};
    struct str list;
    str_init(&list, a);
    x.needed[changed->number] = true;
    for (int i = 0; i < s->nkeys; i++) {
        affected_path(&x, s->keys[i].means->input);
        x.needed[s->keys[i].means->input] = true;
        str_sep(&list, ", ");
        emit_expr(&list, s->keys[i].means, affected_ref, &x);
        str_addf(&list, " AS k%d", i + 1);
    }
    affected_tie(&x);
    x.brief = affected_brief(&x);
    struct str from, where, apart, apart_where;
    affected_read(&x, true, &from, &where);
    affected_read(&x, false, &apart, &apart_where);
    if (apart.len > 0) {
        str_sep(&where, " AND ");
        str_add(&where,
                sql_text(a, "EXISTS (SELECT FROM {f:from}{f:word}{f:where})", SQL_TEXT("from", apart.data),
                         SQL_TEXT("word", apart_where.len > 0 ? " WHERE " : ""),
                         SQL_TEXT("where", apart_where.data)));
    }
    if (affected_never(influence)) {
        str_sep(&where, " AND ");
        str_add(&where, "false");
    }
    str_sep(out, "\nUNION ALL ");
    str_add(out, sql_text(a, "SELECT {f:list} FROM {f:from}{f:word}{f:where}", SQL_TEXT("list", list.data),
                          SQL_TEXT("from", from.data), SQL_TEXT("word", where.len > 0 ? " WHERE " : ""),
                          SQL_TEXT("where", where.data)));
}

const char *affected_keys(const struct delta *d)
{
    struct arena *a = d->arena;
    const struct slice *s = d->plan->slice;
    struct str all, list;
    str_init(&all, a);
    str_init(&list, a);
    for (int i = 0; i < s->nkeys; i++) {
        str_sep(&list, ", ");
        str_addf(&list, "k%d", i + 1);
    }
    for (int i = 0; i < s->nleaves; i++) {
        const struct leaf *leaf = s->leaves[i];
        if (leaf->source < 0 || (d->change->changed >> leaf->source & 1) == 0) {
            continue;
        }
        struct influence *ways;
        int n = slice_influences(a, s, leaf, &ways);
        for (int k = 0; k < n; k++) {
            affected_by(d, leaf, &ways[k], &all);
        }
    }
    return sql_text(a, "SELECT DISTINCT {f:list} FROM ({f:all}) q", SQL_TEXT("list", list.data),
                    SQL_TEXT("all", all.data));
}
