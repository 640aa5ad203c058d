/*
 * A refresh of a unit, in steps:
 *
 *   refresh_presume.c what was right the last times, if it still is: that is all                 1 round trip
 *   refresh_look.c    BEGIN, lock and look: what is pending in which buffer                      1
 *   refresh_apply.c   per level of the DAG: choose, apply, count what that brought the next level    1 each
 *   refresh_record.c  frontiers and history
 *   refresh.c         close: COMMIT; together with the last level if its statements record
 *                     themselves, else                                                               1
 */
#ifndef WEIR_IVM_JOBS_REFRESH_H
#define WEIR_IVM_JOBS_REFRESH_H

#include "jobs/job.h"

/* Below so many changed rows a delta is taken however small the table is: either is quick. */
#define REFRESH_FEW_ROWS 1000

enum refresh_action { REFRESH_NOTHING, REFRESH_DELTA, REFRESH_FULL };

/* What a buffer holds for a member. */
struct refresh_pending {
    int64_t rows;
    bool is_void;   /* a reset marker is among them */
    int64_t images; /* most images of one sign of one key */
    double size;    /* rows of the source as the planner knows them, negative when it does not */
};

struct refresh_member {
    const struct ivm_table *table;
    int index;                       /* in the catalog */
    int group;                       /* its diamond group, -1 for none */
    int level;                       /* 0: reads no other member */
    struct refresh_pending *pending; /* per watch */
    /* as the database has it now */
    bool found, populated, rebuild, suspended, fits;
    bool replaced;                    /* a view that it reads was */
    double delta_ms_per_row, full_ms; /* running averages; negative when unknown */
    bool full_seen;                   /* full_ms is not of the first filling alone */
    int64_t epoch;                    /* refreshes of it so far */
    /* what was done */
    enum refresh_action action;
    bool recorded;      /* by its own statement */
    const char *reason; /* of FULL */
    int64_t consumed, inserted, updated, deleted;
    const char *started, *ended;
    double ms;
    int first;  /* of its statements, in the batch */
    int result; /* of its statement, in the batch; -1 for none */
};

struct refresh {
    const struct ivm_catalog *catalog;
    struct ivm_catalog *owned; /* catalog, when the job loaded it itself */
    struct refresh_options options;
    struct refresh_member *members;
    int n;
    const char *ids; /* '{1,2}' */
    int level, levels;
    int culprit;
    bool executor; /* code of users runs in this unit */
    bool mended;   /* capture that does not fit was seen to already */
    bool unfit;    /* capture of a source does not fit, and could not be mended: full refreshes only */
    bool families; /* a source has partitions */
    bool changed;
    struct plan_statement *presumed; /* is on its way, though nothing was looked at; NULL: none is */
    bool recounted;                  /* the batch ends with counts for later levels */
    const char *timestamp;           /* the moment of the snapshot, at the latest */
    job_step_fn then;                /* after the last result; NULL: the job ends with the refresh */
};

/* Sets the work up and queues the first statements. */
void refresh_begin(struct job *j, const struct ivm_catalog *c, const int *unit, int n,
                   const struct refresh_options *o);

/* Begins with the delta that was right the last times, if there is one that may be presumed to be it again.
 */
bool refresh_presume(struct job *j);

/* CTE `gate` of a statement that presumes: whether the member is as it was compiled, filled, and ours.
 * `version`: of the catalog. */
const char *refresh_gate_sql(const struct refresh *w, struct arena *a, const struct refresh_member *m,
                             const char *version);

/* BEGIN and the look, and from there to the end. */
void refresh_open(struct job *j);
void refresh_look(struct job *j);

/* Locks before BEGIN: the wait must not fall between a snapshot and its use. */
void refresh_lock(struct job *j);

/* One of the functions of advisory locks, for all members. */
const char *refresh_lock_sql(const struct refresh *w, struct arena *a, const char *function);

/* Reads rows of count_sql, which begin at column `first`, into the members they belong to. */
void refresh_counts(struct refresh *w, const struct job_rows *r, int first);

/* Runs the levels from w->level on, to the end of the job. */
void refresh_levels(struct job *j);

/* Whether the end must wait until what was read is known to be what was looked at. */
bool refresh_is_doubtful(const struct refresh *w);

/* Makes sure of that; then queues what is left to record, and COMMIT; then ends the job, or hands it on. */
void refresh_finish(struct job *j);
void refresh_close(struct job *j);
void refresh_end(struct job *j);

/* Queues the frontiers and the history of members that did not record themselves. */
void refresh_record(struct job *j);

/*
 * Weir's role is about to read what the owner must be allowed to read; also where code runs as the owner, as
 * a delta may come from buffers alone. PostgreSQL itself says whether the owner still is: it checks the
 * definition view, as its owner, when the view is run, and here it runs for no row. It checks all that a
 * statement names before the statement reads anything.
 */
const char *refresh_rights_sql(struct arena *a, const struct ivm_table *t);

/* How a delta's statement records its member: pieces of SQL. */
struct refresh_recording {
    const char *consumed, *timestamp, *by;
    const char *counts; /* FROM of its counts, alias c */
    const char *lead;   /* columns before inserted, updated, deleted, with a trailing comma */
    const char *from;   /* FROM of the result, of which done is one */
};

/* What comes behind `counts`; checks the rights besides. */
const char *refresh_recording(struct arena *a, const struct refresh_member *m,
                              const struct refresh_recording *r);

/* Queues a delta's statement that also checks those rights, and records its member. */
void refresh_record_delta(struct job *j, const struct refresh_member *m, struct plan_change *change);

/* The member that is table `id`; NULL when it is not in the unit. */
struct refresh_member *refresh_member_of(struct refresh *w, int64_t id);

/* A statement over weir's own connection. */
void refresh_say(struct job *j, const char *sql);

/* A statement of weir's whose rows are wanted, kept prepared where that is safe. */
void refresh_ask(struct job *j, const char *sql);

/*
 * The same with values, which the text names by refresh_value: as parameters over the maintainer's
 * connection, as literals over a client's, where weir's statements have none. `name`: what the text was
 * prepared as before.
 */
const struct job_statement *refresh_ask_with(struct job *j, const char *sql, const char *name,
                                             const char *const *values, int n);
const char *refresh_value(struct job *j, int n, const char *value);

#endif
