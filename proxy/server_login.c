/*
 *     resolve the name ──► connect ──► StartupMessage ──► authentication ──► parameters, key ──►
 * ReadyForQuery
 *
 * Each address of a name is tried in turn. TLS towards servers belongs between connect and StartupMessage.
 */
#include "server_login.h"

#include "base/log.h"
#include "base/mem.h"
#include "config.h"
#include "pool.h"
#include "relay.h"
#include "server.h"
#include "worker.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A message during login longer than this is not PostgreSQL's. */
#define SERVER_LOGIN_MESSAGE_MAX (64u << 10)
#define SERVER_PARAMS_MAX 64

struct resolve {
    uv_getaddrinfo_t req;
    struct server *server; /* NULL: it has ended meanwhile */
};

struct server_login {
    struct arena arena;
    struct config *config;
    const struct config_database *db;
    const char *user;
    const char *secret; /* what is known of its password; NULL: nothing */
    struct resolve *resolve;
    struct addrinfo *addresses; /* of a name; freed with the login */
    struct addrinfo *next;      /* to be tried when this one fails */
    struct scram_client *scram;
    bool authenticated;
    bool have_keys;
    struct scram_keys keys;
    struct welcome *welcome;
};

static void connect_next(struct server *s);

void server_login_free(struct server_login *l)
{
    if (l == NULL) {
        return;
    }
    if (l->resolve != NULL) {
        l->resolve->server = NULL;
        uv_cancel((uv_req_t *)&l->resolve->req);
    }
    if (l->addresses != NULL) {
        uv_freeaddrinfo(l->addresses);
    }
    if (l->scram != NULL) {
        secret_wipe(l->scram, sizeof *l->scram);
        free(l->scram);
    }
    secret_wipe(&l->keys, sizeof l->keys);
    welcome_unref(l->welcome);
    config_unref(l->config);
    arena_free(&l->arena);
    free(l);
}

static void fail(struct server *s, enum err_code code, const char *what, const char *why)
{
    struct err e = {0};
    err_set(&e, code, "%s: %s", what, why);
    server_close(s, &e);
}

/* ---- messages of the login ---- */

static void send_startup(struct server *s)
{
    struct server_login *l = s->login;
    const struct config_database *db = l->db;
    struct startup_param params[6];
    size_t n = 0;
    /* Marks the session as ours; weir's triggers and functions in the database look at it. */
    params[n++] = (struct startup_param){"options", "-c weir.session=on"};
    if (db->client_encoding != NULL) {
        params[n++] = (struct startup_param){"client_encoding", db->client_encoding};
    }
    if (db->datestyle != NULL) {
        params[n++] = (struct startup_param){"datestyle", db->datestyle};
    }
    if (db->timezone != NULL) {
        params[n++] = (struct startup_param){"timezone", db->timezone};
    }
    if (db->application_name != NULL) {
        params[n++] = (struct startup_param){"application_name", db->application_name};
    }
    const char *dbname = db->dbname != NULL ? db->dbname : s->pool->name;
    startup_write(&s->worker->out, STARTUP_VERSION_3_0, l->user, dbname, params, n);
    server_set_state(s, SERVER_LOGIN);
    if (!worker_send(&s->net)) {
        fail(s, ERR_CONNECT, "cannot talk to the server", strerror(errno));
    }
}

static void no_password(struct server *s)
{
    fail(s, ERR_AUTH, "the server asks for a password and weir has none that fits for user", s->login->user);
}

static void answer_sasl(struct server *s, const struct msg_auth *m)
{
    struct server_login *l = s->login;
    struct err e = {0};
    if (!msg_auth_offers(m, SCRAM_MECHANISM)) {
        fail(s, ERR_CONNECT, "cannot log in to the server",
             "it offers no authentication mechanism weir knows");
        return;
    }
    const char *password =
        l->secret != NULL && !md5_is_hashed(l->secret) && !scram_is_verifier(l->secret) ? l->secret : NULL;
    uv_mutex_lock(&s->pool->lock);
    l->have_keys = s->pool->have_keys;
    l->keys = s->pool->keys;
    uv_mutex_unlock(&s->pool->lock);
    if (password == NULL && !l->have_keys) {
        no_password(s);
        return;
    }
    l->scram = mem_new(sizeof *l->scram);
    if (!scram_client_init(l->scram, password, l->have_keys ? &l->keys : NULL, &e)) {
        server_close(s, &e);
        return;
    }
    msg_write_sasl_initial(&s->worker->out, SCRAM_MECHANISM, l->scram->message, l->scram->message_len);
}

static void answer_md5(struct server *s, const uint8_t *salt)
{
    struct server_login *l = s->login;
    char response[MD5_TEXT_SIZE];
    if (l->secret == NULL || !md5_response(response, l->secret, l->user, salt)) {
        no_password(s);
        return;
    }
    msg_write_password(&s->worker->out, response);
}

static void authentication(struct server *s, const uint8_t *body, size_t len)
{
    struct server_login *l = s->login;
    struct msg_auth m;
    struct err e = {0};
    bool ok = true;
    if (!msg_read_auth(body, len, &m)) {
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "malformed Authentication message");
        return;
    }
    switch (m.kind) {
    case AUTH_OK:
        l->authenticated = true;
        return;
    case AUTH_CLEARTEXT:
        if (l->secret == NULL || md5_is_hashed(l->secret) || scram_is_verifier(l->secret)) {
            no_password(s);
            return;
        }
        msg_write_password(&s->worker->out, l->secret);
        break;
    case AUTH_MD5:
        answer_md5(s, m.data);
        break;
    case AUTH_SASL:
        answer_sasl(s, &m);
        break;
    case AUTH_SASL_CONTINUE:
        ok = l->scram != NULL && scram_client_first(l->scram, m.data, m.len, &e);
        if (ok) {
            msg_write_sasl_response(&s->worker->out, l->scram->message, l->scram->message_len);
        }
        break;
    case AUTH_SASL_FINAL:
        ok = l->scram != NULL && scram_client_final(l->scram, m.data, m.len, &e);
        break;
    default:
        fail(s, ERR_CONNECT, "cannot log in to the server",
             "it asks for an authentication method weir does not know");
        return;
    }
    if (s->state != SERVER_LOGIN) {
        return;
    }
    if (!ok) {
        err_set(&e, ERR_PROTOCOL, "the server sent SCRAM messages nobody asked for");
        server_close(s, &e);
    } else if (!worker_send(&s->net)) {
        fail(s, ERR_CONNECT, "cannot talk to the server", strerror(errno));
    }
}

static void parameter(struct server *s, const uint8_t *body, size_t len)
{
    struct welcome *w = s->login->welcome;
    const char *name, *value;
    if (!msg_read_parameter_status(body, len, &name, &value) || w->nparams >= SERVER_PARAMS_MAX) {
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "malformed ParameterStatus message");
        return;
    }
    w->params[w->nparams++] =
        (struct startup_param){arena_strdup(&w->arena, name), arena_strdup(&w->arena, value)};
    vars_set(&s->vars, name, value);
}

static void backend_key(struct server *s, const uint8_t *body, size_t len)
{
    struct msg_backend_key m;
    if (!msg_read_backend_key(body, len, &m)) {
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "malformed BackendKeyData message");
        return;
    }
    s->backend.pid = m.pid;
    s->backend.len = m.key_len;
    memcpy(s->backend.key, m.key, m.key_len);
}

/* What the server said when it refused: to be told to the clients that wait. */
static void refused(struct server *s, const uint8_t *body, size_t len)
{
    struct err e = {0};
    struct errfields f;
    if (!errfields_read(body, len, &f)) {
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "malformed ErrorResponse message");
        return;
    }
    errfields_to_err(&f, &e);
    server_close(s, &e);
}

/* The session is there: from now on the relay reads this socket. */
static void ready(struct server *s)
{
    struct server_login *l = s->login;
    struct welcome *welcome = l->welcome;
    vars_copy(&welcome->vars, &s->vars);
    l->welcome = NULL;
    if (l->scram != NULL && l->scram->have_keys) {
        uv_mutex_lock(&s->pool->lock);
        s->pool->keys = l->scram->keys;
        s->pool->have_keys = true;
        uv_mutex_unlock(&s->pool->lock);
    }
    server_login_free(l);
    s->login = NULL;
    track_init(&s->track, (struct track_hook){0});
    s->net.ready = relay_server_ready;
    s->connected_ms = worker_now(s->worker);
    log_debug("server_ready", "db=%s user=%s pid=%d", s->pool->name, s->pool->user, (int)s->backend.pid);
    pool_login_done(s, welcome);
}

/* ---- bytes ---- */

static void message(struct server *s, uint8_t type, const uint8_t *body, size_t len)
{
    switch (type) {
    case 'R':
        authentication(s, body, len);
        break;
    case 'S':
        parameter(s, body, len);
        break;
    case 'K':
        backend_key(s, body, len);
        break;
    case 'E':
        refused(s, body, len);
        break;
    case 'N': /* notices of a login have no one to go to */
    case 'v': /* asked for 3.0, nothing to negotiate */
        break;
    case 'Z':
        if (s->login->authenticated) {
            ready(s);
            break;
        }
        /* fall through */
    default:
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "it sent a message that does not belong there");
        break;
    }
}

static bool step(struct server *s)
{
    struct buf *b = s->net.in;
    if (b == NULL || s->state != SERVER_LOGIN || s->login == NULL) {
        return false;
    }
    uint8_t type;
    size_t total;
    enum frame_status status =
        frame_peek(b->data + b->start, b->end - b->start, SERVER_LOGIN_MESSAGE_MAX, &type, &total);
    if (status == FRAME_BAD) {
        fail(s, ERR_PROTOCOL, "cannot log in to the server", "it does not speak PostgreSQL's protocol");
        return false;
    }
    if (status != FRAME_HEAD || b->end - b->start < total) {
        if (status == FRAME_HEAD) {
            buf_reserve(s->worker, &s->net.in, total);
        }
        return false;
    }
    const uint8_t *body = b->data + b->start + 5;
    b->start += total;
    bool last = b->start == b->end;
    if (last) {
        s->net.in = NULL;
    }
    message(s, type, body, total - 5);
    if (last) {
        buf_put(s->worker, b);
    }
    return !last;
}

static void connected(struct server *s)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (getsockopt(s->net.fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
        error = errno;
    }
    if (error == 0) {
        net_arm(&s->net, NET_READ);
        send_startup(s);
    } else if (s->login->next != NULL) {
        net_close(&s->net);
        connect_next(s);
    } else {
        fail(s, ERR_CONNECT, "cannot connect to the server", strerror(error));
    }
}

static void login_ready(struct net *n, int events)
{
    struct server *s = NET_OWNER(n, struct server);
    if (s->state == SERVER_CONNECTING) {
        connected(s);
        return;
    }
    if ((events & NET_WRITE) != 0 && !net_flush(n)) {
        fail(s, ERR_CONNECT, "cannot talk to the server", strerror(errno));
        return;
    }
    if ((events & NET_READ) == 0) {
        return;
    }
    size_t used = n->in == NULL ? 0 : n->in->end - n->in->start;
    buf_reserve(s->worker, &n->in, used + 512);
    if (n->in->end == n->in->cap) {
        memmove(n->in->data, n->in->data + n->in->start, used);
        n->in->start = 0;
        n->in->end = used;
    }
    ssize_t got = recv(n->fd, n->in->data + n->in->end, n->in->cap - n->in->end, MSG_DONTWAIT);
    if (got > 0) {
        n->in->end += (size_t)got;
        while (step(s)) {
        }
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        fail(s, ERR_CONNECT, "the server closed the connection during login",
             got == 0 ? "end of file" : strerror(errno));
    }
}

/* ---- connecting ---- */

static void connect_to(struct server *s, const struct sockaddr *address, socklen_t len)
{
    memcpy(&s->address.a, address, len);
    s->address.len = len;
    bool tcp = address->sa_family != AF_UNIX;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || !net_prepare_fd(fd, tcp, s->login->config->settings.net.tcp_keepalive)) {
        if (fd >= 0) {
            close(fd);
        }
        fail(s, ERR_CONNECT, "cannot make a socket", strerror(errno));
        return;
    }
    int rc;
    do {
        rc = connect(fd, address, len);
    } while (rc != 0 && errno == EINTR);
    int error = rc == 0 ? 0 : errno;
    if (error != 0 && error != EINPROGRESS) {
        close(fd);
        if (s->login->next != NULL) {
            connect_next(s);
        } else {
            fail(s, ERR_CONNECT, "cannot connect to the server", strerror(error));
        }
        return;
    }
    if (!net_open(&s->net, s->worker, fd, NET_WRITE, login_ready)) {
        close(fd);
        fail(s, ERR_CONNECT, "cannot connect to the server", "no room on the event loop");
    }
}

static void connect_next(struct server *s)
{
    struct addrinfo *a = s->login->next;
    s->login->next = a->ai_next;
    connect_to(s, a->ai_addr, a->ai_addrlen);
}

static void resolved_cb(uv_getaddrinfo_t *req, int status, struct addrinfo *addresses)
{
    struct resolve *r = req->data;
    struct server *s = r->server;
    free(r);
    if (s == NULL) {
        uv_freeaddrinfo(addresses);
        return;
    }
    s->login->resolve = NULL;
    s->login->addresses = addresses;
    if (status != 0 || addresses == NULL) {
        fail(s, ERR_CONNECT, "cannot resolve the server's name", uv_strerror(status));
        return;
    }
    s->login->next = addresses;
    connect_next(s);
}

static void resolve(struct server *s, const char *host)
{
    struct resolve *r = mem_new(sizeof *r);
    char port[16];
    snprintf(port, sizeof port, "%d", s->login->db->port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    r->server = s;
    r->req.data = r;
    s->login->resolve = r;
    int rc = uv_getaddrinfo(&s->worker->loop, &r->req, resolved_cb, host, port, &hints);
    if (rc != 0) {
        s->login->resolve = NULL;
        free(r);
        fail(s, ERR_CONNECT, "cannot resolve the server's name", uv_strerror(rc));
    }
}

static void connect_unix(struct server *s, const char *dir)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int n = snprintf(un.sun_path, sizeof un.sun_path, "%s/.s.PGSQL.%d", dir, s->login->db->port);
    if (n < 0 || (size_t)n >= sizeof un.sun_path) {
        fail(s, ERR_CONNECT, "the path of the server's socket is too long", dir);
        return;
    }
    socklen_t len = sizeof un;
    if (dir[0] == '@') { /* abstract: a zero byte instead of the @, and no terminator */
        un.sun_path[0] = '\0';
        len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n);
    }
    connect_to(s, (const struct sockaddr *)&un, len);
}

static void find_secret(struct server_login *l)
{
    l->secret = l->db->password;
    if (l->secret == NULL && l->config->userlist != NULL) {
        const struct userlist_entry *entry = userlist_find(l->config->userlist, l->user);
        l->secret = entry != NULL && entry->secret[0] != '\0' ? entry->secret : NULL;
    }
}

void server_login_start(struct server *s)
{
    struct server_login *l = calloc(1, sizeof *l);
    struct welcome *welcome = calloc(1, sizeof *welcome);
    if (l == NULL || welcome == NULL) {
        abort();
    }
    atomic_init(&welcome->refs, 1);
    welcome->params = ARENA_ARRAY(&welcome->arena, struct startup_param, SERVER_PARAMS_MAX);
    l->welcome = welcome;
    s->login = l;
    uv_mutex_lock(&s->pool->lock);
    l->config = config_ref(s->pool->config);
    l->db = s->pool->db;
    s->generation = s->pool->generation;
    uv_mutex_unlock(&s->pool->lock);
    if (l->db == NULL) {
        fail(s, ERR_NO_DATABASE, "the database has been removed from weir's configuration", s->pool->name);
        return;
    }
    l->user = s->pool->user;
    find_secret(l);
    const char *host = l->db->host;
    if (host == NULL || host[0] == '\0') {
        host = access("/var/run/postgresql", F_OK) == 0 ? "/var/run/postgresql" : "/tmp";
    }
    if (host[0] == '/' || host[0] == '@') {
        connect_unix(s, host);
    } else {
        resolve(s, host);
    }
}
