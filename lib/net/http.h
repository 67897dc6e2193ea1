/* HTTP over libcurl: the only place that knows curl. One struct http (a curl multi handle with its
 * kept-alive connections) a program. Transfers are started and then driven by http_poll; the
 * blocking http_perform is the same thing with a loop around it.
 *
 * Redirects are never followed, no proxy is taken from the environment, no compression is asked
 * for (so a ceiling in bytes is a ceiling), and only http and https URLs are known. HTTP/1.1 is
 * spoken on purpose: every stream has its own connection, so one that stalls or is cut takes no
 * other with it. A half-open connection is noticed within HTTP_DEAD_PEER_MS.
 *
 * A struct http belongs to one thread. */
#ifndef SW_NET_HTTP_H
#define SW_NET_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

struct http;
struct http_transfer;

/* Credentials and trust of one server; PEM texts borrowed until http_start returned.
 * ca_pem: the only authority trusted; NULL: the system's trust store. cert_pem and key_pem
 * come together. Servers older than TLS 1.2 are refused. */
struct http_tls {
    const char *ca_pem;
    const char *cert_pem;
    const char *key_pem;
    bool insecure; /* kubeconfig's insecure-skip-tls-verify */
};

#define HTTP_CONNECT_TIMEOUT_MS 5000
/* A connection is not used for longer than this: where it leads may not be where it would lead now.
 * Seconds. */
#define HTTP_CONNECTION_MAX_S 30L
#define HTTP_TIMEOUT_MS 30000
#define HTTP_BODY_MAX (1u << 20)
#define HTTP_HEADERS_MAX (64u << 10) /* bytes of one response's headers */
#define HTTP_DEAD_PEER_MS 30000

/* Borrowed until http_start returned. Zeroed fields are the defaults. */
struct http_request {
    const char *method;         /* "GET" ...; NULL: GET */
    const char *url;            /* absolute, encoded (no space or control character), without
                                 * user name and password */
    const char *const *headers; /* "Name: value" lines, NULL-ended, or NULL; one with a control
                                 * character in it is refused; a body's Content-Type is here */
    const char *body;           /* or NULL */
    size_t body_len;
    const char *connect_to;     /* "address:port" to connect to instead of the URL's host, or NULL;
                                 * an IPv6 address in brackets. Host header, SNI and the check of
                                 * the certificate still go by the URL */
    const struct http_tls *tls; /* or NULL: the system's trust store, no client certificate */
    int64_t connect_timeout_ms; /* 0: HTTP_CONNECT_TIMEOUT_MS */
    int64_t timeout_ms;         /* whole transfer; 0: HTTP_TIMEOUT_MS; < 0: none (streams) */
    int64_t idle_timeout_ms;    /* give up when no byte came for so long; 0: none */
    size_t body_max;            /* ceiling of the response body kept, bytes; over it the transfer
                                 * fails with ERR_TOO_LARGE; 0: HTTP_BODY_MAX */
};

struct http_response {
    long status;            /* 0 when no response came */
    struct buf body;        /* empty when an on_data callback took it */
    char content_type[128]; /* "" when there was none; cut */
    int64_t retry_after_ms; /* from Retry-After, at most a day; -1: none */
    int64_t took_ms;
};

void http_response_free(struct http_response *r); /* the body; r itself is the caller's */

/* Called once when the transfer ended, from inside http_poll; failed is NULL, or says why there is
 * no (complete) response:
 *   ERR_INVALID       the request makes no sense, or its client certificate
 *   ERR_UNAVAILABLE   no connection, or it was cut, also in the middle of a body
 *   ERR_TIMEOUT       a timeout of the request
 *   ERR_UNAUTHORIZED  the server's certificate is not trusted
 *   ERR_TOO_LARGE     the body is over its ceiling, or the headers
 *   ERR_CORRUPT       the answer is not HTTP
 *   ERR_INTERNAL      on_data ended it, or curl failed otherwise
 * response is never NULL and borrowed for the call (steal its body with buf_take); after a failure
 * it holds what had come. The transfer is gone afterwards. Starting and cancelling transfers from
 * inside is allowed; http_poll, http_perform and http_free are not.
 * Not called after http_cancel. */
typedef void (*http_done_fn)(void *arg, struct http_response *response, const struct err *failed);

/* Called with body bytes as they come, only for a 2xx status (other bodies are kept in
 * response->body as usual). Return 0 to go on, -1 to end the transfer (done gets ERR_INTERNAL).
 * Starting and cancelling transfers from inside is allowed, this one too. */
typedef int (*http_data_fn)(void *arg, const char *bytes, size_t n);

/* user_agent is copied. */
int http_new(struct http **out, const char *user_agent, struct err *err);
void http_free(struct http *h); /* cancels what is under way; NULL is fine */
CLEANUP_POINTER(struct http, http_free)

/* Never NULL: whatever is wrong with the request is told to done, from the next http_poll.
 * The handle may be given to http_cancel until done was called. done may be NULL. */
struct http_transfer *http_start(struct http *h, const struct http_request *rq, http_done_fn done,
                                 http_data_fn on_data, void *arg);

/* A transfer that does nothing but fail with *failed from the next http_poll, for layers above
 * that find a request impossible and promise their callers a callback. */
struct http_transfer *http_start_failed(struct http *h, const struct err *failed, http_done_fn done,
                                        void *arg);

void http_cancel(struct http_transfer *t); /* NULL is fine */
size_t http_in_flight(const struct http *h);

/* Waits at most timeout_ms (< 0: an hour) for any transfer or any of the extra descriptors, and
 * runs what is due. The extras are struct pollfd as for poll(2): their revents are filled in,
 * negative descriptors are passed over. Returns early whenever a callback was called or a signal
 * came. Returns 0, or -1 on a failure of the loop itself (ERR_INTERNAL). */
int http_poll(struct http *h, struct pollfd *extra, unsigned n_extra, int timeout_ms,
              struct err *err);

/* Blocking; other transfers under way go on meanwhile, and their callbacks are called. Returns 0
 * when a response came, whatever its status (the caller frees it with http_response_free); -1
 * otherwise with the codes above, and ERR_INTERNAL when called from inside a callback. */
int http_perform(struct http *h, const struct http_request *rq, struct http_response *out,
                 struct err *err);

#endif
