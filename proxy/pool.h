/*
 * pool: the servers of one (database, user), for the whole process.
 *
 * A pool belongs to no worker: its lock guards its lists and counts, and the state of its servers while they
 * are on a list. A server in use belongs to the worker it is on. Nothing is called with a pool's lock held.
 *
 *     client                     pool                         server
 *     pool_acquire  ── idle ───► linked at once
 *                   ── none ───► queued; pool_put / pool_login_done serve the queue
 *                   ── idle on another worker ► queued, and that worker is asked to hand the server over
 *
 * Queues are first come, first served, with one exception: a freed server prefers a client of its own
 * worker over one that came up to POOL_LOCALITY_MS earlier, because a handover costs four system calls.
 */
#ifndef WEIR_PROXY_POOL_H
#define WEIR_PROXY_POOL_H

#include "base/err.h"
#include "config.h"
#include "protocol.h"
#include "vars.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>
#include <uv.h>

struct client;
struct server;
struct worker;

#define POOL_LOCALITY_MS 5
/* Connections of one pool that may be under way at a time, so that a restarted server is not trampled. */
#define POOL_CONNECTING_MAX 8
/* A server that is starting up (57P03) or was being stopped is tried again this soon. */
#define POOL_PASSING_RETRY_MS 250

/* The settings a server reported when it was logged in to: what a client is told. Immutable. */
struct welcome {
    atomic_int refs;
    struct arena arena;
    struct startup_param *params;
    size_t nparams;
    struct vars vars;
};

void welcome_unref(struct welcome *w);

/* What a pool keeps apart for each worker. */
struct pool_side {
    struct server *idle;    /* newest first */
    struct client *waiting; /* for a server, oldest first */
    struct client *logins;  /* for the welcome */
};

struct pool {
    UT_hash_handle hh;
    char *key; /* name, a zero byte, user */
    size_t key_len;
    char *name; /* of the database as clients call it */
    char *user; /* on the server */

    uv_mutex_t lock;
    struct config *config;            /* generation of db */
    const struct config_database *db; /* NULL: removed from the file */
    enum pool_mode mode;
    int size;            /* 0: no limit */
    uint64_t generation; /* servers of an older one are closed when they come back */
    int total;           /* servers in any state */
    int connecting;
    int moving; /* being handed over */
    int nwaiting;
    struct welcome *welcome;
    struct {
        int64_t retry_ms; /* no attempt before this */
        bool failed;      /* the last attempt */
        struct err err;
    } login;
    bool have_keys;
    struct scram_keys keys;   /* of the last client that proved who it is, or computed from a password */
    struct pool_side sides[]; /* one per worker */
};

/* Finds or makes the pool of this database (as clients call it) and user (as the server knows it). */
struct pool *pool_get(struct config *config, const char *name, const char *user);
/* Gives every pool the new generation. */
void pools_reload(struct config *config);
void pools_free(void);
/* Runs fn on each pool. */
void pools_each(void (*fn)(struct pool *p, void *arg), void *arg);

enum pool_answer {
    POOL_LINKED, /* *server is the client's now */
    POOL_QUEUED, /* client_server_ready() or client_fail() will be called */
    POOL_FAILED, /* *e says why */
};
enum pool_answer pool_acquire(struct pool *p, struct client *c, struct server **server, struct err *e);

/* The welcome, or NULL and the client is queued: client_welcome() or client_fail() will be called; false:
 * the server cannot be reached, *e says why. */
bool pool_welcome(struct pool *p, struct client *c, struct welcome **welcome, struct err *e);

/* Takes a client off whatever queue it is on. */
void pool_forget_client(struct pool *p, struct client *c);

/* Takes an idle server of this worker off its list, to TASK. False when another worker was faster. */
bool pool_claim(struct server *s);
/* A server arrived on its new worker. */
void pool_moved(struct pool *p);

/* A server of this worker, reset and idle, that nobody uses: to the first in the queue, or to the idle. */
void pool_put(struct server *s);

/* A server that just logged in. `seen` becomes the pool's welcome. */
void pool_login_done(struct server *s, struct welcome *seen);
/* A server that never got that far. It is no longer counted. */
void pool_login_failed(struct server *s, const struct err *e);
/* A server that ended, in any state after login. It is no longer counted. */
void pool_forget_server(struct server *s);

/* Ends idle servers of this worker that are too old or idle for too long, and tries again where clients wait
 * for a server that could not be reached. */
void pool_janitor(struct pool *p, struct worker *w);

#endif
