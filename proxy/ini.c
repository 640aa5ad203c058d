#include "ini.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Includes nest this deep, which no sane file needs and a circle of includes reaches at once. */
#define INI_DEPTH_MAX 10

struct reader {
    struct arena *arena;
    ini_assign assign;
    void *ctx;
    const char *section; /* goes on across includes, as in PgBouncer */
    int depth;
};

char *ini_slurp(const char *path, struct arena *a, size_t *len, struct err *e)
{
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        err_set(e, ERR_CONFIG, "cannot open \"%s\": %s", path, strerror(errno));
        return NULL;
    }
    size_t used = 0, cap = 4096;
    char *text = arena_alloc(a, cap + 1);
    for (;;) {
        size_t n = fread(text + used, 1, cap - used, f);
        used += n;
        if (n == 0) {
            break;
        }
        if (used == cap) {
            char *more = arena_alloc(a, cap * 2 + 1);
            memcpy(more, text, used);
            text = more;
            cap *= 2;
        }
    }
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed) {
        err_set(e, ERR_CONFIG, "cannot read \"%s\"", path);
        return NULL;
    }
    text[used] = '\0';
    if (len != NULL) {
        *len = used;
    }
    return text;
}

static char *trim(char *s)
{
    while (isspace((unsigned char)*s)) {
        s++;
    }
    char *end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1])) {
        end--;
    }
    *end = '\0';
    return s;
}

/* Text up to the closing quote; doubled quotes stand for one. NULL when it does not close. */
static char *unquote(const char **cursor, char quote, struct arena *a)
{
    const char *p = *cursor + 1;
    char *out = arena_alloc(a, strlen(p) + 1);
    size_t n = 0;
    for (;; p++) {
        if (*p == '\0') {
            return NULL;
        }
        if (*p == quote) {
            if (p[1] != quote) {
                break;
            }
            p++;
        }
        out[n++] = *p;
    }
    out[n] = '\0';
    *cursor = p + 1;
    return out;
}

int ini_pair(const char **cursor, struct arena *a, char **key, char **value, struct err *e)
{
    const char *p = *cursor;
    while (isspace((unsigned char)*p)) {
        p++;
    }
    if (*p == '\0') {
        return 0;
    }
    const char *start = p;
    while (*p != '\0' && *p != '=' && !isspace((unsigned char)*p)) {
        p++;
    }
    *key = arena_strndup(a, start, (size_t)(p - start));
    while (isspace((unsigned char)*p)) {
        p++;
    }
    if (*p != '=' || **key == '\0') {
        err_set(e, ERR_CONFIG, "expected key=value at \"%.40s\"", start);
        return -1;
    }
    p++;
    while (isspace((unsigned char)*p)) {
        p++;
    }
    if (*p == '\'') {
        *value = unquote(&p, '\'', a);
        if (*value == NULL) {
            err_set(e, ERR_CONFIG, "the quoted value of \"%s\" does not end", *key);
            return -1;
        }
    } else {
        start = p;
        while (*p != '\0' && !isspace((unsigned char)*p)) {
            p++;
        }
        *value = arena_strndup(a, start, (size_t)(p - start));
    }
    *cursor = p;
    return 1;
}

static bool read_file(struct reader *r, const char *path, struct err *e);

static bool include(struct reader *r, const char *from, char *name, struct err *e)
{
    if (*name == '\0') {
        return err_set(e, ERR_CONFIG, "%%include needs a file name");
    }
    if (r->depth >= INI_DEPTH_MAX) {
        return err_set(e, ERR_CONFIG, "%%include nests too deeply (more than %d files)", INI_DEPTH_MAX);
    }
    const char *slash = strrchr(from, '/');
    const char *path = name;
    if (name[0] != '/' && slash != NULL) {
        path = arena_printf(r->arena, "%.*s/%s", (int)(slash - from), from, name);
    }
    return read_file(r, path, e);
}

static bool assignment(struct reader *r, const char *path, int line_no, char *line, struct err *e)
{
    const char *rest = line;
    char *key;
    if (*line == '"') {
        key = unquote(&rest, '"', r->arena);
        if (key == NULL) {
            return err_set(e, ERR_CONFIG, "the quoted name does not end");
        }
    } else {
        size_t n = strcspn(line, "= \t");
        key = arena_strndup(r->arena, line, n);
        rest = line + n;
    }
    rest += strspn(rest, " \t");
    if (*rest != '=' || *key == '\0') {
        return err_set(e, ERR_CONFIG, "expected name = value, found \"%.60s\"", line);
    }
    char *value = trim(arena_strdup(r->arena, rest + 1));
    if (r->section == NULL) {
        return err_set(e, ERR_CONFIG, "\"%s\" stands before any [section]", key);
    }
    return r->assign(r->ctx, r->section, key, value, path, line_no, e);
}

static bool read_line(struct reader *r, const char *path, int line_no, char *line, struct err *e)
{
    line = trim(line);
    if (*line == '\0' || *line == ';' || *line == '#') {
        return true;
    }
    if (strncmp(line, "%include", 8) == 0 && (line[8] == '\0' || isspace((unsigned char)line[8]))) {
        return include(r, path, trim(line + 8), e);
    }
    if (*line == '[') {
        char *end = strchr(line, ']');
        if (end == NULL || end[1] != '\0') {
            return err_set(e, ERR_CONFIG, "expected [section], found \"%.60s\"", line);
        }
        *end = '\0';
        r->section = arena_strdup(r->arena, line + 1);
        return true;
    }
    return assignment(r, path, line_no, line, e);
}

static bool read_file(struct reader *r, const char *path, struct err *e)
{
    char *text = ini_slurp(path, r->arena, NULL, e);
    if (text == NULL) {
        return false;
    }
    r->depth++;
    int line_no = 0;
    for (char *line = text; line != NULL;) {
        char *next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        line_no++;
        struct err inner = {0};
        if (!read_line(r, path, line_no, line, &inner)) {
            /* An error from an included file already says where it is. */
            if (inner.position > 0) {
                err_set(e, ERR_CONFIG, "%s", inner.message);
            } else {
                err_set(e, ERR_CONFIG, "%s:%d: %s", path, line_no, inner.message);
            }
            e->position = 1; /* only inside this file: "placed" */
            return false;
        }
        line = next;
    }
    r->depth--;
    return true;
}

bool ini_read(const char *path, struct arena *a, ini_assign assign, void *ctx, struct err *e)
{
    struct reader r = {.arena = a, .assign = assign, .ctx = ctx};
    bool ok = read_file(&r, path, e);
    e->position = 0;
    return ok;
}
