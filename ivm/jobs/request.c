/*
 * Requests: what a function of schema pgtrickle asks weir to do, as it came in the DETAIL of its signal.
 *
 * Lines key=value; a key may come more than once. In a value, newline is \n and a backslash is \\. Anybody
 * can forge such a text, so nothing in it is believed: the work runs with the rights of whoever sent it.
 */
#include "jobs/job.h"

#include <stdlib.h>
#include <string.h>

/* The line with value number `nth` of `key`; NULL when there is none. */
static const char *request_line(const char *arguments, const char *key, int nth)
{
    size_t n = strlen(key);
    for (const char *line = arguments; line != NULL && *line != '\0';) {
        if (strncmp(line, key, n) == 0 && line[n] == '=' && nth-- == 0) {
            return line + n + 1;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

const char *request_value(struct arena *a, const char *arguments, const char *key, int nth)
{
    const char *p = request_line(arguments, key, nth);
    if (p == NULL) {
        return NULL;
    }
    struct str s;
    str_init(&s, a);
    for (; *p != '\0' && *p != '\n'; p++) {
        if (*p == '\\' && p[1] == 'n') {
            str_add(&s, "\n");
            p++;
        } else if (*p == '\\' && p[1] == '\\') {
            str_add(&s, "\\");
            p++;
        } else {
            str_addn(&s, p, 1);
        }
    }
    return s.data;
}

int request_count(const char *arguments, const char *key)
{
    int n = 0;
    while (request_line(arguments, key, n) != NULL) {
        n++;
    }
    return n;
}

int64_t request_int(struct arena *a, const char *arguments, const char *key, int nth)
{
    const char *s = request_value(a, arguments, key, nth);
    return s == NULL ? 0 : strtoll(s, NULL, 10);
}

int request_ids(struct arena *a, const char *arguments, int64_t **ids, bool *full)
{
    int n = request_count(arguments, "id");
    *ids = ARENA_ARRAY(a, int64_t, n + 1);
    for (int i = 0; i < n; i++) {
        (*ids)[i] = request_int(a, arguments, "id", i);
    }
    const char *f = request_value(a, arguments, "full", 0);
    *full = f != NULL && f[0] == 't';
    return n;
}

struct job *job_request(const char *kind, const char *arguments, const struct job_place *place, struct err *e)
{
    if (strcmp(kind, "create") == 0) {
        return job_create(arguments, place, e);
    }
    if (strcmp(kind, "drop") == 0) {
        return job_drop(arguments, place, e);
    }
    if (strcmp(kind, "refresh") == 0) {
        return job_refresh_request(arguments, e);
    }
    err_set(e, ERR_INTERNAL, "unknown request \"%s\"", kind);
    return NULL;
}
