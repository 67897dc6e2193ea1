/* What browsers, search engines and the cluster ask for besides pages. */
#include <string.h>

#include "app.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "shop.h"
#include "web/reply.h"

#define MAP_PAGE 500 /* products asked for at once */
#define MAP_PAGES 10 /* a map lists at most 5,000 products */
#define MAP_FRESH_MS 600000
#define YEAR_S 31536000
#define MAP_KEPT_S 600

int site_theme(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    (void)rq, (void)err;
    re->content_type = "text/css; charset=utf-8";
    re->keep_s = YEAR_S; /* its address changes with its content */
    return buf_add(&re->body, buf_text(&app->theme), app->theme.len);
}

/* Says that this program runs, and nothing of the shop. */
int site_health(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    (void)ctx, (void)rq, (void)err;
    re->content_type = "text/plain; charset=utf-8";
    return buf_adds(&re->body, "OK\n");
}

int site_robots(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    (void)rq, (void)err;
    re->content_type = "text/plain; charset=utf-8";
    re->keep_s = MAP_KEPT_S;
    return buf_addf(&re->body,
                    "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /order\n"
                    "Disallow: /region\nDisallow: /app\nDisallow: /admin\nDisallow: /auth\n"
                    "Disallow: /store/\n\nSitemap: %s/sitemap.xml\n",
                    app->settings.store_url);
}

static void add_url(struct buf *out, const struct app *app, const char *prefix, const char *handle)
{
    buf_addf(out, "<url><loc>%s%s", app->settings.store_url, prefix);
    fields_encode(out, handle);
    buf_adds(out, "</loc></url>\n");
}

/* Appends what the list holds; gives its size. */
static int add_list(struct app *app, struct buf *out, const char *path, const char *list,
                    const char *prefix, int64_t deadline, size_t *size, struct err *err)
{
    CLEANUP(answer_clear) struct answer answer = { 0 };
    if (medusa_get_list(app->medusa, path, list, MAP_FRESH_MS, deadline, &answer, err) < 0)
        return -1;
    const json_t *items = json_object_get(answer.json, list);
    *size = json_array_size(items);
    for (size_t i = 0; i < *size; i++) {
        const char *handle = shop_text(json_array_get(items, i), "handle");
        if (*handle)
            add_url(out, app, prefix, handle);
    }
    return 0;
}

int site_map(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    (void)rq;
    int64_t deadline = time_mono_ms() + MEDUSA_PAGE_MS;
    size_t size = MAP_PAGE;
    re->content_type = "application/xml; charset=utf-8";
    re->keep_s = MAP_KEPT_S;
    buf_adds(&re->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    add_url(&re->body, app, "/", "");
    for (int page = 0; page < MAP_PAGES && size == MAP_PAGE; page++) {
        CLEANUP_FREE char *path = str_printf("/store/products?limit=%d&offset=%d&fields=handle",
                                             MAP_PAGE, page * MAP_PAGE);
        if (add_list(app, &re->body, path, "products", "/products/", deadline, &size, err) < 0)
            return -1;
    }
    if (add_list(app, &re->body, "/store/product-categories?limit=100&fields=handle",
                 "product_categories", "/categories/", deadline, &size, err) < 0 ||
        add_list(app, &re->body, "/store/collections?limit=100&fields=handle", "collections",
                 "/collections/", deadline, &size, err) < 0)
        return -1;
    return buf_adds(&re->body, "</urlset>\n");
}
