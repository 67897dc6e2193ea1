/* Passwords: which ones are good enough (NIST SP 800-63B-4, 3.1.1.2), and argon2id (libsodium),
 * with parameters that grow with the configuration. */
#ifndef SW_STORE_PASSWORD_H
#define SW_STORE_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"
#include "store/config.h"

#define PASSWORD_LENGTH_MIN \
    15 /* code points; what 800-63B-4 asks of a password that is all there is */
#define PASSWORD_LENGTH_MAX 128
#define PASSWORD_HASH_MAX 128 /* bytes with the NUL: crypto_pwhash_STRBYTES */

/* Is it good enough for this account? 0, or -1 with ERR_INVALID and the reason for its author. It
 * is held against cracklib's list of common passwords and words, which the system keeps; there are
 * no rules on what it is composed of. ERR_UNAVAILABLE: the list is missing. */
int password_check(const char *password, const char *account_name, struct err *err);

/* About 30 ms by default. ERR_UNAVAILABLE: not enough memory now. */
int password_hash(const struct config *c, const char *password, char out[PASSWORD_HASH_MAX],
                  struct err *err);
/* hash "": no password was chosen yet, so none is right. */
bool password_is(const char *hash, const char *password);
/* Was it made with less memory or fewer passes than the configuration asks for now? */
bool password_is_weak(const struct config *c, const char *hash);
/* A hash that no password has, for names that nobody has: checking costs the same. Static. */
const char *password_of_nobody(const struct config *c);

#endif
