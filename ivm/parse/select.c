/* What a parsed SELECT is called by from outside. */
#include "parse/parse.h"

#include <stddef.h>

const char *select_target_name(const struct target *t)
{
    if (t->name != NULL) {
        return t->name;
    }
    return t->expr->kind == EXPR_COLUMN && !t->expr->star ? t->expr->names[t->expr->nnames - 1] : "?column?";
}

const char **select_names(struct arena *a, const struct select *s, int *n)
{
    while (s->operation != SET_NONE) {
        s = s->arms[0];
    }
    *n = s->nvalues > 0 ? s->values_width : s->ntargets;
    const char **names = ARENA_ARRAY(a, const char *, *n + 1);
    for (int i = 0; i < *n; i++) {
        names[i] = s->nvalues > 0 ? arena_printf(a, "column%d", i + 1) : select_target_name(&s->targets[i]);
    }
    return names;
}
