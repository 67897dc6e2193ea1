#include "medusa.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "net/http.h"

#define ENTRIES_MAX 512
#define BYTES_MAX \
    (6u << 20)             /* of answers as they came; as JSON in memory about three times that \
                            */
#define LINK_WAIT_MS 2000  /* for a connection while all are in use */
#define FAILURES_TO_OPEN 3 /* in a row, before nobody is made to wait any more */
#define OPEN_MS 1000       /* how long that lasts before one question is risked again */
#define RISK_MS (MEDUSA_CALL_MS + 500)

/* An http handle belongs to one thread at a time; idle ones keep their connections. */
struct link {
    struct link *next;
    struct http *http;
};

struct medusa {
    const char *url, *key;
    struct cache *cache;
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    struct link *idle;
    int links;            /* idle and in use */
    int failures;         /* in a row */
    int64_t closed_until; /* monotonic ms */
};

void answer_clear(struct answer *a)
{
    cached_unref(a->held);
    a->held = NULL;
    a->json = NULL;
}

int medusa_open(struct medusa **out, const char *url, const char *key, struct err *err)
{
    /* Both set up what is global in their libraries, before there are threads. */
    json_object_seed(0);
    struct http *first;
    if (http_new(&first, "storefront", err) < 0)
        return -1;
    struct medusa *m = mem_alloc(sizeof(*m));
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&m->freed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&m->mutex, NULL);
    m->url = url;
    m->key = key;
    m->cache = cache_new(ENTRIES_MAX, BYTES_MAX);
    m->idle = mem_alloc(sizeof(*m->idle));
    m->idle->http = first;
    m->links = 1;
    *out = m;
    return 0;
}

void medusa_close(struct medusa *m)
{
    if (!m)
        return;
    for (struct link *l; (l = m->idle);) {
        m->idle = l->next;
        http_free(l->http);
        free(l);
    }
    cache_free(m->cache);
    pthread_cond_destroy(&m->freed);
    pthread_mutex_destroy(&m->mutex);
    free(m);
}

static int make_link(struct link **out, struct err *err)
{
    struct http *http;
    if (http_new(&http, "storefront", err) < 0)
        return -1;
    *out = mem_alloc(sizeof(**out));
    (*out)->http = http;
    return 0;
}

/* May the API be asked now, and over which link? */
static int take_link(struct medusa *m, int64_t deadline, struct link **out, struct err *err)
{
    int64_t now = time_mono_ms(),
            until = now + LINK_WAIT_MS < deadline ? now + LINK_WAIT_MS : deadline;
    struct timespec limit = { .tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000 };
    int r = 0;
    *out = NULL;
    pthread_mutex_lock(&m->mutex);
    while (r == 0 && !m->idle && m->links >= MEDUSA_LINKS && now >= m->closed_until)
        r = pthread_cond_timedwait(&m->freed, &m->mutex, &limit);
    now = time_mono_ms();
    if (now < m->closed_until) {
        err_set(err, ERR_UNAVAILABLE, "the shop's API did not answer a moment ago");
    } else if (m->idle) {
        *out = m->idle;
        m->idle = (*out)->next;
    } else if (m->links >= MEDUSA_LINKS) {
        err_set(err, ERR_UNAVAILABLE, "%d questions to the shop's API are under way", MEDUSA_LINKS);
    } else if (make_link(out, err) == 0) {
        m->links++;
    }
    if (*out && m->failures >= FAILURES_TO_OPEN)
        m->closed_until = now + RISK_MS; /* this one question is risked; the others do not wait */
    pthread_mutex_unlock(&m->mutex);
    return *out ? 0 : -1;
}

static void give_back(struct medusa *m, struct link *l, bool answered)
{
    pthread_mutex_lock(&m->mutex);
    l->next = m->idle;
    m->idle = l;
    if (answered) {
        m->failures = 0;
        m->closed_until = 0;
    } else if (++m->failures >= FAILURES_TO_OPEN) {
        m->closed_until = time_mono_ms() + OPEN_MS;
        pthread_cond_broadcast(&m->freed);
    }
    pthread_cond_signal(&m->freed);
    pthread_mutex_unlock(&m->mutex);
}

static void copy_text(char *out, size_t n, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    snprintf(out, n, "%s", str_or_empty(text));
    str_utf8_cut(out);
}

/* What came is JSON or it is not from Medusa. */
static int read_answer(const char *path, const struct http_response *response, struct answer *out,
                       struct err *err)
{
    int label = (int)strcspn(path, "?");
    json_error_t fault;
    json_t *json =
        json_loadb(buf_text(&response->body), response->body.len, JSON_REJECT_DUPLICATES, &fault);
    if (!json_is_object(json)) {
        json_decref(json);
        return err_set(err, ERR_UNAVAILABLE, "%.*s was answered with status %ld and no JSON object",
                       label, path, response->status);
    }
    out->held = cached_new(json, buf_text(&response->body), response->body.len);
    out->json = json;
    if (response->status >= 200 && response->status < 300)
        return 0;
    copy_text(out->type, sizeof(out->type), json, "type");
    copy_text(out->code, sizeof(out->code), json, "code");
    copy_text(out->message, sizeof(out->message), json, "message");
    bool refused = response->status >= 400 && response->status < 500 && response->status != 401 &&
                   response->status != 403;
    return err_set(err,
                   response->status == 404   ? ERR_NOT_FOUND
                   : response->status == 429 ? ERR_LIMIT
                   : refused                 ? ERR_CONFLICT
                                             : ERR_UNAVAILABLE,
                   "%.*s was answered with status %ld: %s", label, path, response->status,
                   out->message);
}

static int ask(struct medusa *m, const char *method, const char *path, const char *body,
               int64_t deadline, struct answer *out, struct err *err)
{
    CLEANUP_FREE char *url = str_printf("%s%s", m->url, path);
    CLEANUP_FREE char *key = str_printf("x-publishable-api-key: %s", m->key);
    const char *headers[] = { "Accept: application/json", key,
                              body ? "Content-Type: application/json" : NULL, NULL };
    struct link *link;
    if (take_link(m, deadline, &link, err) < 0)
        return -1;
    int64_t left = deadline - time_mono_ms();
    struct http_request rq = {
        .method = method,
        .url = url,
        .headers = headers,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .connect_timeout_ms = MEDUSA_CONNECT_MS,
        .timeout_ms = left < 1                ? 1
                      : left < MEDUSA_CALL_MS ? left
                                              : MEDUSA_CALL_MS,
        .body_max = MEDUSA_ANSWER_MAX,
    };
    struct http_response response = { 0 };
    struct err failed = { 0 };
    int r = http_perform(link->http, &rq, &response, &failed);
    give_back(m, link, r == 0 && response.status < 500);
    mem_wipe(key, strlen(key));
    if (r < 0) /* whatever it was, the visitor is told the same */
        r = err_set(err, ERR_UNAVAILABLE, "%s", failed.msg);
    else
        r = read_answer(path, &response, out, err);
    http_response_free(&response);
    return r;
}

static int ask_list(struct medusa *m, const char *path, const char *list, int64_t deadline,
                    struct answer *out, struct err *err)
{
    if (ask(m, "GET", path, NULL, deadline, out, err) < 0)
        return -1;
    if (json_is_array(json_object_get(out->json, list)))
        return 0;
    answer_clear(out);
    return err_set(err, ERR_UNAVAILABLE, "%.*s was answered without the list \"%s\"",
                   (int)strcspn(path, "?"), path, list);
}

static int fetch(struct medusa *m, const char *path, const char *list, int64_t fresh_ms,
                 int64_t deadline, struct cached *old, struct answer *out, struct err *err)
{
    struct err failed = { 0 };
    if (ask_list(m, path, list, deadline, out, &failed) == 0) {
        cache_put(m->cache, path, out->held, time_mono_ms(), fresh_ms);
        cached_unref(old);
        return 0;
    }
    cache_give_up(m->cache, path);
    if (old && failed.code == ERR_UNAVAILABLE) {
        answer_clear(out);
        *out = (struct answer) { .held = old, .json = old->json, .stale = true };
        return 0;
    }
    cached_unref(old);
    return err_set(err, failed.code, "%s", failed.msg);
}

int medusa_get(struct medusa *m, const char *path, int64_t deadline, struct answer *out,
               struct err *err)
{
    *out = (struct answer) { 0 };
    return ask(m, "GET", path, NULL, deadline, out, err);
}

int medusa_get_list(struct medusa *m, const char *path, const char *list, int64_t fresh_ms,
                    int64_t deadline, struct answer *out, struct err *err)
{
    *out = (struct answer) { 0 };
    if (fresh_ms == 0)
        return ask_list(m, path, list, deadline, out, err);
    struct cached *held;
    enum cache_found found = cache_get(m->cache, path, time_mono_ms(), deadline, &held);
    switch (found) {
    case CACHE_FETCH:
        return fetch(m, path, list, fresh_ms, deadline, held, out, err);
    case CACHE_TIMED_OUT:
        return err_set(err, ERR_UNAVAILABLE, "the shop's API did not answer in time");
    case CACHE_FRESH:
    case CACHE_STALE: /* for as long as the fetch takes */
        break;
    }
    *out = (struct answer) { .held = held, .json = held->json, .stale = found == CACHE_STALE };
    return 0;
}

int medusa_send(struct medusa *m, const char *method, const char *path, json_t *body,
                int64_t deadline, struct answer *out, struct err *err)
{
    *out = (struct answer) { 0 };
    CLEANUP_FREE char *text = body ? json_dumps(body, JSON_COMPACT) : str_dup("{}");
    json_decref(body);
    if (!text)
        return err_set(err, ERR_INVALID, "what is to be sent is not valid");
    return ask(m, method, path, text, deadline, out, err);
}

void medusa_forget_products(struct medusa *m)
{
    cache_age(m->cache, "/store/products");
}
