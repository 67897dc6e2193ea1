/* The heart: what a store's status is, why, and what to do next, as a pure function of what was
 * asked for, what was last seen of the cluster, and the clock. No input or output, no memory of its
 * own, so every history of requests, failures and crashes can be replayed through it. All times are
 * wall milliseconds. */
#ifndef SW_STORE_DECIDE_H
#define SW_STORE_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/model.h"

enum release_state {
    RELEASE_UNKNOWN, /* helm's records were not read yet */
    RELEASE_NONE,
    RELEASE_DEPLOYED,
    RELEASE_FAILED,
    RELEASE_PENDING, /* a helm began and did not finish; with none of ours running it is dead */
};

enum answer {
    ANSWER_NOT_ASKED,
    ANSWER_SHOP,  /* through the ingress came what only the shop itself says */
    ANSWER_OTHER, /* something else came, or nothing */
};

/* Why pods do not become ready, most telling first. */
enum cause {
    CAUSE_NONE,
    CAUSE_PREDECESSOR, /* the former store of this ID is not gone */
    CAUSE_NAMESPACE_TAKEN,
    CAUSE_NAMESPACE_MISSING,
    CAUSE_NAMESPACE_TERMINATING,
    CAUSE_DATA_MISSING, /* a volume is gone */
    CAUSE_HELM,
    CAUSE_QUOTA,
    CAUSE_ADMISSION,
    CAUSE_IMAGE,
    CAUSE_SETUP,
    CAUSE_OUT_OF_MEMORY,
    CAUSE_CRASH_LOOP,
    CAUSE_UNSCHEDULABLE,
    CAUSE_VOLUME,
    CAUSE_INGRESS_CLASS, /* nothing leads to the shop */
    CAUSE_HOST,          /* somebody else has its address */
    CAUSE_UNREADY,       /* it runs, and its readiness check fails */
    CAUSE_MISSING,       /* an object of the release is not there */
    CAUSE_STARTING,      /* nothing wrong: it takes its time */
    CAUSE_ROUTE,         /* all pods are ready, but the address does not give the shop */
    CAUSE_TIMEOUT,
    CAUSE_STUCK,   /* the namespace does not go away */
    CAUSE_CLUSTER, /* the cluster refuses, or fails at, what is asked of it */
    CAUSE_COUNT,
};
const char *cause_name(enum cause c);    /* "image": as in SQLite */
enum cause cause_find(const char *name); /* CAUSE_NONE for "", NULL and what is not known */

/* An older store of the same ID, whose namespace and host this one is to have. */
enum predecessor {
    PREDECESSOR_NONE,
    PREDECESSOR_GOING, /* it is being deleted */
    PREDECESSOR_STUCK, /* its deletion failed */
};

#define DECIDE_TEXT_MAX 512

struct observation {
    bool complete;          /* every watch has delivered its whole list and none has failed since */
    int64_t complete_since; /* when that began */

    enum predecessor predecessor;
    char predecessor_text[DECIDE_TEXT_MAX]; /* why its deletion failed */

    bool namespace_exists, namespace_is_ours, namespace_terminating;
    bool namespace_call; /* a call that makes or deletes it is under way: it may be there in a
                            moment */
    char namespace_text[DECIDE_TEXT_MAX]; /* why it does not go away, from its conditions; or "" */

    char call_text[DECIDE_TEXT_MAX]; /* why calls for it fail, and have for a while; or "" */
    bool call_refused;               /* ... and trying on will not help */

    enum release_state release;
    bool helm_running;
    bool helm_is_install; /* what the running helm does: install, else uninstall */

    bool workloads_present; /* all objects of the release are there, as far as can be seen */
    bool data_missing;      /* of those that are not, one is a volume */
    char missing_text[DECIDE_TEXT_MAX]; /* which are not there */
    bool database_ready, setup_done, web_ready;
    enum answer answer;
    char answer_text[DECIDE_TEXT_MAX]; /* what came instead of the shop */

    enum cause cause;    /* worst trouble of its pods, workloads and volumes */
    bool cause_is_fatal; /* waiting will not mend it */
    int64_t fatal_at; /* wall ms; when it will be, if it lasts; INT64_MAX or past: no such time */
    char cause_text[DECIDE_TEXT_MAX];

    bool pods_exist;    /* any, ending ones included */
    bool claims_gone;   /* its PersistentVolumeClaims were seen to be gone */
    bool volumes_known; /* volumes was read after the namespace had gone */
    int volumes;        /* PersistentVolumes still claimed from its namespace */
};

/* What is asked for and how far it got, from the store's row and its unfinished operation. */
struct intent {
    enum store_desired desired;
    enum store_status status;
    int64_t generation, applied_generation;
    bool repairing; /* a helm that was to put back what was missing did not succeed */
    bool was_ready; /* ready_at is set */
    int64_t status_at;
    bool has_operation;
    int64_t attempt;    /* helm runs that failed for it */
    int64_t started_at; /* when the operation began to be worked on; 0: not yet */
    int64_t not_before; /* no helm run before */
    const char *error;  /* of the last failed helm run; "" */
    enum cause cause;   /* what the row says now, and in words; they stand until there is something
                           better to say */
    const char *reason;
};

struct limits {
    int64_t create_timeout_ms, delete_timeout_ms;
};

#define DECIDE_HELM_ATTEMPTS 6      /* of an install; backoff 1 s doubling: about half a minute */
#define DECIDE_UNINSTALL_ATTEMPTS 2 /* then the namespace is deleted all the same */
#define DECIDE_EMPTY_MS \
    15000 /* how long pods and claims may take to go before the namespace is deleted */
#define DECIDE_GRACE_MS \
    60000 /* an operation never times out sooner after observation (re)started */
#define DECIDE_SETTLE_MS 180000 /* how long a degraded store keeps the reconciler at work */

/* What to do now. Several may be set; each may be repeated without harm. */
enum {
    ACT_APPLY_NAMESPACE = 1 << 0,
    ACT_READ_RELEASE = 1 << 1,
    ACT_CLEAR_PENDING = 1 << 2, /* remove the record of a dead helm */
    ACT_INSTALL = 1 << 3,
    ACT_ASK_SHOP = 1 << 4,
    ACT_STOP_HELM = 1 << 5,
    ACT_UNINSTALL = 1 << 6,
    ACT_DELETE_NAMESPACE = 1 << 7,
    ACT_COUNT_VOLUMES = 1 << 8,
    ACT_DELETE_CLAIMS = 1 << 10,
    ACT_FIND_CAUSE = 1 << 9, /* read events and logs: pods are not ready */
};

enum verdict { OPERATION_GOES_ON, OPERATION_SUCCEEDS, OPERATION_FAILS };

struct decision {
    enum store_status status;
    enum cause cause;
    char reason[DECIDE_TEXT_MAX * 2]; /* for people; "" when there is nothing to say */
    unsigned actions;
    enum verdict verdict; /* of the unfinished operation, if there is one */
    bool waits;           /* ... which does not begin yet: its time does not count */
    unsigned steps_done;  /* bit 1 << enum step, as far as observed */
    bool settled;         /* nothing will change without a new request or event */
    int64_t
        wake_at; /* decide again then even if nothing was observed; after now. INT64_MAX: no need */
};

void decide(const struct intent *in, const struct observation *seen, const struct limits *limits,
            int64_t now, struct decision *out);

/* Wait before helm run number attempt + 1, milliseconds. */
int64_t decide_backoff_ms(int64_t attempt);

#endif
