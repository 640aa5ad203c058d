/* Where in the user's own text a construct stands, for the caret under an error. A guess, never a wrong
 * claim. */
#include "ivm.h"
#include "parse/parse.h"
#include "parse/tokens.h"

#include <ctype.h>
#include <string.h>

/* A reason, the word that stands for it, and what must or must not follow ("!word"). */
static const struct {
    const char *reason, *word, *next;
} places[] = {
    {"SELECT DISTINCT ON", "distinct", "on"},
    {"SELECT DISTINCT", "distinct", NULL},
    {"SELECT INTO", "into", NULL},
    {"LEFT JOIN", "left", NULL},
    {"RIGHT JOIN", "right", NULL},
    {"FULL JOIN", "full", NULL},
    {"NATURAL JOIN", "natural", NULL},
    {"window function", "over", NULL},
    {"window function", "window", NULL},
    {"EXISTS subquery", "exists", "("},
    {"IN subquery", "in", "("},
    {"ANY subquery", "any", "("},
    {"ANY subquery", "some", "("},
    {"ALL subquery", "all", "("},
    {"ARRAY subquery", "array", "("},
    {"LIMIT", "limit", NULL},
    {"LIMIT", "fetch", NULL},
    {"OFFSET", "offset", NULL},
    {"LATERAL", "lateral", NULL},
    {"VALUES", "values", NULL},
    {"WITH RECURSIVE", "recursive", NULL},
    {"INTERSECT", "intersect", NULL},
    {"EXCEPT", "except", NULL},
    {"UNION", "union", "!all"},
    {"GROUPING SETS", "grouping", NULL},
    {"GROUPING SETS", "rollup", NULL},
    {"GROUPING SETS", "cube", NULL},
    {"GROUPING()", "grouping", NULL},
    {"FOR UPDATE", "for", NULL},
    {"TABLESAMPLE", "tablesample", NULL},
    {"ONLY", "only", NULL},
    {"XML expression", "xmlelement", NULL},
    {"XMLTABLE or JSON_TABLE", "xmltable", NULL},
    {"ORDER BY in an aggregate", "order", NULL},
    {"scalar subquery", "(", "select"},
    {"correlated subquery", "(", "select"},
};

static bool locate_next(const struct tokens *t, int i, const char *next)
{
    return next == NULL || (next[0] == '!' ? !token_is(t, i, next + 1) : token_is(t, i, next));
}

/* A function before an opening parenthesis, after FROM or JOIN or a comma. */
static bool locate_function_in_from(const struct tokens *t, int i)
{
    return t->items[i].kind == TOKEN_WORD && token_is(t, i + 1, "(") &&
           (token_is(t, i - 1, "from") || token_is(t, i - 1, "join") || token_is(t, i - 1, ",") ||
            token_is(t, i - 1, "."));
}

/*
 * The name that a reason speaks of: "aggregate f()", "function f() is VOLATILE", "column c", "s.t: it is a
 * view", or a word by itself (CURRENT_DATE). "" when it speaks of none.
 */
static const char *locate_subject(struct arena *a, const char *reason)
{
    static const char *const lead[] = {"aggregate ", "function ", "column ", "relation ", "conversion to "};
    const char *start = reason;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(places[i].reason, reason) == 0) {
            return "";
        }
    }
    for (size_t i = 0; i < sizeof lead / sizeof *lead; i++) {
        if (strncmp(reason, lead[i], strlen(lead[i])) == 0) {
            start = reason + strlen(lead[i]);
        }
    }
    const char *quote = strchr(reason, '"'), *end = quote != NULL ? strchr(quote + 1, '"') : NULL;
    if (end != NULL) {
        return arena_strndup(a, quote + 1, (size_t)(end - quote - 1));
    }
    size_t n = strcspn(start, " (:");
    if (start == reason && start[n] != ':' && start[n] != '\0') {
        return "";
    }
    const char *name = arena_strndup(a, start, n);
    const char *point = strrchr(name, '.');
    return point != NULL ? point + 1 : name;
}

static bool locate_at(const struct tokens *t, int i, const char *reason, const char *subject, struct arena *a)
{
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        if (strcmp(places[k].reason, reason) == 0 && token_is(t, i, places[k].word) &&
            locate_next(t, i + 1, places[k].next)) {
            return true;
        }
    }
    if (strcmp(reason, "function in FROM") == 0) {
        return locate_function_in_from(t, i);
    }
    if (strncmp(reason, "set-returning function", 22) == 0) {
        const char *name = t->items[i].kind == TOKEN_WORD ? token_name(a, t, i) : NULL;
        return name != NULL && builtin_is_set_returning(name);
    }
    return *subject != '\0' && token_names(t, i, subject);
}

int ivm_locate(const char *user_sql, const char *reason)
{
    struct arena a = {0};
    struct tokens t;
    int position = 0;
    if (reason != NULL && tokens_scan(&a, user_sql, &t)) {
        const char *subject = locate_subject(&a, reason);
        for (int i = 0; i < t.n && position == 0; i++) {
            if (locate_at(&t, i, reason, subject, &a)) {
                position = token_position(user_sql, t.items[i].start);
            }
        }
    }
    arena_free(&a);
    return position;
}
