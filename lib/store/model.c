#include "store/model.h"

#include <stdlib.h>
#include <string.h>

static int find_name(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

/* Defines type##_name and type##_parse over a table indexed by the enum. */
#define NAMED_ENUM(prefix, type, names) \
    const char *prefix##_name(type value) \
    { \
        return names[value]; \
    } \
    int prefix##_parse(const char *name, type *out) \
    { \
        int i = find_name(names, sizeof(names) / sizeof(names[0]), name); \
        if (i < 0) \
            return -1; \
        *out = (type)i; \
        return 0; \
    }

static const char *const status_names[STORE_STATUS_COUNT] = {
    [STORE_REQUESTED] = "requested",
    [STORE_PROVISIONING] = "provisioning",
    [STORE_READY] = "ready",
    [STORE_DEGRADED] = "degraded",
    [STORE_FAILED] = "failed",
    [STORE_DELETING] = "deleting",
    [STORE_DELETE_FAILED] = "delete_failed",
    [STORE_DELETED] = "deleted",
};
NAMED_ENUM(store_status, enum store_status, status_names)

static const char *const kind_names[] = {
    [OPERATION_CREATE] = "create",
    [OPERATION_DELETE] = "delete",
    [OPERATION_RETRY] = "retry",
};
NAMED_ENUM(operation_kind, enum operation_kind, kind_names)

static const char *const role_names[] = {
    [ROLE_NONE] = "none",
    [ROLE_VIEWER] = "viewer",
    [ROLE_MEMBER] = "member",
    [ROLE_ADMIN] = "admin",
};
NAMED_ENUM(role, enum role, role_names)

static const char *const step_names[STEP_COUNT] = {
    [STEP_NAMESPACE] = "namespace", [STEP_RELEASE] = "release", [STEP_DATABASE] = "database",
    [STEP_SETUP] = "setup",         [STEP_WEB] = "web",         [STEP_ROUTE] = "route",
    [STEP_UNINSTALL] = "uninstall", [STEP_REMOVE] = "remove",   [STEP_VERIFY] = "verify",
};
NAMED_ENUM(step, enum step, step_names)

const char *step_title(enum step s)
{
    static const char *const titles[STEP_COUNT] = {
        [STEP_NAMESPACE] = "Namespace",
        [STEP_RELEASE] = "Release",
        [STEP_DATABASE] = "Database",
        [STEP_SETUP] = "Shop setup",
        [STEP_WEB] = "Web server",
        [STEP_ROUTE] = "Shop answers at its address",
        [STEP_UNINSTALL] = "Uninstall the release",
        [STEP_REMOVE] = "Remove the namespace",
        [STEP_VERIFY] = "Verify that nothing is left",
    };
    return titles[s];
}

bool store_status_is_moving(enum store_status s)
{
    return s == STORE_REQUESTED || s == STORE_PROVISIONING || s == STORE_DEGRADED ||
           s == STORE_DELETING;
}

bool store_is_being_set_up(const struct store *s)
{
    return s->desired == STORE_PRESENT && !s->ready_at &&
           (s->status == STORE_REQUESTED || s->status == STORE_PROVISIONING);
}

void store_clear(struct store *s)
{
    if (!s)
        return;
    char **texts[] = { &s->id,      &s->owner_name, &s->engine,      &s->plan,
                       &s->host,    &s->title,      &s->admin_email, &s->currency,
                       &s->country, &s->cause,      &s->reason };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(*texts[i]);
    memset(s, 0, sizeof(*s));
}

void store_page_clear(struct store_page *p)
{
    for (size_t i = 0; i < p->count; i++)
        store_clear(&p->items[i]);
    free(p->items);
    memset(p, 0, sizeof(*p));
}

void event_list_clear(struct event_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i].message);
    free(l->items);
    memset(l, 0, sizeof(*l));
}
