/* cron/queue: whose turn it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue.h"

#define STORES_MAX 32
#define ANNA 1
#define BERND 2
#define CLARA 3

/* world.c's, as far as the queue needs them. */
void world_touch(struct tracked *t)
{
    t->dirty = true;
}

struct namespace_entry *world_namespace(struct world *w, const char *name)
{
    (void)w;
    static struct namespace_entry going = { .terminating = true }, there;
    return strcmp(name, "going") == 0 ? &going : strcmp(name, "there") == 0 ? &there : NULL;
}

struct line {
    struct config config;
    struct world world;
    struct tracked stores[STORES_MAX];
    int count;
};

static int set_up(void **state)
{
    struct line *l = calloc(1, sizeof(*l));
    l->config.helm_parallel = 1; /* so two are under way at once */
    l->world.config = &l->config;
    l->world.complete = true;
    *state = l;
    return 0;
}

static int tear_down(void **state)
{
    struct line *l = *state;
    queue_free(&l->world);
    free(l);
    return 0;
}

static struct tracked *ask(struct line *l, int64_t owner)
{
    static char none[] = "none";
    struct tracked *t = &l->stores[l->count++];
    t->world = &l->world;
    t->owner = queue_owner(&l->world, owner);
    t->row.id = none;
    t->row.owner_id = owner;
    t->row.generation = 1;
    t->operation_id = l->count;
    t->next_busy = l->world.busy; /* the newest first, as world.c has it */
    l->world.busy = t;
    return t;
}

/* Serves all, one after another, and says whose they were: "1213". */
static const char *serve(struct line *l, char out[STORES_MAX + 1])
{
    int n = 0;
    bool told[STORES_MAX] = { false };
    while (n < l->count) {
        queue_admit(&l->world, 0);
        int under_way = 0, first = -1;
        for (int i = 0; i < l->count; i++) {
            struct tracked *t = &l->stores[i];
            if (!t->admitted || t->row.applied_generation)
                continue;
            under_way++;
            if (!told[i])
                out[n++] = (char)('0' + t->row.owner_id);
            told[i] = true;
            if (first < 0 || t->operation_id < l->stores[first].operation_id)
                first = i;
        }
        assert_in_range(under_way, 1, 2);
        l->stores[first].row.applied_generation = 1; /* helm is done with it */
    }
    out[n] = '\0';
    return out;
}

static void owners_take_turns(void **state)
{
    struct line *l = *state;
    char out[STORES_MAX + 1];
    for (int i = 0; i < 6; i++)
        ask(l, ANNA);
    for (int i = 0; i < 2; i++)
        ask(l, BERND);
    ask(l, CLARA);
    serve(l, out);
    /* Each has had the first turn before anybody has the second; then Bernd's second comes before
     * Anna's third. */
    char first[4] = { out[0], out[1], out[2] };
    assert_non_null(strchr(first, '1'));
    assert_non_null(strchr(first, '2'));
    assert_non_null(strchr(first, '3'));
    assert_true(strrchr(out, '2') - out <= 4);
    assert_string_equal(out + 5, "1111");
}

static void one_owner_is_served_in_order(void **state)
{
    struct line *l = *state;
    for (int i = 0; i < 5; i++)
        ask(l, ANNA);
    assert_int_equal(queue_admit(&l->world, 0), 2);
    assert_true(l->stores[0].admitted && l->stores[1].admitted && !l->stores[2].admitted);
    assert_int_equal(queue_admit(&l->world, 0), 0);
    l->stores[0].row.applied_generation = 1;
    assert_int_equal(queue_admit(&l->world, 0), 1);
    assert_true(l->stores[2].admitted);
}

static void what_waits_for_something_else_holds_no_place(void **state)
{
    static char going[] = "going", there[] = "there";
    struct line *l = *state;
    ask(l, ANNA)->not_before = 100; /* a backoff */
    ask(l, ANNA)->row.id = going;   /* its former namespace is going */
    ask(l, ANNA);
    ask(l, ANNA);
    struct tracked *gone = ask(l, ANNA), *last = ask(l, ANNA);
    gone->row.desired = last->row.desired = STORE_ABSENT; /* no namespace: nothing to uninstall */
    last->row.id = there;
    queue_admit(&l->world, 0);
    queue_admit(&l->world, 0);
    assert_true(l->stores[2].admitted && l->stores[3].admitted);
    assert_false(gone->admitted);
    l->stores[2].row.applied_generation = l->stores[3].row.applied_generation = 1;
    queue_admit(&l->world, 0);
    queue_admit(&l->world, 0);
    assert_true(gone->admitted && last->admitted);
    ask(l, BERND);
    ask(l, BERND);
    queue_admit(&l->world, 0);
    assert_true(l->stores[6].admitted && !l->stores[7].admitted); /* last is being uninstalled */
    last->release = RELEASE_NONE;
    queue_admit(&l->world, 0);
    assert_true(l->stores[7].admitted);
}

/* Else the successors could hold every place that the deletions they wait for need. */
static void a_successor_holds_no_place(void **state)
{
    struct line *l = *state;
    struct tracked *former[2], *next[2];
    for (int i = 0; i < 2; i++)
        next[i] = ask(l, BERND);
    queue_admit(&l->world, 0);
    for (int i = 0; i < 2; i++) {
        former[i] = ask(l, ANNA);
        next[i]->older = former[i];
    }
    for (int i = 0; i < 3; i++)
        queue_admit(&l->world, 0);
    assert_true(former[0]->admitted && former[1]->admitted);
    next[0]->older = NULL;
}

static void a_running_helm_is_heard_at_once(void **state)
{
    struct line *l = *state;
    for (int i = 0; i < 4; i++)
        ask(l, ANNA);
    queue_admit(&l->world, 0);
    l->stores[3].helm = (struct proc *)l; /* of the operation that this one took the place of */
    queue_admit(&l->world, 0);
    assert_true(l->stores[3].admitted && !l->stores[2].admitted);
}

static void nobody_has_a_turn_while_nothing_is_seen(void **state)
{
    struct line *l = *state;
    ask(l, ANNA);
    l->world.complete = false;
    assert_int_equal(queue_admit(&l->world, 0), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(owners_take_turns),
        T(one_owner_is_served_in_order),
        T(what_waits_for_something_else_holds_no_place),
        T(a_successor_holds_no_place),
        T(a_running_helm_is_heard_at_once),
        T(nobody_has_a_turn_while_nothing_is_seen),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
