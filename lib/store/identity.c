#include "store/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "store/account_row.h"
#include "store/audit.h"

/* 1 and the account, 0: none, -1: failed. */
static int read_account(struct stmt *st, struct account *out, bool *disabled, struct err *err)
{
    int r = stmt_step(st, err);
    if (r <= 0)
        return r;
    out->id = stmt_int(st, 0);
    snprintf(out->name, sizeof(out->name), "%s", stmt_text(st, 1));
    if (role_parse(stmt_text(st, 2), &out->role) < 0)
        return err_set(err, ERR_CORRUPT, "database: unknown role \"%s\"", stmt_text(st, 2));
    *disabled = !stmt_is_null(st, 3);
    return 1;
}

static int find_linked(struct service *s, const struct identity *who, struct account *out,
                       bool *disabled, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_IDENTITY_ACCOUNT, "ss", who->issuer, who->subject) < 0)
        return -1;
    return read_account(st, out, disabled, err);
}

static int find_invited(struct service *s, const struct identity *who, struct account *out,
                        struct err *err)
{
    bool disabled = false;
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (!who->email_verified || str_empty(who->email))
        return 0;
    if (db_query(s->db, &st, err, SQL_IDENTITY_INVITED, "s", who->email) < 0)
        return -1;
    return read_account(st, out, &disabled, err);
}

static int link_account(struct service *s, const struct identity *who,
                        const struct account *account, struct err *err)
{
    return db_exec(s->db, err, SQL_IDENTITY_INSERT, "ssii", who->issuer, who->subject, account->id,
                   time_wall_ms()) < 0 ||
                   db_exec(s->db, err, SQL_ACCESS_LINK_DELETE, "i", account->id) < 0
               ? -1
               : 0;
}

/* 1 and a new account, 0: none may be made. */
static int make_account(struct service *s, const struct identity *who, struct account *out,
                        struct err *err)
{
    if (!s->config->oidc_auto_create)
        return 0;
    const char *names[] = { who->name, who->email_verified ? who->email : "" };
    role_parse(s->config->oidc_auto_create, &out->role);
    for (size_t i = 0; i < 2; i++) {
        struct account_row taken = { 0 };
        int found =
            policy_account_name_fault(names[i]) ? 1 : account_row_find(s, names[i], &taken, err);
        if (found < 0)
            return -1;
        if (found)
            continue;
        if (db_exec(s->db, err, SQL_ACCOUNT_INSERT, "sssis", names[i], role_name(out->role), "",
                    time_wall_ms(), "") < 0)
            return -1;
        out->id = db_last_rowid(s->db);
        snprintf(out->name, sizeof(out->name), "%s", names[i]);
        return 1;
    }
    return 0;
}

/* Who is not linked yet becomes so, if they may. 1, 0: they may not, -1. */
static int welcome(struct service *s, const struct identity *who, const char *address,
                   struct account *out, struct err *err)
{
    const char *action = "account.accept";
    int r = find_invited(s, who, out, err);
    if (r == 0) {
        action = "account.add";
        r = make_account(s, who, out, err);
    }
    if (r <= 0)
        return r;
    const struct actor actor = { out->id, out->role, out->name, address };
    return link_account(s, who, out, err) < 0 ||
                   audit_add(s->db, &actor, action, out->name, true, who->issuer, err) < 0
               ? -1
               : 1;
}

static int refuse(struct service *s, struct db_transaction *tx, const struct identity *who,
                  const char *address, const char *why, struct err *err)
{
    const struct actor nobody = { 0, ROLE_NONE, str_empty(who->name) ? who->subject : who->name,
                                  address };
    if (audit_add(s->db, &nobody, "session.sign-in", nobody.name, false, why, err) < 0 ||
        db_commit(tx, err) < 0)
        return -1;
    return err_set(err, ERR_UNAUTHORIZED, "%s", why);
}

int identity_sign_in(struct service *s, const struct identity *who, const char *address,
                     const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct account *out,
                     struct err *err)
{
    bool disabled = false;
    char opened[SESSION_TOKEN_LEN + 1];
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0)
        return -1;
    int r = find_linked(s, who, out, &disabled, err);
    if (r == 0)
        r = welcome(s, who, address, out, err);
    if (r < 0)
        return -1;
    if (r == 0 || disabled)
        return refuse(
            s, &tx, who, address,
            "Nobody invited you under the e-mail address that your identity provider has of "
            "you: ask an administrator.",
            err);
    const struct actor actor = { out->id, out->role, out->name, address };
    if (account_open_session(s, out, address, user_agent, opened, err) < 0 ||
        audit_add(s->db, &actor, "session.sign-in", out->name, true, who->issuer, err) < 0 ||
        db_commit(&tx, err) < 0)
        return -1;
    memcpy(token, opened, sizeof(opened));
    return 0;
}
