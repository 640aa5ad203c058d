/*
 * server: one connection to a server.
 *
 *     SERVER_CONNECTING ──► SERVER_LOGIN ──► SERVER_IDLE ◄────────────────► SERVER_LINKED
 *                                              ▲   │  ▲                          │ client left
 *                                              │   │  └──── SERVER_TASK ◄────────┘ (reset, rollback)
 *                                   another    │   ▼            ▲
 *                                   worker  SERVER_HANDOVER     └─ also: a check before use
 *
 *     SERVER_HELD: back from use, but a cancel request for it is still on its way
 *     any ──► SERVER_DEAD (freed at the end of the tick)
 *
 * In IDLE and HANDOVER the state is guarded by the pool's lock: another worker may claim an idle server. In
 * every other state only the server's own worker touches it. server_set_state() is the one writer.
 */
#ifndef WEIR_PROXY_SERVER_H
#define WEIR_PROXY_SERVER_H

#include "client.h"
#include "net.h"
#include "protocol.h"
#include "vars.h"

#include <sys/socket.h>
#include <sys/un.h>

struct pool;
struct server_login;

enum server_state {
    SERVER_CONNECTING,
    SERVER_LOGIN,
    SERVER_IDLE,
    SERVER_LINKED,
    SERVER_TASK,
    SERVER_HELD,
    SERVER_HANDOVER,
    SERVER_DEAD
};

/* Tags by which the tracker tells whose request a reply answers. */
enum { TAG_CLIENT, TAG_OWN };

enum server_task { TASK_NONE, TASK_CHECK, TASK_ROLLBACK, TASK_RESET };

/* A task of ours may take this long before the server is given up. */
#define SERVER_TASK_MS 10000

struct server_address {
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
        struct sockaddr_un un;
    } a;
    socklen_t len;
};

struct server {
    struct worker *worker;
    struct net net;
    _Atomic enum server_state state; /* read by the owner while another worker may claim it */
    struct pool *pool;
    struct client *client; /* LINKED only */
    struct half half;      /* server to client */
    struct track track;
    struct vars vars;
    struct server_login *login; /* CONNECTING and LOGIN only */
    struct server_address address;
    struct {
        int32_t pid;
        uint8_t key[STARTUP_CANCEL_KEY_MAX];
        size_t len;
    } backend;
    enum server_task task;
    struct err *own_error; /* the server's, to a statement of ours; NULL: none */
    bool stepping;         /* its bytes are being processed further up the stack */
    bool probing;          /* an empty query of ours is to tell whether it is idle, see track_unsure() */
    bool session;          /* last used in session mode: reset before somebody else gets it */
    bool fatal;            /* it said FATAL: nothing more needs to be said when it goes */
    bool close_on_return;
    int cancels;         /* cancel requests for it that are on their way */
    uint64_t generation; /* of the pool, when it was opened */
    int64_t connected_ms;
    int64_t since_ms;                     /* entered the state */
    struct server *prev, *next;           /* in worker->servers */
    struct server *idle_prev, *idle_next; /* in pool->sides[].idle, under the pool's lock */
    struct server *next_dead;
};

/* Opens a connection; the pool has counted it already. */
void server_connect(struct pool *p, struct worker *w);
void server_set_state(struct server *s, enum server_state state);

/* Gives it to a client whose settings may differ: LINKED, and the client LINKED or SETTING. */
void server_link(struct server *s, struct client *c);
/* Is the linked client done with it? Then it goes back. Called after every step of either side. */
void server_settle(struct server *s);
/* The linked client leaves: unlinks both and brings the server back into a state others can use, or ends it.
 */
void server_recover(struct server *s, struct client *c);
/* Runs a statement of ours on a server nobody uses; then it goes back to its pool. */
void server_run_task(struct server *s, enum server_task task, const char *sql);
/* Ends it. The linked client, if any, gets `e`, or just its end when e is NULL. */
void server_close(struct server *s, const struct err *e);

/* ReadyForQuery came for a statement of ours: goes on with what the statement was for. */
void server_own_ready(struct server *s);

/* Moves an idle server to another worker; it was put in HANDOVER under the pool's lock. */
void server_hand_over(struct server *s, struct worker *to);

/* A cancel request of ours for it has come to its end, well or not. */
void server_cancel_done(struct server *s, bool delivered);

void server_janitor(struct server *s, int64_t now);
void server_free(struct server *s);

#endif
