/*
 * wirejob: drives a job over a client's own server connection, as bytes. No socket in it.
 *
 * Statements travel in the extended protocol under names of our own, so that the client's unnamed statement
 * and portal survive. Inside an explicit transaction each is followed by a Sync; inside the implicit
 * transaction of a client's pipeline, which a Sync would end, by a Flush.
 */
#ifndef WEIR_PROXY_WIREJOB_H
#define WEIR_PROXY_WIREJOB_H

#include "ivm.h"
#include "protocol.h"

#include <stdbool.h>

enum wirejob_status {
    WIREJOB_RUNNING,
    WIREJOB_DONE,
    WIREJOB_FAILED, /* `err` says why; `aborted` whether the server already knows */
};

enum wirejob_flight { WIREJOB_ROWS, WIREJOB_AS_WEIR, WIREJOB_DESCRIBE, WIREJOB_QUERY, WIREJOB_BARE_SYNC };

struct wirejob_sent {
    enum wirejob_flight kind;
    bool user_text;
    int user_text_offset;
};

struct wirejob {
    struct job *job;
    bool sync;          /* Sync, not Flush, after each statement */
    int32_t server_pid; /* backend at the other end, and the key: for pgtrickle.run */
    const char *secret;
    struct err err;
    bool aborted;  /* the transaction is: the server refused a statement, and nothing was rolled back since */
    bool draining; /* a statement was refused: what is still in flight is only waited for */
    struct wirejob_sent *flights; /* a queue: [first, first + count) */
    int first, count, cap;
    struct arena rows_arena; /* of the flight at the front */
    struct arena follow_arena;
    const char *follow; /* the question for the names of described types, to be sent next */
    struct {
        int nrows, cap, ncolumns;
        const char **cells;
        const char *tag;
        struct msg_column *columns;
        int closes;
    } rows;
};

/* Starts a job, which from now on belongs to the wirejob. `secret` must outlive it. */
void wirejob_start(struct wirejob *w, struct job *job, bool sync, int32_t server_pid, const char *secret);

/* Appends to `out` what is to be sent now. Call after start, and whenever wirejob_message said RUNNING. */
enum wirejob_status wirejob_pump(struct wirejob *w, struct wire_out *out);

/* Takes one message of the server, other than notices and parameter changes. */
void wirejob_message(struct wirejob *w, uint8_t type, const uint8_t *body, size_t len);

void wirejob_end(struct wirejob *w);

/* Splits the text form of a one-dimensional text[] into cells; false when it is not one. */
bool wirejob_array(struct arena *a, const char *text, const char ***cells, int *n);

#endif
