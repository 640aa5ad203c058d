/* Loading the catalog as a part of another job. */
#ifndef WEIR_IVM_JOBS_LOAD_H
#define WEIR_IVM_JOBS_LOAD_H

#include "jobs/job.h"

/* SQL for the tables of users' that storage s.id reads: what capture knows of each, what the server does, and
 * the names of the table and its columns in one text. */
#define LOAD_SOURCES                                                                                         \
    "(SELECT d.ordinal, u.source_id, u.relid, u.family, u.natts, c.relnatts, c.relhassubclass, "             \
    "(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', n.nspname, c.relname, a.attnum, a.attname), "   \
    "',' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a "                                                 \
    "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS names "                            \
    "FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources u USING (source_id) "                    \
    "LEFT JOIN pg_catalog.pg_class c ON c.oid = u.relid "                                                    \
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "                                         \
    "WHERE d.id = s.id AND d.upstream IS NULL)"

/* All those names in one value, over LOAD_SOURCES x. What was compiled calls them so, and after two columns
 * have changed names with each other it would run and be wrong: a refresh compares. */
#define LOAD_NAMES "pg_catalog.md5(pg_catalog.string_agg(x.names, ',' ORDER BY x.ordinal))"

/* Queues the questions. The step that gets their results calls load_read with the index of the first. `ids`,
 * '{1,2}', are the tables wanted, with their parts and all that they read; NULL: all. */
void load_send(struct job *j, const char *ids);

/* Builds the catalog from the results. Never fails: a stream table that cannot be compiled is suspended. */
struct ivm_catalog *load_read(struct job *j, int first);

/* The same without plans: enough to form units, for a fraction of the price. */
void load_send_graph(struct job *j, const char *ids);
struct ivm_catalog *load_read_graph(struct job *j, int first);

#endif
