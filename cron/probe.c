/* Is it really a shop? The question a visitor asks, through the ingress, by Host header. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mark.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/engine.h"

#define PROBE_TIMEOUT_MS 10000
#define PROBE_BODY_MAX (512u << 10)
#define PROBE_WAIT_MIN_MS 20 /* the ingress learns of a ready pod a moment later than this one */
#define PROBE_DOUBLINGS 7
#define PROBE_WAIT_MAX_MS 2000
#define PROBE_WAIT_SETTLED_MS 15000 /* of a store that has not been well for minutes */

static void forget_key(struct tracked *t)
{
    if (t->probe_key)
        mem_wipe(t->probe_key, strlen(t->probe_key));
    free(t->probe_key);
    t->probe_key = NULL;
}

void probe_forget(struct tracked *t)
{
    if (t->question) {
        http_cancel(t->question);
        t->question = NULL;
    }
    t->answer = ANSWER_NOT_ASKED;
    t->asked = 0;
    t->ask_not_before = 0;
}

static void answered(struct tracked *t, enum answer answer, const char *text)
{
    int64_t wait = PROBE_WAIT_MIN_MS << (t->asked < PROBE_DOUBLINGS ? t->asked : PROBE_DOUBLINGS);
    int64_t most = t->settled ? PROBE_WAIT_SETTLED_MS : PROBE_WAIT_MAX_MS;
    t->asked++;
    t->ask_not_before = time_mono_ms() + (wait < most && !t->settled ? wait : most);
    t->answer = answer;
    free(t->answer_text);
    t->answer_text = str_dup(text);
    t->dirty = true;
    t->observed_at = time_wall_ms();
}

/* A new shop with sample products shows one; later its owner may have removed them all. */
static bool must_sell(const struct tracked *t)
{
    return t->row.sample_products && !t->row.ready_at;
}

/* NULL when the body is the shop's own answer; else what is wrong with it. */
static const char *fault_of_body(const struct tracked *t, const struct engine *engine,
                                 const struct buf *body)
{
    json_auto_t *json = json_loadb(buf_text(body), body->len, 0, NULL);
    json_t *list = engine->probe_array ? json_object_get(json, engine->probe_array) : json;
    if (!json_is_array(list))
        return "something else than the shop's product list";
    return must_sell(t) && json_array_size(list) == 0 ? "an empty product list" : NULL;
}

static const char *fault_of_page(const struct tracked *t, const struct buf *body)
{
    char mark[MARK_LEN + 1];
    return engine_fault_of_page(buf_text(body), mark_of_key(t->probe_key, mark), must_sell(t));
}

static void question_done(void *arg, struct http_response *response, const struct err *failed)
{
    struct tracked *t = arg;
    CRASH_POINT("shop-answered");
    t->question = NULL;
    const struct engine *engine = engine_find(t->row.engine);
    CLEANUP_FREE char *text = NULL;
    if (failed) {
        text =
            str_printf("The address http://%s does not answer yet: %s", t->row.host, failed->msg);
    } else if (response->status != 200) {
        forget_key(t); /* the Secret may be another by now */
        text = str_printf("The address http://%s answers with HTTP status %ld instead of the shop.",
                          t->row.host, response->status);
    } else {
        const char *fault = t->question_is_page ? fault_of_page(t, &response->body)
                                                : fault_of_body(t, engine, &response->body);
        if (!fault) {
            answered(t, ANSWER_SHOP, "");
            return;
        }
        forget_key(t);
        text = str_printf("The address http://%s answers with %s.", t->row.host, fault);
    }
    answered(t, ANSWER_OTHER, text);
}

static void ask(struct tracked *t, const struct engine *engine)
{
    const struct config *c = t->world->config;
    bool page = t->front == FRONT_BUILTIN && engine->page_path && t->probe_key;
    CLEANUP_FREE char *url =
        str_printf("http://%s%s", t->row.host, page ? engine->page_path : engine->probe_path);
    CLEANUP_FREE char *header = engine->probe_header && !page
                                    ? str_printf("%s: %s", engine->probe_header, t->probe_key)
                                    : NULL;
    /* Behind TLS the shop must see the visitor's scheme, as the ingress would tell it. */
    const char *headers[] = { page ? "Accept: text/html" : "Accept: application/json", header,
                              NULL };
    struct http_request rq = {
        .method = "GET",
        .url = url,
        .headers = headers,
        .connect_to = c->ingress,
        .timeout_ms = PROBE_TIMEOUT_MS,
        .body_max = PROBE_BODY_MAX,
    };
    t->question_is_page = page;
    t->question = http_start(t->world->http, &rq, question_done, NULL, t);
}

static void secret_read(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    const struct engine *engine = engine_find(t->row.engine);
    CRASH_POINT("key-read");
    t->calls[CALL_SECRET] = NULL;
    t->dirty = true;
    const char *encoded = kube_get_string(answer, "data", engine->probe_secret_key, NULL);
    char key[256];
    size_t n = 0;
    if (!failed && encoded &&
        sodium_base642bin((unsigned char *)key, sizeof(key) - 1, encoded, strlen(encoded), NULL, &n,
                          NULL, sodium_base64_VARIANT_ORIGINAL) == 0) {
        key[n] = '\0';
        /* It becomes a header line: nothing but visible characters may be in it. */
        if (n > 0 && str_utf8_valid(key, n) && !str_has_control(key)) {
            t->probe_key = str_dup(key);
            return;
        }
    }
    CLEANUP_FREE char *text =
        str_printf("The store's Secret cannot be used: %s",
                   failed ? failed->msg : "it lacks the key for asking the shop");
    answered(t, ANSWER_OTHER, text);
}

static void read_key(struct tracked *t)
{
    CLEANUP_FREE char *path =
        str_printf("/api/v1/namespaces/%s/secrets/" STORE_CREDENTIALS, t->row.id);
    struct kube_request rq = { .method = "GET", .path = path };
    t->calls[CALL_SECRET] = kube_start(t->world->kube, &rq, secret_read, t);
}

void probe_start(struct tracked *t)
{
    const struct engine *engine = engine_find(t->row.engine);
    if (!engine || t->question || t->calls[CALL_SECRET])
        return;
    int64_t wait = t->ask_not_before - time_mono_ms();
    if (wait > 0) {
        int64_t at = time_wall_ms() + wait;
        if (at < t->wake_at)
            t->wake_at = at;
        return;
    }
    if (engine->probe_secret_key && !t->probe_key)
        read_key(t);
    else
        ask(t, engine);
}
