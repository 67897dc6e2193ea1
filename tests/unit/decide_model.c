#include "decide_model.h"

#include <stdio.h>
#include <string.h>

#define HELM_TIMEOUT 20000
#define CRON_EVERY 60000
#define CALL_RETRY 1000
#define SHOWN_WITHIN 10000 /* as in cron/seen.c */
#define DATABASE_AFTER 2000
#define SETUP_AFTER 4000
#define WEB_AFTER 6000

static const struct limits limits = { .create_timeout_ms = 90000, .delete_timeout_ms = 60000 };

static int64_t wall(const struct model *m)
{
    return m->mono + m->clock_offset;
}

static void judge(struct model *m, const char *broken)
{
    if (broken && !m->broken)
        m->broken = broken;
}

void model_init(struct model *m, uint64_t seed)
{
    memset(m, 0, sizeof(*m));
    m->dice.state = seed;
    m->mono = 1000000;
    m->clock_offset = 1700000000000;
    m->cluster.release = RELEASE_NONE;
    m->db.status = STORE_DELETED;
    m->next_uid = m->next_operation = 1;
}

/* The cluster ---------------------------------------------------------------------------------- */

static bool pods_work(const struct model *m)
{
    return m->cluster.workloads && !m->cluster.spoilt && !m->faults.broken_pods &&
           !m->faults.slow_pods && !m->cluster.terminating;
}

static void cluster_tick(struct model *m, int64_t dt)
{
    struct cluster *c = &m->cluster;
    if (c->terminating && !m->faults.stuck_namespace && m->mono >= c->gone_at) {
        int volumes = c->volumes;
        memset(c, 0, sizeof(*c));
        c->release = RELEASE_NONE;
        c->volumes = volumes;
        c->volumes_gone_at = m->mono + dice_below(&m->dice, 4000);
    }
    if (c->owner == NOBODY && !m->faults.stuck_volumes && m->mono >= c->volumes_gone_at)
        c->volumes = 0;
    if (m->faults.broken_pods && c->workloads && c->progress < WEB_AFTER)
        c->spoilt = true;
    if (pods_work(m)) {
        c->progress += dt;
        c->volumes = 1;
    }
}

static void begin_termination(struct model *m)
{
    m->cluster.terminating = true;
    m->cluster.workloads = false;
    m->cluster.progress = 0;
    m->cluster.gone_at = m->mono + 500 + dice_below(&m->dice, 8000);
}

/* Helm ----------------------------------------------------------------------------------------- */

static bool may_work_in(const struct model *m, const struct helm_run *h)
{
    return m->cluster.owner == h->uid && !m->cluster.terminating && !m->faults.unreachable;
}

/* Whether it did what it should. cut: it was killed. */
static bool helm_effect(struct model *m, const struct helm_run *h, bool cut)
{
    struct cluster *c = &m->cluster;
    if (cut || h->hangs || !may_work_in(m, h))
        return false;
    if (m->faults.helm_fails) {
        c->release = RELEASE_FAILED;
        c->workloads |= h->is_repair && dice_chance(&m->dice, 50); /* all but the record was made */
        return false;
    }
    if (!h->is_install) {
        c->release = RELEASE_NONE;
        c->workloads = false;
        c->progress = 0;
        return true;
    }
    c->release = RELEASE_DEPLOYED;
    if (!c->workloads)
        c->progress = 0;
    if (!c->workloads || h->clears_pods)
        c->spoilt = false;
    c->workloads = true;
    return true;
}

static void write_repairing(struct model *m, int uid, bool repairing)
{
    m->memory.row.repairing = repairing;
    if (m->db.uid == uid)
        m->db.repairing = repairing;
}

static void start_helm(struct model *m, bool install)
{
    struct memory *k = &m->memory;
    struct helm_run h = { .running = true, .is_install = install, .uid = k->row.uid };
    h.generation = k->row.generation;
    h.hangs = m->faults.helm_hangs;
    h.clears_pods = install && k->row.is_retry && k->row.operation;
    h.ends_at = m->mono + (h.hangs ? HELM_TIMEOUT : 200 + dice_below(&m->dice, 3000));
    h.is_repair =
        install && k->row.was_ready && !k->row.operation && (!k->workloads || k->row.repairing);
    if (h.is_repair)
        write_repairing(m, h.uid, true);
    int64_t rest = m->mono - m->last_failure;
    if (k->row.operation && m->failures_of_operation && !m->clock_moved &&
        rest < decide_backoff_ms(m->failures_of_operation))
        judge(m, "helm runs again too early");
    if (may_work_in(m, &h))
        m->cluster.release = RELEASE_PENDING;
    k->helm = h;
}

static void helm_ended(struct model *m, bool cut)
{
    struct memory *k = &m->memory;
    struct helm_run h = k->helm;
    k->helm.running = false;
    k->dirty = true;
    if (helm_effect(m, &h, cut)) {
        k->release = h.is_install ? RELEASE_DEPLOYED : RELEASE_NONE;
        if (!h.is_install)
            return;
        k->installed_at = m->mono;
        write_repairing(m, h.uid, false);
        if (h.generation > k->row.applied_generation)
            k->row.applied_generation = h.generation;
        if (m->db.uid == h.uid && h.generation > m->db.applied_generation)
            m->db.applied_generation = h.generation;
        return;
    }
    k->release = RELEASE_UNKNOWN;
    k->row.attempt++;
    k->row.not_before = wall(m) + decide_backoff_ms(k->row.attempt);
    if (k->row.operation && k->row.operation == m->db.operation) {
        m->db.attempt++;
        m->db.not_before = k->row.not_before;
        m->failures_of_operation++;
        m->last_failure = m->mono;
        if (m->failures_of_operation > DECIDE_HELM_ATTEMPTS + 1)
            judge(m, "helm failed more often than it may be tried");
    }
}

/* What the reconciler does with a decision ----------------------------------------------------- */

static void start_call(struct model *m, enum model_call call, bool deletes)
{
    struct memory *k = &m->memory;
    if (k->calls[call].active)
        return;
    k->calls[call].active = true;
    k->calls[call].deletes = deletes;
    k->calls[call].ends_at = m->mono + 5 + dice_below(&m->dice, m->quiet ? 100 : 1500);
}

static void act(struct model *m, unsigned actions)
{
    struct memory *k = &m->memory;
    if (actions & ACT_STOP_HELM)
        helm_ended(m, true);
    if (k->calls_not_before > m->mono) {
        int64_t at = wall(m) + k->calls_not_before - m->mono;
        if (actions && at < k->wake_at)
            k->wake_at = at;
        return;
    }
    if (actions & (ACT_APPLY_NAMESPACE | ACT_DELETE_NAMESPACE))
        start_call(m, CALL_NAMESPACE, actions & ACT_DELETE_NAMESPACE);
    if (actions & (ACT_READ_RELEASE | ACT_CLEAR_PENDING))
        start_call(m, CALL_RELEASE, actions & ACT_CLEAR_PENDING);
    if (actions & (ACT_INSTALL | ACT_UNINSTALL))
        start_helm(m, actions & ACT_INSTALL);
    if (actions & ACT_DELETE_CLAIMS)
        start_call(m, CALL_CLAIMS, !k->claims_asked);
    if (actions & ACT_COUNT_VOLUMES)
        start_call(m, CALL_VOLUMES, false);
    if (actions & ACT_ASK_SHOP)
        start_call(m, CALL_ASK, false);
}

static void namespace_effect(struct model *m, int uid, bool deletes)
{
    struct cluster *c = &m->cluster;
    if (deletes && c->owner == uid && !c->terminating) /* else the precondition fails */
        begin_termination(m);
    else if (!deletes && c->owner == NOBODY)
        c->owner = uid;
}

static void call_effect(struct model *m, enum model_call call)
{
    struct memory *k = &m->memory;
    struct cluster *c = &m->cluster;
    switch (call) {
    case CALL_NAMESPACE:
        namespace_effect(m, k->row.uid, k->calls[call].deletes);
        k->owner = c->owner; /* the answer tells it */
        k->terminating = c->terminating;
        break;
    case CALL_RELEASE:
        if (k->calls[call].deletes && c->owner == k->row.uid && c->release == RELEASE_PENDING)
            c->release = RELEASE_NONE;
        k->release = k->calls[call].deletes ? RELEASE_UNKNOWN : c->release;
        break;
    case CALL_VOLUMES:
        k->volumes = c->volumes;
        k->volumes_known = true;
        k->calls_not_before = m->mono + 250;
        break;
    case CALL_CLAIMS:
        k->claims_gone = !k->calls[call].deletes && !c->workloads;
        k->claims_asked = true;
        break;
    default:
        k->answer = !m->faults.no_route && c->progress >= WEB_AFTER && c->workloads ? ANSWER_SHOP
                                                                                    : ANSWER_OTHER;
        if (k->answer == ANSWER_OTHER)
            k->calls_not_before = m->mono + 500;
        break;
    }
}

static void calls_tick(struct model *m)
{
    struct memory *k = &m->memory;
    for (enum model_call c = 0; c < CALL_COUNT; c++) {
        if (!k->calls[c].active || k->calls[c].ends_at > m->mono)
            continue;
        k->calls[c].active = false;
        k->dirty = true;
        if (m->faults.unreachable)
            k->calls_not_before = m->mono + CALL_RETRY;
        else
            call_effect(m, c);
    }
    if (k->helm.running && k->helm.ends_at <= m->mono)
        helm_ended(m, k->helm.hangs);
}

/* Seeing and deciding -------------------------------------------------------------------------- */

static void watch_tick(struct model *m)
{
    struct memory *k = &m->memory;
    const struct cluster *c = &m->cluster;
    if (m->faults.unreachable) {
        k->complete = false;
        return;
    }
    if (k->complete && m->faults.late_watch && dice_chance(&m->dice, 90))
        return;
    if (!k->complete) {
        k->complete = k->dirty = true;
        k->complete_since = wall(m);
    }
    struct memory before = *k;
    k->owner = c->owner;
    k->terminating = c->terminating;
    k->workloads = c->workloads;
    k->database = c->workloads && c->progress >= DATABASE_AFTER;
    k->setup = c->workloads && c->progress >= SETUP_AFTER;
    k->web = c->workloads && c->progress >= WEB_AFTER;
    k->fatal = c->workloads && c->spoilt;
    k->pods = c->workloads;
    k->dirty |= memcmp(&before, k, sizeof(before)) != 0;
}

static void observe(const struct model *m, struct observation *o)
{
    const struct memory *k = &m->memory;
    memset(o, 0, sizeof(*o));
    o->complete = k->complete;
    o->complete_since = k->complete_since;
    o->namespace_exists = k->owner != NOBODY;
    o->namespace_is_ours = k->owner == k->row.uid;
    o->namespace_terminating = k->terminating;
    o->namespace_call = k->calls[CALL_NAMESPACE].active;
    o->release = k->release;
    o->helm_running = k->helm.running;
    o->helm_is_install = k->helm.is_install;
    bool ours = o->namespace_is_ours; /* the objects of others do not carry this uid */
    bool fresh = k->installed_at && m->mono - k->installed_at < SHOWN_WITHIN;
    o->workloads_present = (ours && k->workloads) || fresh;
    o->database_ready = ours && k->database;
    o->setup_done = ours && k->setup;
    o->web_ready = ours && k->web;
    o->pods_exist = ours && k->pods;
    o->claims_gone = k->claims_gone;
    o->answer = k->answer;
    snprintf(o->answer_text, sizeof(o->answer_text), "It is not the shop.");
    if (!o->workloads_present)
        o->cause = CAUSE_MISSING;
    if (ours && k->fatal && !k->web) {
        o->cause = CAUSE_IMAGE;
        o->cause_is_fatal = true;
    }
    snprintf(o->cause_text, sizeof(o->cause_text), "cause %d", (int)o->cause);
    o->volumes_known = k->volumes_known;
    o->volumes = k->volumes;
}

static bool may_fail(const struct model *m, const struct observation *seen,
                     const struct decision *d)
{
    bool absent = m->memory.row.desired == STORE_ABSENT;
    int64_t timeout = absent ? limits.delete_timeout_ms : limits.create_timeout_ms;
    if (m->clock_moved && timeout > DECIDE_GRACE_MS)
        timeout = DECIDE_GRACE_MS; /* it may have been moved while no reconciler ran */
    if (m->operation_began && m->mono - m->operation_began >= timeout)
        return true;
    if (absent)
        return false;
    return (d->cause == CAUSE_NAMESPACE_TAKEN && m->memory.owner != m->memory.row.uid) ||
           (d->cause == CAUSE_HELM && m->failures_of_operation >= DECIDE_HELM_ATTEMPTS) ||
           (seen->cause_is_fatal && d->cause == seen->cause);
}

static void judge_decision(struct model *m, const struct intent *in, const struct observation *seen,
                           const struct decision *d)
{
    const struct cluster *c = &m->cluster;
    m->decisions++;
    judge(m, decide_check(in, seen, wall(m), d));
    bool is_current =
        m->memory.row.generation == m->db.generation && m->memory.row.uid == m->db.uid;
    if (!is_current)
        return; /* what it writes is refused */
    if (d->verdict == OPERATION_FAILS && in->has_operation && !may_fail(m, seen, d))
        judge(m, "an operation is given up without need");
    if (d->status == STORE_DELETED && c->owner == m->db.uid)
        judge(m, "deleted, and its namespace is there");
    /* Where a foreign namespace was seen, its volumes and the store's are not told apart. */
    if (d->status == STORE_DELETED && m->memory.owner == NOBODY && c->owner == NOBODY && c->volumes)
        judge(m, "deleted, and its volumes are there");
}

static void record(struct model *m, const struct decision *d)
{
    struct row *r = &m->memory.row;
    bool starts = r->operation && !r->started_at && m->memory.complete;
    int64_t status_at = d->status != r->status ? wall(m) : r->status_at;
    struct row *rows[] = { r, &m->db };
    bool same_operation = r->operation && r->operation == m->db.operation;
    bool refused = r->uid != m->db.uid || r->generation != m->db.generation;
    for (int i = 0; i < 2; i++) {
        if (i == 0 || !refused) {
            rows[i]->status = d->status;
            rows[i]->cause = d->cause;
            rows[i]->status_at = status_at;
            rows[i]->was_ready |= d->status == STORE_READY;
            memcpy(rows[i]->reason, d->reason, sizeof(d->reason));
        }
        if (i == 1 && !same_operation)
            continue;
        if (starts)
            rows[i]->started_at = wall(m);
        if (d->verdict != OPERATION_GOES_ON && rows[i]->operation)
            rows[i]->operation = rows[i]->attempt = rows[i]->not_before = 0;
    }
    m->memory.reload |= refused;
    if (starts && same_operation && !m->operation_began) {
        m->operation_began = m->mono;
        m->clock_moved = false;
    }
    m->failed_operations += d->verdict == OPERATION_FAILS && same_operation;
}

static void step(struct model *m)
{
    struct memory *k = &m->memory;
    struct row *r = &k->row;
    struct observation seen;
    struct decision d;
    char said[sizeof(r->reason)];
    if (!k->database || !k->web) {
        k->answer = ANSWER_NOT_ASKED;
        k->calls[CALL_ASK].active = false;
    }
    memcpy(said, r->reason, sizeof(said));
    struct intent in = {
        .desired = r->desired,
        .status = r->status,
        .generation = r->generation,
        .applied_generation = r->applied_generation,
        .repairing = r->repairing,
        .was_ready = r->was_ready,
        .status_at = r->status_at,
        .has_operation = r->operation != 0,
        .attempt = r->attempt,
        .started_at = r->started_at,
        .not_before = r->not_before,
        .error = r->attempt ? "helm failed" : "",
        .cause = r->cause,
        .reason = said,
    };
    k->dirty = false;
    observe(m, &seen);
    decide(&in, &seen, &limits, wall(m), &d);
    judge_decision(m, &in, &seen, &d);
    k->wake_at = d.wake_at;
    k->settled = d.settled;
    record(m, &d);
    if (d.status == STORE_DELETED)
        memset(k, 0, sizeof(*k)); /* forgotten; helm and calls with it */
    else
        act(m, d.actions);
}

/* The reconciler's life ------------------------------------------------------------------------ */

static void load(struct model *m)
{
    struct memory *k = &m->memory;
    if (m->db.operation != k->row.operation || m->db.uid != k->row.uid) {
        k->volumes_known = k->claims_asked = k->claims_gone = false;
        k->release = RELEASE_UNKNOWN;
    }
    struct row known = k->row;
    k->row = m->db;
    if (known.operation == m->db.operation && known.uid == m->db.uid) {
        k->row.attempt = known.attempt;
        k->row.started_at = known.started_at;
        k->row.not_before = known.not_before;
    } else if (k->row.started_at > wall(m)) {
        k->row.started_at = 0; /* the clock was set back since */
    }
    k->reload = false;
    k->dirty = true;
}

static void start_reconciler(struct model *m)
{
    struct memory *k = &m->memory;
    if (k->running || m->db.status == STORE_DELETED)
        return;
    memset(k, 0, sizeof(*k));
    k->running = true;
    k->wake_at = INT64_MAX;
    load(m);
}

static void reconciler_tick(struct model *m)
{
    struct memory *k = &m->memory;
    if (m->mono >= m->next_cron) {
        m->next_cron = m->mono + CRON_EVERY;
        start_reconciler(m);
    }
    if (!k->running)
        return;
    calls_tick(m);
    watch_tick(m);
    bool late = dice_chance(&m->dice, 50); /* a step may come before the queue is read */
    if (k->reload && !late)
        load(m);
    if (k->dirty || k->wake_at <= wall(m))
        step(m);
    if (k->running && k->reload)
        load(m);
    bool busy = k->helm.running || k->dirty || !k->settled;
    for (enum model_call c = 0; c < CALL_COUNT; c++)
        busy |= k->calls[c].active;
    if (!busy && k->running && (k->complete || !k->row.operation))
        memset(k, 0, sizeof(*k)); /* idle: it ends */
}

void model_run(struct model *m, int64_t ms)
{
    for (int64_t end = m->mono + ms; m->mono < end && !m->broken;) {
        int64_t dt = 1 + dice_below(&m->dice, 700);
        m->mono += dt;
        cluster_tick(m, dt);
        if (m->orphan.running && m->orphan.ends_at <= m->mono) {
            helm_effect(m, &m->orphan, false);
            m->orphan.running = false;
        }
        reconciler_tick(m);
    }
}

void model_crash(struct model *m)
{
    struct memory *k = &m->memory;
    if (!k->running)
        return;
    m->crashes++;
    /* What was on its way may have arrived; helm may have died with it, or not. */
    if (k->calls[CALL_NAMESPACE].active && dice_chance(&m->dice, 50) && !m->faults.unreachable)
        namespace_effect(m, k->row.uid, k->calls[CALL_NAMESPACE].deletes);
    if (k->helm.running && dice_chance(&m->dice, 50))
        m->orphan = k->helm;
    memset(k, 0, sizeof(*k));
}

/* As cron/reconcile.c heeds a step of the clock. */
void model_move_clock(struct model *m, int64_t by)
{
    struct memory *k = &m->memory;
    m->clock_offset += by;
    m->clock_moved = true;
    if (!k->running)
        return;
    k->complete_since += by;
    k->row.started_at += k->row.started_at ? by : 0;
    k->row.not_before += k->row.not_before ? by : 0;
    k->dirty = true;
}

/* Requests, as lib/store/service.c ------------------------------------------------------------- */

static void add_operation(struct model *m, bool is_retry)
{
    m->db.operation = m->next_operation++;
    m->db.is_retry = is_retry;
    m->db.attempt = m->db.started_at = m->db.not_before = 0;
    m->db.status_at = wall(m);
    m->db.cause = CAUSE_NONE;
    m->db.reason[0] = '\0';
    m->operation_began = 0;
    m->clock_moved = false;
    m->failures_of_operation = 0;
    m->requests++;
    m->memory.reload = true;
    start_reconciler(m);
}

void model_create(struct model *m)
{
    if (m->db.status != STORE_DELETED)
        return;
    memset(&m->db, 0, sizeof(m->db));
    m->db.uid = m->next_uid++;
    m->db.desired = STORE_PRESENT;
    m->db.status = STORE_REQUESTED;
    m->db.generation = 1;
    add_operation(m, false);
}

void model_delete(struct model *m)
{
    if (m->db.status == STORE_DELETED ||
        (m->db.desired == STORE_ABSENT && m->db.status == STORE_DELETING))
        return;
    m->db.desired = STORE_ABSENT;
    m->db.status = STORE_DELETING;
    m->db.generation++;
    add_operation(m, false);
}

void model_retry(struct model *m)
{
    enum store_status s = m->db.status;
    if (s != STORE_FAILED && s != STORE_DELETE_FAILED && s != STORE_DEGRADED)
        return;
    bool absent = m->db.desired == STORE_ABSENT;
    m->db.status = absent ? STORE_DELETING : s == STORE_DEGRADED ? s : STORE_PROVISIONING;
    m->db.generation++;
    add_operation(m, !absent);
}
