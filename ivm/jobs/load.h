/* Loading the catalog as a part of another job. */
#ifndef WEIR_IVM_JOBS_LOAD_H
#define WEIR_IVM_JOBS_LOAD_H

#include "jobs/job.h"

/* Queues the questions. The step that gets their results calls load_read with the index of the first. */
void load_send(struct job *j);

/* Builds the catalog from the results. Never fails: a stream table that cannot be compiled is suspended. */
struct ivm_catalog *load_read(struct job *j, int first);

#endif
