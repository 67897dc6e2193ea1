/* Who is visiting: the cookies of the shop, and the region the visitor buys in.
 *
 * The cart's and the order's IDs are keys to them (Medusa asks for nothing else), so they are never
 * in an address, only in cookies that scripts cannot read; and only IDs that this storefront gave
 * out itself are taken back, as each carries a keyed hash. The region is no secret and is checked
 * against the list. */
#ifndef SW_STOREFRONT_VISIT_H
#define SW_STOREFRONT_VISIT_H

#include "app.h"
#include "shop.h"
#include "token.h"

#define VISIT_ID_MAX SHOP_ID_MAX

struct visit {
    int64_t deadline;                                     /* of the whole page, monotonic ms */
    char cart[VISIT_ID_MAX + 1], order[VISIT_ID_MAX + 1]; /* "": none */
    int64_t pieces;                                       /* in the cart, as last seen */
    struct answer answer;                                 /* what regions borrow from */
    struct region regions[SHOP_REGIONS_MAX];
    size_t region_count;
    const struct region *region; /* of regions */
};

/* Reads the cookies and the list of regions. v is to be cleared also after a failure. */
int visit_begin(struct visit *v, struct app *app, const struct request *rq, struct err *err);
void visit_clear(struct visit *v);

/* Regions of that ID; NULL: none. */
const struct region *visit_find_region(const struct visit *v, const char *id);

/* Set the cookies. */
void visit_keep_cart(struct visit *v, const struct app *app, struct reply *re,
                     const struct cart *cart);
void visit_forget_cart(struct visit *v, const struct app *app, struct reply *re);
void visit_keep_order(const struct app *app, struct reply *re, const char *order_id);
void visit_keep_region(const struct app *app, struct reply *re, const struct region *region);

#endif
