/*
 * relay: bytes from a client to its server and back. See relay.c.
 */
#ifndef WEIR_PROXY_RELAY_H
#define WEIR_PROXY_RELAY_H

struct client;
struct server;
struct net;

#include <stdbool.h>

/* The socket of a client that is past its login is ready. */
void relay_client_ready(struct net *n, int events);
/* The socket of a server that is past its login is ready. */
void relay_server_ready(struct net *n, int events);
/* Goes on with input that had to wait: a server was found, settings are set, the interceptor is done. */
void relay_client_continue(struct client *c);
/* Sends what is collected for this socket, so that other bytes may follow it. False: it is broken. */
bool relay_run_flush(struct net *to);

#endif
