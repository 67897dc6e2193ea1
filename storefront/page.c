#include "page.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "money.h"

#define PATH_MAX_BYTES ((size_t)4096)
#define DESCRIPTION_MAX 200 /* code points shown by search engines */
#define NAVIGATION_MAX 8
#define VERSIONS_MAX 8
#define TINTS 6
#define GROUPS_FRESH_MS 30000

void page_path(struct tpl_dict *d, const char *name, const char *prefix, const char *handle)
{
    CLEANUP(buf_free) struct buf b = BUF_INIT(PATH_MAX_BYTES);
    buf_adds(&b, prefix);
    fields_encode(&b, handle);
    tpl_set(d, name, buf_text(&b));
}

char *page_currency(const char *currency, char out[4])
{
    size_t n = 0;
    for (; n < 3 && currency[n]; n++)
        out[n] = (char)toupper((unsigned char)currency[n]);
    out[n] = '\0';
    return out;
}

static void show_visit(struct tpl_dict *frame, const struct visit *v)
{
    struct tpl_dict *d = tpl_section(frame, "VISIT");
    tpl_setf(d, "CART_PIECES", "%lld", (long long)v->pieces);
    tpl_show(d, "CART_FILLED", v->pieces > 0);
    tpl_set(d, "REGION_NAME", v->region->name);
    char code[4];
    tpl_set(d, "REGION_CURRENCY", page_currency(v->region->currency, code));
}

void page_begin(struct page *p, const struct app *app, const struct visit *v,
                const struct request *rq, const char *title, const char *file)
{
    p->frame = tpl_dict_new();
    p->body = tpl_include(p->frame, "BODY", file);
    tpl_set(p->frame, "TITLE", title);
    tpl_show(p->frame, "TITLED", *title != '\0');
    tpl_show(p->frame, "UNTITLED", *title == '\0');
    tpl_set(p->frame, "SHOP", app->settings.title);
    tpl_set(p->frame, "CSS_URL", app->css_url);
    tpl_set(p->frame, "JS_URL", app->js_url);
    tpl_set(p->frame, "ICON_URL", app->icon_url);
    tpl_set(p->frame, "THEME_URL", app->theme_url);
    tpl_set(p->frame, "CSRF", rq->csrf);
    const char *search = fields_get(&rq->query, "q");
    tpl_set(p->frame, "SEARCH", search && strlen(search) <= DESCRIPTION_MAX ? search : "");
    if (v)
        show_visit(p->frame, v);
}

/* Uploads carry the shop's own address; without it they are found by whatever name it is called. */
static const char *local_url(const struct app *app, const char *url)
{
    const char *own = app->settings.store_url;
    if (str_starts(url, own) && url[strlen(own)] == '/')
        url += strlen(own);
    bool local = url[0] == '/' && url[1] != '/';
    return local || str_starts(url, "https://") || str_starts(url, "http://") ? url : "";
}

void page_describe(struct page *p, const struct app *app, const char *path, const char *text,
                   const char *image)
{
    struct tpl_dict *d = tpl_section(p->frame, "DESCRIBED");
    CLEANUP_FREE char *cut = str_dup(text);
    for (char *c = cut; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    if (strlen(cut) > DESCRIPTION_MAX) {
        cut[DESCRIPTION_MAX] = '\0';
        str_utf8_cut(cut);
    }
    tpl_setf(d, "CANONICAL", "%s%s", app->settings.store_url, path);
    if (*cut)
        tpl_set(tpl_section(d, "SUMMARY_TEXT"), "DESCRIPTION", cut);
    image = local_url(app, image);
    if (*image == '/')
        tpl_setf(tpl_section(d, "IMAGE"), "IMAGE_URL", "%s%s", app->settings.store_url, image);
    else if (*image)
        tpl_set(tpl_section(d, "IMAGE"), "IMAGE_URL", image);
}

void page_hide(struct page *p)
{
    tpl_show(p->frame, "HIDDEN", true);
}

/* What the navigation is made of. */
static const struct navigation {
    const char *path, *list, *title, *prefix;
} navigation[] = {
    { "/store/product-categories?limit=100&fields=id,name,handle&parent_category_id=null",
      "product_categories", "name", "/categories/" },
    { "/store/collections?limit=100&fields=id,title,handle", "collections", "title",
      "/collections/" },
};
#define NAVIGATIONS (sizeof(navigation) / sizeof(navigation[0]))

static size_t add_groups(struct tpl_dict *frame, struct app *app, const struct visit *v,
                         const struct navigation *n, size_t room)
{
    CLEANUP(answer_clear) struct answer answer = { 0 };
    struct group groups[SHOP_GROUPS_MAX];
    size_t count = 0, shown = 0;
    if (medusa_get_list(app->medusa, n->path, n->list, GROUPS_FRESH_MS, v->deadline, &answer,
                        NULL) < 0 ||
        shop_groups(answer.json, n->list, n->title, groups, &count, NULL) < 0)
        return 0;
    for (; shown < count && shown < room; shown++) {
        struct tpl_dict *d = tpl_section(frame, "GROUP");
        page_path(d, "GROUP_URL", n->prefix, groups[shown].handle);
        tpl_set(d, "GROUP_TITLE", groups[shown].title);
    }
    return shown;
}

void page_navigation(struct page *p, struct app *app, const struct visit *v)
{
    size_t used = 0;
    for (size_t i = 0; i < NAVIGATIONS; i++)
        used += add_groups(p->frame, app, v, &navigation[i], NAVIGATION_MAX - used);
    tpl_show(p->frame, "GROUPS", used > 0);
}

int page_end(struct page *p, const struct app *app, struct reply *re, struct err *err)
{
    /* Pictures may lie wherever the shop's admin has put them. */
    re->image_sources = "'self' https:";
    return tpl_render(app->tpl, "frame.tpl", p->frame, &re->body, err);
}

void page_clear(struct page *p)
{
    if (p->frame)
        tpl_dict_free(p->frame);
    p->frame = NULL;
}

bool page_unchanged(struct app *app, const struct visit *v, const struct request *rq,
                    struct reply *re, const char *const versions[])
{
    struct answer groups[NAVIGATIONS] = { 0 };
    char pieces[24];
    snprintf(pieces, sizeof(pieces), "%lld", (long long)v->pieces);
    const char *parts[16 + VERSIONS_MAX + NAVIGATIONS] = {
        tpl_fingerprint(app->tpl),
        app->css_url,
        app->js_url,
        app->theme_url,
        app->settings.title,
        app->mark,
        rq->target,
        rq->csrf,
        pieces,
        v->region->id,
        v->region->name,
        v->region->currency,
    };
    size_t n = 12;
    for (size_t i = 0; versions[i] && i < VERSIONS_MAX; i++)
        parts[n++] = versions[i];
    for (size_t i = 0; i < NAVIGATIONS; i++)
        if (medusa_get_list(app->medusa, navigation[i].path, navigation[i].list, GROUPS_FRESH_MS,
                            v->deadline, &groups[i], NULL) == 0)
            parts[n++] = groups[i].held->version;
    bool unchanged = reply_unchanged(re, rq, parts);
    for (size_t i = 0; i < NAVIGATIONS; i++)
        answer_clear(&groups[i]);
    return unchanged;
}

/* What a visitor is told; the log has the particulars. */
static const struct {
    int status;
    const char *heading, *advice;
} words[] = {
    { 400, "That request could not be read", "Please go back and try once more." },
    { 403, "That form has expired",
      "Load the page again and send it once more. Cookies have to be allowed for a cart." },
    { 404, "There is no such page", "It may have been moved, or the product is no longer sold." },
    { 405, "That cannot be done here", "Please start again from the shop." },
    { 409, "That is not possible now", "Please look at your cart and try again." },
    { 413, "That was too much", "What was sent is larger than this shop takes." },
    { 415, "That form cannot be read", "Please use the forms of the shop." },
    { 429, "That was a lot at once", "Please wait a minute and try again." },
    { 503, "The shop is being restarted",
      "It will be back in a moment. Your cart is kept. Please try again shortly." },
};

void page_refuse(void *ctx, struct request *rq, struct reply *re, const struct err *err)
{
    struct app *app = ctx;
    (void)err;
    size_t i = 0, last = sizeof(words) / sizeof(words[0]) - 1;
    while (i < last && words[i].status != re->status)
        i++;
    CLEANUP(page_clear) struct page p = { 0 };
    page_begin(&p, app, NULL, rq, words[i].heading, "error.tpl");
    tpl_set(p.body, "HEADING", words[i].heading);
    page_hide(&p);
    tpl_set(p.body, "ADVICE", words[i].advice);
    tpl_set(p.body, "REFERENCE", rq->id);
    tpl_show(p.body, "AGAIN", re->status == 503 && rq->method != METHOD_POST);
    tpl_set(p.body, "AGAIN_URL", rq->target && reply_is_local_path(rq->target) ? rq->target : "/");
    if (re->status == 503 && re->retry_after_ms == 0)
        re->retry_after_ms = 3000;
    struct err failed = { 0 };
    if (page_end(&p, app, re, &failed) < 0) {
        buf_reset(&re->body);
        re->content_type = "text/plain; charset=utf-8";
        buf_addf(&re->body, "%s. %s\n", words[i].heading, words[i].advice);
    }
}

void page_money(struct tpl_dict *d, const char *name, bool known, double amount,
                const char *currency)
{
    char text[MONEY_MAX] = "";
    tpl_set(d, name, known ? money_format(amount, currency, text) : "");
}

static void row(struct tpl_dict *d, const char *section, const char *name, bool show, double amount,
                const char *currency)
{
    if (show)
        page_money(tpl_section(d, section), name, true, amount, currency);
}

void page_totals(struct tpl_dict *d, const struct cart *cart)
{
    struct tpl_dict *s = tpl_include(d, "SUMMARY", "summary.tpl");
    page_money(s, "ITEMS_TOTAL", true, cart->items_total, cart->currency);
    row(s, "SHIPPING", "SHIPPING_TOTAL", *cart->shipping_name != '\0', cart->shipping_total,
        cart->currency);
    row(s, "DISCOUNT", "DISCOUNT_TOTAL", cart->discount_total > 0, cart->discount_total,
        cart->currency);
    row(s, "TAX", "TAX_TOTAL", cart->tax_total > 0, cart->tax_total, cart->currency);
    page_money(s, "TOTAL", true, cart->total, cart->currency);
}

void page_picture(struct tpl_dict *d, const struct app *app, const char *url, const char *title)
{
    url = local_url(app, url);
    if (*url) {
        tpl_set(tpl_section(d, "PICTURE"), "PICTURE_URL", url);
        return;
    }
    /* The first letter of the name, on one of a few grounds. */
    size_t n = 1;
    while (title[0] && ((unsigned char)title[n] & 0xc0) == 0x80)
        n++;
    char letter[8];
    snprintf(letter, sizeof(letter), "%.*s", n < 5 ? (int)n : 4, title);
    if (n == 1)
        letter[0] = (char)toupper((unsigned char)letter[0]);
    unsigned sum = 0;
    for (const char *c = title; *c; c++)
        sum = sum * 31 + (unsigned char)*c;
    struct tpl_dict *none = tpl_section(d, "NO_PICTURE");
    tpl_set(none, "LETTER", letter);
    tpl_setf(none, "TINT", "%u", sum % TINTS);
}

void page_lines(struct tpl_dict *d, const struct app *app, const struct cart *cart)
{
    for (size_t i = 0; i < cart->line_count; i++) {
        struct line line;
        shop_line(cart, i, &line);
        struct tpl_dict *l = tpl_include(d, "LINES", "line.tpl");
        tpl_set(l, "LINE_TITLE", line.title);
        tpl_set(l, "LINE_VARIANT", line.variant);
        tpl_setf(l, "LINE_QUANTITY", "%lld", (long long)line.quantity);
        page_money(l, "LINE_TOTAL", true, line.total, cart->currency);
        page_picture(l, app, line.thumbnail, line.title);
    }
}

static void address_line(struct tpl_dict *d, const char *one, const char *two)
{
    if (!*one && !*two)
        return;
    tpl_setf(tpl_section(d, "ADDRESS_LINE"), "ADDRESS_TEXT", "%s%s%s", one, *one && *two ? " " : "",
             two);
}

void page_address(struct tpl_dict *d, const struct visit *v, const struct address *a,
                  const char *region_id)
{
    address_line(d, a->first_name, a->last_name);
    address_line(d, a->address_1, "");
    address_line(d, a->address_2, "");
    address_line(d, a->postal_code, a->city);
    address_line(d, a->province, "");
    const struct region *region = visit_find_region(v, region_id);
    struct country countries[SHOP_COUNTRIES_MAX];
    size_t n = region ? shop_countries(region, countries) : 0;
    const char *name = a->country;
    for (size_t i = 0; i < n; i++)
        if (strcmp(countries[i].code, a->country) == 0)
            name = countries[i].name;
    address_line(d, name, "");
    address_line(d, a->phone, "");
}
