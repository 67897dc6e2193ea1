#include "kube/readiness.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "kube/client.h"

/* How long trouble that often passes by itself may last. */
#define IMAGE_PATIENCE_MS 45000
#define UNSCHEDULABLE_PATIENCE_MS 60000
#define ADMISSION_PATIENCE_MS 30000
#define VOLUME_PATIENCE_MS 90000
#define CHECK_PATIENCE_MS 15000
#define CRASHES_FATAL 3 /* restarts: with the kubelet's backoff about half a minute */

static json_t *condition(json_t *object, const char *type)
{
    size_t i;
    json_t *c;
    json_array_foreach(kube_get(object, "status", "conditions", NULL), i, c)
        if (str_eq(kube_get_string(c, "type", NULL), type))
            return c;
    return NULL;
}

static bool condition_is(json_t *object, const char *type, const char *status)
{
    return str_eq(kube_get_string(condition(object, type), "status", NULL), status);
}

static int64_t time_of(json_t *object, const char *key)
{
    int64_t at = 0;
    return time_parse_rfc3339(kube_get_string(object, key, NULL), &at) == 0 ? at : 0;
}

__attribute__((format(printf, 4, 5))) static void
set_trouble(struct trouble_view *t, enum trouble kind, int64_t fatal_at, const char *fmt, ...)
{
    /* The first one found is the most telling: callers look in that order. */
    if (t->kind != TROUBLE_NONE)
        return;
    t->kind = kind;
    t->fatal_at = fatal_at;
    t->fatal = fatal_at == 0;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->text, sizeof(t->text), fmt, ap);
    va_end(ap);
}

static bool is_image_reason(const char *reason)
{
    return str_eq(reason, "ErrImagePull") || str_eq(reason, "ImagePullBackOff") ||
           str_eq(reason, "ErrImageNeverPull") || str_eq(reason, "InvalidImageName") ||
           str_eq(reason, "ImageInspectError");
}

static void look_at_waiting(json_t *status, const char *name, int64_t pod_started,
                            struct trouble_view *t)
{
    json_t *waiting = kube_get(status, "state", "waiting", NULL);
    const char *reason = kube_get_string(waiting, "reason", NULL);
    const char *message = str_or_empty(kube_get_string(waiting, "message", NULL));
    if (is_image_reason(reason)) {
        bool never = str_eq(reason, "ErrImageNeverPull") || str_eq(reason, "InvalidImageName");
        set_trouble(t, TROUBLE_IMAGE, never ? 0 : pod_started + IMAGE_PATIENCE_MS,
                    "The image %s cannot be pulled. %s",
                    str_or_empty(kube_get_string(status, "image", NULL)), message);
    } else if (str_eq(reason, "CreateContainerConfigError") ||
               str_eq(reason, "CreateContainerError")) {
        set_trouble(t, TROUBLE_CRASH_LOOP, pod_started + IMAGE_PATIENCE_MS,
                    "The container %s cannot be made: %s", name, message);
    }
}

/* As the pod's spec has it; NULL: none. */
static const char *memory_limit(json_t *pod, const char *container)
{
    static const char *const lists[] = { "containers", "initContainers" };
    size_t i;
    json_t *c;
    for (int l = 0; l < 2; l++)
        json_array_foreach(kube_get(pod, "spec", lists[l], NULL), i, c)
            if (str_eq(kube_get_string(c, "name", NULL), container))
                return kube_get_string(c, "resources", "limits", "memory", NULL);
    return NULL;
}

static void look_at_ended(json_t *pod, json_t *status, const char *name, bool is_setup,
                          struct trouble_view *t)
{
    json_t *ended = kube_get(status, "state", "terminated", NULL);
    if (!ended)
        ended = kube_get(status, "lastState", "terminated", NULL);
    if (!ended)
        return;
    bool runs = kube_get(status, "state", "running", NULL) != NULL;
    int64_t restarts = kube_get_int(status, 0, "restartCount", NULL);
    int64_t code = kube_get_int(ended, 0, "exitCode", NULL);
    const char *reason = kube_get_string(ended, "reason", NULL);
    int64_t fatal_at = restarts >= CRASHES_FATAL ? 0 : INT64_MAX;
    const char *limit = memory_limit(pod, name);
    /* The one that has just ended, where it was not started again yet. */
    int64_t times = restarts + (kube_get(status, "state", "terminated", NULL) != NULL);
    if (str_eq(reason, "OOMKilled"))
        set_trouble(t, TROUBLE_OUT_OF_MEMORY, fatal_at,
                    "The container %s used more memory than its plan gives%s%s and was ended (%lld "
                    "times). Choose a larger plan.",
                    name, limit ? ": " : "", str_or_empty(limit), (long long)times);
    else if (code != 0)
        set_trouble(
            t, is_setup ? TROUBLE_SETUP : TROUBLE_CRASH_LOOP, fatal_at,
            is_setup
                ? "The shop's setup failed with exit status %lld (%lld restarts, container %s)."
                : "It ended with exit status %lld (%lld restarts, container %s).",
            (long long)code, (long long)restarts, name);
    if (t->kind != TROUBLE_NONE && !t->container[0]) {
        snprintf(t->container, sizeof(t->container), "%s", name);
        t->restarts = (int)restarts;
        t->runs_again = runs;
    }
}

static void look_at_containers(json_t *pod, const char *list, int64_t pod_started,
                               struct trouble_view *t)
{
    size_t i;
    json_t *status;
    json_array_foreach(kube_get(pod, "status", list, NULL), i, status) {
        const char *name = str_or_empty(kube_get_string(status, "name", NULL));
        if (json_is_true(kube_get(status, "ready", NULL)))
            continue;
        look_at_waiting(status, name, pod_started, t);
        look_at_ended(pod, status, name, strcmp(name, "setup") == 0, t);
    }
}

static bool setup_is_done(json_t *pod)
{
    size_t i;
    json_t *status;
    json_array_foreach(kube_get(pod, "status", "initContainerStatuses", NULL), i, status)
        if (str_eq(kube_get_string(status, "name", NULL), "setup"))
            return kube_get(status, "state", "terminated", NULL) &&
                   kube_get_int(status, -1, "state", "terminated", "exitCode", NULL) == 0;
    /* No status yet while the pod waits for a node; none at all where nothing is to be set up. */
    return kube_get(pod, "status", "containerStatuses", NULL) != NULL;
}

static bool has_started(json_t *pod)
{
    static const char *const lists[] = { "initContainerStatuses", "containerStatuses" };
    size_t i;
    json_t *status;
    for (int l = 0; l < 2; l++)
        json_array_foreach(kube_get(pod, "status", lists[l], NULL), i, status)
            if (kube_get(status, "state", "running", NULL) ||
                kube_get(status, "state", "terminated", NULL) ||
                kube_get(status, "lastState", "terminated", NULL))
                return true;
    return false;
}

void readiness_of_pod(json_t *pod, struct pod_view *out)
{
    memset(out, 0, sizeof(*out));
    out->trouble.fatal_at = INT64_MAX;
    const char *phase = str_or_empty(kube_get_string(pod, "status", "phase", NULL));
    out->terminating = kube_get(pod, "metadata", "deletionTimestamp", NULL) != NULL ||
                       str_eq(phase, "Failed") || str_eq(phase, "Succeeded");
    demand_of_pod(pod, &out->demand);
    out->has_started = has_started(pod);
    out->ready = !out->terminating && condition_is(pod, "Ready", "True");
    out->setup_done = setup_is_done(pod);
    if (out->ready || out->terminating)
        return;
    int64_t created = time_of(kube_get(pod, "metadata", NULL), "creationTimestamp");
    json_t *scheduled = condition(pod, "PodScheduled");
    const char *why = str_or_empty(kube_get_string(scheduled, "message", NULL));
    bool unscheduled = str_eq(kube_get_string(scheduled, "status", NULL), "False");
    if (unscheduled && strcasestr(why, "persistentvolumeclaim"))
        set_trouble(&out->trouble, TROUBLE_VOLUME, created + VOLUME_PATIENCE_MS,
                    "Its volume is not there: %s", why);
    else if (unscheduled)
        set_trouble(&out->trouble, TROUBLE_UNSCHEDULABLE, created + UNSCHEDULABLE_PATIENCE_MS,
                    "No node of the cluster has room for it: %s", why);
    look_at_containers(pod, "initContainerStatuses", created, &out->trouble);
    look_at_containers(pod, "containerStatuses", created, &out->trouble);
}

static bool is_quota_message(const char *message)
{
    return strstr(message, "exceeded quota") != NULL;
}

/* A full quota stays full. Other refusals are often a race with an account or a webhook that is
 * only starting. */
static void set_refusal(struct trouble_view *t, const char *message, int64_t since)
{
    if (is_quota_message(message))
        set_trouble(t, TROUBLE_QUOTA, 0, "The store's quota does not allow its pods: %s", message);
    else
        set_trouble(t, TROUBLE_ADMISSION, since + ADMISSION_PATIENCE_MS,
                    "The cluster refuses the store's pods: %s", message);
}

void readiness_of_workload(json_t *workload, struct trouble_view *out)
{
    memset(out, 0, sizeof(*out));
    out->fatal_at = INT64_MAX;
    json_t *failure = condition(workload, "ReplicaFailure");
    if (str_eq(kube_get_string(failure, "status", NULL), "True"))
        set_refusal(out, str_or_empty(kube_get_string(failure, "message", NULL)),
                    time_of(failure, "lastTransitionTime"));
}

static int64_t last_seen(json_t *event)
{
    static const char *const keys[] = { "lastTimestamp", "eventTime", "firstTimestamp" };
    int64_t at = 0;
    for (int i = 0; i < 3 && !at; i++)
        at = time_of(event, keys[i]);
    return at;
}

/* A check that fails while a program starts is no trouble. */
static bool lasts(json_t *event)
{
    return last_seen(event) - time_of(event, "firstTimestamp") >= CHECK_PATIENCE_MS;
}

static void look_at_event(json_t *event, struct trouble_view *t)
{
    const char *reason = kube_get_string(event, "reason", NULL);
    const char *message = str_or_empty(kube_get_string(event, "message", NULL));
    if (str_eq(reason, "FailedCreate"))
        set_refusal(t, message, time_of(event, "firstTimestamp"));
    else if (str_eq(reason, "ProvisioningFailed"))
        set_trouble(t, TROUBLE_VOLUME, INT64_MAX, "A volume cannot be made: %s", message);
    else if (str_eq(reason, "Unhealthy") && lasts(event))
        set_trouble(t, TROUBLE_UNREADY, INT64_MAX, "It runs, but does not become ready: %s",
                    message);
    else if (str_eq(reason, "FailedMount") || str_eq(reason, "FailedAttachVolume"))
        set_trouble(t, TROUBLE_VOLUME, INT64_MAX, "A volume cannot be mounted: %s", message);
}

/* The list is by name, so the times are looked at. Of one time the later one in it counts. */
void readiness_of_events(json_t *event_list, struct trouble_view *out)
{
    memset(out, 0, sizeof(*out));
    out->fatal_at = INT64_MAX;
    int64_t newest = -1;
    size_t i;
    json_t *event;
    json_array_foreach(kube_get(event_list, "items", NULL), i, event) {
        struct trouble_view view = { .fatal_at = INT64_MAX };
        int64_t at = last_seen(event);
        if (!str_eq(kube_get_string(event, "type", NULL), "Warning") || at < newest)
            continue;
        look_at_event(event, &view);
        if (view.kind == TROUBLE_NONE)
            continue;
        newest = at;
        *out = view;
    }
}

void readiness_of_namespace(json_t *ns, char text[TROUBLE_TEXT_MAX])
{
    text[0] = '\0';
    size_t i, used = 0;
    json_t *c;
    json_array_foreach(kube_get(ns, "status", "conditions", NULL), i, c) {
        const char *message = kube_get_string(c, "message", NULL);
        if (!message || !str_eq(kube_get_string(c, "status", NULL), "True") ||
            used >= TROUBLE_TEXT_MAX - 1)
            continue;
        int n = snprintf(text + used, TROUBLE_TEXT_MAX - used, "%s%s", used ? " " : "", message);
        used += n > 0 ? (size_t)n : 0;
    }
}
