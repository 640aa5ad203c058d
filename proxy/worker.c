#include "worker.h"

#include "base/log.h"
#include "base/mem.h"
#include "cancel.h"
#include "client.h"
#include "pool.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* How often timeouts are looked at: the resolution of all of them. */
#define WORKER_TICK_MS 100
/* Bulk data is read in pieces of this many buffers. */
#define WORKER_SCRATCH_BUFFERS 4

struct worker *workers;
int nworkers;

struct post {
    struct post *next;
    void (*fn)(struct worker *w, void *arg);
    void *arg;
};

void worker_post(struct worker *w, void (*fn)(struct worker *w, void *arg), void *arg)
{
    struct post *p = mem_alloc(sizeof *p);
    *p = (struct post){.fn = fn, .arg = arg};
    uv_mutex_lock(&w->posts.lock);
    bool first = w->posts.head == NULL;
    if (first) {
        w->posts.head = p;
    } else {
        w->posts.tail->next = p;
    }
    w->posts.tail = p;
    uv_mutex_unlock(&w->posts.lock);
    if (first) {
        uv_async_send(&w->wake);
    }
}

static void run_posts(struct worker *w)
{
    uv_mutex_lock(&w->posts.lock);
    struct post *p = w->posts.head;
    w->posts.head = w->posts.tail = NULL;
    uv_mutex_unlock(&w->posts.lock);
    while (p != NULL) {
        struct post *next = p->next;
        p->fn(w, p->arg);
        free(p);
        p = next;
    }
}

static void wake_cb(uv_async_t *async)
{
    run_posts(async->data);
}

static void free_dead(struct worker *w)
{
    while (w->dead_clients != NULL) {
        struct client *c = w->dead_clients;
        w->dead_clients = c->next_dead;
        client_free(c);
    }
    while (w->dead_servers != NULL) {
        struct server *s = w->dead_servers;
        w->dead_servers = s->next_dead;
        server_free(s);
    }
    while (w->dead_cancels != NULL) {
        struct cancel *x = w->dead_cancels;
        w->dead_cancels = x->next_dead;
        free(x);
    }
}

static void sweep_cb(uv_prepare_t *handle)
{
    free_dead(handle->data);
}

static void pool_janitor_cb(struct pool *p, void *arg)
{
    pool_janitor(p, arg);
}

static void tick_cb(uv_timer_t *timer)
{
    struct worker *w = timer->data;
    int64_t now = worker_now(w);
    struct client *c, *next_client;
    HASH_ITER(hh, w->clients, c, next_client)
    {
        client_janitor(c, now);
    }
    struct server *s, *next_server;
    DL_FOREACH_SAFE(w->servers, s, next_server)
    {
        server_janitor(s, now);
    }
    struct cancel *x, *next_cancel;
    DL_FOREACH_SAFE(w->cancels, x, next_cancel)
    {
        cancel_janitor(x, now);
    }
    pools_each(pool_janitor_cb, w);
}

int64_t worker_now(const struct worker *w)
{
    return (int64_t)uv_now(&w->loop);
}

bool worker_send(struct net *n)
{
    struct worker *w = n->worker;
    bool ok = net_send(n, w->out.data, w->out.len);
    wire_out_consume(&w->out, w->out.len);
    return ok;
}

/* ---- starting and ending ---- */

static void thread_main(void *arg)
{
    struct worker *w = arg;
    uv_run(&w->loop, UV_RUN_DEFAULT);
}

static bool worker_init(struct worker *w, int index, struct config *config)
{
    w->index = index;
    w->config = config_ref(config);
    w->buf_size = (size_t)config->settings.net.pkt_buf;
    w->scratch_size = w->buf_size * WORKER_SCRATCH_BUFFERS;
    w->scratch = malloc(w->scratch_size);
    if (w->scratch == NULL || uv_mutex_init(&w->posts.lock) != 0 || uv_loop_init(&w->loop) != 0) {
        return false;
    }
    w->wake.data = w->tick.data = w->sweep.data = w;
    return uv_async_init(&w->loop, &w->wake, wake_cb) == 0 && uv_timer_init(&w->loop, &w->tick) == 0 &&
           uv_timer_start(&w->tick, tick_cb, WORKER_TICK_MS, WORKER_TICK_MS) == 0 &&
           uv_prepare_init(&w->loop, &w->sweep) == 0 && uv_prepare_start(&w->sweep, sweep_cb) == 0;
}

bool workers_start(int n, struct config *config, struct err *e)
{
    workers = calloc((size_t)n, sizeof *workers);
    if (workers == NULL) {
        abort();
    }
    nworkers = n;
    for (int i = 0; i < n; i++) {
        if (!worker_init(&workers[i], i, config)) {
            return err_set(e, ERR_INTERNAL, "cannot set up worker %d", i);
        }
    }
    for (int i = 0; i < n; i++) {
        if (uv_thread_create(&workers[i].thread, thread_main, &workers[i]) != 0) {
            return err_set(e, ERR_INTERNAL, "cannot start the thread of worker %d", i);
        }
    }
    return true;
}

static void reload_one(struct worker *w, void *arg)
{
    struct config *old = w->config;
    w->config = arg;
    config_unref(old);
}

void workers_reload(struct config *config)
{
    for (int i = 0; i < nworkers; i++) {
        worker_post(&workers[i], reload_one, config_ref(config));
    }
}

/* Ends the connections of one worker. What it closes may be closed by nobody else afterwards. */
static void stop_one(struct worker *w, void *arg)
{
    (void)arg;
    w->stopping = true;
    struct client *c, *next_client;
    HASH_ITER(hh, w->clients, c, next_client)
    {
        client_fail_with(c, ERR_SHUTDOWN, "terminating connection because weir is shutting down");
        client_close(c, "shutdown");
    }
    struct server *s, *next_server;
    DL_FOREACH_SAFE(w->servers, s, next_server)
    {
        server_close(s, NULL);
    }
    struct cancel *x, *next_cancel;
    DL_FOREACH_SAFE(w->cancels, x, next_cancel)
    {
        cancel_close(x, false);
    }
    uv_stop(&w->loop);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void worker_free(struct worker *w)
{
    /* Posts made while threads were ending: servers on their way, mostly. */
    run_posts(w);
    free_dead(w);
    uv_walk(&w->loop, close_handle, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    free_dead(w);
    uv_loop_close(&w->loop);
    uv_mutex_destroy(&w->posts.lock);
    buf_drain(w);
    wire_out_free(&w->out);
    free(w->scratch);
    config_unref(w->config);
}

void workers_stop(void)
{
    for (int i = 0; i < nworkers; i++) {
        worker_post(&workers[i], stop_one, NULL);
    }
    for (int i = 0; i < nworkers; i++) {
        uv_thread_join(&workers[i].thread);
    }
    /* One thread is left: a server handed over between two workers ends where it arrives. */
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < nworkers; i++) {
            run_posts(&workers[i]);
        }
    }
    for (int i = 0; i < nworkers; i++) {
        worker_free(&workers[i]);
    }
    pools_free();
    free(workers);
    workers = NULL;
    nworkers = 0;
}
