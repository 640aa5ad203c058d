#include "protocol.h"

#include <stdlib.h>
#include <string.h>

/* A place in the file. */
struct cursor {
    const char *p;
    const char *end;
    int line;
};

static bool at_end(const struct cursor *c)
{
    return c->p == c->end;
}

/* Within a line only: a secret stands on the line of its user. */
static void skip_blanks(struct cursor *c)
{
    while (!at_end(c) && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r')) {
        c->p++;
    }
}

static void skip_line(struct cursor *c)
{
    const char *newline = memchr(c->p, '\n', (size_t)(c->end - c->p));
    c->p = newline == NULL ? c->end : newline + 1;
    c->line++;
}

/* A quoted text that ends on its line; a quote inside is doubled. NULL when there is none. */
static const char *read_quoted(struct cursor *c, struct arena *a)
{
    if (at_end(c) || *c->p != '"') {
        return NULL;
    }
    const char *start = ++c->p;
    size_t quotes = 0;
    while (!at_end(c) && *c->p != '\n' && *c->p != '\0') {
        if (*c->p == '"') {
            if (c->p + 1 == c->end || c->p[1] != '"') {
                break;
            }
            quotes++;
            c->p++;
        }
        c->p++;
    }
    if (at_end(c) || *c->p != '"') {
        return NULL;
    }
    size_t raw = (size_t)(c->p++ - start);
    char *text = arena_alloc(a, raw - quotes + 1);
    for (size_t i = 0, n = 0; i < raw; i++) {
        text[n++] = start[i];
        i += start[i] == '"';
    }
    return text;
}

static int compare_entries(const void *a, const void *b)
{
    const struct userlist_entry *x = a;
    const struct userlist_entry *y = b;
    int order = strcmp(x->user, y->user);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void sort_and_keep_last(struct userlist *list)
{
    if (list->n == 0) {
        return;
    }
    qsort(list->entries, list->n, sizeof *list->entries, compare_entries);
    size_t kept = 0;
    for (size_t i = 1; i < list->n; i++) {
        if (strcmp(list->entries[kept].user, list->entries[i].user) != 0) {
            kept++;
        }
        list->entries[kept] = list->entries[i];
    }
    list->n = kept + 1;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t n = 1;
    for (size_t i = 0; i < len; i++) {
        n += text[i] == '\n';
    }
    return n;
}

bool userlist_parse(const char *text, size_t len, struct arena *a, struct userlist *list, struct err *e)
{
    list->entries = ARENA_ARRAY(a, struct userlist_entry, count_lines(text, len));
    list->n = 0;
    struct cursor c = {.p = text, .end = text + len, .line = 1};
    for (; !at_end(&c); skip_line(&c)) {
        skip_blanks(&c);
        if (at_end(&c)) {
            break;
        }
        if (*c.p == '\n' || *c.p == ';' || *c.p == '#') {
            continue;
        }
        struct userlist_entry entry = {.line = c.line};
        entry.user = read_quoted(&c, a);
        if (entry.user == NULL) {
            return err_set(e, ERR_CONFIG, "auth_file, line %d: expected a user name in double quotes",
                           c.line);
        }
        skip_blanks(&c);
        entry.secret = read_quoted(&c, a);
        if (entry.secret == NULL) {
            return err_set(e, ERR_CONFIG,
                           "auth_file, line %d: expected a password in double quotes after \"%s\"", c.line,
                           entry.user);
        }
        if (*entry.user == '\0') {
            return err_set(e, ERR_CONFIG, "auth_file, line %d: the user name is empty", c.line);
        }
        list->entries[list->n++] = entry;
    }
    sort_and_keep_last(list);
    return true;
}

static int compare_user(const void *user, const void *entry)
{
    return strcmp(user, ((const struct userlist_entry *)entry)->user);
}

const struct userlist_entry *userlist_find(const struct userlist *list, const char *user)
{
    if (list->n == 0) {
        return NULL;
    }
    return bsearch(user, list->entries, list->n, sizeof *list->entries, compare_user);
}
