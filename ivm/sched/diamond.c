/*
 * Diamonds.
 *
 * C is a *convergence point* when two stream tables u and v that it reads directly have a common ancestor,
 * stream table or source (each counts as its own ancestor). Its diamond is C, u, v, and what lies between
 * them and the common ancestors. Diamonds that share a member are one *group*: it moves as a whole. Parts are
 * not seen: they are inside the stream table they belong to.
 *
 * The same definition is written in SQL for pgtrickle.diamond_groups().
 */
#include "sched/diamond.h"

#include <stdint.h>
#include <string.h>

struct graph {
    int n;     /* tables */
    int words; /* of a set of nodes: tables, then sources */
    const struct ivm_catalog *catalog;
    const int *top;
    uint64_t *ancestors; /* per table, itself included; of parts: nothing */
    uint64_t *direct;    /* per table: stream tables that it or a part of it reads */
    int *leader;         /* union-find over tables */
};

static uint64_t *set_of(uint64_t *sets, const struct graph *g, int table)
{
    return sets + (size_t)table * (size_t)g->words;
}

static void set_add(uint64_t *set, int node)
{
    set[node / 64] |= UINT64_C(1) << (node % 64);
}

static bool set_has(const uint64_t *set, int node)
{
    return (set[node / 64] >> (node % 64) & 1) != 0;
}

static bool set_meets(const uint64_t *x, const uint64_t *y, int words)
{
    for (int i = 0; i < words; i++) {
        if ((x[i] & y[i]) != 0) {
            return true;
        }
    }
    return false;
}

int *diamond_tops(struct arena *a, const struct ivm_catalog *c)
{
    int *top = ARENA_ARRAY(a, int, c->ntables + 1);
    for (int i = 0; i < c->ntables; i++) {
        int parent = c->tables[i].parent != 0 ? ivm_catalog_find(c, c->tables[i].parent) : i;
        top[i] = parent >= 0 ? parent : i;
    }
    return top;
}

/* Number of a source among the nodes, given out as they are met. */
static int graph_source(int64_t *seen, int *nseen, int64_t source_id)
{
    for (int i = 0; i < *nseen; i++) {
        if (seen[i] == source_id) {
            return i;
        }
    }
    seen[*nseen] = source_id;
    return (*nseen)++;
}

static void graph_build(struct arena *a, struct graph *g, const struct ivm_catalog *c)
{
    int watches = 0;
    for (int i = 0; i < c->ntables; i++) {
        watches += c->tables[i].nwatches;
    }
    g->n = c->ntables;
    g->catalog = c;
    g->words = (c->ntables + watches + 63) / 64 + 1;
    g->top = diamond_tops(a, c);
    g->ancestors = ARENA_ARRAY(a, uint64_t, (size_t)g->words * (size_t)(g->n + 1));
    g->direct = ARENA_ARRAY(a, uint64_t, (size_t)g->words * (size_t)(g->n + 1));
    g->leader = ARENA_ARRAY(a, int, g->n + 1);
    int64_t *seen = ARENA_ARRAY(a, int64_t, watches + 1);
    int nseen = 0;
    /* Tables are in topological order, parts before their stream table: every set is complete when it is
     * read. */
    for (int i = 0; i < g->n; i++) {
        const struct ivm_table *t = &c->tables[i];
        int top = g->top[i];
        uint64_t *mine = set_of(g->ancestors, g, top);
        g->leader[i] = i;
        for (int k = 0; k < t->nwatches; k++) {
            if (t->watches[k].upstream == 0) {
                set_add(mine, g->n + graph_source(seen, &nseen, t->watches[k].source_id));
            }
        }
        for (int k = 0; k < t->nupstream; k++) {
            int up = ivm_catalog_find(c, t->upstream[k]);
            if (up < 0 || g->top[up] == top) {
                continue;
            }
            const uint64_t *theirs = set_of(g->ancestors, g, g->top[up]);
            set_add(set_of(g->direct, g, top), g->top[up]);
            for (int w = 0; w < g->words; w++) {
                mine[w] |= theirs[w];
            }
        }
        set_add(mine, top);
    }
}

static int graph_leader(struct graph *g, int i)
{
    while (g->leader[i] != i) {
        i = g->leader[i] = g->leader[g->leader[i]];
    }
    return i;
}

static void graph_join(struct graph *g, int x, int y)
{
    int lx = graph_leader(g, x);
    int ly = graph_leader(g, y);
    g->leader[lx > ly ? lx : ly] = lx < ly ? lx : ly;
}

/* Joins the diamond that closes at `c` over its branches u and v, if there is one. */
static void graph_diamond(struct graph *g, int c, int u, int v, uint64_t *shared)
{
    const uint64_t *au = set_of(g->ancestors, g, u);
    const uint64_t *av = set_of(g->ancestors, g, v);
    if (!set_meets(au, av, g->words)) {
        return;
    }
    for (int w = 0; w < g->words; w++) {
        shared[w] = au[w] & av[w];
    }
    graph_join(g, c, u);
    graph_join(g, c, v);
    for (int m = 0; m < g->n; m++) {
        if (g->top[m] == m && (set_has(au, m) || set_has(av, m)) && !set_has(shared, m) &&
            set_meets(set_of(g->ancestors, g, m), shared, g->words)) {
            graph_join(g, c, m);
        }
    }
}

int *diamond_groups(struct arena *a, const struct ivm_catalog *c)
{
    struct graph g;
    graph_build(a, &g, c);
    uint64_t *shared = ARENA_ARRAY(a, uint64_t, g.words);
    for (int i = 0; i < g.n; i++) {
        if (g.top[i] != i || c->tables[i].lone) {
            continue;
        }
        const uint64_t *direct = set_of(g.direct, &g, i);
        for (int u = 0; u < g.n; u++) {
            for (int v = u + 1; set_has(direct, u) && v < g.n; v++) {
                if (set_has(direct, v)) {
                    graph_diamond(&g, i, u, v, shared);
                }
            }
        }
    }
    int *group = ARENA_ARRAY(a, int, g.n + 1);
    int *size = ARENA_ARRAY(a, int, g.n + 1);
    for (int i = 0; i < g.n; i++) {
        size[graph_leader(&g, i)] += g.top[i] == i;
    }
    int n = 0;
    int *number = ARENA_ARRAY(a, int, g.n + 1);
    for (int i = 0; i < g.n; i++) {
        number[i] = graph_leader(&g, i) == i && size[i] > 1 ? n++ : -1;
    }
    for (int i = 0; i < g.n; i++) {
        group[i] = number[graph_leader(&g, g.top[i])];
    }
    return group;
}
