#include "vars.h"

#include "base/mem.h"
#include "base/sql.h"
#include "base/str.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uthash.h>

static const char *const var_names[VAR_COUNT] = {
    [VAR_CLIENT_ENCODING] = "client_encoding",
    [VAR_DATESTYLE] = "DateStyle",
    [VAR_TIMEZONE] = "TimeZone",
    [VAR_STANDARD_CONFORMING_STRINGS] = "standard_conforming_strings",
    [VAR_APPLICATION_NAME] = "application_name",
    [VAR_INTERVALSTYLE] = "IntervalStyle",
};

struct var_text {
    UT_hash_handle hh;
    size_t refs; /* under interned_lock */
    size_t len;
    char text[]; /* terminated */
};

static pthread_mutex_t interned_lock = PTHREAD_MUTEX_INITIALIZER;
static struct var_text *interned;

static struct var_text *intern(const char *text, size_t len)
{
    pthread_mutex_lock(&interned_lock);
    struct var_text *t;
    HASH_FIND(hh, interned, text, len, t);
    if (t == NULL) {
        t = mem_new(sizeof *t + len + 1);
        t->len = len;
        memcpy(t->text, text, len);
        HASH_ADD_KEYPTR(hh, interned, t->text, len, t);
    }
    t->refs++;
    pthread_mutex_unlock(&interned_lock);
    return t;
}

static struct var_text *text_ref(struct var_text *t)
{
    if (t != NULL) {
        pthread_mutex_lock(&interned_lock);
        t->refs++;
        pthread_mutex_unlock(&interned_lock);
    }
    return t;
}

static void text_unref(struct var_text *t)
{
    if (t == NULL) {
        return;
    }
    pthread_mutex_lock(&interned_lock);
    if (--t->refs == 0) {
        HASH_DEL(interned, t);
        free(t);
    }
    pthread_mutex_unlock(&interned_lock);
}

static void replace(struct var_text **slot, struct var_text *value)
{
    struct var_text *old = *slot;
    *slot = value;
    text_unref(old);
}

static int var_index(const char *name)
{
    for (int i = 0; i < VAR_COUNT; i++) {
        if (strcasecmp(var_names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

bool vars_set(struct vars *v, const char *name, const char *value)
{
    int i = var_index(name);
    if (i < 0) {
        return false;
    }
    replace(&v->tracked[i], intern(value, strlen(value)));
    return true;
}

/* The pair that follows; false at the end. */
static bool extras_next(const struct var_text *extras, size_t *at, const char **name, const char **value)
{
    if (extras == NULL || *at >= extras->len) {
        return false;
    }
    *name = extras->text + *at;
    *value = *name + strlen(*name) + 1;
    *at = (size_t)(*value - extras->text) + strlen(*value) + 1;
    return true;
}

static const char *extras_get(const struct var_text *extras, const char *wanted)
{
    const char *name, *value;
    for (size_t at = 0; extras_next(extras, &at, &name, &value);) {
        if (strcasecmp(name, wanted) == 0) {
            return value;
        }
    }
    return NULL;
}

void vars_set_extra(struct vars *v, const char *name, const char *value)
{
    struct arena a = {0};
    struct str out;
    str_init(&out, &a);
    bool placed = false;
    const char *n, *old;
    for (size_t at = 0; extras_next(v->extras, &at, &n, &old);) {
        int order = strcasecmp(n, name);
        if (!placed && order >= 0) {
            str_addn(&out, name, strlen(name) + 1);
            str_addn(&out, value, strlen(value) + 1);
            placed = true;
        }
        if (order != 0) {
            str_addn(&out, n, strlen(n) + 1);
            str_addn(&out, old, strlen(old) + 1);
        }
    }
    if (!placed) {
        str_addn(&out, name, strlen(name) + 1);
        str_addn(&out, value, strlen(value) + 1);
    }
    replace(&v->extras, intern(out.data, out.len));
    arena_free(&a);
}

void vars_clear_extras(struct vars *v)
{
    replace(&v->extras, NULL);
}

const char *vars_get(const struct vars *v, const char *name)
{
    int i = var_index(name);
    return i < 0 || v->tracked[i] == NULL ? NULL : v->tracked[i]->text;
}

void vars_copy_tracked(struct vars *to, const struct vars *from)
{
    for (int i = 0; i < VAR_COUNT; i++) {
        if (to->tracked[i] != from->tracked[i]) {
            replace(&to->tracked[i], text_ref(from->tracked[i]));
        }
    }
}

void vars_copy(struct vars *to, const struct vars *from)
{
    vars_copy_tracked(to, from);
    if (to->extras != from->extras) {
        replace(&to->extras, text_ref(from->extras));
    }
}

void vars_fill(struct vars *to, const struct vars *from)
{
    for (int i = 0; i < VAR_COUNT; i++) {
        if (to->tracked[i] == NULL) {
            to->tracked[i] = text_ref(from->tracked[i]);
        }
    }
}

void vars_free(struct vars *v)
{
    for (int i = 0; i < VAR_COUNT; i++) {
        replace(&v->tracked[i], NULL);
    }
    replace(&v->extras, NULL);
}

bool vars_same(const struct vars *client, const struct vars *server)
{
    for (int i = 0; i < VAR_COUNT; i++) {
        if (client->tracked[i] != server->tracked[i] && client->tracked[i] != NULL) {
            return false;
        }
    }
    return client->extras == server->extras;
}

const char *vars_sql(struct arena *a, const struct vars *client, const struct vars *server)
{
    struct str sql;
    str_init(&sql, a);
    const char *name, *value;
    for (size_t at = 0; extras_next(server->extras, &at, &name, &value);) {
        if (extras_get(client->extras, name) == NULL) {
            str_add(&sql, sql_text(a, "RESET {i:name};", SQL_TEXT("name", name)));
        }
    }
    for (int i = 0; i < VAR_COUNT; i++) {
        if (client->tracked[i] != NULL && client->tracked[i] != server->tracked[i]) {
            str_add(&sql, sql_text(a, "SET {i:name} = {l:value};", SQL_TEXT("name", var_names[i]),
                                   SQL_TEXT("value", client->tracked[i]->text)));
        }
    }
    for (size_t at = 0; extras_next(client->extras, &at, &name, &value);) {
        const char *has = extras_get(server->extras, name);
        if (has == NULL || strcmp(has, value) != 0) {
            /* Not SET: a list such as search_path's would be taken for one quoted name. */
            str_add(&sql, sql_text(a, "SELECT pg_catalog.set_config({l:name}, {l:value}, false);",
                                   SQL_TEXT("name", name), SQL_TEXT("value", value)));
        }
    }
    return sql.data;
}
