#include "wishes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "helm/release.h"
#include "store/recover.h"

#define RETRY_MS 1000

/* The one that is under way. */
struct wish {
    char *ns, *uid, *who;
    int64_t account_id;
    bool remove, release; /* else: adopt, a namespace */
    json_t *found;        /* the namespace as it was read */
    struct kube_call *call;
};

static void end(struct world *w)
{
    struct wish *x = w->wish;
    if (!x)
        return;
    kube_cancel(x->call);
    json_decref(x->found);
    free(x->ns);
    free(x->uid);
    free(x->who);
    free(x);
    w->wish = NULL;
}

/* It cannot be done: the reason is the answer. What may be possible later is tried again. */
static void fail(struct world *w, const struct err *why)
{
    struct wish *x = w->wish;
    struct err err = { 0 };
    log_warn("a wish was not fulfilled", "namespace", x->ns, "error", why->msg);
    if (err_is_transient(why->code))
        w->wish_not_before = time_mono_ms() + RETRY_MS;
    else if (db_exec(w->db, &err, SQL_ORPHAN_ANSWER, "ss", x->ns, why->msg) < 0)
        log_warn("the answer to a wish was not written", "error", err.msg);
    end(w);
}

/* The row is made; what is left is an operation as any other. */
static void make_row(struct world *w, json_t *records)
{
    struct wish *x = w->wish;
    struct service service = { w->db, w->config };
    const struct actor who = { x->account_id, ROLE_ADMIN, x->who, "local" };
    struct err err = { 0 };
    CLEANUP(store_clear) struct store store = { 0 };
    int r = recover_read(x->found, records, w->config, &store, &err);
    if (r < 0 && x->remove) {
        store_clear(&store);
        memset(&store, 0, sizeof(store));
        r = recover_read_least(x->found, w->config, &store, &err);
    }
    if (r < 0 || recover_insert(&service, &who, &store, x->remove, &err) < 0) {
        fail(w, &err);
        return;
    }
    log_info(x->remove ? "removing what belonged to no store" : "took in a store", "store", x->ns);
    w->reload = true;
    end(w);
}

static void records_read(void *arg, json_t *answer, const struct err *failed)
{
    struct world *w = arg;
    w->wish->call = NULL;
    if (failed)
        fail(w, failed);
    else
        make_row(w, answer);
}

static void namespace_read(void *arg, json_t *answer, const struct err *failed)
{
    struct world *w = arg;
    struct wish *x = w->wish;
    x->call = NULL;
    if (failed) {
        fail(w, failed);
        return;
    }
    x->found = json_incref(answer);
    CLEANUP_FREE char *path = helm_records_path(x->ns, x->ns);
    struct kube_request rq = { .method = "GET", .path = path };
    x->call = kube_start(w->kube, &rq, records_read, w);
}

static void labelled(void *arg, json_t *answer, const struct err *failed)
{
    struct world *w = arg;
    struct err err = { 0 };
    w->wish->call = NULL;
    if (failed) {
        fail(w, failed);
        return;
    }
    /* It is a namespace with a uid now: its store's, or one to be taken in. */
    if (db_exec(w->db, &err, SQL_ORPHAN_REMOVE, "s", w->wish->ns) < 0)
        log_warn("a fulfilled wish was not cleared", "error", err.msg);
    struct namespace_entry *n = world_namespace(w, w->wish->ns);
    if (n)
        n->told = ORPHAN_NONE;
    world_see_namespace(w, answer);
    end(w);
}

/* The label that a release's namespace lacks is put (back) on it. */
static void put_label(struct world *w, const char *path)
{
    struct wish *x = w->wish;
    json_auto_t *patch =
        json_pack("{s:{s:{s:s, s:s, s:s}}}", "metadata", "labels", LABEL_MANAGED_BY, MANAGED_BY,
                  LABEL_UID, x->uid, LABEL_STORE, x->ns);
    struct kube_request rq = {
        .method = "PATCH",
        .path = path,
        .body = patch,
        .content_type = "application/merge-patch+json",
    };
    x->call = kube_start(w->kube, &rq, labelled, w);
}

static bool read_next(struct world *w)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    struct err err = { 0 };
    int r = db_query(w->db, &st, &err, SQL_ORPHAN_WISHED, "");
    if (r == 0)
        r = stmt_step(st, &err);
    if (r < 0) {
        log_warn("wishes were not read", "error", err.msg);
        w->wish_not_before = time_mono_ms() + RETRY_MS;
        return false;
    }
    if (r == 0) {
        w->wishes_pending = false;
        return false;
    }
    struct wish *x = mem_alloc(sizeof(*x));
    x->ns = str_dup(stmt_text(st, 0));
    x->release = str_eq(stmt_text(st, 1), "release");
    x->uid = str_dup(stmt_text(st, 2));
    x->remove = str_eq(stmt_text(st, 3), "remove");
    x->account_id = stmt_int(st, 4);
    x->who = str_dup(stmt_text(st, 5));
    w->wish = x;
    return true;
}

void wishes_turn(struct world *w)
{
    if (!w->wishes_pending || w->wish || time_mono_ms() < w->wish_not_before || !read_next(w))
        return;
    CLEANUP_FREE char *path = str_printf("/api/v1/namespaces/%s", w->wish->ns);
    struct kube_request rq = { .method = "GET", .path = path };
    if (w->wish->release)
        put_label(w, path);
    else
        w->wish->call = kube_start(w->kube, &rq, namespace_read, w);
}

void wishes_free(struct world *w)
{
    end(w);
}
