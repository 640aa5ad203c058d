/*
 * Delta of a table:  dR = the rows of its change buffer that the storage has not consumed.
 *
 * Shape: weir_w and the columns that the plan reads. Bound: plan_change.limit, told to the planner by LIMIT,
 * because it would guess from a view over two buffers. Net when asked for; else as captured.
 */
#include "delta/delta.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

#include <string.h>

static bool delta_has(const struct delta *d, int source)
{
    return (d->change->changed >> source & 1) != 0;
}

int delta_changed_inputs(const struct delta *d, const struct branch *b)
{
    int n = 0;
    for (int i = 0; i < b->ninputs; i++) {
        n += delta_has(d, b->inputs[i]);
    }
    return n;
}

bool delta_is_plain(const struct delta *d)
{
    for (int i = 0; i < d->plan->nbranches; i++) {
        if (delta_changed_inputs(d, &d->plan->branches[i]) > 1) {
            return false;
        }
    }
    return true;
}

static int delta_uses(const struct delta *d, int source)
{
    int n = d->plan->slice != NULL ? 2 : 0; /* leaves may read it many times */
    for (int i = 0; i < d->plan->nbranches; i++) {
        const struct branch *b = &d->plan->branches[i];
        for (int k = 0; k < b->ninputs; k++) {
            n += b->inputs[k] == source ? delta_changed_inputs(d, b) : 0;
        }
    }
    return n;
}

struct inputs {
    int only; /* the input asked about */
    bool other;
};

static bool reads_other(const struct expr *e, void *ctx)
{
    struct inputs *x = ctx;
    x->other = x->other || (e->kind == EXPR_REF && e->input != x->only);
    return !x->other;
}

/*
 * What a condition says of one input alone: where it is true, that is true. NULL: nothing, or nothing that no
 * image fails with an error. Of (a AND x) OR (b AND y), with a and b on the input, it is a OR b.
 */
static struct expr *delta_own_part(struct arena *a, struct expr *e, int input)
{
    struct inputs x = {.only = input};
    expr_visit(e, reads_other, &x);
    if (!x.other) {
        return expr_is_total(e) ? e : NULL;
    }
    if (e->kind != EXPR_AND && e->kind != EXPR_OR) {
        return NULL;
    }
    struct expr *own = expr_new(a, e->kind, e->location);
    own->args = ARENA_ARRAY(a, struct expr *, e->nargs);
    for (int i = 0; i < e->nargs; i++) {
        struct expr *part = delta_own_part(a, e->args[i], input);
        if (part != NULL) {
            own->args[own->nargs++] = part;
        } else if (e->kind == EXPR_OR) {
            return NULL;
        }
    }
    return own->nargs == 0 ? NULL : own->nargs == 1 ? own->args[0] : own;
}

const struct branch *delta_reader(const struct plan *p, int source, int *input)
{
    const struct branch *reader = NULL;
    int readers = 0;
    for (int i = 0; i < p->nbranches; i++) {
        for (int k = 0; k < p->branches[i].ninputs; k++) {
            if (p->branches[i].inputs[k] == source) {
                reader = &p->branches[i];
                *input = k;
                readers++;
            }
        }
    }
    return readers == 1 ? reader : NULL;
}

bool delta_is_filtered(const struct delta *d, const struct branch *b, int input, struct expr *condition)
{
    int only;
    return delta_reader(d->plan, b->inputs[input], &only) != NULL &&
           delta_own_part(d->arena, condition, input) == condition;
}

/*
 * What the conditions say of one input alone, over alias p; "" for nothing: what fails that gives no row, so
 * it need not be netted. Only where one input reads the source.
 */
static const char *delta_filter(const struct delta *d, int source)
{
    int input = 0;
    const struct branch *reader = delta_reader(d->plan, source, &input);
    if (reader == NULL) {
        return "";
    }
    struct naming n = {.plan = d->plan,
                       .branch = reader,
                       .aliases = ARENA_ARRAY(d->arena, const char *, reader->ninputs + 1)};
    struct str s;
    str_init(&s, d->arena);
    n.aliases[input] = "p";
    for (int i = 0; i < reader->conditions.n; i++) {
        const struct expr *own = delta_own_part(d->arena, reader->conditions.items[i], input);
        if (own != NULL) {
            str_sep(&s, " AND ");
            emit_branch_expr(&s, &n, own);
        }
    }
    return s.data;
}

/* The signed rows as captured. Presumed ones are read already, to be counted; they are let through when they
 * are what was presumed. */
static const char *delta_pending(const struct delta *d, int source)
{
    struct arena *a = d->arena;
    const char *filter = delta_filter(d, source);
    if (d->change->presumed != NULL) {
        return sql_text(a, "(SELECT * FROM p{n:number} p WHERE (SELECT o.go FROM go o){f:and}{f:filter})",
                        SQL_INT("number", source + 1), SQL_TEXT("and", *filter != '\0' ? " AND " : ""),
                        SQL_TEXT("filter", filter));
    }
    if (d->eager) {
        return arena_printf(a, "(%s)", eager_rows(d, source, d->change->limit[source]));
    }
    return sql_text(
        a, "(SELECT * FROM pgtrickle_data.pending_{n:self}_{n:source}{f:where}{f:filter} LIMIT {n:limit})",
        SQL_TEXT("where", *filter != '\0' ? " p WHERE " : ""), SQL_TEXT("filter", filter),
        SQL_INT("self", d->names->ids[d->names->self]), SQL_INT("source", d->names->source_ids[source]),
        SQL_INT("limit", d->change->limit[source]));
}

void delta_open(struct delta *d)
{
    struct arena *a = d->arena;
    d->rows = ARENA_ARRAY(a, const char *, d->plan->nsources + 1);
    str_init(&d->with, a);
    for (int i = 0; i < d->plan->nsources && d->additive; i++) {
        d->eager = d->eager || (delta_has(d, i) && *delta_filter(d, i) == '\0' && eager_may(d, i));
    }
    if (d->change->presumed != NULL) {
        str_add(&d->with, presumed_ctes(d));
    }
    for (int i = 0; i < d->plan->nsources; i++) {
        if (!delta_has(d, i)) {
            continue;
        }
        const struct source *source = &d->plan->sources[i];
        const char *pending = delta_pending(d, i);
        int *key, nkey;
        bool keyed = source_key(a, source, &key, &nkey) && nkey > 0;
        struct source_columns columns = source_used_columns(a, source);
        const char *rows = d->net ? net_rows(a, pending, &columns, d->expand && !keyed) : NULL;
        if (rows == NULL && (delta_uses(d, i) < 2 || d->change->presumed != NULL)) {
            d->rows[i] = pending;
            continue;
        }
        d->rows[i] = arena_printf(a, "n%d", i + 1);
        str_sep(&d->with, ",\n");
        str_addf(&d->with, "n%d AS MATERIALIZED (%s)", i + 1,
                 rows != NULL ? rows
                              : sql_text(a, "SELECT * FROM {f:pending} p", SQL_TEXT("pending", pending)));
    }
}
