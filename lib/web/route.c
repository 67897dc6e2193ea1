#include "web/route.h"

#include <stdio.h>
#include <string.h>

bool route_needs_csrf(const struct route *r)
{
    return r->method == METHOD_POST;
}

bool route_matches(const char *pattern, const char *path, char param[REQUEST_PARAM_MAX + 1])
{
    param[0] = '\0';
    const char *open = strchr(pattern, '{');
    if (!open)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(open - pattern);
    if (strncmp(pattern, path, before) != 0)
        return false;
    const char *value = path + before;
    size_t len = strcspn(value, "/");
    if (len == 0 || len > REQUEST_PARAM_MAX)
        return false;
    const char *close = strchr(open, '}');
    if (!close || strcmp(close + 1, value + len) != 0)
        return false;
    memcpy(param, value, len);
    param[len] = '\0';
    return true;
}

const struct route *route_find(const struct route_table *t, struct request *rq, unsigned *allowed)
{
    enum method wanted = rq->method == METHOD_HEAD ? METHOD_GET : rq->method;
    char param[REQUEST_PARAM_MAX + 1];
    *allowed = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct route *r = &t->rows[i];
        if (!route_matches(r->pattern, rq->path, param))
            continue;
        if (r->method == wanted) {
            memcpy(rq->param, param, sizeof(param));
            return r;
        }
        *allowed |= r->method | (r->method == METHOD_GET ? METHOD_HEAD : 0u);
    }
    return NULL;
}

void route_allow_header(unsigned allowed, char out[32])
{
    const enum method methods[] = { METHOD_GET, METHOD_HEAD, METHOD_POST };
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (allowed & methods[i])
            n += (size_t)snprintf(out + n, 32 - n, "%s%s", n ? ", " : "", method_name(methods[i]));
}

int route_dump(const struct route_table *t, const char *(*role_name)(int role), struct buf *out)
{
    static const char *const kinds[] = {
        [ROUTE_PAGE] = "page",
        [ROUTE_FRAGMENT] = "fragment",
        [ROUTE_PASSWORD] = "password",
        [ROUTE_PROVIDER] = "provider",
    };
    buf_adds(out, "method\tpattern\trole\tkind\tcsrf\n");
    for (size_t i = 0; i < t->count; i++) {
        const struct route *r = &t->rows[i];
        buf_addf(out, "%s\t%s\t%s\t%s\t%s\n", method_name(r->method), r->pattern,
                 role_name(r->role), kinds[r->kind], route_needs_csrf(r) ? "yes" : "no");
    }
    return out->overflow ? -1 : 0;
}
