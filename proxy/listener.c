#include "listener.h"

#include "base/log.h"
#include "base/mem.h"
#include "client.h"
#include "config.h"
#include "net.h"
#include "worker.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTENERS_MAX 32
/* Accepted at a time, so that signals are still heard in a storm of connections. */
#define ACCEPT_BATCH 64
/* Without file descriptors, accepting is tried again after this. */
#define ACCEPT_PAUSE_MS 100

struct listener {
    uv_poll_t poll;
    int fd;
    bool unix_socket;
};

static struct listener listeners[LISTENERS_MAX];
static int nlisteners;
static uv_timer_t pause_timer;
static char unix_path[sizeof((struct sockaddr_un *)0)->sun_path];

struct arrival {
    int fd;
    bool unix_socket;
};

static void arrive(struct worker *w, void *arg)
{
    struct arrival a = *(struct arrival *)arg;
    free(arg);
    client_new(w, a.fd, a.unix_socket);
}

static void give(int fd, bool unix_socket)
{
    static unsigned turn;
    struct arrival *a = mem_alloc(sizeof *a);
    *a = (struct arrival){fd, unix_socket};
    worker_post(&workers[turn++ % (unsigned)nworkers], arrive, a);
}

static void accept_cb(uv_poll_t *poll, int status, int events);

static void resume_cb(uv_timer_t *timer)
{
    (void)timer;
    for (int i = 0; i < nlisteners; i++) {
        uv_poll_start(&listeners[i].poll, UV_READABLE, accept_cb);
    }
}

static void accept_cb(uv_poll_t *poll, int status, int events)
{
    struct listener *l = poll->data;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            give(fd, l->unix_socket);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            log_error("accept_failed", "%s", strerror(errno));
            for (int j = 0; j < nlisteners; j++) {
                uv_poll_stop(&listeners[j].poll);
            }
            uv_timer_start(&pause_timer, resume_cb, ACCEPT_PAUSE_MS, 0);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

/* Takes over fd. */
static bool add(uv_loop_t *loop, int fd, bool unix_socket, int backlog, const char *where, struct err *e)
{
    if (nlisteners == LISTENERS_MAX) {
        close(fd);
        return err_set(e, ERR_CONFIG, "listen_addr: more than %d addresses", LISTENERS_MAX);
    }
    struct listener *l = &listeners[nlisteners];
    if (listen(fd, backlog) != 0 || uv_poll_init(loop, &l->poll, fd) != 0) {
        close(fd);
        return err_set(e, ERR_CONFIG, "cannot listen on %s: %s", where, strerror(errno));
    }
    l->fd = fd;
    l->unix_socket = unix_socket;
    l->poll.data = l;
    nlisteners++;
    uv_poll_start(&l->poll, UV_READABLE, accept_cb);
    log_info("listening", "on=%s", where);
    return true;
}

static bool open_address(uv_loop_t *loop, const struct addrinfo *a, int backlog, const char *where,
                         struct err *e)
{
    int on = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return err_set(e, ERR_CONFIG, "cannot listen on %s: %s", where, strerror(errno));
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0) {
        int error = errno;
        close(fd);
        return err_set(e, ERR_CONFIG, "cannot listen on %s: %s", where, strerror(error));
    }
    return add(loop, fd, false, backlog, where, e);
}

static bool open_tcp(uv_loop_t *loop, const char *host, const struct config *config, struct err *e)
{
    char port[16], where[300];
    bool any = strcmp(host, "*") == 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    snprintf(port, sizeof port, "%d", config->settings.listen.port);
    int rc = getaddrinfo(any ? NULL : host, port, &hints, &found);
    if (rc != 0) {
        return err_set(e, ERR_CONFIG, "listen_addr: cannot resolve \"%s\": %s", host, gai_strerror(rc));
    }
    snprintf(where, sizeof where, "%s:%s", host, port);
    bool one = false;
    for (struct addrinfo *a = found; a != NULL; a = a->ai_next) {
        struct err inner = {0};
        if (open_address(loop, a, config->settings.listen.backlog, where, &inner)) {
            one = true;
        } else if (!any) { /* of all addresses, one family may be missing on this machine */
            *e = inner;
            freeaddrinfo(found);
            return false;
        }
    }
    freeaddrinfo(found);
    return one || err_set(e, ERR_CONFIG, "cannot listen on %s", where);
}

static bool open_unix(uv_loop_t *loop, const struct config *config, struct err *e)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int n = snprintf(un.sun_path, sizeof un.sun_path, "%s/.s.PGSQL.%d",
                     config->settings.listen.unix_socket_dir, config->settings.listen.port);
    if (n < 0 || (size_t)n >= sizeof un.sun_path) {
        return err_set(e, ERR_CONFIG, "unix_socket_dir is too long");
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return err_set(e, ERR_CONFIG, "cannot make a unix socket: %s", strerror(errno));
    }
    /* A socket file somebody answers on is in use; any other is left over. */
    if (connect(fd, (struct sockaddr *)&un, sizeof un) == 0 || errno == EAGAIN) {
        close(fd);
        return err_set(e, ERR_CONFIG, "cannot listen on %s: another process does", un.sun_path);
    }
    unlink(un.sun_path);
    if (bind(fd, (struct sockaddr *)&un, sizeof un) != 0) {
        int error = errno;
        close(fd);
        return err_set(e, ERR_CONFIG, "cannot listen on %s: %s", un.sun_path, strerror(error));
    }
    chmod(un.sun_path, 0777);
    memcpy(unix_path, un.sun_path, sizeof unix_path);
    return add(loop, fd, true, config->settings.listen.backlog, un.sun_path, e);
}

bool listeners_open(uv_loop_t *loop, const struct config *config, struct err *e)
{
    struct arena arena = {0};
    bool ok = true;
    uv_timer_init(loop, &pause_timer);
    char *list = arena_strdup(&arena, config->settings.listen.addr);
    char *rest = NULL;
    for (char *host = strtok_r(list, ", \t", &rest); host != NULL && ok;
         host = strtok_r(NULL, ", \t", &rest)) {
        ok = open_tcp(loop, host, config, e);
    }
    arena_free(&arena);
    if (ok && config->settings.listen.unix_socket_dir[0] != '\0') {
        ok = open_unix(loop, config, e);
    }
    if (ok && nlisteners == 0) {
        ok = err_set(e, ERR_CONFIG, "neither listen_addr nor unix_socket_dir is set: nobody could connect");
    }
    return ok;
}

void listeners_close(void)
{
    for (int i = 0; i < nlisteners; i++) {
        uv_close((uv_handle_t *)&listeners[i].poll, NULL);
        close(listeners[i].fd);
    }
    nlisteners = 0;
    if (unix_path[0] != '\0') {
        unlink(unix_path);
        unix_path[0] = '\0';
    }
}
