#include "base/sql.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *sql_ident(struct arena *a, const char *name)
{
    struct str s;
    str_init(&s, a);
    str_add(&s, "\"");
    for (const char *p = name; *p != '\0'; p++) {
        str_addn(&s, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    }
    str_add(&s, "\"");
    return s.data;
}

char *sql_qualified(struct arena *a, const char *schema, const char *name)
{
    return arena_printf(a, "%s.%s", sql_ident(a, schema), sql_ident(a, name));
}

char *sql_literal(struct arena *a, const char *value)
{
    if (value == NULL) {
        return arena_strdup(a, "NULL");
    }
    struct str s;
    str_init(&s, a);
    /* With a backslash inside, only the E form means the same under both settings. */
    str_add(&s, strchr(value, '\\') != NULL ? "E'" : "'");
    for (const char *p = value; *p != '\0'; p++) {
        switch (*p) {
        case '\'':
            str_add(&s, "''");
            break;
        case '\\':
            str_add(&s, "\\\\");
            break;
        default:
            str_addn(&s, p, 1);
        }
    }
    str_add(&s, "'");
    return s.data;
}

/* A statement with a bad hole must not be sent: stop where the mistake is. */
_Noreturn static void sql_bad_hole(const char *template, const char *why)
{
    fprintf(stderr, "sql: %s in template: %s\n", why, template);
    abort();
}

char *sql_build(struct arena *a, const char *template, const struct sql_arg *args)
{
    struct str s;
    str_init(&s, a);
    for (const char *p = template; *p != '\0';) {
        const char *brace = strchr(p, '{');
        if (brace == NULL) {
            str_add(&s, p);
            break;
        }
        str_addn(&s, p, (size_t)(brace - p));
        if (brace[1] == '{') {
            str_add(&s, "{");
            p = brace + 2;
            continue;
        }
        const char *end = strchr(brace, '}');
        if (end == NULL || brace[1] == '\0' || brace[2] != ':') {
            sql_bad_hole(template, "malformed hole");
        }
        const struct sql_arg *arg = args;
        size_t n = (size_t)(end - (brace + 3));
        while (arg->name != NULL && (strlen(arg->name) != n || memcmp(arg->name, brace + 3, n) != 0)) {
            arg++;
        }
        if (arg->name == NULL || (arg->is_number != 0) != (brace[1] == 'n')) {
            sql_bad_hole(template, "hole without a value of its kind");
        }
        switch (brace[1]) {
        case 'i':
            str_add(&s, sql_ident(a, arg->text));
            break;
        case 'l':
            str_add(&s, sql_literal(a, arg->text));
            break;
        case 'f':
            str_add(&s, arg->text);
            break;
        case 'n':
            str_addf(&s, "%lld", arg->number);
            break;
        default:
            sql_bad_hole(template, "unknown kind of hole");
        }
        p = end + 1;
    }
    return s.data;
}
