/* List and watch of one kind with a label selector, for ever: list in pages, then watch from that
 * resourceVersion with bookmarks; on 410 or any break, list again, with backoff (0.25 s doubling to 15 s, jittered).
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
#ifndef SW_KUBE_WATCH_H
#define SW_KUBE_WATCH_H

#include "kube/client.h"

struct kube_watch;

struct kube_watch_events {
    /* An object is there (listed, added or changed). object is borrowed: json_incref to keep. */
    void (*upsert)(void *arg, json_t *object);
    /* It is gone. Last known state, borrowed; after a relist only metadata may be meaningful. */
    void (*remove)(void *arg, json_t *object);
    /* The first list, or a relist, has been delivered whole: what was seen is now complete. */
    void (*synced)(void *arg);
    /* The stream or a list failed; it will be tried again by itself. For logging and "cluster unreachable". */
    void (*failed)(void *arg, const struct err *err);
};

/* path: "/api/v1/pods"; selector: "storewright.io/uid" or NULL. events and arg are borrowed and outlive the watch.
 * The watch remembers namespace/name/uid of what it delivered, so that a relist reports removals.
 * Callbacks run from inside http_poll and must not free the watch. */
struct kube_watch *kube_watch_start(struct kube *k, const char *path, const char *selector,
                                    const struct kube_watch_events *events, void *arg);
void kube_watch_free(struct kube_watch *w); /* NULL is fine */
CLEANUP_POINTER(struct kube_watch, kube_watch_free)

/* Monotonic time at which kube_watch_tick must be called (a retry is due); INT64_MAX: none. */
int64_t kube_watch_wake_at(const struct kube_watch *w);
void kube_watch_tick(struct kube_watch *w);

/* Has a whole list been delivered since the last failure? */
int kube_watch_is_synced(const struct kube_watch *w);

#endif
