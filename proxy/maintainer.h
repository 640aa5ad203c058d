/*
 * maintainer: the part of weir that keeps stream tables fresh, on a thread and connections of its own.
 */
#ifndef WEIR_PROXY_MAINTAINER_H
#define WEIR_PROXY_MAINTAINER_H

#include "base/err.h"

#include <stdbool.h>

struct config;

/* All three are called by the main thread. The configuration is the caller's; keep it with config_ref(). */
bool maintainer_start(const struct config *cfg, struct err *e);
void maintainer_reload(const struct config *cfg);
/* Returns once its thread and connections are gone. Does nothing when it was not started. */
void maintainer_stop(void);

#endif
