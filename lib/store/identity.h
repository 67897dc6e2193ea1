/* Accounts of people whom an identity provider vouches for (OpenID Connect).
 *
 * Issuer and subject together name a person, and nothing else does: an e-mail address may be given
 * to somebody else. So an identity is linked to an account once, and by one of two ways only:
 *   - an admin invited this very address, nobody has accepted the invitation yet, and the provider
 *     says that the address was verified;
 *   - the configuration has oidc_auto_create: a new account is made, with that role.
 * It never becomes linked to an account that is in use already. */
#ifndef SW_STORE_IDENTITY_H
#define SW_STORE_IDENTITY_H

#include "store/account.h"

/* What the provider says, verified by the caller. Borrowed; "" for what was not told. */
struct identity {
    const char *issuer, *subject, *email, *name;
    bool email_verified;
};

/* A session for the account that the identity is linked to now. ERR_UNAUTHORIZED: there is none, or
 * it is disabled; the message says what to do. */
int identity_sign_in(struct service *s, const struct identity *who, const char *address,
                     const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct account *out,
                     struct err *err);

#endif
