/* Startup packets: parsing never faults, and what was parsed survives being written and parsed again. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena a = {0};
    struct err e = {0};
    struct startup s;
    size_t total = 0;
    if (startup_peek(data, len, &total) == FRAME_HEAD && total <= len &&
        startup_parse(&s, &a, data, total, &e)) {
        if (s.kind == STARTUP_SESSION) {
            if (s.user[0] == '\0' || s.database[0] == '\0')
                abort();
            struct startup_param *options = NULL;
            size_t n = 0;
            if (s.options != NULL)
                (void)startup_options(&a, s.options, &options, &n, &e);
            bool say = false;
            (void)startup_negotiate(&s, STARTUP_VERSION_3_2, &say);
            struct wire_out out = {0};
            startup_write(&out, s.version, s.user, s.database, s.params, s.nparams);
            struct startup again;
            struct err e2 = {0};
            if (out.len <= STARTUP_PACKET_MAX) {
                if (!startup_parse(&again, &a, out.data, out.len, &e2) || strcmp(again.user, s.user) != 0 ||
                    strcmp(again.database, s.database) != 0 || again.nparams != s.nparams)
                    abort();
            }
            wire_out_free(&out);
        }
    }
    arena_free(&a);
    return 0;
}
