/* What a plan tells of itself. */
#include "plan/plan.h"

#include "algebra/slice.h"

#include <string.h>

enum plan_kind plan_kind(const struct plan *p)
{
    return p->kind;
}

int plan_nsources(const struct plan *p)
{
    return p->nsources;
}

const struct plan_source *plan_source(const struct plan *p, int i)
{
    return &p->sources[i].shown;
}

bool plan_is_global(const struct plan *p)
{
    return p->kind == PLAN_GROUPED && p->nkeys == 0;
}

bool plan_is_whole(const struct plan *p)
{
    return p->full_only || (p->kind == PLAN_SLICED && p->slice->nkeys == 0);
}

int plan_id_column(const struct plan *p)
{
    return p->kind == PLAN_GROUPED ? p->nkeys + p->nresults : p->nouts;
}

/* A type of a user's own compares with operators that only the catalog knows. */
static bool type_is_builtin(const char *type)
{
    return strchr(type, '.') == NULL;
}

bool plan_rereads_all(const struct plan *p)
{
    for (int i = 0; i < p->ncolumns; i++) {
        enum column_role role = p->columns[i].role;
        if (role == COLUMN_REREAD) {
            return true;
        }
        /* An extreme is undone by comparing with it. */
        if ((role == COLUMN_MIN || role == COLUMN_MAX) &&
            (p->types == NULL || !type_is_builtin(p->types[i].type))) {
            return true;
        }
    }
    return false;
}

/* Columns may come in any order; the plan's own order is by its columns. */
void plan_set_columns(struct plan *p, const struct ivm_column *columns, int ncolumns)
{
    struct ivm_column *types = ARENA_ARRAY(p->arena, struct ivm_column, p->ncolumns + 1);
    for (int i = 0; i < p->ncolumns; i++) {
        for (int k = 0; k < ncolumns; k++) {
            if (strcmp(columns[k].name, p->columns[i].name) == 0) {
                types[i] = columns[k];
                types[i].name = p->columns[i].name;
                types[i].type = arena_strdup(p->arena, columns[k].type);
            }
        }
        if (types[i].type == NULL) {
            return; /* not this plan's storage */
        }
    }
    p->types = types;
}

bool source_key(struct arena *a, const struct source *s, int **columns, int *n)
{
    *n = 0;
    if (s->part != NULL) {
        *columns = ARENA_NEW(a, int);
        (*columns)[0] = plan_id_column(s->part);
        *n = plan_is_global(s->part) ? 0 : 1;
        return true;
    }
    const struct ivm_relation *rel = s->relation;
    *columns = ARENA_ARRAY(a, int, rel->nkey + 1);
    for (int i = 0; i < rel->nkey; i++) {
        for (int c = 0; c < rel->ncolumns; c++) {
            if (rel->columns[c].attnum == rel->key[i] && type_is_builtin(rel->columns[c].type)) {
                (*columns)[(*n)++] = c;
            }
        }
    }
    return rel->nkey > 0 && *n == rel->nkey;
}

struct source_columns source_used_columns(struct arena *a, const struct source *s)
{
    static const struct ivm_column id = {
        .name = "weir_id", .type = "bigint", .not_null = true, .hashable = true, .faithful = true};
    int total = s->part != NULL ? s->part->ncolumns : s->relation->ncolumns;
    struct source_columns out = {.names = ARENA_ARRAY(a, const char *, total + 1),
                                 .types = ARENA_ARRAY(a, const struct ivm_column *, total + 1)};
    for (int i = 0; i < total; i++) {
        if (!s->used[i]) {
            continue;
        }
        out.names[out.n] = s->part != NULL ? s->part->columns[i].name : s->relation->columns[i].name;
        out.types[out.n++] = s->part == NULL          ? &s->relation->columns[i]
                             : s->part->types != NULL ? &s->part->types[i]
                                                      : NULL;
    }
    if (s->part != NULL && !plan_is_global(s->part)) {
        out.names[out.n] = id.name;
        out.types[out.n++] = &id;
    }
    return out;
}

bool plan_is_total(const struct plan *p)
{
    bool total = true, keys_only = p->kind == PLAN_GROUPED && plan_rereads_all(p);
    for (int i = 0; i < p->nbranches; i++) {
        const struct branch *b = &p->branches[i];
        for (int k = 0; k < (keys_only ? p->nkeys : b->nouts); k++) {
            total = total && expr_is_total(b->outs[k]);
        }
        for (int k = 0; k < b->conditions.n; k++) {
            total = total && expr_is_total(b->conditions.items[k]);
        }
    }
    return total;
}

bool plan_minds_images(const struct plan *p)
{
    bool adds = p->full_only || p->kind == PLAN_SLICED || (p->kind == PLAN_GROUPED && !plan_rereads_all(p));
    for (int i = 0; i < p->ncolumns; i++) {
        adds = adds && p->columns[i].role != COLUMN_MIN && p->columns[i].role != COLUMN_MAX;
    }
    for (int i = 0; i < p->nbranches; i++) {
        adds = adds && p->branches[i].repeats.n == 0;
    }
    return !adds;
}

bool plan_always_nets(const struct plan *p, bool executor)
{
    bool rereads = false;
    for (int i = 0; i < p->ncolumns; i++) {
        enum column_role role = p->columns[i].role;
        rereads = rereads || role == COLUMN_MIN || role == COLUMN_MAX || role == COLUMN_SCALE;
    }
    return p->kind == PLAN_SLICED || !plan_is_total(p) ||
           (p->kind == PLAN_GROUPED && rereads && !plan_rereads_all(p) && !executor);
}

bool plan_counts_images(const struct plan *p, bool executor)
{
    return plan_minds_images(p) && !plan_always_nets(p, executor);
}
