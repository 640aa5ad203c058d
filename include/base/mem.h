/*
 * Memory that is there: when the system has none left the process ends, since nothing sensible can be done.
 * What a unit of work needs comes from its arena instead.
 */
#ifndef WEIR_BASE_MEM_H
#define WEIR_BASE_MEM_H

#include <stddef.h>

/* Zeroed. */
void *mem_new(size_t size);

/* As malloc and realloc. */
void *mem_alloc(size_t size);
void *mem_grow(void *p, size_t size);
char *mem_strdup(const char *s);

#endif
