/* Diamonds of a catalog: which stream tables have to move together so that nobody sees two branches disagree.
 */
#ifndef WEIR_IVM_SCHED_DIAMOND_H
#define WEIR_IVM_SCHED_DIAMOND_H

#include "ivm.h"

/* Per table the number of its diamond group, from 0; -1: it is in none. A part is where its stream table is.
 */
int *diamond_groups(struct arena *a, const struct ivm_catalog *c);

/* Per table the index of the stream table it belongs to: its own, or that of its parent. */
int *diamond_tops(struct arena *a, const struct ivm_catalog *c);

#endif
