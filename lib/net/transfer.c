#include "net/transfer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"

#define RETRY_AFTER_MAX_S 86400

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct http_transfer *t = arg;
    n *= size;
    t->last_byte_at = time_mono_ms();
    if (t->state == TRANSFER_CANCELLED)
        return CURL_WRITEFUNC_ERROR;
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (t->on_data && status >= 200 && status < 300) {
        *t->data_seen = true;
        if (t->on_data(t->arg, bytes, n) == 0 && t->state != TRANSFER_CANCELLED)
            return n;
        err_set(&t->reason, ERR_INTERNAL, "%s: ended by the receiver", t->label);
        return CURL_WRITEFUNC_ERROR;
    }
    if (buf_add(&t->response.body, bytes, n) == 0)
        return n;
    err_set(&t->reason, ERR_TOO_LARGE, "%s: the answer is larger than %zu bytes", t->label,
            t->response.body.max);
    return CURL_WRITEFUNC_ERROR;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    struct http_transfer *t = arg;
    n *= size;
    t->last_byte_at = time_mono_ms();
    t->header_bytes += n;
    if (t->state == TRANSFER_CANCELLED)
        return 0;
    if (t->header_bytes <= HTTP_HEADERS_MAX)
        return n;
    err_set(&t->reason, ERR_TOO_LARGE, "%s: headers of more than %u bytes", t->label,
            HTTP_HEADERS_MAX);
    return 0;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)arg;
    (void)purpose;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Without it a peer that vanished keeps a connection "open" for a quarter of an hour. */
static int set_socket_options(void *arg, curl_socket_t fd, curlsocktype purpose)
{
    (void)arg;
    (void)purpose;
    unsigned ms = HTTP_DEAD_PEER_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
    return CURL_SOCKOPT_OK;
}

static int refuse(struct http_transfer *t, const char *why)
{
    return err_set(&t->reason, ERR_INVALID, "%s: %s", t->label, why);
}

static bool is_token(const char *s)
{
    return *s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(s);
}

static bool has_space_or_control(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s <= ' ' || *s == 0x7f)
            return true;
    }
    return false;
}

/* Where the host begins, behind a user name and password if there are any. */
static const char *host_of(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    size_t n = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', n);
    return at ? at + 1 : host;
}

static int check_request(struct http_transfer *t, const struct http_request *rq)
{
    if (rq->method && !is_token(rq->method))
        return refuse(t, "not a method name");
    if (!rq->url || (!str_starts(rq->url, "http://") && !str_starts(rq->url, "https://")))
        return refuse(t, "only http:// and https:// addresses can be asked");
    if (host_of(rq->url) != strstr(rq->url, "://") + 3)
        return refuse(t, "a user name or password does not belong in an address");
    if (has_space_or_control(rq->url))
        return refuse(t, "the address has a space or a control character in it");
    for (const char *const *h = rq->headers; h && *h; h++) {
        if (str_has_control(*h))
            return refuse(t, "a header has a control character in it");
    }
    return 0;
}

static int out_of_memory(struct http_transfer *t)
{
    return err_set(&t->reason, ERR_INTERNAL, "%s: curl is out of memory", t->label);
}

static int add_line(struct http_transfer *t, struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return out_of_memory(t);
    *list = longer;
    return 0;
}

static int set_headers(struct http_transfer *t, const struct http_request *rq)
{
    /* An empty value takes out a header that curl would add by itself. */
    if (add_line(t, &t->headers, "Expect:") < 0)
        return -1;
    bool typed = false;
    for (const char *const *h = rq->headers; h && *h; h++) {
        typed = typed || strncasecmp(*h, "Content-Type:", 13) == 0;
        if (add_line(t, &t->headers, *h) < 0)
            return -1;
    }
    if (!typed && add_line(t, &t->headers, "Content-Type:") < 0)
        return -1;
    return curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) ? out_of_memory(t) : 0;
}

static int set_method(struct http_transfer *t, const struct http_request *rq)
{
    const char *method = rq->method ? rq->method : "GET";
    CURLcode e;
    if (str_eq(method, "HEAD"))
        return curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L) ? out_of_memory(t) : 0;
    if (str_eq(method, "GET") && !rq->body)
        return curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L) ? out_of_memory(t) : 0;
    if (rq->body || str_eq(method, "POST") || str_eq(method, "PUT") || str_eq(method, "PATCH")) {
        curl_off_t n = rq->body ? (curl_off_t)rq->body_len : 0;
        e = curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, n);
        if (!e)
            e = curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, rq->body ? rq->body : "");
        if (e)
            return out_of_memory(t);
    }
    e = curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
    return e ? out_of_memory(t) : 0;
}

static CURLcode set_blob(CURL *easy, CURLoption option, const char *pem)
{
    struct curl_blob blob = {
        .data = (void *)(uintptr_t)pem,
        .len = strlen(pem),
        .flags = CURL_BLOB_COPY,
    };
    return curl_easy_setopt(easy, option, &blob);
}

static int set_tls(struct http_transfer *t, const struct http_tls *tls)
{
    CURLcode e = curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!e && tls && tls->ca_pem) {
        /* Without CAPATH: NULL the system's authorities would be trusted beside this one. */
        e = set_blob(t->easy, CURLOPT_CAINFO_BLOB, tls->ca_pem);
        if (!e)
            e = curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
    }
    if (!e && tls && tls->cert_pem)
        e = set_blob(t->easy, CURLOPT_SSLCERT_BLOB, tls->cert_pem);
    if (!e && tls && tls->key_pem)
        e = set_blob(t->easy, CURLOPT_SSLKEY_BLOB, tls->key_pem);
    if (!e && tls && tls->insecure) {
        e = curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        if (!e)
            e = curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    return e ? err_set(&t->reason, ERR_INTERNAL, "%s: %s", t->label, curl_easy_strerror(e)) : 0;
}

static long milliseconds(int64_t asked, long otherwise)
{
    if (asked == 0)
        return otherwise;
    return asked < 0 ? 0 : (long)asked; /* curl's 0 is "none" */
}

static int set_connection(struct http_transfer *t, const struct http_request *rq)
{
    CURL *c = t->easy;
    long connect_ms = milliseconds(rq->connect_timeout_ms, HTTP_CONNECT_TIMEOUT_MS);
    bool bad =
        curl_easy_setopt(c, CURLOPT_URL, rq->url) ||
        curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") ||
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*") || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) ||
        curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) ||
        curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, milliseconds(rq->timeout_ms, HTTP_TIMEOUT_MS)) ||
        curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) ||
        curl_easy_setopt(c, CURLOPT_TCP_KEEPIDLE, 15L) ||
        curl_easy_setopt(c, CURLOPT_TCP_KEEPINTVL, 5L) ||
        curl_easy_setopt(c, CURLOPT_MAXLIFETIME_CONN, HTTP_CONNECTION_MAX_S) ||
        curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) ||
        curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, set_socket_options);
    if (bad)
        return out_of_memory(t);
    if (!rq->connect_to)
        return 0;
    CLEANUP_FREE char *line = str_printf("::%s", rq->connect_to);
    if (add_line(t, &t->connect_to, line) < 0)
        return -1;
    return curl_easy_setopt(c, CURLOPT_CONNECT_TO, t->connect_to) ? out_of_memory(t) : 0;
}

static int set_callbacks(struct http_transfer *t)
{
    CURL *c = t->easy;
    bool bad = curl_easy_setopt(c, CURLOPT_PRIVATE, t) ||
               curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->curl_error) ||
               curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) ||
               curl_easy_setopt(c, CURLOPT_WRITEDATA, t) ||
               curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) ||
               curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    return bad ? out_of_memory(t) : 0;
}

static int prepare(struct http_transfer *t, const struct http_request *rq, const char *user_agent)
{
    if (check_request(t, rq) < 0)
        return -1;
    t->easy = curl_easy_init();
    if (!t->easy || curl_easy_setopt(t->easy, CURLOPT_USERAGENT, user_agent))
        return out_of_memory(t);
    if (set_callbacks(t) < 0 || set_connection(t, rq) < 0 || set_tls(t, rq->tls) < 0)
        return -1;
    return set_method(t, rq) < 0 || set_headers(t, rq) < 0 ? -1 : 0;
}

/* The method and the address up to its query, for messages. */
static char *make_label(const struct http_request *rq)
{
    const char *method = rq->method ? rq->method : "GET";
    const char *url = str_or_empty(rq->url);
    const char *host = host_of(url);
    return str_printf("%.16s %s://%.*s", method, str_starts(url, "https:") ? "https" : "http",
                      (int)strcspn(host, "?#"), host);
}

struct http_transfer *transfer_new(const struct http_request *rq, const char *user_agent)
{
    struct http_transfer *t = mem_alloc(sizeof(*t));
    t->label = make_label(rq);
    t->response.body = BUF_INIT(rq->body_max ? rq->body_max : HTTP_BODY_MAX);
    t->response.retry_after_ms = -1;
    t->idle_timeout_ms = rq->idle_timeout_ms;
    t->started_at = t->last_byte_at = time_mono_ms();
    t->state = prepare(t, rq, user_agent) < 0 ? TRANSFER_BROKEN : TRANSFER_WAITING;
    return t;
}

void transfer_free(struct http_transfer *t)
{
    if (!t)
        return;
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->connect_to);
    http_response_free(&t->response);
    free(t->label);
    free(t);
}

static enum err_code code_of_curl(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
        return ERR_UNAVAILABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return ERR_UNAUTHORIZED;
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return ERR_INVALID;
    case CURLE_OUT_OF_MEMORY: /* this is how 7.88 calls a header line over its 100 KiB */
        return ERR_TOO_LARGE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* the URL was checked: this is an answer in HTTP/0.9 */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return ERR_CORRUPT;
    default:
        return ERR_INTERNAL;
    }
}

static void note_facts(struct http_transfer *t)
{
    struct http_response *r = &t->response;
    const char *type = NULL;
    curl_off_t after = 0;
    r->took_ms = time_mono_ms() - t->started_at;
    if (!t->easy)
        return;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &r->status);
    if (!curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type) && type) {
        size_t n = strnlen(type, sizeof(r->content_type) - 1);
        memcpy(r->content_type, type, n);
        r->content_type[n] = '\0';
    }
    if (!curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after) && after > 0)
        r->retry_after_ms = 1000 * (after > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : after);
}

void transfer_conclude(struct http_transfer *t, CURLcode code)
{
    note_facts(t);
    if (code == CURLE_OK || t->reason.code != ERR_NONE)
        return;
    const char *text = t->curl_error[0] ? t->curl_error : curl_easy_strerror(code);
    err_set(&t->reason, code_of_curl(code), "%s: %s", t->label, text);
}
