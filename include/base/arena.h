/*
 * Arena: memory for one unit of work (a compile, a job, a config load), freed whole.
 *
 * Nothing allocated here is freed alone. Running out of memory ends the process: there is nothing a
 * pooler could still promise then, and no caller has to check.
 */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks; /* newest first */
};

/* An arena starts as all zeroes; arena_free returns it to that state and may be called twice. */
void arena_free(struct arena *a);

/* Zeroed memory of `size` bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);

/* Copies of text. The result is terminated. arena_strdup(NULL) is NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* An array of n items of `size` bytes with room for one more: `items` itself, or a larger copy (*cap says how
 * large). Old copies stay until the arena is freed. */
void *arena_grow(struct arena *a, void *items, int n, int *cap, size_t size);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

#endif
