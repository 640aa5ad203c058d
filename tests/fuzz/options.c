/* The options startup parameter: no fault, and settings come out in the order and number they went in. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena a = {.blocks = NULL};
    char *text = malloc(len + 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, len);
    text[len] = '\0';
    struct startup_param *params = NULL;
    size_t n = 0;
    struct err e = {.code = ERR_NONE};
    bool ok = startup_options(&a, text, &params, &n, &e);
    if (ok != (e.code == ERR_NONE)) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        if (strchr(params[i].name, '-') != NULL || strlen(params[i].name) + strlen(params[i].value) > len) {
            abort();
        }
    }
    free(text);
    arena_free(&a);
    return 0;
}
