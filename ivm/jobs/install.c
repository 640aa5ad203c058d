/* Installing the schemas, once per database, and making this process's secret known. */
#include "jobs/job.h"
#include "store/schema.h"

#include <string.h>

#define SCHEMA_NEEDS_PG 150000

struct install {
    const char *secret;
};

/* Several weirs may work on one database, each with a secret of its own; those of the dead are pushed out. */
static void install_secret(struct job *j)
{
    const struct install *w = j->work;
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena,
                      "INSERT INTO pgtrickle_data.secret (secret) VALUES ({l:secret}) "
                      "ON CONFLICT (secret) DO UPDATE SET used_at = pg_catalog.clock_timestamp()",
                      SQL_TEXT("secret", w->secret)));
    job_send(j, JOB_AS_WEIR,
             "DELETE FROM pgtrickle_data.secret WHERE secret NOT IN "
             "(SELECT s.secret FROM pgtrickle_data.secret s ORDER BY s.used_at DESC LIMIT 16)");
    job_send(j, JOB_AS_WEIR, "COMMIT");
    job_end(j);
}

/* One statement, as the extended protocol wants it. */
static void install_script(struct job *j, const char *script)
{
    job_send(j, JOB_AS_WEIR,
             arena_printf(&j->arena,
                          "DO $weir_install$ BEGIN EXECUTE $weir_script$%s$weir_script$; END $weir_install$",
                          script));
}

/* From version to version, all in this transaction: it is the newest one, or the one that it was. */
static bool install_upgrades(struct job *j, int installed)
{
    for (const struct schema_upgrade *u = ivm_schema_upgrades; u->sql != NULL; u++) {
        if (u->from == installed) {
            install_script(j, u->sql);
            installed = u->to;
        }
    }
    if (installed < ivm_schema_version) {
        err_set(
            &j->err, ERR_OBJECT_STATE,
            "this database was set up by an older weir (schema version %d), from which there is no way to "
            "version %d",
            installed, ivm_schema_version);
        job_fail(j);
        return false;
    }
    job_send(j, JOB_AS_WEIR,
             sql_text(&j->arena, "UPDATE pgtrickle_data.meta SET schema_version = {n:version}",
                      SQL_INT("version", ivm_schema_version)));
    job_send(j, JOB_AS_WEIR, "INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES");
    return true;
}

static void install_checked(struct job *j)
{
    const struct job_rows *r = &j->results[0];
    int64_t installed = rows_int(r, 0, 0);
    if (installed > ivm_schema_version) {
        err_set(&j->err, ERR_OBJECT_STATE,
                "this database was set up by a newer weir (schema version %d, this one knows %d)",
                (int)installed, ivm_schema_version);
        err_hint(&j->err, "Upgrade this weir.");
        job_fail(j);
        return;
    }
    if (strcmp(rows_text(r, 0, 1), rows_text(r, 0, 2)) != 0) {
        err_set(&j->err, ERR_PRIVILEGE,
                "schema pgtrickle_data belongs to role \"%s\", not to weir's role \"%s\"", rows_text(r, 0, 1),
                rows_text(r, 0, 2));
        err_hint(&j->err, "Configure the maintenance user that set up this database.");
        job_fail(j);
        return;
    }
    if (installed == ivm_schema_version || install_upgrades(j, (int)installed)) {
        install_secret(j);
    }
}

static void install_looked(struct job *j)
{
    const struct job_rows *r = &j->results[j->nresults - 1];
    if (rows_int(r, 0, 0) < SCHEMA_NEEDS_PG) {
        err_set(&j->err, ERR_UNSUPPORTED, "stream tables need PostgreSQL 15 or newer");
        job_fail(j);
    } else if (rows_bool(r, 0, 1)) {
        job_ask(j,
                "SELECT m.schema_version, pg_catalog.pg_get_userbyid(n.nspowner), current_user "
                "FROM pgtrickle_data.meta m, pg_catalog.pg_namespace n WHERE n.nspname = 'pgtrickle_data'");
        j->step = install_checked;
    } else if (rows_bool(r, 0, 2)) {
        err_set(&j->err, ERR_OBJECT_STATE, "schema pgtrickle exists in this database and is not weir's");
        err_hint(&j->err,
                 "Stream tables of the extension pg_trickle and of weir cannot live in one database.");
        job_fail(j);
    } else if (!rows_bool(r, 0, 3)) {
        err_set(&j->err, ERR_PRIVILEGE, "weir's role \"%s\" may not create schemas in database \"%s\"",
                rows_text(r, 0, 5), rows_text(r, 0, 4));
        err_hint(&j->err, "Run: GRANT CREATE ON DATABASE %s TO %s", sql_ident(&j->arena, rows_text(r, 0, 4)),
                 sql_ident(&j->arena, rows_text(r, 0, 5)));
        job_fail(j);
    } else {
        install_script(j, ivm_schema_sql);
        job_send(j, JOB_AS_WEIR,
                 sql_text(&j->arena, "INSERT INTO pgtrickle_data.meta VALUES ({n:version})",
                          SQL_INT("version", ivm_schema_version)));
        install_secret(j);
    }
}

static void install_start(struct job *j)
{
    job_send(j, JOB_AS_WEIR, "BEGIN");
    job_send(j, JOB_AS_WEIR, "SET LOCAL search_path = pg_catalog, pg_temp");
    job_ask(j, sql_text(&j->arena, "SELECT pg_catalog.pg_advisory_xact_lock({n:class}, 0)",
                        SQL_INT("class", JOB_LOCK_CLASS)));
    job_ask(j, "SELECT pg_catalog.current_setting('server_version_num'), "
               "pg_catalog.to_regclass('pgtrickle_data.meta') IS NOT NULL, "
               "pg_catalog.to_regnamespace('pgtrickle') IS NOT NULL OR "
               "pg_catalog.to_regnamespace('pgtrickle_data') IS NOT NULL, "
               "pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), "
               "pg_catalog.current_database(), "
               "current_user");
    j->step = install_looked;
}

struct job *job_install(const char *secret)
{
    struct job *j = job_new(sizeof(struct install), install_start);
    struct install *w = j->work;
    w->secret = arena_strdup(&j->arena, secret);
    return j;
}
