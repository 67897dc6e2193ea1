/* lib/store: whether the images of an engine are there, as the file of helm_values has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "scratch.h"
#include "store/images.h"

static const struct engine engine = {
    .name = "shop",
    .images = { "shop", "database" },
    .images_come = "Build it.",
};

/* What images_fault says of a file with this text; "" when nothing is wrong. */
static void expect(const char *text, const char *wanted)
{
    char *dir = scratch_make();
    CLEANUP_FREE char *path = str_printf("%s/images.json", dir);
    if (text) {
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fputs(text, f);
        fclose(f);
    }
    const struct config config = { .helm_values = path };
    CLEANUP_FREE char *fault = images_fault(&config, &engine);
    if (*wanted)
        assert_non_null(strstr(str_or_empty(fault), wanted));
    else
        assert_null(fault);
    scratch_remove(dir);
}

#define IMAGE(name) "\"" name "\": {\"repository\": \"r\", \"tag\": \"t\"}"

static void it_is_there_when_all_images_are(void **state)
{
    (void)state;
    expect("{\"images\": {" IMAGE("shop") "," IMAGE("database") "," IMAGE("more") "}}", "");
    const struct config none = { 0 };
    assert_null(images_fault(&none, &engine));
}

static void the_missing_image_is_named(void **state)
{
    (void)state;
    expect("{\"images\": {" IMAGE("shop") "}}", "\"database\" is not there. Build it.");
    expect("{\"images\": {" IMAGE("database") "}}", "\"shop\" is not there. Build it.");
    expect("{\"images\": {" IMAGE("shop") ", \"database\": {\"repository\": \"r\"}}}", "database");
    expect("{\"images\": [1]}", "\"shop\" is not there");
    expect("{}", "\"shop\" is not there");
    expect("[]", "\"shop\" is not there");
}

static void a_file_that_is_none_is_told(void **state)
{
    (void)state;
    expect(NULL, "images.json, cannot be read (No such file");
    expect("", "cannot be read (");
    expect("images:\n  shop: {}\n", "cannot be read (");
    expect("{\"images\": {", "cannot be read (");
    CLEANUP_FREE char *long_text = malloc(IMAGES_FILE_MAX + 2);
    memset(long_text, ' ', IMAGES_FILE_MAX + 1);
    memcpy(long_text, "{\"images\": {", 12);
    memcpy(long_text + IMAGES_FILE_MAX - 1, "}}", 3);
    expect(long_text, "cannot be read (");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_there_when_all_images_are),
        cmocka_unit_test(the_missing_image_is_named),
        cmocka_unit_test(a_file_that_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
