/* lib/kube/watch against a scripted API server that does all it may do, and more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "kube/watch.h"
#include "scripted_server.h"

static struct http *h;
static struct kube *k;
static struct kube_watch *w;
static struct kube_config config;
static struct scripted_server *server;
static struct buf told; /* what the callbacks were told, in words */
static int64_t failed_at[32];
static int failures;

static void say(const char *what, json_t *object)
{
    const char *value = kube_get_string(object, "metadata", "labels", "v", NULL);
    buf_addf(&told, "%s %s%s%s;", what,
             str_or_empty(kube_get_string(object, "metadata", "name", NULL)), value ? "=" : "",
             str_or_empty(value));
}

static void on_upsert(void *arg, json_t *object)
{
    (void)arg;
    say("upsert", object);
}

static void on_remove(void *arg, json_t *object)
{
    (void)arg;
    say("remove", object);
}

static void on_synced(void *arg)
{
    (void)arg;
    buf_adds(&told, "synced;");
}

static void on_failed(void *arg, const struct err *err)
{
    (void)arg;
    failed_at[failures++ % 32] = time_mono_ms();
    assert_true(err->msg[0]);
    buf_addf(&told, "failed %s;", err_code_name(err->code));
}

static const struct kube_watch_of of_p = { .path = "/p", .label = "v" };
static const struct kube_watch_events events = { on_upsert, on_remove, on_synced, on_failed };

static void begin(const struct script *scripts, const char *selector)
{
    told = BUF_INIT(1u << 20);
    failures = 0;
    server = scripted_server_start(scripts);
    config = (struct kube_config) { .server = (char *)(uintptr_t)scripted_server_url(server) };
    assert_int_equal(http_new(&h, "test/1", NULL), 0);
    assert_int_equal(kube_new(&k, &config, h, NULL), 0);
    w = kube_watch_start(k, &(struct kube_watch_of) { "/p", selector, "v", false }, &events, NULL);
}

static int teardown(void **state)
{
    (void)state;
    kube_watch_free(w);
    kube_free(k);
    http_free(h);
    if (server)
        scripted_server_stop(server);
    buf_free(&told);
    w = NULL;
    k = NULL;
    h = NULL;
    server = NULL;
    return 0;
}

/* As a program's loop does it. */
static void turn(int at_most_ms)
{
    int64_t left = kube_watch_wake_at(w) - time_mono_ms();
    int wait = left < 0 ? 0 : left < at_most_ms ? (int)left : at_most_ms;
    assert_int_equal(http_poll(h, NULL, 0, wait, NULL), 0);
    kube_watch_tick(w);
}

static void run_until_told(const char *end)
{
    int64_t deadline = time_mono_ms() + 10000;
    while (!str_ends(buf_text(&told), end)) {
        if (time_mono_ms() > deadline)
            fail_msg("waited for \"%s\", told \"%s\"", end, buf_text(&told));
        turn(50);
    }
}

static void run_for(int64_t ms)
{
    int64_t end = time_mono_ms() + ms;
    while (time_mono_ms() < end)
        turn(20);
}

#define META(name, v) \
    "{\"metadata\":{\"namespace\":\"n\",\"name\":\"" name "\",\"uid\":\"u-" name \
    "\",\"resourceVersion\":\"9\",\"labels\":{\"v\":\"" v "\"}},\"spec\":{}}"
#define LIST(version, items) \
    "{\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" items "]}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define BOOKMARK(version) EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"" version "\"}}")
#define EXPIRED \
    EVENT("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"," \
                   "\"message\":\"too old resource version\"}")
#define GET_LIST "GET /p?limit=200 "
#define GET_WATCH "GET /p?watch=1&allowWatchBookmarks=true&"
#define HANG WAIT(60000)

static void a_list_and_its_changes(void **state)
{
    static const struct script scripts[] = {
        { "GET /p?limit=200&labelSelector=storewright.io%2Fuid%2Ca%20in%20%28b%29 ",
          0,
          { REPLY(200, LIST("5", META("a", "1") "," META("b", "1"))) } },
        { GET_WATCH,
          1,
          { STREAM, CHUNK(EVENT("ADDED", META("c", "1")) EVENT("MODIFIED", META("a", "2"))),
            CHUNK("{\"type\":\"DELE"), WAIT(30), CHUNK("TED\",\"object\":" META("b", "9") "}"),
            WAIT(30), CHUNK("\n\n" BOOKMARK("77")), HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, "storewright.io/uid,a in (b)");
    assert_false(kube_watch_is_synced(w));
    run_until_told("remove b=9;");
    assert_string_equal(buf_text(&told), "upsert a=1;upsert b=1;synced;upsert c=1;upsert a=2;"
                                         "remove b=9;");
    assert_true(kube_watch_is_synced(w));
    assert_true(kube_watch_wake_at(w) == INT64_MAX);
    const char *log = scripted_server_log(server);
    assert_non_null(strstr(log, "&resourceVersion=5&labelSelector=storewright.io%2Fuid%2Ca%20in"));
    assert_non_null(strstr(log, "timeoutSeconds="));
}

static void lists_come_in_pages(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST,
          0,
          { REPLY(200, "{\"metadata\":{\"resourceVersion\":\"4\",\"continue\":\"t=1\"},"
                       "\"items\":[" META("a", "1") "]}") } },
        { "GET /p?limit=200&continue=t%3D1 ", 1, { REPLY(410, "{\"message\":\"gone\"}") } },
        { "GET /p?limit=200&continue=t%3D1 ", 0, { REPLY(200, LIST("4", META("b", "1"))) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("synced;");
    assert_string_equal(buf_text(&told), "upsert a=1;upsert a=1;upsert b=1;synced;");
}

static void a_good_end_is_taken_up_where_it_ended(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 0, { REPLY(200, LIST("5", META("a", "1"))) } },
        { GET_WATCH, 1, { STREAM, CHUNK(BOOKMARK("42")), WAIT(1100), FINISH } },
        { GET_WATCH, 1, { STREAM, CHUNK(EVENT("MODIFIED", META("a", "2"))), HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("upsert a=2;");
    assert_string_equal(buf_text(&told), "upsert a=1;synced;upsert a=2;");
    assert_non_null(strstr(scripted_server_log(server), "resourceVersion=42 "));
    assert_true(kube_watch_is_synced(w));
    assert_int_equal(scripted_server_requests(server), 3);
}

static void brief_streams_do_not_spin(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 0, { REPLY(200, LIST("5", "")) } },
        { GET_WATCH, 0, { STREAM, FINISH } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_for(1500);
    assert_in_range(scripted_server_requests(server), 3, 7);
    assert_string_equal(buf_text(&told), "synced;");
}

static void expired_versions_are_listed_anew(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 1, { REPLY(200, LIST("5", META("a", "1") "," META("b", "1"))) } },
        { GET_WATCH,
          1,
          { STREAM, CHUNK(EVENT("ADDED", META("c", "1")) EXPIRED BOOKMARK("never")), HANG } },
        { GET_LIST, 0, { REPLY(200, LIST("9", META("b", "2"))) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("upsert c=1;");
    run_until_told("synced;");
    /* The removals come in no particular order. */
    const char *again = strstr(buf_text(&told), "upsert b=2;");
    assert_non_null(again);
    assert_non_null(strstr(again, "remove a=1;"));
    assert_non_null(strstr(again, "remove c=1;"));
    assert_null(strstr(again, "remove b"));
    assert_null(strstr(buf_text(&told), "failed"));
    run_for(100);
    assert_non_null(strstr(scripted_server_log(server), "resourceVersion=9 "));
}

static void a_server_that_expires_for_ever_is_told(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 0, { REPLY(200, LIST("5", "")) } },
        { GET_WATCH, 0, { REPLY(410, "{\"message\":\"gone\"}") } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("synced;failed corrupt;");
    assert_false(kube_watch_is_synced(w));
    assert_string_equal(buf_text(&told), "synced;synced;failed corrupt;");
}

/* Each kind of broken stream is told, and healed by a list that also finds what is gone. */
static void expect_healed(const struct step broken[6], const char *failure)
{
    struct script scripts[] = {
        { GET_LIST, 1, { REPLY(200, LIST("5", META("a", "1") "," META("b", "1"))) } },
        { GET_WATCH, 1, { { 0 } } },
        { GET_LIST, 0, { REPLY(200, LIST("9", META("b", "2"))) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    memcpy(scripts[1].steps, broken, 6 * sizeof(*broken));
    begin(scripts, NULL);
    run_until_told("remove a=1;synced;");
    CLEANUP_FREE char *all =
        str_printf("upsert a=1;upsert b=1;synced;failed %s;upsert b=2;remove a=1;synced;", failure);
    assert_string_equal(buf_text(&told), all);
    assert_true(kube_watch_is_synced(w));
    teardown(NULL);
}

static void broken_streams_heal(void **state)
{
    static const struct {
        struct step steps[6];
        const char *failure;
    } cases[] = {
        { { STREAM, CLOSE }, "unavailable" },
        { { STREAM, CHUNK("{\"type\":"), RESET }, "unavailable" },
        { { STREAM, CHUNK("{\"type\":"), FINISH }, "unavailable" },
        { { SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX: "), CLOSE }, "unavailable" },
        { { REPLY(500, "no") }, "unavailable" },
        { { REPLY(403, "{\"message\":\"no\"}") }, "forbidden" },
        { { STREAM, CHUNK("rubbish\n"), HANG }, "corrupt" },
        { { STREAM, CHUNK("[1]\n"), HANG }, "corrupt" },
        { { STREAM, CHUNK("{}\n"), HANG }, "corrupt" },
        { { STREAM, CHUNK(EVENT("ADDED", "7")), HANG }, "corrupt" },
        { { STREAM, CHUNK(EVENT("ADDED", "{\"metadata\":{\"resourceVersion\":\"1\"}}")), HANG },
          "corrupt" },
        { { STREAM, CHUNK(EVENT("ADDED", "{\"metadata\":{\"name\":\"x\"}}")), HANG }, "corrupt" },
        { { STREAM, CHUNK(EVENT("INVENTED", META("x", "1"))), HANG }, "corrupt" },
        { { STREAM, CHUNK(EVENT("ERROR", "{\"code\":500,\"message\":\"etcd is ill\"}")), HANG },
          "unavailable" },
        { { STREAM, CHUNK(EVENT("ERROR", "{}")), HANG }, "unavailable" },
        { { SEND("HTTP/1.1 200 OK\r\n\r\n"), FILL("x", KUBE_EVENT_MAX + 10), HANG }, "too-large" },
        { { SEND("HTTP/1.1 200 OK\r\n\r\n"), FILL("[", 100000), SEND("\n"), HANG }, "corrupt" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_healed(cases[i].steps, cases[i].failure);
}

static void broken_lists_are_tried_again(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 1, { REPLY(500, "") } },
        { GET_LIST, 1, { REPLY(200, "not json") } },
        { GET_LIST, 1, { REPLY(200, "{\"metadata\":{\"resourceVersion\":\"1\"}}") } },
        { GET_LIST, 1, { REPLY(200, "{\"metadata\":{},\"items\":[]}") } },
        { GET_LIST, 1, { REPLY(200, LIST("5", "{}")) } },
        { GET_LIST,
          1,
          { REPLY(200, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":null}") } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("failed corrupt;failed corrupt;failed corrupt;failed corrupt;");
    assert_true(str_starts(buf_text(&told), "failed unavailable;failed corrupt;"));
    /* Doubling: 0.25, 0.5, 1, 2 s, each by at most half shorter. */
    assert_int_equal(failures, 5);
    for (int i = 1; i < failures; i++) {
        int64_t most = (int64_t)KUBE_WATCH_BACKOFF_MIN_MS << (i - 1);
        assert_in_range(failed_at[i] - failed_at[i - 1], most / 2, most + 2000);
    }
    run_until_told("synced;");
}

static void retry_after_is_respected(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 1, { SEND("HTTP/1.1 429 X\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n") } },
        { GET_LIST, 0, { REPLY(200, LIST("5", "")) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("synced;");
    assert_string_equal(buf_text(&told), "failed unavailable;synced;");
    assert_in_range(time_mono_ms() - failed_at[0], 1900, 4000);
}

#define INCARNATION(uid, v) \
    "{\"metadata\":{\"namespace\":\"n\",\"name\":\"a\",\"uid\":\"" uid \
    "\",\"resourceVersion\":\"9\",\"labels\":{\"v\":\"" v "\"}}}"

static void a_new_incarnation_is_another_object(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 1, { REPLY(200, LIST("5", INCARNATION("u1", "1"))) } },
        { GET_WATCH, 1, { STREAM, CLOSE } },
        { GET_LIST, 1, { REPLY(200, LIST("6", INCARNATION("u2", "2"))) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("upsert a=2;synced;");
    assert_string_equal(buf_text(&told), "upsert a=1;synced;failed unavailable;"
                                         "remove a=1;upsert a=2;synced;");
}

static void a_server_that_dies_is_awaited(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 0, { REPLY(200, LIST("5", META("a", "1"))) } },
        { GET_WATCH, 0, { STREAM, HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    run_until_told("synced;");
    scripted_server_stop(server);
    server = NULL;
    run_until_told("failed unavailable;failed unavailable;");
    assert_false(kube_watch_is_synced(w));
    assert_null(strstr(buf_text(&told), "remove"));
}

static void it_can_be_freed_at_any_time(void **state)
{
    static const struct script scripts[] = {
        { GET_LIST, 0, { REPLY(200, LIST("5", META("a", "1"))) } },
        { GET_WATCH, 0, { STREAM, CHUNK(EVENT("ADDED", META("b", "1")) "{\"ty"), HANG } },
        { 0 },
    };
    (void)state;
    begin(scripts, NULL);
    kube_watch_free(w);
    w = kube_watch_start(k, &of_p, &events, NULL);
    run_until_told("upsert b=1;");
    kube_watch_free(w);
    w = NULL;
    assert_int_equal(http_in_flight(h), 0);
    kube_watch_free(NULL);
    static const struct kube_watch_events deaf = { 0 };
    w = kube_watch_start(k, &of_p, &deaf, NULL);
    run_for(200);
    assert_true(kube_watch_is_synced(w));
}

#define T(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(a_list_and_its_changes),
        T(lists_come_in_pages),
        T(a_good_end_is_taken_up_where_it_ended),
        T(brief_streams_do_not_spin),
        T(expired_versions_are_listed_anew),
        T(a_server_that_expires_for_ever_is_told),
        T(broken_streams_heal),
        T(broken_lists_are_tried_again),
        T(retry_after_is_respected),
        T(a_new_incarnation_is_another_object),
        T(a_server_that_dies_is_awaited),
        T(it_can_be_freed_at_any_time),
    };
    return cmocka_run_group_tests_name("kube_watch", tests, NULL, NULL);
}
