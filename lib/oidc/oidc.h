/* OpenID Connect Core 1.0, the relying party's side of the authorization code flow with PKCE (RFC
 * 7636), state and nonce; discovery and JWKS are asked anew for each sign-in, so that a provider
 * may change its keys at any time. Signatures are verified by libjose.
 *
 * The caller keeps state, nonce and verifier between the two halves, bound to the browser. */
#ifndef SW_OIDC_OIDC_H
#define SW_OIDC_OIDC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

#define OIDC_TIMEOUT_MS 5000 /* of one half of a sign-in, however many questions it has */
#define OIDC_SUBJECT_MAX 255 /* bytes (Core, 2) */

/* Borrowed. */
struct oidc_client {
    const char *issuer; /* exactly as the provider writes it */
    const char *client_id;
    const char *client_secret; /* NULL: a public client */
    const char *redirect_uri;
};

/* What binds the answer to the question: each at least 43 unreserved characters (RFC 3986). */
struct oidc_secrets {
    const char *state, *nonce, *verifier;
};

/* Who it was, as the provider says. */
struct oidc_claims {
    char *issuer, *subject; /* together they name a person; nothing else does */
    char *email;            /* "" when not told */
    bool email_verified;
    char *name; /* preferred_username, "" when not told */
};
void oidc_claims_clear(struct oidc_claims *c);

/* Where to send the browser; malloc'd. NULL and err: the provider cannot be asked (ERR_UNAVAILABLE,
 * ERR_TIMEOUT), or what it says of itself makes no sense (ERR_CORRUPT). */
char *oidc_begin(const struct oidc_client *client, const struct oidc_secrets *secrets,
                 struct err *err);

/* Trades the code that came back for an ID token, and verifies it. now: wall ms. ERR_UNAUTHORIZED:
 * the provider refuses the code, or the token does not prove what it has to. */
int oidc_finish(const struct oidc_client *client, const struct oidc_secrets *secrets,
                const char *code, int64_t now, struct oidc_claims *out, struct err *err);

/* Core, 3.1.3.7: signature by one of the keys of the set, issuer, audience, times, nonce.
 * ERR_UNAUTHORIZED says which of them is not right. */
int oidc_verify(const struct oidc_client *client, const json_t *key_set, const char *id_token,
                const char *nonce, int64_t now, struct oidc_claims *out, struct err *err);

#endif
