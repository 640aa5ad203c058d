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

/* A longer statement is not remembered: an idle client is to stay small. */
#define REFRESH_REMEMBERED_MAX 256

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
    d->refresh.begun = false;
    free(d->refresh.answer);
    d->refresh.answer = NULL;
}

void refresh_forget(struct drive *d)
{
    refresh_drop(d);
    free(d->refresh.sql);
    free(d->refresh.arguments);
    d->refresh.sql = NULL;
    d->refresh.arguments = NULL;
}

static void refresh_remember(struct drive *d, const char *sql, const char *arguments)
{
    refresh_forget(d);
    if (sql != NULL && strlen(sql) + strlen(arguments) <= REFRESH_REMEMBERED_MAX) {
        d->refresh.sql = mem_strdup(sql);
        d->refresh.arguments = mem_strdup(arguments);
    }
}

void refresh_begin_early(struct drive *d, const char *sql)
{
    refresh_drop(d);
    if (d->refresh.sql != NULL && strcmp(d->refresh.sql, sql) == 0) {
        d->refresh.begun = true;
        refresh_ask(d, d->refresh.arguments);
    }
}

void refresh_by_maintainer(struct drive *d, const char *sql, const char *arguments)
{
    bool begun = d->refresh.begun && strcmp(d->refresh.arguments, arguments) == 0;
    d->state = DRIVE_REFRESH;
    if (!begun) {
        refresh_remember(d, sql, arguments);
        refresh_ask(d, arguments);
        return;
    }
    struct refresh_answer *a = d->refresh.answer;
    d->refresh.begun = false;
    d->refresh.answer = NULL;
    if (a != NULL) {
        refresh_tell(d, a);
    }
}
