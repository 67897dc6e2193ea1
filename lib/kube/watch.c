#include "kube/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "kube/call.h"
#include "kube/known.h"

#define HTTP_GONE 410
#define RETRY_AFTER_MAX_MS 60000
#define STREAM_SLACK_MS 30000 /* the server's own end of a stream comes before ours */
#define BRIEF_STREAM_MS 1000  /* a shorter one is not taken up again at once */
/* https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
#define ACCEPT_METADATA_LIST "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
#define ACCEPT_METADATA "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

struct kube_watch {
    struct kube *kube;
    char *path;
    char *query; /* "labelSelector=...", or "" */
    const struct kube_watch_events *events;
    void *arg;
    struct kube_call *call; /* the list's page or the stream under way, or NULL */
    bool metadata_only;
    struct known *known;
    uint64_t round;  /* counts lists: what a whole list did not touch is gone */
    char *version;   /* resourceVersion to watch from */
    char *next_page; /* a list's continue token, or NULL */
    bool resume;     /* the next try is a stream from version, not a list */
    bool synced;
    int64_t retry_at;
    uint32_t backoff_ms; /* 0: the last try went well */
    int64_t stream_started_at;
    struct buf line;    /* the beginning of an event whose end has not come */
    struct err failure; /* found in the stream; ERR_NONE: none */
    bool expired;       /* ... and it was a 410 */
};

static void start_list(struct kube_watch *w);
static void start_stream(struct kube_watch *w);

static void tell_remove(struct kube_watch *w, json_t *object)
{
    if (w->events->remove)
        w->events->remove(w->arg, object);
}

static int take_upsert(struct kube_watch *w, json_t *object, struct err *err)
{
    json_t *before;
    if (!known_note(w->known, object, w->round, &before))
        return err_set(err, ERR_CORRUPT, "%s: an object without a name", w->path);
    /* Deleted and made again while nobody looked: another object under the same name. */
    if (before)
        tell_remove(w, before);
    json_decref(before);
    if (w->events->upsert)
        w->events->upsert(w->arg, object);
    return 0;
}

static int take_delete(struct kube_watch *w, json_t *object, struct err *err)
{
    if (!known_forget(w->known, object))
        return err_set(err, ERR_CORRUPT, "%s: an object without a name", w->path);
    tell_remove(w, object);
    return 0;
}

static int take_version(struct kube_watch *w, json_t *holder, struct err *err)
{
    const char *version = kube_get_string(holder, "metadata", "resourceVersion", NULL);
    if (str_empty(version))
        return err_set(err, ERR_CORRUPT, "%s: no resourceVersion", w->path);
    free(w->version);
    w->version = str_dup(version);
    return 0;
}

/* The next try: after the backoff, or later if the server said so. */
static void schedule(struct kube_watch *w, bool resume, int64_t retry_after_ms)
{
    uint32_t doubled = w->backoff_ms ? w->backoff_ms * 2 : KUBE_WATCH_BACKOFF_MIN_MS;
    w->backoff_ms = doubled > KUBE_WATCH_BACKOFF_MAX_MS ? KUBE_WATCH_BACKOFF_MAX_MS : doubled;
    int64_t delay = w->backoff_ms / 2 + rand_below(w->backoff_ms / 2 + 1);
    if (retry_after_ms > RETRY_AFTER_MAX_MS)
        retry_after_ms = RETRY_AFTER_MAX_MS;
    w->retry_at = time_mono_ms() + (delay > retry_after_ms ? delay : retry_after_ms);
    w->resume = resume;
}

static void fail(struct kube_watch *w, const struct err *why, int64_t retry_after_ms)
{
    w->synced = false;
    schedule(w, false, retry_after_ms);
    if (w->events->failed)
        w->events->failed(w->arg, why);
}

/* The server does not know the version any more: ordinary once, worth a word when repeated. */
static void expire(struct kube_watch *w, const struct err *why)
{
    if (w->backoff_ms) {
        fail(w, why, 0);
        return;
    }
    w->synced = false;
    schedule(w, false, 0);
}

static void remove_unlisted(struct kube_watch *w)
{
    json_t *gone;
    while ((gone = known_take_unseen(w->known, w->round))) {
        tell_remove(w, gone);
        json_decref(gone);
    }
}

static int take_page(struct kube_watch *w, json_t *page, struct err *err)
{
    json_t *items = kube_get(page, "items", NULL);
    /* Go writes an empty list of some kinds as null. */
    if (!json_is_array(items) && !json_is_null(items))
        return err_set(err, ERR_CORRUPT, "%s: the answer is not a list", w->path);
    if (take_version(w, page, err) < 0)
        return -1;
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (take_upsert(w, json_array_get(items, i), err) < 0)
            return -1;
    }
    const char *next = kube_get_string(page, "metadata", "continue", NULL);
    free(w->next_page);
    w->next_page = str_empty(next) ? NULL : str_dup(next);
    return 0;
}

static void list_done(void *arg, struct http_response *response, const struct err *failed)
{
    struct kube_watch *w = arg;
    struct err err = { 0 };
    w->call = NULL;
    if (failed && response->status == HTTP_GONE) {
        expire(w, failed);
        return;
    }
    if (failed) {
        fail(w, failed, response->retry_after_ms);
        return;
    }
    json_t *page = kube_json_parse(buf_text(&response->body), response->body.len, &err);
    int r = page ? take_page(w, page, &err) : -1;
    json_decref(page);
    if (r < 0) {
        fail(w, &err, 0);
        return;
    }
    if (w->next_page) {
        start_list(w);
        return;
    }
    remove_unlisted(w);
    w->synced = true;
    start_stream(w);
    if (w->events->synced)
        w->events->synced(w->arg);
}

/* The next page, or the first one. */
static void start_list(struct kube_watch *w)
{
    if (!w->next_page)
        w->round++;
    CLEANUP_FREE char *path = kube_page_path(w->path, w->query, w->next_page);
    struct kube_request rq = {
        .method = "GET",
        .path = path,
        .accept = w->metadata_only ? ACCEPT_METADATA_LIST : NULL,
    };
    w->call = kube_start_raw(w->kube, &rq, NULL, list_done, w);
}

static int take_error(struct kube_watch *w, json_t *status)
{
    long code = (long)kube_get_int(status, 500, "code", NULL);
    w->expired = code == HTTP_GONE;
    return kube_json_status(&w->failure, code, status, "in a watch");
}

static int take_event(struct kube_watch *w, const char *line, size_t n)
{
    json_t *event = kube_json_parse(line, n, &w->failure);
    json_t *object = kube_get(event, "object", NULL);
    const char *type = str_or_empty(kube_get_string(event, "type", NULL));
    int r = -1;
    if (!event)
        return -1;
    if (!json_is_object(object))
        err_set(&w->failure, ERR_CORRUPT, "%s: an event without an object", w->path);
    else if (str_eq(type, "ERROR"))
        take_error(w, object);
    else if (take_version(w, object, &w->failure) < 0)
        r = -1;
    else if (str_eq(type, "ADDED") || str_eq(type, "MODIFIED"))
        r = take_upsert(w, object, &w->failure);
    else if (str_eq(type, "DELETED"))
        r = take_delete(w, object, &w->failure);
    else if (str_eq(type, "BOOKMARK"))
        r = 0;
    else
        err_set(&w->failure, ERR_CORRUPT, "%s: an event of unknown type \"%.40s\"", w->path, type);
    json_decref(event);
    return r;
}

/* bytes up to a line's end: one event, together with what came before. */
static int take_line(struct kube_watch *w, const char *bytes, size_t n)
{
    if (w->line.len == 0)
        return n == 0 ? 0 : take_event(w, bytes, n);
    if (buf_add(&w->line, bytes, n) < 0)
        return -1;
    int r = take_event(w, w->line.data, w->line.len);
    buf_reset(&w->line);
    return r;
}

static int stream_data(void *arg, const char *bytes, size_t n)
{
    struct kube_watch *w = arg;
    const char *end = bytes + n;
    while (bytes < end) {
        const char *eol = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t part = (size_t)((eol ? eol : end) - bytes);
        int r = eol ? take_line(w, bytes, part) : buf_add(&w->line, bytes, part);
        if (w->line.overflow)
            return err_set(&w->failure, ERR_TOO_LARGE, "%s: an event larger than %u bytes", w->path,
                           KUBE_EVENT_MAX);
        if (r < 0)
            return -1;
        bytes += part + (eol ? 1 : 0);
    }
    return 0;
}

static void stream_done(void *arg, struct http_response *response, const struct err *failed)
{
    struct kube_watch *w = arg;
    int64_t age = time_mono_ms() - w->stream_started_at;
    w->call = NULL;
    if (age >= KUBE_WATCH_BACKOFF_MAX_MS)
        w->backoff_ms = 0;
    if (w->failure.code == ERR_NONE && !failed && w->line.len > 0)
        err_set(&w->failure, ERR_UNAVAILABLE, "%s: the watch ended within an event", w->path);
    /* What was found in the stream says more than that it was ended for it. */
    struct err why = { 0 };
    if (w->failure.code != ERR_NONE)
        why = w->failure;
    else if (failed)
        why = *failed;
    if (w->expired || response->status == HTTP_GONE)
        expire(w, &why);
    else if (why.code != ERR_NONE)
        fail(w, &why, response->retry_after_ms);
    else if (age < BRIEF_STREAM_MS)
        schedule(w, true, 0);
    else
        start_stream(w);
}

static void start_stream(struct kube_watch *w)
{
    buf_reset(&w->line);
    w->failure = (struct err) { 0 };
    w->expired = false;
    w->stream_started_at = time_mono_ms();
    /* Not all watches at the same moment. */
    unsigned seconds = KUBE_WATCH_STREAM_S + rand_below(KUBE_WATCH_STREAM_S / 2);
    CLEANUP_FREE char *version = kube_escape(w->version);
    CLEANUP_FREE char *query =
        str_printf("watch=1&allowWatchBookmarks=true&timeoutSeconds=%u&resourceVersion=%s%s%s",
                   seconds, version, w->query[0] ? "&" : "", w->query);
    CLEANUP_FREE char *path = kube_with_query(w->path, query);
    struct kube_request rq = {
        .method = "GET",
        .path = path,
        .accept = w->metadata_only ? ACCEPT_METADATA : NULL,
        .timeout_ms = (int64_t)seconds * 1000 + STREAM_SLACK_MS,
        .idle_timeout_ms = KUBE_WATCH_IDLE_MS,
    };
    w->call = kube_start_raw(w->kube, &rq, stream_data, stream_done, w);
}

struct kube_watch *kube_watch_start(struct kube *k, const struct kube_watch_of *of,
                                    const struct kube_watch_events *events, void *arg)
{
    struct kube_watch *w = mem_alloc(sizeof(*w));
    CLEANUP_FREE char *escaped = of->selector ? kube_escape(of->selector) : NULL;
    w->kube = k;
    w->path = str_dup(of->path);
    w->metadata_only = of->metadata_only;
    w->query = escaped ? str_printf("labelSelector=%s", escaped) : str_dup("");
    w->events = events;
    w->arg = arg;
    w->known = known_new(of->label);
    w->retry_at = INT64_MAX;
    w->line = BUF_INIT(KUBE_EVENT_MAX);
    start_list(w);
    return w;
}

void kube_watch_free(struct kube_watch *w)
{
    if (!w)
        return;
    kube_cancel(w->call);
    known_free(w->known);
    buf_free(&w->line);
    free(w->path);
    free(w->query);
    free(w->version);
    free(w->next_page);
    free(w);
}

int64_t kube_watch_wake_at(const struct kube_watch *w)
{
    return w->retry_at;
}

void kube_watch_tick(struct kube_watch *w)
{
    if (w->call || time_mono_ms() < w->retry_at)
        return;
    w->retry_at = INT64_MAX;
    if (w->resume) {
        start_stream(w);
        return;
    }
    free(w->next_page);
    w->next_page = NULL;
    start_list(w);
}

void kube_watch_again(struct kube_watch *w)
{
    kube_cancel(w->call);
    free(w->next_page);
    w->next_page = NULL;
    w->synced = false;
    w->retry_at = INT64_MAX;
    start_list(w);
}

int kube_watch_is_synced(const struct kube_watch *w)
{
    return w->synced;
}
