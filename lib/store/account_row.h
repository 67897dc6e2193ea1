/* Accounts as SQLite has them, and tokens as they are kept. Inside lib/store only. */
#ifndef SW_STORE_ACCOUNT_ROW_H
#define SW_STORE_ACCOUNT_ROW_H

#include "store/account.h"
#include "store/password.h"

#define TOKEN_HASH_LEN 32 /* bytes */

struct account_row {
    struct account account;
    char password_hash[PASSWORD_HASH_MAX]; /* "": none was chosen yet */
    bool disabled;
};

/* 1: found, 0: no such account, -1: failed. */
int account_row_find(struct service *s, const char *name, struct account_row *out, struct err *err);

/* What is kept of the token of a session or a link: BLAKE2b-256, which 256 random bits need no more
 * than. */
void account_hash_token(const char *token, unsigned char out[TOKEN_HASH_LEN]);

/* Inside a transaction, when a password was set by who may: failed attempts at the account, and
 * from the address, are not held against it any more. */
int account_forgive(struct service *s, const char *name, const char *address, struct err *err);

/* Inside a transaction: one more session, and its token. */
int account_open_session(struct service *s, const struct account *account, const char *address,
                         const char *user_agent, char token[SESSION_TOKEN_LEN + 1],
                         struct err *err);

#endif
