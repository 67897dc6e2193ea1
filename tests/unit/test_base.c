/* lib/base: errors, memory, randomness and scope cleanup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"

static void an_error_is_set_and_returned(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_int_equal(err_set(&err, ERR_LIMIT, "%d is too many", 7), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_string_equal(err.msg, "7 is too many");
    assert_int_equal(err_context(&err, "store %s", "a"), -1);
    assert_string_equal(err.msg, "store a: 7 is too many");
    assert_int_equal(err.code, ERR_LIMIT);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_LIMIT, "x"), -1);
    assert_int_equal(err_errno(NULL, ENOENT, "x"), -1);
    assert_int_equal(err_context(NULL, "x"), -1);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    struct err err = { 0 };
    err_set(&err, ERR_INTERNAL, "%2000d", 1);
    assert_int_equal(strlen(err.msg), ERR_MSG_MAX - 1);
    err_context(&err, "here");
    assert_true(str_starts(err.msg, "here:  "));
    assert_int_equal(strlen(err.msg), ERR_MSG_MAX - 1);
    err_context(&err, "%2000d", 1); /* a context that leaves no room changes nothing */
    assert_true(str_starts(err.msg, "here: "));
}

static void messages_are_utf8(void **state)
{
    (void)state;
    struct err err = { 0 };
    err_set(&err, ERR_INVALID, "no store \"%.4s\"", "caf\xc3\xa9");
    assert_string_equal(err.msg, "no store \"caf?\"");
    err_set(&err, ERR_INVALID, "%*s\xc3\xa9", ERR_MSG_MAX - 2, "x"); /* cut by the room there is */
    assert_int_equal(err.msg[ERR_MSG_MAX - 2], '?');
    err_set(&err, ERR_INVALID, "caf\xc3\xa9");
    err_context(&err, "%s", "\xff");
    assert_string_equal(err.msg, "?: caf\xc3\xa9");
}

static void errno_becomes_a_kind(void **state)
{
    (void)state;
    static const struct {
        int errnum;
        enum err_code code;
    } rows[] = {
        { ENOENT, ERR_NOT_FOUND },   { EEXIST, ERR_EXISTS },
        { EACCES, ERR_FORBIDDEN },   { EPERM, ERR_FORBIDDEN },
        { ETIMEDOUT, ERR_TIMEOUT },  { ENOSPC, ERR_UNAVAILABLE },
        { EAGAIN, ERR_UNAVAILABLE }, { ECONNREFUSED, ERR_UNAVAILABLE },
        { EIO, ERR_INTERNAL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = { 0 };
        err_errno(&err, rows[i].errnum, "file %s", "f");
        assert_int_equal(err.code, rows[i].code);
        assert_true(str_starts(err.msg, "file f: "));
        assert_true(str_ends(err.msg, strerror(rows[i].errnum)));
    }
}

static void every_kind_has_its_own_word(void **state)
{
    (void)state;
    for (int a = 0; a <= ERR_INTERNAL; a++) {
        assert_non_null(err_code_name((enum err_code)a));
        for (int b = 0; b < a; b++)
            assert_string_not_equal(err_code_name((enum err_code)a),
                                    err_code_name((enum err_code)b));
    }
    assert_string_equal(err_code_name((enum err_code)999), "internal");
    assert_true(err_is_transient(ERR_TIMEOUT) && err_is_transient(ERR_UNAVAILABLE));
    assert_false(err_is_transient(ERR_INVALID) || err_is_transient(ERR_CORRUPT));
}

static void memory_is_zeroed_grown_and_wiped(void **state)
{
    (void)state;
    CLEANUP_FREE unsigned char *p = mem_alloc_array(10, 10);
    for (int i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
    memset(p, 'x', 100);
    p = mem_grow_array(p, 1000, 1);
    assert_int_equal(p[99], 'x');
    mem_wipe(p, 100);
    assert_int_equal(p[0] | p[99], 0);
    mem_wipe(NULL, 5);
    CLEANUP_FREE void *nothing = mem_alloc(0);
    assert_non_null(nothing);
}

/* Under AddressSanitizer too, no memory is NULL and not a report. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* A process that cannot have memory ends with EX_OSERR. */
static void no_memory_is_the_end(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        mem_grow_array(NULL, SIZE_MAX / 2, 3);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_OSERR);
}

static void random_hex_is_hex_and_differs(void **state)
{
    (void)state;
    char a[41], b[41];
    assert_ptr_equal(rand_hex(a, 20), a);
    rand_hex(b, 20);
    assert_int_equal(strlen(a), 40);
    assert_int_equal(strspn(a, "0123456789abcdef"), 40);
    assert_string_not_equal(a, b);
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t n = rand_below(5);
        assert_true(n < 5);
        seen |= 1u << n;
    }
    assert_int_equal(seen, 31);
}

static int freed;

struct thing {
    int unused;
};

static void thing_free(struct thing *t)
{
    freed++;
    free(t);
}
CLEANUP_POINTER(struct thing, thing_free)

static struct thing *make(bool give)
{
    CLEANUP(thing_free_p) struct thing *t = mem_alloc(sizeof(*t));
    return give ? TAKE(t) : NULL;
}

static void scopes_free_what_they_did_not_give_away(void **state)
{
    (void)state;
    freed = 0;
    assert_null(make(false));
    assert_int_equal(freed, 1);
    struct thing *t = make(true);
    assert_int_equal(freed, 1);
    thing_free(t);
    {
        CLEANUP(thing_free_p) struct thing *none = NULL;
        CLEANUP_CLOSE int fd = -1;
        CLEANUP_FCLOSE FILE *f = NULL;
        (void)none, (void)fd, (void)f;
    }
    assert_int_equal(freed, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_is_set_and_returned),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(messages_are_utf8),
        cmocka_unit_test(errno_becomes_a_kind),
        cmocka_unit_test(every_kind_has_its_own_word),
        cmocka_unit_test(memory_is_zeroed_grown_and_wiped),
        cmocka_unit_test(no_memory_is_the_end),
        cmocka_unit_test(random_hex_is_hex_and_differs),
        cmocka_unit_test(scopes_free_what_they_did_not_give_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
