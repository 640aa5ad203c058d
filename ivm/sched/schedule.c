/*
 * When a stream table is refreshed.
 *
 * A table is *dirty* when a source of it, or of an ancestor, has changes it may not have consumed. It is
 * *due* when it is dirty and its interval has passed since its last refresh began. The interval of a table
 * without a schedule of its own ('calculated') is that of its most demanding reader, so it runs as often as
 * they need and never for itself alone. Being dirty may be wrong on the safe side: a refresh that finds
 * nothing writes nothing.
 */
#include "ivm.h"

#include <stdlib.h>
#include <string.h>

/* A calculated table that nobody reads still should not be stale for ever. */
#define CALCULATED_DEFAULT_MS 1000
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_LAST_MS 60000

struct entry {
    int64_t id;
    int64_t interval_ms;
    int64_t last_ms;       /* when the last refresh began */
    int64_t not_before_ms; /* backoff after a failure */
    int64_t backoff_ms;
    bool dirty;
    bool busy;
    bool reached; /* scratch of schedule_mark */
};

struct ivm_schedule {
    const struct ivm_catalog *catalog;
    struct entry *entries; /* parallel to catalog->tables */
    int n;
    int64_t now_ms; /* latest time heard of: start time of units that begin now */
};

struct ivm_schedule *ivm_schedule_new(void)
{
    struct ivm_schedule *s = calloc(1, sizeof *s);
    if (s == NULL) {
        abort();
    }
    return s;
}

void ivm_schedule_free(struct ivm_schedule *s)
{
    if (s != NULL) {
        free(s->entries);
        free(s);
    }
}

static struct entry *entry_find(struct entry *entries, int n, int64_t id)
{
    for (int i = 0; i < n; i++) {
        if (entries[i].id == id) {
            return &entries[i];
        }
    }
    return NULL;
}

static bool table_reads(const struct ivm_table *t, int64_t upstream)
{
    for (int i = 0; i < t->nupstream; i++) {
        if (t->upstream[i] == upstream) {
            return true;
        }
    }
    return false;
}

/* Intervals, from readers to what they read: the catalog is in topological order, so walk it backwards. */
static void schedule_intervals(struct ivm_schedule *s)
{
    const struct ivm_catalog *c = s->catalog;
    for (int i = c->ntables - 1; i >= 0; i--) {
        int64_t interval = c->tables[i].schedule_ms;
        if (interval == 0) {
            for (int j = i + 1; j < c->ntables; j++) {
                if (table_reads(&c->tables[j], c->tables[i].id) &&
                    (interval == 0 || s->entries[j].interval_ms < interval)) {
                    interval = s->entries[j].interval_ms;
                }
            }
        }
        s->entries[i].interval_ms = interval != 0 ? interval : CALCULATED_DEFAULT_MS;
    }
}

void ivm_schedule_load(struct ivm_schedule *s, const struct ivm_catalog *c, int64_t now_ms)
{
    struct entry *old = s->entries;
    int nold = s->n;
    s->entries = calloc((size_t)c->ntables + 1, sizeof *s->entries);
    if (s->entries == NULL) {
        abort();
    }
    s->n = c->ntables;
    s->catalog = c;
    s->now_ms = now_ms;
    for (int i = 0; i < c->ntables; i++) {
        struct entry *e = &s->entries[i];
        const struct entry *before = entry_find(old, nold, c->tables[i].id);
        if (before != NULL) {
            *e = *before;
        } else {
            /* New to this process: it may have missed anything, so look at once. */
            e->id = c->tables[i].id;
            e->dirty = true;
            e->last_ms = now_ms - CALCULATED_DEFAULT_MS;
        }
    }
    free(old);
    schedule_intervals(s);
}

/* Marks table i and all that reads it, directly or not: readers come later in topological order. */
static void schedule_mark(struct ivm_schedule *s, int i)
{
    for (int j = i; j < s->n; j++) {
        s->entries[j].reached = j == i;
        for (int k = i; k < j && !s->entries[j].reached; k++) {
            s->entries[j].reached =
                s->entries[k].reached && table_reads(&s->catalog->tables[j], s->entries[k].id);
        }
        s->entries[j].dirty |= s->entries[j].reached;
    }
}

void ivm_schedule_source_changed(struct ivm_schedule *s, int64_t source_id)
{
    for (int i = 0; i < s->n; i++) {
        const struct ivm_table *t = &s->catalog->tables[i];
        for (int k = 0; k < t->nsource_ids; k++) {
            if (t->source_ids[k] == source_id) {
                schedule_mark(s, i);
                break;
            }
        }
    }
}

void ivm_schedule_table_pending(struct ivm_schedule *s, int64_t table_id)
{
    int i = s->catalog != NULL ? ivm_catalog_find(s->catalog, table_id) : -1;
    if (i >= 0) {
        schedule_mark(s, i);
    }
}

/* When entry i is due, INT64_MAX when nothing asks for it. Parts run with their stream table. */
static int64_t schedule_due_at(const struct ivm_schedule *s, int i)
{
    const struct entry *e = &s->entries[i];
    const struct ivm_table *t = &s->catalog->tables[i];
    if (t->parent != 0 || t->suspended || (!e->dirty && t->populated && !t->opaque_sources)) {
        return INT64_MAX;
    }
    int64_t at = e->last_ms + e->interval_ms;
    return at > e->not_before_ms ? at : e->not_before_ms;
}

bool ivm_schedule_free_to_run(const struct ivm_schedule *s, const int *unit, int n)
{
    for (int i = 0; i < n; i++) {
        if (s->entries[unit[i]].busy) {
            return false;
        }
    }
    return true;
}

int *ivm_schedule_due(struct ivm_schedule *s, struct arena *a, int64_t now_ms, int *n)
{
    s->now_ms = now_ms;
    for (int i = 0; i < s->n; i++) {
        if (schedule_due_at(s, i) > now_ms) {
            continue;
        }
        int *unit = ivm_unit(a, s->catalog, &i, 1, n);
        if (ivm_schedule_free_to_run(s, unit, *n)) {
            return unit;
        }
    }
    *n = 0;
    return NULL;
}

void ivm_schedule_started(struct ivm_schedule *s, const int *unit, int n)
{
    for (int i = 0; i < n; i++) {
        struct entry *e = &s->entries[unit[i]];
        e->busy = true;
        e->dirty = false; /* what changes from now on marks it again */
        e->last_ms = s->now_ms;
    }
}

void ivm_schedule_finished(struct ivm_schedule *s, const int64_t *ids, int n, bool ok, int64_t now_ms)
{
    s->now_ms = now_ms;
    for (int i = 0; i < n; i++) {
        struct entry *e = entry_find(s->entries, s->n, ids[i]);
        if (e == NULL) {
            continue;
        }
        e->busy = false;
        if (ok) {
            e->backoff_ms = 0;
            e->not_before_ms = 0;
        } else {
            e->dirty = true;
            e->backoff_ms = e->backoff_ms == 0 ? BACKOFF_FIRST_MS : e->backoff_ms * 2;
            e->backoff_ms = e->backoff_ms > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : e->backoff_ms;
            e->not_before_ms = now_ms + e->backoff_ms;
        }
    }
}

int64_t ivm_schedule_wait_ms(const struct ivm_schedule *s, int64_t now_ms)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < s->n; i++) {
        int64_t at = s->entries[i].busy ? INT64_MAX : schedule_due_at(s, i);
        first = at < first ? at : first;
    }
    if (first == INT64_MAX) {
        return -1;
    }
    return first > now_ms ? first - now_ms : 0;
}
