#include "web/session.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "web/reply.h"

#define TOKEN_BYTES ((size_t)32)

static const char *session_cookie(bool secure)
{
    return secure ? "__Host-sw_session" : "sw_session";
}

static const char *visit_cookie(bool secure)
{
    return secure ? "__Host-sw_visit" : "sw_visit";
}

static bool is_token(const char *s)
{
    return strlen(s) == 2 * TOKEN_BYTES && strspn(s, "0123456789abcdef") == 2 * TOKEN_BYTES;
}

void session_read(struct request *rq, bool secure)
{
    if (request_cookie(rq, session_cookie(secure), rq->token, sizeof(rq->token)) < 0 ||
        !is_token(rq->token))
        rq->token[0] = '\0';
}

static void set_cookie(struct reply *re, const char *name, const char *value, const char *age,
                       bool secure)
{
    reply_cookie(re, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value, age,
                 secure ? "; Secure" : "");
}

void session_start(struct reply *re, const char *token, int64_t max_age_s, bool secure)
{
    CLEANUP_FREE char *age =
        max_age_s ? str_printf("; Max-Age=%lld", (long long)max_age_s) : str_dup("");
    set_cookie(re, session_cookie(secure), token, age, secure);
    set_cookie(re, visit_cookie(secure), "", "; Max-Age=0", secure);
}

void session_end(struct reply *re, bool secure)
{
    set_cookie(re, session_cookie(secure), "", "; Max-Age=0", secure);
    set_cookie(re, visit_cookie(secure), "", "; Max-Age=0", secure);
}

void session_derive(const char *visit, const char *purpose, char out[65])
{
    unsigned char key[TOKEN_BYTES], hash[TOKEN_BYTES];
    out[0] = '\0';
    if (!is_token(visit) ||
        sodium_hex2bin(key, sizeof(key), visit, strlen(visit), NULL, NULL, NULL) != 0)
        return;
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)purpose, strlen(purpose), key,
                       sizeof(key));
    sodium_bin2hex(out, 65, hash, sizeof(hash));
    mem_wipe(key, sizeof(key));
}

void session_begin_visit(struct reply *re, bool secure, char visit[65])
{
    rand_hex(visit, TOKEN_BYTES);
    set_cookie(re, visit_cookie(secure), visit, "", secure);
}

void session_read_visit(const struct request *rq, bool secure, char visit[65])
{
    if (request_cookie(rq, visit_cookie(secure), visit, 65) < 0 || !is_token(visit))
        visit[0] = '\0';
}

void csrf_derive(const char *secret, char out[65])
{
    session_derive(secret, "storewright form token", out);
}

void csrf_prepare(struct request *rq, bool signed_in, bool secure)
{
    char visit[2 * TOKEN_BYTES + 1];
    rq->csrf[0] = '\0';
    if (signed_in)
        csrf_derive(rq->token, rq->csrf);
    else if (request_cookie(rq, visit_cookie(secure), visit, sizeof(visit)) == 0)
        csrf_derive(visit, rq->csrf);
}

void csrf_offer(struct request *rq, struct reply *re, bool secure)
{
    if (rq->csrf[0])
        return;
    char visit[2 * TOKEN_BYTES + 1];
    session_begin_visit(re, secure, visit);
    csrf_derive(visit, rq->csrf);
}

/* Length of the host in "host:port" or "[::1]:port". */
static size_t host_length(const char *authority)
{
    size_t bracket = authority[0] == '[' ? strcspn(authority, "]") : 0;
    return bracket + strcspn(authority + bracket, ":");
}

/* Does the Origin header name the host of this request? Ports are compared only if the server
 * tells ours: Debian's nginx passes Host without it (see its fastcgi_params). */
static bool is_own_origin(const struct request *rq)
{
    const char *authority = strstr(rq->origin, "://");
    if (!authority || !*rq->host)
        return false;
    authority += 3;
    if (rq->host[host_length(rq->host)] == ':')
        return strcasecmp(authority, rq->host) == 0;
    size_t n = host_length(authority);
    return n == strlen(rq->host) && strncasecmp(authority, rq->host, n) == 0;
}

int csrf_check(const struct request *rq, struct err *err)
{
    const char *sent = str_or_empty(fields_get(&rq->form, CSRF_FIELD));
    if (rq->fetch_site && !str_eq(rq->fetch_site, "same-origin") && !str_eq(rq->fetch_site, "none"))
        return err_set(err, ERR_FORBIDDEN, "the form was sent from another site");
    if (rq->origin && !is_own_origin(rq))
        return err_set(err, ERR_FORBIDDEN, "the form was sent from another site");
    if (!rq->csrf[0] || strlen(sent) != strlen(rq->csrf) ||
        sodium_memcmp(sent, rq->csrf, strlen(rq->csrf)) != 0)
        return err_set(err, ERR_FORBIDDEN,
                       "the form has expired, or cookies are off; load the page again and resend");
    return 0;
}
