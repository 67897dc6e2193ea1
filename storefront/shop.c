#include "shop.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/str.h"

const char *shop_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    /* jansson lets "\u0000" through only when asked to; so the text ends where it seems to. */
    return str_or_empty(json_string_value(value));
}

static bool number(const json_t *object, const char *key, double *out)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        return false;
    *out = json_number_value(value);
    return isfinite(*out);
}

static double number_or_zero(const json_t *object, const char *key)
{
    double value;
    return number(object, key, &value) ? value : 0;
}

static int64_t whole(const json_t *object, const char *key)
{
    double value = number_or_zero(object, key);
    return value > 0 && value < 1e15 ? (int64_t)value : 0;
}

bool shop_is_id(const char *text, const char *prefix)
{
    if (!str_starts(text, prefix))
        return false;
    size_t n = strlen(text);
    if (n <= strlen(prefix) || n > SHOP_ID_MAX)
        return false;
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_')
            return false;
    return true;
}

static int get_list(const json_t *answer, const char *key, const json_t **out, struct err *err)
{
    *out = json_object_get(answer, key);
    if (json_is_array(*out))
        return 0;
    return err_set(err, ERR_UNAVAILABLE, "the shop's API answered without the list \"%s\"", key);
}

static size_t bounded(const json_t *list, size_t max)
{
    size_t n = json_array_size(list);
    return n < max ? n : max;
}

int shop_regions(const json_t *answer, struct region *out, size_t *count, struct err *err)
{
    const json_t *list;
    *count = 0;
    if (get_list(answer, "regions", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < bounded(list, SHOP_REGIONS_MAX); i++) {
        const json_t *one = json_array_get(list, i);
        const struct region r = { .id = shop_text(one, "id"),
                                  .name = shop_text(one, "name"),
                                  .currency = shop_text(one, "currency_code"),
                                  .countries = json_object_get(one, "countries") };
        if (shop_is_id(r.id, "reg_"))
            out[(*count)++] = r;
    }
    if (*count == 0)
        return err_set(err, ERR_UNAVAILABLE, "the shop has no region to sell in");
    return 0;
}

size_t shop_countries(const struct region *r, struct country out[SHOP_COUNTRIES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < bounded(r->countries, SHOP_COUNTRIES_MAX); i++) {
        const json_t *one = json_array_get(r->countries, i);
        const struct country c = { shop_text(one, "iso_2"), shop_text(one, "display_name") };
        if (strlen(c.code) == 2)
            out[n++] = (struct country) { c.code, *c.name ? c.name : c.code };
    }
    return n;
}

bool shop_region_has(const struct region *r, const char *country)
{
    for (size_t i = 0; i < json_array_size(r->countries); i++)
        if (strcmp(shop_text(json_array_get(r->countries, i), "iso_2"), country) == 0)
            return *country != '\0';
    return false;
}

int shop_groups(const json_t *answer, const char *list_key, const char *title, struct group *out,
                size_t *count, struct err *err)
{
    const json_t *list;
    *count = 0;
    if (get_list(answer, list_key, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < bounded(list, SHOP_GROUPS_MAX); i++) {
        const json_t *one = json_array_get(list, i);
        const struct group g = { shop_text(one, "id"), shop_text(one, "handle"),
                                 shop_text(one, title) };
        if (shop_is_id(g.id, "p") && *g.handle && *g.title)
            out[(*count)++] = g;
    }
    return 0;
}

static void read_price(const json_t *variant, struct price *out)
{
    const json_t *price = json_object_get(variant, "calculated_price");
    *out = (struct price) { .currency = shop_text(price, "currency_code") };
    /* With tax where the region's prices have it in them. */
    out->known = number(price, "calculated_amount_with_tax", &out->amount) ||
                 number(price, "calculated_amount", &out->amount);
    if (!number(price, "original_amount_with_tax", &out->original) &&
        !number(price, "original_amount", &out->original))
        out->original = out->amount;
}

static int64_t read_stock(const json_t *variant)
{
    /* Medusa looks after the stock unless told not to; without the figure nothing is known of it,
     * and the cart will say. */
    const json_t *managed = json_object_get(variant, "manage_inventory");
    const json_t *quantity = json_object_get(variant, "inventory_quantity");
    if (json_is_false(managed) || json_is_true(json_object_get(variant, "allow_backorder")) ||
        !json_is_number(quantity))
        return SHOP_STOCK_ANY;
    return whole(variant, "inventory_quantity");
}

static const char *choice_of(const json_t *variant, const char *option_id)
{
    const json_t *list = json_object_get(variant, "options");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *id = shop_text(one, "option_id");
        if (strcmp(*id ? id : shop_text(json_object_get(one, "option"), "id"), option_id) == 0)
            return shop_text(one, "value");
    }
    return "";
}

void shop_variant(const struct product *p, size_t i, struct variant *out)
{
    const json_t *v = json_array_get(p->variants, i);
    *out = (struct variant) { .id = shop_text(v, "id"),
                              .title = shop_text(v, "title"),
                              .sku = shop_text(v, "sku"),
                              .stock = read_stock(v) };
    read_price(v, &out->price);
    for (size_t n = 0; n < SHOP_OPTIONS_MAX; n++)
        out->choice[n] = n < p->option_count ? choice_of(v, p->options[n].id) : "";
}

static void read_options(const json_t *one, struct product *p)
{
    const json_t *list = json_object_get(one, "options");
    size_t n = json_array_size(list);
    p->by_options = n > 0 && n <= SHOP_OPTIONS_MAX;
    for (size_t i = 0; p->by_options && i < n; i++) {
        const json_t *option = json_array_get(list, i);
        p->options[p->option_count] =
            (struct option) { shop_text(option, "id"), shop_text(option, "title") };
        p->by_options = *p->options[p->option_count].id && *p->options[p->option_count].title;
        p->option_count++;
    }
}

/* Prices and stock of all variants together; and whether options tell them apart. */
static void sum_up(struct product *p)
{
    bool any = false;
    for (size_t i = 0; i < p->variant_count; i++) {
        struct variant v;
        shop_variant(p, i, &v);
        any |= v.stock > 0;
        for (size_t n = 0; n < p->option_count; n++)
            p->by_options &= *v.choice[n] != '\0';
        if (!v.price.known)
            continue;
        p->prices_differ |= p->lowest.known && v.price.amount != p->lowest.amount;
        if (!p->lowest.known || v.price.amount < p->lowest.amount)
            p->lowest = v.price;
    }
    p->sold_out = !any;
}

static void read_images(const json_t *one, struct product *p)
{
    const json_t *list = json_object_get(one, "images");
    for (size_t i = 0; i < bounded(list, SHOP_IMAGES_MAX); i++) {
        const char *url = shop_text(json_array_get(list, i), "url");
        if (*url)
            p->images[p->image_count++] = url;
    }
    if (p->image_count == 0 && *p->thumbnail)
        p->images[p->image_count++] = p->thumbnail;
}

static void read_product(const json_t *one, struct product *p)
{
    *p = (struct product) { .id = shop_text(one, "id"),
                            .handle = shop_text(one, "handle"),
                            .title = shop_text(one, "title"),
                            .subtitle = shop_text(one, "subtitle"),
                            .description = shop_text(one, "description"),
                            .thumbnail = shop_text(one, "thumbnail"),
                            .variants = json_object_get(one, "variants"),
                            .lowest.currency = "" };
    p->variant_count = bounded(p->variants, SHOP_VARIANTS_MAX);
    read_options(one, p);
    sum_up(p);
    read_images(one, p);
}

int shop_products(const json_t *answer, struct product *out, size_t *count, int64_t *total,
                  struct err *err)
{
    const json_t *list;
    *count = 0;
    if (get_list(answer, "products", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < bounded(list, SHOP_PRODUCTS_MAX); i++) {
        struct product *p = &out[*count];
        read_product(json_array_get(list, i), p);
        if (*p->handle && *p->title)
            (*count)++;
    }
    *total = whole(answer, "count");
    if (*total < (int64_t)*count)
        *total = (int64_t)*count;
    return 0;
}

static void read_address(const json_t *a, struct address *out)
{
    *out = (struct address) {
        .first_name = shop_text(a, "first_name"),
        .last_name = shop_text(a, "last_name"),
        .address_1 = shop_text(a, "address_1"),
        .address_2 = shop_text(a, "address_2"),
        .postal_code = shop_text(a, "postal_code"),
        .city = shop_text(a, "city"),
        .province = shop_text(a, "province"),
        .country = shop_text(a, "country_code"),
        .phone = shop_text(a, "phone"),
    };
}

static int read_cart(const json_t *one, const char *prefix, struct cart *c, struct err *err)
{
    const json_t *methods = json_object_get(one, "shipping_methods");
    const json_t *method = json_array_get(methods, 0);
    *c = (struct cart) {
        .id = shop_text(one, "id"),
        .email = shop_text(one, "email"),
        .currency = shop_text(one, "currency_code"),
        .region_id = shop_text(one, "region_id"),
        .shipping_name = shop_text(method, "name"),
        .shipping_option = shop_text(method, "shipping_option_id"),
        .number = whole(one, "display_id"),
        .completed = json_is_string(json_object_get(one, "completed_at")),
        .items_total = number_or_zero(one, "item_total"),
        .shipping_total = number_or_zero(one, "shipping_total"),
        .tax_total = number_or_zero(one, "tax_total"),
        .discount_total = number_or_zero(one, "discount_total"),
        .lines = json_object_get(one, "items"),
    };
    if (!shop_is_id(c->id, prefix) || !number(one, "total", &c->total))
        return err_set(err, ERR_UNAVAILABLE, "the shop's API answered without %s and its total",
                       prefix);
    read_address(json_object_get(one, "shipping_address"), &c->address);
    c->line_count = bounded(c->lines, SHOP_LINES_MAX);
    for (size_t i = 0; i < c->line_count; i++)
        c->pieces += whole(json_array_get(c->lines, i), "quantity");
    return 0;
}

int shop_cart(const json_t *answer, struct cart *out, struct err *err)
{
    return read_cart(json_object_get(answer, "cart"), "cart_", out, err);
}

int shop_order(const json_t *answer, struct cart *out, struct err *err)
{
    return read_cart(json_object_get(answer, "order"), "order_", out, err);
}

void shop_line(const struct cart *cart, size_t i, struct line *out)
{
    const json_t *one = json_array_get(cart->lines, i);
    const char *title = shop_text(one, "product_title");
    *out = (struct line) {
        .id = shop_text(one, "id"),
        .title = *title ? title : shop_text(one, "title"),
        .variant = shop_text(one, "variant_title"),
        .handle = shop_text(one, "product_handle"),
        .thumbnail = shop_text(one, "thumbnail"),
        .quantity = whole(one, "quantity"),
        .unit_price = number_or_zero(one, "unit_price"),
    };
    if (!number(one, "total", &out->total))
        out->total = out->unit_price * (double)out->quantity;
}

int shop_delivery(const json_t *answer, const char *currency, struct choice *out, size_t *count,
                  struct err *err)
{
    const json_t *list;
    *count = 0;
    if (get_list(answer, "shipping_options", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < bounded(list, SHOP_CHOICES_MAX); i++) {
        const json_t *one = json_array_get(list, i);
        struct choice c = { .id = shop_text(one, "id"),
                            .name = shop_text(one, "name"),
                            .detail = shop_text(json_object_get(one, "type"), "description"),
                            .price.currency = currency };
        c.price.known = number(one, "amount", &c.price.amount);
        if (shop_is_id(c.id, "so_") &&
            !json_is_true(json_object_get(one, "insufficient_inventory")))
            out[(*count)++] = c;
    }
    return 0;
}

int shop_payment(const json_t *answer, struct choice *out, size_t *count, struct err *err)
{
    const json_t *list;
    *count = 0;
    if (get_list(answer, "payment_providers", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < bounded(list, SHOP_CHOICES_MAX); i++) {
        const char *id = shop_text(json_array_get(list, i), "id");
        if (*id)
            out[(*count)++] = (struct choice) { .id = id, .name = id, .detail = "" };
    }
    return 0;
}
