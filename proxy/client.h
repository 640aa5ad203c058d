/*
 * client: one connection of a client, from its first byte to its last.
 *
 *                       startup packet               authenticated
 *     CLIENT_STARTUP ─────────────────► CLIENT_AUTH ───────────────► CLIENT_WELCOME
 *                                                                        │ settings of the pool are known
 *                                         ┌──────────────────────────────▼
 *                                         │        message      CLIENT_IDLE ◄────────┐
 *                                         │   ┌──────────────────────┘               │ server idle
 *                                         │   ▼       server found                   │ (transaction mode)
 *                                 CLIENT_WAITING ───────────────► CLIENT_SETTING ──► CLIENT_LINKED
 *
 *     any ──► CLIENT_CLOSING (last bytes on their way) ──► CLIENT_DEAD (freed at the end of the tick)
 *
 * A client has a server exactly in SETTING and LINKED, and stands on a queue of its pool exactly in WELCOME
 * and WAITING. client_set_state() is the one writer.
 */
#ifndef WEIR_PROXY_CLIENT_H
#define WEIR_PROXY_CLIENT_H

#include "config.h"
#include "intercept.h"
#include "net.h"
#include "protocol.h"
#include "vars.h"

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

struct login;
struct pool;
struct server;
struct welcome;
struct cancel_key;

enum client_state {
    CLIENT_STARTUP,
    CLIENT_AUTH,
    CLIENT_WELCOME,
    CLIENT_IDLE,
    CLIENT_WAITING,
    CLIENT_SETTING,
    CLIENT_LINKED,
    CLIENT_CLOSING,
    CLIENT_DEAD
};

/* One direction of a connection: where in its stream of messages it stands. */
struct half {
    uint32_t left; /* bytes of the current message's body still to come */
    bool drop;     /* they are not forwarded */
    size_t need;   /* bytes the held message has when it is whole; 0: its header is not there yet */
};

struct client {
    uint64_t id;
    UT_hash_handle hh; /* in worker->clients, by id */
    struct worker *worker;
    struct net net;
    enum client_state state;
    bool counted;  /* among max_client_conn */
    bool taken;    /* by the interceptor */
    bool held;     /* the interceptor said WAIT */
    bool stepping; /* its input is being processed further up the stack */
    enum { DISCARD_NOTHING, DISCARD_FIRST, DISCARD_TO_SYNC } discard; /* canceled while it waited */
    bool unix_socket;

    struct config *config; /* the generation it logged in under */
    const struct config_database *database;
    struct pool *pool;
    enum pool_mode mode;
    struct server *server;
    struct half half; /* client to server */
    struct vars vars;
    struct login *login; /* only while logging in */
    struct cancel_key *key;
    char *user; /* as the client calls itself */
    void *intercept;

    struct {
        struct client *prev, *next;
        struct client **queue; /* NULL: on none; under the pool's lock */
    } wait;
    int64_t since_ms; /* entered the state; while LINKED or IDLE: last input or ReadyForQuery */
    struct client *next_dead;
};

extern const char *const client_state_names[];

/* Takes over an accepted socket. */
void client_new(struct worker *w, int fd, bool unix_socket);
void client_set_state(struct client *c, enum client_state state);

/* Called by login.c once the client is known: finds its pool and says welcome as soon as it can. */
void client_authenticated(struct client *c);

/* Called by the pool. */
void client_welcome(struct client *c, struct welcome *welcome);
void client_server_ready(struct client *c, struct server *s);

/* Ends the client without a word (it left), or with an error (client_fail, in intercept.h). */
void client_close(struct client *c, const char *why);
/* Ends it once all that was sent to it has gone; e is said first unless it is NULL. */
void client_end(struct client *c, const struct err *e);
/* client_fail with a code and a text. */
void client_fail_with(struct client *c, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Asked for by a cancel request: takes a waiting client off its queue and answers for its statement. */
void client_cancel_waiting(struct client *c);

/* Timeouts. */
void client_janitor(struct client *c, int64_t now);
void client_free(struct client *c);

/* Clients that count for max_client_conn, in the whole process. False when there are too many. */
bool client_count_in(int limit);

#endif
