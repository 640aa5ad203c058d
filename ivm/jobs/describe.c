/* Descriptions: what PostgreSQL says of a query, as structs. */
#include "jobs/describe.h"

#include <stdlib.h>
#include <string.h>

void describe_send(struct job *j, enum job_as as, const char *from)
{
    static const char *const templates[DESCRIBE_STATEMENTS] = {
        "SELECT d.id, q.* FROM {f:from} d, LATERAL pgtrickle_data.describe_query(d.definition) q",
        "SELECT d.id, q.* FROM {f:from} d, LATERAL pgtrickle_data.describe_relations(d.definition) q",
        "SELECT d.id, q.* FROM {f:from} d, LATERAL pgtrickle_data.describe_all_columns(d.definition) q",
        "SELECT d.id, q.* FROM {f:from} d, LATERAL pgtrickle_data.describe_columns(d.definition) q",
    };
    for (int i = 0; i < DESCRIBE_STATEMENTS; i++) {
        job_send(j, as, sql_text(&j->arena, templates[i], SQL_TEXT("from", from)))->rows = true;
    }
}

struct ivm_column *describe_columns(struct arena *a, const struct job_rows *r, int from, int n, int column)
{
    struct ivm_column *columns = ARENA_ARRAY(a, struct ivm_column, n + 1);
    for (int i = 0; i < n; i++) {
        columns[i] = (struct ivm_column){
            .attnum = (int)rows_int(r, from + i, column),
            .name = arena_strdup(a, rows_text(r, from + i, column + 1)),
            .type = arena_strdup(a, rows_text(r, from + i, column + 2)),
            .type_oid = (uint32_t)rows_int(r, from + i, column + 3),
            .typmod = (int)rows_int(r, from + i, column + 4),
            .not_null = rows_bool(r, from + i, column + 5),
            .hashable = rows_bool(r, from + i, column + 6),
            .faithful = rows_bool(r, from + i, column + 7),
        };
    }
    return columns;
}

/* '1 2 3' as ints. */
static int *describe_key(struct arena *a, const char *text, int *n)
{
    *n = 0;
    if (text == NULL || *text == '\0') {
        return NULL;
    }
    int *key = ARENA_ARRAY(a, int, strlen(text) + 1);
    for (const char *p = text; *p != '\0';) {
        char *end;
        key[(*n)++] = (int)strtol(p, &end, 10);
        p = *end == ' ' ? end + 1 : end;
    }
    return key;
}

/* '"a"."b","c"."d"' as a list of names. */
static const char **describe_names(struct arena *a, const char *text, int *n)
{
    *n = 0;
    if (text == NULL || *text == '\0') {
        return NULL;
    }
    const char **names = ARENA_ARRAY(a, const char *, strlen(text) / 7 + 1); /* of "a"."b" at least */
    const char *start = text;
    bool quoted = false;
    for (const char *p = text;; p++) {
        quoted = quoted != (*p == '"');
        if (*p == '\0' || (*p == ',' && !quoted)) {
            names[(*n)++] = arena_strndup(a, start, (size_t)(p - start));
            start = p + 1;
        }
        if (*p == '\0') {
            return names;
        }
    }
}

/* The run of rows that belong to `id` (and, with `relation`, to that relation), as rows of one query come
 * together. */
static int describe_run(const struct job_rows *r, int64_t id, const uint32_t *relation, int *from)
{
    int n = 0;
    for (int i = 0; i < r->nrows; i++) {
        if (rows_int(r, i, 0) == id && (relation == NULL || (uint32_t)rows_int(r, i, 1) == *relation)) {
            if (n++ == 0) {
                *from = i;
            }
        }
    }
    return n;
}

bool describe_read(struct arena *a, const struct job_rows *r, int64_t id, struct description *out)
{
    int at = 0;
    memset(out, 0, sizeof *out);
    if (describe_run(&r[0], id, NULL, &at) == 0) {
        return false;
    }
    out->query.canonical = arena_strdup(a, rows_text(&r[0], at, 1));
    out->query.refused = arena_strdup(a, rows_text(&r[0], at, 2));
    out->executor = rows_bool(&r[0], at, 3);
    out->owner = (uint32_t)rows_int(&r[0], at, 4);
    out->owner_name = arena_strdup(a, rows_text(&r[0], at, 5));
    out->restless = rows_bool(&r[0], at, 6);
    out->query.aggregates = describe_names(a, rows_text(&r[0], at, 7), &out->query.naggregates);

    int n = describe_run(&r[1], id, NULL, &at);
    out->relations = ARENA_ARRAY(a, struct ivm_relation, n + 1);
    out->query.relations = out->relations;
    out->query.nrelations = n;
    for (int i = 0; i < n; i++, at++) {
        struct ivm_relation *rel = &out->relations[i];
        rel->oid = (uint32_t)rows_int(&r[1], at, 1);
        rel->schema = arena_strdup(a, rows_text(&r[1], at, 2));
        rel->name = arena_strdup(a, rows_text(&r[1], at, 3));
        rel->relkind = rows_text(&r[1], at, 4)[0];
        rel->definition = arena_strdup(a, rows_text(&r[1], at, 5));
        rel->no_capture = arena_strdup(a, rows_text(&r[1], at, 6));
        rel->source_id = rows_int(&r[1], at, 7);
        rel->storage_of = rows_int(&r[1], at, 8);
        rel->key = describe_key(a, rows_text(&r[1], at, 9), &rel->nkey);
        int first = 0;
        rel->ncolumns = describe_run(&r[2], id, &rel->oid, &first);
        rel->columns = describe_columns(a, &r[2], first, rel->ncolumns, 2);
    }

    n = describe_run(&r[3], id, NULL, &at);
    out->query.columns = ARENA_ARRAY(a, const char *, n + 1);
    out->query.ncolumns = n;
    for (int i = 0; i < n; i++) {
        out->query.columns[i] = arena_strdup(a, rows_text(&r[3], at + i, 2));
    }
    return true;
}

const struct ivm_relation *describe_find(const struct description *d, uint32_t oid)
{
    for (int i = 0; i < d->query.nrelations; i++) {
        if (d->relations[i].oid == oid) {
            return &d->relations[i];
        }
    }
    return NULL;
}

const struct ivm_column *relation_column(const struct ivm_relation *r, int attnum)
{
    for (int i = 0; i < r->ncolumns; i++) {
        if (r->columns[i].attnum == attnum) {
            return &r->columns[i];
        }
    }
    return NULL;
}

const char *attnums_literal(struct arena *a, const int *attnums, int n)
{
    struct str s;
    str_init(&s, a);
    str_add(&s, "'{");
    for (int i = 0; i < n; i++) {
        str_addf(&s, "%s%d", i > 0 ? "," : "", attnums[i]);
    }
    str_add(&s, "}'");
    return s.data;
}
