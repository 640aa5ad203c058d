/*
 * weir: a connection pooler for PostgreSQL that keeps stream tables fresh.
 *
 *     main thread     accepts, hears signals
 *     workers         relay                       worker.c
 *     maintainer      refreshes stream tables     maintainer.c
 */
#include "base/log.h"
#include "config.h"
#include "listener.h"
#include "maintainer.h"
#include "options.h"
#include "pool.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

static struct config *current;
static struct config *started; /* what the process was started with */
static uv_signal_t on_term, on_int, on_hup;

static void usage(FILE *out)
{
    fprintf(out, "usage: weir FILE.ini            run, in the foreground\n"
                 "       weir --check FILE.ini    read the file, say what is wrong with it, exit\n"
                 "       weir --version\n"
                 "       weir --help\n");
}

static void help(void)
{
    usage(stdout);
    printf("\nOptions of section [weir] (also called [pgbouncer]), with their defaults.\n"
           "Durations are seconds, or have a unit: 500ms, 5s, 1min, 2h, 1d.\n\n");
    options_print(&options_global, stdout);
    printf("\nSection [databases]: name = option=value option='a value' ...; the name * stands for all "
           "others.\n\n");
    options_print(&options_database, stdout);
    printf("\nSection [users]: name = option=value ...\n\n");
    options_print(&options_user, stdout);
}

/* Points standard error, to which log lines go, at logfile. Called again by a reload: logs may be rotated. */
static bool open_log(const struct config *c, struct err *e)
{
    log_set_level(c->settings.log.verbose > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    if (c->settings.log.file[0] == '\0') {
        return true;
    }
    int fd = open(c->settings.log.file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) {
        return err_set(e, ERR_CONFIG, "cannot open logfile \"%s\": %s", c->settings.log.file,
                       strerror(errno));
    }
    dup2(fd, STDERR_FILENO);
    close(fd);
    return true;
}

static bool write_pidfile(const struct config *c, struct err *e)
{
    if (c->settings.log.pidfile[0] == '\0') {
        return true;
    }
    FILE *f = fopen(c->settings.log.pidfile, "we");
    if (f == NULL) {
        return err_set(e, ERR_CONFIG, "cannot write pidfile \"%s\": %s", c->settings.log.pidfile,
                       strerror(errno));
    }
    fprintf(f, "%ld\n", (long)getpid());
    fclose(f);
    return true;
}

/* A connection is a file, so as many files as the system lets us have. */
static void raise_file_limit(const struct config *c)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < (rlim_t)c->settings.pool.max_client_conn + 100) {
        log_warn("file_limit", "limit=%llu is too low for max_client_conn=%d",
                 (unsigned long long)limit.rlim_cur, c->settings.pool.max_client_conn);
    }
}

/* Names what the file says now and a reload does not bring about. */
static void warn_of_fixed(const struct config *c)
{
    const char *name;
    for (int at = 0;
         (name = options_fixed_difference(&options_global, &started->settings, &c->settings, &at)) != NULL;) {
        log_warn("restart_needed", "option=%s: the change takes effect when weir is started again", name);
    }
    for (int i = 0; i < started->ndatabases; i++) {
        const struct config_database *before = &started->databases[i], *now = NULL;
        for (int k = 0; k < c->ndatabases; k++) {
            now = strcmp(c->databases[k].name, before->name) == 0 ? &c->databases[k] : now;
        }
        for (int at = 0;
             now != NULL && (name = options_fixed_difference(&options_database, before, now, &at)) != NULL;) {
            log_warn("restart_needed", "db=%s option=%s: the change takes effect when weir is started again",
                     before->name, name);
        }
    }
}

static void reload_cb(uv_signal_t *handle, int signum)
{
    (void)handle;
    (void)signum;
    struct err e = {0};
    struct config *c = config_load(current->path, &e);
    if (c == NULL || !open_log(c, &e)) {
        log_error("reload_failed", "the old configuration stays: %s", e.message);
        config_unref(c);
        return;
    }
    struct config *old = current;
    current = c;
    pools_reload(c);
    workers_reload(c);
    maintainer_reload(c);
    config_unref(old);
    warn_of_fixed(c);
    log_info("reloaded", "file=%s", c->path);
}

static void stop_cb(uv_signal_t *handle, int signum)
{
    log_info("stopping", "signal=%d", signum);
    uv_stop(handle->loop);
}

static void watch(uv_loop_t *loop, uv_signal_t *handle, int signum, uv_signal_cb cb)
{
    uv_signal_init(loop, handle);
    uv_signal_start(handle, cb, signum);
}

static int worker_count(const struct config *c)
{
    if (c->settings.net.workers > 0) {
        return c->settings.net.workers;
    }
    int cores = (int)uv_available_parallelism();
    return cores > 0 ? cores : 1;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

/* The maintainer writes through stream tables' owners, so it ends before the workers' databases do. */
static void end(uv_loop_t *loop)
{
    listeners_close();
    maintainer_stop();
    workers_stop();
    uv_walk(loop, close_handle, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
    if (started->settings.log.pidfile[0] != '\0') {
        unlink(started->settings.log.pidfile);
    }
    config_unref(started);
    config_unref(current);
}

static bool start(uv_loop_t *loop, struct err *e)
{
    return open_log(current, e) && workers_start(worker_count(current), current, e) &&
           listeners_open(loop, current, e) && write_pidfile(current, e) && maintainer_start(current, e);
}

static int run(void)
{
    uv_loop_t loop;
    struct err e = {0};
    started = config_ref(current);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit(current);
    uv_loop_init(&loop);
    /* Before anybody can see that we run: who sees it may already want us to stop. */
    watch(&loop, &on_term, SIGTERM, stop_cb);
    watch(&loop, &on_int, SIGINT, stop_cb);
    watch(&loop, &on_hup, SIGHUP, reload_cb);
    if (!start(&loop, &e)) {
        fprintf(stderr, "weir: %s\n", e.message);
        end(&loop);
        return 1;
    }
    log_info("started", "version=%s workers=%d file=%s", WEIR_VERSION, nworkers, current->path);
    uv_run(&loop, UV_RUN_DEFAULT);
    end(&loop);
    log_info("stopped", "version=%s", WEIR_VERSION);
    return 0;
}

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        help();
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("weir %s\n", WEIR_VERSION);
        return 0;
    }
    if (!check && (argc != 2 || argv[1][0] == '-')) {
        usage(stderr);
        return 2;
    }
    struct err e = {0};
    current = config_load(argv[argc - 1], &e);
    if (current == NULL) {
        fprintf(stderr, "weir: %s\n", e.message);
        return 1;
    }
    if (check) {
        printf("%s is fine\n", argv[2]);
        config_unref(current);
        return 0;
    }
    return run();
}
