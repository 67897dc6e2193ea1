#include "sys/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Who holds it, as far as the file tells. The pid is a hint: its writer may be just starting. */
static int refuse_held(int fd, const char *path, struct err *err)
{
    char text[24];
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    size_t digits = 0;
    if (n > 0) {
        text[n] = '\0';
        digits = strspn(text, "0123456789");
    }
    if (digits == 0)
        return err_set(err, ERR_UNAVAILABLE, "%s is locked by another process", path);
    return err_set(err, ERR_UNAVAILABLE, "%s is locked by process %.*s", path, (int)digits, text);
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
