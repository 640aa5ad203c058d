/* Diamonds and units: what has to move together. */
#include "ivm.h"
#include "sched/diamond.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TABLES 12
#define READS 4

/* A catalog drawn by hand: `reads` of a table are ids of tables, or negative numbers of sources; 0 ends them.
 */
struct drawing {
    struct ivm_catalog catalog;
    struct ivm_table tables[TABLES];
    struct ivm_watch watches[TABLES][READS];
    int64_t upstream[TABLES][READS];
};

static void draw(struct drawing *d, int64_t id, int64_t parent, const int64_t reads[READS])
{
    int i = d->catalog.ntables++;
    struct ivm_table *t = &d->tables[i];
    d->catalog.tables = d->tables;
    *t = (struct ivm_table){.id = id, .parent = parent, .watches = d->watches[i], .upstream = d->upstream[i]};
    for (int k = 0; k < READS && reads[k] != 0; k++) {
        t->watches[t->nwatches++] = (struct ivm_watch){
            .source_id = reads[k] > 0 ? 1000 + reads[k] : -reads[k],
            .upstream = reads[k] > 0 ? reads[k] : 0,
        };
        if (reads[k] > 0) {
            t->upstream[t->nupstream++] = reads[k];
        }
    }
}

#define READING(...)                                                                                         \
    (const int64_t[READS])                                                                                   \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

/* The unit of one table as a string of ids: "1 2 3". */
static const char *unit_of(struct arena *a, const struct drawing *d, int64_t id)
{
    int target = ivm_catalog_find(&d->catalog, id);
    int n;
    int *unit = ivm_unit(a, &d->catalog, &target, 1, &n);
    const char *s = "";
    for (int i = 0; i < n; i++) {
        s = arena_printf(a, "%s%s%lld", s, i > 0 ? " " : "", (long long)d->tables[unit[i]].id);
    }
    return s;
}

/* sales -> region(1), product(2) -> summary(3) with a part(4) */
static void test_simple_diamond(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(-1));
    draw(&d, 4, 3, READING(1));
    draw(&d, 5, 3, READING(2));
    draw(&d, 3, 0, READING(4, 5));
    draw(&d, 6, 0, READING(-1)); /* alone */
    int *group = diamond_groups(&a, &d.catalog);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(group[i], 0);
    }
    assert_int_equal(group[5], -1);
    assert_string_equal(unit_of(&a, &d, 1), "1 2 4 5 3");
    assert_string_equal(unit_of(&a, &d, 3), "1 2 4 5 3");
    assert_string_equal(unit_of(&a, &d, 4), "1 2 4 5 3");
    assert_string_equal(unit_of(&a, &d, 6), "6");
    arena_free(&a);
}

/*
 * s1 -> A(1) -> C(3) -> E(5)      s2 -> B(2) -> D(4) -> E
 * s1 -> B(2) -> C                 s2 -> D
 */
static void test_nested_diamonds_are_one_group(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(-1, -2));
    draw(&d, 3, 0, READING(1, 2));
    draw(&d, 4, 0, READING(2, -2));
    draw(&d, 5, 0, READING(3, 4));
    int *group = diamond_groups(&a, &d.catalog);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(group[i], 0);
    }
    assert_string_equal(unit_of(&a, &d, 1), "1 2 3 4 5");
    arena_free(&a);
}

static void test_chain_is_no_diamond(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(1, -1)); /* also reads the source itself: one branch only is a stream table */
    draw(&d, 3, 0, READING(2));
    int *group = diamond_groups(&a, &d.catalog);
    assert_int_equal(group[0], -1);
    assert_int_equal(group[2], -1);
    assert_string_equal(unit_of(&a, &d, 1), "1");
    assert_string_equal(unit_of(&a, &d, 2), "1 2");
    assert_string_equal(unit_of(&a, &d, 3), "1 2 3");
    arena_free(&a);
}

static void test_branches_of_different_sources_do_not_meet(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(-2));
    draw(&d, 3, 0, READING(1, 2));
    assert_string_equal(unit_of(&a, &d, 1), "1");
    assert_string_equal(unit_of(&a, &d, 3), "1 2 3");
    arena_free(&a);
}

/* base(1) -> left(2), right(3) -> tip(4): the common ancestor is a stream table, and is not of the group */
static void test_diamond_over_a_stream_table(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(1));
    draw(&d, 3, 0, READING(1));
    draw(&d, 4, 0, READING(2, 3));
    int *group = diamond_groups(&a, &d.catalog);
    assert_int_equal(group[0], -1);
    assert_int_equal(group[1], 0);
    assert_int_equal(group[3], 0);
    assert_string_equal(unit_of(&a, &d, 1), "1");
    assert_string_equal(unit_of(&a, &d, 2), "1 2 3 4");
    arena_free(&a);
}

static void test_two_diamonds_that_share_a_member(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(-1));
    draw(&d, 3, 0, READING(-1));
    draw(&d, 4, 0, READING(1, 2));
    draw(&d, 5, 0, READING(2, 3));
    draw(&d, 6, 0, READING(-9));
    draw(&d, 7, 0, READING(-9));
    draw(&d, 8, 0, READING(6, 7));
    int *group = diamond_groups(&a, &d.catalog);
    assert_int_equal(group[0], group[4]);
    assert_int_not_equal(group[0], group[7]);
    assert_string_equal(unit_of(&a, &d, 1), "1 2 3 4 5");
    assert_string_equal(unit_of(&a, &d, 6), "6 7 8");
    arena_free(&a);
}

static void test_consistency_none_closes_nothing(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-1));
    draw(&d, 2, 0, READING(-1));
    draw(&d, 3, 0, READING(1, 2));
    d.tables[2].lone = true;
    assert_string_equal(unit_of(&a, &d, 1), "1");
    assert_string_equal(unit_of(&a, &d, 3), "1 2 3");
    arena_free(&a);
}

static void test_probe_counts_what_is_watched(void **state)
{
    (void)state;
    struct arena a = {0};
    struct drawing d = {0};
    draw(&d, 1, 0, READING(-7));
    draw(&d, 2, 0, READING(1));
    d.tables[1].opaque_sources = true;
    int both[] = {0, 1};
    const char *sql = ivm_probe_sql(&a, &d.catalog, both, 2);
    assert_non_null(strstr(sql, "pgtrickle_data.pending_1_7"));
    assert_null(strstr(sql, "pending_2_"));
    assert_non_null(strstr(sql, "SELECT 2::bigint, 1::bigint"));
    assert_non_null(strstr(ivm_probe_sql(&a, &d.catalog, both, 0), "WHERE false"));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simple_diamond),
        cmocka_unit_test(test_nested_diamonds_are_one_group),
        cmocka_unit_test(test_chain_is_no_diamond),
        cmocka_unit_test(test_branches_of_different_sources_do_not_meet),
        cmocka_unit_test(test_diamond_over_a_stream_table),
        cmocka_unit_test(test_two_diamonds_that_share_a_member),
        cmocka_unit_test(test_consistency_none_closes_nothing),
        cmocka_unit_test(test_probe_counts_what_is_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
