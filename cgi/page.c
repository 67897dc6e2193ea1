#include "page.h"

#include <ctype.h>
#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "view.h"
#include "web/session.h"

static void begin_frame(struct page *p, struct app *app, const struct request *rq,
                        const char *title, const char *file)
{
    p->file = "frame.tpl";
    p->frame = tpl_dict_new();
    tpl_include(p->frame, "TROUBLE_PART", "trouble.tpl");
    p->body = tpl_include(p->frame, "BODY", file);
    tpl_set(p->frame, "TITLE", title);
    tpl_set(p->frame, "CSS_URL", app->css_url);
    tpl_set(p->frame, "JS_URL", app->js_url);
    tpl_set(p->frame, "ICON_URL", app->icon_url);
    tpl_set(p->frame, "CSRF", rq->csrf);
    tpl_show(p->frame, "MAY_CREATE", rq->role >= ROLE_MEMBER);
    if (rq->role == ROLE_NONE)
        return;
    struct tpl_dict *user = tpl_section(p->frame, "USER");
    tpl_set(user, "USER_NAME", app->visitor.name);
    tpl_set(user, "USER_ROLE", view_role(app->visitor.role));
    tpl_show(user, "IS_ADMIN", app->visitor.role == ROLE_ADMIN);
}

static int fill_trouble(struct page *p, struct app *app, struct err *err)
{
    CLEANUP_FREE char *trouble = NULL;
    struct service *s = app_service(app, err);
    if (!s || service_trouble(s, &trouble, err) < 0)
        return -1;
    if (trouble)
        tpl_set(tpl_section(p->frame, "TROUBLE"), "TROUBLE_TEXT", trouble);
    return 0;
}

int page_begin(struct page *p, struct app *app, const struct request *rq, const char *title,
               const char *file, struct err *err)
{
    begin_frame(p, app, rq, title, file);
    return fill_trouble(p, app, err);
}

int page_fragment(struct page *p, struct app *app, const char *file, struct err *err)
{
    p->file = "fragment.tpl";
    p->frame = tpl_dict_new();
    tpl_include(p->frame, "TROUBLE_PART", "trouble.tpl");
    p->body = tpl_include(p->frame, "LIVE", file);
    return fill_trouble(p, app, err);
}

int page_end(struct page *p, struct app *app, struct reply *re, struct err *err)
{
    return tpl_render(app->tpl, p->file, p->frame, &re->body, err);
}

void page_clear(struct page *p)
{
    tpl_dict_free(p->frame);
    p->frame = p->body = NULL;
}

void page_done(struct page *p, const struct request *rq)
{
    static const struct {
        const char *what, *text;
    } done[] = {
        { "password", "Your password was changed. Your other sessions have ended." },
        { "session", "The session has ended." },
        { "everywhere", "You are signed out everywhere." },
        { "chosen", "Your password is set. Sign in with it now." },
        { "role", "The role was changed." },
        { "limits", "The limits were saved." },
        { "signed-out", "All of this person's sessions have ended." },
        { "disabled", "The account is disabled. Its sessions have ended; its stores stay." },
        { "enabled", "The account is enabled again." },
        { "withdrawn", "The invitation was withdrawn." },
        { "adopted", "It is being adopted; load this page again in a moment." },
        { "removing", "It is being removed; its progress is on its store's page in a moment." },
        { "shared", "The store is shared." },
        { "unshared", "The store is no longer shared with them." },
    };
    const char *what = fields_get(&rq->query, "done");
    for (size_t i = 0; what && i < sizeof(done) / sizeof(done[0]); i++)
        if (str_eq(done[i].what, what))
            tpl_set(tpl_section(p->body, "DONE"), "DONE_TEXT", done[i].text);
}

void page_refresh(struct page *p)
{
    tpl_show(p->frame, "REFRESH", true);
}

int page_unchanged(struct app *app, const struct request *rq, struct reply *re, bool *unchanged,
                   struct err *err)
{
    int64_t revision = 0;
    struct service *s = app_service(app, err);
    if (!s || service_revision(s, &revision, err) < 0)
        return -1;
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)revision);
    const char *const parts[] = {
        number,     rq->csrf,     app->visitor.name, role_name(app->visitor.role),
        rq->target, app->css_url, app->js_url,       tpl_fingerprint(app->tpl),
        NULL,
    };
    *unchanged = reply_unchanged(re, rq, parts);
    return 0;
}

#define RETRY_AFTER_MS 5000 /* what a 503 proposes */

struct failure {
    int status;
    bool own_words; /* is err->msg meant for the visitor? */
    const char *title, *advice;
};

static const struct failure failures[] = {
    { 400, true, "That request makes no sense", "Go back, load the page again and try once more." },
    { 401, false, "Not signed in", "Sign in and try again." },
    { 403, true, "Not allowed",
      "Load the page again, or ask an administrator for the right role." },
    { 404, true, "Not found", "The address may be mistyped, or what was here is gone." },
    { 405, true, "Not possible this way", "Follow the links and buttons of the pages." },
    { 409, true, "Not possible now", "Look at the store's status, then try again." },
    { 413, true, "Too large", "Shorten what you sent and try again." },
    { 415, true, "Not understood", "Use the forms of the pages." },
    { 421, true, "Not the right name", "Use the address that you were given." },
    { 429, true, "Too many attempts", "Wait a little, then try again." },
    { 503, true, "The database cannot be used right now",
      "Nothing was changed. Try again in a few seconds; if it stays so, look at the platform's log "
      "and its disk." },
    { 500, false, "Something went wrong here",
      "It is our fault and it was written to the log, under the reference below." },
};

static const struct failure *find_failure(int status)
{
    size_t i = 0;
    while (failures[i].status != status && failures[i].status != 500)
        i++;
    return &failures[i];
}

/* "there is no such page" to "There is no such page." */
static char *as_sentence(const char *msg)
{
    char *text = str_printf("%s%s", msg, str_ends(msg, ".") ? "" : ".");
    text[0] = (char)toupper((unsigned char)text[0]);
    return text;
}

static int show_failure(struct app *app, const struct request *rq, struct reply *re,
                        const struct err *why, struct err *err)
{
    const struct failure *f = find_failure(re->status);
    CLEANUP(page_clear) struct page p = { 0 };
    begin_frame(&p, app, rq, f->title, "error.tpl");
    if (re->status != 503) /* a database that does not answer is not asked again */
        fill_trouble(&p, app, NULL);
    CLEANUP_FREE char *detail = as_sentence(why->msg);
    tpl_setf(p.body, "STATUS", "%d", re->status);
    tpl_set(p.body, "HEADING", f->title);
    tpl_set(p.body, "ADVICE", f->advice);
    tpl_set(p.body, "REFERENCE", rq->id);
    if (f->own_words && why->msg[0])
        tpl_set(tpl_section(p.body, "DETAIL"), "DETAIL_TEXT", detail);
    return page_end(&p, app, re, err);
}

void page_refuse(void *ctx, struct request *rq, struct reply *re, const struct err *err)
{
    if (re->status == 503)
        re->retry_after_ms = RETRY_AFTER_MS;
    struct err failed = { 0 };
    bool plain = rq->path && (str_starts(rq->path, "/fragments/") || str_eq(rq->path, "/healthz"));
    if (!plain && show_failure(ctx, rq, re, err, &failed) == 0)
        return;
    if (!plain)
        log_error("error page failed", "request", rq->id, "detail", failed.msg);
    re->content_type = "text/plain; charset=utf-8";
    buf_reset(&re->body);
    buf_addf(&re->body, "%d %s\n", re->status, reply_status_text(re->status));
}
