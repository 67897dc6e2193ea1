/* A one-time link, opened by who got it: to choose a password. The token stands in the query and in
 * the form, never in a path, which is what logs keep. */
#include "base/str.h"
#include "page.h"
#include "store/people.h"
#include "view.h"
#include "web/form.h"
#include "web/session.h"

static const struct form_field fields[] = {
    FORM_FIELD("token", "TOKEN", FORM_HIDDEN, LINK_TOKEN_LEN),
    FORM_FIELD("password", "PASSWORD", FORM_SECRET, 256),
    FORM_FIELD("again", "AGAIN", FORM_SECRET, 256),
};
static const struct form link_form = { fields, 3 };

static int show(struct app *app, struct request *rq, struct reply *re, const struct link *link,
                const struct form_input *in, struct err *err)
{
    csrf_offer(rq, re, app->config->secure_cookies);
    CLEANUP(page_clear) struct page p = { 0 };
    const char *title = link->invitation ? "Welcome" : "New password";
    if (page_begin(&p, app, rq, title, "link.tpl", err) < 0)
        return -1;
    form_show(in, p.body);
    tpl_set(p.body, "NAME", link->name);
    tpl_show(p.body, link->invitation ? "INVITATION" : "RESET", true);
    view_time(p.body, "EXPIRES", "EXPIRES_TEXT", link->expires_at);
    return page_end(&p, app, re, err);
}

int link_show(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct service *s = app_service(app, err);
    struct link link;
    const char *token = str_or_empty(fields_get(&rq->query, "token"));
    if (!s || link_look(s, token, &link, err) < 0)
        return -1;
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &link_form);
    form_set(&in, "token", token);
    return show(app, rq, re, &link, &in, err);
}

int link_accept(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct service *s = app_service(app, err);
    struct link link;
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &link_form, &rq->form, err) < 0 || !s)
        return -1;
    const char *token = form_value(&in, "token"), *password = form_value(&in, "password");
    if (link_look(s, token, &link, err) < 0)
        return -1;
    if (!str_eq(password, form_value(&in, "again")))
        form_fail(&in, "again", "This is not what you typed as the password.");
    if (!form_failed(&in) && link_use(s, token, password, rq->address, err) < 0) {
        if (err->code != ERR_INVALID)
            return -1;
        form_fail(&in, "password", err->msg);
    }
    if (form_failed(&in)) {
        re->status = 422;
        return show(app, rq, re, &link, &in, err);
    }
    reply_redirect(re, "/sign-in?done=chosen");
    return 0;
}
