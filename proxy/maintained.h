/*
 * maintained: one database whose stream tables this process keeps fresh. Lives on the maintainer's thread.
 *
 *     DOWN -> CONNECTING -> INSTALLING -> LOADING -> READY
 *       ^         |              |           |         |
 *       +---------+--------------+-----------+---------+     a lost connection, or a failed step:
 *                                                          again after a pause
 *
 * A control connection installs the schema, reads the catalog, probes for changes, keeps house, and holds the
 * advisory lock by which one of several weir processes is the scheduler of the database. Refreshes run in
 * lanes, see lanes.h.
 */
#ifndef WEIR_PROXY_MAINTAINED_H
#define WEIR_PROXY_MAINTAINED_H

#include "base/err.h"
#include "pgconn.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct maintained;

struct maintained_options {
    struct pgconn_target target; /* strings are copied */
    const char *secret;          /* 64 hex digits; outlives the database */
    int refresh_pool_size;
    int64_t poll_interval_ms; /* how often buffers are looked at for writers that go round weir */
};

/* Called on the maintainer's thread, once. */
typedef void (*maintained_cb)(void *arg, bool ok, const struct err *e);

struct maintained *maintained_open(uv_loop_t *loop, const struct maintained_options *o);
void maintained_close(struct maintained *m);

/* Calls back when the schema is installed and the catalog read, or with the reason why it cannot be. */
void maintained_when_ready(struct maintained *m, maintained_cb cb, void *arg);

/* The key by which pgtrickle.run knows this process, once ready. */
const char *maintained_secret(const struct maintained *m);

void maintained_source_changed(struct maintained *m, int64_t source_id);

/* Stream tables were created, altered or dropped. */
void maintained_catalog_changed(struct maintained *m);

/* Refreshes tables, with all that must move with them, and calls back when it is committed. */
void maintained_refresh(struct maintained *m, const int64_t *ids, int n, bool full, maintained_cb cb,
                        void *arg);

#endif
