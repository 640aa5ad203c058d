/*
 * str: a growing, terminated byte string in an arena. For text that is built piece by piece.
 */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include "base/arena.h"

struct str {
    struct arena *arena;
    char *data; /* terminated; never NULL after str_init */
    size_t len;
    size_t cap;
};

void str_init(struct str *s, struct arena *a);
void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *text, size_t n);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds `sep` unless the string is still empty: for lists. */
void str_sep(struct str *s, const char *sep);

#endif
