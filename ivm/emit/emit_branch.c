#include "emit/emit_branch.h"

#include "base/sql.h"
#include "emit/emit.h"

#include <string.h>

static void branch_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct naming *n = ctx;
    const struct source *source = &n->plan->sources[n->branch->inputs[e->input]];
    const char *alias = n->aliases[e->input];
    const struct plan *part = source->part;
    if (part == NULL) {
        str_add(s, emit_name(s->arena, alias, source->relation->columns[e->column].name));
    } else if (e->column == plan_id_column(part)) {
        str_addf(s, "%s.weir_id", alias);
    } else if (part->kind != PLAN_GROUPED) {
        str_add(s, emit_name(s->arena, alias, part->columns[e->column].name));
    } else if (e->column < part->nkeys) {
        emit_key(s, part, e->column, alias);
    } else {
        emit_result(s, part, e->column - part->nkeys, alias);
    }
}

static void part_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct plan *p = ctx;
    if (e->kind == EXPR_KEY) {
        emit_key(s, p, e->column, "s");
    } else if (e->kind == EXPR_RESULT) {
        emit_result(s, p, e->column, "s");
    }
}

void emit_out(struct str *s, const struct plan *p, int out)
{
    if (p->kind == PLAN_GROUPED) {
        emit_expr(s, p->outs[out].expr, part_ref, p);
    } else {
        str_add(s, emit_name(s->arena, "s", p->columns[out].name));
    }
}

const char *emit_having(struct arena *a, const struct plan *p)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->having.n; i++) {
        str_add(&s, i == 0 ? " WHERE " : " AND ");
        emit_expr(&s, p->having.items[i], part_ref, p);
    }
    return s.data;
}

void emit_branch_expr(struct str *s, const struct naming *n, const struct expr *e)
{
    emit_expr(s, e, branch_ref, n);
}

const char *emit_branch_repeats(struct arena *a, const struct naming *n)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < n->branch->repeats.n; i++) {
        str_add(&s, ", pg_catalog.generate_series(1, ");
        emit_branch_expr(&s, n, n->branch->repeats.items[i]);
        str_addf(&s, ") weir_s%d", i + 1);
    }
    return s.data;
}

const char *emit_branch_where(struct arena *a, const struct naming *n)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < n->branch->conditions.n; i++) {
        str_add(&s, i == 0 ? " WHERE " : " AND ");
        emit_branch_expr(&s, n, n->branch->conditions.items[i]);
    }
    return s.data;
}

const char *emit_name(struct arena *a, const char *alias, const char *name)
{
    const char *quoted = sql_ident(a, name);
    return alias == NULL ? quoted : arena_printf(a, "%s.%s", alias, quoted);
}

void emit_result(struct str *s, const struct plan *p, int result, const char *alias)
{
    const struct result *r = &p->results[result];
    const char *value = emit_name(s->arena, alias, p->columns[r->column].name);
    if (r->function == AGGREGATE_AVG && p->columns[r->column].role == COLUMN_SUM) {
        /* As PostgreSQL finishes it: numeric sum by numeric count. Without values the sum is NULL. */
        str_addf(s, "(CAST(%s AS numeric) OPERATOR(pg_catalog./) CAST(%s AS numeric))", value,
                 emit_name(s->arena, alias, p->columns[r->count].name));
    } else {
        str_add(s, value);
    }
}

void emit_key(struct str *s, const struct plan *p, int key, const char *alias)
{
    for (int i = 0; i < p->ncolumns; i++) {
        if (p->columns[i].role == COLUMN_KEY && p->columns[i].value == key) {
            str_add(s, emit_name(s->arena, alias, p->columns[i].name));
            return;
        }
    }
}

const char *emit_columns(struct arena *a, const struct plan *p, const char *alias)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->ncolumns; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_name(a, alias, p->columns[i].name));
    }
    return s.data;
}

const char *emit_image(struct arena *a, const char *value)
{
    return arena_printf(a, "CAST(%s AS text) COLLATE \"C\"", value);
}

/* Transaction ids can be hashed, not sorted; no other faithful type is like that. */
const char *emit_sortable_image(struct arena *a, const struct ivm_column *c, const char *value)
{
    bool plain = c != NULL && c->hashable && c->faithful && strcmp(c->type, "xid") != 0;
    return plain ? value : emit_image(a, value);
}

const char *emit_source(struct arena *a, const struct plan *p, const struct plan_names *n, int source)
{
    const struct source *s = &p->sources[source];
    return s->part != NULL ? arena_printf(a, "pgtrickle_data.st_%lld", (long long)n->ids[s->part->index])
                           : sql_qualified(a, s->relation->schema, s->relation->name);
}

const char *emit_key_equal(struct arena *a, const struct plan *p, const char *alias, const char *other)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < p->nkey; i++) {
        const char *name = p->columns[p->key[i]].name;
        str_sep(&s, " AND ");
        str_addf(&s, "%s = %s", emit_name(a, alias, name), emit_name(a, other, name));
    }
    return s.data;
}

const char *emit_input(struct arena *a, const struct plan *p, int out)
{
    for (int i = 0; i < p->ncolumns; i++) {
        if (p->columns[i].role == COLUMN_KEY && p->columns[i].value == out) {
            return p->columns[i].name;
        }
    }
    return arena_printf(a, "weir_x%d", out + 1);
}

static const char *state_filter(struct arena *a, const struct plan *p, int filter, const char *alias)
{
    return filter < 0 ? ""
                      : sql_text(a, " FILTER (WHERE {f:filter})",
                                 SQL_TEXT("filter", emit_name(a, alias, emit_input(a, p, filter))));
}

struct call_naming {
    const struct plan *plan;
    const char *alias;
};

static void call_ref(struct str *s, const struct expr *e, const void *ctx)
{
    const struct call_naming *n = ctx;
    str_add(s, emit_name(s->arena, n->alias, emit_input(s->arena, n->plan, e->column)));
}

/* The aggregate as the user wrote it. */
static void emit_whole_result(struct str *s, const struct plan *p, const struct result *r, const char *alias)
{
    static const char *const names[] = {"count", "sum", "avg", "min", "max"};
    if (r->function == AGGREGATE_OTHER) {
        const struct call_naming n = {.plan = p, .alias = alias};
        emit_expr(s, r->call, call_ref, &n);
        return;
    }
    str_addf(s, "pg_catalog.%s(%s%s)%s", names[r->function], r->distinct ? "DISTINCT " : "",
             r->value < 0 ? "*" : emit_name(s->arena, alias, emit_input(s->arena, p, r->value)),
             state_filter(s->arena, p, r->filter, alias));
}

void emit_state(struct str *s, const struct plan *p, int column, const char *alias)
{
    const struct column *c = &p->columns[column];
    struct arena *a = s->arena;
    const char *value = c->value < 0 ? "*" : emit_name(a, alias, emit_input(a, p, c->value));
    const char *filter = state_filter(a, p, c->filter, alias);
    switch (c->role) {
    case COLUMN_OUT:
    case COLUMN_KEY:
        str_add(s, value);
        break;
    case COLUMN_ROWS:
        str_add(s, "pg_catalog.count(*)");
        break;
    case COLUMN_COUNT:
        str_addf(s, "pg_catalog.count(%s)%s", value, filter);
        break;
    case COLUMN_SUM:
        str_addf(s, "pg_catalog.sum(%s)%s", value, filter);
        break;
    case COLUMN_SCALE:
        str_addf(s, "pg_catalog.min(pg_catalog.scale(%s))%s", value, filter);
        break;
    case COLUMN_FINE:
        str_addf(s, "pg_catalog.count(NULLIF(pg_catalog.scale(%s) = %d, false))%s", value, c->fine, filter);
        break;
    case COLUMN_MIN:
        str_addf(s, "pg_catalog.min(%s)%s", value, filter);
        break;
    case COLUMN_MAX:
        str_addf(s, "pg_catalog.max(%s)%s", value, filter);
        break;
    case COLUMN_SLICE_KEY:
    case COLUMN_SLICE_HASH:
        break; /* there are none in a GROUPED storage */
    case COLUMN_REREAD:
        emit_whole_result(s, p, &p->results[c->of], alias);
        break;
    }
}
