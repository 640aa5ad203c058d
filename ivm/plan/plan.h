/*
 * A plan in normal form: finish( [aggregate]( UNION ALL of branches ) ), and the storage that holds it.
 *
 * A branch's expressions refer to its inputs: EXPR_REF input i, column c. For a table c is the index of its
 * ivm_column. A part shows its group keys, then its results, then its weir_id.
 */
#ifndef WEIR_IVM_PLAN_PLAN_H
#define WEIR_IVM_PLAN_PLAN_H

#include "algebra/block.h"
#include "ivm.h"

/* A bit per source in a change mask, with some to spare. */
#define PLAN_MAX_SOURCES 60
/* UNION ALL under joins multiplies; beyond this the statements would be longer than they are worth. */
#define PLAN_MAX_BRANCHES 64

struct source {
    struct plan_source shown;
    const struct ivm_relation *relation; /* a table, or NULL: */
    struct plan *part;
    bool *used; /* per column of the relation, or per storage column of the part (weir_id always is) */
};

struct branch {
    int *inputs; /* source of each input */
    int ninputs;
    struct expr_list conditions;
    struct expr_list repeats; /* each repeats every row as often as it says */
    struct expr **outs;
    int nouts;
};

/* What a column of the storage is. Numbers refer to the outs of every branch. */
enum column_role {
    COLUMN_OUT,   /* KEYED, BAG, SLICED: out number `value` */
    COLUMN_KEY,   /* GROUPED: group key, out number `value` */
    COLUMN_ROWS,  /* weir_n: rows of the group */
    COLUMN_COUNT, /* rows of the group whose `value` is not NULL (any when value < 0) and pass `filter` */
    COLUMN_SUM,   /* sum(value), NULL without a value; `count` is the column that counts them */
    COLUMN_SCALE, /* the smallest scale among the values of the sum in column `of` */
    COLUMN_FINE,  /* how many values of that sum have the larger one of their two scales, `fine` */
    COLUMN_MIN,
    COLUMN_MAX,
    COLUMN_REREAD,     /* result number `of`, which is never undone: computed again */
    COLUMN_SLICE_KEY,  /* SLICED: key number `value`, unless it is an out */
    COLUMN_SLICE_HASH, /* SLICED: weir_key */
};

struct column {
    const char *name;
    enum column_role role;
    int value, filter; /* -1: none */
    int count;         /* COLUMN_SUM */
    int scale;         /* COLUMN_SUM: its COLUMN_SCALE or COLUMN_FINE, -1 when scales cannot differ */
    int of;
    int fine, coarse; /* COLUMN_FINE */
    bool shown;       /* an output of the query under this name */
};

/* An aggregate's result and the columns it is finished from. */
struct result {
    enum aggregate_function function;
    struct expr *call; /* AGGREGATE_OTHER: as written, EXPR_REF column c standing for out c */
    int value, filter; /* outs; -1: none */
    bool distinct;
    bool never_null; /* the argument cannot be NULL */
    const char *type;
    int column, count; /* columns */
};

/* A delta statement kept, so that not every refresh has to write it anew. */
struct plan_statement {
    const char *key; /* of the change it was made for */
    struct plan_change change;
    const char *sql, *name;
    const char *presumed_sql, *presumed_name; /* the same, of a change that is presumed; NULL: not made yet */
    struct plan_statement *next;
};

/* Changes come in few classes; beyond so many a plan keeps no more. */
#define PLAN_MAX_STATEMENTS 16

struct plan {
    struct arena *arena;
    enum plan_kind kind;
    bool full_only; /* the whole query is the state; of sources it only matters that they have changed */

    struct source *sources;
    int nsources;

    struct branch *branches;
    int nbranches;

    struct slice *slice; /* SLICED */
    int *slice_columns;  /* per key: its column */

    int nkeys; /* GROUPED: outs 0..nkeys-1 are the group keys */
    bool *key_never_null;
    struct result *results;
    int nresults;

    struct column *columns;
    int ncolumns;
    int *key; /* KEYED: columns of the unique index */
    int nkey;

    struct out *outs; /* GROUPED: outs of the query over keys and results; others: names only */
    int nouts;
    struct expr_list having;

    const struct ivm_column *types; /* per column, once the storage exists */
    struct plan_statement *statements;
    int nstatements;
    struct plan_statement *usual; /* the one that was right last; NULL: none that is kept */
    int index;                    /* in ivm_compiled.plans */
};

/* The column by which readers of a part tell its rows apart: weir_id. */
int plan_id_column(const struct plan *p);

/* The one row of an aggregate without GROUP BY. */
bool plan_is_global(const struct plan *p);

/* True when some column cannot be kept up by adding: every affected group is computed again. */
bool plan_rereads_all(const struct plan *p);

/* Nothing that a delta computes of changed rows fails on any image: they may have come and gone unseen. */
bool plan_is_total(const struct plan *p);

/* Whether it makes a difference that an image came and went again, though nothing fails on it: a key may look
 * as it did, or an extreme be compared with it. */
bool plan_minds_images(const struct plan *p);

/* The rows of the sources are netted whatever the change is: an expression may fail on a row that came and
 * went unseen, and an update that changes no column that is read would make an extreme, or the largest scale,
 * seem lost. */
bool plan_always_nets(const struct plan *p, bool executor);

/* The key of input i of a branch, as columns to refer to; false: it has none. A global part has zero. */
bool source_key(struct arena *a, const struct source *s, int **columns, int *n);

/* The column of a source that is called so in statements; part columns that are computed have none. */
const char *source_column_name(const struct source *s, int column);

/*
 * Counts rows of a pending view, or what has its columns: n; void, whether a reset marker is among them;
 * images, the most of one sign of one key, 2 without a key: then nobody may rely on there being one. One row.
 */
const char *plan_count_sql(struct arena *a, const char *from, const char *key);

/* The columns of a source that a plan reads: names, and what is known of them. */
struct source_columns {
    const char **names;
    const struct ivm_column **types; /* NULL entries: not known, treated as the worst */
    int n;
};
struct source_columns source_used_columns(struct arena *a, const struct source *s);

#endif
