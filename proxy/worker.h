/*
 * worker: a thread with a libuv loop, and the clients and servers that live on it.
 *
 * Everything of a worker is touched by its own thread only, except its post queue. Other threads reach it
 * with worker_post(). Clients and servers that ended are freed once the tick that ended them is over, so no
 * callback further up the stack sees freed memory.
 */
#ifndef WEIR_PROXY_WORKER_H
#define WEIR_PROXY_WORKER_H

#include "net.h"
#include "protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct client;
struct server;
struct cancel;
struct config;
struct post;

struct worker {
    int index;
    uv_loop_t loop;
    uv_thread_t thread;
    uv_async_t wake;
    uv_timer_t tick;
    uv_prepare_t sweep; /* frees what ended during the last tick */
    bool stopping;
    struct {
        uv_mutex_t lock;
        struct post *head, *tail;
    } posts;
    struct config *config; /* the current generation */

    struct client *clients; /* by id */
    struct server *servers;
    struct cancel *cancels;
    struct client *dead_clients;
    struct server *dead_servers;
    struct cancel *dead_cancels;

    struct buf *spare;
    size_t nspare;
    size_t buf_size;
    uint8_t *scratch; /* what recv() reads into when the socket holds nothing */
    size_t scratch_size;
    struct wire_out out; /* messages under construction; empty between uses */

    /* Bytes that were looked at and are to be forwarded in one send(), see relay.c. */
    struct {
        struct net *to;
        const uint8_t *data;
        size_t len;
    } run;
};

/* All workers of the process, made by workers_start. */
extern struct worker *workers;
extern int nworkers;

/* Starts n threads that work by this configuration. */
bool workers_start(int n, struct config *config, struct err *e);
/* Gives every worker a new generation. */
void workers_reload(struct config *config);
/* Ends all connections and threads, and frees everything. */
void workers_stop(void);

/* Runs fn(arg) on the worker's thread, soon, in the order of the posts. Callable from any thread. */
void worker_post(struct worker *w, void (*fn)(struct worker *w, void *arg), void *arg);

/* Milliseconds of a clock that only moves forward, the same on all threads; as of the start of the tick. */
int64_t worker_now(const struct worker *w);

/* Sends what was built in w->out and empties it. */
bool worker_send(struct net *n);

#endif
