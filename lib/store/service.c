/* What a person asks for: create, delete, retry. Reading is in service_read.c. */
#include "store/service.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/crash.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit.h"
#include "store/capacity.h"
#include "store/images.h"
#include "store/limit.h"
#include "store/row.h"

#define IDEMPOTENCY_KEY_MIN 16
#define IDEMPOTENCY_KEY_MAX 64

static int event_add(struct service *s, const char *uid, int64_t operation, const char *level,
                     const char *message, struct err *err)
{
    return db_exec(s->db, err, SQL_EVENT_INSERT, "siiss", uid, operation, time_wall_ms(), level,
                   message);
}

/* A new operation takes the place of the one under way. Returns its id, or -1. */
static int64_t operation_add(struct service *s, const struct actor *who, const char *uid,
                             enum operation_kind kind, const char *key, struct err *err)
{
    int64_t now = time_wall_ms();
    CRASH_POINT("operation-add");
    if (db_exec(s->db, err, SQL_OPERATION_SUPERSEDE, "si", uid, now) < 0 ||
        db_exec(s->db, err, SQL_OPERATION_INSERT, "ssisi", uid, operation_kind_name(kind),
                who->account_id, key, now) < 0)
        return -1;
    return db_last_rowid(s->db);
}

static bool is_idempotency_key(const char *key)
{
    size_t n = strlen(key);
    return n >= IDEMPOTENCY_KEY_MIN && n <= IDEMPOTENCY_KEY_MAX &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

/* 1 and uid: this key was used before; 0: it is new; -1: failed. */
static int find_by_key(struct service *s, const struct actor *who, const char *key,
                       char uid[STORE_UID_LEN + 1], struct err *err)
{
    if (!key)
        return 0;
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_OPERATION_BY_KEY, "is", who->account_id, key) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r == 1)
        snprintf(uid, STORE_UID_LEN + 1, "%s", stmt_text(st, 0));
    return r;
}

/* Adds to errors when the ID is taken, by a store or by somebody's namespace. */
static int check_id_is_free(struct service *s, const char *id, struct field_errors *errors,
                            struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_LIVING_ID_STATUS, "s", id) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r == 1) {
        enum store_status status = STORE_READY;
        store_status_parse(stmt_text(st, 0), &status);
        if (status == STORE_DELETE_FAILED)
            field_errors_add(errors, "id",
                             "The former store \"%s\" could not be deleted whole; retry its "
                             "deletion first, or choose another ID.",
                             id);
        else
            field_errors_add(errors, "id", "There is a store \"%s\" already; choose another ID.",
                             id);
    }
    if (r != 0)
        return r < 0 ? -1 : 0;
    CLEANUP(stmt_done_p) struct stmt *foreign = NULL;
    if (db_query(s->db, &foreign, err, SQL_FOREIGN_NAMESPACE_FIND, "s", id) < 0)
        return -1;
    r = stmt_step(foreign, err);
    if (r == 1)
        field_errors_add(errors, "id",
                         "The cluster has a namespace \"%s\" that is not a store of Storewright; "
                         "choose another ID.",
                         id);
    return r < 0 ? -1 : 0;
}

static void check_engine_can_be_had(const struct service *s, const char *name,
                                    struct field_errors *errors)
{
    const struct engine *engine = engine_find(name);
    CLEANUP_FREE char *fault = engine ? images_fault(s->config, engine) : NULL;
    if (fault)
        field_errors_add(errors, "engine", "%s cannot be chosen now. %s", engine->title, fault);
}

/* Adds to errors when the address would be one of the dashboard's own. */
static void check_host_is_free(struct service *s, const char *id, struct field_errors *errors)
{
    CLEANUP_FREE char *host = str_printf("%s.%s", id, s->config->base_domain);
    size_t n = strlen(host);
    for (const char *p = str_or_empty(s->config->dashboard_hosts); *p; p += strspn(p, ", \t")) {
        size_t len = strcspn(p, ", \t");
        if (len == n && strncasecmp(p, host, n) == 0)
            field_errors_add(errors, "id", "%s is the dashboard's own address; choose another ID.",
                             host);
        p += len;
    }
}

static int insert_store(struct service *s, const struct actor *who, const struct store_request *rq,
                        const char *uid, struct err *err)
{
    CLEANUP_FREE char *host = str_printf("%s.%s", rq->id, s->config->base_domain);
    CLEANUP_FREE char *message =
        str_printf("%s asked for this %s store, plan %s.", who->name, rq->engine, rq->plan);
    if (db_exec(s->db, err, SQL_STORE_INSERT, "ssisssssssii", uid, rq->id, who->account_id,
                rq->engine, rq->plan, host, rq->title, rq->admin_email, rq->currency, rq->country,
                (int64_t)rq->sample_products, time_wall_ms()) < 0)
        return -1;
    int64_t operation = operation_add(s, who, uid, OPERATION_CREATE, rq->idempotency_key, err);
    if (operation < 0 || event_add(s, uid, operation, "info", message, err) < 0)
        return -1;
    return audit_add(s->db, who, "store.create", rq->id, true, message, err);
}

/* What a limit refused is written down, and that alone. Returns -1 with err as it was. */
static int refused_by_limit(struct service *s, struct db_transaction *tx, const struct actor *who,
                            const char *action, const char *id, const struct err *err)
{
    if (err && err->code == ERR_LIMIT &&
        audit_add(s->db, who, action, id, false, err->msg, NULL) == 0)
        db_commit(tx, NULL);
    return -1;
}

int service_create(struct service *s, const struct actor *who, const struct store_request *rq,
                   char uid[STORE_UID_LEN + 1], struct field_errors *errors, struct err *err)
{
    if (who->role < ROLE_MEMBER)
        return err_set(err, ERR_FORBIDDEN, "your role does not create stores");
    policy_check_request(rq, s->config->base_domain, errors);
    check_engine_can_be_had(s, rq->engine, errors);
    if (rq->idempotency_key && !is_idempotency_key(rq->idempotency_key))
        return err_set(err, ERR_INVALID, "the form's key is not valid; load the form again");
    if (errors->count)
        return err_set(err, ERR_INVALID, "%s", errors->items[0].text);

    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0)
        return -1;
    int known = find_by_key(s, who, rq->idempotency_key, uid, err);
    if (known != 0)
        return known < 0 ? -1 : 0;
    check_host_is_free(s, rq->id, errors);
    if (check_id_is_free(s, rq->id, errors, err) < 0)
        return -1;
    if (errors->count)
        return err_set(err, ERR_EXISTS, "%s", errors->items[0].text);
    rand_hex(uid, STORE_UID_LEN / 2);
    if (limit_check_create(s, who, rq->plan, err) < 0 ||
        capacity_check(s, rq->engine, rq->plan, err) < 0)
        return refused_by_limit(s, &tx, who, "store.create", rq->id, err);
    if (insert_store(s, who, rq, uid, err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    service_wake(s);
    return 0;
}

bool service_may_change(const struct actor *who, const struct store *store)
{
    return who->role == ROLE_ADMIN ||
           (who->role == ROLE_MEMBER && store->owner_id == who->account_id);
}

/* The living store, if this actor may change it; for use inside a transaction. */
static int get_for_change(struct service *s, const struct actor *who, const char *id,
                          struct store *store, struct err *err)
{
    if (service_get(s, who, id, false, store, err) < 0)
        return -1;
    if (!service_may_change(who, store))
        return err_set(err, ERR_FORBIDDEN, "you may read this store, and not change it");
    return 0;
}

/* Writes the wish down that the store be gone; the caller's transaction. */
static int want_absent(struct service *s, const struct actor *who, const struct store *store,
                       const char *how, struct err *err)
{
    CLEANUP_FREE char *message = str_printf("%s %s", who->name, how);
    int64_t operation = operation_add(s, who, store->uid, OPERATION_DELETE, NULL, err);
    if (operation < 0 ||
        db_exec(s->db, err, SQL_STORE_WANT_ABSENT, "si", store->uid, time_wall_ms()) < 0 ||
        event_add(s, store->uid, operation, "info", message, err) < 0)
        return -1;
    return audit_add(s->db, who, "store.delete", store->id, true, message, err);
}

int service_delete(struct service *s, const struct actor *who, const char *id,
                   const char *confirm_id, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    CLEANUP(store_clear) struct store store = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || get_for_change(s, who, id, &store, err) < 0)
        return -1;
    if (!str_eq(confirm_id, store.id))
        return err_set(err, ERR_INVALID, "To confirm, type the store's ID: %s", store.id);
    if (store.desired == STORE_ABSENT && store.status == STORE_DELETING)
        return 0;
    if (want_absent(s, who, &store, "asked for deletion.", err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    service_wake(s);
    return 0;
}

int service_cancel(struct service *s, const struct actor *who, const char *id, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    CLEANUP(store_clear) struct store store = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || get_for_change(s, who, id, &store, err) < 0)
        return -1;
    if (store.desired == STORE_ABSENT && store.status == STORE_DELETING)
        return 0;
    if (!store_is_being_set_up(&store))
        return err_set(err, ERR_INVALID, "It is not being set up any more: its status is %s.",
                       store_status_name(store.status));
    if (want_absent(s, who, &store, "cancelled the setup.", err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    service_wake(s);
    return 0;
}

/* The deletion of the former store of this ID failed: it is tried again, for the sake of the new
 * one. */
static int retry_former(struct service *s, const struct actor *who, const char *id, struct err *err)
{
    char uid[STORE_UID_LEN + 1] = "";
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_DELETE_FAILED_BY_ID, "s", id) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r;
    snprintf(uid, sizeof(uid), "%s", stmt_text(st, 0));
    int64_t operation = operation_add(s, who, uid, OPERATION_DELETE, NULL, err);
    return operation < 0 ||
                   db_exec(s->db, err, SQL_STORE_WANT_AGAIN, "ssi", uid,
                           store_status_name(STORE_DELETING), time_wall_ms()) < 0 ||
                   event_add(s, uid, operation, "info",
                             "The deletion is tried again, for a new store of this ID.", err) < 0
               ? -1
               : 0;
}

int service_retry(struct service *s, const struct actor *who, const char *id, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    CLEANUP(store_clear) struct store store = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || get_for_change(s, who, id, &store, err) < 0)
        return -1;
    if (store.status != STORE_FAILED && store.status != STORE_DELETE_FAILED &&
        store.status != STORE_DEGRADED)
        return err_set(err, ERR_CONFLICT, "nothing of \"%s\" has failed: its status is %s", id,
                       store_status_name(store.status));
    bool deleting = store.desired == STORE_ABSENT;
    if (store.status == STORE_FAILED && limit_check_provisioning(s, who, err) < 0)
        return refused_by_limit(s, &tx, who, "store.retry", id, err);
    enum store_status next = deleting                         ? STORE_DELETING
                             : store.status == STORE_DEGRADED ? STORE_DEGRADED
                                                              : STORE_PROVISIONING;
    CLEANUP_FREE char *message = str_printf("%s asked to try again.", who->name);
    int64_t operation =
        operation_add(s, who, store.uid, deleting ? OPERATION_DELETE : OPERATION_RETRY, NULL, err);
    if (operation < 0 || (!deleting && retry_former(s, who, id, err) < 0) ||
        db_exec(s->db, err, SQL_STORE_WANT_AGAIN, "ssi", store.uid, store_status_name(next),
                time_wall_ms()) < 0 ||
        event_add(s, store.uid, operation, "info", message, err) < 0 ||
        audit_add(s->db, who, "store.retry", store.id, true, message, err) < 0 ||
        db_commit(&tx, err) < 0)
        return -1;
    service_wake(s);
    return 0;
}
