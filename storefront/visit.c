#include "visit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"

#define REGIONS_FRESH_MS 60000
#define CART_AGE_S (30 * 86400)
#define ORDER_AGE_S (14 * 86400)
#define REGION_AGE_S (365 * 86400)

static const char regions_path[] =
    "/store/regions?limit=64&fields=id,name,currency_code,*countries";

static const char *cookie_name(const struct app *app, const char *plain, char out[32])
{
    snprintf(out, 32, "%s%s", app->settings.secure ? "__Host-" : "", plain);
    return out;
}

static void read_token(const struct app *app, const struct request *rq, const char *cookie,
                       const char *prefix, char id[VISIT_ID_MAX + 1], int64_t *number)
{
    char name[32], text[TOKEN_MAX];
    id[0] = '\0';
    if (request_cookie(rq, cookie_name(app, cookie, name), text, sizeof(text)) < 0 ||
        !token_open(text, app->settings.key, prefix, id, number))
        *number = 0;
}

const struct region *visit_find_region(const struct visit *v, const char *id)
{
    for (size_t i = 0; i < v->region_count; i++)
        if (strcmp(v->regions[i].id, id) == 0)
            return &v->regions[i];
    return NULL;
}

/* The visitor's choice, else the region of the shop's own country, else the first. */
static void choose_region(struct visit *v, const struct app *app, const struct request *rq)
{
    char name[32], id[VISIT_ID_MAX + 1];
    if (request_cookie(rq, cookie_name(app, "sw_region", name), id, sizeof(id)) == 0)
        v->region = visit_find_region(v, id);
    for (size_t i = 0; !v->region && i < v->region_count; i++)
        if (shop_region_has(&v->regions[i], app->settings.country))
            v->region = &v->regions[i];
    if (!v->region)
        v->region = &v->regions[0];
}

int visit_begin(struct visit *v, struct app *app, const struct request *rq, struct err *err)
{
    int64_t ignored;
    memset(v, 0, sizeof(*v));
    v->deadline = time_mono_ms() + MEDUSA_PAGE_MS;
    read_token(app, rq, "sw_cart", "cart_", v->cart, &v->pieces);
    read_token(app, rq, "sw_order", "order_", v->order, &ignored);
    if (medusa_get_list(app->medusa, regions_path, "regions", REGIONS_FRESH_MS, v->deadline,
                        &v->answer, err) < 0 ||
        shop_regions(v->answer.json, v->regions, &v->region_count, err) < 0)
        return -1;
    choose_region(v, app, rq);
    return 0;
}

void visit_clear(struct visit *v)
{
    if (v)
        answer_clear(&v->answer);
}

static void set_cookie(const struct app *app, struct reply *re, const char *plain,
                       const char *value, int age_s)
{
    char name[32];
    reply_cookie(re, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                 cookie_name(app, plain, name), value, age_s,
                 app->settings.secure ? "; Secure" : "");
}

void visit_keep_cart(struct visit *v, const struct app *app, struct reply *re,
                     const struct cart *cart)
{
    char token[TOKEN_MAX];
    int64_t pieces = cart->pieces < TOKEN_NUMBER_MAX ? cart->pieces : TOKEN_NUMBER_MAX;
    if (strcmp(v->cart, cart->id) == 0 && v->pieces == pieces)
        return;
    snprintf(v->cart, sizeof(v->cart), "%s", cart->id);
    v->pieces = pieces;
    token_make(cart->id, pieces, app->settings.key, token, sizeof(token));
    set_cookie(app, re, "sw_cart", token, CART_AGE_S);
}

void visit_forget_cart(struct visit *v, const struct app *app, struct reply *re)
{
    v->cart[0] = '\0';
    v->pieces = 0;
    set_cookie(app, re, "sw_cart", "", 0);
}

void visit_keep_order(const struct app *app, struct reply *re, const char *order_id)
{
    char token[TOKEN_MAX];
    token_make(order_id, 0, app->settings.key, token, sizeof(token));
    set_cookie(app, re, "sw_order", token, ORDER_AGE_S);
}

void visit_keep_region(const struct app *app, struct reply *re, const struct region *region)
{
    set_cookie(app, re, "sw_region", region->id, REGION_AGE_S);
}
