/*
 * Errors: one struct, filled in by the function that failed, never by its callers.
 *
 * A fallible function returns bool (or a pointer) and takes a struct err * last. The first failure wins:
 * setting an err that is already set does nothing, so a chain of calls reports its root cause.
 */
#ifndef WEIR_BASE_ERR_H
#define WEIR_BASE_ERR_H

#include <stdbool.h>

/* code, SQLSTATE sent to a client, short text used when nothing better was given */
#define ERR_LIST(X)                                                                                          \
    X(ERR_NONE, "00000", "no error")                                                                         \
    X(ERR_PROTOCOL, "08P01", "protocol violation")                                                           \
    X(ERR_CONNECTION, "08006", "connection failure")                                                         \
    X(ERR_CONNECT, "08001", "cannot connect to the server")                                                  \
    X(ERR_AUTH, "28P01", "password authentication failed")                                                   \
    X(ERR_AUTH_SPEC, "28000", "invalid authorization specification")                                         \
    X(ERR_NO_DATABASE, "3D000", "no such database")                                                          \
    X(ERR_TOO_MANY, "53300", "too many connections")                                                         \
    X(ERR_TIMEOUT, "57014", "canceled because of a timeout")                                                 \
    X(ERR_SHUTDOWN, "57P01", "terminating connection because weir is shutting down")                         \
    X(ERR_UNSUPPORTED, "0A000", "feature not supported")                                                     \
    X(ERR_SYNTAX, "42601", "syntax error")                                                                   \
    X(ERR_UNDEFINED, "42P01", "stream table does not exist")                                                 \
    X(ERR_DUPLICATE, "42P07", "relation already exists")                                                     \
    X(ERR_PRIVILEGE, "42501", "permission denied")                                                           \
    X(ERR_INVALID_PARAMETER, "22023", "invalid parameter value")                                             \
    X(ERR_OBJECT_STATE, "55000", "object not in prerequisite state")                                         \
    X(ERR_RESERVED_NAME, "42939", "reserved name")                                                           \
    X(ERR_DEPENDENT, "2BP01", "dependent objects still exist")                                               \
    X(ERR_CONFIG, "F0000", "configuration error")                                                            \
    X(ERR_STALE_CATALOG, "55000", "the stream tables have changed since they were last read")                \
    X(ERR_SQL, "XX000", "error from the server")                                                             \
    X(ERR_INTERNAL, "XX000", "internal error")

enum err_code {
#define X(code, sqlstate, text) code,
    ERR_LIST(X)
#undef X
};

/*
 * Where a failure is described. `position` is a 1-based character position in the statement that the
 * user wrote, 0 when unknown. Strings are cut to fit; they are always terminated.
 */
struct err {
    enum err_code code;
    char sqlstate[6];
    int position;
    char message[512];
    char detail[512];
    char hint[256];
};

/* Fills *e unless it already holds a failure. Always returns false, so `return err_set(...)` reads well. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Adds a hint or a detail to a failure that was just set; does nothing when one is already there. */
void err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_detail(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets a failure. */
void err_clear(struct err *e);

#endif
