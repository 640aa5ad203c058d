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
 */
#ifndef WEIR_IVM_JOBS_CREATE_H
#define WEIR_IVM_JOBS_CREATE_H

#include "jobs/describe.h"

/* A relation whose changes are captured for the new stream table: one entry however often it is read. */
struct create_source {
    uint32_t relid;     /* 0: storage of a part that is being created */
    int part;           /* its plan then */
    int64_t storage_of; /* it is the storage of this existing stream table */
    const char *schema, *name;
    bool as_weir; /* who creates the triggers */
    bool always;  /* and may have them fire under any session_replication_role */
    int *attnums;
    int nattnums;
    int64_t source_id;
    bool triggers; /* are to be created */
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
};

/* The step after the mode is decided, and the one after the catalog is written: its results begin with one
 * row per source, whether its triggers have to be created. */
void create_reserve(struct job *j);
void create_begin_capture(struct job *j);

/* The user is weir's own role: there is nothing to grant. */
bool create_is_weir(const struct create *c);
const char *create_bool(bool b);

#endif
