/* lib/base/timeutil. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/timeutil.h"

static void times_are_written_and_read_back(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { 1769850300000, "2026-01-31T09:05:00Z" },
        { 1709164800000, "2024-02-29T00:00:00Z" },
        { 4102444799000, "2099-12-31T23:59:59Z" },
        { -1000, "1969-12-31T23:59:59Z" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[TIME_RFC3339_MAX];
        int64_t back = 1;
        assert_string_equal(time_rfc3339(rows[i].ms, text), rows[i].text);
        assert_int_equal(time_parse_rfc3339(text, &back), 0);
        assert_int_equal(back, rows[i].ms);
    }
}

static void fractions_are_read_to_the_millisecond(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "1970-01-01T00:00:01.5Z", 1500 },
        { "1970-01-01T00:00:01.05Z", 1050 },
        { "1970-01-01T00:00:01.123456789Z", 1123 },
        { "1970-01-01T00:00:01.Z", 1000 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t ms = 0;
        assert_int_equal(time_parse_rfc3339(rows[i].text, &ms), 0);
        assert_int_equal(ms, rows[i].ms);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "now",
        "2026-01-31",
        "2026-01-31T09:05:00",
        "2026-01-31T09:05:00+01:00",
        "2026-13-01T00:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T09:05:00Z ",
        "2026-01-31T09:05:00.1",
    };
    int64_t ms = 77;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(time_parse_rfc3339(bad[i], &ms), -1);
    assert_int_equal(time_parse_rfc3339(NULL, &ms), -1);
    assert_int_equal(ms, 77);
}

static void the_time_zone_does_not_matter(void **state)
{
    (void)state;
    setenv("TZ", "America/St_Johns", 1);
    tzset();
    char text[TIME_RFC3339_MAX];
    int64_t ms = 0;
    assert_string_equal(time_rfc3339(1769850300000, text), "2026-01-31T09:05:00Z");
    time_parse_rfc3339(text, &ms);
    assert_int_equal(ms, 1769850300000);
    unsetenv("TZ");
    tzset();
}

static void spans_are_said_as_people_do(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { -5, "0 ms" },           { 0, "0 ms" },
        { 850, "850 ms" },        { 999, "999 ms" },
        { 1000, "1.0 s" },        { 4200, "4.2 s" },
        { 59999, "59.9 s" },      { 60000, "1 min 0 s" },
        { 185000, "3 min 5 s" },  { 3599999, "59 min 59 s" },
        { 3600000, "1 h 0 min" }, { 7800000, "2 h 10 min" },
        { 86400000, "1 d 0 h" },  { 273600000, "3 d 4 h" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[TIME_SPAN_MAX];
        assert_string_equal(time_span(rows[i].ms, text), rows[i].text);
    }
    char longest[TIME_SPAN_MAX];
    assert_true(strlen(time_span(INT64_MAX, longest)) < TIME_SPAN_MAX);
}

static void clocks_go_on(void **state)
{
    (void)state;
    int64_t mono = time_mono_ms();
    assert_true(time_mono_ms() >= mono);
    assert_true(llabs((long long)(time_wall_ms() / 1000 - time(NULL))) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_and_read_back),
        cmocka_unit_test(fractions_are_read_to_the_millisecond),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_time_zone_does_not_matter),
        cmocka_unit_test(spans_are_said_as_people_do),
        cmocka_unit_test(clocks_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
