/* Scripts: the splitter never faults, its statements lie in the text and in order, the notice misses none. */
#include "ivm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *sql = malloc(len + 1);
    if (sql == NULL)
        return 0;
    if (len > 0)
        memcpy(sql, data, len);
    sql[len] = '\0';
    size_t n = strlen(sql);

    struct arena a = {0};
    struct err e = {0};
    struct ddl_script script = {0};
    bool noticed = ddl_notice(sql, n);
    if (ddl_parse(&a, sql, &script, &e)) {
        size_t at = 0;
        for (int i = 0; i < script.nstatements; i++) {
            const struct ddl_statement *s = &script.statements[i];
            if (s->start < at || s->end < s->start || s->end > n || s->sql == NULL)
                abort();
            at = s->end;
            if ((s->kind == DDL_CREATE || s->kind == DDL_DROP || s->kind == DDL_REFRESH) && !noticed)
                abort();
            if (s->query_position < 0 || (size_t)s->query_position > n)
                abort();
        }
    } else if (e.position < 0 || (size_t)e.position > n + 1) {
        abort();
    }
    arena_free(&a);
    free(sql);
    return 0;
}
