/* One store: its page, the fragment that keeps it fresh, retry and credentials. */
#include <stdio.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "page.h"
#include "share.h"
#include "store/engine.h"
#include "view.h"

#define TIMELINE_MAX 50

static const enum step create_plan[] = { STEP_NAMESPACE, STEP_RELEASE, STEP_DATABASE,
                                         STEP_SETUP,     STEP_WEB,     STEP_ROUTE };
static const enum step delete_plan[] = { STEP_UNINSTALL, STEP_REMOVE, STEP_VERIFY };

static const struct step_row *find_step(const struct step_row *rows, int n, enum step wanted)
{
    for (int i = 0; i < n; i++)
        if (rows[i].step == wanted)
            return &rows[i];
    return NULL;
}

/* How one step stands: done, under way, stopped there, or not begun. */
static void fill_step(struct tpl_dict *d, enum step step, const struct step_row *row, bool moving)
{
    char span[TIME_SPAN_MAX] = "";
    tpl_set(d, "STEP_TITLE", step_title(step));
    tpl_set(d, "STEP_NAME", step_name(step));
    const char *state = "waiting", *state_text = "not begun";
    if (row && row->finished_at) {
        state = "done", state_text = "done";
        time_span(row->finished_at - row->started_at, span);
    } else if (row && moving) {
        state = "active", state_text = "under way";
        time_span(time_wall_ms() - row->started_at, span);
        tpl_setf(tpl_section(d, "STEP_TICKS"), "STEP_SINCE", "%lld", (long long)row->started_at);
    } else if (row) {
        state = "stopped", state_text = "stopped here";
    }
    tpl_set(d, "STEP_STATE", state);
    tpl_set(d, "STEP_STATE_TEXT", state_text);
    tpl_set(d, "STEP_SPAN", span);
}

static int fill_steps(struct tpl_dict *d, struct app *app, const struct store *store,
                      struct err *err)
{
    struct step_row rows[STEP_COUNT];
    enum operation_kind kind;
    int n = service_steps(&app->service, store->uid, rows, &kind, err);
    if (n < 0)
        return -1;
    bool moving = store_status_is_moving(store->status), deleting = kind == OPERATION_DELETE;
    const enum step *steps = deleting ? delete_plan : create_plan;
    int count = deleting ? 3 : 6, done = 0;
    if (n == 0 && !moving)
        return 0;
    struct tpl_dict *list = tpl_section(d, "STEPS");
    for (int i = 0; i < count; i++) {
        const struct step_row *row = find_step(rows, n, steps[i]);
        if (!row && !moving)
            continue;
        done += row && row->finished_at;
        fill_step(tpl_section(list, "STEP"), steps[i], row, moving);
    }
    tpl_set(list, "STEPS_TITLE", deleting ? "Deletion" : "Provisioning");
    tpl_setf(list, "STEPS_DONE", "%d", done);
    tpl_setf(list, "STEPS_COUNT", "%d", count);
    return 0;
}

static int fill_timeline(struct tpl_dict *d, struct app *app, const struct store *store,
                         struct err *err)
{
    CLEANUP(event_list_clear) struct event_list events = { 0 };
    if (service_events(&app->service, store->uid, TIMELINE_MAX, &events, err) < 0)
        return -1;
    for (size_t i = 0; i < events.count; i++) {
        struct tpl_dict *e = tpl_section(d, "EVENT");
        view_time(e, "EVENT_AT", "EVENT_AT_TEXT", events.items[i].at);
        tpl_set(e, "EVENT_LEVEL", events.items[i].level);
        tpl_set(e, "EVENT_MESSAGE", events.items[i].message);
    }
    tpl_show(d, "NO_EVENTS", events.count == 0);
    return 0;
}

static void fill_actions(struct tpl_dict *d, const struct app *app, const struct request *rq,
                         const struct store *store)
{
    struct actor who = app_actor(app, rq);
    if (!service_may_change(&who, store) || store->status == STORE_DELETED)
        return;
    struct tpl_dict *actions = tpl_section(d, "ACTIONS");
    tpl_show(actions, "MAY_RETRY",
             store->status == STORE_FAILED || store->status == STORE_DEGRADED ||
                 store->status == STORE_DELETE_FAILED);
    if (store->status != STORE_DELETING)
        tpl_set(tpl_section(actions, "MAY_DELETE"), "DELETE_TEXT",
                store_is_being_set_up(store) ? "Cancel the setup…" : "Delete this store…");
    tpl_show(actions, "MAY_SEE_CREDENTIALS", view_is_open(store));
}

static void fill_admin_link(struct tpl_dict *d, const struct app *app, const struct store *store)
{
    const struct engine *engine = engine_find(store->engine);
    if (!engine || !view_is_open(store))
        return;
    CLEANUP_FREE char *url = service_store_url(&app->service, store, engine->admin_path);
    tpl_set(tpl_section(d, "ADMIN"), "ADMIN_URL", url);
}

/* "created in 48 s": how long it took or has been taking. */
static void fill_duration(struct tpl_dict *d, const struct store *store)
{
    char span[TIME_SPAN_MAX];
    bool deleting = store->desired == STORE_ABSENT;
    if (store->ready_at && !deleting)
        tpl_set(tpl_section(d, "TOOK"), "TOOK_SPAN",
                time_span(store->ready_at - store->created_at, span));
    else if (store_status_is_moving(store->status)) {
        int64_t since = deleting ? store->status_at : store->created_at;
        struct tpl_dict *running = tpl_section(d, "RUNNING");
        tpl_set(running, "RUNNING_SPAN", time_span(time_wall_ms() - since, span));
        tpl_setf(running, "RUNNING_SINCE", "%lld", (long long)since);
    }
}

/* Everything inside the part of the page that is kept fresh. */
static int fill_live(struct tpl_dict *d, struct app *app, const struct request *rq,
                     const struct store *store, struct err *err)
{
    const struct status_words *w = status_words(store->status);
    view_store(d, app, store);
    tpl_set(d, "MEANING", w->meaning);
    tpl_set(d, "ADVICE", w->advice);
    if (!view_is_open(store))
        tpl_set(tpl_section(d, "CLOSED"), "CLOSED_TEXT",
                store->desired == STORE_ABSENT
                    ? "The shop is closed."
                    : "The shop's address appears here as soon as the shop answers as a shop.");
    tpl_set(d, "OWNER", store->owner_name);
    tpl_set(d, "ADMIN_EMAIL", store->admin_email);
    tpl_setf(d, "FRAGMENT_URL", "/fragments/stores/%s", store->id);
    view_time(d, "OBSERVED", "OBSERVED_TEXT", store->observed_at);
    view_pulse(d, store_status_is_moving(store->status));
    fill_admin_link(d, app, store);
    fill_actions(d, app, rq, store);
    fill_duration(d, store);
    tpl_set(d, "CSRF", rq->csrf);
    tpl_show(d, "HAS_REASON", !str_empty(store->reason));
    tpl_show(d, "HAS_ADVICE", w->advice[0] != '\0');
    tpl_show(d, "WAS_OBSERVED", store->observed_at > 0);
    return fill_steps(d, app, store, err) < 0 || fill_timeline(d, app, store, err) < 0 ? -1 : 0;
}

static int find_store(struct app *app, const struct request *rq, struct store *store,
                      struct err *err)
{
    struct actor who = app_actor(app, rq);
    return service_get(&app->service, &who, rq->param, true, store, err);
}

int store_page_with(struct app *app, const struct request *rq, struct reply *re,
                    const struct store *store, const struct store_notes *notes, struct err *err)
{
    struct actor who = app_actor(app, rq);
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_begin(&p, app, rq, store->title, "store.tpl", err) < 0 ||
        fill_live(p.body, app, rq, store, err) < 0)
        return -1;
    page_done(&p, rq);
    tpl_include(p.body, "LIVE", "store-live.tpl");
    if (notes->credentials) {
        struct tpl_dict *c = tpl_section(p.body, "CREDENTIALS");
        tpl_set(c, "CREDENTIALS_EMAIL", notes->credentials->email);
        tpl_set(c, "CREDENTIALS_PASSWORD", notes->credentials->password);
    }
    if (notes->fault)
        tpl_set(tpl_section(p.body, "FAULT"), "FAULT_TEXT", notes->fault);
    if (store->status != STORE_DELETED && service_may_change(&who, store) &&
        share_fill(p.body, app, store, notes->reader, notes->reader_fault, err) < 0)
        return -1;
    if (store_status_is_moving(store->status) && rq->method != METHOD_POST)
        page_refresh(&p);
    return page_end(&p, app, re, err);
}

int store_show(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    bool unchanged = false;
    CLEANUP(store_clear) struct store store = { 0 };
    if (find_store(app, rq, &store, err) < 0)
        return -1;
    /* While it moves the page tells elapsed times, which change without the database. */
    if (!store_status_is_moving(store.status) && page_unchanged(app, rq, re, &unchanged, err) < 0)
        return -1;
    return unchanged ? 0 : store_page_with(app, rq, re, &store, &(struct store_notes) { 0 }, err);
}

int store_fragment(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    bool unchanged = false;
    CLEANUP(store_clear) struct store store = { 0 };
    if (find_store(app, rq, &store, err) < 0 || page_unchanged(app, rq, re, &unchanged, err) < 0)
        return -1;
    if (unchanged)
        return 0; /* the script ticks elapsed times by itself */
    CLEANUP(page_clear) struct page p = { 0 };
    if (page_fragment(&p, app, "store-live.tpl", err) < 0 ||
        fill_live(p.body, app, rq, &store, err) < 0)
        return -1;
    return page_end(&p, app, re, err);
}

int store_retry(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    if (service_retry(&app->service, &who, rq->param, err) < 0)
        return -1;
    CLEANUP_FREE char *path = str_printf("/stores/%s", rq->param);
    reply_redirect(re, path);
    return 0;
}

int store_credentials(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct actor who = app_actor(app, rq);
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(&app->service, &who, rq->param, false, &store, err) < 0)
        return -1;
    CLEANUP(credentials_clear) struct credentials credentials = { 0 };
    if (service_credentials(&app->service, &who, rq->param, &credentials, err) == 0)
        return store_page_with(app, rq, re, &store,
                               &(struct store_notes) { .credentials = &credentials }, err);
    if (err->code == ERR_FORBIDDEN && !service_may_change(&who, &store))
        return -1;
    /* Whatever it was, it is between the platform and the cluster: the visitor may ask again. */
    re->status = 503;
    CLEANUP_FREE char *fault = str_dup(err->msg);
    return store_page_with(app, rq, re, &store, &(struct store_notes) { .fault = fault }, err);
}
