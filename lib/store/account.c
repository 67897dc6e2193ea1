#include "store/account.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit.h"

/* OWASP's second choice for argon2id: 19 MiB, 2 passes; about 30 ms. */
#define PASSWORD_PASSES 2
#define PASSWORD_MEMORY (19u << 20)
#define TOKEN_HASH_LEN 32
#define SESSION_TOUCH_MS 60000
#define FAILURE_FORGET_MS 86400000

static int hash_password(const char *password, char out[crypto_pwhash_STRBYTES], struct err *err)
{
    if (sodium_init() < 0 ||
        crypto_pwhash_str_alg(out, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) < 0)
        return err_set(err, ERR_UNAVAILABLE, "not enough memory to hash a password");
    return 0;
}

static void hash_token(const char *token, unsigned char out[TOKEN_HASH_LEN])
{
    crypto_generichash(out, TOKEN_HASH_LEN, (const unsigned char *)token, strlen(token), NULL, 0);
}

struct account_row {
    struct account account;
    char password_hash[crypto_pwhash_STRBYTES];
    bool disabled;
};

/* 1: found, 0: no such account, -1: failed. */
static int find_account(struct service *s, const char *name, struct account_row *out,
                        struct err *err)
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
    if (!fault)
        fault = policy_password_fault(password, name);
    if (!fault && role == ROLE_NONE)
        fault = "A role is admin, member or viewer.";
    if (fault)
        return err_set(err, ERR_INVALID, "%s", fault);
    char hash[crypto_pwhash_STRBYTES];
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (hash_password(password, hash, err) < 0 || db_begin(s->db, &tx, err) < 0)
        return -1;
    struct err failed = { 0 };
    if (db_exec(s->db, &failed, SQL_ACCOUNT_INSERT, "sssi", name, role_name(role), hash,
                time_wall_ms()) < 0) {
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
    const char *fault = policy_password_fault(password, name);
    if (fault)
        return err_set(err, ERR_INVALID, "%s", fault);
    struct account_row row = { 0 };
    int found = find_account(s, name, &row, err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "There is no account \"%s\".", name);
    char hash[crypto_pwhash_STRBYTES];
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (hash_password(password, hash, err) < 0 || db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_ACCOUNT_SET_PASSWORD, "is", row.account.id, hash) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", row.account.id) < 0 ||
        audit_add(s->db, who, "account.password", name, true, "", err) < 0)
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
    int found = find_account(s, name, &row, err);
    if (found == 0 && oldest)
        return err_set(err, ERR_NOT_FOUND, "There is no admin account yet: storectl user add");
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "There is no account \"%s\".", name);
    *out = row.account;
    return found < 0 ? -1 : 0;
}

int account_list(struct service *s, account_fn each, void *arg, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_ACCOUNT_LIST, "") < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        struct account account = { .id = stmt_int(st, 0) };
        snprintf(account.name, sizeof(account.name), "%s", stmt_text(st, 1));
        role_parse(stmt_text(st, 2), &account.role);
        each(arg, &account, stmt_int(st, 3), !stmt_is_null(st, 4));
    }
    return r;
}

int account_count(struct service *s, int64_t *count, struct err *err)
{
    return db_int(s->db, count, err, SQL_ACCOUNT_COUNT, "");
}

/* Whom failures are counted against. An address shares its count over all names it tries. */
struct subjects {
    char account[ACCOUNT_NAME_MAX * 4 + 16], address[96];
};

static void name_subjects(struct subjects *out, const char *name, const char *address)
{
    snprintf(out->account, sizeof(out->account), "account:%s", name);
    for (char *p = out->account; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20); /* names compare without case (NOCASE is ASCII only) */
    snprintf(out->address, sizeof(out->address), "address:%s", address);
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
    const char *subjects[] = { who->account, who->address };
    for (size_t i = 0; i < 2; i++)
        if (db_exec(s->db, err, SQL_SIGN_IN_FAILURE_ADD, "si", subjects[i], now) < 0 ||
            db_exec(s->db, err, SQL_SIGN_IN_FAILURE_BLOCK, "si", subjects[i], now) < 0)
            return -1;
    return db_exec(s->db, err, SQL_SIGN_IN_FAILURE_FORGET, "i", now - FAILURE_FORGET_MS) < 0 ? -1
                                                                                             : 0;
}

/* An account that does not exist costs the same time as one that does. */
static const char *hash_of_nobody(void)
{
    static char hash[crypto_pwhash_STRBYTES];
    if (!hash[0]) {
        char password[33];
        hash_password(rand_hex(password, 16), hash, NULL);
    }
    return hash;
}

static int open_session(struct service *s, const struct account *account, const char *address,
                        const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct err *err)
{
    unsigned char hash[TOKEN_HASH_LEN];
    int64_t now = time_wall_ms();
    hash_token(rand_hex(token, SESSION_TOKEN_LEN / 2), hash);
    if (db_exec(s->db, err, SQL_SESSION_DELETE_EXPIRED, "ii", now,
                now - s->config->session_idle_ms) < 0)
        return -1;
    return db_exec(s->db, err, SQL_SESSION_INSERT, "biiiss", hash, sizeof(hash), account->id, now,
                   now + s->config->session_max_ms, address, user_agent) < 0
               ? -1
               : 0;
}

static int refuse(struct service *s, const struct subjects *subjects, const struct actor *who,
                  struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || count_failure(s, subjects, err) < 0 ||
        audit_add(s->db, who, "session.sign-in", who->name, false, "", err) < 0 ||
        db_commit(&tx, err) < 0)
        return -1;
    return err_set(err, ERR_UNAUTHORIZED, "The name or the password is wrong.");
}

int account_sign_in(struct service *s, const char *name, const char *password, const char *address,
                    const char *user_agent, char token[SESSION_TOKEN_LEN + 1], struct account *out,
                    int64_t *retry_after_ms, struct err *err)
{
    struct subjects subjects;
    struct account_row row = { 0 };
    if (policy_account_name_fault(name))
        name = ""; /* nobody is called so; neither is it worth keeping */
    name_subjects(&subjects, name, address);
    *retry_after_ms = 0;
    if (check_throttle(s, &subjects, retry_after_ms, err) < 0)
        return -1;
    const char *nobody = hash_of_nobody();
    int found = find_account(s, name, &row, err);
    if (found < 0)
        return -1;
    bool right = crypto_pwhash_str_verify(found ? row.password_hash : nobody, password,
                                          strlen(password)) == 0;
    struct actor who = { found && right ? row.account.id : 0, row.account.role, name, address };
    if (!found || !right || row.disabled)
        return refuse(s, &subjects, &who, err);

    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_SIGN_IN_FAILURE_CLEAR, "s", subjects.account) < 0 ||
        open_session(s, &row.account, address, user_agent, token, err) < 0 ||
        audit_add(s->db, &who, "session.sign-in", row.account.name, true, "", err) < 0 ||
        db_commit(&tx, err) < 0)
        return -1;
    *out = row.account;
    return 0;
}

static int read_session(struct service *s, const unsigned char hash[TOKEN_HASH_LEN], int64_t now,
                        struct account *out, int64_t *seen, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_SESSION_FIND, "bii", hash, (size_t)TOKEN_HASH_LEN, now,
                 now - s->config->session_idle_ms) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r < 0)
        return -1;
    if (r == 0 || role_parse(stmt_text(st, 2), &out->role) < 0)
        return err_set(err, ERR_UNAUTHORIZED, "Sign in first.");
    out->id = stmt_int(st, 0);
    snprintf(out->name, sizeof(out->name), "%s", stmt_text(st, 1));
    *seen = stmt_int(st, 3);
    return 0;
}

int account_by_session(struct service *s, const char *token, struct account *out, struct err *err)
{
    if (str_empty(token) || strlen(token) != SESSION_TOKEN_LEN)
        return err_set(err, ERR_UNAUTHORIZED, "Sign in first.");
    unsigned char hash[TOKEN_HASH_LEN];
    hash_token(token, hash);
    int64_t now = time_wall_ms(), seen = 0;
    if (read_session(s, hash, now, out, &seen, err) < 0)
        return -1;
    /* A read page must not fail because the disk is full: the touch may. */
    if (now - seen > SESSION_TOUCH_MS)
        db_exec(s->db, NULL, SQL_SESSION_TOUCH, "bi", hash, sizeof(hash), now);
    return 0;
}

int account_sign_out(struct service *s, const struct actor *who, const char *token, struct err *err)
{
    unsigned char hash[TOKEN_HASH_LEN];
    hash_token(token, hash);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE, "b", hash, sizeof(hash)) < 0 ||
        audit_add(s->db, who, "session.sign-out", who->name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}
