/*
 * Net rows:  net(D) = { (r, w) : w = sum of the weights of r in D, w <> 0 }
 *
 * A row is its image, not its value: 1.0 and 1.00 are equal and must not cancel. So a type whose equal values
 * may look different is grouped by its text as well, and a type without hashing by its text alone.
 * At most as many rows as D. Why: an update that changes no column that is read, an image that a later change
 * replaced, a row that came and went, all vanish here.
 */
#include "delta/delta.h"

#include "base/sql.h"
#include "emit/emit_branch.h"

static bool net_groups_by_value(const struct ivm_column *c)
{
    return c != NULL && c->hashable;
}

/* By hashing, a value that is shown must be grouped by; its text as well where the value is not enough. */
static const char *net_group(struct arena *a, const struct source_columns *columns)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < columns->n; i++) {
        const char *name = emit_name(a, "p", columns->names[i]);
        str_sep(&s, ", ");
        str_addf(&s, columns->types[i]->faithful ? "%s" : "%s, %s", name, emit_image(a, name));
    }
    return s.data;
}

/* By sorting, images are enough. */
static const char *net_partition(struct arena *a, const struct source_columns *columns)
{
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < columns->n; i++) {
        str_sep(&s, ", ");
        str_add(&s, emit_sortable_image(a, columns->types[i], emit_name(a, "p", columns->names[i])));
    }
    return s.data;
}

/* A column that cannot be grouped by can still be carried: one row of each partition stands for all. */
static const char *net_by_window(struct arena *a, const char *from, const char *list, const char *partition)
{
    return sql_text(
        a,
        "SELECT p.weir_w{f:list} FROM (SELECT CAST(sum(p.weir_w) OVER image AS integer) AS weir_w{f:list}, "
        "row_number() OVER image AS weir_i FROM {f:from} p WINDOW image AS (PARTITION BY "
        "{f:partition})) p WHERE p.weir_i = 1 AND p.weir_w <> 0",
        SQL_TEXT("list", list), SQL_TEXT("from", from), SQL_TEXT("partition", partition));
}

const char *net_rows(struct arena *a, const char *from, const struct source_columns *columns, bool expand)
{
    struct str list;
    bool values = true;
    str_init(&list, a);
    for (int i = 0; i < columns->n; i++) {
        str_addf(&list, ", %s", emit_name(a, "p", columns->names[i]));
        values = values && net_groups_by_value(columns->types[i]);
    }
    const char *net =
        values
            ? sql_text(a,
                       "SELECT CAST(sum(p.weir_w) AS integer) AS weir_w{f:list} FROM {f:from} p{f:group} "
                       "HAVING sum(p.weir_w) <> 0",
                       SQL_TEXT("list", list.data), SQL_TEXT("from", from),
                       SQL_TEXT("group",
                                columns->n > 0 ? arena_printf(a, " GROUP BY %s", net_group(a, columns)) : ""))
            : net_by_window(a, from, list.data, net_partition(a, columns));
    if (!expand) {
        return net;
    }
    return sql_text(a,
                    "SELECT CASE WHEN p.weir_w > 0 THEN 1 ELSE -1 END AS weir_w{f:list} FROM ({f:net}) p, "
                    "generate_series(1, abs(p.weir_w)) weir_s",
                    SQL_TEXT("list", list.data), SQL_TEXT("net", net));
}
