/* The nouns of the domain, as they stand in SQLite (sql/001_initial.sql has the meaning of each
 * column). */
#ifndef SW_STORE_MODEL_H
#define SW_STORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_ID_MIN 2
#define STORE_ID_MAX 40 /* bytes; a DNS label leaves room for helm's suffixes */
/* The Secret with what signs in to the shop; the same name in each store's namespace. */
#define STORE_CREDENTIALS "storewright-credentials"
#define STORE_UID_LEN 20    /* hexadecimal digits */
#define STORE_TITLE_MAX 120 /* code points */
#define STORE_HOST_MAX 253  /* RFC 1035 */
#define EMAIL_MAX 254       /* RFC 5321 */
#define ACCOUNT_NAME_MAX 64

enum store_status {
    STORE_REQUESTED,
    STORE_PROVISIONING,
    STORE_READY,
    STORE_DEGRADED,
    STORE_FAILED,
    STORE_DELETING,
    STORE_DELETE_FAILED,
    STORE_DELETED,
    STORE_STATUS_COUNT,
};
const char *store_status_name(enum store_status s);               /* "provisioning": as in SQLite */
int store_status_parse(const char *name, enum store_status *out); /* 0 or -1 */
/* Is something going on that will end by itself (a page worth refreshing)? */
bool store_status_is_moving(enum store_status s);

enum store_desired { STORE_PRESENT, STORE_ABSENT };

/* One row. Strings are owned; store_free frees them. */
struct store {
    int64_t seq;
    char uid[STORE_UID_LEN + 1];
    char *id, *owner_name, *engine, *plan, *host, *title, *admin_email, *currency, *country;
    int64_t owner_id;
    bool sample_products;
    enum store_desired desired;
    int64_t generation, applied_generation;
    bool repairing; /* a helm began to put back what was missing, and none has succeeded since */
    enum store_status status;
    char *cause, *reason;
    int64_t created_at, status_at, observed_at, ready_at, deleted_at; /* wall ms; 0: not yet */
};
/* Not yet a shop, and on its way to be one: to delete it is to cancel that. */
bool store_is_being_set_up(const struct store *s);
void store_clear(struct store *s); /* frees the strings, not s; zeroed structs are fine */

struct store_page {
    struct store *items; /* newest first */
    size_t count;
    bool has_newer, has_older;
};
void store_page_clear(struct store_page *p);

enum operation_kind { OPERATION_CREATE, OPERATION_DELETE, OPERATION_RETRY };
const char *operation_kind_name(enum operation_kind k);
int operation_kind_parse(const char *name, enum operation_kind *out);

/* Steps as a person follows them, in this order. */
enum step {
    STEP_NAMESPACE,
    STEP_RELEASE,
    STEP_DATABASE,
    STEP_SETUP,
    STEP_WEB,
    STEP_ROUTE,
    STEP_UNINSTALL, /* the steps of a delete */
    STEP_REMOVE,
    STEP_VERIFY,
    STEP_COUNT,
};
const char *step_name(enum step s);  /* "namespace": as in SQLite */
const char *step_title(enum step s); /* "Namespace": for pages */
int step_parse(const char *name, enum step *out);

struct step_row {
    enum step step;
    int64_t started_at, finished_at; /* finished 0: under way (or where it stopped) */
};

struct event_row {
    int64_t id, at;
    char level[8]; /* "info", "warning", "error" */
    char *message;
};
struct event_list {
    struct event_row *items; /* newest first */
    size_t count;
};
void event_list_clear(struct event_list *l);

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_MEMBER, ROLE_ADMIN }; /* NONE: not signed in */
const char *role_name(enum role r);
int role_parse(const char *name, enum role *out);

/* Who asks, for permission checks and the audit log. Borrowed strings. */
struct actor {
    int64_t account_id; /* 0: nobody is signed in */
    enum role role;
    const char *name;
    const char *address; /* client address, or "local" */
};

#endif
