/*
 * protocol: PostgreSQL's frontend/backend protocol, version 3, without I/O. Bytes in, bytes out.
 *
 *   wire      a sticky reader and a growing writer: the only code that knows byte order and length words
 *   frame     finds messages in a stream of bytes, however it was cut
 *   startup   the untyped packets that open a connection
 *   msg       builders and parsers of the typed messages
 *   errfields ErrorResponse and NoticeResponse, field by field
 *   track     what a server still owes, and whether its connection may be given to somebody else
 *   md5,scram password exchanges, both sides
 *   userlist  PgBouncer's auth_file
 *
 * A parser gets a whole message body (without type and length). What it returns points into that body
 * unless it takes an arena. A parser that fails returns false; the message is then malformed, the
 * connection cannot be trusted any more, and the answer is ERR_PROTOCOL. A builder appends one whole message
 * to a wire_out. Nothing here keeps state that the caller does not hold in a struct below.
 */
#ifndef WEIR_PROTOCOL_H
#define WEIR_PROTOCOL_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------------------------------------
 * wire: reading. Sticky: after a read past the end every read yields 0, "" or NULL, and `bad` stays set.
 * Read each field in a statement of its own, test wire_done() once.
 */

struct wire_in {
    const uint8_t *p;
    const uint8_t *end;
    bool bad;
};

struct wire_in wire_in_make(const void *data, size_t len);
uint8_t wire_u8(struct wire_in *in);
uint16_t wire_u16(struct wire_in *in);
int16_t wire_i16(struct wire_in *in);
uint32_t wire_u32(struct wire_in *in);
int32_t wire_i32(struct wire_in *in);
/* A terminated string, in place. "" when there is no terminator before the end. */
const char *wire_cstr(struct wire_in *in);
/* n bytes, in place; NULL (and bad) when fewer are left. */
const uint8_t *wire_bytes(struct wire_in *in, size_t n);
size_t wire_left(const struct wire_in *in);
/* Everything was there, and nothing is left over. */
bool wire_done(const struct wire_in *in);

/*
 * wire: writing. `data` is the first byte not yet consumed, `len` how many there are. Starts as all zeroes;
 * wire_out_free returns it to that state. Running out of memory ends the process, as in an arena.
 */
struct wire_out {
    uint8_t *data;
    size_t len;
    size_t cap;  /* room from data on */
    size_t head; /* bytes consumed before data */
    size_t msg;  /* 1 + offset of the open message's length word; 0: no message is open */
};

/* Opens a message of this type; type 0 opens an untyped packet (length word only). Messages do not nest. */
void wire_msg_begin(struct wire_out *out, uint8_t type);
/* Closes it: the length word is patched. */
void wire_msg_end(struct wire_out *out);
void wire_put_u8(struct wire_out *out, uint8_t v);
void wire_put_i16(struct wire_out *out, int16_t v);
void wire_put_u16(struct wire_out *out, uint16_t v);
void wire_put_i32(struct wire_out *out, int32_t v);
void wire_put_u32(struct wire_out *out, uint32_t v);
void wire_put_cstr(struct wire_out *out, const char *s); /* with its terminator; NULL is "" */
/* Raw bytes: part of the open message, or, when none is open, bytes relayed as they are. */
void wire_put_bytes(struct wire_out *out, const void *data, size_t n);
/* Drops n bytes from the front (they were sent). Pointers into data are void after this. */
void wire_out_consume(struct wire_out *out, size_t n);
void wire_out_free(struct wire_out *out);

/* ------------------------------------------------------------------------------------------------
 * frame: where messages begin and end.
 */

/* The largest length word a message may carry unless its type says less; PostgreSQL allows 1 GB - 1. */
#define FRAME_LENGTH_MAX 0x3fffffffu

enum frame_status {
    FRAME_MORE, /* not enough bytes yet; not an error */
    FRAME_HEAD, /* a header is complete: type and length are known */
    FRAME_BODY, /* bytes of the current message's body */
    FRAME_BAD   /* length below 4 or above the limit; there is no way back into the stream */
};

/*
 * Buffer style: the first bytes at `data`. FRAME_HEAD once 5 bytes are there: *type, and *total, the size of
 * the whole message with its header (so the message is whole when len >= total). `limit` is the largest
 * length word accepted. No state.
 */
enum frame_status frame_peek(const uint8_t *data, size_t len, uint32_t limit, uint8_t *type, size_t *total);

/* Stream style: the framer takes bytes as they come and never needs them again. All zeroes at first. */
struct frame {
    uint8_t header[5];  /* valid after FRAME_HEAD, for forwarding */
    uint8_t have;       /* bytes of the header seen so far */
    uint8_t type;       /* of the current message */
    uint32_t length;    /* of its body, header not counted */
    uint32_t remaining; /* body bytes not seen yet */
};

/*
 * Takes bytes from data and says what they were. *used is how many were taken; call again with the rest.
 * FRAME_HEAD: f->type, f->length, f->header. When f->length is 0 the message is already over.
 * FRAME_BODY: the bytes taken are body; f->remaining == 0 says they were the last.
 * FRAME_MORE: everything was taken (also when len is 0).
 */
enum frame_status frame_feed(struct frame *f, const uint8_t *data, size_t len, uint32_t limit, size_t *used);

/* No message is begun: the next byte is a type byte. */
bool frame_at_boundary(const struct frame *f);

/* Is this a message type a client (a server) may send after startup? */
bool frame_client_type(uint8_t type);
bool frame_server_type(uint8_t type);

/* The largest length word PostgreSQL accepts from a client for this type: Sync cannot be a megabyte. */
uint32_t frame_client_limit(uint8_t type);

/* ------------------------------------------------------------------------------------------------
 * startup: the untyped packets.
 */

#define STARTUP_PACKET_MAX 10000 /* length word included; PostgreSQL's MAX_STARTUP_PACKET_LENGTH */
#define STARTUP_VERSION_3_0 0x00030000u
#define STARTUP_VERSION_3_2 0x00030002u
#define STARTUP_CANCEL_KEY_MAX 256 /* bytes; 4 before protocol 3.2 */

enum startup_kind {
    STARTUP_SSL,        /* SSLRequest, 80877103 */
    STARTUP_GSS,        /* GSSENCRequest, 80877104 */
    STARTUP_CANCEL,     /* CancelRequest, 80877102 */
    STARTUP_SESSION,    /* StartupMessage 3.x */
    STARTUP_UNSUPPORTED /* any other major version; `version` says which */
};

struct startup_param {
    const char *name;
    const char *value;
};

/* Strings are copies in the arena given to startup_parse. */
struct startup {
    enum startup_kind kind;
    uint32_t version; /* as the client sent it: major << 16 | minor */

    int32_t cancel_pid;
    const uint8_t *cancel_key; /* in the arena */
    size_t cancel_key_len;

    const char *user;                   /* never empty in a session packet */
    const char *database;               /* never empty; defaults to user */
    const char *options;                /* NULL when absent */
    const char *replication;            /* NULL when absent: "true", "database", ... as sent */
    bool replication_on;                /* it asks for a replication connection, physical or logical */
    const struct startup_param *params; /* the others, in order, duplicates kept: the last one counts */
    size_t nparams;
    const char *const *pq_options; /* names that begin with _pq_. : never settings, always negotiated */
    size_t npq_options;
};

/*
 * Is a whole packet there? FRAME_HEAD: *total bytes make the packet (they need not be there yet).
 * FRAME_BAD: length below 8 or above STARTUP_PACKET_MAX.
 */
enum frame_status startup_peek(const uint8_t *data, size_t len, size_t *total);

/*
 * Parses one whole packet, length word included. Fails with ERR_PROTOCOL (bad layout), or ERR_AUTH_SPEC
 * ("no PostgreSQL user name specified in startup packet"); the texts are PostgreSQL's. A major version other
 * than 3 is not a failure here but STARTUP_UNSUPPORTED.
 */
bool startup_parse(struct startup *s, struct arena *a, const uint8_t *packet, size_t len, struct err *e);

/*
 * The version to speak with this client, at most `newest` (STARTUP_VERSION_3_0 or _3_2). *must_say: send
 * msg_write_negotiate(newest-or-lower as returned, s->pq_options) before any Authentication message.
 */
uint32_t startup_negotiate(const struct startup *s, uint32_t newest, bool *must_say);

/*
 * Splits the `options` startup parameter as postgres does: words at blanks, backslash escapes, then
 * -c name=value, -cname=value, --name=value (dashes in the name become underscores). Any other switch is
 * ERR_INVALID_PARAMETER, naming it. The array is in the arena.
 */
bool startup_options(struct arena *a, const char *options, struct startup_param **params, size_t *nparams,
                     struct err *e);

/* StartupMessage towards a server: user, database (NULL: left out) and the other parameters. */
void startup_write(struct wire_out *out, uint32_t version, const char *user, const char *database,
                   const struct startup_param *params, size_t nparams);
void startup_write_cancel(struct wire_out *out, int32_t pid, const uint8_t *key, size_t key_len);
void startup_write_ssl(struct wire_out *out);
void startup_write_gss(struct wire_out *out);

/* ------------------------------------------------------------------------------------------------
 * msg: what a server says. Builders speak to a client, parsers read a server.
 */

enum auth_kind { /* the code in an Authentication message */
                 AUTH_OK = 0,
                 AUTH_KERBEROS = 2,
                 AUTH_CLEARTEXT = 3,
                 AUTH_MD5 = 5,
                 AUTH_GSS = 7,
                 AUTH_GSS_CONTINUE = 8,
                 AUTH_SSPI = 9,
                 AUTH_SASL = 10,
                 AUTH_SASL_CONTINUE = 11,
                 AUTH_SASL_FINAL = 12
};

#define MSG_ERROR "ERROR"
#define MSG_FATAL "FATAL"
#define MSG_WARNING "WARNING"
#define MSG_NOTICE "NOTICE"
#define MSG_INFO "INFO"

/* ErrorResponse / NoticeResponse: S, V, C, M, and D, H, P where given. e->sqlstate may be empty (XX000). */
void msg_write_error(struct wire_out *out, const char *severity, const struct err *e);
void msg_write_notice(struct wire_out *out, const char *severity, const struct err *e);

void msg_write_auth_ok(struct wire_out *out);
void msg_write_auth_cleartext(struct wire_out *out);
void msg_write_auth_md5(struct wire_out *out, const uint8_t salt[4]);
void msg_write_auth_sasl(struct wire_out *out, const char *const *mechanisms, size_t n);
void msg_write_auth_sasl_continue(struct wire_out *out, const void *data, size_t len);
void msg_write_auth_sasl_final(struct wire_out *out, const void *data, size_t len);
/* names: protocol options that are not understood, as from startup.pq_options. */
void msg_write_negotiate(struct wire_out *out, uint32_t version, const char *const *names, size_t n);
void msg_write_parameter_status(struct wire_out *out, const char *name, const char *value);
void msg_write_backend_key(struct wire_out *out, int32_t pid, const uint8_t *key, size_t key_len);
void msg_write_ready(struct wire_out *out, uint8_t status); /* 'I', 'T' or 'E' */
void msg_write_command_complete(struct wire_out *out, const char *tag);
/* A message without a body: '1' '2' '3' 'n' 's' 'I' from a server, 'S' 'H' 'X' 'c' from a client. */
void msg_write_empty(struct wire_out *out, uint8_t type);

struct msg_column {
    const char *name;
    uint32_t table_oid;
    int16_t attnum;
    uint32_t type_oid;
    int16_t typlen;
    int32_t typmod;
    int16_t format; /* 0 text, 1 binary */
};

struct msg_value {
    const uint8_t *data; /* not terminated; NULL when the value is NULL */
    int32_t len;         /* -1: NULL */
};

void msg_write_row_description(struct wire_out *out, const struct msg_column *columns, size_t n);
/* RowDescription of text columns by name only, as an administration console needs. */
void msg_write_text_columns(struct wire_out *out, const char *const *names, size_t n);
void msg_write_data_row(struct wire_out *out, const struct msg_value *values, size_t n);
/* DataRow of texts; a NULL pointer is NULL. */
void msg_write_text_row(struct wire_out *out, const char *const *values, size_t n);

struct msg_auth {
    enum auth_kind kind; /* an unknown code is kept as it is */
    const uint8_t *data; /* md5: 4 bytes of salt; SASL: names; continue and final: the SASL text */
    size_t len;
};
bool msg_read_auth(const uint8_t *body, size_t len, struct msg_auth *m);
/* AUTH_SASL only: does the server offer this mechanism? */
bool msg_auth_offers(const struct msg_auth *m, const char *mechanism);

bool msg_read_parameter_status(const uint8_t *body, size_t len, const char **name, const char **value);

struct msg_backend_key {
    int32_t pid;
    const uint8_t *key;
    size_t key_len; /* 4 before protocol 3.2; never above STARTUP_CANCEL_KEY_MAX */
};
bool msg_read_backend_key(const uint8_t *body, size_t len, struct msg_backend_key *m);
/* *status is one of 'I', 'T', 'E'. */
bool msg_read_ready(const uint8_t *body, size_t len, uint8_t *status);
bool msg_read_command_complete(const uint8_t *body, size_t len, const char **tag);
/* Names point into the body, the array is in the arena. */
bool msg_read_row_description(const uint8_t *body, size_t len, struct arena *a, struct msg_column **columns,
                              size_t *n);
/* *n is the number of columns in the row; at most `max` are stored, the whole row is checked. */
bool msg_read_data_row(const uint8_t *body, size_t len, struct msg_value *values, size_t max, size_t *n);
bool msg_read_negotiate(const uint8_t *body, size_t len, uint32_t *version, uint32_t *noptions);

struct msg_notification {
    int32_t pid;
    const char *channel;
    const char *payload;
};
bool msg_read_notification(const uint8_t *body, size_t len, struct msg_notification *m);

/*
 * errfields: an ErrorResponse or NoticeResponse. A field that is absent is NULL, except the first three,
 * which are then "ERROR", "XX000" and "". Unknown fields are skipped; of a repeated field the last counts.
 */
struct errfields {
    const char *severity;           /* V, or S when the server sent no V */
    const char *sqlstate;           /* C; always five characters */
    const char *message;            /* M */
    const char *localized_severity; /* S */
    const char *detail;             /* D */
    const char *hint;               /* H */
    const char *position;           /* P */
    const char *internal_position;  /* p */
    const char *internal_query;     /* q */
    const char *where;              /* W */
    const char *schema;             /* s */
    const char *table;              /* t */
    const char *column;             /* c */
    const char *data_type;          /* d */
    const char *constraint;         /* n */
    const char *file;               /* F */
    const char *line;               /* L */
    const char *routine;            /* R */
};
bool errfields_read(const uint8_t *body, size_t len, struct errfields *f);
/* The session does not survive it: FATAL or PANIC. */
bool errfields_fatal(const struct errfields *f);
/* As a failure of ours, with the server's SQLSTATE, message, detail, hint and position. code: ERR_SQL. */
void errfields_to_err(const struct errfields *f, struct err *e);

/* ------------------------------------------------------------------------------------------------
 * msg: what a client says. Parsers read a client, builders speak to a server.
 */

struct msg_parse {
    const char *statement;
    const char *query;
    const uint8_t *types; /* what follows the query text: int16 count and the type oids, raw */
    size_t types_len;
};
bool msg_read_parse(const uint8_t *body, size_t len, struct msg_parse *m);
/* types NULL: no types are given (count 0). */
void msg_write_parse(struct wire_out *out, const char *statement, const char *query, const uint8_t *types,
                     size_t types_len);

/*
 * Bind can carry a parameter of a gigabyte, so only its head is parsed, and from a body that may be
 * incomplete. FRAME_HEAD: both names are there, and `prefix` bytes of the body are used by them.
 */
struct msg_bind {
    const char *portal;
    const char *statement;
    size_t prefix;
};
enum frame_status msg_read_bind(const uint8_t *body, size_t have, size_t body_len, struct msg_bind *m);
/* A Bind header for other names; the caller relays the `rest_len` bytes that follow the names itself. */
void msg_write_bind_head(struct wire_out *out, const char *portal, const char *statement, size_t rest_len);
/* Bind with text parameters (a NULL pointer is NULL) and text results. */
void msg_write_bind(struct wire_out *out, const char *portal, const char *statement,
                    const char *const *values, size_t n);

struct msg_target { /* Describe, Close */
    uint8_t kind;   /* 'S' statement, 'P' portal */
    const char *name;
};
bool msg_read_target(const uint8_t *body, size_t len, struct msg_target *m);
void msg_write_describe(struct wire_out *out, uint8_t kind, const char *name);
void msg_write_close(struct wire_out *out, uint8_t kind, const char *name);

struct msg_execute {
    const char *portal;
    int32_t max_rows; /* 0: all */
};
bool msg_read_execute(const uint8_t *body, size_t len, struct msg_execute *m);
void msg_write_execute(struct wire_out *out, const char *portal, int32_t max_rows);

bool msg_read_query(const uint8_t *body, size_t len, const char **query);
void msg_write_query(struct wire_out *out, const char *query);
void msg_write_sync(struct wire_out *out);
void msg_write_flush(struct wire_out *out);
void msg_write_terminate(struct wire_out *out);
bool msg_read_copy_fail(const uint8_t *body, size_t len, const char **reason);
void msg_write_copy_fail(struct wire_out *out, const char *reason);

/* A 'p' message, whose meaning depends on what was asked for. */
bool msg_read_password(const uint8_t *body, size_t len, const char **password);
void msg_write_password(struct wire_out *out, const char *password);
struct msg_sasl_initial {
    const char *mechanism;
    const uint8_t *data; /* NULL when there is no initial response */
    size_t len;
};
bool msg_read_sasl_initial(const uint8_t *body, size_t len, struct msg_sasl_initial *m);
void msg_write_sasl_initial(struct wire_out *out, const char *mechanism, const void *data, size_t len);
/* A SASLResponse is its body; there is nothing to parse. */
void msg_write_sasl_response(struct wire_out *out, const void *data, size_t len);

/* ------------------------------------------------------------------------------------------------
 * track: what a server owes. One per server connection, from the first ReadyForQuery after login on.
 *
 * Tell it every message sent to the server (track_sent) and every message the server sent (track_received).
 * It keeps the requests in flight in a queue and replays on it what PostgreSQL does with them: skip until
 * Sync after an error, ignore Sync and Flush during copy-in, ignore late copy data. Each request carries a
 * tag of the caller's choosing, given back with every reply, so a caller can mark the messages it sent on its
 * own account and hide their replies.
 */

enum track_outcome {
    TRACK_OK,     /* the server did it */
    TRACK_FAILED, /* it answered with an error */
    TRACK_SKIPPED /* it never looked at it: after an error, or a Sync during copy-in */
};

enum track_copy { TRACK_COPY_NONE, TRACK_COPY_IN, TRACK_COPY_OUT, TRACK_COPY_BOTH };

/*
 * Called once for every request of type Q F S P B D E C, when the server is done with it. Not called by
 * track_free. It must not call back into the tracker.
 */
struct track_hook {
    void (*done)(void *ctx, uint8_t type, uint32_t tag, enum track_outcome outcome);
    void *ctx;
};

struct track_request {
    uint32_t tag;
    uint8_t type;
    bool answered; /* some reply to it was seen */
    bool failed;
};

struct track {
    struct track_hook hook;
    struct track_request *queue; /* ring of `cap`, a power of two */
    size_t head;
    size_t len;
    size_t cap;
    size_t owed;          /* ReadyForQuery messages that requests in the queue will bring */
    size_t copy_syncs;    /* Syncs taken to be ignored by the copy-in under way */
    size_t maybe;         /* Syncs of a failed copy-in that may or may not still bring a ReadyForQuery */
    enum track_copy copy; /* what the server is in */
    uint8_t status;       /* of the last ReadyForQuery: 'I', 'T', 'E' */
    bool skipping;        /* the server ignores everything up to the next Sync */
    bool in_batch;        /* extended messages were handled since the last ReadyForQuery */
    bool broken;          /* a reply to nothing, or a doubt nobody can settle: never idle again */
};

/* What a server message was the reply to. request 0: to nothing (asynchronous, or broken). */
struct track_reply {
    uint8_t request; /* type of the request */
    uint32_t tag;
    bool last; /* the last message for that request */
};

/* For a connection that has just said ReadyForQuery 'I'. hook.done may be NULL. */
void track_init(struct track *t, struct track_hook hook);
void track_free(struct track *t);
/* A message was sent to the server. Types other than Q F S P B D E C c f are of no consequence. */
void track_sent(struct track *t, uint8_t type, uint32_t tag);
/*
 * A message came from the server. status: the byte in a ReadyForQuery, 0 otherwise. *reply may be NULL.
 * False: the message fits nothing that was asked; the connection must not be reused.
 */
bool track_received(struct track *t, uint8_t type, uint8_t status, struct track_reply *reply);

/* Status 'I', nothing owed, nothing unsynced, not in copy, no doubt: somebody else may have the server. */
bool track_idle(const struct track *t);
/* ReadyForQuery messages that must still come. Never counts a Sync that the server will not answer. */
size_t track_owed(const struct track *t);
/* Extended messages were sent, and no Sync after them. A Sync (of ours) is needed to end the batch. */
bool track_unsynced(const struct track *t);
/* The server waits for CopyData, CopyDone or CopyFail. */
bool track_in_copy_in(const struct track *t);
/*
 * Doubt is all that keeps it from being idle. When a copy-in failed, PostgreSQL does not say whether Syncs
 * sent before its CopyDone were ignored or are still to be answered. The next request that is answered by
 * anything but ReadyForQuery settles it. To settle it at once, send an empty Query with a tag of your own and
 * hide its replies (EmptyQueryResponse and ReadyForQuery), and any ReadyForQuery before them.
 */
bool track_unsure(const struct track *t);

/* ------------------------------------------------------------------------------------------------
 * secrets
 */

/* Random bytes for keys, salts and nonces. False when the system has none to give. */
bool secret_random(void *data, size_t len);
/* Compares in time that depends on len only. */
bool secret_same(const void *a, const void *b, size_t len);
/* Overwrites, so that the compiler cannot leave it out. */
void secret_wipe(void *data, size_t len);
/* Is this the password, given in clear, whose stored secret (plain, md5 or SCRAM verifier) is `secret`? */
bool secret_check_password(const char *password, const char *secret, const char *user);

/* ------------------------------------------------------------------------------------------------
 * md5 authentication. A stored secret is a plain password or "md5" + 32 hex digits.
 */

#define MD5_TEXT_SIZE 36 /* "md5", 32 hex digits, terminator */

/* "md5" + 32 hex digits: is this how the secret is stored? */
bool md5_is_hashed(const char *secret);
/* "md5" + hex(md5(password + user)): how it is stored. False when the library refuses MD5 (FIPS mode). */
bool md5_hash(char out[MD5_TEXT_SIZE], const char *password, const char *user);
/* What a client answers to salt. False also when the secret is a SCRAM verifier. */
bool md5_response(char out[MD5_TEXT_SIZE], const char *secret, const char *user, const uint8_t salt[4]);
bool md5_check(const char *response, const char *secret, const char *user, const uint8_t salt[4]);

/* ------------------------------------------------------------------------------------------------
 * SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. Passwords are used as the bytes they are:
 * that is what SASLprep gives for ASCII; for others it differs from PostgreSQL only where NFKC
 * normalisation would change the text.
 */

#define SCRAM_MECHANISM "SCRAM-SHA-256"
#define SCRAM_KEY_LEN 32
#define SCRAM_SALT_MAX 128           /* bytes, decoded; PostgreSQL uses 16 */
#define SCRAM_MESSAGE_MAX 2048       /* bytes; the longest real one is below 300 */
#define SCRAM_ITERATIONS 4096        /* PostgreSQL's default */
#define SCRAM_ITERATIONS_MAX 2000000 /* a server may make us compute that much, about a second, not more */
#define SCRAM_VERIFIER_SIZE 512      /* text of a verifier, terminator included */

/* What a server keeps instead of a password. */
struct scram_verifier {
    uint8_t salt[SCRAM_SALT_MAX];
    size_t salt_len;
    uint32_t iterations;
    uint8_t stored_key[SCRAM_KEY_LEN];
    uint8_t server_key[SCRAM_KEY_LEN];
    bool mock; /* of a user that does not exist: never matches */
};

/* Does the text begin like a verifier? scram_verifier_parse says whether it is one. */
bool scram_is_verifier(const char *secret);
/* SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, base64. */
bool scram_verifier_parse(struct scram_verifier *v, const char *text, struct err *e);
/* Costs `iterations` HMACs, about 0.5 ms at 4096: keep the result. */
bool scram_verifier_make(struct scram_verifier *v, const char *password, const uint8_t *salt, size_t salt_len,
                         uint32_t iterations, struct err *e);
void scram_verifier_text(const struct scram_verifier *v, char out[SCRAM_VERIFIER_SIZE]);
/*
 * From whatever is stored for a user: NULL (no such user, or no password) gives a mock whose salt is always
 * the same for that name under one `key`, a plain password is hashed with that same salt, a verifier is
 * parsed, and a md5 hash gives a mock, for it can never match. Fails on a malformed verifier only.
 */
bool scram_verifier_from_secret(struct scram_verifier *v, const char *user, const char *secret,
                                const uint8_t key[SCRAM_KEY_LEN], struct err *e);

/*
 * The side that checks a client.
 *
 *     scram_server_init -> client-first  -> scram_server_first -> s->message is server-first
 *                          client-final  -> scram_server_final -> s->message is server-final
 */
enum scram_state { SCRAM_FIRST, SCRAM_FINAL, SCRAM_DONE, SCRAM_FAILED };

struct scram_server {
    enum scram_state state; /* what is expected next */
    struct scram_verifier verifier;
    char nonce[32];                  /* our part, base64 */
    char message[SCRAM_MESSAGE_MAX]; /* the text to send; leave it alone until the last step */
    size_t message_len;
    uint8_t client_key[SCRAM_KEY_LEN]; /* after SCRAM_DONE: for logging in to a server as this user */
    struct {                           /* server-first is still in `message` */
        char client_first_bare[SCRAM_MESSAGE_MAX];
        size_t client_first_bare_len;
        size_t full_nonce_len; /* it follows "r=" in server-first */
        char gs2_flag;         /* 'n' or 'y' */
    } seen;
};

/* False when there is no randomness. */
bool scram_server_init(struct scram_server *s, const struct scram_verifier *v, struct err *e);
/* ERR_PROTOCOL for a message that is no client-first; ERR_AUTH_SPEC for channel binding. */
bool scram_server_first(struct scram_server *s, const void *data, size_t len, struct err *e);
/* ERR_AUTH when the proof is wrong (and for every mock), with no message that tells why; else as above. */
bool scram_server_final(struct scram_server *s, const void *data, size_t len, struct err *e);

/* What logs in without the password. salt_len 0: salt and iterations are not known. */
struct scram_keys {
    uint8_t client_key[SCRAM_KEY_LEN];
    uint8_t server_key[SCRAM_KEY_LEN];
    uint8_t salt[SCRAM_SALT_MAX];
    size_t salt_len;
    uint32_t iterations;
};
/* After SCRAM_DONE: the client's key, and salt, iterations and ServerKey of the verifier it matched. */
void scram_server_keys(const struct scram_server *s, struct scram_keys *keys);

/*
 * The side that logs in.
 *
 *     scram_client_init -> c->message is client-first
 *     server-first      -> scram_client_first -> c->message is client-final
 *     server-final      -> scram_client_final -> the server is proven to know the verifier
 */
struct scram_client {
    enum scram_state state;
    char nonce[32];
    char message[SCRAM_MESSAGE_MAX];
    size_t message_len;
    struct scram_keys keys; /* after scram_client_first: worth keeping, it saves the next login the hashing */
    bool have_keys;
    const char *password; /* borrowed until scram_client_first returned */
    struct {
        char client_first_bare[128];
        size_t client_first_bare_len;
        uint8_t server_signature[SCRAM_KEY_LEN];
    } seen;
};

/*
 * password, keys: one may be NULL. Keys are used when the server asks with their salt and iterations (or
 * when those are not known); otherwise the password is, and without one the login fails.
 */
bool scram_client_init(struct scram_client *c, const char *password, const struct scram_keys *keys,
                       struct err *e);
/* ERR_PROTOCOL for a malformed server-first or too many iterations, ERR_AUTH when the keys do not fit. */
bool scram_client_first(struct scram_client *c, const void *data, size_t len, struct err *e);
/* ERR_AUTH when the server's signature is wrong: it is not the server that knows us. */
bool scram_client_final(struct scram_client *c, const void *data, size_t len, struct err *e);

/* ------------------------------------------------------------------------------------------------
 * userlist: PgBouncer's auth_file.
 *
 *     ; comment, # comment
 *     "user" "secret"          a quote inside is doubled; what follows the secret is ignored
 */

struct userlist_entry {
    const char *user;
    const char *secret; /* may be "" : such a user cannot log in with a password */
    int line;
};

/* Sorted by user. Of several lines for one user the last counts. */
struct userlist {
    struct userlist_entry *entries;
    size_t n;
};

/* All in the arena. A malformed line is ERR_CONFIG and named. */
bool userlist_parse(const char *text, size_t len, struct arena *a, struct userlist *list, struct err *e);
/* NULL when there is no such user. */
const struct userlist_entry *userlist_find(const struct userlist *list, const char *user);

#endif
