/*
 * What a client says: read from a client, written to a server.
 */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

bool msg_read_parse(const uint8_t *body, size_t len, struct msg_parse *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->statement = wire_cstr(&in);
    m->query = wire_cstr(&in);
    m->types_len = wire_left(&in);
    m->types = wire_bytes(&in, m->types_len);
    if (!wire_done(&in)) {
        return false;
    }
    struct wire_in types = wire_in_make(m->types, m->types_len);
    size_t n = wire_u16(&types);
    (void)wire_bytes(&types, n * 4);
    return wire_done(&types);
}

void msg_write_parse(struct wire_out *out, const char *statement, const char *query, const uint8_t *types,
                     size_t types_len)
{
    wire_msg_begin(out, 'P');
    wire_put_cstr(out, statement);
    wire_put_cstr(out, query);
    if (types == NULL) {
        wire_put_u16(out, 0);
    } else {
        wire_put_bytes(out, types, types_len);
    }
    wire_msg_end(out);
}

enum frame_status msg_read_bind(const uint8_t *body, size_t have, size_t body_len, struct msg_bind *m)
{
    const size_t counts_bytes = 6; /* of format codes, parameters, result format codes */
    struct wire_in in = wire_in_make(body, have);
    m->portal = wire_cstr(&in);
    m->statement = wire_cstr(&in);
    if (in.bad) {
        return have < body_len ? FRAME_MORE : FRAME_BAD;
    }
    m->prefix = have - wire_left(&in);
    return body_len - m->prefix < counts_bytes ? FRAME_BAD : FRAME_HEAD;
}

void msg_write_bind_head(struct wire_out *out, const char *portal, const char *statement, size_t rest_len)
{
    size_t names_len = strlen(portal) + 1 + strlen(statement) + 1;
    if (rest_len > INT32_MAX - 4 - names_len) {
        abort(); /* more than the protocol can say; it came out of a message, which cannot have been so long
                  */
    }
    wire_put_u8(out, 'B');
    wire_put_u32(out, (uint32_t)(4 + names_len + rest_len));
    wire_put_cstr(out, portal);
    wire_put_cstr(out, statement);
}

void msg_write_bind(struct wire_out *out, const char *portal, const char *statement,
                    const char *const *values, size_t n)
{
    wire_msg_begin(out, 'B');
    wire_put_cstr(out, portal);
    wire_put_cstr(out, statement);
    wire_put_u16(out, 0); /* no format codes: all parameters are text */
    wire_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        size_t len = values[i] == NULL ? 0 : strlen(values[i]);
        wire_put_i32(out, values[i] == NULL ? -1 : (int32_t)len);
        wire_put_bytes(out, values[i], len);
    }
    wire_put_u16(out, 0); /* so are all results */
    wire_msg_end(out);
}

bool msg_read_target(const uint8_t *body, size_t len, struct msg_target *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->kind = wire_u8(&in);
    m->name = wire_cstr(&in);
    return wire_done(&in) && (m->kind == 'S' || m->kind == 'P');
}

static void put_target(struct wire_out *out, uint8_t type, uint8_t kind, const char *name)
{
    wire_msg_begin(out, type);
    wire_put_u8(out, kind);
    wire_put_cstr(out, name);
    wire_msg_end(out);
}

void msg_write_describe(struct wire_out *out, uint8_t kind, const char *name)
{
    put_target(out, 'D', kind, name);
}

void msg_write_close(struct wire_out *out, uint8_t kind, const char *name)
{
    put_target(out, 'C', kind, name);
}

bool msg_read_execute(const uint8_t *body, size_t len, struct msg_execute *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->portal = wire_cstr(&in);
    m->max_rows = wire_i32(&in);
    return wire_done(&in);
}

void msg_write_execute(struct wire_out *out, const char *portal, int32_t max_rows)
{
    wire_msg_begin(out, 'E');
    wire_put_cstr(out, portal);
    wire_put_i32(out, max_rows);
    wire_msg_end(out);
}

/* A body that is one text and nothing else. */
static bool read_text(const uint8_t *body, size_t len, const char **text)
{
    struct wire_in in = wire_in_make(body, len);
    *text = wire_cstr(&in);
    return wire_done(&in);
}

static void put_text(struct wire_out *out, uint8_t type, const char *text)
{
    wire_msg_begin(out, type);
    wire_put_cstr(out, text);
    wire_msg_end(out);
}

bool msg_read_query(const uint8_t *body, size_t len, const char **query)
{
    return read_text(body, len, query);
}

void msg_write_query(struct wire_out *out, const char *query)
{
    put_text(out, 'Q', query);
}

bool msg_read_copy_fail(const uint8_t *body, size_t len, const char **reason)
{
    return read_text(body, len, reason);
}

void msg_write_copy_fail(struct wire_out *out, const char *reason)
{
    put_text(out, 'f', reason);
}

bool msg_read_password(const uint8_t *body, size_t len, const char **password)
{
    return read_text(body, len, password);
}

void msg_write_password(struct wire_out *out, const char *password)
{
    put_text(out, 'p', password);
}

void msg_write_sync(struct wire_out *out)
{
    msg_write_empty(out, 'S');
}

void msg_write_flush(struct wire_out *out)
{
    msg_write_empty(out, 'H');
}

void msg_write_terminate(struct wire_out *out)
{
    msg_write_empty(out, 'X');
}

bool msg_read_sasl_initial(const uint8_t *body, size_t len, struct msg_sasl_initial *m)
{
    struct wire_in in = wire_in_make(body, len);
    m->mechanism = wire_cstr(&in);
    int32_t data_len = wire_i32(&in);
    m->data = NULL;
    m->len = 0;
    if (data_len < -1) {
        return false;
    }
    if (data_len >= 0) {
        m->len = (size_t)data_len;
        m->data = wire_bytes(&in, m->len);
    }
    return wire_done(&in);
}

void msg_write_sasl_initial(struct wire_out *out, const char *mechanism, const void *data, size_t len)
{
    wire_msg_begin(out, 'p');
    wire_put_cstr(out, mechanism);
    wire_put_i32(out, data == NULL ? -1 : (int32_t)len);
    wire_put_bytes(out, data, data == NULL ? 0 : len);
    wire_msg_end(out);
}

void msg_write_sasl_response(struct wire_out *out, const void *data, size_t len)
{
    wire_msg_begin(out, 'p');
    wire_put_bytes(out, data, len);
    wire_msg_end(out);
}
