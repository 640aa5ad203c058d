/*
 * Delta of a table:  dR = the rows of its change buffer that the storage has not consumed.
 *
 * Shape: weir_w and the columns that the plan reads. Bound: plan_change.limit, told to the planner by LIMIT,
 * because it would guess from a view over two buffers. Net when asked for; else as captured.
 */
#include "delta/delta.h"

#include "base/sql.h"

#include <string.h>

static bool delta_has(const struct delta *d, int source)
{
    return (d->change->changed >> source & 1) != 0;
}

int delta_changed_inputs(const struct delta *d, const struct branch *b)
{
    int n = 0;
    for (int i = 0; i < b->ninputs; i++) {
        n += delta_has(d, b->inputs[i]);
    }
    return n;
}

bool delta_is_plain(const struct delta *d)
{
    for (int i = 0; i < d->plan->nbranches; i++) {
        if (delta_changed_inputs(d, &d->plan->branches[i]) > 1) {
            return false;
        }
    }
    return true;
}

static int delta_uses(const struct delta *d, int source)
{
    int n = d->plan->slice != NULL ? 2 : 0; /* leaves may read it many times */
    for (int i = 0; i < d->plan->nbranches; i++) {
        const struct branch *b = &d->plan->branches[i];
        for (int k = 0; k < b->ninputs; k++) {
            n += b->inputs[k] == source ? delta_changed_inputs(d, b) : 0;
        }
    }
    return n;
}

void delta_open(struct delta *d)
{
    struct arena *a = d->arena;
    d->rows = ARENA_ARRAY(a, const char *, d->plan->nsources + 1);
    str_init(&d->with, a);
    for (int i = 0; i < d->plan->nsources; i++) {
        if (!delta_has(d, i)) {
            continue;
        }
        const struct source *source = &d->plan->sources[i];
        const char *pending =
            sql_text(a, "(SELECT * FROM pgtrickle_data.pending_{n:self}_{n:source} LIMIT {n:limit})",
                     SQL_INT("self", d->names->ids[d->names->self]),
                     SQL_INT("source", d->names->source_ids[i]), SQL_INT("limit", d->change->limit[i]));
        int *key, nkey;
        bool keyed = source_key(a, source, &key, &nkey) && nkey > 0;
        struct source_columns columns = source_used_columns(a, source);
        const char *rows = d->net ? net_rows(a, pending, &columns, d->expand && !keyed) : NULL;
        if (rows == NULL && delta_uses(d, i) < 2) {
            d->rows[i] = pending;
            continue;
        }
        d->rows[i] = arena_printf(a, "n%d", i + 1);
        str_sep(&d->with, ",\n");
        str_addf(&d->with, "n%d AS MATERIALIZED (%s)", i + 1,
                 rows != NULL ? rows
                              : sql_text(a, "SELECT * FROM {f:pending} p", SQL_TEXT("pending", pending)));
    }
}
