#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char **field_of(struct errfields *f, uint8_t letter)
{
    switch (letter) {
    case 'S':
        return &f->localized_severity;
    case 'V':
        return &f->severity;
    case 'C':
        return &f->sqlstate;
    case 'M':
        return &f->message;
    case 'D':
        return &f->detail;
    case 'H':
        return &f->hint;
    case 'P':
        return &f->position;
    case 'p':
        return &f->internal_position;
    case 'q':
        return &f->internal_query;
    case 'W':
        return &f->where;
    case 's':
        return &f->schema;
    case 't':
        return &f->table;
    case 'c':
        return &f->column;
    case 'd':
        return &f->data_type;
    case 'n':
        return &f->constraint;
    case 'F':
        return &f->file;
    case 'L':
        return &f->line;
    case 'R':
        return &f->routine;
    default:
        return NULL;
    }
}

/* Servers that only resemble PostgreSQL leave fields out; nobody downstream should have to remember that. */
static void fill_in(struct errfields *f)
{
    if (f->severity == NULL) {
        f->severity = f->localized_severity != NULL ? f->localized_severity : MSG_ERROR;
    }
    if (f->sqlstate == NULL || strlen(f->sqlstate) != 5) {
        f->sqlstate = "XX000";
    }
    if (f->message == NULL) {
        f->message = "";
    }
}

bool errfields_read(const uint8_t *body, size_t len, struct errfields *f)
{
    memset(f, 0, sizeof *f);
    struct wire_in in = wire_in_make(body, len);
    for (;;) {
        uint8_t letter = wire_u8(&in);
        if (letter == 0) {
            break;
        }
        const char *text = wire_cstr(&in);
        const char **field = field_of(f, letter);
        if (field != NULL && !in.bad) {
            *field = text;
        }
    }
    fill_in(f);
    return wire_done(&in);
}

bool errfields_fatal(const struct errfields *f)
{
    return strcmp(f->severity, MSG_FATAL) == 0 || strcmp(f->severity, "PANIC") == 0;
}

void errfields_to_err(const struct errfields *f, struct err *e)
{
    if (e->code != ERR_NONE) {
        return;
    }
    err_set(e, ERR_SQL, "%s", f->message);
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", f->sqlstate);
    if (f->position != NULL) {
        long position = strtol(f->position, NULL, 10);
        e->position = position > 0 && position < 0x7fffffff ? (int)position : 0;
    }
    if (f->detail != NULL) {
        err_detail(e, "%s", f->detail);
    }
    if (f->hint != NULL) {
        err_hint(e, "%s", f->hint);
    }
}
