#include "app.h"

#define OPEN 0, ROUTE_PAGE

static const struct route rows[] = {
    { METHOD_GET, "/", OPEN, catalogue_home },
    { METHOD_GET, "/categories/{handle}", OPEN, catalogue_category },
    { METHOD_GET, "/collections/{handle}", OPEN, catalogue_collection },
    { METHOD_GET, "/products/{handle}", OPEN, product_page },
    { METHOD_GET, "/cart", OPEN, cart_page },
    { METHOD_POST, "/cart/add", OPEN, cart_add },
    { METHOD_POST, "/cart/change", OPEN, cart_change },
    { METHOD_POST, "/cart/remove", OPEN, cart_remove },
    { METHOD_GET, "/region", OPEN, region_page },
    { METHOD_POST, "/region", OPEN, region_choose },
    { METHOD_GET, "/checkout", OPEN, checkout_address },
    { METHOD_POST, "/checkout", OPEN, checkout_save_address },
    { METHOD_GET, "/checkout/delivery", OPEN, checkout_delivery },
    { METHOD_POST, "/checkout/delivery", OPEN, checkout_save_delivery },
    { METHOD_GET, "/checkout/review", OPEN, place_review },
    { METHOD_POST, "/checkout/review", OPEN, place_order },
    { METHOD_GET, "/order", OPEN, order_page },
    { METHOD_GET, "/order/find", OPEN, order_find_form },
    { METHOD_POST, "/order/find", OPEN, order_find },
    { METHOD_GET, "/theme.css", OPEN, site_theme },
    { METHOD_GET, "/sitemap.xml", OPEN, site_map },
    { METHOD_GET, "/robots.txt", OPEN, site_robots },
    { METHOD_GET, "/healthz", OPEN, site_health },
};

const struct route_table storefront_routes = { rows, sizeof(rows) / sizeof(rows[0]) };
