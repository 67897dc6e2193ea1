/* What the files of lib/kube share and others do not see. */
#ifndef SW_KUBE_CALL_H
#define SW_KUBE_CALL_H

#include "kube/client.h"

/* As http_done_fn, but an answer with a status that is no 2xx has failed, with the codes of
 * kube/client.h; its body is in response still. */
typedef void (*kube_raw_fn)(void *arg, struct http_response *response, const struct err *failed);

/* As kube_start, for answers that are not taken as one JSON document. on_data may be NULL. */
struct kube_call *kube_start_raw(struct kube *k, const struct kube_request *rq,
                                 http_data_fn on_data, kube_raw_fn done, void *arg);

/* One page: GET path?limit=...&query&continue=..., where query and next may be NULL or "". */
char *kube_page_path(const char *path, const char *query, const char *next);

/* path with "?query" or "&query" behind it. */
char *kube_with_query(const char *path, const char *query);

/* A JSON object from foreign bytes (a new reference), or NULL and ERR_CORRUPT. Nesting is bounded
 * by jansson (2048); NUL in strings is let through, since a container can write one into its
 * termination message and must not blind us to everybody else's objects. metadata.managedFields
 * is left out. */
json_t *kube_json_parse(const char *bytes, size_t n, struct err *err);

/* From a Status object (or NULL) and an HTTP status; fallback is said when there is no message. */
int kube_json_status(struct err *err, long http_status, json_t *status, const char *fallback);

/* Makes text valid UTF-8 without NUL in place, '?' for each byte that was not. */
void kube_json_clean_text(char *text, size_t n);

#endif
