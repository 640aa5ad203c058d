/* Small jobs of the maintainer: recording failures, tidying up, settings. */
#include "jobs/job.h"

#include <string.h>

const char *ivm_session_settings(void)
{
    /* Values must be the same whoever computes them: up to gin_fuzzy_search_limit this is the list of
     * 80_settings.sql. Plans must be made for small changes, not for disks, once, and with no worker started
     * for them; and what is lost in a crash of the server is lost together with its frontier, so nobody waits
     * for the disk. */
    return "SET standard_conforming_strings = on; SET DateStyle = 'ISO, MDY'; SET TimeZone = 'UTC'; SET "
           "timezone_abbreviations = 'Default'; "
           "SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; "
           "SET xmlbinary = 'base64'; SET xmloption = 'content'; SET lc_monetary = 'C'; SET lc_numeric = "
           "'C'; "
           "SET lc_time = 'C'; SET default_text_search_config = 'pg_catalog.simple'; SET array_nulls = on; "
           "SET transform_null_equals = off; SET quote_all_identifiers = off; SET gin_fuzzy_search_limit = "
           "0; "
           "SET search_path = pg_catalog, pg_temp; SET row_security = off; SET jit = off; "
           "SET random_page_cost = 1.1; SET plan_cache_mode = force_generic_plan; "
           "SET max_parallel_workers_per_gather = 0; SET synchronous_commit = off; "
           "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '5min'; "
           "SET client_min_messages = warning";
}

struct failure {
    const char *ids;
    const char *message;
    bool rebuild;
};

static void failure_start(struct job *j)
{
    const struct failure *f = j->work;
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena, "SELECT pgtrickle_data.record_failure('{f:ids}', {l:message}, {f:rebuild})",
                      SQL_TEXT("ids", f->ids), SQL_TEXT("message", f->message),
                      SQL_TEXT("rebuild", f->rebuild ? "true" : "false")));
    job_end(j);
}

struct job *job_record_failure(const struct ivm_catalog *c, const int *unit, int n, const struct err *why)
{
    struct job *j = job_new(sizeof(struct failure), failure_start);
    struct failure *f = j->work;
    struct str ids;
    str_init(&ids, &j->arena);
    str_add(&ids, "{");
    for (int i = 0; i < n; i++) {
        str_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)c->tables[unit[i]].id);
    }
    str_add(&ids, "}");
    f->ids = ids.data;
    f->message = arena_strdup(&j->arena, why->message[0] != '\0' ? why->message : "unknown error");
    /* XX001: data_corrupted, as refuse_broken() says, or the server of what it finds on disk. */
    f->rebuild = why->code == ERR_INTERNAL || strcmp(why->sqlstate, "XX001") == 0;
    return j;
}

/* --- housekeeping: each statement is a transaction of its own, none waits for anybody ------------ */

struct housekeeping {
    int64_t *sources;
    int n;
};

static void housekeeping_start(struct job *j)
{
    const struct housekeeping *h = j->work;
    for (int i = 0; i < h->n; i++) {
        job_send(j, JOB_AS_WEIR,
                 sql_text(&j->arena, "SELECT pgtrickle_data.tidy_source({n:source})",
                          SQL_INT("source", h->sources[i])));
    }
    job_send(j, JOB_AS_WEIR, "SELECT pgtrickle_data.remove_leftovers()");
    job_send(j, JOB_AS_WEIR, "SELECT pgtrickle_data.follow_rights()");
    job_send(j, JOB_AS_WEIR, "SELECT pgtrickle_data.prune()");
    job_end(j);
}

struct job *job_housekeeping(const struct ivm_catalog *c)
{
    struct job *j = job_new(sizeof(struct housekeeping), housekeeping_start);
    struct housekeeping *h = j->work;
    int room = 1;
    for (int i = 0; i < c->ntables; i++) {
        room += c->tables[i].nwatches;
    }
    h->sources = ARENA_ARRAY(&j->arena, int64_t, room);
    for (int i = 0; i < c->ntables; i++) {
        for (int k = 0; k < c->tables[i].nwatches; k++) {
            int64_t id = c->tables[i].watches[k].source_id;
            bool known = false;
            for (int x = 0; x < h->n; x++) {
                known = known || h->sources[x] == id;
            }
            if (!known) {
                h->sources[h->n++] = id;
            }
        }
    }
    return j;
}
