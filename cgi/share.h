/* What the page of a store shows of sharing, and that page with something to say. */
#ifndef SW_CGI_SHARE_H
#define SW_CGI_SHARE_H

#include "app.h"

/* The section SHARE: who reads it, and the form to add somebody, with what was typed and what is
 * wrong with it ("" or NULL: nothing). */
int share_fill(struct tpl_dict *d, struct app *app, const struct store *store, const char *typed,
               const char *fault, struct err *err);

/* What a store's page says besides; each may be NULL. */
struct store_notes {
    const struct credentials *credentials;
    const char *fault;                 /* why there are none */
    const char *reader, *reader_fault; /* of the form to share it */
};
int store_page_with(struct app *app, const struct request *rq, struct reply *re,
                    const struct store *store, const struct store_notes *notes, struct err *err);

#endif
