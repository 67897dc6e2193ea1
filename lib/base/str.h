/* Small string work that libc does not offer in this shape. Text is UTF-8. */
#ifndef SW_BASE_STR_H
#define SW_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* malloc'd copies; the caller frees. str_dup(NULL) is NULL. */
char *str_dup(const char *s);
char *str_ndup(const char *s, size_t n);
char *str_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* NULL equals only NULL. */
bool str_eq(const char *a, const char *b);
bool str_empty(const char *s); /* NULL or "" */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* s itself, or "" for NULL. */
const char *str_or_empty(const char *s);

/* The whole of s as a decimal number from min to max. Returns 0, or -1 and leaves *out alone. */
int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out);

/* Is s[0..n) well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) with no NUL in it? */
bool str_utf8_valid(const char *s, size_t n);

/* Number of code points of valid UTF-8. */
size_t str_utf8_length(const char *s);

/* Cuts s before its first malformed sequence: for text that a size limit may have cut in half. */
void str_utf8_cut(char *s);

/* Puts '?' in place of each byte of s that is part of no UTF-8 sequence. */
void str_utf8_mend(char *s);

/* Has s a C0 or C1 control character, or DEL? */
bool str_has_control(const char *s);

/* Cuts white space (ASCII) off both ends, in place; returns the new start within s. */
char *str_trim(char *s);

#endif
