#include "protocol.h"

#include <string.h>

#define CODE_CANCEL 80877102u
#define CODE_SSL 80877103u
#define CODE_GSS 80877104u

enum frame_status startup_peek(const uint8_t *data, size_t len, size_t *total)
{
    if (len < 4) {
        return FRAME_MORE;
    }
    struct wire_in in = wire_in_make(data, len);
    uint32_t length = wire_u32(&in);
    if (length < 8 || length > STARTUP_PACKET_MAX) {
        return FRAME_BAD;
    }
    *total = length;
    return FRAME_HEAD;
}

/* The spellings of a boolean setting that mean true; "database" asks for logical replication. */
static bool replication_asked(const char *value)
{
    static const char *const yes[] = {"true", "on", "yes", "1", "database"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (strcmp(value, yes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Room for the parameters: a pair takes at least two bytes of the packet. */
struct pairs {
    struct startup_param *params;
    const char **pq_options;
};

static void pair_add(struct startup *s, struct pairs *to, struct startup_param pair)
{
    if (strcmp(pair.name, "user") == 0) {
        s->user = pair.value;
    } else if (strcmp(pair.name, "database") == 0) {
        s->database = pair.value;
    } else if (strcmp(pair.name, "options") == 0) {
        s->options = pair.value;
    } else if (strcmp(pair.name, "replication") == 0) {
        s->replication = pair.value;
        s->replication_on = replication_asked(pair.value);
    } else if (strncmp(pair.name, "_pq_.", 5) == 0) {
        to->pq_options[s->npq_options++] = pair.name;
    } else {
        to->params[s->nparams++] = pair;
    }
}

static size_t pairs_count(struct wire_in in)
{
    size_t n = 0;
    while (*wire_cstr(&in) != '\0') {
        wire_cstr(&in);
        n++;
    }
    return n;
}

/*
 * The list of name, value, name, value..., closed by an empty name which must be the last byte: what follows
 * it would be read by nobody, and may be meant for somebody (CVE-2021-23214 is of that kind).
 */
static bool session_parse(struct startup *s, struct arena *a, struct wire_in *in, struct err *e)
{
    size_t n = pairs_count(*in);
    struct pairs to = {.params = ARENA_ARRAY(a, struct startup_param, n),
                       .pq_options = ARENA_ARRAY(a, const char *, n)};
    for (;;) {
        struct startup_param pair = {.name = wire_cstr(in)};
        if (*pair.name == '\0') {
            break;
        }
        pair.value = wire_cstr(in);
        pair_add(s, &to, pair);
    }
    s->params = to.params;
    s->pq_options = to.pq_options;
    if (!wire_done(in)) {
        return err_set(e, ERR_PROTOCOL, "invalid startup packet layout: expected terminator as last byte");
    }
    if (s->user == NULL || *s->user == '\0') {
        return err_set(e, ERR_AUTH_SPEC, "no PostgreSQL user name specified in startup packet");
    }
    if (s->database == NULL || *s->database == '\0') {
        s->database = s->user;
    }
    return true;
}

static bool cancel_parse(struct startup *s, struct wire_in *in, struct err *e)
{
    s->cancel_pid = wire_i32(in);
    s->cancel_key_len = wire_left(in);
    s->cancel_key = wire_bytes(in, s->cancel_key_len);
    if (in->bad || s->cancel_key_len < 4 || s->cancel_key_len > STARTUP_CANCEL_KEY_MAX) {
        return err_set(e, ERR_PROTOCOL, "invalid length of cancel request packet");
    }
    return true;
}

bool startup_parse(struct startup *s, struct arena *a, const uint8_t *packet, size_t len, struct err *e)
{
    memset(s, 0, sizeof *s);
    size_t total = 0;
    if (startup_peek(packet, len, &total) != FRAME_HEAD || total != len) {
        return err_set(e, ERR_PROTOCOL, "invalid length of startup packet");
    }
    struct wire_in in = wire_in_make(arena_strndup(a, (const char *)packet, len), len);
    (void)wire_u32(&in);
    uint32_t code = wire_u32(&in);
    if (code == CODE_CANCEL) {
        s->kind = STARTUP_CANCEL;
        return cancel_parse(s, &in, e);
    }
    if (code == CODE_SSL || code == CODE_GSS) {
        s->kind = code == CODE_SSL ? STARTUP_SSL : STARTUP_GSS;
        return wire_done(&in) || err_set(e, ERR_PROTOCOL, "invalid length of startup packet");
    }
    s->version = code;
    if (code >> 16 != 3) {
        s->kind = STARTUP_UNSUPPORTED;
        return true;
    }
    s->kind = STARTUP_SESSION;
    return session_parse(s, a, &in, e);
}

uint32_t startup_negotiate(const struct startup *s, uint32_t newest, bool *must_say)
{
    *must_say = s->version > newest || s->npq_options > 0;
    return s->version < newest ? s->version : newest;
}

void startup_write(struct wire_out *out, uint32_t version, const char *user, const char *database,
                   const struct startup_param *params, size_t nparams)
{
    wire_msg_begin(out, 0);
    wire_put_u32(out, version);
    wire_put_cstr(out, "user");
    wire_put_cstr(out, user);
    if (database != NULL) {
        wire_put_cstr(out, "database");
        wire_put_cstr(out, database);
    }
    for (size_t i = 0; i < nparams; i++) {
        wire_put_cstr(out, params[i].name);
        wire_put_cstr(out, params[i].value);
    }
    wire_put_u8(out, 0);
    wire_msg_end(out);
}

void startup_write_cancel(struct wire_out *out, int32_t pid, const uint8_t *key, size_t key_len)
{
    wire_msg_begin(out, 0);
    wire_put_u32(out, CODE_CANCEL);
    wire_put_i32(out, pid);
    wire_put_bytes(out, key, key_len);
    wire_msg_end(out);
}

void startup_write_ssl(struct wire_out *out)
{
    wire_msg_begin(out, 0);
    wire_put_u32(out, CODE_SSL);
    wire_msg_end(out);
}

void startup_write_gss(struct wire_out *out)
{
    wire_msg_begin(out, 0);
    wire_put_u32(out, CODE_GSS);
    wire_msg_end(out);
}
