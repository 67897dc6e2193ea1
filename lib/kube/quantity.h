/* Kubernetes quantities: "250m", "1.5", "512Mi", "2e9"
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/), and what a
 * pod asks of the node it runs on. */
#ifndef SW_KUBE_QUANTITY_H
#define SW_KUBE_QUANTITY_H

#include <jansson.h>
#include <stdint.h>

/* In thousandths, rounded up; over INT64_MAX is INT64_MAX. -1: text is NULL or no quantity. */
int64_t quantity_milli(const char *text);
/* In whole units (bytes), likewise. */
int64_t quantity_units(const char *text);

struct demand {
    int64_t cpu_milli, memory; /* bytes */
};

/* The requests that a pod is scheduled by: its containers together, or its largest init container,
 * whichever is more, with the overhead. What cannot be read counts as nothing. */
void demand_of_pod(json_t *pod, struct demand *out);

#endif
