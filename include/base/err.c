#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *sqlstate;
    const char *text;
} err_table[] = {
#define X(code, sqlstate, text) {sqlstate, text},
    ERR_LIST(X)
#undef X
};

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (e->code != ERR_NONE) {
        return false;
    }
    e->code = code;
    memcpy(e->sqlstate, err_table[code].sqlstate, sizeof e->sqlstate);
    e->position = 0;
    e->detail[0] = '\0';
    e->hint[0] = '\0';
    if (fmt == NULL) {
        snprintf(e->message, sizeof e->message, "%s", err_table[code].text);
        return false;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

void err_hint(struct err *e, const char *fmt, ...)
{
    if (e->hint[0] != '\0') {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
}

void err_detail(struct err *e, const char *fmt, ...)
{
    if (e->detail[0] != '\0') {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->detail, sizeof e->detail, fmt, ap);
    va_end(ap);
}

void err_clear(struct err *e)
{
    memset(e, 0, sizeof *e);
}
