/* The questions that several pages ask of the Store API. Each answers with the codes of medusa.h.
 */
#ifndef SW_STOREFRONT_ASK_H
#define SW_STOREFRONT_ASK_H

#include "app.h"
#include "shop.h"
#include "visit.h"

/* The product of that handle with the prices of the visitor's region. ERR_NOT_FOUND. */
int ask_product(struct app *app, const struct visit *v, const char *handle, struct answer *answer,
                struct product *out, struct err *err);

/* The visitor's cart. ERR_NOT_FOUND: there is none (any more), or it has become an order; then its
 * cookie is taken back. */
int ask_cart(struct app *app, struct visit *v, struct reply *re, struct answer *answer,
             struct cart *out, struct err *err);

/* The order of the visitor's cookie, or of the ID. */
int ask_order(struct app *app, const struct visit *v, const char *id, struct answer *answer,
              struct cart *out, struct err *err);

/* What every question of a cart asks for. */
extern const char ask_cart_fields[];

#endif
