/* The base of jobs: queueing, results, boundaries. */
#include "jobs/job.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job *job_new(size_t size, job_step_fn first)
{
    struct job *j = calloc(1, sizeof *j);
    if (j == NULL) {
        abort();
    }
    j->work = size > 0 ? arena_alloc(&j->arena, size) : NULL;
    j->step = first;
    j->failed_at = -1;
    return j;
}

void job_free(struct job *j)
{
    if (j == NULL) {
        return;
    }
    if (j->release != NULL) {
        j->release(j);
    }
    arena_free(&j->arena);
    free(j);
}

struct job_statement *job_send(struct job *j, enum job_as as, const char *sql)
{
    if (j->batch.n == j->batch.capacity) {
        int capacity = j->batch.capacity == 0 ? 16 : j->batch.capacity * 2;
        struct job_statement *s = ARENA_ARRAY(&j->arena, struct job_statement, capacity);
        struct job_rows *r = ARENA_ARRAY(&j->arena, struct job_rows, capacity);
        if (j->batch.n > 0) {
            memcpy(s, j->batch.statements, sizeof *s * (size_t)j->batch.n);
            memcpy(r, j->batch.results, sizeof *r * (size_t)j->batch.n);
        }
        j->batch.statements = s;
        j->batch.results = r;
        j->batch.capacity = capacity;
    }
    struct job_statement *s = &j->batch.statements[j->batch.n++];
    *s = (struct job_statement){.as = as, .sql = sql};
    return s;
}

struct job_statement *job_ask(struct job *j, const char *sql)
{
    struct job_statement *s = job_send(j, JOB_AS_WEIR, sql);
    s->rows = true;
    return s;
}

void job_end(struct job *j)
{
    j->ended = true;
}

/* Forgets the batch at hand: its statements were refused, or will not be sent. */
static void job_drop_batch(struct job *j)
{
    memset(&j->batch, 0, sizeof j->batch);
    j->commit = false;
    j->rollback = false;
    j->step = NULL;
}

void job_fail(struct job *j)
{
    assert(j->err.code != ERR_NONE);
    job_drop_batch(j);
    j->failed = true;
    if (j->undo != NULL) {
        job_step_fn undo = j->undo;
        j->undo = NULL; /* a clean-up that fails is not cleaned up: housekeeping finds the rest */
        j->rollback = true;
        undo(j);
    }
}

void job_failed(struct job *j, const struct err *e)
{
    if (!j->failed) {
        j->err = *e;
        j->failed_at = j->batch.nresults;
        if (j->err.code == ERR_NONE) {
            err_set(&j->err, ERR_SQL, NULL);
        }
    } else {
        j->undo = NULL;
    }
    job_fail(j);
}

enum job_step job_next(struct job *j, struct job_statement *out, struct err *e)
{
    for (;;) {
        if (j->rollback) {
            j->rollback = false;
            return JOB_ROLLBACK;
        }
        if (j->batch.sent < j->batch.n) {
            *out = j->batch.statements[j->batch.sent++];
            return JOB_STATEMENT;
        }
        if (j->batch.nresults < j->batch.n) {
            return JOB_RESULTS;
        }
        if (j->commit) {
            j->commit = false;
            return JOB_COMMIT;
        }
        if (j->failed) {
            if (e->code == ERR_NONE) {
                *e = j->err;
            }
            return JOB_FAILED;
        }
        if (j->ended || j->step == NULL) {
            return JOB_DONE;
        }
        j->results = j->batch.results;
        j->nresults = j->batch.nresults;
        memset(&j->batch, 0, sizeof j->batch);
        job_step_fn step = j->step;
        j->step = NULL;
        step(j);
    }
}

void job_result(struct job *j, const struct job_rows *rows)
{
    assert(j->batch.nresults < j->batch.n);
    struct job_rows *r = &j->batch.results[j->batch.nresults++];
    size_t n = (size_t)rows->nrows * (size_t)rows->ncolumns;
    const char **cells = ARENA_ARRAY(&j->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        cells[i] = arena_strdup(&j->arena, rows->cells[i]);
    }
    *r = (struct job_rows){
        .tag = arena_strdup(&j->arena, rows->tag != NULL ? rows->tag : ""),
        .nrows = rows->nrows,
        .ncolumns = rows->ncolumns,
        .cells = cells,
    };
}

void job_say(struct job *j, const char *fmt, ...)
{
    if (j->nnotices == j->notices_capacity) {
        int capacity = j->notices_capacity == 0 ? 4 : j->notices_capacity * 2;
        const char **n = ARENA_ARRAY(&j->arena, const char *, capacity);
        if (j->nnotices > 0) {
            memcpy(n, j->notices, sizeof *n * (size_t)j->nnotices);
        }
        j->notices = n;
        j->notices_capacity = capacity;
    }
    va_list ap;
    va_start(ap, fmt);
    j->notices[j->nnotices++] = arena_vprintf(&j->arena, fmt, ap);
    va_end(ap);
}

const char *job_notice(struct job *j)
{
    return j->notices_taken < j->nnotices ? j->notices[j->notices_taken++] : NULL;
}

bool job_tainted(const struct job *j)
{
    return j->tainted;
}

const char *rows_text(const struct job_rows *r, int row, int column)
{
    if (row < 0 || row >= r->nrows || column < 0 || column >= r->ncolumns) {
        fprintf(stderr, "job: no cell (%d, %d) in a result of %d x %d\n", row, column, r->nrows, r->ncolumns);
        abort();
    }
    return r->cells[(size_t)row * (size_t)r->ncolumns + (size_t)column];
}

int64_t rows_int(const struct job_rows *r, int row, int column)
{
    const char *s = rows_text(r, row, column);
    return s == NULL ? 0 : strtoll(s, NULL, 10);
}

double rows_double(const struct job_rows *r, int row, int column)
{
    const char *s = rows_text(r, row, column);
    return s == NULL ? -1 : strtod(s, NULL);
}

bool rows_bool(const struct job_rows *r, int row, int column)
{
    const char *s = rows_text(r, row, column);
    return s != NULL && s[0] == 't'; /* 't' of a row, 'true' of run_row */
}
