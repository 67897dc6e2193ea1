/* lib/web/session: cookies and the proof that a form is our own. */
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
#include "web/session.h"

static const char token[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void read_request(struct request *rq, const char *cookies, const char *host,
                         const char *origin, const char *site)
{
    struct request_from from = { .params = { "REQUEST_METHOD", "GET", "REQUEST_URI", "/" } };
    size_t n = 4;
    const char *const more[] = { "HTTP_COOKIE", cookies, "HTTP_HOST",           host,
                                 "HTTP_ORIGIN", origin,  "HTTP_SEC_FETCH_SITE", site };
    for (size_t i = 0; i < 8; i += 2)
        if (more[i + 1]) {
            from.params[n++] = more[i];
            from.params[n++] = more[i + 1];
        }
    struct request_source source = request_from_source(&from);
    assert_int_equal(request_read(rq, &source, NULL), 0);
}

static void token_of_form(void **state)
{
    (void)state;
    char one[65], two[65];
    csrf_derive(token, one);
    assert_int_equal(strlen(one), 64);
    assert_string_not_equal(one, token);
    csrf_derive("10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", two);
    assert_string_not_equal(one, two);
    static const char *const bad[] = { "", "00", "ZZ112233445566778899aabbccddeeff",
                                       "00112233445566778899AABBCCDDEEFF0011223344556677" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        csrf_derive(bad[i], one);
        assert_string_equal(one, "");
    }
}

static void reads_only_its_own_cookie(void **state)
{
    (void)state;
    CLEANUP_FREE char *plain = str_printf("sw_session=%s", token);
    CLEANUP_FREE char *prefixed = str_printf("__Host-sw_session=%s", token);
    const struct {
        const char *cookies;
        bool secure, found;
    } cases[] = {
        { plain, false, true },
        { plain, true, false },
        { prefixed, true, true },
        { prefixed, false, false },
        { "sw_session=short", false, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP(request_clear) struct request rq = { 0 };
        read_request(&rq, cases[i].cookies, "h", NULL, NULL);
        session_read(&rq, cases[i].secure);
        assert_string_equal(rq.token, cases[i].found ? token : "");
    }
}

static void cookies_are_guarded(void **state)
{
    (void)state;
    for (int secure = 0; secure < 2; secure++) {
        CLEANUP(reply_clear) struct reply re;
        reply_init(&re);
        session_start(&re, token, 60, secure);
        CLEANUP_FREE char *expected = str_printf(
            "Set-Cookie: %ssw_session=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=60%s\r\n",
            secure ? "__Host-" : "", token, secure ? "; Secure" : "");
        assert_true(str_starts(buf_text(&re.cookies), expected));
        assert_null(strstr(buf_text(&re.cookies), "Domain"));
    }
}

static enum err_code check(const char *host, const char *origin, const char *site)
{
    CLEANUP_FREE char *cookies = str_printf("sw_visit=%s", token);
    CLEANUP(request_clear) struct request rq = { 0 };
    struct err err = { 0 };
    read_request(&rq, cookies, host, origin, site);
    csrf_prepare(&rq, false, false);
    CLEANUP_FREE char *form = str_printf("csrf=%s", rq.csrf);
    assert_int_equal(fields_parse(&rq.form, form, strlen(form), NULL), 0);
    csrf_check(&rq, &err);
    return err.code;
}

static void other_sites_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *host, *origin, *site;
        bool allowed;
    } cases[] = {
        { "localhost:8080", NULL, NULL, true },
        { "localhost:8080", "http://localhost:8080", "same-origin", true },
        { "LOCALHOST:8080", "http://localhost:8080", "none", true },
        { "localhost", "http://localhost:8080", NULL, true }, /* Debian's nginx drops the port */
        { "[::1]:8080", "http://[::1]:8080", NULL, true },
        { "[::1]", "http://[::1]:8080", NULL, true },
        { "localhost:8080", "http://localhost:9090", NULL, false },
        { "localhost:8080", "http://localhost", NULL, false },
        { "localhost", "http://localhost.evil.example", NULL, false },
        { "localhost", "http://evil.example:80", NULL, false },
        { "localhost", "http://localhos", NULL, false },
        { "localhost", "null", NULL, false },
        { "localhost", "", NULL, false },
        { "", "http://", NULL, false },
        { "localhost:8080", NULL, "cross-site", false },
        { "localhost:8080", NULL, "same-site", false },
        { "localhost:8080", "http://localhost:8080", "cross-site", false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(check(cases[i].host, cases[i].origin, cases[i].site),
                         cases[i].allowed ? ERR_NONE : ERR_FORBIDDEN);
}

static void visit_cookie_is_offered_once(void **state)
{
    (void)state;
    CLEANUP(request_clear) struct request rq = { 0 };
    CLEANUP(reply_clear) struct reply re;
    reply_init(&re);
    read_request(&rq, NULL, "h", NULL, NULL);
    csrf_prepare(&rq, false, false);
    assert_string_equal(rq.csrf, "");
    csrf_offer(&rq, &re, false);
    assert_int_equal(strlen(rq.csrf), 64);
    size_t n = re.cookies.len;
    assert_true(n > 0);
    csrf_offer(&rq, &re, false);
    assert_int_equal(re.cookies.len, n);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_of_form),
        cmocka_unit_test(reads_only_its_own_cookie),
        cmocka_unit_test(cookies_are_guarded),
        cmocka_unit_test(other_sites_are_refused),
        cmocka_unit_test(visit_cookie_is_offered_once),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
