/*
 * Which scales can the values of a numeric expression have?
 *
 *     column numeric(p,s), cast to it, round(x, s)     s
 *     constant                                         the digits it is written with
 *     x + y, x - y                                     the larger one
 *     x * y                                            their sum
 *     CASE, COALESCE, GREATEST, LEAST                  what the values have
 *
 * As PostgreSQL's numeric.c computes them; division, whose scale depends on the values, is not known.
 */
#include "algebra/scales.h"

#include <stdlib.h>
#include <string.h>

/* What numeric(p,s) allows; the product of two such is known, that of many such need not be. */
#define SCALES_MAX 2000

static const struct scales scales_unknown = {.known = false};
static const struct scales scales_none = {.known = true};

static struct scales scales_one(int scale)
{
    return scale > SCALES_MAX ? scales_unknown
                              : (struct scales){.known = true, .n = 1, .low = scale, .high = scale};
}

static struct scales scales_union(struct scales x, struct scales y)
{
    if (!x.known || !y.known) {
        return scales_unknown;
    }
    if (x.n == 0 || y.n == 0) {
        return x.n == 0 ? y : x;
    }
    struct scales all = {.known = true, .low = x.low < y.low ? x.low : y.low, .high = x.high};
    all.high = y.high > x.high ? y.high : x.high;
    all.n = all.low == all.high ? 1 : 2;
    int inner[] = {x.low, x.high, y.low, y.high};
    for (int i = 0; i < 4; i++) {
        if (inner[i] != all.low && inner[i] != all.high) {
            return scales_unknown;
        }
    }
    return all;
}

/* Every value of x with every value of y. */
static struct scales scales_pairs(struct scales x, struct scales y, bool product)
{
    if (!x.known || !y.known || x.n == 0 || y.n == 0) {
        return x.known && y.known ? scales_none : scales_unknown;
    }
    int xs[] = {x.low, x.high}, ys[] = {y.low, y.high};
    struct scales all = scales_none;
    for (int i = 0; i < x.n; i++) {
        for (int k = 0; k < y.n; k++) {
            int larger = xs[i] > ys[k] ? xs[i] : ys[k];
            all = scales_union(all, scales_one(product ? xs[i] + ys[k] : larger));
        }
    }
    return all;
}

/* Of a type as PostgreSQL or the parser writes it; numeric(p) has scale 0, and a negative one shows no digits
 * either. */
static struct scales scales_of_type(const char *type)
{
    static const char *const names[] = {"numeric(", "\"pg_catalog\".\"numeric\"("};
    for (size_t i = 0; type != NULL && i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(type, names[i], n) == 0 && type[strlen(type) - 1] == ')') {
            const char *comma = strchr(type + n, ',');
            int scale = comma != NULL ? atoi(comma + 1) : 0;
            return scales_one(scale > 0 ? scale : 0);
        }
    }
    return scales_unknown;
}

/* 12, 0.50, '-0.50'; not 1e-5, which is rare, nor NaN. */
static struct scales scales_of_constant(const char *text)
{
    const char *p = text;
    int digits = 0, scale = 0;
    bool point = false, quoted = *p == '\'';
    if (strcmp(text, "NULL") == 0) {
        return scales_none;
    }
    p += quoted ? 1 : 0;
    p += *p == '-' ? 1 : 0;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++) {
        digits += *p != '.' ? 1 : 0;
        scale += point ? 1 : 0;
        point = point || *p == '.';
    }
    p += quoted && *p == '\'' ? 1 : 0;
    return *p == '\0' && digits > 0 ? scales_one(scale) : scales_unknown;
}

static struct scales scales_of(const struct plan *p, const struct branch *b, const struct expr *e);

static const struct ivm_column *scales_column(const struct plan *p, const struct branch *b,
                                              const struct expr *e)
{
    const struct ivm_relation *rel = e->kind == EXPR_REF ? p->sources[b->inputs[e->input]].relation : NULL;
    return rel != NULL ? &rel->columns[e->column] : NULL;
}

static bool scales_is_type(const char *type, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(type, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What becomes numeric here may not have been before: a whole number, or a constant in quotes. */
static struct scales scales_of_cast(const struct plan *p, const struct branch *b, const struct expr *e)
{
    static const char *const plain[] = {"numeric", "\"pg_catalog\".\"numeric\""};
    static const char *const whole[] = {"smallint",
                                        "integer",
                                        "bigint",
                                        "\"pg_catalog\".\"int2\"",
                                        "\"pg_catalog\".\"int4\"",
                                        "\"pg_catalog\".\"int8\""};
    const struct expr *from = e->args[0];
    if (!scales_is_type(e->text, plain, sizeof plain / sizeof *plain)) {
        return scales_of_type(e->text);
    }
    const struct ivm_column *column = scales_column(p, b, from);
    const char *type = column != NULL ? column->type : from->kind == EXPR_CAST ? from->text : "";
    return scales_is_type(type, whole, sizeof whole / sizeof *whole) ? scales_one(0) : scales_of(p, b, from);
}

static struct scales scales_of_operator(const struct plan *p, const struct branch *b, const struct expr *e)
{
    bool product = strcmp(e->text, "OPERATOR(pg_catalog.*)") == 0;
    bool minus = strcmp(e->text, "OPERATOR(pg_catalog.-)") == 0;
    if (e->nargs == 1) {
        return minus ? scales_of(p, b, e->args[0]) : scales_unknown;
    }
    return product || minus || strcmp(e->text, "OPERATOR(pg_catalog.+)") == 0
               ? scales_pairs(scales_of(p, b, e->args[0]), scales_of(p, b, e->args[1]), product)
               : scales_unknown;
}

static struct scales scales_of_case(const struct plan *p, const struct branch *b, const struct expr *e)
{
    struct scales all = scales_none;
    int n = e->nargs - (e->has_else ? 1 : 0);
    for (int i = e->has_subject ? 2 : 1; i < n; i += 2) {
        all = scales_union(all, scales_of(p, b, e->args[i]));
    }
    return e->has_else ? scales_union(all, scales_of(p, b, e->args[n])) : all;
}

static struct scales scales_of_call(const struct expr *e)
{
    bool rounds = expr_calls(e, "round") && e->nargs == 2 && e->args[1]->kind == EXPR_CONST;
    struct scales to = rounds ? scales_of_constant(e->args[1]->text) : scales_unknown;
    if (!to.known || to.n == 0 || to.high > 0) {
        return scales_unknown;
    }
    int scale = atoi(e->args[1]->text);
    return scales_one(scale > 0 ? scale : 0);
}

static struct scales scales_of(const struct plan *p, const struct branch *b, const struct expr *e)
{
    struct scales all = scales_none;
    switch (e->kind) {
    case EXPR_REF: {
        const struct ivm_column *column = scales_column(p, b, e);
        return column != NULL ? scales_of_type(column->type) : scales_unknown;
    }
    case EXPR_CONST:
        return scales_of_constant(e->text);
    case EXPR_CAST:
        return scales_of_cast(p, b, e);
    case EXPR_OP:
        return scales_of_operator(p, b, e);
    case EXPR_CASE:
        return scales_of_case(p, b, e);
    case EXPR_COALESCE:
    case EXPR_GREATEST:
    case EXPR_LEAST:
        for (int i = 0; i < e->nargs; i++) {
            all = scales_union(all, scales_of(p, b, e->args[i]));
        }
        return all;
    case EXPR_CALL:
        return scales_of_call(e);
    default:
        return scales_unknown;
    }
}

struct scales scales_of_out(const struct plan *p, int out)
{
    struct scales all = scales_none;
    for (int i = 0; i < p->nbranches; i++) {
        all = scales_union(all, scales_of(p, &p->branches[i], p->branches[i].outs[out]));
    }
    return all;
}
