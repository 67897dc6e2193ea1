#include "web/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"

const char *method_name(enum method m)
{
    switch (m) {
    case METHOD_GET:
        return "GET";
    case METHOD_HEAD:
        return "HEAD";
    case METHOD_POST:
        return "POST";
    case METHOD_OTHER:
        break;
    }
    return "OTHER";
}

static enum method method_parse(const char *name)
{
    if (str_eq(name, "GET"))
        return METHOD_GET;
    if (str_eq(name, "HEAD"))
        return METHOD_HEAD;
    if (str_eq(name, "POST"))
        return METHOD_POST;
    return METHOD_OTHER;
}

static const char *param(const struct request_source *from, const char *name)
{
    return from->param(from->ctx, name);
}

/* Copies a header's value: printable, bounded, or refused. */
static int copy_header(char **out, const char *value, const char *what, struct err *err)
{
    if (!value)
        return 0;
    if (strlen(value) > REQUEST_HEADER_MAX)
        return err_set(err, ERR_TOO_LARGE, "the header %s has more than %d bytes", what,
                       REQUEST_HEADER_MAX);
    for (const char *p = value; *p; p++)
        if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)
            return err_set(err, ERR_INVALID, "the header %s has a control character", what);
    free(*out);
    *out = str_dup(value);
    return 0;
}

static int read_headers(struct request *rq, const struct request_source *from, struct err *err)
{
    const struct {
        char **out;
        const char *name, *what;
    } wanted[] = {
        { &rq->host, "HTTP_HOST", "Host" }, /* first: the page of a failure asks for it */
        { &rq->cookies, "HTTP_COOKIE", "Cookie" },
        { &rq->forwarded, "HTTP_X_FORWARDED_FOR", "X-Forwarded-For" },
        { &rq->origin, "HTTP_ORIGIN", "Origin" },
        { &rq->fetch_site, "HTTP_SEC_FETCH_SITE", "Sec-Fetch-Site" },
        { &rq->if_none_match, "HTTP_IF_NONE_MATCH", "If-None-Match" },
        { &rq->user_agent, "HTTP_USER_AGENT", "User-Agent" },
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (copy_header(wanted[i].out, param(from, wanted[i].name), wanted[i].what, err) < 0)
            return -1;
    /* The log, the database and pages hold UTF-8 only. */
    if (!str_utf8_valid(rq->user_agent, strlen(rq->user_agent)))
        return err_set(err, ERR_INVALID, "the header User-Agent is not valid UTF-8");
    if (!str_utf8_valid(rq->host, strlen(rq->host)))
        return err_set(err, ERR_INVALID, "the header Host is not valid UTF-8");
    const char *https = param(from, "HTTPS");
    rq->secure = https && *https && strcasecmp(https, "off") != 0;
    return 0;
}

static int read_target(struct request *rq, struct err *err)
{
    if (strlen(rq->target) > REQUEST_URI_MAX)
        return err_set(err, ERR_TOO_LARGE, "the address has more than %d bytes", REQUEST_URI_MAX);
    if (rq->target[0] != '/')
        return err_set(err, ERR_INVALID, "the address does not begin with a slash");
    size_t path_len = strcspn(rq->target, "?");
    rq->path = fields_decode(rq->target, path_len, false, err);
    if (!rq->path)
        return err_context(err, "the address");
    if (str_has_control(rq->path))
        return err_set(err, ERR_INVALID, "the address has a control character");
    const char *query = rq->target + path_len;
    if (*query == '?' && fields_parse(&rq->query, query + 1, strlen(query + 1), err) < 0)
        return err_context(err, "the query");
    return 0;
}

static bool is_form_type(const char *type)
{
    static const char form[] = "application/x-www-form-urlencoded";
    size_t n = sizeof(form) - 1;
    return strncasecmp(type, form, n) == 0 && (!type[n] || type[n] == ';' || type[n] == ' ');
}

static int read_body(struct request *rq, const struct request_source *from, struct err *err)
{
    const char *length_text = str_or_empty(param(from, "CONTENT_LENGTH"));
    int64_t length = 0;
    if (*length_text && str_to_i64(length_text, 0, INT64_MAX, &length) < 0)
        return err_set(err, ERR_INVALID, "the Content-Length is not a number");
    if (length > (int64_t)REQUEST_BODY_MAX)
        return err_set(err, ERR_TOO_LARGE, "the form has more than %u bytes", REQUEST_BODY_MAX);
    if (length == 0)
        return 0;
    if (!is_form_type(str_or_empty(param(from, "CONTENT_TYPE"))))
        return err_set(err, ERR_UNSUPPORTED, "forms are sent as application/x-www-form-urlencoded");
    size_t want = (size_t)length, got = 0;
    CLEANUP_FREE char *body = mem_alloc(want);
    while (got < want) {
        ssize_t n = from->read(from->ctx, body + got, want - got);
        if (n <= 0)
            return err_set(err, ERR_INVALID, "the form broke off after %zu of %zu bytes", got,
                           want);
        got += (size_t)n;
    }
    int r = fields_parse(&rq->form, body, want, err);
    mem_wipe(body, want);
    return r;
}

int request_read(struct request *rq, const struct request_source *from, struct err *err)
{
    memset(rq, 0, sizeof(*rq));
    rand_hex(rq->id, REQUEST_ID_LEN / 2);
    rq->method = method_parse(param(from, "REQUEST_METHOD"));
    rq->target = str_dup(str_or_empty(param(from, "REQUEST_URI")));
    const char *address = param(from, "REMOTE_ADDR");
    rq->address = str_dup(str_empty(address) ? "unknown" : address);
    rq->cookies = str_dup("");
    rq->host = str_dup("");
    rq->user_agent = str_dup("");
    if (read_headers(rq, from, err) < 0 || read_target(rq, err) < 0)
        return -1;
    return rq->method == METHOD_POST ? read_body(rq, from, err) : 0;
}

void request_clear(struct request *rq)
{
    if (!rq)
        return;
    fields_clear(&rq->query);
    fields_clear(&rq->form);
    char *owned[] = {
        rq->target,    rq->path,   rq->cookies,    rq->address,       rq->host,
        rq->forwarded, rq->origin, rq->fetch_site, rq->if_none_match, rq->user_agent
    };
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    mem_wipe(rq, sizeof(*rq));
}

int request_cookie(const struct request *rq, const char *name, char *out, size_t n)
{
    size_t name_len = strlen(name);
    const char *found = NULL;
    size_t found_len = 0;
    for (const char *p = rq->cookies; *p;) {
        p += strspn(p, "; \t");
        size_t len = strcspn(p, ";");
        if (len > name_len && p[name_len] == '=' && memcmp(p, name, name_len) == 0) {
            if (found)
                return -1;
            found = p + name_len + 1;
            found_len = len - name_len - 1;
        }
        p += len;
    }
    if (!found || found_len >= n)
        return -1;
    memcpy(out, found, found_len);
    out[found_len] = '\0';
    return 0;
}
