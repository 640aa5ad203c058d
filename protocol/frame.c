#include "protocol.h"

#include <string.h>

#define HEADER_BYTES 5

/* Bits of a message type: who may send it. */
#define FROM_CLIENT 1
#define FROM_SERVER 2

/* One row per type of the protocol, versions 3.0 to 3.2, after startup. */
static const uint8_t senders[256] = {
    ['B'] = FROM_CLIENT,               /* Bind */
    ['C'] = FROM_CLIENT | FROM_SERVER, /* Close; CommandComplete */
    ['c'] = FROM_CLIENT | FROM_SERVER, /* CopyDone */
    ['d'] = FROM_CLIENT | FROM_SERVER, /* CopyData */
    ['D'] = FROM_CLIENT | FROM_SERVER, /* Describe; DataRow */
    ['E'] = FROM_CLIENT | FROM_SERVER, /* Execute; ErrorResponse */
    ['F'] = FROM_CLIENT,               /* FunctionCall */
    ['f'] = FROM_CLIENT,               /* CopyFail */
    ['H'] = FROM_CLIENT | FROM_SERVER, /* Flush; CopyOutResponse */
    ['P'] = FROM_CLIENT,               /* Parse */
    ['p'] = FROM_CLIENT,               /* password, SASL and GSS responses */
    ['Q'] = FROM_CLIENT,               /* Query */
    ['S'] = FROM_CLIENT | FROM_SERVER, /* Sync; ParameterStatus */
    ['X'] = FROM_CLIENT,               /* Terminate */

    ['1'] = FROM_SERVER, /* ParseComplete */
    ['2'] = FROM_SERVER, /* BindComplete */
    ['3'] = FROM_SERVER, /* CloseComplete */
    ['A'] = FROM_SERVER, /* NotificationResponse */
    ['G'] = FROM_SERVER, /* CopyInResponse */
    ['I'] = FROM_SERVER, /* EmptyQueryResponse */
    ['K'] = FROM_SERVER, /* BackendKeyData */
    ['n'] = FROM_SERVER, /* NoData */
    ['N'] = FROM_SERVER, /* NoticeResponse */
    ['R'] = FROM_SERVER, /* Authentication */
    ['s'] = FROM_SERVER, /* PortalSuspended */
    ['t'] = FROM_SERVER, /* ParameterDescription */
    ['T'] = FROM_SERVER, /* RowDescription */
    ['v'] = FROM_SERVER, /* NegotiateProtocolVersion */
    ['V'] = FROM_SERVER, /* FunctionCallResponse */
    ['W'] = FROM_SERVER, /* CopyBothResponse */
    ['Z'] = FROM_SERVER, /* ReadyForQuery */
};

bool frame_client_type(uint8_t type)
{
    return (senders[type] & FROM_CLIENT) != 0;
}

bool frame_server_type(uint8_t type)
{
    return (senders[type] & FROM_SERVER) != 0;
}

uint32_t frame_client_limit(uint8_t type)
{
    switch (type) { /* PostgreSQL's PQ_SMALL_MESSAGE_LIMIT and PG_MAX_AUTH_TOKEN_LENGTH */
    case 'C':
    case 'c':
    case 'D':
    case 'E':
    case 'f':
    case 'H':
    case 'S':
    case 'X':
        return 10000 + 4;
    case 'p':
        return 65535 + 4;
    default:
        return FRAME_LENGTH_MAX;
    }
}

static uint32_t length_word(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

enum frame_status frame_peek(const uint8_t *data, size_t len, uint32_t limit, uint8_t *type, size_t *total)
{
    if (len < HEADER_BYTES) {
        return FRAME_MORE;
    }
    uint32_t length = length_word(data + 1);
    *type = data[0];
    *total = (size_t)length + 1;
    return length < 4 || length > limit ? FRAME_BAD : FRAME_HEAD;
}

bool frame_at_boundary(const struct frame *f)
{
    return f->have == 0 && f->remaining == 0;
}

enum frame_status frame_feed(struct frame *f, const uint8_t *data, size_t len, uint32_t limit, size_t *used)
{
    if (f->remaining > 0) {
        *used = len < f->remaining ? len : f->remaining;
        f->remaining -= (uint32_t)*used;
        return *used == 0 ? FRAME_MORE : FRAME_BODY;
    }
    size_t take = HEADER_BYTES - (size_t)f->have;
    if (take > len) {
        take = len;
    }
    if (take > 0) {
        memcpy(f->header + f->have, data, take);
    }
    f->have = (uint8_t)(f->have + take);
    *used = take;
    if (f->have < HEADER_BYTES) {
        return FRAME_MORE;
    }
    uint32_t length = length_word(f->header + 1);
    f->have = 0;
    f->type = f->header[0];
    if (length < 4 || length > limit) {
        f->length = 0;
        return FRAME_BAD;
    }
    f->length = length - 4;
    f->remaining = f->length;
    return FRAME_HEAD;
}
