#include "maintainer.h"

#include "base/log.h"
#include "base/mem.h"
#include "maintained.h"
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum command_kind {
    COMMAND_STOP,
    COMMAND_RELOAD,
    COMMAND_ENSURE,
    COMMAND_CHANGED,
    COMMAND_CATALOG,
    COMMAND_REFRESH
};

struct command {
    struct command *next;
    enum command_kind kind;
    char key[MAINTAINER_KEY_MAX]; /* COMMAND_ENSURE: the name of the entry */
    struct config *cfg;           /* COMMAND_RELOAD, COMMAND_ENSURE: referenced */
    char *name;                   /* COMMAND_ENSURE: the database a client asked for */
    int64_t *ids;                 /* COMMAND_REFRESH: tables; COMMAND_CHANGED: one source */
    int n;
    bool full;
    maintainer_ready_cb ready;
    maintainer_refresh_cb refreshed;
    void *arg;
};

struct database {
    struct database *next;
    char key[MAINTAINER_KEY_MAX];
    struct maintained *maintained;
    bool configured; /* by an entry of its own, not by "*" */
};

static struct {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_async_t wake;
    uv_mutex_t lock; /* guards first and last */
    struct command *first, *last;
    struct database *databases; /* the thread's own */
    char secret[65];            /* by which pgtrickle.run knows this process */
    bool running;
    bool stopped; /* under the lock: nobody takes commands any more */
} maintainer;

void maintainer_key(char key[MAINTAINER_KEY_MAX], const struct config_database *d, const char *name)
{
    snprintf(key, MAINTAINER_KEY_MAX, "%s:%d/%s", d->host != NULL ? d->host : "", d->port,
             d->dbname != NULL ? d->dbname : name);
}

/* ---- posting ---- */

static struct command *command_new(enum command_kind kind, const char *key)
{
    struct command *c = mem_new(sizeof *c);
    c->kind = kind;
    if (key != NULL) {
        snprintf(c->key, sizeof c->key, "%s", key);
    }
    return c;
}

static void command_free(struct command *c)
{
    if (c->cfg != NULL) {
        config_unref(c->cfg);
    }
    free(c->name);
    free(c->ids);
    free(c);
}

static void command_ids(struct command *c, const int64_t *ids, int n)
{
    c->ids = mem_alloc(sizeof *ids * (size_t)(n > 0 ? n : 1));
    memcpy(c->ids, ids, sizeof *ids * (size_t)n);
    c->n = n;
}

/* Whoever waits for an answer gets one. */
static void command_refuse(struct command *c)
{
    struct err e = {0};
    err_set(&e, ERR_SHUTDOWN, NULL);
    if (c->kind == COMMAND_ENSURE) {
        c->ready(c->arg, false, NULL, &e);
    } else if (c->kind == COMMAND_REFRESH) {
        c->refreshed(c->arg, false, &e);
    }
    command_free(c);
}

static void command_post(struct command *c)
{
    uv_mutex_lock(&maintainer.lock);
    if (maintainer.stopped) {
        uv_mutex_unlock(&maintainer.lock);
        command_refuse(c);
        return;
    }
    maintainer.stopped = c->kind == COMMAND_STOP;
    if (maintainer.last != NULL) {
        maintainer.last->next = c;
    } else {
        maintainer.first = c;
    }
    maintainer.last = c;
    uv_async_send(&maintainer.wake); /* under the lock: after a stop the handle is closed */
    uv_mutex_unlock(&maintainer.lock);
}

/* ---- databases ---- */

static struct database *database_find(const char *key)
{
    struct database *d = maintainer.databases;
    while (d != NULL && strcmp(d->key, key) != 0) {
        d = d->next;
    }
    return d;
}

static bool text_given(const char *s)
{
    return s != NULL && s[0] != '\0';
}

/* The role and password by which weir maintains this entry's database; false when none is known. */
static bool database_login(const struct config *cfg, const struct config_database *d, const char **user,
                           const char **password)
{
    const struct config_settings *s = &cfg->settings;
    *user = d->user;
    *password = d->password;
    if (text_given(d->maintenance_user)) {
        *user = d->maintenance_user;
        *password = d->maintenance_password;
    } else if (text_given(s->stream_tables.maintenance_user)) {
        *user = s->stream_tables.maintenance_user;
        *password = s->stream_tables.maintenance_password;
    }
    if (!text_given(*user)) {
        return false;
    }
    if (!text_given(*password) && cfg->userlist != NULL) {
        const struct userlist_entry *entry = userlist_find(cfg->userlist, *user);
        bool plain = entry != NULL && !scram_is_verifier(entry->secret) && !md5_is_hashed(entry->secret);
        *password = plain ? entry->secret : NULL;
    }
    return true;
}

/* Takes a database under maintenance, unless it is already; NULL when the configuration does not allow it. */
static struct database *database_open(const struct config *cfg, const struct config_database *d,
                                      const char *name, struct err *e)
{
    char key[MAINTAINER_KEY_MAX], port[16] = "";
    const char *user = NULL, *password = NULL;
    maintainer_key(key, d, name);
    struct database *found = database_find(key);
    if (found != NULL) {
        return found;
    }
    if (!cfg->settings.stream_tables.enabled) {
        err_set(e, ERR_OBJECT_STATE, "stream tables are switched off in weir's configuration");
        err_hint(e, "Set stream_tables = on.");
        return NULL;
    }
    if (!database_login(cfg, d, &user, &password)) {
        err_set(e, ERR_OBJECT_STATE, "weir has no role to maintain stream tables with in database \"%s\"",
                name);
        err_hint(e, "Set maintenance_user for the database entry or in section [weir].");
        return NULL;
    }
    if (d->port > 0) {
        snprintf(port, sizeof port, "%d", d->port);
    }
    struct maintained_options o = {
        .target = {.host = d->host,
                   .port = port[0] != '\0' ? port : NULL,
                   .dbname = d->dbname != NULL ? d->dbname : name,
                   .user = user,
                   .password = password},
        .secret = maintainer.secret,
        .refresh_pool_size = cfg->settings.stream_tables.refresh_pool_size,
        .poll_interval_ms = cfg->settings.stream_tables.poll_interval_ms,
    };
    struct database *db = mem_new(sizeof *db);
    snprintf(db->key, sizeof db->key, "%s", key);
    db->maintained = maintained_open(&maintainer.loop, &o);
    db->next = maintainer.databases;
    maintainer.databases = db;
    return db;
}

/* Brings the set of databases in line with the configuration. Those met through "*" stay. */
static void databases_configure(const struct config *cfg)
{
    bool enabled = cfg->settings.stream_tables.enabled, any = false;
    for (struct database *d = maintainer.databases; d != NULL; d = d->next) {
        d->configured = false;
    }
    for (int i = 0; enabled && i < cfg->ndatabases; i++) {
        const struct config_database *entry = &cfg->databases[i];
        struct err e = {0};
        if (strcmp(entry->name, "*") == 0) {
            any = true;
            continue;
        }
        struct database *db = database_open(cfg, entry, entry->name, &e);
        if (db != NULL) {
            db->configured = true;
        } else {
            log_info("maintenance_off", "db=%s reason=\"%s\"", entry->name, e.message);
        }
    }
    for (struct database **at = &maintainer.databases; *at != NULL;) {
        struct database *d = *at;
        if (enabled && (d->configured || any)) {
            at = &d->next;
            continue;
        }
        *at = d->next;
        maintained_close(d->maintained);
        free(d);
    }
}

/* ---- commands, on the maintainer's thread ---- */

struct ensure {
    struct database *db;
    maintainer_ready_cb cb;
    void *arg;
};

static void ensure_done(void *arg, bool ok, const struct err *e)
{
    struct ensure *w = arg;
    w->cb(w->arg, ok, ok ? maintained_secret(w->db->maintained) : NULL, e);
    free(w);
}

static void command_ensure(struct command *c)
{
    struct err e = {0};
    const struct config_database *entry = config_find_database(c->cfg, c->key);
    struct database *db = entry != NULL ? database_open(c->cfg, entry, c->name, &e) : NULL;
    if (db == NULL) {
        err_set(&e, ERR_NO_DATABASE, NULL);
        c->ready(c->arg, false, NULL, &e);
        return;
    }
    struct ensure *w = mem_new(sizeof *w);
    w->db = db;
    w->cb = c->ready;
    w->arg = c->arg;
    maintained_when_ready(db->maintained, ensure_done, w);
}

static void command_refresh(struct command *c)
{
    struct database *db = database_find(c->key);
    if (db == NULL) {
        struct err e = {0};
        err_set(&e, ERR_OBJECT_STATE, "the database is not maintained any more");
        c->refreshed(c->arg, false, &e);
        return;
    }
    maintained_refresh(db->maintained, c->ids, c->n, c->full, c->refreshed, c->arg);
}

static void maintainer_close_all(void)
{
    while (maintainer.databases != NULL) {
        struct database *d = maintainer.databases;
        maintainer.databases = d->next;
        maintained_close(d->maintained);
        free(d);
    }
    uv_close((uv_handle_t *)&maintainer.wake, NULL);
}

static void command_run(struct command *c)
{
    struct database *db = database_find(c->key);
    switch (c->kind) {
    case COMMAND_STOP:
        maintainer_close_all();
        break;
    case COMMAND_RELOAD:
        databases_configure(c->cfg);
        break;
    case COMMAND_ENSURE:
        command_ensure(c);
        break;
    case COMMAND_CHANGED:
        if (db != NULL) {
            maintained_source_changed(db->maintained, c->ids[0]);
        }
        break;
    case COMMAND_CATALOG:
        if (db != NULL) {
            maintained_catalog_changed(db->maintained);
        }
        break;
    case COMMAND_REFRESH:
        command_refresh(c);
        break;
    }
}

static void maintainer_on_wake(uv_async_t *wake)
{
    (void)wake;
    uv_mutex_lock(&maintainer.lock);
    struct command *c = maintainer.first;
    maintainer.first = NULL;
    maintainer.last = NULL;
    uv_mutex_unlock(&maintainer.lock);
    while (c != NULL) {
        struct command *next = c->next;
        command_run(c);
        command_free(c);
        c = next;
    }
}

static void maintainer_main(void *arg)
{
    (void)arg;
    uv_run(&maintainer.loop, UV_RUN_DEFAULT);
}

/* ---- the surface ---- */

bool maintainer_start(const struct config *cfg, struct err *e)
{
    uint8_t random[32];
    if (!secret_random(random, sizeof random)) {
        return err_set(e, ERR_INTERNAL, "the system has no randomness to give");
    }
    for (size_t i = 0; i < sizeof random; i++) {
        snprintf(maintainer.secret + 2 * i, 3, "%02x", random[i]);
    }
    if (uv_loop_init(&maintainer.loop) != 0 || uv_mutex_init(&maintainer.lock) != 0 ||
        uv_async_init(&maintainer.loop, &maintainer.wake, maintainer_on_wake) != 0) {
        return err_set(e, ERR_INTERNAL, "cannot make the maintainer's loop");
    }
    maintainer_reload(cfg);
    if (uv_thread_create(&maintainer.thread, maintainer_main, NULL) != 0) {
        return err_set(e, ERR_INTERNAL, "cannot start the maintainer's thread");
    }
    maintainer.running = true;
    return true;
}

void maintainer_reload(const struct config *cfg)
{
    struct command *c = command_new(COMMAND_RELOAD, NULL);
    c->cfg = config_ref((struct config *)cfg);
    command_post(c);
}

void maintainer_stop(void)
{
    if (!maintainer.running) {
        return;
    }
    command_post(command_new(COMMAND_STOP, NULL));
    uv_thread_join(&maintainer.thread);
    maintainer.running = false;
    uv_loop_close(&maintainer.loop);
}

void maintainer_ensure(const struct config *cfg, const struct config_database *d, const char *name,
                       maintainer_ready_cb cb, void *arg)
{
    struct command *c = command_new(COMMAND_ENSURE, d->name);
    c->cfg = config_ref((struct config *)cfg);
    c->name = mem_strdup(name);
    c->ready = cb;
    c->arg = arg;
    command_post(c);
}

void maintainer_source_changed(const char *key, int64_t source_id)
{
    struct command *c = command_new(COMMAND_CHANGED, key);
    command_ids(c, &source_id, 1);
    command_post(c);
}

void maintainer_catalog_changed(const char *key)
{
    command_post(command_new(COMMAND_CATALOG, key));
}

void maintainer_refresh(const char *key, const int64_t *ids, int n, bool full, maintainer_refresh_cb cb,
                        void *arg)
{
    struct command *c = command_new(COMMAND_REFRESH, key);
    command_ids(c, ids, n);
    c->full = full;
    c->refreshed = cb;
    c->arg = arg;
    command_post(c);
}
