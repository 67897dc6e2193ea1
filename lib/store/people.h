/* Everybody who has an account, as an admin looks after them: invitations and one-time links,
 * roles, locking out. Each is refused with ERR_FORBIDDEN to who is no admin, ERR_NOT_FOUND when
 * there is no such person, and written to the audit log. There is always an admin who can sign in:
 * what would take the last one away is ERR_CONFLICT. */
#ifndef SW_STORE_PEOPLE_H
#define SW_STORE_PEOPLE_H

#include "store/account.h"

#define LINK_TOKEN_LEN 64 /* hexadecimal digits: 256 random bits, of which only a hash is kept */
#define LINK_INVITATION_MS (INT64_C(7) * 86400000) /* how long one holds */
#define LINK_RESET_MS (INT64_C(86400000))

enum person_state {
    PERSON_ACTIVE,
    PERSON_INVITED, /* has chosen no password yet */
    PERSON_DISABLED,
};

struct person {
    int64_t id;
    char name[ACCOUNT_NAME_MAX * 4 + 1];
    enum role role;
    enum person_state state;
    int64_t created_at, signed_in_at; /* wall ms; 0: never */
    int64_t link_expires_at;          /* of the one-time link that is out; 0: none */
    int64_t stores, sessions;         /* that are not gone, that go on */
};

typedef void (*person_fn)(void *arg, const struct person *person);
/* Everybody, by name. */
int people_list(struct service *s, const struct actor *who, person_fn each, void *arg,
                struct err *err);
int people_get(struct service *s, const struct actor *who, int64_t id, struct person *out,
               struct err *err);
int people_find(struct service *s, const struct actor *who, const char *name, struct person *out,
                struct err *err);

/* An account without a password, and the token of the link by which its owner chooses one. email:
 * by which an identity provider may know them (identity.h), "" for none. ERR_INVALID (name, role or
 * address), ERR_EXISTS. */
int people_invite(struct service *s, const struct actor *who, const char *name, enum role role,
                  const char *email, char token[LINK_TOKEN_LEN + 1], int64_t *id, struct err *err);
/* A new link, in place of the one before: for who did not use it in time, or forgot the password.
 * What is in force stays so until the link is used. */
int people_new_link(struct service *s, const struct actor *who, int64_t id,
                    char token[LINK_TOKEN_LEN + 1], struct err *err);
/* Removes an account that was invited and never used. ERR_CONFLICT for another. */
int people_withdraw(struct service *s, const struct actor *who, int64_t id, struct err *err);

int people_set_role(struct service *s, const struct actor *who, int64_t id, enum role role,
                    struct err *err);
/* A disabled account cannot sign in, and its sessions and its link end at once. Its stores stay. */
int people_set_disabled(struct service *s, const struct actor *who, int64_t id, bool disabled,
                        struct err *err);
/* Ends every session. */
int people_sign_out(struct service *s, const struct actor *who, int64_t id, struct err *err);

/* One-time links, from the side of who got one. ERR_NOT_FOUND: there is no such link, or it was
 * used, replaced, or is too old. */
struct link {
    int64_t account_id, expires_at;
    char name[ACCOUNT_NAME_MAX * 4 + 1];
    bool invitation; /* else a reset */
};
int link_look(struct service *s, const char *token, struct link *out, struct err *err);
/* Sets the password; the link and every session of the account end. ERR_INVALID: password_check's
 * reason, and the link still holds. */
int link_use(struct service *s, const char *token, const char *password, const char *address,
             struct err *err);

#endif
