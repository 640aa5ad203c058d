/*
 * The locks of a unit, for work over a client's connection that refreshes it under one snapshot and blocks
 * nobody who writes. A snapshot taken before a lock was granted would miss what the refresh did that held it;
 * so two transactions do it, and the session carries the locks from the one to the other:
 *
 *   READ COMMITTED     lock the catalog, form the unit, lock it, for the session
 *   -- COMMIT --
 *   REPEATABLE READ    unit_lock_adopt: from here on the locks are the transaction's; refresh
 *
 * The lock of the catalog comes first, as everywhere. Of a session that ends nothing stays behind; a job that
 * fails in between calls unit_lock_drop in its clean-up.
 */
#ifndef WEIR_IVM_JOBS_UNIT_LOCK_H
#define WEIR_IVM_JOBS_UNIT_LOCK_H

#include "jobs/job.h"

/* '{1,2}': the tables that move with `targets`, ids, as far as the catalog has them. */
const char *unit_ids(struct job *j, const struct ivm_catalog *catalog, const int64_t *targets, int ntargets);

/* Begins the first transaction: the lock of the catalog, for the session. */
void unit_lock_catalog(struct job *j);

/* Waits for refreshes of the unit, and keeps new ones away: until the session ends or gives the locks up...
 */
void unit_lock_for_session(struct job *j, const char *ids);
/* ...or until the transaction ends. */
void unit_lock(struct job *j, const char *ids);

/* Begins the second transaction. */
void unit_lock_adopt(struct job *j, const char *ids);

/* Gives up whatever the session itself has locked. */
void unit_lock_drop(struct job *j);

#endif
