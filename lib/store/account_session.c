/* Sessions: who a token belongs to, one's own sessions, and how they end. They begin in account.c.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/account_row.h"
#include "store/audit.h"

#define SESSION_TOUCH_MS 60000
#define SESSIONS_MAX 200 /* shown; the ones used last */

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
    out->has_password = stmt_int(st, 4) != 0;
    return 0;
}

int account_by_session(struct service *s, const char *token, struct account *out, struct err *err)
{
    if (str_empty(token) || strlen(token) != SESSION_TOKEN_LEN)
        return err_set(err, ERR_UNAUTHORIZED, "Sign in first.");
    unsigned char hash[TOKEN_HASH_LEN];
    account_hash_token(token, hash);
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
    account_hash_token(token, hash);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE, "b", hash, sizeof(hash)) < 0 ||
        audit_add(s->db, who, "session.sign-out", who->name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

/* The session's name in pages: the first bytes of its token's hash. */
static void write_handle(char out[SESSION_HANDLE_LEN + 1], const unsigned char *hash)
{
    sodium_bin2hex(out, SESSION_HANDLE_LEN + 1, hash, SESSION_HANDLE_LEN / 2);
}

static void read_one(struct stmt *st, const unsigned char mine[TOKEN_HASH_LEN], struct session *out)
{
    size_t n = 0;
    const unsigned char *hash = stmt_blob(st, 0, &n);
    if (n == TOKEN_HASH_LEN) {
        write_handle(out->handle, hash);
        out->current = memcmp(hash, mine, TOKEN_HASH_LEN) == 0;
    }
    out->created_at = stmt_int(st, 1);
    out->last_seen_at = stmt_int(st, 2);
    out->address = str_dup(stmt_text(st, 3));
    out->user_agent = str_dup(stmt_text(st, 4));
}

int account_sessions(struct service *s, const struct actor *who, const char *token,
                     struct session_list *out, struct err *err)
{
    unsigned char mine[TOKEN_HASH_LEN];
    account_hash_token(token, mine);
    int64_t now = time_wall_ms();
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_SESSION_LIST, "iii", who->account_id, now,
                 now - s->config->session_idle_ms) < 0)
        return -1;
    out->items = mem_alloc_array(SESSIONS_MAX, sizeof(*out->items));
    int r = 0;
    while (out->count < SESSIONS_MAX && (r = stmt_step(st, err)) > 0)
        read_one(st, mine, &out->items[out->count++]);
    if (r < 0)
        session_list_clear(out);
    return r < 0 ? -1 : 0;
}

void session_list_clear(struct session_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->items[i].address);
        free(l->items[i].user_agent);
    }
    free(l->items);
    memset(l, 0, sizeof(*l));
}

int account_end_session(struct service *s, const struct actor *who, const char *handle,
                        struct err *err)
{
    unsigned char prefix[SESSION_HANDLE_LEN / 2];
    size_t n = 0;
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (sodium_hex2bin(prefix, sizeof(prefix), handle, strlen(handle), NULL, &n, NULL) != 0 ||
        n != sizeof(prefix))
        return err_set(err, ERR_NOT_FOUND, "there is no such session");
    if (db_begin(s->db, &tx, err) < 0)
        return -1;
    int ended =
        db_exec(s->db, err, SQL_SESSION_DELETE_ONE, "ib", who->account_id, prefix, sizeof(prefix));
    if (ended == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no such session");
    if (ended < 0 || audit_add(s->db, who, "session.end", who->name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int account_sign_out_everywhere(struct service *s, const struct actor *who, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 ||
        db_exec(s->db, err, SQL_SESSION_DELETE_OF_ACCOUNT, "i", who->account_id) < 0 ||
        audit_add(s->db, who, "session.end-all", who->name, true, "", err) < 0)
        return -1;
    return db_commit(&tx, err);
}
