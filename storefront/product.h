/* The page of one product, which the cart shows again when it refuses what was chosen. */
#ifndef SW_STOREFRONT_PRODUCT_H
#define SW_STOREFRONT_PRODUCT_H

#include "app.h"
#include "shop.h"
#include "visit.h"

#define PRODUCT_QUANTITY_MAX 1000

/* What was chosen in the form; NULL entries: nothing yet. */
struct product_choice {
    const char *variant; /* its ID, where options do not tell variants apart */
    const char *option[SHOP_OPTIONS_MAX];
    const char *quantity;
};

/* From a form or a query: fields "variant", "option-1" …, "quantity". */
void product_read_choice(struct product_choice *out, const struct fields *fields);

/* The variant that was chosen. -1: none; *message says why, for the visitor. Static text. */
int product_find_variant(const struct product *p, const struct product_choice *choice,
                         struct variant *out, const char **message);

/* problem: what is wrong with the choice, or NULL. The reply's status is the caller's. */
int product_show(struct app *app, struct visit *v, struct request *rq, struct reply *re,
                 const struct product *p, const struct product_choice *choice, const char *problem,
                 struct err *err);

#endif
