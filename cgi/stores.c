/* The list of stores, as a page and as the fragment that keeps it fresh. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "page.h"
#include "view.h"

#define SEARCH_MAX 120 /* code points */

struct list_request {
    struct store_query query;
    const char *status; /* as in the address: "" for all */
};

static int read_list_request(struct list_request *out, const struct request *rq, struct err *err)
{
    *out = (struct list_request) { .query.status = -1 };
    out->query.search = str_or_empty(fields_get(&rq->query, "search"));
    out->status = str_or_empty(fields_get(&rq->query, "status"));
    const char *older = fields_get(&rq->query, "older"), *newer = fields_get(&rq->query, "newer");
    enum store_status status;
    if (*out->status) {
        if (store_status_parse(out->status, &status) < 0)
            return err_set(err, ERR_INVALID, "there is no status \"%s\"", out->status);
        out->query.status = (int)status;
    }
    if (str_utf8_length(out->query.search) > SEARCH_MAX || str_has_control(out->query.search))
        return err_set(err, ERR_INVALID, "a search has at most %d characters, none of control",
                       SEARCH_MAX);
    if ((older && str_to_i64(older, 1, INT64_MAX, &out->query.older_than) < 0) ||
        (newer && str_to_i64(newer, 1, INT64_MAX, &out->query.newer_than) < 0) || (older && newer))
        return err_set(err, ERR_INVALID, "the page of the list is not a valid one");
    return 0;
}

/* "search=...&status=..." for links that keep them; "" when there is neither. */
static void list_address(struct buf *b, const struct list_request *lr, const char *path,
                         const char *status, const char *key, int64_t seq)
{
    const char *glue = "?";
    buf_adds(b, path);
    if (*lr->query.search) {
        buf_addf(b, "%ssearch=", glue);
        fields_encode(b, lr->query.search);
        glue = "&";
    }
    if (*status) {
        buf_addf(b, "%sstatus=%s", glue, status);
        glue = "&";
    }
    if (key)
        buf_addf(b, "%s%s=%lld", glue, key, (long long)seq);
}

static void set_address(struct tpl_dict *d, const char *name, const struct list_request *lr,
                        const char *path, const char *status, const char *key, int64_t seq)
{
    CLEANUP(buf_free) struct buf b = BUF_INIT(4096);
    list_address(&b, lr, path, status, key, seq);
    tpl_set(d, name, buf_text(&b));
}

static void add_filter(struct tpl_dict *d, const struct list_request *lr, const char *status,
                       const char *label, int64_t count)
{
    struct tpl_dict *f = tpl_section(d, "FILTER");
    tpl_set(f, "FILTER_LABEL", label);
    tpl_setf(f, "FILTER_COUNT", "%lld", (long long)count);
    set_address(f, "FILTER_URL", lr, "/stores", status, NULL, 0);
    tpl_show(f, "FILTER_CURRENT", str_eq(status, lr->status));
}

/* All, then each status that some store has (or that is asked for). */
static void fill_filters(struct tpl_dict *d, const struct list_request *lr,
                         const struct status_counts *counts)
{
    int64_t living = 0;
    for (int i = 0; i < STORE_STATUS_COUNT; i++)
        if (i != STORE_DELETED)
            living += counts->of[i];
    add_filter(d, lr, "", "All", living);
    for (int i = 0; i < STORE_STATUS_COUNT; i++) {
        const char *name = store_status_name((enum store_status)i);
        if (counts->of[i] || str_eq(name, lr->status))
            add_filter(d, lr, name, status_words((enum store_status)i)->label, counts->of[i]);
    }
    tpl_show(d, "NO_STORES", living == 0 && !*lr->status && !*lr->query.search);
}

static void fill_pager(struct tpl_dict *d, const struct list_request *lr,
                       const struct store_page *page)
{
    if (page->count == 0 || (!page->has_newer && !page->has_older))
        return;
    struct tpl_dict *pager = tpl_section(d, "PAGER");
    if (page->has_newer)
        set_address(tpl_section(pager, "NEWER"), "NEWER_URL", lr, "/stores", lr->status, "newer",
                    page->items[0].seq);
    if (page->has_older)
        set_address(tpl_section(pager, "OLDER"), "OLDER_URL", lr, "/stores", lr->status, "older",
                    page->items[page->count - 1].seq);
}

static bool any_moves(const struct status_counts *counts)
{
    for (int i = 0; i < STORE_STATUS_COUNT; i++)
        if (counts->of[i] && store_status_is_moving((enum store_status)i))
            return true;
    return false;
}

/* Everything inside the part of the page that is kept fresh. */
static int fill_list(struct tpl_dict *d, struct app *app, const struct request *rq, bool *moving,
                     struct err *err)
{
    struct list_request lr;
    struct status_counts counts;
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    struct actor who = app_actor(app, rq);
    if (read_list_request(&lr, rq, err) < 0 ||
        service_list(&app->service, &who, &lr.query, &page, err) < 0 ||
        service_counts(&app->service, &who, &counts, err) < 0)
        return -1;
    const char *query = strchr(rq->target, '?');
    tpl_setf(d, "FRAGMENT_URL", "/fragments/stores%s", query ? query : "");
    tpl_set(d, "SEARCH", lr.query.search);
    tpl_set(d, "STATUS", lr.status);
    tpl_show(d, "NO_MATCH", page.count == 0 && (*lr.query.search || *lr.status || rq->query.count));
    tpl_show(d, "SEARCHED", *lr.query.search || *lr.status);
    fill_filters(d, &lr, &counts);
    fill_pager(d, &lr, &page);
    struct tpl_dict *table = page.count ? tpl_section(d, "TABLE") : NULL;
    for (size_t i = 0; i < page.count; i++)
        view_store(tpl_section(table, "ROW"), app, &page.items[i]);
    *moving = any_moves(&counts);
    view_pulse(d, *moving);
    return 0;
}

int stores_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    bool moving = false, unchanged = false;
    if (page_unchanged(app, rq, re, &unchanged, err) < 0 || unchanged)
        return unchanged ? 0 : -1;
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, "Stores", "stores.tpl", err) < 0 ||
        fill_list(p.body, app, rq, &moving, err) < 0)
        return -1;
    tpl_include(p.body, "LIVE", "stores-live.tpl");
    if (moving)
        page_refresh(&p);
    return page_end(&p, app, re, err);
}

int stores_fragment(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    bool moving = false, unchanged = false;
    if (page_unchanged(app, rq, re, &unchanged, err) < 0 || unchanged)
        return unchanged ? 0 : -1;
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_fragment(&p, app, "stores-live.tpl", err) < 0 ||
        fill_list(p.body, app, rq, &moving, err) < 0)
        return -1;
    tpl_show(p.body, "MAY_CREATE", rq->role >= ROLE_MEMBER);
    return page_end(&p, app, re, err);
}
