/*
 * The maintainer: one thread, one loop, that keeps the stream tables of all databases fresh.
 *
 * Workers talk to it by posting; it answers through callbacks that run on its own thread and are expected
 * to post back. A database is named by its key: where it really is, not what an entry calls it, so that
 * two entries for one database share one maintenance.
 */
#ifndef WEIR_PROXY_MAINTAINER_H
#define WEIR_PROXY_MAINTAINER_H

#include "base/err.h"
#include "config.h"

#include <stdbool.h>
#include <stdint.h>

/* Starts the thread, and maintenance of every entry of [databases] that names one database and a role. */
bool maintainer_start(const struct config *cfg, struct err *e);
/* A new configuration: databases that are gone are let go of, new ones taken up. */
void maintainer_reload(const struct config *cfg);
/* Stops and joins the thread. What was in flight is rolled back by the server; who asks for something from
 * now on is refused. */
void maintainer_stop(void);

#define MAINTAINER_KEY_MAX 512

/* The key of the database that entry `d` means for a client that asked for `name`. */
void maintainer_key(char key[MAINTAINER_KEY_MAX], const struct config_database *d, const char *name);

/* `secret` authorises statements as weir's role (pgtrickle.run); valid when ok, for the length of the call.
 */
typedef void (*maintainer_ready_cb)(void *arg, bool ok, const char *secret, const struct err *e);
typedef void (*maintainer_refresh_cb)(void *arg, bool ok, const struct err *e);

/* Calls back once stream tables can be used in the database, or with the reason why they cannot. */
void maintainer_ensure(const struct config *cfg, const struct config_database *d, const char *name,
                       maintainer_ready_cb cb, void *arg);

/* A transaction that changed a source has ended; whether it committed is for the refresh to see. */
void maintainer_source_changed(const char *key, int64_t source_id);

/* Stream tables were created or dropped. */
void maintainer_catalog_changed(const char *key);

/* Refreshes stream tables by id, with all that must move with them. */
void maintainer_refresh(const char *key, const int64_t *ids, int n, bool full, maintainer_refresh_cb cb,
                        void *arg);

#endif
