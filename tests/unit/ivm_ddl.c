/* weir's own statements in a script: ivm/parse/ddl.c, locate.c. */
#include "base/arena.h"
#include "base/err.h"
#include "ivm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct ddl_script parse(const char *sql)
{
    struct ddl_script s;
    struct err e = {0};
    assert_true(ddl_parse(&arena, sql, &s, &e));
    assert_int_equal(e.code, ERR_NONE);
    return s;
}

static struct err parse_error(const char *sql)
{
    struct ddl_script s;
    struct err e = {0};
    assert_false(ddl_parse(&arena, sql, &s, &e));
    return e;
}

static void notice_sees_the_word_in_any_case(void **state)
{
    (void)state;
    const char *yes = "create STREAM table x";
    const char *no = "SELECT strea FROM m";
    assert_true(ddl_notice(yes, strlen(yes)));
    assert_true(ddl_notice("stream", 6));
    assert_false(ddl_notice("stream", 5));
    assert_false(ddl_notice(no, strlen(no)));
    assert_false(ddl_notice("", 0));
}

static void create_is_a_call(void **state)
{
    (void)state;
    const char *sql = "CREATE STREAM TABLE app.\"My Totals\" AS SELECT 1 AS x";
    struct ddl_script s = parse(sql);
    assert_int_equal(s.nstatements, 1);
    assert_int_equal(s.statements[0].kind, DDL_CREATE);
    assert_string_equal(s.statements[0].tag, "CREATE STREAM TABLE");
    assert_int_equal(s.statements[0].query_position, (int)(strstr(sql, "SELECT") - sql) + 1);
    assert_string_equal(s.statements[0].sql,
                        "CALL pgtrickle.create_stream_table_statement(name => 'app.\"My Totals\"', "
                        "query => 'SELECT 1 AS x', columns => NULL::text[], options => '{}'::jsonb, "
                        "if_not_exists => false, with_data => true)");
}

static void create_takes_columns_and_options(void **state)
{
    (void)state;
    struct ddl_script s =
        parse("create stream table if not exists t (A, \"b\"\"c\", \"d\\e\") with (Schedule = '2s', "
              "refresh_mode = differential, max = .5, n = -3, initialize = false, append_only) "
              "as select 1, 2 with no data");
    assert_string_equal(
        s.statements[0].sql,
        "CALL pgtrickle.create_stream_table_statement(name => 't', query => 'select 1, 2', "
        "columns => E'{\"a\",\"b\\\\\"c\",\"d\\\\\\\\e\"}'::text[], options => "
        "'{\"schedule\": \"2s\", \"refresh_mode\": \"differential\", \"max\": 0.5, \"n\": -3, "
        "\"initialize\": false, \"append_only\": true}'::jsonb, if_not_exists => true, "
        "with_data => false)");
}

static void strings_of_every_kind_are_options(void **state)
{
    (void)state;
    struct ddl_script s =
        parse("CREATE STREAM TABLE t WITH (a = E'x\\ty', b = $q$it's$q$, c = U&'\\00e9') AS TABLE x");
    assert_non_null(strstr(s.statements[0].sql, "\"a\": \"x\\\\u0009y\""));
    assert_non_null(strstr(s.statements[0].sql, "\"b\": \"it''s\""));
    assert_non_null(strstr(s.statements[0].sql, "\"c\": \"\xc3\xa9\""));
}

static void positions_count_characters(void **state)
{
    (void)state;
    struct ddl_script s =
        parse("/* \xc3\xa9\xc3\xa9 */ CREATE STREAM TABLE \"\xe2\x82\xac\" AS -- why\n  SELECT 1");
    assert_int_equal(s.statements[0].query_position, 46);
    assert_non_null(strstr(s.statements[0].sql, "query => 'SELECT 1'"));
    struct err e = parse_error("SELECT '\xc3\xa9'; DROP STREAM TABLE 5");
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(e.position, 31);
    assert_string_equal(e.message, "syntax error at or near \"5\"");
}

static void drop_and_refresh(void **state)
{
    (void)state;
    struct ddl_script s =
        parse("DROP STREAM TABLE IF EXISTS a, s . b CASCADE; REFRESH STREAM TABLE a, b FULL;"
              "DROP STREAM TABLE a RESTRICT; refresh stream table x");
    assert_int_equal(s.nstatements, 4);
    assert_string_equal(s.statements[0].sql,
                        "CALL pgtrickle.drop_stream_table_statement(names => ARRAY['a', 's.b'], "
                        "if_exists => true, cascade => true)");
    assert_string_equal(
        s.statements[1].sql,
        "CALL pgtrickle.refresh_stream_table_statement(names => ARRAY['a', 'b'], full => true)");
    assert_string_equal(s.statements[2].sql,
                        "CALL pgtrickle.drop_stream_table_statement(names => ARRAY['a'], "
                        "if_exists => false, cascade => false)");
    assert_int_equal(s.statements[3].kind, DDL_REFRESH);
    assert_string_equal(s.statements[3].tag, "REFRESH STREAM TABLE");
}

static void stream_stays_a_name(void **state)
{
    (void)state;
    static const char *const scripts[] = {"CREATE TABLE stream (a int)",
                                          "SELECT stream FROM stream",
                                          "CREATE VIEW v AS SELECT 1 AS stream; DROP TABLE stream",
                                          "SELECT 'CREATE STREAM TABLE x AS SELECT 1'",
                                          "-- CREATE STREAM TABLE x AS SELECT 1\nSELECT 1",
                                          "/* CREATE STREAM TABLE */ SELECT $$DROP STREAM TABLE x; $$",
                                          "ALTER TABLE stream RENAME TO streams",
                                          "COMMENT ON TABLE stream IS 'x'",
                                          "BEGIN; INSERT INTO stream VALUES (1); COMMIT",
                                          ""};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        assert_int_equal(parse(scripts[i]).nstatements, 0);
    }
}

static void a_script_is_split(void **state)
{
    (void)state;
    const char *sql =
        "BEGIN; CREATE TABLE a (x int DEFAULT 1);\n"
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;;"
        "CREATE STREAM TABLE s AS SELECT ';' FROM a ; SAVEPOINT p; ROLLBACK TO p; COMMIT";
    struct ddl_script s = parse(sql);
    static const enum ddl_kind kinds[] = {DDL_BEGIN, DDL_OTHER, DDL_OTHER, DDL_CREATE,
                                          DDL_OTHER, DDL_OTHER, DDL_END};
    assert_int_equal(s.nstatements, 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(s.statements[i].kind, kinds[i]);
    }
    assert_string_equal(s.statements[1].sql, "CREATE TABLE a (x int DEFAULT 1)");
    assert_memory_equal(sql + s.statements[1].start, "CREATE TABLE a", 14);
    assert_int_equal(s.statements[1].end - s.statements[1].start, strlen(s.statements[1].sql));
    assert_non_null(strstr(s.statements[3].sql, "query => 'SELECT '';'' FROM a'"));
}

static void transactions_begin_and_end(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        enum ddl_kind kind;
    } cases[] = {{"BEGIN", DDL_BEGIN},
                 {"START TRANSACTION READ ONLY", DDL_BEGIN},
                 {"COMMIT", DDL_END},
                 {"END WORK", DDL_END},
                 {"ABORT", DDL_END},
                 {"ROLLBACK", DDL_END},
                 {"ROLLBACK WORK TO SAVEPOINT a", DDL_OTHER},
                 {"ROLLBACK TO a", DDL_OTHER},
                 {"PREPARE TRANSACTION 'x'", DDL_END},
                 {"PREPARE p AS SELECT 1", DDL_OTHER},
                 {"COMMIT PREPARED 'x'", DDL_OTHER}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "%s; REFRESH STREAM TABLE x", cases[i].sql);
        struct ddl_script s = parse(sql);
        assert_int_equal(s.nstatements, 2);
        assert_int_equal(s.statements[0].kind, cases[i].kind);
    }
}

static void calls_are_noticed(void **state)
{
    (void)state;
    struct ddl_script s =
        parse("SELECT pgtrickle.create_stream_table('a', 'SELECT 1'); SELECT \"drop_stream_table\"('a');"
              "DO $$ BEGIN PERFORM 1; END $$");
    assert_int_equal(s.nstatements, 3);
    assert_int_equal(s.statements[0].kind, DDL_CALL);
    assert_string_equal(s.statements[0].sql, "SELECT pgtrickle.create_stream_table('a', 'SELECT 1')");
    assert_null(s.statements[0].tag);
    assert_int_equal(s.statements[1].kind, DDL_CALL);
    assert_int_equal(s.statements[2].kind, DDL_OTHER);
    assert_int_equal(parse("SELECT 'create_stream_table'").nstatements, 0);
}

static void mistakes_have_a_place_and_a_hint(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *sqlstate;
        int position;
    } cases[] = {{"CREATE STREAM TABLE", "42601", 20},
                 {"CREATE STREAM TABLE AS SELECT 1", "42601", 21},
                 {"CREATE STREAM TABLE t SELECT 1", "42601", 23},
                 {"CREATE STREAM TABLE t AS", "42601", 25},
                 {"CREATE STREAM TABLE t AS WITH NO DATA", "42601", 26},
                 {"CREATE STREAM TABLE t (a b) AS SELECT 1", "42601", 26},
                 {"CREATE STREAM TABLE t WITH (a = ) AS SELECT 1", "42601", 33},
                 {"CREATE STREAM TABLE t WITH (a = 1, A = 2) AS SELECT 1", "42601", 36},
                 {"DROP STREAM TABLE a b", "42601", 21},
                 {"REFRESH STREAM TABLE a FULL now", "42601", 29},
                 {"CREATE OR REPLACE STREAM TABLE t AS SELECT 1", "0A000", 1},
                 {"ALTER STREAM TABLE t SUSPEND", "0A000", 1},
                 {"ALTER STREAM TABLE t RESUME now", "0A000", 1},
                 {"ALTER STREAM TABLE", "42601", 19},
                 {"EXPLAIN STREAM TABLE t", "0A000", 1},
                 {"SELECT 1; SHOW STREAM TABLES", "0A000", 11}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = parse_error(cases[i].sql);
        assert_string_equal(e.sqlstate, cases[i].sqlstate);
        assert_int_equal(e.position, cases[i].position);
    }
}

static void constructs_are_located(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *reason;
        int position;
    } cases[] = {{"SELECT DISTINCT a FROM t", "SELECT DISTINCT", 8},
                 {"SELECT 'left' FROM a LEFT JOIN b USING (x)", "LEFT JOIN", 22},
                 {"SELECT a UNION ALL SELECT b UNION SELECT c", "UNION", 29},
                 {"SELECT a FROM t WHERE a IN (SELECT 1)", "IN subquery", 25},
                 {"SELECT \"\xc3\xa9\", string_agg(a, ',') FROM t", "aggregate string_agg()", 13},
                 {"SELECT a, now() FROM t", "function now() is STABLE", 11},
                 {"SELECT * FROM t, generate_series(1, 2) g", "function in FROM", 18},
                 {"SELECT unnest(a) FROM t", "set-returning function in SELECT", 8},
                 {"SELECT a FROM app.items", "app.items: it is a foreign table", 19},
                 {"SELECT a FROM app.items", "relation \"items\": it is a foreign table", 19},
                 {"SELECT unnest(a) FROM t", "set-returning function in the select list", 8},
                 {"SELECT a, app.twice(a) FROM t", "function twice() in the select list returns a set", 15},
                 {"SELECT current_date", "CURRENT_DATE", 8},
                 {"SELECT row_number() OVER (ORDER BY a) FROM t", "window function", 21},
                 {"SELECT a FROM t", "LIMIT", 0},
                 {"SELECT 'unfinished", "LIMIT", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ivm_locate(cases[i].sql, cases[i].reason), cases[i].position);
    }
    assert_int_equal(ivm_locate("SELECT 1", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(notice_sees_the_word_in_any_case, teardown),
        cmocka_unit_test_teardown(create_is_a_call, teardown),
        cmocka_unit_test_teardown(create_takes_columns_and_options, teardown),
        cmocka_unit_test_teardown(strings_of_every_kind_are_options, teardown),
        cmocka_unit_test_teardown(positions_count_characters, teardown),
        cmocka_unit_test_teardown(drop_and_refresh, teardown),
        cmocka_unit_test_teardown(stream_stays_a_name, teardown),
        cmocka_unit_test_teardown(a_script_is_split, teardown),
        cmocka_unit_test_teardown(transactions_begin_and_end, teardown),
        cmocka_unit_test_teardown(calls_are_noticed, teardown),
        cmocka_unit_test_teardown(mistakes_have_a_place_and_a_hint, teardown),
        cmocka_unit_test_teardown(constructs_are_located, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
