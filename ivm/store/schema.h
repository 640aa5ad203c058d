/* The SQL that the program carries: what installs schemas pgtrickle and pgtrickle_data, from
 * ivm/store/NN_name.sql in order, and what makes a version of them the next one, from
 * ivm/store/upgrade/NN_to_MM.sql. */
#ifndef WEIR_IVM_STORE_SCHEMA_H
#define WEIR_IVM_STORE_SCHEMA_H

struct schema_upgrade {
    int from, to;
    const char *sql;
};

extern const char ivm_schema_sql[];
extern const struct schema_upgrade ivm_schema_upgrades[]; /* in order; ended by one without sql */
extern const int ivm_schema_version;                      /* what ivm_schema_sql installs */

#endif
