/* Is there room for one more store? What the nodes can give the reconciler has written down; what
 * the stores ask for follows from their plans. So a request is answered without the cluster. */
#ifndef SW_STORE_CAPACITY_H
#define SW_STORE_CAPACITY_H

#include "store/service.h"

/* What a store asks the nodes for: the requests of its pods together, and its largest pod's. The
 * chart's values (helm/store/values.yaml, plans) are where they come from; a test holds them
 * together. */
struct need {
    const char *engine, *plan;
    int64_t cpu_milli, memory_mib, pods;
    int64_t pod_cpu_milli, pod_memory_mib;
};
const struct need *need_all(size_t *count);
const struct need *need_find(const char *engine, const char *plan); /* NULL: not known */

/* What the nodes that take pods can give, and what pods that are no store's ask of that. */
struct capacity {
    int64_t nodes, pods, cpu_milli, memory; /* bytes */
    int64_t node_cpu_milli, node_memory;    /* of the largest node */
    int64_t other_pods, other_cpu_milli, other_memory;
    int64_t seen_at; /* wall ms of the last change */
    /* By the stores that are not gone, those that are still to be set up too. */
    int64_t store_pods, store_cpu_milli, store_memory;
};
/* 1; 0: the nodes were not seen yet, or there are none; -1 and err. */
int capacity_get(struct service *s, struct capacity *out, struct err *err);

/* What is left of pods, cpu_milli and memory; the rest as in c. */
struct capacity capacity_left(const struct capacity *c);
/* How many more stores of this kind there is room for. */
int64_t capacity_room_for(const struct capacity *c, const struct need *need);
int64_t need_memory(const struct need *need); /* bytes */

#define CAPACITY_TEXT_MAX 32
const char *capacity_cpu_text(int64_t milli, char out[CAPACITY_TEXT_MAX]);    /* "0.15 CPU" */
const char *capacity_memory_text(int64_t bytes, char out[CAPACITY_TEXT_MAX]); /* "1.5 GiB" */

/* Has the cluster room for one more store of this kind, as far as is known? ERR_LIMIT: the message
 * says what is asked for, what there is, and what to do. Outside a transaction it is a forecast. */
int capacity_check(struct service *s, const char *engine, const char *plan, struct err *err);

#endif
