/* The audit log, for admins: a page with filters, and the same as lines for programs. */
#include <stdio.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "page.h"
#include "store/audit.h"
#include "view.h"

#define FILTER_MAX 200 /* code points */
#define PART_ROWS 1000 /* of a download */
#define PARTS_SHOWN 6
#define DAY_MS INT64_C(86400000)

/* What can be filtered by, and what it is called. What is not listed is shown as it is. */
static const struct {
    const char *action, *title;
} actions[] = {
    { "store", "Everything on stores" },
    { "store.create", "Asked for a store" },
    { "store.retry", "Tried again" },
    { "store.delete", "Asked for deletion" },
    { "store.credentials", "Read credentials" },
    { "store.share", "Shared a store" },
    { "store.unshare", "Ended sharing" },
    { "store.adopt", "Took in a store" },
    { "store.remove", "Removed what belonged to no store" },
    { "fleet", "Everything on what belongs to no store" },
    { "fleet.adopt", "Asked to adopt a namespace" },
    { "fleet.remove", "Asked to remove a namespace" },
    { "account", "Everything on people" },
    { "account.add", "Added an account" },
    { "account.invite", "Invited" },
    { "account.withdraw", "Withdrew an invitation" },
    { "account.accept", "Accepted an invitation" },
    { "account.link", "Made a one-time link" },
    { "account.reset", "Reset the password" },
    { "account.password", "Changed a password" },
    { "account.role", "Changed a role" },
    { "account.limits", "Changed limits" },
    { "account.disable", "Disabled" },
    { "account.enable", "Enabled" },
    { "session", "Everything on sessions" },
    { "session.sign-in", "Signed in" },
    { "session.sign-out", "Signed out" },
    { "session.end", "Ended a session" },
    { "session.end-all", "Signed out everywhere" },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const char *action_title(const char *action)
{
    for (size_t i = 0; i < ACTIONS; i++)
        if (str_eq(actions[i].action, action))
            return actions[i].title;
    return action;
}

struct filter {
    struct audit_query query;
    const char *from, *until; /* days, as in the address */
};

/* "2026-01-31" as its first millisecond, UTC. */
static int read_day(const char *text, int64_t *out, struct err *err)
{
    char whole[40];
    snprintf(whole, sizeof(whole), "%.20sT00:00:00Z", text);
    if (!*text || time_parse_rfc3339(whole, out) == 0)
        return 0;
    return err_set(err, ERR_INVALID, "\"%.40s\" is not a day such as 2026-01-31", text);
}

static const char *query_text(const struct request *rq, const char *name, struct err *err)
{
    const char *text = str_or_empty(fields_get(&rq->query, name));
    if (str_utf8_length(text) > FILTER_MAX)
        err_set(err, ERR_INVALID, "a filter has at most %d characters", FILTER_MAX);
    return text;
}

static int read_filter(struct filter *out, const struct request *rq, struct err *err)
{
    *out = (struct filter) { 0 };
    struct audit_query *q = &out->query;
    struct err failed = { 0 };
    q->actor = query_text(rq, "actor", &failed);
    q->action = query_text(rq, "action", &failed);
    q->object = query_text(rq, "object", &failed);
    q->result = query_text(rq, "result", &failed);
    out->from = query_text(rq, "from", &failed);
    out->until = query_text(rq, "until", &failed);
    if (failed.code != ERR_NONE)
        return err_set(err, failed.code, "%s", failed.msg);
    if (read_day(out->from, &q->from, err) < 0 || read_day(out->until, &q->before, err) < 0)
        return -1;
    if (*out->until)
        q->before += DAY_MS;
    const char *older = fields_get(&rq->query, "older"), *newer = fields_get(&rq->query, "newer");
    if ((older && str_to_i64(older, 1, INT64_MAX, &q->older_than) < 0) ||
        (newer && str_to_i64(newer, 1, INT64_MAX, &q->newer_than) < 0) || (older && newer))
        return err_set(err, ERR_INVALID, "the page of the log is not a valid one");
    return 0;
}

static bool is_filtered(const struct filter *f)
{
    const struct audit_query *q = &f->query;
    return *q->actor || *q->action || *q->object || *q->result || *f->from || *f->until;
}

/* The address of another page under the same filters. */
static void set_address(struct tpl_dict *d, const char *name, const struct filter *f,
                        const char *key, int64_t id)
{
    const char *const pairs[][2] = {
        { "actor", f->query.actor },   { "action", f->query.action }, { "object", f->query.object },
        { "result", f->query.result }, { "from", f->from },           { "until", f->until },
    };
    CLEANUP(buf_free) struct buf b = BUF_INIT(8192);
    buf_addf(&b, "/audit?%s=%lld", key, (long long)id);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (*pairs[i][1]) {
            buf_addf(&b, "&%s=", pairs[i][0]);
            fields_encode(&b, pairs[i][1]);
        }
    tpl_set(d, name, buf_text(&b));
}

static void fill_filter(struct tpl_dict *d, const struct filter *f)
{
    tpl_set(d, "ACTOR", f->query.actor);
    tpl_set(d, "OBJECT", f->query.object);
    tpl_set(d, "FROM", f->from);
    tpl_set(d, "UNTIL", f->until);
    tpl_show(d, "FILTERED", is_filtered(f));
    for (size_t i = 0; i < ACTIONS; i++)
        view_option(d, "ACTION", actions[i].action, actions[i].title,
                    str_eq(actions[i].action, f->query.action));
    view_option(d, "RESULT", "ok", "Done", str_eq(f->query.result, "ok"));
    view_option(d, "RESULT", "refused", "Refused", str_eq(f->query.result, "refused"));
}

static void fill_row(struct tpl_dict *d, const struct audit_row *r)
{
    bool ok = str_eq(r->result, "ok");
    tpl_setf(d, "NUMBER", "%lld", (long long)r->id);
    view_time(d, "AT", "AT_TEXT", r->at);
    tpl_set(d, "ROW_ACTOR", *r->actor ? r->actor : "nobody");
    tpl_set(d, "ADDRESS", r->address);
    tpl_set(d, "ACTION_TITLE", action_title(r->action));
    tpl_set(d, "ROW_OBJECT", r->object);
    tpl_set(d, "RESULT_LABEL", ok ? "Done" : "Refused");
    tpl_set(d, "RESULT_TONE", ok ? "good" : "bad");
    tpl_set(d, "DETAIL", r->detail);
}

static void fill_pager(struct tpl_dict *d, const struct filter *f, const struct audit_page *page)
{
    if (page->count == 0 || (!page->has_newer && !page->has_older))
        return;
    struct tpl_dict *pager = tpl_section(d, "PAGER");
    if (page->has_newer)
        set_address(tpl_section(pager, "NEWER"), "NEWER_URL", f, "newer", page->items[0].id);
    if (page->has_older)
        set_address(tpl_section(pager, "OLDER"), "OLDER_URL", f, "older",
                    page->items[page->count - 1].id);
}

/* The newest parts of the whole log. */
static int fill_parts(struct tpl_dict *d, struct app *app, struct err *err)
{
    struct audit_head head;
    if (audit_head(&app->service, &head, err) < 0)
        return -1;
    int64_t last = head.id ? (head.id - 1) / PART_ROWS : 0;
    for (int64_t i = last; i >= 0 && i > last - PARTS_SHOWN; i--) {
        struct tpl_dict *part = tpl_section(d, "PART");
        long long after = i * PART_ROWS;
        tpl_setf(part, "PART_URL", "/audit.jsonl?after=%lld", after);
        tpl_setf(part, "PART_FIRST", "%lld", after + 1);
        tpl_setf(part, "PART_LAST", "%lld",
                 after + PART_ROWS < head.id ? after + PART_ROWS : (long long)head.id);
    }
    return 0;
}

int audit_log_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    struct filter f;
    CLEANUP(audit_page_clear) struct audit_page rows = { 0 };
    CLEANUP(page_clear) struct page p = { 0 };
    if (read_filter(&f, rq, err) < 0 || audit_list(&app->service, &who, &f.query, &rows, err) < 0 ||
        page_begin(&p, app, rq, "Audit log", "audit.tpl", err) < 0 ||
        fill_parts(p.body, app, err) < 0)
        return -1;
    fill_filter(p.body, &f);
    tpl_show(p.body, "NO_ROWS", rows.count == 0);
    struct tpl_dict *table = rows.count ? tpl_section(p.body, "TABLE") : NULL;
    for (size_t i = 0; i < rows.count; i++)
        fill_row(tpl_section(table, "ROW"), &rows.items[i]);
    fill_pager(p.body, &f, &rows);
    return page_end(&p, app, re, err);
}

int audit_log_download(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    int64_t after = 0, last = 0;
    const char *text = fields_get(&rq->query, "after");
    if (text && str_to_i64(text, 0, INT64_MAX, &after) < 0)
        return err_set(err, ERR_INVALID, "after is the number of a row");
    re->content_type = "application/jsonl; charset=utf-8";
    return audit_export(&app->service, &who, after, PART_ROWS, &re->body, &last, err) < 0 ? -1 : 0;
}
