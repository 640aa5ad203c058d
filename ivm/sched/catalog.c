/* The catalog as the maintainer holds it. */
#include "base/str.h"
#include "ivm.h"

#include <stdlib.h>

void ivm_catalog_free(struct ivm_catalog *c)
{
    if (c != NULL) {
        arena_free(&c->arena);
        free(c);
    }
}

int ivm_catalog_find(const struct ivm_catalog *c, int64_t id)
{
    for (int i = 0; i < c->ntables; i++) {
        if (c->tables[i].id == id) {
            return i;
        }
    }
    return -1;
}

const char *ivm_probe_sql(struct arena *a, const struct ivm_catalog *c, const int *tables, int n)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < n; i++) {
        const struct ivm_table *t = &c->tables[tables[i]];
        str_sep(&s, " UNION ALL ");
        if (t->opaque_sources) {
            str_addf(&s, "SELECT %lld::bigint, 1::bigint", (long long)t->id);
            continue;
        }
        /* A storage that was never filled is due however quiet its sources are; so is one marked for a
         * rebuild. */
        str_addf(&s,
                 "SELECT %lld::bigint, (SELECT CASE WHEN s.populated AND NOT s.rebuild THEN 0 ELSE 1 END "
                 "FROM pgtrickle_data.state s WHERE s.id = %lld)::bigint",
                 (long long)t->id, (long long)t->id);
        if (t->views) {
            str_addf(&s,
                     " + (SELECT CASE WHEN t.opaque_sources OR t.views_mark IS DISTINCT FROM "
                     "pgtrickle_data.views_mark(t.views) "
                     "THEN 1 ELSE 0 END FROM pgtrickle_data.stream_tables t WHERE t.id = %lld)",
                     (long long)t->id);
        }
        for (int k = 0; k < t->nwatches; k++) {
            str_addf(&s, " + (EXISTS (SELECT FROM pgtrickle_data.pending_%lld_%lld))::int", (long long)t->id,
                     (long long)t->watches[k].source_id);
            if (t->watches[k].upstream == 0) {
                str_addf(&s, " + pgtrickle_data.family_moved(%lld)::int", (long long)t->watches[k].source_id);
            }
        }
    }
    if (s.len == 0) {
        return "SELECT NULL::bigint, NULL::bigint WHERE false";
    }
    return s.data;
}
