/*
 * What both sides of SCRAM are made of: the hashes, base64, and the attributes of a message.
 * Every function that computes returns false when the library does.
 */
#ifndef WEIR_PROTOCOL_SCRAM_PARTS_H
#define WEIR_PROTOCOL_SCRAM_PARTS_H

#include "protocol.h"

/* A stretch of text, not terminated. */
struct span {
    const char *data;
    size_t len;
};

#define SCRAM_NONCE_BYTES 18 /* random; 24 characters of base64, without padding, as PostgreSQL */
#define SCRAM_NONCE_MAX 1024 /* characters of a peer's nonce; leaves room for the rest of any message */

bool scram_hmac(uint8_t out[SCRAM_KEY_LEN], const uint8_t key[SCRAM_KEY_LEN], struct span text);
bool scram_sha256(uint8_t out[SCRAM_KEY_LEN], const uint8_t *data, size_t len);
/* ClientKey and ServerKey of a password. */
bool scram_keys_derive(struct scram_keys *k, const char *password);
/* HMAC(key, client-first-bare "," server-first "," client-final-without-proof) */
bool scram_sign(uint8_t out[SCRAM_KEY_LEN], const uint8_t key[SCRAM_KEY_LEN], struct span client_first_bare,
                struct span server_first, struct span client_final);

/* A fresh nonce in base64, terminated. */
bool scram_nonce(char out[32]);

/* Terminated; out has room for 4 * (len + 2) / 3 + 1. */
void scram_base64_encode(char *out, const uint8_t *data, size_t len);
/* Strict: no blanks, padding where it belongs. Fails when it does not fit into `max` bytes. */
bool scram_base64_decode(uint8_t *out, size_t max, size_t *len, struct span text);

/* A positive decimal number that fits into an int, and nothing but digits. */
bool scram_number(uint32_t *out, struct span text);

/*
 * Reads "x=value" from the front of *rest, and the comma after it. False when there is something else.
 * A value is never missing its end: it runs to the next comma or to the end of the message.
 */
bool scram_attribute(struct span *rest, char name, struct span *value);
/* As above, with whatever name (a letter): extensions, which are passed over. */
bool scram_attribute_any(struct span *rest, char *name, struct span *value);

/* A nonce: printable ASCII, not empty, not above SCRAM_NONCE_MAX. (A comma has ended it already.) */
bool scram_nonce_valid(struct span nonce);

#endif
