/* The checkout's first two steps: who and where to, then how it is sent and paid. Each is a page of
 * its own with one form, so that it works without scripts and can be gone back to. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/mem.h"
#include "base/str.h"
#include "checkout.h"
#include "page.h"
#include "web/form.h"
#include "web/session.h"

static const struct form_field address_fields[] = {
    FORM_FIELD("email", "EMAIL", FORM_TEXT, 254),
    FORM_FIELD("first_name", "FIRST_NAME", FORM_TEXT, 100),
    FORM_FIELD("last_name", "LAST_NAME", FORM_TEXT, 100),
    FORM_FIELD("address_1", "ADDRESS_1", FORM_TEXT, 200),
    FORM_FIELD("address_2", "ADDRESS_2", FORM_TEXT, 200),
    FORM_FIELD("postal_code", "POSTAL_CODE", FORM_TEXT, 20),
    FORM_FIELD("city", "CITY", FORM_TEXT, 100),
    FORM_FIELD("province", "PROVINCE", FORM_TEXT, 100),
    FORM_FIELD("country", "COUNTRY", FORM_TEXT, 2),
    FORM_FIELD("phone", "PHONE", FORM_TEXT, 40),
};
static const struct form address_form = { address_fields,
                                          sizeof(address_fields) / sizeof(address_fields[0]) };

static const struct form_field delivery_fields[] = {
    FORM_FIELD("delivery", "DELIVERY", FORM_TEXT, 64),
    FORM_FIELD("payment", "PAYMENT", FORM_TEXT, 64),
};
static const struct form delivery_form = { delivery_fields, 2 };

int checkout_begin(struct checkout *c, struct app *app, struct request *rq, struct reply *re,
                   struct err *err)
{
    struct err failed = { 0 };
    memset(c, 0, sizeof(*c));
    if (visit_begin(&c->visit, app, rq, err) < 0)
        return -1;
    int r = ask_cart(app, &c->visit, re, &c->answer, &c->cart, &failed);
    if (r < 0 && failed.code != ERR_NOT_FOUND)
        return err_set(err, failed.code, "%s", failed.msg);
    if (r < 0 || c->cart.line_count == 0) {
        reply_redirect(re, "/cart");
        return 0;
    }
    const struct region *own = visit_find_region(&c->visit, c->cart.region_id);
    if (own)
        c->visit.region = own;
    c->open = true;
    csrf_offer(rq, re, app->settings.secure);
    return 0;
}

void checkout_clear(struct checkout *c)
{
    answer_clear(&c->answer);
    visit_clear(&c->visit);
}

bool checkout_has_address(const struct cart *cart)
{
    return *cart->email && *cart->address.address_1 && *cart->address.country;
}

/* As far as a machine can tell: what a mail server would not even take is refused. */
static bool is_email(const char *s)
{
    const char *at = strchr(s, '@');
    if (!at || at == s || strchr(at + 1, '@') || strlen(s) > 254)
        return false;
    for (const char *p = s; *p; p++)
        if ((unsigned char)*p <= ' ' || strchr("<>(),;:\"\\", *p))
            return false;
    const char *dot = strrchr(at, '.');
    return dot && dot > at + 1 && dot[1] && !strstr(at, "..");
}

static void need(struct form_input *in, const char *name, const char *message)
{
    if (!*form_value(in, name))
        form_fail(in, name, message);
}

static void check_address(struct form_input *in, const struct region *region)
{
    need(in, "email", "Please give your e-mail address.");
    if (*form_value(in, "email") && !is_email(form_value(in, "email")))
        form_fail(in, "email", "That is not an e-mail address. It looks like name@example.com.");
    need(in, "first_name", "Please give your first name.");
    need(in, "last_name", "Please give your last name.");
    need(in, "address_1", "Please give the street and the number.");
    need(in, "city", "Please give the town.");
    const char *country = form_value(in, "country");
    if (!shop_region_has(region, country))
        form_fail(in, "country", "Please choose a country that the shop sends to.");
    /* Countries whose addresses often have none. */
    static const char *const without[] = { "ae", "hk", "ie" };
    bool optional = false;
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
        optional |= str_eq(country, without[i]);
    if (!optional)
        need(in, "postal_code", "Please give the postal code.");
    for (size_t i = 0; i < in->form->count; i++)
        if (str_has_control(in->values[i]))
            form_fail(in, in->form->fields[i].name, "Please write it in one line.");
}

static void prefill(struct form_input *in, const struct app *app, const struct cart *cart,
                    const struct region *region)
{
    const struct address *a = &cart->address;
    form_begin(in, &address_form);
    const struct {
        const char *name, *value;
    } known[] = {
        { "email", cart->email },      { "first_name", a->first_name },
        { "last_name", a->last_name }, { "address_1", a->address_1 },
        { "address_2", a->address_2 }, { "postal_code", a->postal_code },
        { "city", a->city },           { "province", a->province },
        { "country", a->country },     { "phone", a->phone },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        form_set(in, known[i].name, known[i].value);
    if (!*a->country && shop_region_has(region, app->settings.country))
        form_set(in, "country", app->settings.country);
}

static int show_address(struct app *app, struct checkout *c, struct request *rq, struct reply *re,
                        const struct form_input *in, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    struct country countries[SHOP_COUNTRIES_MAX];
    size_t n = shop_countries(c->visit.region, countries);
    page_begin(&p, app, &c->visit, rq, "Your address", "checkout-address.tpl");
    page_hide(&p);
    form_show(in, p.body);
    for (size_t i = 0; i < n; i++) {
        struct tpl_dict *d = tpl_section(p.body, "COUNTRY_OPTION");
        tpl_set(d, "COUNTRY_CODE", countries[i].code);
        tpl_set(d, "COUNTRY_NAME", countries[i].name);
        tpl_show(d, "COUNTRY_CHOSEN", str_eq(countries[i].code, form_value(in, "country")));
    }
    page_lines(p.body, app, &c->cart);
    page_totals(p.body, &c->cart);
    return page_end(&p, app, re, err);
}

int checkout_address(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c;
    CLEANUP(form_clear) struct form_input in = { 0 };
    if (checkout_begin(&c, app, rq, re, err) < 0 || !c.open)
        return c.open || err->code ? -1 : 0;
    prefill(&in, app, &c.cart, c.visit.region);
    return show_address(app, &c, rq, re, &in, err);
}

static json_t *address_json(const struct form_input *in)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "first_name",
                     form_value(in, "first_name"), "last_name", form_value(in, "last_name"),
                     "address_1", form_value(in, "address_1"), "address_2",
                     form_value(in, "address_2"), "postal_code", form_value(in, "postal_code"),
                     "city", form_value(in, "city"), "province", form_value(in, "province"),
                     "country_code", form_value(in, "country"), "phone", form_value(in, "phone"));
}

int checkout_save_address(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c;
    CLEANUP(form_clear) struct form_input in = { 0 };
    CLEANUP(answer_clear) struct answer answer = { 0 };
    if (checkout_begin(&c, app, rq, re, err) < 0 || !c.open)
        return c.open || err->code ? -1 : 0;
    if (form_read(&in, &address_form, &rq->form, err) < 0)
        return -1;
    check_address(&in, c.visit.region);
    if (form_failed(&in)) {
        re->status = 422;
        return show_address(app, &c, rq, re, &in, err);
    }
    struct err failed = { 0 };
    CLEANUP_FREE char *path = str_printf("/store/carts/%s", c.cart.id);
    json_t *body =
        json_pack("{s:s, s:o, s:o}", "email", form_value(&in, "email"), "shipping_address",
                  address_json(&in), "billing_address", address_json(&in));
    if (medusa_send(app->medusa, "POST", path, body, c.visit.deadline, &answer, &failed) == 0) {
        reply_redirect(re, "/checkout/delivery");
        return 0;
    }
    if (failed.code != ERR_CONFLICT)
        return err_set(err, failed.code, "%s", failed.msg);
    form_fail(&in, "address_1", "The shop could not take this address. Please check it.");
    re->status = 422;
    return show_address(app, &c, rq, re, &in, err);
}

/* Delivery and payment ------------------------------------------------------------------------- */

struct offers {
    struct answer delivery_answer, payment_answer;
    struct choice delivery[SHOP_CHOICES_MAX], payment[SHOP_CHOICES_MAX];
    size_t delivery_count, payment_count;
};

static void offers_clear(struct offers *o)
{
    answer_clear(&o->delivery_answer);
    answer_clear(&o->payment_answer);
}

static int ask_offers(struct app *app, const struct checkout *c, struct offers *o, struct err *err)
{
    CLEANUP_FREE char *delivery = str_printf("/store/shipping-options?cart_id=%s", c->cart.id);
    CLEANUP_FREE char *payment =
        str_printf("/store/payment-providers?region_id=%s", c->visit.region->id);
    if (medusa_get(app->medusa, delivery, c->visit.deadline, &o->delivery_answer, err) < 0 ||
        shop_delivery(o->delivery_answer.json, c->cart.currency, o->delivery, &o->delivery_count,
                      err) < 0 ||
        medusa_get(app->medusa, payment, c->visit.deadline, &o->payment_answer, err) < 0 ||
        shop_payment(o->payment_answer.json, o->payment, &o->payment_count, err) < 0)
        return -1;
    return 0;
}

/* Medusa's built-in provider takes the order without a payment on line. Every other provider has a
 * page or a script of its own, which this storefront does not have. */
static bool is_payable(const struct choice *payment)
{
    return str_eq(payment->id, "pp_system_default");
}

static const struct choice *find_choice(const struct choice *list, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].id, id))
            return &list[i];
    return NULL;
}

/* "pp_stripe_stripe" → "Stripe" */
static void provider_name(const char *id, char *out, size_t n)
{
    const char *name = str_starts(id, "pp_") ? id + 3 : id;
    snprintf(out, n, "%.*s", (int)strcspn(name, "_"), name);
    out[0] = (char)toupper((unsigned char)out[0]);
}

static void fill_delivery(struct tpl_dict *d, const struct offers *o, const char *chosen)
{
    for (size_t i = 0; i < o->delivery_count; i++) {
        const struct choice *one = &o->delivery[i];
        struct tpl_dict *s = tpl_section(d, "DELIVERY_CHOICE");
        tpl_set(s, "CHOICE_ID", one->id);
        tpl_set(s, "CHOICE_NAME", one->name);
        tpl_set(s, "CHOICE_DETAIL", one->detail);
        if (one->price.known && one->price.amount == 0)
            tpl_set(s, "CHOICE_PRICE", "Free");
        else if (one->price.known)
            page_money(s, "CHOICE_PRICE", true, one->price.amount, one->price.currency);
        else
            tpl_set(s, "CHOICE_PRICE", "Shown in the next step");
        tpl_show(s, "CHOICE_CHOSEN", str_eq(chosen, one->id) || (i == 0 && !*chosen));
    }
    tpl_show(d, "NO_DELIVERY", o->delivery_count == 0);
}

static void fill_payment(struct tpl_dict *d, const struct offers *o)
{
    bool payable = false;
    for (size_t i = 0; i < o->payment_count; i++) {
        char name[64];
        provider_name(o->payment[i].id, name, sizeof(name));
        if (is_payable(&o->payment[i])) {
            payable = true;
            tpl_set(tpl_section(d, "PAYMENT_CHOICE"), "CHOICE_ID", o->payment[i].id);
        } else {
            tpl_set(tpl_section(d, "PAYMENT_ELSEWHERE"), "PROVIDER_NAME", name);
        }
    }
    tpl_show(d, "NO_PAYMENT", !payable);
    tpl_show(d, "GO_ON", payable && o->delivery_count > 0);
}

static int show_delivery(struct app *app, struct checkout *c, struct request *rq, struct reply *re,
                         const struct offers *o, const struct form_input *in, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    page_begin(&p, app, &c->visit, rq, "Delivery and payment", "checkout-delivery.tpl");
    page_hide(&p);
    form_show(in, p.body);
    const char *typed = form_value(in, "delivery");
    fill_delivery(p.body, o, *typed ? typed : c->cart.shipping_option);
    fill_payment(p.body, o);
    page_address(p.body, &c->visit, &c->cart.address, c->cart.region_id);
    tpl_set(p.body, "EMAIL", c->cart.email);
    page_lines(p.body, app, &c->cart);
    page_totals(p.body, &c->cart);
    return page_end(&p, app, re, err);
}

static int begin_delivery(struct checkout *c, struct app *app, struct request *rq, struct reply *re,
                          struct offers *o, struct err *err)
{
    if (checkout_begin(c, app, rq, re, err) < 0)
        return -1;
    if (c->open && !checkout_has_address(&c->cart)) {
        c->open = false;
        reply_redirect(re, "/checkout");
    }
    return c->open ? ask_offers(app, c, o, err) : 0;
}

int checkout_delivery(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c;
    CLEANUP(offers_clear) struct offers o = { 0 };
    CLEANUP(form_clear) struct form_input in = { 0 };
    if (begin_delivery(&c, app, rq, re, &o, err) < 0)
        return -1;
    if (!c.open)
        return 0;
    form_begin(&in, &delivery_form);
    return show_delivery(app, &c, rq, re, &o, &in, err);
}

/* Each of the three may be repeated: the method replaces the one before, a cart has one payment
 * collection, and a collection one session of a provider. */
static int save_delivery(struct app *app, const struct checkout *c, const char *delivery,
                         const char *payment, struct answer *answer, struct err *err)
{
    CLEANUP_FREE char *methods = str_printf("/store/carts/%s/shipping-methods", c->cart.id);
    if (medusa_send(app->medusa, "POST", methods, json_pack("{s:s}", "option_id", delivery),
                    c->visit.deadline, answer, err) < 0)
        return -1;
    answer_clear(answer);
    if (medusa_send(app->medusa, "POST", "/store/payment-collections",
                    json_pack("{s:s}", "cart_id", c->cart.id), c->visit.deadline, answer, err) < 0)
        return -1;
    const char *id = shop_text(json_object_get(answer->json, "payment_collection"), "id");
    if (!shop_is_id(id, "pay_col_"))
        return err_set(err, ERR_UNAVAILABLE,
                       "the shop's API answered without a payment collection");
    CLEANUP_FREE char *sessions = str_printf("/store/payment-collections/%s/payment-sessions", id);
    answer_clear(answer);
    return medusa_send(app->medusa, "POST", sessions, json_pack("{s:s}", "provider_id", payment),
                       c->visit.deadline, answer, err);
}

int checkout_save_delivery(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(checkout_clear) struct checkout c;
    CLEANUP(offers_clear) struct offers o = { 0 };
    CLEANUP(form_clear) struct form_input in = { 0 };
    CLEANUP(answer_clear) struct answer answer = { 0 };
    if (begin_delivery(&c, app, rq, re, &o, err) < 0)
        return -1;
    if (!c.open)
        return 0;
    if (form_read(&in, &delivery_form, &rq->form, err) < 0)
        return -1;
    const struct choice *delivery =
        find_choice(o.delivery, o.delivery_count, form_value(&in, "delivery"));
    const struct choice *payment =
        find_choice(o.payment, o.payment_count, form_value(&in, "payment"));
    if (!delivery)
        form_fail(&in, "delivery", "Please choose how it is to be sent.");
    if (!payment || !is_payable(payment))
        form_fail(&in, "payment", "Please choose a way to pay that this page offers.");
    struct err failed = { 0 };
    if (delivery && payment && !form_failed(&in)) {
        if (save_delivery(app, &c, delivery->id, payment->id, &answer, &failed) == 0) {
            reply_redirect(re, "/checkout/review");
            return 0;
        }
        if (failed.code != ERR_CONFLICT)
            return err_set(err, failed.code, "%s", failed.msg);
        form_fail(&in, "delivery", "The shop could not take this choice. Please try another.");
    }
    re->status = 422;
    return show_delivery(app, &c, rq, re, &o, &in, err);
}
