/* lib/web/request: one request read within its ceilings, and nothing believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "request_from.h"

#define FORM "application/x-www-form-urlencoded"

static enum err_code read_code(struct request_from *from)
{
    CLEANUP(request_clear) struct request rq = { 0 };
    struct request_source source = request_from_source(from);
    struct err err = { 0 };
    int r = request_read(&rq, &source, &err);
    assert_int_equal(r < 0, err.code != ERR_NONE);
    /* Also a refused one can be logged. */
    assert_int_equal(strlen(rq.id), REQUEST_ID_LEN);
    assert_non_null(rq.target);
    assert_non_null(rq.address);
    return err.code;
}

static enum err_code target_code(const char *target)
{
    struct request_from from = { .params = { "REQUEST_METHOD", "GET", "REQUEST_URI", target } };
    return read_code(&from);
}

static void reads_a_form_post(void **state)
{
    (void)state;
    struct request_from from = {
        .params = { "REQUEST_METHOD", "POST", "REQUEST_URI", "/new%2Dstore?a=b", "CONTENT_TYPE",
                    FORM "; charset=utf-8", "CONTENT_LENGTH", "16", "REMOTE_ADDR", "192.0.2.7",
                    "HTTP_HOST", "localhost:8080", "HTTP_X_FORWARDED_FOR", "10.0.0.1", "HTTPS",
                    "on" },
        .body = "id=my-shop&x=%41",
        .body_len = 16,
        .chunk = 3,
    };
    CLEANUP(request_clear) struct request rq = { 0 };
    struct request_source source = request_from_source(&from);
    struct err err = { 0 };
    assert_int_equal(request_read(&rq, &source, &err), 0);
    assert_int_equal(rq.method, METHOD_POST);
    assert_string_equal(rq.path, "/new-store");
    assert_string_equal(rq.target, "/new%2Dstore?a=b");
    assert_string_equal(fields_get(&rq.query, "a"), "b");
    assert_string_equal(fields_get(&rq.form, "id"), "my-shop");
    assert_string_equal(fields_get(&rq.form, "x"), "A");
    assert_string_equal(rq.address, "192.0.2.7");
    assert_true(rq.secure);
    assert_null(rq.origin);
}

static void refuses_bad_targets(void **state)
{
    (void)state;
    assert_int_equal(target_code("/stores"), ERR_NONE);
    static const char *const bad[] = { "",          "stores", "http://x/",     "/%",     "/%zz",
                                       "/a%00b",    "/%ff",   "/a%0ab",        "/a?b=%", "/a?b=%00",
                                       "/?a=1&a=2", "/a%7fb", "/?a=%ED%A0%80", "*" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(target_code(bad[i]), ERR_INVALID);
    CLEANUP_FREE char *longest = str_printf("/%0*d", REQUEST_URI_MAX - 1, 0);
    CLEANUP_FREE char *longer = str_printf("/%0*d", REQUEST_URI_MAX, 0);
    assert_int_equal(target_code(longest), ERR_NONE);
    assert_int_equal(target_code(longer), ERR_TOO_LARGE);
}

static enum err_code post_code(const char *type, const char *length, const char *body, size_t n)
{
    struct request_from from = {
        .params = { "REQUEST_METHOD", "POST", "REQUEST_URI", "/", "CONTENT_TYPE", type,
                    "CONTENT_LENGTH", length },
        .body = body,
        .body_len = n,
    };
    return read_code(&from);
}

static void refuses_bad_bodies(void **state)
{
    (void)state;
    assert_int_equal(post_code(FORM, "3", "a=1", 3), ERR_NONE);
    assert_int_equal(post_code("", "", "", 0), ERR_NONE);
    assert_int_equal(post_code(FORM, "0", "", 0), ERR_NONE);
    assert_int_equal(post_code(FORM, "9", "a=1", 3), ERR_INVALID); /* broken off */
    assert_int_equal(post_code(FORM, "-1", "", 0), ERR_INVALID);
    assert_int_equal(post_code(FORM, "3x", "a=1", 3), ERR_INVALID);
    assert_int_equal(post_code(FORM, "99999999999999999999", "a=1", 3), ERR_INVALID);
    assert_int_equal(post_code(FORM, "65537", "", 0), ERR_TOO_LARGE);
    assert_int_equal(post_code("application/json", "2", "{}", 2), ERR_UNSUPPORTED);
    assert_int_equal(post_code("multipart/form-data; boundary=x", "2", "--", 2), ERR_UNSUPPORTED);
    assert_int_equal(post_code(FORM "x", "3", "a=1", 3), ERR_UNSUPPORTED);
    assert_int_equal(post_code("", "3", "a=1", 3), ERR_UNSUPPORTED);
}

static void refuses_bad_headers(void **state)
{
    (void)state;
    static const char *const names[] = { "HTTP_COOKIE", "HTTP_HOST", "HTTP_ORIGIN",
                                         "HTTP_IF_NONE_MATCH", "HTTP_USER_AGENT" };
    CLEANUP_FREE char *huge = str_printf("%0*d", REQUEST_HEADER_MAX + 1, 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct request_from from = { .params = { "REQUEST_METHOD", "GET", "REQUEST_URI", "/",
                                                 names[i], "a\nb" } };
        assert_int_equal(read_code(&from), ERR_INVALID);
        from.params[5] = huge;
        assert_int_equal(read_code(&from), ERR_TOO_LARGE);
        from.params[5] = "fine";
        assert_int_equal(read_code(&from), ERR_NONE);
    }
    struct request_from latin1 = { .params = { "REQUEST_METHOD", "GET", "REQUEST_URI", "/",
                                               "HTTP_USER_AGENT", "M\xfcller" } };
    assert_int_equal(read_code(&latin1), ERR_INVALID);
}

static void other_methods_are_other(void **state)
{
    (void)state;
    static const char *const names[] = { "PUT", "get", "", "DELETE", "OPTIONS", NULL };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct request_from from = { .params = { "REQUEST_URI", "/" } };
        if (names[i]) {
            from.params[2] = "REQUEST_METHOD";
            from.params[3] = names[i];
        }
        CLEANUP(request_clear) struct request rq = { 0 };
        struct request_source source = request_from_source(&from);
        assert_int_equal(request_read(&rq, &source, NULL), 0);
        assert_int_equal(rq.method, METHOD_OTHER);
    }
}

static int cookie(const char *header, char *out, size_t n)
{
    struct request_from from = { .params = { "REQUEST_METHOD", "GET", "REQUEST_URI", "/",
                                             "HTTP_COOKIE", header } };
    CLEANUP(request_clear) struct request rq = { 0 };
    struct request_source source = request_from_source(&from);
    assert_int_equal(request_read(&rq, &source, NULL), 0);
    return request_cookie(&rq, "sw", out, n);
}

static void finds_the_one_cookie(void **state)
{
    (void)state;
    char value[8];
    assert_int_equal(cookie("a=b; sw=yes;c=d", value, sizeof(value)), 0);
    assert_string_equal(value, "yes");
    assert_int_equal(cookie("sw=", value, sizeof(value)), 0);
    assert_string_equal(value, "");
    assert_int_equal(cookie("xsw=1; swx=2; SW=3", value, sizeof(value)), -1);
    assert_int_equal(cookie("a=sw=1", value, sizeof(value)), -1);
    assert_int_equal(cookie("sw", value, sizeof(value)), -1);
    assert_int_equal(cookie("", value, sizeof(value)), -1);
    assert_int_equal(cookie("sw=12345678", value, sizeof(value)), -1); /* does not fit */
    /* Cookie tossing: nobody can tell which of two is ours. */
    assert_int_equal(cookie("sw=mine; sw=other", value, sizeof(value)), -1);
    assert_int_equal(cookie("sw=mine;sw=mine", value, sizeof(value)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_form_post),       cmocka_unit_test(refuses_bad_targets),
        cmocka_unit_test(refuses_bad_bodies),      cmocka_unit_test(refuses_bad_headers),
        cmocka_unit_test(other_methods_are_other), cmocka_unit_test(finds_the_one_cookie),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
