#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "commands.h"

#define FOLLOW_EVERY_MS 100
#define FOLLOW_EVENTS 200

static void print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(value);
}

static json_t *time_json(int64_t at)
{
    char text[TIME_RFC3339_MAX];
    return at ? json_string(time_rfc3339(at, text)) : json_null();
}

static json_t *store_json(struct service *s, const struct store *store)
{
    CLEANUP_FREE char *url = service_store_url(s, store, "");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "id",
                     store->id, "uid", store->uid, "owner", store->owner_name, "engine",
                     store->engine, "plan", store->plan, "title", store->title, "url", url,
                     "status", store_status_name(store->status), "cause", store->cause, "reason",
                     store->reason, "created_at", time_json(store->created_at), "ready_at",
                     time_json(store->ready_at), "deleted_at", time_json(store->deleted_at));
}

int command_list(struct service *s, const struct actor *who, const struct args *a, struct err *err)
{
    enum store_status status = STORE_READY;
    if (a->status && store_status_parse(a->status, &status) < 0)
        return err_set(err, ERR_INVALID, "--status: \"%s\" is no status", a->status);
    struct store_query q = { .search = a->search, .status = a->status ? (int)status : -1 };
    json_auto_t *all = json_array();
    for (bool more = true; more;) {
        CLEANUP(store_page_clear) struct store_page page = { 0 };
        if (service_list(s, who, &q, &page, err) < 0)
            return -1;
        for (size_t i = 0; i < page.count; i++) {
            const struct store *store = &page.items[i];
            if (a->json)
                json_array_append_new(all, store_json(s, store));
            else
                printf("%-40s %-12s %-13s %s\n", store->id, store->engine,
                       store_status_name(store->status), store->reason);
            q.older_than = store->seq;
        }
        more = page.has_older && page.count;
    }
    if (a->json)
        print_json(TAKE(all));
    return 0;
}

static int print_steps(struct service *s, const struct store *store, struct err *err)
{
    struct step_row steps[STEP_COUNT];
    enum operation_kind kind;
    int n = service_steps(s, store->uid, steps, &kind, err);
    for (int i = 0; i < n; i++) {
        char span[TIME_SPAN_MAX] = "under way";
        if (steps[i].finished_at)
            time_span(steps[i].finished_at - steps[i].started_at, span);
        printf("  %-28s %s\n", step_title(steps[i].step), span);
    }
    return n < 0 ? -1 : 0;
}

int command_show(struct service *s, const struct actor *who, const struct args *a, struct err *err)
{
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(s, who, a->name, true, &store, err) < 0)
        return -1;
    if (a->json) {
        print_json(store_json(s, &store));
        return 0;
    }
    CLEANUP_FREE char *url = service_store_url(s, &store, "");
    char when[TIME_RFC3339_MAX];
    printf("%s: %s\n", store.id, store_status_name(store.status));
    if (store.reason[0])
        printf("  %s\n", store.reason);
    printf("  %s  (%s, %s, of %s, created %s)\n", url, store.engine, store.plan, store.owner_name,
           time_rfc3339(store.created_at, when));
    return print_steps(s, &store, err);
}

/* Prints the timeline from event number *last on. */
static int print_new_events(struct service *s, const char *uid, int64_t *last, struct err *err)
{
    CLEANUP(event_list_clear) struct event_list events = { 0 };
    if (service_events(s, uid, FOLLOW_EVENTS, &events, err) < 0)
        return -1;
    for (size_t i = events.count; i-- > 0;) {
        const struct event_row *e = &events.items[i];
        char when[TIME_RFC3339_MAX];
        if (e->id <= *last)
            continue;
        *last = e->id;
        printf("%s %-7s %s\n", time_rfc3339(e->at, when), e->level, e->message);
        fflush(stdout);
    }
    return 0;
}

/* 0: ready or deleted, 1: failed. */
static int follow(struct service *s, const struct actor *who, const char *id, struct err *err)
{
    int64_t last = 0;
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(s, who, id, true, &store, err) < 0)
        return -1;
    for (;;) {
        if (print_new_events(s, store.uid, &last, err) < 0)
            return -1;
        if (!store_status_is_moving(store.status))
            return store.status == STORE_READY || store.status == STORE_DELETED ? 0 : 1;
        nanosleep(&(struct timespec) { .tv_nsec = FOLLOW_EVERY_MS * 1000000L }, NULL);
        if (service_get_again(s, &store, err) < 0)
            return -1;
    }
}

int command_follow(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err)
{
    return follow(s, who, a->name, err);
}

int command_create(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err)
{
    CLEANUP_FREE char *email = str_printf("admin@%s.%s", a->name, s->config->base_domain);
    struct store_request rq = {
        .id = a->name,
        .engine = a->engine,
        .plan = a->plan ? a->plan : "small",
        .title = a->title ? a->title : a->name,
        .admin_email = a->admin_email ? a->admin_email : email,
        .currency = a->currency ? a->currency : "eur",
        .country = a->country ? a->country : "de",
        .sample_products = !a->no_sample_products,
        .idempotency_key = a->key,
    };
    struct field_errors errors = { 0 };
    char uid[STORE_UID_LEN + 1];
    if (service_create(s, who, &rq, uid, &errors, err) < 0) {
        for (size_t i = 0; i < errors.count; i++)
            fprintf(stderr, "storectl: %s: %s\n", errors.items[i].field, errors.items[i].text);
        if (errors.count && err)
            err->msg[0] = '\0'; /* said already, field by field */
        return -1;
    }
    return a->wait ? follow(s, who, a->name, err) : 0;
}

int command_delete(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err)
{
    if (!a->confirm)
        return err_set(err, ERR_INVALID, "deleting takes all of the shop's data: add --confirm %s",
                       a->name);
    if (service_delete(s, who, a->name, a->confirm, err) < 0)
        return -1;
    return a->wait ? follow(s, who, a->name, err) : 0;
}

int command_retry(struct service *s, const struct actor *who, const struct args *a, struct err *err)
{
    if (service_retry(s, who, a->name, err) < 0)
        return -1;
    return a->wait ? follow(s, who, a->name, err) : 0;
}

int command_credentials(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err)
{
    CLEANUP(credentials_clear) struct credentials c = { 0 };
    if (service_credentials(s, who, a->name, &c, err) < 0)
        return -1;
    printf("%s\n%s\n", c.email, c.password);
    return 0;
}

int command_share(struct service *s, const struct actor *who, const struct args *a, struct err *err)
{
    if (str_empty(a->with))
        return err_set(err, ERR_INVALID, "who shall read it? --with NAME");
    return service_share(s, who, a->name, a->with, err);
}

int command_unshare(struct service *s, const struct actor *who, const struct args *a,
                    struct err *err)
{
    if (str_empty(a->with))
        return err_set(err, ERR_INVALID, "who shall no longer read it? --with NAME");
    return service_unshare(s, who, a->name, a->with, err);
}
