/* base/mask: no secret is left in a text for people, and what is none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mask.h"
#include "base/str.h"

static void expect_forms(const char *text, const char *masked)
{
    CLEANUP_FREE char *t = str_dup(text);
    mask_forms(t);
    assert_string_equal(t, masked);
}

static void known_values_are_taken_out(void **state)
{
    (void)state;
    CLEANUP_FREE char *t = str_dup("a hunter22 and hunter22hunter22 b");
    mask_value(t, "hunter22");
    assert_string_equal(t, "a *** and ****** b");
    CLEANUP_FREE char *same = str_dup("eur is short");
    mask_value(same, "eur");
    mask_value(same, NULL);
    mask_value(same, "not there");
    assert_string_equal(same, "eur is short");
}

static void forms_are_known(void **state)
{
    (void)state;
    expect_forms("connect postgres://medusa:s3cr3t@db:5432/medusa failed",
                 "connect postgres://medusa:***@db:5432/medusa failed");
    expect_forms("PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql");
    expect_forms("{\"password\": \"hunter2\", \"user\": \"m\"}",
                 "{\"password\": \"***\", \"user\": \"m\"}");
    expect_forms("Authorization: Bearer abc.def.ghi end", "Authorization: Bearer *** end");
    expect_forms("JWT_SECRET: abcdef; TOKEN=x", "JWT_SECRET: ***; TOKEN=*");
    expect_forms("http://db:5432/path and https://user@host/",
                 "http://db:5432/path and https://user@host/");
    expect_forms("password authentication failed for user \"medusa\"",
                 "password authentication failed for user \"medusa\"");
    expect_forms("password=", "password=");
    expect_forms("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_are_taken_out),
        cmocka_unit_test(forms_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
