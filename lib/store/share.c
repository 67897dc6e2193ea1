/* Stores that others may read. */
#include "base/str.h"
#include "base/timeutil.h"
#include "store/account_row.h"
#include "store/audit.h"
#include "store/service.h"

/* Inside a transaction: the store, which who may change, and the account of that name. */
static int find_both(struct service *s, const struct actor *who, const char *id, const char *name,
                     struct store *store, struct account_row *reader, struct err *err)
{
    if (service_get(s, who, id, false, store, err) < 0)
        return -1;
    if (!service_may_change(who, store))
        return err_set(err, ERR_FORBIDDEN, "only a store's owner shares it");
    int found = account_row_find(s, name, reader, err);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "Nobody who could read it has the name \"%.64s\".",
                       name);
    return 0;
}

int service_share(struct service *s, const struct actor *who, const char *id, const char *name,
                  struct err *err)
{
    CLEANUP(store_clear) struct store store = { 0 };
    struct account_row reader = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || find_both(s, who, id, name, &store, &reader, err) < 0)
        return -1;
    if (reader.disabled)
        return err_set(err, ERR_NOT_FOUND, "Nobody who could read it has the name \"%.64s\".",
                       name);
    if (reader.account.role == ROLE_ADMIN || reader.account.id == store.owner_id)
        return 0;
    int added = db_exec(s->db, err, SQL_STORE_SHARE_ADD, "sii", store.uid, reader.account.id,
                        time_wall_ms());
    if (added < 0 ||
        (added && audit_add(s->db, who, "store.share", id, true, reader.account.name, err) < 0))
        return -1;
    return db_commit(&tx, err);
}

int service_unshare(struct service *s, const struct actor *who, const char *id, const char *name,
                    struct err *err)
{
    CLEANUP(store_clear) struct store store = { 0 };
    struct account_row reader = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || find_both(s, who, id, name, &store, &reader, err) < 0)
        return -1;
    int removed = db_exec(s->db, err, SQL_STORE_SHARE_REMOVE, "si", store.uid, reader.account.id);
    if (removed < 0 ||
        (removed && audit_add(s->db, who, "store.unshare", id, true, reader.account.name, err) < 0))
        return -1;
    return db_commit(&tx, err);
}

int service_shares(struct service *s, const char *uid,
                   void (*each)(void *arg, const char *name, enum role role), void *arg,
                   struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_SHARE_LIST, "s", uid) < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        enum role role = ROLE_NONE;
        role_parse(stmt_text(st, 2), &role);
        each(arg, stmt_text(st, 1), role);
    }
    return r;
}
