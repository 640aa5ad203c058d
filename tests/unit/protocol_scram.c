#include "protocol_test.h"

#include <stdio.h>

static const uint8_t mock_key[SCRAM_KEY_LEN] = {1, 2, 3};

/* Gives a message to a step from a buffer of exactly its size. */
#define GIVE(step, side, text, len, e) give_##step((side), (text), (len), (e))
#define GIVE_STEP(step, type)                                                                                \
    static bool give_##step(type *side, const char *text, size_t len, struct err *e)                         \
    {                                                                                                        \
        uint8_t *copy = exact_copy(text, len);                                                               \
        bool ok = step(side, copy, len, e);                                                                  \
        free(copy);                                                                                          \
        return ok;                                                                                           \
    }
GIVE_STEP(scram_server_first, struct scram_server)
GIVE_STEP(scram_server_final, struct scram_server)
GIVE_STEP(scram_client_first, struct scram_client)
GIVE_STEP(scram_client_final, struct scram_client)

/* The whole exchange; where it stopped: 0 client's first message ... 4 both are done. */
static int exchange(struct scram_client *c, struct scram_server *s, struct err *e)
{
    if (!GIVE(scram_server_first, s, c->message, c->message_len, e)) {
        return 0;
    }
    if (!GIVE(scram_client_first, c, s->message, s->message_len, e)) {
        return 1;
    }
    if (!GIVE(scram_server_final, s, c->message, c->message_len, e)) {
        return 2;
    }
    return GIVE(scram_client_final, c, s->message, s->message_len, e) ? 4 : 3;
}

static int login(const char *user, const char *stored, const char *password, const struct scram_keys *keys,
                 struct scram_keys *learned)
{
    struct err e = {.code = ERR_NONE};
    struct scram_verifier v;
    struct scram_server s;
    struct scram_client c;
    assert_true(scram_verifier_from_secret(&v, user, stored, mock_key, &e));
    assert_true(scram_server_init(&s, &v, &e));
    assert_true(scram_client_init(&c, password, keys, &e));
    int reached = exchange(&c, &s, &e);
    assert_int_equal(reached == 4, e.code == ERR_NONE);
    if (learned != NULL) {
        scram_server_keys(&s, learned);
    }
    return reached;
}

static void passwords_that_match_and_do_not(void **state)
{
    (void)state;
    char verifier[SCRAM_VERIFIER_SIZE];
    struct scram_verifier v;
    struct err e = {.code = ERR_NONE};
    assert_true(scram_verifier_make(&v, "secret", (const uint8_t *)"salt", 4, 1000, &e));
    scram_verifier_text(&v, verifier);
    assert_int_equal(login("al", "secret", "secret", NULL, NULL), 4);
    assert_int_equal(login("al", "secret", "Secret", NULL, NULL), 2);
    assert_int_equal(login("al", "secret", "", NULL, NULL), 2);
    assert_int_equal(login("al", verifier, "secret", NULL, NULL), 4);
    assert_int_equal(login("al", verifier, "wrong", NULL, NULL), 2);
    assert_int_equal(login("al", "p\xc3\xa4ss w\xc3\xb6rd", "p\xc3\xa4ss w\xc3\xb6rd", NULL, NULL), 4);
    /* no such user, no password, a hash that cannot serve: the exchange goes on and fails at its end */
    assert_int_equal(login("al", NULL, "secret", NULL, NULL), 2);
    assert_int_equal(login("al", "", "", NULL, NULL), 2);
    assert_int_equal(login("al", "md50123456789abcdef0123456789abcdef", "secret", NULL, NULL), 2);
    char *longest = malloc(60001);
    memset(longest, 'x', 60000);
    longest[60000] = '\0';
    assert_int_equal(login("al", longest, longest, NULL, NULL), 4);
    free(longest);
}

/* What a login taught the server side logs in to another server that keeps the same verifier. */
static void keys_pass_through(void **state)
{
    (void)state;
    char verifier[SCRAM_VERIFIER_SIZE];
    char other[SCRAM_VERIFIER_SIZE];
    struct scram_verifier v;
    struct scram_keys keys;
    struct err e = {.code = ERR_NONE};
    assert_true(scram_verifier_make(&v, "secret", (const uint8_t *)"0123456789abcdef", 16, 4096, &e));
    scram_verifier_text(&v, verifier);
    assert_true(scram_verifier_make(&v, "secret", (const uint8_t *)"another salt of 16", 16, 4096, &e));
    scram_verifier_text(&v, other);
    assert_int_equal(login("al", verifier, "secret", NULL, &keys), 4);
    assert_int_equal(login("al", verifier, NULL, &keys, NULL), 4);
    assert_int_equal(login("al", verifier, "not even the password", &keys, NULL), 4);
    /* another salt: the keys do not fit, and only a password helps */
    assert_int_equal(login("al", other, NULL, &keys, NULL), 1);
    assert_int_equal(login("al", other, "secret", &keys, NULL), 4);
    /* keys of unknown salt are tried */
    keys.salt_len = 0;
    assert_int_equal(login("al", verifier, NULL, &keys, NULL), 4);
    assert_int_equal(login("al", other, NULL, &keys, NULL), 2);
    /* a wrong ServerKey: the server cannot prove itself */
    keys.server_key[0] ^= 1;
    assert_int_equal(login("al", verifier, NULL, &keys, NULL), 3);
    assert_int_equal(login("al", verifier, NULL, NULL, NULL), 1);
}

static void client_keys_are_worth_keeping(void **state)
{
    (void)state;
    struct err e = {.code = ERR_NONE};
    struct scram_verifier v;
    struct scram_server s;
    struct scram_client c;
    assert_true(scram_verifier_from_secret(&v, "al", "secret", mock_key, &e));
    assert_true(scram_server_init(&s, &v, &e));
    assert_true(scram_client_init(&c, "secret", NULL, &e));
    assert_int_equal(exchange(&c, &s, &e), 4);
    assert_true(c.have_keys);
    assert_int_equal(c.keys.iterations, SCRAM_ITERATIONS);
    struct scram_keys keys = c.keys;
    assert_int_equal(login("al", "secret", NULL, &keys, NULL), 4);
}

/* RFC 7677, section 3. */
static void the_example_of_the_rfc(void **state)
{
    (void)state;
    const char server_first[] =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const char client_final[] = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const char server_final[] = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    struct err e = {.code = ERR_NONE};
    struct scram_client c;
    assert_true(scram_client_init(&c, "pencil", NULL, &e));
    strcpy(c.nonce, "rOprNGfwEbeRWgbNEkqO");
    strcpy(c.seen.client_first_bare, "n=user,r=rOprNGfwEbeRWgbNEkqO");
    c.seen.client_first_bare_len = strlen(c.seen.client_first_bare);
    assert_true(scram_client_first(&c, server_first, sizeof server_first - 1, &e));
    assert_int_equal(c.message_len, sizeof client_final - 1);
    assert_memory_equal(c.message, client_final, c.message_len);
    assert_true(scram_client_final(&c, server_final, sizeof server_final - 1, &e));
    assert_int_equal(c.state, SCRAM_DONE);

    struct scram_verifier v;
    struct scram_server s;
    const uint8_t salt[] = {0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e,
                            0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81};
    assert_true(scram_verifier_make(&v, "pencil", salt, sizeof salt, 4096, &e));
    assert_true(scram_server_init(&s, &v, &e));
    strcpy(s.nonce, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    assert_true(scram_server_first(&s, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", 32, &e));
    assert_int_equal(s.message_len, sizeof server_first - 1);
    assert_memory_equal(s.message, server_first, s.message_len);
    assert_true(scram_server_final(&s, client_final, sizeof client_final - 1, &e));
    assert_int_equal(s.message_len, sizeof server_final - 1);
    assert_memory_equal(s.message, server_final, s.message_len);
}

static void verifiers_are_read_strictly(void **state)
{
    (void)state;
    /* as pg_authid.rolpassword shows it */
#define KEYS "mOOWbjNlBBIfaZlj9WzIkVnPkYkRNlcV0Td6eqm2Xc0=:l9YE+PmsxCzbTfd4SGYOT0dNh9bUcMyuPtRPXjWjsfQ="
    const struct {
        const char *text;
        bool ok;
    } cases[] = {{"SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2E=$" KEYS, true},
                 {"SCRAM-SHA-256$1:YQ==$" KEYS, true},
                 {"SCRAM-SHA-256$0:YQ==$" KEYS, false},
                 {"SCRAM-SHA-256$-1:YQ==$" KEYS, false},
                 {"SCRAM-SHA-256$2147483647:YQ==$" KEYS, true},
                 {"SCRAM-SHA-256$2147483648:YQ==$" KEYS, false},
                 {"SCRAM-SHA-256$99999999999999999999:YQ==$" KEYS, false},
                 {"SCRAM-SHA-256$4096 :YQ==$" KEYS, false},
                 {"SCRAM-SHA-256$4096:$" KEYS, false},
                 {"SCRAM-SHA-256$4096:YQ=$" KEYS, false},
                 {"SCRAM-SHA-256$4096:YQ==$" KEYS "x", false},
                 {"SCRAM-SHA-256$4096:YQ==$" KEYS ":", false},
                 {"SCRAM-SHA-256$4096:YQ==$YQ==:YQ==", false},
                 {"SCRAM-SHA-256$4096:YQ==$", false},
                 {"SCRAM-SHA-256$4096:YQ==", false},
                 {"SCRAM-SHA-256$4096", false},
                 {"SCRAM-SHA-256$", false},
                 {"scram-sha-256$4096:YQ==$" KEYS, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scram_verifier v;
        struct err e = {.code = ERR_NONE};
        bool ok = scram_verifier_parse(&v, cases[i].text, &e);
        if (ok != cases[i].ok) {
            fail_msg("%s: %d", cases[i].text, ok);
        }
        if (ok) {
            char text[SCRAM_VERIFIER_SIZE];
            scram_verifier_text(&v, text);
            assert_string_equal(text, cases[i].text);
        } else {
            assert_null(strstr(e.message, "YQ")); /* a secret is not repeated */
        }
    }
    /* the longest salt there may be, and one byte more */
    char text[1024];
    char salt[256];
    memset(salt, 'A', sizeof salt);
    struct scram_verifier v;
    struct err e = {.code = ERR_NONE};
    snprintf(text, sizeof text, "SCRAM-SHA-256$4096:%.168sAAA=$" KEYS, salt);
    assert_true(scram_verifier_parse(&v, text, &e));
    assert_int_equal(v.salt_len, SCRAM_SALT_MAX);
    char back[SCRAM_VERIFIER_SIZE];
    scram_verifier_text(&v, back);
    assert_string_equal(back, text);
    snprintf(text, sizeof text, "SCRAM-SHA-256$4096:%.172s$" KEYS, salt);
    assert_false(scram_verifier_parse(&v, text, &e));
}

static void a_user_that_does_not_exist_always_has_one_salt(void **state)
{
    (void)state;
    struct scram_verifier a;
    struct scram_verifier b;
    struct err e = {.code = ERR_NONE};
    assert_true(scram_verifier_from_secret(&a, "ghost", NULL, mock_key, &e));
    assert_true(scram_verifier_from_secret(&b, "ghost", NULL, mock_key, &e));
    assert_true(a.mock);
    assert_int_equal(a.salt_len, 16);
    assert_int_equal(a.iterations, 4096);
    assert_memory_equal(a.salt, b.salt, 16);
    assert_true(scram_verifier_from_secret(&b, "ghost", "password", mock_key, &e));
    assert_memory_equal(a.salt, b.salt, 16);
    assert_true(scram_verifier_from_secret(&b, "ghost2", NULL, mock_key, &e));
    assert_memory_not_equal(a.salt, b.salt, 16);
    /* the all-zero keys of a mock are known to everybody; they must not open it */
    struct scram_server s;
    struct scram_client c;
    struct scram_keys zero = {.salt_len = 0};
    assert_true(scram_server_init(&s, &a, &e));
    assert_true(scram_client_init(&c, NULL, &zero, &e));
    assert_int_equal(exchange(&c, &s, &e), 2);
    assert_int_equal(e.code, ERR_AUTH);
}

/* A2: client-first messages that are none, and some that only look so. */
static void client_first_messages(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum err_code code;
    } cases[] = {{"n,,n=,r=abc", ERR_NONE},
                 {"y,,n=al,r=abc", ERR_NONE},
                 {"n,,n=al,r=abc,x=future,y=", ERR_NONE},
                 {"n,,n=al,r=abc,", ERR_NONE},
                 {"p=tls-server-end-point,,n=,r=abc", ERR_AUTH_SPEC},
                 {"n,a=root,n=,r=abc", ERR_UNSUPPORTED},
                 {"", ERR_PROTOCOL},
                 {"n", ERR_PROTOCOL},
                 {"n,", ERR_PROTOCOL},
                 {"n,,", ERR_PROTOCOL},
                 {"nn,n=,r=abc", ERR_PROTOCOL},
                 {"x,,n=,r=abc", ERR_PROTOCOL},
                 {"n,,n=", ERR_PROTOCOL},
                 {"n,,n", ERR_PROTOCOL},
                 {"n,,r=abc", ERR_PROTOCOL},
                 {"n,,m=x,n=,r=abc", ERR_PROTOCOL},
                 {"n,,n=,r=", ERR_PROTOCOL},
                 {"n,,n=,r=a b", ERR_PROTOCOL},
                 {"n,,n=,r=a\x7f", ERR_PROTOCOL},
                 {"n,,n=,r=a\xff", ERR_PROTOCOL},
                 {"n,,n=,r=abc,junk", ERR_PROTOCOL},
                 {"n,,n=,r=abc,=", ERR_PROTOCOL}};
    struct scram_verifier v;
    struct scram_server s;
    struct err e = {.code = ERR_NONE};
    assert_true(scram_verifier_from_secret(&v, "al", NULL, mock_key, &e));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err_clear(&e);
        assert_true(scram_server_init(&s, &v, &e));
        (void)GIVE(scram_server_first, &s, cases[i].text, strlen(cases[i].text), &e);
        if (e.code != cases[i].code) {
            fail_msg("\"%s\": %d %s", cases[i].text, e.code, e.message);
        }
        assert_int_equal(s.state, e.code == ERR_NONE ? SCRAM_FINAL : SCRAM_FAILED);
    }
    err_clear(&e);
    assert_true(scram_server_init(&s, &v, &e));
    assert_false(scram_server_first(&s, "n,,n=\0,r=abc", 12, &e));

    char *huge = malloc(100000);
    memset(huge, 'x', 100000);
    memcpy(huge, "n,,n=,r=", 8);
    const size_t lengths[] = {8 + 1024, 8 + 1025, SCRAM_MESSAGE_MAX, SCRAM_MESSAGE_MAX + 1, 100000};
    for (size_t i = 0; i < 5; i++) {
        err_clear(&e);
        assert_true(scram_server_init(&s, &v, &e));
        assert_int_equal(GIVE(scram_server_first, &s, huge, lengths[i], &e), i == 0);
    }
    free(huge);
}

/* Client-final messages, each after the same good beginning. %s is the nonce the server gave. */
static void client_final_messages(void **state)
{
    (void)state;
#define PROOF "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    const struct {
        const char *format;
        enum err_code code;
    } cases[] = {{"c=biws,r=%s,p=" PROOF, ERR_AUTH},
                 {"c=biws,r=%s,x=ext,p=" PROOF, ERR_AUTH},
                 {"c=eSws,r=%s,p=" PROOF, ERR_PROTOCOL},
                 {"c=biwsbiws,r=%s,p=" PROOF, ERR_PROTOCOL},
                 {"c=,r=%s,p=" PROOF, ERR_PROTOCOL},
                 {"r=%s,p=" PROOF, ERR_PROTOCOL},
                 {"c=biws,r=%sx,p=" PROOF, ERR_PROTOCOL},
                 {"c=biws,r=abc,p=" PROOF, ERR_PROTOCOL},
                 {"c=biws,r=,p=" PROOF, ERR_PROTOCOL},
                 {"c=biws,r=%s", ERR_PROTOCOL},
                 {"c=biws,r=%s,", ERR_PROTOCOL},
                 {"c=biws,r=%s,p=", ERR_PROTOCOL},
                 {"c=biws,r=%s,p=AAAA", ERR_PROTOCOL},
                 {"c=biws,r=%s,p=" PROOF ",", ERR_PROTOCOL},
                 {"c=biws,r=%s,p=" PROOF ",x=y", ERR_PROTOCOL},
                 {"c=biws,r=%s,p=" PROOF "AAAA", ERR_PROTOCOL},
                 {"c=biws,r=%s,p= " PROOF, ERR_PROTOCOL},
                 {"c=biws,r=%s,x,p=" PROOF, ERR_PROTOCOL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scram_verifier v;
        struct scram_server s;
        struct err e = {.code = ERR_NONE};
        char nonce[80];
        char text[256];
        assert_true(scram_verifier_from_secret(&v, "al", "secret", mock_key, &e));
        assert_true(scram_server_init(&s, &v, &e));
        assert_true(scram_server_first(&s, "n,,n=,r=abc", 11, &e));
        snprintf(nonce, sizeof nonce, "abc%s", s.nonce);
        const char *hole = strstr(cases[i].format, "%s");
        int before = hole == NULL ? (int)strlen(cases[i].format) : (int)(hole - cases[i].format);
        snprintf(text, sizeof text, "%.*s%s%s", before, cases[i].format, hole == NULL ? "" : nonce,
                 hole == NULL ? "" : hole + 2);
        assert_false(GIVE(scram_server_final, &s, text, strlen(text), &e));
        if (e.code != cases[i].code) {
            fail_msg("\"%s\": %d %s %s", text, e.code, e.message, e.detail);
        }
        assert_int_equal(s.state, SCRAM_FAILED);
        err_clear(&e);
        assert_false(GIVE(scram_server_final, &s, text, strlen(text), &e)); /* there is no second try */
        assert_false(GIVE(scram_server_first, &s, "n,,n=,r=abc", 11, &e));
    }
}

/* What a bad server may say. %s is the client's nonce. */
static void server_messages(void **state)
{
    (void)state;
    const struct {
        const char *format;
        enum err_code code;
    } firsts[] = {{"r=%sX,s=YQ==,i=1", ERR_NONE},           {"r=%sX,s=YQ==,i=1,x=ext", ERR_NONE},
                  {"r=%s,s=YQ==,i=4096", ERR_PROTOCOL}, /* no nonce of its own */
                  {"r=X,s=YQ==,i=4096", ERR_PROTOCOL},      {"r=X%s,s=YQ==,i=4096", ERR_PROTOCOL},
                  {"r=%sX,s=,i=4096", ERR_PROTOCOL},        {"r=%sX,s=*,i=4096", ERR_PROTOCOL},
                  {"r=%sX,s=YQ==,i=0", ERR_PROTOCOL},       {"r=%sX,s=YQ==,i=-4", ERR_PROTOCOL},
                  {"r=%sX,s=YQ==,i=2000001", ERR_PROTOCOL}, {"r=%sX,s=YQ==,i=99999999999", ERR_PROTOCOL},
                  {"r=%sX,s=YQ==,i=4096x", ERR_PROTOCOL},   {"r=%sX,s=YQ==,i=", ERR_PROTOCOL},
                  {"r=%sX,s=YQ==", ERR_PROTOCOL},           {"r=%sX", ERR_PROTOCOL},
                  {"m=x,r=%sX,s=YQ==,i=1", ERR_PROTOCOL},   {"", ERR_PROTOCOL}};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        struct scram_client c;
        struct err e = {.code = ERR_NONE};
        char text[256] = "";
        assert_true(scram_client_init(&c, "secret", NULL, &e));
        const char *hole = strstr(firsts[i].format, "%s");
        if (hole != NULL) {
            snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - firsts[i].format), firsts[i].format, c.nonce,
                     hole + 2);
        } else {
            snprintf(text, sizeof text, "%s", firsts[i].format);
        }
        (void)GIVE(scram_client_first, &c, text, strlen(text), &e);
        if (e.code != firsts[i].code) {
            fail_msg("\"%s\": %d %s", text, e.code, e.message);
        }
        if (e.code == ERR_NONE) {
            const char *finals[] = {"v=" PROOF, "e=other-error", "v=", "v=AAAA", "", "v=" PROOF PROOF, "x=y"};
            struct scram_client before = c;
            for (size_t k = 0; k < sizeof finals / sizeof finals[0]; k++) {
                c = before;
                err_clear(&e);
                assert_false(GIVE(scram_client_final, &c, finals[k], strlen(finals[k]), &e));
                assert_int_equal(e.code, k < 2 ? ERR_AUTH : ERR_PROTOCOL);
            }
        }
    }
    struct scram_client c;
    struct err e = {.code = ERR_NONE};
    assert_true(scram_client_init(&c, "secret", NULL, &e));
    assert_false(scram_client_final(&c, "v=" PROOF, 46, &e)); /* out of order */

    /* a nonce as long as a message allows */
    char *huge = malloc(100000);
    memset(huge, 'x', 100000);
    for (size_t len = 1000; len < 100000; len = len < 3000 ? len + 1 : len * 2) {
        err_clear(&e);
        assert_true(scram_client_init(&c, "secret", NULL, &e));
        memcpy(huge, "r=", 2);
        memcpy(huge + 2, c.nonce, strlen(c.nonce));
        memcpy(huge + len - 11, ",s=YQ==,i=1", 11);
        bool ok = GIVE(scram_client_first, &c, huge, len, &e);
        assert_int_equal(ok, len - 13 <= 1024);
        memset(huge + len - 11, 'x', 11);
    }
    free(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_that_match_and_do_not),
        cmocka_unit_test(keys_pass_through),
        cmocka_unit_test(client_keys_are_worth_keeping),
        cmocka_unit_test(the_example_of_the_rfc),
        cmocka_unit_test(verifiers_are_read_strictly),
        cmocka_unit_test(a_user_that_does_not_exist_always_has_one_salt),
        cmocka_unit_test(client_first_messages),
        cmocka_unit_test(client_final_messages),
        cmocka_unit_test(server_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
