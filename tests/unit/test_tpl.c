/* lib/tpl: what is typed is escaped where it stands, and what nobody set is found. */
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
#include "tpl/tpl.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}"

static char dir[] = "/tmp/test_tpl.XXXXXX";

static void put(const char *name, const char *text)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", dir, name);
    CLEANUP_FCLOSE FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static void drop(const char *name)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", dir, name);
    unlink(path);
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = { "a.tpl", "b.tpl" };
    for (size_t i = 0; i < 2; i++)
        drop(names[i]);
    return rmdir(dir);
}

/* The one template a.tpl filled in, or NULL and err. The caller frees. */
static char *render(const char *text, const struct tpl_dict *d, bool strict, struct err *err)
{
    CLEANUP(tpl_close_p) struct tpl *t = NULL;
    CLEANUP_FREE char *whole = str_printf("%s%s", PRAGMA, text);
    put("a.tpl", whole);
    if (tpl_open(&t, dir, strict, err) < 0)
        return NULL;
    struct buf out = BUF_INIT(4096);
    if (tpl_render(t, "a.tpl", d, &out, err) < 0) {
        buf_free(&out);
        return NULL;
    }
    return buf_take(&out);
}

static void expect(const char *text, const struct tpl_dict *d, const char *expected)
{
    struct err err = { 0 };
    CLEANUP_FREE char *page = render(text, d, true, &err);
    assert_string_equal(err.msg, "");
    assert_string_equal(page, expected);
}

static void escapes_by_place(void **state)
{
    (void)state;
    CLEANUP(tpl_dict_free_p) struct tpl_dict *d = tpl_dict_new();
    tpl_set(d, "X", "<b>\"'&");
    expect("<p>{{X}}</p>", d, "<p>&lt;b&gt;&quot;&#39;&amp;</p>");
    expect("<p title=\"{{X}}\">", d, "<p title=\"&lt;b&gt;&quot;&#39;&amp;\">");
    tpl_set(d, "X", "javascript:alert(1)");
    struct err err = { 0 };
    CLEANUP_FREE char *link = render("<a href=\"{{X}}\">", d, true, &err);
    assert_null(strstr(link, "javascript:"));
    tpl_set(d, "X", "\"><script>");
    expect("<a href=\"/stores/{{X}}\">", d, "<a href=\"/stores/&quot;&gt;&lt;script&gt;\">");
}

static void sections_and_includes(void **state)
{
    (void)state;
    put("b.tpl", PRAGMA "({{X}}{{OUTER}})");
    CLEANUP(tpl_dict_free_p) struct tpl_dict *d = tpl_dict_new();
    tpl_set(d, "OUTER", "<o>");
    expect("{{#ROW}}{{X}}{{/ROW}}", d, "");
    for (int i = 0; i < 3; i++)
        tpl_setf(tpl_section(d, "ROW"), "X", "%d", i);
    expect("{{#ROW}}{{X}}{{OUTER}} {{/ROW}}", d, "0&lt;o&gt; 1&lt;o&gt; 2&lt;o&gt; ");
    tpl_show(d, "OFF", false);
    tpl_show(d, "ON", true);
    expect("{{#OFF}}off{{/OFF}}{{#ON}}on{{/ON}}", d, "on");
    tpl_set(tpl_include(d, "PART", "b.tpl"), "X", "<i>");
    expect("{{>PART}}", d, "(&lt;i&gt;&lt;o&gt;)");
    tpl_set(d, "OUTER", "again");
    expect("{{OUTER}}", d, "again");
    drop("b.tpl");
}

static void finds_what_nobody_set(void **state)
{
    (void)state;
    CLEANUP(tpl_dict_free_p) struct tpl_dict *d = tpl_dict_new();
    struct err err = { 0 };
    assert_null(render("{{GHOST}}", d, true, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.msg, "GHOST"));
    err = (struct err) { 0 };
    CLEANUP_FREE char *page = render("[{{GHOST}}]", d, false, &err);
    assert_string_equal(page, "[]");
    tpl_section(d, "ROW");
    assert_null(render("{{#ROW}}{{GHOST}}{{/ROW}}", d, true, &err));
    assert_non_null(strstr(err.msg, "GHOST"));
}

static void refuses_bad_templates(void **state)
{
    (void)state;
    struct tpl *t = NULL;
    struct err err = { 0 };
    assert_int_equal(tpl_open(&t, "/nonexistent", true, &err), -1);
    drop("a.tpl");
    assert_int_equal(tpl_open(&t, dir, true, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    put("a.tpl", "<p>{{X}}</p>"); /* would not be escaped */
    assert_int_equal(tpl_open(&t, dir, true, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.msg, "a.tpl"));
    put("a.tpl", PRAGMA "{{#ROW}}never closed");
    assert_int_equal(tpl_open(&t, dir, true, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.msg, "a.tpl"));
    assert_null(t);
}

static void holds_the_ceiling(void **state)
{
    (void)state;
    CLEANUP(tpl_dict_free_p) struct tpl_dict *d = tpl_dict_new();
    CLEANUP(tpl_close_p) struct tpl *t = NULL;
    CLEANUP(buf_free) struct buf small = BUF_INIT(8);
    struct err err = { 0 };
    put("a.tpl", PRAGMA "0123456789");
    assert_int_equal(tpl_open(&t, dir, true, &err), 0);
    assert_int_equal(tpl_render(t, "a.tpl", d, &small, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_int_equal(tpl_render(t, "none.tpl", d, &small, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void fingerprint_follows_the_files(void **state)
{
    (void)state;
    CLEANUP(tpl_close_p) struct tpl *one = NULL, *same = NULL, *other = NULL;
    put("a.tpl", PRAGMA "one");
    assert_int_equal(tpl_open(&one, dir, true, NULL), 0);
    assert_int_equal(tpl_open(&same, dir, true, NULL), 0);
    put("a.tpl", PRAGMA "two");
    assert_int_equal(tpl_open(&other, dir, true, NULL), 0);
    assert_string_equal(tpl_fingerprint(one), tpl_fingerprint(same));
    assert_string_not_equal(tpl_fingerprint(one), tpl_fingerprint(other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_by_place),      cmocka_unit_test(sections_and_includes),
        cmocka_unit_test(finds_what_nobody_set), cmocka_unit_test(refuses_bad_templates),
        cmocka_unit_test(holds_the_ceiling),     cmocka_unit_test(fingerprint_follows_the_files),
    };
    return cmocka_run_group_tests_name("tpl", tests, setup, teardown);
}
