/* lib/store/service, reading: search, filters, pages, counts, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service_place.h"

/* The IDs of a page, in its order, one space behind each; malloc'd. */
static char *list(struct place *p, const struct actor *who, struct store_query q)
{
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    struct err err = { 0 };
    if (service_list(&p->service, who, &q, &page, &err) < 0)
        fail_msg("%s", err.msg);
    char *ids = str_dup("");
    for (size_t i = 0; i < page.count; i++) {
        char *more = str_printf("%s%s ", ids, page.items[i].id);
        free(ids);
        ids = more;
    }
    return ids;
}

static void expect_list(struct place *p, const struct actor *who, struct store_query q,
                        const char *ids)
{
    CLEANUP_FREE char *got = list(p, who, q);
    assert_string_equal(got, ids);
}

static void expect_found(struct place *p, const char *search, const char *ids)
{
    expect_list(p, &p->admin, (struct store_query) { .search = search, .status = -1 }, ids);
}

static void titled(struct place *p, const struct actor *who, const char *id, const char *title)
{
    struct store_request rq = request_for(id);
    rq.title = title;
    create_store(p, who, &rq);
}

static void search_takes_every_character_for_itself(void **state)
{
    struct place *p = *state;
    titled(p, &p->anna, "percent", "100% wool");
    titled(p, &p->anna, "plain", "100 wool");
    titled(p, &p->anna, "under", "a_b");
    titled(p, &p->anna, "dash", "a-b");
    titled(p, &p->anna, "bang", "hey! you");
    titled(p, &p->anna, "cafe", "Caf\xc3\xa9 \"one\" 'two' <b>");
    titled(p, &p->anna, "back", "a\\b");
    expect_found(p, NULL, "back cafe bang dash under plain percent ");
    expect_found(p, "", "back cafe bang dash under plain percent ");
    expect_found(p, "%", "percent ");
    expect_found(p, "100%", "percent ");
    expect_found(p, "_", "under ");
    expect_found(p, "a_b", "under ");
    expect_found(p, "!", "bang ");
    expect_found(p, "!%", "");
    expect_found(p, "\\", "back ");
    expect_found(p, "'", "cafe ");
    expect_found(p, "\"one\" '", "cafe ");
    expect_found(p, "f\xc3\xa9", "cafe ");
    expect_found(p, "\xff", "");
    expect_found(p, "WOOL", "plain percent ");
    expect_found(p, "bang.localtest", "bang ");
    expect_found(p, "' OR 1=1 --", "");
}

static void a_long_search_finds_nothing(void **state)
{
    struct place *p = *state;
    titled(p, &p->anna, "my-shop", "aaaa");
    char text[600];
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    expect_found(p, text, "");
    memset(text, '%', sizeof(text)); /* each takes two when escaped */
    text[256] = '\0';
    expect_found(p, text, "");
}

static void everybody_sees_their_own(void **state)
{
    struct place *p = *state;
    titled(p, &p->anna, "annas", "x");
    titled(p, &p->bernd, "bernds", "x");
    struct store_query all = { .status = -1 };
    expect_list(p, &p->anna, all, "annas ");
    expect_list(p, &p->bernd, all, "bernds ");
    expect_list(p, &p->viewer, all, "");
    expect_list(p, &p->admin, all, "bernds annas ");
    expect_list(p, &p->bernd, (struct store_query) { .search = "annas", .status = -1 }, "");
    expect_list(p, &p->bernd, (struct store_query) { .status = STORE_REQUESTED }, "bernds ");
    struct status_counts counts;
    assert_int_equal(service_counts(&p->service, &p->bernd, &counts, NULL), 0);
    assert_int_equal(counts.of[STORE_REQUESTED], 1);
    assert_int_equal(service_counts(&p->service, &p->admin, &counts, NULL), 0);
    assert_int_equal(counts.of[STORE_REQUESTED], 2);
    assert_int_equal(service_counts(&p->service, &p->viewer, &counts, NULL), 0);
    assert_int_equal(counts.of[STORE_REQUESTED], 0);
}

/* An actor without an account is not the admin to whom 0 means everything. */
static void nobody_sees_nothing(void **state)
{
    struct place *p = *state;
    titled(p, &p->anna, "annas", "x");
    struct actor nobody = { 0, ROLE_NONE, "", "192.0.2.9" };
    expect_list(p, &nobody, (struct store_query) { .status = -1 }, "");
    CLEANUP(store_clear) struct store s = { 0 };
    assert_int_equal(service_get(&p->service, &nobody, "annas", false, &s, NULL), -1);
    struct status_counts counts;
    assert_int_equal(service_counts(&p->service, &nobody, &counts, NULL), 0);
    assert_int_equal(counts.of[STORE_REQUESTED], 0);
}

static void a_filter_shows_one_status(void **state)
{
    struct place *p = *state;
    titled(p, &p->anna, "one", "x");
    titled(p, &p->anna, "two", "x");
    titled(p, &p->anna, "three", "x");
    set_status(p, "one", STORE_READY);
    set_status(p, "two", STORE_DELETED);
    expect_list(p, &p->anna, (struct store_query) { .status = -1 }, "three one ");
    expect_list(p, &p->anna, (struct store_query) { .status = STORE_READY }, "one ");
    expect_list(p, &p->anna, (struct store_query) { .status = STORE_DELETED }, "two ");
    expect_list(p, &p->anna, (struct store_query) { .status = STORE_FAILED }, "");
    expect_list(p, &p->anna, (struct store_query) { .status = STORE_READY, .search = "two" }, "");
}

#define ROWS 120

static void make_rows(struct place *p)
{
    struct db_transaction tx = { 0 };
    assert_int_equal(db_begin(p->db, &tx, NULL), 0);
    for (int i = 1; i <= ROWS; i++) {
        char uid[32], id[16];
        snprintf(uid, sizeof(uid), "%020d", i);
        snprintf(id, sizeof(id), "shop%d", i);
        CLEANUP_FREE char *host = str_printf("%s.localtest.me", id);
        assert_int_equal(db_exec(p->db, NULL, SQL_STORE_INSERT, "ssisssssssii", uid, id,
                                 p->anna.account_id, "medusa", "small", host, "x", "a@b.cd", "eur",
                                 "de", (int64_t)0, (int64_t)i),
                         1);
    }
    assert_int_equal(db_commit(&tx, NULL), 0);
}

/* first to last as in the ID, on a page of `count`. */
static void expect_page(struct place *p, struct store_query q, int first, int last, bool has_newer,
                        bool has_older, struct store_page *page)
{
    store_page_clear(page);
    q.status = -1;
    assert_int_equal(service_list(&p->service, &p->anna, &q, page, NULL), 0);
    assert_int_equal(page->count, first - last + 1);
    for (int i = 0; i < (int)page->count; i++)
        assert_int_equal(atoi(page->items[i].id + 4), first - i);
    assert_int_equal(page->has_newer, has_newer);
    assert_int_equal(page->has_older, has_older);
}

static void pages_go_both_ways(void **state)
{
    struct place *p = *state;
    make_rows(p);
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    expect_page(p, (struct store_query) { 0 }, 120, 71, false, true, &page);
    expect_page(p, (struct store_query) { .older_than = page.items[49].seq }, 70, 21, true, true,
                &page);
    expect_page(p, (struct store_query) { .older_than = page.items[49].seq }, 20, 1, true, false,
                &page);
    expect_page(p, (struct store_query) { .newer_than = page.items[0].seq }, 70, 21, true, true,
                &page);
    expect_page(p, (struct store_query) { .newer_than = page.items[0].seq }, 120, 71, false, true,
                &page);
    /* Beyond either end there is nothing. */
    store_page_clear(&page);
    expect_list(p, &p->anna, (struct store_query) { .status = -1, .older_than = 1 }, "");
    expect_list(p, &p->anna, (struct store_query) { .status = -1, .newer_than = INT64_MAX }, "");
}

/* A store that comes or goes while somebody turns pages moves no other one to the next page. */
static void pages_hold_still(void **state)
{
    struct place *p = *state;
    make_rows(p);
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    expect_page(p, (struct store_query) { 0 }, 120, 71, false, true, &page);
    int64_t last = page.items[49].seq;
    titled(p, &p->anna, "new-one", "x");
    set_status(p, "shop71", STORE_DELETED);
    expect_page(p, (struct store_query) { .older_than = last }, 70, 21, true, true, &page);
}

static void events_are_newest_first_and_bounded(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    const char *uid = create_store(p, &p->anna, &rq);
    for (int i = 0; i < 30; i++) {
        char text[32];
        snprintf(text, sizeof(text), "event %d", i);
        assert_int_equal(db_exec(p->db, NULL, SQL_EVENT_INSERT, "siiss", uid, (int64_t)0,
                                 (int64_t)i, "warning", text),
                         1);
    }
    CLEANUP(event_list_clear) struct event_list events = { 0 };
    assert_int_equal(service_events(&p->service, uid, 10, &events, NULL), 0);
    assert_int_equal(events.count, 10);
    assert_string_equal(events.items[0].message, "event 29");
    assert_string_equal(events.items[9].message, "event 20");
    assert_string_equal(events.items[0].level, "warning");
}

static void steps_are_of_the_newest_operation(void **state)
{
    struct place *p = *state;
    struct store_request rq = request_for("my-shop");
    CLEANUP_FREE char *uid = str_dup(create_store(p, &p->anna, &rq));
    int64_t operation = 1;
    struct step_row steps[STEP_COUNT];
    enum operation_kind kind;
    assert_int_equal(db_exec(p->db, NULL, SQL_STEP_BEGIN, "iisi", operation,
                             (int64_t)STEP_NAMESPACE, "namespace", (int64_t)10),
                     1);
    db_exec(p->db, NULL, SQL_STEP_FINISH, "iii", operation, (int64_t)STEP_NAMESPACE, (int64_t)20);
    db_exec(p->db, NULL, SQL_STEP_BEGIN, "iisi", operation, (int64_t)STEP_RELEASE, "release",
            (int64_t)20);
    assert_int_equal(service_steps(&p->service, uid, steps, &kind, NULL), 2);
    assert_int_equal(kind, OPERATION_CREATE);
    assert_int_equal(steps[0].step, STEP_NAMESPACE);
    assert_int_equal(steps[0].started_at, 10);
    assert_int_equal(steps[0].finished_at, 20);
    assert_int_equal(steps[1].finished_at, 0);
    assert_int_equal(service_delete(&p->service, &p->anna, "my-shop", "my-shop", NULL), 0);
    assert_int_equal(service_steps(&p->service, uid, steps, &kind, NULL), 0);
    assert_int_equal(kind, OPERATION_DELETE);
    struct err err = { 0 };
    assert_int_equal(service_steps(&p->service, "no such uid", steps, &kind, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void revision_of(struct place *p, int64_t *last, bool grows)
{
    int64_t n = 0;
    assert_int_equal(service_revision(&p->service, &n, NULL), 0);
    assert_int_equal(n > *last, grows);
    *last = n;
}

static void the_revision_grows_with_what_pages_show(void **state)
{
    struct place *p = *state;
    int64_t last = 0;
    revision_of(p, &last, true);
    titled(p, &p->anna, "my-shop", "x");
    revision_of(p, &last, true);
    CLEANUP_FREE char *ids = list(p, &p->anna, (struct store_query) { .status = -1 });
    revision_of(p, &last, false);
    set_status(p, "my-shop", STORE_READY);
    revision_of(p, &last, true);
    db_exec(p->db, NULL, SQL_CONDITION_SET, "sisi", "cluster", (int64_t)0, "gone", (int64_t)1);
    revision_of(p, &last, true);
    db_exec(p->db, NULL, SQL_CONDITION_SET, "sisi", "cluster", (int64_t)0, "gone", (int64_t)2);
    revision_of(p, &last, false);
    struct err err = { 0 };
    assert_int_equal(service_retry(&p->service, &p->anna, "my-shop", &err), -1);
    revision_of(p, &last, false);
}

static void trouble_is_told_while_it_lasts(void **state)
{
    struct place *p = *state;
    char *text = NULL;
    assert_int_equal(service_trouble(&p->service, &text, NULL), 0);
    assert_null(text);
    db_exec(p->db, NULL, SQL_CONDITION_SET, "sisi", "helm", (int64_t)0, "no helm", (int64_t)2);
    db_exec(p->db, NULL, SQL_CONDITION_SET, "sisi", "cluster", (int64_t)0, "no cluster",
            (int64_t)1);
    assert_int_equal(service_trouble(&p->service, &text, NULL), 0);
    assert_string_equal(text, "no cluster"); /* what came first */
    free(text);
    db_exec(p->db, NULL, SQL_CONDITION_SET, "sisi", "cluster", (int64_t)1, "", (int64_t)3);
    assert_int_equal(service_trouble(&p->service, &text, NULL), 0);
    assert_string_equal(text, "no helm");
    free(text);
}

static void addresses_leave_out_the_usual_port(void **state)
{
    struct place *p = *state;
    struct store s = { .host = (char[]) { "a.example" } };
    static const struct {
        const char *scheme;
        int port;
        const char *url;
    } rows[] = {
        { "http", 80, "http://a.example/app" },
        { "http", 8080, "http://a.example:8080/app" },
        { "https", 443, "https://a.example/app" },
        { "https", 80, "https://a.example:80/app" },
    };
    char *usual = p->config.store_scheme;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char scheme[8];
        snprintf(scheme, sizeof(scheme), "%s", rows[i].scheme);
        p->config.store_scheme = scheme;
        p->config.store_port = rows[i].port;
        CLEANUP_FREE char *url = service_store_url(&p->service, &s, "/app");
        assert_string_equal(url, rows[i].url);
    }
    p->config.store_scheme = usual;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(search_takes_every_character_for_itself),
        IN_PLACE(a_long_search_finds_nothing),
        IN_PLACE(everybody_sees_their_own),
        IN_PLACE(nobody_sees_nothing),
        IN_PLACE(a_filter_shows_one_status),
        IN_PLACE(pages_go_both_ways),
        IN_PLACE(pages_hold_still),
        IN_PLACE(events_are_newest_first_and_bounded),
        IN_PLACE(steps_are_of_the_newest_operation),
        IN_PLACE(the_revision_grows_with_what_pages_show),
        IN_PLACE(trouble_is_told_while_it_lasts),
        IN_PLACE(addresses_leave_out_the_usual_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
