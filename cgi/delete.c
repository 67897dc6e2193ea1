/* Deleting a store, confirmed by typing its ID. */
#include "base/str.h"
#include "page.h"
#include "view.h"
#include "web/form.h"

static const struct form_field fields[] = {
    FORM_FIELD("confirm_id", "CONFIRM_ID", FORM_TEXT, 200),
    FORM_FIELD("cancel", "CANCEL", FORM_HIDDEN, 8), /* of one that is still being set up */
};
static const struct form confirmation = { fields, 2 };

static int show_form(struct app *app, const struct request *rq, struct reply *re,
                     const struct form_input *in, struct err *err)
{
    struct actor who = app_actor(app, rq);
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(&app->service, &who, rq->param, false, &store, err) < 0)
        return -1;
    if (!service_may_change(&who, &store))
        return err_set(err, ERR_FORBIDDEN, "you may read this store, and not change it");
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, form_failed(in) ? "Error: Delete store" : "Delete store",
                   "delete.tpl", err) < 0)
        return -1;
    view_store(p.body, app, &store);
    struct tpl_dict *part =
        tpl_section(p.body, store_is_being_set_up(&store) ? "CANCEL" : "DELETE");
    form_show(in, part);
    return page_end(&p, app, re, err);
}

int delete_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    CLEANUP(form_clear) struct form_input in;
    form_begin(&in, &confirmation);
    return show_form(ctx, rq, re, &in, err);
}

int delete_confirm(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &confirmation, &rq->form, err) < 0)
        return -1;
    int r = *form_value(&in, "cancel") ? service_cancel(&app->service, &who, rq->param, err)
                                       : service_delete(&app->service, &who, rq->param,
                                                        form_value(&in, "confirm_id"), err);
    if (r < 0) {
        if (err->code != ERR_INVALID)
            return -1;
        form_fail(&in, "confirm_id", err->msg);
        re->status = 422;
        return show_form(app, rq, re, &in, err);
    }
    CLEANUP_FREE char *path = str_printf("/stores/%s", rq->param);
    reply_redirect(re, path);
    return 0;
}
