/* lib/base/log: one event is one line, whatever is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"

static int real_stderr, pipe_out;

static int catch_stderr(void **state)
{
    (void)state;
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    real_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    pipe_out = ends[0];
    log_init("test", LOG_LEVEL_INFO);
    return 0;
}

static int give_stderr_back(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(pipe_out);
    return 0;
}

/* What was written since the last call. A mark ends it, so that nothing written does not block. */
static const char *written(void)
{
    static char text[32768];
    size_t n = 0;
    if (write(STDERR_FILENO, "\x01", 1) != 1)
        fail();
    do {
        ssize_t r = read(pipe_out, text + n, sizeof(text) - 1 - n);
        assert_true(r > 0);
        n += (size_t)r;
    } while (text[n - 1] != '\x01');
    text[n - 1] = '\0';
    return text;
}

/* The line without its time, which is checked. */
static const char *line(void)
{
    const char *text = written();
    char when[TIME_RFC3339_MAX] = "";
    int64_t ms;
    assert_true(str_starts(text, "time="));
    memcpy(when, text + 5, 20);
    assert_int_equal(time_parse_rfc3339(when, &ms), 0);
    return text + 26;
}

static void an_event_is_a_line_of_pairs(void **state)
{
    (void)state;
    log_info("helm started", "store", "my-shop", "what", "install");
    assert_string_equal(line(),
                        "level=info prog=test msg=\"helm started\" store=my-shop what=install\n");
    log_error("no");
    assert_string_equal(line(), "level=error prog=test msg=no\n");
}

static void what_is_below_the_level_is_dropped(void **state)
{
    (void)state;
    log_debug("quiet", "a", "b");
    assert_string_equal(written(), "");
    log_warn("loud");
    assert_string_equal(line(), "level=warn prog=test msg=loud\n");
}

static void values_cannot_forge_a_line(void **state)
{
    (void)state;
    log_info("x", "a", "1\nlevel=error msg=forged", "b", "\r\t\x1b\x7f", "c", "say \"hi\" \\");
    const char *text = line();
    assert_string_equal(text, "level=info prog=test msg=x a=\"1\\nlevel=error msg=forged\" "
                              "b=\"\\x0d\\x09\\x1b\\x7f\" c=\"say \\\"hi\\\" \\\\\"\n");
    log_info("x", "a", NULL, "b", "", "c", "k=v");
    assert_string_equal(line(), "level=info prog=test msg=x a=- b=\"\" c=\"k=v\"\n");
}

static void long_values_are_cut_and_the_line_ends(void **state)
{
    (void)state;
    static char big[5000], quotes[5000];
    memset(big, 'y', sizeof(big) - 1);
    memset(quotes, '"', sizeof(quotes) - 1);
    log_info("x", "a", big, "b", "after");
    const char *text = line();
    assert_int_equal(strcspn(strstr(text, "yyy"), " "), 2048);
    assert_true(str_ends(text, " b=after\n"));
    log_info("x", "a", quotes, "b", quotes, "c", quotes);
    text = line();
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
    assert_true(strlen(text) < 8300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_a_line_of_pairs, catch_stderr,
                                        give_stderr_back),
        cmocka_unit_test_setup_teardown(what_is_below_the_level_is_dropped, catch_stderr,
                                        give_stderr_back),
        cmocka_unit_test_setup_teardown(values_cannot_forge_a_line, catch_stderr, give_stderr_back),
        cmocka_unit_test_setup_teardown(long_values_are_cut_and_the_line_ends, catch_stderr,
                                        give_stderr_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
