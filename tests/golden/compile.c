/*
 * Golden tests of the compiler: a case is a description of relations and a query, then what comes of it.
 *
 *     golden_compile              runs cases/ *.case of the current folder, shows what differs
 *     golden_compile --update     writes what comes out as what is expected
 *     golden_compile --emit       reads one description from stdin, writes the outcome: for other tests
 *     golden_compile --select     reads one SELECT from stdin, writes it as it is after parse and emit
 *
 * A case file holds cases, each:
 *
 *     # name of the case
 *     table schema.name              then, indented: column type[, not null][, unfaithful][, unhashable]
 *       key column...                a primary key
 *       storage 7                    it is the storage of stream table 7
 *       no capture: why
 *     facade schema.name = SELECT ...
 *     refused: why
 *     types integer; numeric(12,2)   answers to the probe
 *     aggregate "schema"."function"  that is not built in
 *     store 1 column type[, ...]     type of a storage column of plan 1, where the default does not do
 *     delta changed=1 single executor presumed limit=64
 *     query column, column
 *     SELECT ...                     to the next line of ----
 *     ----
 *     the outcome
 *     ====
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "emit/emit.h"
#include "ivm.h"
#include "plan/plan.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RELATIONS 32
#define MAX_COLUMNS 64
#define MAX_DELTAS 64
#define MAX_STORES 128

struct delta_case {
    uint64_t changed;
    bool single, executor, presumed;
    int64_t limit;
};

struct store_case {
    int plan;
    struct ivm_column column;
};

struct golden {
    struct arena arena;
    struct ivm_query query;
    struct ivm_relation relations[MAX_RELATIONS];
    struct delta_case deltas[MAX_DELTAS];
    int ndeltas;
    struct store_case stores[MAX_STORES];
    int nstores;
    struct str sql;
};

static _Noreturn void golden_stop(const char *why, const char *line)
{
    fprintf(stderr, "golden: %s: %s\n", why, line);
    exit(2);
}

static char *trim(char *s)
{
    while (isspace((unsigned char)*s)) {
        s++;
    }
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1])) {
        s[--n] = '\0';
    }
    return s;
}

/* The rest of a line after a word; NULL when it begins otherwise. */
static char *after(char *line, const char *word)
{
    size_t n = strlen(word);
    return strncmp(line, word, n) == 0 ? trim(line + n) : NULL;
}

static void read_column(struct arena *a, struct ivm_column *c, char *line)
{
    size_t n = strcspn(line, " ");
    c->name = arena_strndup(a, line, n);
    char *type = trim(line + n);
    c->hashable = strstr(type, ", unhashable") == NULL;
    c->faithful = strstr(type, ", unfaithful") == NULL && c->hashable;
    c->not_null = strstr(type, ", not null") != NULL;
    const char *flags = strstr(type, ", ");
    c->type = arena_strndup(a, type, flags != NULL ? (size_t)(flags - type) : strlen(type));
    c->typmod = -1;
}

static void read_key(struct golden *g, struct ivm_relation *rel, char *names)
{
    rel->key = ARENA_ARRAY(&g->arena, int, MAX_COLUMNS);
    for (char *name = strtok(names, " ,"); name != NULL; name = strtok(NULL, " ,")) {
        for (int i = 0; i < rel->ncolumns; i++) {
            if (strcmp(rel->columns[i].name, name) == 0) {
                rel->key[rel->nkey++] = rel->columns[i].attnum;
            }
        }
    }
}

static struct ivm_relation *read_relation(struct golden *g, char *name)
{
    if (g->query.nrelations == MAX_RELATIONS) {
        golden_stop("too many relations", name);
    }
    struct ivm_relation *rel = &g->relations[g->query.nrelations++];
    char *point = strchr(name, '.');
    if (point == NULL) {
        golden_stop("schema.name expected", name);
    }
    rel->schema = arena_strndup(&g->arena, name, (size_t)(point - name));
    rel->name = arena_strdup(&g->arena, trim(point + 1));
    rel->oid = 16384 + (uint32_t)g->query.nrelations;
    rel->source_id = g->query.nrelations;
    rel->relkind = 'r';
    rel->columns = ARENA_ARRAY(&g->arena, struct ivm_column, MAX_COLUMNS);
    return rel;
}

static void read_detail(struct golden *g, struct ivm_relation *rel, char *line)
{
    char *rest;
    if ((rest = after(line, "key ")) != NULL) {
        read_key(g, rel, rest);
    } else if ((rest = after(line, "storage ")) != NULL) {
        rel->storage_of = atoll(rest);
    } else if ((rest = after(line, "no capture: ")) != NULL) {
        rel->no_capture = arena_strdup(&g->arena, rest);
    } else {
        struct ivm_column *c = &rel->columns[rel->ncolumns++];
        read_column(&g->arena, c, line);
        c->attnum = rel->ncolumns;
    }
}

static void read_list(struct arena *a, char *text, const char *separators, const char ***out, int *n)
{
    *out = ARENA_ARRAY(a, const char *, strlen(text) + 1);
    for (char *item = strtok(text, separators); item != NULL; item = strtok(NULL, separators)) {
        (*out)[(*n)++] = arena_strdup(a, trim(item));
    }
}

static void read_delta(struct golden *g, char *text)
{
    struct delta_case *d = &g->deltas[g->ndeltas++];
    d->limit = 1024;
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        if (strncmp(word, "changed=", 8) == 0) {
            for (char *p = word + 8; *p != '\0'; p++) {
                d->changed |= isdigit((unsigned char)*p) ? UINT64_C(1) << (*p - '1') : 0;
            }
        } else if (strncmp(word, "limit=", 6) == 0) {
            d->limit = atoll(word + 6);
        } else if (strcmp(word, "single") == 0) {
            d->single = true;
        } else if (strcmp(word, "executor") == 0) {
            d->executor = true;
        } else if (strcmp(word, "presumed") == 0) {
            d->presumed = true;
        } else {
            golden_stop("delta", word);
        }
    }
}

static void read_facade(struct golden *g, char *text)
{
    char *equals = strstr(text, " = ");
    if (equals == NULL) {
        golden_stop("facade name = SELECT", text);
    }
    *equals = '\0';
    struct ivm_relation *rel = read_relation(g, text);
    rel->relkind = 'v';
    rel->definition = arena_strdup(&g->arena, equals + 3);
}

/* The description up to the query's end. */
static void read_case(struct golden *g, char *text)
{
    struct ivm_relation *rel = NULL;
    bool in_query = false;
    str_init(&g->sql, &g->arena);
    g->query.relations = g->relations;
    char *save = NULL;
    for (char *raw = strtok_r(text, "\n", &save); raw != NULL; raw = strtok_r(NULL, "\n", &save)) {
        bool indented = raw[0] == ' ';
        char *line = trim(raw), *rest;
        if (in_query) {
            str_sep(&g->sql, "\n");
            str_add(&g->sql, line);
        } else if (indented && rel != NULL) {
            read_detail(g, rel, line);
        } else if ((rest = after(line, "table ")) != NULL) {
            rel = read_relation(g, rest);
        } else if ((rest = after(line, "facade ")) != NULL) {
            read_facade(g, rest);
        } else if ((rest = after(line, "refused: ")) != NULL) {
            g->query.refused = arena_strdup(&g->arena, rest);
        } else if ((rest = after(line, "aggregate ")) != NULL) {
            g->query.aggregates = ARENA_NEW(&g->arena, const char *);
            g->query.aggregates[g->query.naggregates++] = arena_strdup(&g->arena, rest);
        } else if ((rest = after(line, "types ")) != NULL) {
            read_list(&g->arena, rest, ";", &g->query.argument_types, &g->query.nargument_types);
        } else if ((rest = after(line, "store ")) != NULL) {
            struct store_case *s = &g->stores[g->nstores++];
            s->plan = (int)strtol(rest, &rest, 10) - 1;
            read_column(&g->arena, &s->column, trim(rest));
        } else if ((rest = after(line, "delta ")) != NULL) {
            read_delta(g, rest);
        } else if ((rest = after(line, "query ")) != NULL) {
            read_list(&g->arena, rest, ",", &g->query.columns, &g->query.ncolumns);
            in_query = true;
        } else if (*line != '\0') {
            golden_stop("not understood", line);
        }
    }
    g->query.canonical = g->sql.data;
}

/* The type a storage column has, as far as it can be told without a server. */
static const char *column_type(const struct plan *p, const struct column *c)
{
    switch (c->role) {
    case COLUMN_OUT:
    case COLUMN_KEY:
    case COLUMN_MIN:
    case COLUMN_MAX: {
        const struct expr *e = p->branches != NULL ? p->branches[0].outs[c->value] : NULL;
        if (e != NULL && e->kind == EXPR_REF) {
            const struct ivm_relation *rel = p->sources[p->branches[0].inputs[e->input]].relation;
            return rel != NULL ? rel->columns[e->column].type : "bigint";
        }
        return "text";
    }
    case COLUMN_SCALE:
        return "integer";
    case COLUMN_SUM:
    case COLUMN_REREAD:
        return "numeric";
    default:
        return "bigint";
    }
}

static void set_columns(struct golden *g, struct plan *p, int index)
{
    struct ivm_column *columns = ARENA_ARRAY(&g->arena, struct ivm_column, p->ncolumns + 1);
    for (int i = 0; i < p->ncolumns; i++) {
        columns[i] = (struct ivm_column){.attnum = i + 1,
                                         .name = p->columns[i].name,
                                         .type = column_type(p, &p->columns[i]),
                                         .typmod = -1,
                                         .hashable = true,
                                         .faithful = true};
        columns[i].faithful = strncmp(columns[i].type, "numeric", 7) != 0;
        for (int k = 0; k < g->nstores; k++) {
            if (g->stores[k].plan == index && strcmp(g->stores[k].column.name, p->columns[i].name) == 0) {
                columns[i] = g->stores[k].column;
            }
        }
    }
    plan_set_columns(p, columns, p->ncolumns);
}

static void show(struct str *out, const char *title, const char *text)
{
    str_addf(out, "-- %s\n%s\n", title, text);
}

/* By what images are counted: the key, as a list. */
static const char *key_list(struct golden *g, const struct plan_source *s)
{
    const struct ivm_relation *rel = s->relid != 0 ? &g->relations[s->relid - 16385] : NULL;
    struct str list;
    str_init(&list, &g->arena);
    for (int i = 0; rel != NULL && i < rel->nkey; i++) {
        str_sep(&list, ", ");
        str_addf(&list, "\"%s\"", rel->columns[rel->key[i] - 1].name);
    }
    return list.len > 0 ? list.data : NULL;
}

static void show_plan(struct golden *g, const struct ivm_compiled *c, int index, struct str *out)
{
    static const char *const kinds[] = {"KEYED", "GROUPED", "BAG", "SLICED"};
    struct plan *p = c->plans[index];
    struct arena *a = &g->arena;
    int64_t *ids = ARENA_ARRAY(a, int64_t, c->nplans), *sources = ARENA_ARRAY(a, int64_t, 64);
    int64_t *limit = ARENA_ARRAY(a, int64_t, 64);
    const char **key = ARENA_ARRAY(a, const char *, 64);
    struct plan_presumed presumed = {
        .gate = "gate AS MATERIALIZED (SELECT true AS fits)", .key = key, .most = -1};
    for (int i = 0; i < c->nplans; i++) {
        ids[i] = 100 + i;
    }
    str_addf(out, "-- plan %d: %s, reads", index + 1, kinds[plan_kind(p)]);
    for (int i = 0; i < plan_nsources(p); i++) {
        const struct plan_source *s = plan_source(p, i);
        const struct ivm_relation *rel = s->relid != 0 ? &g->relations[s->relid - 16385] : NULL;
        sources[i] = rel != NULL ? rel->source_id : 50 + s->part;
        key[i] = plan_counts_images(p, false) ? key_list(g, s) : NULL;
        str_addf(out, "%s %s", i > 0 ? "," : "",
                 rel != NULL ? rel->name : arena_printf(a, "plan %d", s->part + 1));
        for (int k = 0; k < s->nattnums; k++) {
            str_addf(out, "%s%d", k == 0 ? ":" : "+", s->attnums[k]);
        }
    }
    str_add(out, "\n");
    struct plan_names names = {.ids = ids, .self = index, .source_ids = sources};
    set_columns(g, p, index);
    show(out, "state", plan_state_sql(a, p, &names));
    show(out, "storage", plan_storage_ddl(a, p, &names));
    show(out, "facade", plan_facade_sql(a, p, &names));
    for (int i = 0; i < g->ndeltas; i++) {
        const struct delta_case *d = &g->deltas[i];
        for (int k = 0; k < 64; k++) {
            limit[k] = d->limit;
        }
        struct plan_change change = {.limit = limit, .single = d->single, .executor = d->executor};
        change.presumed = d->presumed ? &presumed : NULL;
        change.single = d->single && (!d->presumed || plan_counts_images(p, false)); /* else nobody knows */
        change.changed = d->changed & ((UINT64_C(1) << plan_nsources(p)) - 1);
        if (change.changed == 0) {
            continue;
        }
        if (i == 0) {
            show(out, "populate", plan_populate_sql(a, p, &names, d->executor));
            show(out, "full", plan_full_sql(a, p, &names, d->executor));
        }
        show(out, arena_printf(a, "delta %d", i + 1), plan_delta_sql(a, p, &names, &change));
    }
}

static void show_case(struct golden *g, struct str *out)
{
    struct ivm_compiled c;
    struct err e = {0};
    if (!ivm_compile(&g->arena, &g->query, &c, &e)) {
        str_addf(out, "-- error %s\n%s\n", e.sqlstate, e.message);
        return;
    }
    if (c.tree != NULL) {
        show(out, "tree", c.tree);
    }
    if (!c.differential) {
        show(out, "not differential", c.reason);
    }
    if (c.probe_sql != NULL) {
        show(out, "probe", c.probe_sql);
    }
    /* What is computed anew has always the same statements; one case asks for them with a delta. */
    for (int i = 0; i < c.nplans && (c.differential || g->ndeltas > 0); i++) {
        show_plan(g, &c, i, out);
    }
}

static char *outcome(char *text)
{
    struct golden *g = calloc(1, sizeof *g);
    struct str out;
    str_init(&out, &g->arena);
    read_case(g, text);
    show_case(g, &out);
    char *result = strdup(out.data);
    arena_free(&g->arena);
    free(g);
    return result;
}

static char *read_all(FILE *f)
{
    size_t n = 0, cap = 65536;
    char *text = malloc(cap);
    for (size_t k; (k = fread(text + n, 1, cap - n - 1, f)) > 0;) {
        n += k;
        if (n + 1 == cap) {
            text = realloc(text, cap *= 2);
        }
    }
    text[n] = '\0';
    return text;
}

static void show_difference(const char *file, const char *name, const char *expected, const char *got)
{
    size_t same = 0;
    while (expected[same] != '\0' && expected[same] == got[same]) {
        same++;
    }
    size_t from = same;
    while (from > 0 && expected[from - 1] != '\n') {
        from--;
    }
    printf("%s: %s\n  expected: %.*s\n  got:      %.*s\n", file, name, (int)strcspn(expected + from, "\n"),
           expected + from, (int)strcspn(got + from, "\n"), got + from);
}

/* Runs the cases of a file; returns how many failed. */
static int run_file(const char *path, bool update)
{
    int failed = 0;
    FILE *f = fopen(path, "r");
    char *text = f != NULL ? read_all(f) : NULL;
    if (text == NULL) {
        golden_stop("cannot read", path);
    }
    fclose(f);
    f = update ? fopen(path, "w") : NULL;
    for (char *at = text; at != NULL && *at != '\0';) {
        char *expected = strstr(at, "\n----\n");
        char *end = expected != NULL ? strstr(expected, "\n====\n") : NULL;
        if (end == NULL) {
            golden_stop("a case without ---- and ====", path);
        }
        *expected = '\0';
        expected += 6;
        *end = '\0';
        char *first = strchr(at, '\n');
        char *name = strndup(at, (size_t)(first - at));
        char *given = strdup(first + 1);
        char *got = outcome(given);
        got[strlen(got) - 1] = '\0'; /* the last newline stands before ==== */
        if (update) {
            fprintf(f, "%s\n----\n%s\n====\n", at, got);
        } else if (strcmp(expected, got) != 0) {
            show_difference(path, name, expected, got);
            failed++;
        }
        free(name);
        free(given);
        free(got);
        at = end + 6;
        while (*at == '\n') {
            at++;
            if (update) {
                fputc('\n', f);
            }
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    free(text);
    return failed;
}

/* A query through the parse tree and back. 1: it holds what the tree cannot, which is then on stderr. */
static int round_trip(void)
{
    struct arena a = {0};
    struct err e = {0};
    struct select *select;
    const char *reason;
    const struct select_writer as_written = {0};
    struct str out;
    char *text = read_all(stdin);
    str_init(&out, &a);
    if (!parse_select(&a, text, &select, &reason, &e)) {
        reason = e.message;
    }
    if (reason != NULL) {
        fprintf(stderr, "%s\n", reason);
    } else {
        emit_select(&out, select, &as_written);
        puts(out.data);
    }
    int status = reason != NULL ? 1 : 0;
    arena_free(&a);
    free(text);
    return status;
}

int main(int argc, char **argv)
{
    int failed = 0;
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    if (argc > 1 && strcmp(argv[1], "--emit") == 0) {
        char *text = read_all(stdin);
        char *got = outcome(text);
        fputs(got, stdout);
        free(got);
        free(text);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--select") == 0) {
        return round_trip();
    }
    glob_t files;
    if (glob("cases/*.case", 0, NULL, &files) != 0) {
        golden_stop("no cases here", "cases/*.case");
    }
    for (size_t i = 0; i < files.gl_pathc; i++) {
        failed += run_file(files.gl_pathv[i], update);
    }
    printf("%zu files, %d cases differ\n", files.gl_pathc, failed);
    globfree(&files);
    return failed > 0;
}
