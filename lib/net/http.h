/* HTTP over libcurl: the only place that knows curl. One struct http (a curl multi handle with its
 * kept-alive connections) a program. Transfers are started and then driven by http_poll; the blocking
 * http_perform is the same thing with a loop around it. No redirects are followed unless asked for. */
#ifndef SW_NET_HTTP_H
#define SW_NET_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct http;
struct http_transfer;

/* Credentials and trust of one server; PEM texts borrowed for as long as any request uses them.
 * All NULL: the system's trust store. */
struct http_tls {
    const char *ca_pem;
    const char *cert_pem;
    const char *key_pem;
    bool insecure; /* kubeconfig's insecure-skip-tls-verify */
};

struct http_request {
    const char *method;             /* "GET" ... */
    const char *url;                /* absolute */
    const char *const *headers;     /* "Name: value" lines, NULL-ended, or NULL */
    const char *body;               /* or NULL; copied */
    size_t body_len;
    const char *connect_to;         /* "address:port" to connect to instead of the URL's host, or NULL (CURLOPT_CONNECT_TO) */
    const struct http_tls *tls;     /* or NULL */
    int64_t connect_timeout_ms;     /* 0: 5000 */
    int64_t timeout_ms;             /* whole transfer; 0: 30000; < 0: none (streams: see idle_timeout_ms) */
    int64_t idle_timeout_ms;        /* give up when no byte came for so long; 0: none */
    size_t body_max;                /* ceiling of the response body kept; over it the transfer fails with ERR_TOO_LARGE; 0: 1 MiB */
};

struct http_response {
    long status;            /* 0 when no response came */
    struct buf body;        /* empty when an on_data callback took it */
    char content_type[128];
    int64_t retry_after_ms; /* from Retry-After in seconds; -1: none */
    int64_t took_ms;
};

void http_response_free(struct http_response *r);

/* Called once when the transfer ended, from inside http_poll; failed is NULL, or says why there is no
 * (complete) response. response is borrowed for the call (steal its body with buf_take). The transfer is gone afterwards.
 * Starting and cancelling other transfers from inside is allowed. Not called after http_cancel. */
typedef void (*http_done_fn)(void *arg, struct http_response *response, const struct err *failed);

/* Called with body bytes as they come, only for a 2xx status (other bodies are kept in response->body as usual).
 * Return 0 to go on, -1 to end the transfer (done gets ERR_INTERNAL). Must not start or cancel transfers. */
typedef int (*http_data_fn)(void *arg, const char *bytes, size_t n);

int http_new(struct http **out, const char *user_agent, struct err *err);
void http_free(struct http *h); /* cancels what is under way; NULL is fine */

struct http_transfer *http_start(struct http *h, const struct http_request *rq, http_done_fn done,
                                 http_data_fn on_data, void *arg);
void http_cancel(struct http_transfer *t);
size_t http_in_flight(const struct http *h);

/* Waits at most timeout_ms for any transfer or any of the extra descriptors (their revents are filled in),
 * and runs what is due. Returns 0, or -1 on a failure of the loop itself. */
int http_poll(struct http *h, struct pollfd *extra, unsigned n_extra, int timeout_ms, struct err *err);

/* Blocking. Returns 0 when a response came, whatever its status (the caller frees it); -1 otherwise. */
int http_perform(struct http *h, const struct http_request *rq, struct http_response *out, struct err *err);

#endif
