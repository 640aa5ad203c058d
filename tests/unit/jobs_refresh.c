/* A refresh over a scripted connection: what is sent when, and what is decided by what comes back. */
#include "ivm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SENT 64

/* One keyed stream table over one source, compiled for real. */
struct scene {
    struct arena arena;
    struct ivm_catalog catalog;
    struct ivm_table table;
    struct ivm_watch watch;
    int64_t id, source_id;
    struct job *job;
    struct job_statement sent[SENT];
    int nsent;
};

static struct ivm_column columns[] = {
    {.attnum = 1,
     .name = "id",
     .type = "integer",
     .type_oid = 23,
     .typmod = -1,
     .not_null = true,
     .hashable = true,
     .faithful = true},
    {.attnum = 2,
     .name = "v",
     .type = "integer",
     .type_oid = 23,
     .typmod = -1,
     .hashable = true,
     .faithful = true},
};

static int scene_new(void **state)
{
    static int key[] = {1};
    static const char *names[] = {"id", "v"};
    static struct scene s;
    struct ivm_relation r = {.oid = 16400,
                             .schema = "public",
                             .name = "t",
                             .relkind = 'r',
                             .columns = columns,
                             .ncolumns = 2,
                             .key = key,
                             .nkey = 1};
    struct ivm_query q = {.canonical = "SELECT t.id, t.v FROM public.t WHERE (t.v > 3)",
                          .columns = names,
                          .ncolumns = 2,
                          .relations = &r,
                          .nrelations = 1};
    struct ivm_compiled c = {0};
    struct err e = {0};
    memset(&s, 0, sizeof s);
    assert_true(ivm_compile(&s.arena, &q, &c, &e));
    assert_true(c.differential);
    assert_int_equal(c.nplans, 1);
    s.id = 5;
    s.source_id = 9;
    s.watch = (struct ivm_watch){.source_id = 9, .source = 0, .count_sql = "SELECT pending"};
    s.table = (struct ivm_table){.id = 5,
                                 .schema = "public",
                                 .name = "st",
                                 .mode = IVM_AUTO,
                                 .differential = true,
                                 .populated = true,
                                 .max_fraction = -1,
                                 .plan = c.plans[0],
                                 .names = {.ids = &s.id, .self = 0, .source_ids = &s.source_id},
                                 .source_ids = &s.source_id,
                                 .nsource_ids = 1,
                                 .watches = &s.watch,
                                 .nwatches = 1};
    plan_set_columns(c.plans[0], columns, 2);
    s.catalog = (struct ivm_catalog){.tables = &s.table, .ntables = 1, .version = 1};
    *state = &s;
    return 0;
}

static int scene_free(void **state)
{
    struct scene *s = *state;
    job_free(s->job);
    arena_free(&s->arena);
    return 0;
}

static void begin(struct scene *s, bool full, bool in_client)
{
    int unit[] = {0};
    struct refresh_options o = {.initiated_by = "MANUAL", .force_full = full, .in_client = in_client};
    s->job = job_refresh(&s->catalog, unit, 1, &o);
}

/* Takes statements until the job wants results or is over. */
static enum job_step drain(struct scene *s, struct err *e)
{
    s->nsent = 0;
    for (;;) {
        enum job_step step = job_next(s->job, &s->sent[s->nsent], e);
        if (step != JOB_STATEMENT) {
            return step;
        }
        s->nsent++;
        assert_true(s->nsent < SENT);
    }
}

static void feed(struct scene *s, int ncolumns, const char *const *cells)
{
    job_result(s->job, &(struct job_rows){
                           .tag = "SELECT 1", .nrows = cells != NULL, .ncolumns = ncolumns, .cells = cells});
}

static void feed_look(struct scene *s, const char *locked, const char *populated, const char *pending,
                      const char *is_void)
{
    const char *row[] = {"5",
                         populated,
                         "f",
                         "f",
                         NULL,
                         NULL,
                         "f",
                         "0",
                         "2026-01-01 00:00:00+00",
                         "1",
                         "t",
                         "f",
                         "f",
                         s->table.source_names,
                         locked,
                         "5",
                         "9",
                         pending,
                         is_void,
                         "1",
                         "100000"};
    feed(s, 21, row);
}

static void feed_state(struct scene *s, const char *populated, const char *pending, const char *is_void)
{
    feed_look(s, "t", populated, pending, is_void);
}

static void feed_clock(struct scene *s, const char *ms)
{
    const char *row[] = {"2026-01-01 00:00:00+00", ms};
    feed(s, 2, row);
}

/* True when a statement mentions `word`, in its text or in what is bound to it. */
static bool says(const struct job_statement *s, const char *word)
{
    bool found = strstr(s->sql, word) != NULL;
    for (int i = 0; i < s->nparams; i++) {
        found = found || (s->params[i] != NULL && strstr(s->params[i], word) != NULL);
    }
    return found;
}

/* BEGIN, and a look at state and counts that takes the locks: before any answer is needed. */
static void test_look_is_one_round_trip(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    begin(s, false, false);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 2);
    assert_string_equal(s->sent[0].sql, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    assert_non_null(s->sent[1].name);
    assert_non_null(strstr(s->sent[1].sql, "pg_try_advisory_xact_lock"));
    assert_non_null(strstr(s->sent[1].sql, "(SELECT pending)"));
    feed(s, 0, NULL);
    feed_state(s, "t", "0", "f");
    /* Nothing pending: nothing is written. */
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 1);
    assert_string_equal(s->sent[0].sql, "COMMIT");
    feed(s, 0, NULL);
    assert_int_equal(drain(s, &e), JOB_DONE);
    assert_false(job_refresh_changed(s->job));
}

/* Somebody else is at it: wait for the lock outside of a transaction, so that the snapshot is later. */
static void test_waits_before_its_snapshot(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    begin(s, false, false);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    feed(s, 0, NULL);
    feed_look(s, "f", "t", "2", "f");
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 4);
    assert_string_equal(s->sent[0].sql, "COMMIT");
    assert_non_null(strstr(s->sent[1].sql, "pg_advisory_lock"));
    assert_string_equal(s->sent[2].sql, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    assert_null(strstr(s->sent[3].sql, "pg_try_advisory_xact_lock"));
    for (int i = 0; i < 3; i++) {
        feed(s, 0, NULL);
    }
    feed_state(s, "t", "0", "f");
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_string_equal(s->sent[0].sql, "COMMIT");
    assert_non_null(strstr(s->sent[1].sql, "pg_advisory_unlock"));
    feed(s, 0, NULL);
    feed(s, 0, NULL);
    assert_int_equal(drain(s, &e), JOB_DONE);
}

static void look(struct scene *s, const char *populated, const char *pending, const char *is_void)
{
    struct err e = {0};
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    for (int i = 1; i < s->nsent; i++) { /* all before the look itself */
        feed(s, 0, NULL);
    }
    feed_state(s, populated, pending, is_void);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
}

static void test_delta(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    begin(s, false, false);
    look(s, "t", "2", "f");
    assert_int_equal(s->nsent, 2); /* delta and COMMIT: all in one */
    assert_non_null(strstr(s->sent[0].sql, "pending_5_9"));
    assert_non_null(strstr(s->sent[0].sql, "LIMIT 64"));
    assert_non_null(strstr(s->sent[0].sql, "(SELECT 1 FROM pgtrickle_data.def_5 LIMIT 0)"));
    assert_non_null(strstr(s->sent[0].sql, "pg_current_snapshot"));
    assert_non_null(strstr(s->sent[0].sql, "refuse_broken(5, "));
    assert_int_equal(s->sent[0].nparams, 3);
    assert_true(says(&s->sent[0], "MANUAL"));
    assert_string_equal(s->sent[1].sql, "COMMIT");
    const char *done[] = {"1", "0", "1", NULL};
    feed(s, 4, done);
    feed(s, 0, NULL);
    assert_int_equal(drain(s, &e), JOB_DONE);
    assert_true(job_refresh_changed(s->job));
    assert_false(job_tainted(s->job));
}

/* A refresh after one of `pending` rows: what was right then is sent at once. */
static void presume(struct scene *s, const char *pending)
{
    struct err e = {0};
    const char *done[] = {"1", "0", "1", NULL};
    int unit[] = {0};
    struct refresh_options o = {.initiated_by = "MANUAL", .presume = true};
    s->table.source_names = "t id v";
    s->job = job_refresh(&s->catalog, unit, 1, &o);
    look(s, "t", pending, "f");
    feed(s, 4, done);
    feed(s, 0, NULL);
    assert_int_equal(drain(s, &e), JOB_DONE);
    job_free(s->job);
    s->job = job_refresh(&s->catalog, unit, 1, &o);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
}

static void feed_presumed(struct scene *s, const char *n, const char *idle, const char *go)
{
    const char *row[] = {n, idle, go, "1", "2", "3", NULL};
    feed(s, 0, NULL); /* BEGIN */
    feed(s, 7, n != NULL ? row : NULL);
    feed(s, 0, NULL); /* COMMIT */
}

static void test_presumed_and_right(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    presume(s, "2");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(s->nsent, 3);
        assert_string_equal(s->sent[0].sql, "BEGIN ISOLATION LEVEL REPEATABLE READ");
        assert_non_null(strstr(s->sent[1].sql, "gate AS"));
        assert_non_null(strstr(s->sent[1].sql, "pg_try_advisory_xact_lock"));
        assert_non_null(strstr(s->sent[1].sql, "LIMIT 65"));
        assert_non_null(strstr(s->sent[1].sql, "(SELECT 1 FROM pgtrickle_data.def_5 LIMIT 0)"));
        assert_string_equal(s->sent[1].params[0], "1");
        assert_string_equal(s->sent[2].sql, "COMMIT");
        feed_presumed(s, "2", "f", "t");
        assert_int_equal(drain(s, &e), JOB_DONE);
        assert_true(job_refresh_changed(s->job));
        job_free(s->job);
        int unit[] = {0};
        struct refresh_options o = {.initiated_by = "MANUAL", .presume = true};
        s->job = job_refresh(&s->catalog, unit, 1, &o);
        assert_int_equal(drain(s, &e), JOB_RESULTS);
    }
    feed_presumed(s, "0", "t", "f");
    assert_int_equal(drain(s, &e), JOB_DONE);
    assert_false(job_refresh_changed(s->job));
}

/* Too many rows; or the gate is shut, and there is no row at all: a look says what to do. */
static void test_presumed_and_wrong(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    const char *rows[] = {"65", NULL};
    for (int i = 0; i < 2; i++) {
        presume(s, "2");
        feed_presumed(s, rows[i], "f", "f");
        assert_int_equal(drain(s, &e), JOB_RESULTS);
        assert_int_equal(s->nsent, 2);
        assert_non_null(strstr(s->sent[1].sql, "(SELECT pending)"));
        job_free(s->job);
        s->job = NULL;
    }
}

/* The statement fails, which may be for the presumption: the next one looks first. */
static void test_presumed_and_refused(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    int unit[] = {0};
    struct refresh_options o = {.initiated_by = "MANUAL", .presume = true};
    presume(s, "2");
    feed(s, 0, NULL);
    err_set(&e, ERR_INTERNAL, "column \"v\" does not exist");
    job_failed(s->job, &e);
    assert_int_equal(drain(s, &e), JOB_FAILED);
    assert_true(job_refresh_presumed(s->job));
    assert_int_equal(job_refresh_culprit(s->job), 0);
    job_free(s->job);
    s->job = job_refresh(&s->catalog, unit, 1, &o);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 2);
    assert_false(job_refresh_presumed(s->job));
}

/* Of more rows AUTO weighs. */
static void test_presumed_of_few_rows(void **state)
{
    presume(*state, "1000");
    assert_int_equal(((struct scene *)*state)->nsent, 3);
}

static void test_not_presumed_of_many(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    int unit[] = {0};
    struct refresh_options o = {.initiated_by = "MANUAL", .presume = true};
    s->table.mode = IVM_DIFFERENTIAL;
    presume(s, "1025");
    assert_int_equal(s->nsent, 3);
    feed_presumed(s, "1025", "f", "t");
    assert_int_equal(drain(s, &e), JOB_DONE);
    job_free(s->job);
    s->table.mode = IVM_AUTO;
    s->job = job_refresh(&s->catalog, unit, 1, &o);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 2);
}

/* Whether a view was replaced is looked at. */
static void test_not_presumed_over_views(void **state)
{
    ((struct scene *)*state)->table.views = true;
    presume(*state, "2");
    assert_int_equal(((struct scene *)*state)->nsent, 2);
}

/* The same text has the same name, another limit another name. */
static void test_names_follow_text(void **state)
{
    struct scene *s = *state;
    begin(s, false, false);
    look(s, "t", "2", "f");
    const char *few = arena_strdup(&s->arena, s->sent[0].name);
    job_free(s->job);
    begin(s, false, false);
    look(s, "t", "60", "f");
    assert_string_equal(s->sent[0].name, few);
    job_free(s->job);
    begin(s, false, false);
    look(s, "t", "65", "f");
    assert_string_not_equal(s->sent[0].name, few);
}

static void expect_full(struct scene *s, const char *reason)
{
    struct err e = {0};
    const char *done[] = {"3", "0", "0", "0"};
    assert_non_null(strstr(s->sent[1].sql, "state_5"));
    feed_clock(s, "1000");
    feed(s, 4, done);
    feed_clock(s, "1009");
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_true(says(&s->sent[0], "FULL"));
    assert_true(says(&s->sent[0], reason));
}

static void test_full_when_never_filled(void **state)
{
    begin(*state, false, false);
    look(*state, "f", "0", "f");
    expect_full(*state, "first refresh");
}

static void test_full_after_truncate(void **state)
{
    begin(*state, false, false);
    look(*state, "t", "1", "t");
    expect_full(*state, "truncated");
}

static void test_full_when_asked_for(void **state)
{
    begin(*state, true, false);
    look(*state, "t", "0", "f");
    expect_full(*state, "asked for");
}

static void test_full_when_most_has_changed(void **state)
{
    begin(*state, false, false);
    look(*state, "t", "50000", "f");
    expect_full(*state, "50000 changed rows of about 100000");
}

static void test_differential_mode_never_weighs(void **state)
{
    struct scene *s = *state;
    s->table.mode = IVM_DIFFERENTIAL;
    begin(s, false, false);
    look(s, "t", "50000", "f");
    assert_non_null(strstr(s->sent[0].sql, "LIMIT 65536"));
}

static void test_suspended_is_left_alone(void **state)
{
    struct scene *s = *state;
    s->table.plan = NULL;
    begin(s, false, false);
    look(s, "t", "2", "f");
    assert_string_equal(s->sent[0].sql, "COMMIT");
}

/* What code of the owner computes is counted by the job; else the statement itself refuses. */
static void test_broken_storage_fails(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    s->table.executor = true;
    begin(s, false, false);
    look(s, "t", "2", "f");
    const char *done[] = {"1", "0", "1", "1"};
    feed(s, 0, NULL);
    feed_clock(s, "1000");
    feed(s, 4, done);
    feed_clock(s, "1005");
    assert_int_equal(drain(s, &e), JOB_FAILED);
    assert_int_equal(e.code, ERR_INTERNAL);
    assert_int_equal(job_refresh_culprit(s->job), 0);
}

static void test_refused_statement_names_its_table(void **state)
{
    struct scene *s = *state;
    struct err e = {0}, refused = {0};
    begin(s, false, false);
    look(s, "t", "2", "f");
    err_set(&refused, ERR_SQL, "permission denied for table t");
    job_failed(s->job, &refused);
    assert_int_equal(drain(s, &e), JOB_FAILED);
    assert_string_equal(e.message, "permission denied for table t");
    assert_int_equal(job_refresh_culprit(s->job), 0);
}

/* Code of users may run: nothing is prepared by name, and the connection is not used again. */
static void test_executor_taints(void **state)
{
    struct scene *s = *state;
    s->table.executor = true;
    begin(s, false, false);
    look(s, "t", "2", "f");
    assert_int_equal(s->nsent, 4); /* rights, clock, delta, clock */
    assert_non_null(strstr(s->sent[0].sql, "pgtrickle_data.exec_5("));
    assert_non_null(strstr(s->sent[2].sql, "pgtrickle_data.apply("));
    for (int i = 0; i < s->nsent; i++) {
        assert_null(s->sent[i].name);
    }
    assert_true(job_tainted(s->job));
}

static void test_in_client_locks_and_leaves_the_transaction_open(void **state)
{
    struct scene *s = *state;
    struct err e = {0};
    begin(s, false, true);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_int_equal(s->nsent, 2);
    assert_non_null(strstr(s->sent[0].sql, "pg_advisory_xact_lock"));
    assert_non_null(strstr(s->sent[1].sql, "lock_sources"));
    const char *table[] = {"public", "t"};
    feed(s, 0, NULL);
    feed(s, 2, table);
    assert_int_equal(drain(s, &e), JOB_RESULTS);
    assert_string_equal(s->sent[0].sql, "LOCK TABLE \"public\".\"t\" IN SHARE MODE");
    assert_int_equal(s->sent[0].as, JOB_AS_SELF);
    assert_non_null(strstr(s->sent[1].sql, "FOR UPDATE"));
    assert_int_equal(s->nsent, 2);
    feed(s, 0, NULL);
    feed_state(s, "t", "0", "f");
    assert_int_equal(drain(s, &e), JOB_DONE);
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_new, scene_free)
    const struct CMUnitTest tests[] = {
        SCENE(test_look_is_one_round_trip),
        SCENE(test_waits_before_its_snapshot),
        SCENE(test_delta),
        SCENE(test_presumed_and_right),
        SCENE(test_presumed_and_wrong),
        SCENE(test_presumed_and_refused),
        SCENE(test_presumed_of_few_rows),
        SCENE(test_not_presumed_of_many),
        SCENE(test_not_presumed_over_views),
        SCENE(test_names_follow_text),
        SCENE(test_full_when_never_filled),
        SCENE(test_full_after_truncate),
        SCENE(test_full_when_asked_for),
        SCENE(test_full_when_most_has_changed),
        SCENE(test_differential_mode_never_weighs),
        SCENE(test_suspended_is_left_alone),
        SCENE(test_broken_storage_fails),
        SCENE(test_refused_statement_names_its_table),
        SCENE(test_executor_taints),
        SCENE(test_in_client_locks_and_leaves_the_transaction_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
