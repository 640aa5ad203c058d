/*
 * Inside of jobs.
 *
 * A job is a chain of *steps*. A step reads the results of the statements the step before it queued, queues
 * statements of its own, and names the step that comes next. What is queued in one step goes to the server
 * together; where a result is needed, a step ends. So the number of steps is the number of round trips.
 *
 *            queue            send all, receive all         boundary?
 *   step ─────────► statements ─────────────────► results ─────────► COMMIT ─► next step
 *     │                                              │ refused
 *     └─ job_end: DONE                               └────► failed ─► [ROLLBACK, clean-up, COMMIT] ─► FAILED
 */
#ifndef WEIR_IVM_JOBS_JOB_H
#define WEIR_IVM_JOBS_JOB_H

#include "base/sql.h"
#include "base/str.h"
#include "ivm.h"

/* The class of weir's advisory locks: (class, 0) to change the catalog, (class, id) to refresh storage id. */
#define JOB_LOCK_CLASS 2003134834

typedef void (*job_step_fn)(struct job *j);

struct job {
    struct arena arena;
    void *work; /* the kind's own data, in the arena */

    struct {
        struct job_statement *statements;
        int n, capacity, sent;
        struct job_rows *results; /* parallel to statements */
        int nresults;
    } batch;
    struct job_rows *results; /* of the batch before this one: what a step reads */
    int nresults;

    job_step_fn step;
    job_step_fn undo; /* on failure: queues the clean-up of what was committed before; NULL: nothing to do */
    job_step_fn release; /* frees what is not in the arena */
    bool commit;         /* a boundary after this batch */
    bool rollback;       /* a boundary before this batch */
    bool ended, failed;
    bool tainted;
    int failed_at; /* index, in its batch, of the statement that was refused; -1: none was */
    struct err err;

    const char **notices;
    int nnotices, notices_capacity, notices_taken;
};

/* A new job whose first step is `first`; `size` bytes of zeroed work data. */
struct job *job_new(size_t size, job_step_fn first);

/* Queues a statement. The returned pointer is good until the next one is queued. */
struct job_statement *job_send(struct job *j, enum job_as as, const char *sql);

/* The same as weir's role, with its rows wanted. */
struct job_statement *job_ask(struct job *j, const char *sql);

/* The job ends well when the batch is through. */
void job_end(struct job *j);

/* The job fails, for the reason in j->err, which the caller has just set. */
void job_fail(struct job *j);

void job_say(struct job *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Cells of a result; out of range is a mistake of weir's, and ends the process. */
const char *rows_text(const struct job_rows *r, int row, int column);
int64_t rows_int(const struct job_rows *r, int row, int column);   /* NULL: 0 */
double rows_double(const struct job_rows *r, int row, int column); /* NULL: -1 */
bool rows_bool(const struct job_rows *r, int row, int column);     /* NULL: false */

/* Value number `nth` of `key` in the text of a request; NULL when there is none. */
const char *request_value(struct arena *a, const char *arguments, const char *key, int nth);
int request_count(const char *arguments, const char *key);
int64_t request_int(struct arena *a, const char *arguments, const char *key, int nth);

struct job *job_create(const char *arguments, const struct job_place *place, struct err *e);
struct job *job_drop(const char *arguments, const struct job_place *place, struct err *e);
struct job *job_resume(const char *arguments, const struct job_place *place, struct err *e);
struct job *job_refresh_request(const char *arguments, const struct job_place *place, struct err *e);

/* Queues the question whether the user may refresh what a request names: its answer is an error, or nothing.
 */
void request_check_refresh(struct job *j, const char *arguments);

#endif
