#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *str_ndup(const char *s, size_t n)
{
    char *copy = mem_alloc(n + 1);
    memcpy(copy, s, n);
    return copy;
}

char *str_dup(const char *s)
{
    return s ? str_ndup(s, strlen(s)) : NULL;
}

char *str_printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    char *s = mem_alloc((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

bool str_eq(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_empty(const char *s)
{
    return !s || !*s;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

const char *str_or_empty(const char *s)
{
    return s ? s : "";
}

int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
    if (!s || !(*s == '-' || (*s >= '0' && *s <= '9')))
        return -1;
    char *end = NULL;
    errno = 0;
    long long v = strtoll(s, &end, 10);
    if (errno || end == s || *end || v < min || v > max)
        return -1;
    *out = v;
    return 0;
}

/* Length of the well-formed sequence at s, or 0. Table 3-7 of the Unicode Standard. */
static size_t utf8_sequence(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char lead_min, lead_max, second_min, second_max;
        size_t len;
    } rows[] = {
        { 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (s[0] < rows[i].lead_min || s[0] > rows[i].lead_max)
            continue;
        if (rows[i].len > n)
            return 0;
        if (rows[i].len > 1 && (s[1] < rows[i].second_min || s[1] > rows[i].second_max))
            return 0;
        for (size_t k = 2; k < rows[i].len; k++)
            if (s[k] < 0x80 || s[k] > 0xbf)
                return 0;
        return rows[i].len;
    }
    return 0;
}

void str_utf8_cut(char *s)
{
    size_t n = strlen(s), i = 0;
    for (size_t step; i < n && (step = utf8_sequence((const unsigned char *)s + i, n - i));)
        i += step;
    s[i] = '\0';
}

void str_utf8_mend(char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0, step; i < n; i += step) {
        step = utf8_sequence((const unsigned char *)s + i, n - i);
        if (step)
            continue;
        s[i] = '?';
        step = 1;
    }
}

bool str_utf8_valid(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t step = utf8_sequence((const unsigned char *)s + i, n - i);
        if (!step)
            return false;
        i += step;
    }
    return true;
}

size_t str_utf8_length(const char *s)
{
    size_t count = 0;
    for (; *s; s++)
        count += ((unsigned char)*s & 0xc0) != 0x80;
    return count;
}

bool str_has_control(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7f)
            return true;
        if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
            return true;
    }
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *str_trim(char *s)
{
    while (is_space(*s))
        s++;
    size_t n = strlen(s);
    while (n && is_space(s[n - 1]))
        s[--n] = '\0';
    return s;
}
