/* The stream framer finds the same messages as the buffer framer, however the stream is cut. */
#include "protocol.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* data[0] seeds the cuts, the rest is the stream. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 1)
        return 0;
    uint32_t seed = data[0];
    const uint8_t *p = data + 1;
    size_t left = len - 1;
    const uint32_t limit = 1u << 20;

    size_t expected_at = 0; /* where the buffer framer says that the next message begins */
    bool bad = false;
    struct frame f = {0};
    size_t pos = 0;
    while (pos < left && !bad) {
        seed = seed * 1103515245u + 12345u;
        size_t cut = 1 + (seed >> 16) % 7;
        if (cut > left - pos)
            cut = left - pos;
        size_t end = pos + cut;
        while (pos < end) {
            bool boundary = frame_at_boundary(&f);
            size_t used = 0;
            enum frame_status st = frame_feed(&f, p + pos, end - pos, limit, &used);
            if (used > end - pos)
                abort();
            if (boundary && pos != expected_at)
                abort();
            pos += used;
            if (st == FRAME_HEAD) {
                uint8_t type = 0;
                size_t total = 0;
                enum frame_status peek =
                    frame_peek(p + expected_at, left - expected_at, limit, &type, &total);
                if (peek != FRAME_HEAD || type != f.type || total != (size_t)f.length + 5)
                    abort();
                expected_at += total;
            } else if (st == FRAME_BAD) {
                uint8_t type = 0;
                size_t total = 0;
                if (frame_peek(p + expected_at, left - expected_at, limit, &type, &total) != FRAME_BAD)
                    abort();
                bad = true;
                break;
            } else if (st == FRAME_MORE) {
                if (pos != end)
                    abort();
            } else if (used == 0) {
                abort(); /* no progress */
            }
        }
    }
    return 0;
}
