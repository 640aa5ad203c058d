#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void *mem_checked(void *p)
{
    if (p == NULL) {
        abort();
    }
    return p;
}

void *mem_new(size_t size)
{
    return mem_checked(calloc(1, size));
}

void *mem_alloc(size_t size)
{
    return mem_checked(malloc(size));
}

void *mem_grow(void *p, size_t size)
{
    return mem_checked(realloc(p, size));
}

char *mem_strdup(const char *s)
{
    return mem_checked(strdup(s));
}
