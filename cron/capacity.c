#include "capacity.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "kube/quantity.h"

struct node_entry {
    char *name;
    bool usable; /* stores' pods can be put there */
    int64_t pods;
    struct demand room; /* allocatable */
};

struct other_pod {
    char *key;  /* "namespace/name" */
    char *node; /* "": not put anywhere yet */
    struct demand demand;
};

/* Both begin with their key. */
static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void *find(void *const *tree, char *key)
{
    void **found = tfind(&key, tree, compare);
    return found ? *found : NULL;
}

static void free_node(void *p)
{
    struct node_entry *n = p;
    free(n->name);
    free(n);
}

static void free_pod(void *p)
{
    struct other_pod *o = p;
    free(o->key);
    free(o->node);
    free(o);
}

static char *name_of(json_t *object)
{
    return str_dup(str_or_empty(kube_get_string(object, "metadata", "name", NULL)));
}

static char *key_of(json_t *object)
{
    return str_printf("%s/%s", str_or_empty(kube_get_string(object, "metadata", "namespace", NULL)),
                      str_or_empty(kube_get_string(object, "metadata", "name", NULL)));
}

/* Ready, not cordoned, and without a taint that keeps pods away: stores' pods tolerate none. */
static bool is_usable(json_t *node)
{
    size_t i;
    json_t *c;
    bool ready = false;
    json_array_foreach(kube_get(node, "status", "conditions", NULL), i, c)
        ready |= str_eq(kube_get_string(c, "type", NULL), "Ready") &&
                 str_eq(kube_get_string(c, "status", NULL), "True");
    json_array_foreach(kube_get(node, "spec", "taints", NULL), i, c)
        ready &= str_eq(kube_get_string(c, "effect", NULL), "PreferNoSchedule");
    return ready && !json_is_true(kube_get(node, "spec", "unschedulable", NULL));
}

static int64_t at_least_0(int64_t n)
{
    return n > 0 ? n : 0;
}

void capacity_see_node(struct world *w, json_t *node)
{
    char *name = name_of(node);
    struct node_entry *n = find(&w->nodes, name);
    if (n) {
        free(name);
    } else {
        n = mem_alloc(sizeof(*n));
        n->name = name;
        tsearch(n, &w->nodes, compare);
    }
    json_t *room = kube_get(node, "status", "allocatable", NULL);
    n->usable = is_usable(node);
    n->pods = at_least_0(quantity_units(kube_get_string(room, "pods", NULL)));
    n->room.cpu_milli = at_least_0(quantity_milli(kube_get_string(room, "cpu", NULL)));
    n->room.memory = at_least_0(quantity_units(kube_get_string(room, "memory", NULL)));
    w->capacity_changed = true;
}

void capacity_node_gone(struct world *w, json_t *node)
{
    CLEANUP_FREE char *name = name_of(node);
    struct node_entry *n = find(&w->nodes, name);
    if (!n)
        return;
    tdelete(n, &w->nodes, compare);
    free_node(n);
    w->capacity_changed = true;
}

void capacity_see_pod(struct world *w, json_t *pod)
{
    char *key = key_of(pod);
    struct other_pod *o = find(&w->other_pods, key);
    if (o) {
        free(key);
    } else {
        o = mem_alloc(sizeof(*o));
        o->key = key;
        tsearch(o, &w->other_pods, compare);
    }
    free(o->node);
    o->node = str_dup(str_or_empty(kube_get_string(pod, "spec", "nodeName", NULL)));
    demand_of_pod(pod, &o->demand);
    w->capacity_changed = true;
}

void capacity_pod_gone(struct world *w, json_t *pod)
{
    CLEANUP_FREE char *key = key_of(pod);
    struct other_pod *o = find(&w->other_pods, key);
    if (!o)
        return;
    tdelete(o, &w->other_pods, compare);
    free_pod(o);
    w->capacity_changed = true;
}

/* What capacity_write adds up. */
struct sums {
    struct world *world;
    int64_t nodes, pods, other_pods;
    struct demand room, largest, others;
};

static void add_node(const void *node, VISIT visit, void *arg)
{
    const struct node_entry *n = *(struct node_entry *const *)node;
    struct sums *s = arg;
    if ((visit != postorder && visit != leaf) || !n->usable)
        return;
    s->nodes++;
    s->pods += n->pods;
    s->room.cpu_milli += n->room.cpu_milli;
    s->room.memory += n->room.memory;
    if (n->room.cpu_milli > s->largest.cpu_milli)
        s->largest.cpu_milli = n->room.cpu_milli;
    if (n->room.memory > s->largest.memory)
        s->largest.memory = n->room.memory;
}

static void add_pod(const void *node, VISIT visit, void *arg)
{
    const struct other_pod *o = *(struct other_pod *const *)node;
    struct sums *s = arg;
    if (visit != postorder && visit != leaf)
        return;
    const struct node_entry *n = find(&s->world->nodes, o->node);
    if (!n || !n->usable)
        return;
    s->other_pods++;
    s->others.cpu_milli += o->demand.cpu_milli;
    s->others.memory += o->demand.memory;
}

void capacity_write(struct world *w)
{
    const struct kube_watch *nodes = w->watches[WATCH_NODES], *pods = w->watches[WATCH_OTHER_PODS];
    if (!w->capacity_changed || !nodes || !pods || !kube_watch_is_synced(nodes) ||
        !kube_watch_is_synced(pods))
        return;
    struct sums s = { .world = w };
    twalk_r(w->nodes, add_node, &s);
    twalk_r(w->other_pods, add_pod, &s);
    struct err err = { 0 };
    w->capacity_changed = false;
    if (db_exec(w->db, &err, SQL_CAPACITY_SET, "iiiiiiiiii", s.nodes, s.pods, s.room.cpu_milli,
                s.room.memory, s.largest.cpu_milli, s.largest.memory, s.other_pods,
                s.others.cpu_milli, s.others.memory, time_wall_ms()) < 0)
        log_warn("what the nodes can give was not written", "error", err.msg);
}

void capacity_free(struct world *w)
{
    tdestroy(w->nodes, free_node);
    tdestroy(w->other_pods, free_pod);
    w->nodes = w->other_pods = NULL;
}
