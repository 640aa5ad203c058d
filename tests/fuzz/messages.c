/* Every parser of message bodies, on the same bytes: no fault, and results lie within the body. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint8_t *body_start;
static const uint8_t *body_end;

static void check_text(const char *s)
{
    if (s == NULL)
        return;
    if ((const uint8_t *)s >= body_start && (const uint8_t *)s < body_end) {
        if ((const uint8_t *)s + strlen(s) >= body_end)
            abort();
    } else {
        (void)strlen(s);
    }
}

static void check_bytes(const uint8_t *p, size_t n)
{
    if (p != NULL && n > 0 && (p < body_start || n > (size_t)(body_end - p)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    /* A copy of exactly this size, so that the sanitizer sees a read past the end. */
    uint8_t *body = malloc(len > 0 ? len : 1);
    if (body == NULL)
        return 0;
    if (len > 0)
        memcpy(body, data, len);
    body_start = body;
    body_end = body + len;
    struct arena a = {0};

    struct msg_parse parse;
    if (msg_read_parse(body, len, &parse)) {
        check_text(parse.statement);
        check_text(parse.query);
        check_bytes(parse.types, parse.types_len);
        struct wire_out out = {0};
        msg_write_parse(&out, parse.statement, parse.query, parse.types, parse.types_len);
        if (out.len != len + 5 || memcmp(out.data + 5, body, len) != 0)
            abort();
        wire_out_free(&out);
    }
    struct msg_bind bind;
    for (size_t have = 0; have <= len && have <= 64; have++) {
        enum frame_status st = msg_read_bind(body, have, len, &bind);
        if (st == FRAME_HEAD && bind.prefix > have)
            abort();
    }
    struct msg_target target;
    if (msg_read_target(body, len, &target))
        check_text(target.name);
    struct msg_execute execute;
    if (msg_read_execute(body, len, &execute))
        check_text(execute.portal);
    const char *text = NULL, *value = NULL;
    if (msg_read_query(body, len, &text))
        check_text(text);
    if (msg_read_copy_fail(body, len, &text))
        check_text(text);
    if (msg_read_password(body, len, &text))
        check_text(text);
    struct msg_sasl_initial sasl;
    if (msg_read_sasl_initial(body, len, &sasl)) {
        check_text(sasl.mechanism);
        check_bytes(sasl.data, sasl.len);
    }

    struct msg_auth auth;
    if (msg_read_auth(body, len, &auth)) {
        check_bytes(auth.data, auth.len);
        if (auth.kind == AUTH_SASL)
            (void)msg_auth_offers(&auth, SCRAM_MECHANISM);
    }
    if (msg_read_parameter_status(body, len, &text, &value)) {
        check_text(text);
        check_text(value);
    }
    struct msg_backend_key key;
    if (msg_read_backend_key(body, len, &key)) {
        check_bytes(key.key, key.key_len);
        if (key.key_len > STARTUP_CANCEL_KEY_MAX)
            abort();
    }
    uint8_t status = 0;
    if (msg_read_ready(body, len, &status) && status != 'I' && status != 'T' && status != 'E')
        abort();
    if (msg_read_command_complete(body, len, &text))
        check_text(text);
    struct msg_column *columns = NULL;
    size_t n = 0;
    if (msg_read_row_description(body, len, &a, &columns, &n)) {
        for (size_t i = 0; i < n; i++)
            check_text(columns[i].name);
    }
    struct msg_value values[4];
    if (msg_read_data_row(body, len, values, 4, &n)) {
        for (size_t i = 0; i < n && i < 4; i++) {
            if (values[i].len >= 0)
                check_bytes(values[i].data, (size_t)values[i].len);
        }
    }
    uint32_t version = 0, options = 0;
    (void)msg_read_negotiate(body, len, &version, &options);
    struct msg_notification notification;
    if (msg_read_notification(body, len, &notification)) {
        check_text(notification.channel);
        check_text(notification.payload);
    }
    struct errfields fields;
    if (errfields_read(body, len, &fields)) {
        check_text(fields.message);
        check_text(fields.detail);
        check_text(fields.routine);
        if (strlen(fields.sqlstate) != 5)
            abort();
        struct err e = {0};
        errfields_to_err(&fields, &e);
        (void)errfields_fatal(&fields);
    }
    arena_free(&a);
    free(body);
    return 0;
}
