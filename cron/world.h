/* What the reconciler knows: the stores it looks after, with what is asked for (SQLite) and what
 * was last seen (the watches), and the calls and children that are under way for each. One struct
 * world a process. */
#ifndef SW_CRON_WORLD_H
#define SW_CRON_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "kube/client.h"
#include "kube/readiness.h"
#include "kube/watch.h"
#include "net/http.h"
#include "store/config.h"
#include "store/decide.h"
#include "store/model.h"
#include "sys/proc.h"

enum component { COMPONENT_OTHER, COMPONENT_DATABASE, COMPONENT_WEB, COMPONENT_STOREFRONT };

/* What answers at the store's bare address, besides "web" (the label storewright.io/storefront of
 * its Ingress, which says what the chart's value storefront.kind was). */
enum front { FRONT_NONE, FRONT_BUILTIN, FRONT_CUSTOM };

/* The objects that make up a store's release, besides the pods they make (watches.c). */
enum object {
    OBJECT_DEPLOYMENT,
    OBJECT_STATEFULSET,
    OBJECT_INGRESS,
    OBJECT_WEB_SERVICE,
    OBJECT_DATABASE_SERVICE,
    OBJECT_CREDENTIALS,
    OBJECT_ACCOUNT,
    OBJECT_QUOTA,
    OBJECT_LIMITS,
    OBJECT_POLICY_DENY,
    OBJECT_POLICY_WEB,
    OBJECT_POLICY_DATABASE,
    OBJECT_DATABASE_CLAIM,
    OBJECT_FILES_CLAIM,
    /* Of stores with a storefront in front. */
    OBJECT_FRONT_DEPLOYMENT,
    OBJECT_FRONT_SERVICE,
    OBJECT_POLICY_FRONT,
    OBJECT_COUNT,
};

/* One pod, as far as it matters. */
struct pod_entry {
    struct pod_entry *next;
    enum component component;
    bool ready, setup_done, terminating, has_started; /* as in struct pod_view */
    struct demand demand;
    struct trouble_view *trouble; /* NULL: none, as with most */
    char name[];
};

/* What fits no row (orphans.h). */
enum orphan_kind { ORPHAN_NONE, ORPHAN_NAMESPACE, ORPHAN_RELEASE };

/* One namespace of the cluster, ours or not. */
struct namespace_entry {
    char *name;
    char uid_label[STORE_UID_LEN + 1]; /* storewright.io/uid, or "" */
    char uid[40];                      /* the API server's own, for preconditions */
    bool terminating;
    char *text;       /* why it does not go away; NULL: nothing */
    bool ready_noted; /* it says when its store was first ready */
    enum orphan_kind told;
    char *engine, *owner; /* of one that belongs to no store, as it says; NULL otherwise */
};

/* Calls to the API server that may be under way for one store, at most one of each. */
enum call {
    CALL_NAMESPACE, /* create or delete it */
    CALL_ACCESS,    /* open it to ourselves */
    CALL_RELEASE,   /* read or clear helm's records */
    CALL_VOLUMES,
    CALL_CLAIMS,
    CALL_EVENTS,
    CALL_ROOM,   /* nodes, and what runs on them */
    CALL_ROUTE,  /* ingress classes, and other Ingresses */
    CALL_LOG,    /* also the Secret whose values are masked in it */
    CALL_SECRET, /* the key of the readiness question */
    CALL_POD,    /* remove a pod that failed, for a retry */
    CALL_NOTE,   /* what the namespace is to remember */
    CALL_COUNT,
};

/* What a helm that runs does. */
enum helm_task { HELM_INSTALL, HELM_REPAIR, HELM_UNINSTALL };

struct tracked {
    struct world *world;
    struct tracked *next;
    struct tracked *older; /* the former store of the same ID, not gone yet; NULL: none */
    struct tracked *next_busy, **busy_link; /* busy_link NULL: it is not among the busy */

    /* Asked for. */
    struct store row;
    struct queue_owner *owner;
    bool admitted;        /* the operation's turn has come (queue.h) */
    int64_t operation_id; /* 0: none unfinished */
    enum operation_kind operation_kind;
    int64_t attempt, started_at, not_before;
    int64_t tried_at;  /* mono ms; when helm last failed or repaired */
    unsigned repaired; /* bits 1 << enum object: what repairs were to put back, of those that
                        * attempt counts or of the operation */
    char *error;

    /* Seen. */
    struct pod_entry *pods;
    unsigned present, removed; /* bits 1 << enum object: is there; was seen to go */
    bool access;               /* we may work in the namespace */
    enum front front;
    struct trouble_view *workload_trouble, *front_trouble, *event_trouble,
        *route_trouble; /* NULL: none */
    char *room_text;    /* how much the nodes lack for its pods; NULL: not known */
    json_t *room_nodes; /* while the pods on them are asked for */
    enum release_state release;
    int release_revision, release_good; /* the newest; the newest that was deployed; 0: none */
    int64_t installed_at; /* mono ms of the last helm success of this process; 0: none */
    int64_t observed_at;  /* wall ms of the last change seen */
    char *log_text;       /* last lines of the container that failed */
    char log_of[112];     /* pod, container and restart they belong to */
    bool log_pending;     /* they are being read */
    json_t *log_secret;   /* while they are: what is masked in them */
    bool claims_asked, claims_gone;
    bool volumes_known;
    int volumes, volumes_counting;
    bool pods_cleared; /* pods that had failed were removed for this operation */

    /* The readiness question. */
    enum answer answer;
    char *answer_text;
    char *probe_key; /* value of the engine's header, from the Secret; wiped when freed */
    struct http_transfer *question;
    bool question_is_page;  /* it is the storefront's page that was asked for */
    int64_t ask_not_before; /* mono ms */
    int asked;              /* how often since it was last unready */

    /* Under way. */
    struct proc *helm;
    enum helm_task helm_task;
    bool helm_wanted;                        /* it waits for a place */
    int64_t helm_generation, helm_operation; /* what it was started for */
    struct kube_call *calls[CALL_COUNT];
    int64_t calls_not_before; /* mono ms; after a failed call */
    int64_t calls_fail_since; /* mono ms; 0: the last one went well */
    char *call_error;         /* of the last failed one */
    bool call_refused;        /* ... it was not allowed, rather than not possible just then */
    int64_t cause_read_at;    /* mono ms; when events were last read */

    /* Decided. */
    bool dirty;
    int64_t wake_at; /* wall ms */
    bool settled;
    unsigned steps_begun, steps_done;
    enum cause said; /* last cause told to the timeline */
};

enum watch_kind {
    /* Those that must be seen whole before anything is decided ... */
    WATCH_NAMESPACES,
    WATCH_PODS,
    WATCH_DEPLOYMENTS,
    WATCH_STATEFULSETS,
    WATCH_INGRESSES,
    WATCH_NEEDED, /* how many they are */
    /* ... and those that only one that stays looks at. */
    WATCH_SERVICES = WATCH_NEEDED,
    WATCH_CREDENTIALS,
    WATCH_ACCOUNTS,
    WATCH_QUOTAS,
    WATCH_LIMITS,
    WATCH_POLICIES,
    WATCH_CLAIMS,
    WATCH_NODES,
    WATCH_OTHER_PODS, /* those that are no store's */
    WATCH_COUNT,
};

struct world {
    const struct config *config;
    struct db *db;
    struct http *http;
    struct kube_config *kube_config;
    struct kube *kube;
    struct kube_watch *watches[WATCH_COUNT];
    struct tracked *stores; /* all that are not deleted */
    struct tracked *busy;   /* those of them with anything to do or to wait for */
    /* Search trees (tsearch): struct tracked by uid and by ID, struct namespace_entry by name. */
    void *by_uid, *by_id, *namespaces, *owners;
    uint64_t turns;           /* that were given to owners (queue.c) */
    void *nodes, *other_pods; /* search trees of capacity.c */
    bool capacity_changed;    /* what the nodes can give has to be written down */
    void *strays;             /* search tree of orphans.c */
    bool orphans_changed, orphans_recalled;
    struct wish *wish; /* of a person about an orphan, under way; NULL: none */
    bool wishes_pending;
    int64_t wish_not_before; /* mono ms */
    int notes_under_way;     /* calls CALL_NOTE */
    int helm_running;
    bool helm_missing;      /* helm cannot be started now */
    bool complete;          /* all watches that are needed are synced */
    int64_t complete_since; /* wall ms */
    bool reload;            /* a kick came: read the rows again */
    bool see_again;         /* a row came whose objects were seen before */
};

/* config and db are borrowed. Returns 0; -1 when the kubeconfig cannot be used. */
int world_open(struct world *w, const struct config *config, struct db *db, struct err *err);
void world_close(struct world *w);

/* Reads the rows (again): new stores, new operations. Returns 0 or -1. */
int world_load(struct world *w, struct err *err);

struct tracked *world_find(struct world *w, const char *uid);               /* NULL: none */
struct tracked *world_find_id(struct world *w, const char *id);             /* the newest */
struct namespace_entry *world_namespace(struct world *w, const char *name); /* NULL: none */
/* The wall clock was stepped by so many ms: so are the times that spans are measured from. */
void world_shift_clock(struct world *w, int64_t step);
/* After a refusal: takes the credentials from the kubeconfig as it is now. Tokens and certificates
 * are replaced while a reconciler runs. */
void world_renew_credentials(struct world *w);
/* Notes a namespace as it was just answered by the API server. */
void world_see_namespace(struct world *w, json_t *ns);
void world_forget_namespace(struct world *w, const char *name);
/* The store is deleted: forgets it and frees. */
void world_forget(struct world *w, struct tracked *t);

/* Something has changed that bears on the store: it is decided anew with the next turn. While the
 * cluster is not seen whole only those with an operation are: the others' turn comes then. */
void world_touch(struct tracked *t);
void world_touch_all(struct world *w);
/* What has changed bears on those that wait for it to be gone. */
void world_touch_successors(struct tracked *t);
/* Nothing is left to do for it until it is touched. */
void world_rest(struct tracked *t);

/* What the platform stands on is well or not: "cluster", "helm". Trouble is logged. */
void world_set_condition(struct world *w, const char *name, bool ok, const char *message);

/* watches.c: starts those that are needed. */
void watches_start(struct world *w);
/* Starts the others, if they are not. */
void watches_start_more(struct world *w);
/* Has every object delivered again: some belong to a store that was not known when they came. */
void watches_again(struct world *w);
/* Of objects whose kind was seen whole, those that the store lacks; bits 1 << enum object. */
unsigned watches_missing(const struct tracked *t);
/* "the Service my-shop-web": at most n bytes with the NUL. */
void watches_name(const struct tracked *t, enum object o, char *out, size_t n);

#endif
