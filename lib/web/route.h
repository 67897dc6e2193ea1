/* Routes as data: a program's whole surface is one table of these. A request reaches a handler
 * only through its row, after the row's role and CSRF rule were met. */
#ifndef SW_WEB_ROUTE_H
#define SW_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "web/request.h"

struct reply;

/* Fills in the reply. A negative return leaves the reply to the error page of err. */
typedef int route_handler(void *app, struct request *rq, struct reply *re, struct err *err);

enum route_kind {
    ROUTE_PAGE,     /* a visitor who is not signed in is sent to the sign-in page */
    ROUTE_FRAGMENT, /* part of a page, asked for by a script: answered with 401 instead */
    ROUTE_PASSWORD, /* a page that hashes a password, which takes long on purpose: posts to it have
                     * processes of their own, so that guessing does not hold up the other pages */
    ROUTE_PROVIDER, /* a page that waits for the identity provider: one at a time, so that a slow
                     * provider does not hold up the other pages */
};

struct route {
    enum method method;  /* METHOD_GET rows answer HEAD as well */
    const char *pattern; /* "/stores/{id}/delete": at most one {part}, a whole segment */
    int role;            /* the least role that may; 0: anyone */
    enum route_kind kind;
    route_handler *handler;
};

struct route_table {
    const struct route *rows;
    size_t count;
};

/* Does path match the pattern? param gets the {part}, or "". */
bool route_matches(const char *pattern, const char *path, char param[REQUEST_PARAM_MAX + 1]);

/* The row for the request; fills in rq->param. NULL when there is none: then *allowed is the
 * set of enum method that the path has, 0 when there is no such path at all. */
const struct route *route_find(const struct route_table *t, struct request *rq, unsigned *allowed);

/* "GET, HEAD, POST" for a set of enum method. */
void route_allow_header(unsigned allowed, char out[32]);

/* The table as tab-separated lines (method, pattern, role, kind, csrf), with a heading line. The
 * web server's configuration and the tests are made from it.
 * role_name gives the word for a role. */
int route_dump(const struct route_table *t, const char *(*role_name)(int role), struct buf *out);

/* Every POST row is checked; there is no way to leave it out. */
bool route_needs_csrf(const struct route *r);

#endif
