#include "algebra/scope.h"

#include <string.h>

struct scope_entry *scope_add(struct arena *a, struct scope *s, const char *alias, int ncolumns)
{
    if (s->nentries == s->cap) {
        int cap = s->cap == 0 ? 8 : s->cap * 2;
        struct scope_entry *entries = ARENA_ARRAY(a, struct scope_entry, cap);
        if (s->nentries > 0) {
            memcpy(entries, s->entries, sizeof *entries * (size_t)s->nentries);
        }
        s->entries = entries;
        s->cap = cap;
    }
    struct scope_entry *e = &s->entries[s->nentries++];
    memset(e, 0, sizeof *e);
    e->alias = alias;
    e->unqualified = true;
    e->ncolumns = ncolumns;
    e->names = ARENA_ARRAY(a, const char *, ncolumns + 1);
    e->exprs = ARENA_ARRAY(a, struct expr *, ncolumns + 1);
    e->hidden = ARENA_ARRAY(a, bool, ncolumns + 1);
    return e;
}

static int scope_column(const struct scope_entry *e, const char *name)
{
    for (int i = 0; i < e->ncolumns; i++) {
        if (strcmp(e->names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool scope_qualifies(const struct scope_entry *e, const char *schema, const char *alias)
{
    return e->alias != NULL && strcmp(e->alias, alias) == 0 &&
           (schema == NULL || (e->schema != NULL && strcmp(e->schema, schema) == 0));
}

struct expr *scope_find(const struct scope *s, const struct expr *column, bool *ambiguous)
{
    struct expr *found = NULL;
    const char *name = column->names[column->nnames - 1];
    const char *alias = column->nnames > 1 ? column->names[column->nnames - 2] : NULL;
    const char *schema = column->nnames > 2 ? column->names[column->nnames - 3] : NULL;
    *ambiguous = false;
    for (int i = 0; i < s->nentries; i++) {
        const struct scope_entry *e = &s->entries[i];
        if (alias != NULL ? !scope_qualifies(e, schema, alias) : !e->unqualified) {
            continue;
        }
        int c = scope_column(e, name);
        if (c < 0 || (alias == NULL && e->hidden[c])) {
            continue;
        }
        if (found != NULL) {
            *ambiguous = true;
            return NULL;
        }
        found = e->exprs[c];
    }
    return found;
}

struct expr *scope_side(const struct scope *s, int first, int end, const char *name)
{
    for (int i = first; i < end; i++) {
        const struct scope_entry *e = &s->entries[i];
        int c = e->unqualified ? scope_column(e, name) : -1;
        if (c >= 0 && !e->hidden[c]) {
            return e->exprs[c];
        }
    }
    return NULL;
}

static void scope_hide(struct scope *s, int first, int end, const char *name)
{
    for (int i = first; i < end; i++) {
        int c = scope_column(&s->entries[i], name);
        if (c >= 0) {
            s->entries[i].hidden[c] = true;
        }
    }
}

static void scope_joined(const struct from_item *f, struct scope_entry *joined, const char *name,
                         struct expr *e)
{
    int n = joined->ncolumns++;
    joined->names[n] = n < f->ncolumn_aliases ? f->column_aliases[n] : name;
    joined->exprs[n] = e;
}

/* One entry with the columns of a join, merged ones first, which hides the names inside. */
static void scope_join_alias(struct arena *a, struct scope *s, const struct from_item *f, int first,
                             struct expr **merged)
{
    int n = f->nusing, end = s->nentries;
    for (int i = first; i < end; i++) {
        n += s->entries[i].ncolumns;
    }
    struct scope_entry *joined = scope_add(a, s, f->alias, n);
    joined->ncolumns = 0;
    for (int i = 0; i < f->nusing; i++) {
        scope_joined(f, joined, f->using_columns[i], merged[i]);
    }
    for (int i = first; i < end; i++) {
        struct scope_entry *e = &s->entries[i];
        for (int c = 0; e->unqualified && c < e->ncolumns; c++) {
            if (!e->hidden[c]) {
                scope_joined(f, joined, e->names[c], e->exprs[c]);
            }
        }
        e->unqualified = false;
        e->alias = NULL;
    }
}

static struct scope_entry *scope_merged(struct arena *a, struct scope *s, const struct from_item *f,
                                        struct expr **merged)
{
    struct scope_entry *e = scope_add(a, s, f->using_alias, f->nusing);
    for (int i = 0; i < f->nusing; i++) {
        e->names[i] = f->using_columns[i];
        e->exprs[i] = merged[i];
    }
    return e;
}

void scope_join(struct arena *a, struct scope *s, const struct from_item *f, int first, struct expr **merged)
{
    for (int i = 0; i < f->nusing; i++) {
        scope_hide(s, first, s->nentries, f->using_columns[i]);
    }
    if (f->alias != NULL) {
        scope_join_alias(a, s, f, first, merged);
    } else if (f->nusing > 0) {
        scope_merged(a, s, f, merged);
    }
}
