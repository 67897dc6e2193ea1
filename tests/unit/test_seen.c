/* cron/seen: from what the watches deliver to the observation that decide() reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "seen.h"

#define UID "0123456789abcdef0123"
#define OTHER_UID "ffffffffffffffffffff"
#define NOW 1769850300000 /* 2026-01-31T09:05:00Z */

/* The one namespace of these tests; world.c has all of the cluster's. */
static struct namespace_entry *the_namespace;

struct namespace_entry *world_namespace(struct world *w, const char *name)
{
    (void)w;
    return the_namespace && strcmp(the_namespace->name, name) == 0 ? the_namespace : NULL;
}

#define MADE_UP 3 /* objects of a store, as far as these tests go */

unsigned watches_missing(const struct tracked *t)
{
    return ~t->present & ((1u << MADE_UP) - 1);
}

void watches_name(const struct tracked *t, enum object o, char *out, size_t n)
{
    static const char *const names[MADE_UP] = { "the Deployment", "the StatefulSet",
                                                "the Ingress" };
    snprintf(out, n, "%s %s", names[o], t->row.id);
}

struct scene {
    struct world world;
    struct namespace_entry ns;
    char name[16];
    struct tracked t;
    struct observation seen;
};

static int set_scene(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    strcpy(s->name, "my-shop");
    strcpy(s->ns.uid_label, UID);
    s->ns.name = s->name;
    the_namespace = &s->ns;
    s->world.complete = true;
    s->world.complete_since = NOW - 5000;
    s->t.world = &s->world;
    s->t.row.id = s->name;
    strcpy(s->t.row.uid, UID);
    s->t.present = (1u << MADE_UP) - 1;
    *state = s;
    return 0;
}

static int clear_scene(void **state)
{
    struct scene *s = *state;
    seen_clear_pods(&s->t);
    free(s->t.workload_trouble);
    free(s->t.front_trouble);
    free(s->t.event_trouble);
    free(s);
    return 0;
}

static const struct observation *look(struct scene *s)
{
    seen_observation(&s->t, NOW, &s->seen);
    return &s->seen;
}

/* status: what stands in the pod's status, with ' for ". */
static void see_pod(struct scene *s, const char *name, const char *component, const char *status)
{
    CLEANUP_FREE char *text = str_printf(
        "{'metadata': {'name': '%s', 'creationTimestamp': '2026-01-31T09:00:00Z', 'labels': "
        "{'app.kubernetes.io/component': '%s'}}, 'status': %s}",
        name, component, status);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_auto_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    seen_pod(&s->t, json);
}

static void pod_gone(struct scene *s, const char *name)
{
    json_auto_t *json = json_pack("{s:{s:s}}", "metadata", "name", name);
    seen_pod_gone(&s->t, json);
}

#define READY "{'conditions': [{'type': 'Ready', 'status': 'True'}], 'containerStatuses': []}"
#define STARTING "{'conditions': [{'type': 'Ready', 'status': 'False'}]}"
#define PULLING \
    "{'containerStatuses': [{'name': 'c', 'image': 'r/x', 'state': {'waiting': {'reason': " \
    "'ImagePullBackOff', 'message': 'gone'}}}]}"
#define CRASHED \
    "{'containerStatuses': [{'name': 'c', 'restartCount': 5, 'state': {'terminated': " \
    "{'exitCode': " \
    "1}}}]}"
#define NO_ROOM "{'conditions': [{'type': 'PodScheduled', 'status': 'False', 'message': 'full'}]}"

/* The namespace -------------------------------------------------------------------------------- */

static void whose_namespace_it_is(void **state)
{
    struct scene *s = *state;
    assert_true(look(s)->namespace_exists && look(s)->namespace_is_ours);
    strcpy(s->ns.uid_label, OTHER_UID);
    assert_true(look(s)->namespace_exists && !look(s)->namespace_is_ours);
    strcpy(s->ns.uid_label, "");
    assert_false(look(s)->namespace_is_ours);
    s->ns.terminating = true;
    s->ns.text = (char[]) { "A finalizer remains." };
    assert_true(look(s)->namespace_terminating);
    assert_string_equal(look(s)->namespace_text, "A finalizer remains.");
    the_namespace = NULL;
    assert_false(look(s)->namespace_exists || look(s)->namespace_is_ours ||
                 look(s)->namespace_terminating);
}

static void a_namespace_under_way_is_told(void **state)
{
    struct scene *s = *state;
    assert_false(look(s)->namespace_call);
    s->t.calls[CALL_NAMESPACE] = (struct kube_call *)s; /* any */
    assert_true(look(s)->namespace_call);
}

static void nothing_is_held_against_a_store_while_helm_is_missing(void **state)
{
    struct scene *s = *state;
    assert_int_equal(look(s)->complete_since, NOW - 5000);
    s->world.helm_missing = true;
    assert_int_equal(look(s)->complete_since, NOW);
    s->world.complete = false;
    assert_false(look(s)->complete);
}

/* Pods ----------------------------------------------------------------------------------------- */

static struct trouble_view *some_trouble(enum trouble kind, bool fatal)
{
    struct trouble_view *view = calloc(1, sizeof(*view));
    view->kind = kind;
    view->fatal = fatal;
    view->fatal_at = INT64_MAX;
    strcpy(view->text, "It is refused.");
    return view;
}

static void both_components_are_told_apart(void **state)
{
    struct scene *s = *state;
    assert_false(look(s)->database_ready || look(s)->web_ready || look(s)->pods_exist);
    see_pod(s, "db-0", "database", READY);
    assert_true(look(s)->database_ready && !look(s)->web_ready && !look(s)->setup_done);
    see_pod(s, "web-1", "web", READY);
    assert_true(look(s)->database_ready && look(s)->web_ready && look(s)->setup_done);
    pod_gone(s, "db-0");
    assert_true(!look(s)->database_ready && look(s)->web_ready);
    pod_gone(s, "db-0");
    pod_gone(s, "web-1");
    assert_false(look(s)->pods_exist);
}

static void a_storefront_in_front_is_waited_for(void **state)
{
    struct scene *s = *state;
    see_pod(s, "db-0", "database", READY);
    see_pod(s, "web-1", "web", READY);
    assert_true(look(s)->web_ready);
    s->t.front = FRONT_BUILTIN;
    assert_false(look(s)->web_ready);
    assert_string_equal(look(s)->cause_text, "The storefront is starting.");
    see_pod(s, "front-1", "storefront", PULLING);
    assert_true(!look(s)->web_ready && look(s)->cause == CAUSE_IMAGE);
    assert_true(str_starts(look(s)->cause_text, "Storefront: "));
    see_pod(s, "front-1", "storefront", READY);
    assert_true(look(s)->web_ready && look(s)->cause == CAUSE_NONE);
    s->t.front_trouble = some_trouble(TROUBLE_QUOTA, true);
    assert_int_equal(look(s)->cause, CAUSE_QUOTA);
}

static void a_pod_seen_again_is_the_same_one(void **state)
{
    struct scene *s = *state;
    for (int i = 0; i < 100; i++)
        see_pod(s, "web-1", "web", i % 2 ? READY : STARTING);
    assert_true(look(s)->web_ready);
    see_pod(s, "web-1", "web", STARTING);
    assert_false(look(s)->web_ready);
    pod_gone(s, "web-1");
    assert_null(s->t.pods);
}

static void one_ready_pod_of_several_is_enough(void **state)
{
    struct scene *s = *state;
    see_pod(s, "web-1", "web", STARTING);
    see_pod(s, "web-2", "web", READY);
    see_pod(s, "web-3", "web", STARTING);
    assert_true(look(s)->web_ready);
}

static void a_pod_of_something_else_counts_for_nothing(void **state)
{
    struct scene *s = *state;
    see_pod(s, "test-1", "test", READY);
    see_pod(s, "test-2", "test", CRASHED);
    const struct observation *o = look(s);
    assert_false(o->web_ready || o->database_ready);
    assert_int_equal(o->cause, CAUSE_NONE);
    assert_true(o->pods_exist);
}

/* Causes --------------------------------------------------------------------------------------- */

static void the_most_telling_trouble_is_told(void **state)
{
    struct scene *s = *state;
    see_pod(s, "web-1", "web", NO_ROOM);
    assert_int_equal(look(s)->cause, CAUSE_UNSCHEDULABLE);
    assert_true(look(s)->cause_is_fatal); /* since five minutes */
    see_pod(s, "db-0", "database", CRASHED);
    assert_int_equal(look(s)->cause, CAUSE_CRASH_LOOP);
    assert_true(str_starts(look(s)->cause_text, "Database: "));
    /* A shop whose database fails has all kinds of trouble; the database's is where to begin. */
    see_pod(s, "web-2", "web", PULLING);
    assert_int_equal(look(s)->cause, CAUSE_CRASH_LOOP);
    see_pod(s, "db-0", "database", READY);
    assert_int_equal(look(s)->cause, CAUSE_IMAGE);
    assert_true(str_starts(look(s)->cause_text, "Web server: "));
    see_pod(s, "web-2", "web", READY);
    see_pod(s, "web-1", "web", READY);
    see_pod(s, "db-0", "database", READY);
    assert_int_equal(look(s)->cause, CAUSE_NONE);
    assert_string_equal(look(s)->cause_text, "");
}

static void patience_ends_at_its_time(void **state)
{
    struct scene *s = *state;
    see_pod(s, "web-1", "web", PULLING);
    int64_t made = NOW - 300000;
    seen_observation(&s->t, made + 44999, &s->seen);
    assert_false(s->seen.cause_is_fatal);
    seen_observation(&s->t, made + 45000, &s->seen);
    assert_true(s->seen.cause_is_fatal);
}

static void last_words_are_waited_for(void **state)
{
    struct scene *s = *state;
    see_pod(s, "web-1", "web", CRASHED);
    assert_true(look(s)->cause_is_fatal);
    s->t.log_pending = true;
    assert_false(look(s)->cause_is_fatal);
}

/* What an operation finds of the one before has a moment to go. */
static void a_young_operation_is_not_given_up(void **state)
{
    struct scene *s = *state;
    s->t.operation_id = 1;
    s->t.started_at = NOW - 1000;
    see_pod(s, "web-1", "web", CRASHED);
    assert_false(look(s)->cause_is_fatal);
    assert_int_equal(look(s)->fatal_at, NOW + 2000);
    s->t.started_at = NOW - 3000;
    assert_true(look(s)->cause_is_fatal);
}

/* An event outlives what it tells of. */
static void a_refusal_is_over_when_the_pods_are_there(void **state)
{
    struct scene *s = *state;
    s->t.event_trouble = some_trouble(TROUBLE_QUOTA, true);
    assert_int_equal(look(s)->cause, CAUSE_QUOTA);
    see_pod(s, "db-0", "database", STARTING);
    assert_int_equal(look(s)->cause, CAUSE_QUOTA);
    see_pod(s, "web-1", "web", STARTING);
    assert_int_equal(look(s)->cause, CAUSE_NONE);
    s->t.event_trouble->kind = TROUBLE_VOLUME; /* the pod is there and waits for it */
    assert_int_equal(look(s)->cause, CAUSE_VOLUME);
}

static void a_workloads_trouble_is_told(void **state)
{
    struct scene *s = *state;
    s->t.workload_trouble = some_trouble(TROUBLE_QUOTA, true);
    assert_int_equal(look(s)->cause, CAUSE_QUOTA);
    assert_true(look(s)->cause_is_fatal);
    assert_string_equal(look(s)->cause_text, "It is refused.");
}

static void the_last_words_are_told_with_a_crash_only(void **state)
{
    struct scene *s = *state;
    s->t.log_text = (char[]) { "Error: no database" };
    see_pod(s, "web-1", "web", CRASHED);
    assert_true(str_ends(look(s)->cause_text, " Its last words: Error: no database"));
    see_pod(s, "web-1", "web", PULLING);
    assert_null(strstr(look(s)->cause_text, "last words"));
    char big[2000];
    memset(big, 'w', sizeof(big));
    big[sizeof(big) - 1] = '\0';
    s->t.log_text = big;
    see_pod(s, "web-1", "web", CRASHED);
    assert_int_equal(strlen(look(s)->cause_text), DECIDE_TEXT_MAX - 1);
}

static void what_is_waited_for_is_told(void **state)
{
    struct scene *s = *state;
    assert_string_equal(look(s)->cause_text, "The database is starting.");
    see_pod(s, "db-0", "database", READY);
    assert_string_equal(look(s)->cause_text, "The shop is being set up.");
    see_pod(s, "web-1", "web", "{'containerStatuses': []}");
    assert_string_equal(look(s)->cause_text, "The web server is starting.");
    see_pod(s, "web-1", "web", READY);
    assert_string_equal(look(s)->cause_text, "");
}

/* Workloads ------------------------------------------------------------------------------------ */

static void what_is_missing_is_named(void **state)
{
    struct scene *s = *state;
    assert_true(look(s)->workloads_present);
    s->t.present &= ~(1u << OBJECT_INGRESS);
    assert_false(look(s)->workloads_present);
    assert_int_equal(look(s)->cause, CAUSE_MISSING);
    assert_false(look(s)->cause_is_fatal);
    assert_non_null(strstr(look(s)->cause_text, "the Ingress"));
    assert_null(strstr(look(s)->cause_text, "StatefulSet"));

    s->t.present = 1u << OBJECT_INGRESS;
    assert_non_null(strstr(look(s)->cause_text, "StatefulSet"));
    assert_non_null(strstr(look(s)->cause_text, "Deployment"));
}

/* Helm is done before the watches have told of what it made. */
static void a_fresh_release_is_given_time_to_show(void **state)
{
    struct scene *s = *state;
    s->t.present = 0;
    assert_false(look(s)->workloads_present);
    s->t.installed_at = time_mono_ms();
    assert_true(look(s)->workloads_present);
    assert_int_equal(seen_look_again_at(&s->t), s->t.installed_at + 10000);
    /* What was there and was taken away is not awaited. */
    s->t.removed = 1u << OBJECT_INGRESS;
    assert_false(look(s)->workloads_present);
    assert_true(seen_look_again_at(&s->t) == INT64_MAX);
    s->t.removed = 0;
    s->t.installed_at -= 10001;
    if (s->t.installed_at > 0) /* the machine may have been started this very moment */
        assert_false(look(s)->workloads_present);
}

static void the_pod_whose_log_tells_more(void **state)
{
    struct scene *s = *state;
    assert_null(seen_troubled_pod(&s->t));
    see_pod(s, "web-1", "web", PULLING); /* it never ran: no log */
    assert_null(seen_troubled_pod(&s->t));
    see_pod(s, "web-2", "web", CRASHED);
    assert_string_equal(seen_troubled_pod(&s->t)->name, "web-2");
    see_pod(
        s, "web-3", "web",
        "{'initContainerStatuses': [{'name': 'setup', 'restartCount': 1, 'state': {'terminated': "
        "{'exitCode': 1}}}]}");
    assert_string_equal(seen_troubled_pod(&s->t)->name, "web-3");
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, set_scene, clear_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(whose_namespace_it_is),
        IN_SCENE(a_namespace_under_way_is_told),
        IN_SCENE(nothing_is_held_against_a_store_while_helm_is_missing),
        IN_SCENE(both_components_are_told_apart),
        IN_SCENE(a_storefront_in_front_is_waited_for),
        IN_SCENE(a_pod_seen_again_is_the_same_one),
        IN_SCENE(one_ready_pod_of_several_is_enough),
        IN_SCENE(a_pod_of_something_else_counts_for_nothing),
        IN_SCENE(the_most_telling_trouble_is_told),
        IN_SCENE(last_words_are_waited_for),
        IN_SCENE(a_young_operation_is_not_given_up),
        IN_SCENE(patience_ends_at_its_time),
        IN_SCENE(a_refusal_is_over_when_the_pods_are_there),
        IN_SCENE(a_workloads_trouble_is_told),
        IN_SCENE(the_last_words_are_told_with_a_crash_only),
        IN_SCENE(what_is_waited_for_is_told),
        IN_SCENE(what_is_missing_is_named),
        IN_SCENE(a_fresh_release_is_given_time_to_show),
        IN_SCENE(the_pod_whose_log_tells_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
