#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/call.h"

static json_t *walk(json_t *at, va_list ap)
{
    const char *key;
    while ((key = va_arg(ap, const char *)))
        at = json_object_get(at, key); /* NULL for NULL and for what is no object */
    return at;
}

json_t *kube_get(json_t *object, ...)
{
    va_list ap;
    va_start(ap, object);
    json_t *at = walk(object, ap);
    va_end(ap);
    return at;
}

const char *kube_get_string(json_t *object, ...)
{
    va_list ap;
    va_start(ap, object);
    json_t *at = walk(object, ap);
    va_end(ap);
    return json_string_value(at);
}

int64_t kube_get_int(json_t *object, int64_t otherwise, ...)
{
    va_list ap;
    va_start(ap, otherwise);
    json_t *at = walk(object, ap);
    va_end(ap);
    return json_is_integer(at) ? json_integer_value(at) : otherwise;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c));
}

char *kube_escape(const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = mem_alloc_array(strlen(text) + 1, 3);
    char *o = out;
    for (; *text; text++) {
        if (is_unreserved(*text)) {
            *o++ = *text;
        } else {
            *o++ = '%';
            *o++ = hex[(unsigned char)*text >> 4];
            *o++ = hex[(unsigned char)*text & 15];
        }
    }
    *o = '\0';
    return out;
}

char *kube_with_query(const char *path, const char *query)
{
    return str_printf("%s%c%s", path, strchr(path, '?') ? '&' : '?', query);
}

char *kube_page_path(const char *path, const char *query, const char *next)
{
    CLEANUP_FREE char *token = str_empty(next) ? NULL : kube_escape(next);
    CLEANUP_FREE char *all =
        str_printf("limit=%d%s%s%s%s", KUBE_LIST_LIMIT, str_empty(query) ? "" : "&",
                   str_or_empty(query), token ? "&continue=" : "", str_or_empty(token));
    return kube_with_query(path, all);
}

/* The end of the JSON array that begins at from; NULL: it does not end. */
static const char *end_of_array(const char *from, const char *end)
{
    int depth = 0;
    bool in_string = false;
    for (const char *p = from; p < end; p++) {
        if (in_string && *p == '\\') {
            p++; /* and what it escapes */
        } else if (in_string) {
            in_string = *p != '"';
        } else if (*p == '"') {
            in_string = true;
        } else if (*p == '[' || *p == '{') {
            depth++;
        } else if ((*p == ']' || *p == '}') && --depth == 0) {
            return p + 1;
        }
    }
    return NULL;
}

/* Who set which field: as much as half of what the API server sends, and most of what there is to
 * parse in it. Nobody here asks for it. The text is found nowhere but where it is a key: inside a
 * string its quotes would stand behind backslashes. Returns a malloc'd copy without, and its
 * length; NULL: it is not there, or what is there is no JSON. */
static char *without_managed_fields(const char *bytes, size_t n, size_t *length)
{
    static const char key[] = ",\"managedFields\":";
    const char *end = bytes + n, *at = bytes, *found;
    char *out = NULL, *to = NULL;
    while ((found = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
        const char *value = found + sizeof(key) - 1;
        const char *next = value < end && *value == '[' ? end_of_array(value, end) : NULL;
        if (!next) {
            free(out);
            return NULL;
        }
        if (!out)
            to = out = mem_alloc(n);
        memcpy(to, at, (size_t)(found - at));
        to += found - at;
        at = next;
    }
    if (!out)
        return NULL;
    memcpy(to, at, (size_t)(end - at));
    *length = (size_t)(to - out) + (size_t)(end - at);
    return out;
}

json_t *kube_json_parse(const char *bytes, size_t n, struct err *err)
{
    json_error_t why;
    CLEANUP_FREE char *less = without_managed_fields(bytes, n, &n);
    json_t *root = json_loadb(less ? less : bytes, n, JSON_ALLOW_NUL, &why);
    if (!root) {
        err_set(err, ERR_CORRUPT, "the API server's answer is not JSON: %s", why.text);
        return NULL;
    }
    if (json_is_object(root))
        return root;
    json_decref(root);
    err_set(err, ERR_CORRUPT, "the API server's answer is not a JSON object");
    return NULL;
}

static enum err_code code_of_status(long http_status, const char *reason)
{
    switch (http_status) {
    case 400:
    case 405:
    case 406:
    case 415:
    case 422:
        return ERR_INVALID;
    case 401:
        return ERR_UNAUTHORIZED;
    case 403:
        return ERR_FORBIDDEN;
    case 404:
        return ERR_NOT_FOUND;
    case 409:
        return str_eq(reason, "AlreadyExists") ? ERR_EXISTS : ERR_CONFLICT;
    case 410:
        return ERR_CORRUPT;
    case 413:
        return ERR_TOO_LARGE;
    case 429:
        return ERR_UNAVAILABLE;
    default:
        return http_status >= 500 ? ERR_UNAVAILABLE : ERR_INTERNAL;
    }
}

int kube_json_status(struct err *err, long http_status, json_t *status, const char *fallback)
{
    enum err_code code = code_of_status(http_status, kube_get_string(status, "reason", NULL));
    const char *message = kube_get_string(status, "message", NULL);
    if (!str_empty(message))
        return err_set(err, code, "%s", message);
    size_t line = strcspn(fallback, "\r\n");
    return err_set(err, code, "the API server answered HTTP %ld%s%.*s", http_status,
                   line ? ": " : "", (int)(line > 200 ? 200 : line), fallback);
}

/* The length of the well-formed UTF-8 sequence at s, at most n bytes; 0: none is there. */
static size_t sequence_length(const char *s, size_t n)
{
    for (size_t len = 1; len <= 4 && len <= n; len++) {
        if (str_utf8_valid(s, len))
            return len;
    }
    return 0;
}

void kube_json_clean_text(char *text, size_t n)
{
    size_t i = 0;
    while (i < n) {
        size_t len = sequence_length(text + i, n - i);
        if (len == 0)
            text[i++] = '?';
        i += len;
    }
}
