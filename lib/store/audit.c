/* Writing the log, and telling whether it is whole. Reading it is in audit_read.c. */
#include "store/audit.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit_row.h"

#define VERIFY_BATCH 1000
#define ANCHOR_LINE_MAX 256

static void add_text(crypto_generichash_state *state, const char *text)
{
    unsigned char length[8];
    uint64_t n = strlen(text);
    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (unsigned char)(n >> (56 - 8 * i));
    crypto_generichash_update(state, length, sizeof(length));
    crypto_generichash_update(state, (const unsigned char *)text, n);
}

static void add_number(crypto_generichash_state *state, int64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, number);
    add_text(state, text);
}

static void hash_row(const struct audit_row *r, unsigned char out[AUDIT_HASH_LEN])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, AUDIT_HASH_LEN);
    crypto_generichash_update(&state, r->previous, AUDIT_HASH_LEN);
    add_number(&state, r->id);
    add_number(&state, r->at);
    add_number(&state, r->account_id);
    const char *texts[] = { r->actor, r->address, r->action, r->object, r->result, r->detail };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        add_text(&state, texts[i]);
    crypto_generichash_final(&state, out, AUDIT_HASH_LEN);
}

static int read_head(struct db *db, struct audit_head *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(db, &st, err, SQL_AUDIT_LAST, "") < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r;
    out->id = stmt_int(st, 0);
    return audit_row_hash(st, 1, out->hash, err);
}

int audit_head(struct service *s, struct audit_head *out, struct err *err)
{
    return read_head(s->db, out, err);
}

int audit_add(struct db *db, const struct actor *who, const char *action, const char *object,
              bool ok, const char *detail, struct err *err)
{
    struct audit_head head;
    if (read_head(db, &head, err) < 0)
        return -1;
    /* The casts take away const only; nothing here is changed or freed. */
    struct audit_row row = {
        .id = head.id + 1,
        .at = time_wall_ms(),
        .account_id = who->account_id,
        .actor = (char *)who->name,
        .address = (char *)who->address,
        .action = (char *)action,
        .object = (char *)object,
        .result = (char *)(ok ? "ok" : "refused"),
        .detail = (char *)detail,
    };
    memcpy(row.previous, head.hash, AUDIT_HASH_LEN);
    hash_row(&row, row.hash);
    return db_exec(db, err, SQL_AUDIT_INSERT, "iiissssssbb", row.id, row.at, row.account_id,
                   row.actor, row.address, row.action, row.object, row.result, row.detail,
                   row.previous, (size_t)AUDIT_HASH_LEN, row.hash, (size_t)AUDIT_HASH_LEN) < 0
               ? -1
               : 0;
}

static int check_row(const struct audit_row *r, const struct audit_head *before, struct err *err)
{
    unsigned char hash[AUDIT_HASH_LEN];
    long long id = (long long)r->id;
    if (r->id != before->id + 1)
        return err_set(err, ERR_CORRUPT, "row %lld of the audit log is missing: %lld follows %lld",
                       (long long)before->id + 1, id, (long long)before->id);
    if (memcmp(r->previous, before->hash, AUDIT_HASH_LEN) != 0)
        return err_set(
            err, ERR_CORRUPT,
            "row %lld of the audit log does not continue row %lld: one of them was put in "
            "the place of another",
            id, (long long)before->id);
    hash_row(r, hash);
    if (memcmp(r->hash, hash, AUDIT_HASH_LEN) != 0)
        return err_set(err, ERR_CORRUPT, "row %lld of the audit log was changed", id);
    return 0;
}

struct anchor {
    int64_t id;
    char hash[2 * AUDIT_HASH_LEN + 1];
};

/* 1 and the next anchor; 0: no more. Anchors stand in the order in which they were written. */
static int next_anchor(FILE *anchors, struct anchor *out, struct err *err)
{
    char line[ANCHOR_LINE_MAX];
    while (anchors && fgets(line, sizeof(line), anchors)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        char *hash = strchr(line, ' ');
        if (hash)
            *hash++ = '\0';
        if (!hash || str_to_i64(line, 1, INT64_MAX, &out->id) < 0 ||
            strspn(hash, "0123456789abcdef") != sizeof(out->hash) - 1)
            return err_set(err, ERR_CORRUPT, "anchors: \"%.60s\" is not of the form ID HASH", line);
        snprintf(out->hash, sizeof(out->hash), "%s", hash);
        return 1;
    }
    return 0;
}

/* Passes every anchor up to row `at`. */
static int hold_anchors(FILE *anchors, struct anchor *a, int *more, const struct audit_head *at,
                        int64_t *anchored, struct err *err)
{
    while (*more > 0 && a->id <= at->id) {
        char hash[2 * AUDIT_HASH_LEN + 1];
        sodium_bin2hex(hash, sizeof(hash), at->hash, AUDIT_HASH_LEN);
        if (a->id == at->id && !str_eq(a->hash, hash))
            return err_set(err, ERR_CORRUPT,
                           "row %lld of the audit log is not the one that was anchored: this row "
                           "or one before it was changed and the log written anew from there",
                           (long long)a->id);
        if (a->id == at->id)
            *anchored = a->id;
        *more = next_anchor(anchors, a, err);
    }
    return *more < 0 ? -1 : 0;
}

/* Checks the rows that follow *at and moves it to the last of them. Returns how many, or -1. */
static int verify_batch(struct service *s, struct audit_head *at, FILE *anchors, struct anchor *a,
                        int *more, int64_t *anchored, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_AUDIT_FROM, "ii", at->id, (int64_t)VERIFY_BATCH) < 0)
        return -1;
    int n = 0, r;
    for (; (r = stmt_step(st, err)) > 0; n++) {
        CLEANUP(audit_row_clear) struct audit_row row = { 0 };
        if (audit_row_read(st, &row, err) < 0 || check_row(&row, at, err) < 0)
            return -1;
        at->id = row.id;
        memcpy(at->hash, row.hash, AUDIT_HASH_LEN);
        if (hold_anchors(anchors, a, more, at, anchored, err) < 0)
            return -1;
    }
    return r < 0 ? -1 : n;
}

int audit_verify(struct service *s, FILE *anchors, int64_t *rows, int64_t *anchored,
                 struct err *err)
{
    struct audit_head at = { 0 };
    struct anchor a = { 0 };
    int more = next_anchor(anchors, &a, err), n = 1;
    *rows = *anchored = 0;
    while (n > 0 && more >= 0) {
        n = verify_batch(s, &at, anchors, &a, &more, anchored, err);
        *rows = at.id;
    }
    if (n < 0 || more < 0)
        return -1;
    if (more > 0)
        return err_set(err, ERR_CORRUPT,
                       "the audit log ends with row %lld, and row %lld was there once: its end was "
                       "cut off",
                       (long long)at.id, (long long)a.id);
    return 0;
}
