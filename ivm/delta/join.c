/*
 * Delta of a join: the changed inputs among R1 .. Rn, after all changes, are C; R is what is there now.
 *
 *     d(R1 x .. x Rn)  =  sum over S subset of C, S not empty, of (-1)^(|S|+1)  x dRi (i in S) x Rj (j not in
 * S)
 *
 * (expand  R1 x .. x Rn - (R1 - dR1) x .. x (Rn - dRn).)  Every factor is a delta or a table as it is, so
 * each term is driven by a small set through the indexes of the others: no old state is ever rebuilt. The
 * terms are 2^|C| - 1; beyond DELTA_EXPAND changed inputs the telescoped sum takes over, with |C| terms
 *
 *     sum over i of  Rj (j < i)  x  dRi  x  old Rj (j > i)         old R = R u -dR
 *
 * where old R is a UNION ALL with arms of the same types, so that the planner can push the join key into
 * both. How often a row is repeated is said by the row, as its condition is, so every term has it alike.
 *
 * Deltas of one term that equalities tie together are joined first.
 *
 * Rows: weir_w = product of the weights. Bound: |dRi| times what it matches. Source: Griffin and
 * Libkin, SIGMOD 1995; Blakeley et al., SIGMOD 1986.
 */
#include "delta/delta.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

/* 2^3 - 1 = 7 terms cost the planner less than old states do; 15 do not. */
#define DELTA_EXPAND 3

enum reading { READ_NOW, READ_DELTA, READ_OLD };

/* R u -dR: signed, with the columns that the plan reads. */
static const char *join_old(const struct delta *d, int source)
{
    struct arena *a = d->arena;
    struct str list;
    str_init(&list, a);
    struct source_columns columns = source_used_columns(a, &d->plan->sources[source]);
    for (int i = 0; i < columns.n; i++) {
        str_addf(&list, ", %s", emit_name(a, "p", columns.names[i]));
    }
    return sql_text(a,
                    "(SELECT 1 AS weir_w{f:list} FROM {f:now} p UNION ALL "
                    "SELECT -p.weir_w AS weir_w{f:list} FROM {f:delta} p)",
                    SQL_TEXT("list", list.data), SQL_TEXT("now", emit_source(a, d->plan, d->names, source)),
                    SQL_TEXT("delta", d->rows[source]));
}

/* A bag takes any weight, so there a row that stands for many is one of that weight. */
static bool join_weighs(const struct delta *d)
{
    return d->plan->kind == PLAN_BAG;
}

static const char *join_weight(const struct delta *d, const struct naming *n, const enum reading *how,
                               bool negative)
{
    struct arena *a = d->arena;
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < n->branch->ninputs; i++) {
        if (how[i] != READ_NOW) {
            str_sep(&s, " * ");
            str_addf(&s, "%s.weir_w", n->aliases[i]);
        }
    }
    for (int i = 0; i < n->branch->repeats.n && join_weighs(d); i++) {
        str_add(&s, " * GREATEST(0, ");
        emit_branch_expr(&s, n, n->branch->repeats.items[i]);
        str_add(&s, ")");
    }
    return negative ? arena_printf(a, "-(%s)", s.data) : s.data;
}

/* A delta was filtered by the condition before it was netted. */
static bool join_has(const struct delta *d, const struct branch *b, const enum reading *how, struct expr *e)
{
    bool has = false;
    for (int i = 0; i < b->ninputs; i++) {
        has = has || (how[i] == READ_DELTA && delta_is_filtered(d, b, i, e));
    }
    return has;
}

struct touching {
    const enum reading *how;
    int first, second; /* inputs; -1: none yet */
    bool more;         /* a third, or one that is no delta */
};

static bool join_touches(const struct expr *e, void *ctx)
{
    struct touching *t = ctx;
    if (e->kind == EXPR_REF) {
        t->more = t->more || t->how[e->input] != READ_DELTA ||
                  (t->first >= 0 && t->second >= 0 && e->input != t->first && e->input != t->second);
        if (t->first < 0) {
            t->first = e->input;
        } else if (e->input != t->first && t->second < 0) {
            t->second = e->input;
        }
    }
    return true;
}

/* Whether a condition speaks of nothing but deltas. */
static bool join_is_of_deltas(const struct expr *e, const enum reading *how)
{
    struct touching t = {.how = how, .first = -1, .second = -1};
    expr_visit(e, join_touches, &t);
    return t.first >= 0 && !t.more;
}

/* Several deltas that equalities tie together, every one. */
static bool join_meets(const struct delta *d, const struct branch *b, const enum reading *how)
{
    bool *tied = ARENA_ARRAY(d->arena, bool, b->ninputs + 1);
    int deltas = 0, met = 0;
    for (int i = 0; i < b->ninputs; i++) {
        deltas += how[i] == READ_DELTA;
        tied[i] = how[i] == READ_DELTA && met == 0;
        met += tied[i];
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (int i = 0; i < b->conditions.n; i++) {
            const struct expr *e = b->conditions.items[i];
            struct touching t = {.how = how, .first = -1, .second = -1};
            expr_visit(e, join_touches, &t);
            if (expr_is_equality(e) && t.second >= 0 && !t.more && tied[t.first] != tied[t.second]) {
                tied[t.first] = tied[t.second] = grown = true;
                met++;
            }
        }
    }
    return deltas > 1 && met == deltas;
}

/*
 * Deltas that meet, joined before anything else: one column per delta, its row, of a name that no column of a
 * source has. Of what joins to them later the planner may expect a single row, and then it reads a delta from
 * one end to the other for each.
 */
static const char *join_met(const struct delta *d, const struct branch *b, const enum reading *how,
                            const char **aliases)
{
    struct arena *a = d->arena;
    struct naming n = {.plan = d->plan, .branch = b, .aliases = ARENA_ARRAY(a, const char *, b->ninputs + 1)};
    struct str list, from, where;
    str_init(&list, a);
    str_init(&from, a);
    str_init(&where, a);
    for (int i = 0; i < b->ninputs; i++) {
        if (how[i] == READ_DELTA) {
            n.aliases[i] = arena_printf(a, "weir_d%d", i + 1);
            aliases[i] = arena_printf(a, "(weir_d.%s)", n.aliases[i]);
            str_sep(&list, ", ");
            str_add(&list, n.aliases[i]);
            str_sep(&from, ", ");
            str_addf(&from, "%s %s", d->rows[b->inputs[i]], n.aliases[i]);
        }
    }
    for (int i = 0; i < b->conditions.n; i++) {
        if (join_is_of_deltas(b->conditions.items[i], how) && !join_has(d, b, how, b->conditions.items[i])) {
            str_sep(&where, " AND ");
            emit_branch_expr(&where, &n, b->conditions.items[i]);
        }
    }
    return sql_text(a, "(SELECT {f:list} FROM {f:from} WHERE {f:where} OFFSET 0) weir_d",
                    SQL_TEXT("list", list.data), SQL_TEXT("from", from.data), SQL_TEXT("where", where.data));
}

/* Deltas come first: the order of FROM is the planner's last tie-break. `met`: they stand there as one. */
static const char *join_from(const struct delta *d, const struct branch *b, const enum reading *how,
                             const char **aliases, const char *met)
{
    struct str s;
    str_init(&s, d->arena);
    str_add(&s, met);
    for (int pass = *met != '\0' ? 1 : 0; pass < 2; pass++) {
        for (int i = 0; i < b->ninputs; i++) {
            if ((how[i] == READ_DELTA) == (pass == 0)) {
                str_sep(&s, ", ");
                str_addf(&s, "%s %s",
                         how[i] == READ_DELTA ? d->rows[b->inputs[i]]
                         : how[i] == READ_OLD ? join_old(d, b->inputs[i])
                                              : emit_source(d->arena, d->plan, d->names, b->inputs[i]),
                         aliases[i]);
            }
        }
    }
    return s.data;
}

/* What was asked already need not be asked again: the planner does not know that it is true then, and takes
 * the delta for a few rows. */
static const char *join_where(const struct delta *d, const struct naming *n, const enum reading *how,
                              bool met)
{
    struct str s;
    str_init(&s, d->arena);
    for (int i = 0; i < n->branch->conditions.n; i++) {
        struct expr *e = n->branch->conditions.items[i];
        if (!join_has(d, n->branch, how, e) && !(met && join_is_of_deltas(e, how))) {
            str_add(&s, s.len == 0 ? " WHERE " : " AND ");
            emit_branch_expr(&s, n, e);
        }
    }
    return s.data;
}

/* The first input that is read as a delta. */
static int join_delta(const struct branch *b, const enum reading *how)
{
    int input = 0;
    while (input < b->ninputs - 1 && how[input] != READ_DELTA) {
        input++;
    }
    return input;
}

static void join_term(const struct delta *d, const struct branch *b, const enum reading *how, bool negative,
                      const char **names, struct str *out)
{
    static const char prefix[] = {[READ_NOW] = 'r', [READ_DELTA] = 'd', [READ_OLD] = 'o'};
    struct arena *a = d->arena;
    const char **aliases = ARENA_ARRAY(a, const char *, b->ninputs + 1);
    struct str outs;
    str_init(&outs, a);
    for (int i = 0; i < b->ninputs; i++) {
        aliases[i] = arena_printf(a, "%c%d", prefix[how[i]], i + 1);
    }
    bool meets = join_meets(d, b, how);
    const char *met = meets ? join_met(d, b, how, aliases) : "";
    struct naming naming = {.plan = d->plan, .branch = b, .aliases = aliases};
    for (int i = 0; i < b->nouts; i++) {
        if (names[i] != NULL && d->eager && i >= d->plan->nkeys) {
            str_add(&outs, eager_out(d, i, names[i], aliases[join_delta(b, how)]));
        } else if (names[i] != NULL) {
            str_add(&outs, ", ");
            emit_branch_expr(&outs, &naming, b->outs[i]);
            str_addf(&outs, " AS %s", sql_ident(a, names[i]));
        }
    }
    str_sep(out, " UNION ALL ");
    str_add(out, sql_text(a, "SELECT {f:weight} AS weir_w{f:outs} FROM {f:from}{f:repeats}{f:where}",
                          SQL_TEXT("weight", join_weight(d, &naming, how, negative)),
                          SQL_TEXT("outs", outs.data), SQL_TEXT("from", join_from(d, b, how, aliases, met)),
                          SQL_TEXT("repeats", join_weighs(d) ? "" : emit_branch_repeats(a, &naming)),
                          SQL_TEXT("where", join_where(d, &naming, how, meets))));
}

static void join_expanded(const struct delta *d, const struct branch *b, const int *changed, int n,
                          const char **names, struct str *out)
{
    enum reading *how = ARENA_ARRAY(d->arena, enum reading, b->ninputs + 1);
    for (unsigned set = 1; set < 1u << n; set++) {
        for (int i = 0; i < n; i++) {
            how[changed[i]] = (set >> i & 1) != 0 ? READ_DELTA : READ_NOW;
        }
        join_term(d, b, how, __builtin_popcount(set) % 2 == 0, names, out);
    }
}

static void join_telescoped(const struct delta *d, const struct branch *b, const int *changed, int n,
                            const char **names, struct str *out)
{
    enum reading *how = ARENA_ARRAY(d->arena, enum reading, b->ninputs + 1);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            how[changed[k]] = k < i ? READ_NOW : k == i ? READ_DELTA : READ_OLD;
        }
        join_term(d, b, how, false, names, out);
    }
}

const char *delta_rows(const struct delta *d, const char **names)
{
    struct str out;
    str_init(&out, d->arena);
    for (int i = 0; i < d->plan->nbranches; i++) {
        const struct branch *b = &d->plan->branches[i];
        int *changed = ARENA_ARRAY(d->arena, int, b->ninputs + 1), n = 0;
        for (int k = 0; k < b->ninputs; k++) {
            if ((d->change->changed >> b->inputs[k] & 1) != 0) {
                changed[n++] = k;
            }
        }
        if (n <= DELTA_EXPAND) {
            join_expanded(d, b, changed, n, names, &out);
        } else {
            join_telescoped(d, b, changed, n, names, &out);
        }
    }
    return out.data;
}
