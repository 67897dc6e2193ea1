#include "store/people.h"

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/account_row.h"
#include "store/audit.h"

static int check_admin(const struct actor *who, struct err *err)
{
    if (who->role == ROLE_ADMIN)
        return 0;
    return err_set(err, ERR_FORBIDDEN, "only administrators look after accounts");
}

static int read_person(struct stmt *st, struct person *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    out->id = stmt_int(st, 0);
    snprintf(out->name, sizeof(out->name), "%s", stmt_text(st, 1));
    if (role_parse(stmt_text(st, 2), &out->role) < 0)
        return err_set(err, ERR_CORRUPT, "database: unknown role \"%s\"", stmt_text(st, 2));
    out->state = !stmt_is_null(st, 4) ? PERSON_DISABLED
                 : stmt_int(st, 3)    ? PERSON_INVITED
                                      : PERSON_ACTIVE;
    out->created_at = stmt_int(st, 5);
    out->signed_in_at = stmt_int(st, 6);
    out->link_expires_at = stmt_int(st, 7);
    out->stores = stmt_int(st, 8);
    out->sessions = stmt_int(st, 9);
    return 0;
}

/* id 0: everybody. Returns how many, or -1. */
static int each_person(struct service *s, int64_t id, person_fn each, void *arg, struct err *err)
{
    int64_t now = time_wall_ms();
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_PERSON_LIST, "iii", id, now,
                 now - s->config->session_idle_ms) < 0)
        return -1;
    int n = 0, r;
    for (; (r = stmt_step(st, err)) > 0; n++) {
        struct person person;
        if (read_person(st, &person, err) < 0)
            return -1;
        each(arg, &person);
    }
    return r < 0 ? -1 : n;
}

int people_list(struct service *s, const struct actor *who, person_fn each, void *arg,
                struct err *err)
{
    return check_admin(who, err) < 0 || each_person(s, 0, each, arg, err) < 0 ? -1 : 0;
}

static void keep(void *arg, const struct person *person)
{
    *(struct person *)arg = *person;
}

int people_get(struct service *s, const struct actor *who, int64_t id, struct person *out,
               struct err *err)
{
    if (check_admin(who, err) < 0)
        return -1;
    int n = id > 0 ? each_person(s, id, keep, out, err) : 0;
    return n == 0 ? err_set(err, ERR_NOT_FOUND, "there is no such person") : n < 0 ? -1 : 0;
}

int people_find(struct service *s, const struct actor *who, const char *name, struct person *out,
                struct err *err)
{
    struct account_row row = { 0 };
    int found = check_admin(who, err) < 0 ? -1 : account_row_find(s, name, &row, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "There is no account \"%s\".", name);
    return found < 0 ? -1 : people_get(s, who, row.account.id, out, err);
}

/* Inside a transaction. */
static int make_link(struct service *s, int64_t account_id, bool invitation,
                     char token[LINK_TOKEN_LEN + 1], struct err *err)
{
    unsigned char hash[TOKEN_HASH_LEN];
    int64_t now = time_wall_ms();
    account_hash_token(rand_hex(token, LINK_TOKEN_LEN / 2), hash);
    return db_exec(s->db, err, SQL_ACCESS_LINK_SET, "ibsii", account_id, hash, sizeof(hash),
                   invitation ? "invitation" : "reset", now,
                   now + (invitation ? LINK_INVITATION_MS : LINK_RESET_MS)) < 0
               ? -1
               : 0;
}

int people_invite(struct service *s, const struct actor *who, const char *name, enum role role,
                  const char *email, char token[LINK_TOKEN_LEN + 1], int64_t *id, struct err *err)
{
    const char *fault = policy_account_name_fault(name);
    if (!fault && role == ROLE_NONE)
        fault = "A role is admin, member or viewer.";
    if (!fault && *email && !policy_is_email(email))
        fault = "This is not an e-mail address such as you@example.com.";
    if (fault)
        return err_set(err, ERR_INVALID, "%s", fault);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (check_admin(who, err) < 0 || db_begin(s->db, &tx, err) < 0)
        return -1;
    struct err failed = { 0 };
    if (db_exec(s->db, &failed, SQL_ACCOUNT_INSERT, "sssis", name, role_name(role), "",
                time_wall_ms(), email) < 0) {
        if (failed.code == ERR_EXISTS)
            return err_set(err, ERR_EXISTS, "There is an account \"%s\"%s already.", name,
                           *email ? " or one with this address" : "");
        return err_set(err, failed.code, "%s", failed.msg);
    }
    *id = db_last_rowid(s->db);
    if (make_link(s, *id, true, token, err) < 0 ||
        audit_add(s->db, who, "account.invite", name, true, role_name(role), err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int people_new_link(struct service *s, const struct actor *who, int64_t id,
                    char token[LINK_TOKEN_LEN + 1], struct err *err)
{
    struct person person = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, id, &person, err) < 0)
        return -1;
    if (person.state == PERSON_DISABLED)
        return err_set(err, ERR_CONFLICT, "the account \"%s\" is disabled: enable it first",
                       person.name);
    bool invitation = person.state == PERSON_INVITED;
    if (make_link(s, id, invitation, token, err) < 0 ||
        audit_add(s->db, who, "account.link", person.name, true,
                  invitation ? "invitation" : "reset", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int people_withdraw(struct service *s, const struct actor *who, int64_t id, struct err *err)
{
    struct person person = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, id, &person, err) < 0)
        return -1;
    if (person.state != PERSON_INVITED)
        return err_set(err, ERR_CONFLICT,
                       "the account \"%s\" is in use; it can be disabled, and what it did stays",
                       person.name);
    if (db_exec(s->db, err, SQL_ACCOUNT_DELETE, "i", id) < 0 ||
        audit_add(s->db, who, "account.withdraw", person.name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

/* Inside a transaction: is there an admin besides this one? */
static int check_last_admin(struct service *s, const struct person *person, struct err *err)
{
    int64_t others = 0;
    if (person->role != ROLE_ADMIN || person->state != PERSON_ACTIVE)
        return 0;
    if (db_int(s->db, &others, err, SQL_ACCOUNT_OTHER_ADMINS, "i", person->id) < 0)
        return -1;
    if (others > 0)
        return 0;
    return err_set(err, ERR_CONFLICT,
                   "\"%s\" is the last administrator who can sign in: make somebody else one first",
                   person->name);
}

int people_set_role(struct service *s, const struct actor *who, int64_t id, enum role role,
                    struct err *err)
{
    struct person person = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (role == ROLE_NONE)
        return err_set(err, ERR_INVALID, "A role is admin, member or viewer.");
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, id, &person, err) < 0)
        return -1;
    if (person.role == role)
        return 0;
    CLEANUP_FREE char *detail = str_printf("%s, was %s", role_name(role), role_name(person.role));
    if (check_last_admin(s, &person, err) < 0 ||
        db_exec(s->db, err, SQL_ACCOUNT_SET_ROLE, "is", id, role_name(role)) < 0 ||
        audit_add(s->db, who, "account.role", person.name, true, detail, err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int people_set_disabled(struct service *s, const struct actor *who, int64_t id, bool disabled,
                        struct err *err)
{
    struct person person = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, id, &person, err) < 0)
        return -1;
    if ((person.state == PERSON_DISABLED) == disabled)
        return 0;
    if (disabled && (check_last_admin(s, &person, err) < 0 ||
                     db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", id) < 0 ||
                     db_exec(s->db, err, SQL_ACCESS_LINK_DELETE, "i", id) < 0))
        return -1;
    if (db_exec(s->db, err, SQL_ACCOUNT_SET_DISABLED, "ii", id, disabled ? time_wall_ms() : 0) <
            0 ||
        audit_add(s->db, who, disabled ? "account.disable" : "account.enable", person.name, true,
                  "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int people_sign_out(struct service *s, const struct actor *who, int64_t id, struct err *err)
{
    struct person person = { 0 };
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, id, &person, err) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", id) < 0 ||
        audit_add(s->db, who, "session.end-all", person.name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}
