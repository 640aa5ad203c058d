/*
 * weir's own statements inside a script.
 *
 *     CREATE STREAM TABLE [IF NOT EXISTS] name [(column, ...)] [WITH (option = value, ...)] AS query [WITH
 * [NO] DATA] DROP STREAM TABLE [IF EXISTS] name [, ...] [CASCADE | RESTRICT] REFRESH STREAM TABLE name [,
 * ...] [FULL]
 *
 * Only how a statement begins makes it weir's; `stream` stays a name anywhere else.
 */
#include "base/sql.h"
#include "base/str.h"
#include "ivm.h"
#include "parse/tokens.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool ddl_notice(const char *sql, size_t len)
{
    for (size_t i = 0; i + 6 <= len; i++) {
        if ((sql[i] | 0x20) == 's' && strncasecmp(sql + i, "stream", 6) == 0) {
            return true;
        }
    }
    return false;
}

/* One statement: tokens [at, end). */
struct ddl {
    struct arena *arena;
    const struct tokens *tokens;
    int at, end;
    struct err *err;
};

static bool ddl_is(const struct ddl *d, const char *word)
{
    return d->at < d->end && token_is(d->tokens, d->at, word);
}

static bool ddl_take(struct ddl *d, const char *word)
{
    if (!ddl_is(d, word)) {
        return false;
    }
    d->at++;
    return true;
}

static bool ddl_fail(struct ddl *d, const char *hint)
{
    const struct tokens *t = d->tokens;
    if (d->at < d->end) {
        const struct token *k = &t->items[d->at];
        err_set(d->err, ERR_SYNTAX, "syntax error at or near \"%.*s\"", (int)(k->end - k->start),
                t->sql + k->start);
        d->err->position = token_position(t->sql, k->start);
    } else {
        err_set(d->err, ERR_SYNTAX, "syntax error at end of statement");
        d->err->position = token_position(t->sql, t->items[d->end - 1].end);
    }
    err_hint(d->err, "%s", hint);
    return false;
}

static bool ddl_is_name(const struct ddl *d)
{
    return d->at < d->end && d->tokens->items[d->at].kind == TOKEN_WORD && !d->tokens->items[d->at].reserved;
}

/* schema.name as it is spelled; blanks and comments around the point are dropped. NULL: not a name. */
static const char *ddl_name(struct ddl *d)
{
    struct str s;
    str_init(&s, d->arena);
    do {
        if (!ddl_is_name(d)) {
            return NULL;
        }
        const struct token *k = &d->tokens->items[d->at++];
        str_sep(&s, ".");
        str_addn(&s, d->tokens->sql + k->start, k->end - k->start);
    } while (ddl_take(d, "."));
    return s.data;
}

/* '{"a","b"}' as a literal of text[]. */
static void ddl_array_element(struct str *s, const char *value)
{
    str_add(s, s->len == 0 ? "{\"" : ",\"");
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            str_add(s, "\\");
        }
        str_addn(s, p, 1);
    }
    str_add(s, "\"");
}

static void ddl_json_string(struct str *s, const char *value)
{
    str_add(s, "\"");
    for (const char *p = value; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20) {
            str_addf(s, "\\u%04x", (unsigned)(unsigned char)*p);
            continue;
        }
        str_add(s, *p == '"' || *p == '\\' ? "\\" : "");
        str_addn(s, p, 1);
    }
    str_add(s, "\"");
}

static bool ddl_columns(struct ddl *d, const char **out, const char *hint)
{
    struct str s;
    str_init(&s, d->arena);
    do {
        const char *name = ddl_is_name(d) ? token_name(d->arena, d->tokens, d->at) : NULL;
        if (name == NULL) {
            return ddl_fail(d, hint);
        }
        ddl_array_element(&s, name);
        d->at++;
    } while (ddl_take(d, ","));
    str_add(&s, "}");
    *out = s.data;
    return ddl_take(d, ")") || ddl_fail(d, hint);
}

/* A value of an option as JSON; a bare word is a string unless it is true or false. */
static bool ddl_value(struct ddl *d, struct str *s, const char *hint)
{
    const struct tokens *t = d->tokens;
    bool negative = ddl_take(d, "-");
    if (d->at >= d->end) {
        return ddl_fail(d, hint);
    }
    const struct token *k = &t->items[d->at];
    const char *text = arena_strndup(d->arena, t->sql + k->start, k->end - k->start);
    if (k->kind == TOKEN_NUMBER) {
        str_addf(s, "%s%s%s", negative ? "-" : "", text[0] == '.' ? "0" : "", text);
        str_add(s, text[strlen(text) - 1] == '.' ? "0" : "");
    } else if (negative) {
        return ddl_fail(d, hint);
    } else if (k->kind == TOKEN_STRING) {
        const char *value = token_string(d->arena, t, d->at);
        if (value == NULL) {
            return ddl_fail(d, hint);
        }
        ddl_json_string(s, value);
    } else if (token_is(t, d->at, "true") || token_is(t, d->at, "on")) {
        str_add(s, "true");
    } else if (token_is(t, d->at, "false") || token_is(t, d->at, "off")) {
        str_add(s, "false");
    } else if (k->kind == TOKEN_WORD) {
        ddl_json_string(s, text);
    } else {
        return ddl_fail(d, hint);
    }
    d->at++;
    return true;
}

static bool ddl_options(struct ddl *d, const char **out, const char *hint)
{
    struct str s, seen;
    str_init(&s, d->arena);
    str_init(&seen, d->arena);
    do {
        const char *name = ddl_is_name(d) ? token_name(d->arena, d->tokens, d->at) : NULL;
        if (name == NULL) {
            return ddl_fail(d, hint);
        }
        const char *quoted = arena_printf(d->arena, " %s ", name);
        if (strstr(seen.data, quoted) != NULL) {
            err_set(d->err, ERR_SYNTAX, "option \"%s\" is given twice", name);
            d->err->position = token_position(d->tokens->sql, d->tokens->items[d->at].start);
            return false;
        }
        str_add(&seen, quoted);
        d->at++;
        str_add(&s, s.len == 0 ? "{" : ", ");
        ddl_json_string(&s, name);
        str_add(&s, ": ");
        if (!ddl_take(d, "=")) {
            str_add(&s, "true");
        } else if (!ddl_value(d, &s, hint)) {
            return false;
        }
    } while (ddl_take(d, ","));
    str_add(&s, "}");
    *out = s.data;
    return ddl_take(d, ")") || ddl_fail(d, hint);
}

static const char create_hint[] =
    "CREATE STREAM TABLE [IF NOT EXISTS] name [(column, ...)] [WITH (option = value, "
    "...)] AS query [WITH NO DATA]";

/* AS query [WITH [NO] DATA]: where the query lies, and whether to fill the table. */
static bool ddl_query(struct ddl *d, const char **query, size_t *start, bool *with_data)
{
    const struct tokens *t = d->tokens;
    if (!ddl_take(d, "as")) {
        return ddl_fail(d, create_hint);
    }
    int end = d->end;
    *with_data = true;
    if (token_is(t, end - 1, "data") && token_is(t, end - 2, "no") && token_is(t, end - 3, "with")) {
        *with_data = false;
        end -= 3;
    } else if (token_is(t, end - 1, "data") && token_is(t, end - 2, "with")) {
        end -= 2;
    }
    if (d->at >= end) {
        d->at = end;
        return ddl_fail(d, create_hint);
    }
    *start = t->items[d->at].start;
    *query = arena_strndup(d->arena, t->sql + *start, t->items[end - 1].end - *start);
    return true;
}

static bool ddl_create(struct ddl *d, struct ddl_statement *out)
{
    const char *columns = NULL, *options = "{}", *query = "";
    size_t start = 0;
    bool with_data = true, if_not_exists = false;
    if (ddl_take(d, "if")) {
        if_not_exists = true;
        if (!ddl_take(d, "not") || !ddl_take(d, "exists")) {
            return ddl_fail(d, create_hint);
        }
    }
    const char *name = ddl_name(d);
    if (name == NULL) {
        return ddl_fail(d, create_hint);
    }
    if (ddl_take(d, "(") && !ddl_columns(d, &columns, create_hint)) {
        return false;
    }
    if (ddl_take(d, "with")) {
        if (!ddl_take(d, "(")) {
            return ddl_fail(d, create_hint);
        }
        if (!ddl_options(d, &options, create_hint)) {
            return false;
        }
    }
    if (!ddl_query(d, &query, &start, &with_data)) {
        return false;
    }
    out->kind = DDL_CREATE;
    out->tag = "CREATE STREAM TABLE";
    out->query_position = token_position(d->tokens->sql, start);
    out->sql = sql_text(
        d->arena,
        "CALL pgtrickle.create_stream_table_statement(name => {l:name}, query => {l:query}, "
        "columns => {l:columns}::text[], options => {l:options}::jsonb, if_not_exists => {f:exists}, "
        "with_data => {f:data})",
        SQL_TEXT("name", name), SQL_TEXT("query", query), SQL_TEXT("columns", columns),
        SQL_TEXT("options", options), SQL_TEXT("exists", if_not_exists ? "true" : "false"),
        SQL_TEXT("data", with_data ? "true" : "false"));
    return true;
}

/* name [, ...] as ARRAY['a', 'b']. */
static const char *ddl_names(struct ddl *d)
{
    struct str s;
    str_init(&s, d->arena);
    do {
        const char *name = ddl_name(d);
        if (name == NULL) {
            return NULL;
        }
        str_sep(&s, ", ");
        str_add(&s, sql_literal(d->arena, name));
    } while (ddl_take(d, ","));
    return arena_printf(d->arena, "ARRAY[%s]", s.data);
}

static bool ddl_drop(struct ddl *d, struct ddl_statement *out)
{
    static const char hint[] = "DROP STREAM TABLE [IF EXISTS] name [, ...] [CASCADE | RESTRICT]";
    bool if_exists = ddl_take(d, "if");
    if (if_exists && !ddl_take(d, "exists")) {
        return ddl_fail(d, hint);
    }
    const char *names = ddl_names(d);
    if (names == NULL) {
        return ddl_fail(d, hint);
    }
    bool cascade = ddl_take(d, "cascade");
    if ((!cascade && ddl_is(d, "restrict") && ++d->at < d->end) || d->at < d->end) {
        return ddl_fail(d, hint);
    }
    out->kind = DDL_DROP;
    out->tag = "DROP STREAM TABLE";
    out->sql =
        sql_text(d->arena,
                 "CALL pgtrickle.drop_stream_table_statement(names => {f:names}, if_exists => {f:exists}, "
                 "cascade => {f:cascade})",
                 SQL_TEXT("names", names), SQL_TEXT("exists", if_exists ? "true" : "false"),
                 SQL_TEXT("cascade", cascade ? "true" : "false"));
    return true;
}

static bool ddl_refresh(struct ddl *d, struct ddl_statement *out)
{
    static const char hint[] = "REFRESH STREAM TABLE name [, ...] [FULL]";
    const char *names = ddl_names(d);
    if (names == NULL) {
        return ddl_fail(d, hint);
    }
    bool full = ddl_take(d, "full");
    if (d->at < d->end) {
        return ddl_fail(d, hint);
    }
    out->kind = DDL_REFRESH;
    out->tag = "REFRESH STREAM TABLE";
    out->sql = sql_text(d->arena,
                        "CALL pgtrickle.refresh_stream_table_statement(names => {f:names}, full => {f:full})",
                        SQL_TEXT("names", names), SQL_TEXT("full", full ? "true" : "false"));
    return true;
}

static bool ddl_unsupported(struct ddl *d, int at, const char *what)
{
    err_set(d->err, ERR_UNSUPPORTED, "%s is not supported", what);
    d->err->position = token_position(d->tokens->sql, d->tokens->items[at].start);
    return false;
}

/* Of all that ALTER may come to mean, RESUME. */
static bool ddl_alter(struct ddl *d, int first, struct ddl_statement *out)
{
    const char *name = ddl_name(d);
    if (name == NULL) {
        return ddl_fail(d, "ALTER STREAM TABLE name RESUME");
    }
    if (!ddl_take(d, "resume") || d->at < d->end) {
        return ddl_unsupported(d, first, "ALTER STREAM TABLE other than RESUME");
    }
    out->kind = DDL_RESUME;
    out->tag = "ALTER STREAM TABLE";
    out->sql = sql_text(d->arena, "CALL pgtrickle.resume_stream_table_statement(name => {l:name})",
                        SQL_TEXT("name", name));
    return true;
}

static bool ddl_mentions_call(const struct ddl *d)
{
    static const char *const names[] = {"create_stream_table", "create_stream_table_if_not_exists",
                                        "drop_stream_table", "refresh_stream_table", "resume_stream_table"};
    bool code = token_is(d->tokens, d->at, "do"); /* its string is a program */
    for (int i = d->at; i < d->end; i++) {
        const struct token *token = &d->tokens->items[i];
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (token_names(d->tokens, i, names[k]) ||
                (code && token->kind == TOKEN_STRING &&
                 memmem(d->tokens->sql + token->start, token->end - token->start, names[k],
                        strlen(names[k])))) {
                return true;
            }
        }
    }
    return false;
}

/* Statements of the server's that weir must know: those that open and close transactions. */
static enum ddl_kind ddl_server_kind(const struct ddl *d)
{
    const struct tokens *t = d->tokens;
    int i = d->at;
    if (token_is(t, i, "begin") || (token_is(t, i, "start") && token_is(t, i + 1, "transaction"))) {
        return DDL_BEGIN;
    }
    if (token_is(t, i, "prepare")) {
        return i + 1 < d->end && token_is(t, i + 1, "transaction") ? DDL_END : DDL_OTHER;
    }
    if (token_is(t, i, "end") || token_is(t, i, "abort") || token_is(t, i, "commit") ||
        token_is(t, i, "rollback")) {
        bool work = i + 1 < d->end && (token_is(t, i + 1, "work") || token_is(t, i + 1, "transaction"));
        int next = i + (work ? 2 : 1);
        bool other = next < d->end && (token_is(t, next, "to") || token_is(t, next, "prepared"));
        return other ? DDL_OTHER : DDL_END;
    }
    return ddl_mentions_call(d) ? DDL_CALL : DDL_OTHER;
}

static bool ddl_recognise(struct ddl *d, struct ddl_statement *out)
{
    const struct tokens *t = d->tokens;
    int first = d->at;
    bool replace =
        token_is(t, first, "create") && token_is(t, first + 1, "or") && token_is(t, first + 2, "replace");
    int stream = first + (replace ? 3 : 1);
    if (stream + 1 < d->end && token_is(t, stream, "stream") && token_is(t, stream + 1, "table")) {
        d->at = stream + 2;
        if (replace) {
            return ddl_unsupported(d, first, "CREATE OR REPLACE STREAM TABLE");
        }
        if (token_is(t, first, "create")) {
            return ddl_create(d, out);
        }
        if (token_is(t, first, "drop")) {
            return ddl_drop(d, out);
        }
        if (token_is(t, first, "refresh")) {
            return ddl_refresh(d, out);
        }
        if (token_is(t, first, "alter")) {
            return ddl_alter(d, first, out);
        }
        if (token_is(t, first, "explain")) {
            return ddl_unsupported(d, first, "EXPLAIN STREAM TABLE");
        }
        d->at = first;
    }
    if (token_is(t, first, "show") && token_is(t, first + 1, "stream") && token_is(t, first + 2, "tables")) {
        return ddl_unsupported(d, first, "SHOW STREAM TABLES");
    }
    out->kind = ddl_server_kind(d);
    out->sql = arena_strndup(d->arena, t->sql + out->start, out->end - out->start);
    return true;
}

/*
 * The end of the statement that begins at token `from`: a semicolon outside parentheses, and outside the
 * BEGIN ATOMIC body of a function, where CASE ... END nests.
 */
static int ddl_statement_end(const struct tokens *t, int from)
{
    int parens = 0, body = 0;
    for (int i = from; i < t->n; i++) {
        if (token_is(t, i, ";") && parens <= 0 && body == 0) {
            return i;
        }
        parens += token_is(t, i, "(") - token_is(t, i, ")");
        if (token_is(t, i, "atomic") && token_is(t, i - 1, "begin") && token_is(t, from, "create")) {
            body++;
        } else if (body > 0) {
            body += token_is(t, i, "case") - token_is(t, i, "end");
        }
    }
    return t->n;
}

bool ddl_parse(struct arena *a, const char *sql, struct ddl_script *out, struct err *e)
{
    struct tokens t;
    bool ours = false;
    *out = (struct ddl_script){0};
    if (!tokens_scan(a, sql, &t)) {
        return true; /* the server will say what is wrong */
    }
    out->statements = ARENA_ARRAY(a, struct ddl_statement, t.n + 1);
    for (int i = 0; i < t.n;) {
        int end = ddl_statement_end(&t, i);
        if (end > i) {
            struct ddl d = {.arena = a, .tokens = &t, .at = i, .end = end, .err = e};
            struct ddl_statement *s = &out->statements[out->nstatements++];
            s->start = t.items[i].start;
            s->end = t.items[end - 1].end;
            if (!ddl_recognise(&d, s)) {
                return false;
            }
            ours = ours || (s->kind != DDL_OTHER && s->kind != DDL_BEGIN && s->kind != DDL_END);
        }
        i = end + 1;
    }
    if (!ours) {
        out->nstatements = 0;
    }
    return true;
}
