/* What the compiler promises its callers (ivm/plan/compile.c); what it makes of queries is in tests/golden.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "ivm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ivm_column columns[] = {
    {.attnum = 1,
     .name = "id",
     .type = "integer",
     .typmod = -1,
     .not_null = true,
     .hashable = true,
     .faithful = true},
    {.attnum = 3, .name = "grp", .type = "text", .typmod = -1, .hashable = true, .faithful = true},
    {.attnum = 4, .name = "x", .type = "integer", .typmod = -1, .hashable = true, .faithful = true},
};
static int key[] = {1};
static struct ivm_relation relation = {.oid = 77,
                                       .schema = "app",
                                       .name = "t",
                                       .relkind = 'r',
                                       .columns = columns,
                                       .ncolumns = 3,
                                       .key = key,
                                       .nkey = 1};

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct ivm_compiled compile(const char *sql, const char **names, int n, const char **types, int ntypes)
{
    struct ivm_query q = {.canonical = sql,
                          .columns = names,
                          .ncolumns = n,
                          .relations = &relation,
                          .nrelations = 1,
                          .argument_types = types,
                          .nargument_types = ntypes};
    struct ivm_compiled c;
    struct err e = {0};
    assert_true(ivm_compile(&arena, &q, &c, &e));
    return c;
}

static void sources_list_what_is_read_and_the_key(void **state)
{
    (void)state;
    const char *names[] = {"x"};
    struct ivm_compiled c = compile("SELECT t.x FROM app.t", names, 1, NULL, 0);
    assert_true(c.differential);
    assert_int_equal(c.nplans, 1);
    assert_int_equal(plan_kind(c.plans[0]), PLAN_KEYED);
    assert_int_equal(plan_nsources(c.plans[0]), 1);
    const struct plan_source *s = plan_source(c.plans[0], 0);
    assert_int_equal(s->relid, 77);
    assert_int_equal(s->nattnums, 2);
    assert_int_equal(s->attnums[0], 1);
    assert_int_equal(s->attnums[1], 4);
}

static void a_self_join_has_one_source(void **state)
{
    (void)state;
    const char *names[] = {"a", "b"};
    struct ivm_compiled c =
        compile("SELECT a.id AS a, b.id AS b FROM app.t a, app.t b WHERE (a.x = b.x)", names, 2, NULL, 0);
    assert_int_equal(plan_nsources(c.plans[0]), 1);
}

static void parts_come_before_their_readers(void **state)
{
    (void)state;
    const char *names[] = {"id", "total"};
    struct ivm_compiled c =
        compile("SELECT t.id, s.total FROM (app.t JOIN ( SELECT t_1.grp, sum(t_1.x) AS total FROM app.t t_1 "
                "GROUP BY t_1.grp) s ON ((s.grp = t.grp)))",
                names, 2, NULL, 0);
    assert_int_equal(c.nplans, 2);
    assert_int_equal(plan_kind(c.plans[0]), PLAN_GROUPED);
    assert_int_equal(plan_kind(c.plans[1]), PLAN_KEYED);
    assert_int_equal(plan_nsources(c.plans[1]), 2);
    assert_int_equal(plan_source(c.plans[1], 1)->relid, 0);
    assert_int_equal(plan_source(c.plans[1], 1)->part, 0);
}

static void types_are_asked_for_once(void **state)
{
    (void)state;
    const char *sql =
        "SELECT t.grp, sum((t.x * 2)) AS s, avg((t.x + 1)) AS a, sum(t.x) AS p FROM app.t GROUP BY t.grp";
    const char *names[] = {"grp", "s", "a", "p"}, *types[] = {"integer", "integer"};
    struct ivm_compiled c = compile(sql, names, 4, NULL, 0);
    assert_non_null(c.probe_sql);
    assert_int_equal(c.nplans, 0);
    assert_string_equal(c.probe_sql,
                        "SELECT p1.a1, p1.a2 FROM (SELECT (t1.\"x\" OPERATOR(pg_catalog.*) 2) AS a1, "
                        "(t1.\"x\" OPERATOR(pg_catalog.+) 1) AS a2 FROM \"app\".\"t\" AS t1) AS p1");
    c = compile(sql, names, 4, types, 2);
    assert_null(c.probe_sql);
    assert_int_equal(c.nplans, 1);

    struct ivm_query q = {.canonical = sql,
                          .columns = names,
                          .ncolumns = 4,
                          .relations = &relation,
                          .nrelations = 1,
                          .argument_types = types,
                          .nargument_types = 1};
    struct err e = {0};
    assert_false(ivm_compile(&arena, &q, &c, &e));
    assert_int_equal(e.code, ERR_INTERNAL);
}

static void reserved_names_are_refused(void **state)
{
    (void)state;
    const char *names[] = {"id", "weir_id"};
    struct ivm_query q = {.canonical = "SELECT t.id, t.x AS weir_id FROM app.t",
                          .columns = names,
                          .ncolumns = 2,
                          .relations = &relation,
                          .nrelations = 1};
    struct ivm_compiled c;
    struct err e = {0};
    assert_false(ivm_compile(&arena, &q, &c, &e));
    assert_int_equal(e.code, ERR_RESERVED_NAME);
    assert_string_equal(e.message, "column name weir_id is reserved");
}

static void what_is_not_differential_is_one_bag(void **state)
{
    (void)state;
    const char *names[] = {"id"};
    const int64_t ids[] = {5};
    const struct plan_names n = {.ids = ids};
    struct ivm_compiled c = compile("SELECT t.id FROM app.t TABLESAMPLE system (10)", names, 1, NULL, 0);
    assert_false(c.differential);
    assert_string_equal(c.reason, "TABLESAMPLE");
    assert_int_equal(c.nplans, 1);
    assert_int_equal(plan_kind(c.plans[0]), PLAN_BAG);
    assert_int_equal(plan_nsources(c.plans[0]), 0);
    assert_string_equal(plan_state_sql(&arena, c.plans[0], &n), "SELECT * FROM pgtrickle_data.def_5");
    assert_string_equal(plan_facade_sql(&arena, c.plans[0], &n),
                        "SELECT s.\"id\" FROM pgtrickle_data.st_5 s");
    c = compile("SELECT FROM WHERE TABLESAMPLE", names, 1, NULL, 0);
    assert_false(c.differential);
    assert_non_null(c.reason);
}

/* The caller's memory may go away after the call. */
static void plans_keep_no_borrowed_memory(void **state)
{
    (void)state;
    const int64_t ids[] = {5}, sources[] = {9}, limit[] = {64};
    const struct plan_names n = {.ids = ids, .source_ids = sources};
    const struct plan_change change = {.changed = 1, .limit = limit, .single = true};
    struct ivm_column *cols = malloc(sizeof columns);
    memcpy(cols, columns, sizeof columns);
    for (int i = 0; i < 3; i++) {
        cols[i].name = strdup(columns[i].name);
        cols[i].type = strdup(columns[i].type);
    }
    struct ivm_relation rel = relation;
    rel.columns = cols;
    char *name = strdup("id"), *sql = strdup("SELECT t.id FROM app.t");
    const char *names[] = {name};
    struct ivm_query q = {
        .canonical = sql, .columns = names, .ncolumns = 1, .relations = &rel, .nrelations = 1};
    struct ivm_compiled c;
    struct err e = {0};
    assert_true(ivm_compile(&arena, &q, &c, &e));
    plan_set_columns(c.plans[0], cols, 1);
    for (int i = 0; i < 3; i++) {
        free((char *)cols[i].name);
        free((char *)cols[i].type);
    }
    free(cols);
    free(name);
    free(sql);
    const char *delta = plan_delta_sql(&arena, c.plans[0], &n, &change);
    assert_non_null(strstr(delta, "pgtrickle_data.pending_5_9 LIMIT 64"));
}

/* A mask has 64 bits. */
static void too_many_relations_are_not_differential(void **state)
{
    (void)state;
    struct ivm_relation *many = calloc(61, sizeof *many);
    struct str sql;
    str_init(&sql, &arena);
    str_add(&sql, "SELECT count(*) AS n FROM ");
    for (int i = 0; i < 61; i++) {
        many[i] = relation;
        many[i].oid = 100 + (uint32_t)i;
        many[i].name = arena_printf(&arena, "t%d", i);
        str_addf(&sql, "%sapp.t%d", i > 0 ? ", " : "", i);
    }
    const char *names[] = {"n"};
    struct ivm_query q = {
        .canonical = sql.data, .columns = names, .ncolumns = 1, .relations = many, .nrelations = 61};
    struct ivm_compiled c;
    struct err e = {0};
    assert_true(ivm_compile(&arena, &q, &c, &e));
    assert_false(c.differential);
    assert_string_equal(c.reason, "more than 60 relations");
    free(many);
}

static void what_only_sorts_is_told(void **state)
{
    (void)state;
    assert_true(ivm_is_sorted(&arena, "SELECT t.id FROM app.t ORDER BY t.x"));
    assert_true(
        ivm_is_sorted(&arena, "SELECT t.id FROM app.t UNION ALL SELECT t.x FROM app.t ORDER BY 1 DESC"));
    assert_true(ivm_is_sorted(&arena, "WITH w AS (SELECT t.id FROM app.t) SELECT w.id FROM w ORDER BY w.id"));
    assert_false(ivm_is_sorted(&arena, "SELECT t.id FROM app.t"));
    assert_false(ivm_is_sorted(&arena, "SELECT t.id FROM app.t ORDER BY t.x LIMIT 3"));
    assert_false(ivm_is_sorted(&arena, "SELECT t.id FROM app.t ORDER BY t.x OFFSET 1"));
    assert_false(ivm_is_sorted(&arena, "SELECT t.id FROM app.t ORDER BY t.x FETCH FIRST 3 ROWS WITH TIES"));
    assert_false(ivm_is_sorted(&arena, "SELECT DISTINCT ON (t.x) t.id FROM app.t ORDER BY t.x, t.id"));
    assert_false(ivm_is_sorted(
        &arena, "SELECT q.id FROM (SELECT t.id FROM app.t ORDER BY t.x) q ORDER BY q.id LIMIT 1"));
    assert_false(ivm_is_sorted(&arena, "SELECT q.id FROM (SELECT t.id FROM app.t ORDER BY t.x) q"));
    assert_false(ivm_is_sorted(&arena, "SELECT syntax that is not known ORDER BY"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sources_list_what_is_read_and_the_key, teardown),
        cmocka_unit_test_teardown(a_self_join_has_one_source, teardown),
        cmocka_unit_test_teardown(parts_come_before_their_readers, teardown),
        cmocka_unit_test_teardown(types_are_asked_for_once, teardown),
        cmocka_unit_test_teardown(reserved_names_are_refused, teardown),
        cmocka_unit_test_teardown(what_is_not_differential_is_one_bag, teardown),
        cmocka_unit_test_teardown(plans_keep_no_borrowed_memory, teardown),
        cmocka_unit_test_teardown(too_many_relations_are_not_differential, teardown),
        cmocka_unit_test_teardown(what_only_sorts_is_told, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
