/* One person: role, limits, one-time link, sessions, locking out. For admins. */
#include "person.h"

#include <stdio.h>

#include "base/str.h"
#include "page.h"
#include "store/limit.h"
#include "view.h"
#include "web/form.h"

static const struct {
    const char *label, *tone;
} states[] = {
    [PERSON_ACTIVE] = { "Active", "good" },
    [PERSON_INVITED] = { "Invited", "moving" },
    [PERSON_DISABLED] = { "Disabled", "gone" },
};

void person_fill(struct tpl_dict *d, const struct person *person)
{
    tpl_setf(d, "PERSON_ID", "%lld", (long long)person->id);
    tpl_set(d, "PERSON_NAME", person->name);
    tpl_set(d, "ROLE_TEXT", view_role(person->role));
    tpl_set(d, "STATE_LABEL", states[person->state].label);
    tpl_set(d, "STATE_TONE", states[person->state].tone);
}

void person_fill_roles(struct tpl_dict *d, const char *chosen)
{
    static const struct {
        enum role role;
        const char *summary;
    } rows[] = {
        { ROLE_MEMBER, "creates stores and looks after their own" },
        { ROLE_VIEWER, "reads stores that somebody shares with them; changes nothing" },
        { ROLE_ADMIN, "everything: every store, people, limits, the audit log" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tpl_dict *r = tpl_section(d, "ROLE");
        tpl_set(r, "ROLE_VALUE", role_name(rows[i].role));
        tpl_set(r, "ROLE_TITLE", view_role(rows[i].role));
        tpl_set(r, "ROLE_SUMMARY", rows[i].summary);
        tpl_show(r, "ROLE_CHOSEN", str_eq(role_name(rows[i].role), chosen));
    }
}

/* One field a limit, named as the limit; empty: as the configuration has it. */
static const struct form_field limit_fields[LIMIT_COUNT] = {
    [LIMIT_STORES] = FORM_FIELD("stores", "STORES", FORM_TEXT, 12),
    [LIMIT_CREATIONS_PER_HOUR] =
        FORM_FIELD("creations_per_hour", "CREATIONS_PER_HOUR", FORM_TEXT, 12),
    [LIMIT_PROVISIONING] = FORM_FIELD("provisioning", "PROVISIONING", FORM_TEXT, 12),
    [LIMIT_SMALL] = FORM_FIELD("small", "SMALL", FORM_TEXT, 12),
    [LIMIT_MEDIUM] = FORM_FIELD("medium", "MEDIUM", FORM_TEXT, 12),
    [LIMIT_LARGE] = FORM_FIELD("large", "LARGE", FORM_TEXT, 12),
};
static const struct form limits_form = { limit_fields, LIMIT_COUNT };

static void fill_limits(struct tpl_dict *d, const struct limit_state l[LIMIT_COUNT],
                        const struct form_input *typed)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        struct tpl_dict *row = tpl_section(d, "LIMIT");
        view_limit(row, (enum limit)i, &l[i]);
        tpl_setf(row, "LIMIT_USUAL", "%lld", (long long)l[i].usual);
        tpl_set(row, "LIMIT_VALUE", "");
        if (typed)
            tpl_set(row, "LIMIT_VALUE", form_value(typed, limit_name((enum limit)i)));
        else if (l[i].own)
            tpl_setf(row, "LIMIT_VALUE", "%lld", (long long)l[i].most);
        const char *fault = typed ? typed->errors[i] : "";
        tpl_set(row, "LIMIT_ERROR", fault);
        tpl_show(row, "LIMIT_INVALID", *fault);
    }
}

/* The address of a one-time link: where the configuration says that the dashboard is, else where
 * the one who asks finds it. */
static void set_link(struct tpl_dict *d, const struct app *app, const struct request *rq,
                     const char *token, const struct person *person)
{
    struct tpl_dict *link = tpl_section(d, "LINK");
    if (app->config->dashboard_url)
        tpl_setf(link, "LINK_URL", "%s/link?token=%s", app->config->dashboard_url, token);
    else
        tpl_setf(link, "LINK_URL", "%s://%s/link?token=%s", rq->secure ? "https" : "http", rq->host,
                 token);
    view_time(link, "LINK_EXPIRES", "LINK_EXPIRES_TEXT", person->link_expires_at);
}

/* What can be done, which depends on the state. */
static void fill_actions(struct tpl_dict *d, const struct person *person)
{
    bool invited = person->state == PERSON_INVITED, disabled = person->state == PERSON_DISABLED;
    tpl_show(d, "MAY_LINK", !disabled);
    tpl_set(d, "LINK_BUTTON",
            invited ? "Make a new invitation link" : "Make a link to reset the password");
    tpl_set(d, "LINK_KIND",
            invited ? "The invitation has not been used yet."
                    : "For somebody who forgot the password: the link lets them choose a "
                      "new one. The old one holds until then.");
    tpl_show(d, "MAY_SIGN_OUT", person->sessions > 0);
    tpl_show(d, disabled ? "MAY_ENABLE" : invited ? "MAY_WITHDRAW" : "MAY_DISABLE", true);
    if (person->link_expires_at) {
        struct tpl_dict *out = tpl_section(d, "LINK_IS_OUT");
        view_time(out, "LINK_UNTIL", "LINK_UNTIL_TEXT", person->link_expires_at);
    }
}

static int show(struct app *app, const struct request *rq, struct reply *re, int64_t id,
                const char *token, const char *fault, const struct form_input *limits,
                struct err *err)
{
    struct person person;
    struct limit_state l[LIMIT_COUNT];
    struct actor who = app_actor(app, rq);
    CLEANUP(page_clear) struct page p = { 0 };
    if (people_get(&app->service, &who, id, &person, err) < 0 ||
        limit_states(&app->service, id, l, err) < 0 ||
        page_begin(&p, app, rq, person.name, "person.tpl", err) < 0)
        return -1;
    page_done(&p, rq);
    person_fill(p.body, &person);
    person_fill_roles(p.body, role_name(person.role));
    fill_actions(p.body, &person);
    fill_limits(p.body, l, limits);
    tpl_show(p.body, "NOT_BOUND", person.role != ROLE_MEMBER);
    tpl_setf(p.body, "STORES", "%lld", (long long)person.stores);
    tpl_setf(p.body, "SESSIONS", "%lld", (long long)person.sessions);
    view_time(p.body, "CREATED", "CREATED_TEXT", person.created_at);
    view_time(p.body, "SEEN", "SEEN_TEXT", person.signed_in_at);
    tpl_show(p.body, person.signed_in_at ? "WAS_SEEN" : "NEVER_SEEN", true);
    CLEANUP(buf_free) struct buf url = BUF_INIT(4096);
    buf_adds(&url, "/audit?actor=");
    fields_encode(&url, person.name);
    tpl_set(p.body, "AUDIT_URL", buf_text(&url));
    if (token)
        set_link(p.body, app, rq, token, &person);
    if (fault)
        tpl_set(tpl_section(p.body, "FAULT"), "FAULT_TEXT", fault);
    return page_end(&p, app, re, err);
}

int person_page(struct app *app, const struct request *rq, struct reply *re, int64_t id,
                const char *token, const char *fault, struct err *err)
{
    return show(app, rq, re, id, token, fault, NULL, err);
}

/* Whose page the address names; 0: nobody's, which no account has. */
static int64_t id_of(const struct request *rq)
{
    int64_t id = 0;
    str_to_i64(rq->param, 1, INT64_MAX, &id);
    return id;
}

int person_show(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    return person_page(ctx, rq, re, id_of(rq), NULL, NULL, err);
}

/* After a change: back to the page, or the page with what stood in the way. */
static int done(struct app *app, const struct request *rq, struct reply *re, int r,
                const char *what, struct err *err)
{
    if (r < 0) {
        if (err->code != ERR_CONFLICT)
            return -1;
        CLEANUP_FREE char *fault = str_dup(err->msg);
        re->status = reply_status_of(ERR_CONFLICT);
        return person_page(app, rq, re, id_of(rq), NULL, fault, err);
    }
    CLEANUP_FREE char *path = str_printf("/people/%lld?done=%s", (long long)id_of(rq), what);
    reply_redirect(re, path);
    return 0;
}

int person_role(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    enum role role = ROLE_NONE;
    if (role_parse(str_or_empty(fields_get(&rq->form, "role")), &role) < 0 || role == ROLE_NONE)
        return err_set(err, ERR_INVALID, "a role is admin, member or viewer");
    return done(app, rq, re, people_set_role(&app->service, &who, id_of(rq), role, err), "role",
                err);
}

int person_limits(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    int64_t values[LIMIT_COUNT];
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &limits_form, &rq->form, err) < 0)
        return -1;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        char text[80];
        values[i] = LIMIT_DEFAULT;
        snprintf(text, sizeof(text), "A number from 0 to %d, or nothing.", LIMIT_VALUE_MAX);
        if (*in.values[i] && str_to_i64(in.values[i], 0, LIMIT_VALUE_MAX, &values[i]) < 0)
            form_fail(&in, limit_fields[i].name, text);
    }
    if (form_failed(&in)) {
        re->status = 422;
        return show(app, rq, re, id_of(rq), NULL, NULL, &in, err);
    }
    return done(app, rq, re, limit_set(&app->service, &who, id_of(rq), values, err), "limits", err);
}

int person_link(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    char token[LINK_TOKEN_LEN + 1];
    int r = people_new_link(&app->service, &who, id_of(rq), token, err);
    if (r < 0)
        return done(app, rq, re, r, "", err);
    return person_page(app, rq, re, id_of(rq), token, NULL, err);
}

int person_sign_out(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    return done(app, rq, re, people_sign_out(&app->service, &who, id_of(rq), err), "signed-out",
                err);
}

int person_disable(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    return done(app, rq, re, people_set_disabled(&app->service, &who, id_of(rq), true, err),
                "disabled", err);
}

int person_enable(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    return done(app, rq, re, people_set_disabled(&app->service, &who, id_of(rq), false, err),
                "enabled", err);
}

int person_withdraw(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    int r = people_withdraw(&app->service, &who, id_of(rq), err);
    if (r < 0)
        return done(app, rq, re, r, "", err);
    reply_redirect(re, "/people?done=withdrawn");
    return 0;
}
