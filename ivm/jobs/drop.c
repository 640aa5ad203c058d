/*
 * Dropping stream tables. The facades are dropped as the user, so that PostgreSQL judges ownership and
 * dependents; the rest is weir's.
 */
#include "jobs/job.h"

struct drop {
    int64_t request;
    bool cascade;
    const char *ids; /* '{1,2}' */
};

static void drop_listed(struct job *j)
{
    const struct drop *d = j->work;
    struct arena *a = &j->arena;
    const struct job_rows *r = &j->results[1];
    struct str facades, all;
    str_init(&facades, a);
    str_init(&all, a);
    for (int i = 0; i < r->nrows; i++) {
        str_sep(&all, ", ");
        str_addf(&all, "%lld", (long long)rows_int(r, i, 0));
        if (rows_bool(r, i, 3)) {
            str_sep(&facades, ", ");
            str_add(&facades, sql_qualified(a, rows_text(r, i, 1), rows_text(r, i, 2)));
        }
    }
    if (facades.len == 0) {
        err_set(&j->err, ERR_UNDEFINED, "the stream table to be dropped does not exist any more");
        job_fail(j);
        return;
    }
    job_send(
        j, JOB_AS_WEIR,
        sql_text(a, "SELECT pgtrickle_data.begin_drop(ARRAY[{f:ids}]::bigint[])", SQL_TEXT("ids", all.data)));
    job_send(j, JOB_AS_SELF,
             sql_text(a, "DROP VIEW {f:facades} {f:cascade}", SQL_TEXT("facades", facades.data),
                      SQL_TEXT("cascade", d->cascade ? "CASCADE" : "RESTRICT")));
    job_send(j, JOB_AS_WEIR,
             sql_text(a, "SELECT pgtrickle_data.drop_storages(ARRAY[{f:ids}]::bigint[])",
                      SQL_TEXT("ids", all.data)));
    job_end(j);
}

static void drop_start(struct job *j)
{
    const struct drop *d = j->work;
    job_send(
        j, JOB_AS_WEIR,
        sql_text(&j->arena, "SELECT pgtrickle_data.begin_ddl({n:request})", SQL_INT("request", d->request)));
    job_ask(j, sql_text(&j->arena, "SELECT l.* FROM pgtrickle_data.drop_list('{f:ids}', {f:cascade}) l",
                        SQL_TEXT("ids", d->ids), SQL_TEXT("cascade", d->cascade ? "true" : "false")));
    j->step = drop_listed;
}

struct job *job_drop(const char *arguments, const struct job_place *place, struct err *e)
{
    (void)place;
    struct job *j = job_new(sizeof(struct drop), drop_start);
    struct drop *d = j->work;
    d->request = request_int(&j->arena, arguments, "request", 0);
    const char *cascade = request_value(&j->arena, arguments, "cascade", 0);
    d->cascade = cascade != NULL && cascade[0] == 't';
    int n = request_count(arguments, "id");
    if (d->request == 0 || n == 0) {
        err_set(e, ERR_INTERNAL, "a request to drop a stream table is incomplete");
        job_free(j);
        return NULL;
    }
    struct str ids;
    str_init(&ids, &j->arena);
    str_add(&ids, "{");
    for (int i = 0; i < n; i++) {
        str_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)request_int(&j->arena, arguments, "id", i));
    }
    str_add(&ids, "}");
    d->ids = ids.data;
    return j;
}
