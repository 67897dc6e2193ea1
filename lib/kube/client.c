#include "kube/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/call.h"
#include "kube/file.h"

#define FIELD_MANAGER "storewright"
#define TOKEN_MAX (64u << 10) /* bytes */

struct kube {
    const struct kube_config *config;
    struct http *http;
    struct http_tls tls;
    char *base;       /* what a path is put behind */
    char *connect_to; /* the server's address when its certificate has another name, or NULL */
    struct kube_call *first;
};

struct kube_call {
    struct kube *kube;
    struct kube_call *prev, *next;
    struct http_transfer *transfer;
    bool ended;           /* done is being told */
    kube_done_fn on_json; /* one of the three */
    kube_text_fn on_text;
    kube_raw_fn on_raw;
    http_data_fn on_data;
    void *arg;
};

/* With tls-server-name the URL carries that name (for SNI and the check of the certificate) and
 * the connection is made to the server's own address. */
static void set_server(struct kube *k, const struct kube_config *config)
{
    const char *host = strstr(config->server, "://") + 3;
    size_t n = strcspn(host, "/");
    if (!config->tls_server_name) {
        k->base = str_dup(config->server);
        return;
    }
    bool secure = str_starts(config->server, "https:");
    const char *bracket = memchr(host, ']', n);
    const char *port =
        memchr(bracket ? bracket : host, ':', n - (bracket ? (size_t)(bracket - host) : 0));
    CLEANUP_FREE char *number =
        port ? str_ndup(port + 1, (size_t)(host + n - port - 1)) : str_dup(secure ? "443" : "80");
    k->connect_to = str_printf("%.*s:%s", (int)(port ? (size_t)(port - host) : n), host, number);
    k->base = str_printf("%s://%s:%s%s", secure ? "https" : "http", config->tls_server_name, number,
                         host + n);
}

int kube_use(struct kube *k, const struct kube_config *config, struct err *err)
{
    if (str_empty(config->server) || !strstr(config->server, "://"))
        return err_set(err, ERR_INVALID, "the API server's address is missing");
    free(k->base);
    free(k->connect_to);
    k->connect_to = NULL;
    k->config = config;
    k->tls = (struct http_tls) {
        .ca_pem = config->ca_pem,
        .cert_pem = config->cert_pem,
        .key_pem = config->key_pem,
        .insecure = config->insecure,
    };
    set_server(k, config);
    return 0;
}

int kube_new(struct kube **out, const struct kube_config *config, struct http *http,
             struct err *err)
{
    CLEANUP(kube_free_p) struct kube *k = mem_alloc(sizeof(*k));
    k->http = http;
    if (kube_use(k, config, err) < 0)
        return -1;
    *out = TAKE(k);
    return 0;
}

static void unlink_call(struct kube_call *call)
{
    if (call->next)
        call->next->prev = call->prev;
    if (call->prev)
        call->prev->next = call->next;
    else
        call->kube->first = call->next;
}

void kube_cancel(struct kube_call *call)
{
    if (!call || call->ended)
        return;
    http_cancel(call->transfer);
    unlink_call(call);
    free(call);
}

void kube_free(struct kube *k)
{
    if (!k)
        return;
    struct kube_call *next;
    for (struct kube_call *call = k->first; call; call = next) {
        next = call->next;
        http_cancel(call->transfer);
        free(call);
    }
    free(k->base);
    free(k->connect_to);
    free(k);
}

static int take_data(void *arg, const char *bytes, size_t n)
{
    struct kube_call *call = arg;
    return call->on_data(call->arg, bytes, n);
}

static void fail_by_status(struct err *err, struct http_response *response)
{
    const char *text = buf_text(&response->body);
    json_t *status = kube_json_parse(text, response->body.len, NULL);
    if (!status)
        kube_json_clean_text(response->body.data, response->body.len);
    kube_json_status(err, response->status, status, text);
    json_decref(status);
}

static void tell_json(struct kube_call *call, struct http_response *response,
                      const struct err *failed)
{
    struct err err = { 0 };
    json_t *answer = NULL;
    if (!failed && response->body.len > 0) {
        answer = kube_json_parse(buf_text(&response->body), response->body.len, &err);
        if (!answer)
            failed = &err;
    }
    call->on_json(call->arg, answer, failed);
    json_decref(answer);
}

static void tell_text(struct kube_call *call, struct http_response *response,
                      const struct err *failed)
{
    kube_json_clean_text(response->body.data, response->body.len);
    call->on_text(call->arg, failed ? NULL : buf_text(&response->body), failed);
}

static void end_call(void *arg, struct http_response *response, const struct err *failed)
{
    struct kube_call *call = arg;
    struct err err = { 0 };
    unlink_call(call);
    call->ended = true;
    if (!failed && (response->status < 200 || response->status > 299)) {
        fail_by_status(&err, response);
        failed = &err;
    }
    if (call->on_raw)
        call->on_raw(call->arg, response, failed);
    else if (call->on_text)
        tell_text(call, response, failed);
    else if (call->on_json)
        tell_json(call, response, failed);
    free(call);
}

/* "Authorization: Bearer ...", to be wiped; NULL: without a token. */
static int make_authorization(char **out, const struct kube_config *config, struct err *err)
{
    char *from_file = NULL;
    const char *token = config->token;
    *out = NULL;
    if (!token && config->token_file) {
        from_file = kube_file_read(config->token_file, TOKEN_MAX, err);
        if (!from_file)
            return -1;
        token = str_trim(from_file);
    }
    if (token && *token)
        *out = str_printf("Authorization: Bearer %s", token);
    if (from_file)
        mem_wipe(from_file, strlen(from_file));
    free(from_file);
    return 0;
}

static struct http_transfer *start_http(struct kube_call *call, const struct kube_request *rq,
                                        const char *authorization, const char *body)
{
    struct kube *k = call->kube;
    CLEANUP_FREE char *url = str_printf("%s%s", k->base, rq->path);
    CLEANUP_FREE char *type =
        str_printf("Content-Type: %s", rq->content_type ? rq->content_type : "application/json");
    CLEANUP_FREE char *accept =
        str_printf("Accept: %s", rq->accept ? rq->accept : "application/json, */*;q=0.1");
    const char *headers[4] = { accept };
    int n = 1;
    if (body)
        headers[n++] = type;
    if (authorization)
        headers[n++] = authorization;
    struct http_request hr = {
        .method = rq->method,
        .url = url,
        .headers = headers,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .connect_to = k->connect_to,
        .tls = &k->tls,
        .timeout_ms = rq->timeout_ms ? rq->timeout_ms : KUBE_CALL_TIMEOUT_MS,
        .idle_timeout_ms = rq->idle_timeout_ms,
        .body_max = KUBE_ANSWER_MAX,
    };
    return http_start(k->http, &hr, end_call, call->on_data ? take_data : NULL, call);
}

static int prepare(const struct kube_call *call, const struct kube_request *rq,
                   char **authorization, char **body, struct err *err)
{
    if (!rq->path || rq->path[0] != '/')
        return err_set(err, ERR_INVALID, "an API path begins with a slash");
    if (make_authorization(authorization, call->kube->config, err) < 0)
        return err_context(err, "the API token");
    if (rq->body) {
        *body = json_dumps(rq->body, JSON_COMPACT);
        if (!*body)
            return err_set(err, ERR_INVALID, "an API request that is no JSON");
    }
    return 0;
}

static struct kube_call *start_call(const struct kube_call *form, const struct kube_request *rq)
{
    struct kube_call *call = mem_alloc(sizeof(*call));
    *call = *form;
    struct kube *k = call->kube;
    call->next = k->first;
    if (k->first)
        k->first->prev = call;
    k->first = call;
    char *authorization = NULL, *body = NULL;
    struct err err = { 0 };
    if (prepare(call, rq, &authorization, &body, &err) < 0)
        call->transfer = http_start_failed(k->http, &err, end_call, call);
    else
        call->transfer = start_http(call, rq, authorization, body);
    if (authorization)
        mem_wipe(authorization, strlen(authorization));
    free(authorization);
    free(body);
    return call;
}

struct kube_call *kube_start(struct kube *k, const struct kube_request *rq, kube_done_fn done,
                             void *arg)
{
    struct kube_call form = { .kube = k, .on_json = done, .arg = arg };
    return start_call(&form, rq);
}

struct kube_call *kube_start_raw(struct kube *k, const struct kube_request *rq,
                                 http_data_fn on_data, kube_raw_fn done, void *arg)
{
    struct kube_call form = { .kube = k, .on_raw = done, .on_data = on_data, .arg = arg };
    return start_call(&form, rq);
}

struct kube_call *kube_start_apply(struct kube *k, const char *path, json_t *object,
                                   kube_done_fn done, void *arg)
{
    CLEANUP_FREE char *full = kube_with_query(path, "fieldManager=" FIELD_MANAGER "&force=true");
    struct kube_request rq = {
        .method = "PATCH",
        .path = full,
        .body = object,
        .content_type = "application/apply-patch+yaml", /* JSON is YAML */
    };
    return kube_start(k, &rq, done, arg);
}

struct kube_call *kube_start_delete(struct kube *k, const char *path, const char *uid,
                                    kube_done_fn done, void *arg)
{
    json_t *options = json_pack("{s:s, s:s, s:s}", "kind", "DeleteOptions", "apiVersion", "v1",
                                "propagationPolicy", "Background");
    if (uid)
        json_object_set_new(options, "preconditions", json_pack("{s:s}", "uid", uid));
    struct kube_request rq = { .method = "DELETE", .path = path, .body = options };
    struct kube_call *call = kube_start(k, &rq, done, arg);
    json_decref(options);
    return call;
}

struct kube_call *kube_start_log(struct kube *k, const char *ns, const char *pod,
                                 const char *container, int tail_lines, int previous,
                                 kube_text_fn done, void *arg)
{
    CLEANUP_FREE char *e_ns = kube_escape(ns);
    CLEANUP_FREE char *e_pod = kube_escape(pod);
    CLEANUP_FREE char *e_container = kube_escape(container);
    CLEANUP_FREE char *path = str_printf(
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&limitBytes=%u%s", e_ns, e_pod,
        e_container, tail_lines, KUBE_LOG_MAX, previous ? "&previous=true" : "");
    struct kube_request rq = { .method = "GET", .path = path };
    struct kube_call form = { .kube = k, .on_text = done, .arg = arg };
    return start_call(&form, &rq);
}

struct waiting {
    bool over;
    json_t *answer;
    struct err failed;
};

static void note_answer(void *arg, json_t *answer, const struct err *failed)
{
    struct waiting *w = arg;
    w->over = true;
    if (failed)
        w->failed = *failed;
    else
        w->answer = json_incref(answer);
}

static int wait_for(struct kube *k, struct kube_call *call, struct waiting *w, json_t **answer,
                    struct err *err)
{
    while (!w->over) {
        if (http_poll(k->http, NULL, 0, -1, err) < 0) {
            kube_cancel(call);
            return -1;
        }
    }
    if (w->failed.code != ERR_NONE) {
        if (err)
            *err = w->failed;
        return -1;
    }
    if (answer)
        *answer = w->answer;
    else
        json_decref(w->answer);
    return 0;
}

int kube_call_get(struct kube *k, const char *path, json_t **answer, struct err *err)
{
    struct waiting w = { 0 };
    struct kube_request rq = { .method = "GET", .path = path };
    return wait_for(k, kube_start(k, &rq, note_answer, &w), &w, answer, err);
}

int kube_call_apply(struct kube *k, const char *path, json_t *object, json_t **answer,
                    struct err *err)
{
    struct waiting w = { 0 };
    return wait_for(k, kube_start_apply(k, path, object, note_answer, &w), &w, answer, err);
}

int kube_call_delete(struct kube *k, const char *path, const char *uid, struct err *err)
{
    struct waiting w = { 0 };
    return wait_for(k, kube_start_delete(k, path, uid, note_answer, &w), &w, NULL, err);
}

struct listing {
    struct kube *kube;
    const char *path, *query;
    kube_each_fn each;
    void *arg;
    char *next;     /* token of the page to come, malloc'd; NULL: the first, or none */
    bool by_caller; /* it was each that failed */
};

static int tell_items(struct listing *l, json_t *items, struct err *err)
{
    if (!json_is_array(items))
        return err_set(err, ERR_CORRUPT, "%s: the API server's answer is not a list", l->path);
    for (size_t i = 0; i < json_array_size(items); i++) {
        l->by_caller = l->each(l->arg, json_array_get(items, i), err) < 0;
        if (l->by_caller)
            return -1;
    }
    return 0;
}

static int list_page(struct listing *l, struct err *err)
{
    CLEANUP_FREE char *full = kube_page_path(l->path, l->query, l->next);
    json_t *page = NULL;
    if (kube_call_get(l->kube, full, &page, err) < 0)
        return -1;
    int r = tell_items(l, kube_get(page, "items", NULL), err);
    const char *token = kube_get_string(page, "metadata", "continue", NULL);
    free(l->next);
    l->next = str_empty(token) ? NULL : str_dup(token);
    json_decref(page);
    return r;
}

static int list_all(struct listing *l, struct err *err)
{
    for (int page = 0; page < KUBE_LIST_PAGES_MAX; page++) {
        if (list_page(l, err) < 0)
            return -1;
        if (!l->next)
            return 0;
    }
    return err_set(err, ERR_TOO_LARGE, "%s: the list has more than %d pages", l->path,
                   KUBE_LIST_PAGES_MAX);
}

int kube_call_list(struct kube *k, const char *path, const char *query, kube_each_fn each,
                   void *arg, struct err *err)
{
    struct listing l = { .kube = k, .path = path, .query = query, .each = each, .arg = arg };
    struct err why = { 0 };
    int r = -1;
    for (int attempt = 0; attempt < 3; attempt++) {
        r = list_all(&l, &why);
        free(l.next);
        l.next = NULL;
        if (r == 0 || why.code != ERR_CORRUPT || l.by_caller)
            break;
    }
    if (r < 0 && err)
        *err = why;
    return r;
}
