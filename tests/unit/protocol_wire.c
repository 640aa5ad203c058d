#include "protocol_test.h"

static void reads_every_kind(void **state)
{
    (void)state;
    const uint8_t bytes[] = {7,    0x12, 0x34, 0xff, 0xfe, 0x80, 0, 0, 1,
                             0xff, 0xff, 0xff, 0xff, 'h',  'i',  0, 9, 8};
    struct wire_in in = wire_in_make(bytes, sizeof bytes);
    assert_int_equal(wire_u8(&in), 7);
    assert_int_equal(wire_u16(&in), 0x1234);
    assert_int_equal(wire_i16(&in), -2);
    assert_int_equal(wire_u32(&in), 0x80000001u);
    assert_int_equal(wire_i32(&in), -1);
    assert_string_equal(wire_cstr(&in), "hi");
    assert_false(wire_done(&in));
    assert_int_equal(wire_left(&in), 2);
    assert_memory_equal(wire_bytes(&in, 2), "\x09\x08", 2);
    assert_true(wire_done(&in));
}

static void a_read_past_the_end_sticks(void **state)
{
    (void)state;
    uint8_t *bytes = exact_copy("abc", 3);
    struct wire_in in = wire_in_make(bytes, 3);
    assert_int_equal(wire_u32(&in), 0);
    assert_true(in.bad);
    assert_int_equal(wire_u8(&in), 0);
    assert_string_equal(wire_cstr(&in), "");
    assert_null(wire_bytes(&in, 0));
    assert_int_equal(wire_left(&in), 0);
    assert_false(wire_done(&in));
    free(bytes);
}

static void a_text_without_terminator_is_bad(void **state)
{
    (void)state;
    uint8_t *bytes = exact_copy("abc", 3);
    struct wire_in in = wire_in_make(bytes, 3);
    assert_string_equal(wire_cstr(&in), "");
    assert_true(in.bad);
    struct wire_in huge = wire_in_make(bytes, 3);
    assert_null(wire_bytes(&huge, SIZE_MAX));
    struct wire_in none = wire_in_make(NULL, 0);
    assert_true(wire_done(&none));
    assert_int_equal(wire_u8(&none), 0);
    assert_true(none.bad);
    free(bytes);
}

static void writes_a_message_and_patches_its_length(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    wire_msg_begin(&out, 'x');
    wire_put_u8(&out, 1);
    wire_put_i16(&out, -2);
    wire_put_i32(&out, -3);
    wire_put_cstr(&out, "ab");
    wire_put_cstr(&out, NULL);
    wire_msg_end(&out);
    const uint8_t expected[] = {'x', 0, 0, 0, 15, 1, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfd, 'a', 'b', 0, 0};
    assert_int_equal(out.len, sizeof expected);
    assert_memory_equal(out.data, expected, sizeof expected);
    wire_out_free(&out);
    assert_null(out.data);
    wire_out_free(&out);
}

/* A queue that is filled and drained in odd pieces gives back what was put in. */
static void consumes_from_the_front(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    uint8_t next_in = 0;
    uint8_t next_out = 0;
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        seed = seed * 1103515245u + 12345u;
        size_t put = (seed >> 16) % 300;
        for (size_t i = 0; i < put; i++) {
            wire_put_u8(&out, next_in++);
        }
        seed = seed * 1103515245u + 12345u;
        size_t take = (seed >> 16) % 310;
        take = take > out.len ? out.len : take;
        for (size_t i = 0; i < take; i++) {
            assert_int_equal(out.data[i], next_out++);
        }
        wire_out_consume(&out, take);
    }
    assert_true(out.cap + out.head < 1u << 20);
    wire_out_consume(&out, out.len);
    assert_int_equal(out.head, 0);
    wire_out_free(&out);
}

/* Earlier messages may be sent while one is still being written. */
static void consumes_before_an_open_message(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    msg_write_sync(&out);
    wire_msg_begin(&out, 'Q');
    wire_out_consume(&out, 5);
    for (int i = 0; i < 3000; i++) {
        wire_put_u8(&out, 'x');
    }
    wire_msg_end(&out);
    assert_int_equal(out.len, 1 + 4 + 3000);
    assert_memory_equal(out.data, "Q\0\0\x0b\xbc", 5);
    wire_out_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(a_read_past_the_end_sticks),
        cmocka_unit_test(a_text_without_terminator_is_bad),
        cmocka_unit_test(writes_a_message_and_patches_its_length),
        cmocka_unit_test(consumes_from_the_front),
        cmocka_unit_test(consumes_before_an_open_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
