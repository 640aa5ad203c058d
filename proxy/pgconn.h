/*
 * pgconn: one libpq connection on a loop, in pipeline mode, that drives jobs.
 *
 * Used by the maintainer for everything that is not a client's. Statements that need no result in between
 * travel in one flight. Outside BEGIN each is a transaction of its own, with its own Sync.
 *
 *     CONNECTING -> SETTING -> IDLE <-> RUNNING
 *          \          \          \        |
 *           +----------+----------+-> BROKEN      (pgconn_close from any state)
 */
#ifndef WEIR_PROXY_PGCONN_H
#define WEIR_PROXY_PGCONN_H

#include "base/err.h"
#include "ivm.h"

#include <stdbool.h>
#include <uv.h>

struct pgconn;

/* Where to connect. NULL members are left to libpq's defaults. Strings are copied by libpq. */
struct pgconn_target {
    const char *host, *port, *dbname, *user, *password, *application_name;
    const char *settings; /* SQL run once after connecting, may be several statements; NULL: none */
};

/* Connection established (ok) or lost; after a loss the connection is only good for pgconn_close. */
typedef void (*pgconn_state_cb)(void *arg, struct pgconn *conn, bool ok, const struct err *e);
/* The job ended. The job still belongs to the caller. */
typedef void (*pgconn_job_cb)(void *arg, struct pgconn *conn, struct job *job, bool ok, const struct err *e);

/* Starts to connect. `cb` is called once for the outcome, and once more if an established connection is lost.
 */
struct pgconn *pgconn_open(uv_loop_t *loop, const struct pgconn_target *target, pgconn_state_cb cb,
                           void *arg);

bool pgconn_idle(const struct pgconn *c);

/* Drives `job` to its end. The connection must be idle. On failure whatever transaction was open has been
 * rolled back, and session locks released, before `cb` is called. */
void pgconn_run(struct pgconn *c, struct job *job, pgconn_job_cb cb, void *arg);

/* Runs one statement outside any job and hands over its rows; NULL rows: it failed, *e says why. */
typedef void (*pgconn_rows_cb)(void *arg, struct pgconn *conn, const struct job_rows *rows,
                               const struct err *e);
void pgconn_query(struct pgconn *c, const char *sql, pgconn_rows_cb cb, void *arg);

/* Closes; no callback is called any more. Memory goes when the loop has let go of it. */
void pgconn_close(struct pgconn *c);

#endif
