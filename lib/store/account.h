/* Accounts and their sessions: argon2id passwords (libsodium), session tokens of 256 random bits of
 * which only a hash is kept. */
#ifndef SW_STORE_ACCOUNT_H
#define SW_STORE_ACCOUNT_H

#include "store/service.h"

#define SESSION_TOKEN_LEN 64 /* hexadecimal digits */

struct account {
    int64_t id;
    char name[ACCOUNT_NAME_MAX * 4 + 1];
    enum role role;
};

/* ERR_INVALID (bad name, password or role), ERR_EXISTS. */
int account_add(struct service *s, const struct actor *who, const char *name, enum role role,
                const char *password, struct err *err);
int account_set_password(struct service *s, const struct actor *who, const char *name,
                         const char *password, struct err *err); /* ends its sessions */
/* By name, or with name NULL the oldest admin. ERR_NOT_FOUND. For programs that a person runs on
 * the machine itself. */
int account_find(struct service *s, const char *name, struct account *out, struct err *err);
/* All, by name: calls each for every one. */
typedef void (*account_fn)(void *arg, const struct account *account, int64_t created_at,
                           bool disabled);
int account_list(struct service *s, account_fn each, void *arg, struct err *err);
int account_count(struct service *s, int64_t *count, struct err *err);

/* Checks the password; the same answer and the same time whether the account exists. Returns 0 with
 * a fresh token and the account, -1 with ERR_UNAUTHORIZED, or ERR_LIMIT when throttled
 * (retry_after_ms is set then). */
int account_sign_in(struct service *s, const char *name, const char *password, const char *address,
                    const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct account *out,
                    int64_t *retry_after_ms, struct err *err);

/* Who holds this token now. ERR_UNAUTHORIZED when nobody does (unknown, expired, disabled). */
int account_by_session(struct service *s, const char *token, struct account *out, struct err *err);
int account_sign_out(struct service *s, const struct actor *who, const char *token,
                     struct err *err);

#endif
