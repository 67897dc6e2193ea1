/* List and watch of one kind with a label selector, for ever: list in pages, then watch from that
 * resourceVersion with bookmarks; on 410 or any break, list again, with backoff (0.25 s doubling
 * to 15 s, jittered; a server's Retry-After is respected). A stream that the server ends in good
 * order, as it does every few minutes, is taken up again where it ended, without a list.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
#ifndef SW_KUBE_WATCH_H
#define SW_KUBE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "kube/client.h"

#define KUBE_EVENT_MAX (4u << 20) /* ceiling of one event's line, bytes (etcd's is 1.5 MiB) */
#define KUBE_WATCH_BACKOFF_MIN_MS 250
#define KUBE_WATCH_BACKOFF_MAX_MS 15000
#define KUBE_WATCH_STREAM_S 240 /* a stream is asked for this long, and up to half more */
/* A stream that is silent for so long is dead: the API server sends a bookmark every minute (its
 * cacher.go, defaultBookmarkFrequency). */
#define KUBE_WATCH_IDLE_MS 150000

struct kube_watch;

/* Each may be NULL. They run from inside http_poll, may start and cancel calls and transfers, and
 * must not free the watch nor tick it. */
struct kube_watch_events {
    /* An object is there (listed, added or changed). object is borrowed: json_incref to keep.
     * After a relist every object comes again, changed or not. */
    void (*upsert)(void *arg, json_t *object);
    /* It is gone. Last known state, borrowed. When the removal was found by a relist, or the
     * object was replaced by another of the same name (the upsert of that one follows), only
     * metadata.{namespace,name,uid} and the label of struct kube_watch_of are there. */
    void (*remove)(void *arg, json_t *object);
    /* The first list, or a relist, has been delivered whole: what was seen is now complete. */
    void (*synced)(void *arg);
    /* The stream or a list failed; it will be tried again by itself. For logging and "cluster
     * unreachable". An expired resourceVersion (410) is ordinary, and is told only when it repeats
     * itself. */
    void (*failed)(void *arg, const struct err *err);
};

/* What is watched. All are borrowed for the call, but label, which is a constant. */
struct kube_watch_of {
    const char *path;     /* "/api/v1/pods", or with a query ("?fieldSelector=...") */
    const char *selector; /* a label selector, not encoded: "storewright.io/uid"; NULL: all */
    const char *label;    /* the label that every removal tells; NULL: none */
    bool metadata_only;   /* objects come as PartialObjectMetadata: a fraction of the bytes */
};

/* events and arg are borrowed and outlive the watch, k too. Never NULL; begins with the next
 * http_poll. The watch remembers namespace, name, uid and that one label of what it delivered, so
 * that a relist reports removals. */
struct kube_watch *kube_watch_start(struct kube *k, const struct kube_watch_of *of,
                                    const struct kube_watch_events *events, void *arg);
void kube_watch_free(struct kube_watch *w); /* nothing is reported; NULL is fine */
CLEANUP_POINTER(struct kube_watch, kube_watch_free)

/* Monotonic time at which kube_watch_tick must be called (a retry is due); INT64_MAX: none.
 * Calling it earlier does nothing. */
int64_t kube_watch_wake_at(const struct kube_watch *w);
void kube_watch_tick(struct kube_watch *w);

/* Lists again, so that every object is delivered once more: to somebody who did not know before
 * what to do with some of them. Not from inside the watch's own callbacks. */
void kube_watch_again(struct kube_watch *w);

/* Has a whole list been delivered since the last failure? */
int kube_watch_is_synced(const struct kube_watch *w);

#endif
