/*
 * What a server says, written: weir speaking to a client as PostgreSQL would.
 */
#include "protocol.h"

#include <stdio.h>
#include <string.h>

static void put_field(struct wire_out *out, char letter, const char *text)
{
    wire_put_u8(out, (uint8_t)letter);
    wire_put_cstr(out, text);
}

static void put_fields(struct wire_out *out, uint8_t type, const char *severity, const struct err *e)
{
    wire_msg_begin(out, type);
    put_field(out, 'S', severity);
    put_field(out, 'V', severity);
    put_field(out, 'C', e->sqlstate[0] == '\0' ? "XX000" : e->sqlstate);
    put_field(out, 'M', e->message);
    if (e->detail[0] != '\0') {
        put_field(out, 'D', e->detail);
    }
    if (e->hint[0] != '\0') {
        put_field(out, 'H', e->hint);
    }
    if (e->position > 0) {
        char position[16];
        snprintf(position, sizeof position, "%d", e->position);
        put_field(out, 'P', position);
    }
    wire_put_u8(out, 0);
    wire_msg_end(out);
}

void msg_write_error(struct wire_out *out, const char *severity, const struct err *e)
{
    put_fields(out, 'E', severity, e);
}

void msg_write_notice(struct wire_out *out, const char *severity, const struct err *e)
{
    put_fields(out, 'N', severity, e);
}

static void put_auth(struct wire_out *out, enum auth_kind kind, const void *data, size_t len)
{
    wire_msg_begin(out, 'R');
    wire_put_i32(out, (int32_t)kind);
    wire_put_bytes(out, data, len);
    wire_msg_end(out);
}

void msg_write_auth_ok(struct wire_out *out)
{
    put_auth(out, AUTH_OK, NULL, 0);
}

void msg_write_auth_cleartext(struct wire_out *out)
{
    put_auth(out, AUTH_CLEARTEXT, NULL, 0);
}

void msg_write_auth_md5(struct wire_out *out, const uint8_t salt[4])
{
    put_auth(out, AUTH_MD5, salt, 4);
}

void msg_write_auth_sasl(struct wire_out *out, const char *const *mechanisms, size_t n)
{
    wire_msg_begin(out, 'R');
    wire_put_i32(out, AUTH_SASL);
    for (size_t i = 0; i < n; i++) {
        wire_put_cstr(out, mechanisms[i]);
    }
    wire_put_u8(out, 0);
    wire_msg_end(out);
}

void msg_write_auth_sasl_continue(struct wire_out *out, const void *data, size_t len)
{
    put_auth(out, AUTH_SASL_CONTINUE, data, len);
}

void msg_write_auth_sasl_final(struct wire_out *out, const void *data, size_t len)
{
    put_auth(out, AUTH_SASL_FINAL, data, len);
}

void msg_write_negotiate(struct wire_out *out, uint32_t version, const char *const *names, size_t n)
{
    wire_msg_begin(out, 'v');
    wire_put_u32(out, version);
    wire_put_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        wire_put_cstr(out, names[i]);
    }
    wire_msg_end(out);
}

void msg_write_parameter_status(struct wire_out *out, const char *name, const char *value)
{
    wire_msg_begin(out, 'S');
    wire_put_cstr(out, name);
    wire_put_cstr(out, value);
    wire_msg_end(out);
}

void msg_write_backend_key(struct wire_out *out, int32_t pid, const uint8_t *key, size_t key_len)
{
    wire_msg_begin(out, 'K');
    wire_put_i32(out, pid);
    wire_put_bytes(out, key, key_len);
    wire_msg_end(out);
}

void msg_write_ready(struct wire_out *out, uint8_t status)
{
    wire_msg_begin(out, 'Z');
    wire_put_u8(out, status);
    wire_msg_end(out);
}

void msg_write_command_complete(struct wire_out *out, const char *tag)
{
    wire_msg_begin(out, 'C');
    wire_put_cstr(out, tag);
    wire_msg_end(out);
}

void msg_write_empty(struct wire_out *out, uint8_t type)
{
    wire_msg_begin(out, type);
    wire_msg_end(out);
}

void msg_write_row_description(struct wire_out *out, const struct msg_column *columns, size_t n)
{
    wire_msg_begin(out, 'T');
    wire_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        wire_put_cstr(out, columns[i].name);
        wire_put_u32(out, columns[i].table_oid);
        wire_put_i16(out, columns[i].attnum);
        wire_put_u32(out, columns[i].type_oid);
        wire_put_i16(out, columns[i].typlen);
        wire_put_i32(out, columns[i].typmod);
        wire_put_i16(out, columns[i].format);
    }
    wire_msg_end(out);
}

void msg_write_text_columns(struct wire_out *out, const char *const *names, size_t n)
{
    const uint32_t text_oid = 25; /* pg_type.oid of text, the same in every database */
    wire_msg_begin(out, 'T');
    wire_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        wire_put_cstr(out, names[i]);
        wire_put_u32(out, 0);
        wire_put_i16(out, 0);
        wire_put_u32(out, text_oid);
        wire_put_i16(out, -1);
        wire_put_i32(out, -1);
        wire_put_i16(out, 0);
    }
    wire_msg_end(out);
}

void msg_write_data_row(struct wire_out *out, const struct msg_value *values, size_t n)
{
    wire_msg_begin(out, 'D');
    wire_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        int32_t len = values[i].data == NULL ? -1 : values[i].len;
        wire_put_i32(out, len);
        wire_put_bytes(out, values[i].data, len < 0 ? 0 : (size_t)len);
    }
    wire_msg_end(out);
}

void msg_write_text_row(struct wire_out *out, const char *const *values, size_t n)
{
    wire_msg_begin(out, 'D');
    wire_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        size_t len = values[i] == NULL ? 0 : strlen(values[i]);
        wire_put_i32(out, values[i] == NULL ? -1 : (int32_t)len);
        wire_put_bytes(out, values[i], len);
    }
    wire_msg_end(out);
}
