/* lib/base/str. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

static void numbers_are_whole_and_within_bounds(void **state)
{
    (void)state;
    int64_t n = 77;
    static const char *const bad[] = {
        "",   " 1", "1 ", "+1", "0x10", "1e3", "--1", "-", "1.0", "one", "99999999999999999999",
        "11", "-6", "1\n"
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(str_to_i64(bad[i], -5, 10, &n), -1);
    assert_int_equal(str_to_i64(NULL, -5, 10, &n), -1);
    assert_int_equal(n, 77); /* left alone */
    assert_int_equal(str_to_i64("-5", -5, 10, &n), 0);
    assert_int_equal(n, -5);
    assert_int_equal(str_to_i64("010", -5, 10, &n), 0);
    assert_int_equal(n, 10);
    assert_int_equal(str_to_i64("9223372036854775807", 0, INT64_MAX, &n), 0);
    assert_true(n == INT64_MAX);
    assert_int_equal(str_to_i64("-9223372036854775808", INT64_MIN, 0, &n), 0);
    assert_true(n == INT64_MIN);
    assert_int_equal(str_to_i64("9223372036854775808", INT64_MIN, INT64_MAX, &n), -1);
}

static void comparing_takes_null(void **state)
{
    (void)state;
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_false(str_eq("", NULL));
    assert_true(str_eq("a", "a"));
    assert_true(str_empty(NULL));
    assert_true(str_empty(""));
    assert_false(str_empty(" "));
    assert_string_equal(str_or_empty(NULL), "");
    assert_null(str_dup(NULL));
    assert_true(str_starts("kube-system", "kube-"));
    assert_false(str_starts("kube", "kube-"));
    assert_true(str_ends("a.tpl", ".tpl"));
    assert_false(str_ends("l", ".tpl"));
    assert_true(str_ends("", ""));
}

static void copies_are_whole(void **state)
{
    (void)state;
    CLEANUP_FREE char *part = str_ndup("shop-one", 4);
    assert_string_equal(part, "shop");
    CLEANUP_FREE char *long_text = str_printf("%5000d|%s", 7, "end");
    assert_int_equal(strlen(long_text), 5004);
    assert_true(str_ends(long_text, "7|end"));
}

static void trimming_cuts_ascii_space_only(void **state)
{
    (void)state;
    char text[] = " \t a b \r\n";
    assert_string_equal(str_trim(text), "a b");
    char blank[] = "   ";
    assert_string_equal(str_trim(blank), "");
    char wide[] = "\xc2\xa0x"; /* a no-break space is a character like others */
    assert_string_equal(str_trim(wide), "\xc2\xa0x");
}

/* The Unicode Standard, table 3-7, at each edge of its rows. */
static void utf8_is_judged_at_each_edge(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "\x01",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xec\xbf\xbf",
        "\xed\x80\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf1\x80\x80\x80",
        "\xf3\xbf\xbf\xbf",
        "\xf4\x80\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "na\xc3\xafve \xe6\x9d\xb1\xe4\xba\xac",
    };
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2\x41",
        "\xdf\xc0",
        "\xe0\x9f\xbf",
        "\xe0\xa0",
        "\xe1\x80\x41",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x90\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "ok\xe2\x82",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(str_utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(str_utf8_valid(bad[i], strlen(bad[i])));
    assert_false(str_utf8_valid("a\0b", 3));
}

/* Encodes every code point; each is valid, counted once, and no cut of it is. */
static void every_code_point_is_known(void **state)
{
    (void)state;
    for (unsigned c = 1; c <= 0x10ffff; c++) {
        char s[5] = { 0 };
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        unsigned rest = c;
        for (size_t i = n; i-- > 1; rest >>= 6)
            s[i] = (char)(0x80 | (rest & 0x3f));
        s[0] = (char)(lead[n] | rest);
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (str_utf8_valid(s, n) == surrogate || (n > 1 && str_utf8_valid(s, n - 1)) ||
            str_utf8_length(s) != 1)
            fail_msg("U+%04X", c);
    }
}

static void a_text_cut_in_half_is_mended(void **state)
{
    (void)state;
    char text[] = "ab\xe6\x9d\xb1";
    str_utf8_cut(text);
    assert_string_equal(text, "ab\xe6\x9d\xb1");
    text[4] = '\0';
    str_utf8_cut(text);
    assert_string_equal(text, "ab");
    char bad[] = "x\xffy";
    str_utf8_cut(bad);
    assert_string_equal(bad, "x");
    char empty[] = "";
    str_utf8_cut(empty);
    assert_string_equal(empty, "");
}

static void control_characters_are_found(void **state)
{
    (void)state;
    assert_false(str_has_control("na\xc3\xafve"));
    assert_false(str_has_control("\xc2\xa0"));
    assert_true(str_has_control("a\nb"));
    assert_true(str_has_control("\x1b[31m"));
    assert_true(str_has_control("\x7f"));
    assert_true(str_has_control("\xc2\x85")); /* NEL, of C1 */
    assert_true(str_has_control("\xc2\x9f"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_and_within_bounds),
        cmocka_unit_test(comparing_takes_null),
        cmocka_unit_test(copies_are_whole),
        cmocka_unit_test(trimming_cuts_ascii_space_only),
        cmocka_unit_test(utf8_is_judged_at_each_edge),
        cmocka_unit_test(every_code_point_is_known),
        cmocka_unit_test(a_text_cut_in_half_is_mended),
        cmocka_unit_test(control_characters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
