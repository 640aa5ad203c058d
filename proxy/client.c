#include "client.h"

#include "base/log.h"
#include "base/mem.h"
#include "cancel.h"
#include "login.h"
#include "pool.h"
#include "relay.h"
#include "server.h"
#include "worker.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* How long the last bytes to a client may take before the socket is closed over them. */
#define CLIENT_CLOSING_MS 5000

const char *const client_state_names[] = {
    [CLIENT_STARTUP] = "startup", [CLIENT_AUTH] = "auth",       [CLIENT_WELCOME] = "welcome",
    [CLIENT_IDLE] = "idle",       [CLIENT_WAITING] = "waiting", [CLIENT_SETTING] = "setting",
    [CLIENT_LINKED] = "linked",   [CLIENT_CLOSING] = "closing", [CLIENT_DEAD] = "dead",
};

static atomic_ullong next_id = 1;
static atomic_int clients_counted;

bool client_count_in(int limit)
{
    if (atomic_fetch_add(&clients_counted, 1) >= limit) {
        atomic_fetch_sub(&clients_counted, 1);
        return false;
    }
    return true;
}

void client_new(struct worker *w, int fd, bool unix_socket)
{
    struct client *c = mem_new(sizeof *c);
    c->id = atomic_fetch_add_explicit(&next_id, 1, memory_order_relaxed);
    c->worker = w;
    c->unix_socket = unix_socket;
    c->config = config_ref(w->config);
    client_set_state(c, CLIENT_STARTUP);
    if (w->stopping || !net_prepare_fd(fd, !unix_socket, w->config->settings.net.tcp_keepalive) ||
        !net_open(&c->net, w, fd, NET_READ, login_ready)) {
        close(fd);
        config_unref(c->config);
        free(c);
        return;
    }
    HASH_ADD(hh, w->clients, id, sizeof c->id, c);
}

void client_set_state(struct client *c, enum client_state state)
{
    c->state = state;
    if (state != CLIENT_AUTH) { /* the login as a whole has one deadline */
        c->since_ms = worker_now(c->worker);
    }
}

struct client *client_find(struct worker *w, uint64_t id)
{
    struct client *c;
    HASH_FIND(hh, w->clients, &id, sizeof id, c);
    return c;
}

/* ---- login ---- */

void client_authenticated(struct client *c)
{
    struct welcome *welcome;
    struct err e = {0};
    client_set_state(c, CLIENT_WELCOME);
    if (!pool_welcome(c->pool, c, &welcome, &e)) {
        client_fail(c, &e);
    } else if (welcome != NULL) {
        client_welcome(c, welcome);
        welcome_unref(welcome);
    }
}

void client_welcome(struct client *c, struct welcome *welcome)
{
    struct wire_out *out = &c->worker->out;
    msg_write_auth_ok(out);
    for (size_t i = 0; i < welcome->nparams; i++) {
        const char *name = welcome->params[i].name;
        const char *own = vars_get(&c->vars, name);
        if (strcasecmp(name, "session_authorization") == 0 && c->database->user == NULL) {
            own = c->user;
        }
        msg_write_parameter_status(out, name, own != NULL ? own : welcome->params[i].value);
    }
    vars_fill(&c->vars, &welcome->vars);
    c->key = cancel_key_new(c);
    if (c->key == NULL) {
        wire_out_consume(out, out->len);
        client_fail_with(c, ERR_INTERNAL, "could not generate random cancel key");
        return;
    }
    msg_write_backend_key(out, cancel_key_pid(c->key), cancel_key_secret(c->key), CANCEL_SECRET_LEN);
    msg_write_ready(out, 'I');
    login_free(c->login);
    c->login = NULL;
    client_set_state(c, CLIENT_IDLE);
    c->net.ready = relay_client_ready;
    if (c->config->settings.log.connections) {
        log_info("client_login", "id=%llu db=%s user=%s", (unsigned long long)c->id, c->pool->name, c->user);
    }
    if (!worker_send(&c->net)) {
        client_close(c, "connection broken");
        return;
    }
    net_arm(&c->net, c->net.armed | NET_READ);
    if (c->net.in != NULL) {
        relay_client_continue(c);
    }
}

/* ---- servers ---- */

void client_server_ready(struct client *c, struct server *s)
{
    server_link(s, c);
    if (c->state == CLIENT_LINKED) {
        relay_client_continue(c);
    }
}

void client_cancel_waiting(struct client *c)
{
    struct err e = {0};
    err_set(&e, ERR_TIMEOUT, "canceling statement due to user request");
    pool_forget_client(c->pool, c);
    client_set_state(c, CLIENT_IDLE);
    c->discard = DISCARD_FIRST;
    msg_write_error(&c->worker->out, MSG_ERROR, &e);
    worker_send(&c->net);
    relay_client_continue(c);
}

/* ---- the end ---- */

/* Leaves queue and server; the socket is all that remains. */
static void detach(struct client *c)
{
    bool was_in = c->key != NULL;
    if (c->state == CLIENT_WELCOME || c->state == CLIENT_WAITING) {
        pool_forget_client(c->pool, c);
    }
    client_set_state(c, CLIENT_CLOSING);
    if (was_in) {
        intercept_client_closed(c);
    }
    if (c->key != NULL) {
        cancel_key_free(c->key);
        c->key = NULL;
    }
    c->taken = false;
    struct server *s = c->server;
    if (s != NULL) {
        relay_run_flush(&s->net);
        server_recover(s, c);
    }
}

void client_close(struct client *c, const char *why)
{
    if (c->state == CLIENT_DEAD) {
        return;
    }
    bool was_in = c->key != NULL;
    if (c->state != CLIENT_CLOSING) {
        detach(c);
    }
    if (was_in && c->config->settings.log.disconnections) {
        log_info("client_left", "id=%llu db=%s user=%s: %s", (unsigned long long)c->id, c->pool->name,
                 c->user, why);
    }
    client_set_state(c, CLIENT_DEAD);
    net_close(&c->net);
    HASH_DELETE(hh, c->worker->clients, c);
    if (c->worker->run.to == &c->net) {
        c->worker->run.len = 0;
    }
    if (c->counted) {
        atomic_fetch_sub(&clients_counted, 1);
    }
    c->next_dead = c->worker->dead_clients;
    c->worker->dead_clients = c;
}

static void closing_ready(struct net *n, int events)
{
    struct client *c = NET_OWNER(n, struct client);
    uint8_t ignored[512];
    if ((events & NET_READ) != 0 && recv(n->fd, ignored, sizeof ignored, MSG_DONTWAIT) == 0) {
        client_close(c, "left");
        return;
    }
    if (!net_flush(n) || !net_blocked(n)) {
        client_close(c, "error sent");
    }
}

void client_end(struct client *c, const struct err *e)
{
    if (c->state == CLIENT_CLOSING || c->state == CLIENT_DEAD) {
        return;
    }
    relay_run_flush(&c->net);
    if (e != NULL && c->key != NULL) {
        log_info("client_failed", "id=%llu db=%s user=%s sqlstate=%s: %s", (unsigned long long)c->id,
                 c->pool->name, c->user, e->sqlstate, e->message);
    }
    detach(c);
    c->net.ready = closing_ready;
    if (e != NULL) {
        msg_write_error(&c->worker->out, MSG_FATAL, e);
        if (!worker_send(&c->net)) {
            client_close(c, "connection broken");
            return;
        }
    }
    if (!net_blocked(&c->net)) {
        client_close(c, "ended");
    } else {
        net_arm(&c->net, NET_WRITE);
    }
}

void client_fail(struct client *c, const struct err *e)
{
    /* An error cannot stand inside another message. */
    bool inside = c->server != NULL && c->server->half.left > 0 && !c->server->half.drop;
    client_end(c, inside ? NULL : e);
}

void client_fail_with(struct client *c, enum err_code code, const char *fmt, ...)
{
    struct err e = {0};
    char text[sizeof e.message];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(&e, code, "%s", text);
    client_fail(c, &e);
}

void client_free(struct client *c)
{
    vars_free(&c->vars);
    login_free(c->login);
    config_unref(c->config);
    free(c->user);
    free(c);
}

void client_janitor(struct client *c, int64_t now)
{
    const struct config_settings *set = &c->worker->config->settings;
    int64_t age = now - c->since_ms;
    switch (c->state) {
    case CLIENT_STARTUP:
    case CLIENT_AUTH:
        if (set->timeout.client_login_ms > 0 && age >= set->timeout.client_login_ms) {
            client_fail_with(c, ERR_AUTH_SPEC, "client_login_timeout");
        }
        break;
    case CLIENT_WELCOME:
    case CLIENT_WAITING:
        if (set->timeout.query_wait_ms > 0 && age >= set->timeout.query_wait_ms) {
            client_fail_with(c, ERR_TIMEOUT, "query_wait_timeout: no server connection became free in time");
        }
        break;
    case CLIENT_IDLE:
        if (set->timeout.client_idle_ms > 0 && age >= set->timeout.client_idle_ms) {
            client_fail_with(c, ERR_SHUTDOWN, "client_idle_timeout");
        }
        break;
    case CLIENT_LINKED:
        if (client_owed(c) > 0 || c->taken) {
            break;
        }
        if (client_txn_status(c) != 'I') {
            if (set->timeout.idle_transaction_ms > 0 && age >= set->timeout.idle_transaction_ms) {
                client_fail_with(c, ERR_SHUTDOWN, "idle_transaction_timeout");
            }
        } else if (set->timeout.client_idle_ms > 0 && age >= set->timeout.client_idle_ms) {
            client_fail_with(c, ERR_SHUTDOWN, "client_idle_timeout");
        }
        break;
    case CLIENT_CLOSING:
        if (age >= CLIENT_CLOSING_MS) {
            client_close(c, "last bytes not taken");
        }
        break;
    case CLIENT_SETTING:
    case CLIENT_DEAD:
        break;
    }
}

/* ---- what the interceptor may ask ---- */

void client_take(struct client *c)
{
    c->taken = true;
}

void client_untake(struct client *c)
{
    c->taken = false;
    c->held = false;
    relay_client_continue(c);
}

bool client_taken(const struct client *c)
{
    return c->taken;
}

void client_resume(struct client *c)
{
    c->held = false;
    relay_client_continue(c);
}

void client_send(struct client *c, const void *bytes, size_t len)
{
    if (c->state == CLIENT_CLOSING || c->state == CLIENT_DEAD) {
        return;
    }
    /* A broken connection shows at the next read; ending it here would surprise the caller. */
    if (relay_run_flush(&c->net)) {
        net_send(&c->net, bytes, len);
    }
}

void client_server_send(struct client *c, const void *bytes, size_t len)
{
    struct server *s = c->server;
    if (s == NULL || c->state != CLIENT_LINKED) {
        return;
    }
    const uint8_t *p = bytes;
    for (size_t at = 0; at < len;) {
        uint8_t type;
        size_t total;
        if (frame_peek(p + at, len - at, FRAME_LENGTH_MAX, &type, &total) != FRAME_HEAD) {
            break;
        }
        track_sent(&s->track, type, TAG_CLIENT);
        at += total;
    }
    if (relay_run_flush(&s->net)) {
        net_send(&s->net, bytes, len);
    }
}

void *client_intercept(const struct client *c)
{
    return c->intercept;
}

void client_set_intercept(struct client *c, void *state)
{
    c->intercept = state;
}

struct worker *client_worker(const struct client *c)
{
    return c->worker;
}

const struct config_database *client_database(const struct client *c)
{
    return c->database;
}

const char *client_database_name(const struct client *c)
{
    return c->database->dbname != NULL ? c->database->dbname : c->pool->name;
}

const char *client_user(const struct client *c)
{
    return c->pool->user;
}

char client_txn_status(const struct client *c)
{
    return c->server == NULL ? 'I' : (char)c->server->track.status;
}

size_t client_owed(const struct client *c)
{
    return c->server == NULL ? 0 : track_owed(&c->server->track);
}

uint64_t client_id(const struct client *c)
{
    return c->id;
}
