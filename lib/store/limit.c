#include "store/limit.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "store/audit.h"
#include "store/engine.h"
#include "store/people.h"

#define HOUR_MS 3600000

/* What to do about a limit that is reached. */
#define DELETE_OR_ASK \
    "Failed stores and those that are being deleted count until they are gone. Delete one that " \
    "you " \
    "no longer need, or ask an administrator to raise the limit."

static const struct limit_kind {
    const char *name, *title;
    size_t offset;    /* in struct config */
    const char *plan; /* NULL: all plans */
} kinds[LIMIT_COUNT] = {
    [LIMIT_STORES] = { "stores", "Stores", offsetof(struct config, limit_stores), NULL },
    [LIMIT_CREATIONS_PER_HOUR] = { "creations_per_hour", "Stores asked for within an hour",
                                   offsetof(struct config, limit_creations_per_hour), NULL },
    [LIMIT_PROVISIONING] = { "provisioning", "Stores being set up at once",
                             offsetof(struct config, limit_provisioning), NULL },
    [LIMIT_SMALL] = { "small", "Stores of the plan Small", offsetof(struct config, limit_small),
                      "small" },
    [LIMIT_MEDIUM] = { "medium", "Stores of the plan Medium", offsetof(struct config, limit_medium),
                       "medium" },
    [LIMIT_LARGE] = { "large", "Stores of the plan Large", offsetof(struct config, limit_large),
                      "large" },
};

const char *limit_name(enum limit l)
{
    return kinds[l].name;
}

const char *limit_title(enum limit l)
{
    return kinds[l].title;
}

static int read_own(struct service *s, int64_t account_id, struct limit_state out[LIMIT_COUNT],
                    struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_ACCOUNT_LIMIT_LIST, "i", account_id) < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0)
        for (int i = 0; i < LIMIT_COUNT; i++)
            if (str_eq(kinds[i].name, stmt_text(st, 0))) {
                out[i].most = stmt_int(st, 1);
                out[i].own = true;
            }
    return r;
}

static int read_usage(struct service *s, int64_t account_id, struct limit_state out[LIMIT_COUNT],
                      struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_ACCOUNT_USAGE, "ii", account_id, time_wall_ms() - HOUR_MS) <
        0)
        return -1;
    int r;
    int64_t oldest = 0;
    while ((r = stmt_step(st, err)) > 0) {
        out[LIMIT_STORES].used += stmt_int(st, 1);
        out[LIMIT_CREATIONS_PER_HOUR].used += stmt_int(st, 2);
        out[LIMIT_PROVISIONING].used += stmt_int(st, 3);
        for (int i = 0; i < LIMIT_COUNT; i++)
            if (kinds[i].plan && str_eq(kinds[i].plan, stmt_text(st, 0)))
                out[i].used = stmt_int(st, 1);
        if (!stmt_is_null(st, 4) && (!oldest || stmt_int(st, 4) < oldest))
            oldest = stmt_int(st, 4);
    }
    out[LIMIT_CREATIONS_PER_HOUR].free_at = oldest ? oldest + HOUR_MS : 0;
    return r;
}

int limit_states(struct service *s, int64_t account_id, struct limit_state out[LIMIT_COUNT],
                 struct err *err)
{
    memset(out, 0, LIMIT_COUNT * sizeof(*out));
    for (int i = 0; i < LIMIT_COUNT; i++) {
        out[i].usual = *(const int64_t *)((const char *)s->config + kinds[i].offset);
        out[i].most = out[i].usual;
    }
    return read_own(s, account_id, out, err) < 0 || read_usage(s, account_id, out, err) < 0 ? -1
                                                                                            : 0;
}

static const char *stores(int64_t n)
{
    return n == 1 ? "store" : "stores";
}

static int refuse_creations(const struct limit_state *l, struct err *err)
{
    char span[TIME_SPAN_MAX];
    int64_t wait = l->free_at - time_wall_ms();
    if (!l->most)
        return err_set(err, ERR_LIMIT,
                       "Your account may not ask for stores: an administrator has to allow it.");
    return err_set(err, ERR_LIMIT,
                   "You have asked for %lld %s within the last hour, and %lld is the most your "
                   "account may ask for in an hour. The next one can be asked for in %s; or ask an "
                   "administrator to raise the limit.",
                   (long long)l->used, stores(l->used), (long long)l->most,
                   time_span((wait > 0 ? wait : 0) / 1000 * 1000 + 1000, span));
}

static int refuse_plan(const struct limit_kind *k, const struct limit_state *l, struct err *err)
{
    const char *plan = plan_find(k->plan)->title;
    if (!l->most)
        return err_set(err, ERR_LIMIT,
                       "Your account may not have stores of the plan %s. Choose another plan, or "
                       "ask an administrator to allow it.",
                       plan);
    return err_set(err, ERR_LIMIT,
                   "You have %lld %s of the plan %s, and %lld is the most your account may have. "
                   "Choose another plan. " DELETE_OR_ASK,
                   (long long)l->used, stores(l->used), plan, (long long)l->most);
}

static int refuse(enum limit which, const struct limit_state *l, struct err *err)
{
    switch (which) {
    case LIMIT_CREATIONS_PER_HOUR:
        return refuse_creations(l, err);
    case LIMIT_PROVISIONING:
        return err_set(
            err, ERR_LIMIT,
            "%lld of your stores %s being set up, and %lld is the most of your account's "
            "that may be at once. Wait until one is ready, or ask an administrator to "
            "raise the limit.",
            (long long)l->used, l->used == 1 ? "is" : "are", (long long)l->most);
    case LIMIT_STORES:
        return err_set(
            err, ERR_LIMIT,
            "You have %lld %s, and %lld is the most your account may have. " DELETE_OR_ASK,
            (long long)l->used, stores(l->used), (long long)l->most);
    default:
        return refuse_plan(&kinds[which], l, err);
    }
}

/* plan NULL: any, so the limits of plans are left out. */
static int check(struct service *s, const struct actor *who, const char *plan, struct err *err)
{
    struct limit_state l[LIMIT_COUNT];
    if (who->role == ROLE_ADMIN)
        return 0;
    if (limit_states(s, who->account_id, l, err) < 0)
        return -1;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if ((!kinds[i].plan || str_eq(kinds[i].plan, plan)) && l[i].used >= l[i].most)
            return refuse((enum limit)i, &l[i], err);
    return 0;
}

int limit_check_create(struct service *s, const struct actor *who, const char *plan,
                       struct err *err)
{
    return check(s, who, plan, err);
}

int limit_forecast(struct service *s, const struct actor *who, struct err *err)
{
    return check(s, who, NULL, err);
}

int limit_check_provisioning(struct service *s, const struct actor *who, struct err *err)
{
    struct limit_state l[LIMIT_COUNT];
    if (who->role == ROLE_ADMIN)
        return 0;
    if (limit_states(s, who->account_id, l, err) < 0)
        return -1;
    if (l[LIMIT_PROVISIONING].used >= l[LIMIT_PROVISIONING].most)
        return refuse(LIMIT_PROVISIONING, &l[LIMIT_PROVISIONING], err);
    return 0;
}

static int set_one(struct service *s, int64_t account_id, const char *name, int64_t value,
                   struct err *err)
{
    if (value == LIMIT_DEFAULT)
        return db_exec(s->db, err, SQL_ACCOUNT_LIMIT_CLEAR, "is", account_id, name);
    return db_exec(s->db, err, SQL_ACCOUNT_LIMIT_SET, "isi", account_id, name, value);
}

/* "stores 5, large 0" into detail; whatever is not said is as the configuration has it. */
static void describe(struct buf *detail, const int64_t values[LIMIT_COUNT])
{
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (values[i] != LIMIT_DEFAULT)
            buf_addf(detail, "%s%s %lld", detail->len ? ", " : "", kinds[i].name,
                     (long long)values[i]);
    if (!detail->len)
        buf_adds(detail, "as configured");
}

int limit_set(struct service *s, const struct actor *who, int64_t account_id,
              const int64_t values[LIMIT_COUNT], struct err *err)
{
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (values[i] < LIMIT_DEFAULT || values[i] > LIMIT_VALUE_MAX)
            return err_set(err, ERR_INVALID, "A limit is a number from 0 to %d.", LIMIT_VALUE_MAX);
    struct person person = { 0 };
    CLEANUP(buf_free) struct buf detail = BUF_INIT(512);
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || people_get(s, who, account_id, &person, err) < 0)
        return -1;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (set_one(s, account_id, kinds[i].name, values[i], err) < 0)
            return -1;
    describe(&detail, values);
    if (audit_add(s->db, who, "account.limits", person.name, true, buf_text(&detail), err) < 0)
        return -1;
    return db_commit(&tx, err);
}
