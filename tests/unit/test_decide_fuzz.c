/* Every single decision is sound: decide() over observations and intents of every kind, also such
 * as no cluster shows. DECIDE_SEED and DECIDE_CASES set the seed and how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/timeutil.h"
#include "decide_check.h"

#define CASES 150000

static const struct limits limits = { .create_timeout_ms = 600000, .delete_timeout_ms = 300000 };

/* A time about now: at once, ahead, behind, far off, or none. */
static int64_t some_time(struct dice *d, int64_t now)
{
    static const int64_t spans[] = { 1,      999,    1000,   30000,   60000,
                                     180000, 300000, 600000, 3600000, 31536000000 };
    int64_t span = spans[dice_below(d, sizeof(spans) / sizeof(spans[0]))];
    switch (dice_below(d, 5)) {
    case 0:
        return 0;
    case 1:
        return now;
    case 2:
        return now + span;
    default:
        return now - span;
    }
}

static void some_text(struct dice *d, char out[DECIDE_TEXT_MAX])
{
    static const char *const texts[] = { "Something is missing.", "naïve – 東京", "" };
    const char *text = texts[dice_below(d, 2)];
    snprintf(out, DECIDE_TEXT_MAX, "%s", text);
    if (dice_chance(d, 10)) { /* as long as there is room */
        size_t n = strlen(text);
        for (size_t at = n; at + n < DECIDE_TEXT_MAX; at += n)
            memcpy(out + at, text, n + 1);
    }
}

static void some_observation(struct dice *d, int64_t now, struct observation *o)
{
    memset(o, 0, sizeof(*o));
    o->complete = dice_chance(d, 90);
    o->complete_since = some_time(d, now);
    o->predecessor =
        dice_chance(d, 85) ? PREDECESSOR_NONE : (enum predecessor)(1 + dice_below(d, 2));
    some_text(d, o->predecessor_text);
    o->namespace_exists = dice_chance(d, 75);
    o->namespace_is_ours = o->namespace_exists && dice_chance(d, 75);
    o->namespace_terminating = o->namespace_exists && dice_chance(d, 20);
    o->namespace_call = dice_chance(d, 10);
    if (dice_chance(d, 50))
        some_text(d, o->namespace_text);
    if (dice_chance(d, 20))
        some_text(d, o->call_text);
    o->call_refused = o->call_text[0] && dice_chance(d, 50);
    o->release = (enum release_state)dice_below(d, RELEASE_PENDING + 1);
    o->helm_running = dice_chance(d, 20);
    o->helm_is_install = dice_chance(d, 50);
    o->workloads_present = dice_chance(d, 60);
    o->database_ready = dice_chance(d, 60);
    o->setup_done = dice_chance(d, 60);
    o->web_ready = dice_chance(d, 60);
    o->answer = (enum answer)dice_below(d, ANSWER_OTHER + 1);
    some_text(d, o->answer_text);
    o->cause = dice_chance(d, 50) ? CAUSE_NONE : (enum cause)dice_below(d, CAUSE_COUNT);
    o->cause_is_fatal = o->cause >= CAUSE_QUOTA && o->cause <= CAUSE_VOLUME && dice_chance(d, 50);
    some_text(d, o->cause_text);
    o->fatal_at = some_time(d, now);
    o->pods_exist = dice_chance(d, 50);
    o->claims_gone = dice_chance(d, 50);
    o->volumes_known = dice_chance(d, 50);
    o->volumes = (int)dice_below(d, 3);
}

static void some_intent(struct dice *d, int64_t now, struct intent *in)
{
    memset(in, 0, sizeof(*in));
    static const enum store_status present[] = { STORE_REQUESTED, STORE_PROVISIONING, STORE_READY,
                                                 STORE_DEGRADED, STORE_FAILED };
    static const enum store_status absent[] = { STORE_DELETING, STORE_DELETE_FAILED,
                                                STORE_DELETED };
    in->desired = dice_chance(d, 60) ? STORE_PRESENT : STORE_ABSENT;
    in->status =
        in->desired == STORE_PRESENT ? present[dice_below(d, 5)] : absent[dice_below(d, 3)];
    in->generation = 1 + dice_below(d, 3);
    in->applied_generation = dice_below(d, (unsigned)in->generation + 1);
    in->was_ready = in->status == STORE_READY || in->status == STORE_DEGRADED ||
                    (in->desired == STORE_ABSENT && dice_chance(d, 50));
    in->repairing = in->was_ready && dice_chance(d, 20);
    /* A failed status is one of a finished operation; the first ones have one. */
    bool begins = in->status == STORE_REQUESTED || in->status == STORE_PROVISIONING ||
                  in->status == STORE_DELETING;
    bool ended = in->status == STORE_FAILED || in->status == STORE_DELETE_FAILED ||
                 in->status == STORE_READY;
    in->has_operation = begins || (!ended && dice_chance(d, 50));
    in->status_at = some_time(d, now);
    in->attempt = dice_below(d, DECIDE_HELM_ATTEMPTS + 2);
    in->started_at = some_time(d, now);
    in->not_before = some_time(d, now);
    in->error = dice_chance(d, 50) ? "helm: it did not work" : "";
    if (in->status == STORE_FAILED || in->status == STORE_DELETE_FAILED || dice_chance(d, 50)) {
        in->cause = CAUSE_IMAGE;
        in->reason = "The image cannot be pulled.";
    }
}

/* Decided again at the same moment, as the reconciler does, it comes to the same. */
static const char *check_stands(const struct intent *in, const struct observation *seen,
                                int64_t now, const struct decision *first)
{
    struct intent again = *in;
    struct decision second;
    again.status = first->status;
    again.cause = first->cause;
    again.reason = first->reason;
    again.was_ready |= first->status == STORE_READY;
    if (first->status != in->status)
        again.status_at = now;
    if (first->verdict != OPERATION_GOES_ON) {
        again.has_operation = false;
        again.attempt = again.not_before = 0;
    }
    decide(&again, seen, &limits, now, &second);
    /* A shop that answers is ready, though helm could not bring it to the newest generation. */
    if (second.status != first->status && second.status != STORE_READY)
        return "decided again, it has another status";
    bool failed = first->status == STORE_FAILED || first->status == STORE_DELETE_FAILED;
    if (failed && second.status == first->status && !second.reason[0])
        return "decided again, the reason is gone";
    return decide_check(&again, seen, now, &second);
}

static void every_decision_is_sound(void **state)
{
    (void)state;
    uint64_t seed = env_number("DECIDE_SEED", (uint64_t)time_wall_ms());
    uint64_t cases = env_number("DECIDE_CASES", CASES);
    struct dice d = { seed };
    for (uint64_t i = 0; i < cases; i++) {
        int64_t now = 1700000000000 + dice_below(&d, 1000000);
        struct intent in;
        struct observation seen;
        struct decision out;
        some_intent(&d, now, &in);
        some_observation(&d, now, &seen);
        decide(&in, &seen, &limits, now, &out);
        const char *broken = decide_check(&in, &seen, now, &out);
        if (!broken)
            broken = check_stands(&in, &seen, now, &out);
        if (broken)
            fail_msg("DECIDE_SEED=%llu, case %llu: %s (status %s, desired %d, operation %d -> %s, "
                     "%s, \"%s\")",
                     (unsigned long long)seed, (unsigned long long)i, broken,
                     store_status_name(in.status), in.desired, in.has_operation,
                     store_status_name(out.status), cause_name(out.cause), out.reason);
    }
    print_message("%llu decisions, DECIDE_SEED=%llu\n", (unsigned long long)cases,
                  (unsigned long long)seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_decision_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
