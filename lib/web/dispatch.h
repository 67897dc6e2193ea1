/* From a request to its answer: find the row, find out who asks, check what the row demands,
 * call the handler; turn any failure into its page. */
#ifndef SW_WEB_DISPATCH_H
#define SW_WEB_DISPATCH_H

#include "web/front.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"

struct web_app {
    struct route_table routes;
    const struct front *front; /* NULL: reached by any name, and by nobody's word */
    bool secure_cookies;
    const char *sign_in_path; /* where visitors who are not signed in are sent, with ?next= */
    void *ctx;                /* handed to each handler and to the functions below */

    /* Who holds rq->token: sets rq->role. Nobody: leaves it 0 and succeeds. */
    int (*identify)(void *ctx, struct request *rq, struct err *err);
    /* Fills the body of an answer whose status (400 and up) is set already. It must not fail:
     * a plain text is better than no answer. */
    void (*refuse)(void *ctx, struct request *rq, struct reply *re, const struct err *err);
};

/* Reads the request and answers it. Returns 0, or -1 when the answer is the page of a failure; re
 * is complete in both cases. A handler that shows a form again with 400 and up succeeds, and may
 * leave err set for the log. rq and re are cleared by the caller. */
int dispatch(const struct web_app *app, const struct request_source *from, struct request *rq,
             struct reply *re, struct err *err);

#endif
