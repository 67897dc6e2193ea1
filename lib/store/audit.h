/* The audit log: who did what, to what, with what result. Written in the transaction of the deed
 * itself, so that neither stands without the other.
 *
 * Rows are numbered from 1 without a gap, and chained: each carries the hash of the row before (the
 * first: 32 zero bytes) and its own,
 *
 *     hash = BLAKE2b-256(previous, f(id), f(at), f(account_id), f(actor), f(address), f(action),
 *                        f(object), f(result), f(detail))
 *
 * where f(x) is x as text (numbers in decimal) behind its length in bytes as 8 bytes, big-endian.
 * Whoever changes, removes or inserts a row breaks the chain there, or has to write every later
 * row anew, the last one's hash included. That hash is what an anchor keeps: a line "ID HASH TIME"
 * in a place that whoever writes to the database cannot write to. What is older than an anchor
 * cannot be forged without a trace; what came after the newest one can. */
#ifndef SW_STORE_AUDIT_H
#define SW_STORE_AUDIT_H

#include <stdio.h>

#include "base/buf.h"
#include "db/db.h"
#include "store/model.h"
#include "store/service.h"

#define AUDIT_HASH_LEN 32

/* action: "store.create" ...; detail: for people, never a secret; ok false: it was refused. Inside
 * a transaction. */
int audit_add(struct db *db, const struct actor *who, const char *action, const char *object,
              bool ok, const char *detail, struct err *err);

struct audit_row {
    int64_t id, at, account_id; /* account_id 0: nobody was signed in, or the command line */
    char *actor, *address, *action, *object, *result, *detail; /* owned */
    unsigned char previous[AUDIT_HASH_LEN], hash[AUDIT_HASH_LEN];
};
struct audit_page {
    struct audit_row *items;
    size_t count;
    bool has_newer, has_older;
};
void audit_page_clear(struct audit_page *p);

#define AUDIT_PAGE_SIZE 100
struct audit_query {
    const char *actor, *action, *object, *result; /* NULL or "": all. action: "store.create" or
                                                     all of "store" */
    int64_t from, before;                         /* wall ms; before 0: no end */
    int64_t older_than, newer_than;               /* ids, as in struct store_query */
};
/* Newest first. ERR_FORBIDDEN for who is no admin. */
int audit_list(struct service *s, const struct actor *who, const struct audit_query *q,
               struct audit_page *out, struct err *err);

/* Appends rows with ids above after to out, at most `most`, one JSON object a line, oldest first.
 * Returns how many; *last is the last one's id. ERR_FORBIDDEN for who is no admin. */
int audit_export(struct service *s, const struct actor *who, int64_t after, int most,
                 struct buf *out, int64_t *last, struct err *err);

struct audit_head {
    int64_t id; /* 0: the log is empty */
    unsigned char hash[AUDIT_HASH_LEN];
};
int audit_head(struct service *s, struct audit_head *out, struct err *err);

/* Follows the chain from the first row to the last, and holds it against anchors, one a line ("ID
 * HASH ..."), unless that is NULL. *rows is the number of good rows, *anchored the last one that an
 * anchor covers. ERR_CORRUPT: it was tampered with; the message says at which row and how. */
int audit_verify(struct service *s, FILE *anchors, int64_t *rows, int64_t *anchored,
                 struct err *err);

#endif
