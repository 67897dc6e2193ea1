/* lib/web/reply: every answer goes out with its protections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/str.h"
#include "request_from.h"
#include "web/reply.h"

static void read_request(struct request *rq, const char *method, const char *if_none_match)
{
    struct request_from from = { .params = { "REQUEST_METHOD", method, "REQUEST_URI", "/" } };
    if (if_none_match) {
        from.params[4] = "HTTP_IF_NONE_MATCH";
        from.params[5] = if_none_match;
    }
    struct request_source source = request_from_source(&from);
    assert_int_equal(request_read(rq, &source, NULL), 0);
}

static char *written(const struct reply *re, const struct request *rq, bool secure)
{
    struct buf out = BUF_INIT(65536);
    assert_int_equal(reply_write(re, rq, secure, &out), 0);
    return buf_take(&out);
}

static void every_answer_is_protected(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "Content-Security-Policy: default-src 'none';",
        "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff\r\n",
        "X-Frame-Options: DENY\r\n",
        "Referrer-Policy: same-origin\r\n",
        "Cache-Control: no-store\r\n",
        "X-Request-Id: ",
    };
    static const int statuses[] = { 200, 303, 304, 400, 403, 404, 405, 413, 422, 429, 500, 503 };
    CLEANUP(request_clear) struct request rq = { 0 };
    read_request(&rq, "GET", NULL);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        CLEANUP(reply_clear) struct reply re;
        reply_init(&re);
        re.status = statuses[i];
        CLEANUP_FREE char *text = written(&re, &rq, false);
        for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]); j++)
            assert_non_null(strstr(text, wanted[j]));
        assert_null(strstr(text, "unsafe-inline"));
        assert_null(strstr(text, "Strict-Transport-Security"));
        CLEANUP_FREE char *secure = written(&re, &rq, true);
        assert_non_null(strstr(secure, "Strict-Transport-Security: "));
    }
}

static void head_has_no_body(void **state)
{
    (void)state;
    CLEANUP(request_clear) struct request rq = { 0 };
    CLEANUP(reply_clear) struct reply re;
    read_request(&rq, "HEAD", NULL);
    reply_init(&re);
    re.status = 200;
    buf_adds(&re.body, "hello");
    CLEANUP_FREE char *text = written(&re, &rq, false);
    assert_non_null(strstr(text, "Content-Length: 5\r\n\r\n"));
    assert_null(strstr(text, "hello"));
}

static void etag_depends_on_all_parts(void **state)
{
    (void)state;
    CLEANUP(request_clear) struct request first = { 0 };
    CLEANUP(reply_clear) struct reply re;
    read_request(&first, "GET", NULL);
    reply_init(&re);
    const char *parts[] = { "ab", "c", NULL }, *others[] = { "a", "bc", NULL };
    assert_false(reply_unchanged(&re, &first, parts));
    CLEANUP_FREE char *weak = str_printf("\"x\", W/\"%s\"", re.etag);
    CLEANUP(request_clear) struct request again = { 0 };
    read_request(&again, "GET", weak);
    assert_false(reply_unchanged(&re, &again, others));
    assert_true(reply_unchanged(&re, &again, parts));
    assert_int_equal(re.status, 304);
    CLEANUP_FREE char *text = written(&re, &again, false);
    assert_non_null(strstr(text, "Cache-Control: private, no-cache\r\n"));
    assert_non_null(strstr(text, re.etag));
    assert_null(strstr(text, "\nContent-Type:"));
}

static void redirects_stay_here(void **state)
{
    (void)state;
    static const char *const other[] = {
        "//evil.example",
        "http://evil.example",
        "/\\evil.example",
        "",
        "stores",
        "/a\r\nSet-Cookie: x=y",
        "/a b",
        "/\x7f",
        "/\xc3\xbc",
        "\\\\evil",
        "javascript:alert(1)",
    };
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        CLEANUP(reply_clear) struct reply re;
        reply_init(&re);
        reply_redirect(&re, other[i]);
        assert_string_equal(re.location, "/");
        assert_int_equal(re.status, 303);
    }
    CLEANUP(reply_clear) struct reply re;
    reply_init(&re);
    reply_redirect(&re, "/stores?search=a%20b");
    assert_string_equal(re.location, "/stores?search=a%20b");
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_protected),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(etag_depends_on_all_parts),
        cmocka_unit_test(redirects_stay_here),
    };
    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
