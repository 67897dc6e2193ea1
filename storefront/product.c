#include "product.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/str.h"
#include "money.h"
#include "page.h"
#include "web/session.h"

#define FEW 5 /* left in stock: worth a word */

static const char *const option_fields[SHOP_OPTIONS_MAX] = { "option-1", "option-2", "option-3",
                                                             "option-4", "option-5" };

void product_read_choice(struct product_choice *out, const struct fields *fields)
{
    out->variant = fields_get(fields, "variant");
    out->quantity = fields_get(fields, "quantity");
    for (size_t i = 0; i < SHOP_OPTIONS_MAX; i++)
        out->option[i] = fields_get(fields, option_fields[i]);
}

static bool fits(const struct product *p, const struct variant *v,
                 const struct product_choice *choice)
{
    if (!p->by_options)
        return p->variant_count == 1 ? !choice->variant || str_eq(choice->variant, v->id)
                                     : str_eq(choice->variant, v->id);
    for (size_t i = 0; i < p->option_count; i++)
        if (!str_eq(choice->option[i], v->choice[i]))
            return false;
    return true;
}

int product_find_variant(const struct product *p, const struct product_choice *choice,
                         struct variant *out, const char **message)
{
    for (size_t i = 0; i < p->variant_count; i++) {
        shop_variant(p, i, out);
        if (fits(p, out, choice))
            return 0;
    }
    *message = "Please choose what you would like first.";
    for (size_t i = 0; i < p->option_count; i++)
        if (choice->option[i])
            *message = "That combination is not made. Please choose another.";
    return -1;
}

/* Is it one of the values before it? Values come in the order in which variants have them. */
static bool is_repeated(const struct product *p, size_t option, size_t variant, const char *value)
{
    struct variant v;
    for (size_t i = 0; i < variant; i++) {
        shop_variant(p, i, &v);
        if (strcmp(v.choice[option], value) == 0)
            return true;
    }
    return false;
}

static void fill_option(struct tpl_dict *form, const struct product *p, size_t n,
                        const struct product_choice *choice)
{
    struct tpl_dict *d = tpl_section(form, "OPTION");
    size_t values = 0;
    struct tpl_dict *first = NULL;
    tpl_set(d, "OPTION_TITLE", p->options[n].title);
    for (size_t i = 0; i < p->variant_count; i++) {
        struct variant v;
        shop_variant(p, i, &v);
        if (is_repeated(p, n, i, v.choice[n]))
            continue;
        struct tpl_dict *value = tpl_section(d, "VALUE");
        tpl_set(value, "VALUE_FIELD", option_fields[n]);
        tpl_setf(value, "VALUE_ID", "%s-%zu", option_fields[n], ++values);
        tpl_set(value, "VALUE_TEXT", v.choice[n]);
        tpl_show(value, "VALUE_CHOSEN", str_eq(choice->option[n], v.choice[n]));
        first = values == 1 ? value : first;
    }
    /* What leaves no choice is chosen. */
    if (values == 1 && !choice->option[n])
        tpl_show(first, "VALUE_CHOSEN", true);
}

static void stock_text(const struct variant *v, char *out, size_t n)
{
    if (v->stock == 0)
        snprintf(out, n, "Sold out");
    else if (v->stock <= FEW)
        snprintf(out, n, "Only %lld left", (long long)v->stock);
    else
        snprintf(out, n, "In stock");
}

/* All variants with price and stock: for the eyes, for search engines and for the script. */
static void fill_variants(struct tpl_dict *d, const struct product *p)
{
    struct tpl_dict *table = tpl_section(d, "VARIANTS");
    for (size_t i = 0; i < p->variant_count; i++) {
        struct variant v;
        char text[64], plain[MONEY_MAX], code[4];
        shop_variant(p, i, &v);
        struct tpl_dict *row = tpl_section(table, "VARIANT");
        tpl_set(row, "VARIANT_TITLE", v.title);
        stock_text(&v, text, sizeof(text));
        tpl_set(row, "VARIANT_STOCK", text);
        tpl_show(row, "VARIANT_GONE", v.stock == 0);
        page_money(row, "VARIANT_PRICE", v.price.known, v.price.amount, v.price.currency);
        for (size_t n = 0; n < p->option_count; n++) {
            struct tpl_dict *c = tpl_section(row, "VARIANT_CHOICE");
            tpl_set(c, "CHOICE_TEXT", v.choice[n]);
        }
        if (!v.price.known)
            continue;
        struct tpl_dict *offer = tpl_section(row, "OFFER");
        tpl_set(offer, "OFFER_PRICE", money_plain(v.price.amount, v.price.currency, plain));
        tpl_set(offer, "OFFER_CURRENCY", page_currency(v.price.currency, code));
        tpl_show(offer, "OFFER_IN_STOCK", v.stock > 0);
        tpl_show(offer, "OFFER_SOLD_OUT", v.stock == 0);
        if (*v.sku)
            tpl_set(tpl_section(offer, "OFFER_SKU"), "SKU", v.sku);
    }
}

static void fill_choices(struct tpl_dict *form, const struct product *p,
                         const struct product_choice *choice)
{
    for (size_t n = 0; p->by_options && n < p->option_count; n++)
        fill_option(form, p, n, choice);
    if (p->by_options || p->variant_count <= 1)
        return;
    struct tpl_dict *list = tpl_section(form, "VARIANT_LIST");
    for (size_t i = 0; i < p->variant_count; i++) {
        struct variant v;
        shop_variant(p, i, &v);
        struct tpl_dict *one = tpl_section(list, "CHOICE");
        tpl_set(one, "CHOICE_ID", v.id);
        tpl_set(one, "CHOICE_TITLE", v.title);
        tpl_show(one, "CHOICE_CHOSEN", str_eq(choice->variant, v.id));
    }
}

static void fill_price(struct tpl_dict *d, const struct product *p)
{
    if (!p->lowest.known) {
        tpl_show(d, "NO_PRICE", true);
        return;
    }
    struct tpl_dict *price = tpl_section(d, "PRICE");
    page_money(price, "PRICE_TEXT", true, p->lowest.amount, p->lowest.currency);
    tpl_show(price, "FROM", p->prices_differ);
    if (p->lowest.original > p->lowest.amount)
        page_money(tpl_section(price, "BEFORE"), "BEFORE_TEXT", true, p->lowest.original,
                   p->lowest.currency);
}

static void fill_pictures(struct tpl_dict *d, const struct app *app, const struct product *p)
{
    if (p->image_count == 0)
        page_picture(d, app, "", p->title);
    for (size_t i = 0; i < p->image_count; i++) {
        struct tpl_dict *s = tpl_section(d, i == 0 ? "FIRST_PICTURE" : "MORE_PICTURE");
        page_picture(s, app, p->images[i], p->title);
        tpl_setf(s, "PICTURE_NUMBER", "%zu", i + 1);
    }
}

/* Paragraphs are told apart by empty lines, as they were typed into the admin. */
static void fill_description(struct tpl_dict *d, const char *text)
{
    struct tpl_dict *section = *text ? tpl_section(d, "DESCRIPTION") : NULL;
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t n = end ? (size_t)(end - text) : strlen(text);
        CLEANUP_FREE char *one = str_ndup(text, n);
        if (*str_trim(one))
            tpl_set(tpl_section(section, "PARAGRAPH"), "PARAGRAPH_TEXT", one);
        text += n;
        text += strspn(text, "\n");
    }
}

int product_show(struct app *app, struct visit *v, struct request *rq, struct reply *re,
                 const struct product *p, const struct product_choice *choice, const char *problem,
                 struct err *err)
{
    CLEANUP(page_clear) struct page page = { 0 };
    CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    csrf_offer(rq, re, app->settings.secure);
    page_begin(&page, app, v, rq, p->title, "product.tpl");
    page_navigation(&page, app, v);
    buf_adds(&path, "/products/");
    fields_encode(&path, p->handle);
    page_describe(&page, app, buf_text(&path), *p->description ? p->description : p->subtitle,
                  p->thumbnail);
    struct tpl_dict *d = page.body;
    tpl_set(d, "PRODUCT_TITLE", p->title);
    tpl_set(d, "PRODUCT_HANDLE", p->handle);
    if (*p->subtitle)
        tpl_set(tpl_section(d, "SUBTITLE"), "SUBTITLE_TEXT", p->subtitle);
    fill_pictures(d, app, p);
    fill_price(d, p);
    fill_description(d, p->description);
    fill_variants(d, p);
    if (problem)
        tpl_set(tpl_section(d, "PROBLEM"), "PROBLEM_TEXT", problem);
    tpl_show(d, "SOLD_OUT", p->sold_out);
    if (!p->sold_out && p->lowest.known) {
        struct tpl_dict *form = tpl_section(d, "BUY");
        fill_choices(form, p, choice);
        tpl_set(form, "QUANTITY", choice->quantity ? choice->quantity : "1");
    }
    return page_end(&page, app, re, err);
}

int product_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer answer = { 0 };
    struct product p;
    struct product_choice choice = { 0 };
    if (visit_begin(&v, app, rq, err) < 0 || ask_product(app, &v, rq->param, &answer, &p, err) < 0)
        return -1;
    const char *versions[] = { answer.held->version, NULL };
    if (rq->csrf[0] && page_unchanged(app, &v, rq, re, versions))
        return 0;
    return product_show(app, &v, rq, re, &p, &choice, NULL, err);
}
