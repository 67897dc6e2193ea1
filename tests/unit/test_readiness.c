/* lib/kube/readiness: what the API server says of pods and workloads, in the forms it really uses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "decide_check.h"
#include "kube/readiness.h"

#define CREATED "2026-01-31T09:05:00Z"
#define CREATED_MS 1769850300000

static json_t *json_of(const char *text)
{
    json_error_t why;
    /* Single quotes, so that the cases below can be read. */
    char *copy = str_dup(text);
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *json = json_loads(copy, 0, &why);
    free(copy);
    if (!json)
        fail_msg("%s: %s", why.text, text);
    return json;
}

static struct pod_view pod_of(const char *status)
{
    CLEANUP_FREE char *text = str_printf(
        "{'metadata': {'name': 'p', 'creationTimestamp': '" CREATED "'}, 'status': %s}", status);
    json_auto_t *json = json_of(text);
    struct pod_view view;
    readiness_of_pod(json, &view);
    return view;
}

static void expect_trouble(const struct trouble_view *t, enum trouble kind, bool fatal,
                           int64_t fatal_at, const char *container, const char *text)
{
    assert_int_equal(t->kind, kind);
    assert_int_equal(t->fatal, fatal);
    if (!fatal)
        assert_true(t->fatal_at == fatal_at);
    assert_string_equal(t->container, container);
    if (!strstr(t->text, text))
        fail_msg("\"%s\" lacks \"%s\"", t->text, text);
}

static void a_ready_pod_has_no_trouble(void **state)
{
    (void)state;
    struct pod_view v = pod_of("{'conditions': [{'type': 'PodScheduled', 'status': 'True'},"
                               "{'type': 'Ready', 'status': 'True'}], 'containerStatuses': ["
                               "{'name': 'web', 'ready': true, 'restartCount': 9, 'lastState':"
                               "{'terminated': {'exitCode': 1, 'reason': 'Error'}}}]}");
    assert_true(v.ready);
    assert_true(v.setup_done);
    assert_int_equal(v.trouble.kind, TROUBLE_NONE);
    assert_false(v.trouble.fatal);
}

static void ready_is_only_what_says_true(void **state)
{
    (void)state;
    assert_false(pod_of("{}").ready);
    assert_false(pod_of("{'conditions': [{'type': 'Ready', 'status': 'False'}]}").ready);
    assert_false(pod_of("{'conditions': [{'type': 'Ready', 'status': 'Unknown'}]}").ready);
    assert_false(pod_of("{'conditions': [{'type': 'Ready', 'status': true}]}").ready);
    assert_false(pod_of("{'conditions': [{'type': 'ContainersReady', 'status': 'True'}]}").ready);
}

static void a_pod_on_its_way_out_is_not_ready(void **state)
{
    (void)state;
    json_auto_t *json = json_of("{'metadata': {'deletionTimestamp': '" CREATED "'}, 'status': "
                                "{'conditions': [{'type': 'Ready', 'status': 'True'}]}}");
    struct pod_view v;
    readiness_of_pod(json, &v);
    assert_true(v.terminating);
    assert_false(v.ready);
}

static void setup_is_done_when_it_ended_well(void **state)
{
    (void)state;
#define INIT(s) "{'initContainerStatuses': [{'name': 'wait'}, {'name': 'setup', 'state': " s "}]}"
    assert_true(pod_of(INIT("{'terminated': {'exitCode': 0}}")).setup_done);
    assert_false(pod_of(INIT("{'terminated': {'exitCode': 1}}")).setup_done);
    assert_false(pod_of(INIT("{'terminated': {}}")).setup_done);
    assert_false(pod_of(INIT("{'running': {}}")).setup_done);
    assert_false(pod_of(INIT("{'waiting': {'reason': 'PodInitializing'}}")).setup_done);
    assert_false(pod_of("{}").setup_done);
    assert_true(pod_of("{'containerStatuses': [{'name': 'web'}]}").setup_done);
}

static void waiting_for_a_start_is_no_trouble(void **state)
{
    (void)state;
    static const char *const reasons[] = { "ContainerCreating", "PodInitializing" };
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_FREE char *status = str_printf("{'containerStatuses': [{'name': 'web', 'ready': "
                                               "false, 'state': {'waiting': {'reason': "
                                               "'%s'}}}]}",
                                               reasons[i]);
        assert_int_equal(pod_of(status).trouble.kind, TROUBLE_NONE);
    }
}

#define WAITING(reason, message) \
    "{'containerStatuses': [{'name': 'web', 'image': 'r/x:1', 'ready': false, 'restartCount': 0, " \
    "'state': {'waiting': {'reason': '" reason "', 'message': '" message "'}}}]}"

static void an_image_gets_some_time(void **state)
{
    (void)state;
    struct pod_view v = pod_of(WAITING("ImagePullBackOff", "no such host"));
    expect_trouble(&v.trouble, TROUBLE_IMAGE, false, CREATED_MS + 45000, "",
                   "The image r/x:1 cannot be pulled. no such host");
    v = pod_of(WAITING("ErrImagePull", "x"));
    assert_int_equal(v.trouble.kind, TROUBLE_IMAGE);
    v = pod_of(WAITING("ErrImageNeverPull", "x"));
    expect_trouble(&v.trouble, TROUBLE_IMAGE, true, 0, "", "r/x:1");
    v = pod_of(WAITING("InvalidImageName", "x"));
    assert_true(v.trouble.fatal);
    v = pod_of(WAITING("CreateContainerConfigError", "secret not found"));
    expect_trouble(&v.trouble, TROUBLE_CRASH_LOOP, false, CREATED_MS + 45000, "",
                   "secret not found");
}

#define ENDED(list, name, restarts, code, reason) \
    "{'" list "': [{'name': '" name "', 'ready': false, 'restartCount': " restarts \
    ", 'state': {'waiting': {'reason': 'CrashLoopBackOff', 'message': 'back-off'}}, " \
    "'lastState': {'terminated': {'exitCode': " code ", 'reason': '" reason "'}}}]}"

static void a_crash_is_fatal_the_third_time(void **state)
{
    (void)state;
    struct pod_view v = pod_of(ENDED("containerStatuses", "web", "2", "1", "Error"));
    expect_trouble(&v.trouble, TROUBLE_CRASH_LOOP, false, INT64_MAX, "web", "exit status 1");
    v = pod_of(ENDED("containerStatuses", "web", "3", "1", "Error"));
    expect_trouble(&v.trouble, TROUBLE_CRASH_LOOP, true, 0, "web", "3 restarts");
    v = pod_of(ENDED("initContainerStatuses", "setup", "3", "7", "Error"));
    expect_trouble(&v.trouble, TROUBLE_SETUP, true, 0, "setup", "setup failed with exit status 7");
    v = pod_of(ENDED("containerStatuses", "web", "3", "137", "OOMKilled"));
    expect_trouble(&v.trouble, TROUBLE_OUT_OF_MEMORY, true, 0, "web", "more memory than its plan");
    v = pod_of(ENDED("containerStatuses", "web", "3", "0", "Completed"));
    assert_int_equal(v.trouble.kind, TROUBLE_NONE);
}

static void the_setups_trouble_is_told_before_the_webs(void **state)
{
    (void)state;
    struct pod_view v = pod_of(
        "{'containerStatuses': [{'name': 'web', 'ready': false, 'image': 'y', 'state': {'waiting': "
        "{'reason': 'ImagePullBackOff'}}}], 'initContainerStatuses': [{'name': 'setup', 'ready': "
        "false, 'restartCount': 4, 'state': {'terminated': {'exitCode': 2}}}]}");
    assert_int_equal(v.trouble.kind, TROUBLE_SETUP);
}

static void no_room_is_told_with_what_is_short(void **state)
{
    (void)state;
    struct pod_view v = pod_of("{'conditions': [{'type': 'PodScheduled', 'status': 'False', "
                               "'reason': 'Unschedulable', 'message': '0/1 nodes: 1 Insufficient "
                               "memory.'}]}");
    expect_trouble(&v.trouble, TROUBLE_UNSCHEDULABLE, false, CREATED_MS + 60000, "",
                   "1 Insufficient memory");
}

static void a_workload_tells_of_refused_pods(void **state)
{
    (void)state;
    struct trouble_view t;
    json_auto_t *quota =
        json_of("{'status': {'conditions': [{'type': 'ReplicaFailure', 'status': "
                "'True', 'lastTransitionTime': '" CREATED "', 'message': 'pods x is "
                "forbidden: exceeded quota: q'}]}}");
    readiness_of_workload(quota, &t);
    expect_trouble(&t, TROUBLE_QUOTA, true, 0, "", "exceeded quota");
    json_auto_t *webhook =
        json_of("{'status': {'conditions': [{'type': 'ReplicaFailure', 'status': "
                "'True', 'lastTransitionTime': '" CREATED "', 'message': 'denied'}]}}");
    readiness_of_workload(webhook, &t);
    expect_trouble(&t, TROUBLE_ADMISSION, false, CREATED_MS + 30000, "", "denied");
    json_auto_t *over = json_of("{'status': {'conditions': [{'type': 'ReplicaFailure', 'status': "
                                "'False', 'message': 'exceeded quota'}]}}");
    readiness_of_workload(over, &t);
    assert_int_equal(t.kind, TROUBLE_NONE);
}

static void events_tell_of_volumes_and_refusals(void **state)
{
    (void)state;
    struct trouble_view t;
#define EVENT(type, reason, message) \
    "{'type': '" type "', 'reason': '" reason "', 'message': '" message \
    "', 'firstTimestamp': '" CREATED "'}"
    json_auto_t *list =
        json_of("{'items': [" EVENT("Warning", "ProvisioningFailed", "no class") "," EVENT(
            "Normal", "FailedMount", "never") "," EVENT("Warning", "BackOff", "other") "]}");
    readiness_of_events(list, &t);
    expect_trouble(&t, TROUBLE_VOLUME, false, INT64_MAX, "", "cannot be made: no class");
    json_auto_t *newest = json_of("{'items': [" EVENT("Warning", "FailedMount", "old") "," EVENT(
        "Warning", "FailedCreate", "exceeded quota") "]}");
    readiness_of_events(newest, &t);
    expect_trouble(&t, TROUBLE_QUOTA, true, 0, "", "exceeded quota");
    json_auto_t *empty = json_of("{'items': []}");
    readiness_of_events(empty, &t);
    assert_int_equal(t.kind, TROUBLE_NONE);
    assert_true(t.fatal_at == INT64_MAX);
}

static void a_stuck_namespace_says_what_holds_it(void **state)
{
    (void)state;
    char text[TROUBLE_TEXT_MAX];
    json_auto_t *ns = json_of("{'status': {'conditions': [{'type': "
                              "'NamespaceDeletionDiscoveryFailure', 'status': 'False', "
                              "'message': 'fine'}, {'type': 'NamespaceContentRemaining', 'status': "
                              "'True', 'message': 'Some "
                              "resources are remaining: pods. has 1'}, {'type': "
                              "'NamespaceFinalizersRemaining', 'status': "
                              "'True', 'message': 'in use: x/y'}]}}");
    readiness_of_namespace(ns, text);
    assert_string_equal(text, "Some resources are remaining: pods. has 1 in use: x/y");
    json_auto_t *quiet = json_of("{'status': {'phase': 'Active'}}");
    readiness_of_namespace(quiet, text);
    assert_string_equal(text, "");
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char long_text[2000];
    memset(long_text, 'm', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    CLEANUP_FREE char *status = str_printf(
        "{'conditions': [{'type': 'PodScheduled', 'status': 'False', 'message': '%s'}], "
        "'containerStatuses': [{'name': '%s', 'state': {'terminated': {'exitCode': 1}}}]}",
        long_text, long_text);
    struct pod_view v = pod_of(status);
    assert_int_equal(strlen(v.trouble.text), TROUBLE_TEXT_MAX - 1);
    CLEANUP_FREE char *ns_text = str_printf(
        "{'status': {'conditions': [{'status': 'True', 'message': '%s'}, {'status': 'True', "
        "'message': '%s'}]}}",
        long_text, long_text);
    json_auto_t *ns = json_of(ns_text);
    char text[TROUBLE_TEXT_MAX];
    readiness_of_namespace(ns, text);
    assert_int_equal(strlen(text), TROUBLE_TEXT_MAX - 1);
}

/* Any JSON at all, made of the words that matter: nothing breaks, and what comes out is whole. */
static json_t *some_json(struct dice *d, int depth)
{
    static const char *const keys[] = {
        "metadata",
        "status",
        "conditions",
        "type",
        "message",
        "reason",
        "containerStatuses",
        "initContainerStatuses",
        "name",
        "ready",
        "state",
        "lastState",
        "waiting",
        "terminated",
        "exitCode",
        "restartCount",
        "items",
        "deletionTimestamp",
        "creationTimestamp",
        "image",
    };
    static const char *const texts[] = { "True",      "Ready",          "setup",
                                         "Warning",   "FailedCreate",   "ImagePullBackOff",
                                         "OOMKilled", "ReplicaFailure", CREATED,
                                         "",          "PodScheduled",   "False",
                                         "%s%n" };
    switch (dice_below(d, depth > 0 ? 8 : 4)) {
    case 0:
        return json_null();
    case 1:
        return json_integer((json_int_t)dice_roll(d));
    case 2:
        return json_boolean(dice_chance(d, 50));
    case 3:
        return json_string(texts[dice_below(d, sizeof(texts) / sizeof(texts[0]))]);
    case 4: {
        json_t *list = json_array();
        for (unsigned n = dice_below(d, 4); n--;)
            json_array_append_new(list, some_json(d, depth - 1));
        return list;
    }
    default: {
        json_t *object = json_object();
        for (unsigned n = dice_below(d, 8); n--;)
            json_object_set_new(object, keys[dice_below(d, sizeof(keys) / sizeof(keys[0]))],
                                some_json(d, depth - 1));
        return object;
    }
    }
}

static void any_json_is_survived(void **state)
{
    (void)state;
    struct dice d = { env_number("READINESS_SEED", 1) };
    for (int i = 0; i < 20000; i++) {
        json_auto_t *json = some_json(&d, 6);
        struct pod_view v;
        struct trouble_view t;
        char text[TROUBLE_TEXT_MAX];
        readiness_of_pod(json, &v);
        assert_true(strlen(v.trouble.text) < TROUBLE_TEXT_MAX);
        assert_false(v.ready && v.terminating);
        readiness_of_workload(json, &t);
        readiness_of_events(json, &t);
        assert_true(t.kind != TROUBLE_NONE || !t.fatal);
        readiness_of_namespace(json, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ready_pod_has_no_trouble),
        cmocka_unit_test(ready_is_only_what_says_true),
        cmocka_unit_test(a_pod_on_its_way_out_is_not_ready),
        cmocka_unit_test(setup_is_done_when_it_ended_well),
        cmocka_unit_test(waiting_for_a_start_is_no_trouble),
        cmocka_unit_test(an_image_gets_some_time),
        cmocka_unit_test(a_crash_is_fatal_the_third_time),
        cmocka_unit_test(the_setups_trouble_is_told_before_the_webs),
        cmocka_unit_test(no_room_is_told_with_what_is_short),
        cmocka_unit_test(a_workload_tells_of_refused_pods),
        cmocka_unit_test(events_tell_of_volumes_and_refusals),
        cmocka_unit_test(a_stuck_namespace_says_what_holds_it),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(any_json_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
