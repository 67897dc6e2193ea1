/* lib/net against a scripted server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "net/http.h"
#include "scripted_server.h"

static struct http *h;
static struct scripted_server *server;

static void serve(const struct script *scripts)
{
    server = scripted_server_start(scripts);
}

static int setup(void **state)
{
    (void)state;
    return http_new(&h, "test/1", NULL);
}

static int teardown(void **state)
{
    (void)state;
    http_free(h);
    h = NULL;
    if (server)
        scripted_server_stop(server);
    server = NULL;
    return 0;
}

static char *url_of(const char *path)
{
    return str_printf("%s%s", scripted_server_url(server), path);
}

/* One blocking request; the error's code, ERR_NONE when a response came. */
static enum err_code ask(struct http_request rq, const char *path, struct http_response *r)
{
    struct err err = { 0 };
    CLEANUP_FREE char *url = url_of(path);
    rq.url = url;
    *r = (struct http_response) { 0 };
    if (http_perform(h, &rq, r, &err) == 0)
        return ERR_NONE;
    assert_int_not_equal(err.code, ERR_NONE);
    assert_true(err.msg[0]);
    return err.code;
}

static void expect_body(const char *path, long status, const char *body)
{
    struct http_response r;
    assert_int_equal(ask((struct http_request) { 0 }, path, &r), ERR_NONE);
    assert_int_equal(r.status, status);
    assert_string_equal(buf_text(&r.body), body);
    http_response_free(&r);
}

static void expect_failure(struct http_request rq, const char *path, enum err_code code)
{
    struct http_response r;
    assert_int_equal(ask(rq, path, &r), code);
}

static void answers_are_given_whole(void **state)
{
    static const struct script scripts[] = {
        { "GET /a ", 0, { REPLY(200, "{\"a\":1}") } },
        { "GET /missing ", 0, { REPLY(404, "none") } },
        { "GET /moved ",
          0,
          { SEND("HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n") } },
        { "GET /later ",
          0,
          { SEND("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n") } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    struct http_response r;
    assert_int_equal(ask((struct http_request) { 0 }, "/a", &r), ERR_NONE);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.content_type, "application/json");
    assert_int_equal(r.retry_after_ms, -1);
    assert_string_equal(buf_text(&r.body), "{\"a\":1}");
    http_response_free(&r);
    expect_body("/missing", 404, "none");
    expect_body("/moved", 302, "");
    assert_int_equal(ask((struct http_request) { 0 }, "/later", &r), ERR_NONE);
    assert_int_equal(r.retry_after_ms, 7000);
    http_response_free(&r);
    assert_int_equal(scripted_server_connections(server), 1);
    assert_null(strcasestr(scripted_server_log(server), "accept-encoding"));
}

static void requests_carry_what_was_asked(void **state)
{
    static const struct script scripts[] = { { "P", 0, { REPLY(200, "") } },
                                             { "D", 0, { REPLY(200, "") } },
                                             { 0 } };
    static const char *const headers[] = { "X-One: 1", "Content-Type: text/x-test", NULL };
    (void)state;
    serve(scripts);
    struct http_response r;
    struct http_request rq = {
        .method = "PATCH", .headers = headers, .body = "abcdef", .body_len = 3
    };
    assert_int_equal(ask(rq, "/x?y=%20", &r), ERR_NONE);
    http_response_free(&r);
    assert_int_equal(ask((struct http_request) { .method = "POST" }, "/empty", &r), ERR_NONE);
    http_response_free(&r);
    assert_int_equal(ask((struct http_request) { .method = "DELETE" }, "/gone", &r), ERR_NONE);
    http_response_free(&r);
    const char *log = scripted_server_log(server);
    assert_non_null(strstr(log, "PATCH /x?y=%20 HTTP/1.1\r\n"));
    assert_non_null(strstr(log, "X-One: 1\r\n"));
    assert_non_null(strstr(log, "Content-Type: text/x-test\r\n"));
    assert_non_null(strstr(log, "Content-Length: 3\r\n"));
    assert_non_null(strstr(log, "User-Agent: test/1\r\n"));
    assert_non_null(strstr(log, "POST /empty HTTP/1.1\r\n"));
    assert_non_null(strstr(log, "DELETE /gone HTTP/1.1\r\n"));
    assert_null(strstr(log, "urlencoded"));
}

static void senseless_requests_are_refused(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "") } }, { 0 } };
    static const char *const split[] = { "X: 1\r\nY: 2", NULL };
    static const char *const urls[] = { "ftp://127.0.0.1/",
                                        "file:///etc/passwd",
                                        "",
                                        "127.0.0.1",
                                        "http://user:secret@127.0.0.1/",
                                        "http://127.0.0.1/a b",
                                        "http://127.0.0.1/\r\nX: 1",
                                        "gopher://127.0.0.1:1/" };
    (void)state;
    serve(scripts);
    expect_failure((struct http_request) { .headers = split }, "/", ERR_INVALID);
    expect_failure((struct http_request) { .method = "GET /x" }, "/", ERR_INVALID);
    expect_failure((struct http_request) { .method = "" }, "/", ERR_INVALID);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct err err = { 0 };
        struct http_response r;
        struct http_request rq = { .url = urls[i] };
        assert_int_equal(http_perform(h, &rq, &r, &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_null(strstr(err.msg, "secret"));
    }
    struct http_request none = { 0 };
    assert_int_equal(http_perform(h, &none, NULL, NULL), -1);
    assert_int_equal(scripted_server_requests(server), 0);
}

static void faults_become_errors(void **state)
{
    static const struct script scripts[] = {
        { "GET /large ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"), FILL("x", 5000000) } },
        { "GET /endless ", 0, { SEND("HTTP/1.1 500 No\r\n\r\n"), FILL("x", 5000000), CLOSE } },
        { "GET /short ", 0, { SEND("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), CLOSE } },
        { "GET /reset ", 0, { SEND("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab"), RESET } },
        { "GET /chunk ", 0, { STREAM, CHUNK("abc"), SEND("5\r\nab"), CLOSE } },
        { "GET /badchunk ", 0, { STREAM, CHUNK("abc"), SEND("zz\r\nab\r\n"), CLOSE } },
        { "GET /garbage ", 0, { SEND("\x16\x03\x01 rubbish\r\n\r\n"), CLOSE } },
        { "GET /nothing ", 0, { CLOSE } },
        { "GET /header ",
          0,
          { SEND("HTTP/1.1 200 OK\r\nX: "), FILL("h", 2000000), SEND("\r\n\r\n"), CLOSE } },
        { "GET /headers ",
          0,
          { SEND("HTTP/1.1 200 OK\r\n"), SEND("X: "), FILL("h", 40000), SEND("\r\nY: "),
            FILL("h", 40000), SEND("\r\nContent-Length: 0\r\n\r\n") } },
        { "GET /slow ", 0, { WAIT(5000), REPLY(200, "late") } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    struct http_request rq = { 0 };
    expect_failure(rq, "/large", ERR_TOO_LARGE);
    expect_failure(rq, "/endless", ERR_TOO_LARGE);
    expect_failure(rq, "/short", ERR_UNAVAILABLE);
    expect_failure(rq, "/reset", ERR_UNAVAILABLE);
    expect_failure(rq, "/chunk", ERR_UNAVAILABLE);
    expect_failure(rq, "/badchunk", ERR_UNAVAILABLE);
    expect_failure(rq, "/garbage", ERR_CORRUPT);
    expect_failure(rq, "/nothing", ERR_UNAVAILABLE);
    expect_failure(rq, "/header", ERR_TOO_LARGE);
    expect_failure(rq, "/headers", ERR_TOO_LARGE);
    int64_t start = time_mono_ms();
    expect_failure((struct http_request) { .timeout_ms = 200 }, "/slow", ERR_TIMEOUT);
    expect_failure((struct http_request) { .idle_timeout_ms = 200 }, "/slow", ERR_TIMEOUT);
    assert_in_range(time_mono_ms() - start, 400, 3000);
    expect_failure((struct http_request) { .connect_to = "127.0.0.1:1" }, "/a", ERR_UNAVAILABLE);
    struct http_request nowhere = { .url = "http://host.invalid/" };
    struct err err = { 0 };
    assert_int_equal(http_perform(h, &nowhere, NULL, &err), -1);
    assert_int_equal(err.code, ERR_UNAVAILABLE);
}

static void body_ceiling_is_exact(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "0123456789") } }, { 0 } };
    (void)state;
    serve(scripts);
    struct http_response r;
    assert_int_equal(ask((struct http_request) { .body_max = 10 }, "/", &r), ERR_NONE);
    http_response_free(&r);
    expect_failure((struct http_request) { .body_max = 9 }, "/", ERR_TOO_LARGE);
}

static void connections_are_replaced_when_dropped(void **state)
{
    static const struct script scripts[] = {
        { "GET /drop ", 0, { REPLY(200, "x"), CLOSE } },
        { "GET /keep ", 0, { REPLY(200, "x") } },
        { 0 },
    };
    (void)state;
    serve(scripts);
    for (int i = 0; i < 5; i++)
        expect_body("/drop", 200, "x");
    int before = scripted_server_connections(server);
    for (int i = 0; i < 5; i++)
        expect_body("/keep", 200, "x");
    assert_in_range(scripted_server_connections(server) - before, 0, 1);
}

static void environment_gives_no_proxy(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "x") } }, { 0 } };
    (void)state;
    serve(scripts);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    expect_body("/", 200, "x");
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
}

static void connect_to_keeps_the_host(void **state)
{
    static const struct script scripts[] = { { "GET", 0, { REPLY(200, "x") } }, { 0 } };
    (void)state;
    serve(scripts);
    CLEANUP_FREE char *to = str_printf("127.0.0.1:%d", scripted_server_port(server));
    struct http_request rq = { .url = "http://shop.test/a", .connect_to = to };
    struct http_response r;
    assert_int_equal(http_perform(h, &rq, &r, NULL), 0);
    http_response_free(&r);
    assert_non_null(strstr(scripted_server_log(server), "Host: shop.test\r\n"));
}

/* What callbacks saw, for the tests of http_start. */
struct seen {
    int done;
    enum err_code code;
    long status;
    size_t bytes;
    int data_calls;
    int data_answer;
    struct http_transfer *cancel; /* by the callback */
    struct seen *canceller;       /* who must not cancel this any more once it has ended */
    const char *start;            /* by the callback: its URL */
    struct seen *started;
};

static void note_done(void *arg, struct http_response *response, const struct err *failed)
{
    struct seen *s = arg;
    s->done++;
    s->code = failed ? failed->code : ERR_NONE;
    s->status = response->status;
    s->bytes += response->body.len;
    if (s->canceller)
        s->canceller->cancel = NULL;
    http_cancel(s->cancel);
    if (s->start) {
        struct http_request rq = { .url = s->start };
        http_start(h, &rq, note_done, NULL, s->started);
    }
}

static int note_data(void *arg, const char *bytes, size_t n)
{
    struct seen *s = arg;
    (void)bytes;
    s->bytes += n;
    s->data_calls++;
    http_cancel(s->cancel);
    s->cancel = NULL;
    if (s->start) {
        struct http_request rq = { .url = s->start };
        http_start(h, &rq, note_done, NULL, s->started);
        s->start = NULL;
    }
    return s->data_answer;
}

static struct http_transfer *start(const char *path, http_data_fn on_data, struct seen *s)
{
    CLEANUP_FREE char *url = url_of(path);
    struct http_request rq = { .url = url, .timeout_ms = 10000 };
    return http_start(h, &rq, note_done, on_data, s);
}

static void run_until(const int *flag, int64_t at_most_ms)
{
    int64_t end = time_mono_ms() + at_most_ms;
    while (!*flag && time_mono_ms() < end)
        assert_int_equal(http_poll(h, NULL, 0, 50, NULL), 0);
}

static void run_for(int64_t ms)
{
    int never = 0;
    run_until(&never, ms);
}

static const struct script stream_scripts[] = {
    { "GET /stream ", 0, { STREAM, CHUNK("abc"), WAIT(50), CHUNK("def"), FINISH } },
    { "GET /drip ",
      0,
      { STREAM, CHUNK("a"), WAIT(150), CHUNK("b"), WAIT(150), CHUNK("c"), WAIT(3000), CHUNK("d"),
        FINISH } },
    { "GET /hang ", 0, { STREAM, CHUNK("a"), WAIT(20000) } },
    { "GET /bad ", 0, { REPLY(500, "broken") } },
    { "GET /a ", 0, { REPLY(200, "x") } },
    { 0 },
};

static void streams_go_to_on_data(void **state)
{
    (void)state;
    serve(stream_scripts);
    struct seen s = { 0 }, bad = { 0 }, ended = { .data_answer = -1 };
    start("/stream", note_data, &s);
    start("/bad", note_data, &bad);
    start("/stream", note_data, &ended);
    assert_int_equal(http_in_flight(h), 3);
    run_until(&s.done, 5000);
    run_until(&bad.done, 5000);
    run_until(&ended.done, 5000);
    assert_int_equal(http_in_flight(h), 0);
    assert_int_equal(s.code, ERR_NONE);
    assert_int_equal(s.bytes, 6);
    assert_true(s.data_calls >= 2);
    assert_int_equal(bad.data_calls, 0);
    assert_int_equal(bad.bytes, 6);
    assert_int_equal(bad.status, 500);
    assert_int_equal(ended.code, ERR_INTERNAL);
    assert_int_equal(ended.data_calls, 1);
}

static void idle_timeout_counts_from_the_last_byte(void **state)
{
    (void)state;
    serve(stream_scripts);
    struct seen s = { 0 };
    CLEANUP_FREE char *url = url_of("/drip");
    struct http_request rq = { .url = url, .timeout_ms = -1, .idle_timeout_ms = 1000 };
    int64_t began = time_mono_ms();
    http_start(h, &rq, note_done, note_data, &s);
    while (!s.done)
        assert_int_equal(http_poll(h, NULL, 0, -1, NULL), 0);
    assert_int_equal(s.code, ERR_TIMEOUT);
    assert_int_equal(s.bytes, 3);
    assert_in_range(time_mono_ms() - began, 1250, 3250);
}

static void cancelled_transfers_are_silent(void **state)
{
    (void)state;
    serve(stream_scripts);
    struct seen before = { 0 }, under_way = { 0 };
    http_cancel(start("/a", NULL, &before));
    struct http_transfer *t = start("/hang", note_data, &under_way);
    run_until(&under_way.data_calls, 5000);
    assert_int_equal(under_way.data_calls, 1);
    http_cancel(t);
    run_for(100);
    assert_int_equal(before.done + under_way.done, 0);
    assert_int_equal(http_in_flight(h), 0);
    http_cancel(NULL);
}

static void callbacks_may_start_and_cancel(void **state)
{
    (void)state;
    serve(stream_scripts);
    CLEANUP_FREE char *next = url_of("/a");
    struct seen hung[3] = { 0 }, second = { 0 }, third = { 0 };
    struct seen first = { .start = next, .started = &second };
    first.cancel = start("/hang", note_data, &hung[0]);
    start("/a", NULL, &first);
    run_until(&second.done, 5000);
    assert_int_equal(first.done, 1);
    assert_int_equal(second.status, 200);

    struct seen data = { .start = next, .started = &third };
    data.cancel = start("/hang", note_data, &hung[1]);
    start("/stream", note_data, &data);
    run_until(&third.done, 5000);
    run_until(&data.done, 5000);
    assert_int_equal(third.status, 200);
    assert_int_equal(data.bytes, 6);

    struct seen self = { 0 };
    self.cancel = start("/hang", note_data, &self);
    run_until(&self.data_calls, 5000);
    run_for(100);
    assert_int_equal(self.data_calls, 1);
    assert_int_equal(self.done + hung[0].done + hung[1].done, 0);
    assert_int_equal(http_in_flight(h), 0);
}

/* All end at about the same time, and each cancels its neighbour if that has not ended yet. */
static void many_cancel_each_other(void **state)
{
    enum { N = 40 };
    (void)state;
    serve(stream_scripts);
    struct seen seen[N] = { 0 };
    struct http_transfer *t[N];
    for (int i = 0; i < N; i++)
        t[i] = start("/a", NULL, &seen[i]);
    for (int i = 0; i < N; i += 2) {
        seen[i].cancel = t[i + 1];
        seen[i + 1].canceller = &seen[i];
    }
    int64_t end = time_mono_ms() + 10000;
    while (http_in_flight(h) > 0 && time_mono_ms() < end)
        assert_int_equal(http_poll(h, NULL, 0, 50, NULL), 0);
    assert_int_equal(http_in_flight(h), 0);
    for (int i = 0; i < N; i += 2)
        assert_int_equal(seen[i].done, 1);
}

static void note_recursion(void *arg, struct http_response *response, const struct err *failed)
{
    enum err_code *codes = arg;
    struct err err = { 0 };
    struct http_request rq = { .url = "http://127.0.0.1:1/" };
    (void)response;
    (void)failed;
    assert_int_equal(http_poll(h, NULL, 0, 0, &err), -1);
    codes[0] = err.code;
    assert_int_equal(http_perform(h, &rq, NULL, &err), -1);
    codes[1] = err.code;
}

static void the_loop_is_not_entered_twice(void **state)
{
    (void)state;
    serve(stream_scripts);
    enum err_code codes[2] = { ERR_NONE, ERR_NONE };
    CLEANUP_FREE char *url = url_of("/a");
    struct http_request rq = { .url = url };
    http_start(h, &rq, note_recursion, NULL, codes);
    run_until((int *)&codes[1], 5000);
    assert_int_equal(codes[0], ERR_INTERNAL);
    assert_int_equal(codes[1], ERR_INTERNAL);
    assert_int_equal(http_in_flight(h), 0);
}

static void failed_starts_are_told_later(void **state)
{
    (void)state;
    struct seen s = { 0 }, refused = { 0 };
    struct err why = { .code = ERR_FORBIDDEN, .msg = "so it is" };
    http_start_failed(h, &why, note_done, &s);
    struct http_request rq = { .url = "nonsense" };
    http_start(h, &rq, note_done, NULL, &refused);
    http_cancel(http_start_failed(h, &why, note_done, NULL));
    assert_int_equal(s.done + refused.done, 0);
    int64_t began = time_mono_ms();
    assert_int_equal(http_poll(h, NULL, 0, 5000, NULL), 0);
    assert_true(time_mono_ms() - began < 2000);
    assert_int_equal(s.done, 1);
    assert_int_equal(s.code, ERR_FORBIDDEN);
    assert_int_equal(refused.done, 1);
    assert_int_equal(refused.code, ERR_INVALID);
}

static void extra_descriptors_wake_the_loop(void **state)
{
    (void)state;
    serve(stream_scripts);
    struct seen s = { 0 };
    start("/hang", note_data, &s);
    run_until(&s.data_calls, 5000);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pollfd fds[2] = { { .fd = -1, .events = POLLIN, .revents = 1 },
                             { .fd = ends[0], .events = POLLIN } };
    assert_int_equal(http_poll(h, fds, 2, 0, NULL), 0);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(fds[1].revents, 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    int64_t began = time_mono_ms();
    assert_int_equal(http_poll(h, fds, 2, 5000, NULL), 0);
    assert_true(fds[1].revents & POLLIN);
    char c;
    assert_int_equal(read(ends[0], &c, 1), 1);
    close(ends[1]);
    assert_int_equal(http_poll(h, fds, 2, 5000, NULL), 0);
    assert_true(fds[1].revents & POLLHUP);
    assert_true(time_mono_ms() - began < 2000);
    close(ends[0]);
    began = time_mono_ms();
    assert_int_equal(http_poll(h, NULL, 0, 120, NULL), 0);
    assert_in_range(time_mono_ms() - began, 0, 1000);
}

static void a_silent_loop_waits(void **state)
{
    (void)state;
    int64_t began = time_mono_ms();
    assert_int_equal(http_poll(h, NULL, 0, 150, NULL), 0);
    assert_in_range(time_mono_ms() - began, 140, 1000);
}

static void freeing_cancels(void **state)
{
    (void)state;
    serve(stream_scripts);
    struct seen s = { 0 }, waiting = { 0 };
    start("/hang", note_data, &s);
    run_until(&s.data_calls, 5000);
    start("/a", NULL, &waiting);
    http_free(h);
    h = NULL;
    assert_int_equal(s.done + waiting.done, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(answers_are_given_whole),
        T(requests_carry_what_was_asked),
        T(senseless_requests_are_refused),
        T(faults_become_errors),
        T(body_ceiling_is_exact),
        T(connections_are_replaced_when_dropped),
        T(environment_gives_no_proxy),
        T(connect_to_keeps_the_host),
        T(streams_go_to_on_data),
        T(idle_timeout_counts_from_the_last_byte),
        T(cancelled_transfers_are_silent),
        T(callbacks_may_start_and_cancel),
        T(many_cancel_each_other),
        T(the_loop_is_not_entered_twice),
        T(failed_starts_are_told_later),
        T(extra_descriptors_wake_the_loop),
        T(a_silent_loop_waits),
        T(freeing_cancels),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
