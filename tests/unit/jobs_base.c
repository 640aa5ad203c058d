/* The base of jobs: the order of statements and results, boundaries, failure and clean-up, requests' text. */
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Answers the statement with one cell. */
static void feed(struct job *j, const char *cell)
{
    const char *cells[] = {cell};
    job_result(j, &(struct job_rows){.tag = "SELECT 1", .nrows = 1, .ncolumns = 1, .cells = cells});
}

static const char *next_sql(struct job *j)
{
    struct job_statement s = {0};
    struct err e = {0};
    assert_int_equal(job_next(j, &s, &e), JOB_STATEMENT);
    return s.sql;
}

static enum job_step next(struct job *j, struct err *e)
{
    struct job_statement s = {0};
    return job_next(j, &s, e);
}

static void second(struct job *j)
{
    assert_int_equal(j->nresults, 2);
    assert_string_equal(rows_text(&j->results[0], 0, 0), "one");
    assert_int_equal(rows_int(&j->results[1], 0, 0), 42);
    job_send(j, JOB_AS_WEIR, "THREE");
    job_say(j, "said %d", 3);
    job_end(j);
}

static void first(struct job *j)
{
    job_send(j, JOB_AS_SELF, "ONE");
    job_ask(j, "TWO");
    j->commit = true;
    j->step = second;
}

static void test_steps_follow_results(void **state)
{
    (void)state;
    struct err e = {0};
    struct job *j = job_new(0, first);
    assert_string_equal(next_sql(j), "ONE");
    assert_string_equal(next_sql(j), "TWO");
    assert_int_equal(next(j, &e), JOB_RESULTS);
    feed(j, "one");
    assert_int_equal(next(j, &e), JOB_RESULTS); /* one is still missing */
    feed(j, "42");
    assert_int_equal(next(j, &e), JOB_COMMIT);
    assert_string_equal(next_sql(j), "THREE");
    assert_int_equal(next(j, &e), JOB_RESULTS);
    feed(j, NULL);
    assert_int_equal(next(j, &e), JOB_DONE);
    assert_string_equal(job_notice(j), "said 3");
    assert_null(job_notice(j));
    assert_false(job_tainted(j));
    job_free(j);
}

static void clean_up(struct job *j)
{
    job_send(j, JOB_AS_WEIR, "CLEAN");
    j->commit = true;
}

static void risky(struct job *j)
{
    j->undo = clean_up;
    job_send(j, JOB_AS_SELF, "RISK");
    job_send(j, JOB_AS_SELF, "NEVER RUN");
    j->step = second;
}

static void test_failure_cleans_up_what_was_committed(void **state)
{
    (void)state;
    struct err e = {0}, refused = {0};
    struct job *j = job_new(0, risky);
    assert_string_equal(next_sql(j), "RISK");
    assert_string_equal(next_sql(j), "NEVER RUN");
    assert_int_equal(next(j, &e), JOB_RESULTS);
    err_set(&refused, ERR_SQL, "division by zero");
    memcpy(refused.sqlstate, "22012", 6);
    job_failed(j, &refused);
    assert_int_equal(next(j, &e), JOB_ROLLBACK);
    assert_string_equal(next_sql(j), "CLEAN");
    assert_int_equal(next(j, &e), JOB_RESULTS);
    feed(j, NULL);
    assert_int_equal(next(j, &e), JOB_COMMIT);
    assert_int_equal(next(j, &e), JOB_FAILED);
    assert_string_equal(e.message, "division by zero");
    assert_string_equal(e.sqlstate, "22012");
    job_free(j);
}

static void test_clean_up_that_fails_keeps_the_first_error(void **state)
{
    (void)state;
    struct err e = {0}, refused = {0}, again = {0};
    struct job *j = job_new(0, risky);
    next_sql(j);
    next_sql(j);
    err_set(&refused, ERR_SQL, "first");
    job_failed(j, &refused);
    assert_int_equal(next(j, &e), JOB_ROLLBACK);
    next_sql(j);
    err_set(&again, ERR_CONNECTION, "second");
    job_failed(j, &again);
    assert_int_equal(next(j, &e), JOB_FAILED);
    assert_string_equal(e.message, "first");
    job_free(j);
}

static void test_request_values(void **state)
{
    (void)state;
    struct arena a = {0};
    const char *text = "request=7\nquery=SELECT 'a\\\\b'\\nFROM t\ncolumn=x\ncolumn=y z\nempty=\nnameless";
    assert_int_equal(request_int(&a, text, "request", 0), 7);
    assert_string_equal(request_value(&a, text, "query", 0), "SELECT 'a\\b'\nFROM t");
    assert_int_equal(request_count(text, "column"), 2);
    assert_string_equal(request_value(&a, text, "column", 1), "y z");
    assert_string_equal(request_value(&a, text, "empty", 0), "");
    assert_null(request_value(&a, text, "quer", 0));
    assert_null(request_value(&a, text, "column", 2));
    arena_free(&a);
}

static void test_request_ids(void **state)
{
    (void)state;
    struct arena a = {0};
    int64_t *ids;
    bool full;
    assert_int_equal(request_ids(&a, "full=true\nid=3\nid=12\n", &ids, &full), 2);
    assert_true(full);
    assert_int_equal(ids[0], 3);
    assert_int_equal(ids[1], 12);
    assert_int_equal(request_ids(&a, "", &ids, &full), 0);
    assert_false(full);
    arena_free(&a);
}

static void test_requests_that_make_no_sense(void **state)
{
    (void)state;
    const char *kinds[] = {"create", "drop", "refresh", "dance"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct err e = {0};
        struct job_place place = {.in_block = false};
        assert_null(job_request(kinds[i], "request=1\n", &place, &e));
        assert_int_equal(e.code, ERR_INTERNAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_follow_results),
        cmocka_unit_test(test_failure_cleans_up_what_was_committed),
        cmocka_unit_test(test_clean_up_that_fails_keeps_the_first_error),
        cmocka_unit_test(test_request_values),
        cmocka_unit_test(test_request_ids),
        cmocka_unit_test(test_requests_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
