/* What the files of drive share. Private to them. */
#ifndef WEIR_PROXY_DRIVE_STATE_H
#define WEIR_PROXY_DRIVE_STATE_H

#include "base/arena.h"
#include "drive.h"
#include "ivm.h"
#include "maintainer.h"
#include "protocol.h"
#include "wirejob.h"
#include "worker.h"

enum drive_state {
    DRIVE_IDLE,
    DRIVE_ENSURE,    /* waiting for the maintainer to say that the database has our schema */
    DRIVE_BEGIN,     /* our own BEGIN is on its way */
    DRIVE_STATEMENT, /* a statement of the script runs */
    DRIVE_JOB,       /* a job runs on the server connection */
    DRIVE_REFRESH,   /* the maintainer refreshes for us */
    DRIVE_RAISE,     /* the server is made to raise our error */
    DRIVE_COMMIT,    /* our own COMMIT is on its way */
    DRIVE_ROLLBACK,  /* our own ROLLBACK is on its way */
    DRIVE_BATCH,     /* extended: messages pass, ours are picked out */
    DRIVE_DRAIN,     /* extended: what was sent before an Execute of ours is being answered */
    DRIVE_EXECUTE,   /* extended: an Execute of ours is on its way */
};

/* A request that a statement made, in the order they came. */
struct drive_request {
    struct drive_request *next;
    const char *kind;
    const char *arguments;
    bool trusted; /* made by a statement of weir's own, in which no code of the client's runs */
};

/* A prepared statement or portal of the client's that is one of our statements. */
struct drive_named {
    struct drive_named *next;
    char *name;
    char *tag;          /* CommandComplete tag to show; NULL: the server's */
    int query_position; /* see struct ddl_statement */
    bool refresh_only;
};

struct drive {
    struct client *client;
    struct arena arena; /* of the script or batch at hand */
    enum drive_state state;
    bool extended;
    char status;  /* of the last ReadyForQuery */
    bool errored; /* an ErrorResponse was shown for what runs */
    char secret[65];

    struct {
        struct ddl_script script;
        char *text;
        int next;      /* index of the statement to run next */
        bool own;      /* the transaction is ours: we began it and must end it */
        bool in_block; /* it was the client's when the script came */
        bool late;     /* no script of ours: a request came while a statement of the client's ran */
    } simple;

    struct {
        struct drive_named *statements; /* named and unnamed, until closed or replaced */
        struct drive_named *portals;    /* of this batch */
        const struct drive_named *running;
        int syncs;     /* Syncs forwarded and not yet answered */
        bool executed; /* something else was executed before, in this transaction */
        bool skipping; /* it failed: the server looks at nothing until the next Sync */
    } batch;

    /* See drive_refresh.c. */
    struct {
        struct refresh_known *known;   /* the client's last ones, the latest first */
        struct refresh_known *begun;   /* it runs, or ran, and the server has not answered yet */
        struct refresh_answer *answer; /* the maintainer's, when it came before the server's */
        uint64_t serial;               /* of the answer that is waited for */
    } refresh;

    struct drive_request *requests;
    bool carried; /* a request of the present statement was carried out */
    struct wirejob job;
    bool job_open;
    const char
        *checked;     /* what the job asks the right to, a refresh for the maintainer; NULL: not such a job */
    struct err raise; /* what DRIVE_RAISE shows instead of the server's version of it */
    int query_position;
    struct wire_out held; /* CommandComplete of the statement whose requests are carried out */
};

/* ---- drive.c: common to both protocols ---- */

void drive_to_server(struct drive *d, struct wire_out *out);
void drive_to_client(struct drive *d, struct wire_out *out);

/* Keeps a CommandComplete (or EmptyQueryResponse) back, under the tag of our statement if it has one. */
void drive_hold(struct drive *d, uint8_t type, const char *tag, const uint8_t *body, size_t len);
void drive_release_held(struct drive *d);

/* The statement can do nothing but refresh: then it needs no transaction with it. */
bool drive_refreshes_only(const struct ddl_statement *st);

/* Carries out the next request; false when there is none left. `alone`: the statement is a transaction by
 * itself, with nothing else in it, so a refresh can be the maintainer's. */
bool drive_next_request(struct drive *d, bool alone, bool in_block);

/* Sends what the job has to say, and ends it when it is over. */
void drive_pump_job(struct drive *d);

/* Asks the maintainer whether the database is ready; drive_ready() or drive_not_ready() follows. */
void drive_ensure(struct drive *d);

/* Goes on after what the statement asked for was carried out. */
void drive_requests_done(struct drive *d);

/* Makes the server raise `e`, so that the transaction is in the state the client is told. */
void drive_raise(struct drive *d, const struct err *e);

/* ---- drive_refresh.c ---- */

/* Begins what `sql` came to when this client sent it last, while the server still looks at it. */
void refresh_begin_early(struct drive *d, const char *sql);
/* Has `arguments` refreshed, unless that was begun already; drive_requests_done() or drive_raise() follows.
 * `sql`: the statement, by which it may begin early next time; NULL: it may not. */
void refresh_by_maintainer(struct drive *d, const char *sql, const char *arguments);
/* The server refused, or the client goes. */
void refresh_forget(struct drive *d);

/* ---- intercept.c ---- */

/* The drive of a client; NULL when it never had one. */
struct drive *intercept_drive(struct client *c);
/* Marks that the catalog changed in this transaction. */
void intercept_note_catalog_change(struct client *c);

/* ---- each protocol's part ---- */

bool simple_start(struct drive *d, const uint8_t *body, size_t len);
/* The statement that runs made a request: from here on it passes through the drive. */
void simple_start_late(struct drive *d);
/* The statement that runs is weir's own, and only that: no code of the client's can be in it. */
bool simple_runs_own(const struct drive *d);
/* Its text. */
const char *simple_running_sql(const struct drive *d);
void simple_ready(struct drive *d);
void simple_requests_done(struct drive *d);
void simple_failed(struct drive *d);
enum intercept_verdict simple_client_message(struct drive *d, uint8_t type);
enum intercept_verdict simple_server_message(struct drive *d, uint8_t type, const uint8_t *body, size_t len);

bool extended_start(struct drive *d, const uint8_t *body, size_t len);
/* Goes back to watching a batch, when statements of ours are still prepared; false when there are none. */
bool extended_watch(struct drive *d);
void extended_requests_done(struct drive *d);
void extended_failed(struct drive *d);
enum intercept_verdict extended_client_message(struct drive *d, uint8_t type, const uint8_t *body,
                                               size_t len);
enum intercept_verdict extended_server_message(struct drive *d, uint8_t type, const uint8_t *body,
                                               size_t len);
void extended_forget(struct drive *d);

#endif
