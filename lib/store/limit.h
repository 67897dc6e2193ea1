/* What one person may have. The configuration has the defaults, an admin may set others for an
 * account. They bind members; admins set them and are not bound.
 *
 * A store counts until it is gone: a failed one and one that is being deleted still hold their
 * place. Checks run inside the transaction that reserves, so that requests at the same time cannot
 * pass them together. */
#ifndef SW_STORE_LIMIT_H
#define SW_STORE_LIMIT_H

#include "store/service.h"

enum limit {
    LIMIT_STORES,             /* stores that are not gone */
    LIMIT_CREATIONS_PER_HOUR, /* asked for in the last 60 minutes, whatever became of them */
    LIMIT_PROVISIONING,       /* being set up at once */
    LIMIT_SMALL,              /* stores of one plan that are not gone */
    LIMIT_MEDIUM,
    LIMIT_LARGE,
    LIMIT_COUNT,
};
const char *limit_name(enum limit l);  /* "creations_per_hour": in SQLite; with "limit_" in front in
                                          the configuration */
const char *limit_title(enum limit l); /* "Stores asked for within an hour" */

#define LIMIT_VALUE_MAX 1000000
#define LIMIT_DEFAULT (-1) /* in place of a value: as the configuration has it */

struct limit_state {
    int64_t most;    /* that may be */
    int64_t usual;   /* what the configuration has */
    int64_t used;    /* that there are */
    bool own;        /* set for this account */
    int64_t free_at; /* of LIMIT_CREATIONS_PER_HOUR: when the oldest one leaves the hour, wall ms */
};
int limit_states(struct service *s, int64_t account_id, struct limit_state out[LIMIT_COUNT],
                 struct err *err);

/* May this actor ask for one more store of the plan? ERR_LIMIT: the message says which limit, how
 * many there are, and what to do; it is in the audit log when the caller commits. */
int limit_check_create(struct service *s, const struct actor *who, const char *plan,
                       struct err *err);
/* May one more store of its owner's be set up now (a retry)? */
int limit_check_provisioning(struct service *s, const struct actor *who, struct err *err);

/* Which limits leave no room for one more store of any plan: 0 if there is room, else the message
 * that limit_check_create would give, in err (-1, ERR_LIMIT). Outside a transaction it is a
 * forecast. */
int limit_forecast(struct service *s, const struct actor *who, struct err *err);

/* LIMIT_DEFAULT in values: no longer an own one. who is an admin. ERR_NOT_FOUND, ERR_FORBIDDEN,
 * ERR_INVALID: a value is out of range. */
int limit_set(struct service *s, const struct actor *who, int64_t account_id,
              const int64_t values[LIMIT_COUNT], struct err *err);

#endif
