/* Creating a stream table, first part: from the request to compiled plans. */
#include "jobs/create.h"

#include <string.h>

/* Fails because the query cannot be maintained by differences, as DIFFERENTIAL demands. */
static void create_refuse(struct job *j)
{
    struct create *c = j->work;
    err_set(&j->err, ERR_UNSUPPORTED, "stream table \"%s\" cannot be kept by differences: %s", c->name,
            c->compiled.reason);
    err_hint(&j->err, "Use refresh_mode => 'AUTO' or 'FULL'.");
    j->err.position = ivm_locate(c->query, c->compiled.reason);
    job_fail(j);
}

static void create_compile(struct job *j);

static void create_probed(struct job *j)
{
    struct create *c = j->work;
    const struct job_rows *domains = &j->results[0], *r = &j->results[1];
    c->nargument_types = r->nrows;
    c->argument_types = ARENA_ARRAY(&j->arena, const char *, r->nrows + 1);
    for (int i = 0; i < r->nrows; i++) {
        const char *domain = rows_text(domains, i, 0);
        c->argument_types[i] = domain != NULL ? domain : rows_text(r, i, 1);
    }
    create_compile(j);
}

static void create_compile(struct job *j)
{
    struct create *c = j->work;
    struct ivm_query *q = &c->description.query;
    if (strcmp(c->mode, "full") == 0) {
        q->refused = "refresh mode FULL was asked for";
    }
    q->argument_types = c->argument_types;
    q->nargument_types = c->nargument_types;
    memset(&c->compiled, 0, sizeof c->compiled);
    if (!ivm_compile(&j->arena, q, &c->compiled, &j->err)) {
        job_fail(j);
        return;
    }
    if (c->compiled.probe_sql != NULL) {
        if (c->argument_types != NULL) {
            err_set(&j->err, ERR_INTERNAL, "the compiler asked twice for types");
            job_fail(j);
            return;
        }
        job_send(j, JOB_AS_SELF, c->compiled.domains_sql);
        job_send(j, JOB_DESCRIBE, c->compiled.probe_sql);
        j->step = create_probed;
        return;
    }
    if (!c->compiled.differential && strcmp(c->mode, "differential") == 0) {
        create_refuse(j);
        return;
    }
    for (int i = 0; c->compiled.differential && i < c->compiled.nplans; i++) {
        if (plan_is_whole(c->compiled.plans[i])) {
            job_say(j, "each refresh of stream table \"%s\" that finds a change computes %s again", c->name,
                    i == c->compiled.nplans - 1 ? "its whole query" : "a whole subquery of it");
            break;
        }
    }
    if (ivm_is_sorted(&j->arena, q->canonical)) {
        job_say(j,
                "stream table \"%s\" does not keep the order of its query: a table has none; add ORDER BY to "
                "what reads it",
                c->name);
    }
    if (!c->compiled.differential && strcmp(c->mode, "auto") == 0) {
        job_say(j, "stream table \"%s\" will use FULL refresh: %s", c->name, c->compiled.reason);
    }
    create_find_sources(j);
}

static void create_described(struct job *j)
{
    struct create *c = j->work;
    const struct job_rows *me = &j->results[1];
    c->weir = rows_text(me, 0, 1);
    c->read_committed = strcmp(rows_text(me, 0, 2), "read committed") == 0;
    if (strcmp(rows_text(me, 0, 0), c->role) != 0) {
        err_set(&j->err, ERR_UNSUPPORTED,
                "a stream table cannot be created from inside a SECURITY DEFINER function");
        err_hint(&j->err, "Call pgtrickle.create_stream_table as role \"%s\" itself.", c->role);
        job_fail(j);
        return;
    }
    if (!describe_read(&j->arena, &j->results[4], c->id, &c->description)) {
        err_set(&j->err, ERR_INTERNAL, "the definition of stream table \"%s\" was not found", c->name);
        job_fail(j);
        return;
    }
    c->base = &j->results[4 + DESCRIBE_STATEMENTS];
    create_compile(j);
}

/* CREATE VIEW def_<id>: PostgreSQL analyses the query, as the user. Errors in it are its own. */
static void create_definition(struct job *j)
{
    struct create *c = j->work;
    struct str columns;
    str_init(&columns, &j->arena);
    for (int i = 0; i < c->ncolumns; i++) {
        str_sep(&columns, ", ");
        str_add(&columns, sql_ident(&j->arena, c->columns[i]));
    }
    if (c->ncolumns > 0) {
        columns.data = arena_printf(&j->arena, " (%s)", columns.data);
    }
    const char *head = sql_text(&j->arena, "CREATE VIEW pgtrickle_data.def_{n:id}{f:columns} AS ",
                                SQL_INT("id", c->id), SQL_TEXT("columns", columns.data));
    int characters = 0;
    for (const char *p = head; *p != '\0'; p++) {
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    }
    struct job_statement *s = job_send(j, JOB_AS_SELF, arena_printf(&j->arena, "%s%s", head, c->query));
    s->user_text = true;
    s->user_text_offset = characters;
}

static void create_start(struct job *j)
{
    struct create *c = j->work;
    struct arena *a = &j->arena;
    job_send(j, JOB_AS_WEIR,
             sql_text(a,
                      "DO $weir_do$ BEGIN PERFORM pgtrickle_data.begin_ddl({n:request}); "
                      "PERFORM pgtrickle_data.open_schema({l:role}); END $weir_do$",
                      SQL_INT("request", c->request), SQL_TEXT("role", c->role)));
    job_send(j, JOB_AS_SELF,
             "SELECT current_user::pg_catalog.text, pg_catalog.pg_get_userbyid(n.nspowner)::pg_catalog.text, "
             "pg_catalog.current_setting('transaction_isolation') FROM pg_catalog.pg_namespace n "
             "WHERE n.nspname OPERATOR(pg_catalog.=) 'pgtrickle_data'::pg_catalog.name");
    create_definition(j);
    /* Creating a view asks for no right to read what it reads; running it does, and here it runs for no row.
     */
    job_send(j, JOB_AS_SELF,
             sql_text(a, "SELECT FROM pgtrickle_data.def_{n:id} LIMIT 0", SQL_INT("id", c->id)));
    const char *definition =
        sql_text(a,
                 "(VALUES ({n:id}, 'pgtrickle_data.def_{n:id}'::pg_catalog.regclass::pg_catalog.oid)) AS "
                 "x(id, definition)",
                 SQL_INT("id", c->id));
    describe_send(
        j, JOB_AS_SELF,
        sql_text(a, "(SELECT x.id, x.definition FROM {f:definition})", SQL_TEXT("definition", definition)));
    job_send(
        j, JOB_AS_SELF,
        sql_text(
            a,
            "SELECT b.* FROM pgtrickle_data.base_sources('pgtrickle_data.def_{n:id}'::pg_catalog.regclass) b",
            SQL_INT("id", c->id)));
    j->step = create_described;
}

static void create_release(struct job *j)
{
    struct create *c = j->work;
    ivm_catalog_free(c->refresh.owned);
}

struct job *job_create(const char *arguments, const struct job_place *place, struct err *e)
{
    struct job *j = job_new(sizeof(struct create), create_start);
    struct create *c = j->work;
    struct arena *a = &j->arena;
    j->release = create_release;
    c->refresh.culprit = -1;
    c->place = *place;
    c->request = request_int(a, arguments, "request", 0);
    c->id = request_int(a, arguments, "id", 0);
    c->role = request_value(a, arguments, "role", 0);
    c->schema = request_value(a, arguments, "schema", 0);
    c->name = request_value(a, arguments, "name", 0);
    c->query = request_value(a, arguments, "query", 0);
    c->schedule = request_value(a, arguments, "schedule", 0);
    c->schedule_ms = request_int(a, arguments, "schedule_ms", 0);
    c->mode = request_value(a, arguments, "refresh_mode", 0);
    c->consistency = request_value(a, arguments, "diamond_consistency", 0);
    c->policy = request_value(a, arguments, "diamond_schedule_policy", 0);
    c->cdc = request_value(a, arguments, "cdc_mode", 0);
    c->fraction = request_value(a, arguments, "max_delta_fraction", 0);
    const char *append_only = request_value(a, arguments, "append_only", 0);
    const char *with_data = request_value(a, arguments, "with_data", 0);
    if (c->request == 0 || c->id <= 0 || c->id > INT32_MAX || c->role == NULL || c->schema == NULL ||
        c->name == NULL || c->query == NULL || c->schedule == NULL || c->mode == NULL ||
        c->consistency == NULL || c->policy == NULL || c->cdc == NULL || append_only == NULL ||
        with_data == NULL) {
        err_set(e, ERR_INTERNAL, "a request to create a stream table is incomplete");
        job_free(j);
        return NULL;
    }
    c->append_only = strchr("toy1", append_only[0]) != NULL && strcmp(append_only, "off") != 0;
    c->with_data = with_data[0] == 't';
    c->two_phases = !place->in_block && c->with_data;
    c->ncolumns = request_count(arguments, "column");
    c->columns = ARENA_ARRAY(a, const char *, c->ncolumns + 1);
    for (int i = 0; i < c->ncolumns; i++) {
        c->columns[i] = request_value(a, arguments, "column", i);
    }
    return j;
}
