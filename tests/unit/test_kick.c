/* lib/sys/kick over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "sys/kick.h"

static char dir[] = "/tmp/test_kick.XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof(path), "%s/kick", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static bool is_readable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, 0) == 1;
}

static void kicks_arrive(void **state)
{
    (void)state;
    int fd = kick_listen(path, NULL);
    assert_true(fd >= 0);
    assert_int_equal(kick_drain(fd), 0);
    assert_false(is_readable(fd));
    assert_int_equal(kick_send(path, NULL), 0);
    assert_int_equal(kick_send(path, NULL), 0);
    assert_true(is_readable(fd));
    assert_int_equal(kick_drain(fd), 2);
    assert_int_equal(kick_drain(fd), 0);
    close(fd);
}

static void a_full_queue_is_a_wake_up(void **state)
{
    (void)state;
    int fd = kick_listen(path, NULL);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(kick_send(path, NULL), 0);
    int n, total = 0;
    while ((n = kick_drain(fd)) > 0) {
        assert_true(n <= KICK_DRAIN_MAX);
        total += n;
    }
    assert_in_range(total, 1, 5000);
    close(fd);
}

static void nobody_listening_is_told(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_int_equal(kick_send(path, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    int fd = kick_listen(path, NULL);
    close(fd); /* as a killed receiver leaves it: the file stays */
    assert_int_equal(access(path, F_OK), 0);
    err.code = ERR_NONE;
    assert_int_equal(kick_send(path, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    fd = kick_listen(path, &err);
    assert_true(fd >= 0);
    assert_int_equal(kick_send(path, NULL), 0);
    close(fd);
}

static void the_socket_is_private(void **state)
{
    (void)state;
    mode_t before = umask(0);
    int fd = kick_listen(path, NULL);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    close(fd);
    umask(077);
    fd = kick_listen(path, NULL);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    close(fd);
    umask(before);
}

static void other_files_are_left_alone(void **state)
{
    (void)state;
    struct err err = { 0 };
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    close(file);
    assert_int_equal(kick_listen(path, &err), -1);
    assert_int_equal(err.code, ERR_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(kick_send(path, &err), -1);
}

static void paths_have_a_length(void **state)
{
    (void)state;
    char longest[200];
    memset(longest, 'a', sizeof(longest));
    longest[0] = '/';
    longest[108] = '\0';
    struct err err = { 0 };
    assert_int_equal(kick_listen(longest, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_int_equal(kick_send(longest, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_int_equal(kick_listen("", &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_int_equal(kick_listen("/no/such/dir/kick", &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(kicks_arrive, remove_file),
        cmocka_unit_test_teardown(a_full_queue_is_a_wake_up, remove_file),
        cmocka_unit_test_teardown(nobody_listening_is_told, remove_file),
        cmocka_unit_test_teardown(the_socket_is_private, remove_file),
        cmocka_unit_test_teardown(other_files_are_left_alone, remove_file),
        cmocka_unit_test_teardown(paths_have_a_length, remove_file),
    };
    return cmocka_run_group_tests_name("kick", tests, make_dir, remove_dir);
}
