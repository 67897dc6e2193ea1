/* ID tokens: what has to be true of one before it is believed. */
#include <jose/jose.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "oidc/oidc.h"

#define TOKEN_MAX ((size_t)64 * 1024) /* bytes */
#define KEYS_MAX 32
#define CLOCK_SKEW_S 60

void oidc_claims_clear(struct oidc_claims *c)
{
    free(c->issuer);
    free(c->subject);
    free(c->email);
    free(c->name);
    memset(c, 0, sizeof(*c));
}

/* Only signatures by keys that the provider alone has: no "none", and no HMAC, whose key would be
 * ours or, worse, a public one. The type of key that each needs. */
static const char *key_type(const char *algorithm)
{
    static const char *const rows[][2] = {
        { "RS256", "RSA" }, { "RS384", "RSA" }, { "RS512", "RSA" },
        { "PS256", "RSA" }, { "PS384", "RSA" }, { "PS512", "RSA" },
        { "ES256", "EC" },  { "ES384", "EC" },  { "ES512", "EC" },
    };
    for (size_t i = 0; algorithm && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i][0], algorithm) == 0)
            return rows[i][1];
    return NULL;
}

static json_t *decode_part(const char *part, size_t n)
{
    CLEANUP_FREE unsigned char *text = mem_alloc(n + 1);
    size_t len = 0;
    if (sodium_base642bin(text, n, part, n, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return NULL;
    return json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool may_sign(const json_t *key, const char *type, const char *algorithm, const char *kid)
{
    const char *use = text_of(key, "use"), *only = text_of(key, "alg"), *id = text_of(key, "kid");
    return str_eq(text_of(key, "kty"), type) && (!use || str_eq(use, "sig")) &&
           (!only || str_eq(only, algorithm)) && (!kid || str_eq(id, kid));
}

static bool is_signed(const json_t *key_set, const json_t *header, json_t *jws)
{
    const char *algorithm = text_of(header, "alg"), *type = key_type(algorithm);
    const json_t *keys = json_object_get(key_set, "keys");
    /* "crit" names extensions that must be understood (RFC 7515, 4.1.11): none is. */
    if (!type || json_object_get(header, "crit"))
        return false;
    for (size_t i = 0; i < json_array_size(keys) && i < KEYS_MAX; i++) {
        const json_t *key = json_array_get(keys, i);
        if (may_sign(key, type, algorithm, text_of(header, "kid")) &&
            jose_jws_ver(NULL, jws, NULL, key, false))
            return true;
    }
    return false;
}

/* The claims of a token whose signature is right; the caller's. */
static json_t *open_token(const json_t *key_set, const char *token)
{
    const char *payload = strchr(token, '.'),
               *signature = payload ? strchr(payload + 1, '.') : NULL;
    if (!signature || strchr(signature + 1, '.') || strlen(token) > TOKEN_MAX)
        return NULL;
    size_t header_len = (size_t)(payload - token), payload_len = (size_t)(signature - payload) - 1;
    json_auto_t *header = decode_part(token, header_len);
    json_auto_t *jws = json_pack("{s:s%, s:s%, s:s}", "protected", token, header_len, "payload",
                                 payload + 1, payload_len, "signature", signature + 1);
    if (!json_is_object(header) || !jws || !is_signed(key_set, header, jws))
        return NULL;
    return decode_part(payload + 1, payload_len);
}

static bool is_audience(const json_t *claims, const char *client_id)
{
    const json_t *aud = json_object_get(claims, "aud");
    const char *azp = text_of(claims, "azp");
    if (json_object_get(claims, "azp") && !str_eq(azp, client_id))
        return false;
    if (json_is_string(aud))
        return str_eq(json_string_value(aud), client_id);
    bool found = false;
    for (size_t i = 0; i < json_array_size(aud); i++)
        found = found || str_eq(json_string_value(json_array_get(aud, i)), client_id);
    /* With others in it, it must say for whom it was made. */
    return found && (json_array_size(aud) == 1 || azp);
}

/* What is wrong with the claims; NULL: nothing. */
static const char *fault_of(const struct oidc_client *client, const json_t *claims,
                            const char *nonce, int64_t now)
{
    const json_t *exp = json_object_get(claims, "exp"), *iat = json_object_get(claims, "iat");
    const char *subject = text_of(claims, "sub");
    double seconds = (double)now / 1000;
    if (!str_eq(text_of(claims, "iss"), client->issuer))
        return "it was made by another issuer";
    if (!is_audience(claims, client->client_id))
        return "it was made for another client";
    if (!json_is_number(exp) || json_number_value(exp) <= seconds - CLOCK_SKEW_S)
        return "it has expired";
    if (!json_is_number(iat) || json_number_value(iat) > seconds + CLOCK_SKEW_S)
        return "it was made in the future; are the clocks right?";
    if (!str_eq(text_of(claims, "nonce"), nonce))
        return "it answers another sign-in";
    if (str_empty(subject) || strlen(subject) > OIDC_SUBJECT_MAX)
        return "it names nobody";
    return NULL;
}

int oidc_verify(const struct oidc_client *client, const json_t *key_set, const char *id_token,
                const char *nonce, int64_t now, struct oidc_claims *out, struct err *err)
{
    json_auto_t *claims = open_token(key_set, id_token);
    const char *fault = claims ? fault_of(client, claims, nonce, now)
                               : "its signature is not by a key of the provider's";
    if (fault)
        return err_set(err, ERR_UNAUTHORIZED, "the identity provider's token is refused: %s",
                       fault);
    *out = (struct oidc_claims) {
        .issuer = str_dup(client->issuer),
        .subject = str_dup(text_of(claims, "sub")),
        .email = str_dup(str_or_empty(text_of(claims, "email"))),
        .email_verified = json_is_true(json_object_get(claims, "email_verified")),
        .name = str_dup(str_or_empty(text_of(claims, "preferred_username"))),
    };
    return 0;
}
