/* SCRAM texts from the other side: no fault, and nothing made up is ever accepted. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct scram_verifier verifier;
    static bool made;
    struct err e = {0};
    if (!made) {
        if (!scram_verifier_make(&verifier, "secret", (const uint8_t *)"0123456789abcdef", 16, 1, &e))
            abort();
        made = true;
    }
    if (len == 0)
        return 0;
    size_t half = (len - 1) * data[0] / 256;
    const uint8_t *first = data + 1, *last = first + half;
    size_t first_len = half, last_len = len - 1 - half;

    struct scram_server s;
    if (scram_server_init(&s, &verifier, &e) && scram_server_first(&s, first, first_len, &e) &&
        scram_server_final(&s, last, last_len, &e))
        abort(); /* our nonce is random: no fixed input can hold a right proof */

    struct scram_client c;
    memset(&e, 0, sizeof(e));
    if (first_len < 200 && memmem(first, first_len, ",i=", 3) == NULL &&
        scram_client_init(&c, "secret", NULL, &e) && scram_client_first(&c, first, first_len, &e) &&
        scram_client_final(&c, last, last_len, &e))
        abort();

    char text[SCRAM_VERIFIER_SIZE];
    if (len < sizeof(text)) {
        memcpy(text, data, len);
        text[len] = '\0';
        struct scram_verifier v;
        memset(&e, 0, sizeof(e));
        if (scram_verifier_parse(&v, text, &e)) {
            char again[SCRAM_VERIFIER_SIZE];
            struct scram_verifier v2;
            scram_verifier_text(&v, again);
            if (!scram_verifier_parse(&v2, again, &e) || v2.iterations != v.iterations ||
                v2.salt_len != v.salt_len || memcmp(v2.stored_key, v.stored_key, SCRAM_KEY_LEN) != 0)
                abort();
        }
    }
    return 0;
}
