/* Creating a stream table, last part: capture begins, the storages are filled, the facade is shown. */
#include "jobs/create.h"
#include "jobs/unit_lock.h"

/* Waits for the table's writers, and keeps new ones away until this transaction ends. */
static void create_capture_triggers(struct job *j, const struct create_source *s)
{
    for (int i = 0; i < s->ddl->nrows; i++) {
        job_send(j, rows_bool(s->ddl, i, 1) ? JOB_AS_WEIR : JOB_AS_SELF, rows_text(s->ddl, i, 0));
    }
}

static void create_close(struct job *j, bool last)
{
    const struct create *c = j->work;
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena, "SELECT pgtrickle_data.close_schema({l:role}, {f:last})",
                      SQL_TEXT("role", c->role), SQL_TEXT("last", create_bool(last))));
}

void create_undo(struct job *j)
{
    const struct create *c = j->work;
    int culprit = job_refresh_culprit(j);
    if (culprit >= 0) {
        err_hint(&j->err, "Stream table \"%s\" has to be refreshed together with the new one, and cannot be.",
                 c->refresh.catalog->tables[culprit].name);
    }
    if (c->meets) {
        unit_lock_drop(j);
    }
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena, "SELECT pgtrickle_data.drop_storages('{{{n:id}}')", SQL_INT("id", c->id)));
    j->commit = true;
}

static void create_populate(struct job *j);

void create_begin_capture(struct job *j)
{
    struct create *c = j->work;
    bool any = false;
    for (int i = 0; i < c->nsources; i++) {
        struct create_source *s = &c->sources[i];
        s->triggers = rows_bool(&j->results[2 * i], 0, 0);
        s->ddl = &j->results[2 * i + 1];
        /* Inside a block, a trigger that is there is created once more for the lock that this takes: nobody
         * may write between one statement's snapshot and the next one's. */
        bool now = s->relid != 0 && (s->triggers || c->place.in_block);
        if (now) {
            create_capture_triggers(j, s);
        }
        any = any || (now && s->storage_of == 0);
    }
    if (c->place.in_block && any) {
        job_say(j, "writers of the tables that stream table \"%s\" reads wait until this transaction ends",
                c->name);
    }
    if (c->two_phases) {
        create_close(j, false);
        j->commit = true;
    }
    j->step = c->meets && c->place.in_block ? create_fill_in_block : create_populate;
}

/* --- population and facade ---------------------------------------------------------------------- */

/* Fills a storage and sets its frontier in one statement, so under one snapshot. How long that takes is
 * AUTO's first notion of what FULL costs: without one it would never try. */
static void create_fill_one(struct job *j, int i)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    const struct create_plan *cp = &c->plans[i];
    /* With a snapshot older than capture, what was committed in between is neither in the rows nor in the
     * buffers. */
    bool stale = c->place.in_block && !c->read_committed;
    job_send(
        j, JOB_AS_WEIR,
        sql_text(
            a,
            "WITH weir_fill AS ({f:populate} RETURNING 1), weir_n AS (SELECT pg_catalog.count(*) AS n FROM "
            "weir_fill), "
            "weir_state AS (UPDATE pgtrickle_data.state SET populated = true, frontier = "
            "pg_catalog.pg_current_snapshot(), "
            "own_xid = pg_catalog.pg_current_xact_id(), own_seq = "
            "pg_catalog.nextval('pgtrickle_data.change_seq'), "
            "refreshed_at = pg_catalog.clock_timestamp(), rebuild = {f:stale}, "
            "full_ms = extract(epoch FROM pg_catalog.clock_timestamp() - {f:start}) * 1000 "
            "WHERE id = {n:id} RETURNING 1) "
            "INSERT INTO pgtrickle_data.history (id, data_timestamp, start_time, end_time, action, status, "
            "rows_inserted, "
            "initiated_by) SELECT {n:id}, pg_catalog.statement_timestamp(), {f:start}, "
            "pg_catalog.clock_timestamp(), 'FULL', "
            "'COMPLETED', weir_n.n, 'INITIAL' FROM weir_n",
            SQL_TEXT("populate",
                     plan_populate_sql(a, c->compiled.plans[i], &cp->names, c->description.executor)),
            SQL_INT("id", cp->id), SQL_TEXT("stale", create_bool(stale)),
            SQL_TEXT("start", "pg_catalog.statement_timestamp()")));
    job_send(j, JOB_AS_WEIR, sql_text(a, "ANALYZE pgtrickle_data.st_{n:id}", SQL_INT("id", cp->id)));
}

void create_show(struct job *j)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    const struct create_plan *cp = &c->plans[c->compiled.nplans - 1];
    const char *facade = sql_qualified(a, c->schema, c->name);
    create_pinned(j, sql_text(a, "CREATE VIEW {f:facade} AS {f:sql}", SQL_TEXT("facade", facade),
                              SQL_TEXT("sql", plan_facade_sql(a, c->compiled.plans[c->compiled.nplans - 1],
                                                              &cp->names))));
    /* Triggers refuse UPDATE and DELETE: the one for rows makes PostgreSQL ask triggers at all, the one for
     * statements speaks even when no row is met. INSERT is refused by a rule, as an INSTEAD OF INSERT trigger
     * would invite COPY. */
    static const char *const refusals[] = {
        "CREATE TRIGGER weir_refuse_rows INSTEAD OF UPDATE OR DELETE ON {f:facade} FOR EACH ROW "
        "EXECUTE FUNCTION pgtrickle.refuse_write()",
        "CREATE TRIGGER weir_refuse BEFORE UPDATE OR DELETE ON {f:facade} FOR EACH STATEMENT "
        "EXECUTE FUNCTION pgtrickle.refuse_write()",
        "CREATE RULE weir_refuse_insert AS ON INSERT TO {f:facade} DO INSTEAD "
        "SELECT pgtrickle.refuse_insert({l:facade}::pg_catalog.regclass)"};
    for (int i = 0; i < 3; i++) {
        job_send(j, JOB_AS_SELF, sql_text(a, refusals[i], SQL_TEXT("facade", facade)));
    }
    job_send(j, JOB_AS_WEIR,
             sql_text(a,
                      "UPDATE pgtrickle_data.stream_tables SET status = 'active', creator_pid = NULL, "
                      "creator_start = NULL, "
                      /* Not by a cast to regclass: weir's role need not have a right on the schema. */
                      "facade = CASE WHEN id = {n:id} THEN (SELECT v.oid FROM pg_catalog.pg_class v "
                      "JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace "
                      "WHERE v.relname = {l:name} AND n.nspname = {l:schema}) END "
                      "WHERE id = {n:id} OR parent = {n:id}",
                      SQL_INT("id", c->id), SQL_TEXT("name", c->name), SQL_TEXT("schema", c->schema)));
    c->notice_at = j->batch.n;
    job_ask(j, sql_text(a,
                        "SELECT n FROM pgtrickle_data.diamond_notice({n:id}) n UNION ALL "
                        "SELECT pg_catalog.format('an index on %s would keep refreshes of stream table %I "
                        "from reading all of it', "
                        "m, {l:name}::text) FROM pgtrickle_data.missing_indexes({n:id}) m",
                        SQL_INT("id", c->id), SQL_TEXT("name", c->name)));
    create_close(j, true);
}

void create_say(struct job *j)
{
    const struct create *c = j->work;
    const struct job_rows *r = &j->results[c->notice_at];
    for (int i = 0; i < r->nrows; i++) {
        if (rows_text(r, i, 0) != NULL) {
            job_say(j, "%s", rows_text(r, i, 0));
        }
    }
}

static void create_shown(struct job *j)
{
    create_say(j);
    j->undo = NULL;
    job_end(j);
}

void create_fill(struct job *j)
{
    struct create *c = j->work;
    if (c->description.executor) {
        j->tainted = true;
    }
    for (int i = 0; i < c->compiled.nplans; i++) {
        if (c->with_data) {
            create_fill_one(j, i);
        }
    }
    /* Parts are captured once they are filled: what fills them is in nobody's past. */
    for (int i = 0; i < c->nsources; i++) {
        if (c->sources[i].relid == 0) {
            create_capture_triggers(j, &c->sources[i]);
        }
    }
}

static void create_populate(struct job *j)
{
    struct create *c = j->work;
    if (c->two_phases) {
        j->undo = create_undo;
        /* All storages are filled from one snapshot. */
        job_send(j, JOB_AS_SELF, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    }
    create_fill(j);
    if (c->meets) {
        j->commit = true;
        j->step = create_meet;
        return;
    }
    create_show(j);
    j->step = create_shown;
}
