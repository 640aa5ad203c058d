/*
 * login: what passes between accept and welcome: startup packet, authentication.
 */
#ifndef WEIR_PROXY_LOGIN_H
#define WEIR_PROXY_LOGIN_H

#include "base/arena.h"
#include "protocol.h"

struct client;
struct net;

/* Exists only while a client logs in. */
struct login {
    struct arena arena;
    struct startup startup;
    const char *secret; /* from auth_file; NULL: there is none */
    uint8_t salt[4];
    enum { LOGIN_ASKS_PLAIN, LOGIN_ASKS_MD5, LOGIN_ASKS_SASL_FIRST, LOGIN_ASKS_SASL_FINAL } asks;
    struct scram_server *scram;
};

void login_ready(struct net *n, int events);
void login_free(struct login *l);

#endif
