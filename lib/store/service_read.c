/* Reading: stores, their steps and timelines, as far as the one who asks may see them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/row.h"
#include "store/service.h"

#define SEARCH_MAX 256 /* bytes of a search text; longer ones find nothing */

#define OWNER_ANY 0     /* as the statements have it */
#define OWNER_NOBODY -1 /* no account has this id */

/* The owner a statement is limited to. Nobody signed in has no account, and no stores either. */
static int64_t visible_owner(const struct actor *who)
{
    if (who->role == ROLE_ADMIN)
        return OWNER_ANY;
    return who->account_id > 0 ? who->account_id : OWNER_NOBODY;
}

int service_get(struct service *s, const struct actor *who, const char *id, bool also_deleted,
                struct store *out, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    int64_t owner = visible_owner(who);
    int r = owner == OWNER_ANY
                ? db_query(s->db, &st, err, SQL_STORE_BY_ID, "si", id, (int64_t)also_deleted)
                : db_query(s->db, &st, err, SQL_STORE_BY_ID_SEEN_BY, "sii", id,
                           (int64_t)also_deleted, owner);
    if (r == 0)
        r = stmt_step(st, err);
    /* The same answer for another's store as for none, so that IDs cannot be probed. */
    if (r == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no store \"%.64s\"", id);
    return r < 0 ? -1 : row_read_store(st, out, err);
}

int service_get_again(struct service *s, struct store *store, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_BY_UID, "s", store->uid) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no store \"%.64s\" any more", store->id);
    struct store now = { 0 };
    if (r < 0 || row_read_store(st, &now, err) < 0) {
        store_clear(&now);
        return -1;
    }
    store_clear(store);
    *store = now;
    return 0;
}

/* Characters that LIKE gives a meaning stand for themselves. */
static char *like_text(const char *search)
{
    struct buf out = BUF_INIT((size_t)2 * SEARCH_MAX);
    for (const char *p = str_or_empty(search); *p; p++) {
        if (strchr("%_!", *p))
            buf_addc(&out, '!');
        buf_addc(&out, *p);
    }
    return buf_take(&out);
}

static void reverse(struct store_page *page)
{
    for (size_t i = 0, j = page->count; i + 1 < j; i++) {
        struct store swap = page->items[--j];
        page->items[j] = page->items[i];
        page->items[i] = swap;
    }
}

static int read_page(struct stmt *st, struct store_page *out, bool *more, struct err *err)
{
    out->items = mem_alloc_array(STORE_PAGE_SIZE, sizeof(*out->items));
    for (;;) {
        int r = stmt_step(st, err);
        if (r <= 0)
            return r;
        if (out->count == STORE_PAGE_SIZE) {
            *more = true;
            return 0;
        }
        if (row_read_store(st, &out->items[out->count++], err) < 0)
            return -1;
    }
}

int service_list(struct service *s, const struct actor *who, const struct store_query *q,
                 struct store_page *out, struct err *err)
{
    if (q->search && strlen(q->search) > SEARCH_MAX)
        return 0;
    CLEANUP_FREE char *like = like_text(q->search);
    const char *status = q->status < 0 ? NULL : store_status_name((enum store_status)q->status);
    bool newer = q->newer_than > 0;
    int64_t from = newer ? q->newer_than : q->older_than > 0 ? q->older_than : INT64_MAX;
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, newer ? SQL_STORE_PAGE_NEWER : SQL_STORE_PAGE_OLDER, "issii",
                 visible_owner(who), status, like, from, (int64_t)STORE_PAGE_SIZE + 1) < 0)
        return -1;
    bool more = false;
    if (read_page(st, out, &more, err) < 0) {
        store_page_clear(out);
        return -1;
    }
    if (newer)
        reverse(out);
    out->has_newer = newer ? more : q->older_than > 0;
    out->has_older = newer ? true : more;
    return 0;
}

int service_counts(struct service *s, const struct actor *who, struct status_counts *out,
                   struct err *err)
{
    memset(out, 0, sizeof(*out));
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_COUNTS, "i", visible_owner(who)) < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        enum store_status status;
        if (store_status_parse(stmt_text(st, 0), &status) == 0)
            out->of[status] = stmt_int(st, 1);
    }
    return r;
}

static int newest_operation(struct service *s, const char *uid, int64_t *id,
                            enum operation_kind *kind, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_OPERATION_NEWEST, "s", uid) < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "store %s has no operation", uid);
    *id = stmt_int(st, 0);
    if (operation_kind_parse(stmt_text(st, 1), kind) < 0)
        return err_set(err, ERR_CORRUPT, "database: unknown operation \"%s\"", stmt_text(st, 1));
    return 0;
}

int service_steps(struct service *s, const char *uid, struct step_row out[STEP_COUNT],
                  enum operation_kind *kind, struct err *err)
{
    int64_t operation = 0;
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (newest_operation(s, uid, &operation, kind, err) < 0 ||
        db_query(s->db, &st, err, SQL_STEP_LIST, "i", operation) < 0)
        return -1;
    int n = 0, r = 0;
    while (n < STEP_COUNT && (r = stmt_step(st, err)) > 0) {
        if (step_parse(stmt_text(st, 0), &out[n].step) < 0)
            continue;
        out[n].started_at = stmt_int(st, 1);
        out[n].finished_at = stmt_int(st, 2);
        n++;
    }
    return r < 0 ? -1 : n;
}

int service_events(struct service *s, const char *uid, int limit, struct event_list *out,
                   struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_EVENT_LIST, "si", uid, (int64_t)limit) < 0)
        return -1;
    out->items = mem_alloc_array((size_t)limit, sizeof(*out->items));
    int r = 0;
    while (out->count < (size_t)limit && (r = stmt_step(st, err)) > 0) {
        struct event_row *row = &out->items[out->count++];
        row->id = stmt_int(st, 0);
        row->at = stmt_int(st, 1);
        strncpy(row->level, stmt_text(st, 2), sizeof(row->level) - 1);
        row->message = str_dup(stmt_text(st, 3));
    }
    if (r < 0)
        event_list_clear(out);
    return r < 0 ? -1 : 0;
}

int service_trouble(struct service *s, char **message, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_CONDITION_TROUBLE, "") < 0)
        return -1;
    int r = stmt_step(st, err);
    *message = r == 1 ? str_dup(stmt_text(st, 0)) : NULL;
    return r < 0 ? -1 : 0;
}

int service_revision(struct service *s, int64_t *number, struct err *err)
{
    return db_int(s->db, number, err, SQL_REVISION, "");
}

char *service_store_url(const struct service *s, const struct store *store, const char *path)
{
    bool usual = s->config->store_port == (str_eq(s->config->store_scheme, "https") ? 443 : 80);
    if (usual)
        return str_printf("%s://%s%s", s->config->store_scheme, store->host, path);
    return str_printf("%s://%s:%d%s", s->config->store_scheme, store->host,
                      (int)s->config->store_port, path);
}
