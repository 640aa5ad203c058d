/*
 * listener: the sockets that clients connect to, on the main thread's loop.
 *
 * Accepted sockets go to the workers in turn.
 */
#ifndef WEIR_PROXY_LISTENER_H
#define WEIR_PROXY_LISTENER_H

#include "base/err.h"

#include <stdbool.h>
#include <uv.h>

struct config;

/* Opens what the configuration names. False when one of them cannot be had. */
bool listeners_open(uv_loop_t *loop, const struct config *config, struct err *e);
/* Closes them all, and removes the file of the unix socket. */
void listeners_close(void);

#endif
