/* Loading the catalog as a part of another job. */
#ifndef WEIR_IVM_JOBS_LOAD_H
#define WEIR_IVM_JOBS_LOAD_H

#include "jobs/job.h"

/*
 * SQL for the names of the tables that storage s.id reads, and of their columns, in one value. What was
 * compiled calls them so, and after two columns have changed names with each other it would run and be wrong:
 * a refresh compares.
 */
#define LOAD_NAMES                                                                                           \
    "(SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', n.nspname, c.relname, "          \
    "a.attnum, "                                                                                             \
    "a.attname), ',' ORDER BY d.ordinal, a.attnum)) FROM pgtrickle_data.dependencies d "                     \
    "JOIN pgtrickle_data.sources u USING (source_id) JOIN pg_catalog.pg_class c ON c.oid = u.relid "         \
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "                                              \
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "          \
    "WHERE d.id = s.id AND d.upstream IS NULL)"

/* Queues the questions. The step that gets their results calls load_read with the index of the first. `ids`,
 * '{1,2}', are the tables wanted, with their parts and all that they read; NULL: all. */
void load_send(struct job *j, const char *ids);

/* Builds the catalog from the results. Never fails: a stream table that cannot be compiled is suspended. */
struct ivm_catalog *load_read(struct job *j, int first);

/* The same without plans: enough to form units, for a fraction of the price. */
void load_send_graph(struct job *j, const char *ids);
struct ivm_catalog *load_read_graph(struct job *j, int first);

#endif
