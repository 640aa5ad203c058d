/*
 * What is stored in place of a password: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey.
 */
#include "scram_parts.h"

#include <stdio.h>
#include <string.h>

#define VERIFIER_PREFIX "SCRAM-SHA-256$"
#define VERIFIER_SALT_BYTES 16 /* as PostgreSQL's SCRAM_DEFAULT_SALT_LEN */

bool scram_is_verifier(const char *secret)
{
    return strncmp(secret, VERIFIER_PREFIX, strlen(VERIFIER_PREFIX)) == 0;
}

/* Text up to `stop` (or to the end, for '\0'); *rest goes behind it. */
static bool span_until(const char **rest, char stop, struct span *out)
{
    const char *end = strchr(*rest, stop); /* of '\0' it finds the terminator */
    if (end == NULL) {
        return false;
    }
    *out = (struct span){*rest, (size_t)(end - *rest)};
    *rest = end + 1;
    return true;
}

static bool key_decode(uint8_t key[SCRAM_KEY_LEN], struct span text)
{
    size_t len = 0;
    return scram_base64_decode(key, SCRAM_KEY_LEN, &len, text) && len == SCRAM_KEY_LEN;
}

bool scram_verifier_parse(struct scram_verifier *v, const char *text, struct err *e)
{
    struct span iterations;
    struct span salt;
    struct span stored_key;
    struct span server_key;
    memset(v, 0, sizeof *v);
    const char *rest = scram_is_verifier(text) ? text + strlen(VERIFIER_PREFIX) : "";
    if (!span_until(&rest, ':', &iterations) || !span_until(&rest, '$', &salt) ||
        !span_until(&rest, ':', &stored_key) || !span_until(&rest, '\0', &server_key) ||
        !scram_number(&v->iterations, iterations) ||
        !scram_base64_decode(v->salt, sizeof v->salt, &v->salt_len, salt) || v->salt_len == 0 ||
        !key_decode(v->stored_key, stored_key) || !key_decode(v->server_key, server_key)) {
        /* The text is a secret: it is not repeated. */
        return err_set(e, ERR_CONFIG, "malformed SCRAM-SHA-256 verifier");
    }
    return true;
}

bool scram_verifier_make(struct scram_verifier *v, const char *password, const uint8_t *salt, size_t salt_len,
                         uint32_t iterations, struct err *e)
{
    memset(v, 0, sizeof *v);
    if (salt_len == 0 || salt_len > sizeof v->salt || iterations == 0 || iterations > 0x7fffffff) {
        return err_set(e, ERR_INVALID_PARAMETER, "SCRAM salt or iteration count out of range");
    }
    struct scram_keys keys = {.salt_len = salt_len, .iterations = iterations};
    memcpy(keys.salt, salt, salt_len);
    bool ok = scram_keys_derive(&keys, password) &&
              scram_sha256(v->stored_key, keys.client_key, sizeof keys.client_key);
    if (ok) {
        memcpy(v->server_key, keys.server_key, sizeof v->server_key);
        memcpy(v->salt, salt, salt_len);
        v->salt_len = salt_len;
        v->iterations = iterations;
    }
    secret_wipe(&keys, sizeof keys);
    return ok || err_set(e, ERR_INTERNAL, "could not compute a SCRAM verifier");
}

void scram_verifier_text(const struct scram_verifier *v, char out[SCRAM_VERIFIER_SIZE])
{
    char salt[(SCRAM_SALT_MAX + 2) / 3 * 4 + 1];
    char stored_key[(SCRAM_KEY_LEN + 2) / 3 * 4 + 1];
    char server_key[(SCRAM_KEY_LEN + 2) / 3 * 4 + 1];
    scram_base64_encode(salt, v->salt, v->salt_len);
    scram_base64_encode(stored_key, v->stored_key, SCRAM_KEY_LEN);
    scram_base64_encode(server_key, v->server_key, SCRAM_KEY_LEN);
    snprintf(out, SCRAM_VERIFIER_SIZE, VERIFIER_PREFIX "%u:%s$%s:%s", v->iterations, salt, stored_key,
             server_key);
}

bool scram_verifier_from_secret(struct scram_verifier *v, const char *user, const char *secret,
                                const uint8_t key[SCRAM_KEY_LEN], struct err *e)
{
    if (secret != NULL && scram_is_verifier(secret)) {
        return scram_verifier_parse(v, secret, e);
    }
    /* One salt per name: whoever asks twice must not see by a new salt that the user is made up. */
    uint8_t salt[SCRAM_KEY_LEN];
    if (!scram_hmac(salt, key, (struct span){user, strlen(user)})) {
        return err_set(e, ERR_INTERNAL, "could not compute a SCRAM salt");
    }
    if (secret != NULL && *secret != '\0' && !md5_is_hashed(secret)) {
        return scram_verifier_make(v, secret, salt, VERIFIER_SALT_BYTES, SCRAM_ITERATIONS, e);
    }
    memset(v, 0, sizeof *v);
    memcpy(v->salt, salt, VERIFIER_SALT_BYTES);
    v->salt_len = VERIFIER_SALT_BYTES;
    v->iterations = SCRAM_ITERATIONS;
    v->mock = true;
    return true;
}
