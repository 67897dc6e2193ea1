/* The last step: everything once more, and the order.
 *
 * An order is placed once, however often the button is pressed: Medusa makes one order of a cart
 * and answers with the same one afterwards; when the answer was lost, pressing again is safe; and
 * when the cart's cookie has gone already, the order's leads to the confirmation. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/log.h"
#include "base/str.h"
#include "checkout.h"
#include "money.h"
#include "page.h"

static bool is_complete(const struct cart *cart)
{
    return checkout_has_address(cart) && *cart->shipping_name;
}

static int show(struct app *app, struct checkout *c, struct request *rq, struct reply *re,
                const char *problem, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    char total[MONEY_MAX];
    page_begin(&p, app, &c->visit, rq, "Check and order", "checkout-review.tpl");
    page_hide(&p);
    if (problem)
        tpl_set(tpl_section(p.body, "PROBLEM"), "PROBLEM_TEXT", problem);
    page_address(p.body, &c->visit, &c->cart.address, c->cart.region_id);
    tpl_set(p.body, "EMAIL", c->cart.email);
    tpl_set(p.body, "DELIVERY_NAME", c->cart.shipping_name);
    tpl_set(p.body, "AGREED_TOTAL", money_plain(c->cart.total, c->cart.currency, total));
    page_money(p.body, "TOTAL_TEXT", true, c->cart.total, c->cart.currency);
    page_lines(p.body, app, &c->cart);
    page_totals(p.body, &c->cart);
    return page_end(&p, app, re, err);
}

int place_review(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c;
    if (checkout_begin(&c, app, rq, re, err) < 0)
        return -1;
    if (!c.open)
        return 0;
    if (!is_complete(&c.cart)) {
        reply_redirect(re, checkout_has_address(&c.cart) ? "/checkout/delivery" : "/checkout");
        return 0;
    }
    return show(app, &c, rq, re, NULL, err);
}

/* -1 and ERR_CONFLICT: it is still a cart. */
static int complete(struct app *app, struct visit *v, const char *cart, struct reply *re,
                    struct err *err)
{
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP_FREE char *path = str_printf("/store/carts/%s/complete", cart);
    if (medusa_send(app->medusa, "POST", path, NULL, v->deadline, &answer, err) < 0)
        return -1;
    const char *id = shop_text(json_object_get(answer.json, "order"), "id");
    if (!str_eq(shop_text(answer.json, "type"), "order") || !shop_is_id(id, "order_")) {
        const json_t *why = json_object_get(answer.json, "error");
        const char *words = shop_text(why, "message");
        return err_set(err, ERR_CONFLICT, "the cart %s made no order: %s", cart,
                       *words ? words : "no reason was given");
    }
    visit_keep_order(app, re, id);
    visit_forget_cart(v, app, re);
    medusa_forget_products(app->medusa);
    reply_redirect(re, "/order");
    return 0;
}

/* Pressed twice: by the second time the cart may have become an order already. */
static int again(struct app *app, struct request *rq, struct reply *re, bool *handled,
                 struct err *err)
{
    CLEANUP(visit_clear) struct visit v;
    *handled = false;
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    if (!v.cart[0]) {
        *handled = true;
        reply_redirect(re, v.order[0] ? "/order" : "/cart");
        return 0;
    }
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP_FREE char *path = str_printf("/store/carts/%s?fields=%s", v.cart, ask_cart_fields);
    struct cart cart;
    struct err failed = { 0 };
    if (medusa_get(app->medusa, path, v.deadline, &answer, &failed) < 0)
        return failed.code == ERR_NOT_FOUND ? 0 : err_set(err, failed.code, "%s", failed.msg);
    if (shop_cart(answer.json, &cart, err) < 0)
        return -1;
    if (!cart.completed)
        return 0;
    *handled = true;
    return complete(app, &v, v.cart, re, err);
}

int place_order(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c = { 0 };
    char total[MONEY_MAX];
    bool handled;
    if (again(app, rq, re, &handled, err) < 0 || handled)
        return handled && !err->code ? 0 : -1;
    if (checkout_begin(&c, app, rq, re, err) < 0)
        return -1;
    if (!c.open)
        return 0;
    if (!is_complete(&c.cart)) {
        reply_redirect(re, "/checkout");
        return 0;
    }
    /* Nobody pays another sum than the one that stood beside the button. */
    const char *agreed = fields_get(&rq->form, "total");
    if (!str_eq(agreed, money_plain(c.cart.total, c.cart.currency, total))) {
        re->status = 409;
        return show(app, &c, rq, re, "The total has changed. Please look at it once more.", err);
    }
    struct err failed = { 0 };
    if (complete(app, &c.visit, c.cart.id, re, &failed) == 0)
        return 0;
    if (failed.code != ERR_CONFLICT && failed.code != ERR_UNAVAILABLE)
        return err_set(err, failed.code, "%s", failed.msg);
    log_warn("an order was not placed", "request", rq->id, "detail", failed.msg);
    bool refused = failed.code == ERR_CONFLICT;
    re->status = refused ? 409 : 503;
    re->retry_after_ms = refused ? 0 : 3000;
    return show(app, &c, rq, re,
                refused ? "The shop could not take the order: something in it may just have been "
                          "sold, or the payment was refused. Please check your cart."
                        : "The shop did not answer in time. Please press the button again: "
                          "you will not be charged, or sent anything, twice.",
                err);
}
