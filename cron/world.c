#include "world.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "seen.h"
#include "store/row.h"

static int compare_tracked(const void *a, const void *b)
{
    return strcmp(((const struct tracked *)a)->row.uid, ((const struct tracked *)b)->row.uid);
}

static int compare_namespace(const void *a, const void *b)
{
    return strcmp(((const struct namespace_entry *)a)->name,
                  ((const struct namespace_entry *)b)->name);
}

struct tracked *world_find(struct world *w, const char *uid)
{
    struct tracked key = { 0 };
    if (!uid || strlen(uid) != STORE_UID_LEN)
        return NULL;
    memcpy(key.row.uid, uid, STORE_UID_LEN + 1);
    struct tracked **found = tfind(&key, &w->by_uid, compare_tracked);
    return found ? *found : NULL;
}

struct namespace_entry *world_namespace(struct world *w, const char *name)
{
    char *text = str_dup(name);
    struct namespace_entry key = { .name = text };
    struct namespace_entry **found = tfind(&key, &w->namespaces, compare_namespace);
    free(text);
    return found ? *found : NULL;
}

static void free_namespace(void *p)
{
    struct namespace_entry *n = p;
    free(n->name);
    free(n->text);
    free(n);
}

static void mark_by_name(struct world *w, const char *name)
{
    for (struct tracked *t = w->stores; t; t = t->next)
        if (strcmp(t->row.id, name) == 0)
            t->dirty = true;
}

void world_see_namespace(struct world *w, json_t *ns)
{
    const char *name = kube_get_string(ns, "metadata", "name", NULL);
    if (!name)
        return;
    struct namespace_entry *n = world_namespace(w, name);
    bool was_foreign = n && !*n->uid_label;
    if (!n) {
        n = mem_alloc(sizeof(*n));
        n->name = str_dup(name);
        tsearch(n, &w->namespaces, compare_namespace);
    }
    const char *label = kube_get_string(ns, "metadata", "labels", "storewright.io/uid", NULL);
    bool known = label && strlen(label) == STORE_UID_LEN;
    snprintf(n->uid_label, sizeof(n->uid_label), "%s", known ? label : "");
    snprintf(n->uid, sizeof(n->uid), "%s",
             str_or_empty(kube_get_string(ns, "metadata", "uid", NULL)));
    n->terminating = kube_get(ns, "metadata", "deletionTimestamp", NULL) != NULL;
    char text[TROUBLE_TEXT_MAX];
    readiness_of_namespace(ns, text);
    free(n->text);
    n->text = text[0] ? str_dup(text) : NULL;
    /* Only when it changes: a write may have to wait for a lock, and the loop with it. */
    if (known == was_foreign)
        db_exec(w->db, NULL, known ? SQL_FOREIGN_NAMESPACE_REMOVE : SQL_FOREIGN_NAMESPACE_ADD, "s",
                name);
    mark_by_name(w, name);
}

static void namespace_upsert(void *arg, json_t *ns)
{
    world_see_namespace(arg, ns);
}

static void namespace_remove(void *arg, json_t *ns)
{
    struct world *w = arg;
    const char *name = kube_get_string(ns, "metadata", "name", NULL);
    struct namespace_entry *n = name ? world_namespace(w, name) : NULL;
    if (!n)
        return;
    bool foreign = !*n->uid_label;
    tdelete(n, &w->namespaces, compare_namespace);
    free_namespace(n);
    if (foreign)
        db_exec(w->db, NULL, SQL_FOREIGN_NAMESPACE_REMOVE, "s", name);
    mark_by_name(w, name);
}

static struct tracked *tracked_of(struct world *w, json_t *object)
{
    struct tracked *t =
        world_find(w, kube_get_string(object, "metadata", "labels", "storewright.io/uid", NULL));
    if (t) {
        t->dirty = true;
        t->observed_at = time_wall_ms();
    }
    return t;
}

static void pod_upsert(void *arg, json_t *pod)
{
    struct tracked *t = tracked_of(arg, pod);
    if (t)
        seen_pod(t, pod);
}

static void pod_remove(void *arg, json_t *pod)
{
    struct tracked *t = tracked_of(arg, pod);
    if (t)
        seen_pod_gone(t, pod);
}

/* Only the objects that make up the shop count, not what else may carry the label. */
static bool is_named(json_t *object, const char *id, const char *suffix)
{
    const char *name = kube_get_string(object, "metadata", "name", NULL);
    size_t n = strlen(id);
    return name && strncmp(name, id, n) == 0 && strcmp(name + n, suffix) == 0 &&
           !kube_get(object, "metadata", "deletionTimestamp", NULL);
}

static void see_workload(struct tracked *t, json_t *workload)
{
    struct trouble_view view;
    readiness_of_workload(workload, &view);
    free(t->workload_trouble);
    t->workload_trouble = NULL;
    if (view.kind != TROUBLE_NONE) {
        t->workload_trouble = mem_alloc(sizeof(view));
        *t->workload_trouble = view;
    }
}

#define PRESENCE_CALLBACKS(kind, field, suffix, also) \
    static void kind##_upsert(void *arg, json_t *object) \
    { \
        struct tracked *t = tracked_of(arg, object); \
        if (!t) \
            return; \
        if (is_named(object, t->row.id, suffix)) \
            t->field = true; \
        also; \
    } \
    static void kind##_remove(void *arg, json_t *object) \
    { \
        struct tracked *t = tracked_of(arg, object); \
        const char *name = kube_get_string(object, "metadata", "name", NULL); \
        if (t && name && str_starts(name, t->row.id) && str_eq(name + strlen(t->row.id), suffix)) \
            t->field = false; \
    }

PRESENCE_CALLBACKS(deployment, has_deployment, "-web", see_workload(t, object))
PRESENCE_CALLBACKS(statefulset, has_statefulset, "-database", (void)0)
PRESENCE_CALLBACKS(ingress, has_ingress, "", (void)0)

static void set_condition(struct world *w, bool ok, const char *message)
{
    if (db_exec(w->db, NULL, SQL_CONDITION_SET, "sisi", "cluster", (int64_t)ok, message,
                time_wall_ms()) < 0)
        log_warn("cannot write the cluster's condition");
}

static void mark_all(struct world *w)
{
    for (struct tracked *t = w->stores; t; t = t->next)
        t->dirty = true;
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

static void watch_synced(void *arg)
{
    struct world *w = arg;
    for (int i = 0; i < WATCH_COUNT; i++)
        if (!w->watches[i] || !kube_watch_is_synced(w->watches[i]))
            return;
    if (!w->complete) {
        w->complete = true;
        w->complete_since = time_wall_ms();
        set_condition(w, true, "");
        forget_foreign(w);
        log_debug("the cluster is seen whole");
    }
    mark_all(w);
}

static void watch_failed(void *arg, const struct err *err)
{
    struct world *w = arg;
    log_warn("watching the cluster failed", "code", err_code_name(err->code), "error", err->msg);
    /* An expired resourceVersion is the API's ordinary way to ask for a new list. */
    if (err->code == ERR_CORRUPT)
        return;
    w->complete = false;
    CLEANUP_FREE char *message = str_printf(
        "The cluster cannot be reached: %s. What was asked for is kept and carried on when it "
        "answers.",
        err->msg);
    set_condition(w, false, message);
}

static const struct {
    const char *path, *selector;
    struct kube_watch_events events;
} watch_rows[WATCH_COUNT] = {
#define WATCH_ROW(path, selector, kind) \
    { \
        path, selector, \
        { \
            kind##_upsert, kind##_remove, watch_synced, watch_failed \
        } \
    }
    [WATCH_NAMESPACES] = WATCH_ROW("/api/v1/namespaces", NULL, namespace),
    [WATCH_PODS] = WATCH_ROW("/api/v1/pods", "storewright.io/uid", pod),
    [WATCH_DEPLOYMENTS] = WATCH_ROW("/apis/apps/v1/deployments", "storewright.io/uid", deployment),
    [WATCH_STATEFULSETS] =
        WATCH_ROW("/apis/apps/v1/statefulsets", "storewright.io/uid", statefulset),
    [WATCH_INGRESSES] =
        WATCH_ROW("/apis/networking.k8s.io/v1/ingresses", "storewright.io/uid", ingress),
};

int world_open(struct world *w, const struct config *config, struct db *db, struct err *err)
{
    memset(w, 0, sizeof(*w));
    w->config = config;
    w->db = db;
    struct err failed = { 0 };
    if (kube_config_load(&w->kube_config, config->kubeconfig, &failed) < 0 ||
        http_new(&w->http, "storewright", &failed) < 0 ||
        kube_new(&w->kube, w->kube_config, w->http, &failed) < 0) {
        CLEANUP_FREE char *message = str_printf("The cluster cannot be used: %s", failed.msg);
        set_condition(w, false, message);
        world_close(w);
        return err_set(err, failed.code, "%s", failed.msg);
    }
    if (world_load(w, err) < 0) {
        world_close(w);
        return -1;
    }
    for (int i = 0; i < WATCH_COUNT; i++)
        w->watches[i] = kube_watch_start(w->kube, watch_rows[i].path, watch_rows[i].selector,
                                         &watch_rows[i].events, w);
    return 0;
}

static void free_tracked(struct tracked *t)
{
    for (int i = 0; i < CALL_COUNT; i++)
        kube_cancel(t->calls[i]);
    if (t->question)
        http_cancel(t->question);
    proc_free(t->helm);
    seen_clear_pods(t);
    if (t->probe_key)
        mem_wipe(t->probe_key, strlen(t->probe_key));
    free(t->probe_key);
    free(t->workload_trouble);
    free(t->event_trouble);
    free(t->log_text);
    free(t->answer_text);
    free(t->error);
    store_clear(&t->row);
    free(t);
}

void world_forget(struct world *w, struct tracked *t)
{
    tdelete(t, &w->by_uid, compare_tracked);
    for (struct tracked **link = &w->stores; *link; link = &(*link)->next)
        if (*link == t) {
            *link = t->next;
            break;
        }
    free_tracked(t);
}

static void keep(void *p)
{
    (void)p;
}

void world_close(struct world *w)
{
    for (int i = 0; i < WATCH_COUNT; i++)
        kube_watch_free(w->watches[i]);
    tdestroy(w->by_uid, keep);
    tdestroy(w->namespaces, free_namespace);
    for (struct tracked *t = w->stores, *next; t; t = next) {
        next = t->next;
        free_tracked(t);
    }
    kube_free(w->kube);
    http_free(w->http);
    kube_config_free(w->kube_config);
    memset(w, 0, sizeof(*w));
}

/* A new operation starts with nothing behind it. */
static void take_operation(struct tracked *t, struct stmt *st)
{
    int64_t id = stmt_int(st, stmt_column(st, "operation_id"));
    if (id != t->operation_id) {
        t->steps_begun = t->steps_done = 0;
        t->said = CAUSE_NONE;
        t->pods_cleared = false;
        t->volumes_known = false;
        t->claims_asked = t->claims_gone = false;
        t->release = RELEASE_UNKNOWN;
    }
    t->operation_id = id;
    t->attempt = stmt_int(st, stmt_column(st, "attempt"));
    t->started_at = stmt_int(st, stmt_column(st, "started_at"));
    t->not_before = stmt_int(st, stmt_column(st, "not_before"));
    if (id)
        operation_kind_parse(stmt_text(st, stmt_column(st, "operation_kind")), &t->operation_kind);
    free(t->error);
    t->error = str_dup(stmt_text(st, stmt_column(st, "operation_error")));
}

static int load_row(struct world *w, struct stmt *st, struct tracked **last, struct err *err)
{
    struct store row = { 0 };
    if (row_read_store(st, &row, err) < 0) {
        store_clear(&row);
        return -1;
    }
    struct tracked *t = world_find(w, row.uid);
    if (!t) {
        t = mem_alloc(sizeof(*t));
        t->world = w;
        t->row = row;
        t->wake_at = INT64_MAX;
        tsearch(t, &w->by_uid, compare_tracked);
        *(*last ? &(*last)->next : &w->stores) = t;
        *last = t;
    } else {
        store_clear(&t->row);
        t->row = row;
    }
    take_operation(t, st);
    t->dirty = true;
    return 0;
}

int world_load(struct world *w, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    /* The first time everything; later only what has an operation under way. */
    enum sql_id sql = w->stores ? SQL_STORE_WITH_OPERATION : SQL_STORE_TO_RECONCILE;
    if (db_query(w->db, &st, err, sql, "") < 0)
        return -1;
    struct tracked *last = w->stores;
    while (last && last->next)
        last = last->next;
    int r;
    while ((r = stmt_step(st, err)) > 0)
        if (load_row(w, st, &last, err) < 0)
            return -1;
    w->reload = false;
    return r;
}
