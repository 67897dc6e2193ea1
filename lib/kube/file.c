#include "kube/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

char *kube_file_read(const char *path, size_t max, struct err *err)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        err_errno(err, errno, "cannot open %s", path);
        return NULL;
    }
    /* One allocation of the ceiling: growing would leave copies of a secret behind. */
    char *text = mem_alloc(max + 2);
    size_t n = 0;
    int failed = 0;
    while (n <= max && !failed) {
        ssize_t r = read(fd, text + n, max + 1 - n);
        if (r == 0)
            break;
        if (r > 0)
            n += (size_t)r;
        else if (errno != EINTR)
            failed = err_errno(err, errno, "cannot read %s", path);
    }
    if (!failed && n > max)
        failed = err_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
    if (!failed && memchr(text, '\0', n))
        failed = err_set(err, ERR_CORRUPT, "%s is not text", path);
    if (!failed)
        return text;
    mem_wipe(text, n);
    free(text);
    return NULL;
}
