/* The error contract, written out in HACKING.md: a function that can fail returns a
 * negative value and fills in *err, or succeeds and leaves *err alone. Each layer may
 * put its own context in front. Every function takes err == NULL for "do not tell me". */
#ifndef SW_BASE_ERR_H
#define SW_BASE_ERR_H

#include <stdarg.h>

/* What kind of failure it was: what the caller may do about it, not where it arose. */
enum err_code {
    ERR_NONE = 0,
    ERR_INVALID,      /* the input is wrong and will stay wrong */
    ERR_NOT_FOUND,    /* no such thing */
    ERR_EXISTS,       /* the name is taken */
    ERR_CONFLICT,     /* the state does not allow it now */
    ERR_UNAUTHORIZED, /* not signed in, or a credential is refused */
    ERR_FORBIDDEN,    /* known, but not allowed */
    ERR_LIMIT,        /* a quota or a rate is used up */
    ERR_TOO_LARGE,    /* over a named ceiling */
    ERR_TIMEOUT,      /* no answer in time; may work later */
    ERR_UNAVAILABLE,  /* cannot be reached or is busy; may work later */
    ERR_CORRUPT,      /* data that breaks its own format */
    ERR_UNSUPPORTED,  /* understood, and not provided */
    ERR_INTERNAL,     /* anything else; a fault of ours or of the machine */
};

#define ERR_MSG_MAX 768 /* bytes with the final NUL; longer messages are cut. UTF-8 always */

struct err {
    enum err_code code;
    char msg[ERR_MSG_MAX];
};

/* Sets code and message. Returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int err_setv(struct err *err, enum err_code code, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* As err_set, with ": " and strerror(errnum) behind the message. */
int err_errno(struct err *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of the message that is there. Returns -1. */
int err_context(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A stable lower-case word for logs: "invalid", "not-found" ... Static storage. */
const char *err_code_name(enum err_code code);

/* Is it worth asking again later without any change of the input? */
int err_is_transient(enum err_code code);

#endif
