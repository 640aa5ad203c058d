#include "options.h"

#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct option_choice pool_modes[] = {
    {"session", POOL_MODE_SESSION, NULL},
    {"transaction", POOL_MODE_TRANSACTION, NULL},
    {"statement", 0, "statement pooling is not supported yet"},
    {0},
};

static const struct option_choice auth_types[] = {
    {"any", LOGIN_ANY, NULL},
    {"trust", LOGIN_TRUST, NULL},
    {"plain", LOGIN_PLAIN, NULL},
    {"md5", LOGIN_MD5, NULL},
    {"scram-sha-256", LOGIN_SCRAM, NULL},
    {"hba", 0, "it is not supported yet"},
    {"cert", 0, "it is not supported yet"},
    {"ldap", 0, "it is not supported yet"},
    {"pam", 0, "it is not supported yet"},
    {0},
};

#define S(field) offsetof(struct config_settings, field)
#define DURATION_MAX (1000LL * 3600 * 24 * 3650)

static const struct option global_options[] = {
    {"listen_addr", OPTION_TEXT, S(listen.addr), 0, 0, NULL, "127.0.0.1",
     "addresses to listen on, separated by commas; * is all of them, empty is none"},
    {"listen_port", OPTION_INT, S(listen.port), 1, 65535, NULL, "6432",
     "TCP port, and name of the unix socket"},
    {"unix_socket_dir", OPTION_TEXT, S(listen.unix_socket_dir), 0, 0, NULL, "/tmp",
     "directory of the unix socket; empty is none"},
    {"listen_backlog", OPTION_INT, S(listen.backlog), 1, 65535, NULL, "128", "argument of listen(2)"},
    {"pool_mode", OPTION_CHOICE, S(pool.mode), 0, 0, pool_modes, "session",
     "when a server goes back to its pool: as the client leaves, or after each transaction"},
    {"default_pool_size", OPTION_INT, S(pool.default_size), 0, 100000, NULL, "20",
     "server connections per database and user; 0 is no limit"},
    {"max_client_conn", OPTION_INT, S(pool.max_client_conn), 1, 1000000, NULL, "100", "client connections"},
    {"server_reset_query", OPTION_TEXT, S(pool.server_reset_query), 0, 0, NULL, "DISCARD ALL",
     "run when a client leaves a server in session mode; empty is none"},
    {"server_check_query", OPTION_TEXT, S(pool.server_check_query), 0, 0, NULL, "select 1",
     "run on a server that was idle for server_check_delay; empty is none"},
    {"server_check_delay", OPTION_DURATION, S(timeout.server_check_delay_ms), 0, DURATION_MAX, NULL, "30",
     "how long an idle server is trusted without a check"},
    {"query_wait_timeout", OPTION_DURATION, S(timeout.query_wait_ms), 0, DURATION_MAX, NULL, "120",
     "how long a client may wait for a server; 0 is for ever"},
    {"server_idle_timeout", OPTION_DURATION, S(timeout.server_idle_ms), 0, DURATION_MAX, NULL, "600",
     "idle servers are closed after this; 0 is never"},
    {"server_lifetime", OPTION_DURATION, S(timeout.server_lifetime_ms), 0, DURATION_MAX, NULL, "3600",
     "servers older than this are closed when not in use; 0 uses each once"},
    {"server_connect_timeout", OPTION_DURATION, S(timeout.server_connect_ms), 0, DURATION_MAX, NULL, "15",
     "how long connecting and logging in to a server may take"},
    {"server_login_retry", OPTION_DURATION, S(timeout.server_login_retry_ms), 0, DURATION_MAX, NULL, "15",
     "after a failed login to a server, how long until the next attempt"},
    {"client_login_timeout", OPTION_DURATION, S(timeout.client_login_ms), 0, DURATION_MAX, NULL, "60",
     "how long a client's login may take; 0 is for ever"},
    {"client_idle_timeout", OPTION_DURATION, S(timeout.client_idle_ms), 0, DURATION_MAX, NULL, "0",
     "clients that send nothing for this long outside a transaction are closed; 0 is never"},
    {"idle_transaction_timeout", OPTION_DURATION, S(timeout.idle_transaction_ms), 0, DURATION_MAX, NULL, "0",
     "clients that send nothing for this long inside a transaction are closed; 0 is never"},
    {"cancel_wait_timeout", OPTION_DURATION, S(timeout.cancel_wait_ms), 0, DURATION_MAX, NULL, "10",
     "how long the delivery of a cancel request may take"},
    {"auth_type", OPTION_CHOICE, S(auth.type), 0, 0, auth_types, NULL,
     "how clients prove who they are; the default is trust without auth_file, md5 with it"},
    {"auth_file", OPTION_TEXT, S(auth.file), 0, 0, NULL, "", "file of user names and passwords"},
    {"ignore_startup_parameters", OPTION_TEXT, S(pool.ignore_startup_parameters), 0, 0, NULL, "",
     "startup parameters to drop, separated by commas; all others are applied"},
    {"workers", OPTION_INT, S(net.workers), 0, 256, NULL, "0", "worker threads; 0 is one per core"},
    {"pkt_buf", OPTION_SIZE, S(net.pkt_buf), 4096, 1 << 20, NULL, "16kB", "size of a buffer"},
    {"max_packet_size", OPTION_SIZE, S(net.max_packet_size), 4096, 2147483647LL, NULL, "2147483647",
     "longest message accepted from a client"},
    {"tcp_keepalive", OPTION_FLAG, S(net.tcp_keepalive), 0, 0, NULL, "on", "keepalive on TCP connections"},
    {"verbose", OPTION_INT, S(log.verbose), 0, 9, NULL, "0", "more than 0 logs details"},
    {"log_connections", OPTION_FLAG, S(log.connections), 0, 0, NULL, "on", "log clients that log in"},
    {"log_disconnections", OPTION_FLAG, S(log.disconnections), 0, 0, NULL, "on", "log clients that leave"},
    {"logfile", OPTION_TEXT, S(log.file), 0, 0, NULL, "", "file to log to; empty is standard error"},
    {"pidfile", OPTION_TEXT, S(log.pidfile), 0, 0, NULL, "",
     "file to write the process id to; empty is none"},
    {"stream_tables", OPTION_FLAG, S(stream_tables.enabled), 0, 0, NULL, "on",
     "recognise stream tables and keep them fresh"},
    {"refresh_pool_size", OPTION_INT, S(stream_tables.refresh_pool_size), 1, 1000, NULL, "4",
     "connections per database for refreshes"},
    {"poll_interval", OPTION_DURATION, S(stream_tables.poll_interval_ms), 1, DURATION_MAX, NULL, "1",
     "how often to look for changes made by connections that are not weir's"},
    {"maintenance_user", OPTION_TEXT, S(stream_tables.maintenance_user), 0, 0, NULL, "",
     "role that owns and refreshes stream tables"},
    {"maintenance_password", OPTION_TEXT, S(stream_tables.maintenance_password), 0, 0, NULL, "",
     "its password"},
    {0},
};

static const char *const global_ignored[] = {"admin_users",
                                             "application_name_add_host",
                                             "auth_dbname",
                                             "auth_hba_file",
                                             "auth_ident_file",
                                             "auth_ldap_options",
                                             "auth_query",
                                             "auth_user",
                                             "autodb_idle_timeout",
                                             "client_tls_ca_file",
                                             "client_tls_cert_file",
                                             "client_tls_ciphers",
                                             "client_tls_dheparams",
                                             "client_tls_ecdhcurve",
                                             "client_tls_key_file",
                                             "client_tls_protocols",
                                             "client_tls_sslmode",
                                             "client_tls13_ciphers",
                                             "conffile",
                                             "disable_pqexec",
                                             "dns_max_ttl",
                                             "dns_nxdomain_ttl",
                                             "dns_zone_check_period",
                                             "job_name",
                                             "log_pooler_errors",
                                             "log_stats",
                                             "login_notify_message",
                                             "max_db_client_connections",
                                             "max_db_connections",
                                             "max_prepared_statements",
                                             "max_user_client_connections",
                                             "max_user_connections",
                                             "min_pool_size",
                                             "peer_id",
                                             "pool_idle_timeout",
                                             "query_timeout",
                                             "query_wait_notify",
                                             "reserve_pool_size",
                                             "reserve_pool_timeout",
                                             "resolv_conf",
                                             "sbuf_loopcnt",
                                             "scram_iterations",
                                             "server_fast_close",
                                             "server_reset_query_always",
                                             "server_round_robin",
                                             "server_tls_ca_file",
                                             "server_tls_cert_file",
                                             "server_tls_ciphers",
                                             "server_tls_key_file",
                                             "server_tls_protocols",
                                             "server_tls_sslmode",
                                             "server_tls13_ciphers",
                                             "service_name",
                                             "so_reuseport",
                                             "stats_period",
                                             "stats_users",
                                             "suspend_timeout",
                                             "syslog",
                                             "syslog_facility",
                                             "syslog_ident",
                                             "tcp_defer_accept",
                                             "tcp_keepcnt",
                                             "tcp_keepidle",
                                             "tcp_keepintvl",
                                             "tcp_socket_buffer",
                                             "tcp_user_timeout",
                                             "track_extra_parameters",
                                             "transaction_timeout",
                                             "unix_socket_group",
                                             "unix_socket_mode",
                                             "user",
                                             NULL};

#undef S
#define D(field) offsetof(struct config_database, field)

static const struct option database_options[] = {
    {"host", OPTION_TEXT, D(host), 0, 0, NULL, NULL, "name, address, or directory of a unix socket"},
    {"port", OPTION_INT, D(port), 1, 65535, NULL, "5432", "port of the server"},
    {"dbname", OPTION_TEXT, D(dbname), 0, 0, NULL, NULL, "database on the server; default: the same name"},
    {"user", OPTION_TEXT, D(user), 0, 0, NULL, NULL,
     "log in to the server as this user, whoever the client is"},
    {"password", OPTION_TEXT, D(password), 0, 0, NULL, NULL, "password towards the server"},
    {"pool_size", OPTION_INT, D(pool_size), 0, 100000, NULL, NULL, "instead of default_pool_size"},
    {"pool_mode", OPTION_CHOICE, D(pool_mode), 0, 0, pool_modes, NULL, "instead of the global pool_mode"},
    {"maintenance_user", OPTION_TEXT, D(maintenance_user), 0, 0, NULL, NULL,
     "role that owns and refreshes stream tables"},
    {"maintenance_password", OPTION_TEXT, D(maintenance_password), 0, 0, NULL, NULL, "its password"},
    {"client_encoding", OPTION_TEXT, D(client_encoding), 0, 0, NULL, NULL, "setting of its connections"},
    {"datestyle", OPTION_TEXT, D(datestyle), 0, 0, NULL, NULL, "setting of its connections"},
    {"timezone", OPTION_TEXT, D(timezone), 0, 0, NULL, NULL, "setting of its connections"},
    {"application_name", OPTION_TEXT, D(application_name), 0, 0, NULL, NULL, "setting of its connections"},
    {0},
};

static const char *const database_ignored[] = {"auth_dbname",
                                               "auth_query",
                                               "auth_user",
                                               "connect_query",
                                               "load_balance_hosts",
                                               "max_db_client_connections",
                                               "max_db_connections",
                                               "min_pool_size",
                                               "query_wait_timeout",
                                               "reserve_pool",
                                               "reserve_pool_size",
                                               "server_lifetime",
                                               NULL};

#undef D
#define U(field) offsetof(struct config_user, field)

static const struct option user_options[] = {
    {"pool_mode", OPTION_CHOICE, U(pool_mode), 0, 0, pool_modes, NULL, "instead of the database's pool_mode"},
    {"pool_size", OPTION_INT, U(pool_size), 0, 100000, NULL, NULL, "instead of the database's pool_size"},
    {0},
};

static const char *const user_ignored[] = {"client_idle_timeout",
                                           "idle_transaction_timeout",
                                           "max_user_client_connections",
                                           "max_user_connections",
                                           "query_timeout",
                                           "query_wait_timeout",
                                           "reserve_pool_size",
                                           "transaction_timeout",
                                           NULL};
#undef U

const struct option_table options_global = {"[weir]", global_options, global_ignored};
const struct option_table options_database = {"[databases]", database_options, database_ignored};
const struct option_table options_user = {"[users]", user_options, user_ignored};

/* A number followed by one of the units; *scale is the unit's, or `bare` when there is none. */
struct unit {
    const char *name;
    double scale;
};

static bool number_with_unit(const char *text, const struct unit *units, double bare, double *out)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || errno != 0 || !isfinite(v) || v < 0) {
        return false;
    }
    while (isspace((unsigned char)*end)) {
        end++;
    }
    if (*end == '\0') {
        *out = v * bare;
        return true;
    }
    for (const struct unit *u = units; u->name != NULL; u++) {
        if (strcasecmp(end, u->name) == 0) {
            *out = v * u->scale;
            return true;
        }
    }
    return false;
}

bool duration_parse(const char *text, long long *ms)
{
    static const struct unit units[] = {{"ms", 1},      {"s", 1000},     {"min", 60000},     {"m", 60000},
                                        {"h", 3600000}, {"d", 86400000}, {"us", 1 / 1000.0}, {NULL, 0}};
    double v;
    if (!number_with_unit(text, units, 1000, &v) || v > (double)DURATION_MAX) {
        return false;
    }
    *ms = (long long)ceil(v); /* a positive duration never becomes 0, which would mean "never" */
    return true;
}

static bool size_parse(const char *text, long long *bytes)
{
    static const struct unit units[] = {
        {"b", 1}, {"kb", 1024}, {"mb", 1048576}, {"gb", 1073741824}, {NULL, 0}};
    double v;
    if (!number_with_unit(text, units, 1, &v) || v > 9e15) {
        return false;
    }
    *bytes = (long long)v;
    return true;
}

static bool flag_parse(const char *text, bool *out)
{
    static const char *const on[] = {"1", "on", "true", "yes", "t"};
    static const char *const off[] = {"0", "off", "false", "no", "f"};
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
        if (strcasecmp(text, on[i]) == 0) {
            *out = true;
            return true;
        }
        if (strcasecmp(text, off[i]) == 0) {
            *out = false;
            return true;
        }
    }
    return false;
}

/* Edit distance, for "did you mean". Names are short; longer ones are far from everything. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t la = strlen(a), lb = strlen(b);
    if (la > LONGEST || lb > LONGEST) {
        return LONGEST;
    }
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= lb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[lb];
}

static bool unknown_option(const struct option_table *t, const char *name, struct err *e)
{
    const char *close_name = NULL;
    size_t best = strlen(name) / 3 + 1;
    for (const struct option *o = t->options; o->name != NULL; o++) {
        size_t d = distance(name, o->name);
        if (d <= best) {
            best = d;
            close_name = o->name;
        }
    }
    if (close_name != NULL) {
        return err_set(e, ERR_CONFIG, "unknown option \"%s\" in %s; did you mean \"%s\"?", name, t->section,
                       close_name);
    }
    return err_set(e, ERR_CONFIG, "unknown option \"%s\" in %s; weir --help lists what is allowed", name,
                   t->section);
}

static bool number_in_range(const struct option *o, const char *value, bool parsed, long long v,
                            const char *what, struct err *e)
{
    if (parsed && v >= o->min && v <= o->max) {
        return true;
    }
    if (o->type == OPTION_DURATION) {
        return err_set(e, ERR_CONFIG, "%s: \"%s\" is not %s, such as 15 (seconds), 500ms, 5s or 1min",
                       o->name, value, what);
    }
    return err_set(e, ERR_CONFIG, "%s: \"%s\" is not %s from %lld to %lld", o->name, value, what, o->min,
                   o->max);
}

static bool choice_set(const struct option *o, int *field, const char *value, struct err *e)
{
    char allowed[200] = "";
    size_t n = 0;
    for (const struct option_choice *c = o->choices; c->name != NULL; c++) {
        if (strcasecmp(c->name, value) == 0) {
            if (c->refused != NULL) {
                return err_set(e, ERR_CONFIG, "%s = %s: %s", o->name, value, c->refused);
            }
            *field = c->value;
            return true;
        }
        if (c->refused == NULL && n < sizeof allowed) {
            n += (size_t)snprintf(allowed + n, sizeof allowed - n, "%s%s", n > 0 ? ", " : "", c->name);
        }
    }
    return err_set(e, ERR_CONFIG, "%s: \"%s\" is not one of %s", o->name, value, allowed);
}

static bool option_store(const struct option *o, char *field, struct arena *a, const char *value,
                         struct err *e)
{
    long long v = 0;
    bool ok;
    switch (o->type) {
    case OPTION_TEXT:
        *(const char **)(void *)field = arena_strdup(a, value);
        return true;
    case OPTION_FLAG:
        if (!flag_parse(value, (bool *)field)) {
            return err_set(e, ERR_CONFIG, "%s: \"%s\" is neither on nor off", o->name, value);
        }
        return true;
    case OPTION_INT: {
        char *end;
        errno = 0;
        v = strtoll(value, &end, 10);
        ok = end != value && *end == '\0' && errno == 0;
        if (!number_in_range(o, value, ok, v, "a whole number", e)) {
            return false;
        }
        *(int *)(void *)field = (int)v;
        return true;
    }
    case OPTION_DURATION:
        ok = duration_parse(value, &v);
        if (!number_in_range(o, value, ok, v, "a duration", e)) {
            return false;
        }
        *(int64_t *)(void *)field = v;
        return true;
    case OPTION_SIZE:
        ok = size_parse(value, &v);
        if (!number_in_range(o, value, ok, v, "a size in bytes", e)) {
            return false;
        }
        *(int64_t *)(void *)field = v;
        return true;
    case OPTION_CHOICE:
        return choice_set(o, (int *)(void *)field, value, e);
    }
    return false;
}

void options_init(const struct option_table *t, void *base, struct arena *a)
{
    struct err e = {0};
    for (const struct option *o = t->options; o->name != NULL; o++) {
        if (o->initial != NULL && !option_store(o, (char *)base + o->offset, a, o->initial, &e)) {
            fprintf(stderr, "weir: mistake in the option table: %s\n", e.message);
            abort();
        }
    }
}

bool options_set(const struct option_table *t, void *base, struct arena *a, const char *name,
                 const char *value, bool *ignored, struct err *e)
{
    *ignored = false;
    for (const struct option *o = t->options; o->name != NULL; o++) {
        if (strcasecmp(o->name, name) == 0) {
            return option_store(o, (char *)base + o->offset, a, value, e);
        }
    }
    for (const char *const *n = t->ignored; *n != NULL; n++) {
        if (strcasecmp(*n, name) == 0) {
            *ignored = true;
            return true;
        }
    }
    return unknown_option(t, name, e);
}

void options_print(const struct option_table *t, FILE *out)
{
    for (const struct option *o = t->options; o->name != NULL; o++) {
        fprintf(out, "  %-26s %s", o->name, o->doc);
        if (o->initial != NULL && o->initial[0] != '\0') {
            fprintf(out, " [%s]", o->initial);
        }
        if (o->choices != NULL) {
            const char *sep = " (";
            for (const struct option_choice *c = o->choices; c->name != NULL; c++) {
                if (c->refused == NULL) {
                    fprintf(out, "%s%s", sep, c->name);
                    sep = ", ";
                }
            }
            fputc(')', out);
        }
        fputc('\n', out);
    }
}
