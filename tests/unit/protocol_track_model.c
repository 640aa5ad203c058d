/*
 * The tracker against a model of PostgreSQL's message loop. The model reads its input one message at a time,
 * knows where it is in it, and decides by chance what succeeds; client, server and proxy run in every order.
 * Whenever the tracker says idle, the model must have nothing left to say.
 */
#include "protocol_test.h"

#include <stdio.h>

#define QUEUE 512

struct entry {
    uint8_t type;
    uint32_t tag;
    uint8_t status; /* of a ReadyForQuery */
    bool last;
};

struct fifo {
    struct entry items[QUEUE];
    size_t head;
    size_t len;
};

enum mode { NORMAL, SKIP, COPY_IN, DEAD };

struct model {
    uint64_t seed;
    struct fifo input;  /* sent by the client, not read by the server */
    struct fifo output; /* said by the server, not seen by the proxy */
    enum mode mode;
    bool batch;        /* extended messages handled since the last ReadyForQuery */
    struct entry copy; /* the request that copies in */
    uint8_t status;
    bool calm; /* the server makes no errors and no transactions: for winding up */

    struct track track;
    bool doubt; /* a failed copy-in left Syncs in doubt, once */
    uint32_t next_tag;
    char log[8192]; /* of what passed, for a failure */
    size_t log_len;
};

static uint32_t chance(struct model *m, uint32_t n)
{
    m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->seed >> 33) % n;
}

static void log_add(struct model *m, char direction, uint8_t type)
{
    if (m->log_len + 3 < sizeof m->log) {
        m->log[m->log_len++] = direction;
        m->log[m->log_len++] = (char)type;
        m->log[m->log_len] = '\0';
    }
}

static void fifo_put(struct fifo *f, struct entry e)
{
    assert_true(f->len < QUEUE);
    f->items[(f->head + f->len++) % QUEUE] = e;
}

static struct entry fifo_take(struct fifo *f)
{
    struct entry e = f->items[f->head];
    f->head = (f->head + 1) % QUEUE;
    f->len--;
    return e;
}

/* ---- the server ---- */

static void say(struct model *m, uint8_t type, const struct entry *request, bool last)
{
    if (!m->calm && chance(m, 12) == 0) {
        fifo_put(&m->output, (struct entry){.type = (uint8_t) "NSA"[chance(m, 3)]});
    }
    fifo_put(&m->output,
             (struct entry){.type = type, .tag = request->tag, .status = m->status, .last = last});
}

static void say_all(struct model *m, const char *types, const struct entry *request, bool last)
{
    for (; *types != '\0'; types++) {
        say(m, (uint8_t)*types, request, last && types[1] == '\0');
    }
}

static void say_ready(struct model *m, const struct entry *request)
{
    m->status = (uint8_t) "IIITE"[m->calm ? 0 : chance(m, 5)];
    m->batch = false;
    m->mode = NORMAL;
    say(m, 'Z', request, true);
}

static void fail_request(struct model *m, const struct entry *request)
{
    bool simple = strchr("QFS", request->type) != NULL;
    say(m, 'E', request, !simple);
    if (simple) {
        say_ready(m, request);
    } else {
        m->mode = SKIP;
    }
}

static void begin_copy_in(struct model *m, const struct entry *request)
{
    say(m, 'G', request, false);
    m->mode = COPY_IN;
    m->copy = *request;
    if (chance(m, 8) == 0) { /* a view, a statement trigger: it fails before it reads */
        fail_request(m, request);
    }
}

/* The statements of a Query, one after the other; a copy-in interrupts them. */
static void run_simple(struct model *m, const struct entry *request)
{
    while (!m->calm && chance(m, 3) == 0) {
        static const char *const bodies[] = {"TDDC", "C", "HddcC", "NC", "TC"};
        uint32_t kind = chance(m, 8);
        if (kind == 0) {
            fail_request(m, request);
            return;
        }
        if (kind <= 2) {
            begin_copy_in(m, request);
            return;
        }
        say_all(m, bodies[kind - 3], request, false);
    }
    say(m, chance(m, 2) == 0 ? 'C' : 'I', request, false);
    say_ready(m, request);
}

static void run_execute(struct model *m, const struct entry *request)
{
    static const char *const bodies[] = {"DDC", "C", "s", "I", "HddcC", "Ds"};
    uint32_t kind = chance(m, 9);
    if (kind >= 6 && !m->calm) {
        begin_copy_in(m, request);
    } else {
        say_all(m, bodies[kind % 6], request, true);
    }
}

static void server_copy_in(struct model *m, const struct entry *read)
{
    bool fails = !m->calm && chance(m, 6) == 0;
    switch (read->type) {
    case 'H':
    case 'S':
        return;
    case 'd':
        if (fails) {
            fail_request(m, &m->copy);
        }
        return;
    case 'c':
        if (fails) {
            fail_request(m, &m->copy);
        } else if (m->copy.type == 'Q') {
            say(m, 'C', &m->copy, false);
            m->mode = NORMAL;
            run_simple(m, &m->copy);
        } else {
            say(m, 'C', &m->copy, true);
            m->mode = NORMAL;
        }
        return;
    case 'f':
        fail_request(m, &m->copy);
        return;
    default:
        m->mode = DEAD;
    }
}

static void server_normal(struct model *m, const struct entry *read)
{
    static const char *const describes[] = {"tT", "tn", "T", "n"};
    bool extended = strchr("PBDEC", read->type) != NULL;
    m->batch = m->batch || extended;
    /* Sync fails when it has something to commit. */
    bool can_fail = extended || read->type == 'Q' || read->type == 'F' || (read->type == 'S' && m->batch);
    if (can_fail && !m->calm && chance(m, 10) == 0) {
        fail_request(m, read);
        return;
    }
    switch (read->type) {
    case 'Q':
        run_simple(m, read);
        break;
    case 'F':
        say(m, 'V', read, false);
        say_ready(m, read);
        break;
    case 'S':
        say_ready(m, read);
        break;
    case 'P':
        say(m, '1', read, true);
        break;
    case 'B':
        say(m, '2', read, true);
        break;
    case 'C':
        say(m, '3', read, true);
        break;
    case 'D':
        say_all(m, describes[chance(m, 4)], read, true);
        break;
    case 'E':
        run_execute(m, read);
        break;
    default:
        break; /* late copy data, Flush */
    }
}

static void server_step(struct model *m)
{
    if (m->mode == DEAD || m->input.len == 0 || m->output.len > QUEUE - 64) {
        if (m->mode == COPY_IN && m->input.len == 0 && !m->calm && chance(m, 30) == 0) {
            fail_request(m, &m->copy); /* canceled while it waits */
        }
        return;
    }
    struct entry read = fifo_take(&m->input);
    if (m->mode == COPY_IN) {
        server_copy_in(m, &read);
    } else if (m->mode == NORMAL) {
        server_normal(m, &read);
    } else if (read.type == 'S') {
        say_ready(m, &read);
    }
}

/* ---- client and proxy ---- */

static void client_send(struct model *m, uint8_t type)
{
    struct entry e = {.type = type, .tag = m->next_tag++};
    log_add(m, '>', type);
    fifo_put(&m->input, e);
    track_sent(&m->track, type, e.tag);
}

static void client_step(struct model *m)
{
    if (m->input.len > 40) {
        return;
    }
    static const char *const habits[] = {
        "Q",      "QQ",  "PBES",    "PBDES",    "PBE",      "S", "PH", "F",         "CS", "PBESS", "dc",
        "PBEdcS", "Qdc", "PBESdcS", "PBESddfS", "PBESHSdS", "c", "f",  "PBEdcPBES", "d",  "H"};
    const char *habit = habits[chance(m, sizeof habits / sizeof habits[0])];
    if (track_in_copy_in(&m->track) && chance(m, 50) != 0) { /* clients that see a copy mostly feed it */
        static const char *const copies[] = {"d", "dd", "dc", "dcS", "c", "cS", "f", "fS", "S", "dS"};
        habit = copies[chance(m, sizeof copies / sizeof copies[0])];
    }
    for (; *habit != '\0'; habit++) {
        client_send(m, (uint8_t)*habit);
    }
}

static void proxy_step(struct model *m)
{
    if (m->output.len == 0) {
        return;
    }
    struct entry e = fifo_take(&m->output);
    struct track_reply reply;
    log_add(m, '<', e.type);
    if (e.type == 'Z') {
        log_add(m, ' ', e.status);
    }
    bool ok = track_received(&m->track, e.type, e.status, &reply);
    m->doubt = m->doubt || m->track.maybe > 0;
    if (m->doubt) {
        return;
    }
    if (!ok) {
        fail_msg("refused '%c' after %s", e.type, m->log);
    }
    if (strchr("NSA", e.type) == NULL && (reply.tag != e.tag || reply.last != e.last)) {
        fail_msg("'%c' is for %u last %d, not %u last %d, after %s", e.type, e.tag, e.last, reply.tag,
                 reply.last, m->log);
    }
}

static bool only_of(const struct fifo *f, const char *types)
{
    for (size_t i = 0; i < f->len; i++) {
        if (strchr(types, f->items[(f->head + i) % QUEUE].type) == NULL) {
            return false;
        }
    }
    return true;
}

static void check_idle(struct model *m)
{
    bool idle = track_idle(&m->track);
    bool truly = m->mode == NORMAL && !m->batch && m->status == 'I' && only_of(&m->output, "NSA") &&
                 only_of(&m->input, "dcfH");
    if (idle && !truly) {
        fail_msg("called idle, but is not: %s", m->log);
    }
}

/* The client is gone: what the proxy does to get the server back. */
static void wind_up(struct model *m)
{
    m->calm = true;
    for (int round = 0; round < 20; round++) {
        while ((m->input.len > 0 && m->mode != DEAD) || m->output.len > 0) {
            server_step(m);
            proxy_step(m);
            check_idle(m);
        }
        if (m->mode == DEAD || m->track.broken) {
            return;
        }
        if (track_in_copy_in(&m->track)) {
            client_send(m, 'f');
        } else if (track_unsynced(&m->track)) {
            client_send(m, 'S');
        } else if (track_unsure(&m->track) || m->track.status != 'I') {
            client_send(m, 'Q'); /* a probe, or a ROLLBACK */
        }
    }
    if (!track_idle(&m->track)) {
        fail_msg("never idle again: %s", m->log);
    }
}

static void one_run(uint64_t seed)
{
    struct model *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->seed = seed * 0x9e3779b97f4a7c15u + 1;
    m->status = 'I';
    track_init(&m->track, (struct track_hook){.done = NULL});
    uint32_t steps = 20 + chance(m, 120);
    uint32_t eager = 1 + chance(m, 4); /* how far the client runs ahead of the server */
    for (uint32_t i = 0; i < steps && m->mode != DEAD && !m->track.broken; i++) {
        switch (chance(m, 9)) {
        case 0:
            client_step(m);
            break;
        case 1:
        case 2:
        case 3:
        case 4:
            for (uint32_t k = 0; k < 4 / eager; k++) {
                server_step(m);
            }
            break;
        default:
            proxy_step(m);
            break;
        }
        check_idle(m);
    }
    if (m->track.broken) {
        assert_true(m->doubt);
    }
    wind_up(m);
    track_free(&m->track);
    free(m);
}

static void every_order_of_events(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40000; seed++) {
        one_run(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_of_events)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
