#include "base/mask.h"

#include <ctype.h>
#include <string.h>

#define STARS 3

/* text[from..to) becomes stars; returns where it goes on. */
static char *blank(char *from, char *to)
{
    size_t n = to - from < STARS ? (size_t)(to - from) : STARS;
    memset(from, '*', n);
    memmove(from + n, to, strlen(to) + 1);
    return from + n;
}

void mask_value(char *text, const char *value)
{
    size_t n = value ? strlen(value) : 0;
    if (n < MASK_VALUE_MIN)
        return;
    for (char *p = text; (p = strstr(p, value));)
        p = blank(p, p + n);
}

/* The password of "scheme://user:password@host". */
static void mask_urls(char *text)
{
    for (char *p = text; (p = strstr(p, "://"));) {
        p += 3;
        char *end = p + strcspn(p, " /\"'<>\t\n");
        char *at = memchr(p, '@', (size_t)(end - p));
        char *colon = at ? memchr(p, ':', (size_t)(at - p)) : NULL;
        if (colon)
            p = blank(colon + 1, at);
    }
}

static void mask_after(char *text, const char *word)
{
    for (char *p = text; (p = strcasestr(p, word));) {
        p += strlen(word);
        p += strspn(p, "\"'");
        size_t gap = strspn(p, "=: \t");
        if (strcspn(p, "=:") >= gap)
            continue; /* no sign of an assignment */
        p += gap;
        p += strspn(p, "\"'");
        p = blank(p, p + strcspn(p, " ,;&\"'\t\n"));
    }
}

void mask_forms(char *text)
{
    static const char *const words[] = { "password", "passwd", "pwd",     "secret",
                                         "token",    "apikey", "api_key", "api-key" };
    mask_urls(text);
    for (char *p = text; (p = strcasestr(p, "bearer "));) {
        p += strlen("bearer ");
        p = blank(p, p + strcspn(p, " ,;\"'\t\n"));
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        mask_after(text, words[i]);
}
