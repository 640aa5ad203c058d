/*
 * Rows of a query that is kept in slices: the SELECT as it is written, with parts in the place of their
 * queries, and with the columns of the key.
 *
 *     SELECT q.*, hash of the key FROM (SELECT ..., key FROM [keys a,] ... WHERE ... [AND key = a.key]) q
 *
 * A key with a NULL in it is looked up in an arm of its own, since IS NOT DISTINCT FROM can use neither hash
 * nor index: one nullable key by IS NULL, several by the hash of all.
 */
#include "plan/statement.h"

#include "base/sql.h"
#include "delta/affected.h"
#include "emit/emit.h"
#include "emit/emit_branch.h"

#include <string.h>

#define KEYS_ALIAS "weir_a"

struct slice_writer {
    const struct plan *plan;
    const struct plan_names *names;
};

/* An item that no leaf belongs to is weir's own, and its name is the text to write. */
static void slice_table(struct str *s, const struct from_item *f, void *ctx)
{
    const struct slice_writer *w = ctx;
    str_add(s, f->leaf != NULL ? affected_source(s->arena, w->plan, w->names, f->leaf) : f->name);
}

static const char *slice_select(struct arena *a, const struct plan *p, const struct plan_names *n,
                                const struct select *q)
{
    struct slice_writer own = {.plan = p, .names = n};
    struct select_writer w = {.table = slice_table, .ctx = &own};
    struct str s;
    str_init(&s, a);
    emit_select(&s, q, &w);
    return s.data;
}

/* The outermost SELECT with the columns of the key, restricted by `keys` (a FROM item) and `match`. */
static const char *slice_arm(struct arena *a, const struct plan *p, const struct plan_names *n,
                             const char *keys, struct expr *match)
{
    struct select q = *p->slice->top->select;
    const struct slice *s = p->slice;
    if (s->nkeys > 0) {
        struct target *targets = ARENA_ARRAY(a, struct target, q.ntargets + s->nkeys + 1);
        memcpy(targets, q.targets, sizeof *targets * (size_t)q.ntargets);
        q.targets = targets;
    }
    for (int i = 0; i < s->nkeys; i++) {
        if (p->columns[p->slice_columns[i]].role == COLUMN_SLICE_KEY) {
            q.targets[q.ntargets++] =
                (struct target){.expr = s->keys[i].shown, .name = p->columns[p->slice_columns[i]].name};
        }
    }
    if (keys != NULL) {
        struct from_item *f = ARENA_NEW(a, struct from_item);
        struct from_item **from = ARENA_ARRAY(a, struct from_item *, q.nfrom + 2);
        *f = (struct from_item){.kind = FROM_TABLE, .location = -1, .name = keys, .alias = KEYS_ALIAS};
        from[0] = f;
        memcpy(from + 1, q.from, sizeof *from * (size_t)q.nfrom);
        q.from = from;
        q.nfrom++;
    }
    if (match != NULL && q.where != NULL) {
        struct expr *both = expr_new(a, EXPR_AND, -1);
        both->args = ARENA_ARRAY(a, struct expr *, 2);
        both->args[both->nargs++] = match;
        both->args[both->nargs++] = q.where;
        q.where = both;
    } else if (match != NULL) {
        q.where = match;
    }
    return slice_select(a, p, n, &q);
}

/* --- conditions on the key ---------------------------------------------------------------------- */

static struct expr *slice_node(struct arena *a, enum expr_kind kind, const char *text, struct expr *x,
                               struct expr *y)
{
    struct expr *e = expr_new(a, kind, -1);
    e->text = text;
    e->args = ARENA_ARRAY(a, struct expr *, 2);
    e->args[e->nargs++] = x;
    if (y != NULL) {
        e->args[e->nargs++] = y;
    }
    return e;
}

static struct expr *slice_given(struct arena *a, const char *name)
{
    struct expr *e = expr_new(a, EXPR_COLUMN, -1);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[e->nnames++] = KEYS_ALIAS;
    e->names[e->nnames++] = name;
    return e;
}

static struct expr *slice_and(struct arena *a, struct expr *x, struct expr *y)
{
    return x == NULL ? y : slice_node(a, EXPR_AND, NULL, x, y);
}

static bool key_is_nullable(const struct slice_key *k)
{
    return !k->column->not_null;
}

/* key = a.key for every key: finds those without NULLs. */
static struct expr *match_values(struct arena *a, const struct slice *s)
{
    struct expr *match = NULL;
    for (int i = 0; i < s->nkeys; i++) {
        match = slice_and(a, match,
                          resolve_equal(a, s->keys[i].shown, slice_given(a, arena_printf(a, "k%d", i + 1))));
    }
    return match;
}

/* The slice whose only key is NULL, if it is among those asked for. */
static struct expr *match_null(struct arena *a, const struct slice *s, const char *keys)
{
    const char *exists =
        sql_text(a, "(EXISTS (SELECT FROM {f:keys} WHERE k1 IS NULL))", SQL_TEXT("keys", keys));
    return slice_and(a, slice_node(a, EXPR_IS, "IS NULL", s->keys[0].shown, NULL), expr_const(a, exists));
}

static struct expr *row_of(struct arena *a, const struct slice *s, bool given)
{
    struct expr *row = expr_new(a, EXPR_ROW, -1);
    row->args = ARENA_ARRAY(a, struct expr *, s->nkeys + 1);
    for (int i = 0; i < s->nkeys; i++) {
        row->args[row->nargs++] = given ? slice_given(a, arena_printf(a, "k%d", i + 1)) : s->keys[i].shown;
    }
    return row;
}

static struct expr *call(struct arena *a, const char *function, struct expr *x, struct expr *y)
{
    struct expr *e = slice_node(a, EXPR_CALL, sql_qualified(a, "pg_catalog", function), x, y);
    e->names = ARENA_ARRAY(a, const char *, 2);
    e->names[e->nnames++] = "pg_catalog";
    e->names[e->nnames++] = function;
    return e;
}

/* Keys with a NULL among them, by the hash of all. */
static struct expr *match_hash(struct arena *a, const struct slice *s)
{
    struct expr *nulls = expr_new(a, EXPR_OR, -1);
    nulls->args = ARENA_ARRAY(a, struct expr *, s->nkeys + 1);
    for (int i = 0; i < s->nkeys; i++) {
        if (key_is_nullable(&s->keys[i])) {
            nulls->args[nulls->nargs++] = slice_node(a, EXPR_IS, "IS NULL", s->keys[i].shown, NULL);
        }
    }
    struct expr *hash = call(a, "hash_record_extended", row_of(a, s, false), expr_const(a, "0"));
    struct expr *equal = call(a, "record_eq", row_of(a, s, false), row_of(a, s, true));
    return slice_and(a, slice_and(a, resolve_equal(a, hash, slice_given(a, "h")), equal), nulls);
}

/* --- the whole ---------------------------------------------------------------------------------- */

static const char *slice_arms(struct arena *a, const struct plan *p, const struct plan_names *n,
                              const char *keys)
{
    const struct slice *s = p->slice;
    int nullable = 0;
    struct str arms;
    str_init(&arms, a);
    if (keys == NULL || s->nkeys == 0) {
        return slice_arm(a, p, n, NULL, NULL);
    }
    str_addf(&arms, "(%s)", slice_arm(a, p, n, keys, match_values(a, s)));
    for (int i = 0; i < s->nkeys; i++) {
        nullable += key_is_nullable(&s->keys[i]);
    }
    if (nullable > 0 && s->nkeys == 1) {
        str_addf(&arms, " UNION ALL (%s)", slice_arm(a, p, n, NULL, match_null(a, s, keys)));
    } else if (nullable > 0) {
        struct str list, given;
        str_init(&list, a);
        str_init(&given, a);
        for (int i = 0; i < s->nkeys; i++) {
            str_sep(&list, ", ");
            str_addf(&list, "k%d", i + 1);
            if (key_is_nullable(&s->keys[i])) {
                str_sep(&given, " OR ");
                str_addf(&given, "k%d IS NULL", i + 1);
            }
        }
        const char *some =
            sql_text(a,
                     "(SELECT {f:list}, pg_catalog.hash_record_extended(ROW({f:list}), 0) AS h "
                     "FROM {f:keys} WHERE {f:given})",
                     SQL_TEXT("list", list.data), SQL_TEXT("keys", keys), SQL_TEXT("given", given.data));
        str_addf(&arms, " UNION ALL (%s)", slice_arm(a, p, n, some, match_hash(a, s)));
    }
    return arms.data;
}

const char *slice_rows_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                           const char *keys)
{
    struct str names, list;
    str_init(&names, a);
    str_init(&list, a);
    for (int i = 0; i < p->ncolumns; i++) {
        str_sep(&list, ", ");
        if (p->columns[i].role != COLUMN_SLICE_HASH) {
            str_sep(&names, ", ");
            str_add(&names, emit_name(a, NULL, p->columns[i].name));
            str_add(&list, emit_name(a, "q", p->columns[i].name));
            continue;
        }
        str_addf(&list, "%s AS weir_key", slice_hash(a, p, "q", false));
    }
    return sql_text(a, "SELECT {f:list} FROM ({f:arms}) q({f:names})", SQL_TEXT("list", list.data),
                    SQL_TEXT("arms", slice_arms(a, p, n, keys)), SQL_TEXT("names", names.data));
}
