/* The hash by which rows of a storage are found, of some of their values. */
#ifndef WEIR_IVM_DELTA_HASH_H
#define WEIR_IVM_DELTA_HASH_H

#include "base/str.h"
#include "ivm.h"

struct hashing {
    struct arena *arena;
    struct str values; /* that the hash is taken of, a list */
    int n, nids;
    const char *ids, *time, *text; /* places, see hash.c; NULL: none */
};

void hashing_init(struct hashing *h, struct arena *a);

/* One value more, of a column whose hash is taken of `value` as it is; `type` NULL: it has no place. */
void hashing_add(struct hashing *h, const struct ivm_column *type, const char *value);

/* The hash, bigint. */
const char *hashing_sql(const struct hashing *h);

/* Rows whose values are near have hashes that are near: it is worth filling a storage in their order. */
bool hashing_has_place(const struct hashing *h);

#endif
