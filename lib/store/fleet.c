#include "store/fleet.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/audit.h"
#include "store/row.h"

void orphan_list_clear(struct orphan_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->items[i].ns);
        free(l->items[i].store_uid);
        free(l->items[i].engine);
        free(l->items[i].owner);
        free(l->items[i].wish);
        free(l->items[i].answer);
    }
    free(l->items);
    *l = (struct orphan_list) { 0 };
}

static int only_admins(const struct actor *who, struct err *err)
{
    if (who->role == ROLE_ADMIN)
        return 0;
    return err_set(err, ERR_FORBIDDEN, "only administrators look after the whole fleet");
}

static void read_orphan(struct stmt *st, struct orphan *out)
{
    *out = (struct orphan) {
        .ns = str_dup(stmt_text(st, 0)),
        .release = str_eq(stmt_text(st, 1), "release"),
        .store_uid = str_dup(stmt_text(st, 2)),
        .engine = str_dup(stmt_text(st, 3)),
        .owner = str_dup(stmt_text(st, 4)),
        .seen_at = stmt_int(st, 5),
        .wish = str_dup(stmt_text(st, 6)),
        .answer = str_dup(stmt_text(st, 7)),
    };
}

int fleet_orphans(struct service *s, const struct actor *who, struct orphan_list *out,
                  struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (only_admins(who, err) < 0 || db_query(s->db, &st, err, SQL_ORPHAN_LIST, "") < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        out->items = mem_grow_array(out->items, out->count + 1, sizeof(*out->items));
        read_orphan(st, &out->items[out->count++]);
    }
    if (r < 0)
        orphan_list_clear(out);
    return r;
}

int fleet_missing(struct service *s, const struct actor *who, struct store_page *out,
                  struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (only_admins(who, err) < 0 ||
        db_query(s->db, &st, err, SQL_STORE_MISSING, "i", (int64_t)STORE_PAGE_SIZE + 1) < 0)
        return -1;
    out->items = mem_alloc_array(STORE_PAGE_SIZE, sizeof(*out->items));
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        out->has_older = out->count == STORE_PAGE_SIZE;
        if (out->has_older || (r = row_read_store(st, &out->items[out->count++], err)) < 0)
            break;
    }
    if (r < 0)
        store_page_clear(out);
    return r < 0 ? -1 : 0;
}

static int not_found(const char *ns, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "no namespace \"%.64s\" was found that belongs to no store",
                   ns);
}

int fleet_find(struct service *s, const struct actor *who, const char *ns, struct err *err)
{
    int64_t is_release;
    if (only_admins(who, err) < 0)
        return -1;
    struct err failed = { 0 };
    if (db_int(s->db, &is_release, &failed, SQL_ORPHAN_IS_RELEASE, "s", ns) == 0)
        return 0;
    return failed.code == ERR_NOT_FOUND ? not_found(ns, err)
                                        : err_set(err, failed.code, "%s", failed.msg);
}

static int wish(struct service *s, const struct actor *who, const char *ns, const char *what,
                struct err *err)
{
    CLEANUP_FREE char *action = str_printf("fleet.%s", what);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0)
        return -1;
    int changed = db_exec(s->db, err, SQL_ORPHAN_WISH, "ssi", ns, what, who->account_id);
    if (changed <= 0)
        return changed < 0 ? -1 : not_found(ns, err);
    if (audit_add(s->db, who, action, ns, true, "", err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    service_wake(s);
    return 0;
}

int fleet_adopt(struct service *s, const struct actor *who, const char *ns, struct err *err)
{
    return only_admins(who, err) < 0 ? -1 : wish(s, who, ns, "adopt", err);
}

int fleet_remove(struct service *s, const struct actor *who, const char *ns, const char *confirm,
                 struct err *err)
{
    int64_t is_release = 0;
    if (only_admins(who, err) < 0)
        return -1;
    if (!str_eq(ns, confirm))
        return err_set(err, ERR_INVALID, "To confirm, type the namespace's name: %.64s", ns);
    if (db_int(s->db, &is_release, NULL, SQL_ORPHAN_IS_RELEASE, "s", ns) == 0 && is_release)
        return err_set(
            err, ERR_UNSUPPORTED,
            "the namespace %.64s is not one of Storewright, so nothing in it is removed: "
            "helm uninstall %.64s --namespace %.64s removes the release",
            ns, ns, ns);
    return wish(s, who, ns, "remove", err);
}
