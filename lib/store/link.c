/* One-time links, from the side of who got one. They are made in people.c. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "store/account_row.h"
#include "store/audit.h"
#include "store/people.h"

int link_look(struct service *s, const char *token, struct link *out, struct err *err)
{
    unsigned char hash[TOKEN_HASH_LEN];
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    account_hash_token(token, hash);
    if (db_query(s->db, &st, err, SQL_ACCESS_LINK_FIND, "bi", hash, sizeof(hash), time_wall_ms()) <
        0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r < 0 ? -1
                     : err_set(err, ERR_NOT_FOUND,
                               "this link was used already, is too old, or was replaced by a newer "
                               "one: ask for a new one");
    out->account_id = stmt_int(st, 0);
    snprintf(out->name, sizeof(out->name), "%s", stmt_text(st, 1));
    out->invitation = str_eq(stmt_text(st, 2), "invitation");
    out->expires_at = stmt_int(st, 3);
    return 0;
}

int link_use(struct service *s, const char *token, const char *password, const char *address,
             struct err *err)
{
    struct link link = { 0 }, again;
    char hash[PASSWORD_HASH_MAX];
    /* Costly, and before anything is locked; only who has a link gets this far. */
    if (link_look(s, token, &link, err) < 0 || password_check(password, link.name, err) < 0 ||
        password_hash(s->config, password, hash, err) < 0)
        return -1;
    struct actor who = { link.account_id, ROLE_NONE, link.name, address };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || link_look(s, token, &again, err) < 0 ||
        db_exec(s->db, err, SQL_ACCESS_LINK_DELETE, "i", link.account_id) < 0 ||
        db_exec(s->db, err, SQL_ACCOUNT_SET_PASSWORD, "is", link.account_id, hash) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", link.account_id) < 0 ||
        account_forgive(s, link.name, address, err) < 0 ||
        audit_add(s->db, &who, link.invitation ? "account.accept" : "account.reset", link.name,
                  true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}
