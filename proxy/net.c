#include "net.h"

#include "base/mem.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* How many spare buffers a worker keeps: what a burst of that many blocked sockets needs. */
#define BUF_SPARE_MAX 64

/* The handle lives until libuv has closed it, which is after its socket moved on: so it is apart. */
struct net_poll {
    uv_poll_t handle;
    struct net *net; /* NULL once the socket has left */
};

static void poll_cb(uv_poll_t *handle, int status, int events)
{
    struct net_poll *p = handle->data;
    if (p->net == NULL) {
        return;
    }
    int ready = 0;
    if (status <
        0) { /* libuv has disarmed it. recv() will say what is wrong once it has given what came before */
        int armed = p->net->armed;
        p->net->armed = 0;
        net_arm(p->net, armed);
        ready = NET_READ | NET_WRITE;
    }
    if ((events & UV_READABLE) != 0) {
        ready |= NET_READ;
    }
    if ((events & UV_WRITABLE) != 0) {
        ready |= NET_WRITE;
    }
    p->net->ready(p->net, ready);
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle->data);
}

bool net_open(struct net *n, struct worker *w, int fd, int events, void (*ready)(struct net *, int))
{
    struct net_poll *p = mem_new(sizeof *p);
    if (uv_poll_init(&w->loop, &p->handle, fd) != 0) {
        free(p);
        return false;
    }
    p->handle.data = p;
    p->net = n;
    n->fd = fd;
    n->worker = w;
    n->poll = p;
    n->ready = ready;
    n->armed = 0;
    net_arm(n, events);
    return true;
}

void net_arm(struct net *n, int events)
{
    if (n->poll == NULL || n->armed == events) {
        return;
    }
    n->armed = events;
    int uv_events =
        ((events & NET_READ) != 0 ? UV_READABLE : 0) | ((events & NET_WRITE) != 0 ? UV_WRITABLE : 0);
    uv_poll_start(&n->poll->handle, uv_events, poll_cb);
}

int net_detach(struct net *n)
{
    if (n->poll != NULL) {
        n->poll->net = NULL;
        uv_close((uv_handle_t *)&n->poll->handle, poll_closed);
        n->poll = NULL;
    }
    n->armed = 0;
    return n->fd;
}

void net_close(struct net *n)
{
    net_detach(n);
    if (n->fd >= 0) {
        close(n->fd);
        n->fd = -1;
    }
    if (n->in != NULL) {
        buf_put(n->worker, n->in);
        n->in = NULL;
    }
    if (n->out != NULL) {
        buf_put(n->worker, n->out);
        n->out = NULL;
    }
}

/* Returns how many bytes went, or -1 when the connection is broken. */
static ssize_t send_some(int fd, const void *data, size_t len)
{
    for (;;) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            return n;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            return 0;
        }
        if (errno != EINTR) {
            return -1;
        }
    }
}

bool net_send(struct net *n, const void *data, size_t len)
{
    if (n->fd < 0) {
        return false;
    }
    if (len == 0) {
        return true;
    }
    if (n->out == NULL) {
        ssize_t sent = send_some(n->fd, data, len);
        if (sent < 0) {
            return false;
        }
        if ((size_t)sent == len) {
            return true;
        }
        data = (const char *)data + sent;
        len -= (size_t)sent;
    }
    buf_append(n->worker, &n->out, data, len);
    net_arm(n, n->armed | NET_WRITE);
    return true;
}

bool net_flush(struct net *n)
{
    struct buf *b = n->out;
    if (b == NULL) {
        return true;
    }
    ssize_t sent = send_some(n->fd, b->data + b->start, b->end - b->start);
    if (sent < 0) {
        return false;
    }
    b->start += (size_t)sent;
    if (b->start == b->end) {
        buf_put(n->worker, b);
        n->out = NULL;
        net_arm(n, n->armed & ~NET_WRITE);
    }
    return true;
}

struct buf *buf_get(struct worker *w, size_t size)
{
    if (size <= w->buf_size && w->spare != NULL) {
        struct buf *b = w->spare;
        w->spare = b->next;
        w->nspare--;
        b->start = b->end = 0;
        return b;
    }
    size_t cap = size > w->buf_size ? size : w->buf_size;
    struct buf *b = mem_alloc(sizeof *b + cap);
    b->next = NULL;
    b->cap = cap;
    b->start = b->end = 0;
    return b;
}

void buf_put(struct worker *w, struct buf *b)
{
    if (b->cap == w->buf_size && w->nspare < BUF_SPARE_MAX) {
        b->next = w->spare;
        w->spare = b;
        w->nspare++;
    } else {
        free(b);
    }
}

void buf_drain(struct worker *w)
{
    while (w->spare != NULL) {
        struct buf *b = w->spare;
        w->spare = b->next;
        free(b);
    }
    w->nspare = 0;
}

void buf_reserve(struct worker *w, struct buf **b, size_t size)
{
    struct buf *old = *b;
    if (old == NULL) {
        *b = buf_get(w, size);
        return;
    }
    if (old->cap - old->start >= size) {
        return;
    }
    size_t used = old->end - old->start;
    if (old->cap >= size) {
        memmove(old->data, old->data + old->start, used);
        old->start = 0;
        old->end = used;
        return;
    }
    struct buf *more = buf_get(w, size);
    memcpy(more->data, old->data + old->start, used);
    more->end = used;
    buf_put(w, old);
    *b = more;
}

void buf_append(struct worker *w, struct buf **b, const void *data, size_t len)
{
    size_t used = *b == NULL ? 0 : (*b)->end - (*b)->start;
    size_t room = *b == NULL ? 0 : (*b)->cap - (*b)->start;
    if (used + len > room) {
        /* Grown by half at least, so that many small appends copy little. */
        buf_reserve(w, b, used + len > used + used / 2 ? used + len : used + used / 2);
    }
    memcpy((*b)->data + (*b)->end, data, len);
    (*b)->end += len;
}

void buf_keep(struct worker *w, struct buf **b, const void *data, size_t len)
{
    if (*b == NULL && len < w->buf_size / 4) {
        *b = malloc(sizeof **b + len);
        if (*b == NULL) {
            abort();
        }
        **b = (struct buf){.cap = len};
    }
    buf_append(w, b, data, len);
}

bool net_prepare_fd(int fd, bool tcp, bool keepalive)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return false;
    }
    if (tcp) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (keepalive) {
            setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        }
    }
    return true;
}
