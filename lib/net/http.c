#include "net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "net/transfer.h"

#define WAIT_MAX_MS 3600000

struct http {
    CURLM *multi;
    char *user_agent;
    struct http_transfer *first; /* those started and not yet told of */
    size_t in_flight;
    bool polling;   /* inside http_poll */
    bool in_curl;   /* inside a curl callback: curl's handles must not be touched */
    bool data_seen; /* an on_data was called since http_poll began */
};

void http_response_free(struct http_response *r)
{
    if (r)
        buf_free(&r->body);
}

int http_new(struct http **out, const char *user_agent, struct err *err)
{
    static bool ready; /* curl_global_init is not for threads; neither is struct http */
    if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "curl cannot be initialised");
    ready = true;
    CURLM *multi = curl_multi_init();
    if (!multi)
        return err_set(err, ERR_INTERNAL, "curl cannot make a multi handle");
    struct http *h = mem_alloc(sizeof(*h));
    h->multi = multi;
    h->user_agent = str_dup(user_agent);
    *out = h;
    return 0;
}

static void link_in(struct http *h, struct http_transfer *t)
{
    t->http = h;
    t->data_seen = &h->data_seen;
    t->next = h->first;
    if (h->first)
        h->first->prev = t;
    h->first = t;
    h->in_flight++;
}

static void unlink_it(struct http_transfer *t)
{
    struct http *h = t->http;
    if (t->next)
        t->next->prev = t->prev;
    if (t->prev)
        t->prev->next = t->next;
    else
        h->first = t->next;
    t->prev = t->next = NULL;
}

/* Takes it out of everything and frees it; not from inside a curl callback. */
static void drop(struct http_transfer *t)
{
    if (t->easy)
        curl_multi_remove_handle(t->http->multi, t->easy);
    unlink_it(t);
    transfer_free(t);
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->first)
        drop(h->first);
    curl_multi_cleanup(h->multi);
    free(h->user_agent);
    free(h);
}

struct http_transfer *http_start(struct http *h, const struct http_request *rq, http_done_fn done,
                                 http_data_fn on_data, void *arg)
{
    struct http_transfer *t = transfer_new(rq, h->user_agent);
    t->done = done;
    t->on_data = on_data;
    t->arg = arg;
    link_in(h, t);
    return t;
}

struct http_transfer *http_start_failed(struct http *h, const struct err *failed, http_done_fn done,
                                        void *arg)
{
    struct http_request none = { 0 };
    struct http_transfer *t = http_start(h, &none, done, NULL, arg);
    t->reason = *failed;
    return t;
}

void http_cancel(struct http_transfer *t)
{
    if (!t || t->state == TRANSFER_ENDED || t->state == TRANSFER_CANCELLED)
        return;
    struct http *h = t->http;
    h->in_flight--;
    t->state = TRANSFER_CANCELLED;
    if (!h->in_curl)
        drop(t);
}

size_t http_in_flight(const struct http *h)
{
    return h->in_flight;
}

/* Tells done and frees; the transfer's reason is set if it failed. */
static void finish(struct http_transfer *t)
{
    struct http *h = t->http;
    if (t->state == TRANSFER_RUNNING)
        curl_multi_remove_handle(h->multi, t->easy);
    unlink_it(t);
    h->in_flight--;
    t->state = TRANSFER_ENDED;
    if (t->done)
        t->done(t->arg, &t->response, t->reason.code == ERR_NONE ? NULL : &t->reason);
    transfer_free(t);
}

/* Gives the waiting ones to curl and frees the ones cancelled in its callbacks. */
static void admit(struct http *h)
{
    struct http_transfer *next;
    for (struct http_transfer *t = h->first; t; t = next) {
        next = t->next;
        if (t->state == TRANSFER_CANCELLED) {
            drop(t);
        } else if (t->state == TRANSFER_WAITING) {
            CURLMcode e = curl_multi_add_handle(h->multi, t->easy);
            t->state = e ? TRANSFER_BROKEN : TRANSFER_RUNNING;
            if (e)
                err_set(&t->reason, ERR_INTERNAL, "%s: %s", t->label, curl_multi_strerror(e));
        }
    }
}

static bool is_idle_too_long(const struct http_transfer *t, int64_t now)
{
    return t->state == TRANSFER_RUNNING && t->idle_timeout_ms > 0 &&
           now - t->last_byte_at >= t->idle_timeout_ms;
}

/* One that failed without curl, or NULL. Asked anew after each callback, which may have
 * cancelled any other. */
static struct http_transfer *next_failed(struct http *h)
{
    int64_t now = time_mono_ms();
    for (struct http_transfer *t = h->first; t; t = t->next) {
        if (t->state == TRANSFER_BROKEN)
            return t;
        if (is_idle_too_long(t, now)) {
            err_set(&t->reason, ERR_TIMEOUT, "%s: nothing came for %lld ms", t->label,
                    (long long)t->idle_timeout_ms);
            return t;
        }
    }
    return NULL;
}

/* Returns whether any callback was called. */
static bool tell(struct http *h)
{
    bool told = false;
    int left;
    CURLMsg *m;
    while ((m = curl_multi_info_read(h->multi, &left))) {
        struct http_transfer *t = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result; /* m is gone once the handle is removed */
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        transfer_conclude(t, code);
        finish(t);
        told = true;
    }
    struct http_transfer *t;
    while ((t = next_failed(h))) {
        transfer_conclude(t, CURLE_OK);
        finish(t);
        told = true;
    }
    return told;
}

static int run(struct http *h, bool *told, struct err *err)
{
    int running;
    admit(h);
    h->in_curl = true;
    CURLMcode e = curl_multi_perform(h->multi, &running);
    h->in_curl = false;
    if (e)
        return err_set(err, ERR_INTERNAL, "curl: %s", curl_multi_strerror(e));
    admit(h);
    if (tell(h))
        *told = true;
    return 0;
}

/* How long to wait at most, so that no idle timeout is overslept. */
static int bounded_wait(const struct http *h, int timeout_ms)
{
    int64_t wait = timeout_ms < 0 || timeout_ms > WAIT_MAX_MS ? WAIT_MAX_MS : timeout_ms;
    int64_t now = time_mono_ms();
    for (const struct http_transfer *t = h->first; t; t = t->next) {
        if (t->state == TRANSFER_BROKEN || t->state == TRANSFER_WAITING)
            return 0;
        if (t->idle_timeout_ms <= 0)
            continue;
        int64_t left = t->last_byte_at + t->idle_timeout_ms - now;
        if (left < wait)
            wait = left < 0 ? 0 : left;
    }
    return (int)wait;
}

/* curl's wait tells of reading and writing only: a pipe's hang-up has to be asked for after it. */
static int wait_for_any(struct http *h, struct pollfd *extra, unsigned n_extra, int wait_ms,
                        struct err *err)
{
    struct curl_waitfd *fds = n_extra ? mem_alloc_array(n_extra, sizeof(*fds)) : NULL;
    unsigned n = 0;
    for (unsigned i = 0; i < n_extra; i++) {
        if (extra[i].fd < 0)
            continue;
        short events = 0;
        if (extra[i].events & POLLIN)
            events |= CURL_WAIT_POLLIN;
        if (extra[i].events & POLLOUT)
            events |= CURL_WAIT_POLLOUT;
        if (extra[i].events & POLLPRI)
            events |= CURL_WAIT_POLLPRI;
        fds[n++] = (struct curl_waitfd) { .fd = extra[i].fd, .events = events };
    }
    CURLMcode e = curl_multi_poll(h->multi, fds, n, wait_ms, NULL);
    free(fds);
    if (e)
        return err_set(err, ERR_INTERNAL, "curl: %s", curl_multi_strerror(e));
    if (n_extra && poll(extra, n_extra, 0) < 0 && errno != EINTR)
        return err_errno(err, errno, "poll");
    return 0;
}

static int poll_once(struct http *h, struct pollfd *extra, unsigned n_extra, int timeout_ms,
                     struct err *err)
{
    bool told = false;
    h->data_seen = false;
    if (run(h, &told, err) < 0)
        return -1;
    int wait_ms = told || h->data_seen ? 0 : bounded_wait(h, timeout_ms);
    if (wait_for_any(h, extra, n_extra, wait_ms, err) < 0)
        return -1;
    return run(h, &told, err);
}

int http_poll(struct http *h, struct pollfd *extra, unsigned n_extra, int timeout_ms,
              struct err *err)
{
    for (unsigned i = 0; i < n_extra; i++)
        extra[i].revents = 0;
    if (h->polling)
        return err_set(err, ERR_INTERNAL, "http_poll was called from inside a callback");
    h->polling = true;
    int r = poll_once(h, extra, n_extra, timeout_ms, err);
    h->polling = false;
    return r;
}

struct waiting {
    bool over;
    struct http_response *out;
    struct err failed;
};

static void hand_over(void *arg, struct http_response *response, const struct err *failed)
{
    struct waiting *w = arg;
    w->over = true;
    if (failed) {
        w->failed = *failed;
        return;
    }
    *w->out = *response;
    response->body = (struct buf) { 0 };
}

int http_perform(struct http *h, const struct http_request *rq, struct http_response *out,
                 struct err *err)
{
    struct waiting w = { .out = out };
    struct http_transfer *t = http_start(h, rq, hand_over, NULL, &w);
    while (!w.over) {
        if (http_poll(h, NULL, 0, -1, err) < 0) {
            http_cancel(t);
            return -1;
        }
    }
    if (w.failed.code == ERR_NONE)
        return 0;
    if (err)
        *err = w.failed;
    return -1;
}
