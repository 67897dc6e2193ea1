/* Reading the audit log: pages for people, lines for programs. */
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit_row.h"

int audit_row_hash(struct stmt *st, int column, unsigned char out[AUDIT_HASH_LEN], struct err *err)
{
    size_t n = 0;
    const void *bytes = stmt_blob(st, column, &n);
    if (n != AUDIT_HASH_LEN)
        return err_set(err, ERR_CORRUPT, "a hash of the audit log has %zu bytes", n);
    memcpy(out, bytes, n);
    return 0;
}

int audit_row_read(struct stmt *st, struct audit_row *out, struct err *err)
{
    out->id = stmt_int(st, 0);
    out->at = stmt_int(st, 1);
    out->account_id = stmt_int(st, 2);
    char **texts[] = { &out->actor,  &out->address, &out->action,
                       &out->object, &out->result,  &out->detail };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = str_dup(stmt_text(st, 3 + (int)i));
    return audit_row_hash(st, 9, out->previous, err) < 0 ||
                   audit_row_hash(st, 10, out->hash, err) < 0
               ? -1
               : 0;
}

void audit_row_clear(struct audit_row *r)
{
    char **texts[] = { &r->actor, &r->address, &r->action, &r->object, &r->result, &r->detail };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(*texts[i]);
    memset(r, 0, sizeof(*r));
}

void audit_page_clear(struct audit_page *p)
{
    for (size_t i = 0; i < p->count; i++)
        audit_row_clear(&p->items[i]);
    free(p->items);
    memset(p, 0, sizeof(*p));
}

static int check_reader(const struct actor *who, struct err *err)
{
    if (who->role == ROLE_ADMIN)
        return 0;
    return err_set(err, ERR_FORBIDDEN, "the audit log is for administrators");
}

static int read_page(struct stmt *st, struct audit_page *out, bool *more, struct err *err)
{
    out->items = mem_alloc_array(AUDIT_PAGE_SIZE, sizeof(*out->items));
    for (;;) {
        int r = stmt_step(st, err);
        if (r <= 0)
            return r;
        if (out->count == AUDIT_PAGE_SIZE) {
            *more = true;
            return 0;
        }
        if (audit_row_read(st, &out->items[out->count++], err) < 0)
            return -1;
    }
}

static void reverse(struct audit_page *page)
{
    for (size_t i = 0, j = page->count; i + 1 < j; i++) {
        struct audit_row swap = page->items[--j];
        page->items[j] = page->items[i];
        page->items[i] = swap;
    }
}

int audit_list(struct service *s, const struct actor *who, const struct audit_query *q,
               struct audit_page *out, struct err *err)
{
    if (check_reader(who, err) < 0)
        return -1;
    bool newer = q->newer_than > 0, more = false;
    int64_t from = newer ? q->newer_than : q->older_than > 0 ? q->older_than : INT64_MAX;
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, newer ? SQL_AUDIT_PAGE_NEWER : SQL_AUDIT_PAGE_OLDER, "ssssiiii",
                 str_or_empty(q->actor), str_or_empty(q->action), str_or_empty(q->object),
                 str_or_empty(q->result), q->from, q->before ? q->before : INT64_MAX, from,
                 (int64_t)AUDIT_PAGE_SIZE + 1) < 0)
        return -1;
    if (read_page(st, out, &more, err) < 0) {
        audit_page_clear(out);
        return -1;
    }
    if (newer)
        reverse(out);
    out->has_newer = newer ? more : q->older_than > 0;
    out->has_older = newer ? true : more;
    return 0;
}

static int add_line(const struct audit_row *r, struct buf *out, struct err *err)
{
    char previous[2 * AUDIT_HASH_LEN + 1], hash[2 * AUDIT_HASH_LEN + 1], when[TIME_RFC3339_MAX];
    sodium_bin2hex(previous, sizeof(previous), r->previous, AUDIT_HASH_LEN);
    sodium_bin2hex(hash, sizeof(hash), r->hash, AUDIT_HASH_LEN);
    json_auto_t *line =
        json_pack("{s:I, s:I, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id",
                  (json_int_t)r->id, "at", (json_int_t)r->at, "time", time_rfc3339(r->at, when),
                  "account_id", (json_int_t)r->account_id, "actor", r->actor, "address", r->address,
                  "action", r->action, "object", r->object, "result", r->result, "detail",
                  r->detail, "previous", previous, "hash", hash);
    char *text = json_dumps(line, JSON_COMPACT);
    if (!text)
        return err_set(err, ERR_CORRUPT, "row %lld of the audit log is not text", (long long)r->id);
    buf_addf(out, "%s\n", text);
    free(text);
    return out->overflow ? err_set(err, ERR_TOO_LARGE, "the rows are too many at once") : 0;
}

int audit_export(struct service *s, const struct actor *who, int64_t after, int most,
                 struct buf *out, int64_t *last, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (check_reader(who, err) < 0 ||
        db_query(s->db, &st, err, SQL_AUDIT_FROM, "ii", after, (int64_t)most) < 0)
        return -1;
    int n = 0, r;
    for (; (r = stmt_step(st, err)) > 0; n++) {
        CLEANUP(audit_row_clear) struct audit_row row = { 0 };
        if (audit_row_read(st, &row, err) < 0 || add_line(&row, out, err) < 0)
            return -1;
        *last = row.id;
    }
    return r < 0 ? -1 : n;
}
