#include "protocol_test.h"

#define LIMIT FRAME_LENGTH_MAX

/* Three messages: with a body, without one, with a longer one. */
static void three_messages(struct wire_out *out)
{
    msg_write_query(out, "select 1");
    msg_write_sync(out);
    msg_write_query(out, "select 'a longer text than the first one'");
}

/* Feeds `len` bytes in pieces of `step`; what comes out must be the same bytes, message by message. */
static void feed_in_steps(const struct wire_out *in, size_t step)
{
    struct frame f = {.have = 0};
    struct wire_out back = {.data = NULL};
    size_t heads = 0;
    for (size_t at = 0; at < in->len;) {
        size_t len = in->len - at < step ? in->len - at : step;
        uint8_t *piece = exact_copy(in->data + at, len);
        size_t used = 0;
        for (size_t done = 0; done < len; done += used) {
            enum frame_status status = frame_feed(&f, piece + done, len - done, LIMIT, &used);
            assert_int_not_equal(status, FRAME_BAD);
            if (status == FRAME_HEAD) {
                heads++;
                wire_put_bytes(&back, f.header, sizeof f.header);
            } else if (status == FRAME_BODY) {
                wire_put_bytes(&back, piece + done, used);
            } else {
                assert_int_equal(used, len - done);
            }
        }
        free(piece);
        at += len;
    }
    assert_true(frame_at_boundary(&f));
    assert_int_equal(heads, 3);
    assert_int_equal(back.len, in->len);
    assert_memory_equal(back.data, in->data, in->len);
    wire_out_free(&back);
}

static void finds_messages_however_they_are_cut(void **state)
{
    (void)state;
    struct wire_out in = {.data = NULL};
    three_messages(&in);
    for (size_t step = 1; step <= in.len; step++) {
        feed_in_steps(&in, step);
    }
    wire_out_free(&in);
}

/* A message far larger than any buffer goes through piece by piece. */
static void streams_a_gigabyte(void **state)
{
    (void)state;
    struct frame f = {.have = 0};
    size_t used = 0;
    const uint8_t header[] = {'d', 0x3f, 0xff, 0xff, 0xff};
    uint8_t piece[4096] = {0};
    assert_int_equal(frame_feed(&f, header, sizeof header, LIMIT, &used), FRAME_HEAD);
    assert_int_equal(f.length, 0x3fffffff - 4);
    size_t total = 0;
    while (f.remaining > 0) {
        assert_int_equal(frame_feed(&f, piece, sizeof piece, LIMIT, &used), FRAME_BODY);
        total += used;
    }
    assert_int_equal(total, f.length);
    assert_int_equal(used, (0x3fffffff - 4) % 4096);
}

static void no_bytes_are_no_error(void **state)
{
    (void)state;
    struct frame f = {.have = 0};
    size_t used = 9;
    assert_int_equal(frame_feed(&f, NULL, 0, LIMIT, &used), FRAME_MORE);
    assert_int_equal(used, 0);
    assert_int_equal(frame_feed(&f, (const uint8_t *)"Q\0\0\0\7", 5, LIMIT, &used), FRAME_HEAD);
    assert_false(frame_at_boundary(&f));
    assert_int_equal(frame_feed(&f, NULL, 0, LIMIT, &used), FRAME_MORE);
    assert_int_equal(frame_feed(&f, (const uint8_t *)"abcQ", 4, LIMIT, &used), FRAME_BODY);
    assert_int_equal(used, 3);
    assert_true(frame_at_boundary(&f));
}

static void refuses_impossible_lengths(void **state)
{
    (void)state;
    const struct {
        const char *header;
        uint32_t limit;
        enum frame_status expected;
    } cases[] = {
        {"Q\0\0\0\0", LIMIT, FRAME_BAD},   {"Q\0\0\0\3", LIMIT, FRAME_BAD},
        {"Q\0\0\0\4", LIMIT, FRAME_HEAD},  {"Q\xff\xff\xff\xff", LIMIT, FRAME_BAD},
        {"Q\x80\0\0\0", LIMIT, FRAME_BAD}, {"Q\x3f\xff\xff\xff", LIMIT, FRAME_HEAD},
        {"Q\x40\0\0\0", LIMIT, FRAME_BAD}, {"Q\0\0\0\x0b", 10, FRAME_BAD},
        {"Q\0\0\0\x0a", 10, FRAME_HEAD},   {"Q\xff\xff\xff\xff", UINT32_MAX, FRAME_HEAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame f = {.have = 0};
        size_t used = 0;
        uint8_t type = 0;
        size_t total = 0;
        const uint8_t *header = (const uint8_t *)cases[i].header;
        assert_int_equal(frame_feed(&f, header, 5, cases[i].limit, &used), cases[i].expected);
        assert_int_equal(frame_peek(header, 5, cases[i].limit, &type, &total), cases[i].expected);
        assert_int_equal(type, 'Q');
        assert_int_equal(frame_peek(header, 4, cases[i].limit, &type, &total), FRAME_MORE);
    }
}

static void peeks_without_state(void **state)
{
    (void)state;
    struct wire_out in = {.data = NULL};
    three_messages(&in);
    uint8_t type = 0;
    size_t total = 0;
    assert_int_equal(frame_peek(in.data, in.len, LIMIT, &type, &total), FRAME_HEAD);
    assert_int_equal(type, 'Q');
    assert_int_equal(total, 1 + 4 + 9);
    assert_int_equal(frame_peek(in.data + total, in.len - total, LIMIT, &type, &total), FRAME_HEAD);
    assert_int_equal(type, 'S');
    assert_int_equal(total, 5);
    wire_out_free(&in);
}

static void knows_who_says_what(void **state)
{
    (void)state;
    const char *client = "BCcdDEFfHPpQSX";
    const char *server = "123ACcdDEGHIKnNRsStTvVWZ";
    for (int type = 0; type < 256; type++) {
        assert_int_equal(frame_client_type((uint8_t)type), type != 0 && strchr(client, type) != NULL);
        assert_int_equal(frame_server_type((uint8_t)type), type != 0 && strchr(server, type) != NULL);
    }
    assert_true(frame_client_limit('S') < 20000);
    assert_int_equal(frame_client_limit('B'), FRAME_LENGTH_MAX);
    assert_int_equal(frame_client_limit('p'), 65539);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_messages_however_they_are_cut),
        cmocka_unit_test(streams_a_gigabyte),
        cmocka_unit_test(no_bytes_are_no_error),
        cmocka_unit_test(refuses_impossible_lengths),
        cmocka_unit_test(peeks_without_state),
        cmocka_unit_test(knows_who_says_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
