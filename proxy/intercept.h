/*
 * intercept: the seam between the relay and what understands stream tables.
 *
 * The relay asks, the interceptor answers with a verdict. A client is in one of two modes:
 *
 *   streaming  Bytes are forwarded as they are. A Query or Parse for whose text ddl_notice() is true is
 *              assembled whole (up to INTERCEPT_TEXT_MAX) and shown to intercept_client_message(). Every
 *              NoticeResponse is shown to intercept_server_notice(), every ReadyForQuery to
 * intercept_ready(). taken      From client_take() to client_untake() every message of either side is shown,
 * and nothing is forwarded without a verdict. The server stays linked, idle or not.
 *
 * When a client message is shown, the client is linked to a server whose session settings are the client's.
 * All calls happen on the client's worker. Bytes sent with client_send() and client_server_send() keep their
 * order with the bytes the relay forwards.
 */
#ifndef WEIR_PROXY_INTERCEPT_H
#define WEIR_PROXY_INTERCEPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct worker;
struct config_database;

/* Longer Query and Parse messages of a client that is not taken are streamed without a look. */
#define INTERCEPT_TEXT_MAX (1u << 20)
/* Longer notices are streamed without a look. */
#define INTERCEPT_NOTICE_MAX (64u << 10)
/* In taken mode longer messages are shown by their header only, with body NULL; the verdict holds for the
 * whole message as it streams by. A client message that long is always forwarded or taken, never WAIT. */
#define INTERCEPT_BODY_MAX (4u << 20)

enum intercept_verdict {
    INTERCEPT_FORWARD,
    INTERCEPT_TAKEN, /* not forwarded: the interceptor copied what it needs, or wants it gone */
    INTERCEPT_WAIT,  /* client messages only: leave it; nothing more of this client's input is read until
                        client_resume(), when the message is shown again */
};

/* ---- What the interceptor implements (intercept.c) ---- */

/* body is the message without type and length, or NULL when it is longer than INTERCEPT_BODY_MAX. */
enum intercept_verdict intercept_client_message(struct client *c, uint8_t type, const uint8_t *body,
                                                size_t len);

/* Taken mode only, every type. NULL body as above. ReadyForQuery comes after its intercept_ready(). */
enum intercept_verdict intercept_server_message(struct client *c, uint8_t type, const uint8_t *body,
                                                size_t len);

/* A NoticeResponse in either mode; true swallows it. In taken mode it is shown here first, and to
 * intercept_server_message() only when this says false. */
bool intercept_server_notice(struct client *c, const uint8_t *body, size_t len);

/* Every ReadyForQuery of the linked server, either mode, after it was tracked and before it is forwarded. */
void intercept_ready(struct client *c, char status);

/* The client is going away: last call for it. Its server, if any, is still linked, but takes no more bytes.
 */
void intercept_client_closed(struct client *c);

/* ---- What the relay offers (relay.c, client.c) ---- */

/* Enters and leaves taken mode. Leaving gives the server back if it is idle, and goes on with the input. */
void client_take(struct client *c);
void client_untake(struct client *c);
bool client_taken(const struct client *c);

/* After INTERCEPT_WAIT: the held message is shown again. Safe to call at any time, also from inside the
 * calls above (it then takes effect when they have returned). */
void client_resume(struct client *c);

/* Whole messages to the client. */
void client_send(struct client *c, const void *bytes, size_t len);
/* Whole messages to the linked server; they are tracked. Does nothing when there is no server any more. */
void client_server_send(struct client *c, const void *bytes, size_t len);
/* Ends the client: ErrorResponse FATAL, then close. */
void client_fail(struct client *c, const struct err *e);

/* A slot for the interceptor's state; NULL at first. */
void *client_intercept(const struct client *c);
void client_set_intercept(struct client *c, void *state);

struct worker *client_worker(const struct client *c);
/* The entry of [databases]; it lives as long as the client. Its name is "*" for the fallback entry. */
const struct config_database *client_database(const struct client *c);
/* The database's name on the server. */
const char *client_database_name(const struct client *c);
/* The user the server knows: the forced one, or the client's. */
const char *client_user(const struct client *c);
/* 'I', 'T' or 'E' as the linked server last said; 'I' when there is no server. */
char client_txn_status(const struct client *c);
/* ReadyForQuery messages the linked server still owes; 0 without one. */
size_t client_owed(const struct client *c);

/* A name for a client that is safe to keep, and to use from a post: NULL once the client is gone.
 * client_find must be called on that worker's thread. */
uint64_t client_id(const struct client *c);
struct client *client_find(struct worker *w, uint64_t id);

/* worker_post() is in worker.h. */

#endif
