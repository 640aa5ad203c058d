/* What emit_select leaves to its caller (ivm/emit/emit_select.c), and how expressions with sort keys and
 * windows are rewritten (ivm/parse/expr.c). That SQL comes back as it was is proved in
 * tests/golden/deparse.py. */
#include "base/arena.h"
#include "base/err.h"
#include "base/sql.h"
#include "base/str.h"
#include "emit/emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct select *parsed(const char *sql)
{
    struct select *s;
    const char *reason;
    struct err e = {0};
    assert_true(parse_select(&arena, sql, &s, &reason, &e));
    assert_null(reason);
    return s;
}

static char replacement[] = "(SELECT 1)", new_name[] = "new";

/* Table t is replaced, any other keeps its name; columns are marked. */
static void write_table(struct str *s, const struct from_item *f, void *ctx)
{
    if (strcmp(f->name, "t") == 0) {
        str_add(s, ctx);
    } else {
        str_add(s, f->schema != NULL ? sql_qualified(s->arena, f->schema, f->name)
                                     : sql_ident(s->arena, f->name));
    }
}

static void write_column(struct str *s, const struct expr *e, void *ctx)
{
    (void)ctx;
    str_addf(s, "<%s>", e->names[e->nnames - 1]);
}

static const char *written(const char *sql, const struct select_writer *w)
{
    struct str s;
    str_init(&s, &arena);
    emit_select(&s, parsed(sql), w);
    return s.data;
}

static void a_replaced_table_keeps_its_name(void **state)
{
    (void)state;
    const struct select_writer w = {.table = write_table, .ctx = replacement};
    assert_string_equal(written("SELECT 1 FROM app.t, app.u", &w),
                        "SELECT 1 FROM (SELECT 1) AS \"t\", \"app\".\"u\"");
    assert_string_equal(written("SELECT 1 FROM app.t x, q", &w), "SELECT 1 FROM (SELECT 1) AS \"x\", \"q\"");
    assert_string_equal(written("SELECT 1 FROM app.t x(a, b)", &w),
                        "SELECT 1 FROM (SELECT 1) AS \"x\"(\"a\", \"b\")");
}

static void tables_are_replaced_at_every_depth(void **state)
{
    (void)state;
    const struct select_writer w = {.table = write_table, .ctx = new_name};
    assert_string_equal(
        written("WITH q AS (SELECT 1 FROM app.t) SELECT (SELECT 2 FROM app.t) FROM q "
                "WHERE EXISTS (SELECT 3 FROM app.t UNION SELECT 4 FROM (SELECT 5 FROM app.t) x)",
                &w),
        "WITH \"q\" AS (SELECT 1 FROM new AS \"t\") SELECT (SELECT 2 FROM new AS \"t\") FROM \"q\" "
        "WHERE EXISTS ((SELECT 3 FROM new AS \"t\") UNION "
        "(SELECT 4 FROM (SELECT 5 FROM new AS \"t\") AS \"x\"))");
}

static void a_renamed_column_keeps_its_name_in_the_result(void **state)
{
    (void)state;
    const struct select_writer w = {.column = write_column};
    assert_string_equal(
        written("SELECT t.a, t.b AS c, (t.a IS NULL) FROM app.t ORDER BY t.a DESC", &w),
        "SELECT <a> AS \"a\", <b> AS \"c\", (<a> IS NULL) FROM \"app\".\"t\" ORDER BY <a> DESC");
}

static struct expr *column_to_ref(const struct expr *e, void *ctx)
{
    (void)ctx;
    return e->kind == EXPR_COLUMN ? expr_ref(&arena, 0, e->names[e->nnames - 1][0] - 'a') : NULL;
}

static bool count_refs(const struct expr *e, void *n)
{
    *(int *)n += e->kind == EXPR_REF;
    return true;
}

static void rewriting_reaches_sort_keys_and_windows(void **state)
{
    (void)state;
    struct select *s = parsed("SELECT array_agg(x.a ORDER BY x.b) FILTER (WHERE x.c), "
                              "sum(x.a) OVER (PARTITION BY x.b ORDER BY x.c ROWS x.d PRECEDING)");
    for (int i = 0; i < s->ntargets; i++) {
        struct expr *e = s->targets[i].expr;
        struct expr *new = expr_rewrite(&arena, e, column_to_ref, NULL);
        int old_refs = 0, new_refs = 0;
        expr_visit(e, count_refs, &old_refs);
        expr_visit(new, count_refs, &new_refs);
        assert_int_equal(old_refs, 0);
        assert_int_equal(new_refs, 3 + i);
        assert_false(expr_same(e, new));
        assert_true(expr_same(new, expr_rewrite(&arena, e, column_to_ref, NULL)));
    }
}

static void whatever_differs_makes_another_expression(void **state)
{
    (void)state;
    struct select *s =
        parsed("SELECT array_agg(a ORDER BY b), array_agg(a ORDER BY b DESC), array_agg(a ORDER BY a), "
               "array_agg(a), array_agg(DISTINCT a), array_agg(a) FILTER (WHERE b), "
               "sum(a) OVER w, sum(a) OVER v, sum(a) OVER (w), sum(a) OVER (PARTITION BY b), "
               "sum(a) OVER (ORDER BY b), sum(a) OVER (ORDER BY b ROWS 1 PRECEDING), "
               "sum(a) OVER (ORDER BY b ROWS 2 PRECEDING), sum(a) OVER (ORDER BY b RANGE 2 PRECEDING), "
               "sum(a) OVER (ORDER BY b ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), "
               "sum(a) OVER (ORDER BY b ROWS 2 PRECEDING EXCLUDE TIES), x.a[1][2], (x.a[1])[2]");
    for (int i = 0; i < s->ntargets; i++) {
        for (int k = 0; k < s->ntargets; k++) {
            assert_int_equal(expr_same(s->targets[i].expr, s->targets[k].expr), i == k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replaced_table_keeps_its_name),
        cmocka_unit_test(tables_are_replaced_at_every_depth),
        cmocka_unit_test(a_renamed_column_keeps_its_name_in_the_result),
        cmocka_unit_test(rewriting_reaches_sort_keys_and_windows),
        cmocka_unit_test(whatever_differs_makes_another_expression),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
