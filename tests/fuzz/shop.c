/* What the storefront reads of its shop's API, which may answer anything: every reader on one
 * answer, and everything that pages show of it. Text is never NULL and numbers are in their bounds.
 *
 * fuzzes: storefront/shop.c storefront/money.c */
#include "fuzz.h"

#include <math.h>

#include "money.h"
#include "shop.h"

static void check_price(const struct price *p)
{
    char text[MONEY_MAX];
    PROMISE(p->currency && (!p->known || isfinite(p->amount)));
    if (!p->known)
        return;
    fuzz_promise_text(money_format(p->amount, p->currency, text));
    fuzz_promise_text(money_plain(p->original, p->currency, text));
}

static void check_products(const json_t *json)
{
    static struct product products[SHOP_PRODUCTS_MAX];
    size_t n = 0;
    int64_t total = 0;
    if (shop_products(json, products, &n, &total, NULL) < 0)
        return;
    PROMISE(n <= SHOP_PRODUCTS_MAX && total >= (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        const struct product *p = &products[i];
        PROMISE(*p->handle && *p->title && p->option_count <= SHOP_OPTIONS_MAX);
        PROMISE(p->image_count <= SHOP_IMAGES_MAX && p->variant_count <= SHOP_VARIANTS_MAX);
        fuzz_promise_text(p->description);
        check_price(&p->lowest);
        for (size_t v = 0; v < p->variant_count; v++) {
            struct variant one;
            shop_variant(p, v, &one);
            PROMISE(one.stock >= 0);
            fuzz_promise_text(one.title);
            check_price(&one.price);
            for (size_t o = 0; o < SHOP_OPTIONS_MAX; o++)
                fuzz_promise_text(one.choice[o]);
        }
    }
}

static void check_cart(const struct cart *cart, const char *prefix)
{
    PROMISE(shop_is_id(cart->id, prefix) && cart->pieces >= 0 && cart->number >= 0);
    PROMISE(cart->line_count <= SHOP_LINES_MAX && isfinite(cart->total));
    fuzz_promise_text(cart->address.country);
    for (size_t i = 0; i < cart->line_count; i++) {
        struct line line;
        shop_line(cart, i, &line);
        PROMISE(line.quantity >= 0);
        fuzz_promise_text(line.title);
    }
}

static void check_rest(const json_t *json)
{
    struct region regions[SHOP_REGIONS_MAX];
    struct country countries[SHOP_COUNTRIES_MAX];
    struct group groups[SHOP_GROUPS_MAX];
    struct choice choices[SHOP_CHOICES_MAX];
    size_t n = 0;
    if (shop_regions(json, regions, &n, NULL) == 0) {
        PROMISE(n > 0 && n <= SHOP_REGIONS_MAX);
        for (size_t i = 0; i < n; i++)
            PROMISE(shop_countries(&regions[i], countries) <= SHOP_COUNTRIES_MAX &&
                    !shop_region_has(&regions[i], ""));
    }
    if (shop_groups(json, "collections", "title", groups, &n, NULL) == 0)
        PROMISE(n <= SHOP_GROUPS_MAX);
    if (shop_delivery(json, "eur", choices, &n, NULL) == 0)
        PROMISE(n <= SHOP_CHOICES_MAX);
    if (shop_payment(json, choices, &n, NULL) == 0)
        PROMISE(n <= SHOP_CHOICES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    struct cart cart;
    check_products(json);
    check_rest(json);
    if (shop_cart(json, &cart, NULL) == 0)
        check_cart(&cart, "cart_");
    if (shop_order(json, &cart, NULL) == 0)
        check_cart(&cart, "order_");
    json_decref(json);
    return 0;
}
