/* lib/store/limit: what one person may have, and that posts at the same time cannot pass it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw_sql.h"
#include "store/limit.h"

static int create(struct place *p, const struct actor *who, const char *id, const char *plan,
                  struct err *err)
{
    struct store_request rq = request_for(id);
    struct field_errors errors = { 0 };
    char uid[STORE_UID_LEN + 1];
    rq.plan = plan;
    memset(err, 0, sizeof(*err));
    int r = service_create(&p->service, who, &rq, uid, &errors, err);
    assert_int_equal(errors.count, 0);
    return r;
}

static void expect_room(struct place *p, const struct actor *who, const char *id, const char *plan)
{
    struct err err;
    if (create(p, who, id, plan, &err) < 0)
        fail_msg("%s: %s", id, err.msg);
}

static void expect_full(struct place *p, const struct actor *who, const char *id, const char *plan,
                        const char *part)
{
    struct err err;
    assert_int_equal(create(p, who, id, plan, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    if (!strstr(err.msg, part))
        fail_msg("%s", err.msg);
    struct store store = { 0 };
    assert_int_equal(service_get(&p->service, &p->admin, id, true, &store, NULL), -1);
}

static void a_store_counts_until_it_is_gone(void **state)
{
    struct place *p = *state;
    p->config.limit_stores = 2;
    expect_room(p, &p->anna, "one", "small");
    expect_room(p, &p->anna, "two", "small");
    static const enum store_status held[] = {
        STORE_REQUESTED, STORE_READY,    STORE_FAILED,
        STORE_DEGRADED,  STORE_DELETING, STORE_DELETE_FAILED
    };
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
        set_status(p, "one", held[i]);
        expect_full(p, &p->anna, "three", "small",
                    "You have 2 stores, and 2 is the most your account may have.");
    }
    expect_room(p, &p->bernd, "others", "small"); /* one's own only */
    set_status(p, "one", STORE_DELETED);
    expect_room(p, &p->anna, "three", "small");
    expect_full(p, &p->anna, "four", "small", "Delete one that you no longer need");
}

static void creations_count_for_an_hour(void **state)
{
    struct place *p = *state;
    p->config.limit_creations_per_hour = 2;
    expect_room(p, &p->anna, "one", "small");
    expect_room(p, &p->anna, "two", "small");
    set_status(p, "one", STORE_DELETED); /* which frees no place in the hour */
    expect_full(p, &p->anna, "three", "small", "You have asked for 2 stores within the last hour");
    raw(p, "UPDATE store SET created_at = created_at - 3000000 WHERE id = 'one'");
    expect_full(p, &p->anna, "three", "small", "can be asked for in 10 min");
    raw(p, "UPDATE store SET created_at = created_at - 601000 WHERE id = 'one'");
    expect_room(p, &p->anna, "three", "small");
}

static void few_are_set_up_at_once(void **state)
{
    struct place *p = *state;
    struct err err = { 0 };
    p->config.limit_provisioning = 1;
    expect_room(p, &p->anna, "one", "small");
    expect_full(p, &p->anna, "two", "small", "1 of your stores is being set up");
    set_status(p, "one", STORE_FAILED);
    expect_room(p, &p->anna, "two", "small");
    /* A retry sets one up as well. */
    assert_int_equal(service_retry(&p->service, &p->anna, "one", &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    set_status(p, "two", STORE_READY);
    assert_int_equal(service_retry(&p->service, &p->anna, "one", NULL), 0);
}

static void plans_have_limits_of_their_own(void **state)
{
    struct place *p = *state;
    p->config.limit_large = 0;
    p->config.limit_medium = 1;
    expect_full(p, &p->anna, "big", "large", "may not have stores of the plan Large");
    expect_room(p, &p->anna, "mid", "medium");
    expect_full(p, &p->anna, "big", "medium",
                "You have 1 store of the plan Medium, and 1 is the most");
    expect_room(p, &p->anna, "tiny", "small");
}

static void an_account_has_its_own(void **state)
{
    struct place *p = *state;
    struct limit_state l[LIMIT_COUNT];
    struct err err = { 0 };
    int64_t values[LIMIT_COUNT];
    for (int i = 0; i < LIMIT_COUNT; i++)
        values[i] = LIMIT_DEFAULT;
    values[LIMIT_STORES] = 1;
    p->config.limit_stores = 0;
    expect_full(p, &p->anna, "one", "small", "You have 0 stores, and 0 is the most");
    assert_int_equal(limit_set(&p->service, &p->anna, p->anna.account_id, values, &err), -1);
    assert_int_equal(err.code, ERR_FORBIDDEN);
    assert_int_equal(limit_set(&p->service, &p->admin, p->anna.account_id, values, NULL), 0);
    assert_int_equal(limit_states(&p->service, p->anna.account_id, l, NULL), 0);
    assert_true(l[LIMIT_STORES].own && !l[LIMIT_SMALL].own);
    assert_int_equal(l[LIMIT_STORES].most, 1);
    assert_int_equal(l[LIMIT_STORES].usual, 0);
    expect_room(p, &p->anna, "one", "small");
    expect_full(p, &p->anna, "two", "small", "1 is the most");
    expect_full(p, &p->bernd, "two", "small", "0 is the most");
    values[LIMIT_STORES] = LIMIT_DEFAULT;
    assert_int_equal(limit_set(&p->service, &p->admin, p->anna.account_id, values, NULL), 0);
    expect_full(p, &p->anna, "two", "small", "You have 1 store, and 0 is the most");
    values[LIMIT_STORES] = -2;
    assert_int_equal(limit_set(&p->service, &p->admin, p->anna.account_id, values, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    values[LIMIT_STORES] = 5;
    assert_int_equal(limit_set(&p->service, &p->admin, 12345, values, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void admins_are_not_bound(void **state)
{
    struct place *p = *state;
    p->config.limit_stores = p->config.limit_creations_per_hour = p->config.limit_provisioning = 0;
    expect_room(p, &p->admin, "one", "large");
    assert_int_equal(limit_forecast(&p->service, &p->admin, NULL), 0);
    struct err err = { 0 };
    assert_int_equal(limit_forecast(&p->service, &p->anna, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
}

static void a_refusal_is_written_down(void **state)
{
    struct place *p = *state;
    p->config.limit_stores = 0;
    expect_full(p, &p->anna, "one", "small", "0 is the most");
    assert_int_equal(raw_int(p, "SELECT count(*) FROM audit WHERE action = 'store.create' AND "
                                "object = 'one' AND result = 'refused' AND actor = 'anna'"),
                     1);
}

/* The same request again is not one more. */
static void a_key_is_no_second_store(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("one");
    struct field_errors errors = { 0 };
    char uid[STORE_UID_LEN + 1], again[STORE_UID_LEN + 1];
    rq.idempotency_key = "0123456789abcdef";
    p->config.limit_stores = 1;
    assert_int_equal(service_create(&p->service, &p->anna, &rq, uid, &errors, NULL), 0);
    assert_int_equal(service_create(&p->service, &p->anna, &rq, again, &errors, NULL), 0);
    assert_string_equal(uid, again);
}

#define PROCESSES 8
#define EACH 4
#define ROOM 5

/* In a process of its own: how many of its requests were let through. */
static int ask_alone(struct place *p, int number)
{
    int made = 0;
    struct db *db = open_place_db(p);
    struct service service = { db, &p->config };
    for (int i = 0; i < EACH; i++) {
        CLEANUP_FREE char *id = str_printf("shop-%d-%d", number, i);
        struct store_request rq = request_for(id);
        struct field_errors errors = { 0 };
        struct err err = { 0 };
        char uid[STORE_UID_LEN + 1];
        int r = service_create(&service, &p->anna, &rq, uid, &errors, &err);
        if (r < 0 && err.code != ERR_LIMIT)
            return 100;
        made += r == 0;
    }
    db_close(db);
    return made;
}

static void together_they_do_not_pass(void **state)
{
    struct place *p = *state;
    p->config.limit_stores = ROOM;
    pid_t children[PROCESSES];
    db_close(p->db); /* SQLite's handles are not carried over a fork */
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(ask_alone(p, i));
    }
    int made = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        made += WEXITSTATUS(status);
    }
    p->db = open_place_db(p);
    assert_int_equal(made, ROOM);
    assert_int_equal(raw_int(p, "SELECT count(*) FROM store"), ROOM);
    assert_int_equal(raw_int(p, "SELECT count(*) FROM audit WHERE result = 'refused'"),
                     PROCESSES * EACH - ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_store_counts_until_it_is_gone), IN_PLACE(creations_count_for_an_hour),
        IN_PLACE(few_are_set_up_at_once),          IN_PLACE(plans_have_limits_of_their_own),
        IN_PLACE(an_account_has_its_own),          IN_PLACE(admins_are_not_bound),
        IN_PLACE(a_refusal_is_written_down),       IN_PLACE(a_key_is_no_second_store),
        IN_PLACE(together_they_do_not_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
