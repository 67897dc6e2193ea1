/* Where to buy: the region decides the currency, the prices and where things are sent to. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/str.h"
#include "page.h"
#include "web/session.h"

#define NAMES_MAX 600 /* bytes of the countries' names shown beside a region */

static void fill_region(struct tpl_dict *d, const struct region *r, bool chosen)
{
    CLEANUP(buf_free) struct buf names = BUF_INIT(NAMES_MAX);
    struct country countries[SHOP_COUNTRIES_MAX];
    size_t n = shop_countries(r, countries);
    for (size_t i = 0; i < n; i++) {
        size_t had = names.len;
        if (buf_addf(&names, "%s%s", i ? ", " : "", countries[i].name) < 0) {
            names.len = had;
            break;
        }
    }
    char code[4];
    tpl_set(d, "REGION_ID", r->id);
    tpl_set(d, "REGION_TITLE", r->name);
    tpl_set(d, "REGION_CODE", page_currency(r->currency, code));
    tpl_set(d, "REGION_COUNTRIES", buf_text(&names));
    tpl_show(d, "REGION_CHOSEN", chosen);
}

static int show(struct app *app, struct visit *v, struct request *rq, struct reply *re,
                const char *problem, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    csrf_offer(rq, re, app->settings.secure);
    page_begin(&p, app, v, rq, "Where do you shop from?", "region.tpl");
    page_navigation(&p, app, v);
    page_hide(&p);
    if (problem)
        tpl_set(tpl_section(p.body, "PROBLEM"), "PROBLEM_TEXT", problem);
    for (size_t i = 0; i < v->region_count; i++)
        fill_region(tpl_section(p.body, "REGION"), &v->regions[i], &v->regions[i] == v->region);
    return page_end(&p, app, re, err);
}

int region_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    return show(app, &v, rq, re, NULL, err);
}

int region_choose(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer answer = { 0 };
    if (visit_begin(&v, app, rq, err) < 0)
        return -1;
    const struct region *r = visit_find_region(&v, str_or_empty(fields_get(&rq->form, "region")));
    if (!r) {
        re->status = 422;
        return show(app, &v, rq, re, "Please choose one of the regions that the shop sells to.",
                    err);
    }
    /* The cart goes along, with the prices of the new region. */
    if (v.cart[0]) {
        CLEANUP_FREE char *path = str_printf("/store/carts/%s", v.cart);
        struct err failed = { 0 };
        if (medusa_send(app->medusa, "POST", path, json_pack("{s:s}", "region_id", r->id),
                        v.deadline, &answer, &failed) < 0 &&
            failed.code == ERR_UNAVAILABLE)
            return err_set(err, failed.code, "%s", failed.msg);
        if (failed.code == ERR_CONFLICT) {
            re->status = 409;
            return show(app, &v, rq, re,
                        "Something in your cart is not sold there. Take it out of the cart first.",
                        err);
        }
    }
    visit_keep_region(app, re, r);
    reply_redirect(re, "/");
    return 0;
}
