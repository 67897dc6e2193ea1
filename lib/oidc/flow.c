/* The questions to the provider: what it offers, and a code for a token. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "net/http.h"
#include "oidc/oidc.h"

#define ANSWER_MAX ((size_t)256 * 1024) /* bytes */
#define FORM_MAX ((size_t)16 * 1024)    /* bytes */

/* Percent-encoded as application/x-www-form-urlencoded and queries both take it. */
static void add_encoded(struct buf *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (const char *p = text; *p; p++) {
        if (strchr(plain, *p))
            buf_addc(out, *p);
        else
            buf_addf(out, "%%%02X", (unsigned char)*p);
    }
}

static void add_pair(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, "%s%s=", out->len ? "&" : "", name);
    add_encoded(out, value);
}

/* One half of a sign-in: its questions share the time. */
struct half {
    struct http *http;
    int64_t until; /* monotonic ms */
};

static int half_begin(struct half *h, struct err *err)
{
    h->until = time_mono_ms() + OIDC_TIMEOUT_MS;
    return http_new(&h->http, "storewright", err);
}

static void half_end(struct half *h)
{
    http_free(h->http);
}

static int ask(struct half *h, struct http_request *rq, json_t **out, struct err *err)
{
    struct http_response answer = { 0 };
    int64_t left = h->until - time_mono_ms();
    if (left <= 0)
        return err_set(err, ERR_TIMEOUT, "the identity provider: no answer within %d s",
                       OIDC_TIMEOUT_MS / 1000);
    rq->timeout_ms = left;
    rq->body_max = ANSWER_MAX;
    if (http_perform(h->http, rq, &answer, err) < 0)
        return err_context(err, "the identity provider");
    json_error_t fault;
    *out = json_loadb(buf_text(&answer.body), answer.body.len, JSON_REJECT_DUPLICATES, &fault);
    long status = answer.status;
    http_response_free(&answer);
    if (status == 200 && json_is_object(*out))
        return 0;
    const char *why = json_string_value(json_object_get(*out, "error"));
    int r = status >= 500
                ? err_set(err, ERR_UNAVAILABLE, "the identity provider answers with %ld", status)
            : status == 200
                ? err_set(err, ERR_CORRUPT, "the identity provider's answer is no JSON object")
                : err_set(err, ERR_UNAUTHORIZED, "the identity provider refuses: %.80s",
                          why ? why : "it says no more");
    json_decref(*out);
    *out = NULL;
    return r;
}

static int get(struct half *h, const char *url, json_t **out, struct err *err)
{
    static const char *const headers[] = { "Accept: application/json", NULL };
    struct http_request rq = { .url = url, .headers = headers };
    return ask(h, &rq, out, err);
}

/* An address that the provider names may be no less safe than its own. */
static const char *endpoint(const struct oidc_client *client, const json_t *about, const char *name,
                            struct err *err)
{
    const char *url = json_string_value(json_object_get(about, name));
    bool plain = str_starts(client->issuer, "http://");
    if (url && (str_starts(url, "https://") || (plain && str_starts(url, "http://"))))
        return url;
    err_set(err, ERR_CORRUPT, "the identity provider's %s is no https address", name);
    return NULL;
}

/* OpenID Connect Discovery 1.0, 4. */
static int discover(struct half *h, const struct oidc_client *client, json_t **about,
                    struct err *err)
{
    size_t n = strlen(client->issuer);
    bool slash = n && client->issuer[n - 1] == '/';
    CLEANUP_FREE char *url = str_printf("%.*s/.well-known/openid-configuration",
                                        (int)(slash ? n - 1 : n), client->issuer);
    if (get(h, url, about, err) < 0)
        return -1;
    if (str_eq(json_string_value(json_object_get(*about, "issuer")), client->issuer))
        return 0;
    json_decref(*about);
    *about = NULL;
    return err_set(err, ERR_CORRUPT, "the identity provider at %s calls itself something else",
                   client->issuer);
}

/* RFC 7636, 4.2: S256. */
static void challenge_of(const char *verifier, char out[64])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier));
    sodium_bin2base64(out, 64, hash, sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static char *authorization_url(const struct oidc_client *client, const struct oidc_secrets *secrets,
                               const char *endpoint_url)
{
    char challenge[64];
    challenge_of(secrets->verifier, challenge);
    struct buf query = BUF_INIT(FORM_MAX);
    add_pair(&query, "response_type", "code");
    add_pair(&query, "client_id", client->client_id);
    add_pair(&query, "redirect_uri", client->redirect_uri);
    add_pair(&query, "scope", "openid email profile");
    add_pair(&query, "state", secrets->state);
    add_pair(&query, "nonce", secrets->nonce);
    add_pair(&query, "code_challenge", challenge);
    add_pair(&query, "code_challenge_method", "S256");
    char *url =
        str_printf("%s%c%s", endpoint_url, strchr(endpoint_url, '?') ? '&' : '?', buf_text(&query));
    buf_free(&query);
    return url;
}

char *oidc_begin(const struct oidc_client *client, const struct oidc_secrets *secrets,
                 struct err *err)
{
    CLEANUP(half_end) struct half h = { 0 };
    json_auto_t *about = NULL;
    if (half_begin(&h, err) < 0 || discover(&h, client, &about, err) < 0)
        return NULL;
    const char *where = endpoint(client, about, "authorization_endpoint", err);
    return where ? authorization_url(client, secrets, where) : NULL;
}

/* client_secret_basic (RFC 6749, 2.3.1: both parts are form-encoded first); malloc'd. */
static char *authorization_header(const struct oidc_client *client)
{
    struct buf pair = BUF_INIT(FORM_MAX);
    add_encoded(&pair, client->client_id);
    buf_addc(&pair, ':');
    add_encoded(&pair, client->client_secret);
    size_t cap = sodium_base64_encoded_len(pair.len, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = mem_alloc(cap);
    sodium_bin2base64(encoded, cap, (const unsigned char *)buf_text(&pair), pair.len,
                      sodium_base64_VARIANT_ORIGINAL);
    mem_wipe(pair.data, pair.len);
    buf_free(&pair);
    char *header = str_printf("Authorization: Basic %s", encoded);
    mem_wipe(encoded, cap);
    return header;
}

static int trade_code(struct half *h, const struct oidc_client *client,
                      const struct oidc_secrets *secrets, const char *url, const char *code,
                      json_t **out, struct err *err)
{
    CLEANUP(buf_free) struct buf form = BUF_INIT(FORM_MAX);
    add_pair(&form, "grant_type", "authorization_code");
    add_pair(&form, "code", code);
    add_pair(&form, "redirect_uri", client->redirect_uri);
    add_pair(&form, "code_verifier", secrets->verifier);
    if (!client->client_secret)
        add_pair(&form, "client_id", client->client_id);
    CLEANUP_FREE char *authorization = client->client_secret ? authorization_header(client) : NULL;
    const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded",
                                    "Accept: application/json", authorization, NULL };
    struct http_request rq = { .method = "POST",
                               .url = url,
                               .headers = headers,
                               .body = buf_text(&form),
                               .body_len = form.len };
    int r =
        form.overflow ? err_set(err, ERR_INVALID, "the code is too long") : ask(h, &rq, out, err);
    if (authorization)
        mem_wipe(authorization, strlen(authorization));
    return r;
}

int oidc_finish(const struct oidc_client *client, const struct oidc_secrets *secrets,
                const char *code, int64_t now, struct oidc_claims *out, struct err *err)
{
    CLEANUP(half_end) struct half h = { 0 };
    json_auto_t *about = NULL, *tokens = NULL, *keys = NULL;
    if (half_begin(&h, err) < 0 || discover(&h, client, &about, err) < 0)
        return -1;
    const char *token_url = endpoint(client, about, "token_endpoint", err);
    const char *keys_url = token_url ? endpoint(client, about, "jwks_uri", err) : NULL;
    if (!keys_url || trade_code(&h, client, secrets, token_url, code, &tokens, err) < 0 ||
        get(&h, keys_url, &keys, err) < 0)
        return -1;
    const char *id_token = json_string_value(json_object_get(tokens, "id_token"));
    return oidc_verify(client, keys, str_or_empty(id_token), secrets->nonce, now, out, err);
}
