/* lib/base/buf: whole or nothing, and never above its ceiling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

static void an_empty_one_is_text(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(10);
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
    buf_free(NULL);
}

static void it_grows_and_keeps_its_nul(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(100000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(buf_addf(&b, "%04d,", i), 0);
    assert_int_equal(b.len, 50000);
    assert_int_equal(strlen(buf_text(&b)), 50000);
    assert_memory_equal(buf_text(&b) + 49990, "9998,9999,", 11);
    assert_false(b.overflow);
}

static void it_fills_to_the_ceiling_and_no_further(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(8);
    assert_int_equal(buf_adds(&b, "12345"), 0);
    assert_int_equal(buf_adds(&b, "6789"), -1);
    assert_string_equal(buf_text(&b), "12345");
    assert_true(b.overflow);
    assert_int_equal(buf_adds(&b, "678"), 0);
    assert_int_equal(buf_addc(&b, '9'), -1);
    assert_int_equal(buf_addf(&b, "%d", 9), -1);
    assert_string_equal(buf_text(&b), "12345678");
    assert_int_equal(buf_add(&b, "", 0), 0);
}

static void a_length_that_would_wrap_is_refused(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(SIZE_MAX);
    assert_int_equal(buf_adds(&b, "x"), 0);
    b.max = 16;
    assert_int_equal(buf_add(&b, "y", SIZE_MAX), -1);
    assert_int_equal(buf_add(&b, "y", SIZE_MAX - 1), -1);
    assert_string_equal(buf_text(&b), "x");
}

static void bytes_may_hold_nul(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(10);
    buf_add(&b, "a\0b", 3);
    assert_int_equal(b.len, 3);
    assert_memory_equal(buf_text(&b), "a\0b", 4);
}

static void the_front_is_dropped(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(10);
    buf_drop_front(&b, 0); /* nothing in it yet */
    buf_adds(&b, "abcdef");
    buf_drop_front(&b, 2);
    assert_string_equal(buf_text(&b), "cdef");
    buf_drop_front(&b, 4);
    assert_string_equal(buf_text(&b), "");
    assert_int_equal(b.len, 0);
}

static void reset_forgets_the_overflow(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = BUF_INIT(3);
    buf_reset(&b);
    buf_adds(&b, "abcd");
    assert_true(b.overflow);
    buf_reset(&b);
    assert_false(b.overflow);
    assert_int_equal(buf_adds(&b, "abc"), 0);
}

static void taken_text_is_the_callers(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(10);
    char *empty = buf_take(&b);
    assert_string_equal(empty, "");
    free(empty);
    buf_adds(&b, "mine");
    char *text = buf_take(&b);
    assert_string_equal(text, "mine");
    free(text);
    assert_null(b.data);
    assert_int_equal(b.len, 0);
    assert_int_equal(buf_adds(&b, "again"), 0);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_is_text),
        cmocka_unit_test(it_grows_and_keeps_its_nul),
        cmocka_unit_test(it_fills_to_the_ceiling_and_no_further),
        cmocka_unit_test(a_length_that_would_wrap_is_refused),
        cmocka_unit_test(bytes_may_hold_nul),
        cmocka_unit_test(the_front_is_dropped),
        cmocka_unit_test(reset_forgets_the_overflow),
        cmocka_unit_test(taken_text_is_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
