/* What is in the cluster, held against the rows; and what becomes of what fits none. For admins. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "page.h"
#include "store/capacity.h"
#include "store/engine.h"
#include "store/fleet.h"
#include "view.h"
#include "web/form.h"

static const struct form_field fields[] = {
    FORM_FIELD("confirm_id", "CONFIRM_ID", FORM_TEXT, 200),
};
static const struct form confirmation = { fields, 1 };

static void fill_orphan(struct tpl_dict *d, const struct orphan *o)
{
    const struct engine *engine = engine_find(o->engine);
    tpl_set(d, "NS", o->ns);
    tpl_set(d, "KIND_LABEL",
            o->release ? "Release without its namespace" : "Namespace without a row");
    tpl_set(
        d, "MEANING",
        o->release
            ? "A store's release lives here, but the namespace does not carry its store's label "
              "(any more), so it is left alone. Adopt puts the label on it."
            : "This namespace carries the label of a store, and no row of the database knows it. "
              "It may be a store of a database that was lost, or of another Storewright on this "
              "cluster. Adopt makes its row from what the cluster remembers.");
    view_time(d, "FOUND", "FOUND_TEXT", o->seen_at);
    tpl_set(d, "ORPHAN_OWNER", *o->owner ? o->owner : "not said");
    tpl_set(d, "ORPHAN_ENGINE", engine ? engine->title : *o->engine ? o->engine : "not said");
    tpl_set(d, "ORPHAN_UID", o->store_uid);
    if (*o->answer)
        tpl_set(tpl_section(d, "ANSWER"), "ANSWER_TEXT", o->answer);
    if (*o->wish)
        tpl_set(tpl_section(d, "WISHED"), "WISHED_TEXT",
                str_eq(o->wish, "remove") ? "It is about to be removed."
                                          : "It is about to be adopted.");
    else
        tpl_show(tpl_section(d, "DECIDE"), "MAY_REMOVE", !o->release);
}

static int fill_orphans(struct tpl_dict *d, struct app *app, const struct actor *who, size_t *count,
                        bool *moving, struct err *err)
{
    CLEANUP(orphan_list_clear) struct orphan_list list = { 0 };
    if (fleet_orphans(&app->service, who, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        fill_orphan(tpl_section(d, "ORPHAN"), &list.items[i]);
        *moving |= *list.items[i].wish != '\0';
    }
    *count += list.count;
    return 0;
}

static int fill_missing(struct tpl_dict *d, struct app *app, const struct actor *who, size_t *count,
                        struct err *err)
{
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    if (fleet_missing(&app->service, who, &page, err) < 0)
        return -1;
    if (!page.count)
        return 0;
    struct tpl_dict *missing = tpl_section(d, "MISSING");
    for (size_t i = 0; i < page.count; i++) {
        struct tpl_dict *row = tpl_section(missing, "ROW");
        view_store(row, app, &page.items[i]);
        tpl_set(row, "OWNER", page.items[i].owner_name);
    }
    tpl_show(missing, "AND_MORE", page.has_older);
    *count += page.count;
    return 0;
}

static void set_size(struct tpl_dict *d, const char *name,
                     const char *(*text)(int64_t, char[CAPACITY_TEXT_MAX]), int64_t amount)
{
    char words[CAPACITY_TEXT_MAX];
    tpl_set(d, name, text(amount, words));
}

static void fill_kinds(struct tpl_dict *d, const struct capacity *c)
{
    size_t n;
    const struct need *needs = need_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct tpl_dict *kind = tpl_section(d, "KIND");
        const struct engine *engine = engine_find(needs[i].engine);
        const struct plan *plan = plan_find(needs[i].plan);
        tpl_set(kind, "KIND_ENGINE", engine ? engine->title : needs[i].engine);
        tpl_set(kind, "KIND_PLAN", plan ? plan->title : needs[i].plan);
        set_size(kind, "KIND_CPU", capacity_cpu_text, needs[i].cpu_milli);
        set_size(kind, "KIND_MEMORY", capacity_memory_text, need_memory(&needs[i]));
        tpl_setf(kind, "KIND_ROOM", "%lld", (long long)capacity_room_for(c, &needs[i]));
    }
}

static int fill_capacity(struct tpl_dict *d, struct app *app, struct err *err)
{
    struct capacity c;
    int known = capacity_get(&app->service, &c, err);
    if (known < 0)
        return -1;
    tpl_show(d, "NO_CAPACITY", known == 0);
    if (!known)
        return 0;
    struct tpl_dict *room = tpl_section(d, "CAPACITY");
    struct capacity left = capacity_left(&c);
    tpl_setf(room, "NODES", "%lld", (long long)c.nodes);
    set_size(room, "CPU_ALL", capacity_cpu_text, c.cpu_milli);
    set_size(room, "CPU_FREE", capacity_cpu_text, left.cpu_milli);
    set_size(room, "MEMORY_ALL", capacity_memory_text, c.memory);
    set_size(room, "MEMORY_FREE", capacity_memory_text, left.memory);
    tpl_setf(room, "PODS_ALL", "%lld", (long long)c.pods);
    tpl_setf(room, "PODS_FREE", "%lld", (long long)left.pods);
    fill_kinds(room, &c);
    return 0;
}

int doctor_page(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    size_t amiss = 0;
    bool moving = false;
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, "Doctor", "doctor.tpl", err) < 0 ||
        fill_orphans(p.body, app, &who, &amiss, &moving, err) < 0 ||
        fill_missing(p.body, app, &who, &amiss, err) < 0 || fill_capacity(p.body, app, err) < 0)
        return -1;
    tpl_show(p.body, "WELL", amiss == 0);
    page_done(&p, rq);
    if (moving)
        page_refresh(&p);
    return page_end(&p, app, re, err);
}

int doctor_adopt(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    if (fleet_adopt(&app->service, &who, rq->param, err) < 0)
        return -1;
    reply_redirect(re, "/doctor?done=adopted");
    return 0;
}

static int show_form(struct app *app, const struct request *rq, struct reply *re,
                     const struct form_input *in, struct err *err)
{
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, form_failed(in) ? "Error: Remove" : "Remove", "doctor-remove.tpl",
                   err) < 0)
        return -1;
    tpl_set(p.body, "NS", rq->param);
    form_show(in, p.body);
    return page_end(&p, app, re, err);
}

int doctor_remove_form(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(form_clear) struct form_input in;
    if (fleet_find(&app->service, &who, rq->param, err) < 0)
        return -1;
    form_begin(&in, &confirmation);
    return show_form(app, rq, re, &in, err);
}

int doctor_remove(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(form_clear) struct form_input in;
    if (form_read(&in, &confirmation, &rq->form, err) < 0)
        return -1;
    if (fleet_remove(&app->service, &who, rq->param, form_value(&in, "confirm_id"), err) < 0) {
        if (err->code != ERR_INVALID)
            return -1;
        form_fail(&in, "confirm_id", err->msg);
        re->status = 422;
        return show_form(app, rq, re, &in, err);
    }
    reply_redirect(re, "/doctor?done=removing");
    return 0;
}
