#include "sys/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* In the grandchild: on failure its errno goes through report, which exec would have closed. */
static _Noreturn void become(const char *path, const char *const *argv, const char *const *envp,
                             const char *log_path, int report)
{
    int null = open("/dev/null", O_RDWR);
    int log = log_path ? open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0640) : -1;
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
        (!log_path ||
         (log >= 0 && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0)) &&
        close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        execve(path, (char *const *)argv, (char *const *)envp);
    int failure = errno;
    ssize_t ignored = write(report, &failure, sizeof(failure));
    (void)ignored;
    _exit(127);
}

int detach_start(const char *path, const char *const *argv, const char *const *envp,
                 const char *log_path, struct err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    CLEANUP_CLOSE int reader = ends[0];
    int writer = ends[1];
    /* Twice forked, so that init reaps it and not a starter that never waits. */
    pid_t child = fork();
    if (child == 0) {
        setsid();
        pid_t grandchild = fork();
        if (grandchild == 0)
            become(path, argv, envp, log_path, writer);
        _exit(grandchild < 0 ? 1 : 0);
    }
    close(writer);
    if (child < 0)
        return err_errno(err, errno, "fork");
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    int failure = 0;
    ssize_t n;
    while ((n = read(reader, &failure, sizeof(failure))) < 0 && errno == EINTR)
        ;
    if (n == (ssize_t)sizeof(failure))
        return err_errno(err, failure, "%s", path);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_set(err, ERR_UNAVAILABLE, "%s: fork failed", path);
    return 0;
}
