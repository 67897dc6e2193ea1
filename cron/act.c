#include "act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "helm/release.h"
#include "record.h"
#include "remember.h"
#include "seen.h"
#include "store/recover.h"

#define CALL_RETRY_MS 1000
#define VOLUMES_EVERY_MS 250 /* between two counts of what a store that is deleted leaves */
#define HELM_MISSING_RETRY_MS 5000
#define OPERATION_REPAIRS 3 /* that may fail in an operation before the chart has its turn */

void act_call_ended(struct tracked *t, enum call call, const struct err *failed)
{
    t->calls[call] = NULL;
    t->dirty = true;
    if (!failed) {
        t->calls_fail_since = 0;
        return;
    }
    if (!t->calls_fail_since)
        t->calls_fail_since = time_mono_ms();
    free(t->call_error);
    t->call_error = str_dup(failed->msg);
    t->call_refused = failed->code == ERR_FORBIDDEN || failed->code == ERR_INVALID;
    t->calls_not_before = time_mono_ms() + CALL_RETRY_MS;
    if (failed->code == ERR_UNAUTHORIZED)
        world_renew_credentials(t->world);
    log_warn("a call to the cluster failed", "store", t->row.id, "code",
             err_code_name(failed->code), "error", failed->msg);
}

void act_start_call(struct tracked *t, enum call call, const char *method, const char *path,
                    json_t *body, kube_done_fn done)
{
    struct kube_request rq = { .method = method, .path = path, .body = body };
    t->calls[call] = kube_start(t->world->kube, &rq, done, t);
}

/* Namespace ------------------------------------------------------------------------------------ */

static void namespace_made(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("namespace-made");
    /* "Exists" is not ours to adopt: the watch will tell whose it is. */
    act_call_ended(t, CALL_NAMESPACE, failed && failed->code == ERR_EXISTS ? NULL : failed);
    t->access = false; /* a new namespace knows nobody yet */
    if (failed)
        t->calls_not_before = time_mono_ms() + CALL_RETRY_MS;
    else
        world_see_namespace(t->world, answer);
}

/* POST, not apply: an apply would adopt a namespace that somebody made a moment ago. */
static void make_namespace(struct tracked *t)
{
    char created[TIME_RFC3339_MAX];
    CRASH_POINT("namespace-make");
    time_rfc3339_ms(t->row.created_at, created);
    json_auto_t *ns =
        json_pack("{s:s, s:s, s:{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s}}}",
                  "apiVersion", "v1", "kind", "Namespace", "metadata", "name", t->row.id, "labels",
                  LABEL_MANAGED_BY, MANAGED_BY, LABEL_UID, t->row.uid, LABEL_STORE, t->row.id,
                  LABEL_ENGINE, t->row.engine, "pod-security.kubernetes.io/enforce", "restricted",
                  "pod-security.kubernetes.io/warn", "restricted", "annotations", ANNOTATION_OWNER,
                  t->row.owner_name, ANNOTATION_CREATED, created);
    act_start_call(t, CALL_NAMESPACE, "POST", "/api/v1/namespaces?fieldManager=storewright", ns,
                   namespace_made);
}

static void namespace_deleted(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("namespace-deleted");
    bool gone = failed && failed->code == ERR_NOT_FOUND;
    act_call_ended(t, CALL_NAMESPACE, gone ? NULL : failed);
    if (!failed && str_eq(kube_get_string(answer, "kind", NULL), "Namespace"))
        world_see_namespace(t->world, answer);
    else
        t->calls_not_before = time_mono_ms() + CALL_RETRY_MS;
}

static void delete_namespace(struct tracked *t)
{
    const struct namespace_entry *ns = world_namespace(t->world, t->row.id);
    if (!ns || strcmp(ns->uid_label, t->row.uid) != 0)
        return;
    CRASH_POINT("namespace-delete");
    CLEANUP_FREE char *path = str_printf("/api/v1/namespaces/%s", t->row.id);
    t->calls[CALL_NAMESPACE] =
        kube_start_delete(t->world->kube, path, ns->uid, namespace_deleted, t);
}

/* Helm's records ------------------------------------------------------------------------------- */

static void release_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("release-read");
    act_call_ended(t, CALL_RELEASE, failed);
    if (failed)
        return;
    struct helm_record record;
    helm_record_read(answer, &record);
    static const enum release_state states[] = {
        [HELM_NONE] = RELEASE_NONE,
        [HELM_DEPLOYED] = RELEASE_DEPLOYED,
        [HELM_FAILED] = RELEASE_FAILED,
        [HELM_PENDING_INSTALL] = RELEASE_PENDING,
        [HELM_PENDING_UPGRADE] = RELEASE_PENDING,
        [HELM_UNINSTALLING] = RELEASE_PENDING,
    };
    t->release = states[record.state];
    t->release_revision = record.revision;
    t->release_good = record.last_deployed;
}

static void read_release(struct tracked *t)
{
    CLEANUP_FREE char *path = helm_records_path(t->row.id, t->row.id);
    act_start_call(t, CALL_RELEASE, "GET", path, NULL, release_read);
}

static void pending_cleared(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    (void)answer;
    CRASH_POINT("pending-cleared");
    act_call_ended(t, CALL_RELEASE, failed && failed->code == ERR_NOT_FOUND ? NULL : failed);
    t->release = RELEASE_UNKNOWN;
}

/* The record of a dead helm is only its lock: with it gone the next helm takes over every object it
 * finds (they carry the release's name). Uninstalling instead would remove the Secret whose
 * password is already in the database's volume. */
static void clear_pending(struct tracked *t)
{
    CRASH_POINT("pending-clear");
    CLEANUP_FREE char *path = str_printf("/api/v1/namespaces/%s/secrets/sh.helm.release.v1.%s.v%d",
                                         t->row.id, t->row.id, t->release_revision);
    t->calls[CALL_RELEASE] = kube_start_delete(t->world->kube, path, NULL, pending_cleared, t);
    record_event(t, "warning", "A helm run was cut off; the release is taken up again.");
}

/* Helm ----------------------------------------------------------------------------------------- */

static json_t *values_of(const struct tracked *t)
{
    const struct store *s = &t->row;
    json_t *values = json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}, s:{s:s}}",
                               "store", "id", s->id, "namespace", s->id, "engine", s->engine,
                               "plan", s->plan, "uid", s->uid, "title", s->title, "adminEmail",
                               s->admin_email, "currency", s->currency, "country", s->country,
                               "sampleProducts", s->sample_products, "domain", "host", s->host);
    if (t->world->config->ingress_class)
        json_object_set_new(values, "ingress",
                            json_pack("{s:s}", "className", t->world->config->ingress_class));
    return values;
}

static int find_helm(const struct config *c, struct err *err)
{
    if (access(c->helm, X_OK) < 0)
        return err_set(err, ERR_UNAVAILABLE, "helm cannot be started: there is no program %s",
                       c->helm);
    return 0;
}

static int start_helm(struct tracked *t, enum helm_task task, struct err *err)
{
    const struct config *c = t->world->config;
    const char *const files[] = { c->helm_values, NULL };
    const struct helm helm = {
        .program = c->helm,
        .kubeconfig = c->kubeconfig,
        .chart = c->chart,
        .values_files = files,
        .timeout_ms = c->helm_timeout_ms,
        .home = c->helm_home,
    };
    if (find_helm(c, err) < 0)
        return -1;
    if (task == HELM_UNINSTALL)
        return helm_start_uninstall(&t->helm, &helm, t->row.id, t->row.id, err);
    if (task == HELM_REPAIR)
        return helm_start_rollback(&t->helm, &helm, t->row.id, t->row.id, t->release_good, err);
    json_auto_t *values = values_of(t);
    return helm_start_install(&t->helm, &helm, t->row.id, t->row.id, values, err);
}

/* Helm itself is not there: the platform's trouble, not the store's. */
static void write_helm_missing(struct world *w, bool missing, const char *message)
{
    w->helm_missing = missing;
    world_set_condition(w, "helm", !missing, message);
}

static void set_helm_missing(struct world *w, bool missing, const char *message)
{
    if (w->helm_missing != missing)
        write_helm_missing(w, missing, message);
}

void act_look_for_helm(struct world *w)
{
    struct err err = { 0 };
    bool missing = find_helm(w->config, &err) < 0;
    write_helm_missing(w, missing, missing ? err.msg : "");
}

static const char *const task_names[] = {
    [HELM_INSTALL] = "install",
    [HELM_REPAIR] = "repair",
    [HELM_UNINSTALL] = "uninstall",
};

static void run_helm(struct tracked *t, enum helm_task task, int64_t now)
{
    struct world *w = t->world;
    t->helm_wanted = w->helm_running >= w->config->helm_parallel;
    if (t->helm_wanted)
        return;
    struct err err = { 0 };
    t->helm_task = task;
    t->helm_generation = t->row.generation;
    t->helm_operation = t->operation_id;
    if (task == HELM_REPAIR)
        record_repairing(t);
    CRASH_POINT("helm-start");
    if (start_helm(t, task, &err) < 0) {
        log_error("helm was not started", "store", t->row.id, "error", err.msg);
        set_helm_missing(w, true, err.msg);
        t->wake_at = now + HELM_MISSING_RETRY_MS;
        return;
    }
    set_helm_missing(w, false, "");
    w->helm_running++;
    CRASH_POINT("helm-started");
    log_info("helm started", "store", t->row.id, "what", task_names[task]);
}

static void helm_succeeded(struct tracked *t)
{
    int64_t now = time_mono_ms();
    t->release_revision = t->release_good = 0; /* others than were read */
    t->release = t->helm_task == HELM_UNINSTALL ? RELEASE_NONE : RELEASE_DEPLOYED;
    if (t->helm_task != HELM_UNINSTALL)
        t->installed_at = now;
    if (t->helm_task == HELM_INSTALL) {
        record_applied(t, t->helm_generation);
        CRASH_POINT("helm-recorded");
    }
    if (t->helm_task == HELM_REPAIR) {
        t->tried_at = now;
        record_repaired(t);
    }
}

static void helm_ended(struct tracked *t, const struct proc_result *result)
{
    char took[TIME_SPAN_MAX];
    time_span(result->took_ms, took);
    CRASH_POINT("helm-ended");
    t->dirty = true;
    if (proc_succeeded(result)) {
        log_info("helm done", "store", t->row.id, "took", took);
        helm_succeeded(t);
        return;
    }
    CLEANUP_FREE char *why = helm_failure(result);
    t->release = RELEASE_UNKNOWN;
    if (t->helm_operation != t->operation_id) {
        /* Stopped for what was asked for since, which has not failed. */
        log_info("helm of an earlier operation ended", "store", t->row.id, "how", why);
        return;
    }
    log_warn("helm failed", "store", t->row.id, "took", took, "error", why);
    t->tried_at = time_mono_ms();
    record_helm_failed(t, why, helm_failure_may_pass(why));
}

void act_pump_helm(struct tracked *t)
{
    if (!proc_pump(t->helm))
        return;
    helm_ended(t, proc_result(t->helm));
    proc_free(t->helm);
    t->helm = NULL;
    t->world->helm_running--;
    /* Somebody may have waited for the place. */
    for (struct tracked *other = t->world->busy; other; other = other->next_busy)
        other->dirty |= other->helm_wanted;
}

/* Pods that had failed: a retry gives the store a fresh start. */
static void pod_removed(void *arg, json_t *answer, const struct err *failed)
{
    (void)answer;
    CRASH_POINT("pod-removed");
    act_call_ended(arg, CALL_POD, failed && failed->code == ERR_NOT_FOUND ? NULL : failed);
}

static void clear_failed_pod(struct tracked *t)
{
    for (const struct pod_entry *p = t->pods; p; p = p->next) {
        if (p->terminating || p->ready || !p->trouble)
            continue;
        CLEANUP_FREE char *path = str_printf("/api/v1/namespaces/%s/pods/%s", t->row.id, p->name);
        t->calls[CALL_POD] = kube_start_delete(t->world->kube, path, NULL, pod_removed, t);
        return;
    }
    t->pods_cleared = true;
    cause_forget(t);
}

/* What was deleted under a shop is put back as it was: the chart would make new what is kept
 * nowhere else, a password for example, or refuse to. An operation goes on with the chart where
 * that was done, or cannot be. */
static bool repairs(const struct tracked *t, unsigned missing)
{
    bool was_released = t->release == RELEASE_DEPLOYED || t->release == RELEASE_FAILED;
    bool is_read = t->release_revision > 0;
    if (!t->row.ready_at || !was_released || (is_read && !t->release_good))
        return false;
    if (!t->operation_id)
        return missing || t->row.repairing;
    return t->attempt < OPERATION_REPAIRS && (t->row.repairing || missing & ~t->repaired);
}

static void install(struct tracked *t, int64_t now)
{
    if (t->operation_kind == OPERATION_RETRY && t->operation_id && !t->pods_cleared)
        clear_failed_pod(t);
    if (t->calls[CALL_POD])
        return;
    unsigned missing = watches_missing(t);
    bool repair = repairs(t, missing);
    if (repair && !t->release_revision) {
        if (!t->calls[CALL_RELEASE])
            read_release(t);
        return;
    }
    run_helm(t, repair ? HELM_REPAIR : HELM_INSTALL, now);
    if (!repair || !t->helm)
        return;
    /* Only what goes missing again after it was put back counts as tried in vain. */
    if (!t->operation_id && missing && !(missing & t->repaired))
        t->attempt = t->repaired = 0;
    t->repaired |= missing;
}

/* What is left of a deleted store -------------------------------------------------------------- */

static char *claims_path(const struct tracked *t)
{
    return str_printf(
        "/api/v1/namespaces/%s/persistentvolumeclaims?labelSelector=storewright.io%%2Fuid%%3D%s",
        t->row.id, t->row.uid);
}

static void claims_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("claims-read");
    act_call_ended(t, CALL_CLAIMS, failed);
    if (failed)
        return;
    t->claims_gone = json_array_size(kube_get(answer, "items", NULL)) == 0;
    t->calls_not_before = t->claims_gone ? 0 : time_mono_ms() + VOLUMES_EVERY_MS;
}

static void claims_deleted(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    (void)answer;
    CRASH_POINT("claims-deleted");
    act_call_ended(t, CALL_CLAIMS, failed);
    t->claims_asked = !failed;
}

/* Deletes the claims that carry the store's uid, then looks until they are gone. */
static void delete_claims(struct tracked *t)
{
    CLEANUP_FREE char *path = claims_path(t);
    if (t->claims_asked)
        act_start_call(t, CALL_CLAIMS, "GET", path, NULL, claims_read);
    else
        act_start_call(t, CALL_CLAIMS, "DELETE", path, NULL, claims_deleted);
}

static void count_volumes_from(struct tracked *t, const char *continue_token);

static void volumes_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("volumes-read");
    act_call_ended(t, CALL_VOLUMES, failed);
    if (failed)
        return;
    size_t i;
    json_t *volume;
    json_array_foreach(kube_get(answer, "items", NULL), i, volume)
        if (str_eq(kube_get_string(volume, "spec", "claimRef", "namespace", NULL), t->row.id))
            t->volumes_counting++;
    const char *more = kube_get_string(answer, "metadata", "continue", NULL);
    if (!str_empty(more)) {
        count_volumes_from(t, more);
        return;
    }
    t->volumes = t->volumes_counting;
    t->volumes_known = true;
    t->calls_not_before = time_mono_ms() + VOLUMES_EVERY_MS;
}

static void count_volumes_from(struct tracked *t, const char *continue_token)
{
    CLEANUP_FREE char *token = kube_escape(str_or_empty(continue_token));
    CLEANUP_FREE char *path = str_printf("/api/v1/persistentvolumes?limit=%d%s%s", KUBE_LIST_LIMIT,
                                         continue_token ? "&continue=" : "", token);
    act_start_call(t, CALL_VOLUMES, "GET", path, NULL, volumes_read);
}

static void count_volumes(struct tracked *t)
{
    t->volumes_counting = 0;
    count_volumes_from(t, NULL);
}

/* What is done inside the store's namespace. */
#define INSIDE \
    (ACT_READ_RELEASE | ACT_CLEAR_PENDING | ACT_INSTALL | ACT_UNINSTALL | ACT_DELETE_CLAIMS | \
     ACT_FIND_CAUSE | ACT_ASK_SHOP)

static void act_inside(struct tracked *t, unsigned actions, int64_t now)
{
    if (actions & ACT_READ_RELEASE && !t->calls[CALL_RELEASE])
        read_release(t);
    if (actions & ACT_CLEAR_PENDING && !t->calls[CALL_RELEASE])
        clear_pending(t);
    if (actions & ACT_INSTALL && !t->helm)
        install(t, now);
    if (actions & ACT_UNINSTALL && !t->helm)
        run_helm(t, HELM_UNINSTALL, now);
    if (actions & ACT_DELETE_CLAIMS && !t->calls[CALL_CLAIMS])
        delete_claims(t);
    if (actions & ACT_FIND_CAUSE)
        cause_look(t);
    if (actions & ACT_ASK_SHOP)
        probe_start(t);
}

void act(struct tracked *t, unsigned actions, int64_t now)
{
    if (actions & ACT_STOP_HELM && t->helm)
        proc_stop(t->helm);
    int64_t wait = t->calls_not_before - time_mono_ms();
    if (wait > 0) {
        if (actions && now + wait < t->wake_at)
            t->wake_at = now + wait;
        return;
    }
    if (actions & ACT_APPLY_NAMESPACE && !t->calls[CALL_NAMESPACE])
        make_namespace(t);
    if (actions & ACT_DELETE_NAMESPACE && !t->calls[CALL_NAMESPACE])
        delete_namespace(t);
    if (actions & ACT_COUNT_VOLUMES && !t->calls[CALL_VOLUMES])
        count_volumes(t);
    if (actions & INSIDE && access_is_open(t))
        act_inside(t, actions, now);
    remember_ready(t);
}
