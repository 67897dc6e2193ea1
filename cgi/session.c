/* Signing in and out. */
#include <string.h>

#include "base/str.h"
#include "page.h"
#include "web/form.h"
#include "web/session.h"

static const struct form_field fields[] = {
    FORM_FIELD("name", "NAME", FORM_TEXT, ACCOUNT_NAME_MAX),
    FORM_FIELD("password", "PASSWORD", FORM_SECRET, 256),
    FORM_FIELD("next", "NEXT", FORM_HIDDEN, 512),
};
static const struct form sign_in_form = { fields, 3 };

int session_home(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    (void)ctx, (void)rq, (void)err;
    reply_redirect(re, "/stores");
    return 0;
}

static int show_form(struct app *app, struct request *rq, struct reply *re,
                     const struct form_input *in, const char *fault, struct err *err)
{
    csrf_offer(rq, re, app->config->secure_cookies);
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, "Sign in", "sign-in.tpl", err) < 0)
        return -1;
    page_done(&p, rq);
    if (app->config->oidc_issuer)
        tpl_set(tpl_section(p.body, "OIDC"), "OIDC_TITLE", app->config->oidc_title);
    form_show(in, p.body);
    if (fault)
        tpl_set(tpl_section(p.body, "FAULT"), "FAULT_TEXT", fault);
    return page_end(&p, app, re, err);
}

int session_show_fault(struct app *app, struct request *rq, struct reply *re, const char *fault,
                       struct err *err)
{
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &sign_in_form);
    return show_form(app, rq, re, &in, fault, err);
}

int session_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    const char *next = str_or_empty(fields_get(&rq->query, "next"));
    if (rq->role > ROLE_NONE) {
        reply_redirect(re, "/stores");
        return 0;
    }
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &sign_in_form);
    if (reply_is_local_path(next) && strlen(next) <= 512)
        form_set(&in, "next", next);
    return show_form(app, rq, re, &in, NULL, err);
}

int session_sign_in(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct service *s = app_service(app, err);
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &sign_in_form, &rq->form, err) < 0 || !s)
        return -1;
    if (form_failed(&in)) {
        re->status = 422;
        return show_form(app, rq, re, &in, NULL, err);
    }
    char token[SESSION_TOKEN_LEN + 1];
    struct account account;
    if (account_sign_in(s, form_value(&in, "name"), form_value(&in, "password"), rq->address,
                        rq->user_agent, token, &account, &re->retry_after_ms, err) < 0) {
        if (err->code != ERR_UNAUTHORIZED && err->code != ERR_LIMIT)
            return -1;
        re->status = err->code == ERR_LIMIT ? reply_status_of(ERR_LIMIT) : 422;
        CLEANUP_FREE char *fault = str_dup(err->msg);
        return show_form(app, rq, re, &in, fault, err);
    }
    session_start(re, token, app->config->session_max_ms / 1000, app->config->secure_cookies);
    const char *next = form_value(&in, "next");
    reply_redirect(re, *next ? next : "/stores");
    return 0;
}

int session_sign_out(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct service *s = app_service(app, err);
    struct actor who = app_actor(app, rq);
    if (!s || account_sign_out(s, &who, rq->token, err) < 0)
        return -1;
    session_end(re, app->config->secure_cookies);
    reply_redirect(re, "/sign-in");
    return 0;
}
