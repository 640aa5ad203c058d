/*
 * Creating what may close a diamond: a stream table that reads two others.
 *
 * While it is filled, its branches may be refreshed. So that whoever sees it sees all ways agree, the
 * transaction that shows it also refreshes it and all that moves with it, its *unit*, to one snapshot, under
 * the unit's locks:
 *
 *   outside a block    -- the storages are filled, and committed --
 *                      lock the catalog and the unit, for the session
 *                      -- COMMIT --
 *                      REPEATABLE READ; make the locks the transaction's; show; refresh
 *
 *   inside a block     lock the unit and its sources; fill; show; refresh
 *
 * How the locks get from one transaction to the next is in unit_lock.h.
 */
#include "jobs/create.h"
#include "jobs/load.h"
#include "jobs/unit_lock.h"

#include <string.h>

void create_find_meeting(struct create *c)
{
    int upstream = 0;
    for (int i = 0; i < c->nsources; i++) {
        upstream += c->sources[i].storage_of != 0;
    }
    c->meets = upstream > 1 && c->with_data && strcmp(c->consistency, "none") != 0;
}

/* What the stream tables that are read move with, themselves included: all of the unit but the new storages,
 * of which nobody knows before they are shown. */
static const char *meet_unit(struct job *j, const struct ivm_catalog *catalog)
{
    const struct create *c = j->work;
    int64_t *read = ARENA_ARRAY(&j->arena, int64_t, c->nsources + 1);
    for (int i = 0; i < c->nsources; i++) {
        read[i] = c->sources[i].storage_of;
    }
    return unit_ids(j, catalog, read, c->nsources);
}

/* --- showing and refreshing -------------------------------------------------------------------- */

static void meet_done(struct job *j)
{
    j->undo = NULL;
    job_end(j);
}

static void meet_refresh(struct job *j)
{
    struct create *c = j->work;
    create_say(j);
    struct ivm_catalog *catalog = load_read(j, c->load_at);
    c->refresh.owned = catalog;
    c->refresh.then = meet_done;
    int target = ivm_catalog_find(catalog, c->id), n = 0;
    if (target < 0) {
        err_set(&j->err, ERR_INTERNAL, "stream table \"%s\" was not found after its creation", c->name);
        job_fail(j);
        return;
    }
    const int *unit = ivm_unit(&j->arena, catalog, &target, 1, &n);
    refresh_begin(j, catalog, unit, n,
                  &(struct refresh_options){.initiated_by = "MANUAL", .in_client = true, .locked = true});
}

static void meet_show(struct job *j)
{
    struct create *c = j->work;
    struct str ids; /* those of the unit, and the new ones */
    str_init(&ids, &j->arena);
    str_addn(&ids, c->unit, strlen(c->unit) - 1);
    for (int i = 0; i < c->compiled.nplans; i++) {
        str_addf(&ids, "%s%lld", ids.len > 1 ? "," : "", (long long)c->ids[i]);
    }
    str_add(&ids, "}");
    create_show(j);
    c->load_at = j->batch.n;
    load_send(j, ids.data);
    j->step = meet_refresh;
}

/* --- outside a block --------------------------------------------------------------------------- */

static void meet_show_alone(struct job *j)
{
    const struct create *c = j->work;
    unit_lock_adopt(j, c->unit);
    meet_show(j);
}

static void meet_lock_alone(struct job *j)
{
    struct create *c = j->work;
    struct ivm_catalog *catalog = load_read_graph(j, c->load_at);
    c->unit = meet_unit(j, catalog);
    ivm_catalog_free(catalog);
    unit_lock_for_session(j, c->unit);
    j->commit = true;
    j->step = meet_show_alone;
}

/* The commit of the filled storages is behind. */
void create_meet(struct job *j)
{
    struct create *c = j->work;
    unit_lock_catalog(j);
    c->load_at = j->batch.n;
    load_send_graph(j, NULL);
    j->step = meet_lock_alone;
}

/* --- inside a block ---------------------------------------------------------------------------- */

static void meet_shown_in_block(struct job *j)
{
    create_say(j);
    job_end(j);
}

void create_fill_in_block(struct job *j)
{
    const struct create *c = j->work;
    create_fill(j);
    if (c->still) {
        meet_show(j);
        return;
    }
    create_show(j);
    j->step = meet_shown_in_block;
}

/* The unit's refreshes wait by now. Where the sources can be made to stand still too, all that this
 * transaction reads is one state of them; else the branches are shown as they are. */
static void meet_lock_sources(struct job *j)
{
    struct create *c = j->work;
    const struct job_rows *r = &j->results[j->nresults - 1];
    c->still = true;
    for (int i = 0; i < r->nrows; i++) {
        c->still = c->still && rows_bool(r, i, 2);
    }
    for (int i = 0; c->still && i < r->nrows; i++) {
        job_send(j, JOB_AS_SELF,
                 sql_text(&j->arena, "LOCK TABLE {i:schema}.{i:name} IN SHARE MODE",
                          SQL_TEXT("schema", rows_text(r, i, 0)), SQL_TEXT("name", rows_text(r, i, 1))));
    }
    if (c->still) {
        job_say(
            j,
            "refreshes of what stream table \"%s\" reads, and writers of the tables below, wait until this "
            "transaction ends",
            c->name);
    } else {
        job_say(
            j,
            "refreshes of what stream table \"%s\" reads wait until this transaction ends; as role \"%s\" "
            "may not lock the tables below, it may show them at different moments until its next refresh",
            c->name, c->role);
    }
    create_reserve(j);
}

static void meet_lock_in_block(struct job *j)
{
    struct create *c = j->work;
    struct ivm_catalog *catalog = load_read_graph(j, 0);
    c->unit = meet_unit(j, catalog);
    ivm_catalog_free(catalog);
    unit_lock(j, c->unit);
    job_ask(j,
            sql_text(&j->arena,
                     "SELECT l.schema, l.name, pg_catalog.has_schema_privilege({l:role}, l.schema, 'USAGE') "
                     "AND pg_catalog.has_table_privilege({l:role}, l.relation, 'UPDATE, DELETE, TRUNCATE') "
                     "FROM pgtrickle_data.lock_sources({l:ids}) l",
                     SQL_TEXT("role", c->role), SQL_TEXT("ids", c->unit)));
    j->step = meet_lock_sources;
}

void create_meet_in_block(struct job *j)
{
    load_send_graph(j, NULL);
    j->step = meet_lock_in_block;
}
