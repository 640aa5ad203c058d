#include "scram_parts.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

bool scram_hmac(uint8_t out[SCRAM_KEY_LEN], const uint8_t key[SCRAM_KEY_LEN], struct span text)
{
    unsigned int len = SCRAM_KEY_LEN;
    return HMAC(EVP_sha256(), key, SCRAM_KEY_LEN, (const uint8_t *)text.data, text.len, out, &len) != NULL;
}

bool scram_sha256(uint8_t out[SCRAM_KEY_LEN], const uint8_t *data, size_t len)
{
    unsigned int out_len = SCRAM_KEY_LEN;
    return EVP_Digest(data, len, out, &out_len, EVP_sha256(), NULL) == 1;
}

bool scram_keys_derive(struct scram_keys *k, const char *password)
{
    uint8_t salted[SCRAM_KEY_LEN];
    size_t len = strlen(password);
    if (len > INT_MAX || k->iterations > INT_MAX) {
        return false;
    }
    bool ok = PKCS5_PBKDF2_HMAC(password, (int)len, k->salt, (int)k->salt_len, (int)k->iterations,
                                EVP_sha256(), SCRAM_KEY_LEN, salted) == 1;
    ok = ok && scram_hmac(k->client_key, salted, (struct span){"Client Key", 10});
    ok = ok && scram_hmac(k->server_key, salted, (struct span){"Server Key", 10});
    secret_wipe(salted, sizeof salted);
    return ok;
}

bool scram_sign(uint8_t out[SCRAM_KEY_LEN], const uint8_t key[SCRAM_KEY_LEN], struct span client_first_bare,
                struct span server_first, struct span client_final)
{
    const struct span parts[] = {client_first_bare, {",", 1}, server_first, {",", 1}, client_final};
    char text[3 * SCRAM_MESSAGE_MAX + 2];
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len > sizeof text - n) {
            return false;
        }
        memcpy(text + n, parts[i].data, parts[i].len);
        n += parts[i].len;
    }
    return scram_hmac(out, key, (struct span){text, n});
}

bool scram_nonce(char out[32])
{
    uint8_t bytes[SCRAM_NONCE_BYTES];
    if (!secret_random(bytes, sizeof bytes)) {
        return false;
    }
    scram_base64_encode(out, bytes, sizeof bytes);
    return true;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void scram_base64_encode(char *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)data[i] << 16;
        v |= n > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        v |= n > 2 ? (uint32_t)data[i + 2] : 0;
        *out++ = base64_digits[v >> 18 & 63];
        *out++ = base64_digits[v >> 12 & 63];
        *out++ = n > 1 ? base64_digits[v >> 6 & 63] : '=';
        *out++ = n > 2 ? base64_digits[v & 63] : '=';
    }
    *out = '\0';
}

/* The value of a digit, or 64. */
static uint32_t base64_value(char c)
{
    const char *at = c == '\0' ? NULL : strchr(base64_digits, c);
    return at == NULL ? 64 : (uint32_t)(at - base64_digits);
}

bool scram_base64_decode(uint8_t *out, size_t max, size_t *len, struct span text)
{
    *len = 0;
    if (text.len % 4 != 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i += 4) {
        const char *q = text.data + i;
        bool last = i + 4 == text.len;
        size_t n = 3;
        if (last && q[3] == '=') {
            n = q[2] == '=' ? 1 : 2;
        }
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            uint32_t digit = k > n ? 0 : base64_value(q[k]);
            if (digit == 64) {
                return false;
            }
            v = v << 6 | digit;
        }
        if (*len + n > max) {
            return false;
        }
        for (size_t k = 0; k < n; k++) {
            out[(*len)++] = (uint8_t)(v >> (16 - 8 * k));
        }
    }
    return true;
}

bool scram_number(uint32_t *out, struct span text)
{
    if (text.len == 0 || text.len > 10) {
        return false;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        v = v * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = (uint32_t)v;
    return v > 0 && v <= INT_MAX;
}

bool scram_attribute_any(struct span *rest, char *name, struct span *value)
{
    if (rest->len < 2 || rest->data[1] != '=') {
        return false;
    }
    *name = rest->data[0];
    if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z'))) {
        return false;
    }
    value->data = rest->data + 2;
    const char *comma = memchr(value->data, ',', rest->len - 2);
    value->len = comma == NULL ? rest->len - 2 : (size_t)(comma - value->data);
    size_t taken = 2 + value->len + (comma != NULL);
    rest->data += taken;
    rest->len -= taken;
    return true;
}

bool scram_attribute(struct span *rest, char name, struct span *value)
{
    char found = '\0';
    struct span before = *rest;
    if (scram_attribute_any(rest, &found, value) && found == name) {
        return true;
    }
    *rest = before;
    return false;
}

bool scram_nonce_valid(struct span nonce)
{
    for (size_t i = 0; i < nonce.len; i++) {
        if (nonce.data[i] < 0x21 || nonce.data[i] > 0x7e) {
            return false;
        }
    }
    return nonce.len > 0 && nonce.len <= SCRAM_NONCE_MAX;
}
