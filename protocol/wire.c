#include "protocol.h"

#include "base/mem.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct wire_in wire_in_make(const void *data, size_t len)
{
    static const uint8_t nothing;
    const uint8_t *p = len > 0 ? data : &nothing;
    return (struct wire_in){.p = p, .end = p + len, .bad = false};
}

size_t wire_left(const struct wire_in *in)
{
    return in->bad ? 0 : (size_t)(in->end - in->p);
}

const uint8_t *wire_bytes(struct wire_in *in, size_t n)
{
    if (in->bad || (size_t)(in->end - in->p) < n) {
        in->bad = true;
        return NULL;
    }
    const uint8_t *at = in->p;
    in->p += n;
    return at;
}

uint8_t wire_u8(struct wire_in *in)
{
    const uint8_t *b = wire_bytes(in, 1);
    return b == NULL ? 0 : b[0];
}

uint16_t wire_u16(struct wire_in *in)
{
    const uint8_t *b = wire_bytes(in, 2);
    return (uint16_t)(b == NULL ? 0 : b[0] << 8 | b[1]);
}

int16_t wire_i16(struct wire_in *in)
{
    return (int16_t)wire_u16(in);
}

uint32_t wire_u32(struct wire_in *in)
{
    const uint8_t *b = wire_bytes(in, 4);
    return b == NULL ? 0 : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

int32_t wire_i32(struct wire_in *in)
{
    return (int32_t)wire_u32(in);
}

const char *wire_cstr(struct wire_in *in)
{
    const uint8_t *zero = in->bad ? NULL : memchr(in->p, 0, (size_t)(in->end - in->p));
    if (zero == NULL) {
        in->bad = true;
        return "";
    }
    const char *s = (const char *)in->p;
    in->p = zero + 1;
    return s;
}

bool wire_done(const struct wire_in *in)
{
    return !in->bad && in->p == in->end;
}

/* Most messages and most replies to one read fit, so that a session rarely grows its buffer twice. */
#define WIRE_OUT_FIRST_BYTES 512

/* Makes room for n more bytes: by moving to the front what is left, or by growing. */
static void out_reserve(struct wire_out *out, size_t n)
{
    if (out->cap - out->len >= n) {
        return;
    }
    if (n > SIZE_MAX / 4 || out->len > SIZE_MAX / 4) {
        abort();
    }
    size_t room = out->cap + out->head;
    uint8_t *base = out->data == NULL ? NULL : out->data - out->head;
    /* Moving is worth its cost when at least half of the buffer is won by it. */
    if (out->head > 0 && out->head >= room / 2 && room - out->len >= n) {
        memmove(base, out->data, out->len);
        out->data = base;
    } else {
        size_t want = room < WIRE_OUT_FIRST_BYTES ? WIRE_OUT_FIRST_BYTES : room;
        while (want < out->len + n) {
            want *= 2;
        }
        uint8_t *grown = mem_alloc(want);
        if (out->len > 0) {
            memcpy(grown, out->data, out->len);
        }
        free(base);
        out->data = grown;
        room = want;
    }
    out->cap = room;
    out->head = 0;
}

void wire_put_bytes(struct wire_out *out, const void *data, size_t n)
{
    if (n == 0) {
        return;
    }
    out_reserve(out, n);
    memcpy(out->data + out->len, data, n);
    out->len += n;
}

void wire_put_u8(struct wire_out *out, uint8_t v)
{
    wire_put_bytes(out, &v, 1);
}

void wire_put_u16(struct wire_out *out, uint16_t v)
{
    uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    wire_put_bytes(out, b, sizeof b);
}

void wire_put_i16(struct wire_out *out, int16_t v)
{
    wire_put_u16(out, (uint16_t)v);
}

static void u32_bytes(uint8_t b[4], uint32_t v)
{
    b[0] = (uint8_t)(v >> 24);
    b[1] = (uint8_t)(v >> 16);
    b[2] = (uint8_t)(v >> 8);
    b[3] = (uint8_t)v;
}

void wire_put_u32(struct wire_out *out, uint32_t v)
{
    uint8_t b[4];
    u32_bytes(b, v);
    wire_put_bytes(out, b, sizeof b);
}

void wire_put_i32(struct wire_out *out, int32_t v)
{
    wire_put_u32(out, (uint32_t)v);
}

void wire_put_cstr(struct wire_out *out, const char *s)
{
    if (s == NULL) {
        s = "";
    }
    wire_put_bytes(out, s, strlen(s) + 1);
}

void wire_msg_begin(struct wire_out *out, uint8_t type)
{
    if (out->msg != 0) {
        abort(); /* messages do not nest */
    }
    if (type != 0) {
        wire_put_u8(out, type);
    }
    out->msg = out->len + 1;
    wire_put_u32(out, 0);
}

void wire_msg_end(struct wire_out *out)
{
    size_t at = out->msg - 1;
    if (out->msg == 0 || out->len - at > INT32_MAX) {
        abort(); /* nothing was begun, or it is more than the protocol can say */
    }
    u32_bytes(out->data + at, (uint32_t)(out->len - at));
    out->msg = 0;
}

void wire_out_consume(struct wire_out *out, size_t n)
{
    if (n > out->len || (out->msg != 0 && n >= out->msg)) {
        abort(); /* what was not written, or not finished, cannot have been sent */
    }
    if (n == 0) {
        return;
    }
    if (out->msg != 0) {
        out->msg -= n;
    }
    out->data += n;
    out->len -= n;
    out->head += n;
    out->cap -= n;
    if (out->len == 0) {
        out->data -= out->head;
        out->cap += out->head;
        out->head = 0;
    }
}

void wire_out_free(struct wire_out *out)
{
    if (out->data != NULL) {
        free(out->data - out->head);
    }
    memset(out, 0, sizeof *out);
}
