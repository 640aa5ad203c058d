/*
 * SCRAM messages from a bad peer. The first byte chooses who is attacked, and by which message; in the rest a
 * % stands for the nonce that the attacked side has given, so that the fuzzer gets past it.
 */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void with_nonce(struct wire_out *to, const uint8_t *data, size_t size, const char *before,
                       const char *nonce)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '%') {
            wire_put_bytes(to, before, strlen(before));
            wire_put_bytes(to, nonce, strlen(nonce));
        } else {
            wire_put_u8(to, data[i]);
        }
    }
}

static void attack_server(const uint8_t *data, size_t size, bool final)
{
    static const uint8_t key[SCRAM_KEY_LEN];
    static struct scram_server s;
    struct scram_verifier v;
    struct err e = {.code = ERR_NONE};
    require(scram_verifier_from_secret(&v, "ghost", NULL, key, &e));
    require(scram_server_init(&s, &v, &e));
    memcpy(s.nonce, "aaaaaaaaaaaaaaaaaaaaaaaa", 25);
    if (!final) {
        require(scram_server_first(&s, data, size, &e) == (s.state == SCRAM_FINAL));
    } else {
        struct wire_out text = {.data = NULL};
        require(scram_server_first(&s, "n,,n=,r=abc", 11, &e));
        with_nonce(&text, data, size, "abc", s.nonce);
        require(!scram_server_final(&s, text.data, text.len, &e)); /* nobody is let in as a ghost */
        wire_out_free(&text);
    }
    require(s.message_len <= SCRAM_MESSAGE_MAX && (s.state == SCRAM_FAILED) == (e.code != ERR_NONE));
}

static void attack_client(const uint8_t *data, size_t size, bool final)
{
    static const struct scram_keys keys = {.salt_len = 0}; /* no hashing: it would be all the fuzzer does */
    static struct scram_client c;
    struct err e = {.code = ERR_NONE};
    struct wire_out text = {.data = NULL};
    require(scram_client_init(&c, NULL, &keys, &e));
    if (!final) {
        with_nonce(&text, data, size, "", c.nonce);
        (void)scram_client_first(&c, text.data, text.len, &e);
    } else {
        with_nonce(&text, (const uint8_t *)"r=%x,s=YQ==,i=1", 15, "", c.nonce);
        require(scram_client_first(&c, text.data, text.len, &e));
        require(!scram_client_final(&c, data, size, &e)); /* the signature cannot be guessed */
    }
    require(c.message_len <= SCRAM_MESSAGE_MAX && (c.state == SCRAM_FAILED) == (e.code != ERR_NONE));
    wire_out_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    uint8_t *rest = malloc(size);
    require(rest != NULL);
    memcpy(rest, data + 1, size - 1);
    rest[size - 1] = '\0';
    switch (data[0] % 5) {
    case 0:
    case 1:
        attack_server(rest, size - 1, data[0] % 5 == 1);
        break;
    case 2:
    case 3:
        attack_client(rest, size - 1, data[0] % 5 == 3);
        break;
    default: {
        struct scram_verifier v;
        struct err e = {.code = ERR_NONE};
        if (scram_verifier_parse(&v, (const char *)rest, &e)) {
            char text[SCRAM_VERIFIER_SIZE];
            scram_verifier_text(&v, text);
            require(scram_verifier_parse(&v, text, &e));
        }
    }
    }
    free(rest);
    return 0;
}
