/* lib/store/audit: the chain, and what breaks it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "raw_sql.h"
#include "store/audit.h"

#define ROWS 9 /* four accounts of the place, and five more */
#define UNLOCK "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_removed; "

static void add(struct place *p, const char *action, const char *object)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    assert_int_equal(db_begin(p->db, &tx, NULL), 0);
    assert_int_equal(audit_add(p->db, &p->anna, action, object, true, "detail", NULL), 0);
    assert_int_equal(db_commit(&tx, NULL), 0);
}

static int make_log(void **state)
{
    make_place(state);
    struct place *p = *state;
    for (int i = 0; i < 5; i++) {
        char object[32];
        snprintf(object, sizeof(object), "shop-%d", i);
        add(p, "store.create", object);
    }
    assert_int_equal(raw_int(p, "SELECT count(*) FROM audit"), ROWS);
    return 0;
}

/* "ID HASH" of the row, as storectl audit anchor writes it. */
static FILE *anchor(struct place *p)
{
    struct audit_head head;
    char hash[2 * AUDIT_HASH_LEN + 1];
    assert_int_equal(audit_head(&p->service, &head, NULL), 0);
    sodium_bin2hex(hash, sizeof(hash), head.hash, AUDIT_HASH_LEN);
    FILE *f = tmpfile();
    fprintf(f, "# a comment\n%lld %s 2026-01-31T09:05:00Z\n", (long long)head.id, hash);
    return f;
}

static void expect_whole(struct place *p, FILE *anchors, int64_t rows, int64_t anchored)
{
    struct err err = { 0 };
    int64_t n = 0, a = 0;
    if (anchors)
        rewind(anchors);
    if (audit_verify(&p->service, anchors, &n, &a, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(n, rows);
    assert_int_equal(a, anchored);
}

static void expect_broken(struct place *p, FILE *anchors, const char *part)
{
    struct err err = { 0 };
    int64_t n = 0, a = 0;
    if (anchors)
        rewind(anchors);
    assert_int_equal(audit_verify(&p->service, anchors, &n, &a, &err), -1);
    assert_int_equal(err.code, ERR_CORRUPT);
    if (!strstr(err.msg, part))
        fail_msg("%s", err.msg);
}

static void a_log_that_was_left_alone_is_whole(void **state)
{
    struct place *p = *state;
    CLEANUP_FCLOSE FILE *anchors = anchor(p);
    expect_whole(p, NULL, ROWS, 0);
    expect_whole(p, anchors, ROWS, ROWS);
    add(p, "store.delete", "shop-1");
    expect_whole(p, anchors, ROWS + 1, ROWS);
}

static void any_change_is_found(void **state)
{
    struct place *p = *state;
    static const char *const changes[] = {
        "at = at + 1",          "account_id = 1",
        "actor = 'bernd'",      "address = '192.0.2.2'",
        "action = 'store.del'", "object = 'shop-7'",
        "result = 'refused'",   "detail = ''",
        "detail = 'detail '",   "actor = 'anna1', address = substr(address, 2)",
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        CLEANUP_FREE char *sql = str_printf(
            "CREATE TABLE kept AS SELECT * FROM audit; %s UPDATE audit SET %s WHERE id = 7",
            i ? "" : UNLOCK, changes[i]);
        assert_int_equal(raw(p, sql), 1);
        expect_broken(p, NULL, "row 7 of the audit log was changed");
        raw(p, "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
        expect_whole(p, NULL, ROWS, 0);
    }
    raw(p, "UPDATE audit SET hash = zeroblob(32) WHERE id = 7");
    expect_broken(p, NULL, "row 7 of the audit log was changed");
}

static void removal_is_found(void **state)
{
    struct place *p = *state;
    raw(p, UNLOCK "DELETE FROM audit WHERE id = 5");
    expect_broken(p, NULL, "row 5 of the audit log is missing");
    raw(p, "UPDATE audit SET id = id - 1 WHERE id > 5");
    expect_broken(p, NULL, "row 5 of the audit log does not continue row 4");
}

static void removal_of_the_first_is_found(void **state)
{
    struct place *p = *state;
    raw(p, UNLOCK "DELETE FROM audit WHERE id = 1");
    expect_broken(p, NULL, "row 1 of the audit log is missing");
    raw(p, "UPDATE audit SET id = id - 1");
    expect_broken(p, NULL, "row 1 of the audit log does not continue row 0");
}

static void insertion_is_found(void **state)
{
    struct place *p = *state;
    raw(p, "INSERT INTO audit SELECT 10, at, account_id, actor, address, action, object, result, "
           "detail,"
           " hash, hash FROM audit WHERE id = 9");
    expect_broken(p, NULL, "row 10 of the audit log was changed");
    raw(p, UNLOCK "DELETE FROM audit WHERE id = 10");
    expect_whole(p, NULL, ROWS, 0);
    raw(p, "UPDATE audit SET id = -id WHERE id >= 5;"
           "INSERT INTO audit SELECT 5, at, account_id, actor, address, action, object, result, "
           "detail,"
           " previous, hash FROM audit WHERE id = 4; UPDATE audit SET id = 1 - id WHERE id < 0");
    expect_broken(p, NULL, "row 5 of the audit log does not continue row 4");
}

static void exchange_is_found(void **state)
{
    struct place *p = *state;
    raw(p, UNLOCK "UPDATE audit SET id = 100 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 6;"
                  "UPDATE audit SET id = 6 WHERE id = 100");
    expect_broken(p, NULL, "row 5 of the audit log does not continue row 4");
}

static void only_an_anchor_tells_that_the_end_is_missing(void **state)
{
    struct place *p = *state;
    CLEANUP_FCLOSE FILE *anchors = anchor(p);
    raw(p, UNLOCK "DELETE FROM audit WHERE id > 7");
    expect_whole(p, NULL, 7, 0);
    expect_broken(p, anchors, "ends with row 7, and row 9 was there once");
    /* And that it was written anew since, with a chain that fits. */
    add(p, "store.create", "another");
    add(p, "store.create", "story");
    expect_whole(p, NULL, ROWS, 0);
    expect_broken(p, anchors, "row 9 of the audit log is not the one that was anchored");
}

static void a_spoilt_anchor_is_no_anchor(void **state)
{
    struct place *p = *state;
    CLEANUP_FCLOSE FILE *anchors = tmpfile();
    fputs("nine\n", anchors);
    expect_broken(p, anchors, "is not of the form ID HASH");
}

static int64_t rows_of(struct place *p, const struct audit_query *q)
{
    CLEANUP(audit_page_clear) struct audit_page page = { 0 };
    struct err err = { 0 };
    if (audit_list(&p->service, &p->admin, q, &page, &err) < 0)
        fail_msg("%s", err.msg);
    for (size_t i = 1; i < page.count; i++)
        assert_true(page.items[i - 1].id > page.items[i].id);
    return (int64_t)page.count;
}

static void filters_find(void **state)
{
    struct place *p = *state;
    assert_int_equal(rows_of(p, &(struct audit_query) { 0 }), ROWS);
    assert_int_equal(rows_of(p, &(struct audit_query) { .actor = "ANNA" }), 5);
    assert_int_equal(rows_of(p, &(struct audit_query) { .action = "store" }), 5);
    assert_int_equal(rows_of(p, &(struct audit_query) { .action = "store.create" }), 5);
    assert_int_equal(rows_of(p, &(struct audit_query) { .action = "stor" }), 0);
    assert_int_equal(rows_of(p, &(struct audit_query) { .object = "shop-3" }), 1);
    assert_int_equal(rows_of(p, &(struct audit_query) { .result = "refused" }), 0);
    assert_int_equal(rows_of(p, &(struct audit_query) { .from = INT64_MAX }), 0);
    assert_int_equal(rows_of(p, &(struct audit_query) { .before = 1 }), 0);
    assert_int_equal(rows_of(p, &(struct audit_query) { .older_than = 4 }), 3);
    assert_int_equal(rows_of(p, &(struct audit_query) { .newer_than = 4 }), 5);
    CLEANUP(audit_page_clear) struct audit_page page = { 0 };
    struct err err = { 0 };
    assert_int_equal(audit_list(&p->service, &p->anna, &(struct audit_query) { 0 }, &page, &err),
                     -1);
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

static void pages_hold_together(void **state)
{
    struct place *p = *state;
    for (int i = 0; i < 2 * AUDIT_PAGE_SIZE; i++)
        add(p, "store.retry", "shop-1");
    struct audit_query q = { .action = "store.retry" };
    CLEANUP(audit_page_clear) struct audit_page one = { 0 }, two = { 0 }, back = { 0 };
    assert_int_equal(audit_list(&p->service, &p->admin, &q, &one, NULL), 0);
    assert_true(one.has_older && !one.has_newer && one.count == AUDIT_PAGE_SIZE);
    q.older_than = one.items[AUDIT_PAGE_SIZE - 1].id;
    assert_int_equal(audit_list(&p->service, &p->admin, &q, &two, NULL), 0);
    assert_true(!two.has_older && two.has_newer && two.count == AUDIT_PAGE_SIZE);
    assert_int_equal(two.items[0].id, q.older_than - 1);
    q = (struct audit_query) { .action = "store.retry", .newer_than = two.items[0].id };
    assert_int_equal(audit_list(&p->service, &p->admin, &q, &back, NULL), 0);
    assert_int_equal(back.items[0].id, one.items[0].id);
    assert_int_equal(back.count, one.count);
}

#define IN_LOG(test) cmocka_unit_test_setup_teardown(test, make_log, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_LOG(a_log_that_was_left_alone_is_whole),
        IN_LOG(any_change_is_found),
        IN_LOG(removal_is_found),
        IN_LOG(removal_of_the_first_is_found),
        IN_LOG(insertion_is_found),
        IN_LOG(exchange_is_found),
        IN_LOG(only_an_anchor_tells_that_the_end_is_missing),
        IN_LOG(a_spoilt_anchor_is_no_anchor),
        IN_LOG(filters_find),
        IN_LOG(pages_hold_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
