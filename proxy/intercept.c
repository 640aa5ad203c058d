/*
 * intercept: what the relay shows, told apart.
 *
 * In-band messages (ivm/store/README.md) end here. WR002 names a source that
 * the transaction changed: it is kept until the transaction is over, and then
 * told to the maintainer, committed or not, for a refresh that finds nothing
 * costs less than being wrong. WR001 is a request: the drive at work carries it
 * out.
 */
#include "intercept.h"

#include "base/mem.h"
#include "client.h"
#include "drive_state.h"
#include "ivm.h"
#include "maintainer.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

struct interceptor {
    struct drive *drive; /* made when first needed */
    bool catalog_changed;
    int64_t *sources; /* changed in the present transaction, without duplicates */
    int nsources, cap;
};

static struct interceptor *interceptor_of(struct client *c)
{
    struct interceptor *i = client_intercept(c);
    if (i == NULL) {
        i = mem_new(sizeof *i);
        client_set_intercept(c, i);
    }
    return i;
}

static struct drive *interceptor_drive(struct interceptor *i, struct client *c)
{
    if (i->drive == NULL) {
        i->drive = drive_new(c);
    }
    return i->drive;
}

struct drive *intercept_drive(struct client *c)
{
    struct interceptor *i = client_intercept(c);
    return i != NULL ? i->drive : NULL;
}

void intercept_note_catalog_change(struct client *c)
{
    interceptor_of(c)->catalog_changed = true;
}

enum intercept_verdict intercept_client_message(struct client *c, uint8_t type, const uint8_t *body,
                                                size_t len)
{
    if (!c->config->settings.stream_tables.enabled) {
        return INTERCEPT_FORWARD;
    }
    return drive_client_message(interceptor_drive(interceptor_of(c), c), type, body, len);
}

enum intercept_verdict intercept_server_message(struct client *c, uint8_t type, const uint8_t *body,
                                                size_t len)
{
    struct drive *d = intercept_drive(c);
    return d != NULL && drive_active(d) ? drive_server_message(d, type, body, len) : INTERCEPT_FORWARD;
}

static void note_source(struct interceptor *i, int64_t source_id)
{
    for (int k = 0; k < i->nsources; k++) {
        if (i->sources[k] == source_id) {
            return;
        }
    }
    if (i->nsources == i->cap) {
        i->cap = i->cap == 0 ? 4 : i->cap * 2;
        i->sources = mem_grow(i->sources, sizeof *i->sources * (size_t)i->cap);
    }
    i->sources[i->nsources++] = source_id;
}

bool intercept_server_notice(struct client *c, const uint8_t *body, size_t len)
{
    struct errfields f;
    if (!errfields_read(body, len, &f) || strncmp(f.sqlstate, "WR00", 4) != 0) {
        return false;
    }
    struct interceptor *i = interceptor_of(c);
    if (f.sqlstate[4] == '2') {
        note_source(i, strtoll(f.message, NULL, 10));
    } else if (f.sqlstate[4] == '1' && c->config->settings.stream_tables.enabled) {
        drive_request(interceptor_drive(i, c), f.message, f.detail != NULL ? f.detail : "");
    }
    return true;
}

void intercept_ready(struct client *c, char status)
{
    struct interceptor *i = client_intercept(c);
    if (i == NULL || status != 'I' || (i->nsources == 0 && !i->catalog_changed)) {
        return;
    }
    if (i->drive != NULL && drive_in_job(i->drive)) {
        return; /* a commit on the way: what is told must be the whole of it */
    }
    char key[MAINTAINER_KEY_MAX];
    maintainer_key(key, client_database(c), client_database_name(c));
    if (i->catalog_changed) {
        maintainer_catalog_changed(key);
    }
    for (int k = 0; k < i->nsources; k++) {
        maintainer_source_changed(key, i->sources[k]);
    }
    i->catalog_changed = false;
    i->nsources = 0;
}

void intercept_client_closed(struct client *c)
{
    struct interceptor *i = client_intercept(c);
    if (i == NULL) {
        return;
    }
    intercept_ready(c, 'I'); /* what it committed last may still have to be told */
    drive_free(i->drive);
    free(i->sources);
    free(i);
    client_set_intercept(c, NULL);
}
