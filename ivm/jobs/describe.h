/* Descriptions: what schema 40_describe.sql says of a query, read into the compiler's structs. */
#ifndef WEIR_IVM_JOBS_DESCRIBE_H
#define WEIR_IVM_JOBS_DESCRIBE_H

#include "jobs/job.h"

struct description {
    struct ivm_query query;
    struct ivm_relation *relations; /* query.relations, to be written to */
    bool executor;
    bool restless; /* its result may change though no table it reads does */
    uint32_t owner;
    const char *owner_name;
};

#define DESCRIBE_STATEMENTS 4

/* The four statements, for the definitions that `from` gives as rows (id, definition oid). */
void describe_send(struct job *j, enum job_as as, const char *from);

/* Reads query `id` out of the four results at `r`. False when it is not there. */
bool describe_read(struct arena *a, const struct job_rows *r, int64_t id, struct description *out);

/* Columns of one relation, from a result of describe_columns. */
struct ivm_column *describe_columns(struct arena *a, const struct job_rows *r, int from, int n, int column);

/* The relation with this oid; NULL when the query does not read it. */
const struct ivm_relation *describe_find(const struct description *d, uint32_t oid);

/* attnums as an array literal: '{1,2}'. */
const char *attnums_literal(struct arena *a, const int *attnums, int n);

const struct ivm_column *relation_column(const struct ivm_relation *r, int attnum);

#endif
