/*
 * A refresh of a unit, in steps:
 *
 *   refresh.c         lock, BEGIN, look: what is pending in which buffer                         1 round trip
 *                     finish: frontiers, history, COMMIT, unlock
 *   refresh_apply.c   per level of the DAG: choose, apply, count what that brought the next level    1 each
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
    bool populated, rebuild, suspended, fits;
    bool replaced;                    /* a view that it reads was */
    double delta_ms_per_row, full_ms; /* running averages; negative when unknown */
    /* what was done */
    enum refresh_action action;
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
    const char *timestamp; /* the moment of the snapshot, at the latest */
    job_step_fn then;      /* after the last result; NULL: the job ends with the refresh */
};

/* Sets the work up and queues the first statements. */
void refresh_begin(struct job *j, const struct ivm_catalog *c, const int *unit, int n,
                   const struct refresh_options *o);

/* Reads rows of count_sql into the members they belong to. */
void refresh_counts(struct refresh *w, const struct job_rows *r);

/* Runs the levels from w->level on, then refresh_finish. */
void refresh_levels(struct job *j);
void refresh_finish(struct job *j);

/* The member that is table `id`; NULL when it is not in the unit. */
struct refresh_member *refresh_member_of(struct refresh *w, int64_t id);

/* A statement of weir's whose rows are wanted, kept prepared where that is safe. */
struct job_statement *refresh_ask(struct job *j, const char *sql);

#endif
