/*
 * The hash by which rows of a storage are found: 64 bits that are equal for equal values.
 *
 *     of one whole number          the number
 *     of values with a place       their place, 32 bits; the hash of all values, 32 bits
 *     of others                    the hash of all values
 *
 * A place is a number that is near, or the same, for values that belong together. What changes together often
 * does: the orders of today, a customer's items. A hash scatters such rows all over the index, and over a
 * storage that is filled as rows come: a page or two for each row, as soon as the storage has more pages than
 * the change has rows. By place they lie side by side, in the index and in a storage filled in this order.
 *
 *     time                 its seconds or days: what changes is recent
 *     whole numbers        the numbers, all of them by XOR: next to another (order, line) or (region, order)
 *                          stay near when orders are, whichever comes first
 *     text                 all but its last two characters, hashed: it ends in what counts up, if it counts
 *
 * The first that there is, in this order. Of a number the lower 32 bits count; so a place never fails, and
 * where it says nothing the hash is as good as without it.
 */
#include "delta/hash.h"

#include "base/sql.h"

#include <string.h>

/* Of the one number that is missing; none that is common. */
#define PLACE_OF_NULL "bigint '-9223372036854775807'"

void hashing_init(struct hashing *h, struct arena *a)
{
    *h = (struct hashing){.arena = a};
    str_init(&h->values, a);
}

static bool type_begins(const char *type, const char *name)
{
    size_t n = strlen(name);
    return strncmp(type, name, n) == 0 && (type[n] == '\0' || type[n] == '(' || type[n] == ' ') &&
           strchr(type, '[') == NULL;
}

static bool type_is_whole(const char *type)
{
    return strcmp(type, "integer") == 0 || strcmp(type, "bigint") == 0 || strcmp(type, "smallint") == 0 ||
           strcmp(type, "oid") == 0;
}

static void place_of_id(struct hashing *h, const char *value)
{
    const char *number = sql_text(h->arena, "coalesce(CAST({f:value} AS bigint), {f:null})",
                                  SQL_TEXT("value", value), SQL_TEXT("null", PLACE_OF_NULL));
    h->ids = h->nids == 0 ? number : arena_printf(h->arena, "pg_catalog.int8xor(%s, %s)", h->ids, number);
    h->nids++;
}

/* Infinity has no seconds. */
static void place_of_time(struct hashing *h, const char *value, const char *number)
{
    if (h->time == NULL) {
        h->time =
            sql_text(h->arena,
                     "coalesce(CASE WHEN pg_catalog.isfinite({f:value}) THEN CAST({f:number} AS bigint) "
                     "END, {f:null})",
                     SQL_TEXT("value", value), SQL_TEXT("number", number), SQL_TEXT("null", PLACE_OF_NULL));
    }
}

void hashing_add(struct hashing *h, const struct ivm_column *type, const char *value)
{
    str_sep(&h->values, ", ");
    str_add(&h->values, value);
    h->n++;
    if (type == NULL || !type->hashable || !type->faithful) {
        return;
    }
    if (type_is_whole(type->type)) {
        place_of_id(h, value);
    } else if (strcmp(type->type, "date") == 0) {
        place_of_time(
            h, value,
            sql_text(h->arena, "pg_catalog.date_mi({f:value}, date '2000-01-01')", SQL_TEXT("value", value)));
    } else if (type_begins(type->type, "timestamp")) {
        place_of_time(
            h, value,
            sql_text(h->arena, "pg_catalog.date_part('epoch', {f:value})", SQL_TEXT("value", value)));
    } else if ((strcmp(type->type, "text") == 0 || type_begins(type->type, "character varying")) &&
               h->text == NULL) {
        h->text = sql_text(h->arena,
                           "coalesce(pg_catalog.hashtextextended(pg_catalog.left({f:value}, -2) "
                           "COLLATE pg_catalog.\"C\", 0), {f:null})",
                           SQL_TEXT("value", value), SQL_TEXT("null", PLACE_OF_NULL));
    }
}

static const char *place(const struct hashing *h)
{
    return h->time != NULL ? h->time : h->ids != NULL ? h->ids : h->text;
}

const char *hashing_sql(const struct hashing *h)
{
    const char *at = place(h);
    if (h->n == 0) {
        return "bigint '0'";
    }
    if (h->n == 1 && h->nids == 1) {
        return at;
    }
    const char *all = arena_printf(h->arena, "pg_catalog.hash_record_extended(ROW(%s), 0)", h->values.data);
    return at == NULL ? all
                      : sql_text(h->arena,
                                 "pg_catalog.int8or(pg_catalog.int8shl({f:place}, 32), "
                                 "pg_catalog.int8and({f:all}, bigint '4294967295'))",
                                 SQL_TEXT("place", at), SQL_TEXT("all", all));
}

bool hashing_has_place(const struct hashing *h)
{
    return place(h) != NULL;
}
