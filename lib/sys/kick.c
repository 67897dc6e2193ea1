#include "sys/kick.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"

static int fill_address(struct sockaddr_un *a, const char *path, struct err *err)
{
    size_t n = strlen(path);
    *a = (struct sockaddr_un) { .sun_family = AF_UNIX };
    if (n == 0 || n >= sizeof(a->sun_path))
        return err_set(err, ERR_INVALID, "a socket path has 1 to %zu bytes: \"%s\"",
                       sizeof(a->sun_path) - 1, path);
    memcpy(a->sun_path, path, n + 1);
    return 0;
}

static int open_socket(struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_errno(err, errno, "cannot make a socket");
    return fd;
}

static int remove_stale(const char *path, struct err *err)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : err_errno(err, errno, "cannot look at %s", path);
    if (!S_ISSOCK(st.st_mode))
        return err_set(err, ERR_EXISTS, "%s exists and is not a socket", path);
    if (unlink(path) < 0 && errno != ENOENT)
        return err_errno(err, errno, "cannot remove %s", path);
    return 0;
}

static int bind_to(int fd, const char *path, const struct sockaddr_un *address, struct err *err)
{
    /* Linux gives the socket file the socket's own mode: it is never wider, not even between
     * bind and chmod, and the process's umask is left alone. */
    if (fchmod(fd, 0660) < 0)
        return err_errno(err, errno, "cannot set the mode of a socket");
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
        return err_errno(err, errno, "cannot bind %s", path);
    if (chmod(path, 0660) < 0)
        return err_errno(err, errno, "cannot set the mode of %s", path);
    return 0;
}

int kick_listen(const char *path, struct err *err)
{
    struct sockaddr_un address;
    if (fill_address(&address, path, err) < 0 || remove_stale(path, err) < 0)
        return -1;
    int fd = open_socket(err);
    if (fd < 0)
        return -1;
    if (bind_to(fd, path, &address, err) == 0)
        return fd;
    close(fd);
    return -1;
}

int kick_drain(int fd)
{
    int n = 0;
    while (n < KICK_DRAIN_MAX) {
        char byte;
        ssize_t r = recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
        if (r >= 0)
            n++;
        else if (errno != EINTR)
            break;
    }
    return n;
}

int kick_send(const char *path, struct err *err)
{
    struct sockaddr_un address;
    if (fill_address(&address, path, err) < 0)
        return -1;
    CLEANUP_CLOSE int fd = open_socket(err);
    if (fd < 0)
        return -1;
    ssize_t r;
    do {
        r = sendto(fd, "k", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address));
    } while (r < 0 && errno == EINTR);
    if (r >= 0 || errno == EAGAIN || errno == ENOBUFS)
        return 0;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return err_set(err, ERR_NOT_FOUND, "nobody listens on %s", path);
    return err_errno(err, errno, "cannot send to %s", path);
}
