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
    return e;
}

int scope_column(const struct scope_entry *e, const char *name)
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
        if (c < 0) {
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
