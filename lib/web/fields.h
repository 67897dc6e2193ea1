/* Name-value pairs as browsers send them: application/x-www-form-urlencoded (WHATWG URL
 * standard), in a query or a form body, read strictly. What a browser would never send is
 * refused rather than guessed at. */
#ifndef SW_WEB_FIELDS_H
#define SW_WEB_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define FIELDS_MAX 64        /* pairs */
#define FIELD_NAME_MAX 64    /* bytes, decoded */
#define FIELD_VALUE_MAX 8192 /* bytes, decoded */

struct field {
    char *name, *value; /* UTF-8 with no NUL in it */
};

struct fields {
    struct field items[FIELDS_MAX];
    size_t count;
};

/* Appends the pairs of text[0..n) to f, which is zeroed before its first use.
 * ERR_INVALID: a bad escape, not UTF-8, a NUL, or a name that came twice; ERR_TOO_LARGE: over
 * one of the ceilings above. f is valid (and to be cleared) also after a failure. */
int fields_parse(struct fields *f, const char *text, size_t n, struct err *err);
void fields_clear(struct fields *f);

/* NULL: not sent. Lives as long as f. */
const char *fields_get(const struct fields *f, const char *name);

/* Undoes percent-encoding of text[0..n); plus_is_space as forms have it. malloc'd, the
 * caller's. NULL and ERR_INVALID as above. */
char *fields_decode(const char *text, size_t n, bool plus_is_space, struct err *err);

/* Appends text percent-encoded, fit to stand as a value in a query. */
void fields_encode(struct buf *out, const char *text);

#endif
