/*
 * SCRAM, the side that checks a client.
 *
 *     client-first   n,,n=user,r=NONCE                          the user was named in the startup packet
 *     server-first   r=NONCEours,s=SALT,i=ITERATIONS
 *     client-final   c=biws,r=NONCEours,p=PROOF
 *     server-final   v=SIGNATURE
 */
#include "scram_parts.h"

#include <stdio.h>
#include <string.h>

static bool fail(struct scram_server *s, struct err *e, enum err_code code, const char *message,
                 const char *detail)
{
    s->state = SCRAM_FAILED;
    s->message_len = 0;
    err_set(e, code, "%s", message);
    if (detail != NULL) {
        err_detail(e, "%s", detail);
    }
    return false;
}

static bool malformed(struct scram_server *s, struct err *e, const char *detail)
{
    return fail(s, e, ERR_PROTOCOL, "malformed SCRAM message", detail);
}

/* What no message may be: empty, too long, or with a zero byte in it. */
static bool acceptable(const void *data, size_t len)
{
    return len > 0 && len <= SCRAM_MESSAGE_MAX && memchr(data, 0, len) == NULL;
}

bool scram_server_init(struct scram_server *s, const struct scram_verifier *v, struct err *e)
{
    memset(s, 0, sizeof *s);
    s->verifier = *v;
    s->state = SCRAM_FIRST;
    if (!scram_nonce(s->nonce)) {
        return fail(s, e, ERR_INTERNAL, "could not generate a random nonce", NULL);
    }
    return true;
}

/* The gs2 header "n,," or "y,,". Authorization as somebody else, "n,a=other,", PostgreSQL does not know. */
static bool take_gs2_header(struct scram_server *s, struct span *text, struct err *e)
{
    char flag = text->data[0];
    if (flag == 'p') {
        return fail(
            s, e, ERR_AUTH_SPEC, "SCRAM channel binding is not supported",
            "The client selected SCRAM-SHA-256 without channel binding, but sent channel binding data.");
    }
    if (flag != 'n' && flag != 'y') {
        return malformed(s, e, "Unexpected channel-binding flag.");
    }
    if (text->len < 3 || text->data[1] != ',') {
        return malformed(s, e, "Comma expected after the channel-binding flag.");
    }
    if (text->data[2] != ',') {
        return fail(s, e, ERR_UNSUPPORTED, "client uses authorization identity, but it is not supported",
                    NULL);
    }
    s->seen.gs2_flag = flag;
    text->data += 3;
    text->len -= 3;
    return true;
}

bool scram_server_first(struct scram_server *s, const void *data, size_t len, struct err *e)
{
    if (s->state != SCRAM_FIRST || !acceptable(data, len)) {
        return malformed(s, e, "The message is empty, too long, or out of order.");
    }
    struct span text = {data, len};
    if (!take_gs2_header(s, &text, e)) {
        return false;
    }
    memcpy(s->seen.client_first_bare, text.data, text.len);
    s->seen.client_first_bare_len = text.len;
    struct span user;
    struct span nonce;
    if (!scram_attribute(&text, 'n', &user) || !scram_attribute(&text, 'r', &nonce)) {
        return malformed(s, e, "Expected the attributes \"n\" and \"r\".");
    }
    if (!scram_nonce_valid(nonce)) {
        return malformed(s, e, "The nonce is empty, too long, or has characters that are not printable.");
    }
    while (text.len > 0) {
        char name = '\0';
        struct span ignored;
        if (!scram_attribute_any(&text, &name, &ignored)) {
            return malformed(s, e, "Attribute expected.");
        }
    }
    char salt[(SCRAM_SALT_MAX + 2) / 3 * 4 + 1];
    scram_base64_encode(salt, s->verifier.salt, s->verifier.salt_len);
    int n = snprintf(s->message, sizeof s->message, "r=%.*s%s,s=%s,i=%u", (int)nonce.len, nonce.data,
                     s->nonce, salt, s->verifier.iterations);
    s->message_len = (size_t)n;
    s->seen.full_nonce_len = nonce.len + strlen(s->nonce);
    s->state = SCRAM_FINAL;
    return true;
}

/* c=, r=, extensions, p=. *unsigned_text is what the proof signs: all before ",p=". */
static bool final_parse(struct scram_server *s, struct span text, struct span *unsigned_text,
                        uint8_t proof[SCRAM_KEY_LEN], struct err *e)
{
    const char *start = text.data;
    struct span binding;
    struct span nonce;
    if (!scram_attribute(&text, 'c', &binding) || !scram_attribute(&text, 'r', &nonce)) {
        return malformed(s, e, "Expected the attributes \"c\" and \"r\".");
    }
    const char *expected = s->seen.gs2_flag == 'n' ? "biws" : "eSws"; /* base64 of the gs2 header */
    if (binding.len != 4 || memcmp(binding.data, expected, 4) != 0) {
        return fail(s, e, ERR_PROTOCOL, "unexpected SCRAM channel-binding attribute in client-final-message",
                    NULL);
    }
    if (nonce.len != s->seen.full_nonce_len || memcmp(nonce.data, s->message + 2, nonce.len) != 0) {
        return fail(s, e, ERR_PROTOCOL, "invalid SCRAM response", "Nonce does not match.");
    }
    char name = '\0';
    struct span value = {"", 0};
    do {
        unsigned_text->data = start;
        unsigned_text->len = (size_t)(text.data - start) - 1; /* without the comma */
        if (!scram_attribute_any(&text, &name, &value)) {
            return malformed(s, e, "Expected the attribute \"p\".");
        }
    } while (name != 'p');
    size_t proof_len = 0;
    if (text.len > 0 || value.data + value.len != text.data ||
        !scram_base64_decode(proof, SCRAM_KEY_LEN, &proof_len, value) || proof_len != SCRAM_KEY_LEN) {
        return malformed(s, e, "Malformed proof in client-final-message.");
    }
    return true;
}

bool scram_server_final(struct scram_server *s, const void *data, size_t len, struct err *e)
{
    if (s->state != SCRAM_FINAL || !acceptable(data, len)) {
        return malformed(s, e, "The message is empty, too long, or out of order.");
    }
    struct span unsigned_text;
    uint8_t proof[SCRAM_KEY_LEN];
    if (!final_parse(s, (struct span){data, len}, &unsigned_text, proof, e)) {
        return false;
    }
    struct span first_bare = {s->seen.client_first_bare, s->seen.client_first_bare_len};
    struct span server_first = {s->message, s->message_len};
    uint8_t client_signature[SCRAM_KEY_LEN];
    uint8_t server_signature[SCRAM_KEY_LEN];
    uint8_t stored_key[SCRAM_KEY_LEN];
    if (!scram_sign(client_signature, s->verifier.stored_key, first_bare, server_first, unsigned_text) ||
        !scram_sign(server_signature, s->verifier.server_key, first_bare, server_first, unsigned_text)) {
        return fail(s, e, ERR_INTERNAL, "could not compute a SCRAM signature", NULL);
    }
    for (size_t i = 0; i < SCRAM_KEY_LEN; i++) {
        s->client_key[i] = proof[i] ^ client_signature[i];
    }
    if (!scram_sha256(stored_key, s->client_key, SCRAM_KEY_LEN)) {
        return fail(s, e, ERR_INTERNAL, "could not compute a SCRAM key", NULL);
    }
    bool proven = secret_same(stored_key, s->verifier.stored_key, SCRAM_KEY_LEN);
    if (!proven || s->verifier.mock) {
        secret_wipe(s->client_key, sizeof s->client_key);
        return fail(s, e, ERR_AUTH, "password authentication failed", NULL);
    }
    memcpy(s->message, "v=", 2);
    scram_base64_encode(s->message + 2, server_signature, SCRAM_KEY_LEN);
    s->message_len = strlen(s->message);
    s->state = SCRAM_DONE;
    return true;
}

void scram_server_keys(const struct scram_server *s, struct scram_keys *keys)
{
    memset(keys, 0, sizeof *keys);
    memcpy(keys->client_key, s->client_key, SCRAM_KEY_LEN);
    memcpy(keys->server_key, s->verifier.server_key, SCRAM_KEY_LEN);
    memcpy(keys->salt, s->verifier.salt, s->verifier.salt_len);
    keys->salt_len = s->verifier.salt_len;
    keys->iterations = s->verifier.iterations;
}
