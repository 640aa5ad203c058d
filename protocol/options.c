/*
 * The `options` startup parameter: a command line for the backend, "-c geqo=off --work_mem=1MB".
 */
#include "protocol.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * The next word, unescaped into `word` (which has room for the whole of the options). NULL when there is
 * none. As pg_split_opts: a backslash takes the next character as it is, a last lone backslash is dropped.
 */
static const char *word_next(const char *at, char *word)
{
    while (is_blank(*at)) {
        at++;
    }
    if (*at == '\0') {
        return NULL;
    }
    size_t n = 0;
    while (*at != '\0' && !is_blank(*at)) {
        if (*at == '\\') {
            at++;
            if (*at == '\0') {
                break;
            }
        }
        word[n++] = *at++;
    }
    word[n] = '\0';
    return at;
}

/* name=value, with dashes in the name for underscores, as ParseLongOption. Cuts `text` in two. */
static bool setting_split(char *text, const char *switch_name, struct startup_param *p, struct err *e)
{
    char *sign = strchr(text, '=');
    if (sign == NULL) {
        return err_set(e, ERR_SYNTAX, "%s%s requires a value", switch_name, text);
    }
    *sign = '\0';
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '-') {
            *c = '_';
        }
    }
    p->name = text;
    p->value = sign + 1;
    return true;
}

bool startup_options(struct arena *a, const char *options, struct startup_param **params, size_t *nparams,
                     struct err *e)
{
    size_t len = strlen(options);
    char *word = arena_alloc(a, len + 1);
    /* A setting takes at least two characters ("-c" and its name stand together or apart). */
    *params = ARENA_ARRAY(a, struct startup_param, len / 2 + 1);
    *nparams = 0;
    const char *at = options;
    while ((at = word_next(at, word)) != NULL) {
        const char *text = word + 2;
        bool is_c = strncmp(word, "-c", 2) == 0;
        if (!is_c && strncmp(word, "--", 2) != 0) {
            return err_set(e, ERR_INVALID_PARAMETER, "unsupported startup option \"%s\"", word);
        }
        if (is_c && *text == '\0') {
            at = word_next(at, word);
            if (at == NULL) {
                return err_set(e, ERR_SYNTAX, "startup option -c requires an argument");
            }
            text = word;
        }
        struct startup_param *p = &(*params)[*nparams];
        if (!setting_split(arena_strdup(a, text), is_c ? "-c " : "--", p, e)) {
            return false;
        }
        (*nparams)++;
    }
    return true;
}
