/* lib/web/form: a refused form comes back as it was typed, each message in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "web/form.h"

static const struct form_field fields[] = {
    FORM_FIELD("id", "ID", FORM_TEXT, 10),
    FORM_FIELD("password", "PASSWORD", FORM_SECRET, 10),
    FORM_FIELD("samples", "SAMPLES", FORM_CHECKBOX, 8),
};
static const struct form form = { fields, 3 };

static int read_form(struct form_input *in, const char *body, struct err *err)
{
    CLEANUP(fields_clear) struct fields sent = { 0 };
    assert_int_equal(fields_parse(&sent, body, strlen(body), NULL), 0);
    return form_read(in, &form, &sent, err);
}

static void reads_values(void **state)
{
    (void)state;
    CLEANUP(form_clear) struct form_input in;
    struct err err = { 0 };
    assert_int_equal(read_form(&in, "id=+my-shop%09&password=+a+&samples=on&csrf=x", &err), 0);
    assert_string_equal(form_value(&in, "id"), "my-shop");
    assert_string_equal(form_value(&in, "password"), " a "); /* as typed */
    assert_true(form_ticked(&in, "samples"));
    assert_false(form_failed(&in));
}

static void absent_is_empty(void **state)
{
    (void)state;
    CLEANUP(form_clear) struct form_input in;
    assert_int_equal(read_form(&in, "", NULL), 0);
    assert_string_equal(form_value(&in, "id"), "");
    assert_false(form_ticked(&in, "samples"));
}

static void unknown_fields_are_refused(void **state)
{
    (void)state;
    CLEANUP(form_clear) struct form_input in;
    struct err err = { 0 };
    assert_int_equal(read_form(&in, "id=a&owner_id=1", &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.msg, "owner_id"));
}

static void length_is_in_characters(void **state)
{
    (void)state;
    CLEANUP(form_clear) struct form_input in;
    assert_int_equal(
        read_form(&in, "id=%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC", NULL), 0);
    assert_false(form_failed(&in));
    form_clear(&in);
    assert_int_equal(read_form(&in, "id=12345678901", NULL), 0);
    assert_true(form_failed(&in));
    assert_string_equal(form_value(&in, "id"), "12345678901"); /* kept */
}

static void shows_itself(void **state)
{
    (void)state;
    char dir[] = "/tmp/test_form.XXXXXX";
    assert_non_null(mkdtemp(dir));
    CLEANUP_FREE char *path = str_printf("%s/form.tpl", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("{{%AUTOESCAPE context=\"HTML\"}}{{#FORM_ERRORS}}{{#FORM_ERROR}}[{{ERROR_FIELD}}:"
          "{{ERROR_TEXT}}]{{/FORM_ERROR}}{{/FORM_ERRORS}}<i v=\"{{ID_VALUE}}\"{{#ID_INVALID}} bad"
          "{{/ID_INVALID}}>{{ID_ERROR}}<i{{#SAMPLES_CHECKED}} on{{/SAMPLES_CHECKED}}>"
          "{{PASSWORD_ERROR}}",
          f);
    fclose(f);
    CLEANUP(form_clear) struct form_input in;
    assert_int_equal(read_form(&in, "id=%22%3E&password=secret&samples=on", NULL), 0);
    form_fail(&in, "id", "Wrong.");
    form_fail(&in, "id", "Second.");
    form_fail(&in, "password", "Short.");
    CLEANUP(tpl_dict_free_p) struct tpl_dict *d = tpl_dict_new();
    form_show(&in, d);
    CLEANUP(tpl_close_p) struct tpl *t = NULL;
    CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
    assert_int_equal(tpl_open(&t, dir, true, NULL), 0);
    assert_int_equal(tpl_render(t, "form.tpl", d, &out, NULL), 0);
    assert_string_equal(buf_text(&out), "[id:Wrong.][password:Short.]<i v=\"&quot;&gt;\" bad>Wrong."
                                        "<i on>Short.");
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values),
        cmocka_unit_test(absent_is_empty),
        cmocka_unit_test(unknown_fields_are_refused),
        cmocka_unit_test(length_is_in_characters),
        cmocka_unit_test(shows_itself),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
