/*
 * cancel: cancel requests, and the keys by which clients make them.
 *
 * A client's key is weir's own, not the server's: random process id, random secret. A request is carried out
 * on the worker of the client it names, over a connection of its own, and only while that client has a server
 * busy for it. Until that connection has ended the server is not given to anybody else, so a request can
 * never hit another client's statement.
 */
#ifndef WEIR_PROXY_CANCEL_H
#define WEIR_PROXY_CANCEL_H

#include "net.h"

#include <stdbool.h>
#include <stdint.h>

struct client;
struct server;
struct worker;
struct cancel_key;

#define CANCEL_SECRET_LEN 4

/* Gives the client a key, unique in the process. NULL without randomness. */
struct cancel_key *cancel_key_new(struct client *c);
void cancel_key_free(struct cancel_key *k);
int32_t cancel_key_pid(const struct cancel_key *k);
const uint8_t *cancel_key_secret(const struct cancel_key *k);

/* A request that came in over `fd`, which is closed once the request has been dealt with. */
void cancel_request(int32_t pid, const uint8_t *secret, size_t len, int fd);

/* Tells the server to cancel what it is doing. fd is closed afterwards; -1: there is none. */
void cancel_send(struct server *s, int fd);

/* A request on its way. */
struct cancel {
    struct net net;
    struct worker *worker;
    struct server *server; /* NULL: it has ended meanwhile */
    int client_fd;
    int64_t deadline_ms;
    uint8_t packet[12 + 256];
    size_t packet_len;
    bool sent;
    struct cancel *prev, *next;
    struct cancel *next_dead;
};

void cancel_janitor(struct cancel *x, int64_t now);
/* Its server has ended. */
void cancel_forget_server(struct worker *w, struct server *s);
void cancel_close(struct cancel *x, bool delivered);

#endif
