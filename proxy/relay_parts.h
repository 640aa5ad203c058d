/*
 * What both directions of the relay are made of. Private to relay*.c.
 */
#ifndef WEIR_PROXY_RELAY_PARTS_H
#define WEIR_PROXY_RELAY_PARTS_H

#include "client.h"
#include "net.h"
#include "relay.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum progress {
    PROGRESS_GO,   /* the message was dealt with; *used bytes of it are here */
    PROGRESS_STOP, /* not now: its bytes stay */
};

/*
 * The header at data was judged: adds to the run, or drops (`to` is NULL), what is here of a message of
 * `total` bytes, and remembers what is still to come. Returns how many of the `len` bytes are the message's.
 */
size_t relay_pass(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len,
                  size_t total);

/* The same for more of a message whose header has passed. */
size_t relay_pass_rest(struct worker *w, struct half *h, struct net *to, const uint8_t *data, size_t len);

/* Copies what could not be used to the socket's own buffer. */
void relay_keep(struct net *n, const uint8_t *data, size_t len);

/* Makes room for what comes next behind held input. False when the socket waits and holds enough already. */
bool relay_hold_room(struct worker *w, struct net *n, size_t need, bool waits);

/* recv() said that the connection has ended. */
bool relay_read_failed(ssize_t got);

/* May the client's input be looked at now? */
bool relay_client_may_go(const struct client *c);

static inline bool client_alive(const struct client *c)
{
    return c->state != CLIENT_CLOSING && c->state != CLIENT_DEAD;
}

#endif
