/* What surrounds every page: head, navigation, who is signed in, trouble of the platform. */
#ifndef SW_CGI_PAGE_H
#define SW_CGI_PAGE_H

#include "app.h"

struct page {
    struct tpl_dict *frame; /* owned */
    struct tpl_dict *body;  /* of the page's own template; owned by frame */
    const char *file;       /* what is rendered with frame */
};

/* title is text. ERR_UNAVAILABLE when the database cannot be asked for trouble. */
int page_begin(struct page *p, struct app *app, const struct request *rq, const char *title,
               const char *file, struct err *err);
/* Renders into the reply. */
int page_end(struct page *p, struct app *app, struct reply *re, struct err *err);
void page_clear(struct page *p);

/* The same for a part of a page that the script asks for: only the file, and trouble. */
int page_fragment(struct page *p, struct app *app, const char *file, struct err *err);

/* Says what was done just now, when the address the browser was sent on to tells (?done=...): the
 * section DONE with DONE_TEXT. */
void page_done(struct page *p, const struct request *rq);

/* Browsers without JavaScript load the page again after a few seconds. */
void page_refresh(struct page *p);

/* Can the browser keep its copy? True, and the status 304, if nothing it shows has changed:
 * the database, who asks, the address, the templates. */
int page_unchanged(struct app *app, const struct request *rq, struct reply *re, bool *unchanged,
                   struct err *err);

/* web_app.refuse: the page of a failure. */
void page_refuse(void *ctx, struct request *rq, struct reply *re, const struct err *err);

#endif
