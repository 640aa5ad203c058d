/* md5, stored secrets, and the user list. */
#include "protocol_test.h"

#include <stdio.h>

static void md5_as_postgres_computes_it(void **state)
{
    (void)state;
    char text[MD5_TEXT_SIZE];
    assert_true(md5_hash(text, "secret", "alice"));
    /* select 'md5' || md5('secret' || 'alice') */
    assert_string_equal(text, "md54a0a68b43b6cd5cf266fa02f196e2371");
    assert_true(md5_is_hashed(text));
    char from_plain[MD5_TEXT_SIZE];
    char from_hash[MD5_TEXT_SIZE];
    const uint8_t salt[4] = {1, 0, 255, 4};
    assert_true(md5_response(from_plain, "secret", "alice", salt));
    assert_true(md5_response(from_hash, text, "alice", salt));
    assert_string_equal(from_plain, from_hash);
    assert_true(md5_check(from_plain, "secret", "alice", salt));
    assert_true(md5_check(from_plain, text, "alice", salt));
    assert_false(md5_check(from_plain, "secret", "bob", salt));
    assert_false(md5_check(from_plain, "other", "alice", salt));
    assert_false(md5_check("", "secret", "alice", salt));
    assert_false(md5_check("md5", "secret", "alice", salt));
    from_plain[34] = from_plain[34] == 'a' ? 'b' : 'a';
    assert_false(md5_check(from_plain, "secret", "alice", salt));
    assert_false(md5_response(from_plain, "SCRAM-SHA-256$4096:x$y:z", "alice", salt));
}

static void what_counts_as_hashed(void **state)
{
    (void)state;
    assert_true(md5_is_hashed("md50123456789abcdef0123456789abcdef"));
    assert_false(md5_is_hashed("md50123456789ABCDEF0123456789ABCDEF"));
    assert_false(md5_is_hashed("md50123456789abcdef0123456789abcde"));
    assert_false(md5_is_hashed("md50123456789abcdef0123456789abcdef0"));
    assert_false(md5_is_hashed("md5"));
    assert_false(md5_is_hashed(""));
}

static void a_password_in_clear(void **state)
{
    (void)state;
    char hashed[MD5_TEXT_SIZE];
    char verifier[SCRAM_VERIFIER_SIZE];
    struct scram_verifier v;
    struct err e = {.code = ERR_NONE};
    assert_true(md5_hash(hashed, "secret", "alice"));
    assert_true(scram_verifier_make(&v, "secret", (const uint8_t *)"0123456789abcdef", 16, 4096, &e));
    scram_verifier_text(&v, verifier);
    const char *stored[] = {"secret", hashed, verifier};
    for (size_t i = 0; i < 3; i++) {
        assert_true(secret_check_password("secret", stored[i], "alice"));
        assert_false(secret_check_password("Secret", stored[i], "alice"));
        assert_false(secret_check_password("secret2", stored[i], "alice"));
        assert_false(secret_check_password("", stored[i], "alice"));
    }
    assert_false(secret_check_password("secret", hashed, "bob"));
    assert_false(secret_check_password(hashed, hashed, "alice"));
    assert_false(secret_check_password(verifier, verifier, "alice"));
    assert_false(secret_check_password("", "", "alice"));
}

static void random_bytes_differ(void **state)
{
    (void)state;
    uint8_t a[16] = {0};
    uint8_t b[16] = {0};
    assert_true(secret_random(a, sizeof a));
    assert_true(secret_random(b, sizeof b));
    assert_false(secret_same(a, b, sizeof a));
    secret_wipe(a, sizeof a);
    secret_wipe(b, sizeof b);
    assert_true(secret_same(a, b, sizeof a));
}

static bool list_of(struct userlist *list, struct arena *a, const char *text, struct err *e)
{
    size_t len = strlen(text);
    uint8_t *copy = exact_copy(text, len);
    err_clear(e);
    bool ok = userlist_parse((const char *)copy, len, a, list, e);
    free(copy);
    return ok;
}

static void users_and_their_secrets(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct userlist list;
    struct err e;
    assert_true(
        list_of(&list, &a,
                "; a comment\n# another\n\n\"bob\" \"b\"\n  \"alice\"\t\"a \"\"quoted\"\" one\" trailing\r\n"
                "\"empty\" \"\"\r\n\"a\"\"b\" \"x\"\n\"bob\" \"later\"\n\"glued\"\"glued\"",
                &e) == false);
    assert_string_equal(e.message,
                        "auth_file, line 9: expected a password in double quotes after \"glued\"glued\"");
    assert_true(
        list_of(&list, &a,
                "; a comment\n# another\n\n\"bob\" \"b\"\n  \"alice\"\t\"a \"\"quoted\"\" one\" trailing\r\n"
                "\"empty\" \"\"\r\n\"a\"\"b\" \"x\"\n\"bob\" \"later\"",
                &e));
    assert_int_equal(list.n, 4);
    assert_string_equal(userlist_find(&list, "alice")->secret, "a \"quoted\" one");
    assert_int_equal(userlist_find(&list, "alice")->line, 5);
    assert_string_equal(userlist_find(&list, "bob")->secret, "later");
    assert_string_equal(userlist_find(&list, "empty")->secret, "");
    assert_string_equal(userlist_find(&list, "a\"b")->secret, "x");
    assert_null(userlist_find(&list, "carol"));
    assert_null(userlist_find(&list, ""));
    arena_free(&a);
}

static void malformed_lines_are_named(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int line; /* 0: no error */
    } cases[] = {{"", 0},
                 {"\n\n", 0},
                 {";", 0},
                 {"\"a\" \"b\"", 0},
                 {"x", 1},
                 {"\n\"a\"", 2},
                 {"\"a", 1},
                 {"\"", 1},
                 {"\"a\" \"b", 1},
                 {"\"a\" \"b\n\"", 1},
                 {"\"a\" b", 1},
                 {"\"a\n\" \"b\"", 1},
                 {"\"\" \"b\"", 1},
                 {"\"a\" \"b\"\"", 1},
                 {"\"a\" \"b\"\nbob b", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a = {.blocks = NULL};
        struct userlist list;
        struct err e;
        bool ok = list_of(&list, &a, cases[i].text, &e);
        assert_int_equal(ok, cases[i].line == 0);
        if (!ok) {
            char start[32];
            snprintf(start, sizeof start, "auth_file, line %d:", cases[i].line);
            assert_int_equal(strncmp(e.message, start, strlen(start)), 0);
            assert_int_equal(e.code, ERR_CONFIG);
        } else {
            assert_null(userlist_find(&list, "nobody"));
        }
        arena_free(&a);
    }
    struct arena a = {.blocks = NULL};
    struct userlist list;
    struct err e = {.code = ERR_NONE};
    assert_false(userlist_parse("\"a\0b\" \"c\"", 9, &a, &list, &e));
    arena_free(&a);
}

static void many_users(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct wire_out text = {.data = NULL};
    for (int i = 0; i < 20000; i++) {
        char line[64];
        int n = snprintf(line, sizeof line, "\"user%d\" \"secret%d\"\n", i * 7919 % 20000, i);
        wire_put_bytes(&text, line, (size_t)n);
    }
    struct userlist list;
    struct err e = {.code = ERR_NONE};
    assert_true(userlist_parse((const char *)text.data, text.len, &a, &list, &e));
    assert_int_equal(list.n, 20000);
    assert_string_equal(userlist_find(&list, "user7919")->secret, "secret1");
    wire_out_free(&text);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_as_postgres_computes_it),
        cmocka_unit_test(what_counts_as_hashed),
        cmocka_unit_test(a_password_in_clear),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(users_and_their_secrets),
        cmocka_unit_test(malformed_lines_are_named),
        cmocka_unit_test(many_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
