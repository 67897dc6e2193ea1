/* One HTTP request, read from FastCGI parameters (RFC 3875 names) within named ceilings.
 * Nothing here trusts the sender: what is malformed is refused before any handler runs.
 * The client's address is REMOTE_ADDR; what a header claims is kept beside it, for who knows which
 * proxies are to be believed (web/front.h). */
#ifndef SW_WEB_REQUEST_H
#define SW_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "web/fields.h"

#define REQUEST_BODY_MAX (64u * 1024) /* bytes */
#define REQUEST_URI_MAX 4096          /* bytes, as sent */
#define REQUEST_HEADER_MAX 8192       /* bytes of one header's value */
#define REQUEST_ID_LEN 16             /* hexadecimal digits */
#define REQUEST_PARAM_MAX 255         /* bytes of the {part} of a path */

enum method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4, METHOD_OTHER = 8 };

/* Where a request comes from; ctx goes into each call. */
struct request_source {
    const char *(*param)(void *ctx, const char *name); /* NULL: not sent */
    ssize_t (*read)(void *ctx, char *out, size_t n);   /* 0: the end; -1: broken off */
    void *ctx;
};

struct request {
    char id[REQUEST_ID_LEN + 1]; /* random; for the log and for error pages */
    enum method method;
    char *target; /* path and query as sent */
    char *path;   /* decoded; begins with '/' */
    struct fields query;
    struct fields form;  /* of a POST */
    char *cookies;       /* the Cookie header, "" for none */
    char *address;       /* of the client, "unknown" when the server does not say */
    char *forwarded;     /* the X-Forwarded-For header, or NULL */
    char *host;          /* the Host header, "" for none */
    char *origin;        /* the Origin header, or NULL */
    char *fetch_site;    /* the Sec-Fetch-Site header, or NULL */
    char *if_none_match; /* or NULL */
    char *user_agent;    /* "" for none */
    bool secure;         /* came over TLS */
    /* Filled in on the way to the handler: */
    char param[REQUEST_PARAM_MAX + 1]; /* what stood for {...} in the route's pattern, or "" */
    char token[65];                    /* of the session cookie, or "" */
    char csrf[65]; /* what this visitor's forms carry, or "" when they can have none yet */
    int role;      /* of the visitor; 0: not signed in */
};

/* id, method, target and address are filled in as far as possible also when it fails, so that
 * the failure can be answered and logged. ERR_INVALID; ERR_TOO_LARGE; ERR_UNSUPPORTED: a body
 * that is not application/x-www-form-urlencoded. */
int request_read(struct request *rq, const struct request_source *from, struct err *err);
void request_clear(struct request *rq);

/* The cookie's value, copied to out (of n bytes). -1 when it was not sent, does not fit, or was
 * sent more than once: another host under the same domain can add cookies ("cookie tossing"),
 * and nobody can tell which one is ours. */
int request_cookie(const struct request *rq, const char *name, char *out, size_t n);

/* "GET" ... "OTHER". Static. */
const char *method_name(enum method m);

#endif
