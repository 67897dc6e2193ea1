#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"

#define ROUTE_PATIENCE \
    8 /* answers other than the shop's, about 3 s, before the timeline tells of it */

#define EVENT_AGAIN_MS 3600000 /* the same line of record_event_once again at the earliest */

static int add_event(struct tracked *t, const char *level, const char *message, struct err *err)
{
    return db_exec(t->world->db, err, SQL_EVENT_INSERT, "siiss", t->row.uid, t->operation_id,
                   time_wall_ms(), level, message);
}

void record_event(struct tracked *t, const char *level, const char *message)
{
    struct err err = { 0 };
    if (add_event(t, level, message, &err) < 0)
        log_warn("an event was not written", "store", t->row.id, "error", err.msg);
}

/* A line that may come again and again is told once. */
static void record_event_once(struct tracked *t, const char *level, const char *message)
{
    struct err err = { 0 };
    if (db_exec(t->world->db, &err, SQL_EVENT_INSERT_ONCE, "siissi", t->row.uid, t->operation_id,
                time_wall_ms(), level, message, (int64_t)EVENT_AGAIN_MS) < 0)
        log_warn("an event was not written", "store", t->row.id, "error", err.msg);
}

void record_applied(struct tracked *t, int64_t generation)
{
    struct err err = { 0 };
    if (generation > t->row.applied_generation)
        t->row.applied_generation = generation;
    t->row.repairing = false;
    if (db_exec(t->world->db, &err, SQL_STORE_APPLIED, "si", t->row.uid, generation) < 0)
        log_warn("not written: helm will run once more after a restart", "store", t->row.id,
                 "error", err.msg);
}

static void write_repairing(struct tracked *t, bool repairing)
{
    struct err err = { 0 };
    if (t->row.repairing == repairing)
        return;
    t->row.repairing = repairing;
    if (db_exec(t->world->db, &err, SQL_STORE_REPAIRING, "si", t->row.uid, (int64_t)repairing) < 0)
        log_warn("not written: that a repair is under way", "store", t->row.id, "error", err.msg);
}

void record_repairing(struct tracked *t)
{
    write_repairing(t, true);
}

void record_repaired(struct tracked *t)
{
    write_repairing(t, false);
    if (!t->operation_id) {
        t->attempt++;
        t->not_before = time_wall_ms() + decide_backoff_ms(t->attempt);
        free(t->error);
        t->error = t->attempt < DECIDE_HELM_ATTEMPTS
                       ? NULL
                       : str_dup("What was missing was put back several times and went missing "
                                 "again: something in the cluster removes it.");
    }
    record_event(t, "info", "What was missing was put back by the store's release.");
}

void record_helm_failed(struct tracked *t, const char *why, bool may_pass)
{
    struct err err = { 0 };
    if (!may_pass || t->attempt + 1 < DECIDE_HELM_ATTEMPTS)
        t->attempt++;
    t->not_before = time_wall_ms() + decide_backoff_ms(t->attempt);
    free(t->error);
    t->error = str_dup(why);
    if (t->operation_id && db_exec(t->world->db, &err, SQL_OPERATION_HELM_FAILED, "iisi",
                                   t->operation_id, t->not_before, why, t->attempt) < 0)
        log_warn("helm's failure was not written", "store", t->row.id, "error", err.msg);
    CLEANUP_FREE char *message = str_printf("Helm failed and is tried again: %.300s", why);
    record_event_once(t, "warning", message);
}

/* Steps in the order of the page, from first to last. */
static void step_range(const struct tracked *t, enum step *first, enum step *last)
{
    bool absent = t->row.desired == STORE_ABSENT;
    *first = absent ? STEP_UNINSTALL : STEP_NAMESPACE;
    *last = absent ? STEP_VERIFY : STEP_ROUTE;
}

/* The steps that are done with all before them. */
static unsigned done_in_order(const struct tracked *t, unsigned done)
{
    enum step first, last;
    step_range(t, &first, &last);
    unsigned in_order = 0;
    for (enum step s = first; s <= last && done & 1u << s; s++)
        in_order |= 1u << s;
    return in_order;
}

static int record_steps(struct tracked *t, unsigned done, int64_t now, struct err *err)
{
    if (!t->operation_id)
        return 0;
    struct db *db = t->world->db;
    enum step first, last;
    step_range(t, &first, &last);
    bool reached = true; /* all before this one are done */
    for (enum step s = first; s <= last; s++) {
        unsigned bit = 1u << s;
        bool is_done = done & bit;
        if (reached && !(t->steps_begun & bit)) {
            if (db_exec(db, err, SQL_STEP_BEGIN, "iisi", t->operation_id, (int64_t)s, step_name(s),
                        now) < 0)
                return -1;
            t->steps_begun |= bit;
        }
        if (is_done && !(t->steps_done & bit)) {
            if (db_exec(db, err, SQL_STEP_FINISH, "iii", t->operation_id, (int64_t)s, now) < 0)
                return -1;
            t->steps_done |= bit;
        } else if (!is_done && t->steps_done & bit) {
            if (db_exec(db, err, SQL_STEP_REOPEN, "ii", t->operation_id, (int64_t)s) < 0)
                return -1;
            t->steps_done &= ~bit;
        }
        reached = is_done;
    }
    return 0;
}

static const char *headline(const struct tracked *t, const struct decision *d)
{
    switch (d->status) {
    case STORE_PROVISIONING:
        return "Provisioning began.";
    case STORE_READY:
        return t->row.ready_at ? "The shop answers again." : "The shop is ready.";
    case STORE_DEGRADED:
        return "The shop is disturbed.";
    case STORE_FAILED:
        return "Provisioning failed.";
    case STORE_DELETING:
        return "Deletion began.";
    case STORE_DELETE_FAILED:
        return "Deletion failed.";
    case STORE_DELETED:
        return "Deleted: nothing of it is left in the cluster.";
    default:
        return "Requested.";
    }
}

static bool is_bad(enum store_status s)
{
    return s == STORE_FAILED || s == STORE_DEGRADED || s == STORE_DELETE_FAILED;
}

static int tell(struct tracked *t, const struct decision *d, struct err *err)
{
    bool new_status = d->status != t->row.status;
    bool new_cause = d->cause != t->said && d->cause != CAUSE_NONE && d->cause != CAUSE_STARTING;
    /* The ingress learns of a new shop a moment after its pods are ready: not worth a line. */
    if (d->cause == CAUSE_ROUTE && t->asked < ROUTE_PATIENCE)
        new_cause = false;
    else
        t->said = d->cause;
    if (!new_status && !new_cause)
        return 0;
    const char *level = is_bad(d->status) ? "error" : new_cause ? "warning" : "info";
    CLEANUP_FREE char *message = NULL;
    if (new_status && d->reason[0] && d->cause != CAUSE_STARTING)
        message = str_printf("%s %s", headline(t, d), d->reason);
    else
        message = str_dup(new_status ? headline(t, d) : d->reason);
    return add_event(t, level, message, err) < 0 ? -1 : 0;
}

/* 0: something newer was asked for. */
static int write_row(struct tracked *t, const struct decision *d, int64_t now, struct err *err)
{
    enum sql_id sql = d->status == STORE_DELETED ? SQL_STORE_OBSERVED_DELETED
                      : d->status == STORE_READY ? SQL_STORE_OBSERVED_READY
                                                 : SQL_STORE_OBSERVED;
    int64_t status_at = d->status != t->row.status ? now : t->row.status_at;
    return db_exec(t->world->db, err, sql, "ssssiii", t->row.uid, store_status_name(d->status),
                   cause_name(d->cause), d->reason, status_at, now, t->row.generation);
}

static int finish_operation(struct tracked *t, const struct decision *d, int64_t now,
                            struct err *err)
{
    if (!t->operation_id)
        return 0;
    struct db *db = t->world->db;
    if (!t->started_at && t->world->complete && !d->waits &&
        db_exec(db, err, SQL_OPERATION_START, "ii", t->operation_id, now) < 0)
        return -1;
    if (d->verdict == OPERATION_GOES_ON)
        return 0;
    bool ok = d->verdict == OPERATION_SUCCEEDS;
    return db_exec(db, err, SQL_OPERATION_FINISH, "isis", t->operation_id,
                   ok ? "succeeded" : "failed", now, ok ? "" : d->reason) < 0
               ? -1
               : 0;
}

static bool row_changed(const struct tracked *t, const struct decision *d)
{
    return d->status != t->row.status || !str_eq(cause_name(d->cause), t->row.cause) ||
           !str_eq(d->reason, t->row.reason);
}

/* What t remembers, as it was before a transaction that may fail. */
struct memory {
    unsigned begun, done;
    enum cause said;
};

/* 1, or 0: something newer was asked for, and nothing is written. */
static int write_all(struct tracked *t, const struct decision *d, int64_t now, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(t->world->db, &tx, err) < 0)
        return -1;
    int written = row_changed(t, d) ? write_row(t, d, now, err) : 1;
    if (written <= 0)
        return written;
    if (record_steps(t, done_in_order(t, d->steps_done), now, err) < 0 || tell(t, d, err) < 0 ||
        finish_operation(t, d, now, err) < 0 || db_commit(&tx, err) < 0)
        return -1;
    return 1;
}

static bool steps_changed(const struct tracked *t, const struct decision *d)
{
    return t->operation_id && (!t->steps_begun || done_in_order(t, d->steps_done) != t->steps_done);
}

int record_decision(struct tracked *t, const struct decision *d, int64_t now, struct err *err)
{
    bool starts = t->operation_id && !t->started_at && t->world->complete && !d->waits;
    bool finishes = t->operation_id && d->verdict != OPERATION_GOES_ON;
    if (!row_changed(t, d) && !steps_changed(t, d) && !starts && !finishes)
        return 1;
    struct memory before = { t->steps_begun, t->steps_done, t->said };
    int written = write_all(t, d, now, err);
    if (written <= 0) {
        t->steps_begun = before.begun;
        t->steps_done = before.done;
        t->said = before.said;
        t->world->reload |= written == 0;
        return written;
    }
    if (d->status != t->row.status) {
        log_info("status", "store", t->row.id, "status", store_status_name(d->status), "cause",
                 cause_name(d->cause), "reason", d->reason);
        t->row.status_at = now;
    }
    t->row.status = d->status;
    free(t->row.cause);
    t->row.cause = str_dup(cause_name(d->cause));
    free(t->row.reason);
    t->row.reason = str_dup(d->reason);
    if (starts)
        t->started_at = now;
    if (d->status == STORE_READY && !t->row.ready_at)
        t->row.ready_at = now;
    if (finishes) {
        t->operation_id = 0;
        t->attempt = t->not_before = 0;
    }
    return 1;
}
