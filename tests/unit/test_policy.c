/* lib/store/policy: each class of bad input, in each field; the answer names the fault in words
 * that can be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/policy.h"

#define DOMAIN "localtest.me"
#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct store_request good_request(void)
{
    return (struct store_request) {
        .id = "my-shop",
        .engine = "medusa",
        .plan = "small",
        .title = "My shop",
        .admin_email = "anna@example.com",
        .currency = "eur",
        .country = "de",
    };
}

static void expect_sane(const char *text)
{
    assert_true(str_utf8_valid(text, strlen(text)));
    assert_false(str_has_control(text));
    assert_true(strlen(text) > 5);
}

/* Refused for this field alone, in words that hold `why`. */
static void expect_refused(struct store_request rq, const char *field, const char *why)
{
    struct field_errors errors = { 0 };
    policy_check_request(&rq, DOMAIN, &errors);
    const char *text = field_errors_of(&errors, field);
    if (!text)
        fail_msg("%s was not refused", field);
    assert_int_equal(errors.count, 1);
    expect_sane(text);
    if (!strstr(text, why))
        fail_msg("\"%s\" lacks \"%s\"", text, why);
}

static void a_good_request_passes(void **state)
{
    (void)state;
    struct field_errors errors = { 0 };
    struct store_request rq = good_request();
    policy_check_request(&rq, DOMAIN, &errors);
    assert_int_equal(errors.count, 0);
}

/* IDs ------------------------------------------------------------------------------------------ */

static void good_ids_pass(void **state)
{
    (void)state;
    static const char *const good[] = { "ab", "my-shop", "a1",       "a--b", "shop2026",
                                        A40,  "kube",    "defaults", "wwww" };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_null(policy_id_fault(good[i]));
}

static void bad_ids_are_told_why(void **state)
{
    (void)state;
    static const struct {
        const char *id, *why;
    } rows[] = {
        { NULL, "Enter a store ID" },
        { "", "Enter a store ID" },
        { "a", "2 to 40 characters; this one has 1" },
        { A40 "a", "2 to 40 characters; this one has 41" },
        { "My-shop", "\"M\" is not allowed" },
        { "my_shop", "\"_\" is not allowed" },
        { "my.shop", "\".\" is not allowed" },
        { "my shop", "character 3 is something else" },
        { "1shop", "begins with a letter" },
        { "-shop", "begins with a letter" },
        { "shop-", "ends with a letter or a digit" },
        { "caf\xc3\xa9", "character 4 is something else" },
        { "\xe6\x9d\xb1\xe4\xba\xac", "character 1 is something else" },
        { "a\xff\xfe", "something else" },
        { "a\nb", "character 2 is something else" },
        { "a\tb", "character 2 is something else" },
        { "a\x7f", "character 2 is something else" },
        { "my-shop\n", "character 8 is something else" },
        { "--post-renderer=x", "\"=\" is not allowed" },
        { "a;rm", "\";\" is not allowed" },
        { "a$(id)", "\"$\" is not allowed" },
        { "a`id`", "\"`\" is not allowed" },
        { "a,b", "\",\" is not allowed" },
        { "a{b}", "\"{\" is not allowed" },
        { "../../etc", "\".\" is not allowed" },
        { "a\"><b", "\"\"\" is not allowed" },
        { "a'or", "\"'\" is not allowed" },
        { "a%00b", "\"%\" is not allowed" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct store_request rq = good_request();
        rq.id = rows[i].id;
        expect_refused(rq, "id", rows[i].why);
    }
}

static void reserved_ids_are_refused(void **state)
{
    (void)state;
    static const char *const reserved[] = { "default",     "kube-system",   "kube-public",
                                            "kube-x",      "www",           "admin",
                                            "api",         "localhost",     "xn--e1afm",
                                            "storewright", "traefik",       "dashboard",
                                            "mail",        "ingress-nginx", "registry" };
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        struct store_request rq = good_request();
        rq.id = reserved[i];
        expect_refused(rq, "id", "is reserved");
    }
}

/* Every pair and triple of bytes: what passes is a DNS label, and every answer can be shown. */
static void only_dns_labels_pass(void **state)
{
    (void)state;
    for (unsigned a = 1; a < 256; a++)
        for (unsigned b = 1; b < 256; b++) {
            char id[] = { (char)a, (char)b, 'x', '\0' };
            const char *fault = policy_id_fault(id);
            bool label = a >= 'a' && a <= 'z' &&
                         ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-');
            bool reserved = strcmp(id, "mx") == 0;
            if ((fault == NULL) != (label && !reserved))
                fail_msg("bytes %u %u", a, b);
            if (fault && (!str_utf8_valid(fault, strlen(fault)) || str_has_control(fault)))
                fail_msg("bytes %u %u: the answer cannot be shown", a, b);
        }
}

static void the_host_has_its_own_limit(void **state)
{
    (void)state;
    char domain[260];
    memset(domain, 'd', sizeof(domain));
    domain[245] = '\0';
    struct field_errors errors = { 0 };
    struct store_request rq = good_request(); /* 7 + 1 + 245 = 253 */
    policy_check_request(&rq, domain, &errors);
    assert_int_equal(errors.count, 0);
    rq.id = "my-shops";
    policy_check_request(&rq, domain, &errors);
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(field_errors_of(&errors, "id"), "longer than 253"));
}

/* Other fields --------------------------------------------------------------------------------- */

static void titles_are_text(void **state)
{
    (void)state;
    struct store_request rq = good_request();
    struct field_errors errors = { 0 };
    char longest[STORE_TITLE_MAX * 3 + 4] = "";
    for (int i = 0; i < STORE_TITLE_MAX; i++)
        strcat(longest, "\xe6\x9d\xb1");
    static const char *const good[] = {
        "x", "<script>alert(1)</script>", "{{ .Values }}", "'; DROP", "na\xc3\xafve", "a, b = c"
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        rq.title = good[i];
        policy_check_request(&rq, DOMAIN, &errors);
    }
    rq.title = longest;
    policy_check_request(&rq, DOMAIN, &errors);
    assert_int_equal(errors.count, 0);
    strcat(longest, "x");
    expect_refused(rq, "title", "at most 120 characters; this one has 121");
    static const char *const bad[] = { "a\nb",     "\x1b[31m", "a\xff",       "\xc3",
                                       "\xc2\x85", "a\x7f",    "\xed\xa0\x80" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rq.title = bad[i];
        expect_refused(rq, "title", "cannot be shown");
    }
    rq.title = NULL;
    expect_refused(rq, "title", "Enter a title");
    rq.title = "";
    expect_refused(rq, "title", "Enter a title");
}

static void addresses_are_addresses(void **state)
{
    (void)state;
    struct store_request rq = good_request();
    static const char *const good[] = { "a@b.cd", "first.last+shop@mail.example.com",
                                        "a_b%c-d@x-y.org", "ANNA@EXAMPLE.COM" };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct field_errors errors = { 0 };
        rq.admin_email = good[i];
        policy_check_request(&rq, DOMAIN, &errors);
        if (errors.count)
            fail_msg("%s", good[i]);
    }
    char long_one[300];
    memset(long_one, 'a', sizeof(long_one));
    memcpy(long_one, "a@", 2);
    strcpy(long_one + 260, ".com");
    char long_local[80];
    memset(long_local, 'a', sizeof(long_local));
    strcpy(long_local + 65, "@b.cd");
    const char *bad[] = { "anna",          "anna@",         "@example.com", "a@b",
                          "a@@b.cd",       "a@b@c.de",      "a b@c.de",     "a@b..cd",
                          ".a@b.cd",       "a.@b.cd",       "a@.b.cd",      "a@-b.cd",
                          "a@b.cd-",       "a@b.cd.",       "a@b.c1",       "\"a\"@b.cd",
                          "a@b.cd\n",      "a@b.cd,c@d.ef", "<a@b.cd>",     "caf\xc3\xa9@b.cd",
                          "a@b.c\xc3\xa9", "a\xff@b.cd",    "a@[::1]",      "a@b_c.de",
                          "a;b@c.de",      "$(id)@b.cd",    long_one,       long_local };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rq.admin_email = bad[i];
        expect_refused(rq, "admin_email", "not an e-mail address");
    }
    rq.admin_email = "";
    expect_refused(rq, "admin_email", "Enter the e-mail address");
    rq.admin_email = NULL;
    expect_refused(rq, "admin_email", "Enter the e-mail address");
}

static void choices_are_from_the_list(void **state)
{
    (void)state;
    static const char *const bad[] = { "",    NULL,      "../../x", "MEDUSA",
                                       "Eur", "medusa ", "none\n",  "a'; DROP TABLE store;--" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct store_request rq = good_request();
        rq.engine = bad[i];
        struct field_errors errors = { 0 };
        policy_check_request(&rq, DOMAIN, &errors);
        assert_non_null(strstr(field_errors_of(&errors, "engine"), "from the list"));
        rq = good_request();
        rq.plan = bad[i];
        errors.count = 0;
        policy_check_request(&rq, DOMAIN, &errors);
        assert_non_null(field_errors_of(&errors, "plan"));
        rq = good_request();
        rq.currency = bad[i];
        errors.count = 0;
        policy_check_request(&rq, DOMAIN, &errors);
        assert_non_null(field_errors_of(&errors, "currency"));
        rq = good_request();
        rq.country = bad[i];
        errors.count = 0;
        policy_check_request(&rq, DOMAIN, &errors);
        assert_non_null(field_errors_of(&errors, "country"));
    }
}

/* What was typed comes back in the answer: broken or long, it must still be text. */
static void a_foreign_choice_is_shown_as_text(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "\xff\xfe",
        "abc\xe6\x9d",
        "\x1b[31mred",
        "a\nb",
        "\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1"
        "\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1",
        A40 A40 A40 A40 A40 A40 A40 A40,
    };
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct store_request rq = good_request();
        rq.plan = hostile[i];
        struct field_errors errors = { 0 };
        policy_check_request(&rq, DOMAIN, &errors);
        const char *text = field_errors_of(&errors, "plan");
        assert_non_null(text);
        assert_true(str_utf8_valid(text, strlen(text)));
        assert_true(strlen(text) < 120);
    }
}

static void all_faults_are_told_at_once(void **state)
{
    (void)state;
    struct store_request rq = { 0 };
    struct field_errors errors = { 0 };
    policy_check_request(&rq, DOMAIN, &errors);
    static const char *const fields[] = { "id",   "title",    "admin_email", "engine",
                                          "plan", "currency", "country" };
    assert_int_equal(errors.count, 7);
    for (size_t i = 0; i < 7; i++)
        expect_sane(field_errors_of(&errors, fields[i]));
    assert_null(field_errors_of(&errors, "colour"));
}

static void the_list_of_faults_is_bounded(void **state)
{
    (void)state;
    struct field_errors errors = { 0 };
    for (int i = 0; i < 50; i++)
        field_errors_add(&errors, "id", "%0400d\xc3", i);
    assert_int_equal(errors.count, FIELD_ERRORS_MAX);
    assert_int_equal(strlen(errors.items[0].text), 255);
}

/* Accounts ------------------------------------------------------------------------------------- */

static void account_names(void **state)
{
    (void)state;
    char longest[ACCOUNT_NAME_MAX * 2 + 3] = "";
    for (int i = 0; i < ACCOUNT_NAME_MAX; i++)
        strcat(longest, "\xc3\xaf");
    assert_null(policy_account_name_fault("anna"));
    assert_null(policy_account_name_fault("Anna B\xc3\xa4r"));
    assert_null(policy_account_name_fault(longest));
    strcat(longest, "x");
    const char *bad[] = { NULL, "", " anna", "anna ", "a\nb", "a\xff", "\xc2\x85", longest };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_sane(policy_account_name_fault(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_request_passes),
        cmocka_unit_test(good_ids_pass),
        cmocka_unit_test(bad_ids_are_told_why),
        cmocka_unit_test(reserved_ids_are_refused),
        cmocka_unit_test(only_dns_labels_pass),
        cmocka_unit_test(the_host_has_its_own_limit),
        cmocka_unit_test(titles_are_text),
        cmocka_unit_test(addresses_are_addresses),
        cmocka_unit_test(choices_are_from_the_list),
        cmocka_unit_test(a_foreign_choice_is_shown_as_text),
        cmocka_unit_test(all_faults_are_told_at_once),
        cmocka_unit_test(the_list_of_faults_is_bounded),
        cmocka_unit_test(account_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
