/* lib/web/route and dispatch: nothing reaches a handler that its row does not let through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "request_from.h"
#include "web/dispatch.h"
#include "web/session.h"

static const char token[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static int calls;          /* of the handler */
static int visitor_role;   /* of whoever sends the token */
static enum err_code fail; /* what the handler fails with */

static int handler(void *app, struct request *rq, struct reply *re, struct err *err)
{
    (void)app, (void)rq;
    calls++;
    buf_adds(&re->body, "handled");
    reply_cookie(re, "left=behind");
    return fail ? err_set(err, fail, "the handler failed") : 0;
}

static int identify(void *app, struct request *rq, struct err *err)
{
    (void)app;
    if (visitor_role < 0)
        return err_set(err, ERR_UNAVAILABLE, "the database is busy");
    rq->role = visitor_role;
    return 0;
}

static void refuse(void *app, struct request *rq, struct reply *re, const struct err *err)
{
    (void)app, (void)rq;
    buf_adds(&re->body, err->msg);
}

static const struct route rows[] = {
    { METHOD_GET, "/open", 0, ROUTE_PAGE, handler },
    { METHOD_POST, "/open", 0, ROUTE_PAGE, handler },
    { METHOD_GET, "/members", 2, ROUTE_PAGE, handler },
    { METHOD_POST, "/members", 2, ROUTE_PAGE, handler },
    { METHOD_GET, "/part", 1, ROUTE_FRAGMENT, handler },
    { METHOD_GET, "/stores/{id}", 0, ROUTE_PAGE, handler },
    { METHOD_GET, "/stores/{id}/delete", 0, ROUTE_PAGE, handler },
};
static const struct front front = { .hosts = { "localhost" }, .host_count = 1 };
static const struct web_app app = {
    .front = &front,
    .routes = { rows, sizeof(rows) / sizeof(rows[0]) },
    .sign_in_path = "/sign-in",
    .identify = identify,
    .refuse = refuse,
};

struct answer {
    int status;
    char location[256], allow[32], body[256], cookies[512];
};

static struct answer send_request(const char *method, const char *target, const char *cookies,
                                  const char *body)
{
    char length[24];
    snprintf(length, sizeof(length), "%zu", strlen(body));
    struct request_from from = {
        .params = { "REQUEST_METHOD", method, "REQUEST_URI", target, "HTTP_HOST", "localhost:8080",
                    "HTTP_COOKIE", cookies, "CONTENT_TYPE", "application/x-www-form-urlencoded",
                    "CONTENT_LENGTH", length },
        .body = body,
        .body_len = strlen(body),
    };
    struct request_source source = request_from_source(&from);
    CLEANUP(request_clear) struct request rq = { 0 };
    CLEANUP(reply_clear) struct reply re = { 0 };
    struct err err = { 0 };
    struct answer a = { 0 };
    calls = 0;
    int r = dispatch(&app, &source, &rq, &re, &err);
    assert_int_equal(r < 0, re.status >= 400);
    a.status = re.status;
    snprintf(a.location, sizeof(a.location), "%s", str_or_empty(re.location));
    snprintf(a.allow, sizeof(a.allow), "%s", re.allow);
    snprintf(a.body, sizeof(a.body), "%s", buf_text(&re.body));
    snprintf(a.cookies, sizeof(a.cookies), "%s", buf_text(&re.cookies));
    return a;
}

static const char *session(void)
{
    static char header[128];
    snprintf(header, sizeof(header), "sw_session=%s", token);
    return header;
}

static void matches_patterns(void **state)
{
    (void)state;
    char param[REQUEST_PARAM_MAX + 1];
    assert_true(route_matches("/a", "/a", param));
    assert_false(route_matches("/a", "/a/", param));
    assert_false(route_matches("/a", "/A", param));
    assert_true(route_matches("/s/{id}", "/s/my-shop", param));
    assert_string_equal(param, "my-shop");
    assert_false(route_matches("/s/{id}", "/s/", param));
    assert_false(route_matches("/s/{id}", "/s/a/b", param));
    assert_false(route_matches("/s/{id}", "/s", param));
    assert_true(route_matches("/s/{id}/x", "/s/a/x", param));
    assert_string_equal(param, "a");
    assert_false(route_matches("/s/{id}/x", "/s/a/xy", param));
    assert_false(route_matches("/s/{id}/x", "/s//x", param));
    assert_true(route_matches("/s/{id}", "/s/..", param)); /* a name like any other */
    CLEANUP_FREE char *longer = str_printf("/s/%0*d", REQUEST_PARAM_MAX + 1, 0);
    assert_false(route_matches("/s/{id}", longer, param));
}

static void unknown_paths_and_methods(void **state)
{
    (void)state;
    assert_int_equal(send_request("GET", "/none", "", "").status, 404);
    struct answer a = send_request("DELETE", "/open", "", "");
    assert_int_equal(a.status, 405);
    assert_string_equal(a.allow, "GET, HEAD, POST");
    a = send_request("POST", "/part", "", "");
    assert_int_equal(a.status, 405);
    assert_string_equal(a.allow, "GET, HEAD");
    assert_int_equal(calls, 0);
    assert_int_equal(send_request("HEAD", "/open", "", "").status, 200);
    assert_int_equal(calls, 1);
}

static void roles_are_met_first(void **state)
{
    (void)state;
    visitor_role = 2;
    struct answer a = send_request("GET", "/members?x=1&y=%22", "", "");
    assert_int_equal(a.status, 303);
    assert_string_equal(a.location, "/sign-in?next=/members%3Fx%3D1%26y%3D%2522");
    assert_int_equal(send_request("POST", "/members", "", "").status, 303);
    assert_int_equal(send_request("GET", "/part", "", "").status, 401);
    assert_int_equal(calls, 0);
    visitor_role = 1;
    assert_int_equal(send_request("GET", "/members", session(), "").status, 403);
    assert_int_equal(calls, 0);
    visitor_role = 2;
    assert_int_equal(send_request("GET", "/members", session(), "").status, 200);
    assert_int_equal(calls, 1);
    visitor_role = 0; /* an ended session */
    assert_int_equal(send_request("GET", "/members", session(), "").status, 303);
    visitor_role = -1;
    assert_int_equal(send_request("GET", "/members", session(), "").status, 503);
    assert_int_equal(calls, 0);
    /* Two session cookies are none. */
    CLEANUP_FREE char *twice = str_printf("%s; sw_session=%s", session(), token);
    visitor_role = 2;
    assert_int_equal(send_request("GET", "/members", twice, "").status, 303);
}

static void posts_need_their_token(void **state)
{
    (void)state;
    char csrf[65];
    csrf_derive(token, csrf);
    visitor_role = 2;
    CLEANUP_FREE char *right = str_printf("csrf=%s", csrf);
    assert_int_equal(send_request("POST", "/members", session(), right).status, 200);
    assert_int_equal(calls, 1);
    CLEANUP_FREE char *raw = str_printf("csrf=%s", token);
    const char *const wrong[] = { "", "csrf=", "csrf=0", raw, "other=1" };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(send_request("POST", "/members", session(), wrong[i]).status, 403);
        assert_int_equal(calls, 0);
    }
    /* In the address it does not count. */
    CLEANUP_FREE char *address = str_printf("/members?csrf=%s", csrf);
    assert_int_equal(send_request("POST", address, session(), "").status, 403);
    /* Not signed in: the visit cookie stands for the session. */
    CLEANUP_FREE char *visit = str_printf("sw_visit=%s", token);
    assert_int_equal(send_request("POST", "/open", visit, right).status, 200);
    assert_int_equal(send_request("POST", "/open", "", right).status, 403);
    assert_int_equal(send_request("POST", "/open", "sw_visit=x", "csrf=").status, 403);
}

static void failures_leave_nothing_behind(void **state)
{
    (void)state;
    const struct {
        enum err_code code;
        int status;
    } expected[] = {
        { ERR_INVALID, 400 },      { ERR_NOT_FOUND, 404 },   { ERR_EXISTS, 409 },
        { ERR_CONFLICT, 409 },     { ERR_FORBIDDEN, 403 },   { ERR_LIMIT, 429 },
        { ERR_TOO_LARGE, 413 },    { ERR_TIMEOUT, 503 },     { ERR_UNAVAILABLE, 503 },
        { ERR_CORRUPT, 500 },      { ERR_UNSUPPORTED, 415 }, { ERR_INTERNAL, 500 },
        { ERR_UNAUTHORIZED, 401 },
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        fail = expected[i].code;
        struct answer a = send_request("GET", "/open", "", "");
        fail = ERR_NONE;
        assert_int_equal(a.status, expected[i].status);
        assert_string_equal(a.body, "the handler failed");
        assert_string_equal(a.cookies, "");
        assert_string_not_equal(reply_status_text(a.status),
                                a.status == 500 ? "" : reply_status_text(500));
    }
}

static const char *role_word(int role)
{
    return role ? "some" : "none";
}

static void dump_is_tsv(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
    assert_int_equal(route_dump(&app.routes, role_word, &out), 0);
    assert_true(str_starts(buf_text(&out), "method\tpattern\trole\tkind\tcsrf\n"
                                           "GET\t/open\tnone\tpage\tno\n"
                                           "POST\t/open\tnone\tpage\tyes\n"));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_patterns),
        cmocka_unit_test(unknown_paths_and_methods),
        cmocka_unit_test(roles_are_met_first),
        cmocka_unit_test(posts_need_their_token),
        cmocka_unit_test(failures_leave_nothing_behind),
        cmocka_unit_test(dump_is_tsv),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
