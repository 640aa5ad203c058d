/* The text of an auth_file. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {.blocks = NULL};
    struct userlist list;
    struct err e = {.code = ERR_NONE};
    if (userlist_parse((const char *)data, size, &a, &list, &e) != (e.code == ERR_NONE)) {
        abort();
    }
    for (size_t i = 0; e.code == ERR_NONE && i < list.n; i++) {
        const struct userlist_entry *found = userlist_find(&list, list.entries[i].user);
        if (found != &list.entries[i]) {
            abort();
        }
    }
    arena_free(&a);
    return 0;
}
