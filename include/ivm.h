/*
 * ivm: the incremental view engine, without I/O.
 *
 * The compiler turns the canonical text of a query into *plans*. A plan is one storage table and the
 * statements that fill it, keep it equal to its query, and show it:
 *
 *     canonical SQL -> parse -> operator tree -> normal form -> plans -> SQL text
 *
 * The normal form of a plan is
 *
 *     finish( [aggregate]( UNION ALL of branches ) )       branch = project(filter(R1 x R2 x ... x Rn))
 *
 * A query with an operator that is not linear below its top (an aggregate in FROM, a scalar subquery) is cut
 * there: the inner block becomes a plan of its own, a *part*, whose storage the outer block reads like a
 * table. Parts come before their readers, the query's own plan is the last one.
 *
 * A job is a piece of work on the database (create, drop, refresh, load the catalog...) as an object that
 * yields statements and is fed their results, so that the same job runs over a client's own connection, over
 * the maintainer's, and over a scripted fake in a test.
 */
#ifndef WEIR_IVM_H
#define WEIR_IVM_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------------------------------------
 * What PostgreSQL says of the relations a query reads. Filled in from pgtrickle_data.describe_relations.
 */

struct ivm_column {
    int attnum;
    const char *name;
    const char *type; /* format_type with typmod, schema-qualified when not in pg_catalog */
    uint32_t type_oid;
    int typmod;
    bool not_null;
    bool hashable; /* the type has a default hash operator class */
    bool faithful; /* equal values have one image: int, uuid, text of a deterministic collation...; not
                      numeric (1.0 = 1.00), float (0 = -0), interval, json, citext */
};

struct ivm_relation {
    uint32_t oid;
    const char *schema;
    const char *name;
    char relkind; /* pg_class.relkind: 'r' table, 'v' view, ... */
    const char
        *definition; /* view, or facade of a stream table: its canonical text, to be inlined; else NULL */
    const char *no_capture; /* why its changes cannot be captured ("it is a foreign table"); NULL: they can */
    int64_t source_id;      /* its change buffer is changes_<source_id>; 0 when it has none yet */
    int64_t storage_of;     /* it is the storage of this stream table id; 0 otherwise */
    struct ivm_column *columns;
    int ncolumns;
    int *key; /* attnums of the primary key (or a storage's own key), all NOT NULL; NULL when keyless */
    int nkey;
};

/* What is compiled. All pointers are borrowed for the duration of the call. */
struct ivm_query {
    const char *canonical; /* pg_get_viewdef under an empty search_path */
    const char **columns;  /* output column names, in order */
    int ncolumns;
    const struct ivm_relation *relations; /* every relation the query or an inlined facade mentions */
    int nrelations;
    const char *refused;     /* why PostgreSQL's own analysis rules differential out: a volatile function, a
                                set-returning function outside pg_catalog, which the text does not tell from a
                                plain one... */
    const char **aggregates; /* those that are not built in, each "schema"."function": the text does not tell
                                them from plain functions */
    int naggregates;
    const char **argument_types; /* answers of ivm_compiled.probe_sql, in its order; NULL: not asked yet */
    int nargument_types;
};

/* ------------------------------------------------------------------------------------------------
 * Plans
 */

enum plan_kind {
    PLAN_KEYED,   /* a row per combination of source keys: unique index on the key columns */
    PLAN_GROUPED, /* a row per group: index on weir_hash, group keys compared with IS NOT DISTINCT FROM */
    PLAN_BAG,     /* anything: index on weir_hash, rows compared by image; duplicates are rows */
    PLAN_SLICED,  /* a bag in slices, each computed as a whole: index on weir_key, the hash of the slice's key
                   */
};

/* A relation as a plan reads it; its bit in a change mask is its index here. Self joins share one. */
struct plan_source {
    uint32_t relid; /* 0 for a part */
    int part;       /* index of the part in ivm_compiled.plans, when relid is 0 */
    int *attnums;   /* columns of relid that are read, ascending; includes its key */
    int nattnums;
};

struct plan; /* one block of a compiled query; opaque outside ivm/ */

struct ivm_compiled {
    struct plan *
        *plans; /* parts first, the query's own plan last; one FULL-only plan when not differential */
    int nplans;
    bool differential;
    const char *reason;      /* not differential: the construct that stops it, e.g. "SELECT DISTINCT" */
    const char *probe_sql;   /* not NULL: compile again with the types of this query's columns as
                                argument_types; no plans yet */
    const char *domains_sql; /* of each of these columns the domain that is its type, or NULL: a description
                                tells the type below the domain */
    const char *tree;        /* the operator tree, printed */
};

/*
 * Compiles a query. Returns false only on a mistake of the caller or text that libpg_query cannot parse at
 * all under differential = required; an unsupported construct is not an error here: differential is false,
 * and reason says why. Everything returned lives in `a`.
 */
bool ivm_compile(struct arena *a, const struct ivm_query *q, struct ivm_compiled *out, struct err *e);

/* The query sorts its rows, and nothing but their order follows from it: a table does not keep that. */
bool ivm_is_sorted(struct arena *a, const char *canonical);

/* 1-based character position of construct `reason` in the text the user wrote; 0 when it is not found. */
int ivm_locate(const char *user_sql, const char *reason);

enum plan_kind plan_kind(const struct plan *p);
int plan_nsources(const struct plan *p);
const struct plan_source *plan_source(const struct plan *p, int i);

/* In change buffers and pending views the weight column is `weir_w` (smallint); a `weir_w = 0` row never
 * reaches a delta statement: the job rebuilds instead. */

/*
 * Whether a delta must know how many images a key has, to tell whether it has to cancel them. A plan that
 * only adds up columns need not, as images that came and went add up to nothing; nor one that cancels them
 * always. `executor`: it reads through the owner's executor.
 */
bool plan_counts_images(const struct plan *p, bool executor);

/* A table that deltas look rows up in by one of these columns: an index that begins with one makes their cost
 * independent of the table's size. */
struct plan_lookup {
    uint32_t relid;
    int *attnums;
    int n;
};
int plan_lookups(struct arena *a, const struct plan *p, const struct plan_lookup **out);

/*
 * Whether each refresh computes the whole result again, whatever has changed: the query has no key by which
 * it could be done in slices.
 */
bool plan_is_whole(const struct plan *p);

/* Ids by which plans name tables: plans[i] of a compile is stored in pgtrickle_data.st_<ids[i]>. */
struct plan_names {
    const int64_t *ids;        /* per plan of the compile */
    int self;                  /* index of the plan at hand */
    const int64_t *source_ids; /* per plan_source: its change buffer is changes_<source_id> */
};

/*
 * The query that gives the storage's columns, without weir_id and weir_hash, from the current state of the
 * sources. It is kept as view pgtrickle_data.state_<id>, owned by the stream table's owner, from which the
 * storage table gets its types.
 */
const char *plan_state_sql(struct arena *a, const struct plan *p, const struct plan_names *n);

/* CREATE TABLE pgtrickle_data.st_<id> AS ... WITH NO DATA, hidden columns, indexes. Several statements. */
const char *plan_storage_ddl(struct arena *a, const struct plan *p, const struct plan_names *n);

/* The SELECT that shows the query's columns from the storage: the text of the facade. */
const char *plan_facade_sql(struct arena *a, const struct plan *p, const struct plan_names *n);

/* The storage's columns, typed: given to a plan once its storage exists, before any of the calls below. */
void plan_set_columns(struct plan *p, const struct ivm_column *columns, int ncolumns);

/* Fills an empty storage: INSERT INTO st ... SELECT. One statement. */
const char *plan_populate_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                              bool executor);

/* Makes the storage equal to its state query by applying the difference. One statement, one row of result:
 * inserted, updated, deleted, and 0 for broken. */
const char *plan_full_sql(struct arena *a, const struct plan *p, const struct plan_names *n, bool executor);

/* The least of the bounds by which a delta is told how many rows are pending; the others are its doubles. */
#define PLAN_LIMIT_MIN 64

/* A change that is not known but presumed: the statement finds out whether it is right, and else does
 * nothing. */
struct plan_presumed {
    const char *gate; /* CTEs, the last one `gate`: a row with a column `fits` when there is anything to do */
    const char *const *key; /* per source: what images of a key are counted by, see struct ivm_watch */
    int64_t most; /* changed rows of all sources for which a delta is wanted; negative: any number */
};

/* What is known of the changes when a delta statement is chosen. */
struct plan_change {
    uint64_t changed; /* bit i: plan_source(p, i) has pending rows */
    const int64_t
        *limit;    /* per source: an upper bound of its pending rows, a power of two (planner's LIMIT) */
    bool single;   /* one source changed, and no key of it has more than one old image, nor more than
                      one new one (a keyless source never is single) */
    bool executor; /* read sources through pgtrickle_data.exec_<id>(sql), with the owner's rights */
    const struct plan_presumed *presumed; /* NULL: all of the above is known */
    const char *finish; /* what the statement goes on with, behind its CTE `counts`: more CTEs, each after a
                           comma, and a SELECT. NULL: SELECT * FROM counts */
};

/*
 * Computes the delta and applies it, in one statement. Of a change that is presumed it has a CTE `go` of one
 * row, or none where `gate` has none: `n`, pending rows; `idle`, whether there are none; `go`, whether it was
 * right. Its last CTE is `counts`, one row of bigint: inserted, updated, deleted, broken. broken > 0: the
 * storage did not hold what the delta takes away; the refresh must fail and rebuild.
 */
const char *plan_delta_sql(struct arena *a, const struct plan *p, const struct plan_names *n,
                           const struct plan_change *c);

/* ------------------------------------------------------------------------------------------------
 * weir's own statements
 */

enum ddl_kind {
    DDL_OTHER,   /* the server's */
    DDL_BEGIN,   /* BEGIN, START TRANSACTION */
    DDL_END,     /* COMMIT, END, ROLLBACK, ABORT (not ROLLBACK TO), PREPARE TRANSACTION */
    DDL_CREATE,  /* CREATE STREAM TABLE */
    DDL_DROP,    /* DROP STREAM TABLE */
    DDL_REFRESH, /* REFRESH STREAM TABLE */
    DDL_RESUME,  /* ALTER STREAM TABLE ... RESUME */
    DDL_CALL,    /* mentions a function of ours that changes something: create_stream_table(...) etc. */
};

struct ddl_statement {
    enum ddl_kind kind;
    size_t start, end;  /* bytes of the script, without the semicolon */
    const char *sql;    /* what the server is to run: the text itself, or for weir's own statements a
                           CALL pgtrickle.<procedure>(...) that records the request */
    const char *tag;    /* CommandComplete tag to show instead, "CREATE STREAM TABLE"; NULL: the server's */
    int query_position; /* 1-based character position, in the script, of the query inside CREATE STREAM
                           TABLE ... AS query; 0 otherwise */
};

struct ddl_script {
    struct ddl_statement *statements;
    int nstatements;
};

/* True when the text may hold something for ddl_parse: one cheap pass, no allocation, no false negative for
 * plain spelling ("stream" in any case). */
bool ddl_notice(const char *sql, size_t len);

/*
 * Splits a script into statements and recognises weir's own. A script with nothing of ours in it comes back
 * with nstatements = 0. A malformed statement of ours is an error with a position in the script, and a hint.
 */
bool ddl_parse(struct arena *a, const char *sql, struct ddl_script *out, struct err *e);

/* ------------------------------------------------------------------------------------------------
 * Jobs
 */

enum job_as {
    JOB_AS_SELF,  /* as whoever the connection is */
    JOB_AS_WEIR,  /* as weir's role: over a client's connection wrapped in pgtrickle.run or run_row */
    JOB_DESCRIBE, /* do not run it: its result is one row per column: name, type as format_type prints it */
};

struct job_statement {
    enum job_as as;
    const char *sql;
    const char *const *params; /* text parameters $1.., NULL for none; never with JOB_AS_WEIR */
    int nparams;
    const char *name;     /* not NULL: prepare once per connection under this name, then execute; the same
                             name always stands for the same text */
    bool rows;            /* JOB_AS_WEIR: its rows are wanted, so over a client's connection through
                             pgtrickle.run_row (a row is one text[]), else through pgtrickle.run */
    bool user_text;       /* an error's position is a position in `sql`, which holds the user's query... */
    int user_text_offset; /* ...after this many characters */
};

/* Rows as text; a NULL cell is SQL's NULL. */
struct job_rows {
    const char *tag; /* command tag: "SELECT 3" */
    int nrows;
    int ncolumns;
    const char *const *cells; /* nrows * ncolumns */
};

enum job_step {
    JOB_STATEMENT, /* send *out, then ask again: more statements may be sent before results are needed */
    JOB_RESULTS,   /* feed the results of all statements sent so far, in their order, then ask again */
    JOB_COMMIT,    /* commit, and begin anew: the job's next statements are a new transaction */
    JOB_ROLLBACK,  /* a statement was refused: roll back, and begin anew. A clean-up follows, then JOB_FAILED
                    */
    JOB_DONE,
    JOB_FAILED, /* *e says why; the transaction must be rolled back */
};

struct job;

enum job_step job_next(struct job *j, struct job_statement *out, struct err *e);
void job_result(struct job *j, const struct job_rows *rows);
/* The server refused a statement: it and all statements sent after it have no result. */
void job_failed(struct job *j, const struct err *e);
/* NOTICEs for the client gathered so far; each is handed out once. NULL: no more. */
const char *job_notice(struct job *j);
void job_free(struct job *j);

/* Code of users ran in this session, with their rights, and may have left things behind in it (settings,
 * prepared statements): a connection of weir's own must be closed after the job. */
bool job_tainted(const struct job *j);

/* Where a job runs. */
struct job_place {
    bool in_block; /* inside the client's own transaction block: JOB_COMMIT is not possible */
    bool trusted;  /* the request is of weir's own statement, in which no code of a user's runs */
};

/*
 * The work a recorded request asks for. `kind` is 'create', 'drop', 'refresh' or 'resume', `arguments` the
 * text that came with the in-band signal, see ivm/store/README.md.
 */
struct job *job_request(const char *kind, const char *arguments, const struct job_place *place,
                        struct err *e);

/* Fails when whoever the connection is may not refresh what a 'refresh' request names: it may be forged. */
struct job *job_refresh_check(const char *arguments);

/* The stream tables a 'refresh' request names, and whether it asks for FULL. Returns their number. */
int request_ids(struct arena *a, const char *arguments, int64_t **ids, bool *full);

/* SET statements for a maintenance connection, to be run once as a simple query after connecting. */
const char *ivm_session_settings(void);

/* Installs or upgrades schemas pgtrickle and pgtrickle_data; does nothing when they are of this version.
 * `secret` is the key by which pgtrickle.run checks that a statement is weir's: 64 hex digits. */
struct job *job_install(const char *secret);

/* ------------------------------------------------------------------------------------------------
 * The catalog as the maintainer holds it
 */

enum ivm_mode { IVM_AUTO, IVM_DIFFERENTIAL, IVM_FULL };

/* One storage: a stream table, or a part of one. */
struct ivm_table {
    int64_t id;
    int64_t parent;            /* of a part: the stream table it belongs to; 0 otherwise */
    const char *schema, *name; /* of the facade; of the parent's for a part */
    enum ivm_mode mode;        /* as asked for */
    bool differential;         /* as compiled */
    const char *reason;        /* why not differential */
    bool executor;             /* user code may run: through the executor function */
    bool populated;
    bool suspended;
    int64_t schedule_ms; /* 0: calculated */
    struct plan *plan;
    struct plan_names names;
    int64_t *source_ids; /* buffers it consumes: per plan source; of a FULL-only table, all it watches */
    int nsource_ids;
    int64_t *upstream; /* table ids this one reads (parts and stream tables) */
    int nupstream;
    int errors;                /* consecutive failures */
    bool opaque_sources;       /* FULL-only, and may change though no source does: refreshed whenever due */
    bool views;                /* reads views that somebody may replace */
    const char *source_names;  /* stands for the names of its tables and their columns; NULL: it has none */
    bool lone;                 /* diamond_consistency = none: no diamond is closed here */
    double max_fraction;       /* AUTO: above this share of changed rows it is FULL; negative: the default */
    struct ivm_watch *watches; /* every change buffer that says it may be out of date, FULL-only ones too */
    int nwatches;
};

/* A change buffer as one table reads it. */
struct ivm_watch {
    int64_t source_id;
    int64_t relid;    /* of the captured relation */
    int64_t natts;    /* columns it had, dropped ones too, when its capture was made */
    int64_t upstream; /* the source is the storage of this table; 0: a table of the user's */
    int source;       /* index of the plan's source; -1 when the plan is FULL-only */
    const char *key;  /* NULL: nobody minds how many images a key has; else its columns, a list */
    const char
        *count_sql; /* one row: table id, source id, pending rows, whether one is a reset marker, the
                       most images of one sign of one key, rows of the source as the planner knows it */
};

/* An immutable picture of all stream tables of a database, tables in topological order. */
struct ivm_catalog {
    struct arena arena;
    struct ivm_table *tables;
    int ntables;
    int64_t version; /* pgtrickle_data.catalog_version when it was read */
};

/* Reads and compiles everything. The result is taken with job_catalog_take after JOB_DONE. */
struct job *job_load_catalog(void);
struct ivm_catalog *job_catalog_take(struct job *j);
void ivm_catalog_free(struct ivm_catalog *c);

/* Index of table `id`, -1 when absent. */
int ivm_catalog_find(const struct ivm_catalog *c, int64_t id);

/*
 * What has to move together so that no reader sees a split: `targets` (indexes), their parts and ancestors,
 * and whole diamond groups. Returns indexes in topological order.
 */
int *ivm_unit(struct arena *a, const struct ivm_catalog *c, const int *targets, int ntargets, int *n);

/* A suspended table among the targets and what they read, directly or not: they cannot be brought up to date.
 * NULL: none. */
const struct ivm_table *ivm_unit_suspended(struct arena *a, const struct ivm_catalog *c, const int *targets,
                                           int ntargets);

/* One statement that tells which of these tables have pending changes: rows (table id, pending rows). For a
 * table with opaque sources it says 1. Takes no lock, writes nothing. */
const char *ivm_probe_sql(struct arena *a, const struct ivm_catalog *c, const int *tables, int n);

/* ------------------------------------------------------------------------------------------------
 * When: which unit is due. Pure bookkeeping over a catalog; times are milliseconds of any monotonic clock.
 */

struct ivm_schedule;

struct ivm_schedule *ivm_schedule_new(void);
void ivm_schedule_free(struct ivm_schedule *s);

/* Takes over a new catalog, which must live until the next load; what is known of a table is kept by its id.
 */
void ivm_schedule_load(struct ivm_schedule *s, const struct ivm_catalog *c, int64_t now_ms);

/* A committed transaction changed the source (a buffer's id): all that reads it, directly or not, is dirty.
 */
void ivm_schedule_source_changed(struct ivm_schedule *s, int64_t source_id);

/* The probe found pending rows for this table. */
void ivm_schedule_table_pending(struct ivm_schedule *s, int64_t table_id);

/* The next unit whose time has come and of which no member is being refreshed; NULL when there is none. The
 * caller starts it at once, or asks again later. Array in `a`. */
int *ivm_schedule_due(struct ivm_schedule *s, struct arena *a, int64_t now_ms, int *n);

/* True when no member of the unit is being refreshed. */
bool ivm_schedule_free_to_run(const struct ivm_schedule *s, const int *unit, int n);

/* Brackets a refresh. A failed unit is tried again after a pause that doubles from 1 s to 60 s. */
void ivm_schedule_started(struct ivm_schedule *s, const int *unit, int n);
void ivm_schedule_finished(struct ivm_schedule *s, const int64_t *ids, int n, bool ok, int64_t now_ms);

/* Milliseconds until something may be due; -1: not before something changes. */
int64_t ivm_schedule_wait_ms(const struct ivm_schedule *s, int64_t now_ms);

struct refresh_options {
    const char *initiated_by; /* 'SCHEDULER' or 'MANUAL', for the history */
    bool force_full;
    bool in_client; /* over a client's connection inside its transaction: locks and READ COMMITTED rules */
    bool locked;    /* with in_client: the locks are had, and every statement sees the same sources */
    bool presume; /* may begin with the delta that was the right one the last times, see job_refresh_presumed
                   */
    bool patient; /* wait for the locks before the snapshot is taken. Else they are taken under it, when they
                     are free, and a refresh by somebody else that ends just then makes this one fail with
                     40001: it has to be repeated patiently */
};

/*
 * Refreshes a unit to one snapshot in one transaction. The job locks, begins, and yields; the runner commits
 * on JOB_DONE (in_client: the client's own transaction goes on). Fails with ERR_STALE_CATALOG when `c` is not
 * what the database holds any more: read it again and ask for the unit anew. The catalog must outlive the
 * job.
 */
struct job *job_refresh(const struct ivm_catalog *c, const int *unit, int n, const struct refresh_options *o);

/* After JOB_DONE: whether anything changed. */
bool job_refresh_changed(const struct job *j);

/* After JOB_FAILED: what failed may be a statement that nothing had been looked at for. The refresh is to be
 * repeated without `presume`. */
bool job_refresh_presumed(const struct job *j);

/* After JOB_FAILED: the catalog index of the table whose statement failed; -1 when it was none of them. */
int job_refresh_culprit(const struct job *j);

/* Records that a refresh of these tables failed: backs off, and suspends after five failures in a row. For a
 * maintenance connection, after the failed transaction was rolled back. */
struct job *job_record_failure(const struct ivm_catalog *c, const int *unit, int n, const struct err *why);

/* Truncates what every consumer has passed, moves writers to the next generation of busy buffers, removes
 * what an interrupted creation, a dropped facade or a revoked right left behind. Run now and then by the
 * maintainer. */
struct job *job_housekeeping(const struct ivm_catalog *c);

#endif
