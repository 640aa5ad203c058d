/*
 * md5 authentication: "md5" + hex(md5(hex(md5(password + user)) + salt)).
 */
#include "protocol.h"

#include <openssl/evp.h>
#include <string.h>

/* "md5" + hex(md5(a + b)) */
static bool md5_text(char out[MD5_TEXT_SIZE], const void *a, size_t a_len, const void *b, size_t b_len)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1 &&
              EVP_DigestUpdate(ctx, a, a_len) == 1 && EVP_DigestUpdate(ctx, b, b_len) == 1 &&
              EVP_DigestFinal_ex(ctx, sum, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    if (!ok) {
        out[0] = '\0';
        return false;
    }
    static const char digits[] = "0123456789abcdef";
    memcpy(out, "md5", 3);
    for (size_t i = 0; i < 16; i++) {
        out[3 + 2 * i] = digits[sum[i] >> 4];
        out[4 + 2 * i] = digits[sum[i] & 15];
    }
    out[35] = '\0';
    return true;
}

bool md5_is_hashed(const char *secret)
{
    /* Lower case only, as PostgreSQL's get_password_type. */
    return strlen(secret) == MD5_TEXT_SIZE - 1 && strncmp(secret, "md5", 3) == 0 &&
           strspn(secret + 3, "0123456789abcdef") == 32;
}

bool md5_hash(char out[MD5_TEXT_SIZE], const char *password, const char *user)
{
    return md5_text(out, password, strlen(password), user, strlen(user));
}

bool md5_response(char out[MD5_TEXT_SIZE], const char *secret, const char *user, const uint8_t salt[4])
{
    char stored[MD5_TEXT_SIZE];
    if (scram_is_verifier(secret)) {
        return false;
    }
    if (md5_is_hashed(secret)) {
        memcpy(stored, secret, sizeof stored);
    } else if (!md5_hash(stored, secret, user)) {
        return false;
    }
    bool ok = md5_text(out, stored + 3, 32, salt, 4);
    secret_wipe(stored, sizeof stored);
    return ok;
}

bool md5_check(const char *response, const char *secret, const char *user, const uint8_t salt[4])
{
    char expected[MD5_TEXT_SIZE];
    if (!md5_response(expected, secret, user, salt)) {
        return false;
    }
    bool same = strlen(response) == MD5_TEXT_SIZE - 1 && secret_same(response, expected, MD5_TEXT_SIZE - 1);
    secret_wipe(expected, sizeof expected);
    return same;
}
