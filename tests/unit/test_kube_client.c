/* lib/kube/client and json against a scripted API server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "kube/call.h"
#include "kube/client.h"
#include "scripted_server.h"

static struct http *h;
static struct kube *k;
static struct kube_config config;
static struct scripted_server *server;

static void serve(const struct script *scripts)
{
    server = scripted_server_start(scripts);
    config = (struct kube_config) { .server = (char *)(uintptr_t)scripted_server_url(server) };
    assert_int_equal(http_new(&h, "test/1", NULL), 0);
    assert_int_equal(kube_new(&k, &config, h, NULL), 0);
}

static int teardown(void **state)
{
    (void)state;
    kube_free(k);
    http_free(h);
    if (server)
        scripted_server_stop(server);
    k = NULL;
    h = NULL;
    server = NULL;
    return 0;
}

#define STATUS(reason, code) \
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"said so\",\"reason\":\"" reason \
    "\",\"code\":" #code "}"

static void statuses_become_errors(void **state)
{
    static const struct script scripts[] = {
        { "GET /400 ", 0, { REPLY(400, STATUS("BadRequest", 400)) } },
        { "GET /401 ", 0, { REPLY(401, STATUS("Unauthorized", 401)) } },
        { "GET /403 ", 0, { REPLY(403, STATUS("Forbidden", 403)) } },
        { "GET /404 ", 0, { REPLY(404, STATUS("NotFound", 404)) } },
        { "GET /409 ", 0, { REPLY(409, STATUS("Conflict", 409)) } },
        { "GET /409e ", 0, { REPLY(409, STATUS("AlreadyExists", 409)) } },
        { "GET /410 ", 0, { REPLY(410, STATUS("Expired", 410)) } },
        { "GET /413 ", 0, { REPLY(413, STATUS("TooLarge", 413)) } },
        { "GET /422 ", 0, { REPLY(422, STATUS("Invalid", 422)) } },
        { "GET /429 ", 0, { REPLY(429, STATUS("TooManyRequests", 429)) } },
        { "GET /500 ", 0, { REPLY(500, STATUS("InternalError", 500)) } },
        { "GET /503 ", 0, { REPLY(503, STATUS("ServiceUnavailable", 503)) } },
        { 0 },
    };
    static const struct {
        const char *path;
        enum err_code code;
    } cases[] = {
        { "/400", ERR_INVALID },     { "/401", ERR_UNAUTHORIZED }, { "/403", ERR_FORBIDDEN },
        { "/404", ERR_NOT_FOUND },   { "/409", ERR_CONFLICT },     { "/409e", ERR_EXISTS },
        { "/410", ERR_CORRUPT },     { "/413", ERR_TOO_LARGE },    { "/422", ERR_INVALID },
        { "/429", ERR_UNAVAILABLE }, { "/500", ERR_UNAVAILABLE },  { "/503", ERR_UNAVAILABLE },
    };
    (void)state;
    serve(scripts);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        json_t *answer = NULL;
        assert_int_equal(kube_call_get(k, cases[i].path, &answer, &err), -1);
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.msg, "said so");
        assert_null(answer);
    }
}

static enum err_code get_code(const char *path, struct err *err)
{
    json_t *answer = NULL;
    *err = (struct err) { 0 };
    int r = kube_call_get(k, path, &answer, err);
    json_decref(answer);
    assert_int_equal(r < 0, err->code != ERR_NONE);
    return err->code;
}

/* Who set which field is left out, and nothing else with it. */
static void managed_fields_are_left_out(void **state)
{
#define MANAGED ",\"managedFields\":[{\"f\":{\"a]\":\"}\\\"]\\\\\"}},[],{}]"
    static const struct {
        const char *sent, *kept;
    } cases[] = {
        { "{\"a\":{\"x\":1" MANAGED "},\"b\":[{\"y\":2" MANAGED ",\"z\":3}]}",
          "{\"a\":{\"x\":1},\"b\":[{\"y\":2,\"z\":3}]}" },
        { "{\"a\":1,\"managedFields\":[]}", "{\"a\":1}" },
        /* What only looks like it. */
        { "{\"a\":\",\\\"managedFields\\\":[1]\"}", "{\"a\":\",\\\"managedFields\\\":[1]\"}" },
        { "{\"a\":1,\"managedFields\":2}", "{\"a\":1,\"managedFields\":2}" },
        { "{\"managedFields\":[1],\"a\":1}", "{\"managedFields\":[1],\"a\":1}" },
        /* What is not whole. */
        { "{\"a\":1,\"managedFields\":[", NULL },
        { "{\"a\":1,\"managedFields\":[\"\\", NULL },
        { "{\"a\":1,\"managedFields\":", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_auto_t *read = kube_json_parse(cases[i].sent, strlen(cases[i].sent), NULL);
        CLEANUP_FREE char *text = read ? json_dumps(read, JSON_COMPACT) : NULL;
        if (cases[i].kept)
            assert_string_equal(text, cases[i].kept);
        else
            assert_null(text);
    }
}

static void rubbish_becomes_errors(void **state)
{
    static const struct script scripts[] = {
        { "GET /text ", 0, { REPLY(200, "ok") } },
        { "GET /array ", 0, { REPLY(200, "[1]") } },
        { "GET /cut ", 0, { REPLY(200, "{\"a\":") } },
        { "GET /two ", 0, { REPLY(200, "{}{}") } },
        { "GET /utf8 ", 0, { REPLY(200, "{\"a\":\"\xff\"}") } },
        { "GET /number ", 0, { REPLY(200, "{\"a\":99999999999999999999}") } },
        { "GET /empty ", 0, { REPLY(200, "") } },
        { "GET /html ", 0, { REPLY(502, "<html>\x01\xff bad gateway\r\nmore") } },
        { "GET /moved ",
          0,
          { SEND("HTTP/1.1 301 X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n") } },
        { "GET /short ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"a\":1}"), CLOSE } },
        { "GET /deep ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 8000004\r\n\r\n{\"a\""),
            FILL("[", 8000000) } },
        { "GET /deeper ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 1000005\r\n\r\n{\"a\":"),
            FILL("[", 1000000) } },
        { "GET /huge ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n"), FILL(" ", 30000000) } },
        { "GET /typed ", 0, { REPLY(404, "{\"message\":[1],\"reason\":{},\"code\":\"x\"}") } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    struct err err;
    assert_int_equal(get_code("/text", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/array", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/cut", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/two", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/utf8", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/number", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/empty", &err), ERR_NONE);
    assert_int_equal(get_code("/html", &err), ERR_UNAVAILABLE);
    assert_string_equal(err.msg, "the API server answered HTTP 502: <html>\x01? bad gateway");
    assert_int_equal(get_code("/moved", &err), ERR_INTERNAL);
    assert_int_equal(get_code("/short", &err), ERR_UNAVAILABLE);
    assert_int_equal(get_code("/deep", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/deeper", &err), ERR_CORRUPT);
    assert_int_equal(get_code("/huge", &err), ERR_TOO_LARGE);
    assert_int_equal(get_code("/typed", &err), ERR_NOT_FOUND);
    assert_int_equal(get_code("no-slash", &err), ERR_INVALID);
    assert_int_equal(get_code("/a b", &err), ERR_INVALID);
}

/* A container can write \u0000 into its termination message. */
static void nul_in_a_string_blinds_nobody(void **state)
{
    static const struct script scripts[] = {
        { "GET", 0, { REPLY(200, "{\"a\":\"x\\u0000y\",\"b\":\"z\"}") } }, { 0 }
    };
    (void)state;
    serve(scripts);
    json_t *answer = NULL;
    assert_int_equal(kube_call_get(k, "/x", &answer, NULL), 0);
    assert_string_equal(kube_get_string(answer, "a", NULL), "x");
    assert_string_equal(kube_get_string(answer, "b", NULL), "z");
    json_decref(answer);
}

static void apply_and_delete_say_what_they_mean(void **state)
{
    static const struct script scripts[] = { { "PATCH", 0, { REPLY(201, "{\"made\":true}") } },
                                             { "DELETE", 0, { REPLY(200, "{}") } },
                                             { 0 } };
    (void)state;
    serve(scripts);
    json_t *object = json_pack("{s:s}", "kind", "Namespace"), *answer = NULL;
    assert_int_equal(kube_call_apply(k, "/api/v1/namespaces/a", object, &answer, NULL), 0);
    assert_true(json_is_true(kube_get(answer, "made", NULL)));
    json_decref(answer);
    assert_int_equal(kube_call_apply(k, "/api/v1/namespaces/a", object, NULL, NULL), 0);
    json_decref(object);
    assert_int_equal(kube_call_delete(k, "/api/v1/namespaces/a", "u-1", NULL), 0);
    assert_int_equal(kube_call_delete(k, "/api/v1/namespaces/b", NULL, NULL), 0);
    const char *log = scripted_server_log(server);
    assert_non_null(strstr(log, "PATCH /api/v1/namespaces/a?fieldManager=storewright&force=true "));
    assert_non_null(strstr(log, "Content-Type: application/apply-patch+yaml\r\n"));
    assert_non_null(strstr(log, "\r\n\r\n{\"kind\":\"Namespace\"}"));
    const char *with_uid = strstr(log, "DELETE /api/v1/namespaces/a HTTP");
    assert_non_null(with_uid);
    assert_non_null(strstr(with_uid, "\"propagationPolicy\":\"Background\""));
    assert_non_null(strstr(with_uid, "\"preconditions\":{\"uid\":\"u-1\"}"));
    const char *without = strstr(log, "DELETE /api/v1/namespaces/b HTTP");
    assert_non_null(without);
    assert_null(strstr(without, "preconditions"));
    assert_null(strstr(log, "Authorization"));
}

static int add_digit(void *arg, json_t *object, struct err *err)
{
    int64_t *told = arg;
    (void)err;
    *told = *told * 10 + kube_get_int(object, 0, "n", NULL);
    return 0;
}

static int refuse_object(void *arg, json_t *object, struct err *err)
{
    (void)arg;
    (void)object;
    return err_set(err, ERR_CORRUPT, "not this one");
}

static void lists_are_read_to_the_last_page(void **state)
{
    static const struct script scripts[] = {
        { "GET /l?limit=200&labelSelector=a%3Db ",
          0,
          { REPLY(200, "{\"metadata\":{\"continue\":\"t/1\"},\"items\":[{\"n\":1},{\"n\":2}]}") } },
        { "GET /l?limit=200&labelSelector=a%3Db&continue=t%2F1 ",
          1,
          { REPLY(410, STATUS("Expired", 410)) } },
        { "GET /l?limit=200&labelSelector=a%3Db&continue=t%2F1 ",
          0,
          { REPLY(200, "{\"metadata\":{},\"items\":[{\"n\":3}]}") } },
        { "GET /mine?", 1, { REPLY(200, "{\"metadata\":{},\"items\":[{\"n\":1}]}") } },
        { "GET /endless?", 0, { REPLY(200, "{\"metadata\":{\"continue\":\"x\"},\"items\":[]}") } },
        { "GET /none?", 0, { REPLY(200, "{\"metadata\":{}}") } },
        { "GET /gone?", 0, { REPLY(410, STATUS("Expired", 410)) } },
        { "GET /cut?", 0, { CLOSE } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    struct err err = { 0 };
    int64_t told = 0;
    assert_int_equal(kube_call_list(k, "/l", "labelSelector=a%3Db", add_digit, &told, &err), 0);
    assert_int_equal(told, 12123); /* the first page again, since the second one had expired */
    assert_int_equal(kube_call_list(k, "/mine", NULL, refuse_object, NULL, &err), -1);
    assert_int_equal(err.code, ERR_CORRUPT);
    assert_string_equal(err.msg, "not this one");
    assert_int_equal(kube_call_list(k, "/endless", NULL, add_digit, &told, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_int_equal(kube_call_list(k, "/none", NULL, add_digit, &told, &err), -1);
    assert_int_equal(err.code, ERR_CORRUPT);
    assert_int_equal(kube_call_list(k, "/gone", NULL, add_digit, &told, &err), -1);
    assert_int_equal(err.code, ERR_CORRUPT);
    int before = scripted_server_requests(server);
    assert_int_equal(kube_call_list(k, "/cut", NULL, add_digit, &told, &err), -1);
    assert_int_equal(err.code, ERR_UNAVAILABLE);
    assert_true(scripted_server_requests(server) - before <= 2);
}

static void tokens_are_sent_and_read_anew(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "{}") } }, { 0 } };
    char path[] = "/tmp/test_kube_client.XXXXXX";
    int fd = mkstemp(path);
    struct err err = { 0 };
    (void)state;
    serve(scripts);
    config.token = (char *)(uintptr_t) "inline";
    assert_int_equal(kube_call_get(k, "/1", NULL, &err), 0);
    config.token = NULL;
    config.token_file = path;
    assert_int_equal(write(fd, "first\n", 6), 6);
    assert_int_equal(kube_call_get(k, "/2", NULL, &err), 0);
    assert_int_equal(pwrite(fd, "other\n", 6, 0), 6);
    assert_int_equal(kube_call_get(k, "/3", NULL, &err), 0);
    const char *log = scripted_server_log(server);
    assert_non_null(strstr(log, "Authorization: Bearer inline\r\n"));
    assert_non_null(strstr(log, "Authorization: Bearer first\r\n"));
    assert_non_null(strstr(log, "Authorization: Bearer other\r\n"));
    assert_int_equal(pwrite(fd, "two\nlines\n", 10, 0), 10);
    assert_int_equal(kube_call_get(k, "/4", NULL, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_null(strstr(err.msg, "lines"));
    unlink(path);
    close(fd);
    assert_int_equal(kube_call_get(k, "/5", NULL, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(scripted_server_requests(server), 3);
}

static void another_server_name_keeps_the_address(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "{}") } }, { 0 } };
    (void)state;
    serve(scripts);
    kube_free(k);
    config.tls_server_name = (char *)(uintptr_t) "kubernetes.test";
    CLEANUP_FREE char *below = str_printf("%s/clusters/c1", config.server);
    config.server = below;
    assert_int_equal(kube_new(&k, &config, h, NULL), 0);
    assert_int_equal(kube_call_get(k, "/version", NULL, NULL), 0);
    CLEANUP_FREE char *host =
        str_printf("Host: kubernetes.test:%d\r\n", scripted_server_port(server));
    assert_non_null(strstr(scripted_server_log(server), host));
    assert_non_null(strstr(scripted_server_log(server), "GET /clusters/c1/version "));
}

struct seen {
    int done;
    enum err_code code;
    char text[64];
    struct kube_call *cancel;
};

static void note_text(void *arg, const char *text, const struct err *failed)
{
    struct seen *s = arg;
    s->done++;
    s->code = failed ? failed->code : ERR_NONE;
    assert_int_equal(text == NULL, failed != NULL);
    snprintf(s->text, sizeof(s->text), "%s", str_or_empty(text));
}

static void note_json(void *arg, json_t *answer, const struct err *failed)
{
    struct seen *s = arg;
    (void)answer;
    s->done++;
    s->code = failed ? failed->code : ERR_NONE;
    kube_cancel(s->cancel);
}

static void run_until(const int *flag, int64_t at_most_ms)
{
    int64_t end = time_mono_ms() + at_most_ms;
    while (!*flag && time_mono_ms() < end)
        assert_int_equal(http_poll(h, NULL, 0, 50, NULL), 0);
}

static void logs_are_clean_text(void **state)
{
    static const struct script scripts[] = {
        { "GET /api/v1/namespaces/n/pods/p/log?container=c&tailLines=20&limitBytes=262144 ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\na\xff\xc3\xa9"), FILL("\0", 1),
            SEND("b\n\xc3") } },
        { "GET /api/v1/namespaces/n/pods/p/log?container=c&tailLines=5&limitBytes=262144"
          "&previous=true ",
          0,
          { REPLY(400, STATUS("BadRequest", 400)) } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    struct seen now = { 0 }, before = { 0 };
    kube_start_log(k, "n", "p", "c", 20, 0, note_text, &now);
    kube_start_log(k, "n", "p", "c", 5, 1, note_text, &before);
    run_until(&now.done, 5000);
    run_until(&before.done, 5000);
    assert_int_equal(now.code, ERR_NONE);
    assert_string_equal(now.text, "a?\xc3\xa9?b\n?");
    assert_int_equal(before.code, ERR_INVALID);
}

static void calls_can_be_cancelled(void **state)
{
    static const struct script scripts[] = { { "GET /slow ", 0, { WAIT(10000) } },
                                             { "GET /fast ", 0, { REPLY(200, "{}") } },
                                             { 0 } };
    (void)state;
    serve(scripts);
    struct kube_request slow = { .method = "GET", .path = "/slow" };
    struct kube_request fast = { .method = "GET", .path = "/fast" };
    struct kube_request brief = { .method = "GET", .path = "/slow", .timeout_ms = 150 };
    struct seen a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
    kube_cancel(kube_start(k, &slow, note_json, &a));
    kube_cancel(NULL);
    b.cancel = kube_start(k, &slow, note_json, &a);
    kube_start(k, &fast, note_json, &b);
    kube_start(k, &brief, note_json, &c);
    kube_start(k, &slow, note_json, &d);
    run_until(&b.done, 5000);
    run_until(&c.done, 5000);
    assert_int_equal(b.code, ERR_NONE);
    assert_int_equal(c.code, ERR_TIMEOUT);
    kube_free(k); /* with a call under way */
    k = NULL;
    assert_int_equal(http_in_flight(h), 0);
    assert_int_equal(a.done + d.done, 0);
}

static void unreachable_servers_are_unavailable(void **state)
{
    static const struct script scripts[] = { { 0 } };
    (void)state;
    serve(scripts);
    kube_free(k);
    config.server = (char *)(uintptr_t) "http://127.0.0.1:1";
    assert_int_equal(kube_new(&k, &config, h, NULL), 0);
    struct err err;
    assert_int_equal(get_code("/version", &err), ERR_UNAVAILABLE);
    assert_true(err_is_transient(err.code));
    struct kube *none = NULL;
    struct kube_config empty = { 0 };
    assert_int_equal(kube_new(&none, &empty, h, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
}

static void walking_objects(void **state)
{
    (void)state;
    json_t *o = json_pack("{s:{s:{s:s}, s:i, s:[i]}}", "a", "l", "x.y/z", "v", "n", 7, "list", 1);
    assert_string_equal(kube_get_string(o, "a", "l", "x.y/z", NULL), "v");
    assert_null(kube_get_string(o, "a", "n", NULL));
    assert_null(kube_get(o, "a", "no", "l", NULL));
    assert_null(kube_get(o, "a", "n", "l", NULL));
    assert_null(kube_get(o, "a", "list", "0", NULL));
    assert_null(kube_get(NULL, "a", NULL));
    assert_ptr_equal(kube_get(o, NULL), o);
    assert_int_equal(kube_get_int(o, -1, "a", "n", NULL), 7);
    assert_int_equal(kube_get_int(o, -1, "a", "l", NULL), -1);
    json_decref(o);
    CLEANUP_FREE char *e = kube_escape("aZ0-._~ /?&=%,\xc3\xa9\x01");
    assert_string_equal(e, "aZ0-._~%20%2F%3F%26%3D%25%2C%C3%A9%01");
}

#define T(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(statuses_become_errors),
        T(managed_fields_are_left_out),
        T(rubbish_becomes_errors),
        T(nul_in_a_string_blinds_nobody),
        T(apply_and_delete_say_what_they_mean),
        T(lists_are_read_to_the_last_page),
        T(tokens_are_sent_and_read_anew),
        T(another_server_name_keeps_the_address),
        T(logs_are_clean_text),
        T(calls_can_be_cancelled),
        T(unreachable_servers_are_unavailable),
        T(walking_objects),
    };
    return cmocka_run_group_tests_name("kube_client", tests, NULL, NULL);
}
