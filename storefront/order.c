/* An order as its buyer sees it, and how to find it again. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/str.h"
#include "page.h"
#include "web/form.h"
#include "web/session.h"

#define NUMBER_MAX 1000000000000

static const struct form_field find_fields[] = {
    FORM_FIELD("number", "NUMBER", FORM_TEXT, 20),
    FORM_FIELD("email", "EMAIL", FORM_TEXT, 254),
};
static const struct form find_form = { find_fields, 2 };

int order_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP(page_clear) struct page p = { 0 };
    struct cart order;
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    if (!v.order[0]) {
        reply_redirect(re, "/order/find");
        return 0;
    }
    if (ask_order(app, &v, v.order, &answer, &order, err) < 0)
        return -1;
    page_begin(&p, app, &v, rq, "Your order", "order.tpl");
    page_navigation(&p, app, &v);
    page_hide(&p);
    tpl_setf(p.body, "ORDER_NUMBER", "%lld", (long long)order.number);
    tpl_set(p.body, "EMAIL", order.email);
    if (*order.shipping_name)
        tpl_set(tpl_section(p.body, "DELIVERY"), "DELIVERY_NAME", order.shipping_name);
    page_address(p.body, &v, &order.address, order.region_id);
    page_lines(p.body, app, &order);
    page_totals(p.body, &order);
    return page_end(&p, app, re, err);
}

static int show_form(struct app *app, struct visit *v, struct request *rq, struct reply *re,
                     const struct form_input *in, const char *problem, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    csrf_offer(rq, re, app->settings.secure);
    page_begin(&p, app, v, rq, "Find your order", "order-find.tpl");
    page_navigation(&p, app, v);
    page_hide(&p);
    form_show(in, p.body);
    if (problem)
        tpl_set(tpl_section(p.body, "PROBLEM"), "PROBLEM_TEXT", problem);
    return page_end(&p, app, re, err);
}

int order_find_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(form_clear) struct form_input in = { 0 };
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    form_begin(&in, &find_form);
    return show_form(app, &v, rq, re, &in, NULL, err);
}

int order_find(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(form_clear) struct form_input in = { 0 };
    CLEANUP(answer_clear) struct answer answer = { 0 };
    int64_t number = 0;
    if (visit_begin(&v, app, rq, err) < 0 || form_read(&in, &find_form, &rq->form, err) < 0)
        return -1;
    const char *text = form_value(&in, "number"), *email = form_value(&in, "email");
    if (str_to_i64(*text == '#' ? text + 1 : text, 1, NUMBER_MAX, &number) < 0)
        form_fail(&in, "number", "Please give the order's number, for example 12.");
    if (!strchr(email, '@') || str_has_control(email))
        form_fail(&in, "email", "Please give the e-mail address of the order.");
    if (form_failed(&in)) {
        re->status = 422;
        return show_form(app, &v, rq, re, &in, NULL, err);
    }
    struct err failed = { 0 };
    json_t *body = json_pack("{s:I, s:s}", "display_id", (json_int_t)number, "email", email);
    if (medusa_send(app->medusa, "POST", "/store/order-lookup", body, v.deadline, &answer,
                    &failed) == 0) {
        const char *id = shop_text(json_object_get(answer.json, "order"), "id");
        if (!shop_is_id(id, "order_"))
            return err_set(err, ERR_UNAVAILABLE, "the look-up was answered without an order");
        visit_keep_order(app, re, id);
        reply_redirect(re, "/order");
        return 0;
    }
    if (failed.code != ERR_NOT_FOUND && failed.code != ERR_CONFLICT)
        return err_set(err, failed.code, "%s", failed.msg);
    re->status = 422;
    return show_form(app, &v, rq, re, &in,
                     "There is no order of that number with that e-mail address. Both are in the "
                     "confirmation of your order.",
                     err);
}
