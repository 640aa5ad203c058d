/*
 * SQL text, written as SQL: a whole statement with named, typed holes.
 *
 *     sql_text(a, "ALTER TABLE pgtrickle_data.st_{n:id} RENAME COLUMN {i:old} TO {i:new}",
 *              SQL_INT("id", 7), SQL_TEXT("old", old), SQL_TEXT("new", new))
 *
 * {i:name}  an identifier, quoted            {l:name}  a string literal, or NULL for a NULL text
 * {n:name}  an integer                       {f:name}  a fragment of SQL, inserted as it is
 * {{        a brace
 *
 * This is the only road by which a name or a value reaches SQL text. A hole with no value, and a value of
 * the wrong kind for its hole, end the process: they are mistakes in weir, not in its input.
 */
#ifndef WEIR_BASE_SQL_H
#define WEIR_BASE_SQL_H

#include "base/arena.h"

struct sql_arg {
    const char *name;
    const char *text; /* for i, l and f */
    long long number; /* for n */
    char is_number;
};

#define SQL_TEXT(n, v) ((struct sql_arg){.name = (n), .text = (v)})
#define SQL_INT(n, v) ((struct sql_arg){.name = (n), .number = (long long)(v), .is_number = 1})

/* The statement, in the arena. */
#define sql_text(a, template, ...)                                                                           \
    sql_build((a), (template), (const struct sql_arg[]){__VA_ARGS__, {.name = NULL}})
char *sql_build(struct arena *a, const char *template, const struct sql_arg *args);

/* One identifier, always in double quotes: "weird ""name""". */
char *sql_ident(struct arena *a, const char *name);

/* schema.name, both quoted. */
char *sql_qualified(struct arena *a, const char *schema, const char *name);

/* One string literal that reads the same whatever standard_conforming_strings says; NULL gives NULL. */
char *sql_literal(struct arena *a, const char *value);

#endif
