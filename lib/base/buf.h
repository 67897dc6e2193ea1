/* A growing byte buffer with a ceiling. Whoever makes one names its ceiling, so that no
 * foreign input decides how much memory is used. The bytes are always followed by a NUL
 * that len does not count; data is never NULL after the first add. */
#ifndef SW_BASE_BUF_H
#define SW_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;    /* owned; NULL until something was added */
    size_t len;    /* bytes in use, without the final NUL */
    size_t cap;    /* bytes allocated */
    size_t max;    /* ceiling for len */
    bool overflow; /* something did not fit; what fitted before it is kept whole */
};

#define BUF_INIT(ceiling) ((struct buf) { .max = (ceiling) })

/* Each add puts all of it in or nothing. Returns 0, or -1 and sets overflow. */
int buf_add(struct buf *b, const void *bytes, size_t n);
int buf_adds(struct buf *b, const char *text);
int buf_addc(struct buf *b, char c);
int buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_addv(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* The text so far; "" when empty. Lives until the next call with b. */
const char *buf_text(const struct buf *b);

void buf_drop_front(struct buf *b, size_t n); /* n <= len */
void buf_reset(struct buf *b);                /* empty again; keeps the memory */
void buf_free(struct buf *b);                 /* empty again; frees; NULL is fine */

/* The text as a malloc'd string of the caller's; b is empty afterwards. */
char *buf_take(struct buf *b);

#endif
