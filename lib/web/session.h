/* Cookies of a visitor, and the tokens that prove a form came from our own page.
 *
 * Signed in: the session cookie holds a random token, 64 hexadecimal digits. Not signed in:
 * the visit cookie holds another, so that the sign-in form is protected as well (login CSRF).
 * A form's token is the keyed BLAKE2b of a fixed text with the cookie's token as key: knowing
 * it says nothing about the cookie, and no secret of the server has to be kept or shared.
 *
 * With secure cookies the names carry the prefix __Host- (RFC 6265bis): no other host under
 * the same domain can set them. */
#ifndef SW_WEB_SESSION_H
#define SW_WEB_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "web/request.h"

struct reply;

#define CSRF_FIELD "csrf" /* the hidden field of every form that posts */

/* Fills in rq->token from the session cookie, "" when there is none of the right shape. */
void session_read(struct request *rq, bool secure);

/* Adds the Set-Cookie header. max_age_s 0: until the browser is closed. */
void session_start(struct reply *re, const char *token, int64_t max_age_s, bool secure);
/* Makes the browser forget both cookies. */
void session_end(struct reply *re, bool secure);

/* A fresh visit cookie, and its token: for an attempt that has to be bound to this browser. */
void session_begin_visit(struct reply *re, bool secure, char visit[65]);
/* The token of the visit cookie, "" when there is none of the right shape. */
void session_read_visit(const struct request *rq, bool secure, char visit[65]);
/* What stands for the token in public, for one purpose: 64 hexadecimal digits that say nothing
 * about it, or "" when it has not the right shape. */
void session_derive(const char *visit, const char *purpose, char out[65]);

/* Fills in rq->csrf: from rq->token when signed_in, else from the visit cookie. With neither
 * it stays "" and no form can be posted. */
void csrf_prepare(struct request *rq, bool signed_in, bool secure);
/* For a page with a form for visitors who are not signed in: gives the visit cookie if they
 * have none, so that rq->csrf is never "" afterwards. */
void csrf_offer(struct request *rq, struct reply *re, bool secure);

/* Is this POST from one of our own forms? The form's token must be right, and Origin and
 * Sec-Fetch-Site, where the browser sends them, must name this site. ERR_FORBIDDEN. */
int csrf_check(const struct request *rq, struct err *err);

/* The token of forms for a cookie's token; out is "" when secret has not the right shape. */
void csrf_derive(const char *secret, char out[65]);

#endif
