#include "pool.h"

#include "base/log.h"
#include "base/mem.h"
#include "client.h"
#include "server.h"
#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

static pthread_mutex_t pools_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pool *pools;

/* ---- making and finding ---- */

static char *text_copy(const char *s)
{
    char *copy = strdup(s);
    if (copy == NULL) {
        abort();
    }
    return copy;
}

/* The settings of this generation that hold for the pool. Under its lock. */
static void apply_config(struct pool *p, struct config *config)
{
    const struct config_database *db = config_find_database(config, p->name);
    const struct config_user *user = config_find_user(config, p->user);
    if (p->db == NULL || db == NULL || !config_database_same_target(p->db, db)) {
        p->generation++;
        p->login.failed = false;
        p->login.retry_ms = 0;
    }
    p->db = db;
    struct config *old = p->config;
    p->config = config_ref(config);
    config_unref(old);
    if (db == NULL) {
        return;
    }
    p->size = user != NULL && user->pool_size >= 0 ? user->pool_size
              : db->pool_size >= 0                 ? db->pool_size
                                                   : config->settings.pool.default_size;
    p->mode = user != NULL && user->pool_mode != POOL_MODE_UNSET ? (enum pool_mode)user->pool_mode
              : db->pool_mode != POOL_MODE_UNSET                 ? (enum pool_mode)db->pool_mode
                                                                 : (enum pool_mode)config->settings.pool.mode;
}

static struct pool *pool_new(struct config *config, const char *name, const char *user)
{
    struct pool *p = calloc(1, sizeof *p + (size_t)nworkers * sizeof p->sides[0]);
    if (p == NULL || uv_mutex_init(&p->lock) != 0) {
        abort();
    }
    p->name = text_copy(name);
    p->user = text_copy(user);
    apply_config(p, config);
    return p;
}

struct pool *pool_get(struct config *config, const char *name, const char *user)
{
    struct arena a = {0};
    size_t len = strlen(name) + 1 + strlen(user);
    char *key = arena_printf(&a, "%s%c%s", name, '\0', user);
    struct pool *p;
    pthread_mutex_lock(&pools_lock);
    HASH_FIND(hh, pools, key, len, p);
    if (p == NULL) {
        p = pool_new(config, name, user);
        p->key = mem_alloc(len);
        memcpy(p->key, key, len);
        p->key_len = len;
        HASH_ADD_KEYPTR(hh, pools, p->key, p->key_len, p);
    }
    pthread_mutex_unlock(&pools_lock);
    arena_free(&a);
    return p;
}

void pools_each(void (*fn)(struct pool *p, void *arg), void *arg)
{
    /* Pools are never removed while workers run, so the walk needs the lock only for each step. */
    pthread_mutex_lock(&pools_lock);
    struct pool *p = pools;
    while (p != NULL) {
        pthread_mutex_unlock(&pools_lock);
        fn(p, arg);
        pthread_mutex_lock(&pools_lock);
        p = p->hh.next;
    }
    pthread_mutex_unlock(&pools_lock);
}

static void reload_one(struct pool *p, void *arg)
{
    struct config *config = arg;
    uv_mutex_lock(&p->lock);
    apply_config(p, config);
    uv_mutex_unlock(&p->lock);
}

void pools_reload(struct config *config)
{
    pools_each(reload_one, config);
}

void pools_free(void)
{
    struct pool *p, *next;
    HASH_ITER(hh, pools, p, next)
    {
        HASH_DEL(pools, p);
        welcome_unref(p->welcome);
        config_unref(p->config);
        uv_mutex_destroy(&p->lock);
        secret_wipe(&p->keys, sizeof p->keys);
        free(p->key);
        free(p->name);
        free(p->user);
        free(p);
    }
}

void welcome_unref(struct welcome *w)
{
    if (w != NULL && atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) == 1) {
        vars_free(&w->vars);
        arena_free(&w->arena);
        free(w);
    }
}

/* ---- queues; all under the lock ---- */

static void queue_push(struct client **queue, struct client *c)
{
    DL_APPEND2(*queue, c, wait.prev, wait.next);
    c->wait.queue = queue;
}

static void queue_remove(struct client *c)
{
    DL_DELETE2(*c->wait.queue, c, wait.prev, wait.next);
    c->wait.queue = NULL;
}

static void idle_push(struct pool *p, struct server *s)
{
    server_set_state(s, SERVER_IDLE);
    DL_PREPEND2(p->sides[s->worker->index].idle, s, idle_prev, idle_next);
}

static void idle_remove(struct pool *p, struct server *s, enum server_state state)
{
    DL_DELETE2(p->sides[s->worker->index].idle, s, idle_prev, idle_next);
    server_set_state(s, state);
}

/* Counts a new connection when one is wanted, allowed and useful; the caller then opens it. */
static bool count_connection(struct pool *p, const struct worker *w)
{
    bool login_waits = false;
    for (int i = 0; i < nworkers; i++) {
        login_waits = login_waits || p->sides[i].logins != NULL;
    }
    int wanted = p->nwaiting > 0 ? p->nwaiting : login_waits ? 1 : 0;
    if (w->stopping || p->db == NULL || p->connecting + p->moving >= wanted ||
        p->connecting >= POOL_CONNECTING_MAX || (p->size > 0 && p->total >= p->size) ||
        worker_now(w) < p->login.retry_ms) {
        return false;
    }
    p->total++;
    p->connecting++;
    return true;
}

/* Class 57P: the server is starting, stopping, or was told to end this session. It will be back. */
static bool is_passing(const struct err *e)
{
    return strncmp(e->sqlstate, "57P", 3) == 0;
}

/* No server works, and it is too early to try again: there is nothing to wait for. */
static bool hopeless(const struct pool *p, const struct worker *w, struct err *e)
{
    if (p->db == NULL) {
        err_set(e, ERR_NO_DATABASE, "database \"%s\" has been removed from weir's configuration", p->name);
        return true;
    }
    if (p->login.failed && p->total == 0 && worker_now(w) < p->login.retry_ms && !is_passing(&p->login.err)) {
        *e = p->login.err;
        return true;
    }
    return false;
}

/* ---- clients ---- */

enum pool_answer pool_acquire(struct pool *p, struct client *c, struct server **server, struct err *e)
{
    struct worker *w = c->worker;
    struct pool_side *own = &p->sides[w->index];
    struct server *s = NULL;
    uv_mutex_lock(&p->lock);
    if (own->idle != NULL) {
        s = own->idle;
        int64_t delay = w->config->settings.timeout.server_check_delay_ms;
        const char *check = w->config->settings.pool.server_check_query;
        if (check[0] == '\0' || worker_now(w) - s->since_ms < delay || delay == 0) {
            idle_remove(p, s, SERVER_LINKED);
            uv_mutex_unlock(&p->lock);
            *server = s;
            return POOL_LINKED;
        }
        idle_remove(p, s, SERVER_TASK);
        p->nwaiting++;
        queue_push(&own->waiting, c);
        uv_mutex_unlock(&p->lock);
        server_run_task(s, TASK_CHECK, check);
        return POOL_QUEUED;
    }
    if (hopeless(p, w, e)) {
        uv_mutex_unlock(&p->lock);
        return POOL_FAILED;
    }
    p->nwaiting++;
    queue_push(&own->waiting, c);
    for (int i = 0; i < nworkers && s == NULL; i++) {
        s = p->sides[i].idle;
    }
    if (s != NULL) {
        idle_remove(p, s, SERVER_HANDOVER);
        p->moving++;
    }
    bool connect = s == NULL && count_connection(p, w);
    uv_mutex_unlock(&p->lock);
    if (s != NULL) {
        server_hand_over(s, w);
    } else if (connect) {
        server_connect(p, w);
    }
    return POOL_QUEUED;
}

bool pool_welcome(struct pool *p, struct client *c, struct welcome **welcome, struct err *e)
{
    bool connect = false;
    bool ok = true;
    uv_mutex_lock(&p->lock);
    *welcome = p->welcome;
    if (p->welcome != NULL) {
        atomic_fetch_add_explicit(&p->welcome->refs, 1, memory_order_relaxed);
    } else if (hopeless(p, c->worker, e)) {
        ok = false;
    } else {
        queue_push(&p->sides[c->worker->index].logins, c);
        connect = count_connection(p, c->worker);
    }
    uv_mutex_unlock(&p->lock);
    if (connect) {
        server_connect(p, c->worker);
    }
    return ok;
}

void pool_forget_client(struct pool *p, struct client *c)
{
    uv_mutex_lock(&p->lock);
    if (c->wait.queue != NULL) {
        if (c->state == CLIENT_WAITING) {
            p->nwaiting--;
        }
        queue_remove(c);
    }
    uv_mutex_unlock(&p->lock);
}

/* ---- servers ---- */

/* Whose turn it is. Under the lock. */
static struct client *next_waiting(struct pool *p, const struct worker *w)
{
    struct client *oldest = NULL;
    for (int i = 0; i < nworkers; i++) {
        struct client *c = p->sides[i].waiting;
        if (c != NULL && (oldest == NULL || c->since_ms < oldest->since_ms)) {
            oldest = c;
        }
    }
    struct client *own = p->sides[w->index].waiting;
    return own != NULL && own->since_ms - oldest->since_ms <= POOL_LOCALITY_MS ? own : oldest;
}

/* Is it too old to be used again? Under the lock. */
static bool is_spent(const struct pool *p, const struct server *s)
{
    int64_t lifetime = s->worker->config->settings.timeout.server_lifetime_ms;
    return s->close_on_return || s->worker->stopping || s->generation != p->generation ||
           worker_now(s->worker) - s->connected_ms >= lifetime || (p->size > 0 && p->total > p->size);
}

bool pool_claim(struct server *s)
{
    uv_mutex_lock(&s->pool->lock);
    bool idle = s->state == SERVER_IDLE;
    if (idle) {
        idle_remove(s->pool, s, SERVER_TASK);
    }
    uv_mutex_unlock(&s->pool->lock);
    return idle;
}

void pool_moved(struct pool *p)
{
    uv_mutex_lock(&p->lock);
    p->moving--;
    uv_mutex_unlock(&p->lock);
}

void pool_put(struct server *s)
{
    struct pool *p = s->pool;
    struct worker *w = s->worker;
    if (s->cancels > 0) {
        server_set_state(s, SERVER_HELD);
        return;
    }
    uv_mutex_lock(&p->lock);
    /* A new server is used once even with a lifetime of zero, or nobody would ever be served. */
    bool fresh = s->state == SERVER_LOGIN || s->state == SERVER_HANDOVER;
    if (!fresh && is_spent(p, s)) {
        uv_mutex_unlock(&p->lock);
        server_close(s, NULL);
        return;
    }
    struct client *c = next_waiting(p, w);
    if (c == NULL) {
        idle_push(p, s);
        uv_mutex_unlock(&p->lock);
        net_arm(&s->net, NET_READ);
        return;
    }
    if (c->worker == w) {
        queue_remove(c);
        p->nwaiting--;
        server_set_state(s, SERVER_LINKED);
        uv_mutex_unlock(&p->lock);
        client_server_ready(c, s);
        return;
    }
    struct worker *to = c->worker;
    server_set_state(s, SERVER_HANDOVER);
    p->moving++;
    uv_mutex_unlock(&p->lock);
    server_hand_over(s, to);
}

/* Lets the clients of one worker that wait for the welcome have it, or all that wait have the failure. */
static void serve_logins(struct worker *w, void *arg)
{
    struct pool *p = arg;
    for (;;) {
        uv_mutex_lock(&p->lock);
        struct client *c = p->sides[w->index].logins;
        struct welcome *welcome = p->welcome;
        if (c != NULL && welcome != NULL) {
            queue_remove(c);
            atomic_fetch_add_explicit(&welcome->refs, 1, memory_order_relaxed);
        }
        uv_mutex_unlock(&p->lock);
        if (c == NULL || welcome == NULL) {
            return;
        }
        client_welcome(c, welcome);
        welcome_unref(welcome);
    }
}

static void fail_clients(struct worker *w, void *arg)
{
    struct pool *p = arg;
    struct pool_side *side = &p->sides[w->index];
    for (;;) {
        struct err e = {0};
        uv_mutex_lock(&p->lock);
        struct client *c = side->logins != NULL ? side->logins : side->waiting;
        if (c != NULL && !hopeless(p, w, &e)) {
            c = NULL; /* things have changed since this was posted */
        }
        if (c != NULL) {
            p->nwaiting -= c->state == CLIENT_WAITING;
            queue_remove(c);
        }
        uv_mutex_unlock(&p->lock);
        if (c == NULL) {
            return;
        }
        client_fail(c, &e);
    }
}

static void on_every_worker(struct pool *p, void (*fn)(struct worker *, void *))
{
    for (int i = 0; i < nworkers; i++) {
        worker_post(&workers[i], fn, p);
    }
}

void pool_login_done(struct server *s, struct welcome *seen)
{
    struct pool *p = s->pool;
    uv_mutex_lock(&p->lock);
    p->connecting--;
    p->login.failed = false;
    p->login.retry_ms = 0;
    bool first = p->welcome == NULL;
    struct welcome *old = p->welcome;
    p->welcome = seen;
    uv_mutex_unlock(&p->lock);
    welcome_unref(old);
    if (first) {
        on_every_worker(p, serve_logins);
    }
    pool_put(s);
}

void pool_login_failed(struct server *s, const struct err *e)
{
    struct pool *p = s->pool;
    struct worker *w = s->worker;
    bool passing = is_passing(e);
    uv_mutex_lock(&p->lock);
    p->connecting--;
    p->total--;
    /* A server that refuses one more connection than it has room for still works for those we have. */
    p->login.failed = true;
    p->login.err = *e;
    p->login.retry_ms =
        worker_now(w) + (passing ? POOL_PASSING_RETRY_MS : w->config->settings.timeout.server_login_retry_ms);
    bool none_left = p->total == 0 && !passing;
    uv_mutex_unlock(&p->lock);
    log_warn("server_login_failed", "db=%s user=%s sqlstate=%s: %s", p->name, p->user, e->sqlstate,
             e->message);
    if (none_left) {
        on_every_worker(p, fail_clients);
    }
}

void pool_forget_server(struct server *s)
{
    struct pool *p = s->pool;
    uv_mutex_lock(&p->lock);
    if (s->state == SERVER_IDLE) {
        idle_remove(p, s, SERVER_DEAD);
    }
    p->total--;
    struct err e = {0};
    bool none_left = hopeless(p, s->worker, &e);
    bool connect = count_connection(p, s->worker);
    uv_mutex_unlock(&p->lock);
    if (connect) {
        server_connect(p, s->worker);
    }
    if (none_left) {
        on_every_worker(p, fail_clients);
    }
}

void pool_janitor(struct pool *p, struct worker *w)
{
    int64_t now = worker_now(w);
    int64_t idle_ms = w->config->settings.timeout.server_idle_ms;
    for (;;) {
        struct server *old = NULL;
        uv_mutex_lock(&p->lock);
        struct server *s;
        DL_FOREACH2(p->sides[w->index].idle, s, idle_next)
        {
            if (is_spent(p, s) || (idle_ms > 0 && now - s->since_ms >= idle_ms)) {
                old = s;
                break;
            }
        }
        if (old != NULL) {
            idle_remove(p, old, SERVER_TASK);
        }
        bool connect = old == NULL && count_connection(p, w);
        bool dead_end = old == NULL && p->db == NULL && p->nwaiting > 0;
        uv_mutex_unlock(&p->lock);
        if (old == NULL) {
            if (connect) {
                server_connect(p, w);
            } else if (dead_end) {
                fail_clients(w, p);
            }
            return;
        }
        server_close(old, NULL);
    }
}
