/* The Kubernetes API, as far as this project uses it: get, paged list, server-side apply, delete, logs.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/ . JSON by jansson. Every call is asynchronous on the
 * program's struct http; the kube_call_* forms wait. Failures carry the API server's own Status message.
 * HTTP status to err: 404 NOT_FOUND, 409 CONFLICT (AlreadyExists: EXISTS), 401 UNAUTHORIZED, 403 FORBIDDEN, 410 CORRUPT ("expired"),
 * 422/400 INVALID, 429/5xx UNAVAILABLE, no answer UNAVAILABLE or TIMEOUT. */
#ifndef SW_KUBE_CLIENT_H
#define SW_KUBE_CLIENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "kube/config.h"
#include "net/http.h"

struct kube; /* a client: server, credentials, the http it uses */

/* config and http are borrowed and must outlive the client. */
int kube_new(struct kube **out, const struct kube_config *config, struct http *http, struct err *err);
void kube_free(struct kube *k);
CLEANUP_POINTER(struct kube, kube_free)

#define KUBE_ANSWER_MAX (16u << 20) /* ceiling of one API answer, bytes */
#define KUBE_CALL_TIMEOUT_MS 15000
#define KUBE_LIST_LIMIT 500         /* objects a page */

/* answer: parsed JSON, borrowed for the call (json_incref to keep), NULL on failure or an empty body.
 * failed: NULL, or what went wrong. */
typedef void (*kube_done_fn)(void *arg, json_t *answer, const struct err *failed);

struct kube_request {
    const char *method; /* "GET", "PATCH", "DELETE", "POST" */
    const char *path;   /* "/api/v1/namespaces/x?..." with its query already encoded */
    json_t *body;       /* borrowed, or NULL */
    const char *content_type; /* NULL: application/json */
    int64_t timeout_ms; /* 0: KUBE_CALL_TIMEOUT_MS */
};

/* A handle that can be cancelled until done is called; never NULL. */
struct kube_call;
struct kube_call *kube_start(struct kube *k, const struct kube_request *rq, kube_done_fn done, void *arg);
void kube_cancel(struct kube_call *call); /* done is not called; NULL is fine */

/* Server-side apply with field manager "storewright", force=true. path is the object's own. */
struct kube_call *kube_start_apply(struct kube *k, const char *path, json_t *object, kube_done_fn done, void *arg);

/* DELETE with propagationPolicy Background; uid != NULL: only that incarnation (preconditions), 409 otherwise. */
struct kube_call *kube_start_delete(struct kube *k, const char *path, const char *uid, kube_done_fn done, void *arg);

/* Blocking forms, for programs without a loop. *answer (may be NULL pointer) is the caller's to json_decref. */
int kube_call_get(struct kube *k, const char *path, json_t **answer, struct err *err);
int kube_call_apply(struct kube *k, const char *path, json_t *object, json_t **answer, struct err *err);
int kube_call_delete(struct kube *k, const char *path, const char *uid, struct err *err);
/* All pages, appended to *items (a new json array, the caller's). query: "labelSelector=..." or NULL. */
int kube_call_list(struct kube *k, const char *path, const char *query, json_t **items, struct err *err);

/* The last tail_lines lines of a container's log as text, asynchronously: text is borrowed for the call. previous: of the run before. */
typedef void (*kube_text_fn)(void *arg, const char *text, const struct err *failed);
struct kube_call *kube_start_log(struct kube *k, const char *ns, const char *pod, const char *container,
                                 int tail_lines, int previous, kube_text_fn done, void *arg);

/* Walks objects by string keys: kube_get(pod, "status", "phase", NULL). NULL when anything is missing. */
json_t *kube_get(json_t *object, ...) __attribute__((sentinel));
const char *kube_get_string(json_t *object, ...) __attribute__((sentinel)); /* NULL unless a string; keys with dots or slashes are fine */
int64_t kube_get_int(json_t *object, int64_t otherwise, ...) __attribute__((sentinel));

/* Percent-encodes for a path segment or query value. malloc'd. */
char *kube_escape(const char *text);

#endif
