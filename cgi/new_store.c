/* The form for a new store. */
#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "base/str.h"
#include "page.h"
#include "store/engine.h"
#include "store/images.h"
#include "store/limit.h"
#include "view.h"
#include "web/form.h"

static const struct form_field fields[] = {
    FORM_FIELD("id", "ID", FORM_TEXT, 200),
    FORM_FIELD("engine", "ENGINE", FORM_TEXT, 40),
    FORM_FIELD("plan", "PLAN", FORM_TEXT, 40),
    FORM_FIELD("title", "STORE_TITLE", FORM_TEXT, 500),
    FORM_FIELD("admin_email", "ADMIN_EMAIL", FORM_TEXT, 500),
    FORM_FIELD("currency", "CURRENCY", FORM_TEXT, 40),
    FORM_FIELD("country", "COUNTRY", FORM_TEXT, 40),
    FORM_FIELD("sample_products", "SAMPLE_PRODUCTS", FORM_CHECKBOX, 8),
    FORM_FIELD("idempotency_key", "IDEMPOTENCY_KEY", FORM_HIDDEN, 64),
};
static const struct form new_store = { fields, sizeof(fields) / sizeof(fields[0]) };

/* The first that can be had. */
static const char *default_engine(const struct app *app)
{
    size_t n;
    const struct engine *all = engine_all(&n);
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *fault = images_fault(app->config, &all[i]);
        if (!fault)
            return all[i].name;
    }
    return "";
}

static void fill_engines(struct tpl_dict *d, const struct app *app, const char *chosen)
{
    size_t n;
    const struct engine *all = engine_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct tpl_dict *e = tpl_section(d, "ENGINE");
        CLEANUP_FREE char *fault = images_fault(app->config, &all[i]);
        tpl_show(e, "ENGINE_MISSING", fault != NULL);
        tpl_set(e, "ENGINE_FAULT", str_or_empty(fault));
        tpl_set(e, "ENGINE_NAME", all[i].name);
        tpl_set(e, "ENGINE_TITLE", all[i].title);
        tpl_set(e, "ENGINE_SUMMARY", all[i].summary);
        tpl_show(e, "ENGINE_CHOSEN", str_eq(all[i].name, chosen));
    }
}

static void fill_plans(struct tpl_dict *d, const char *chosen)
{
    size_t n;
    const struct plan *all = plan_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct tpl_dict *p = tpl_section(d, "PLAN");
        tpl_set(p, "PLAN_NAME", all[i].name);
        tpl_set(p, "PLAN_TITLE", all[i].title);
        tpl_set(p, "PLAN_SUMMARY", all[i].summary);
        tpl_show(p, "PLAN_CHOSEN", str_eq(all[i].name, chosen));
    }
}

static void fill_choices(struct tpl_dict *d, const struct app *app, const struct form_input *in)
{
    size_t n;
    const struct code_name *currencies = currency_all(&n);
    for (size_t i = 0; i < n; i++)
        view_option(d, "CURRENCY", currencies[i].code, currencies[i].name,
                    str_eq(currencies[i].code, form_value(in, "currency")));
    const struct code_name *countries = country_all(&n);
    for (size_t i = 0; i < n; i++)
        view_option(d, "COUNTRY", countries[i].code, countries[i].name,
                    str_eq(countries[i].code, form_value(in, "country")));
    fill_engines(d, app, form_value(in, "engine"));
    fill_plans(d, form_value(in, "plan"));
}

/* The address a store would have, with {id} for the script to fill in, and an example. */
static void fill_preview(struct tpl_dict *d, const struct app *app)
{
    CLEANUP_FREE char *host = str_printf("{id}.%s", app->config->base_domain);
    CLEANUP_FREE char *example_host = str_printf("my-shop.%s", app->config->base_domain);
    struct store pattern = { .host = host }, example = { .host = example_host };
    CLEANUP_FREE char *pattern_url = service_store_url(&app->service, &pattern, "");
    CLEANUP_FREE char *example_url = service_store_url(&app->service, &example, "");
    tpl_set(d, "ADDRESS_PATTERN", pattern_url);
    tpl_set(d, "ADDRESS_EXAMPLE", example_url);
    tpl_setf(d, "ID_LENGTH_MAX", "%d", STORE_ID_MAX);
}

/* limit: what leaves no room for one more store, or NULL. */
static int show_form(struct app *app, const struct request *rq, struct reply *re,
                     const struct form_input *in, const char *limit, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, form_failed(in) ? "Error: Create New Store" : "Create New Store",
                   "new-store.tpl", err) < 0)
        return -1;
    form_show(in, p.body);
    fill_choices(p.body, app, in);
    fill_preview(p.body, app);
    if (limit)
        tpl_set(tpl_section(p.body, "LIMIT"), "LIMIT_TEXT", limit);
    return page_end(&p, app, re, err);
}

int new_store_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(form_clear) struct form_input in;
    size_t n;
    char key[33];
    form_begin(&in, &new_store);
    form_set(&in, "engine", default_engine(app));
    form_set(&in, "plan", plan_all(&n)[0].name);
    form_set(&in, "currency", currency_all(&n)[0].code);
    form_set(&in, "country", "de");
    form_set(&in, "sample_products", "on");
    form_set(&in, "idempotency_key", rand_hex(key, 16));
    struct actor who = app_actor(app, rq);
    struct err full = { 0 };
    if (limit_forecast(&app->service, &who, &full) < 0 && full.code != ERR_LIMIT)
        return err_set(err, full.code, "%s", full.msg);
    return show_form(app, rq, re, &in, full.code == ERR_LIMIT ? full.msg : NULL, err);
}

static void take_errors(struct form_input *in, const struct field_errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        form_fail(in, errors->items[i].field, errors->items[i].text);
}

int new_store_create(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &new_store, &rq->form, err) < 0)
        return -1;
    const char *key = form_value(&in, "idempotency_key");
    const struct store_request wanted = {
        .id = form_value(&in, "id"),
        .engine = form_value(&in, "engine"),
        .plan = form_value(&in, "plan"),
        .title = form_value(&in, "title"),
        .admin_email = form_value(&in, "admin_email"),
        .currency = form_value(&in, "currency"),
        .country = form_value(&in, "country"),
        .sample_products = form_ticked(&in, "sample_products"),
        .idempotency_key = *key ? key : NULL,
    };
    struct actor who = app_actor(app, rq);
    char uid[STORE_UID_LEN + 1];
    struct field_errors errors = { 0 };
    if (service_create(&app->service, &who, &wanted, uid, &errors, err) < 0) {
        if (errors.count == 0 && err->code != ERR_LIMIT)
            return -1;
        take_errors(&in, &errors);
        re->status = err->code == ERR_INVALID ? 422 : reply_status_of(err->code);
        CLEANUP_FREE char *limit = err->code == ERR_LIMIT ? str_dup(err->msg) : NULL;
        return show_form(app, rq, re, &in, limit, err);
    }
    CLEANUP_FREE char *path = str_printf("/stores/%s", wanted.id);
    reply_redirect(re, path);
    return 0;
}
