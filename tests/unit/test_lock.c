/* lib/sys/lock between real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "sys/lock.h"

static char dir[] = "/tmp/test_lock.XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof(path), "%s/lock", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void expect_held(const char *by)
{
    struct err err = { 0 };
    assert_int_equal(lock_acquire(path, &err), -1);
    assert_int_equal(err.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(err.msg, by));
}

static void one_holder_at_a_time(void **state)
{
    (void)state;
    int fd = lock_acquire(path, NULL);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    CLEANUP_FREE char *pid = str_printf("process %ld", (long)getpid());
    expect_held(pid);
    close(fd);
    fd = lock_acquire(path, NULL);
    assert_true(fd >= 0);
    close(fd);
}

static void the_kernel_drops_it_with_the_holder(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        char ok = lock_acquire(path, NULL) >= 0;
        if (write(ready[1], &ok, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    char ok = 0;
    assert_int_equal(read(ready[0], &ok, 1), 1);
    assert_int_equal(ok, 1);
    CLEANUP_FREE char *pid = str_printf("process %ld", (long)child);
    expect_held(pid);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    int fd = lock_acquire(path, NULL);
    assert_true(fd >= 0);
    close(fd);
    close(ready[0]);
    close(ready[1]);
}

static void a_longer_old_pid_is_overwritten(void **state)
{
    (void)state;
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
    assert_int_equal(write(fd, "99999999999999999\n", 18), 18);
    close(fd);
    fd = lock_acquire(path, NULL);
    assert_true(fd >= 0);
    char text[64] = "";
    assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
    assert_int_equal(strtol(text, NULL, 10), getpid());
    close(fd);
}

static void trouble_with_the_file_is_told(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_int_equal(lock_acquire("/no/such/dir/lock", &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(lock_acquire(dir, &err), -1);
    CLEANUP_FREE char *link = str_printf("%s/link", dir);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(lock_acquire(link, &err), -1);
    unlink(link);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_holder_at_a_time),
        cmocka_unit_test(the_kernel_drops_it_with_the_holder),
        cmocka_unit_test(a_longer_old_pid_is_overwritten),
        cmocka_unit_test(trouble_with_the_file_is_told),
    };
    return cmocka_run_group_tests_name("lock", tests, make_dir, remove_dir);
}
