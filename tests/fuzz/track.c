/* The tracker under any conversation: idle means that nothing is owed, and every request is done once. */
#include "protocol.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t done_count;

static void count_done(void *ctx, uint8_t type, uint32_t tag, enum track_outcome outcome)
{
    (void)ctx;
    (void)type;
    (void)tag;
    (void)outcome;
    done_count++;
}

/* Pairs of bytes: the low bit of the first says who speaks, the second picks the message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint8_t client[] = {'Q', 'P', 'B', 'D', 'E', 'C', 'S', 'H', 'F', 'd', 'c', 'f'};
    static const uint8_t server[] = {'1', '2', '3', 'n', 't', 'T', 'D', 'C', 'I', 's', 'E', 'N',
                                     'S', 'A', 'G', 'H', 'W', 'd', 'c', 'V', 'Z', 'Z', 'Z', 'K'};
    struct track t;
    track_init(&t, (struct track_hook){.done = count_done});
    done_count = 0;
    size_t requests = 0;
    if (!track_idle(&t))
        abort();
    for (size_t i = 0; i + 1 < len; i += 2) {
        if ((data[i] & 1) != 0) {
            uint8_t type = client[data[i + 1] % sizeof(client)];
            bool request = type == 'Q' || type == 'P' || type == 'B' || type == 'D' || type == 'E' ||
                           type == 'C' || type == 'S' || type == 'F';
            requests += request;
            track_sent(&t, type, (uint32_t)i);
            if (request && type != 'S' && track_idle(&t) && !t.broken)
                abort(); /* something was just asked for */
        } else {
            uint8_t type = server[data[i + 1] % sizeof(server)];
            uint8_t status = type == 'Z' ? (uint8_t) "ITE"[(data[i] >> 1) % 3] : 0;
            struct track_reply reply;
            bool good = track_received(&t, type, status, &reply);
            if (!good && track_idle(&t))
                abort(); /* a connection that made no sense is never given away */
        }
        if (track_idle(&t) &&
            (track_owed(&t) != 0 || track_unsynced(&t) || track_in_copy_in(&t) || track_unsure(&t)))
            abort();
        if (done_count > requests)
            abort();
    }
    track_free(&t);
    return 0;
}
