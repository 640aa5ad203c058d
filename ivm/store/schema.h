/* The SQL that installs schemas pgtrickle and pgtrickle_data, from ivm/store/NN_name.sql in order. */
#ifndef WEIR_IVM_STORE_SCHEMA_H
#define WEIR_IVM_STORE_SCHEMA_H

extern const char ivm_schema_sql[];

#endif
