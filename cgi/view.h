/* Stores in words: how a row of the domain is said on a page. */
#ifndef SW_CGI_VIEW_H
#define SW_CGI_VIEW_H

#include "app.h"
#include "store/limit.h"

/* What a status is called, how it looks (a CSS class) and what to do about it. */
struct status_words {
    const char *label, *tone, *meaning, *advice;
};
const struct status_words *status_words(enum store_status s);

/* name: "2026-01-31T09:05:00Z" for programs; text_name: "31 Jan 2026, 09:05:00 UTC" for people.
 * at 0: both "". */
void view_time(struct tpl_dict *d, const char *name, const char *text_name, int64_t at);

/* ID, STORE_TITLE, STATUS_LABEL, STATUS_TONE, ENGINE_TITLE, PLAN_TITLE, HOST, CREATED...: what
 * the list and the page of a store both show; the section OPEN with STORE_URL only when the
 * shop can be visited. */
void view_store(struct tpl_dict *d, const struct app *app, const struct store *store);

/* NOW_MS and, while something moves, the section MOVING: what the script needs to keep up. */
void view_pulse(struct tpl_dict *d, bool moving);

/* OPTION sections (OPTION_VALUE, OPTION_TITLE, OPTION_SELECTED) of a choice. */
void view_option(struct tpl_dict *d, const char *section, const char *value, const char *title,
                 bool selected);

/* "Administrator", "Member", "Viewer". */
const char *view_role(enum role role);
/* "Firefox on Linux" of a User-Agent header, as far as it tells. */
void view_browser(struct tpl_dict *d, const char *name, const char *user_agent);
/* LIMIT_NAME, LIMIT_TITLE, LIMIT_MOST, LIMIT_USED and, when nothing is left, the section
 * LIMIT_FULL. */
void view_limit(struct tpl_dict *d, enum limit which, const struct limit_state *l);

/* Can visitors open the shop? */
bool view_is_open(const struct store *store);

#endif
