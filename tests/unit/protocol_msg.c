#include "protocol_test.h"

/* The body of the only message in `out`, on the heap; its type is checked. */
struct body {
    uint8_t *data;
    size_t len;
};

static struct body take(struct wire_out *out, uint8_t type)
{
    uint8_t got = 0;
    size_t total = 0;
    assert_int_equal(frame_peek(out->data, out->len, FRAME_LENGTH_MAX, &got, &total), FRAME_HEAD);
    assert_int_equal(got, type);
    assert_int_equal(total, out->len);
    struct body b = {exact_copy(out->data + 5, total - 5), total - 5};
    wire_out_free(out);
    return b;
}

static void errors_carry_every_field(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct err e = {.code = ERR_NONE};
    err_set(&e, ERR_SYNTAX, "bad word");
    err_detail(&e, "a detail");
    err_hint(&e, "a hint");
    e.position = 12;
    msg_write_error(&out, MSG_FATAL, &e);
    struct body b = take(&out, 'E');
    const char expected[] = "SFATAL\0VFATAL\0C42601\0Mbad word\0Da detail\0Ha hint\0P12\0";
    assert_int_equal(b.len, sizeof expected);
    assert_memory_equal(b.data, expected, b.len);

    struct errfields f;
    assert_true(errfields_read(b.data, b.len, &f));
    assert_true(errfields_fatal(&f));
    assert_string_equal(f.hint, "a hint");
    assert_null(f.where);
    struct err back = {.code = ERR_NONE};
    errfields_to_err(&f, &back);
    assert_int_equal(back.code, ERR_SQL);
    assert_string_equal(back.sqlstate, "42601");
    assert_string_equal(back.message, "bad word");
    assert_string_equal(back.detail, "a detail");
    assert_string_equal(back.hint, "a hint");
    assert_int_equal(back.position, 12);
    free(b.data);

    struct err plain = {.code = ERR_NONE};
    msg_write_notice(&out, MSG_NOTICE, &plain);
    b = take(&out, 'N');
    assert_true(errfields_read(b.data, b.len, &f));
    assert_string_equal(f.sqlstate, "XX000");
    assert_false(errfields_fatal(&f));
    free(b.data);
}

static void errors_of_servers_that_leave_things_out(void **state)
{
    (void)state;
    struct errfields f;
    assert_true(errfields_read((const uint8_t *)"", 1, &f));
    assert_string_equal(f.severity, "ERROR");
    assert_string_equal(f.sqlstate, "XX000");
    assert_string_equal(f.message, "");
    assert_true(errfields_read((const uint8_t *)"SFATAL\0C1\0Zunknown\0Mone\0Mtwo\0", 30, &f));
    assert_string_equal(f.severity, "FATAL");
    assert_string_equal(f.sqlstate, "XX000");
    assert_string_equal(f.message, "two");
    assert_false(errfields_read((const uint8_t *)"Mone\0", 5, &f));
    assert_string_equal(f.message, "one");
    uint8_t *cut = exact_copy("Mone", 4);
    assert_false(errfields_read(cut, 4, &f));
    assert_string_equal(f.message, "");
    free(cut);
    assert_false(errfields_read((const uint8_t *)"Mone\0\0x", 7, &f));
    assert_false(errfields_read(NULL, 0, &f));

    const char all[] = "SS\0VV\0C00000\0MM\0DD\0HH\0P-5\0pp\0qq\0WW\0ss\0tt\0cc\0dd\0nn\0FF\0LL\0RR\0";
    assert_true(errfields_read((const uint8_t *)all, sizeof all, &f));
    const char *fields[] = {
        f.localized_severity, f.severity, f.message, f.detail, f.hint,   f.internal_position,
        f.internal_query,     f.where,    f.schema,  f.table,  f.column, f.data_type,
        f.constraint,         f.file,     f.line,    f.routine};
    const char letters[] = "SVMDHpqWstcdnFLR";
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        assert_int_equal(fields[i][0], letters[i]);
    }
    struct err e = {.code = ERR_NONE};
    errfields_to_err(&f, &e);
    assert_int_equal(e.position, 0);
}

static void authentication(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct msg_auth m;
    msg_write_auth_ok(&out);
    struct body b = take(&out, 'R');
    assert_true(msg_read_auth(b.data, b.len, &m));
    assert_int_equal(m.kind, AUTH_OK);
    assert_int_equal(m.len, 0);
    assert_false(msg_auth_offers(&m, SCRAM_MECHANISM));
    free(b.data);

    msg_write_auth_md5(&out, (const uint8_t *)"salt");
    b = take(&out, 'R');
    assert_true(msg_read_auth(b.data, b.len, &m));
    assert_int_equal(m.kind, AUTH_MD5);
    assert_memory_equal(m.data, "salt", 4);
    assert_false(msg_read_auth(b.data, b.len - 1, &m));
    assert_false(msg_read_auth(b.data, 3, &m));
    free(b.data);

    const char *const offered[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"};
    msg_write_auth_sasl(&out, offered, 2);
    b = take(&out, 'R');
    assert_true(msg_read_auth(b.data, b.len, &m));
    assert_true(msg_auth_offers(&m, SCRAM_MECHANISM));
    assert_true(msg_auth_offers(&m, "SCRAM-SHA-256-PLUS"));
    assert_false(msg_auth_offers(&m, "SCRAM"));
    m.len = 20; /* cut within the second name */
    assert_false(msg_auth_offers(&m, SCRAM_MECHANISM));
    free(b.data);

    msg_write_auth_sasl_continue(&out, "r=x", 3);
    msg_write_auth_cleartext(&out);
    msg_write_auth_sasl_final(&out, "v=x", 3);
    assert_memory_equal(out.data, "R\0\0\0\x0b\0\0\0\x0br=xR\0\0\0\x08\0\0\0\3R\0\0\0\x0b\0\0\0\x0cv=x", 33);
    wire_out_free(&out);
}

static void what_a_session_begins_with(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    const char *name = NULL;
    const char *value = NULL;
    msg_write_parameter_status(&out, "TimeZone", "UTC");
    struct body b = take(&out, 'S');
    assert_true(msg_read_parameter_status(b.data, b.len, &name, &value));
    assert_string_equal(name, "TimeZone");
    assert_string_equal(value, "UTC");
    assert_false(msg_read_parameter_status(b.data, b.len - 1, &name, &value));
    free(b.data);

    struct msg_backend_key key;
    msg_write_backend_key(&out, -2, (const uint8_t *)"keys", 4);
    b = take(&out, 'K');
    assert_true(msg_read_backend_key(b.data, b.len, &key));
    assert_int_equal(key.pid, -2);
    assert_memory_equal(key.key, "keys", 4);
    assert_false(msg_read_backend_key(b.data, b.len - 1, &key));
    free(b.data);

    uint8_t status = 0;
    msg_write_ready(&out, 'T');
    b = take(&out, 'Z');
    assert_true(msg_read_ready(b.data, b.len, &status));
    assert_int_equal(status, 'T');
    assert_false(msg_read_ready((const uint8_t *)"X", 1, &status));
    assert_false(msg_read_ready((const uint8_t *)"II", 2, &status));
    assert_false(msg_read_ready(NULL, 0, &status));
    free(b.data);

    const char *const names[] = {"_pq_.a", "_pq_.b"};
    uint32_t version = 0;
    uint32_t n = 0;
    msg_write_negotiate(&out, STARTUP_VERSION_3_0, names, 2);
    b = take(&out, 'v');
    assert_true(msg_read_negotiate(b.data, b.len, &version, &n));
    assert_int_equal(version, STARTUP_VERSION_3_0);
    assert_int_equal(n, 2);
    b.data[4] = 0xff; /* names without end must not be looked for without end */
    assert_false(msg_read_negotiate(b.data, b.len, &version, &n));
    free(b.data);
}

static void rows(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct arena a = {.blocks = NULL};
    const struct msg_column columns[] = {{"id", 16384, 1, 23, 4, -1, 1}, {"", 0, 0, 25, -1, -1, 0}};
    struct msg_column *got = NULL;
    size_t n = 0;
    msg_write_row_description(&out, columns, 2);
    struct body b = take(&out, 'T');
    assert_true(msg_read_row_description(b.data, b.len, &a, &got, &n));
    assert_int_equal(n, 2);
    assert_string_equal(got[0].name, "id");
    assert_int_equal(got[0].table_oid, 16384);
    assert_int_equal(got[0].format, 1);
    assert_int_equal(got[1].typlen, -1);
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *cut = exact_copy(b.data, len);
        assert_false(msg_read_row_description(cut, len, &a, &got, &n));
        free(cut);
    }
    assert_false(msg_read_row_description((const uint8_t *)"\xff\xff", 2, &a, &got, &n));
    free(b.data);

    const char *const texts[] = {"one", NULL, ""};
    struct msg_value values[3];
    msg_write_text_row(&out, texts, 3);
    b = take(&out, 'D');
    assert_true(msg_read_data_row(b.data, b.len, values, 3, &n));
    assert_int_equal(n, 3);
    assert_int_equal(values[0].len, 3);
    assert_memory_equal(values[0].data, "one", 3);
    assert_null(values[1].data);
    assert_int_equal(values[1].len, -1);
    assert_non_null(values[2].data);
    assert_int_equal(values[2].len, 0);
    msg_write_data_row(&out, values, 3);
    assert_int_equal(out.len - 5, b.len);
    assert_memory_equal(out.data + 5, b.data, b.len);
    wire_out_free(&out);
    values[1].len = 77;
    assert_true(msg_read_data_row(b.data, b.len, values, 1, &n));
    assert_int_equal(n, 3);
    assert_int_equal(values[1].len, 77);
    assert_false(msg_read_data_row((const uint8_t *)"\0\1\xff\xff\xff\xfe", 6, values, 3, &n));
    assert_false(msg_read_data_row((const uint8_t *)"\0\1\x7f\xff\xff\xff", 6, values, 3, &n));
    free(b.data);

    msg_write_text_columns(&out, texts, 1);
    b = take(&out, 'T');
    assert_true(msg_read_row_description(b.data, b.len, &a, &got, &n));
    assert_int_equal(got[0].type_oid, 25);
    free(b.data);
    arena_free(&a);
}

static void parse_is_read_and_renamed(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    const char body[] = "s1\0select $1\0\0\1\0\0\0\x17";
    struct msg_parse m;
    uint8_t *data = exact_copy(body, sizeof body - 1);
    assert_true(msg_read_parse(data, sizeof body - 1, &m));
    assert_string_equal(m.statement, "s1");
    assert_string_equal(m.query, "select $1");
    assert_int_equal(m.types_len, 6);
    msg_write_parse(&out, "other", m.query, m.types, m.types_len);
    struct body b = take(&out, 'P');
    assert_memory_equal(b.data, "other\0select $1\0\0\1\0\0\0\x17", b.len);
    free(b.data);
    assert_false(msg_read_parse(data, sizeof body - 2, &m));
    assert_false(msg_read_parse((const uint8_t *)"\0\0\0", 3, &m));
    assert_false(msg_read_parse((const uint8_t *)"\0\0\xff\xff", 4, &m));
    msg_write_parse(&out, "", "x", NULL, 0);
    b = take(&out, 'P');
    assert_true(msg_read_parse(b.data, b.len, &m));
    free(b.data);
    free(data);
}

/* The head of a Bind, from every beginning of it. */
static void bind_is_read_from_its_head(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    const char *const values[] = {"a value", NULL};
    msg_write_bind(&out, "port", "stmt", values, 2);
    struct body b = take(&out, 'B');
    struct msg_bind m;
    for (size_t have = 0; have <= b.len; have++) {
        uint8_t *part = exact_copy(b.data, have);
        enum frame_status status = msg_read_bind(part, have, b.len, &m);
        assert_int_equal(status, have < 10 ? FRAME_MORE : FRAME_HEAD);
        if (status == FRAME_HEAD) {
            assert_string_equal(m.portal, "port");
            assert_string_equal(m.statement, "stmt");
            assert_int_equal(m.prefix, 10);
        }
        free(part);
    }
    assert_int_equal(msg_read_bind(b.data, b.len, b.len, &m), FRAME_HEAD);
    msg_write_bind_head(&out, m.portal, "weir_17", b.len - m.prefix);
    wire_put_bytes(&out, b.data + m.prefix, b.len - m.prefix);
    struct body renamed = take(&out, 'B');
    const char expected[] = "port\0weir_17\0\0\0\0\2\0\0\0\7a value\xff\xff\xff\xff\0\0";
    assert_int_equal(renamed.len, sizeof expected - 1);
    assert_memory_equal(renamed.data, expected, renamed.len);
    assert_int_equal(msg_read_bind((const uint8_t *)"ab", 2, 2, &m), FRAME_BAD);
    assert_int_equal(msg_read_bind((const uint8_t *)"\0\0\0\0\0\0\0", 7, 7, &m), FRAME_BAD);
    free(renamed.data);
    free(b.data);
}

static void small_client_messages(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct msg_target target;
    msg_write_describe(&out, 'P', "p");
    struct body b = take(&out, 'D');
    assert_true(msg_read_target(b.data, b.len, &target));
    assert_int_equal(target.kind, 'P');
    assert_string_equal(target.name, "p");
    free(b.data);
    msg_write_close(&out, 'S', "");
    b = take(&out, 'C');
    assert_true(msg_read_target(b.data, b.len, &target));
    assert_false(msg_read_target((const uint8_t *)"X", 2, &target));
    assert_false(msg_read_target((const uint8_t *)"S", 1, &target));
    free(b.data);

    struct msg_execute execute;
    msg_write_execute(&out, "p", 7);
    b = take(&out, 'E');
    assert_true(msg_read_execute(b.data, b.len, &execute));
    assert_int_equal(execute.max_rows, 7);
    assert_false(msg_read_execute(b.data, b.len - 1, &execute));
    free(b.data);

    const char *text = NULL;
    msg_write_query(&out, "select");
    b = take(&out, 'Q');
    assert_true(msg_read_query(b.data, b.len, &text));
    assert_string_equal(text, "select");
    assert_false(msg_read_query(b.data, b.len - 1, &text));
    assert_false(msg_read_query((const uint8_t *)"a\0b", 4, &text));
    free(b.data);

    msg_write_copy_fail(&out, "why");
    b = take(&out, 'f');
    assert_true(msg_read_copy_fail(b.data, b.len, &text));
    free(b.data);
    msg_write_password(&out, "secret");
    b = take(&out, 'p');
    assert_true(msg_read_password(b.data, b.len, &text));
    assert_string_equal(text, "secret");
    free(b.data);

    msg_write_sync(&out);
    msg_write_flush(&out);
    msg_write_terminate(&out);
    msg_write_command_complete(&out, "X");
    assert_memory_equal(out.data, "S\0\0\0\4H\0\0\0\4X\0\0\0\4C\0\0\0\6X", 22);
    wire_out_free(&out);
}

static void sasl_messages(void **state)
{
    (void)state;
    struct wire_out out = {.data = NULL};
    struct msg_sasl_initial m;
    msg_write_sasl_initial(&out, SCRAM_MECHANISM, "n,,", 3);
    struct body b = take(&out, 'p');
    assert_true(msg_read_sasl_initial(b.data, b.len, &m));
    assert_string_equal(m.mechanism, SCRAM_MECHANISM);
    assert_int_equal(m.len, 3);
    assert_false(msg_read_sasl_initial(b.data, b.len - 1, &m));
    free(b.data);
    msg_write_sasl_initial(&out, SCRAM_MECHANISM, NULL, 0);
    b = take(&out, 'p');
    assert_true(msg_read_sasl_initial(b.data, b.len, &m));
    assert_null(m.data);
    free(b.data);
    assert_false(msg_read_sasl_initial((const uint8_t *)"X\0\xff\xff\xff\xfe", 6, &m));
    assert_false(msg_read_sasl_initial((const uint8_t *)"X\0\x7f\xff\xff\xff", 6, &m));
    msg_write_sasl_response(&out, "c=biws", 6);
    assert_memory_equal(out.data,
                        "p\0\0\0\x0a"
                        "c=biws",
                        11);
    wire_out_free(&out);
}

static void notifications_and_tags(void **state)
{
    (void)state;
    struct msg_notification m;
    const char *tag = NULL;
    assert_true(msg_read_notification((const uint8_t *)"\0\0\0\7chan\0pay", 13, &m));
    assert_int_equal(m.pid, 7);
    assert_string_equal(m.channel, "chan");
    assert_string_equal(m.payload, "pay");
    assert_false(msg_read_notification((const uint8_t *)"\0\0\0\7chan", 9, &m));
    assert_true(msg_read_command_complete((const uint8_t *)"BEGIN", 6, &tag));
    assert_string_equal(tag, "BEGIN");
    assert_false(msg_read_command_complete((const uint8_t *)"BEGIN", 5, &tag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_carry_every_field),
        cmocka_unit_test(errors_of_servers_that_leave_things_out),
        cmocka_unit_test(authentication),
        cmocka_unit_test(what_a_session_begins_with),
        cmocka_unit_test(rows),
        cmocka_unit_test(parse_is_read_and_renamed),
        cmocka_unit_test(bind_is_read_from_its_head),
        cmocka_unit_test(small_client_messages),
        cmocka_unit_test(sasl_messages),
        cmocka_unit_test(notifications_and_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
