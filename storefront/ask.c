#include "ask.h"

#include "base/str.h"

const char ask_cart_fields[] =
    "id,email,currency_code,region_id,completed_at,total,item_total,shipping_total,tax_total,"
    "discount_total,*items,*shipping_methods,*shipping_address";

int ask_product(struct app *app, const struct visit *v, const char *handle, struct answer *answer,
                struct product *out, struct err *err)
{
    CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    buf_adds(&path, "/store/products?limit=1&handle=");
    fields_encode(&path, handle);
    buf_addf(
        &path,
        "&region_id=%s&fields=id,handle,title,subtitle,description,thumbnail,*images,*options,"
        "*variants,*variants.options,*variants.calculated_price,%%2Bvariants.inventory_quantity",
        v->region->id);
    size_t count = 0;
    int64_t total;
    struct product found[SHOP_PRODUCTS_MAX];
    if (medusa_get_list(app->medusa, buf_text(&path), "products", app->settings.fresh_ms,
                        v->deadline, answer, err) < 0 ||
        shop_products(answer->json, found, &count, &total, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(found[i].handle, handle)) {
            *out = found[i];
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "the shop has no product \"%s\"", handle);
}

int ask_cart(struct app *app, struct visit *v, struct reply *re, struct answer *answer,
             struct cart *out, struct err *err)
{
    if (!v->cart[0])
        return err_set(err, ERR_NOT_FOUND, "there is no cart yet");
    CLEANUP_FREE char *path = str_printf("/store/carts/%s?fields=%s", v->cart, ask_cart_fields);
    struct err failed = { 0 };
    int r = medusa_get(app->medusa, path, v->deadline, answer, &failed);
    if (r == 0)
        r = shop_cart(answer->json, out, &failed);
    if (r == 0 && !out->completed) {
        visit_keep_cart(v, app, re, out);
        return 0;
    }
    if (r == 0)
        err_set(&failed, ERR_NOT_FOUND, "the cart has become an order");
    if (failed.code == ERR_NOT_FOUND)
        visit_forget_cart(v, app, re);
    return err_set(err, failed.code, "%s", failed.msg);
}

int ask_order(struct app *app, const struct visit *v, const char *id, struct answer *answer,
              struct cart *out, struct err *err)
{
    CLEANUP_FREE char *path =
        str_printf("/store/orders/%s?fields=id,display_id,email,currency_code,region_id,total,"
                   "item_total,shipping_total,tax_total,discount_total,*items,*shipping_methods,"
                   "*shipping_address",
                   id);
    if (medusa_get(app->medusa, path, v->deadline, answer, err) < 0)
        return -1;
    return shop_order(answer->json, out, err);
}
