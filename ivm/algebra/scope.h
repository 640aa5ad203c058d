/* Name resolution: what an expression of one SELECT can see. */
#ifndef WEIR_IVM_ALGEBRA_SCOPE_H
#define WEIR_IVM_ALGEBRA_SCOPE_H

#include "algebra/block.h"

/* One name that a column may be qualified with. `hidden` entries are only seen through a join's alias. */
struct scope_entry {
    const char *schema; /* of a table without an alias */
    const char *alias;  /* NULL: columns are seen, but not by a qualified name */
    bool unqualified;   /* its columns are seen without a qualifier... */
    int ncolumns;
    const char **names;
    struct expr **exprs;
    bool *hidden; /* ...except these, which a USING has merged */
};

struct scope {
    const struct scope *outer;
    struct scope_entry *entries;
    int nentries, cap;
};

struct scope_entry *scope_add(struct arena *a, struct scope *s, const char *alias, int ncolumns);

/* The expression a name stands for; NULL: no such column in this scope (outer ones are not looked at). */
struct expr *scope_find(const struct scope *s, const struct expr *column, bool *ambiguous);

/* Column `name` that entries from `first` up to `end` show without a qualifier; NULL: none. */
struct expr *scope_side(const struct scope *s, int first, int end, const char *name);

/*
 * What a join makes of the entries from `first` on, its sides: USING columns are seen once, as merged[i]; an
 * alias hides the names inside and shows all columns under its own.
 */
void scope_join(struct arena *a, struct scope *s, const struct from_item *f, int first, struct expr **merged);

#endif
