/*
 * drive: carries out weir's own statements on a client's server connection, in the client's transaction.
 *
 * Only statements that ddl_notice and ddl_parse recognise come here; while one is at work the client is
 * *taken* (see intercept.h): its messages and the server's pass through here one by one.
 *
 * Simple protocol. A script is run statement by statement inside a transaction of our own, whose BEGIN and
 * COMMIT the client never sees, unless it is in a block already:
 *
 *     ENSURE -> BEGIN -> STATEMENT -> [JOB | REFRESH]* -> next STATEMENT ... -> COMMIT -> (untaken)
 *                            |              |                                     |
 *                            +--------------+---> RAISE --> ROLLBACK -------------+--> (untaken)
 *
 * Extended protocol. A Parse of ours is rewritten; an Execute of it is followed by a Flush, and nothing more
 * of the client's is looked at until the request it made is carried out. The client's own Sync ends the
 * transaction, so the work is in it:
 *
 *     ENSURE -> BATCH <-> DRAIN -> EXECUTE -> [JOB | REFRESH]* -> BATCH -> ... -> Sync, ReadyForQuery ->
 * (untaken)
 */
#ifndef WEIR_PROXY_DRIVE_H
#define WEIR_PROXY_DRIVE_H

#include "intercept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct drive;

/* What became of a client's message that may be ours. */
struct drive *drive_new(struct client *client);
void drive_free(struct drive *d);

/* At work: the client is taken, or its named statements of ours must be watched. */
bool drive_active(const struct drive *d);

/* A job runs, which may commit before it is done. */
bool drive_in_job(const struct drive *d);

/* A Query or Parse that ddl_notice noticed, or any message while active. */
enum intercept_verdict drive_client_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len);
/* Any message of the server while active; body NULL for rows and copy data that are streamed. */
enum intercept_verdict drive_server_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len);

/*
 * An in-band request (SQLSTATE WR001): `kind` is create, drop or refresh. One that comes from a statement
 * which did not look like ours (a function that calls ours, inside a transaction block) takes the client here
 * and now: the rest of the statement's answer passes through the drive, and its end waits for the work.
 * Behind more than one statement in flight that is not possible, and the request is refused at COMMIT by the
 * server.
 */
void drive_request(struct drive *d, const char *kind, const char *arguments);

#endif
