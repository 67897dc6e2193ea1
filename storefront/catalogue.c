/* Products: all of them, those of a category or a collection, and those that a search finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/mem.h"
#include "base/str.h"
#include "money.h"
#include "page.h"

#define PER_PAGE 12
#define PAGE_NUMBER_MAX 10000
#define SEARCH_MAX 100 /* code points */
#define ADDRESS_MAX 8192
#define GROUPS_FRESH_MS 30000

/* What is listed. */
struct listing {
    const char *search; /* "" for none */
    const char *prefix; /* "/categories/", or NULL */
    struct group group;
    int64_t page; /* from 1 */
};

static int read_query(struct listing *l, const struct request *rq, struct err *err)
{
    const char *page = fields_get(&rq->query, "page");
    *l = (struct listing) { .search = str_or_empty(fields_get(&rq->query, "q")), .page = 1 };
    if (page && str_to_i64(page, 1, PAGE_NUMBER_MAX, &l->page) < 0)
        return err_set(err, ERR_NOT_FOUND, "there is no page \"%s\"", page);
    if (str_utf8_length(l->search) > SEARCH_MAX || str_has_control(l->search))
        return err_set(err, ERR_INVALID, "a search has at most %d characters", SEARCH_MAX);
    return 0;
}

static void question(struct buf *b, const struct listing *l, const struct visit *v)
{
    buf_addf(b, "/store/products?limit=%d&offset=%lld&region_id=%s", PER_PAGE,
             (long long)(l->page - 1) * PER_PAGE, v->region->id);
    if (*l->search) {
        buf_adds(b, "&q=");
        fields_encode(b, l->search);
    }
    if (l->prefix)
        buf_addf(b, "&%s%%5B%%5D=%s",
                 str_eq(l->prefix, "/categories/") ? "category_id" : "collection_id", l->group.id);
    buf_adds(b, "&fields=id,handle,title,thumbnail,*variants,*variants.calculated_price,"
                "%2Bvariants.inventory_quantity");
}

/* "/categories/shirts?q=…&page=2" */
static void address(struct buf *b, const struct listing *l, int64_t page)
{
    const char *glue = "?";
    buf_adds(b, l->prefix ? l->prefix : "/");
    if (l->prefix)
        fields_encode(b, l->group.handle);
    if (*l->search) {
        buf_addf(b, "%sq=", glue);
        fields_encode(b, l->search);
        glue = "&";
    }
    if (page > 1)
        buf_addf(b, "%spage=%lld", glue, (long long)page);
}

static void link_page(struct tpl_dict *d, const char *section, const char *name,
                      const struct listing *l, int64_t page)
{
    CLEANUP(buf_free) struct buf b = BUF_INIT(ADDRESS_MAX);
    address(&b, l, page);
    tpl_set(tpl_section(d, section), name, buf_text(&b));
}

static void fill_pager(struct tpl_dict *d, const struct listing *l, int64_t total)
{
    int64_t pages = (total + PER_PAGE - 1) / PER_PAGE;
    if (pages <= 1)
        return;
    struct tpl_dict *pager = tpl_section(d, "PAGER");
    tpl_setf(pager, "PAGE", "%lld", (long long)l->page);
    tpl_setf(pager, "PAGES", "%lld", (long long)pages);
    if (l->page > 1)
        link_page(pager, "NEWER", "NEWER_URL", l, l->page - 1);
    if (l->page < pages)
        link_page(pager, "OLDER", "OLDER_URL", l, l->page + 1);
}

static void fill_card(struct tpl_dict *d, const struct app *app, const struct product *p)
{
    page_path(d, "PRODUCT_URL", "/products/", p->handle);
    tpl_set(d, "PRODUCT_TITLE", p->title);
    page_picture(d, app, p->thumbnail, p->title);
    tpl_show(d, "SOLD_OUT", p->sold_out);
    if (!p->lowest.known) {
        tpl_show(d, "NO_PRICE", true);
        return;
    }
    char plain[MONEY_MAX], code[4];
    struct tpl_dict *price = tpl_section(d, "PRICE");
    page_money(price, "PRICE_TEXT", true, p->lowest.amount, p->lowest.currency);
    tpl_set(price, "PRICE_PLAIN", money_plain(p->lowest.amount, p->lowest.currency, plain));
    tpl_set(price, "PRICE_CURRENCY", page_currency(p->lowest.currency, code));
    tpl_show(price, "FROM", p->prices_differ);
    tpl_show(price, "IN_STOCK", !p->sold_out);
    if (p->lowest.original > p->lowest.amount)
        page_money(tpl_section(price, "BEFORE"), "BEFORE_TEXT", true, p->lowest.original,
                   p->lowest.currency);
}

static void fill(struct page *p, const struct app *app, const struct visit *v,
                 const struct listing *l, const struct answer *answer,
                 const struct product *products, size_t count, int64_t total)
{
    struct tpl_dict *d = p->body;
    tpl_set(d, "MARK", app->mark);
    /* What was kept from before says nothing of the shop as it is now. */
    tpl_set(d, "STATE", answer->stale || v->answer.stale ? "kept" : "fresh");
    tpl_set(d, "HEADING", l->prefix ? l->group.title : *l->search ? "Search" : app->settings.title);
    if (*l->search) {
        struct tpl_dict *s = tpl_section(d, "SEARCHED");
        tpl_set(s, "SEARCHED_FOR", l->search);
        tpl_setf(s, "FOUND", "%lld", (long long)total);
        tpl_show(s, "ONE", total == 1);
        tpl_show(s, "MANY", total != 1);
    }
    struct tpl_dict *grid = count ? tpl_section(d, "GRID") : NULL;
    for (size_t i = 0; i < count; i++)
        fill_card(tpl_section(grid, "CARD"), app, &products[i]);
    tpl_show(d, "NOTHING_FOUND", count == 0 && *l->search);
    tpl_show(d, "NOTHING_SOLD", count == 0 && !*l->search);
    fill_pager(d, l, total);
    tpl_show(d, "HOME", !l->prefix && !*l->search && l->page == 1);
}

static int show(struct app *app, struct visit *v, const struct listing *l, struct request *rq,
                struct reply *re, struct err *err)
{
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP(buf_free) struct buf path = BUF_INIT(ADDRESS_MAX), own = BUF_INIT(ADDRESS_MAX);
    CLEANUP_FREE struct product *products = mem_alloc_array(SHOP_PRODUCTS_MAX, sizeof(*products));
    size_t count;
    int64_t total;
    question(&path, l, v);
    if (medusa_get_list(app->medusa, buf_text(&path), "products", app->settings.fresh_ms,
                        v->deadline, &answer, err) < 0 ||
        shop_products(answer.json, products, &count, &total, err) < 0)
        return -1;
    if (count == 0 && l->page > 1)
        return err_set(err, ERR_NOT_FOUND, "there is no page %lld", (long long)l->page);
    const char *versions[] = { answer.held->version, answer.stale ? "kept" : "fresh",
                               v->answer.held->version, NULL };
    CLEANUP(page_clear) struct page p = { 0 };
    page_begin(&p, app, v, rq,
               l->prefix    ? l->group.title
               : *l->search ? "Search"
                            : "",
               "catalogue.tpl");
    page_navigation(&p, app, v);
    if (page_unchanged(app, v, rq, re, versions))
        return 0;
    fill(&p, app, v, l, &answer, products, count, total);
    address(&own, l, l->page);
    page_describe(&p, app, buf_text(&own), "", "");
    if (*l->search)
        page_hide(&p);
    return page_end(&p, app, re, err);
}

int catalogue_home(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(visit_clear) struct visit v;
    struct listing l;
    if (visit_begin(&v, app, rq, err) < 0 || read_query(&l, rq, err) < 0)
        return -1;
    return show(app, &v, &l, rq, re, err);
}

static int show_group(struct app *app, struct request *rq, struct reply *re, const char *path,
                      const char *list, const char *title, const char *prefix, struct err *err)
{
    CLEANUP(visit_clear) struct visit v;
    CLEANUP(answer_clear) struct answer answer = { 0 };
    CLEANUP(buf_free) struct buf asked = BUF_INIT(ADDRESS_MAX);
    struct group groups[SHOP_GROUPS_MAX];
    struct listing l;
    size_t n = 0;
    buf_addf(&asked, "%s?limit=1&fields=id,handle,%s&handle=", path, title);
    fields_encode(&asked, rq->param);
    if (visit_begin(&v, app, rq, err) < 0 || read_query(&l, rq, err) < 0 ||
        medusa_get_list(app->medusa, buf_text(&asked), list, GROUPS_FRESH_MS, v.deadline, &answer,
                        err) < 0 ||
        shop_groups(answer.json, list, title, groups, &n, err) < 0)
        return -1;
    if (n == 0 || !str_eq(groups[0].handle, rq->param))
        return err_set(err, ERR_NOT_FOUND, "the shop has no %s \"%s\"", list, rq->param);
    l.prefix = prefix;
    l.group = groups[0];
    return show(app, &v, &l, rq, re, err);
}

int catalogue_category(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    return show_group(ctx, rq, re, "/store/product-categories", "product_categories", "name",
                      "/categories/", err);
}

int catalogue_collection(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    return show_group(ctx, rq, re, "/store/collections", "collections", "title", "/collections/",
                      err);
}
