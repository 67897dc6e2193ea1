#include "sys/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"

static long read_pid(int fd)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    return n > 0 && text[0] >= '0' && text[0] <= '9' ? strtol(text, NULL, 10) : 0;
}

/* Who holds it, as far as the file tells. The pid is a hint: its writer may be just starting. */
static int refuse_held(int fd, const char *path, struct err *err)
{
    long pid = read_pid(fd);
    if (pid == 0)
        return err_set(err, ERR_UNAVAILABLE, "%s is locked by another process", path);
    return err_set(err, ERR_UNAVAILABLE, "%s is locked by process %ld", path, pid);
}

long lock_holder(const char *path)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    return fd < 0 ? 0 : read_pid(fd);
}

static int write_pid(int fd)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) < 0)
        return -1;
    return pwrite(fd, text, (size_t)n, 0) == n ? 0 : -1;
}

static int take(int fd, const char *path, struct err *err)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
        if (errno == EAGAIN || errno == EACCES)
            return refuse_held(fd, path, err);
        return err_errno(err, errno, "cannot lock %s", path);
    }
    return write_pid(fd) < 0 ? err_errno(err, errno, "cannot write to %s", path) : 0;
}

int lock_acquire(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (fd < 0)
        return err_errno(err, errno, "cannot open the lock file %s", path);
    if (take(fd, path, err) == 0)
        return fd;
    close(fd);
    return -1;
}
