/* Name resolution: what an expression of one SELECT can see. */
#ifndef WEIR_IVM_ALGEBRA_SCOPE_H
#define WEIR_IVM_ALGEBRA_SCOPE_H

#include "algebra/block.h"

/* One name that a column may be qualified with. `hidden` entries are only seen through a join's alias. */
struct scope_entry {
    const char *schema; /* of a table without an alias */
    const char *alias;  /* NULL: columns are seen, but not by a qualified name */
    bool unqualified;   /* its columns are seen without a qualifier */
    int ncolumns;
    const char **names;
    struct expr **exprs;
};

struct scope {
    const struct scope *outer;
    struct scope_entry *entries;
    int nentries, cap;
};

struct scope_entry *scope_add(struct arena *a, struct scope *s, const char *alias, int ncolumns);

/* The expression a name stands for; NULL: no such column in this scope (outer ones are not looked at). */
struct expr *scope_find(const struct scope *s, const struct expr *column, bool *ambiguous);

/* Column `name` of entry e; -1: none. */
int scope_column(const struct scope_entry *e, const char *name);

#endif
