/* Thousands of random histories of one store: requests, observations, failures, crashes, clocks
 * that jump, clusters that cannot be reached. DECIDE_SEED and DECIDE_HISTORIES set the first seed
 * and how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/timeutil.h"
#include "decide_model.h"

#define HISTORIES 50000
#define LOOK_MS 130000  /* two rounds of cron: what was done while nobody looked is seen */
#define BEAR_MS 600000  /* more than any timeout, the grace after it, and helm's */
#define QUIET_MS 900000 /* more than every timeout, helm's included, one after the other */

static void toggle_fault(struct model *m)
{
    struct faults *f = &m->faults;
    bool *each[] = { &f->unreachable,     &f->helm_fails,    &f->helm_hangs,
                     &f->broken_pods,     &f->slow_pods,     &f->no_route,
                     &f->stuck_namespace, &f->stuck_volumes, &f->late_watch };
    bool *one = each[dice_below(&m->dice, sizeof(each) / sizeof(each[0]))];
    *one = !*one && dice_chance(&m->dice, 60);
}

/* What somebody does to the cluster by hand. */
static void meddle(struct model *m)
{
    struct cluster *c = &m->cluster;
    switch (dice_below(&m->dice, 5)) {
    case 0: /* a namespace of that name, of somebody else */
        if (c->owner == NOBODY)
            c->owner = FOREIGN;
        else if (c->owner == FOREIGN)
            c->owner = NOBODY;
        break;
    case 1: /* the namespace is deleted */
        if (c->owner != NOBODY && !c->terminating) {
            c->terminating = true;
            c->workloads = false;
            c->gone_at = m->mono + dice_below(&m->dice, 5000);
        }
        break;
    case 2: /* objects of the release are deleted */
        c->workloads = false;
        c->progress = 0;
        break;
    default: /* a pod ends and starts again */
        c->progress = 0;
        break;
    }
}

static void some_clock_move(struct model *m)
{
    static const int64_t spans[] = { 500, 5000, 61000, 200000, 3600000, 31536000000 };
    int64_t by = spans[dice_below(&m->dice, sizeof(spans) / sizeof(spans[0]))];
    model_move_clock(m, dice_chance(&m->dice, 50) ? by : -by);
}

static void disturb(struct model *m)
{
    unsigned what = dice_below(&m->dice, 100);
    if (what < 12)
        model_create(m);
    else if (what < 20)
        model_delete(m);
    else if (what < 32)
        model_retry(m);
    else if (what < 60)
        toggle_fault(m);
    else if (what < 70)
        meddle(m);
    else if (what < 82)
        model_crash(m);
    else if (what < 86)
        some_clock_move(m);
    else
        model_run(m, 20000);
    model_run(m, 1 + dice_below(&m->dice, dice_chance(&m->dice, 80) ? 2500 : 40000));
}

static enum store_status asked_for(const struct model *m)
{
    return m->db.desired == STORE_ABSENT ? STORE_DELETED : STORE_READY;
}

static void run_until_settled(struct model *m)
{
    int64_t end = m->mono + QUIET_MS;
    model_run(m, LOOK_MS);
    while (m->mono < end && !m->broken &&
           (m->db.status != asked_for(m) || m->db.operation ||
            (m->db.repairing && m->db.desired == STORE_PRESENT)))
        model_run(m, 5000);
}

/* What fails goes on failing, but the cluster is seen and nobody meddles: every operation ends all
 * the same, and a failure says why. */
static const char *bear(struct model *m)
{
    m->faults.unreachable = m->faults.late_watch = false;
    int64_t end = m->mono + BEAR_MS;
    while (m->mono < end && !m->broken && m->db.operation)
        model_run(m, 5000);
    if (m->broken)
        return m->broken;
    if (m->db.operation)
        return "an operation goes on without end while something fails";
    bool failed = m->db.status == STORE_FAILED || m->db.status == STORE_DELETE_FAILED;
    if (failed && (m->db.cause == CAUSE_NONE || !m->db.reason[0]))
        return "it failed for good, and the row does not say why";
    return NULL;
}

/* Nothing fails any more: what was last asked for comes about, with one retry where it had failed.
 */
static const char *settle(struct model *m)
{
    m->quiet = true;
    memset(&m->faults, 0, sizeof(m->faults));
    if (m->cluster.owner == FOREIGN)
        m->cluster.owner = NOBODY;
    run_until_settled(m);
    if (m->broken)
        return m->broken;
    if (m->db.operation)
        return "the operation does not end";
    if (m->db.status != asked_for(m)) {
        if (m->db.status != STORE_FAILED && m->db.status != STORE_DEGRADED &&
            m->db.status != STORE_DELETE_FAILED)
            return "it neither comes about nor fails";
        if (m->db.cause == CAUSE_NONE || !m->db.reason[0])
            return "it failed, and the row does not say why";
        model_retry(m);
        run_until_settled(m);
    }
    if (m->broken)
        return m->broken;
    if (m->db.status != asked_for(m))
        return "a retry with the cause gone does not help";
    if (m->db.desired == STORE_ABSENT && m->cluster.owner == m->db.uid)
        return "something of a deleted store is left";
    if (m->db.desired == STORE_PRESENT &&
        (m->cluster.owner != m->db.uid || m->cluster.terminating || !m->cluster.workloads))
        return "ready, and nothing is there";
    if (m->db.desired == STORE_PRESENT && m->db.repairing)
        return "ready, and its repair is not finished";
    return NULL;
}

static const char *play(struct model *m)
{
    model_create(m);
    for (unsigned n = 3 + dice_below(&m->dice, 40); n-- && !m->broken;)
        disturb(m);
    const char *broken = m->broken;
    if (!broken && dice_chance(&m->dice, 50))
        broken = bear(m);
    return broken ? broken : settle(m);
}

static void every_history_ends_as_asked(void **state)
{
    (void)state;
    uint64_t seed = env_number("DECIDE_SEED", (uint64_t)time_wall_ms());
    uint64_t histories = env_number("DECIDE_HISTORIES", HISTORIES);
    struct model sum = { 0 }, m;
    for (uint64_t i = 0; i < histories; i++) {
        model_init(&m, seed + i);
        const char *broken = play(&m);
        if (broken)
            fail_msg("DECIDE_SEED=%llu DECIDE_HISTORIES=1: %s (status %s, cause %s, \"%s\")",
                     (unsigned long long)(seed + i), broken, store_status_name(m.db.status),
                     cause_name(m.db.cause), m.db.reason);
        sum.decisions += m.decisions;
        sum.crashes += m.crashes;
        sum.requests += m.requests;
        sum.failed_operations += m.failed_operations;
    }
    print_message("%llu histories from DECIDE_SEED=%llu: %lu requests, %lu of them failed first, "
                  "%lu crashes, %lu decisions\n",
                  (unsigned long long)histories, (unsigned long long)seed, sum.requests,
                  sum.failed_operations, sum.crashes, sum.decisions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_history_ends_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
