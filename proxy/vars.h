/*
 * vars: the settings of a session that must follow a client from server to server.
 *
 * Tracked ones are reported by the server (ParameterStatus), so their values are known at any time. Others
 * are known only from the client's startup packet; they stand together in `extras`. Values are interned:
 * two sessions agree when their pointers do, which is what the relay checks for every transaction.
 */
#ifndef WEIR_PROXY_VARS_H
#define WEIR_PROXY_VARS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    VAR_CLIENT_ENCODING,
    VAR_DATESTYLE,
    VAR_TIMEZONE,
    VAR_STANDARD_CONFORMING_STRINGS,
    VAR_APPLICATION_NAME,
    VAR_INTERVALSTYLE,
    VAR_COUNT
};

struct var_text; /* an interned, reference-counted text; from any thread */

struct vars {
    struct var_text *tracked[VAR_COUNT];
    struct var_text *extras; /* name\0value\0 ... in order of names; NULL: none */
};

/* Sets a tracked one; false when the name is not one of them. */
bool vars_set(struct vars *v, const char *name, const char *value);
/* Adds or replaces an extra. */
void vars_set_extra(struct vars *v, const char *name, const char *value);
void vars_clear_extras(struct vars *v);
/* The value of a tracked one by its name; NULL when it is not tracked or not known. */
const char *vars_get(const struct vars *v, const char *name);
/* Makes *to a copy. */
void vars_copy(struct vars *to, const struct vars *from);
/* Copies what `to` has not. */
void vars_fill(struct vars *to, const struct vars *from);
/* Copies the tracked ones: how the server spells what it was asked to set. */
void vars_copy_tracked(struct vars *to, const struct vars *from);
void vars_free(struct vars *v);

/* Does a server with these values serve this client as it is? A value the client has not is no difference. */
bool vars_same(const struct vars *client, const struct vars *server);
/* The statements that make the server's values the client's. In the arena. */
const char *vars_sql(struct arena *a, const struct vars *client, const struct vars *server);

#endif
