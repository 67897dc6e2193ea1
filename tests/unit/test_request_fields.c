/* lib/web/fields: what a browser sends is read whole; what no browser sends is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/rand.h"
#include "base/str.h"
#include "web/fields.h"

static void expect_code(const char *text, size_t n, enum err_code code)
{
    CLEANUP(fields_clear) struct fields f = { 0 };
    struct err err = { 0 };
    assert_int_equal(fields_parse(&f, text, n, &err), code == ERR_NONE ? 0 : -1);
    assert_int_equal(err.code, code);
}

static void reads_pairs(void **state)
{
    (void)state;
    CLEANUP(fields_clear) struct fields f = { 0 };
    struct err err = { 0 };
    static const char good[] = "&a=1&&b=x+y%20z&%C3%BC=%E2%82%AC&empty=&bare&html=%3Cb%3E%26&";
    assert_int_equal(fields_parse(&f, good, strlen(good), &err), 0);
    assert_int_equal(f.count, 6);
    assert_string_equal(fields_get(&f, "a"), "1");
    assert_string_equal(fields_get(&f, "b"), "x y z");
    assert_string_equal(fields_get(&f, "ü"), "€");
    assert_string_equal(fields_get(&f, "empty"), "");
    assert_string_equal(fields_get(&f, "bare"), "");
    assert_string_equal(fields_get(&f, "html"), "<b>&");
    assert_null(fields_get(&f, "c"));
}

static void refuses_what_no_browser_sends(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a=%",         "a=%4",           "a=%4g",  "a=%g4",   "%=a",
        "a=%00",       "a%00=b",         "a=%ff",  "a=%C3",   "a=%C0%80",
        "a=%ED%A0%80", "a=%F4%90%80%80", "=x",     "a=1&a=2", "a=1&%61=2",
        "a=\xff",      "a=1&a",          "a=%%34", "a=%2",    "a=%u0041",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_code(bad[i], strlen(bad[i]), ERR_INVALID);
    expect_code("a=b\0c", 5, ERR_INVALID);
}

static void holds_its_ceilings(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(1 << 20);
    for (int i = 0; i < FIELDS_MAX; i++)
        buf_addf(&b, "f%d=1&", i);
    expect_code(buf_text(&b), b.len, ERR_NONE);
    buf_adds(&b, "more=1");
    expect_code(buf_text(&b), b.len, ERR_TOO_LARGE);

    buf_reset(&b);
    buf_adds(&b, "a=");
    for (int i = 0; i < FIELD_VALUE_MAX; i++)
        buf_adds(&b, "%41");
    expect_code(buf_text(&b), b.len, ERR_NONE);
    buf_addc(&b, 'A');
    expect_code(buf_text(&b), b.len, ERR_TOO_LARGE);

    buf_reset(&b);
    for (int i = 0; i < FIELD_NAME_MAX; i++)
        buf_addc(&b, 'n');
    expect_code(buf_text(&b), b.len, ERR_NONE);
    buf_addc(&b, 'n');
    expect_code(buf_text(&b), b.len, ERR_TOO_LARGE);
}

/* Encoding and reading back gives the same text, whatever it was. */
static void encode_is_undone_by_decode(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[24];
        size_t n = rand_below(sizeof(text));
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(1 + rand_below(127));
        text[n] = '\0';
        CLEANUP(buf_free) struct buf b = BUF_INIT(256);
        fields_encode(&b, text);
        assert_int_equal(strspn(buf_text(&b), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789-._~/%"),
                         b.len);
        CLEANUP_FREE char *back = fields_decode(buf_text(&b), b.len, true, NULL);
        assert_non_null(back);
        assert_string_equal(back, text);
    }
}

/* Random bytes: never a crash, and what is accepted is valid text within the ceilings. */
static void survives_noise(void **state)
{
    (void)state;
    static const char alphabet[] = "%%%&&==+aA0fF\x00\xc3\xbc\xff;";
    for (int round = 0; round < 20000; round++) {
        char noise[64];
        size_t n = rand_below(sizeof(noise));
        for (size_t i = 0; i < n; i++)
            noise[i] = alphabet[rand_below(sizeof(alphabet) - 1)];
        CLEANUP(fields_clear) struct fields f = { 0 };
        struct err err = { 0 };
        int r = fields_parse(&f, noise, n, &err);
        assert_int_equal(r < 0, err.code != ERR_NONE);
        for (size_t i = 0; i < f.count; i++) {
            assert_true(str_utf8_valid(f.items[i].value, strlen(f.items[i].value)));
            assert_ptr_equal(fields_get(&f, f.items[i].name), f.items[i].value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pairs),        cmocka_unit_test(refuses_what_no_browser_sends),
        cmocka_unit_test(holds_its_ceilings), cmocka_unit_test(encode_is_undone_by_decode),
        cmocka_unit_test(survives_noise),
    };
    return cmocka_run_group_tests_name("request_fields", tests, NULL, NULL);
}
