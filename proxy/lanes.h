/*
 * lanes: the refreshes of one database, each on a connection of its own. Lives on the maintainer's thread.
 *
 * There are `size` lanes. A lane takes a unit of the catalog, refreshes it, and is free again:
 *
 *            a unit          connected            done
 *     FREE ─────────► CONNECTING ────► REFRESHING ────► FREE
 *                     └── has a connection ──▲    │
 *                                                 └─ refused ─► RECORDING ─► FREE
 *
 * A connection is kept while it may be trusted: not when it was lost, nor after users' code ran in it. When
 * the unit was formed by a catalog that is not the database's any more, the lane is free at once, nothing
 * more is started, and the owner is asked for another catalog.
 *
 * Units come from two sides: requests, which somebody waits for, and the schedule, while this process leads.
 */
#ifndef WEIR_PROXY_LANES_H
#define WEIR_PROXY_LANES_H

#include "base/err.h"
#include "ivm.h"
#include "pgconn.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct lanes;

/* Called once for each request. */
typedef void (*lanes_cb)(void *arg, bool ok, const struct err *e);

/* The owner is to read the catalog, and to give it to lanes_load. */
typedef void (*lanes_want_catalog_cb)(void *arg);

/* `target` outlives the lanes. */
struct lanes *lanes_new(uv_loop_t *loop, const struct pgconn_target *target, int size,
                        lanes_want_catalog_cb want_catalog, void *arg);

/* Ends what runs; the memory goes when libuv has let go of it. */
void lanes_close(struct lanes *ls);

/* Takes over a catalog, and works by it. `settled`: no other one is wanted by now, so a request for a table
 * that is not in it is for none. */
void lanes_load(struct lanes *ls, struct ivm_catalog *catalog, bool settled);

/* The catalog worked by; NULL before the first. Good until the next lanes_load. */
const struct ivm_catalog *lanes_catalog(const struct lanes *ls);

/* Nothing is started until another catalog comes; all requests fail as `e` says. */
void lanes_stop(struct lanes *ls, const struct err *e);

/* Whether this process refreshes what is due by schedule. */
void lanes_lead(struct lanes *ls, bool leads);

/* What the schedule is told. lanes_fill has to be called after it. */
void lanes_source_changed(struct lanes *ls, int64_t source_id);
void lanes_table_pending(struct lanes *ls, int64_t table_id);

/* Refreshes tables, with all that must move with them, and calls back when it is committed. */
void lanes_request(struct lanes *ls, const int64_t *ids, int n, bool full, lanes_cb cb, void *arg);

/* Puts free lanes to work. To be called whenever there may be something to do. */
void lanes_fill(struct lanes *ls);

#endif
