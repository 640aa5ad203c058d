/*
 *     CLIENT_STARTUP  waits for: SSLRequest, GSSENCRequest (answered 'N', stays), CancelRequest (hands the
 *                     socket to cancel.c), StartupMessage (goes on)
 *     CLIENT_AUTH     waits for: one password message, or the two of SCRAM
 *
 * An unknown user goes through the same messages as a known one and fails like a wrong password.
 */
#include "login.h"

#include "base/log.h"
#include "base/mem.h"
#include "cancel.h"
#include "client.h"
#include "config.h"
#include "pool.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A password message; PostgreSQL's own limit for authentication tokens. */
#define LOGIN_MESSAGE_MAX 65535

void login_free(struct login *l)
{
    if (l != NULL) {
        if (l->scram != NULL) {
            secret_wipe(l->scram, sizeof *l->scram);
            free(l->scram);
        }
        arena_free(&l->arena);
        free(l);
    }
}

/* The salts of users that do not exist come from here: the same for a name as long as weir runs. */
static uint8_t mock_key[SCRAM_KEY_LEN];

static void mock_key_make(void)
{
    if (!secret_random(mock_key, sizeof mock_key)) {
        abort();
    }
}

static const uint8_t *mock_key_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, mock_key_make);
    return mock_key;
}

static void fail_password(struct client *c)
{
    client_fail_with(c, ERR_AUTH, "password authentication failed for user \"%s\"", c->user);
}

/* ---- settings ---- */

static void take_setting(struct client *c, const char *name, const char *value)
{
    if (config_csv_has(c->config->settings.pool.ignore_startup_parameters, name)) {
        return;
    }
    if (!vars_set(&c->vars, name, value)) {
        vars_set_extra(&c->vars, name, value);
    }
}

static bool take_settings(struct client *c, struct err *e)
{
    struct login *l = c->login;
    const struct startup *s = &l->startup;
    if (s->options != NULL &&
        !config_csv_has(c->config->settings.pool.ignore_startup_parameters, "options")) {
        struct startup_param *params;
        size_t n;
        if (!startup_options(&l->arena, s->options, &params, &n, e)) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            take_setting(c, params[i].name, params[i].value);
        }
    }
    for (size_t i = 0; i < s->nparams; i++) {
        take_setting(c, s->params[i].name, s->params[i].value);
    }
    return true;
}

/* ---- authentication ---- */

static void ask_scram(struct client *c)
{
    struct login *l = c->login;
    struct scram_verifier verifier;
    struct err e = {0};
    l->scram = mem_new(sizeof *l->scram);
    if (!scram_verifier_from_secret(&verifier, c->user, l->secret, mock_key_get(), &e) ||
        !scram_server_init(l->scram, &verifier, &e)) {
        log_error("auth_failed", "user=%s: %s", c->user, e.message);
        fail_password(c);
        return;
    }
    static const char *const mechanisms[] = {SCRAM_MECHANISM};
    l->asks = LOGIN_ASKS_SASL_FIRST;
    msg_write_auth_sasl(&c->worker->out, mechanisms, 1);
}

/* Asks for what auth_type wants, or lets the client in. */
static void authenticate(struct client *c)
{
    struct login *l = c->login;
    int type = c->config->settings.auth.type;
    const struct userlist_entry *entry = NULL;
    if (c->config->userlist != NULL) {
        entry = userlist_find(c->config->userlist, c->user);
    }
    l->secret = entry != NULL && entry->secret[0] != '\0' ? entry->secret : NULL;
    if (type == LOGIN_ANY || type == LOGIN_TRUST) {
        if (type == LOGIN_TRUST && c->config->userlist != NULL && entry == NULL) {
            fail_password(c);
            return;
        }
        client_authenticated(c);
        return;
    }
    client_set_state(c, CLIENT_AUTH);
    if (type == LOGIN_PLAIN) {
        l->asks = LOGIN_ASKS_PLAIN;
        msg_write_auth_cleartext(&c->worker->out);
    } else if (type == LOGIN_SCRAM || (l->secret != NULL && scram_is_verifier(l->secret))) {
        ask_scram(c);
    } else if (secret_random(l->salt, sizeof l->salt)) {
        l->asks = LOGIN_ASKS_MD5;
        msg_write_auth_md5(&c->worker->out, l->salt);
    } else {
        client_fail_with(c, ERR_INTERNAL, "could not generate random salt");
    }
    if (c->state == CLIENT_AUTH && !worker_send(&c->net)) {
        client_close(c, "connection broken");
    }
}

static bool plain_matches(const struct client *c, const char *password)
{
    const char *secret = c->login->secret;
    if (secret == NULL || password[0] == '\0') {
        return false;
    }
    if (md5_is_hashed(secret)) {
        char hashed[MD5_TEXT_SIZE];
        return md5_hash(hashed, password, c->user) && secret_same(hashed, secret, MD5_TEXT_SIZE - 1);
    }
    if (scram_is_verifier(secret)) {
        struct scram_verifier want, got;
        struct err e = {0};
        return scram_verifier_parse(&want, secret, &e) &&
               scram_verifier_make(&got, password, want.salt, want.salt_len, want.iterations, &e) &&
               secret_same(want.stored_key, got.stored_key, sizeof want.stored_key);
    }
    size_t n = strlen(secret);
    return strlen(password) == n && secret_same(password, secret, n);
}

static void scram_first(struct client *c, const uint8_t *body, size_t len)
{
    struct login *l = c->login;
    struct msg_sasl_initial m;
    struct err e = {0};
    if (!msg_read_sasl_initial(body, len, &m)) {
        client_fail_with(c, ERR_PROTOCOL, "malformed SASL message");
        return;
    }
    if (strcmp(m.mechanism, SCRAM_MECHANISM) != 0) {
        client_fail_with(c, ERR_PROTOCOL, "client selected an invalid SASL authentication mechanism");
        return;
    }
    if (m.data == NULL) { /* allowed by the protocol: it wants to be asked */
        msg_write_auth_sasl_continue(&c->worker->out, "", 0);
        l->asks = LOGIN_ASKS_SASL_FIRST;
    } else if (scram_server_first(l->scram, m.data, m.len, &e)) {
        msg_write_auth_sasl_continue(&c->worker->out, l->scram->message, l->scram->message_len);
        l->asks = LOGIN_ASKS_SASL_FINAL;
    } else {
        client_fail(c, &e);
        return;
    }
    if (!worker_send(&c->net)) {
        client_close(c, "connection broken");
    }
}

static void scram_final(struct client *c, const uint8_t *body, size_t len)
{
    struct login *l = c->login;
    struct err e = {0};
    if (!scram_server_final(l->scram, body, len, &e)) {
        if (e.code == ERR_AUTH) {
            fail_password(c);
        } else {
            client_fail(c, &e);
        }
        return;
    }
    /* With these a server that keeps the same verifier can be logged in to as this user. */
    uv_mutex_lock(&c->pool->lock);
    scram_server_keys(l->scram, &c->pool->keys);
    c->pool->have_keys = true;
    uv_mutex_unlock(&c->pool->lock);
    msg_write_auth_sasl_final(&c->worker->out, l->scram->message, l->scram->message_len);
    if (!worker_send(&c->net)) {
        client_close(c, "connection broken");
        return;
    }
    client_authenticated(c);
}

static void password_message(struct client *c, const uint8_t *body, size_t len)
{
    const char *password;
    switch (c->login->asks) {
    case LOGIN_ASKS_SASL_FIRST:
        scram_first(c, body, len);
        return;
    case LOGIN_ASKS_SASL_FINAL:
        scram_final(c, body, len);
        return;
    case LOGIN_ASKS_PLAIN:
    case LOGIN_ASKS_MD5:
        break;
    }
    if (!msg_read_password(body, len, &password)) {
        client_fail_with(c, ERR_PROTOCOL, "malformed password message");
        return;
    }
    const char *secret = c->login->secret;
    bool ok = c->login->asks == LOGIN_ASKS_PLAIN
                  ? plain_matches(c, password)
                  : secret != NULL && md5_check(password, secret, c->user, c->login->salt);
    if (ok) {
        client_authenticated(c);
    } else {
        fail_password(c);
    }
}

/* ---- the startup packet ---- */

/* Finds out whether this session may be, and starts it. */
static void session(struct client *c)
{
    struct login *l = c->login;
    const struct startup *s = &l->startup;
    struct err e = {0};
    bool must_say;
    c->user = strdup(s->user);
    if (c->user == NULL) {
        abort();
    }
    uint32_t version = startup_negotiate(s, STARTUP_VERSION_3_0, &must_say);
    if (must_say) {
        msg_write_negotiate(&c->worker->out, version, s->pq_options, s->npq_options);
        if (!worker_send(&c->net)) {
            client_close(c, "connection broken");
            return;
        }
    }
    if (!client_count_in(c->worker->config->settings.pool.max_client_conn)) {
        client_fail_with(c, ERR_TOO_MANY, "no more connections allowed (max_client_conn)");
        return;
    }
    c->counted = true;
    if (s->replication_on) {
        client_fail_with(c, ERR_UNSUPPORTED, "replication connections are not supported yet");
        return;
    }
    c->database = config_find_database(c->config, s->database);
    if (c->database == NULL) {
        client_fail_with(c, ERR_NO_DATABASE, "database \"%s\" does not exist in weir's configuration",
                         s->database);
        return;
    }
    if (c->config->settings.auth.type == LOGIN_ANY && c->database->user == NULL) {
        client_fail_with(c, ERR_AUTH_SPEC, "auth_type = any needs user= in the entry of database \"%s\"",
                         s->database);
        return;
    }
    if (!take_settings(c, &e)) {
        client_fail(c, &e);
        return;
    }
    c->pool = pool_get(c->config, s->database, c->database->user != NULL ? c->database->user : c->user);
    uv_mutex_lock(&c->pool->lock);
    c->mode = c->pool->mode;
    uv_mutex_unlock(&c->pool->lock);
    authenticate(c);
}

static void startup_packet(struct client *c, const uint8_t *packet, size_t len)
{
    struct err e = {0};
    if (c->login == NULL) {
        c->login = mem_new(sizeof *c->login);
    }
    struct login *l = c->login;
    if (!startup_parse(&l->startup, &l->arena, packet, len, &e)) {
        client_fail(c, &e);
        return;
    }
    switch (l->startup.kind) {
    case STARTUP_SSL:
    case STARTUP_GSS:
        if (!net_send(&c->net, "N", 1)) {
            client_close(c, "connection broken");
        }
        return;
    case STARTUP_CANCEL: {
        int fd = net_detach(&c->net);
        c->net.fd = -1;
        cancel_request(l->startup.cancel_pid, l->startup.cancel_key, l->startup.cancel_key_len, fd);
        client_close(c, "cancel request");
        return;
    }
    case STARTUP_UNSUPPORTED:
        client_fail_with(c, ERR_UNSUPPORTED,
                         "unsupported frontend protocol %u.%u: server supports 3.0 to 3.0",
                         l->startup.version >> 16, l->startup.version & 0xffff);
        return;
    case STARTUP_SESSION:
        session(c);
        return;
    }
}

/* ---- bytes ---- */

/* Handles one packet at the start of the held input; false when there is none, or no more are wanted. */
static bool step(struct client *c)
{
    struct buf *b = c->net.in;
    if (b == NULL || (c->state != CLIENT_STARTUP && c->state != CLIENT_AUTH)) {
        return false;
    }
    const uint8_t *data = b->data + b->start;
    size_t have = b->end - b->start;
    size_t total = 0;
    uint8_t type = 0;
    enum frame_status status = c->state == CLIENT_STARTUP
                                   ? startup_peek(data, have, &total)
                                   : frame_peek(data, have, LOGIN_MESSAGE_MAX, &type, &total);
    if (status == FRAME_BAD) {
        client_fail_with(c, ERR_PROTOCOL,
                         c->state == CLIENT_STARTUP ? "invalid length of startup packet"
                                                    : "invalid message length");
        return false;
    }
    if (status != FRAME_HEAD || have < total) {
        if (status == FRAME_HEAD) {
            buf_reserve(c->worker, &c->net.in, total);
        }
        return false;
    }
    b->start += total;
    bool last = b->start == b->end;
    if (last) {
        c->net.in = NULL; /* the packet is still in b */
    }
    if (c->state == CLIENT_STARTUP) {
        startup_packet(c, data, total);
    } else if (type == 'p') {
        password_message(c, data + 5, total - 5);
    } else if (type == 'X') {
        client_close(c, "left during login");
    } else {
        client_fail_with(c, ERR_PROTOCOL, "expected password response, got message type %u", type);
    }
    if (last) {
        buf_put(c->worker, b);
    }
    return !last;
}

void login_ready(struct net *n, int events)
{
    struct client *c = NET_OWNER(n, struct client);
    struct worker *w = c->worker;
    if ((events & NET_WRITE) != 0 && !net_flush(n)) {
        client_close(c, "connection broken");
        return;
    }
    if ((events & NET_READ) == 0) {
        return;
    }
    bool full = n->in != NULL && n->in->end == n->in->cap;
    if (full && n->in->start > 0) {
        buf_reserve(w, &n->in, n->in->cap);
        full = false;
    }
    if (full) { /* waits for its welcome and talks on: later */
        net_arm(n, n->armed & ~NET_READ);
        return;
    }
    buf_reserve(w, &n->in, 1);
    ssize_t got = recv(n->fd, n->in->data + n->in->end, n->in->cap - n->in->end, MSG_DONTWAIT);
    if (got <= 0) {
        if (n->in->start == n->in->end) {
            buf_put(w, n->in);
            n->in = NULL;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            client_close(c, "left during login");
        }
        return;
    }
    n->in->end += (size_t)got;
    while (step(c)) {
    }
}
