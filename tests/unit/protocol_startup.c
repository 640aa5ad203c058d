#include "protocol_test.h"

#include <stdio.h>

/* A packet with this code and payload; the length word is right. */
static size_t packet_make(uint8_t *to, uint32_t code, const void *payload, size_t len)
{
    struct wire_out out = {.data = NULL};
    wire_msg_begin(&out, 0);
    wire_put_u32(&out, code);
    wire_put_bytes(&out, payload, len);
    wire_msg_end(&out);
    memcpy(to, out.data, out.len);
    size_t total = out.len;
    wire_out_free(&out);
    return total;
}

static bool parse(struct startup *s, struct arena *a, uint32_t code, const void *payload, size_t len,
                  struct err *e)
{
    uint8_t packet[STARTUP_PACKET_MAX];
    size_t total = packet_make(packet, code, payload, len);
    uint8_t *copy = exact_copy(packet, total);
    err_clear(e);
    bool ok = startup_parse(s, a, copy, total, e);
    memset(copy, 0x55, total); /* what was parsed must not live in the packet */
    free(copy);
    return ok;
}

#define PARSE(s, a, code, text, e) parse((s), (a), (code), (text), sizeof(text) - 1, (e))

static void requests_before_the_session(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_true(PARSE(&s, &a, 80877103, "", &e));
    assert_int_equal(s.kind, STARTUP_SSL);
    assert_true(PARSE(&s, &a, 80877104, "", &e));
    assert_int_equal(s.kind, STARTUP_GSS);
    assert_false(PARSE(&s, &a, 80877103, "x", &e));
    assert_int_equal(e.code, ERR_PROTOCOL);
    arena_free(&a);
}

static void cancel_requests(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_true(PARSE(&s, &a, 80877102, "\0\0\1\2abcd", &e));
    assert_int_equal(s.kind, STARTUP_CANCEL);
    assert_int_equal(s.cancel_pid, 258);
    assert_int_equal(s.cancel_key_len, 4);
    assert_memory_equal(s.cancel_key, "abcd", 4);
    char longest[4 + 257] = {0};
    assert_true(parse(&s, &a, 80877102, longest, 4 + 256, &e));
    assert_int_equal(s.cancel_key_len, 256);
    assert_false(parse(&s, &a, 80877102, longest, 4 + 257, &e));
    assert_false(PARSE(&s, &a, 80877102, "\0\0\1\2abc", &e));
    assert_false(PARSE(&s, &a, 80877102, "\0\0\1", &e));
    arena_free(&a);
}

static void a_session_packet(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_true(
        PARSE(&s, &a, STARTUP_VERSION_3_0,
              "user\0al\0database\0shop\0application_name\0x\0options\0-c a=b\0replication\0database\0"
              "TimeZone\0\0\0",
              &e));
    assert_int_equal(s.kind, STARTUP_SESSION);
    assert_string_equal(s.user, "al");
    assert_string_equal(s.database, "shop");
    assert_string_equal(s.options, "-c a=b");
    assert_string_equal(s.replication, "database");
    assert_true(s.replication_on);
    assert_int_equal(s.nparams, 2);
    assert_string_equal(s.params[0].name, "application_name");
    assert_string_equal(s.params[0].value, "x");
    assert_string_equal(s.params[1].name, "TimeZone");
    assert_string_equal(s.params[1].value, "");
    assert_int_equal(s.npq_options, 0);
    arena_free(&a);
}

static void the_database_defaults_to_the_user(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_true(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al\0replication\0false\0\0", &e));
    assert_string_equal(s.database, "al");
    assert_null(s.options);
    assert_false(s.replication_on);
    assert_true(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al\0database\0\0\0", &e));
    assert_string_equal(s.database, "al");
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "database\0shop\0\0", &e));
    assert_string_equal(e.sqlstate, "28000");
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0\0\0", &e));
    assert_string_equal(e.sqlstate, "28000");
    arena_free(&a);
}

static void the_terminator_must_be_last(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al\0", &e));
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al", &e));
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al\0\0\0", &e));
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0al\0\0x", &e));
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "user\0", &e));
    assert_false(PARSE(&s, &a, STARTUP_VERSION_3_0, "", &e));
    assert_string_equal(e.message, "invalid startup packet layout: expected terminator as last byte");
    assert_string_equal(e.sqlstate, "08P01");
    arena_free(&a);
}

static void other_versions(void **state)
{
    (void)state;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    assert_true(PARSE(&s, &a, 0x00020000, "anything", &e));
    assert_int_equal(s.kind, STARTUP_UNSUPPORTED);
    assert_true(PARSE(&s, &a, 0x00040000, "", &e));
    assert_int_equal(s.kind, STARTUP_UNSUPPORTED);

    const struct {
        uint32_t asked;
        uint32_t newest;
        const char *params;
        size_t len;
        uint32_t agreed;
        bool must_say;
    } cases[] = {
        {0x30000, 0x30000, "user\0a\0\0", 8, 0x30000, false},
        {0x30002, 0x30002, "user\0a\0\0", 8, 0x30002, false},
        {0x30002, 0x30000, "user\0a\0\0", 8, 0x30000, true},
        {0x3270f, 0x30002, "user\0a\0\0", 8, 0x30002, true},
        {0x30000, 0x30002, "user\0a\0\0", 8, 0x30000, false},
        {0x30000, 0x30000, "user\0a\0_pq_.test\0x\0\0", 20, 0x30000, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool must_say = false;
        assert_true(parse(&s, &a, cases[i].asked, cases[i].params, cases[i].len, &e));
        assert_int_equal(startup_negotiate(&s, cases[i].newest, &must_say), cases[i].agreed);
        assert_int_equal(must_say, cases[i].must_say);
    }
    assert_int_equal(s.npq_options, 1);
    assert_string_equal(s.pq_options[0], "_pq_.test");
    assert_int_equal(s.nparams, 0);
    arena_free(&a);
}

static void limits_of_size(void **state)
{
    (void)state;
    size_t total = 0;
    assert_int_equal(startup_peek((const uint8_t *)"\0\0\0\7", 4, &total), FRAME_BAD);
    assert_int_equal(startup_peek((const uint8_t *)"\0\0\0\x8", 4, &total), FRAME_HEAD);
    assert_int_equal(startup_peek((const uint8_t *)"\0\0\x27\x10", 4, &total), FRAME_HEAD);
    assert_int_equal(total, 10000);
    assert_int_equal(startup_peek((const uint8_t *)"\0\0\x27\x11", 4, &total), FRAME_BAD);
    assert_int_equal(startup_peek((const uint8_t *)"\xff\xff\xff\xff", 4, &total), FRAME_BAD);
    assert_int_equal(startup_peek((const uint8_t *)"\0\0\0", 3, &total), FRAME_MORE);
    assert_int_equal(startup_peek((const uint8_t *)"GET / HTTP/1.1", 14, &total), FRAME_BAD);

    /* The largest packet, of the shortest pairs. */
    uint8_t payload[STARTUP_PACKET_MAX - 8];
    for (size_t i = 0; i < sizeof payload; i++) {
        payload[i] = i % 3 == 0 ? 'a' : 0;
    }
    memcpy(payload, "user\0al", 8);
    payload[8] = 'b';
    payload[sizeof payload - 1] = 0;
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e;
    (void)parse(&s, &a, STARTUP_VERSION_3_0, payload, sizeof payload, &e);
    assert_true(s.nparams > 3000);
    arena_free(&a);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct arena a = {.blocks = NULL};
    struct startup s;
    struct err e = {.code = ERR_NONE};
    const struct startup_param params[] = {{"application_name", "weir"}, {"options", "-c x=y"}};
    startup_write(&out, STARTUP_VERSION_3_0, "al", "shop", params, 2);
    assert_true(startup_parse(&s, &a, out.data, out.len, &e));
    assert_string_equal(s.database, "shop");
    assert_string_equal(s.options, "-c x=y");
    assert_int_equal(s.nparams, 1);
    wire_out_consume(&out, out.len);
    startup_write_cancel(&out, 7, (const uint8_t *)"wxyz", 4);
    assert_true(startup_parse(&s, &a, out.data, out.len, &e));
    assert_int_equal(s.cancel_pid, 7);
    wire_out_consume(&out, out.len);
    startup_write_ssl(&out);
    assert_memory_equal(out.data, "\0\0\0\x08\x04\xd2\x16\x2f", 8);
    wire_out_consume(&out, out.len);
    startup_write_gss(&out);
    assert_true(startup_parse(&s, &a, out.data, out.len, &e));
    assert_int_equal(s.kind, STARTUP_GSS);
    wire_out_free(&out);
    arena_free(&a);
}

static void options_are_split_as_postgres_does(void **state)
{
    (void)state;
    const struct {
        const char *options;
        const char *expected; /* name=value; ... or NULL for an error */
    } cases[] = {
        {"", ""},
        {"   ", ""},
        {"-c geqo=off", "geqo=off;"},
        {"-cgeqo=off --work-mem=1MB", "geqo=off;work_mem=1MB;"},
        {"-c search_path=a\\ b\\\\c", "search_path=a b\\c;"},
        {"\t-c\n a=b=c  -c x=", "a=b=c;x=;"},
        {"-c a=b\\", "a=b;"},
        {"-c=", "=;"},
        {"-c", NULL},
        {"-c a", NULL},
        {"--a", NULL},
        {"-d 5", NULL},
        {"geqo=off", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a = {.blocks = NULL};
        struct err e = {.code = ERR_NONE};
        struct startup_param *params = NULL;
        size_t n = 0;
        char got[256] = "";
        bool ok = startup_options(&a, cases[i].options, &params, &n, &e);
        for (size_t k = 0; k < n; k++) {
            size_t at = strlen(got);
            snprintf(got + at, sizeof got - at, "%s=%s;", params[k].name, params[k].value);
        }
        assert_int_equal(ok, cases[i].expected != NULL);
        if (ok) {
            assert_string_equal(got, cases[i].expected);
        }
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_before_the_session),
        cmocka_unit_test(cancel_requests),
        cmocka_unit_test(a_session_packet),
        cmocka_unit_test(the_database_defaults_to_the_user),
        cmocka_unit_test(the_terminator_must_be_last),
        cmocka_unit_test(other_versions),
        cmocka_unit_test(limits_of_size),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(options_are_split_as_postgres_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
