/* One's own account: password, sessions, what one may have. */
#include "base/str.h"
#include "page.h"
#include "store/limit.h"
#include "view.h"
#include "web/form.h"
#include "web/session.h"

static const struct form_field fields[] = {
    FORM_FIELD("old", "OLD", FORM_SECRET, 256),
    FORM_FIELD("password", "PASSWORD", FORM_SECRET, 256),
    FORM_FIELD("again", "AGAIN", FORM_SECRET, 256),
};
static const struct form password_form = { fields, 3 };

static int fill_sessions(struct tpl_dict *d, struct app *app, const struct request *rq,
                         struct err *err)
{
    struct actor who = app_actor(app, rq);
    CLEANUP(session_list_clear) struct session_list sessions = { 0 };
    if (account_sessions(&app->service, &who, rq->token, &sessions, err) < 0)
        return -1;
    for (size_t i = 0; i < sessions.count; i++) {
        const struct session *one = &sessions.items[i];
        struct tpl_dict *row = tpl_section(d, "SESSION");
        view_browser(row, "SESSION_BROWSER", one->user_agent);
        tpl_set(row, "SESSION_ADDRESS", one->address);
        tpl_set(row, "SESSION_ID", one->handle);
        view_time(row, "SESSION_BEGAN", "SESSION_BEGAN_TEXT", one->created_at);
        view_time(row, "SESSION_SEEN", "SESSION_SEEN_TEXT", one->last_seen_at);
        tpl_show(row, one->current ? "SESSION_CURRENT" : "SESSION_OTHER", true);
    }
    return 0;
}

static int fill_limits(struct tpl_dict *d, struct app *app, struct err *err)
{
    struct limit_state l[LIMIT_COUNT];
    if (app->visitor.role != ROLE_MEMBER)
        return 0;
    if (limit_states(&app->service, app->visitor.id, l, err) < 0)
        return -1;
    struct tpl_dict *limits = tpl_section(d, "LIMITS");
    for (int i = 0; i < LIMIT_COUNT; i++)
        view_limit(tpl_section(limits, "LIMIT"), (enum limit)i, &l[i]);
    return 0;
}

static int show(struct app *app, const struct request *rq, struct reply *re,
                const struct form_input *in, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, form_failed(in) ? "Error: Your account" : "Your account",
                   "profile.tpl", err) < 0 ||
        fill_sessions(p.body, app, rq, err) < 0 || fill_limits(p.body, app, err) < 0)
        return -1;
    page_done(&p, rq);
    form_show(in, p.body);
    tpl_show(p.body, app->visitor.has_password ? "PASSWORD_FORM" : "NO_PASSWORD", true);
    tpl_set(p.body, "USER_NAME", app->visitor.name);
    tpl_set(p.body, "ROLE_TEXT", view_role(app->visitor.role));
    return page_end(&p, app, re, err);
}

int profile_show(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &password_form);
    return show(ctx, rq, re, &in, err);
}

/* Which field a refusal belongs to; NULL: none. */
static const char *field_of(enum err_code code)
{
    if (code == ERR_UNAUTHORIZED || code == ERR_LIMIT)
        return "old";
    return code == ERR_INVALID ? "password" : NULL;
}

int profile_password(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &password_form, &rq->form, err) < 0)
        return -1;
    const char *password = form_value(&in, "password");
    if (!str_eq(password, form_value(&in, "again")))
        form_fail(&in, "again", "This is not what you typed as the new password.");
    if (!form_failed(&in) &&
        account_change_password(&app->service, &who, rq->token, form_value(&in, "old"), password,
                                &re->retry_after_ms, err) < 0) {
        if (!field_of(err->code))
            return -1;
        form_fail(&in, field_of(err->code), err->msg);
    }
    if (form_failed(&in)) {
        re->status = err->code == ERR_LIMIT ? reply_status_of(ERR_LIMIT) : 422;
        return show(app, rq, re, &in, err);
    }
    reply_redirect(re, "/account?done=password");
    return 0;
}

int profile_end_session(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    if (account_end_session(&app->service, &who, rq->param, err) < 0)
        return -1;
    reply_redirect(re, "/account?done=session");
    return 0;
}

int profile_sign_out_everywhere(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    if (account_sign_out_everywhere(&app->service, &who, err) < 0)
        return -1;
    session_end(re, app->config->secure_cookies);
    reply_redirect(re, "/sign-in?done=everywhere");
    return 0;
}
