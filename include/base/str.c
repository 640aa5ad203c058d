#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void str_init(struct str *s, struct arena *a)
{
    s->arena = a;
    s->cap = 64;
    s->len = 0;
    s->data = arena_alloc(a, s->cap);
}

static void str_reserve(struct str *s, size_t extra)
{
    if (s->len + extra < s->cap) {
        return;
    }
    size_t cap = s->cap * 2;
    while (cap <= s->len + extra) {
        cap *= 2;
    }
    char *data = arena_alloc(s->arena, cap);
    memcpy(data, s->data, s->len);
    s->data = data;
    s->cap = cap;
}

void str_addn(struct str *s, const char *text, size_t n)
{
    str_reserve(s, n);
    memcpy(s->data + s->len, text, n);
    s->len += n;
    s->data[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_addn(s, text, strlen(text));
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        abort();
    }
    str_reserve(s, (size_t)n);
    va_start(ap, fmt);
    vsnprintf(s->data + s->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    s->len += (size_t)n;
}

void str_sep(struct str *s, const char *sep)
{
    if (s->len > 0) {
        str_add(s, sep);
    }
}
