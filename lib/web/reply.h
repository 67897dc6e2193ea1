/* One HTTP answer. Every header of every answer is written by reply_write and nowhere else, so
 * that none goes out without its protections. */
#ifndef SW_WEB_REPLY_H
#define SW_WEB_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "web/request.h"

#define REPLY_BODY_MAX ((size_t)2 * 1024 * 1024) /* bytes of a page */
#define REPLY_ETAG_LEN 32                        /* hexadecimal digits */

struct reply {
    int status;                /* 0 until somebody set it */
    const char *content_type;  /* static; HTML unless set */
    const char *image_sources; /* static; where a page may load pictures from (CSP's img-src);
                                * from here unless set */
    int64_t keep_s;            /* anyone may keep the answer so long, seconds; 0: nobody */
    struct buf body;
    struct buf cookies;            /* whole Set-Cookie lines */
    char *location;                /* of a redirect; owned */
    char allow[32];                /* of a 405 */
    int64_t retry_after_ms;        /* of a 429 or 503; 0: not said */
    char etag[REPLY_ETAG_LEN + 1]; /* "": the answer is not to be stored by anyone */
};

void reply_init(struct reply *re);
void reply_clear(struct reply *re);
/* As after reply_init: what a failed handler left behind is gone, cookies included. */
void reply_reset(struct reply *re);

/* 303 See Other to a path of this site ("/stores"). */
void reply_redirect(struct reply *re, const char *path);

/* 303 to an address of another site, which is none of a visitor's choice: http or https, no white
 * space and no control character in it (ERR_CORRUPT). */
int reply_redirect_away(struct reply *re, const char *url, struct err *err);

/* Adds a Set-Cookie header with the given text. */
void reply_cookie(struct reply *re, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Lets the browser keep the answer and ask whether it still holds. parts (NULL-ended) is
 * everything the answer depends on. True when the browser has it already: the status is 304
 * then and nothing is left to do. */
bool reply_unchanged(struct reply *re, const struct request *rq, const char *const parts[]);

/* The HTTP status of a failure: the one place that maps them. */
int reply_status_of(enum err_code code);
/* "Not Found" (RFC 9110). Static. */
const char *reply_status_text(int status);

/* The whole answer in CGI form ("Status: 200 OK", headers, body) appended to out; the body is
 * left out for a HEAD. secure: also tell the browser to stay on TLS. */
int reply_write(const struct reply *re, const struct request *rq, bool secure, struct buf *out);

/* A path of this site that a redirect may go to: no other host, nothing odd in it. */
bool reply_is_local_path(const char *path);

#endif
