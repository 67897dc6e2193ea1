#include "store/account_row.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/ipaddr.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit.h"

#define FAILURE_FORGET_MS 86400000
#define WAIT_MAX_MS 900000 /* after many failures */
#define STRANGERS_WAIT_MAX_MS 30000
#define NETWORK_FORGET_MS (90 * INT64_C(86400000))

void account_hash_token(const char *token, unsigned char out[TOKEN_HASH_LEN])
{
    crypto_generichash(out, TOKEN_HASH_LEN, (const unsigned char *)token, strlen(token), NULL, 0);
}

int account_row_find(struct service *s, const char *name, struct account_row *out, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_ACCOUNT_BY_NAME, "s", name) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r;
    out->account.id = stmt_int(st, 0);
    snprintf(out->account.name, sizeof(out->account.name), "%s", stmt_text(st, 1));
    if (role_parse(stmt_text(st, 2), &out->account.role) < 0)
        return err_set(err, ERR_CORRUPT, "database: unknown role \"%s\"", stmt_text(st, 2));
    snprintf(out->password_hash, sizeof(out->password_hash), "%s", stmt_text(st, 3));
    out->disabled = !stmt_is_null(st, 4);
    return 1;
}

int account_add(struct service *s, const struct actor *who, const char *name, enum role role,
                const char *password, struct err *err)
{
    const char *fault = policy_account_name_fault(name);
    if (!fault && role == ROLE_NONE)
        fault = "A role is admin, member or viewer.";
    if (fault)
        return err_set(err, ERR_INVALID, "%s", fault);
    if (password_check(password, name, err) < 0)
        return -1;
    char hash[PASSWORD_HASH_MAX];
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (password_hash(s->config, password, hash, err) < 0 || db_begin(s->db, &tx, err) < 0)
        return -1;
    struct err failed = { 0 };
    if (db_exec(s->db, &failed, SQL_ACCOUNT_INSERT, "sssis", name, role_name(role), hash,
                time_wall_ms(), "") < 0) {
        if (failed.code == ERR_EXISTS)
            return err_set(err, ERR_EXISTS, "There is an account \"%s\" already.", name);
        return err_set(err, failed.code, "%s", failed.msg);
    }
    if (audit_add(s->db, who, "account.add", name, true, role_name(role), err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int account_set_password(struct service *s, const struct actor *who, const char *name,
                         const char *password, struct err *err)
{
    if (password_check(password, name, err) < 0)
        return -1;
    struct account_row row = { 0 };
    int found = account_row_find(s, name, &row, err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "There is no account \"%s\".", name);
    char hash[PASSWORD_HASH_MAX];
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (password_hash(s->config, password, hash, err) < 0 || db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_ACCOUNT_SET_PASSWORD, "is", row.account.id, hash) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", row.account.id) < 0 ||
        db_exec(s->db, err, SQL_ACCESS_LINK_DELETE, "i", row.account.id) < 0 ||
        account_forgive(s, row.account.name, who->address, err) < 0 ||
        audit_add(s->db, who, "account.password", row.account.name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int account_find(struct service *s, const char *name, struct account *out, struct err *err)
{
    struct account_row row = { 0 };
    CLEANUP_FREE char *oldest = NULL;
    if (!name) {
        CLEANUP(stmt_done_p) struct stmt *st = NULL;
        if (db_query(s->db, &st, err, SQL_ACCOUNT_OLDEST_ADMIN, "") < 0 || stmt_step(st, err) < 0)
            return -1;
        name = oldest = str_dup(stmt_text(st, 0));
    }
    int found = account_row_find(s, name, &row, err);
    if (found == 0 && oldest)
        return err_set(err, ERR_NOT_FOUND, "There is no admin account yet: storectl user add");
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "There is no account \"%s\".", name);
    *out = row.account;
    return found < 0 ? -1 : 0;
}

int account_count(struct service *s, int64_t *count, struct err *err)
{
    return db_int(s->db, count, err, SQL_ACCOUNT_COUNT, "");
}

/* Whom failures are counted against. An address shares its count over all names it tries. */
struct subjects {
    char network[IPADDR_TEXT_MAX]; /* the address, or what one person has of IPv6 */
    char account[ACCOUNT_NAME_MAX * 4 + IPADDR_TEXT_MAX + 16], address[IPADDR_TEXT_MAX + 16];
    int64_t account_wait_max_ms;
};

/* Guesses from all over the world count together against an account, but cannot keep its owner out:
 * a network from which it was signed in to has a count of its own (NIST SP 800-63B, 5.2.2), and
 * others wait half a minute at most. */
static int name_subjects(struct service *s, struct subjects *out, const char *name,
                         const char *address, struct err *err)
{
    int64_t known = 0;
    ipaddr_neighbourhood(address, out->network);
    if (db_int(s->db, &known, err, SQL_KNOWN_NETWORK_COUNT, "ss", name, out->network) < 0)
        return -1;
    snprintf(out->account, sizeof(out->account), "account:%s%s%s", name, known ? " from " : "",
             known ? out->network : "");
    for (char *p = out->account; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20); /* names compare without case (NOCASE is ASCII only) */
    snprintf(out->address, sizeof(out->address), "address:%s", out->network);
    out->account_wait_max_ms = known ? WAIT_MAX_MS : STRANGERS_WAIT_MAX_MS;
    return 0;
}

static int check_throttle(struct service *s, const struct subjects *who, int64_t *retry_after_ms,
                          struct err *err)
{
    int64_t until = 0, now = time_wall_ms();
    if (db_int(s->db, &until, err, SQL_SIGN_IN_BLOCKED_UNTIL, "ss", who->account, who->address) < 0)
        return -1;
    if (until <= now)
        return 0;
    *retry_after_ms = until - now;
    char span[TIME_SPAN_MAX];
    return err_set(err, ERR_LIMIT, "Too many failed attempts; try again in %s.",
                   time_span((until - now + 999) / 1000 * 1000, span));
}

static int count_failure(struct service *s, const struct subjects *who, struct err *err)
{
    int64_t now = time_wall_ms();
    const struct {
        const char *subject;
        int64_t wait_max_ms;
    } counts[] = { { who->account, who->account_wait_max_ms }, { who->address, WAIT_MAX_MS } };
    for (size_t i = 0; i < 2; i++)
        if (db_exec(s->db, err, SQL_SIGN_IN_FAILURE_ADD, "si", counts[i].subject, now) < 0 ||
            db_exec(s->db, err, SQL_SIGN_IN_FAILURE_BLOCK, "sii", counts[i].subject, now,
                    counts[i].wait_max_ms) < 0)
            return -1;
    return db_exec(s->db, err, SQL_SIGN_IN_FAILURE_FORGET, "i", now - FAILURE_FORGET_MS) < 0 ? -1
                                                                                             : 0;
}

int account_forgive(struct service *s, const char *name, const char *address, struct err *err)
{
    char network[IPADDR_TEXT_MAX];
    ipaddr_neighbourhood(address, network);
    return db_exec(s->db, err, SQL_SIGN_IN_FAILURE_FORGIVE, "ss", name, network) < 0 ? -1 : 0;
}

int account_open_session(struct service *s, const struct account *account, const char *address,
                         const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct err *err)
{
    unsigned char hash[TOKEN_HASH_LEN];
    int64_t now = time_wall_ms();
    account_hash_token(rand_hex(token, SESSION_TOKEN_LEN / 2), hash);
    if (db_exec(s->db, err, SQL_SESSION_DELETE_EXPIRED, "ii", now,
                now - s->config->session_idle_ms) < 0)
        return -1;
    if (db_exec(s->db, err, SQL_ACCOUNT_SIGNED_IN, "ii", account->id, now) < 0)
        return -1;
    return db_exec(s->db, err, SQL_SESSION_INSERT, "biiiss", hash, sizeof(hash), account->id, now,
                   now + s->config->session_max_ms, address, user_agent) < 0
               ? -1
               : 0;
}

static int refuse(struct service *s, const struct subjects *subjects, const struct actor *who,
                  const char *action, const char *detail, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || count_failure(s, subjects, err) < 0 ||
        audit_add(s->db, who, action, who->name, false, detail, err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    return err_set(err, ERR_UNAUTHORIZED, "The name or the password is wrong.");
}

/* Inside the transaction: is what was checked before it still so? */
static int check_still(struct service *s, const struct account_row *row, struct err *err)
{
    struct account_row now = { 0 };
    int found = account_row_find(s, row->account.name, &now, err);
    if (found < 0)
        return -1;
    if (found && !now.disabled && str_eq(now.password_hash, row->password_hash))
        return 0;
    return err_set(err, ERR_UNAUTHORIZED, "The name or the password is wrong.");
}

static int remember_network(struct service *s, int64_t account, const char *network,
                            struct err *err)
{
    int64_t now = time_wall_ms();
    if (db_exec(s->db, err, SQL_KNOWN_NETWORK_FORGET, "i", now - NETWORK_FORGET_MS) < 0)
        return -1;
    return db_exec(s->db, err, SQL_KNOWN_NETWORK_ADD, "isi", account, network, now) < 0 ? -1 : 0;
}

static int let_in(struct service *s, const struct subjects *subjects, const struct actor *who,
                  const struct account_row *row, const char *password, const char *user_agent,
                  char token[SESSION_TOKEN_LEN + 1], struct err *err)
{
    char stronger[PASSWORD_HASH_MAX] = "", opened[SESSION_TOKEN_LEN + 1];
    if (password_is_weak(s->config, row->password_hash) &&
        password_hash(s->config, password, stronger, err) < 0)
        return -1;
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || check_still(s, row, err) < 0 ||
        db_exec(s->db, err, SQL_SIGN_IN_FAILURE_CLEAR, "s", subjects->account) < 0 ||
        remember_network(s, row->account.id, subjects->network, err) < 0 ||
        account_open_session(s, &row->account, who->address, user_agent, opened, err) < 0 ||
        (stronger[0] &&
         db_exec(s->db, err, SQL_ACCOUNT_SET_PASSWORD, "is", row->account.id, stronger) < 0) ||
        audit_add(s->db, who, "session.sign-in", who->name, true, "", err) < 0 ||
        db_commit(&tx, err) < 0)
        return -1;
    memcpy(token, opened, sizeof(opened));
    return 0;
}

int account_sign_in(struct service *s, const char *name, const char *password, const char *address,
                    const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct account *out,
                    int64_t *retry_after_ms, struct err *err)
{
    struct subjects subjects;
    struct account_row row = { 0 };
    if (policy_account_name_fault(name))
        name = ""; /* nobody is called so; neither is it worth keeping */
    *retry_after_ms = 0;
    if (name_subjects(s, &subjects, name, address, err) < 0 ||
        check_throttle(s, &subjects, retry_after_ms, err) < 0)
        return -1;
    const char *nobody = password_of_nobody(s->config);
    int found = account_row_find(s, name, &row, err);
    if (found < 0)
        return -1;
    /* Who does not exist, or was invited only, costs the same time as who does. */
    bool right = password_is(row.password_hash[0] ? row.password_hash : nobody, password);
    struct actor who = { 0, row.account.role, name, address };
    if (!found || !right)
        return refuse(s, &subjects, &who, "session.sign-in", "", err);
    who.account_id = row.account.id;
    who.name = row.account.name;
    if (row.disabled)
        return refuse(s, &subjects, &who, "session.sign-in", "The account is disabled.", err);
    if (let_in(s, &subjects, &who, &row, password, user_agent, token, err) < 0)
        return -1;
    *out = row.account;
    return 0;
}

int account_change_password(struct service *s, const struct actor *who, const char *token,
                            const char *old, const char *password, int64_t *retry_after_ms,
                            struct err *err)
{
    struct subjects subjects;
    struct account_row row = { 0 };
    *retry_after_ms = 0;
    if (name_subjects(s, &subjects, who->name, who->address, err) < 0 ||
        check_throttle(s, &subjects, retry_after_ms, err) < 0 ||
        account_row_find(s, who->name, &row, err) < 0)
        return -1;
    if (!password_is(row.password_hash, old)) {
        int r = refuse(s, &subjects, who, "account.password", "", err);
        return err && err->code != ERR_UNAUTHORIZED
                   ? r
                   : err_set(err, ERR_UNAUTHORIZED, "This is not your present password.");
    }
    unsigned char mine[TOKEN_HASH_LEN];
    char hash[PASSWORD_HASH_MAX];
    account_hash_token(token, mine);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (password_check(password, row.account.name, err) < 0 ||
        password_hash(s->config, password, hash, err) < 0 || db_begin(s->db, &tx, err) < 0 ||
        check_still(s, &row, err) < 0 ||
        db_exec(s->db, err, SQL_SIGN_IN_FAILURE_CLEAR, "s", subjects.account) < 0 ||
        db_exec(s->db, err, SQL_ACCOUNT_SET_PASSWORD, "is", row.account.id, hash) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OTHERS, "ib", row.account.id, mine, sizeof(mine)) <
            0 ||
        db_exec(s->db, err, SQL_ACCESS_LINK_DELETE, "i", row.account.id) < 0 ||
        audit_add(s->db, who, "account.password", row.account.name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}
