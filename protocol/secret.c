#include "protocol.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

bool secret_random(void *data, size_t len)
{
    return len <= 0x7fffffff && RAND_bytes(data, (int)len) == 1;
}

bool secret_same(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void secret_wipe(void *data, size_t len)
{
    OPENSSL_cleanse(data, len);
}

static bool same_text(const char *a, const char *b)
{
    size_t len = strlen(a);
    return strlen(b) == len && secret_same(a, b, len);
}

bool secret_check_password(const char *password, const char *secret, const char *user)
{
    if (*password == '\0' || *secret == '\0') {
        return false; /* as PostgreSQL: an empty password is no password */
    }
    if (md5_is_hashed(secret)) {
        char hashed[MD5_TEXT_SIZE];
        return md5_hash(hashed, password, user) && same_text(hashed, secret);
    }
    if (!scram_is_verifier(secret)) {
        return same_text(password, secret);
    }
    struct err ignored = {.code = ERR_NONE};
    struct scram_verifier stored;
    struct scram_verifier made;
    return scram_verifier_parse(&stored, secret, &ignored) && stored.iterations <= SCRAM_ITERATIONS_MAX &&
           scram_verifier_make(&made, password, stored.salt, stored.salt_len, stored.iterations, &ignored) &&
           secret_same(made.stored_key, stored.stored_key, SCRAM_KEY_LEN);
}
