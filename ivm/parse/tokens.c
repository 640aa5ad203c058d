#include "parse/tokens.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

static enum token_kind token_kind(const PgQuery__ScanToken *t)
{
    switch (t->token) {
    case PG_QUERY__TOKEN__IDENT:
    case PG_QUERY__TOKEN__UIDENT:
        return TOKEN_WORD;
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__USCONST:
        return TOKEN_STRING;
    case PG_QUERY__TOKEN__ICONST:
    case PG_QUERY__TOKEN__FCONST:
        return TOKEN_NUMBER;
    default:
        return t->keyword_kind != PG_QUERY__KEYWORD_KIND__NO_KEYWORD ? TOKEN_WORD : TOKEN_OTHER;
    }
}

/* libpg_query does not say where U&'...' and U&"..." end: before the next token, comments included. */
static size_t token_end(const PgQuery__ScanResult *r, size_t i, const char *sql)
{
    const PgQuery__ScanToken *t = r->tokens[i];
    if (t->token != PG_QUERY__TOKEN__USCONST && t->token != PG_QUERY__TOKEN__UIDENT) {
        return (size_t)t->end;
    }
    size_t end = i + 1 < r->n_tokens ? (size_t)r->tokens[i + 1]->start : strlen(sql);
    while (end > (size_t)t->start + 1 && isspace((unsigned char)sql[end - 1])) {
        end--;
    }
    return end;
}

bool tokens_scan(struct arena *a, const char *sql, struct tokens *out)
{
    *out = (struct tokens){.sql = sql};
    PgQueryScanResult scanned = pg_query_scan(sql);
    PgQuery__ScanResult *result =
        scanned.error != NULL
            ? NULL
            : pg_query__scan_result__unpack(NULL, scanned.pbuf.len, (const uint8_t *)scanned.pbuf.data);
    pg_query_free_scan_result(scanned);
    if (result == NULL) {
        return false;
    }
    out->items = ARENA_ARRAY(a, struct token, result->n_tokens + 1);
    for (size_t i = 0; i < result->n_tokens; i++) {
        const PgQuery__ScanToken *t = result->tokens[i];
        if (t->token != PG_QUERY__TOKEN__SQL_COMMENT && t->token != PG_QUERY__TOKEN__C_COMMENT) {
            out->items[out->n++] =
                (struct token){.kind = token_kind(t),
                               .start = (size_t)t->start,
                               .end = token_end(result, i, sql),
                               .reserved = t->keyword_kind == PG_QUERY__KEYWORD_KIND__RESERVED_KEYWORD};
        }
    }
    pg_query__scan_result__free_unpacked(result, NULL);
    return true;
}

bool token_is(const struct tokens *t, int i, const char *word)
{
    if (i < 0 || i >= t->n) {
        return false;
    }
    const struct token *k = &t->items[i];
    size_t n = strlen(word);
    return k->end - k->start == n && strncasecmp(t->sql + k->start, word, n) == 0;
}

bool token_names(const struct tokens *t, int i, const char *name)
{
    if (i < 0 || i >= t->n || t->items[i].kind != TOKEN_WORD) {
        return false;
    }
    const struct token *k = &t->items[i];
    size_t n = strlen(name);
    if (t->sql[k->start] == '"') {
        return k->end - k->start == n + 2 && strncmp(t->sql + k->start + 1, name, n) == 0;
    }
    return token_is(t, i, name);
}

int token_position(const char *sql, size_t offset)
{
    int n = 1;
    for (size_t i = 0; i < offset && sql[i] != '\0'; i++) {
        n += (sql[i] & 0xC0) != 0x80; /* bytes that continue a character do not count */
    }
    return n;
}

static PgQuery__ResTarget *token_target(PgQuery__ParseResult *tree)
{
    if (tree == NULL || tree->n_stmts != 1 ||
        tree->stmts[0]->stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
        return NULL;
    }
    const PgQuery__SelectStmt *s = tree->stmts[0]->stmt->select_stmt;
    return s->n_target_list == 1 ? s->target_list[0]->res_target : NULL;
}

/* Escapes are many; PostgreSQL's own parser knows them all. */
static const char *token_parsed(struct arena *a, const char *select, bool name)
{
    const char *value = NULL;
    PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(select);
    PgQuery__ParseResult *tree =
        parsed.error != NULL ? NULL
                             : pg_query__parse_result__unpack(NULL, parsed.parse_tree.len,
                                                              (const uint8_t *)parsed.parse_tree.data);
    pg_query_free_protobuf_parse_result(parsed);
    const PgQuery__ResTarget *t = token_target(tree);
    if (t != NULL && name) {
        value = arena_strdup(a, t->name);
    } else if (t != NULL && t->val->node_case == PG_QUERY__NODE__NODE_A_CONST &&
               t->val->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        value = arena_strdup(a, t->val->a_const->sval->sval);
    }
    if (tree != NULL) {
        pg_query__parse_result__free_unpacked(tree, NULL);
    }
    return value;
}

static const char *token_text(struct arena *a, const struct tokens *t, int i)
{
    return arena_strndup(a, t->sql + t->items[i].start, t->items[i].end - t->items[i].start);
}

const char *token_string(struct arena *a, const struct tokens *t, int i)
{
    return token_parsed(a, arena_printf(a, "SELECT %s", token_text(a, t, i)), false);
}

const char *token_name(struct arena *a, const struct tokens *t, int i)
{
    return token_parsed(a, arena_printf(a, "SELECT 1 AS %s", token_text(a, t, i)), true);
}
