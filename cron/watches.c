/* What is watched of the cluster: one watch a kind for all stores. What matters of each object is
 * kept, not its JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "capacity.h"
#include "orphans.h"
#include "seen.h"
#include "world.h"

#define UID_LABEL "storewright.io/uid"

/* The objects of a release: the name is the store's ID and this suffix, or one that all have. */
static const struct {
    enum watch_kind watch;
    const char *suffix, *title, *name;
} objects[OBJECT_COUNT] = {
    [OBJECT_DEPLOYMENT] = { WATCH_DEPLOYMENTS, "-web", "Deployment" },
    [OBJECT_STATEFULSET] = { WATCH_STATEFULSETS, "-database", "StatefulSet" },
    [OBJECT_INGRESS] = { WATCH_INGRESSES, "", "Ingress" },
    [OBJECT_WEB_SERVICE] = { WATCH_SERVICES, "-web", "Service" },
    [OBJECT_DATABASE_SERVICE] = { WATCH_SERVICES, "-database", "Service" },
    [OBJECT_CREDENTIALS] = { WATCH_CREDENTIALS, NULL, "Secret", STORE_CREDENTIALS },
    [OBJECT_ACCOUNT] = { WATCH_ACCOUNTS, "", "ServiceAccount" },
    [OBJECT_QUOTA] = { WATCH_QUOTAS, "", "ResourceQuota" },
    [OBJECT_LIMITS] = { WATCH_LIMITS, "", "LimitRange" },
    [OBJECT_POLICY_DENY] = { WATCH_POLICIES, "-deny", "NetworkPolicy" },
    [OBJECT_POLICY_WEB] = { WATCH_POLICIES, "-web", "NetworkPolicy" },
    [OBJECT_POLICY_DATABASE] = { WATCH_POLICIES, "-database", "NetworkPolicy" },
    [OBJECT_DATABASE_CLAIM] = { WATCH_CLAIMS, "-database", "PersistentVolumeClaim" },
    [OBJECT_FILES_CLAIM] = { WATCH_CLAIMS, "-files", "PersistentVolumeClaim" },
    [OBJECT_FRONT_DEPLOYMENT] = { WATCH_DEPLOYMENTS, "-storefront", "Deployment" },
    [OBJECT_FRONT_SERVICE] = { WATCH_SERVICES, "-storefront", "Service" },
    [OBJECT_POLICY_FRONT] = { WATCH_POLICIES, "-storefront", "NetworkPolicy" },
};

static bool is_synced(const struct world *w, enum watch_kind kind)
{
    return w->watches[kind] && kube_watch_is_synced(w->watches[kind]);
}

unsigned watches_missing(const struct tracked *t)
{
    unsigned missing = 0;
    int count = t->front == FRONT_NONE ? OBJECT_FRONT_DEPLOYMENT : OBJECT_COUNT;
    for (int o = 0; o < count; o++)
        if (!(t->present & 1u << o) && is_synced(t->world, objects[o].watch))
            missing |= 1u << o;
    return missing;
}

void watches_name(const struct tracked *t, enum object o, char *out, size_t n)
{
    if (objects[o].name)
        snprintf(out, n, "the %s %s", objects[o].title, objects[o].name);
    else
        snprintf(out, n, "the %s %s%s", objects[o].title, t->row.id, objects[o].suffix);
}

static struct tracked *tracked_of(struct world *w, json_t *object)
{
    struct tracked *t =
        world_find(w, kube_get_string(object, "metadata", "labels", UID_LABEL, NULL));
    if (t)
        world_touch(t);
    return t;
}

/* Only the objects that make up the shop count, not what else may carry the label. */
static unsigned bit_of(const struct tracked *t, enum watch_kind kind, json_t *object)
{
    const char *name = str_or_empty(kube_get_string(object, "metadata", "name", NULL));
    const char *suffix = str_starts(name, t->row.id) ? name + strlen(t->row.id) : NULL;
    if (!str_eq(kube_get_string(object, "metadata", "namespace", NULL), t->row.id))
        return 0;
    for (int o = 0; o < OBJECT_COUNT; o++)
        if (objects[o].watch == kind &&
            (objects[o].name ? str_eq(name, objects[o].name) : str_eq(suffix, objects[o].suffix)))
            return 1u << o;
    return 0;
}

/* One that is being removed is as good as gone, but for a claim, which a pod still holds. */
static bool is_there(enum watch_kind kind, json_t *object)
{
    return kind == WATCH_CLAIMS || !kube_get(object, "metadata", "deletionTimestamp", NULL);
}

static struct tracked *see_object(struct world *w, enum watch_kind kind, json_t *object, bool there)
{
    struct tracked *t = tracked_of(w, object);
    unsigned bit = t ? bit_of(t, kind, object) : 0;
    if (there && is_there(kind, object)) {
        if (t) {
            t->present |= bit;
            t->removed &= ~bit;
        }
        return t;
    }
    /* Somebody has been at it: what was known of the release may hold no longer. */
    if (bit && t->present & bit && !t->helm && t->row.desired == STORE_PRESENT)
        t->release = RELEASE_UNKNOWN;
    if (t) {
        t->present &= ~bit;
        t->removed |= bit;
    }
    return t;
}

static void namespaces_upsert(void *arg, json_t *ns)
{
    world_see_namespace(arg, ns);
}

static void namespaces_remove(void *arg, json_t *ns)
{
    const char *name = kube_get_string(ns, "metadata", "name", NULL);
    if (name)
        world_forget_namespace(arg, name);
}

static void pods_upsert(void *arg, json_t *pod)
{
    struct tracked *t = tracked_of(arg, pod);
    if (t)
        seen_pod(t, pod);
}

static void pods_remove(void *arg, json_t *pod)
{
    struct tracked *t = tracked_of(arg, pod);
    if (t)
        seen_pod_gone(t, pod);
}

static void deployments_upsert(void *arg, json_t *object)
{
    struct tracked *t = see_object(arg, WATCH_DEPLOYMENTS, object, true);
    orphans_see_release(arg, object, true);
    struct trouble_view view;
    if (!t)
        return;
    bool is_front = bit_of(t, WATCH_DEPLOYMENTS, object) == 1u << OBJECT_FRONT_DEPLOYMENT;
    struct trouble_view **kept = is_front ? &t->front_trouble : &t->workload_trouble;
    readiness_of_workload(object, &view);
    free(*kept);
    *kept = NULL;
    if (view.kind != TROUBLE_NONE) {
        *kept = mem_alloc(sizeof(view));
        **kept = view;
    }
}

static void deployments_remove(void *arg, json_t *object)
{
    see_object(arg, WATCH_DEPLOYMENTS, object, false);
    orphans_see_release(arg, object, false);
}

static void ingresses_upsert(void *arg, json_t *object)
{
    struct tracked *t = see_object(arg, WATCH_INGRESSES, object, true);
    if (!t || bit_of(t, WATCH_INGRESSES, object) != 1u << OBJECT_INGRESS)
        return;
    const char *kind =
        kube_get_string(object, "metadata", "labels", "storewright.io/storefront", NULL);
    enum front front = str_eq(kind, "builtin")  ? FRONT_BUILTIN
                       : str_eq(kind, "custom") ? FRONT_CUSTOM
                                                : FRONT_NONE;
    /* What was answered before was another's answer. */
    if (front != t->front)
        probe_forget(t);
    t->front = front;
}

static void ingresses_remove(void *arg, json_t *object)
{
    see_object(arg, WATCH_INGRESSES, object, false);
}

/* Kinds of which only the presence matters. */
#define PRESENCE(kind, watch) \
    static void kind##_upsert(void *arg, json_t *object) \
    { \
        see_object(arg, watch, object, true); \
    } \
    static void kind##_remove(void *arg, json_t *object) \
    { \
        see_object(arg, watch, object, false); \
    }

PRESENCE(statefulsets, WATCH_STATEFULSETS)
PRESENCE(services, WATCH_SERVICES)
PRESENCE(credentials, WATCH_CREDENTIALS)
PRESENCE(accounts, WATCH_ACCOUNTS)
PRESENCE(quotas, WATCH_QUOTAS)
PRESENCE(limits, WATCH_LIMITS)
PRESENCE(policies, WATCH_POLICIES)
PRESENCE(claims, WATCH_CLAIMS)

static void nodes_upsert(void *arg, json_t *node)
{
    capacity_see_node(arg, node);
}

static void nodes_remove(void *arg, json_t *node)
{
    capacity_node_gone(arg, node);
}

static void other_pods_upsert(void *arg, json_t *pod)
{
    capacity_see_pod(arg, pod);
}

static void other_pods_remove(void *arg, json_t *pod)
{
    capacity_pod_gone(arg, pod);
}

/* Foreign namespaces that went away while nobody watched. */
static void forget_foreign(struct world *w)
{
    char gone[256] = "";
    do {
        CLEANUP(stmt_done_p) struct stmt *st = NULL;
        if (db_query(w->db, &st, NULL, SQL_FOREIGN_NAMESPACE_LIST, "") < 0)
            return;
        gone[0] = '\0';
        while (!gone[0] && stmt_step(st, NULL) > 0)
            if (!world_namespace(w, stmt_text(st, 0)))
                snprintf(gone, sizeof(gone), "%s", stmt_text(st, 0));
        stmt_done(TAKE(st));
        if (gone[0] && db_exec(w->db, NULL, SQL_FOREIGN_NAMESPACE_REMOVE, "s", gone) <= 0)
            return;
    } while (gone[0]);
}

static void needed_synced(void *arg)
{
    struct world *w = arg;
    for (int i = 0; i < WATCH_NEEDED; i++)
        if (!is_synced(w, (enum watch_kind)i))
            return;
    if (!w->complete) {
        w->complete = true;
        w->complete_since = time_wall_ms();
        world_set_condition(w, "cluster", true, "");
        forget_foreign(w);
        w->orphans_changed = true;
        log_debug("the cluster is seen whole");
    }
    world_touch_all(w);
}

static void needed_failed(void *arg, const struct err *err)
{
    struct world *w = arg;
    log_warn("watching the cluster failed", "code", err_code_name(err->code), "error", err->msg);
    world_renew_credentials(w);
    w->complete = false;
    CLEANUP_FREE char *message = str_printf(
        "The cluster cannot be reached: %s. What was asked for is kept and carried on when it "
        "answers.",
        err->msg);
    world_set_condition(w, "cluster", false, message);
}

/* What is missing of it is known by now. */
static void more_synced(void *arg)
{
    world_touch_all(arg);
}

static void capacity_synced(void *arg)
{
    struct world *w = arg;
    w->capacity_changed = true;
}

/* Nothing is said of a kind that cannot be seen, for want of a right for example. */
static void more_failed(void *arg, const struct err *err)
{
    (void)arg;
    log_warn("watching a kind of object failed", "code", err_code_name(err->code), "error",
             err->msg);
}

#define capacity_failed more_failed

static const struct {
    struct kube_watch_of of;
    struct kube_watch_events events;
} watch_rows[WATCH_COUNT] = {
#define ROW(path, selector, metadata_only, kind, tier) \
    { \
        { path, selector, UID_LABEL, metadata_only }, \
        { \
            kind##_upsert, kind##_remove, tier##_synced, tier##_failed \
        } \
    }
#define OURS UID_LABEL
    [WATCH_NAMESPACES] = ROW("/api/v1/namespaces", NULL, false, namespaces, needed),
    [WATCH_PODS] = ROW("/api/v1/pods", OURS, false, pods, needed),
    [WATCH_DEPLOYMENTS] = ROW("/apis/apps/v1/deployments", OURS, false, deployments, needed),
    [WATCH_STATEFULSETS] = ROW("/apis/apps/v1/statefulsets", OURS, true, statefulsets, needed),
    [WATCH_INGRESSES] = ROW("/apis/networking.k8s.io/v1/ingresses", OURS, true, ingresses, needed),
    [WATCH_SERVICES] = ROW("/api/v1/services", OURS, true, services, more),
    [WATCH_CREDENTIALS] = ROW("/api/v1/secrets?fieldSelector=metadata.name%3D" STORE_CREDENTIALS,
                              OURS, true, credentials, more),
    [WATCH_ACCOUNTS] = ROW("/api/v1/serviceaccounts", OURS, true, accounts, more),
    [WATCH_QUOTAS] = ROW("/api/v1/resourcequotas", OURS, true, quotas, more),
    [WATCH_LIMITS] = ROW("/api/v1/limitranges", OURS, true, limits, more),
    [WATCH_POLICIES] =
        ROW("/apis/networking.k8s.io/v1/networkpolicies", OURS, true, policies, more),
    [WATCH_NODES] = ROW("/api/v1/nodes", NULL, false, nodes, capacity),
    [WATCH_OTHER_PODS] =
        ROW("/api/v1/pods?fieldSelector=status.phase!%3DSucceeded%2Cstatus.phase!%3DFailed",
            "!" UID_LABEL, false, other_pods, capacity),
    [WATCH_CLAIMS] = ROW("/api/v1/persistentvolumeclaims", OURS, true, claims, more),
};

static void start(struct world *w, int i)
{
    w->watches[i] = kube_watch_start(w->kube, &watch_rows[i].of, &watch_rows[i].events, w);
}

void watches_start(struct world *w)
{
    for (int i = 0; i < WATCH_NEEDED; i++)
        start(w, i);
}

void watches_again(struct world *w)
{
    w->complete = false;
    w->see_again = false;
    for (int i = 0; i < WATCH_COUNT; i++)
        if (w->watches[i])
            kube_watch_again(w->watches[i]);
}

void watches_start_more(struct world *w)
{
    for (int i = WATCH_NEEDED; i < WATCH_COUNT; i++)
        if (!w->watches[i])
            start(w, i);
}
