/*
 * Sums before the join:  with C the columns of R that conditions and group keys read,
 *
 *     g( dR x S )  =  g'( (C, w: n = count, e = sum(x), c = count(x))(dR)  x  S )
 *
 * Changed rows that agree in C join the same rows of S and go to the same groups, so what is added up of them
 * can be added up first, for each sign by itself: a row then stands for many, weir_w is as many times its
 * sign, weir_e<i> is what their outs i add up to, weir_c<i> how many of these are not NULL, signed. At most
 * as many rows as dR, and as few as there are values of C. Where: one branch, one changed input, which is
 * read once; outs above the keys are sums and counts of that input alone, and fail on no image; equal values
 * of C look the same. Source: Yan and Larson, VLDB 1995 (eager aggregation).
 */
#include "delta/delta.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

struct early {
    int input;
    bool *carried; /* columns of the source */
    bool other;    /* an expression reads another input */
};

static bool early_reads(const struct expr *e, void *ctx)
{
    struct early *x = ctx;
    x->other = x->other || (e->kind == EXPR_REF && e->input != x->input);
    return true;
}

static bool early_carries(const struct expr *e, void *ctx)
{
    struct early *x = ctx;
    if (e->kind == EXPR_REF && e->input == x->input) {
        x->carried[e->column] = true;
    }
    return true;
}

/* The storage's columns are sums and counts of outs above the keys, and nothing of them is filtered. */
static bool early_columns(const struct plan *p)
{
    bool sums = p->kind == PLAN_GROUPED;
    for (int i = 0; i < p->ncolumns; i++) {
        const struct column *c = &p->columns[i];
        bool counted = c->role == COLUMN_SUM || c->role == COLUMN_COUNT;
        sums = sums && (c->role == COLUMN_KEY || c->role == COLUMN_ROWS || counted) &&
               (!counted || (c->filter < 0 && (c->value < 0 || c->value >= p->nkeys)));
    }
    return sums;
}

/* Every out that is added up reads the input alone and fails on no image. */
static bool early_outs(const struct plan *p, const struct branch *b, int input)
{
    struct early x = {.input = input};
    bool total = true;
    for (int i = p->nkeys; i < b->nouts; i++) {
        expr_visit(b->outs[i], early_reads, &x);
        total = total && expr_is_total(b->outs[i]);
    }
    return total && !x.other;
}

/* A condition on the input alone is not joined by: what it reads would split rows for nothing. */
static bool early_conditions(const struct branch *b, int input)
{
    bool joins = true;
    for (int i = 0; i < b->conditions.n; i++) {
        struct early x = {.input = input};
        expr_visit(b->conditions.items[i], early_reads, &x);
        joins = joins && x.other;
    }
    return joins;
}

/* The columns that stay; false: rows that agree in them may look different, or none agree. */
static bool early_carried(const struct plan *p, const struct branch *b, int input, bool *carried)
{
    const struct ivm_relation *r = p->sources[b->inputs[input]].relation;
    struct early x = {.input = input, .carried = carried};
    bool faithful = true;
    int keys = 0;
    for (int i = 0; i < b->conditions.n; i++) {
        expr_visit(b->conditions.items[i], early_carries, &x);
    }
    for (int i = 0; i < p->nkeys; i++) {
        expr_visit(b->outs[i], early_carries, &x);
    }
    for (int i = 0; i < r->ncolumns; i++) {
        faithful = faithful && (!carried[i] || (r->columns[i].faithful && r->columns[i].hashable));
        for (int k = 0; k < r->nkey; k++) {
            keys += carried[i] && r->key[k] == r->columns[i].attnum;
        }
    }
    return faithful && (r->nkey == 0 || keys < r->nkey);
}

static const char *early_list(const struct delta *d, int source, const bool *carried)
{
    const struct ivm_relation *r = d->plan->sources[source].relation;
    struct str list;
    str_init(&list, d->arena);
    for (int i = 0; i < r->ncolumns; i++) {
        if (carried[i]) {
            str_addf(&list, ", %s", emit_name(d->arena, "p", r->columns[i].name));
        }
    }
    return list.data;
}

/* Whether out `out` is added up in a column of this role. */
static bool early_is(const struct plan *p, int out, enum column_role role)
{
    bool is = false;
    for (int i = 0; i < p->ncolumns; i++) {
        is = is || (p->columns[i].value == out && p->columns[i].role == role);
    }
    return is;
}

static const char *early_sums(const struct delta *d, const struct branch *b, int input)
{
    struct arena *a = d->arena;
    const char **aliases = ARENA_ARRAY(a, const char *, b->ninputs + 1);
    struct naming n = {.plan = d->plan, .branch = b, .aliases = aliases};
    struct str sums;
    str_init(&sums, a);
    aliases[input] = "p";
    for (int i = d->plan->nkeys; i < b->nouts; i++) {
        struct str value;
        str_init(&value, a);
        emit_branch_expr(&value, &n, b->outs[i]);
        if (early_is(d->plan, i, COLUMN_SUM)) {
            str_addf(&sums, ", sum(%s) AS weir_e%d", value.data, i + 1);
        }
        if (early_is(d->plan, i, COLUMN_COUNT)) {
            str_addf(&sums, ", p.weir_w * count(%s) AS weir_c%d", value.data, i + 1);
        }
    }
    return sums.data;
}

const char *eager_out(const struct delta *d, int out, const char *name, const char *alias)
{
    struct str s;
    str_init(&s, d->arena);
    if (early_is(d->plan, out, COLUMN_SUM)) {
        str_addf(&s, ", %s.weir_e%d AS %s", alias, out + 1, sql_ident(d->arena, name));
    }
    if (early_is(d->plan, out, COLUMN_COUNT)) {
        str_addf(&s, ", %s.weir_c%d", alias, out + 1);
    }
    return s.data;
}

bool eager_may(const struct delta *d, int source)
{
    const struct plan *p = d->plan;
    int input = 0;
    const struct branch *b = delta_reader(p, source, &input);
    if (d->net || d->change->executor || p->nbranches != 1 || b == NULL || b->repeats.n > 0 ||
        d->change->changed != UINT64_C(1) << source || p->sources[source].part != NULL || !early_columns(p) ||
        (b->ninputs == 1 && d->change->presumed == NULL)) {
        return false;
    }
    bool *carried = ARENA_ARRAY(d->arena, bool, p->sources[source].relation->ncolumns + 1);
    return early_outs(p, b, input) && early_conditions(b, input) && early_carried(p, b, input, carried);
}

const char *eager_rows(const struct delta *d, int source, int64_t limit)
{
    struct arena *a = d->arena;
    int input = 0;
    const struct branch *b = delta_reader(d->plan, source, &input);
    bool *carried = ARENA_ARRAY(a, bool, d->plan->sources[source].relation->ncolumns + 1);
    early_carried(d->plan, b, input, carried);
    const char *list = early_list(d, source, carried);
    struct early x = {.input = input, .carried = carried};
    for (int i = d->plan->nkeys; i < b->nouts; i++) {
        expr_visit(b->outs[i], early_carries, &x);
    }
    /* No column more than is read: the planner would put NULL in its place, row by row. */
    return sql_text(
        a,
        "SELECT p.weir_w * count(*) AS weir_w, count(*) AS weir_c{f:list}{f:sums} FROM "
        "(SELECT p.weir_w{f:read} FROM pgtrickle_data.pending_{n:self}_{n:source} p LIMIT {n:limit}) p "
        "GROUP BY p.weir_w{f:list}",
        SQL_TEXT("list", list), SQL_TEXT("sums", early_sums(d, b, input)),
        SQL_TEXT("read", early_list(d, source, carried)), SQL_INT("self", d->names->ids[d->names->self]),
        SQL_INT("source", d->names->source_ids[source]), SQL_INT("limit", limit));
}
