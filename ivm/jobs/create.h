/*
 * Creating a stream table, in steps:
 *
 *   create.c        begin: the user's query becomes view def_<id>, as the user; PostgreSQL describes it
 *                   compile (twice when the compiler asks for types), decide the mode
 *   create_build.c  state views and storages, as the compiler wants them; their types are read back
 *                   catalog rows, buffers, pending views
 *   create_show.c   capture triggers
 *                   -- COMMIT here outside a transaction block: from now on every change is captured --
 *                   populate from one snapshot, show: facade, NOTICEs
 *   create_meet.c   what may close a diamond: shown together with the refresh that brings the diamond to one
 *                   snapshot
 */
#ifndef WEIR_IVM_JOBS_CREATE_H
#define WEIR_IVM_JOBS_CREATE_H

#include "jobs/describe.h"
#include "jobs/refresh.h"

/* A relation whose changes are captured for the new stream table: one entry however often it is read. */
struct create_source {
    uint32_t relid;     /* 0: storage of a part that is being created */
    int part;           /* its plan then */
    int64_t storage_of; /* it is the storage of this existing stream table */
    int *attnums;
    int nattnums;
    int64_t source_id;
    bool triggers;              /* are to be created */
    const struct job_rows *ddl; /* by these statements */
};

/* One storage to be built: a plan of the compile. */
struct create_plan {
    int64_t id;
    struct plan_names names;
    int *sources; /* per dependency: index in create.sources; a differential plan's are its plan sources */
    int nsources;
    const int **attnums; /* per dependency: what this plan reads of it */
    int *nattnums;
    const char *ddl;
};

struct create {
    struct refresh refresh; /* first, as it is the work of the job too: the diamond's, see create_meet.c */
    struct job_place place;
    /* what was asked for */
    int64_t request, id;
    const char *role, *schema, *name, *query;
    const char *schedule, *mode, *consistency, *policy, *cdc, *fraction;
    int64_t schedule_ms;
    bool append_only, with_data;
    const char **columns;
    int ncolumns;
    /* what was found */
    const char *weir;
    bool read_committed;
    struct description description;
    const struct job_rows *base;
    struct ivm_compiled compiled;
    const char **argument_types;
    int nargument_types;
    bool opaque;
    /* what is built */
    int64_t *ids;
    struct create_plan *plans;
    struct create_source *sources;
    int nsources;
    bool two_phases;
    bool meets;             /* it may close a diamond */
    bool still;             /* inside a block: the sources of its diamond do not change any more */
    const char *unit;       /* '{1,2}': what its branches move with, locked */
    int notice_at, load_at; /* where in a batch's results there is what to say, and the catalog */
};

/* Steps: when the mode is decided; when all is locked that has to be; when the catalog is written: its
 * results begin with two per source, whether its triggers have to be created, and how. */
void create_find_sources(struct job *j);
void create_reserve(struct job *j);
void create_begin_capture(struct job *j);

/* Queues what fills the storages, from one snapshot or with sources that stand still. */
void create_fill(struct job *j);

/* Queues what shows the stream table under its name, and asks what its creator is to be told: the result is
 * number c->notice_at. create_say tells. */
void create_show(struct job *j);
void create_say(struct job *j);

/* Decides c->meets, once the sources are known. */
void create_find_meeting(struct create *c);

/* For what may close a diamond. Outside a block: a step, when the filled storages are committed. Inside: in
 * place of create_reserve, before anything of the stream tables that are read is locked; and then a step in
 * place of populating. */
void create_meet(struct job *j);
void create_meet_in_block(struct job *j);
void create_fill_in_block(struct job *j);

/* On failure after a commit: removes what was made. */
void create_undo(struct job *j);

/* Queues a statement with compiled text in it, run as the user: under the settings by which the text was
 * made. */
void create_pinned(struct job *j, const char *sql);

/* The user is weir's own role: there is nothing to grant. */
bool create_is_weir(const struct create *c);
const char *create_bool(bool b);

#endif
