/* Who else may read a store. */
#include "share.h"

#include "base/str.h"
#include "view.h"

static void add_reader(void *arg, const char *name, enum role role)
{
    struct tpl_dict *d = tpl_section(arg, "READER");
    tpl_set(d, "READER_NAME", name);
    tpl_set(d, "READER_ROLE", view_role(role));
}

int share_fill(struct tpl_dict *d, struct app *app, const struct store *store, const char *typed,
               const char *fault, struct err *err)
{
    struct tpl_dict *share = tpl_section(d, "SHARE");
    tpl_set(share, "READER_VALUE", typed);
    tpl_set(share, "READER_ERROR", fault);
    tpl_show(share, "READER_INVALID", fault && *fault);
    return service_shares(&app->service, store->uid, add_reader, share, err);
}

int share_add(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP_FREE char *typed = str_dup(str_or_empty(fields_get(&rq->form, "reader")));
    const char *name = str_trim(typed);
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(&app->service, &who, rq->param, false, &store, err) < 0)
        return -1;
    if (service_share(&app->service, &who, rq->param, name, err) < 0) {
        if (err->code != ERR_NOT_FOUND)
            return -1;
        CLEANUP_FREE char *fault = str_dup(err->msg);
        re->status = 422;
        return store_page_with(app, rq, re, &store,
                               &(struct store_notes) { .reader = name, .reader_fault = fault },
                               err);
    }
    CLEANUP_FREE char *path = str_printf("/stores/%s?done=shared", rq->param);
    reply_redirect(re, path);
    return 0;
}

int share_remove(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    const char *name = str_or_empty(fields_get(&rq->form, "reader"));
    if (service_unshare(&app->service, &who, rq->param, name, err) < 0)
        return -1;
    CLEANUP_FREE char *path = str_printf("/stores/%s?done=unshared", rq->param);
    reply_redirect(re, path);
    return 0;
}
