/*
 * What every unit test includes: cmocka wants these headers before its own.
 */
#ifndef WEIR_TEST_PROTOCOL_H
#define WEIR_TEST_PROTOCOL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol.h"

/* Bytes on the heap, exactly as many as there are: a read past them is seen by the sanitizer. */
static inline uint8_t *exact_copy(const void *data, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

#endif
