#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

int err_setv(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
    if (!err)
        return -1;
    err->code = code;
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    /* A character may have been cut, here or by a precision in fmt; it will stand in a page. */
    str_utf8_mend(err->msg);
    return -1;
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(err, code, fmt, ap);
    va_end(ap);
    return -1;
}

static enum err_code code_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
        return ERR_FORBIDDEN;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    case EAGAIN:
    case EBUSY:
    case ENOSPC:
    case ECONNREFUSED:
        return ERR_UNAVAILABLE;
    default:
        return ERR_INTERNAL;
    }
}

int err_errno(struct err *err, int errnum, const char *fmt, ...)
{
    if (!err)
        return -1;
    char what[ERR_MSG_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    return err_set(err, code_of_errno(errnum), "%.600s: %s", what, strerror(errnum));
}

int err_context(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    char what[ERR_MSG_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(what) - 3)
        return -1;
    char old[ERR_MSG_MAX];
    memcpy(old, err->msg, sizeof(old));
    snprintf(err->msg, sizeof(err->msg), "%.*s: %.*s", n, what, (int)(sizeof(old) - (size_t)n - 3),
             old);
    str_utf8_mend(err->msg);
    return -1;
}

const char *err_code_name(enum err_code code)
{
    static const char *const names[] = {
        [ERR_NONE] = "none",
        [ERR_INVALID] = "invalid",
        [ERR_NOT_FOUND] = "not-found",
        [ERR_EXISTS] = "exists",
        [ERR_CONFLICT] = "conflict",
        [ERR_UNAUTHORIZED] = "unauthorized",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_LIMIT] = "limit",
        [ERR_TOO_LARGE] = "too-large",
        [ERR_TIMEOUT] = "timeout",
        [ERR_UNAVAILABLE] = "unavailable",
        [ERR_CORRUPT] = "corrupt",
        [ERR_UNSUPPORTED] = "unsupported",
        [ERR_INTERNAL] = "internal",
    };
    if ((unsigned)code >= sizeof(names) / sizeof(names[0]))
        return "internal";
    return names[code];
}

int err_is_transient(enum err_code code)
{
    return code == ERR_TIMEOUT || code == ERR_UNAVAILABLE;
}
