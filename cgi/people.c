/* Everybody who has an account, and inviting somebody. */
#include <stdio.h>

#include "base/str.h"
#include "page.h"
#include "person.h"
#include "view.h"
#include "web/form.h"

static const struct form_field fields[] = {
    FORM_FIELD("name", "NAME", FORM_TEXT, 200),
    FORM_FIELD("role", "ROLE", FORM_TEXT, 40),
    FORM_FIELD("email", "EMAIL", FORM_TEXT, 254),
};
static const struct form invitation = { fields, 3 };

static void add_row(void *arg, const struct person *person)
{
    struct tpl_dict *row = tpl_section(arg, "ROW");
    person_fill(row, person);
    view_time(row, "SEEN", "SEEN_TEXT", person->signed_in_at);
    tpl_show(row, "NEVER_SEEN", !person->signed_in_at);
    tpl_setf(row, "STORES", "%lld", (long long)person->stores);
}

int people_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, "People", "people.tpl", err) < 0 ||
        people_list(&app->service, &who, add_row, p.body, err) < 0)
        return -1;
    page_done(&p, rq);
    return page_end(&p, app, re, err);
}

static int show_form(struct app *app, const struct request *rq, struct reply *re,
                     const struct form_input *in, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, form_failed(in) ? "Error: Invite somebody" : "Invite somebody",
                   "invite.tpl", err) < 0)
        return -1;
    form_show(in, p.body);
    if (app->config->oidc_issuer)
        tpl_set(tpl_section(p.body, "OIDC"), "OIDC_TITLE", app->config->oidc_title);
    person_fill_roles(p.body, form_value(in, "role"));
    return page_end(&p, app, re, err);
}

int invite_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &invitation);
    form_set(&in, "role", role_name(ROLE_MEMBER));
    return show_form(ctx, rq, re, &in, err);
}

int invite_send(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    enum role role = ROLE_NONE;
    char token[LINK_TOKEN_LEN + 1];
    int64_t id = 0;
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &invitation, &rq->form, err) < 0)
        return -1;
    if (role_parse(form_value(&in, "role"), &role) < 0 || role == ROLE_NONE)
        form_fail(&in, "role", "Choose the role from the list.");
    if (!form_failed(&in) && people_invite(&app->service, &who, form_value(&in, "name"), role,
                                           form_value(&in, "email"), token, &id, err) < 0) {
        if (err->code != ERR_INVALID && err->code != ERR_EXISTS)
            return -1;
        form_fail(&in, "name", err->msg);
    }
    if (form_failed(&in)) {
        re->status = err->code == ERR_EXISTS ? 409 : 422;
        return show_form(app, rq, re, &in, err);
    }
    return person_page(app, rq, re, id, token, NULL, err);
}
