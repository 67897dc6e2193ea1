/* What the shop's API answers, read into structs. Everything in them is borrowed from the JSON
 * they were read from, and lives as long as it does; text is never NULL, "" when it is missing or
 * no text.
 *
 * Readers take any JSON. What a page cannot do without makes ERR_UNAVAILABLE (the API does not
 * speak its language); what it can do without is left out. Source of the fields: Medusa 2's Store
 * API reference. */
#ifndef SW_STOREFRONT_SHOP_H
#define SW_STOREFRONT_SHOP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHOP_ID_MAX 64 /* bytes */
#define SHOP_REGIONS_MAX 64
#define SHOP_COUNTRIES_MAX 260
#define SHOP_GROUPS_MAX 100
#define SHOP_PRODUCTS_MAX 48
#define SHOP_OPTIONS_MAX 5
#define SHOP_VARIANTS_MAX 250
#define SHOP_IMAGES_MAX 12
#define SHOP_LINES_MAX 100
#define SHOP_CHOICES_MAX 24
#define SHOP_STOCK_ANY INT64_MAX /* as many as one likes */

struct region {
    const char *id, *name, *currency; /* currency: ISO 4217, lower case */
    const json_t *countries;          /* array, or NULL */
};

struct country {
    const char *code, *name; /* ISO 3166-1 alpha-2, lower case */
};

/* A category or a collection. */
struct group {
    const char *id, *handle, *title;
};

struct price {
    bool known;
    double amount, original; /* major units; original: before a sale */
    const char *currency;
};

struct variant {
    const char *id, *title, *sku;
    struct price price;
    int64_t stock; /* how many can be had; SHOP_STOCK_ANY: no limit; 0: sold out */
    const char *choice[SHOP_OPTIONS_MAX]; /* value of each of the product's options */
};

struct option {
    const char *id, *title;
};

struct product {
    const char *id, *handle, *title, *subtitle, *description, *thumbnail;
    struct option options[SHOP_OPTIONS_MAX];
    size_t option_count;
    bool by_options; /* a choice of each option names one variant; else variants are chosen by ID */
    const json_t *variants;
    size_t variant_count;
    const char *images[SHOP_IMAGES_MAX];
    size_t image_count;
    /* Of its variants: */
    struct price lowest;
    bool prices_differ, sold_out;
};

struct line {
    const char *id, *title, *variant, *handle, *thumbnail;
    int64_t quantity;
    double unit_price, total;
};

struct address {
    const char *first_name, *last_name, *address_1, *address_2, *postal_code, *city, *province,
        *country, *phone;
};

/* A cart, or an order. */
struct cart {
    const char *id, *email, *currency, *region_id, *shipping_name, *shipping_option;
    int64_t number; /* of an order; 0: none */
    bool completed;
    double items_total, shipping_total, tax_total, discount_total, total;
    struct address address;
    const json_t *lines;
    size_t line_count;
    int64_t pieces;
};

/* A way of delivery or of payment. */
struct choice {
    const char *id, *name, *detail;
    struct price price;
};

int shop_regions(const json_t *answer, struct region *out, size_t *count, struct err *err);
/* Countries of a region; returns how many. */
size_t shop_countries(const struct region *r, struct country out[SHOP_COUNTRIES_MAX]);
bool shop_region_has(const struct region *r, const char *country);

/* list: "product_categories" or "collections"; title: "name" or "title". */
int shop_groups(const json_t *answer, const char *list, const char *title, struct group *out,
                size_t *count, struct err *err);

/* total: how many there are on all pages. */
int shop_products(const json_t *answer, struct product *out, size_t *count, int64_t *total,
                  struct err *err);
/* Variant number i < p->variant_count of its product. */
void shop_variant(const struct product *p, size_t i, struct variant *out);

int shop_cart(const json_t *answer, struct cart *out, struct err *err);
int shop_order(const json_t *answer, struct cart *out, struct err *err);
/* Line number i < cart->line_count. */
void shop_line(const struct cart *cart, size_t i, struct line *out);

int shop_delivery(const json_t *answer, const char *currency, struct choice *out, size_t *count,
                  struct err *err);
int shop_payment(const json_t *answer, struct choice *out, size_t *count, struct err *err);

/* Is it an ID of Medusa's ("cart_01H…") that may stand in a path? */
bool shop_is_id(const char *text, const char *prefix);

/* The member as text, "" when it is none. */
const char *shop_text(const json_t *object, const char *key);

#endif
