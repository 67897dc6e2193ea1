/* What a person can ask of stores: the one way in for pages, JSON and the command line. Each
 * request is checked (policy, role, ownership), committed in one transaction with its operation,
 * event and audit row, and only then the reconciler is woken. Nothing here talks to the cluster. */
#ifndef SW_STORE_SERVICE_H
#define SW_STORE_SERVICE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "db/db.h"
#include "store/config.h"
#include "store/model.h"
#include "store/policy.h"

struct service {
    struct db *db;               /* borrowed */
    const struct config *config; /* borrowed */
};

/* Reserves the ID and asks for the store. The ID of one that is being deleted may be asked for: the
 * new store is set up when the former one is gone. Returns 0 and fills in uid; or -1 with
 * ERR_INVALID when errors has entries, ERR_EXISTS (also an entry for "id"), ERR_LIMIT (limit.h; no
 * entry), ERR_FORBIDDEN, ERR_UNAVAILABLE (database busy or full: nothing was changed). The same
 * idempotency key by the same account gives the same store again (0). */
int service_create(struct service *s, const struct actor *who, const struct store_request *rq,
                   char uid[STORE_UID_LEN + 1], struct field_errors *errors, struct err *err);

/* Asks for deletion. confirm_id must equal the ID, else ERR_INVALID. Asking twice is fine (0).
 * ERR_NOT_FOUND also for somebody else's store. */
int service_delete(struct service *s, const struct actor *who, const char *id,
                   const char *confirm_id, struct err *err);

/* Gives up a store that is still being set up: what was begun of it is deleted. ERR_INVALID when it
 * is not (any more): it may be a shop with orders by now, whose deletion wants to be confirmed. */
int service_cancel(struct service *s, const struct actor *who, const char *id, struct err *err);

/* Tries again what failed: a create stays a create, a delete a delete. One that failed because the
 * former store of its ID could not be deleted has that tried again, too. ERR_CONFLICT when nothing
 * failed; ERR_LIMIT when too many of one's stores are being set up now. */
int service_retry(struct service *s, const struct actor *who, const char *id, struct err *err);

/* Reading: an admin sees every store, everybody else their own and those that are shared with them.
 * Texts are valid UTF-8. */

/* A living store by ID (or the newest deleted one of that ID when also_deleted and none lives).
 * While one is being deleted there may be another that waits for its end: that one is given. out is
 * cleared by the caller. */
int service_get(struct service *s, const struct actor *who, const char *id, bool also_deleted,
                struct store *out, struct err *err);

/* Owners and admins change a store; a viewer changes nothing. */
bool service_may_change(const struct actor *who, const struct store *store);

/* Lets somebody read the store: its page and its timeline, never its credentials. By who may change
 * it. ERR_NOT_FOUND: nobody who could read it has this name (no such account, or a disabled one).
 * Again, or for who sees it anyway: fine (0). */
int service_share(struct service *s, const struct actor *who, const char *id, const char *name,
                  struct err *err);
int service_unshare(struct service *s, const struct actor *who, const char *id, const char *name,
                    struct err *err);
/* With whom, by name: calls each for everyone. */
int service_shares(struct service *s, const char *uid,
                   void (*each)(void *arg, const char *name, enum role role), void *arg,
                   struct err *err);

/* The same store as it is now, whatever else has its ID by then; for one that service_get gave. */
int service_get_again(struct service *s, struct store *store, struct err *err);

#define STORE_PAGE_SIZE 50
struct store_query {
    const char *search; /* part of ID, title or host; NULL or "": all */
    int status;         /* enum store_status, or -1: all that are not deleted */
    int64_t older_than; /* seq: the page after it; 0: from the newest */
    int64_t newer_than; /* seq: the page before it; 0: not used. At most one of the two */
};
int service_list(struct service *s, const struct actor *who, const struct store_query *q,
                 struct store_page *out, struct err *err);

struct status_counts {
    int64_t of[STORE_STATUS_COUNT];
};
int service_counts(struct service *s, const struct actor *who, struct status_counts *out,
                   struct err *err);

/* The steps of the store's newest operation; at most STEP_COUNT. Returns how many, or -1. */
int service_steps(struct service *s, const char *uid, struct step_row out[STEP_COUNT],
                  enum operation_kind *kind, struct err *err);
int service_events(struct service *s, const char *uid, int limit, struct event_list *out,
                   struct err *err);

/* What is wrong with the cluster or helm now, in one line for every page; malloc'd, NULL when all
 * is well. */
int service_trouble(struct service *s, char **message, struct err *err);

/* Grows when anything a page shows has changed. */
int service_revision(struct service *s, int64_t *number, struct err *err);

/* The store's admin sign-in, read from the Secret in its namespace through the API, now, and
 * audited. Blocking, at most 5 s. Refused unless the namespace carries the store's uid. Strings
 * malloc'd; credentials_clear wipes them. */
struct credentials {
    char *email, *password;
};
void credentials_clear(struct credentials *c);
int service_credentials(struct service *s, const struct actor *who, const char *id,
                        struct credentials *out, struct err *err);

/* "http://my-shop.localtest.me" with the port if it is not the scheme's own; malloc'd. path: "" or
 * "/app". */
char *service_store_url(const struct service *s, const struct store *store, const char *path);

/* Wakes the running reconciler or starts one. Never blocks; trouble is no failure of the request
 * (cron starts one within the minute). */
void service_wake(const struct service *s);

/* Has a running reconciler end and keeps others from starting, for who makes the rows anew: it may
 * even hold a database that was deleted. Blocking, at most 10 s. Returns a descriptor, which is
 * closed when others may start again; -1 and ERR_UNAVAILABLE when it does not end. */
int service_end_reconciler(const struct service *s, struct err *err);

#endif
