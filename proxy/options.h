/*
 * Options: one table per kind of section says which names exist, what their values look like, where they
 * are stored, and what they mean. Parsing, --help and error messages all come from these tables.
 */
#ifndef WEIR_PROXY_OPTIONS_H
#define WEIR_PROXY_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Ten years. */
#define OPTION_DURATION_MAX (1000LL * 3600 * 24 * 3650)

enum option_type {
    OPTION_TEXT,     /* const char * */
    OPTION_FLAG,     /* bool */
    OPTION_INT,      /* int */
    OPTION_DURATION, /* int64_t, milliseconds; a bare number is seconds */
    OPTION_SIZE,     /* int64_t, bytes; kB, MB, GB are understood */
    OPTION_CHOICE,   /* int */
};

struct option_choice {
    const char *name;
    int value;
    const char *refused; /* known, but not possible here: why; NULL when it is a valid choice */
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset; /* of the field in the struct that the table describes */
    long long min, max;
    const struct option_choice *choices;
    const char *initial; /* as it would be written in the file; NULL leaves the field zero */
    const char *doc;
};

/* A table, ended by an entry without a name, and the names of PgBouncer's that weir does not act on. */
struct option_table {
    const char *section;
    const struct option *options;
    const char *const *ignored; /* ended by NULL; accepted with a warning */
    const char *const *fixed;   /* ended by NULL; what a reload cannot change */
};

extern const struct option_table options_global;   /* of struct config_settings */
extern const struct option_table options_database; /* of struct config_database */
extern const struct option_table options_user;     /* of struct config_user */

/* Fills the struct at `base` with the initial values. */
void options_init(const struct option_table *t, void *base, struct arena *a);

/*
 * Sets one option of the struct at `base`. An unknown name and a value outside of what is allowed are
 * errors that say what is allowed; *ignored is set for a name of PgBouncer's that has no effect here.
 */
bool options_set(const struct option_table *t, void *base, struct arena *a, const char *name,
                 const char *value, bool *ignored, struct err *e);

/* The next fixed option in which two structs of the table differ, from number *at on; NULL: no more. */
const char *options_fixed_difference(const struct option_table *t, const void *a, const void *b, int *at);

/* The list for --help. */
void options_print(const struct option_table *t, FILE *out);

/* "500ms", "5s", "1min", "2h", "1d" or seconds, to milliseconds. False when it is not a duration. */
bool duration_parse(const char *text, long long *ms);

#endif
