/*
 * net: one non-blocking socket on one worker's loop.
 *
 * The socket is polled, not streamed: its owner gets a call when it is ready and reads once with recv().
 * Bytes the kernel does not take at once wait in `out`; bytes that cannot be used yet wait in `in`. Both are
 * NULL nearly always, so that an idle connection holds no buffer. What the poll is armed for changes only
 * when it must, since each change costs system calls: a source whose bytes cannot be used is disarmed when
 * it turns out to be readable again, not before.
 */
#ifndef WEIR_PROXY_NET_H
#define WEIR_PROXY_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct worker;
struct net_poll;

enum { NET_READ = 1, NET_WRITE = 2 };

/* Bytes start..end of data are in use. */
struct buf {
    struct buf *next; /* in the worker's list of spare buffers */
    size_t cap;
    size_t start;
    size_t end;
    uint8_t data[];
};

struct net {
    int fd; /* -1: closed */
    int armed;
    struct worker *worker;
    struct net_poll *poll; /* NULL while on no loop */
    struct buf *in;
    struct buf *out;
    void (*ready)(struct net *net, int events); /* NET_READ also stands for errors: recv() tells */
};

/* The struct that holds a net. */
#define NET_OWNER(n, type) ((type *)(void *)((char *)(n)-offsetof(type, net)))

/* Puts fd on the worker's loop, armed for `events`. False when the loop refuses; the fd is then still open.
 */
bool net_open(struct net *n, struct worker *w, int fd, int events, void (*ready)(struct net *, int));

/* Changes what the poll is armed for; costs nothing when it already is. */
void net_arm(struct net *n, int events);

/* Takes the socket off its loop, to be opened on another. Its buffers must be empty. */
int net_detach(struct net *n);

/* Closes it and gives its buffers back. May be called twice. */
void net_close(struct net *n);

/*
 * Sends now what the kernel takes and keeps the rest, armed for writing. False when the connection is broken.
 * After it, net_blocked() says whether the source of these bytes should pause.
 */
bool net_send(struct net *n, const void *data, size_t len);

/* Sends on what was kept; disarms writing once all is gone. */
bool net_flush(struct net *n);

static inline bool net_blocked(const struct net *n)
{
    return n->out != NULL;
}

/* Buffers of a worker. buf_get gives at least `size` bytes of room. */
struct buf *buf_get(struct worker *w, size_t size);
void buf_put(struct worker *w, struct buf *b);
/* Appends to *b, which may be NULL, moving it to a larger buffer if it must. */
void buf_append(struct worker *w, struct buf **b, const void *data, size_t len);
/* Like buf_append, but a little is put in a buffer of its size: for what may be held for long, many times. */
void buf_keep(struct worker *w, struct buf **b, const void *data, size_t len);
/* Room for `size` bytes from b->start on. */
void buf_reserve(struct worker *w, struct buf **b, size_t size);
/* Frees every spare buffer. */
void buf_drain(struct worker *w);

/* Makes fd non-blocking, without Nagle's delay, and with keepalive if asked. */
bool net_prepare_fd(int fd, bool tcp, bool keepalive);

#endif
