#include "queue.h"

#include <search.h>
#include <stdlib.h>

#include "base/mem.h"

/* Operations on their way through helm for each helm that may run: while one runs, the next one's
 * namespace is made. */
#define IN_FRONT_PER_HELM 2

struct queue_owner {
    int64_t id;
    int in_front;    /* operations on their way through helm, counted anew each time */
    uint64_t served; /* number of the last turn that it was given; 0: none */
};

static int compare(const void *a, const void *b)
{
    int64_t x = ((const struct queue_owner *)a)->id, y = ((const struct queue_owner *)b)->id;
    return (x > y) - (x < y);
}

struct queue_owner *queue_owner(struct world *w, int64_t id)
{
    struct queue_owner key = { .id = id };
    struct queue_owner **found = tfind(&key, &w->owners, compare);
    if (found)
        return *found;
    struct queue_owner *o = mem_alloc(sizeof(*o));
    o->id = id;
    tsearch(o, &w->owners, compare);
    return o;
}

void queue_free(struct world *w)
{
    tdestroy(w->owners, free);
    w->owners = NULL;
}

/* Will it need helm soon? Not what waits for something else: a backoff, a namespace that goes, the
 * former store of its ID, whose delete may itself be waiting for a turn. */
static bool is_in_front(struct tracked *t, int64_t now)
{
    if (t->helm)
        return true;
    if (!t->operation_id || !t->admitted || t->not_before > now || t->older)
        return false;
    const struct namespace_entry *ns = world_namespace(t->world, t->row.id);
    if (ns && ns->terminating)
        return false;
    if (t->row.desired == STORE_ABSENT)
        return ns && t->release != RELEASE_NONE && t->attempt < DECIDE_UNINSTALL_ATTEMPTS;
    return t->row.applied_generation < t->row.generation;
}

static bool waits(const struct tracked *t)
{
    return t->operation_id && !t->admitted;
}

static bool goes_before(const struct tracked *a, const struct tracked *b)
{
    if (a->owner->in_front != b->owner->in_front)
        return a->owner->in_front < b->owner->in_front;
    if (a->owner->served != b->owner->served)
        return a->owner->served < b->owner->served;
    return a->operation_id < b->operation_id;
}

/* Gives how many places it takes: none, while it waits for something else than helm. */
static int give_turn(struct world *w, struct tracked *t, int64_t now)
{
    t->admitted = true;
    int places = is_in_front(t, now);
    t->owner->in_front += places;
    t->owner->served = ++w->turns;
    world_touch(t);
    return places;
}

static int count_in_front(struct world *w, int64_t now)
{
    int n = 0;
    for (struct tracked *t = w->busy; t; t = t->next_busy)
        t->owner->in_front = 0;
    for (struct tracked *t = w->busy; t; t = t->next_busy) {
        if (!is_in_front(t, now))
            continue;
        t->owner->in_front++;
        n++;
    }
    return n;
}

int queue_admit(struct world *w, int64_t now)
{
    int given = 0, room = (int)w->config->helm_parallel * IN_FRONT_PER_HELM;
    if (!w->complete)
        return 0;
    /* Its helm must be stopped, or heard out, at once. */
    for (struct tracked *t = w->busy; t; t = t->next_busy) {
        if (waits(t) && t->helm) {
            give_turn(w, t, now);
            given++;
        }
    }
    for (int in_front = count_in_front(w, now); in_front < room; given++) {
        struct tracked *next = NULL;
        for (struct tracked *t = w->busy; t; t = t->next_busy)
            if (waits(t) && (!next || goes_before(t, next)))
                next = t;
        if (!next)
            break;
        in_front += give_turn(w, next, now);
    }
    return given;
}
