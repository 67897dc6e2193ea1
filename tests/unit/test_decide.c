/* decide(), case by case: the story of a store that goes well, and one case for each mistake that
 * was made once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "decide_check.h"

#define NOW 1700000000000
#define MINUTE 60000

static const struct limits limits = { .create_timeout_ms = 10 * MINUTE,
                                      .delete_timeout_ms = 5 * MINUTE };

/* A store that is being made, in a cluster that was seen whole a minute ago. */
struct scene {
    struct intent in;
    struct observation seen;
    struct decision out;
};

static struct scene scene_of(enum store_status status)
{
    bool absent = status == STORE_DELETING || status == STORE_DELETE_FAILED;
    struct scene s = { 0 };
    s.in = (struct intent) {
        .desired = absent ? STORE_ABSENT : STORE_PRESENT,
        .status = status,
        .generation = 1,
        .status_at = NOW - 1000,
        .started_at = NOW - 1000,
        .has_operation =
            status == STORE_REQUESTED || status == STORE_PROVISIONING || status == STORE_DELETING,
        .was_ready = status == STORE_READY || status == STORE_DEGRADED,
        .error = "",
    };
    s.seen.complete = true;
    s.seen.complete_since = NOW - MINUTE;
    return s;
}

static struct scene with_namespace(struct scene s)
{
    s.seen.namespace_exists = s.seen.namespace_is_ours = true;
    return s;
}

static struct scene with_release(struct scene s)
{
    s = with_namespace(s);
    s.seen.release = RELEASE_DEPLOYED;
    s.seen.workloads_present = true;
    s.in.applied_generation = s.in.generation;
    return s;
}

static struct scene with_pods(struct scene s)
{
    s = with_release(s);
    s.seen.database_ready = s.seen.setup_done = s.seen.web_ready = s.seen.pods_exist = true;
    return s;
}

/* Decides; every rule that holds of every decision is checked too. */
static void now_decide(struct scene *s)
{
    decide(&s->in, &s->seen, &limits, NOW, &s->out);
    const char *broken = decide_check(&s->in, &s->seen, NOW, &s->out);
    if (broken)
        fail_msg("%s", broken);
}

static void expect(struct scene s, enum store_status status, unsigned actions, enum verdict verdict)
{
    now_decide(&s);
    assert_string_equal(store_status_name(s.out.status), store_status_name(status));
    assert_int_equal(s.out.actions, actions);
    assert_int_equal(s.out.verdict, verdict);
}

static void expect_words(struct scene s, enum cause cause, const char *reason)
{
    now_decide(&s);
    assert_string_equal(cause_name(s.out.cause), cause_name(cause));
    assert_non_null(strstr(s.out.reason, reason));
}

/* Helm has failed once: its next run waits, and the reconciler wakes for it. */
static void expect_backoff(struct scene *s, enum store_status status)
{
    s->in.attempt = 1;
    s->in.not_before = NOW + 1000;
    expect(*s, status, 0, OPERATION_GOES_ON);
    now_decide(s);
    assert_int_equal(s->out.wake_at, NOW + 1000);
}

/* The way to ready ----------------------------------------------------------------------------- */

static void a_create_goes_step_by_step(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_REQUESTED);
    expect(s, STORE_PROVISIONING, ACT_APPLY_NAMESPACE, OPERATION_GOES_ON);
    s = with_namespace(s);
    expect(s, STORE_PROVISIONING, ACT_READ_RELEASE, OPERATION_GOES_ON);
    s.seen.release = RELEASE_NONE;
    expect(s, STORE_PROVISIONING, ACT_INSTALL, OPERATION_GOES_ON);
    s.seen.helm_running = s.seen.helm_is_install = true;
    expect(s, STORE_PROVISIONING, 0, OPERATION_GOES_ON);
    s.seen.helm_running = false;
    s = with_release(s);
    expect(s, STORE_PROVISIONING, ACT_FIND_CAUSE, OPERATION_GOES_ON);
    s = with_pods(s);
    expect(s, STORE_PROVISIONING, ACT_ASK_SHOP, OPERATION_GOES_ON);
    s.seen.answer = ANSWER_OTHER;
    snprintf(s.seen.answer_text, sizeof(s.seen.answer_text), "It answers with an error.");
    expect(s, STORE_PROVISIONING, ACT_ASK_SHOP | ACT_FIND_CAUSE, OPERATION_GOES_ON);
    expect_words(s, CAUSE_ROUTE, "answers with an error");
    s.seen.answer = ANSWER_SHOP;
    expect(s, STORE_READY, 0, OPERATION_SUCCEEDS);
}

static void steps_are_done_as_observed(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_PROVISIONING);
    now_decide(&s);
    assert_int_equal(s.out.steps_done, 0);
    s = with_namespace(s);
    now_decide(&s);
    assert_int_equal(s.out.steps_done, 1u << STEP_NAMESPACE);
    s = with_pods(s);
    s.seen.setup_done = false;
    now_decide(&s);
    assert_int_equal(s.out.steps_done, 1u << STEP_NAMESPACE | 1u << STEP_RELEASE |
                                           1u << STEP_DATABASE | 1u << STEP_WEB);
}

static void a_dead_helm_is_cleared_first(void **state)
{
    (void)state;
    struct scene s = with_namespace(scene_of(STORE_PROVISIONING));
    s.seen.release = RELEASE_PENDING;
    expect(s, STORE_PROVISIONING, ACT_CLEAR_PENDING, OPERATION_GOES_ON);
}

static void a_failed_helm_waits_and_says_why(void **state)
{
    (void)state;
    struct scene s = with_namespace(scene_of(STORE_PROVISIONING));
    s.seen.release = RELEASE_FAILED;
    s.in.attempt = 3;
    s.in.not_before = NOW + 4000;
    s.in.error = "no space left";
    expect(s, STORE_PROVISIONING, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_HELM, "no space left");
    now_decide(&s);
    assert_int_equal(s.out.wake_at, NOW + 4000);
    s.in.not_before = NOW;
    expect(s, STORE_PROVISIONING, ACT_INSTALL, OPERATION_GOES_ON);
    s.in.attempt = DECIDE_HELM_ATTEMPTS;
    expect(s, STORE_FAILED, 0, OPERATION_FAILS);
    expect_words(s, CAUSE_HELM, "no space left");
}

static void the_wait_doubles_up_to_a_minute(void **state)
{
    (void)state;
    const int64_t seconds[] = { 0, 1, 2, 4, 8, 16, 32, 64, 64 };
    for (int i = 0; i < 9; i++)
        assert_int_equal(decide_backoff_ms(i), seconds[i] * 1000);
    assert_int_equal(decide_backoff_ms(INT64_MAX), 64000);
    assert_int_equal(decide_backoff_ms(-1), 0);
}

static void what_waiting_does_not_mend_fails_at_once(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_PROVISIONING));
    s.seen.cause = CAUSE_IMAGE;
    snprintf(s.seen.cause_text, sizeof(s.seen.cause_text), "The image cannot be pulled.");
    expect(s, STORE_PROVISIONING, ACT_FIND_CAUSE, OPERATION_GOES_ON);
    s.seen.cause_is_fatal = true;
    expect(s, STORE_FAILED, 0, OPERATION_FAILS);
    expect_words(s, CAUSE_IMAGE, "cannot be pulled");
}

static void a_create_ends_at_its_time(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_PROVISIONING));
    snprintf(s.seen.cause_text, sizeof(s.seen.cause_text), "The database is starting.");
    s.in.started_at = NOW - 10 * MINUTE + 1;
    now_decide(&s);
    assert_int_equal(s.out.wake_at, NOW + 1);
    s.in.started_at = NOW - 10 * MINUTE;
    expect(s, STORE_FAILED, 0, OPERATION_FAILS);
    expect_words(s, CAUSE_TIMEOUT, "Not ready after 600 s. The database is starting.");
}

static void time_in_which_nothing_was_seen_does_not_count(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_PROVISIONING));
    s.in.started_at = NOW - 100 * MINUTE;
    s.seen.complete_since = NOW - DECIDE_GRACE_MS + 5;
    expect(s, STORE_PROVISIONING, ACT_FIND_CAUSE, OPERATION_GOES_ON);
    now_decide(&s);
    assert_int_equal(s.out.wake_at, NOW + 5);
    s.seen.complete_since -= 5;
    expect(s, STORE_FAILED, 0, OPERATION_FAILS);
}

/* Ready and after ------------------------------------------------------------------------------ */

static void ready_is_not_asked_again(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_READY));
    expect(s, STORE_READY, 0, OPERATION_GOES_ON);
    s.seen.web_ready = false;
    expect(s, STORE_DEGRADED, ACT_FIND_CAUSE, OPERATION_GOES_ON);
    s = with_pods(scene_of(STORE_DEGRADED));
    expect(s, STORE_DEGRADED, ACT_ASK_SHOP, OPERATION_GOES_ON);
}

/* It stayed ready although what answered was not the shop. */
static void ready_does_not_outlive_another_answer(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_READY));
    s.seen.answer = ANSWER_OTHER;
    expect(s, STORE_DEGRADED, ACT_ASK_SHOP | ACT_FIND_CAUSE, OPERATION_GOES_ON);
}

static void what_is_missing_is_put_back(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_READY));
    s.seen.workloads_present = false;
    s.seen.cause = CAUSE_MISSING;
    snprintf(s.seen.missing_text, sizeof(s.seen.missing_text), "Missing: the Ingress.");
    snprintf(s.seen.cause_text, sizeof(s.seen.cause_text), "What ails its pods.");
    expect(s, STORE_DEGRADED, ACT_INSTALL, OPERATION_GOES_ON);
    expect_words(s, CAUSE_MISSING, "the Ingress");
    s.seen.helm_running = s.seen.helm_is_install = true;
    expect(s, STORE_DEGRADED, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_MISSING, "the Ingress");
}

/* A new, empty volume would pass for the shop's. */
static void missing_data_are_for_a_person(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_READY));
    s.seen.workloads_present = false;
    s.seen.data_missing = true;
    snprintf(s.seen.missing_text, sizeof(s.seen.missing_text), "Missing: the claim.");
    expect(s, STORE_DEGRADED, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_DATA_MISSING, "the claim");
    expect_words(s, CAUSE_DATA_MISSING, "Retry goes on with an empty one");
    now_decide(&s);
    assert_true(s.out.settled);
    s.in.has_operation = true; /* somebody retried */
    expect(s, STORE_DEGRADED, ACT_INSTALL, OPERATION_GOES_ON);
}

/* Without an operation it was tried for ever, and the reconciler never ended. */
static void putting_back_ends_too(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_DEGRADED));
    s.seen.workloads_present = false;
    s.in.attempt = DECIDE_HELM_ATTEMPTS;
    s.in.error = "helm is broken";
    now_decide(&s);
    assert_int_equal(s.out.actions, 0);
    assert_true(s.out.settled);
    expect_words(s, CAUSE_HELM, "helm is broken");
}

static void a_missing_namespace_is_for_a_person(void **state)
{
    (void)state;
    expect(scene_of(STORE_READY), STORE_DEGRADED, 0, OPERATION_GOES_ON);
    expect_words(scene_of(STORE_READY), CAUSE_NAMESPACE_MISSING, "Retry");
    struct scene s = scene_of(STORE_DEGRADED);
    s.in.has_operation = true;
    expect(s, STORE_DEGRADED, ACT_APPLY_NAMESPACE, OPERATION_GOES_ON);
}

static void a_foreign_namespace_is_not_touched(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_REQUESTED);
    s.seen.namespace_exists = true;
    expect(s, STORE_FAILED, 0, OPERATION_FAILS);
    expect_words(s, CAUSE_NAMESPACE_TAKEN, "not touched");
}

/* Helm went on in a namespace that somebody else had made in the meantime. */
static void helm_is_stopped_in_a_foreign_namespace(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_PROVISIONING);
    s.seen.namespace_exists = true;
    s.seen.helm_running = s.seen.helm_is_install = true;
    expect(s, STORE_FAILED, ACT_STOP_HELM, OPERATION_FAILS);
}

static void the_former_store_is_waited_for(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_REQUESTED);
    s.seen.namespace_exists = s.seen.namespace_terminating = true;
    expect(s, STORE_PROVISIONING, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_NAMESPACE_TERMINATING, "being removed");
}

/* A time to wake in the past made the reconciler spin as long as anything else was under way. */
static void a_degraded_store_settles(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_DEGRADED));
    now_decide(&s);
    assert_false(s.out.settled);
    assert_int_equal(s.out.wake_at, s.in.status_at + DECIDE_SETTLE_MS);
    s.in.status_at = NOW - DECIDE_SETTLE_MS;
    now_decide(&s);
    assert_true(s.out.settled);
    assert_int_equal(s.out.wake_at, INT64_MAX);
    s.in.status_at = NOW + MINUTE; /* the clock was set back */
    now_decide(&s);
    assert_true(s.out.settled);
}

/* Delete --------------------------------------------------------------------------------------- */

static void a_delete_goes_step_by_step(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_DELETING));
    s.seen.release = RELEASE_UNKNOWN;
    expect(s, STORE_DELETING, ACT_READ_RELEASE, OPERATION_GOES_ON);
    s.seen.release = RELEASE_DEPLOYED;
    expect(s, STORE_DELETING, ACT_UNINSTALL, OPERATION_GOES_ON);
    s.seen.release = RELEASE_NONE;
    expect(s, STORE_DELETING, 0, OPERATION_GOES_ON); /* the pods are ending */
    s.seen.pods_exist = false;
    expect(s, STORE_DELETING, ACT_DELETE_CLAIMS, OPERATION_GOES_ON);
    s.seen.claims_gone = true;
    expect(s, STORE_DELETING, ACT_DELETE_NAMESPACE, OPERATION_GOES_ON);
    s.seen.namespace_terminating = true;
    expect(s, STORE_DELETING, 0, OPERATION_GOES_ON);
    s.seen.namespace_exists = s.seen.namespace_is_ours = s.seen.namespace_terminating = false;
    expect(s, STORE_DELETING, ACT_COUNT_VOLUMES, OPERATION_GOES_ON);
    s.seen.volumes_known = true;
    s.seen.volumes = 1;
    expect(s, STORE_DELETING, ACT_COUNT_VOLUMES, OPERATION_GOES_ON);
    s.seen.volumes = 0;
    expect(s, STORE_DELETED, 0, OPERATION_SUCCEEDS);
}

static void a_delete_stops_the_install(void **state)
{
    (void)state;
    struct scene s = with_namespace(scene_of(STORE_DELETING));
    s.seen.helm_running = s.seen.helm_is_install = true;
    expect(s, STORE_DELETING, ACT_STOP_HELM, OPERATION_GOES_ON);
}

/* The second uninstall came at once. */
static void an_uninstall_waits_too(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_DELETING));
    expect_backoff(&s, STORE_DELETING);
    s.in.attempt = DECIDE_UNINSTALL_ATTEMPTS;
    s.in.started_at = NOW - DECIDE_EMPTY_MS;
    expect(s, STORE_DELETING, ACT_DELETE_NAMESPACE, OPERATION_GOES_ON);
}

/* Create and delete at once: the namespace came after the store was called deleted. */
static void deleted_waits_for_the_namespace_under_way(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_DELETING);
    s.seen.volumes_known = true;
    s.seen.namespace_call = true;
    expect(s, STORE_DELETING, 0, OPERATION_GOES_ON);
    s.seen.namespace_call = false;
    s.seen.helm_running = true;
    expect(s, STORE_DELETING, 0, OPERATION_GOES_ON);
    s.seen.helm_running = false;
    expect(s, STORE_DELETED, 0, OPERATION_SUCCEEDS);
}

static struct scene stuck_delete(void)
{
    struct scene s = with_namespace(scene_of(STORE_DELETING));
    s.seen.namespace_terminating = true;
    snprintf(s.seen.namespace_text, sizeof(s.seen.namespace_text), "A finalizer remains.");
    s.in.started_at = NOW - 5 * MINUTE;
    return s;
}

static void a_stuck_delete_fails_with_what_holds_it(void **state)
{
    (void)state;
    expect(stuck_delete(), STORE_DELETE_FAILED, 0, OPERATION_FAILS);
    expect_words(stuck_delete(), CAUSE_STUCK, "A finalizer remains.");
    struct scene s = scene_of(STORE_DELETING);
    s.in.started_at = NOW - 5 * MINUTE;
    expect_words(s, CAUSE_STUCK, "not found out in time");
    s.seen.volumes_known = true;
    s.seen.volumes = 2;
    expect_words(s, CAUSE_STUCK, "2 of its volumes");
}

/* The reason was gone at the next look. */
static void a_failed_delete_keeps_its_reason(void **state)
{
    (void)state;
    struct scene s = stuck_delete();
    s.in.status = STORE_DELETE_FAILED;
    s.in.has_operation = false;
    expect(s, STORE_DELETE_FAILED, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_STUCK, "A finalizer remains.");
}

/* It counted the volumes four times a second without end. */
static void a_failed_delete_rests(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_DELETE_FAILED);
    expect(s, STORE_DELETE_FAILED, ACT_COUNT_VOLUMES, OPERATION_GOES_ON);
    s.seen.volumes_known = true;
    s.seen.volumes = 1;
    now_decide(&s);
    assert_int_equal(s.out.actions, 0);
    assert_true(s.out.settled);
    s.seen.volumes = 0;
    expect(s, STORE_DELETED, 0, OPERATION_SUCCEEDS);
}

/* Words ---------------------------------------------------------------------------------------- */

/* Each new reconciler wiped the cause off, until it had seen the cluster. */
static void what_was_said_stands_while_nothing_is_seen(void **state)
{
    (void)state;
    struct scene s = scene_of(STORE_FAILED);
    s.in.cause = CAUSE_QUOTA;
    s.in.reason = "The quota is full.";
    s.seen.complete = false;
    expect(s, STORE_FAILED, 0, OPERATION_GOES_ON);
    expect_words(s, CAUSE_QUOTA, "The quota is full.");
}

/* "The database is starting" was said of a store that had failed. */
static void a_failed_store_keeps_its_reason(void **state)
{
    (void)state;
    struct scene s = with_release(scene_of(STORE_FAILED));
    s.in.cause = CAUSE_TIMEOUT;
    s.in.reason = "Not ready after 600 s.";
    snprintf(s.seen.cause_text, sizeof(s.seen.cause_text), "The database is starting.");
    expect_words(s, CAUSE_TIMEOUT, "Not ready after 600 s.");
    s.seen.workloads_present = false;
    s.seen.cause = CAUSE_MISSING;
    expect_words(s, CAUSE_TIMEOUT, "Not ready after 600 s.");
    s.seen.namespace_exists = s.seen.namespace_is_ours = false;
    expect_words(s, CAUSE_TIMEOUT, "Not ready after 600 s.");
}

static void a_failed_store_is_ready_when_it_answers(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_FAILED));
    expect(s, STORE_FAILED, ACT_ASK_SHOP, OPERATION_GOES_ON);
    s.seen.answer = ANSWER_SHOP;
    expect(s, STORE_READY, 0, OPERATION_SUCCEEDS);
}

static void every_cause_has_a_word(void **state)
{
    (void)state;
    for (int c = 0; c < CAUSE_COUNT; c++)
        assert_int_equal(cause_find(cause_name((enum cause)c)), c);
    assert_int_equal(cause_find(NULL), CAUSE_NONE);
    assert_int_equal(cause_find("of another version"), CAUSE_NONE);
}

/* A repair that failed, or was cut off, when everything was back already: the shop is ready, and
 * helm's record is mended all the same. */
static void a_repair_is_finished_though_nothing_is_missing(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_READY));
    s.in.repairing = true;
    s.seen.release = RELEASE_UNKNOWN;
    expect(s, STORE_READY, ACT_READ_RELEASE, OPERATION_GOES_ON);
    s.seen.release = RELEASE_PENDING;
    expect(s, STORE_READY, ACT_CLEAR_PENDING, OPERATION_GOES_ON);
    s.seen.release = RELEASE_FAILED;
    expect(s, STORE_READY, ACT_INSTALL, OPERATION_GOES_ON);
    now_decide(&s);
    assert_false(s.out.settled);
    expect_backoff(&s, STORE_READY);
    s.in.attempt = DECIDE_HELM_ATTEMPTS;
    s.in.not_before = 0;
    expect(s, STORE_READY, 0, OPERATION_GOES_ON);
    now_decide(&s);
    assert_true(s.out.settled);
}

/* Clocks --------------------------------------------------------------------------------------- */

/* A wait from before the clock was set back by a year would have been a year long. */
static void a_clock_set_back_does_not_hold_helm_up(void **state)
{
    (void)state;
    struct scene s = with_namespace(scene_of(STORE_PROVISIONING));
    s.seen.release = RELEASE_FAILED;
    s.in.attempt = 2;
    s.in.started_at = NOW + 525600LL * MINUTE;
    s.in.not_before = s.in.started_at + 2000;
    expect(s, STORE_PROVISIONING, ACT_INSTALL, OPERATION_GOES_ON);
}

static void a_clock_set_back_does_not_hold_a_delete_up(void **state)
{
    (void)state;
    struct scene s = with_pods(scene_of(STORE_DELETING));
    s.seen.release = RELEASE_NONE;
    s.in.started_at = NOW + 525600LL * MINUTE;
    expect(s, STORE_DELETING, ACT_DELETE_NAMESPACE, OPERATION_GOES_ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_goes_step_by_step),
        cmocka_unit_test(steps_are_done_as_observed),
        cmocka_unit_test(a_dead_helm_is_cleared_first),
        cmocka_unit_test(a_repair_is_finished_though_nothing_is_missing),
        cmocka_unit_test(a_failed_helm_waits_and_says_why),
        cmocka_unit_test(the_wait_doubles_up_to_a_minute),
        cmocka_unit_test(what_waiting_does_not_mend_fails_at_once),
        cmocka_unit_test(a_create_ends_at_its_time),
        cmocka_unit_test(time_in_which_nothing_was_seen_does_not_count),
        cmocka_unit_test(ready_is_not_asked_again),
        cmocka_unit_test(ready_does_not_outlive_another_answer),
        cmocka_unit_test(what_is_missing_is_put_back),
        cmocka_unit_test(missing_data_are_for_a_person),
        cmocka_unit_test(putting_back_ends_too),
        cmocka_unit_test(a_missing_namespace_is_for_a_person),
        cmocka_unit_test(a_foreign_namespace_is_not_touched),
        cmocka_unit_test(helm_is_stopped_in_a_foreign_namespace),
        cmocka_unit_test(the_former_store_is_waited_for),
        cmocka_unit_test(a_degraded_store_settles),
        cmocka_unit_test(a_delete_goes_step_by_step),
        cmocka_unit_test(a_delete_stops_the_install),
        cmocka_unit_test(an_uninstall_waits_too),
        cmocka_unit_test(deleted_waits_for_the_namespace_under_way),
        cmocka_unit_test(a_stuck_delete_fails_with_what_holds_it),
        cmocka_unit_test(a_failed_delete_keeps_its_reason),
        cmocka_unit_test(a_failed_delete_rests),
        cmocka_unit_test(what_was_said_stands_while_nothing_is_seen),
        cmocka_unit_test(a_failed_store_keeps_its_reason),
        cmocka_unit_test(a_failed_store_is_ready_when_it_answers),
        cmocka_unit_test(every_cause_has_a_word),
        cmocka_unit_test(a_clock_set_back_does_not_hold_helm_up),
        cmocka_unit_test(a_clock_set_back_does_not_hold_a_delete_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
