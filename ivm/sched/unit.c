/* Units: what one refresh has to move together. */
#include "sched/diamond.h"

int *ivm_unit(struct arena *a, const struct ivm_catalog *c, const int *targets, int ntargets, int *n)
{
    const int *top = diamond_tops(a, c);
    const int *group = diamond_groups(a, c);
    bool *in = ARENA_ARRAY(a, bool, c->ntables + 1);       /* stream tables of the unit */
    bool *group_in = ARENA_ARRAY(a, bool, c->ntables + 1); /* diamond groups of the unit */
    for (int i = 0; i < ntargets; i++) {
        in[top[targets[i]]] = true;
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (int i = 0; i < c->ntables; i++) {
            int t = top[i];
            if (!in[t] && group[t] >= 0 && group_in[group[t]]) {
                in[t] = grown = true;
            }
            if (!in[t]) {
                continue;
            }
            if (group[t] >= 0 && !group_in[group[t]]) {
                group_in[group[t]] = grown = true;
            }
            for (int k = 0; k < c->tables[i].nupstream; k++) {
                int up = ivm_catalog_find(c, c->tables[i].upstream[k]);
                if (up >= 0 && !in[top[up]]) {
                    in[top[up]] = grown = true;
                }
            }
        }
    }
    int *unit = ARENA_ARRAY(a, int, c->ntables + 1);
    *n = 0;
    for (int i = 0; i < c->ntables; i++) {
        if (in[top[i]]) {
            unit[(*n)++] = i;
        }
    }
    return unit;
}

const struct ivm_table *ivm_unit_suspended(struct arena *a, const struct ivm_catalog *c, const int *targets,
                                           int ntargets)
{
    bool *needed = ARENA_ARRAY(a, bool, c->ntables + 1);
    for (int i = 0; i < ntargets; i++) {
        needed[targets[i]] = true;
    }
    for (int i = c->ntables - 1; i >= 0; i--) {
        const struct ivm_table *t = &c->tables[i];
        if (needed[i] && t->suspended) {
            return t;
        }
        for (int k = 0; needed[i] && k < t->nupstream; k++) {
            int up = ivm_catalog_find(c, t->upstream[k]);
            if (up >= 0) {
                needed[up] = true;
            }
        }
    }
    return NULL;
}
