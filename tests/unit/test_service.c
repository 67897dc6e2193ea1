/* lib/store/service: what a person asks for. Each request is whole or nothing; who may not, changes
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>

#include "service_place.h"

#define KEY "0123456789abcdef-KEY_1"

/* How much there is: what a refused request must leave as it was. */
static int64_t revision(struct place *p)
{
    int64_t n = 0;
    assert_int_equal(service_revision(&p->service, &n, NULL), 0);
    return n;
}

static int64_t living(struct place *p)
{
    struct store_page page = { 0 };
    struct store_query q = { .status = -1 };
    assert_int_equal(service_list(&p->service, &p->admin, &q, &page, NULL), 0);
    int64_t n = (int64_t)page.count;
    store_page_clear(&page);
    return n;
}

static void expect_create_refused(struct place *p, const struct actor *who,
                                  const struct store_request *rq, enum err_code code,
                                  const char *field)
{
    char uid[STORE_UID_LEN + 1];
    struct field_errors errors = { 0 };
    struct err err = { 0 };
    int64_t before = revision(p), stores = living(p);
    assert_int_equal(service_create(&p->service, who, rq, uid, &errors, &err), -1);
    assert_string_equal(err_code_name(err.code), err_code_name(code));
    assert_true(err.msg[0]);
    assert_int_equal(field_errors_of(&errors, field ? field : "id") != NULL, field != NULL);
    assert_int_equal(revision(p), before);
    assert_int_equal(living(p), stores);
}

static void expect_delete(struct place *p, const struct actor *who, const char *id,
                          const char *confirm, enum err_code code)
{
    struct err err = { 0 };
    int64_t before = revision(p);
    int r = service_delete(&p->service, who, id, confirm, &err);
    assert_string_equal(err_code_name(err.code), err_code_name(code));
    assert_int_equal(r, code == ERR_NONE ? 0 : -1);
    if (code != ERR_NONE)
        assert_int_equal(revision(p), before);
}

static void expect_retry(struct place *p, const struct actor *who, const char *id,
                         enum err_code code)
{
    struct err err = { 0 };
    int64_t before = revision(p);
    int r = service_retry(&p->service, who, id, &err);
    assert_string_equal(err_code_name(err.code), err_code_name(code));
    assert_int_equal(r, code == ERR_NONE ? 0 : -1);
    if (code != ERR_NONE)
        assert_int_equal(revision(p), before);
}

static void expect_status(struct place *p, const char *id, enum store_status status,
                          enum operation_kind newest)
{
    CLEANUP(store_clear) struct store s = { 0 };
    struct step_row steps[STEP_COUNT];
    enum operation_kind kind;
    assert_int_equal(service_get(&p->service, &p->admin, id, true, &s, NULL), 0);
    assert_string_equal(store_status_name(s.status), store_status_name(status));
    assert_int_equal(service_steps(&p->service, s.uid, steps, &kind, NULL), 0);
    assert_string_equal(operation_kind_name(kind), operation_kind_name(newest));
}

/* Create --------------------------------------------------------------------------------------- */

static void a_create_is_written_whole(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    rq.title = "Caf\xc3\xa9 <b>";
    rq.sample_products = true;
    int64_t before = revision(p);
    const char *uid = create_store(p, &p->anna, &rq);
    assert_int_equal(strlen(uid), STORE_UID_LEN);
    assert_true(revision(p) > before);
    CLEANUP(store_clear) struct store s = { 0 };
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), 0);
    assert_string_equal(s.uid, uid);
    assert_string_equal(s.host, "my-shop.localtest.me");
    assert_string_equal(s.title, "Caf\xc3\xa9 <b>");
    assert_string_equal(s.owner_name, "anna");
    assert_int_equal(s.owner_id, p->anna.account_id);
    assert_true(s.sample_products);
    assert_int_equal(s.status, STORE_REQUESTED);
    assert_int_equal(s.desired, STORE_PRESENT);
    assert_int_equal(s.generation, 1);
    assert_int_equal(s.applied_generation, 0);
    assert_int_equal(s.ready_at, 0);
    CLEANUP(event_list_clear) struct event_list events = { 0 };
    assert_int_equal(service_events(&p->service, uid, 10, &events, NULL), 0);
    assert_int_equal(events.count, 1);
    assert_string_equal(events.items[0].level, "info");
    assert_non_null(strstr(events.items[0].message, "anna asked for this medusa store"));
    expect_status(p, "my-shop", STORE_REQUESTED, OPERATION_CREATE);
}

static void a_bad_request_changes_nothing(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("My Shop");
    expect_create_refused(p, &p->anna, &rq, ERR_INVALID, "id");
    rq = request_for("my-shop");
    rq.country = "xx";
    expect_create_refused(p, &p->anna, &rq, ERR_INVALID, "country");
    static const char *const keys[] = {
        "",
        "short",
        "0123456789abcde",
        "has a space in it",
        "0123456789abcdef\n",
        "0123456789abcdef;--",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"
    };
    rq = request_for("my-shop");
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        rq.idempotency_key = keys[i];
        expect_create_refused(p, &p->anna, &rq, ERR_INVALID, NULL);
    }
}

static void only_some_roles_create(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    struct actor nobody = { 0, ROLE_NONE, "", "192.0.2.9" };
    expect_create_refused(p, &p->viewer, &rq, ERR_FORBIDDEN, NULL);
    expect_create_refused(p, &nobody, &rq, ERR_FORBIDDEN, NULL);
    create_store(p, &p->admin, &rq);
}

static void the_same_key_makes_one_store(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    rq.idempotency_key = KEY;
    CLEANUP_FREE char *first = str_dup(create_store(p, &p->anna, &rq));
    int64_t before = revision(p);
    assert_string_equal(create_store(p, &p->anna, &rq), first);
    assert_int_equal(revision(p), before);
    /* Another's key is another's, whatever it says. */
    rq.id = "shop-two";
    assert_string_not_equal(create_store(p, &p->bernd, &rq), first);
    assert_int_equal(living(p), 2);
    /* A new key does not make a second one either. */
    rq.id = "my-shop";
    rq.idempotency_key = KEY "x";
    expect_create_refused(p, &p->anna, &rq, ERR_EXISTS, "id");
}

static void an_id_is_taken_until_it_is_deleted(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    CLEANUP_FREE char *first = str_dup(create_store(p, &p->anna, &rq));
    expect_create_refused(p, &p->bernd, &rq, ERR_EXISTS, "id");
    set_status(p, "my-shop", STORE_FAILED);
    expect_create_refused(p, &p->bernd, &rq, ERR_EXISTS, "id");
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    set_status(p, "my-shop", STORE_DELETE_FAILED);
    expect_create_refused(p, &p->anna, &rq, ERR_EXISTS, "id");
    expect_retry(p, &p->anna, "my-shop", ERR_NONE);
    set_status(p, "my-shop", STORE_DELETED);
    assert_string_not_equal(create_store(p, &p->bernd, &rq), first);
}

/* The new store waits for the former one's end: two rows of one ID, of which each finds its own. */
static void an_id_can_be_asked_for_while_its_store_is_deleted(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    CLEANUP_FREE char *first = str_dup(create_store(p, &p->anna, &rq));
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    CLEANUP_FREE char *second = str_dup(create_store(p, &p->bernd, &rq));
    assert_string_not_equal(first, second);
    expect_create_refused(p, &p->anna, &rq, ERR_EXISTS, "id"); /* one at a time is wanted */
    CLEANUP(store_clear) struct store s = { 0 };
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), 0);
    assert_string_equal(s.uid, first);
    store_clear(&s);
    assert_int_equal(service_get(&p->service, &p->bernd, "my-shop", false, &s, NULL), 0);
    assert_string_equal(s.uid, second);
    store_clear(&s);
    assert_int_equal(service_get(&p->service, &p->admin, "my-shop", false, &s, NULL), 0);
    assert_string_equal(s.uid, second);
    /* The new one is given up, and the ID asked for once more; the first one is where it was. */
    assert_int_equal(service_cancel(&p->service, &p->bernd, "my-shop", NULL), 0);
    CLEANUP_FREE char *third = str_dup(create_store(p, &p->anna, &rq));
    assert_int_equal(living(p), 3);
    store_clear(&s);
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), 0);
    assert_string_equal(s.uid, third);
    snprintf(s.uid, sizeof(s.uid), "%s", first);
    assert_int_equal(service_get_again(&p->service, &s, NULL), 0);
    assert_int_equal(s.status, STORE_DELETING);
}

/* Retry of one that failed for the former one's sake has that deleted again. */
static void a_retry_takes_the_former_store_along(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    CLEANUP_FREE char *first = str_dup(create_store(p, &p->anna, &rq));
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    set_status(p, "my-shop", STORE_DELETE_FAILED);
    assert_int_equal(db_exec(p->db, NULL, SQL_STORE_OBSERVED, "ssssiii", first, "deleting", "", "",
                             (int64_t)5, (int64_t)6, (int64_t)2),
                     1);
    create_store(p, &p->anna, &rq);
    set_status(p, "my-shop", STORE_FAILED);
    assert_int_equal(db_exec(p->db, NULL, SQL_STORE_OBSERVED, "ssssiii", first, "delete_failed",
                             "stuck", "Held.", (int64_t)5, (int64_t)6, (int64_t)2),
                     1);
    expect_retry(p, &p->anna, "my-shop", ERR_NONE);
    CLEANUP(store_clear) struct store s = { 0 };
    snprintf(s.uid, sizeof(s.uid), "%s", first);
    assert_int_equal(service_get_again(&p->service, &s, NULL), 0);
    assert_int_equal(s.status, STORE_DELETING);
    assert_int_equal(s.generation, 3);
    expect_status(p, "my-shop", STORE_PROVISIONING, OPERATION_RETRY);
}

static void only_a_setup_is_cancelled(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    struct err err = { 0 };
    create_store(p, &p->anna, &rq);
    assert_int_equal(service_cancel(&p->service, &p->bernd, "my-shop", &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    /* While the form was looked at it became a shop. */
    set_status(p, "my-shop", STORE_READY);
    assert_int_equal(service_cancel(&p->service, &p->anna, "my-shop", &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    expect_status(p, "my-shop", STORE_READY, OPERATION_CREATE);
    rq.id = "other-shop";
    create_store(p, &p->anna, &rq);
    set_status(p, "other-shop", STORE_PROVISIONING);
    assert_int_equal(service_cancel(&p->service, &p->anna, "other-shop", NULL), 0);
    assert_int_equal(service_cancel(&p->service, &p->anna, "other-shop", NULL), 0); /* twice */
    expect_status(p, "other-shop", STORE_DELETING, OPERATION_DELETE);
}

static void a_foreign_namespace_takes_its_name(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("monitoring");
    assert_int_equal(db_exec(p->db, NULL, SQL_FOREIGN_NAMESPACE_ADD, "s", "monitoring"), 1);
    expect_create_refused(p, &p->anna, &rq, ERR_EXISTS, "id");
    assert_int_equal(db_exec(p->db, NULL, SQL_FOREIGN_NAMESPACE_REMOVE, "s", "monitoring"), 1);
    create_store(p, &p->anna, &rq);
}

/* Several processes at once ask for the same ID; how many were told that they got it. */
static int race(struct place *p, const char *key)
{
    enum { RUNNERS = 8 };
    pid_t children[RUNNERS];
    int got = 0;
    for (int i = 0; i < RUNNERS; i++)
        if ((children[i] = fork()) == 0) {
            struct service s = { open_place_db(p), &p->config };
            struct store_request rq = request_for("my-shop");
            struct field_errors errors = { 0 };
            struct err err = { 0 };
            char uid[STORE_UID_LEN + 1];
            rq.idempotency_key = key;
            int r = service_create(&s, &p->anna, &rq, uid, &errors, &err);
            db_close(s.db);
            _exit(r == 0 ? 1 : err.code == ERR_EXISTS ? 0 : 2);
        }
    for (int i = 0; i < RUNNERS; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_in_range(WEXITSTATUS(status), 0, 1);
        got += WEXITSTATUS(status);
    }
    return got;
}

static void creating_at_once_makes_one(void **state)
{
    struct place *p = *state;
    assert_int_equal(race(p, NULL), 1);
    assert_int_equal(living(p), 1);
}

static void a_double_submit_makes_one_for_all(void **state)
{
    struct place *p = *state;
    assert_int_equal(race(p, KEY), 8);
    assert_int_equal(living(p), 1);
}

/* Delete and retry ----------------------------------------------------------------------------- */

static void a_delete_is_confirmed_by_the_id(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    static const char *const wrong[] = { NULL, "", "My-Shop", "my-sho", "my-shop ", "yes" };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        expect_delete(p, &p->anna, "my-shop", wrong[i], ERR_INVALID);
    expect_status(p, "my-shop", STORE_REQUESTED, OPERATION_CREATE);
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    expect_status(p, "my-shop", STORE_DELETING, OPERATION_DELETE);
    int64_t before = revision(p);
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE); /* twice is fine */
    assert_int_equal(revision(p), before);
}

static void anothers_store_is_as_none(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    set_status(p, "my-shop", STORE_FAILED);
    const struct actor *others[] = { &p->bernd, &p->viewer };
    for (int i = 0; i < 2; i++) {
        CLEANUP(store_clear) struct store s = { 0 };
        struct err mine = { 0 }, none = { 0 };
        assert_int_equal(service_get(&p->service, others[i], "my-shop", true, &s, &mine), -1);
        assert_null(s.id);
        assert_int_equal(service_get(&p->service, others[i], "no-shop", true, &s, &none), -1);
        assert_int_equal(mine.code, ERR_NOT_FOUND);
        assert_int_equal(none.code, ERR_NOT_FOUND);
        assert_string_equal(strstr(mine.msg, "there is no store"), "there is no store \"my-shop\"");
        assert_string_equal(strstr(none.msg, "there is no store"), "there is no store \"no-shop\"");
        expect_delete(p, others[i], "my-shop", "my-shop", ERR_NOT_FOUND);
        expect_retry(p, others[i], "my-shop", ERR_NOT_FOUND);
        expect_delete(p, others[i], "no-shop", "no-shop", ERR_NOT_FOUND);
        expect_retry(p, others[i], "no-shop", ERR_NOT_FOUND);
        struct credentials c = { 0 };
        assert_int_equal(service_credentials(&p->service, others[i], "my-shop", &c, &mine), -1);
        assert_int_equal(mine.code, ERR_NOT_FOUND);
    }
    expect_retry(p, &p->admin, "my-shop", ERR_NONE);
}

/* A viewer who owns a store, from when it was a member, looks and changes nothing. */
static void a_viewer_changes_nothing(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    set_status(p, "my-shop", STORE_FAILED);
    struct actor demoted = p->anna;
    demoted.role = ROLE_VIEWER;
    expect_delete(p, &demoted, "my-shop", "my-shop", ERR_FORBIDDEN);
    expect_retry(p, &demoted, "my-shop", ERR_FORBIDDEN);
    struct credentials c = { 0 };
    struct err err = { 0 };
    assert_int_equal(service_credentials(&p->service, &demoted, "my-shop", &c, &err), -1);
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

static void only_what_failed_is_retried(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    expect_retry(p, &p->anna, "my-shop", ERR_CONFLICT); /* requested */
    set_status(p, "my-shop", STORE_PROVISIONING);
    expect_retry(p, &p->anna, "my-shop", ERR_CONFLICT);
    set_status(p, "my-shop", STORE_FAILED);
    expect_retry(p, &p->anna, "my-shop", ERR_NONE);
    expect_status(p, "my-shop", STORE_PROVISIONING, OPERATION_RETRY);
    set_status(p, "my-shop", STORE_READY);
    expect_retry(p, &p->anna, "my-shop", ERR_CONFLICT);
    set_status(p, "my-shop", STORE_DEGRADED);
    expect_retry(p, &p->anna, "my-shop", ERR_NONE);
    expect_status(p, "my-shop", STORE_DEGRADED, OPERATION_RETRY);
}

/* Dokploy and others: the retry of a failed delete provisioned again. */
static void the_retry_of_a_delete_deletes(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    expect_retry(p, &p->anna, "my-shop", ERR_CONFLICT); /* it is under way */
    set_status(p, "my-shop", STORE_DELETE_FAILED);
    expect_retry(p, &p->anna, "my-shop", ERR_NONE);
    expect_status(p, "my-shop", STORE_DELETING, OPERATION_DELETE);
    CLEANUP(store_clear) struct store s = { 0 };
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), 0);
    assert_int_equal(s.desired, STORE_ABSENT);
    assert_string_equal(s.reason, "");
}

static void a_deleted_store_is_past(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    create_store(p, &p->anna, &rq);
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    set_status(p, "my-shop", STORE_DELETED);
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NOT_FOUND);
    expect_retry(p, &p->anna, "my-shop", ERR_NOT_FOUND);
    CLEANUP(store_clear) struct store s = { 0 };
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), -1);
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", true, &s, NULL), 0);
    assert_int_equal(s.status, STORE_DELETED);
    /* Its owner finds it, too, when somebody else has the ID. */
    create_store(p, &p->bernd, &rq);
    store_clear(&s);
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", true, &s, NULL), 0);
    assert_int_equal(s.owner_id, p->anna.account_id);
    assert_int_equal(service_get(&p->service, &p->anna, "my-shop", false, &s, NULL), -1);
    store_clear(&s);
    assert_int_equal(service_get(&p->service, &p->bernd, "my-shop", true, &s, NULL), 0);
    assert_int_equal(s.owner_id, p->bernd.account_id);
}

/* What the reconciler decided of an older generation does not overwrite a request. */
static void a_late_observation_is_dropped(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    CLEANUP_FREE char *uid = str_dup(create_store(p, &p->anna, &rq));
    expect_delete(p, &p->anna, "my-shop", "my-shop", ERR_NONE);
    assert_int_equal(db_exec(p->db, NULL, SQL_STORE_OBSERVED_READY, "ssssiii", uid, "ready", "", "",
                             (int64_t)5, (int64_t)6, (int64_t)1),
                     0);
    expect_status(p, "my-shop", STORE_DELETING, OPERATION_DELETE);
}

/* A busy database: the request is refused as a whole, and works afterwards. */
static void a_locked_database_changes_nothing(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    struct db *other = open_place_db(p);
    struct db_transaction tx = { 0 };
    assert_int_equal(db_begin(other, &tx, NULL), 0);
    expect_create_refused(p, &p->anna, &rq, ERR_UNAVAILABLE, NULL);
    db_transaction_end(&tx);
    db_close(other);
    create_store(p, &p->anna, &rq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_create_is_written_whole),
        IN_PLACE(a_bad_request_changes_nothing),
        IN_PLACE(only_some_roles_create),
        IN_PLACE(the_same_key_makes_one_store),
        IN_PLACE(an_id_is_taken_until_it_is_deleted),
        IN_PLACE(an_id_can_be_asked_for_while_its_store_is_deleted),
        IN_PLACE(a_retry_takes_the_former_store_along),
        IN_PLACE(only_a_setup_is_cancelled),
        IN_PLACE(a_foreign_namespace_takes_its_name),
        IN_PLACE(creating_at_once_makes_one),
        IN_PLACE(a_double_submit_makes_one_for_all),
        IN_PLACE(a_delete_is_confirmed_by_the_id),
        IN_PLACE(anothers_store_is_as_none),
        IN_PLACE(a_viewer_changes_nothing),
        IN_PLACE(only_what_failed_is_retried),
        IN_PLACE(the_retry_of_a_delete_deletes),
        IN_PLACE(a_deleted_store_is_past),
        IN_PLACE(a_late_observation_is_dropped),
        IN_PLACE(a_locked_database_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
