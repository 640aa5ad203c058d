/* When tables are due: intervals, calculated schedules, dirtiness through readers, backoff. */
#include "ivm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* source 1 -> A(1), B(2) -> C(3);  source 2 -> D(4, no schedule) -> E(5) */
static struct ivm_table tables[5];
static int64_t source_a[] = {1}, source_d[] = {2}, up_c[] = {1, 2}, up_e[] = {4};
static struct ivm_watch watches[5];
static struct ivm_catalog catalog;

static void table_init(int i, int64_t schedule_ms, int64_t *sources, int nsources, int64_t *up, int nup)
{
    watches[i] = (struct ivm_watch){.source_id = nsources > 0 ? sources[0] : 0};
    tables[i] = (struct ivm_table){.id = i + 1,
                                   .schema = "public",
                                   .name = "t",
                                   .populated = true,
                                   .differential = true,
                                   .schedule_ms = schedule_ms,
                                   .source_ids = sources,
                                   .nsource_ids = nsources,
                                   .upstream = up,
                                   .nupstream = nup,
                                   .watches = &watches[i],
                                   .nwatches = nsources};
}

static struct ivm_schedule *schedule_new(void)
{
    table_init(0, 2000, source_a, 1, NULL, 0);
    table_init(1, 2000, source_a, 1, NULL, 0);
    table_init(2, 3000, NULL, 0, up_c, 2);
    table_init(3, 0, source_d, 1, NULL, 0);
    table_init(4, 500, NULL, 0, up_e, 1);
    catalog = (struct ivm_catalog){.tables = tables, .ntables = 5, .version = 1};
    struct ivm_schedule *s = ivm_schedule_new();
    ivm_schedule_load(s, &catalog, 10000);
    return s;
}

/* Runs everything that is due until nothing is, as if each refresh took no time. */
static int settle(struct ivm_schedule *s, int64_t now)
{
    int units = 0;
    for (;;) {
        struct arena a = {0};
        int n = 0;
        int *unit = ivm_schedule_due(s, &a, now, &n);
        if (unit == NULL) {
            arena_free(&a);
            return units;
        }
        int64_t ids[8];
        for (int i = 0; i < n; i++) {
            ids[i] = tables[unit[i]].id;
        }
        ivm_schedule_started(s, unit, n);
        ivm_schedule_finished(s, ids, n, true, now);
        arena_free(&a);
        units++;
        assert_true(units < 100);
    }
}

static void test_what_is_new_is_looked_at_once(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    assert_true(settle(s, 20000) > 0);
    assert_int_equal(settle(s, 100000), 0);
    assert_int_equal(ivm_schedule_wait_ms(s, 100000), -1);
    ivm_schedule_free(s);
}

static void test_a_change_waits_for_the_interval(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    settle(s, 20000);
    ivm_schedule_source_changed(s, 1);
    assert_int_equal(settle(s, 21999), 0);
    assert_int_equal(ivm_schedule_wait_ms(s, 21999), 1);
    assert_int_equal(settle(s, 22000), 1); /* A, B and C are one diamond: one unit */
    ivm_schedule_free(s);
}

static void test_a_change_after_the_interval_is_due_at_once(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    settle(s, 20000);
    ivm_schedule_source_changed(s, 2);
    assert_int_equal(ivm_schedule_wait_ms(s, 50000), 0);
    ivm_schedule_free(s);
}

static void test_calculated_runs_as_its_reader_needs(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    settle(s, 20000);
    ivm_schedule_source_changed(s, 2);
    assert_int_equal(settle(s, 20499), 0);
    assert_true(settle(s, 20500) > 0);
    ivm_schedule_free(s);
}

static void test_no_member_is_refreshed_twice_at_a_time(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    settle(s, 20000);
    ivm_schedule_source_changed(s, 1);
    struct arena a = {0};
    int n = 0, m = 0;
    int *unit = ivm_schedule_due(s, &a, 30000, &n);
    assert_non_null(unit);
    ivm_schedule_started(s, unit, n);
    ivm_schedule_source_changed(s, 1); /* while it runs */
    assert_null(ivm_schedule_due(s, &a, 40000, &m));
    int64_t ids[] = {1, 2, 3};
    ivm_schedule_finished(s, ids, 3, true, 40000);
    assert_int_equal(settle(s, 40000), 1); /* and the change is not forgotten */
    arena_free(&a);
    ivm_schedule_free(s);
}

static void test_failures_back_off(void **state)
{
    (void)state;
    struct ivm_schedule *s = schedule_new();
    settle(s, 20000);
    ivm_schedule_source_changed(s, 1);
    int64_t ids[] = {1, 2, 3};
    int64_t now = 30000, pause = 1000;
    for (int i = 0; i < 8; i++) {
        struct arena a = {0};
        int n = 0;
        int *unit = ivm_schedule_due(s, &a, now, &n);
        assert_non_null(unit);
        ivm_schedule_started(s, unit, n);
        ivm_schedule_finished(s, ids, 3, false, now);
        assert_null(ivm_schedule_due(s, &a, now + pause - 1, &n));
        now += pause > 3000 ? pause : 3000; /* the interval counts as well */
        pause = pause * 2 > 60000 ? 60000 : pause * 2;
        arena_free(&a);
    }
    ivm_schedule_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_new_is_looked_at_once),
        cmocka_unit_test(test_a_change_waits_for_the_interval),
        cmocka_unit_test(test_a_change_after_the_interval_is_due_at_once),
        cmocka_unit_test(test_calculated_runs_as_its_reader_needs),
        cmocka_unit_test(test_no_member_is_refreshed_twice_at_a_time),
        cmocka_unit_test(test_failures_back_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
