/* Scope cleanup: the one idiom by which this code frees what a block owns.
 *
 *     CLEANUP(buf_free) struct buf body = BUF_INIT(HTTP_BODY_MAX);
 *     CLEANUP_FREE char *name = str_dup(text);
 *
 * The destructor runs when the variable leaves scope, on every path. Destructors
 * take a pointer to the variable and accept what was never filled in.
 * TAKE(p) hands ownership out of the scope: it yields p and leaves NULL behind. */
#ifndef SW_BASE_CLEANUP_H
#define SW_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Makes fn##_p, a destructor for a variable of type `type *`, out of fn(type *). */
#define CLEANUP_POINTER(type, fn) \
    static inline void fn##_p(type **p) \
    { \
        if (*p) \
            fn(*p); \
    }

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
    if (*f)
        fclose(*f);
}

#define CLEANUP_FREE CLEANUP(cleanup_free)
#define CLEANUP_CLOSE CLEANUP(cleanup_close)
#define CLEANUP_FCLOSE CLEANUP(cleanup_fclose)

#define TAKE(p) \
    ({ \
        __typeof__(p) take_ = (p); \
        (p) = NULL; \
        take_; \
    })

#endif
