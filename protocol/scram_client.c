/*
 * SCRAM, the side that logs in to a server. The messages are drawn in scram_server.c.
 */
#include "scram_parts.h"

#include <stdio.h>
#include <string.h>

static bool fail(struct scram_client *c, struct err *e, enum err_code code, const char *message)
{
    c->state = SCRAM_FAILED;
    c->message_len = 0;
    return err_set(e, code, "%s", message);
}

bool scram_client_init(struct scram_client *c, const char *password, const struct scram_keys *keys,
                       struct err *e)
{
    memset(c, 0, sizeof *c);
    c->password = password;
    if (keys != NULL) {
        c->keys = *keys;
        c->have_keys = true;
    }
    if (!scram_nonce(c->nonce)) {
        return fail(c, e, ERR_INTERNAL, "could not generate a random nonce");
    }
    /* The user name is left empty: the server takes it from the startup packet. */
    int n = snprintf(c->message, sizeof c->message, "n,,n=,r=%s", c->nonce);
    c->message_len = (size_t)n;
    c->seen.client_first_bare_len = c->message_len - 3;
    memcpy(c->seen.client_first_bare, c->message + 3, c->seen.client_first_bare_len);
    c->state = SCRAM_FIRST;
    return true;
}

struct server_first {
    struct span nonce;
    uint8_t salt[SCRAM_SALT_MAX];
    size_t salt_len;
    uint32_t iterations;
};

static bool first_parse(struct scram_client *c, struct span text, struct server_first *m, struct err *e)
{
    struct span salt;
    struct span iterations;
    if (!scram_attribute(&text, 'r', &m->nonce) || !scram_attribute(&text, 's', &salt) ||
        !scram_attribute(&text, 'i', &iterations)) {
        return fail(c, e, ERR_PROTOCOL, "malformed SCRAM message from the server");
    }
    size_t ours = strlen(c->nonce);
    if (!scram_nonce_valid(m->nonce) || m->nonce.len <= ours || memcmp(m->nonce.data, c->nonce, ours) != 0) {
        return fail(c, e, ERR_PROTOCOL, "invalid SCRAM nonce from the server");
    }
    if (!scram_base64_decode(m->salt, sizeof m->salt, &m->salt_len, salt) || m->salt_len == 0) {
        return fail(c, e, ERR_PROTOCOL, "invalid SCRAM salt from the server");
    }
    if (!scram_number(&m->iterations, iterations)) {
        return fail(c, e, ERR_PROTOCOL, "invalid SCRAM iteration count from the server");
    }
    return true;
}

/* Settles c->keys for what the server asks: the keys at hand when they fit, else from the password. */
static bool keys_choose(struct scram_client *c, const struct server_first *m, struct err *e)
{
    struct scram_keys *k = &c->keys;
    bool same = k->salt_len == m->salt_len && memcmp(k->salt, m->salt, m->salt_len) == 0 &&
                k->iterations == m->iterations;
    bool fit = c->have_keys && (k->salt_len == 0 || same);
    if (!fit && c->password == NULL) {
        return fail(c, e, ERR_AUTH, "the server's SCRAM verifier is not the one whose keys are known");
    }
    memcpy(k->salt, m->salt, m->salt_len);
    k->salt_len = m->salt_len;
    k->iterations = m->iterations;
    if (fit) {
        return true;
    }
    if (m->iterations > SCRAM_ITERATIONS_MAX) {
        return fail(c, e, ERR_PROTOCOL, "the server asks for too many SCRAM iterations");
    }
    if (!scram_keys_derive(k, c->password)) {
        return fail(c, e, ERR_INTERNAL, "could not compute SCRAM keys");
    }
    c->have_keys = true;
    return true;
}

/* The proof: ClientKey XOR HMAC(H(ClientKey), AuthMessage). Keeps the signature the server will owe. */
static bool proof_make(struct scram_client *c, struct span server_first, struct span unsigned_text,
                       uint8_t proof[SCRAM_KEY_LEN])
{
    struct span first_bare = {c->seen.client_first_bare, c->seen.client_first_bare_len};
    uint8_t stored_key[SCRAM_KEY_LEN];
    if (!scram_sha256(stored_key, c->keys.client_key, SCRAM_KEY_LEN) ||
        !scram_sign(proof, stored_key, first_bare, server_first, unsigned_text) ||
        !scram_sign(c->seen.server_signature, c->keys.server_key, first_bare, server_first, unsigned_text)) {
        return false;
    }
    for (size_t i = 0; i < SCRAM_KEY_LEN; i++) {
        proof[i] ^= c->keys.client_key[i];
    }
    return true;
}

bool scram_client_first(struct scram_client *c, const void *data, size_t len, struct err *e)
{
    if (c->state != SCRAM_FIRST || len == 0 || len > SCRAM_MESSAGE_MAX || memchr(data, 0, len) != NULL) {
        return fail(c, e, ERR_PROTOCOL, "malformed SCRAM message from the server");
    }
    struct span text = {data, len};
    struct server_first m = {.salt_len = 0};
    if (!first_parse(c, text, &m, e) || !keys_choose(c, &m, e)) {
        return false;
    }
    c->password = NULL;
    int n = snprintf(c->message, sizeof c->message, "c=biws,r=%.*s", (int)m.nonce.len, m.nonce.data);
    uint8_t proof[SCRAM_KEY_LEN];
    if (!proof_make(c, text, (struct span){c->message, (size_t)n}, proof)) {
        return fail(c, e, ERR_INTERNAL, "could not compute a SCRAM proof");
    }
    memcpy(c->message + n, ",p=", 3);
    scram_base64_encode(c->message + n + 3, proof, SCRAM_KEY_LEN);
    c->message_len = strlen(c->message);
    c->state = SCRAM_FINAL;
    return true;
}

bool scram_client_final(struct scram_client *c, const void *data, size_t len, struct err *e)
{
    if (c->state != SCRAM_FINAL || len == 0 || len > SCRAM_MESSAGE_MAX || memchr(data, 0, len) != NULL) {
        return fail(c, e, ERR_PROTOCOL, "malformed SCRAM message from the server");
    }
    struct span text = {data, len};
    struct span value;
    if (scram_attribute(&text, 'e', &value)) {
        return fail(c, e, ERR_AUTH, "the server reported an error in the SCRAM exchange");
    }
    uint8_t signature[SCRAM_KEY_LEN];
    size_t signature_len = 0;
    if (!scram_attribute(&text, 'v', &value) ||
        !scram_base64_decode(signature, sizeof signature, &signature_len, value) ||
        signature_len != sizeof signature) {
        return fail(c, e, ERR_PROTOCOL, "malformed SCRAM message from the server");
    }
    if (!secret_same(signature, c->seen.server_signature, sizeof signature)) {
        return fail(c, e, ERR_AUTH, "incorrect server signature");
    }
    c->message_len = 0;
    c->state = SCRAM_DONE;
    return true;
}
