/* store/capacity: room for one more, as the form is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service_place.h"
#include "store/capacity.h"

#define GIB (1024LL * 1024 * 1024)

static void set_nodes(struct place *p, int64_t nodes, int64_t pods, int64_t cpu, int64_t memory)
{
    struct err err = { 0 };
    /* One node has all, and others ask for 1 CPU, 1 GiB and 10 pods of it. */
    if (db_exec(p->db, &err, SQL_CAPACITY_SET, "iiiiiiiiii", nodes, pods, cpu, memory, cpu, memory,
                (int64_t)10, (int64_t)1000, (int64_t)GIB, (int64_t)1) < 0)
        fail_msg("%s", err.msg);
}

static int create(struct place *p, const struct actor *who, const char *id, const char *plan,
                  struct err *err)
{
    struct store_request rq = request_for(id);
    struct field_errors errors = { 0 };
    char uid[STORE_UID_LEN + 1];
    rq.plan = plan;
    *err = (struct err) { 0 };
    return service_create(&p->service, who, &rq, uid, &errors, err);
}

static int checked_place(void **state)
{
    int r = make_place(state);
    ((struct place *)*state)->config.capacity_check = true;
    return r;
}

static void nothing_known_refuses_nobody(void **state)
{
    struct place *p = *state;
    struct err err;
    struct capacity c;
    assert_int_equal(capacity_get(&p->service, &c, NULL), 0);
    assert_int_equal(create(p, &p->anna, "a-1", "large", &err), 0);
    set_nodes(p, 0, 0, 0, 0); /* a cluster whose nodes are still to come */
    assert_int_equal(create(p, &p->anna, "a-2", "large", &err), 0);
}

static void what_stands_in_line_counts(void **state)
{
    struct place *p = *state;
    struct err err;
    struct capacity c;
    set_nodes(p, 1, 110, 1400, 8 * GIB); /* 0.4 CPU free: two of 0.16 */
    assert_int_equal(create(p, &p->anna, "a-1", "small", &err), 0);
    assert_int_equal(create(p, &p->bernd, "b-1", "small", &err), 0);
    assert_int_equal(create(p, &p->anna, "a-2", "small", &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.msg,
                           "no room for another store of the plan Small: it asks for 0.16 CPU, "
                           "440 MiB of memory and 3 pods"));
    assert_non_null(strstr(err.msg,
                           "1 node can give (1.40 CPU, 8.0 GiB, 110 pods) 0.08 CPU, 6.1 GiB "
                           "and 94 pods are left"));
    /* An administrator makes no room either. */
    assert_int_equal(create(p, &p->admin, "a-2", "small", &err), -1);
    assert_int_equal(capacity_get(&p->service, &c, NULL), 1);
    assert_int_equal(c.store_cpu_milli, 320);
    /* A store that is being deleted holds its place until it is gone. */
    assert_int_equal(service_delete(&p->service, &p->anna, "a-1", "a-1", &err), 0);
    assert_int_equal(create(p, &p->anna, "a-2", "small", &err), -1);
    p->config.capacity_check = false;
    assert_int_equal(create(p, &p->anna, "a-2", "small", &err), 0);
}

static void memory_and_pods_count_too(void **state)
{
    struct place *p = *state;
    struct err err;
    set_nodes(p, 1, 110, 64000, GIB + GIB / 4);
    assert_int_equal(create(p, &p->anna, "a-1", "small", &err), -1);
    assert_non_null(strstr(err.msg, "256 MiB and 100 pods are left"));
    set_nodes(p, 1, 11, 64000, 64 * GIB);
    assert_int_equal(create(p, &p->anna, "a-1", "small", &err), -1);
    assert_non_null(strstr(err.msg, "1 pods are left"));
    set_nodes(p, 1, 13, 64000, 64 * GIB);
    assert_int_equal(create(p, &p->anna, "a-1", "small", &err), 0);
}

static void a_pod_has_to_fit_on_a_node(void **state)
{
    struct place *p = *state;
    struct err err = { 0 };
    /* Twenty nodes of 0.4 CPU have room together for what none of them can take. */
    assert_true(db_exec(p->db, &err, SQL_CAPACITY_SET, "iiiiiiiiii", (int64_t)20, (int64_t)2200,
                        (int64_t)8000, 80 * (int64_t)GIB, (int64_t)400, 4 * (int64_t)GIB,
                        (int64_t)0, (int64_t)0, (int64_t)0, (int64_t)1) >= 0);
    assert_int_equal(create(p, &p->anna, "a-1", "large", &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.msg,
                           "asks for 0.50 CPU and 1.0 GiB of memory, and the largest node has "
                           "0.40 CPU and 4.0 GiB"));
    assert_int_equal(create(p, &p->anna, "a-1", "medium", &err), 0);
}

static void it_is_written_only_when_it_changes(void **state)
{
    struct place *p = *state;
    set_nodes(p, 1, 110, 1400, GIB);
    assert_int_equal(db_exec(p->db, NULL, SQL_CAPACITY_SET, "iiiiiiiiii", (int64_t)1, (int64_t)110,
                             (int64_t)1400, (int64_t)GIB, (int64_t)1400, (int64_t)GIB, (int64_t)10,
                             (int64_t)1000, (int64_t)GIB, (int64_t)99),
                     0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, checked_place, remove_place)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(nothing_known_refuses_nobody),       T(what_stands_in_line_counts),
        T(memory_and_pods_count_too),          T(a_pod_has_to_fit_on_a_node),
        T(it_is_written_only_when_it_changes),
    };
    return cmocka_run_group_tests_name("capacity", tests, NULL, NULL);
}
