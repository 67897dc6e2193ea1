/* What surrounds every page of the shop, and what pages have in common. */
#ifndef SW_STOREFRONT_PAGE_H
#define SW_STOREFRONT_PAGE_H

#include "app.h"
#include "shop.h"
#include "visit.h"
#include "web/reply.h"

struct page {
    struct tpl_dict *frame; /* owned */
    struct tpl_dict *body;  /* of the page's own template; owned by frame */
};

/* v may be NULL, when nothing is known of the shop: then there is no navigation. title is text. */
void page_begin(struct page *p, const struct app *app, const struct visit *v,
                const struct request *rq, const char *title, const char *file);
/* For search engines, and for pages that show the shop's own picture elsewhere. path: of the page,
 * encoded; text and image may be "". */
void page_describe(struct page *p, const struct app *app, const char *path, const char *text,
                   const char *image);
/* Not for search engines. */
void page_hide(struct page *p);
/* Renders into the reply. */
int page_end(struct page *p, const struct app *app, struct reply *re, struct err *err);
void page_clear(struct page *p);

/* Categories and collections, for every page but the checkout's. What cannot be had is left out. */
void page_navigation(struct page *p, struct app *app, const struct visit *v);

/* Can the browser keep its copy of a page with navigation? versions: of every other answer that the
 * page is made of, NULL-ended. */
bool page_unchanged(struct app *app, const struct visit *v, const struct request *rq,
                    struct reply *re, const char *const versions[]);

/* web_app.refuse: the page of a failure. */
void page_refuse(void *ctx, struct request *rq, struct reply *re, const struct err *err);

/* "eur" → "EUR". Returns out. */
char *page_currency(const char *currency, char out[4]);
/* Sets the variable to an amount, "" when it is not known. */
void page_money(struct tpl_dict *d, const char *name, bool known, double amount,
                const char *currency);
/* {{#SUMMARY}} of totals (summary.tpl). */
void page_totals(struct tpl_dict *d, const struct cart *cart);
/* {{#LINE}} for each line, as they are shown where nothing can be changed (lines.tpl). */
void page_lines(struct tpl_dict *d, const struct app *app, const struct cart *cart);
/* {{#PICTURE}} with PICTURE_URL, or {{#NO_PICTURE}} with a letter and a tint. */
void page_picture(struct tpl_dict *d, const struct app *app, const char *url, const char *title);
/* {{#ADDRESS_LINE}} for each line of a postal address. */
void page_address(struct tpl_dict *d, const struct visit *v, const struct address *a,
                  const char *region_id);

/* "/products/t%20shirt" */
void page_path(struct tpl_dict *d, const char *name, const char *prefix, const char *handle);

#endif
