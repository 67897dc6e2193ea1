/* lib/store: the tables of engines, plans, currencies and countries, and the names of the model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/engine.h"
#include "store/model.h"

static void every_engine_is_whole(void **state)
{
    (void)state;
    size_t n = 0;
    const struct engine *all = engine_all(&n);
    assert_true(n >= 1);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(engine_find(all[i].name), &all[i]);
        assert_false(str_empty(all[i].title) || str_empty(all[i].summary));
        assert_true(str_starts(all[i].admin_path, "/"));
        assert_true(str_starts(all[i].probe_path, "/"));
        assert_true(all[i].probe_array == NULL || *all[i].probe_array);
        assert_non_null(all[i].images[0]);
        assert_null(all[i].images[ENGINE_IMAGES_MAX]);
        assert_true(str_ends(all[i].images_come, "."));
        assert_int_equal(all[i].probe_header == NULL, all[i].probe_secret_key == NULL);
    }
    assert_non_null(engine_find("medusa"));
    assert_non_null(engine_find("woocommerce"));
    assert_null(engine_find("../../medusa"));
    assert_null(engine_find(""));
    assert_null(engine_find(NULL));
}

#define MARK "0123456789abcdef0123456789abcdef"
#define LIST(mark, state, rest) \
    "<!DOCTYPE html>\n<div class=\"catalogue\" data-shop=\"" mark "\" data-catalogue=\"" state \
    "\">" rest
#define PRICE "<span itemprop=\"price\" content=\"20.00\">"

static void only_the_shops_own_page_passes(void **state)
{
    (void)state;
    assert_null(engine_fault_of_page(LIST(MARK, "fresh", PRICE), MARK, true));
    assert_null(engine_fault_of_page(LIST(MARK, "fresh", ""), MARK, false));
    const struct {
        const char *page, *fault;
    } faults[] = {
        { "", "something else" },
        { "<title>Install</title>" PRICE, "something else" },
        { LIST("ffffffffffffffffffffffffffffffff", "fresh", PRICE), "something else" },
        { LIST("", "fresh", PRICE), "something else" },
        { LIST(MARK, "kept", PRICE), "products from before" },
        { LIST(MARK, "", PRICE), "products from before" },
        { LIST(MARK, "fresh", ""), "no product with a price" },
        { PRICE LIST(MARK, "fresh", ""), "no product with a price" },
        { LIST(MARK, "fresh", "<span itemprop=\"price\" content=\"\">"), "without a price" },
        { LIST(MARK, "fresh", "<span itemprop=\"price\" content=\""), "without a price" },
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        const char *fault = engine_fault_of_page(faults[i].page, MARK, true);
        assert_non_null(fault);
        assert_non_null(strstr(fault, faults[i].fault));
    }
    assert_non_null(engine_fault_of_page(LIST("", "fresh", PRICE), "", true));
}

static void every_plan_is_whole(void **state)
{
    (void)state;
    size_t n = 0;
    const struct plan *all = plan_all(&n);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(plan_find(all[i].name), &all[i]);
        assert_false(str_empty(all[i].title) || str_empty(all[i].summary));
    }
    assert_null(plan_find("huge"));
}

/* ISO codes: lower-case letters, each once, each with a name. */
static void expect_codes(const struct code_name *all, size_t n, size_t letters,
                         const struct code_name *(*find)(const char *))
{
    assert_true(n > 10);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(strlen(all[i].code), letters);
        assert_int_equal(strspn(all[i].code, "abcdefghijklmnopqrstuvwxyz"), letters);
        assert_true(str_utf8_valid(all[i].name, strlen(all[i].name)) && all[i].name[0]);
        assert_ptr_equal(find(all[i].code), &all[i]); /* also: not twice */
    }
    assert_null(find("EUR"));
    assert_null(find("zz"));
}

static void codes_are_iso_and_unique(void **state)
{
    (void)state;
    size_t n = 0;
    const struct code_name *all = currency_all(&n);
    expect_codes(all, n, 3, currency_find);
    all = country_all(&n);
    expect_codes(all, n, 2, country_find);
}

static void names_and_values_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < STORE_STATUS_COUNT; i++) {
        enum store_status back;
        assert_int_equal(store_status_parse(store_status_name((enum store_status)i), &back), 0);
        assert_int_equal(back, i);
    }
    for (int i = 0; i < STEP_COUNT; i++) {
        enum step back;
        assert_int_equal(step_parse(step_name((enum step)i), &back), 0);
        assert_int_equal(back, i);
        assert_false(str_empty(step_title((enum step)i)));
    }
    for (int i = ROLE_NONE; i <= ROLE_ADMIN; i++) {
        enum role back;
        assert_int_equal(role_parse(role_name((enum role)i), &back), 0);
        assert_int_equal(back, i);
    }
    for (int i = OPERATION_CREATE; i <= OPERATION_RETRY; i++) {
        enum operation_kind back;
        assert_int_equal(operation_kind_parse(operation_kind_name((enum operation_kind)i), &back),
                         0);
        assert_int_equal(back, i);
    }
    enum store_status status = STORE_READY;
    assert_int_equal(store_status_parse("Ready", &status), -1);
    assert_int_equal(store_status_parse("", &status), -1);
    assert_int_equal(status, STORE_READY);
}

static void a_moving_store_is_worth_a_look(void **state)
{
    (void)state;
    assert_true(store_status_is_moving(STORE_REQUESTED));
    assert_true(store_status_is_moving(STORE_PROVISIONING));
    assert_true(store_status_is_moving(STORE_DELETING));
    assert_false(store_status_is_moving(STORE_READY));
    assert_false(store_status_is_moving(STORE_FAILED));
    assert_false(store_status_is_moving(STORE_DELETED));
}

static void clearing_takes_what_was_never_filled_in(void **state)
{
    (void)state;
    struct store s = { 0 };
    store_clear(&s);
    store_clear(NULL);
    s.title = str_dup("x");
    store_clear(&s);
    assert_null(s.title);
    struct store_page page = { 0 };
    store_page_clear(&page);
    struct event_list events = { 0 };
    event_list_clear(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_engine_is_whole),
        cmocka_unit_test(only_the_shops_own_page_passes),
        cmocka_unit_test(every_plan_is_whole),
        cmocka_unit_test(codes_are_iso_and_unique),
        cmocka_unit_test(names_and_values_go_both_ways),
        cmocka_unit_test(a_moving_store_is_worth_a_look),
        cmocka_unit_test(clearing_takes_what_was_never_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
