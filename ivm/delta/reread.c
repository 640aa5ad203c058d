/*
 * Groups computed again:  reread(K) = aggregate( R |x K )      K a set of group keys, R the rows as they are
 * now
 *
 * Rows: keys, weir_hash, the columns asked for; a group without rows has no row. Reads what the semi-join
 * matches: through an index on the key where there is one, else one pass over R; nothing when K is empty.
 *
 * `=` finds the keys that are not NULL. A key with a NULL in it is looked up in a second arm, since IS NOT
 * DISTINCT FROM can use neither hash nor index: one nullable key by IS NULL, several by the hash of the row.
 */
#include "delta/delta.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

#include <string.h>

/* From so many tables on the planner takes longer to find an order for them and the keys than a delta takes
 * to run. */
#define REREAD_MANY 5

struct reread {
    const struct delta *delta;
    const char *keys, *flag; /* flag: " AND ..." or "" */
    const char **names;      /* per out, NULL: not needed */
};

static int reread_key_column(const struct plan *p, int key)
{
    int i = 0;
    while (p->columns[i].role != COLUMN_KEY || p->columns[i].value != key) {
        i++;
    }
    return i;
}

/* Which keys of those given an arm is about, as " AND ..." or "". */
static const char *reread_any(const struct reread *x, const char *given)
{
    return sql_text(x->delta->arena,
                    " AND (SELECT EXISTS (SELECT FROM {f:keys} WHERE true{f:flag}{f:given}))",
                    SQL_TEXT("keys", x->keys), SQL_TEXT("flag", x->flag), SQL_TEXT("given", given));
}

/*
 * One arm: the branch's rows whose key satisfies `match`, where k is a table expression of keys. `any`: asked
 * once, before a row is read. That nothing matches is what the planner expects least, and it may begin with
 * the largest table.
 */
static void reread_arm(const struct reread *x, const struct naming *n, const char *from, const char *match,
                       const char *any, struct str *out)
{
    struct arena *a = x->delta->arena;
    struct str outs, tables;
    str_init(&outs, a);
    str_init(&tables, a);
    for (int i = 0; i < n->branch->nouts; i++) {
        if (x->names[i] != NULL) {
            str_sep(&outs, ", ");
            emit_branch_expr(&outs, n, n->branch->outs[i]);
            str_addf(&outs, " AS %s", sql_ident(a, x->names[i]));
        }
    }
    str_add(&tables, from);
    for (int i = 0; i < n->branch->ninputs; i++) {
        str_sep(&tables, ", ");
        str_addf(&tables, "%s %s", emit_source(a, n->plan, x->delta->names, n->branch->inputs[i]),
                 n->aliases[i]);
    }
    str_add(&tables, emit_branch_repeats(a, n));
    const char *where = emit_branch_where(a, n);
    str_sep(out, " UNION ALL ");
    str_add(out, sql_text(a, "SELECT {f:outs}{f:from}{f:tables}{f:where}{f:and}{f:match}{f:any}",
                          SQL_TEXT("outs", outs.data), SQL_TEXT("from", tables.len > 0 ? " FROM " : ""),
                          SQL_TEXT("tables", tables.data), SQL_TEXT("where", where),
                          SQL_TEXT("and", *where == '\0' ? " WHERE " : " AND "), SQL_TEXT("match", match),
                          SQL_TEXT("any", any)));
}

static const char *reread_keys_list(struct arena *a, const struct plan *p)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->nkeys; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_name(a, NULL, p->columns[reread_key_column(p, i)].name));
    }
    return s.data;
}

/* key = k.key for every key. */
static void reread_by_value(const struct reread *x, const struct naming *n, struct str *out)
{
    struct arena *a = x->delta->arena;
    struct str match, given;
    str_init(&match, a);
    str_init(&given, a);
    for (int i = 0; i < n->plan->nkeys; i++) {
        const char *name = n->plan->columns[reread_key_column(n->plan, i)].name;
        str_sep(&match, " AND ");
        emit_branch_expr(&match, n, n->branch->outs[i]);
        str_addf(&match, " = %s", emit_name(a, "k", name));
        if (!n->plan->key_never_null[i]) {
            str_addf(&given, " AND %s IS NOT NULL", emit_name(a, NULL, name));
        }
    }
    const char *from = sql_text(a, "(SELECT {f:list} FROM {f:keys} WHERE true{f:flag}{f:given}) k",
                                SQL_TEXT("list", reread_keys_list(a, n->plan)), SQL_TEXT("keys", x->keys),
                                SQL_TEXT("flag", x->flag), SQL_TEXT("given", given.data));
    reread_arm(x, n, from, match.data, reread_any(x, given.data), out);
}

/* The group whose only key is NULL. */
static void reread_null(const struct reread *x, const struct naming *n, struct str *out)
{
    struct arena *a = x->delta->arena;
    struct str match;
    str_init(&match, a);
    emit_branch_expr(&match, n, n->branch->outs[0]);
    str_add(&match, " IS NULL");
    const char *given = sql_text(a, " AND {f:key} IS NULL", SQL_TEXT("key", reread_keys_list(a, n->plan)));
    reread_arm(x, n, "", match.data, reread_any(x, given), out);
}

static const char *reread_key_value(struct arena *a, const struct naming *n, int key)
{
    struct str s;
    str_init(&s, a);
    emit_branch_expr(&s, n, n->branch->outs[key]);
    return s.data;
}

/* By the hash of the keys: those with a NULL, or all when a type's equality is not PostgreSQL's own. */
static void reread_by_hash(const struct reread *x, const struct naming *n, bool nulls_only, struct str *out)
{
    struct arena *a = x->delta->arena;
    struct str match, row, krow, nulls, given;
    struct hashing hash;
    hashing_init(&hash, a);
    str_init(&match, a);
    str_init(&row, a);
    str_init(&krow, a);
    str_init(&nulls, a);
    str_init(&given, a);
    for (int i = 0; i < n->plan->ncolumns; i++) { /* in the order of row_hash */
        if (n->plan->columns[i].role != COLUMN_KEY) {
            continue;
        }
        int key = n->plan->columns[i].value;
        const char *name = n->plan->columns[i].name, *value = reread_key_value(a, n, key);
        str_sep(&row, ", ");
        str_add(&row, value);
        str_sep(&krow, ", ");
        str_add(&krow, emit_name(a, "k", name));
        group_hash_add(&hash, n->plan, i, value);
        if (!n->plan->key_never_null[key]) {
            str_sep(&nulls, " OR ");
            str_addf(&nulls, "%s IS NULL", value);
            str_sep(&given, " OR ");
            str_addf(&given, "%s IS NULL", emit_name(a, NULL, name));
        }
    }
    str_addf(&match, "%s = k.weir_hash AND record_eq(ROW(%s), ROW(%s))", hashing_sql(&hash), row.data,
             krow.data);
    if (nulls_only) {
        str_addf(&match, " AND (%s)", nulls.data);
    }
    const char *only = nulls_only ? arena_printf(a, " AND (%s)", given.data) : "";
    const char *from = sql_text(a, "(SELECT {f:list}, weir_hash FROM {f:keys} WHERE true{f:flag}{f:given}) k",
                                SQL_TEXT("list", reread_keys_list(a, n->plan)), SQL_TEXT("keys", x->keys),
                                SQL_TEXT("flag", x->flag), SQL_TEXT("given", only));
    reread_arm(x, n, from, match.data, reread_any(x, only), out);
}

/*
 * Nothing but NaN or an infinity asks for it, in a sum whose scale types tell. Most tables never have any;
 * so all rows may be read when one does, if that is sooner planned: at the next refresh, and after every time
 * that a buffer was emptied.
 */
static bool reread_is_rare(const struct plan *p)
{
    bool rare = !plan_rereads_all(p);
    for (int i = 0; i < p->ncolumns; i++) {
        enum column_role role = p->columns[i].role;
        rare = rare && role != COLUMN_MIN && role != COLUMN_MAX && role != COLUMN_SCALE;
    }
    return rare;
}

static void reread_branch(const struct reread *x, const struct branch *b, struct str *out)
{
    struct arena *a = x->delta->arena;
    const struct plan *p = x->delta->plan;
    struct naming n = {.plan = p, .branch = b, .aliases = ARENA_ARRAY(a, const char *, b->ninputs + 1)};
    bool builtin = true, nullable = false;
    for (int i = 0; i < b->ninputs; i++) {
        n.aliases[i] = arena_printf(a, "r%d", i + 1);
    }
    for (int i = 0; i < p->nkeys; i++) {
        builtin = builtin && strchr(p->types[reread_key_column(p, i)].type, '.') == NULL;
        nullable = nullable || !p->key_never_null[i];
    }
    if (p->nkeys == 0 || (b->ninputs >= REREAD_MANY && reread_is_rare(p))) {
        reread_arm(x, &n, "", "true", reread_any(x, ""), out);
    } else if (!builtin) {
        reread_by_hash(x, &n, false, out);
    } else {
        reread_by_value(x, &n, out);
        if (nullable && p->nkeys == 1) {
            reread_null(x, &n, out);
        } else if (nullable) {
            reread_by_hash(x, &n, true, out);
        }
    }
}

static bool reread_call(const struct expr *e, void *ctx)
{
    const struct reread *x = ctx;
    if (e->kind == EXPR_REF) {
        x->names[e->column] = emit_input(x->delta->arena, x->delta->plan, e->column);
    }
    return true;
}

/* Marks the outs that a column is computed from. */
static void reread_need(struct reread *x, const struct column *c)
{
    const struct plan *p = x->delta->plan;
    if (c->role == COLUMN_REREAD) {
        expr_visit(p->results[c->of].call, reread_call, x);
    }
    int value = c->role == COLUMN_REREAD ? p->results[c->of].value : c->value;
    int filter = c->role == COLUMN_REREAD ? p->results[c->of].filter : c->filter;
    if (value >= 0) {
        x->names[value] = emit_input(x->delta->arena, p, value);
    }
    if (filter >= 0) {
        x->names[filter] = emit_input(x->delta->arena, p, filter);
    }
}

const char *reread_groups(const struct delta *d, const char *keys, const char *flag, const bool *wanted)
{
    struct arena *a = d->arena;
    const struct plan *p = d->plan;
    struct reread x = {.delta = d,
                       .keys = keys,
                       .flag = flag == NULL ? "" : arena_printf(a, " AND %s", flag),
                       .names = ARENA_ARRAY(a, const char *, p->branches[0].nouts + 1)};
    struct str list, group, arms;
    str_init(&list, a);
    str_init(&group, a);
    str_init(&arms, a);
    for (int i = 0; i < p->ncolumns; i++) {
        if (p->columns[i].role != COLUMN_KEY && !wanted[i]) {
            continue;
        }
        reread_need(&x, &p->columns[i]);
        str_sep(&list, ", ");
        emit_state(&list, p, i, "b");
        str_addf(&list, " AS %s", sql_ident(a, p->columns[i].name));
        if (p->columns[i].role == COLUMN_KEY) {
            str_sep(&group, ", ");
            str_add(&group, emit_name(a, "b", p->columns[i].name));
        }
    }
    for (int i = 0; i < p->nbranches; i++) {
        reread_branch(&x, &p->branches[i], &arms);
    }
    return sql_text(a, "SELECT {f:list}, {f:hash} AS weir_hash FROM ({f:arms}) b{f:by}{f:group}",
                    SQL_TEXT("list", list.data), SQL_TEXT("hash", row_hash(a, p, "b")),
                    SQL_TEXT("arms", arms.data), SQL_TEXT("by", group.len > 0 ? " GROUP BY " : ""),
                    SQL_TEXT("group", group.data));
}
