/* A request for tests of lib/web: parameters and a body as FastCGI would hand them over. */
#ifndef TESTS_REQUEST_FROM_H
#define TESTS_REQUEST_FROM_H

#include <string.h>

#include "web/request.h"

struct request_from {
    const char *params[32]; /* name, value, name, value ... NULL */
    const char *body;
    size_t body_len, given; /* given: of the body so far */
    size_t chunk;           /* bytes a read gives at most; 0: all */
};

static inline const char *request_from_param(void *ctx, const char *name)
{
    struct request_from *from = ctx;
    for (size_t i = 0; from->params[i]; i += 2)
        if (strcmp(from->params[i], name) == 0)
            return from->params[i + 1];
    return NULL;
}

static inline ssize_t request_from_read(void *ctx, char *out, size_t n)
{
    struct request_from *from = ctx;
    size_t left = from->body_len - from->given;
    if (n > left)
        n = left;
    if (from->chunk && n > from->chunk)
        n = from->chunk;
    if (n)
        memcpy(out, from->body + from->given, n);
    from->given += n;
    return (ssize_t)n;
}

static inline struct request_source request_from_source(struct request_from *from)
{
    return (struct request_source) { request_from_param, request_from_read, from };
}

#endif
