#include "config.h"

#include "base/log.h"
#include "base/mem.h"
#include "ini.h"
#include "options.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is gathered while a file is read. */
struct loading {
    struct config *config;
    int database_room;
    int user_room;
};

static void *grown(struct arena *a, void *old, int used, int *room, size_t size)
{
    if (used < *room) {
        return old;
    }
    *room = *room == 0 ? 8 : *room * 2;
    void *more = arena_alloc(a, (size_t)*room * size);
    if (used > 0) {
        memcpy(more, old, (size_t)used * size);
    }
    return more;
}

static bool set_pairs(const struct option_table *t, void *base, struct arena *a, const char *text,
                      const char *file, int line, struct err *e)
{
    char *key, *value;
    for (;;) {
        int found = ini_pair(&text, a, &key, &value, e);
        if (found <= 0) {
            return found == 0;
        }
        bool ignored;
        if (!options_set(t, base, a, key, value, &ignored, e)) {
            return false;
        }
        if (ignored) {
            log_warn("option_ignored", "file=%s line=%d section=%s option=%s: not supported yet", file, line,
                     t->section, key);
        }
    }
}

static bool add_database(struct loading *l, const char *name, const char *value, const char *file, int line,
                         struct err *e)
{
    struct config *c = l->config;
    if (*value == '\0' && strcmp(name, "*") != 0) {
        return err_set(e, ERR_CONFIG, "database \"%s\" needs host=..., dbname=... or the like", name);
    }
    if (strcmp(name, "pgbouncer") == 0) {
        return err_set(e, ERR_CONFIG, "the name \"pgbouncer\" is reserved");
    }
    c->databases = grown(&c->arena, c->databases, c->ndatabases, &l->database_room, sizeof *c->databases);
    struct config_database *db = &c->databases[c->ndatabases];
    *db = (struct config_database){.name = arena_strdup(&c->arena, name), .pool_size = -1};
    options_init(&options_database, db, &c->arena);
    if (!set_pairs(&options_database, db, &c->arena, value, file, line, e)) {
        return false;
    }
    for (int i = 0; i < c->ndatabases; i++) {
        if (strcmp(c->databases[i].name, name) == 0) {
            c->databases[i] = *db; /* the last line counts */
            return true;
        }
    }
    c->ndatabases++;
    return true;
}

static bool add_user(struct loading *l, const char *name, const char *value, const char *file, int line,
                     struct err *e)
{
    struct config *c = l->config;
    c->users = grown(&c->arena, c->users, c->nusers, &l->user_room, sizeof *c->users);
    struct config_user *u = &c->users[c->nusers++];
    *u = (struct config_user){.name = arena_strdup(&c->arena, name), .pool_size = -1};
    options_init(&options_user, u, &c->arena);
    return set_pairs(&options_user, u, &c->arena, value, file, line, e);
}

static bool assign(void *ctx, const char *section, const char *key, const char *value, const char *file,
                   int line, struct err *e)
{
    struct loading *l = ctx;
    struct config *c = l->config;
    if (strcasecmp(section, "databases") == 0) {
        return add_database(l, key, value, file, line, e);
    }
    if (strcasecmp(section, "users") == 0) {
        return add_user(l, key, value, file, line, e);
    }
    if (strcasecmp(section, "peers") == 0) {
        log_warn("section_ignored", "file=%s line=%d section=[peers]: not supported", file, line);
        return true;
    }
    if (strcasecmp(section, "weir") != 0 && strcasecmp(section, "pgbouncer") != 0) {
        return err_set(e, ERR_CONFIG,
                       "unknown section [%s]; allowed are [databases], [users], [weir] and [pgbouncer]",
                       section);
    }
    bool ignored;
    if (!options_set(&options_global, &c->settings, &c->arena, key, value, &ignored, e)) {
        return false;
    }
    if (ignored) {
        log_warn("option_ignored", "file=%s line=%d section=[%s] option=%s: not supported yet", file, line,
                 section, key);
    }
    return true;
}

static bool load_userlist(struct config *c, struct err *e)
{
    const char *path = c->settings.auth.file;
    if (path[0] == '\0') {
        return true;
    }
    size_t len;
    char *text = ini_slurp(path, &c->arena, &len, e);
    if (text == NULL) {
        return false;
    }
    c->userlist = ARENA_NEW(&c->arena, struct userlist);
    struct err inner = {0};
    if (!userlist_parse(text, len, &c->arena, c->userlist, &inner)) {
        return err_set(e, ERR_CONFIG, "%s: %s", path, inner.message);
    }
    return true;
}

static bool finish(struct config *c, struct err *e)
{
    if (c->ndatabases == 0) {
        return err_set(e, ERR_CONFIG, "%s: section [databases] names no database", c->path);
    }
    if (!load_userlist(c, e)) {
        return false;
    }
    int *type = &c->settings.auth.type;
    if (*type == LOGIN_UNSET) {
        *type = c->userlist == NULL ? LOGIN_TRUST : LOGIN_MD5;
    }
    if (c->userlist == NULL && *type != LOGIN_TRUST && *type != LOGIN_ANY) {
        return err_set(e, ERR_CONFIG, "%s: this auth_type needs auth_file", c->path);
    }
    return true;
}

struct config *config_load(const char *path, struct err *e)
{
    struct config *c = mem_new(sizeof *c);
    atomic_init(&c->refs, 1);
    c->path = arena_strdup(&c->arena, path);
    options_init(&options_global, &c->settings, &c->arena);
    struct loading l = {.config = c};
    if (!ini_read(path, &c->arena, assign, &l, e) || !finish(c, e)) {
        config_unref(c);
        return NULL;
    }
    return c;
}

struct config *config_ref(struct config *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void config_unref(struct config *c)
{
    if (c != NULL && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1) {
        struct arena arena = c->arena;
        arena_free(&arena);
        free(c);
    }
}

const struct config_database *config_find_database(const struct config *c, const char *name)
{
    const struct config_database *any = NULL;
    for (int i = 0; i < c->ndatabases; i++) {
        if (strcmp(c->databases[i].name, name) == 0) {
            return &c->databases[i];
        }
        if (strcmp(c->databases[i].name, "*") == 0) {
            any = &c->databases[i];
        }
    }
    return any;
}

const struct config_user *config_find_user(const struct config *c, const char *name)
{
    for (int i = c->nusers - 1; i >= 0; i--) {
        if (strcmp(c->users[i].name, name) == 0) {
            return &c->users[i];
        }
    }
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool config_database_same_target(const struct config_database *a, const struct config_database *b)
{
    return same_text(a->host, b->host) && a->port == b->port && same_text(a->dbname, b->dbname) &&
           same_text(a->user, b->user) && same_text(a->password, b->password) &&
           same_text(a->client_encoding, b->client_encoding) && same_text(a->datestyle, b->datestyle) &&
           same_text(a->timezone, b->timezone) && same_text(a->application_name, b->application_name);
}

bool config_csv_has(const char *list, const char *name)
{
    size_t n = strlen(name);
    while (*list != '\0') {
        list += strspn(list, " \t,");
        size_t item = strcspn(list, " \t,");
        if (item == n && strncasecmp(list, name, n) == 0) {
            return true;
        }
        list += item;
    }
    return false;
}
