/* A job over a client's wire: what is sent, what is fed back, and what a failure leaves in flight. */
#include "wirejob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A job that follows a script, in place of the real ones. */
struct job {
    enum job_step steps[8];
    struct job_statement statements[8];
    int at;
    int nresults;
    char first_cell[64];
    int nrows;
    struct err failure;
};

static struct job job;

enum job_step job_next(struct job *j, struct job_statement *out, struct err *e)
{
    if (j->failure.code != ERR_NONE) {
        *e = j->failure;
        return JOB_FAILED;
    }
    *out = j->statements[j->at];
    enum job_step step = j->steps[j->at];
    if (step != JOB_DONE && step != JOB_FAILED) {
        j->at++;
    }
    if (step == JOB_FAILED) {
        err_set(e, ERR_UNSUPPORTED, "cannot");
    }
    return step;
}

void job_result(struct job *j, const struct job_rows *rows)
{
    j->nresults++;
    j->nrows = rows->nrows;
    snprintf(j->first_cell, sizeof j->first_cell, "%s",
             rows->nrows > 0 && rows->cells[0] != NULL ? rows->cells[0] : "");
}

void job_failed(struct job *j, const struct err *e)
{
    j->failure = *e;
}

void job_free(struct job *j)
{
    (void)j;
}

/* The types of the messages in `out`, in order. */
static const char *types_of(struct wire_out *out)
{
    static char types[256];
    size_t n = 0, at = 0;
    while (at < out->len) {
        uint8_t type = 0;
        size_t total = 0;
        assert_int_equal(frame_peek(out->data + at, out->len - at, FRAME_LENGTH_MAX, &type, &total),
                         FRAME_HEAD);
        types[n++] = (char)type;
        at += total;
    }
    types[n] = '\0';
    wire_out_free(out);
    return types;
}

static void start(struct wirejob *w, bool sync)
{
    job.at = 0;
    wirejob_start(w, &job, sync, 42, "00");
}

static void feed_row(struct wirejob *w, const char *cell)
{
    struct wire_out row = {0};
    const char *const cells[] = {cell};
    msg_write_text_row(&row, cells, 1);
    wirejob_message(w, 'D', row.data + 5, row.len - 5);
    wire_out_free(&row);
}

static void feed_error(struct wirejob *w, int position)
{
    struct wire_out out = {0};
    struct err e = {0};
    err_set(&e, ERR_SYNTAX, "bad");
    e.position = position;
    msg_write_error(&out, MSG_ERROR, &e);
    wirejob_message(w, 'E', out.data + 5, out.len - 5);
    wire_out_free(&out);
}

static void test_a_statement_in_a_block_ends_with_sync(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_RESULTS, JOB_DONE}, .statements = {{.sql = "SELECT 1"}}};
    start(&w, true);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_RUNNING);
    assert_string_equal(types_of(&out), "CPBDECCS");
    wirejob_message(&w, '3', NULL, 0);
    wirejob_message(&w, '1', NULL, 0);
    feed_row(&w, "one");
    wirejob_message(&w, 'C', (const uint8_t *)"SELECT 1", 9);
    wirejob_message(&w, '3', NULL, 0);
    assert_int_equal(job.nresults, 0);
    wirejob_message(&w, 'Z', (const uint8_t *)"T", 1);
    assert_int_equal(job.nresults, 1);
    assert_string_equal(job.first_cell, "one");
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_DONE);
    wirejob_end(&w);
}

static void test_in_a_pipeline_it_ends_with_flush(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_RESULTS, JOB_DONE}, .statements = {{.sql = "SELECT 1"}}};
    start(&w, false);
    wirejob_pump(&w, &out);
    assert_string_equal(types_of(&out), "CPBDECCH");
    wirejob_message(&w, '3', NULL, 0);
    feed_row(&w, "one");
    wirejob_message(&w, '3', NULL, 0);
    assert_int_equal(job.nresults, 0);
    wirejob_message(&w, '3', NULL, 0);
    assert_int_equal(job.nresults, 1);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_DONE);
    wirejob_end(&w);
}

static void test_as_weir_rows_come_as_arrays(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_RESULTS, JOB_DONE},
                       .statements = {{.as = JOB_AS_WEIR, .sql = "SELECT 7, NULL", .rows = true}}};
    start(&w, true);
    wirejob_pump(&w, &out);
    assert_string_equal(types_of(&out), "CPBDECCS");
    feed_row(&w, "{\"a \\\"b\\\"\",NULL}");
    feed_row(&w, "{c,\"NULL\"}");
    wirejob_message(&w, 'Z', (const uint8_t *)"T", 1);
    assert_int_equal(job.nrows, 2);
    assert_string_equal(job.first_cell, "a \"b\"");
    wirejob_end(&w);
}

static void test_a_refusal_waits_for_what_is_in_flight(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_STATEMENT, JOB_RESULTS, JOB_DONE},
                       .statements = {{.sql = "x", .user_text = true, .user_text_offset = 10}, {.sql = "y"}}};
    start(&w, true);
    wirejob_pump(&w, &out);
    wire_out_free(&out);
    feed_error(&w, 15);
    wirejob_message(&w, 'Z', (const uint8_t *)"E", 1);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_RUNNING);
    feed_error(&w, 0); /* the second statement: transaction is aborted */
    wirejob_message(&w, 'Z', (const uint8_t *)"E", 1);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_FAILED);
    assert_true(w.aborted);
    assert_int_equal(w.err.position, 5);
    assert_string_equal(w.err.sqlstate, "42601");
    wirejob_end(&w);
}

static void test_a_position_in_our_own_sql_is_not_shown(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_RESULTS, JOB_DONE}, .statements = {{.sql = "x"}}};
    start(&w, false);
    wirejob_pump(&w, &out);
    wire_out_free(&out);
    feed_error(&w, 15);
    assert_int_equal(wirejob_pump(&w, &out),
                     WIREJOB_FAILED); /* nothing more comes before the client's Sync */
    assert_int_equal(w.err.position, 0);
    wirejob_end(&w);
}

static void test_a_job_may_refuse_by_itself(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0};
    job = (struct job){.steps = {JOB_FAILED}};
    start(&w, true);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_FAILED);
    assert_false(w.aborted);
    assert_string_equal(w.err.sqlstate, "0A000");
    wirejob_end(&w);
}

static void test_described_types_are_asked_for_by_name(void **state)
{
    (void)state;
    struct wirejob w;
    struct wire_out out = {0}, description = {0};
    job = (struct job){.steps = {JOB_STATEMENT, JOB_RESULTS, JOB_DONE},
                       .statements = {{.as = JOB_DESCRIBE, .sql = "SELECT 1"}}};
    start(&w, true);
    wirejob_pump(&w, &out);
    assert_string_equal(types_of(&out), "CPDCCS");
    const char *const names[] = {"a1"};
    msg_write_text_columns(&description, names, 1);
    wirejob_message(&w, 'T', description.data + 5, description.len - 5);
    wire_out_free(&description);
    wirejob_message(&w, 'Z', (const uint8_t *)"T", 1);
    assert_int_equal(job.nresults, 0);
    assert_int_equal(wirejob_pump(&w, &out), WIREJOB_RUNNING);
    assert_string_equal(types_of(&out), "CPBDECCS");
    feed_row(&w, "a1");
    wirejob_message(&w, 'Z', (const uint8_t *)"T", 1);
    assert_int_equal(job.nresults, 1);
    wirejob_end(&w);
}

static void test_arrays_are_split(void **state)
{
    (void)state;
    struct arena a = {0};
    const char **cells = NULL;
    int n = -1;
    assert_true(wirejob_array(&a, "{}", &cells, &n));
    assert_int_equal(n, 0);
    assert_true(wirejob_array(&a, "{a,\"b,c\",NULL,\"\",\"x\\\\y\"}", &cells, &n));
    assert_int_equal(n, 5);
    assert_string_equal(cells[1], "b,c");
    assert_null(cells[2]);
    assert_string_equal(cells[3], "");
    assert_string_equal(cells[4], "x\\y");
    assert_false(wirejob_array(&a, "a", &cells, &n));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_statement_in_a_block_ends_with_sync),
        cmocka_unit_test(test_in_a_pipeline_it_ends_with_flush),
        cmocka_unit_test(test_as_weir_rows_come_as_arrays),
        cmocka_unit_test(test_a_refusal_waits_for_what_is_in_flight),
        cmocka_unit_test(test_a_position_in_our_own_sql_is_not_shown),
        cmocka_unit_test(test_a_job_may_refuse_by_itself),
        cmocka_unit_test(test_described_types_are_asked_for_by_name),
        cmocka_unit_test(test_arrays_are_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
