/*
 * server_login: from connect(2) to the first ReadyForQuery of a server connection.
 */
#ifndef WEIR_PROXY_SERVER_LOGIN_H
#define WEIR_PROXY_SERVER_LOGIN_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>

struct server;
struct server_login;

/* Begins; ends in pool_login_done() or server_close(). */
void server_login_start(struct server *s);
void server_login_free(struct server_login *l);

#endif
