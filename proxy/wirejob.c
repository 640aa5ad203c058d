#include "wirejob.h"

#include "base/mem.h"
#include "base/sql.h"
#include "base/str.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name no client uses; closed before it is used again, since an error may have left it behind. */
#define WIREJOB_NAME "_weir_job"
#define NONCE_BYTES 16

void wirejob_start(struct wirejob *w, struct job *job, bool sync, int32_t server_pid, const char *secret)
{
    memset(w, 0, sizeof *w);
    w->job = job;
    w->sync = sync;
    w->server_pid = server_pid;
    w->secret = secret;
}

void wirejob_end(struct wirejob *w)
{
    job_free(w->job);
    w->job = NULL;
    arena_free(&w->rows_arena);
    arena_free(&w->follow_arena);
    free(w->flights);
    w->flights = NULL;
}

/* ---- sending ---- */

static void rows_reset(struct wirejob *w)
{
    arena_free(&w->rows_arena);
    memset(&w->rows, 0, sizeof w->rows);
}

static void hex_text(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
}

/* The proof that a statement is weir's: see pgtrickle.run. */
static void wirejob_mac(const struct wirejob *w, struct arena *a, const char *sql, const char *nonce,
                        char *mac)
{
    const char *text = arena_printf(a, "%s%s%d%s", w->secret, nonce, w->server_pid, sql);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) != 1) {
        abort();
    }
    hex_text(mac, digest, n);
}

/* Nothing of ours stays in the session: neither the portal nor, what does not go with it, the statement. */
static void wirejob_put_end(struct wirejob *w, struct wire_out *out)
{
    msg_write_close(out, 'P', WIREJOB_NAME);
    msg_write_close(out, 'S', WIREJOB_NAME);
    if (w->sync) {
        msg_write_sync(out);
    } else {
        msg_write_flush(out);
    }
}

static void wirejob_put(struct wirejob *w, struct wire_out *out, const char *sql, const char *const *params,
                        size_t nparams)
{
    msg_write_close(out, 'S', WIREJOB_NAME);
    msg_write_parse(out, WIREJOB_NAME, sql, NULL, 0);
    msg_write_bind(out, WIREJOB_NAME, WIREJOB_NAME, params, nparams);
    msg_write_describe(out, 'P', WIREJOB_NAME);
    msg_write_execute(out, WIREJOB_NAME, 0);
    wirejob_put_end(w, out);
}

static void wirejob_flight(struct wirejob *w, enum wirejob_flight kind, const struct job_statement *st)
{
    if (w->count == 0) {
        w->first = 0;
    }
    if (w->first + w->count == w->cap) {
        w->cap = w->cap == 0 ? 16 : w->cap * 2;
        w->flights = mem_grow(w->flights, sizeof *w->flights * (size_t)w->cap);
    }
    w->flights[w->first + w->count++] =
        (struct wirejob_sent){.kind = kind,
                              .user_text = st != NULL && st->user_text,
                              .user_text_offset = st != NULL ? st->user_text_offset : 0};
}

static void wirejob_put_as_weir(struct wirejob *w, struct wire_out *out, const char *sql, bool rows)
{
    struct arena a = {0};
    uint8_t random[NONCE_BYTES];
    char nonce[2 * NONCE_BYTES + 1], mac[2 * EVP_MAX_MD_SIZE + 1];
    if (!secret_random(random, sizeof random)) {
        abort();
    }
    hex_text(nonce, random, sizeof random);
    wirejob_mac(w, &a, sql, nonce, mac);
    const char *params[] = {sql, nonce, mac};
    wirejob_put(w, out, rows ? "SELECT pgtrickle.run_row($1, $2, $3)" : "SELECT pgtrickle.run($1, $2, $3)",
                params, 3);
    arena_free(&a);
}

static void wirejob_send(struct wirejob *w, struct wire_out *out, const struct job_statement *st)
{
    switch (st->as) {
    case JOB_AS_SELF:
        wirejob_put(w, out, st->sql, st->params, (size_t)st->nparams);
        wirejob_flight(w, WIREJOB_ROWS, st);
        return;
    case JOB_AS_WEIR:
        wirejob_put_as_weir(w, out, st->sql, st->rows);
        wirejob_flight(w, WIREJOB_AS_WEIR, st);
        return;
    case JOB_DESCRIBE:
        msg_write_close(out, 'S', WIREJOB_NAME);
        msg_write_parse(out, WIREJOB_NAME, st->sql, NULL, 0);
        msg_write_describe(out, 'S', WIREJOB_NAME);
        wirejob_put_end(w, out);
        wirejob_flight(w, WIREJOB_DESCRIBE, st);
        return;
    }
}

/* Ends the transaction by `sql`, and begins another. */
static void wirejob_put_boundary(struct wirejob *w, struct wire_out *out, const char *sql)
{
    if (!w->sync) {
        msg_write_sync(out); /* commits or rolls back, as the server stands; the next message begins anew */
        wirejob_flight(w, WIREJOB_BARE_SYNC, NULL);
        return;
    }
    msg_write_query(out, sql);
    wirejob_flight(w, WIREJOB_QUERY, NULL);
    msg_write_query(out, "BEGIN");
    wirejob_flight(w, WIREJOB_QUERY, NULL);
}

static enum wirejob_status wirejob_step(struct wirejob *w, struct wire_out *out, bool *again)
{
    struct job_statement st = {0};
    *again = true;
    switch (job_next(w->job, &st, &w->err)) {
    case JOB_STATEMENT:
        wirejob_send(w, out, &st);
        return WIREJOB_RUNNING;
    case JOB_COMMIT:
        wirejob_put_boundary(w, out, "COMMIT");
        return WIREJOB_RUNNING;
    case JOB_ROLLBACK:
        w->aborted = false;
        wirejob_put_boundary(w, out, "ROLLBACK");
        return WIREJOB_RUNNING;
    case JOB_RESULTS:
        if (w->count == 0) {
            abort(); /* results of what? */
        }
        *again = false;
        return WIREJOB_RUNNING;
    case JOB_DONE:
        *again = false;
        return w->count > 0 ? WIREJOB_RUNNING : WIREJOB_DONE;
    case JOB_FAILED:
        break;
    }
    *again = false;
    return w->count > 0 ? WIREJOB_RUNNING : WIREJOB_FAILED;
}

enum wirejob_status wirejob_pump(struct wirejob *w, struct wire_out *out)
{
    if (w->draining) {
        if (w->count > 0 && w->sync) {
            return WIREJOB_RUNNING;
        }
        w->count = 0; /* without a Sync the server skips whatever else was sent */
        w->draining = false;
        rows_reset(w);
    }
    if (w->follow != NULL) {
        wirejob_put(w, out, w->follow, NULL, 0);
        wirejob_flight(w, WIREJOB_ROWS, NULL);
        w->follow = NULL;
        return WIREJOB_RUNNING;
    }
    enum wirejob_status status = WIREJOB_RUNNING;
    for (bool again = true; again;) {
        status = wirejob_step(w, out, &again);
    }
    return status;
}

/* ---- receiving ---- */

static void rows_add(struct wirejob *w, const uint8_t *body, size_t len)
{
    struct arena *a = &w->rows_arena;
    size_t n = 0;
    msg_read_data_row(body, len, NULL, 0, &n);
    struct msg_value *values = ARENA_ARRAY(a, struct msg_value, n + 1);
    if (!msg_read_data_row(body, len, values, n, &n)) {
        return;
    }
    w->rows.ncolumns = (int)n;
    if (w->rows.nrows == w->rows.cap) {
        int cap = w->rows.cap == 0 ? 16 : w->rows.cap * 2;
        const char **cells = ARENA_ARRAY(a, const char *, (size_t)cap *n + 1);
        if (w->rows.nrows > 0) {
            memcpy(cells, w->rows.cells, sizeof *cells * (size_t)w->rows.nrows * n);
        }
        w->rows.cells = cells;
        w->rows.cap = cap;
    }
    for (size_t i = 0; i < n; i++) {
        w->rows.cells[(size_t)w->rows.nrows * n + i] =
            values[i].data == NULL ? NULL
                                   : arena_strndup(a, (const char *)values[i].data, (size_t)values[i].len);
    }
    w->rows.nrows++;
}

bool wirejob_array(struct arena *a, const char *text, const char ***cells, int *n)
{
    size_t len = strlen(text);
    if (len < 2 || text[0] != '{' || text[len - 1] != '}') {
        return false;
    }
    *cells = ARENA_ARRAY(a, const char *, len); /* never more elements than characters */
    *n = 0;
    const char *p = text + 1, *end = text + len - 1;
    while (p < end) {
        bool quoted = *p == '"';
        char *cell = arena_alloc(a, (size_t)(end - p) + 1);
        size_t k = 0;
        p += quoted;
        while (p < end && (quoted ? *p != '"' : *p != ',')) {
            if (*p == '\\' && p + 1 < end) {
                p++;
            }
            cell[k++] = *p++;
        }
        p += quoted && p < end;
        (*cells)[(*n)++] = !quoted && strcmp(cell, "NULL") == 0 ? NULL : cell;
        if (p < end && *p != ',') {
            return false;
        }
        p += p < end;
    }
    return true;
}

/* The rows that pgtrickle.run_row wrapped, each into one array. */
static void rows_unwrap(struct wirejob *w, struct job_rows *rows)
{
    const char **all = NULL;
    rows->nrows = 0;
    rows->ncolumns = 0;
    for (int i = 0; i < w->rows.nrows; i++) {
        const char **cells = NULL;
        int n = 0;
        if (w->rows.cells[i] == NULL || !wirejob_array(&w->rows_arena, w->rows.cells[i], &cells, &n)) {
            continue;
        }
        if (all == NULL) {
            rows->ncolumns = n;
            all = ARENA_ARRAY(&w->rows_arena, const char *, w->rows.nrows *n + 1);
        }
        memcpy(all + rows->nrows * rows->ncolumns, cells, sizeof *cells * (size_t)rows->ncolumns);
        rows->nrows++;
    }
    rows->cells = all;
}

/* Types by oid and typmod become names by asking the server that defined them: names that hold under any
 * search path, not only the client's. */
static const char *describe_sql(struct wirejob *w)
{
    struct str sql;
    str_init(&sql, &w->rows_arena);
    for (int i = 0; i < w->rows.ncolumns; i++) {
        str_sep(&sql, " UNION ALL ");
        str_addf(&sql, "SELECT %s::pg_catalog.text, pgtrickle.weir_type_name(%u, %d)",
                 sql_literal(&w->rows_arena, w->rows.columns[i].name), w->rows.columns[i].type_oid,
                 w->rows.columns[i].typmod);
    }
    return sql.data;
}

static void wirejob_flight_over(struct wirejob *w)
{
    enum wirejob_flight kind = w->flights[w->first].kind;
    w->first++;
    w->count--;
    if (kind == WIREJOB_DESCRIBE && !w->draining) {
        arena_free(&w->follow_arena);
        w->follow = arena_strdup(&w->follow_arena, describe_sql(w));
    }
    struct job_rows rows = {
        .tag = w->rows.tag, .nrows = w->rows.nrows, .ncolumns = w->rows.ncolumns, .cells = w->rows.cells};
    if (!w->draining) {
        if (kind == WIREJOB_AS_WEIR) {
            rows_unwrap(w, &rows);
        }
        if (kind == WIREJOB_ROWS || kind == WIREJOB_AS_WEIR) {
            job_result(w->job, &rows);
        }
    }
    rows_reset(w);
}

static void wirejob_refused(struct wirejob *w, const uint8_t *body, size_t len)
{
    if (w->draining) {
        return;
    }
    struct errfields f;
    struct err e = {0};
    if (errfields_read(body, len, &f)) {
        errfields_to_err(&f, &e);
    } else {
        err_set(&e, ERR_PROTOCOL, NULL);
    }
    int at = w->first;
    if (w->flights[at].user_text && e.position > w->flights[at].user_text_offset) {
        e.position -= w->flights[at].user_text_offset;
    } else {
        e.position = 0; /* a position in SQL that the user never wrote */
    }
    w->draining = true;
    w->aborted = true;
    job_failed(w->job, &e);
}

void wirejob_message(struct wirejob *w, uint8_t type, const uint8_t *body, size_t len)
{
    if (w->count == 0) {
        return;
    }
    enum wirejob_flight kind = w->flights[w->first].kind;
    switch (type) {
    case 'D':
        rows_add(w, body, len);
        return;
    case 'E':
        wirejob_refused(w, body, len);
        return;
    case 'C': {
        const char *tag = "";
        msg_read_command_complete(body, len, &tag);
        w->rows.tag = arena_strdup(&w->rows_arena, tag);
        return;
    }
    case 'T':
    case 'n':
        if (kind == WIREJOB_DESCRIBE && type == 'T') {
            size_t n = 0;
            /* The body does not outlive this call; names are copied. */
            uint8_t *copy = arena_alloc(&w->rows_arena, len + 1);
            memcpy(copy, body, len);
            msg_read_row_description(copy, len, &w->rows_arena, &w->rows.columns, &n);
            w->rows.ncolumns = (int)n;
        }
        return;
    case '3':
        /* Every statement begins with a Close and ends with two; under Flush the third is its last message.
         */
        if (++w->rows.closes < 3 || w->sync) {
            return;
        }
        break;
    case 'Z':
        break;
    default:
        return;
    }
    wirejob_flight_over(w);
}
