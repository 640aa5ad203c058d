/*
 * A REFRESH by itself, which the maintainer carries out over a connection of its own.
 *
 * The server is asked first: it knows what a name stands for, and whether the caller may. That takes about as
 * long as a small refresh. So one that this client has sent before, and was allowed, begins at once, and the
 * server's answer decides whether it was the right one. Nothing of the caller's is committed by that: when
 * the server answers otherwise, a stream table is fresher than it need be.
 */
#include "drive_state.h"

#include "base/mem.h"
#include "client.h"

#include <stdlib.h>
#include <string.h>

/* An idle client is to stay small: longer statements are not remembered, nor more of them. */
#define REFRESH_REMEMBERED_BYTES 256
#define REFRESH_REMEMBERED 8

/* A REFRESH that the server allowed, and what it came to. */
struct refresh_known {
    struct refresh_known *next;
    char *sql;
    char *arguments;
};

/* The maintainer's answer comes by post, and may find the client gone or waiting for something else. */
struct refresh_answer {
    struct worker *worker;
    uint64_t client_id;
    uint64_t serial;
    bool ok;
    struct err err;
};

static void refresh_tell(struct drive *d, struct refresh_answer *a)
{
    if (a->ok) {
        drive_requests_done(d);
    } else {
        drive_raise(d, &a->err);
    }
    free(a);
}

static void refresh_on_answer(struct worker *w, void *arg)
{
    struct refresh_answer *a = arg;
    struct client *c = client_find(w, a->client_id);
    struct drive *d = c != NULL ? intercept_drive(c) : NULL;
    if (d == NULL || a->serial != d->refresh.serial) {
        free(a);
    } else if (d->state == DRIVE_REFRESH) {
        refresh_tell(d, a);
    } else {
        d->refresh.answer = a; /* the server has not answered yet */
    }
}

static void refresh_answered(void *arg, bool ok, const struct err *e)
{
    struct refresh_answer *a = arg;
    a->ok = ok;
    if (!ok) {
        a->err = *e;
    }
    worker_post(a->worker, refresh_on_answer, a);
}

static void refresh_ask(struct drive *d, const char *arguments)
{
    char key[MAINTAINER_KEY_MAX];
    int64_t *ids = NULL;
    bool full = false;
    int n = request_ids(&d->arena, arguments, &ids, &full);
    struct refresh_answer *a = mem_new(sizeof *a);
    a->worker = client_worker(d->client);
    a->client_id = client_id(d->client);
    a->serial = d->refresh.serial;
    maintainer_key(key, client_database(d->client), client_database_name(d->client));
    maintainer_refresh(key, ids, n, full, refresh_answered, a);
}

/* An answer that is still to come is nobody's. */
static void refresh_drop(struct drive *d)
{
    d->refresh.serial++;
    d->refresh.begun = NULL;
    free(d->refresh.answer);
    d->refresh.answer = NULL;
}

/* Forgets all but the first `keep`. */
static void refresh_trim(struct drive *d, int keep)
{
    struct refresh_known **at = &d->refresh.known;
    while (*at != NULL && keep-- > 0) {
        at = &(*at)->next;
    }
    while (*at != NULL) {
        struct refresh_known *k = *at;
        *at = k->next;
        free(k->sql);
        free(k->arguments);
        free(k);
    }
}

void refresh_forget(struct drive *d)
{
    refresh_drop(d);
    refresh_trim(d, 0);
}

/* What is known of a statement, moved to the front; NULL: nothing. */
static struct refresh_known *refresh_find(struct drive *d, const char *sql)
{
    struct refresh_known **at = &d->refresh.known;
    while (*at != NULL && strcmp((*at)->sql, sql) != 0) {
        at = &(*at)->next;
    }
    struct refresh_known *k = *at;
    if (k != NULL) {
        *at = k->next;
        k->next = d->refresh.known;
        d->refresh.known = k;
    }
    return k;
}

static void refresh_remember(struct drive *d, const char *sql, const char *arguments)
{
    struct refresh_known *k = refresh_find(d, sql);
    if (strlen(sql) + strlen(arguments) > REFRESH_REMEMBERED_BYTES) {
        return;
    }
    if (k == NULL) {
        k = mem_new(sizeof *k);
        k->sql = mem_strdup(sql);
        k->next = d->refresh.known;
        d->refresh.known = k;
        refresh_trim(d, REFRESH_REMEMBERED);
    }
    free(k->arguments);
    k->arguments = mem_strdup(arguments);
}

void refresh_begin_early(struct drive *d, const char *sql)
{
    refresh_drop(d);
    d->refresh.begun = refresh_find(d, sql);
    if (d->refresh.begun != NULL) {
        refresh_ask(d, d->refresh.begun->arguments);
    }
}

void refresh_by_maintainer(struct drive *d, const char *sql, const char *arguments)
{
    bool begun = d->refresh.begun != NULL && strcmp(d->refresh.begun->arguments, arguments) == 0;
    struct refresh_answer *a = d->refresh.answer;
    d->state = DRIVE_REFRESH;
    if (!begun) {
        refresh_drop(d);
        if (sql != NULL) {
            refresh_remember(d, sql, arguments);
        }
        refresh_ask(d, arguments);
        return;
    }
    d->refresh.begun = NULL;
    d->refresh.answer = NULL;
    if (a != NULL) {
        refresh_tell(d, a);
    }
}
