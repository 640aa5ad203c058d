#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A number followed by one of the units; *scale is the unit's, or `bare` when there is none. */
struct unit {
    const char *name;
    double scale;
};

static bool number_with_unit(const char *text, const struct unit *units, double bare, double *out)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || errno != 0 || !isfinite(v) || v < 0) {
        return false;
    }
    while (isspace((unsigned char)*end)) {
        end++;
    }
    if (*end == '\0') {
        *out = v * bare;
        return true;
    }
    for (const struct unit *u = units; u->name != NULL; u++) {
        if (strcasecmp(end, u->name) == 0) {
            *out = v * u->scale;
            return true;
        }
    }
    return false;
}

bool duration_parse(const char *text, long long *ms)
{
    static const struct unit units[] = {{"ms", 1},      {"s", 1000},     {"min", 60000},     {"m", 60000},
                                        {"h", 3600000}, {"d", 86400000}, {"us", 1 / 1000.0}, {NULL, 0}};
    double v;
    if (!number_with_unit(text, units, 1000, &v) || v > (double)OPTION_DURATION_MAX) {
        return false;
    }
    *ms = (long long)ceil(v); /* a positive duration never becomes 0, which would mean "never" */
    return true;
}

static bool size_parse(const char *text, long long *bytes)
{
    static const struct unit units[] = {
        {"b", 1}, {"kb", 1024}, {"mb", 1048576}, {"gb", 1073741824}, {NULL, 0}};
    double v;
    if (!number_with_unit(text, units, 1, &v) || v > 9e15) {
        return false;
    }
    *bytes = (long long)v;
    return true;
}

static bool flag_parse(const char *text, bool *out)
{
    static const char *const on[] = {"1", "on", "true", "yes", "t"};
    static const char *const off[] = {"0", "off", "false", "no", "f"};
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
        if (strcasecmp(text, on[i]) == 0) {
            *out = true;
            return true;
        }
        if (strcasecmp(text, off[i]) == 0) {
            *out = false;
            return true;
        }
    }
    return false;
}

/* Edit distance, for "did you mean". Names are short; longer ones are far from everything. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t la = strlen(a), lb = strlen(b);
    if (la > LONGEST || lb > LONGEST) {
        return LONGEST;
    }
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= lb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[lb];
}

static bool unknown_option(const struct option_table *t, const char *name, struct err *e)
{
    const char *close_name = NULL;
    size_t best = strlen(name) / 3 + 1;
    for (const struct option *o = t->options; o->name != NULL; o++) {
        size_t d = distance(name, o->name);
        if (d <= best) {
            best = d;
            close_name = o->name;
        }
    }
    if (close_name != NULL) {
        return err_set(e, ERR_CONFIG, "unknown option \"%s\" in %s; did you mean \"%s\"?", name, t->section,
                       close_name);
    }
    return err_set(e, ERR_CONFIG, "unknown option \"%s\" in %s; weir --help lists what is allowed", name,
                   t->section);
}

static bool number_in_range(const struct option *o, const char *value, bool parsed, long long v,
                            const char *what, struct err *e)
{
    if (parsed && v >= o->min && v <= o->max) {
        return true;
    }
    if (o->type == OPTION_DURATION) {
        return err_set(e, ERR_CONFIG, "%s: \"%s\" is not %s, such as 15 (seconds), 500ms, 5s or 1min",
                       o->name, value, what);
    }
    return err_set(e, ERR_CONFIG, "%s: \"%s\" is not %s from %lld to %lld", o->name, value, what, o->min,
                   o->max);
}

static bool choice_set(const struct option *o, int *field, const char *value, struct err *e)
{
    char allowed[200] = "";
    size_t n = 0;
    for (const struct option_choice *c = o->choices; c->name != NULL; c++) {
        if (strcasecmp(c->name, value) == 0) {
            if (c->refused != NULL) {
                return err_set(e, ERR_CONFIG, "%s = %s: %s", o->name, value, c->refused);
            }
            *field = c->value;
            return true;
        }
        if (c->refused == NULL && n < sizeof allowed) {
            n += (size_t)snprintf(allowed + n, sizeof allowed - n, "%s%s", n > 0 ? ", " : "", c->name);
        }
    }
    return err_set(e, ERR_CONFIG, "%s: \"%s\" is not one of %s", o->name, value, allowed);
}

static bool option_store(const struct option *o, char *field, struct arena *a, const char *value,
                         struct err *e)
{
    long long v = 0;
    bool ok;
    switch (o->type) {
    case OPTION_TEXT:
        *(const char **)(void *)field = arena_strdup(a, value);
        return true;
    case OPTION_FLAG:
        if (!flag_parse(value, (bool *)field)) {
            return err_set(e, ERR_CONFIG, "%s: \"%s\" is neither on nor off", o->name, value);
        }
        return true;
    case OPTION_INT: {
        char *end;
        errno = 0;
        v = strtoll(value, &end, 10);
        ok = end != value && *end == '\0' && errno == 0;
        if (!number_in_range(o, value, ok, v, "a whole number", e)) {
            return false;
        }
        *(int *)(void *)field = (int)v;
        return true;
    }
    case OPTION_DURATION:
        ok = duration_parse(value, &v);
        if (!number_in_range(o, value, ok, v, "a duration", e)) {
            return false;
        }
        *(int64_t *)(void *)field = v;
        return true;
    case OPTION_SIZE:
        ok = size_parse(value, &v);
        if (!number_in_range(o, value, ok, v, "a size in bytes", e)) {
            return false;
        }
        *(int64_t *)(void *)field = v;
        return true;
    case OPTION_CHOICE:
        return choice_set(o, (int *)(void *)field, value, e);
    }
    return false;
}

void options_init(const struct option_table *t, void *base, struct arena *a)
{
    struct err e = {0};
    for (const struct option *o = t->options; o->name != NULL; o++) {
        if (o->initial != NULL && !option_store(o, (char *)base + o->offset, a, o->initial, &e)) {
            fprintf(stderr, "weir: mistake in the option table: %s\n", e.message);
            abort();
        }
    }
}

static bool names_have(const char *const *names, const char *name)
{
    while (*names != NULL && strcasecmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

bool options_set(const struct option_table *t, void *base, struct arena *a, const char *name,
                 const char *value, bool *ignored, struct err *e)
{
    *ignored = false;
    for (const struct option *o = t->options; o->name != NULL; o++) {
        if (strcasecmp(o->name, name) == 0) {
            return option_store(o, (char *)base + o->offset, a, value, e);
        }
    }
    *ignored = names_have(t->ignored, name);
    return *ignored || unknown_option(t, name, e);
}

static bool option_differs(const struct option *o, const void *a, const void *b)
{
    const char *x = (const char *)a + o->offset, *y = (const char *)b + o->offset;
    switch (o->type) {
    case OPTION_TEXT: {
        const char *s = *(const char *const *)(const void *)x, *t = *(const char *const *)(const void *)y;
        return s == NULL || t == NULL ? s != t : strcmp(s, t) != 0;
    }
    case OPTION_FLAG:
        return *(const bool *)x != *(const bool *)y;
    case OPTION_INT:
    case OPTION_CHOICE:
        return *(const int *)(const void *)x != *(const int *)(const void *)y;
    case OPTION_DURATION:
    case OPTION_SIZE:
        return *(const int64_t *)(const void *)x != *(const int64_t *)(const void *)y;
    }
    return false;
}

const char *options_fixed_difference(const struct option_table *t, const void *a, const void *b, int *at)
{
    while (t->options[*at].name != NULL) {
        const struct option *o = &t->options[(*at)++];
        if (names_have(t->fixed, o->name) && option_differs(o, a, b)) {
            return o->name;
        }
    }
    return NULL;
}

void options_print(const struct option_table *t, FILE *out)
{
    for (const struct option *o = t->options; o->name != NULL; o++) {
        fprintf(out, "  %-26s %s", o->name, o->doc);
        if (o->initial != NULL && o->initial[0] != '\0') {
            fprintf(out, " [%s]", o->initial);
        }
        if (o->choices != NULL) {
            const char *sep = " (";
            for (const struct option_choice *c = o->choices; c->name != NULL; c++) {
                if (c->refused == NULL) {
                    fprintf(out, "%s%s", sep, c->name);
                    sep = ", ";
                }
            }
            fputc(')', out);
        }
        fputs(names_have(t->fixed, o->name) ? "; changed by a restart only\n" : "\n", out);
    }
}
