#include "world.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "capacity.h"
#include "orphans.h"
#include "queue.h"
#include "seen.h"
#include "store/recover.h"
#include "store/row.h"

static int compare_tracked(const void *a, const void *b)
{
    return strcmp(((const struct tracked *)a)->row.uid, ((const struct tracked *)b)->row.uid);
}

static int compare_id(const void *a, const void *b)
{
    return strcmp(((const struct tracked *)a)->row.id, ((const struct tracked *)b)->row.id);
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

struct tracked *world_find_id(struct world *w, const char *id)
{
    CLEANUP_FREE char *text = str_dup(id);
    struct tracked key = { .row.id = text };
    struct tracked **found = tfind(&key, &w->by_id, compare_id);
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
    free(n->engine);
    free(n->owner);
    free(n);
}

void world_touch(struct tracked *t)
{
    struct world *w = t->world;
    if (!w->complete && !t->operation_id)
        return;
    t->dirty = true;
    if (t->busy_link)
        return;
    t->next_busy = w->busy;
    t->busy_link = &w->busy;
    if (w->busy)
        w->busy->busy_link = &t->next_busy;
    w->busy = t;
}

void world_touch_all(struct world *w)
{
    for (struct tracked *t = w->stores; t; t = t->next)
        world_touch(t);
}

void world_rest(struct tracked *t)
{
    if (!t->busy_link)
        return;
    *t->busy_link = t->next_busy;
    if (t->next_busy)
        t->next_busy->busy_link = t->busy_link;
    t->next_busy = NULL;
    t->busy_link = NULL;
}

static void touch_by_id(struct world *w, const char *id)
{
    for (struct tracked *t = world_find_id(w, id); t; t = t->older)
        world_touch(t);
}

void world_touch_successors(struct tracked *t)
{
    for (struct tracked *s = world_find_id(t->world, t->row.id); s && s != t; s = s->older)
        world_touch(s);
}

/* Puts t among those of its ID, the newest of which the tree holds. */
static void join_id(struct tracked *t)
{
    struct world *w = t->world;
    struct tracked *newest = world_find_id(w, t->row.id);
    if (!newest || newest->row.seq < t->row.seq) {
        if (newest)
            tdelete(newest, &w->by_id, compare_id);
        t->older = newest;
        tsearch(t, &w->by_id, compare_id);
        return;
    }
    while (newest->older && newest->older->row.seq > t->row.seq)
        newest = newest->older;
    t->older = newest->older;
    newest->older = t;
}

static void leave_id(struct tracked *t)
{
    struct world *w = t->world;
    struct tracked *newest = world_find_id(w, t->row.id);
    if (newest == t) {
        tdelete(t, &w->by_id, compare_id);
        if (t->older)
            tsearch(t->older, &w->by_id, compare_id);
        return;
    }
    while (newest && newest->older != t)
        newest = newest->older;
    if (newest)
        newest->older = t->older;
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
    n->ready_noted |= kube_get(ns, "metadata", "annotations", ANNOTATION_READY, NULL) != NULL;
    orphans_see_namespace(w, n, ns);
    touch_by_id(w, name);
}

void world_forget_namespace(struct world *w, const char *name)
{
    struct namespace_entry *n = world_namespace(w, name);
    if (!n)
        return;
    bool foreign = !*n->uid_label;
    if (n->told != ORPHAN_NONE)
        db_exec(w->db, NULL, SQL_ORPHAN_REMOVE, "s", name);
    tdelete(n, &w->namespaces, compare_namespace);
    free_namespace(n);
    if (foreign)
        db_exec(w->db, NULL, SQL_FOREIGN_NAMESPACE_REMOVE, "s", name);
    touch_by_id(w, name);
}

void world_set_condition(struct world *w, const char *name, bool ok, const char *message)
{
    if (db_exec(w->db, NULL, SQL_CONDITION_SET, "sisi", name, (int64_t)ok, message,
                time_wall_ms()) < 0)
        log_warn("a condition of the platform was not written", "condition", name);
}

void world_shift_clock(struct world *w, int64_t step)
{
    w->complete_since += step;
    for (struct tracked *t = w->stores; t; t = t->next) {
        t->started_at += t->started_at ? step : 0;
        t->not_before += t->not_before ? step : 0;
    }
    world_touch_all(w);
}

void world_renew_credentials(struct world *w)
{
    CLEANUP(kube_config_free_p) struct kube_config *now = NULL;
    if (kube_config_load(&now, w->config->kubeconfig, NULL) < 0 || kube_use(w->kube, now, NULL) < 0)
        return; /* it may be half written; the next failure looks again */
    kube_config_free(w->kube_config);
    w->kube_config = TAKE(now);
}

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
        world_set_condition(w, "cluster", false, message);
        world_close(w);
        return err_set(err, failed.code, "%s", failed.msg);
    }
    if (world_load(w, err) < 0) {
        world_close(w);
        return -1;
    }
    watches_start(w);
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
    free(t->front_trouble);
    free(t->event_trouble);
    free(t->route_trouble);
    free(t->room_text);
    json_decref(t->room_nodes);
    json_decref(t->log_secret);
    free(t->log_text);
    free(t->answer_text);
    free(t->call_error);
    free(t->error);
    store_clear(&t->row);
    free(t);
}

void world_forget(struct world *w, struct tracked *t)
{
    tdelete(t, &w->by_uid, compare_tracked);
    leave_id(t);
    world_rest(t);
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
    tdestroy(w->by_id, keep);
    tdestroy(w->namespaces, free_namespace);
    queue_free(w);
    orphans_free(w);
    capacity_free(w);
    for (struct tracked *t = w->stores, *next; t; t = next) {
        next = t->next;
        free_tracked(t);
    }
    kube_free(w->kube);
    http_free(w->http);
    kube_config_free(w->kube_config);
    memset(w, 0, sizeof(*w));
}

/* A new operation starts with nothing behind it. What is known of one that goes on is newer than
 * what was written, where the clock was stepped. */
static void take_operation(struct tracked *t, struct stmt *st)
{
    int64_t id = stmt_int(st, stmt_column(st, "operation_id"));
    if (id == t->operation_id)
        return;
    t->steps_begun = t->steps_done = 0;
    t->said = CAUSE_NONE;
    t->pods_cleared = false;
    t->repaired = 0;
    t->volumes_known = false;
    t->claims_asked = t->claims_gone = false;
    t->release = RELEASE_UNKNOWN;
    t->calls_fail_since = 0;
    t->operation_id = id;
    t->attempt = stmt_int(st, stmt_column(st, "attempt"));
    t->started_at = stmt_int(st, stmt_column(st, "started_at"));
    t->not_before = stmt_int(st, stmt_column(st, "not_before"));
    t->admitted = t->started_at != 0; /* it was under way before this process */
    if (t->started_at > time_wall_ms())
        t->started_at = 0; /* the clock was set back since: it is counted from now on */
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
    bool is_new = false;
    if (!t) {
        t = mem_alloc(sizeof(*t));
        t->world = w;
        t->row = row;
        t->wake_at = INT64_MAX;
        tsearch(t, &w->by_uid, compare_tracked);
        join_id(t);
        w->orphans_changed = true;
        const struct namespace_entry *ns = world_namespace(w, row.id);
        w->see_again |= ns && strcmp(ns->uid_label, row.uid) == 0;
        *(*last ? &(*last)->next : &w->stores) = t;
        *last = t;
        is_new = true;
    } else {
        store_clear(&t->row);
        t->row = row;
    }
    t->owner = queue_owner(w, t->row.owner_id);
    take_operation(t, st);
    if (is_new)
        t->said = cause_find(t->row.cause); /* an earlier reconciler has told it */
    world_touch(t);
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
    w->wishes_pending = true;
    return r;
}
