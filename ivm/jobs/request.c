/*
 * Requests: what a function of schema pgtrickle asks weir to do, as it came in the DETAIL of its signal.
 *
 * Lines key=value; a key may come more than once. In a value, newline is \n and a backslash is \\. Anybody
 * can forge such a text, so nothing in it is believed: the work runs with the rights of whoever sent it, and
 * where it is weir's own, as of a refresh, their right to it is asked for first.
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

void request_check_refresh(struct job *j, const char *arguments)
{
    struct str ids;
    int64_t *list;
    bool full;
    int n = request_ids(&j->arena, arguments, &list, &full);
    str_init(&ids, &j->arena);
    for (int i = 0; i < n; i++) {
        str_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)list[i]);
    }
    job_send(j, JOB_AS_SELF,
             sql_text(&j->arena, "SELECT pgtrickle.weir_check_refresh('{{{f:ids}}'::pg_catalog.int8[])",
                      SQL_TEXT("ids", ids.len > 0 ? ids.data : "")));
}

static void request_check(struct job *j)
{
    request_check_refresh(j, j->work);
    job_end(j);
}

struct job *job_refresh_check(const char *arguments)
{
    struct job *j = job_new(strlen(arguments) + 1, request_check);
    memcpy(j->work, arguments, strlen(arguments) + 1);
    return j;
}

struct job *job_request(const char *kind, const char *arguments, const struct job_place *place, struct err *e)
{
    if (strcmp(kind, "create") == 0) {
        return job_create(arguments, place, e);
    }
    if (strcmp(kind, "drop") == 0) {
        return job_drop(arguments, place, e);
    }
    if (strcmp(kind, "resume") == 0) {
        return job_resume(arguments, place, e);
    }
    if (strcmp(kind, "refresh") == 0) {
        return job_refresh_request(arguments, place, e);
    }
    err_set(e, ERR_INTERNAL, "unknown request \"%s\"", kind);
    return NULL;
}
