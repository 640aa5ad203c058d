#include "jobs/unit_lock.h"

const char *unit_ids(struct job *j, const struct ivm_catalog *catalog, const int64_t *targets, int ntargets)
{
    struct arena *a = &j->arena;
    int *indexes = ARENA_ARRAY(a, int, ntargets + 1);
    int found = 0, n = 0;
    for (int i = 0; i < ntargets; i++) {
        int at = ivm_catalog_find(catalog, targets[i]);
        if (at >= 0) {
            indexes[found++] = at;
        }
    }
    const int *unit = ivm_unit(a, catalog, indexes, found, &n);
    struct str ids;
    str_init(&ids, a);
    str_add(&ids, "{");
    for (int i = 0; i < n; i++) {
        str_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)catalog->tables[unit[i]].id);
    }
    str_add(&ids, "}");
    return ids.data;
}

/* `function`: pg_advisory_lock and its kin. In one order, so that nobody waits in a circle. */
static void unit_lock_call(struct job *j, const char *function, const char *ids)
{
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena,
                      "SELECT pg_catalog.{i:function}({n:class}, i) FROM "
                      "(SELECT i FROM pg_catalog.unnest({l:ids}::int[]) i ORDER BY i) o",
                      SQL_TEXT("function", function), SQL_INT("class", JOB_LOCK_CLASS),
                      SQL_TEXT("ids", ids)));
}

void unit_lock_catalog(struct job *j)
{
    /* Each statement is to see what the one before it waited for. */
    job_send(j, JOB_AS_SELF, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    unit_lock_call(j, "pg_advisory_lock", "{0}");
}

void unit_lock_for_session(struct job *j, const char *ids)
{
    unit_lock_call(j, "pg_advisory_lock", ids);
}

void unit_lock(struct job *j, const char *ids)
{
    unit_lock_call(j, "pg_advisory_xact_lock", ids);
}

void unit_lock_adopt(struct job *j, const char *ids)
{
    job_send(j, JOB_AS_SELF, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    unit_lock_call(j, "pg_advisory_xact_lock", "{0}");
    unit_lock_call(j, "pg_advisory_xact_lock", ids);
    unit_lock_call(j, "pg_advisory_unlock", "{0}");
    unit_lock_call(j, "pg_advisory_unlock", ids);
}

void unit_lock_drop(struct job *j)
{
    job_send(
        j, JOB_AS_WEIR,
        sql_text(
            &j->arena,
            "SELECT pg_catalog.pg_advisory_unlock({n:class}, l.objid::int) FROM pg_catalog.pg_locks l "
            "WHERE l.locktype = 'advisory' AND l.pid = pg_catalog.pg_backend_pid() AND l.classid = {n:class} "
            "AND l.objsubid = 2 AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname "
            "= "
            "pg_catalog.current_database())",
            SQL_INT("class", JOB_LOCK_CLASS)));
}
