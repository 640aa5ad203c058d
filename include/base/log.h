/*
 * Log lines: an event name, then key=value pairs, on standard error.
 *
 *     log_info("client_login", "db=%s user=%s", db, user);
 *     2026-01-31 12:00:00.123 INFO client_login db=shop user=alice
 *
 * Safe from any thread. A line is written with one write(2).
 */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Lines below this level are dropped. Default: LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

void log_write(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(event, ...)                                                                                \
    do {                                                                                                     \
        if (log_enabled(LOG_LEVEL_DEBUG))                                                                    \
            log_write(LOG_LEVEL_DEBUG, (event), __VA_ARGS__);                                                \
    } while (0)
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, (event), __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_LEVEL_WARN, (event), __VA_ARGS__)
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, (event), __VA_ARGS__)

#endif
