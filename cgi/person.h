/* One person as an admin sees them. */
#ifndef SW_CGI_PERSON_H
#define SW_CGI_PERSON_H

#include "app.h"
#include "store/people.h"

/* PERSON_ID, PERSON_NAME, ROLE_TEXT, STATE_LABEL, STATE_TONE. */
void person_fill(struct tpl_dict *d, const struct person *person);
/* The sections ROLE: ROLE_VALUE, ROLE_TITLE, ROLE_SUMMARY, ROLE_CHOSEN. */
void person_fill_roles(struct tpl_dict *d, const char *chosen);

/* Their page: with a one-time link to pass on (told only this once), or with what went wrong,
 * unless these are NULL. */
int person_page(struct app *app, const struct request *rq, struct reply *re, int64_t id,
                const char *token, const char *fault, struct err *err);

#endif
