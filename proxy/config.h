/*
 * Config: one generation of the configuration file, immutable once loaded.
 *
 * Generations are reference-counted. A reload makes a new one; whoever still works by the old one (a client
 * that logged in under it, a pool) holds it until done.
 */
#ifndef WEIR_PROXY_CONFIG_H
#define WEIR_PROXY_CONFIG_H

#include "base/arena.h"
#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct userlist;

enum pool_mode { POOL_MODE_UNSET, POOL_MODE_SESSION, POOL_MODE_TRANSACTION };

enum login_method { LOGIN_UNSET, LOGIN_ANY, LOGIN_TRUST, LOGIN_PLAIN, LOGIN_MD5, LOGIN_SCRAM };

/* Section [weir]. Durations are in milliseconds, 0 is "never"; sizes are in bytes. */
struct config_settings {
    struct {
        const char *addr; /* comma list, "*" for all, "" for none */
        int port;
        const char *unix_socket_dir; /* "" for none */
        int backlog;
    } listen;
    struct {
        int mode;         /* enum pool_mode */
        int default_size; /* server connections per (database, user); 0: no limit */
        int max_client_conn;
        const char *server_reset_query;
        const char *server_check_query;
        const char *ignore_startup_parameters; /* comma list */
    } pool;
    struct {
        int64_t query_wait_ms;
        int64_t server_idle_ms;
        int64_t server_lifetime_ms;
        int64_t server_connect_ms;
        int64_t server_login_retry_ms;
        int64_t server_check_delay_ms;
        int64_t client_login_ms;
        int64_t client_idle_ms;
        int64_t idle_transaction_ms;
        int64_t cancel_wait_ms;
    } timeout;
    struct {
        int type; /* enum login_method */
        const char *file;
    } auth;
    struct {
        int workers; /* 0: one per core */
        int64_t pkt_buf;
        int64_t max_packet_size;
        bool tcp_keepalive;
    } net;
    struct {
        int verbose;
        bool connections;
        bool disconnections;
        const char *file;
        const char *pidfile;
    } log;
    struct {
        bool enabled;
        int refresh_pool_size;
        int64_t poll_interval_ms;
        const char *maintenance_user;
        const char *maintenance_password;
    } stream_tables;
};

/* One line of [databases]. Empty strings and zeroes are "not given". */
struct config_database {
    const char *name; /* as clients call it; "*" matches any other */
    const char *host; /* name, address, or a directory for a unix socket; NULL: the default socket */
    int port;
    const char *dbname; /* NULL: the name */
    const char *user;   /* forced towards the server; NULL: the client's */
    const char *password;
    int pool_size; /* -1: default_pool_size */
    int pool_mode; /* enum pool_mode */
    const char *maintenance_user;
    const char *maintenance_password;
    const char *client_encoding; /* startup parameters of its server connections */
    const char *datestyle;
    const char *timezone;
    const char *application_name;
};

/* One line of [users]. */
struct config_user {
    const char *name;
    int pool_mode; /* enum pool_mode */
    int pool_size; /* -1: the database's */
};

struct config {
    struct arena arena;
    atomic_int refs;
    const char *path;
    struct config_settings settings;
    struct config_database *databases;
    int ndatabases;
    struct config_user *users;
    int nusers;
    struct userlist *userlist; /* NULL without auth_file */
};

/* Reads a file and all it includes. Options without effect are logged once each. NULL on failure. */
struct config *config_load(const char *path, struct err *e);

struct config *config_ref(struct config *c);
void config_unref(struct config *c);

/* The entry a client means by `name`: an exact match, else "*", else NULL. */
const struct config_database *config_find_database(const struct config *c, const char *name);
const struct config_user *config_find_user(const struct config *c, const char *name);

/* True when both entries lead to the same server, database and login. */
bool config_database_same_target(const struct config_database *a, const struct config_database *b);

/* True when `name` is in the comma-separated list. */
bool config_csv_has(const char *list, const char *name);

#endif
