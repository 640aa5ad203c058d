/*
 * ALTER STREAM TABLE ... RESUME: a suspended stream table is kept fresh again, from what its next refresh
 * makes of it, which is part of the job: when that fails, it stays suspended. What it missed is in the
 * buffers, or its state says that it has to be rebuilt.
 *
 * Outside a transaction block the refresh has one snapshot and blocks nobody who writes (unit_lock.h);
 * inside, it is a REFRESH in that block.
 */
#include "jobs/load.h"
#include "jobs/refresh.h"
#include "jobs/unit_lock.h"

#include <string.h>

struct resume {
    struct refresh refresh; /* first: it is the work of the job too */
    bool in_block;
    const char *arguments;
    int64_t request, id;
    const char *unit; /* '{1,2}': what it moves with, locked */
    int load_at;
};

static void resume_undo(struct job *j)
{
    unit_lock_drop(j);
    j->commit = true;
}

static void resume_refresh(struct job *j)
{
    struct resume *r = j->work;
    struct ivm_catalog *catalog = load_read(j, r->load_at);
    int target = ivm_catalog_find(catalog, r->id), n = 0;
    r->refresh.owned = catalog;
    if (target < 0) {
        err_set(&j->err, ERR_UNDEFINED, "the stream table to be resumed does not exist any more");
        job_fail(j);
        return;
    }
    const struct ivm_table *suspended = ivm_unit_suspended(&j->arena, catalog, &target, 1);
    if (suspended != NULL && suspended->id == r->id) {
        err_set(&j->err, ERR_OBJECT_STATE, "stream table \"%s\" cannot be resumed: %s", suspended->name,
                suspended->reason);
        job_fail(j);
        return;
    }
    if (suspended != NULL) {
        err_set(&j->err, ERR_OBJECT_STATE, "stream table \"%s\" is suspended", suspended->name);
        err_hint(&j->err, "Resume it first: the other one reads it.");
        job_fail(j);
        return;
    }
    const int *unit = ivm_unit(&j->arena, catalog, &target, 1, &n);
    refresh_begin(
        j, catalog, unit, n,
        &(struct refresh_options){.initiated_by = "MANUAL", .in_client = true, .locked = !r->in_block});
}

/* From here on it is active, if this transaction commits. `ids`: what is loaded. */
static void resume_mark(struct job *j, const char *ids)
{
    struct resume *r = j->work;
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena, "SELECT pgtrickle_data.resume({n:id})", SQL_INT("id", r->id)));
    r->load_at = j->batch.n;
    load_send(j, ids);
    j->step = resume_refresh;
}

static void resume_alone(struct job *j)
{
    const struct resume *r = j->work;
    unit_lock_adopt(j, r->unit);
    resume_mark(j, r->unit);
}

static void resume_lock_unit(struct job *j)
{
    struct resume *r = j->work;
    struct ivm_catalog *catalog = load_read_graph(j, r->load_at);
    r->unit = unit_ids(j, catalog, &r->id, 1);
    ivm_catalog_free(catalog);
    unit_lock_for_session(j, r->unit);
    j->commit = true;
    j->step = resume_alone;
}

static void resume_lock_catalog(struct job *j)
{
    struct resume *r = j->work;
    if (r->in_block) {
        resume_mark(j, NULL);
        return;
    }
    j->undo = resume_undo;
    unit_lock_catalog(j);
    r->load_at = j->batch.n;
    load_send_graph(j, NULL);
    j->step = resume_lock_unit;
}

static void resume_start(struct job *j)
{
    const struct resume *r = j->work;
    request_check_refresh(j, r->arguments);
    job_send(
        j, JOB_AS_WEIR,
        sql_text(&j->arena, "SELECT pgtrickle_data.begin_ddl({n:request})", SQL_INT("request", r->request)));
    j->commit = !r->in_block;
    j->step = resume_lock_catalog;
}

static void resume_release(struct job *j)
{
    struct resume *r = j->work;
    ivm_catalog_free(r->refresh.owned);
}

struct job *job_resume(const char *arguments, const struct job_place *place, struct err *e)
{
    struct job *j = job_new(sizeof(struct resume), resume_start);
    struct resume *r = j->work;
    j->release = resume_release;
    r->refresh.culprit = -1;
    r->in_block = place->in_block;
    r->arguments = arena_strdup(&j->arena, arguments);
    r->request = request_int(&j->arena, arguments, "request", 0);
    r->id = request_int(&j->arena, arguments, "id", 0);
    if (r->request == 0 || r->id == 0) {
        err_set(e, ERR_INTERNAL, "a request to resume a stream table is incomplete");
        job_free(j);
        return NULL;
    }
    return j;
}
