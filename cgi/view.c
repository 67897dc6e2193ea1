#include "view.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/timeutil.h"
#include "store/engine.h"

static const struct status_words words[STORE_STATUS_COUNT] = {
    [STORE_REQUESTED] = { "Requested", "moving", "Waiting for its turn.",
                          "Nothing to do: it starts by itself." },
    [STORE_PROVISIONING] = { "Provisioning", "moving", "The store is being set up.",
                             "Nothing to do: this page follows along." },
    [STORE_READY] = { "Ready", "good", "The shop is open and answers.", "" },
    [STORE_DEGRADED] = { "Degraded", "warn", "The shop was ready and is not well now.",
                         "It is being watched and often heals by itself. If it does not, retry." },
    [STORE_FAILED] = { "Failed", "bad", "The store could not be set up.",
                       "Mend the cause, then retry; or delete the store." },
    [STORE_DELETING] = { "Deleting", "moving", "The store is being removed.",
                         "Nothing to do: its ID is free again when this is done." },
    [STORE_DELETE_FAILED] = { "Delete failed", "bad", "The store could not be removed whole.",
                              "Mend the cause, then retry the deletion." },
    [STORE_DELETED] = { "Deleted", "gone", "Nothing of this store is left in the cluster.",
                        "Its ID can be used again." },
};

const struct status_words *status_words(enum store_status s)
{
    return &words[s];
}

void view_time(struct tpl_dict *d, const char *name, const char *text_name, int64_t at)
{
    char machine[TIME_RFC3339_MAX] = "", text[40] = "";
    if (at > 0) {
        time_t seconds = (time_t)(at / 1000);
        struct tm utc;
        gmtime_r(&seconds, &utc);
        strftime(text, sizeof(text), "%-d %b %Y, %H:%M:%S UTC", &utc);
        time_rfc3339(at, machine);
    }
    tpl_set(d, name, machine);
    tpl_set(d, text_name, text);
}

bool view_is_open(const struct store *store)
{
    return store->status == STORE_READY || store->status == STORE_DEGRADED;
}

void view_store(struct tpl_dict *d, const struct app *app, const struct store *store)
{
    const struct status_words *w = status_words(store->status);
    const struct engine *engine = engine_find(store->engine);
    const struct plan *plan = plan_find(store->plan);
    tpl_set(d, "ID", store->id);
    tpl_set(d, "STORE_TITLE", store->title);
    tpl_set(d, "STATUS_LABEL", w->label);
    tpl_set(d, "STATUS_TONE", w->tone);
    tpl_set(d, "STATUS_NAME", store_status_name(store->status));
    tpl_set(d, "REASON", store->reason);
    tpl_set(d, "ENGINE_TITLE", engine ? engine->title : store->engine);
    tpl_set(d, "PLAN_TITLE", plan ? plan->title : store->plan);
    tpl_set(d, "HOST", store->host);
    view_time(d, "CREATED", "CREATED_TEXT", store->created_at);
    if (view_is_open(store)) {
        CLEANUP_FREE char *url = service_store_url(&app->service, store, "");
        tpl_set(tpl_section(d, "OPEN"), "STORE_URL", url);
    }
}

void view_pulse(struct tpl_dict *d, bool moving)
{
    tpl_setf(d, "NOW_MS", "%lld", (long long)time_wall_ms());
    tpl_show(d, "MOVING", moving);
}

void view_option(struct tpl_dict *d, const char *section, const char *value, const char *title,
                 bool selected)
{
    struct tpl_dict *option = tpl_section(d, section);
    tpl_set(option, "OPTION_VALUE", value);
    tpl_set(option, "OPTION_TITLE", title);
    tpl_show(option, "OPTION_SELECTED", selected);
}

const char *view_role(enum role role)
{
    static const char *const names[] = { [ROLE_NONE] = "Nobody",
                                         [ROLE_VIEWER] = "Viewer",
                                         [ROLE_MEMBER] = "Member",
                                         [ROLE_ADMIN] = "Administrator" };
    return names[role];
}

/* The first mark that is in the text; the marks of a browser's relatives come before its own. */
static const char *find_mark(const char *text, const char *const marks[][2])
{
    while ((*marks)[0] && !strstr(text, (*marks)[0]))
        marks++;
    return (*marks)[1];
}

void view_browser(struct tpl_dict *d, const char *name, const char *user_agent)
{
    static const char *const browsers[][2] = {
        { "Edg/", "Edge" },      { "OPR/", "Opera" },     { "Firefox/", "Firefox" },
        { "FxiOS/", "Firefox" }, { "CriOS/", "Chrome" },  { "Chromium/", "Chromium" },
        { "Chrome/", "Chrome" }, { "Safari/", "Safari" }, { NULL, "A browser" },
    };
    static const char *const systems[][2] = {
        { "Android", " on Android" }, { "iPhone", " on iPhone" },
        { "iPad", " on iPad" },       { "Windows", " on Windows" },
        { "Mac OS X", " on macOS" },  { "CrOS", " on ChromeOS" },
        { "Linux", " on Linux" },     { NULL, "" },
    };
    tpl_setf(d, name, "%s%s", find_mark(user_agent, browsers), find_mark(user_agent, systems));
}

void view_limit(struct tpl_dict *d, enum limit which, const struct limit_state *l)
{
    tpl_set(d, "LIMIT_NAME", limit_name(which));
    tpl_set(d, "LIMIT_TITLE", limit_title(which));
    tpl_setf(d, "LIMIT_MOST", "%lld", (long long)l->most);
    tpl_setf(d, "LIMIT_USED", "%lld", (long long)l->used);
    tpl_show(d, "LIMIT_FULL", l->used >= l->most);
}
