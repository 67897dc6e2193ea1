/* lib/store/password: which passwords are taken, and hashes that grow stronger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/password.h"

static void expect_fault(const char *password, const char *name, const char *part)
{
    struct err err = { 0 };
    assert_int_equal(password_check(password, name, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    if (!strstr(err.msg, part))
        fail_msg("\"%s\": %s", password, err.msg);
}

static void length_is_what_counts(void **state)
{
    (void)state;
    char longest[600] = "";
    for (int i = 0; i < 16; i++)
        strcat(longest, "\xc3\xaf\xc3\xa9\xc3\xbc\xc3\xb6 w\xc3\xa5r");
    assert_int_equal(password_check("correct horse battery", "anna", NULL), 0);
    assert_int_equal(password_check("all small letters only", "anna", NULL), 0);
    expect_fault("fourteen chars", "anna", "at least 15 characters; this one has 14");
    expect_fault("\xc3\xaf\xc3\xa9\xc3\xbc\xc3\xb6\xc3\xa5\xc3\xa4 \xc3\xb8", "a",
                 "this one has 8"); /* characters, not bytes */
    expect_fault(NULL, "anna", "at least 15");
    expect_fault("", "anna", "at least 15");
    strcat(longest, "x");
    expect_fault(longest, "anna", "at most 128");
    expect_fault("broken \xff\xff\xff utf8 text", "anna", "UTF-8");
}

static void what_is_guessed_first_is_refused(void **state)
{
    (void)state;
    static const char *const common[] = {
        "passwordpassword",   "iloveyouiloveyou",    "123123123123123",  "aaaaaaaaaaaaaaaaaa",
        "123456789012345",    "password12345678",    "abcdefghijklmnop", "administrator123",
        "characteristically", "tset tset tset tset", "storewright12345",
    };
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        expect_fault(common[i], "anna", "guessed");
    expect_fault("Anna-The-Administrator", "anna-the-administrator", "account's name");
    static const char *const fine[] = { "a long password", "my dog likes cold rain",
                                        "Tr0ub4dor&3-and-more", "zufriedene pferde tanzen" };
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        struct err err = { 0 };
        if (password_check(fine[i], "anna", &err) < 0)
            fail_msg("%s: %s", fine[i], err.msg);
    }
}

static void a_hash_fits_its_password_only(void **state)
{
    (void)state;
    const struct config c = { .password_memory_mib = 8, .password_passes = 1 };
    char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];
    assert_int_equal(password_hash(&c, "a long password", hash, NULL), 0);
    assert_int_equal(password_hash(&c, "a long password", again, NULL), 0);
    assert_string_not_equal(hash, again); /* salted */
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=8192,t=1,p=1$", 30), 0);
    assert_true(password_is(hash, "a long password"));
    assert_false(password_is(hash, "a long passwore"));
    assert_false(password_is("", ""));
    assert_false(password_is("", "a long password"));
    assert_false(password_is("no hash", "a long password"));
    assert_false(password_is(password_of_nobody(&c), "a long password"));
}

static void weak_is_what_is_below_the_configuration(void **state)
{
    (void)state;
    const struct config c = { .password_memory_mib = 8, .password_passes = 2 };
    const struct config more_memory = { .password_memory_mib = 9, .password_passes = 2 };
    const struct config more_passes = { .password_memory_mib = 8, .password_passes = 3 };
    const struct config less = { .password_memory_mib = 7, .password_passes = 1 };
    char hash[PASSWORD_HASH_MAX];
    assert_int_equal(password_hash(&c, "a long password", hash, NULL), 0);
    assert_false(password_is_weak(&c, hash));
    assert_true(password_is_weak(&more_memory, hash));
    assert_true(password_is_weak(&more_passes, hash));
    assert_false(password_is_weak(&less, hash)); /* never weaker */
    assert_true(password_is_weak(&less, "$2b$something else"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_is_what_counts),
        cmocka_unit_test(what_is_guessed_first_is_refused),
        cmocka_unit_test(a_hash_fits_its_password_only),
        cmocka_unit_test(weak_is_what_is_below_the_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
