/* The storefront: what all its pages share. Everything here is set up before the first request and
 * only read afterwards: many threads use it at once. */
#ifndef SW_STOREFRONT_APP_H
#define SW_STOREFRONT_APP_H

#include "base/buf.h"
#include "base/mark.h"
#include "medusa.h"
#include "settings.h"
#include "tpl/tpl.h"
#include "web/dispatch.h"

struct app {
    struct settings settings;
    struct tpl *tpl;
    struct medusa *medusa;
    struct buf theme; /* the stylesheet of the accent colour */
    char *css_url, *js_url, *icon_url, *theme_url;
    char mark[MARK_LEN + 1];
};

/* routes.c: the whole surface. */
extern const struct route_table storefront_routes;

/* Handlers: catalogue.c */
route_handler catalogue_home, catalogue_category, catalogue_collection;
/* product.c */
route_handler product_page;
/* cart.c */
route_handler cart_page, cart_add, cart_change, cart_remove;
/* region.c */
route_handler region_page, region_choose;
/* checkout.c */
route_handler checkout_address, checkout_save_address, checkout_delivery, checkout_save_delivery;
/* place.c */
route_handler place_review, place_order;
/* order.c */
route_handler order_page, order_find_form, order_find;
/* site.c */
route_handler site_theme, site_map, site_robots, site_health;

#endif
