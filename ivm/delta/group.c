/* How rows of a storage are found: by a hash for speed, then by what the hash stands for. */
#include "delta/delta.h"

#include "algebra/slice.h"
#include "base/sql.h"
#include "emit/emit_branch.h"

#include <string.h>

/* A type of PostgreSQL's own: its equality is the operator = of pg_catalog. */
static bool group_builtin(const struct ivm_column *c)
{
    return strchr(c->type, '.') == NULL;
}

/*
 * A row of a BAG is found by its image: equal images have equal text. A group is found by its key, and equal
 * keys must have equal hashes: without hashing, their text does for a type whose equal values have one image;
 * what money looks like is a setting, so it goes by its bytes. The other types (tsvector, tsquery...) are
 * left out, and equality alone tells their groups apart.
 */
static const char *group_hashed(struct arena *a, const struct plan *p, int column, const char *value)
{
    const struct ivm_column *c = &p->types[column];
    if (p->kind == PLAN_GROUPED && p->columns[column].role != COLUMN_KEY) {
        return NULL;
    }
    if (c->hashable) {
        return value;
    }
    if (strcmp(c->type, "money") == 0) {
        return arena_printf(a, "pg_catalog.cash_send(%s)", value);
    }
    bool text = p->kind != PLAN_GROUPED || (c->faithful && strstr(c->type, "money") == NULL);
    return text ? arena_printf(a, "CAST(%s AS text)", value) : NULL;
}

/* Rows of slices are found by their key; this hash only tells their images apart. Of numbers in a row that is
 * no key, all but the first are more likely amounts than identities. */
void group_hash_add(struct hashing *h, const struct plan *p, int column, const char *value)
{
    const char *hashed = group_hashed(h->arena, p, column, value);
    bool place = p->kind == PLAN_GROUPED || (p->kind == PLAN_BAG && h->nids == 0);
    if (hashed != NULL) {
        hashing_add(h, place ? &p->types[column] : NULL, hashed);
    }
}

static struct hashing row_hashing(struct arena *a, const struct plan *p, const char *alias)
{
    struct hashing h;
    hashing_init(&h, a);
    for (int i = 0; i < p->ncolumns && !plan_is_global(p); i++) {
        group_hash_add(&h, p, i, emit_name(a, alias, p->columns[i].name));
    }
    return h;
}

const char *row_hash(struct arena *a, const struct plan *p, const char *alias)
{
    struct hashing h = row_hashing(a, p, alias);
    return hashing_sql(&h);
}

static struct hashing slice_hashing(struct arena *a, const struct plan *p, const char *alias, bool given)
{
    struct hashing h;
    hashing_init(&h, a);
    for (int i = 0; i < p->slice->nkeys; i++) {
        const char *name = given ? arena_printf(a, "k%d", i + 1) : p->columns[p->slice_columns[i]].name;
        hashing_add(&h, p->slice->keys[i].column, emit_name(a, alias, name));
    }
    return h;
}

const char *slice_hash(struct arena *a, const struct plan *p, const char *alias, bool given)
{
    struct hashing h = slice_hashing(a, p, alias, given);
    return hashing_sql(&h);
}

const char *group_order(struct arena *a, const struct plan *p, const char *alias)
{
    bool by_slice = p->kind == PLAN_SLICED && p->slice->nkeys > 0;
    if (p->kind == PLAN_KEYED) {
        return "";
    }
    struct hashing h = by_slice ? slice_hashing(a, p, alias, false) : row_hashing(a, p, alias);
    return !hashing_has_place(&h)
               ? ""
               : arena_printf(a, " ORDER BY %s.%s", alias, by_slice ? "weir_key" : "weir_hash");
}

const char *group_match(struct arena *a, const struct plan *p, const char *x, const char *y)
{
    struct str s, left, right;
    str_init(&s, a);
    str_init(&left, a);
    str_init(&right, a);
    if (plan_is_global(p)) {
        return "true";
    }
    str_addf(&s, "%s.weir_hash = %s.weir_hash", x, y);
    for (int i = 0; i < p->ncolumns; i++) {
        if (p->columns[i].role != COLUMN_KEY) {
            continue;
        }
        const char *l = emit_name(a, x, p->columns[i].name), *r = emit_name(a, y, p->columns[i].name);
        if (group_builtin(&p->types[i])) {
            str_addf(&s, " AND %s %s %s", l,
                     p->key_never_null[p->columns[i].value] ? "=" : "IS NOT DISTINCT FROM", r);
        } else {
            /* record_eq takes the type's own equality, whatever schema it is in, and NULLs as equal. */
            str_sep(&left, ", ");
            str_add(&left, l);
            str_sep(&right, ", ");
            str_add(&right, r);
        }
    }
    if (left.len > 0) {
        str_addf(&s, " AND record_eq(ROW(%s), ROW(%s))", left.data, right.data);
    }
    return s.data;
}
