/*
 * Functions of pg_catalog that are not plain functions. Canonical text names them without a schema, so the
 * name decides; functions outside pg_catalog are looked up by PostgreSQL before weir compiles.
 */
#include "parse/parse.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. PostgreSQL 15 to 18. */
static const char *const aggregates[] = {
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "cume_dist",
    "dense_rank",
    "every",
    "json_agg",
    "json_agg_strict",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_agg_unique",
    "jsonb_object_agg_unique_strict",
    "max",
    "min",
    "mode",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "range_agg",
    "range_intersect_agg",
    "rank",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
};

static const char *const set_returning[] = {
    "aclexplode",
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "json_populate_recordset",
    "json_to_recordset",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "jsonb_path_query",
    "jsonb_path_query_tz",
    "jsonb_populate_recordset",
    "jsonb_to_recordset",
    "pg_options_to_table",
    "pg_snapshot_xip",
    "regexp_matches",
    "regexp_split_to_table",
    "string_to_table",
    "ts_debug",
    "ts_parse",
    "ts_stat",
    "ts_token_type",
    "txid_snapshot_xip",
    "unnest",
};

static const char *const windows[] = {
    "cume_dist", "dense_rank", "first_value",  "lag",  "last_value", "lead",
    "nth_value", "ntile",      "percent_rank", "rank", "row_number",
};

static int name_compare(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

#define NAME_IN(list, name)                                                                                  \
    (bsearch((name), (list), sizeof(list) / sizeof *(list), sizeof *(list), name_compare) != NULL)

bool builtin_is_aggregate(const char *name)
{
    return NAME_IN(aggregates, name);
}

bool builtin_is_set_returning(const char *name)
{
    return NAME_IN(set_returning, name);
}

bool expr_is_set_returning(const struct expr *e)
{
    return e->kind == EXPR_CALL && e->nnames == 2 && strcmp(e->names[0], "pg_catalog") == 0 &&
           builtin_is_set_returning(e->names[1]);
}

bool builtin_is_window(const char *name)
{
    return NAME_IN(windows, name);
}
