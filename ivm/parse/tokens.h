/* Text as PostgreSQL's scanner sees it: comments, dollar quotes and all kinds of strings are its business. */
#ifndef WEIR_IVM_PARSE_TOKENS_H
#define WEIR_IVM_PARSE_TOKENS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_WORD,   /* identifier, quoted or not, or a keyword */
    TOKEN_STRING, /* any kind of string constant */
    TOKEN_NUMBER,
    TOKEN_OTHER, /* operators and punctuation */
};

struct token {
    enum token_kind kind;
    size_t start, end; /* bytes */
    bool reserved;     /* a keyword that cannot be a name */
};

struct tokens {
    const char *sql;
    struct token *items;
    int n;
};

/* Comments are left out. False: the scanner stops at an error. */
bool tokens_scan(struct arena *a, const char *sql, struct tokens *out);

/* True when token i is this keyword or punctuation, in any case, not quoted. */
bool token_is(const struct tokens *t, int i, const char *word);

/* True when token i is this identifier: folded, or quoted just so. */
bool token_names(const struct tokens *t, int i, const char *name);

/* 1-based character position of a byte offset. */
int token_position(const char *sql, size_t offset);

/* The value of a string constant, and the name that an identifier means; NULL: not to be had. */
const char *token_string(struct arena *a, const struct tokens *t, int i);
const char *token_name(struct arena *a, const struct tokens *t, int i);

#endif
