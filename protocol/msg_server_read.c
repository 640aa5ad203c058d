/*
 * What a server says, read.
 */
#include "protocol.h"

#include <string.h>

bool msg_read_auth(const uint8_t *body, size_t len, struct msg_auth *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->kind = (enum auth_kind)wire_i32(&in);
    m->len = wire_left(&in);
    m->data = wire_bytes(&in, m->len);
    if (m->kind == AUTH_MD5 && m->len != 4) {
        return false;
    }
    return wire_done(&in);
}

bool msg_auth_offers(const struct msg_auth *m, const char *mechanism)
{
    if (m->kind != AUTH_SASL) {
        return false;
    }
    struct wire_in in = wire_in_make(m->data, m->len);
    for (;;) {
        const char *name = wire_cstr(&in);
        if (*name == '\0') {
            return false;
        }
        if (strcmp(name, mechanism) == 0) {
            return true;
        }
    }
}

bool msg_read_parameter_status(const uint8_t *body, size_t len, const char **name, const char **value)
{
    struct wire_in in = wire_in_make(body, len);
    *name = wire_cstr(&in);
    *value = wire_cstr(&in);
    return wire_done(&in);
}

bool msg_read_backend_key(const uint8_t *body, size_t len, struct msg_backend_key *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->pid = wire_i32(&in);
    m->key_len = wire_left(&in);
    m->key = wire_bytes(&in, m->key_len);
    return wire_done(&in) && m->key_len >= 4 && m->key_len <= STARTUP_CANCEL_KEY_MAX;
}

bool msg_read_ready(const uint8_t *body, size_t len, uint8_t *status)
{
    struct wire_in in = wire_in_make(body, len);
    *status = wire_u8(&in);
    return wire_done(&in) && (*status == 'I' || *status == 'T' || *status == 'E');
}

bool msg_read_command_complete(const uint8_t *body, size_t len, const char **tag)
{
    struct wire_in in = wire_in_make(body, len);
    *tag = wire_cstr(&in);
    return wire_done(&in);
}

bool msg_read_row_description(const uint8_t *body, size_t len, struct arena *a, struct msg_column **columns,
                              size_t *n)
{
    const size_t column_bytes_min = 19; /* an empty name and the fixed fields */
    struct wire_in in = wire_in_make(body, len);
    *n = wire_u16(&in);
    *columns = NULL;
    if (in.bad || *n > wire_left(&in) / column_bytes_min) {
        return false;
    }
    *columns = ARENA_ARRAY(a, struct msg_column, *n);
    for (size_t i = 0; i < *n; i++) {
        struct msg_column *c = &(*columns)[i];
        c->name = wire_cstr(&in);
        c->table_oid = wire_u32(&in);
        c->attnum = wire_i16(&in);
        c->type_oid = wire_u32(&in);
        c->typlen = wire_i16(&in);
        c->typmod = wire_i32(&in);
        c->format = wire_i16(&in);
    }
    return wire_done(&in);
}

bool msg_read_data_row(const uint8_t *body, size_t len, struct msg_value *values, size_t max, size_t *n)
{
    struct wire_in in = wire_in_make(body, len);
    *n = wire_u16(&in);
    for (size_t i = 0; i < *n && !in.bad; i++) {
        struct msg_value v = {.data = NULL};
        v.len = wire_i32(&in);
        if (v.len < -1) {
            return false;
        }
        if (v.len >= 0) {
            v.data = wire_bytes(&in, (size_t)v.len);
        }
        if (i < max) {
            values[i] = v;
        }
    }
    return wire_done(&in);
}

bool msg_read_negotiate(const uint8_t *body, size_t len, uint32_t *version, uint32_t *noptions)
{
    struct wire_in in = wire_in_make(body, len);
    *version = wire_u32(&in);
    *noptions = wire_u32(&in);
    for (uint32_t i = 0; i < *noptions && !in.bad; i++) {
        (void)wire_cstr(&in);
    }
    return wire_done(&in);
}

bool msg_read_notification(const uint8_t *body, size_t len, struct msg_notification *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->pid = wire_i32(&in);
    m->channel = wire_cstr(&in);
    m->payload = wire_cstr(&in);
    return wire_done(&in);
}
