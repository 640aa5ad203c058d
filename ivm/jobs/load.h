/* Loading the catalog as a part of another job. */
#ifndef WEIR_IVM_JOBS_LOAD_H
#define WEIR_IVM_JOBS_LOAD_H

#include "jobs/job.h"

/* Queues the questions. The step that gets their results calls load_read with the index of the first. `ids`,
 * '{1,2}', are the tables wanted, with their parts and all that they read; NULL: all. */
void load_send(struct job *j, const char *ids);

/* Builds the catalog from the results. Never fails: a stream table that cannot be compiled is suspended. */
struct ivm_catalog *load_read(struct job *j, int first);

/* The same without plans: enough to form units, for a fraction of the price. */
void load_send_graph(struct job *j, const char *ids);
struct ivm_catalog *load_read_graph(struct job *j, int first);

#endif
