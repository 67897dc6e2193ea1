#include "web/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/str.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *fields_decode(const char *text, size_t n, bool plus_is_space, struct err *err)
{
    CLEANUP_FREE char *out = mem_alloc(n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) {
                err_set(err, ERR_INVALID, "a percent sign is not followed by two hex digits");
                return NULL;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[len++] = c;
    }
    if (!str_utf8_valid(out, len)) {
        err_set(err, ERR_INVALID, "the text is not valid UTF-8 or has a NUL in it");
        return NULL;
    }
    return TAKE(out);
}

static int add_pair(struct fields *f, const char *pair, size_t n, struct err *err)
{
    if (f->count == FIELDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d fields were sent", FIELDS_MAX);
    const char *equals = memchr(pair, '=', n);
    size_t name_len = equals ? (size_t)(equals - pair) : n;
    CLEANUP_FREE char *name = fields_decode(pair, name_len, true, err);
    if (!name)
        return err_context(err, "the name of field %zu", f->count + 1);
    if (!*name || strlen(name) > FIELD_NAME_MAX)
        return err_set(err, *name ? ERR_TOO_LARGE : ERR_INVALID,
                       "the name of field %zu must have 1 to %d bytes", f->count + 1,
                       FIELD_NAME_MAX);
    if (fields_get(f, name))
        return err_set(err, ERR_INVALID, "the field %s was sent twice", name);
    CLEANUP_FREE char *value =
        equals ? fields_decode(equals + 1, n - name_len - 1, true, err) : str_dup("");
    if (!value)
        return err_context(err, "the field %s", name);
    if (strlen(value) > FIELD_VALUE_MAX)
        return err_set(err, ERR_TOO_LARGE, "the field %s has more than %d bytes", name,
                       FIELD_VALUE_MAX);
    f->items[f->count++] = (struct field) { TAKE(name), TAKE(value) };
    return 0;
}

int fields_parse(struct fields *f, const char *text, size_t n, struct err *err)
{
    while (n) {
        const char *amp = memchr(text, '&', n);
        size_t pair = amp ? (size_t)(amp - text) : n;
        if (pair && add_pair(f, text, pair, err) < 0)
            return -1;
        size_t used = amp ? pair + 1 : pair;
        text += used;
        n -= used;
    }
    return 0;
}

void fields_clear(struct fields *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].name);
        /* It may have been a password. */
        mem_wipe(f->items[i].value, strlen(f->items[i].value));
        free(f->items[i].value);
    }
    f->count = 0;
}

const char *fields_get(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0)
            return f->items[i].value;
    return NULL;
}

void fields_encode(struct buf *out, const char *text)
{
    /* RFC 3986, 2.3: what never needs it; and '/', which reads better as it is. */
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    for (const char *p = text; *p; p++) {
        if (strchr(plain, *p))
            buf_addc(out, *p);
        else
            buf_addf(out, "%%%02X", (unsigned char)*p);
    }
}
