/* Why is it not ready? What the watches do not tell: the last words of a container that failed, the
 * namespace's events, how much a node lacks, and who else has the store's address. Asked only while
 * a store is not ready, and not at once. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/mask.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "kube/quantity.h"
#include "seen.h"
#include "store/capacity.h"

#define LOOK_EVERY_MS 5000 /* between two looks at what the cluster says of a store */
#define LOG_TAIL_LINES 5
#define LOG_TEXT_MAX 240
#define SECRET_VALUE_MAX 1024
#define ROUTE_PATIENCE_MS 15000 /* an ingress controller may be only starting */

/* A question that cannot be answered is no trouble of the store's. */
static void ended(struct tracked *t, enum call call)
{
    t->calls[call] = NULL;
    t->dirty = true;
}

static void keep_trouble(struct trouble_view **kept, const struct trouble_view *view)
{
    free(*kept);
    *kept = NULL;
    if (view->kind == TROUBLE_NONE)
        return;
    *kept = mem_alloc(sizeof(*view));
    **kept = *view;
}

/* Last words ----------------------------------------------------------------------------------- */

/* No value of the store's Secret is told, nor what looks like one. */
static void mask(struct tracked *t, char *text)
{
    const char *key;
    json_t *encoded;
    json_object_foreach(kube_get(t->log_secret, "data", NULL), key, encoded) {
        char value[SECRET_VALUE_MAX];
        size_t n = 0;
        const char *base64 = str_or_empty(json_string_value(encoded));
        if (sodium_base642bin((unsigned char *)value, sizeof(value) - 1, base64, strlen(base64),
                              NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0) {
            value[n] = '\0';
            mask_value(text, value);
        }
        mem_wipe(value, sizeof(value));
    }
    mask_forms(text);
}

/* The end of a log, in one line. */
static char *last_words(const char *text)
{
    size_t n = strlen(text);
    const char *from = n > LOG_TEXT_MAX ? text + n - LOG_TEXT_MAX : text;
    while (((unsigned char)*from & 0xc0) == 0x80)
        from++; /* not in the middle of a UTF-8 sequence */
    CLEANUP_FREE char *tail = str_dup(from);
    for (char *p = tail; *p; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    return str_dup(str_utf8_valid(tail, strlen(tail)) ? str_trim(tail) : "");
}

static void log_read(void *arg, const char *text, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_LOG);
    t->log_pending = false;
    if (!failed && !str_empty(text)) {
        CLEANUP_FREE char *masked = str_dup(text);
        mask(t, masked);
        free(t->log_text);
        t->log_text = last_words(masked);
    }
    json_decref(t->log_secret);
    t->log_secret = NULL;
}

/* Without the Secret nothing of the log is shown, unless there is no Secret. */
static void secret_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    const struct pod_entry *p = seen_troubled_pod(t);
    ended(t, CALL_LOG);
    if (!p || (failed && failed->code != ERR_NOT_FOUND)) {
        t->log_pending = false;
        return;
    }
    t->log_secret = failed ? NULL : json_incref(answer);
    t->calls[CALL_LOG] = kube_start_log(t->world->kube, t->row.id, p->name, p->trouble->container,
                                        LOG_TAIL_LINES, p->trouble->runs_again, log_read, t);
}

/* Once for each time that a container failed. */
static void read_log(struct tracked *t)
{
    const struct pod_entry *p = seen_troubled_pod(t);
    if (!p || t->calls[CALL_LOG])
        return;
    char of[sizeof(t->log_of)];
    snprintf(of, sizeof(of), "%.64s %.20s %d", p->name, p->trouble->container,
             p->trouble->restarts);
    if (strcmp(of, t->log_of) == 0)
        return;
    memcpy(t->log_of, of, sizeof(of));
    t->log_pending = true;
    CLEANUP_FREE char *path =
        str_printf("/api/v1/namespaces/%s/secrets/" STORE_CREDENTIALS, t->row.id);
    act_start_call(t, CALL_LOG, "GET", path, NULL, secret_read);
}

/* Events --------------------------------------------------------------------------------------- */

static void events_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_EVENTS);
    if (failed)
        return;
    struct trouble_view view;
    readiness_of_events(answer, &view);
    keep_trouble(&t->event_trouble, &view);
}

static void read_events(struct tracked *t)
{
    CLEANUP_FREE char *path =
        str_printf("/api/v1/namespaces/%s/events?fieldSelector=type%%3DWarning&limit=%d", t->row.id,
                   KUBE_LIST_LIMIT);
    act_start_call(t, CALL_EVENTS, "GET", path, NULL, events_read);
}

/* Room ----------------------------------------------------------------------------------------- */

/* What is left on the node that has the most of what is asked for. */
struct room {
    struct demand left;
    bool any;
};

static const struct pod_entry *pod_without_room(const struct tracked *t)
{
    for (const struct pod_entry *p = t->pods; p; p = p->next)
        if (!p->terminating && p->trouble && p->trouble->kind == TROUBLE_UNSCHEDULABLE)
            return p;
    return NULL;
}

static struct demand left_on(json_t *node, json_t *pods)
{
    const char *name = kube_get_string(node, "metadata", "name", NULL);
    struct demand left = {
        .cpu_milli = quantity_milli(kube_get_string(node, "status", "allocatable", "cpu", NULL)),
        .memory = quantity_units(kube_get_string(node, "status", "allocatable", "memory", NULL)),
    };
    size_t i;
    json_t *pod;
    json_array_foreach(pods, i, pod) {
        struct demand d;
        if (!str_eq(kube_get_string(pod, "spec", "nodeName", NULL), name))
            continue;
        demand_of_pod(pod, &d);
        left.cpu_milli -= d.cpu_milli;
        left.memory -= d.memory;
    }
    return left;
}

static void add_short(char *text, size_t n, const char *what)
{
    size_t used = strlen(text);
    snprintf(text + used, n - used, "%s%s", used ? " and " : "", what);
}

static void tell_room(struct tracked *t, const struct demand *asks, const struct room *room)
{
    char a[CAPACITY_TEXT_MAX], b[CAPACITY_TEXT_MAX], c[CAPACITY_TEXT_MAX], d[CAPACITY_TEXT_MAX];
    char lacks[160] = "", part[80];
    int64_t cpu = asks->cpu_milli - room->left.cpu_milli;
    int64_t memory = asks->memory - room->left.memory;
    if (cpu > 0) {
        snprintf(part, sizeof(part), "%s", capacity_cpu_text(cpu, a));
        add_short(lacks, sizeof(lacks), part);
    }
    if (memory > 0) {
        snprintf(part, sizeof(part), "%s of memory", capacity_memory_text(memory, a));
        add_short(lacks, sizeof(lacks), part);
    }
    free(t->room_text);
    t->room_text = NULL;
    if (lacks[0])
        t->room_text = str_printf(
            "It asks for %s and %s of memory; the node with the most room has %s and %s left: "
            "%s too little. Add a node, or choose a smaller plan.",
            capacity_cpu_text(asks->cpu_milli, a), capacity_memory_text(asks->memory, b),
            capacity_cpu_text(room->left.cpu_milli > 0 ? room->left.cpu_milli : 0, c),
            capacity_memory_text(room->left.memory > 0 ? room->left.memory : 0, d), lacks);
}

static void room_pods_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_ROOM);
    const struct pod_entry *p = pod_without_room(t);
    if (!failed && p) {
        struct room room = { 0 };
        size_t i;
        json_t *node;
        const struct demand *asks = &p->demand;
        json_array_foreach(kube_get(t->room_nodes, "items", NULL), i, node) {
            struct demand left = left_on(node, kube_get(answer, "items", NULL));
            /* By the share of what is asked for that is there, the scarcer of the two. */
            double was = 0, now = 0;
            if (asks->cpu_milli > 0 && asks->memory > 0) {
                double cpu = (double)left.cpu_milli / (double)asks->cpu_milli;
                double memory = (double)left.memory / (double)asks->memory;
                now = cpu < memory ? cpu : memory;
                cpu = (double)room.left.cpu_milli / (double)asks->cpu_milli;
                memory = (double)room.left.memory / (double)asks->memory;
                was = cpu < memory ? cpu : memory;
            }
            if (!room.any || now > was)
                room = (struct room) { left, true };
        }
        if (room.any)
            tell_room(t, asks, &room);
    }
    json_decref(t->room_nodes);
    t->room_nodes = NULL;
}

static void room_nodes_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_ROOM);
    if (failed)
        return;
    json_decref(t->room_nodes);
    t->room_nodes = json_incref(answer);
    act_start_call(t, CALL_ROOM, "GET",
                   "/api/v1/pods?fieldSelector=status.phase%21%3DSucceeded%2C"
                   "status.phase%21%3DFailed%2Cspec.nodeName%21%3D",
                   NULL, room_pods_read);
}

/* Route ---------------------------------------------------------------------------------------- */

static void set_route(struct tracked *t, enum trouble kind, const char *text)
{
    struct trouble_view view = { .kind = kind };
    view.fatal_at = t->route_trouble && t->route_trouble->kind == kind
                        ? t->route_trouble->fatal_at
                        : time_wall_ms() + ROUTE_PATIENCE_MS;
    snprintf(view.text, sizeof(view.text), "%s", text);
    keep_trouble(&t->route_trouble, &view);
}

/* Another Ingress with the store's host; NULL: none. */
static json_t *find_rival(const struct tracked *t, json_t *ingresses)
{
    size_t i, j;
    json_t *ingress, *rule;
    json_array_foreach(ingresses, i, ingress) {
        if (str_eq(kube_get_string(ingress, "metadata", "namespace", NULL), t->row.id))
            continue;
        json_array_foreach(kube_get(ingress, "spec", "rules", NULL), j, rule)
            if (str_eq(kube_get_string(rule, "host", NULL), t->row.host))
                return ingress;
    }
    return NULL;
}

static void ingresses_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_ROUTE);
    json_t *rival = failed ? NULL : find_rival(t, kube_get(answer, "items", NULL));
    if (!rival) {
        if (!failed)
            set_route(t, TROUBLE_NONE, "");
        return;
    }
    CLEANUP_FREE char *text = str_printf(
        "The address %s is answered by somebody else: the Ingress %s of the namespace %s has it, "
        "too. Remove it there, or delete this store and choose another ID.",
        t->row.host, str_or_empty(kube_get_string(rival, "metadata", "name", NULL)),
        str_or_empty(kube_get_string(rival, "metadata", "namespace", NULL)));
    set_route(t, TROUBLE_HOST, text);
}

static bool is_default(json_t *class)
{
    return str_eq(kube_get_string(class, "metadata", "annotations",
                                  "ingressclass.kubernetes.io/is-default-class", NULL),
                  "true");
}

static void classes_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    ended(t, CALL_ROUTE);
    if (failed)
        return;
    const char *wanted = t->world->config->ingress_class;
    char names[160] = "";
    bool found = false;
    size_t i;
    json_t *class;
    json_array_foreach(kube_get(answer, "items", NULL), i, class) {
        const char *name = str_or_empty(kube_get_string(class, "metadata", "name", NULL));
        found |= str_empty(wanted) ? is_default(class) : str_eq(name, wanted);
        size_t used = strlen(names);
        snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "", name);
    }
    if (found) {
        act_start_call(t, CALL_ROUTE, "GET", "/apis/networking.k8s.io/v1/ingresses", NULL,
                       ingresses_read);
        return;
    }
    CLEANUP_FREE char *which = str_empty(wanted) ? str_dup("default IngressClass")
                                                 : str_printf("IngressClass \"%s\"", wanted);
    CLEANUP_FREE char *text = str_printf(
        "The cluster has no %s, so that nothing leads to the shop (it has: %s). Install an ingress "
        "controller, or set ingress_class in the configuration to one that is there.",
        which, names[0] ? names : "none");
    set_route(t, TROUBLE_INGRESS_CLASS, text);
}

/* All together --------------------------------------------------------------------------------- */

static void look(struct tracked *t)
{
    bool pods_ready = t->answer == ANSWER_OTHER;
    if (pods_ready && !t->calls[CALL_ROUTE])
        act_start_call(t, CALL_ROUTE, "GET", "/apis/networking.k8s.io/v1/ingressclasses", NULL,
                       classes_read);
    if (!pods_ready && !t->calls[CALL_EVENTS])
        read_events(t);
    if (pod_without_room(t) && !t->calls[CALL_ROOM])
        act_start_call(t, CALL_ROOM, "GET", "/api/v1/nodes", NULL, room_nodes_read);
}

void cause_look(struct tracked *t)
{
    read_log(t);
    int64_t now = time_mono_ms();
    /* The first look comes after a while: most stores never need one. */
    bool begins = t->cause_read_at == 0;
    bool due = begins || now - t->cause_read_at >= LOOK_EVERY_MS;
    if (due)
        t->cause_read_at = now;
    int64_t at = time_wall_ms() + LOOK_EVERY_MS - (now - t->cause_read_at);
    if (at < t->wake_at)
        t->wake_at = at;
    if (due && !begins)
        look(t);
}

void cause_forget(struct tracked *t)
{
    struct trouble_view **kept[] = { &t->event_trouble, &t->route_trouble };
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        free(*kept[i]);
        *kept[i] = NULL;
    }
    free(t->room_text);
    t->room_text = NULL;
}
