/*
 * ini: the shape of the configuration file, without its meaning.
 *
 *     ; comment            # comment
 *     %include other.ini   relative to the file it stands in
 *     [section]
 *     key = value          "a key" may be quoted, a quote inside is doubled
 */
#ifndef WEIR_PROXY_INI_H
#define WEIR_PROXY_INI_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>

/* Gets each assignment in order. Fails without saying where: ini_read adds file and line. */
typedef bool (*ini_assign)(void *ctx, const char *section, const char *key, const char *value,
                           const char *file, int line, struct err *e);

/* Reads a file and what it includes. Errors begin with "file:line: ". */
bool ini_read(const char *path, struct arena *a, ini_assign assign, void *ctx, struct err *e);

/* The whole file as text, in the arena; *len may be NULL. */
char *ini_slurp(const char *path, struct arena *a, size_t *len, struct err *e);

/*
 * Takes the next pair off a list such as  host=/tmp  dbname = 'it''s'  port=5432 . *cursor moves on.
 * Returns 1 for a pair, 0 at the end, -1 on a mistake.
 */
int ini_pair(const char **cursor, struct arena *a, char **key, char **value, struct err *e);

#endif
