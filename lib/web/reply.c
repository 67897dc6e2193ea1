#include "web/reply.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define COOKIES_MAX 4096

/* Everything comes from our own files and nothing is inline; nobody may frame a page. */
static const char content_security_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src %s; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

void reply_init(struct reply *re)
{
    *re = (struct reply) {
        .content_type = "text/html; charset=utf-8",
        .image_sources = "'self'",
        .body = BUF_INIT(REPLY_BODY_MAX),
        .cookies = BUF_INIT(COOKIES_MAX),
    };
}

void reply_clear(struct reply *re)
{
    if (!re)
        return;
    if (re->body.data)
        sodium_memzero(re->body.data, re->body.cap); /* it may have shown a password */
    buf_free(&re->body);
    buf_free(&re->cookies);
    free(re->location);
    re->location = NULL;
}

void reply_reset(struct reply *re)
{
    reply_clear(re);
    reply_init(re);
}

bool reply_is_local_path(const char *path)
{
    if (path[0] != '/' || path[1] == '/')
        return false;
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || *p == '\\')
            return false;
    return true;
}

void reply_redirect(struct reply *re, const char *path)
{
    re->status = 303;
    free(re->location);
    re->location = str_dup(reply_is_local_path(path) ? path : "/");
}

int reply_redirect_away(struct reply *re, const char *url, struct err *err)
{
    bool web = str_starts(url, "https://") || str_starts(url, "http://");
    for (const char *p = url; *p; p++)
        web = web && (unsigned char)*p > 0x20 && (unsigned char)*p < 0x7f;
    if (!web)
        return err_set(err, ERR_CORRUPT, "\"%.80s\" is no address to send a browser to", url);
    re->status = 303;
    free(re->location);
    re->location = str_dup(url);
    return 0;
}

void reply_cookie(struct reply *re, const char *fmt, ...)
{
    buf_adds(&re->cookies, "Set-Cookie: ");
    va_list ap;
    va_start(ap, fmt);
    buf_addv(&re->cookies, fmt, ap);
    va_end(ap);
    buf_adds(&re->cookies, "\r\n");
}

bool reply_unchanged(struct reply *re, const struct request *rq, const char *const parts[])
{
    crypto_generichash_state state;
    unsigned char hash[REPLY_ETAG_LEN / 2];
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    for (size_t i = 0; parts[i]; i++) /* with the NUL, so that parts cannot run together */
        crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(re->etag, sizeof(re->etag), hash, sizeof(hash));
    /* Weak comparison (RFC 9110, 13.1.2): a server in front may have made it W/"..." */
    CLEANUP_FREE char *quoted = str_printf("\"%s\"", re->etag);
    if (!rq->if_none_match || !strstr(rq->if_none_match, quoted))
        return false;
    re->status = 304;
    return true;
}

int reply_status_of(enum err_code code)
{
    switch (code) {
    case ERR_NONE:
        return 200;
    case ERR_INVALID:
        return 400;
    case ERR_UNAUTHORIZED:
        return 401;
    case ERR_FORBIDDEN:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_EXISTS:
    case ERR_CONFLICT:
        return 409;
    case ERR_TOO_LARGE:
        return 413;
    case ERR_UNSUPPORTED:
        return 415;
    case ERR_LIMIT:
        return 429;
    case ERR_TIMEOUT:
    case ERR_UNAVAILABLE:
        return 503;
    case ERR_CORRUPT:
    case ERR_INTERNAL:
        break;
    }
    return 500;
}

const char *reply_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        { 200, "OK" },
        { 303, "See Other" },
        { 304, "Not Modified" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 409, "Conflict" },
        { 413, "Content Too Large" },
        { 415, "Unsupported Media Type" },
        { 421, "Misdirected Request" },
        { 422, "Unprocessable Content" },
        { 429, "Too Many Requests" },
        { 503, "Service Unavailable" },
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "Internal Server Error";
}

/* A browser ignores some headers, with an error in its console, from what is neither TLS nor this
 * machine (W3C Secure Contexts, 3.1). */
static bool is_trustworthy(const struct request *rq, bool secure)
{
    const char *host = str_or_empty(rq->host);
    size_t n = strcspn(host, ":");
    return secure || !*host || /* refused before its headers were read */
           strncmp(host, "127.", 4) == 0 || host[0] == '[' ||
           (n >= 9 && strncmp(host + n - 9, "localhost", 9) == 0);
}

static void write_headers(const struct reply *re, const struct request *rq, bool secure,
                          struct buf *out)
{
    buf_addf(out, "Status: %d %s\r\n", re->status, reply_status_text(re->status));
    buf_adds(out, "Content-Security-Policy: ");
    buf_addf(out, content_security_policy, re->image_sources);
    buf_adds(out, "\r\n");
    buf_adds(out, "X-Content-Type-Options: nosniff\r\n"
                  "X-Frame-Options: DENY\r\n"
                  "Referrer-Policy: same-origin\r\n"
                  "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (is_trustworthy(rq, secure))
        buf_adds(out, "Cross-Origin-Opener-Policy: same-origin\r\n");
    if (secure)
        buf_adds(out, "Strict-Transport-Security: max-age=31536000\r\n");
    if (re->etag[0])
        buf_addf(out, "ETag: \"%s\"\r\nCache-Control: private, no-cache\r\nVary: Cookie\r\n",
                 re->etag);
    else if (re->keep_s > 0 && re->status == 200)
        buf_addf(out, "Cache-Control: public, max-age=%lld\r\n", (long long)re->keep_s);
    else
        buf_adds(out, "Cache-Control: no-store\r\n");
    if (re->location)
        buf_addf(out, "Location: %s\r\n", re->location);
    if (re->allow[0])
        buf_addf(out, "Allow: %s\r\n", re->allow);
    if (re->retry_after_ms > 0)
        buf_addf(out, "Retry-After: %lld\r\n", (long long)((re->retry_after_ms + 999) / 1000));
    buf_addf(out, "X-Request-Id: %s\r\n", rq->id);
    buf_adds(out, buf_text(&re->cookies));
}

int reply_write(const struct reply *re, const struct request *rq, bool secure, struct buf *out)
{
    write_headers(re, rq, secure, out);
    if (re->status == 304) {
        buf_adds(out, "\r\n");
    } else {
        buf_addf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", re->content_type,
                 re->body.len);
        if (rq->method != METHOD_HEAD)
            buf_add(out, buf_text(&re->body), re->body.len);
    }
    return out->overflow ? -1 : 0;
}
