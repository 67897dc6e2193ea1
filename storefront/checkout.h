/* What the steps of the checkout share. */
#ifndef SW_STOREFRONT_CHECKOUT_H
#define SW_STOREFRONT_CHECKOUT_H

#include "app.h"
#include "shop.h"
#include "visit.h"

struct checkout {
    struct visit visit; /* its region is the cart's */
    struct answer answer;
    struct cart cart;
    bool open; /* there is something to check out; else the reply leads to the cart */
};

/* c is to be cleared in every case. */
int checkout_begin(struct checkout *c, struct app *app, struct request *rq, struct reply *re,
                   struct err *err);
void checkout_clear(struct checkout *c);

bool checkout_has_address(const struct cart *cart);

#endif
