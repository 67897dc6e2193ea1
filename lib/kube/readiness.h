/* What the state of pods and workloads means: is it ready, and if not, why, in words for people.
 * Compact views, so that the JSON need not be kept. Facts from
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ . Times are wall milliseconds.
 */
#ifndef SW_KUBE_READINESS_H
#define SW_KUBE_READINESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "kube/quantity.h"

enum trouble {
    TROUBLE_NONE,
    TROUBLE_IMAGE,
    TROUBLE_SETUP,
    TROUBLE_OUT_OF_MEMORY,
    TROUBLE_CRASH_LOOP,
    TROUBLE_UNSCHEDULABLE,
    TROUBLE_QUOTA,
    TROUBLE_ADMISSION,
    TROUBLE_VOLUME,
    TROUBLE_UNREADY,       /* it runs, and its readiness check fails */
    TROUBLE_INGRESS_CLASS, /* not of pods: nothing leads to the shop */
    TROUBLE_HOST,          /* ... or to somebody else's */
};

#define TROUBLE_TEXT_MAX 384

struct trouble_view {
    enum trouble kind;
    bool fatal;         /* waiting is known not to mend it */
    int64_t fatal_at;   /* if it lasts until then it counts as fatal; INT64_MAX: never */
    char container[64]; /* whose log tells more; "" */
    int restarts;       /* of that container */
    bool runs_again;    /* ... which runs: the log that tells more is of the run before */
    char text[TROUBLE_TEXT_MAX];
};

struct pod_view {
    bool ready;       /* condition Ready, and not being deleted */
    bool setup_done;  /* the init container "setup" has ended well, or there is none */
    bool terminating; /* or over: it does not come back */
    bool has_started; /* a container of it has run */
    struct demand demand;
    struct trouble_view trouble;
};

void readiness_of_pod(json_t *pod, struct pod_view *out);

/* A Deployment's condition ReplicaFailure (quota, admission); none for other kinds. */
void readiness_of_workload(json_t *workload, struct trouble_view *out);

/* A namespace's Warning events, newest first: FailedCreate, ProvisioningFailed, FailedMount.
 * Events outlive what they tell of: ask only while pods are missing or not ready. */
void readiness_of_events(json_t *event_list, struct trouble_view *out);

/* What the conditions of a terminating namespace say; "" when nothing. */
void readiness_of_namespace(json_t *ns, char text[TROUBLE_TEXT_MAX]);

#endif
