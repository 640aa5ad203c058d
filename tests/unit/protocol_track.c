#include "protocol_test.h"

/*
 * A flow is written as the messages that pass: ">" turns to the client's, "<" to the server's. After Z stands
 * its status. "PBES" is Parse, Bind, Execute, Sync. All other types stand for themselves.
 */
static void pass(struct track *t, const char *flow)
{
    bool from_client = true;
    for (const char *m = flow; *m != '\0'; m++) {
        if (*m == '>' || *m == '<') {
            from_client = *m == '>';
        } else if (*m == ' ') {
            continue;
        } else if (from_client) {
            track_sent(t, (uint8_t)*m, 0);
        } else {
            uint8_t type = (uint8_t)*m;
            uint8_t status = type == 'Z' ? (uint8_t) * ++m : 0;
            if (!track_received(t, type, status, NULL)) {
                fail_msg("\"%s\": the tracker does not expect '%c' at %d", flow, type, (int)(m - flow));
            }
        }
    }
}

struct flow {
    const char *messages;
    bool idle;
    size_t owed;
};

static void check_flows(const struct flow *flows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct track t;
        track_init(&t, (struct track_hook){.done = NULL});
        assert_true(track_idle(&t));
        pass(&t, flows[i].messages);
        if (track_idle(&t) != flows[i].idle || track_owed(&t) != flows[i].owed) {
            fail_msg("\"%s\": idle %d, owed %zu", flows[i].messages, track_idle(&t), track_owed(&t));
        }
        track_free(&t);
    }
}

#define CHECK(...)                                                                                           \
    do {                                                                                                     \
        const struct flow flows[] = {__VA_ARGS__};                                                           \
        check_flows(flows, sizeof flows / sizeof flows[0]);                                                  \
    } while (0)

static void simple_queries(void **state)
{
    (void)state;
    CHECK({">Q", false, 1}, {">Q<TDC", false, 1}, {">Q<TDCZI", true, 0}, {">Q<IZI", true, 0},
          {">Q<CZT", false, 0}, {">Q<CZT>Q<EZE>Q<EZE>Q<CZI", true, 0},
          /* several statements, an error among them */
          {">Q<TDCTDCCZI", true, 0}, {">Q<TDCEZI", true, 0},
          /* two in a row (Q7) */
          {">QQ<TDCZI", false, 1}, {">QQ<TDCZITDCZI", true, 0},
          /* function calls */
          {">F<VZI", true, 0}, {">F<EZI", true, 0}, {">F", false, 1},
          /* asynchronous messages anywhere */
          {"<NSA>Q<NTNDSCASZINA", true, 0});
}

static void extended_queries(void **state)
{
    (void)state;
    CHECK({">PBDES<12TDDCZI", true, 0}, {">PBDES<12nCZI", true, 0}, {">DS<tTZI", true, 0},
          {">DS<tnZI", true, 0}, {">PS<1ZI", true, 0}, {">S<ZI", true, 0}, {">CCS<33ZI", true, 0},
          /* a portal in pieces (E8) */
          {">PBES<12DDsZT>ES<DCZI", true, 0}, {">PBEES<12DsDCZI", true, 0},
          /* a transaction begun (E19) */
          {">PBES<12CZT", false, 0});
}

static void flush_leaves_the_batch_open(void **state)
{
    (void)state;
    CHECK({">PH", false, 0}, {">PH<1", false, 0}, {">PBDEH<12TDC", false, 0}, {">PBDEH<12TDC>S", false, 1},
          {">PBDEH<12TDC>S<ZI", true, 0},
          /* a simple Query ends the batch as well: PostgreSQL is at its outer loop again */
          {">PH<1>Q<TDCZI", true, 0});
}

static void after_an_error_all_is_skipped_until_sync(void **state)
{
    (void)state;
    CHECK(/* E5 */
          {">PBEPBES<12DCEZI", true, 0}, {">PBEPBE<12DCE", false, 0}, {">PBEPBE<12DCE>PBE", false, 0},
          {">PBEPBE<12DCE>PBES<ZI", true, 0},
          /* a Query among what is skipped is not answered */
          {">PQS<E", false, 1}, {">PQS<EZI", true, 0}, {">P<E>Q", false, 0}, {">P<E>QF>S<ZI", true, 0},
          /* E6: one ReadyForQuery for each Sync */
          {">PBES PBES PBES<12DCZI 1EZI 12DC", false, 1}, {">PBES PBES PBES<12DCZI 1EZI 12DCZI", true, 0},
          {">PS PS<E", false, 2},
          /* an error while Sync commits */
          {">PBES<12CEZI", true, 0},
          /* E18b: the Query destroys the portal */
          {">PBQES<12TDCZIEZI", true, 0});
}

static void copy_in_by_simple_query(void **state)
{
    (void)state;
    CHECK(/* C1, C2 */
          {">Q<G", false, 1}, {">Q<G>dd", false, 1}, {">Q<G>ddc<CZI", true, 0}, {">Q<G>f<EZI", true, 0},
          /* C3: the error comes at once, the rest of the copy late */
          {">Q<G>dd<EZI", true, 0}, {">Q<G>dd<EZI>ddc", true, 0}, {">Q<G>dd<E>ddc<ZI", true, 0},
          {">Q<G>dd<EZI>f", true, 0}, {">Q<G>dd<EZE>dc", false, 0}, {">Q<G>d<EZI>dcQ<TDCZI", true, 0},
          {">Q<G>dcQ<EZI TDCZI", true, 0},
          /* two copies in one Query, and one followed by a SELECT */
          {">Q<G>dc<CG>dc<CZI", true, 0}, {">Q<G>dcdc<CGCZI", true, 0}, {">Q<G>dc<CTDCZI", true, 0},
          /* all at once, before the server said anything */
          {">Qdc<GCZI", true, 0}, {">QdcQdc<GCZIGCZI", true, 0}, {">QdcQdc<GEZIGCZI", true, 0},
          /* Sync and Flush during the copy */
          {">Q<G>SHdSc<CZI", true, 0}, {">Q<G>S", false, 1});
}

static void copy_in_by_execute(void **state)
{
    (void)state;
    CHECK(/* C4: the Sync before the data is ignored, the one after it counts */
          {">PBES<12", false, 1}, {">PBES<12G", false, 0}, {">PBES<12G>dc", false, 0},
          {">PBES<12G>dcS", false, 1}, {">PBES<12G>dcS<CZI", true, 0}, {">PBESSSdSHScS<12GCZI", true, 0},
          {">PBEH<12G>dc<C", false, 0}, {">PBEH<12G>dcS<CZI", true, 0}, {">PBEH<12G>fS<EZI", true, 0},
          {">PBEdcS<12GCZI", true, 0},
          /* a bad row: no ReadyForQuery until the next Sync */
          {">PBEH<12G>d<E", false, 0}, {">PBEH<12G>d<E>dc", false, 0}, {">PBEH<12G>d<E>dcS", false, 1},
          {">PBEH<12G>d<E>dcS<ZI", true, 0}, {">PBEHdcS<12GEZI", true, 0},
          /* copies in one batch */
          {">PBEdcPBEdcS<12GC12GCZI", true, 0}, {">PBEdcPBEdcS<12GEZI", true, 0},
          /* the copy did not begin: everything after it is skipped, each Sync counts */
          {">PBESdcS<12EZIZI", true, 0}, {">PBESdcS<E", false, 2});
}

static void copy_out_and_both(void **state)
{
    (void)state;
    CHECK({">Q<H", false, 1}, {">Q<HddcCZI", true, 0}, {">Q<HddEZI", true, 0}, {">PBES<12HdcCZI", true, 0},
          {">PBES<12HdEZI", true, 0}, {">Q<W>dd<dd>c<dcCZI", true, 0}, {">Q<W>d<dc>c<CCZI", true, 0},
          {">Q<W>d<EZI", true, 0});
}

/* A failed copy-in with a Sync before its data: PostgreSQL may or may not have read that Sync. */
static void a_doubtful_sync_is_not_forgotten(void **state)
{
    (void)state;
    struct track t;
    track_init(&t, (struct track_hook){.done = NULL});
    pass(&t, ">PBES<12G>dcS<E");
    assert_int_equal(track_owed(&t), 1);
    pass(&t, "<ZI");
    assert_false(track_idle(&t));
    assert_true(track_unsure(&t));
    assert_int_equal(track_owed(&t), 0);
    pass(&t, "<ZI"); /* it had not */
    assert_true(track_idle(&t));
    assert_false(track_unsure(&t));

    pass(&t, ">PBES<12G>dcS<EZI"); /* the same, but it had; a probe shows it */
    assert_true(track_unsure(&t));
    pass(&t, ">Q<IZI");
    assert_true(track_idle(&t));

    pass(&t, ">PBESSd<12G<E"); /* both may still be there: a Sync of our own ends the batch for certain */
    assert_int_equal(track_owed(&t), 0);
    assert_true(track_unsynced(&t));
    pass(&t, ">S<ZI");
    assert_true(track_unsure(&t));
    pass(&t, ">Q<ZIZI"); /* both come, before the probe is answered */
    assert_int_equal(track_owed(&t), 1);
    pass(&t, "<IZI");
    assert_true(track_idle(&t));

    pass(&t, ">PBES<12G>d<EZI"); /* read by nobody, it ends the skipping by itself */
    assert_true(track_idle(&t));
    track_free(&t);
}

static void a_reply_to_nothing_breaks_the_link(void **state)
{
    (void)state;
    const char *flows[] = {"<Z", "<E",   "<D",   ">P<2",    ">Q<1", ">PS<1C", ">PBES<12CZIZ", ">S<T",
                           "<R", ">Q<V", ">Q<K", ">Q<\x01", ">P<Z", ">PS<EE", ">Q<t",         ">B<D"};
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        struct track t;
        track_init(&t, (struct track_hook){.done = NULL});
        size_t len = strlen(flows[i]);
        char start[32] = "";
        memcpy(start, flows[i], len - 1);
        pass(&t, start);
        bool ok = track_received(&t, (uint8_t)flows[i][len - 1], 'I', NULL);
        if (strcmp(flows[i], ">PS<EE") == 0) {
            assert_true(ok); /* Sync itself may fail */
        } else {
            assert_false(ok);
            assert_false(track_idle(&t));
            pass(&t, ">S");
            (void)track_received(&t, 'Z', 'I', NULL);
            assert_false(track_idle(&t));
        }
        track_free(&t);
    }
}

static void unsynced(void **state)
{
    (void)state;
    const struct {
        const char *messages;
        bool unsynced;
    } cases[] = {{"", false},
                 {">P", true},
                 {">PS", false},
                 {">PH<1", true},
                 {">PSP", true},
                 {">PS<1ZI", false},
                 {">Q", false},
                 {">P<E", true},
                 {">PQ", true},
                 {">P<E>S", false},
                 {">PBES<12G", true},
                 {">PBES<12G>dc", true},
                 {">PBES<12G>dcS", false},
                 {">Q<G>dc", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct track t;
        track_init(&t, (struct track_hook){.done = NULL});
        pass(&t, cases[i].messages);
        if (track_unsynced(&t) != cases[i].unsynced) {
            fail_msg("\"%s\": unsynced %d", cases[i].messages, track_unsynced(&t));
        }
        track_free(&t);
    }
}

struct outcomes {
    char text[64];
    size_t n;
};

static void note(void *ctx, uint8_t type, uint32_t tag, enum track_outcome outcome)
{
    struct outcomes *o = ctx;
    o->text[o->n++] = (char)type;
    o->text[o->n++] = (char)('0' + tag);
    o->text[o->n++] = "+-."[outcome];
    o->text[o->n] = '\0';
}

/* What became of every request; tags count up. */
static void outcomes_are_told(void **state)
{
    (void)state;
    const struct {
        const char *sent;
        const char *received;
        const char *expected;
    } cases[] = {
        {"PBES", "12DCZ", "P0+B1+E2+S3+"},
        {"PPS", "1EZ", "P0+P1-S2+"},
        {"PPBQS", "1EZ", "P0+P1-B2.Q3.S4+"},
        {"QQ", "CZEZ", "Q0+Q1-"},
        {"PBESdcS", "12GCZ", "P0+B1+S3.E2+S6+"},
        {"PES", "1CEZ", "P0+E1+S2-"},
        {"F", "VZ", "F0+"},
        {"CDS", "3tTZ", "C0+D1+S2+"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcomes o = {.n = 0};
        struct track t;
        track_init(&t, (struct track_hook){.done = note, .ctx = &o});
        for (uint32_t k = 0; cases[i].sent[k] != '\0'; k++) {
            track_sent(&t, (uint8_t)cases[i].sent[k], k);
        }
        for (const char *m = cases[i].received; *m != '\0'; m++) {
            assert_true(track_received(&t, (uint8_t)*m, 'I', NULL));
        }
        assert_string_equal(o.text, cases[i].expected);
        track_free(&t);
    }
}

static void replies_name_their_request(void **state)
{
    (void)state;
    struct track t;
    struct track_reply r;
    track_init(&t, (struct track_hook){.done = NULL});
    track_sent(&t, 'P', 70);
    track_sent(&t, 'D', 71);
    track_sent(&t, 'S', 72);
    const struct {
        uint8_t type;
        uint8_t request;
        uint32_t tag;
        bool last;
    } expected[] = {{'N', 0, 0, false},   {'1', 'P', 70, true}, {'t', 'D', 71, false},
                    {'T', 'D', 71, true}, {'S', 0, 0, false},   {'Z', 'S', 72, true}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(track_received(&t, expected[i].type, 'I', &r));
        assert_int_equal(r.request, expected[i].request);
        assert_int_equal(r.tag, expected[i].tag);
        assert_int_equal(r.last, expected[i].last);
    }
    track_sent(&t, 'Q', 73);
    assert_true(track_received(&t, 'E', 0, &r));
    assert_int_equal(r.tag, 73);
    assert_false(r.last);
    track_free(&t);
}

/* The queue grows, wraps around, and keeps its order. */
static void a_long_pipeline(void **state)
{
    (void)state;
    struct track t;
    struct track_reply r;
    uint32_t next = 0;
    uint32_t seen = 0;
    track_init(&t, (struct track_hook){.done = NULL});
    for (uint32_t round = 1; round < 400; round++) {
        for (uint32_t i = 0; i < round; i++) {
            track_sent(&t, 'P', next++);
        }
        for (uint32_t i = 0; i < round - (round > 5 ? 3 : 0); i++) {
            assert_true(track_received(&t, '1', 0, &r));
            assert_int_equal(r.tag, seen++);
        }
    }
    while (seen < next) {
        assert_true(track_received(&t, '1', 0, &r));
        assert_int_equal(r.tag, seen++);
    }
    pass(&t, ">S<ZI");
    assert_true(track_idle(&t));
    for (int i = 0; i < 100000; i++) {
        pass(&t, ">dHXp"); /* of no consequence, and of no cost */
    }
    assert_int_equal(t.len, 0);
    track_free(&t);
    track_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_queries),
        cmocka_unit_test(extended_queries),
        cmocka_unit_test(flush_leaves_the_batch_open),
        cmocka_unit_test(after_an_error_all_is_skipped_until_sync),
        cmocka_unit_test(copy_in_by_simple_query),
        cmocka_unit_test(copy_in_by_execute),
        cmocka_unit_test(copy_out_and_both),
        cmocka_unit_test(a_doubtful_sync_is_not_forgotten),
        cmocka_unit_test(a_reply_to_nothing_breaks_the_link),
        cmocka_unit_test(unsynced),
        cmocka_unit_test(outcomes_are_told),
        cmocka_unit_test(replies_name_their_request),
        cmocka_unit_test(a_long_pipeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
