/* The cart: what is in it, more, other quantities, less. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/str.h"
#include "money.h"
#include "page.h"
#include "product.h"
#include "web/session.h"

static void fill_line(struct tpl_dict *d, const struct app *app, const struct cart *cart, size_t i)
{
    struct line line;
    shop_line(cart, i, &line);
    tpl_set(d, "LINE_ID", line.id);
    tpl_set(d, "LINE_TITLE", line.title);
    tpl_set(d, "LINE_VARIANT", line.variant);
    tpl_setf(d, "LINE_QUANTITY", "%lld", (long long)line.quantity);
    page_money(d, "LINE_UNIT", true, line.unit_price, cart->currency);
    page_money(d, "LINE_TOTAL", true, line.total, cart->currency);
    page_picture(d, app, line.thumbnail, line.title);
    if (*line.handle)
        page_path(tpl_section(d, "LINE_LINK"), "LINE_URL", "/products/", line.handle);
}

static const char *note_of(const struct request *rq)
{
    static const struct {
        const char *name, *text;
    } notes[] = {
        { "added", "It is in your cart." },
        { "changed", "Your cart is up to date." },
        { "removed", "It is no longer in your cart." },
    };
    const char *wanted = fields_get(&rq->query, "note");
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        if (str_eq(wanted, notes[i].name))
            return notes[i].text;
    return NULL;
}

/* problem: what was refused, or NULL; line_id: of which line. */
static int show(struct app *app, struct visit *v, struct request *rq, struct reply *re,
                const char *problem, struct err *err)
{
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP(page_clear) struct page p = { 0 };
    struct cart cart = { 0 };
    struct err failed = { 0 };
    bool had_one = v->cart[0] != '\0';
    bool found = ask_cart(app, v, re, &answer, &cart, &failed) == 0;
    if (!found && failed.code != ERR_NOT_FOUND)
        return err_set(err, failed.code, "%s", failed.msg);
    csrf_offer(rq, re, app->settings.secure);
    page_begin(&p, app, v, rq, "Your cart", "cart.tpl");
    page_navigation(&p, app, v);
    page_hide(&p);
    if (problem)
        tpl_set(tpl_section(p.body, "PROBLEM"), "PROBLEM_TEXT", problem);
    const char *note = note_of(rq);
    if (note && !problem && found)
        tpl_set(tpl_section(p.body, "NOTE"), "NOTE_TEXT", note);
    if (found && cart.line_count > 0) {
        struct tpl_dict *filled = tpl_section(p.body, "FILLED");
        for (size_t i = 0; i < cart.line_count; i++)
            fill_line(tpl_section(filled, "ITEM"), app, &cart, i);
        tpl_setf(filled, "QUANTITY_MAX", "%d", PRODUCT_QUANTITY_MAX);
        page_totals(filled, &cart);
    } else {
        struct tpl_dict *empty = tpl_section(p.body, "EMPTY");
        tpl_show(empty, "EXPIRED", had_one && !found && !v->order[0]);
        tpl_show(empty, "ORDERED", had_one && !found && v->order[0]);
    }
    return page_end(&p, app, re, err);
}

int cart_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    return show(app, &v, rq, re, NULL, err);
}

/* Puts pieces of the variant into the visitor's cart, or into a new one when there is none (any
 * more). */
static int put(struct app *app, struct visit *v, struct reply *re, const char *variant,
               int64_t quantity, struct answer *answer, struct err *err)
{
    struct cart cart;
    if (v->cart[0]) {
        struct err failed = { 0 };
        CLEANUP_FREE char *path =
            str_printf("/store/carts/%s/line-items?fields=%s", v->cart, ask_cart_fields);
        json_t *body =
            json_pack("{s:s, s:I}", "variant_id", variant, "quantity", (json_int_t)quantity);
        if (medusa_send(app->medusa, "POST", path, body, v->deadline, answer, &failed) == 0) {
            if (shop_cart(answer->json, &cart, err) < 0)
                return -1;
            visit_keep_cart(v, app, re, &cart);
            return 0;
        }
        CLEANUP(answer_clear) struct answer asked = { 0 };
        struct err gone = { 0 };
        bool lives = failed.code == ERR_UNAVAILABLE || failed.code == ERR_INVALID ||
                     ask_cart(app, v, re, &asked, &cart, &gone) == 0 || gone.code != ERR_NOT_FOUND;
        if (lives)
            return err_set(err, failed.code, "%s", failed.msg);
        answer_clear(answer);
    }
    CLEANUP_FREE char *path = str_printf("/store/carts?fields=%s", ask_cart_fields);
    json_t *body = json_pack("{s:s, s:[{s:s, s:I}]}", "region_id", v->region->id, "items",
                             "variant_id", variant, "quantity", (json_int_t)quantity);
    if (medusa_send(app->medusa, "POST", path, body, v->deadline, answer, err) < 0 ||
        shop_cart(answer->json, &cart, err) < 0)
        return -1;
    visit_keep_cart(v, app, re, &cart);
    return 0;
}

static int read_quantity(const char *text, int64_t least, int64_t *out, const char **message)
{
    if (text && str_to_i64(text, least, PRODUCT_QUANTITY_MAX, out) == 0)
        return 0;
    *message = "Please give a quantity from 1 to 1000.";
    return -1;
}

/* Medusa's refusal in the shop's words. */
static const char *why_refused(const struct answer *answer)
{
    if (str_eq(answer->code, "insufficient_inventory") || strstr(answer->message, "inventory"))
        return "There are not that many left. Please choose fewer.";
    return "The shop could not take that into the cart. Please try another.";
}

int cart_add(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer asked = { 0 }, put_answer = { 0 };
    struct product product;
    struct product_choice choice;
    struct variant variant;
    int64_t quantity = 1;
    const char *problem = NULL, *handle = fields_get(&rq->form, "product");
    if (!handle || !*handle)
        return err_set(err, ERR_INVALID, "the form does not say which product");
    product_read_choice(&choice, &rq->form);
    if (visit_begin(&v, app, rq, err) < 0 ||
        ask_product(app, &v, handle, &asked, &product, err) < 0)
        return -1;
    re->status = 422;
    if (product_find_variant(&product, &choice, &variant, &problem) < 0 ||
        read_quantity(choice.quantity, 1, &quantity, &problem) < 0)
        return product_show(app, &v, rq, re, &product, &choice, problem, err);
    if (variant.stock == 0)
        return product_show(app, &v, rq, re, &product, &choice,
                            "That one is sold out. Please choose another.", err);
    struct err failed = { 0 };
    if (put(app, &v, re, variant.id, quantity, &put_answer, &failed) == 0) {
        reply_redirect(re, "/cart?note=added");
        return 0;
    }
    if (failed.code != ERR_CONFLICT && failed.code != ERR_NOT_FOUND) {
        re->status = 0;
        return err_set(err, failed.code, "%s", failed.msg);
    }
    re->status = 409;
    medusa_forget_products(app->medusa);
    return product_show(app, &v, rq, re, &product, &choice, why_refused(&put_answer), err);
}

static int change(void *ctx, struct request *rq, struct reply *re, bool remove, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer answer = { 0 };
    const char *line = str_or_empty(fields_get(&rq->form, "line")), *problem = NULL;
    int64_t quantity = 0;
    struct err failed = { 0 };
    if (!shop_is_id(line, "cali_"))
        return err_set(err, ERR_INVALID, "the form does not say which line of the cart");
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    if (!v.cart[0]) {
        reply_redirect(re, "/cart");
        return 0;
    }
    if (!remove && read_quantity(fields_get(&rq->form, "quantity"), 0, &quantity, &problem) < 0) {
        re->status = 422;
        return show(app, &v, rq, re, problem, err);
    }
    CLEANUP_FREE char *path = str_printf("/store/carts/%s/line-items/%s", v.cart, line);
    int r = quantity == 0
                ? medusa_send(app->medusa, "DELETE", path, NULL, v.deadline, &answer, &failed)
                : medusa_send(app->medusa, "POST", path,
                              json_pack("{s:I}", "quantity", (json_int_t)quantity), v.deadline,
                              &answer, &failed);
    if (r == 0 || failed.code == ERR_NOT_FOUND) {
        /* The cart's page reads the cart, and so renews what the cookie says of it. */
        reply_redirect(re, quantity == 0 ? "/cart?note=removed" : "/cart?note=changed");
        return 0;
    }
    if (failed.code != ERR_CONFLICT)
        return err_set(err, failed.code, "%s", failed.msg);
    re->status = 409;
    return show(app, &v, rq, re, why_refused(&answer), err);
}

int cart_change(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    return change(ctx, rq, re, false, err);
}

int cart_remove(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    return change(ctx, rq, re, true, err);
}
