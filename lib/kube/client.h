/* The Kubernetes API, as far as this project uses it: get, paged list, server-side apply, delete,
 * logs (https://kubernetes.io/docs/reference/using-api/api-concepts/). JSON by jansson. Every call
 * is asynchronous on the program's struct http; the kube_call_* forms wait.
 *
 * Failures carry the API server's own Status message. HTTP status to err:
 *   404 NOT_FOUND; 409 CONFLICT, with reason AlreadyExists EXISTS; 401 UNAUTHORIZED;
 *   403 FORBIDDEN (a quota that is used up too, with the message saying which);
 *   410 CORRUPT ("expired"); 400, 405, 406, 415, 422 INVALID; 413 TOO_LARGE;
 *   429 and 5xx UNAVAILABLE; no answer UNAVAILABLE or TIMEOUT; a certificate that is not trusted
 *   UNAUTHORIZED; an answer that is no JSON object, or breaks off, CORRUPT or UNAVAILABLE. */
#ifndef SW_KUBE_CLIENT_H
#define SW_KUBE_CLIENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kube/config.h"
#include "net/http.h"

struct kube; /* a client: server, credentials, the http it uses */

/* config and http are borrowed and must outlive the client. */
int kube_new(struct kube **out, const struct kube_config *config, struct http *http,
             struct err *err);
/* Other credentials, or another address, for the calls that are started from now on. config as
 * above; the former one is not used any more. -1 (ERR_INVALID): it cannot be used, and the former
 * one still is. */
int kube_use(struct kube *k, const struct kube_config *config, struct err *err);
void kube_free(struct kube *k); /* cancels its calls; NULL is fine */
CLEANUP_POINTER(struct kube, kube_free)

#define KUBE_ANSWER_MAX (16u << 20) /* ceiling of one API answer, bytes */
#define KUBE_CALL_TIMEOUT_MS 15000
#define KUBE_LIST_LIMIT 200       /* objects a page */
#define KUBE_LIST_PAGES_MAX 1000  /* pages of one list; more is ERR_TOO_LARGE */
#define KUBE_LOG_MAX (256u << 10) /* bytes of a container's log that are asked for */

/* answer: parsed JSON object, borrowed for the call (json_incref to keep), NULL on failure or an
 * empty body. failed: NULL, or what went wrong. Strings in the answer may hold NUL bytes, which a
 * container can write into its termination message: json_string_value then ends early. */
typedef void (*kube_done_fn)(void *arg, json_t *answer, const struct err *failed);

/* Borrowed until kube_start returned. */
struct kube_request {
    const char *method;       /* "GET", "PATCH", "DELETE", "POST" */
    const char *path;         /* "/api/v1/namespaces/x?..." with its query already encoded */
    json_t *body;             /* or NULL */
    const char *content_type; /* of the body; NULL: application/json */
    const char *accept;       /* of the answer; NULL: JSON */
    int64_t timeout_ms;       /* 0: KUBE_CALL_TIMEOUT_MS; < 0: none */
    int64_t idle_timeout_ms;  /* give up when no byte came for so long; 0: none */
};

/* A handle that can be cancelled until done is called; never NULL: what is wrong with the request
 * itself is told to done too. done is called from inside http_poll, once; it may start and cancel
 * calls, and must not use the waiting kube_call_* forms. */
struct kube_call;
struct kube_call *kube_start(struct kube *k, const struct kube_request *rq, kube_done_fn done,
                             void *arg);
void kube_cancel(struct kube_call *call); /* done is not called; NULL is fine */

/* Server-side apply with field manager "storewright", force=true. path is the object's own, without
 * a query (https://kubernetes.io/docs/reference/using-api/server-side-apply/). */
struct kube_call *kube_start_apply(struct kube *k, const char *path, json_t *object,
                                   kube_done_fn done, void *arg);

/* DELETE with propagationPolicy Background; uid != NULL: only that incarnation (preconditions),
 * ERR_CONFLICT otherwise. The answer is the object, still there with a deletionTimestamp when it
 * has finalizers, or a Status. */
struct kube_call *kube_start_delete(struct kube *k, const char *path, const char *uid,
                                    kube_done_fn done, void *arg);

/* Blocking forms, for programs without a loop (not from inside callbacks: ERR_INTERNAL). *answer
 * is the caller's to json_decref, and NULL after an empty body; answer itself may be NULL. */
int kube_call_get(struct kube *k, const char *path, json_t **answer, struct err *err);
int kube_call_apply(struct kube *k, const char *path, json_t *object, json_t **answer,
                    struct err *err);
int kube_call_delete(struct kube *k, const char *path, const char *uid, struct err *err);

/* Calls each for every object, page by page, so that no more than one is in memory. path has no
 * query; query: "labelSelector=..." already encoded, or NULL. A list that expires between its pages
 * (410) is begun anew, at most twice, and each is called for its objects again. The items of a list
 * carry no kind and apiVersion. each returns 0, or -1 with err, which ends the list. */
typedef int (*kube_each_fn)(void *arg, json_t *object, struct err *err);
int kube_call_list(struct kube *k, const char *path, const char *query, kube_each_fn each,
                   void *arg, struct err *err);

/* The last tail_lines lines of a container's log as text, asynchronously: text is borrowed for the
 * call, NULL on failure, valid UTF-8 without NUL ('?' stands for what was not), at most
 * KUBE_LOG_MAX bytes. previous != 0: of the run before. */
typedef void (*kube_text_fn)(void *arg, const char *text, const struct err *failed);
struct kube_call *kube_start_log(struct kube *k, const char *ns, const char *pod,
                                 const char *container, int tail_lines, int previous,
                                 kube_text_fn done, void *arg);

/* Walks objects by string keys, ended by NULL: kube_get(pod, "status", "phase", NULL). Borrowed.
 * NULL when anything on the way is missing or no object. Keys with dots or slashes are fine. */
json_t *kube_get(json_t *object, ...) __attribute__((sentinel));
/* NULL unless it is a string. */
const char *kube_get_string(json_t *object, ...) __attribute__((sentinel));
/* otherwise, unless it is an integer. */
int64_t kube_get_int(json_t *object, int64_t otherwise, ...) __attribute__((sentinel));

/* Percent-encodes for a path segment or query value (RFC 3986, section 2.3). malloc'd. */
char *kube_escape(const char *text);

#endif
