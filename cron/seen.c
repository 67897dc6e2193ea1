#include "seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"

/* Calls that fail for so long are worth telling of, and refusals are taken for meant. */
#define CALLS_TOLD_AFTER_MS 3000
#define YOUNG_MS 3000 /* in which nothing is held against an operation for good */
#define REFUSAL_PATIENCE_MS 20000
/* Helm is done before the watches have told of what it made. */
#define WORKLOADS_SHOW_WITHIN_MS 10000
#define MISSING_TOLD 3 /* objects that are missing and are named */

static struct pod_entry **find_pod(struct tracked *t, const char *name)
{
    struct pod_entry **link = &t->pods;
    while (*link && strcmp((*link)->name, name) != 0)
        link = &(*link)->next;
    return link;
}

static void take_view(struct pod_entry *p, json_t *pod)
{
    struct pod_view view;
    readiness_of_pod(pod, &view);
    p->ready = view.ready;
    p->setup_done = view.setup_done;
    p->terminating = view.terminating;
    p->has_started = view.has_started;
    p->demand = view.demand;
    free(p->trouble);
    p->trouble = NULL;
    if (view.trouble.kind == TROUBLE_NONE)
        return;
    p->trouble = mem_alloc(sizeof(view.trouble));
    *p->trouble = view.trouble;
}

static void free_pod(struct pod_entry *p)
{
    free(p->trouble);
    free(p);
}

void seen_pod(struct tracked *t, json_t *pod)
{
    const char *name = str_or_empty(kube_get_string(pod, "metadata", "name", NULL));
    struct pod_entry **link = find_pod(t, name);
    if (!*link) {
        *link = mem_alloc(sizeof(struct pod_entry) + strlen(name) + 1);
        memcpy((*link)->name, name, strlen(name) + 1);
    }
    const char *component =
        kube_get_string(pod, "metadata", "labels", "app.kubernetes.io/component", NULL);
    (*link)->component = str_eq(component, "database")     ? COMPONENT_DATABASE
                         : str_eq(component, "web")        ? COMPONENT_WEB
                         : str_eq(component, "storefront") ? COMPONENT_STOREFRONT
                                                           : COMPONENT_OTHER;
    take_view(*link, pod);
}

void seen_pod_gone(struct tracked *t, json_t *pod)
{
    const char *name = kube_get_string(pod, "metadata", "name", NULL);
    struct pod_entry **link = name ? find_pod(t, name) : NULL;
    if (!link || !*link)
        return;
    struct pod_entry *gone = *link;
    *link = gone->next;
    free_pod(gone);
}

void seen_clear_pods(struct tracked *t)
{
    while (t->pods) {
        struct pod_entry *next = t->pods->next;
        free_pod(t->pods);
        t->pods = next;
    }
}

static enum cause cause_of(enum trouble kind)
{
    switch (kind) {
    case TROUBLE_IMAGE:
        return CAUSE_IMAGE;
    case TROUBLE_SETUP:
        return CAUSE_SETUP;
    case TROUBLE_OUT_OF_MEMORY:
        return CAUSE_OUT_OF_MEMORY;
    case TROUBLE_CRASH_LOOP:
        return CAUSE_CRASH_LOOP;
    case TROUBLE_UNSCHEDULABLE:
        return CAUSE_UNSCHEDULABLE;
    case TROUBLE_QUOTA:
        return CAUSE_QUOTA;
    case TROUBLE_ADMISSION:
        return CAUSE_ADMISSION;
    case TROUBLE_VOLUME:
        return CAUSE_VOLUME;
    case TROUBLE_UNREADY:
        return CAUSE_UNREADY;
    case TROUBLE_INGRESS_CLASS:
        return CAUSE_INGRESS_CLASS;
    case TROUBLE_HOST:
        return CAUSE_HOST;
    case TROUBLE_NONE:
        break;
    }
    return CAUSE_NONE;
}

static void take_trouble(const struct tracked *t, const struct trouble_view *view, const char *of,
                         int64_t now, struct observation *out)
{
    enum cause cause = cause_of(view->kind);
    /* What an operation finds of an earlier one has a moment to go, and last words to be read. */
    int64_t at = view->fatal ? 0 : view->fatal_at, young = t->started_at + YOUNG_MS;
    if (t->operation_id && at < young)
        at = young;
    bool fatal = now >= at && !(view->container[0] && t->log_pending);
    bool more = cause < out->cause || (cause == out->cause && fatal && !out->cause_is_fatal);
    if (cause == CAUSE_NONE || (out->cause != CAUSE_NONE && !more))
        return;
    out->cause = cause;
    out->cause_is_fatal = fatal;
    out->fatal_at = at;
    snprintf(out->cause_text, sizeof(out->cause_text), "%s%s", of, view->text);
}

static const char *component_prefix(enum component c)
{
    return c == COMPONENT_DATABASE     ? "Database: "
           : c == COMPONENT_WEB        ? "Web server: "
           : c == COMPONENT_STOREFRONT ? "Storefront: "
                                       : "";
}

/* Events tell of the past: of what a pod got over since they say nothing. */
static bool events_still_count(const struct tracked *t)
{
    if (!t->event_trouble)
        return false;
    bool database = false, web = false, front = t->front == FRONT_NONE;
    bool waiting = false, running = false;
    for (const struct pod_entry *p = t->pods; p; p = p->next) {
        if (p->terminating || p->component == COMPONENT_OTHER)
            continue;
        database |= p->component == COMPONENT_DATABASE;
        web |= p->component == COMPONENT_WEB;
        front |= p->component == COMPONENT_STOREFRONT;
        waiting |= !p->has_started;
        running |= p->has_started && !p->ready;
    }
    switch (t->event_trouble->kind) {
    case TROUBLE_VOLUME:
        return waiting;
    case TROUBLE_UNREADY:
        return running;
    default:
        return !database || !web ||
               !front; /* a refused pod that is there by now was not for good */
    }
}

static void take_pods(const struct tracked *t, enum component component, int64_t now,
                      struct observation *out)
{
    for (const struct pod_entry *p = t->pods; p; p = p->next)
        if (p->component == component && !p->terminating && p->trouble)
            take_trouble(t, p->trouble, component_prefix(component), now, out);
}

/* A storefront in front is part of the web server, for whoever visits. */
static void observe_pods(const struct tracked *t, int64_t now, struct observation *out)
{
    bool front_ready = t->front == FRONT_NONE;
    for (const struct pod_entry *p = t->pods; p; p = p->next) {
        if (p->terminating)
            continue;
        if (p->component == COMPONENT_DATABASE)
            out->database_ready |= p->ready;
        if (p->component == COMPONENT_WEB) {
            out->web_ready |= p->ready;
            out->setup_done |= p->setup_done;
        }
        if (p->component == COMPONENT_STOREFRONT)
            front_ready |= p->ready;
    }
    /* A shop without its database fails, too: the database's trouble is where to begin. */
    take_pods(t, COMPONENT_DATABASE, now, out);
    if (out->cause == CAUSE_NONE || out->cause == CAUSE_MISSING)
        take_pods(t, COMPONENT_WEB, now, out);
    if (out->cause == CAUSE_NONE || out->cause == CAUSE_MISSING)
        take_pods(t, COMPONENT_STOREFRONT, now, out);
    if (out->web_ready && !front_ready && out->cause == CAUSE_NONE)
        snprintf(out->cause_text, sizeof(out->cause_text), "The storefront is starting.");
    out->web_ready &= front_ready;
}

/* As observe_pods takes them. */
static bool goes_before(const struct pod_entry *a, const struct pod_entry *b)
{
    if (a->component != b->component)
        return a->component < b->component;
    return a->trouble->kind < b->trouble->kind;
}

const struct pod_entry *seen_troubled_pod(const struct tracked *t)
{
    const struct pod_entry *found = NULL;
    for (const struct pod_entry *p = t->pods; p; p = p->next)
        if (!p->terminating && p->trouble && p->trouble->container[0] &&
            (!found || goes_before(p, found)))
            found = p;
    return found;
}

/* "the Service my-shop-web, the Ingress my-shop and 2 more" */
static void name_missing(const struct tracked *t, unsigned missing, char *out, size_t n)
{
    int told = 0, left = __builtin_popcount(missing);
    size_t used = 0;
    out[0] = '\0';
    for (int o = 0; o < OBJECT_COUNT && told < MISSING_TOLD && used < n; o++) {
        char name[128];
        if (!(missing & 1u << o))
            continue;
        watches_name(t, (enum object)o, name, sizeof(name));
        used += (size_t)snprintf(out + used, n - used, "%s%s", told ? ", " : "", name);
        told++;
        left--;
    }
    if (left && used < n)
        snprintf(out + used, n - used, " and %d more", left);
}

/* What helm has only just made may still have to show. */
static bool may_still_show(const struct tracked *t, unsigned missing)
{
    return !(missing & t->removed) && t->installed_at &&
           time_mono_ms() - t->installed_at < WORKLOADS_SHOW_WITHIN_MS;
}

int64_t seen_look_again_at(const struct tracked *t)
{
    unsigned missing = watches_missing(t);
    if (!missing || !may_still_show(t, missing))
        return INT64_MAX;
    return t->installed_at + WORKLOADS_SHOW_WITHIN_MS;
}

static void observe_workloads(const struct tracked *t, struct observation *out)
{
    unsigned missing = watches_missing(t);
    out->workloads_present = !missing || may_still_show(t, missing);
    if (out->workloads_present)
        return;
    char names[300];
    name_missing(t, missing, names, sizeof(names));
    out->data_missing = missing & (1u << OBJECT_DATABASE_CLAIM | 1u << OBJECT_FILES_CLAIM);
    snprintf(out->missing_text, sizeof(out->missing_text),
             out->data_missing ? "Missing from the cluster: %s."
                               : "Missing from the cluster: %s. It is being put back.",
             names);
    out->cause = CAUSE_MISSING;
    snprintf(out->cause_text, sizeof(out->cause_text), "%s", out->missing_text);
}

/* With no trouble to tell: what is being waited for. */
static void observe_progress(struct observation *out)
{
    if (out->cause != CAUSE_NONE || out->cause_text[0])
        return;
    const char *text = !out->database_ready ? "The database is starting."
                       : !out->setup_done   ? "The shop is being set up."
                       : !out->web_ready    ? "The web server is starting."
                                            : "";
    snprintf(out->cause_text, sizeof(out->cause_text), "%s", text);
}

/* What was found out besides. */
static void add_details(const struct tracked *t, struct observation *out)
{
    bool failed = out->cause == CAUSE_SETUP || out->cause == CAUSE_CRASH_LOOP;
    size_t used = strlen(out->cause_text), room = sizeof(out->cause_text) - used;
    if (failed && !str_empty(t->log_text))
        snprintf(out->cause_text + used, room, " Its last words: %s", t->log_text);
    bool told = t->event_trouble && t->event_trouble->kind == TROUBLE_VOLUME;
    if (out->cause == CAUSE_VOLUME && told && !strstr(out->cause_text, t->event_trouble->text))
        snprintf(out->cause_text + used, room, " %s", t->event_trouble->text);
    if (out->cause == CAUSE_UNSCHEDULABLE && t->room_text)
        snprintf(out->cause_text + used, room, " %s", t->room_text);
}

static void observe_calls(const struct tracked *t, struct observation *out)
{
    int64_t failing = t->calls_fail_since ? time_mono_ms() - t->calls_fail_since : 0;
    if (failing < CALLS_TOLD_AFTER_MS)
        return;
    snprintf(out->call_text, sizeof(out->call_text), "%s", str_or_empty(t->call_error));
    out->call_refused = t->call_refused && failing >= REFUSAL_PATIENCE_MS;
}

static void observe_predecessor(const struct tracked *t, struct observation *out)
{
    const struct tracked *older = t->older;
    if (!older)
        return;
    bool stuck = older->row.status == STORE_DELETE_FAILED && !older->operation_id;
    out->predecessor = stuck ? PREDECESSOR_STUCK : PREDECESSOR_GOING;
    snprintf(out->predecessor_text, sizeof(out->predecessor_text), "%s",
             str_or_empty(older->row.reason));
}

void seen_observation(const struct tracked *t, int64_t now, struct observation *out)
{
    memset(out, 0, sizeof(*out));
    out->fatal_at = INT64_MAX;
    const struct world *w = t->world;
    out->complete = w->complete;
    /* While helm itself is missing nothing is held against a store. */
    out->complete_since = w->helm_missing ? now : w->complete_since;
    const struct namespace_entry *ns = world_namespace(t->world, t->row.id);
    if (ns) {
        out->namespace_exists = true;
        out->namespace_is_ours = strcmp(ns->uid_label, t->row.uid) == 0;
        out->namespace_terminating = ns->terminating;
        snprintf(out->namespace_text, sizeof(out->namespace_text), "%s", str_or_empty(ns->text));
    }
    out->namespace_call = t->calls[CALL_NAMESPACE] != NULL;
    observe_predecessor(t, out);
    observe_calls(t, out);
    out->release = t->release;
    out->helm_running = t->helm != NULL;
    out->helm_is_install = t->helm_task != HELM_UNINSTALL;
    observe_workloads(t, out);
    observe_pods(t, now, out);
    if (t->workload_trouble)
        take_trouble(t, t->workload_trouble, "", now, out);
    if (t->front_trouble)
        take_trouble(t, t->front_trouble, component_prefix(COMPONENT_STOREFRONT), now, out);
    if (events_still_count(t))
        take_trouble(t, t->event_trouble, "", now, out);
    if (t->route_trouble && t->answer == ANSWER_OTHER)
        take_trouble(t, t->route_trouble, "", now, out);
    add_details(t, out);
    observe_progress(out);
    out->answer = t->answer;
    snprintf(out->answer_text, sizeof(out->answer_text), "%s", str_or_empty(t->answer_text));
    out->pods_exist = t->pods != NULL;
    out->claims_gone = t->claims_gone;
    out->volumes_known = t->volumes_known;
    out->volumes = t->volumes;
}
