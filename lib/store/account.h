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
    bool has_password; /* else an identity provider vouches; told by account_by_session only */
};

/* With a password from the start, for programs that a person runs on the machine itself; everybody
 * else is invited (people.h). ERR_INVALID (bad name, password or role), ERR_EXISTS. */
int account_add(struct service *s, const struct actor *who, const char *name, enum role role,
                const char *password, struct err *err);
int account_set_password(struct service *s, const struct actor *who, const char *name,
                         const char *password, struct err *err); /* ends its sessions */
/* By name, or with name NULL the oldest admin. ERR_NOT_FOUND. For programs that a person runs on
 * the machine itself. */
int account_find(struct service *s, const char *name, struct account *out, struct err *err);
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

/* One's own password, with the one it takes the place of. Every other session of the account ends;
 * the one with this token goes on. ERR_UNAUTHORIZED: old is wrong, which counts as a failed
 * sign-in; ERR_LIMIT when throttled; ERR_INVALID: password_check's reason. */
int account_change_password(struct service *s, const struct actor *who, const char *token,
                            const char *old, const char *password, int64_t *retry_after_ms,
                            struct err *err);

/* The sessions of an account that go on, the one used last first. */
#define SESSION_HANDLE_LEN 16 /* hexadecimal digits: names a session, opens nothing */
struct session {
    char handle[SESSION_HANDLE_LEN + 1];
    int64_t created_at, last_seen_at; /* the latter to a minute */
    char *address, *user_agent;       /* at sign-in */
    bool current;                     /* it is the one with the token that was given */
};
struct session_list {
    struct session *items;
    size_t count;
};
int account_sessions(struct service *s, const struct actor *who, const char *token,
                     struct session_list *out, struct err *err);
void session_list_clear(struct session_list *l);
/* Ends one of one's own sessions. ERR_NOT_FOUND also for somebody else's. */
int account_end_session(struct service *s, const struct actor *who, const char *handle,
                        struct err *err);
/* Ends all of one's own, this one too. */
int account_sign_out_everywhere(struct service *s, const struct actor *who, struct err *err);

#endif
