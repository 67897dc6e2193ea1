/* lib/store/config: every mistake in the file is named with its line, and nothing is half read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/config.h"

static const char whole[] = "# the platform\n"
                            "database = /var/db\n"
                            "run_dir=/run/sw\n"
                            "  kubeconfig =  /etc/kube config  \n"
                            "helm = /bin/helm\n"
                            "helm_home = /var/helm\n"
                            "chart = /share/chart\n"
                            "\n"
                            "reconcile = /bin/true\n"
                            "templates = /share/templates";

/* 0 and *c, or -1 and err, of a file with this text. */
static int load(const char *text, struct config **c, struct err *err)
{
    char *dir = scratch_make();
    CLEANUP_FREE char *path = str_printf("%s/storewright.conf", dir);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    int r = config_load(c, path, err);
    scratch_remove(dir);
    return r;
}

static void expect_refused(const char *extra, const char *why)
{
    CLEANUP_FREE char *text = str_printf("%s\n%s", whole, extra);
    struct config *c = NULL;
    struct err err = { 0 };
    assert_int_equal(load(text, &c, &err), -1);
    assert_null(c);
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.msg, "storewright.conf:11: "));
    if (!strstr(err.msg, why))
        fail_msg("\"%s\" lacks \"%s\"", err.msg, why);
}

static void a_whole_file_is_read(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(config_free_p) struct config *c = NULL;
    if (load(whole, &c, &err) < 0)
        fail_msg("%s", err.msg);
    assert_string_equal(c->kubeconfig, "/etc/kube config");
    assert_string_equal(c->run_dir, "/run/sw");
    assert_string_equal(c->base_domain, "localtest.me");
    assert_string_equal(c->store_scheme, "http");
    assert_int_equal(c->store_port, 80);
    assert_int_equal(c->create_timeout_ms, 600000);
    assert_int_equal(c->delete_timeout_ms, 300000);
    assert_int_equal(c->helm_parallel, 2);
    assert_false(c->secure_cookies);
    assert_null(c->helm_values);
    assert_null(c->ingress_class);
    CLEANUP_FREE char *lock = config_lock_path(c), *kick = config_kick_path(c);
    assert_string_equal(lock, "/run/sw/reconcile.lock");
    assert_string_equal(kick, "/run/sw/reconcile.sock");
    config_free(NULL);
}

static void the_dashboard_may_have_a_kubeconfig_of_its_own(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = str_printf("%s\ndashboard_kubeconfig = /etc/less\n", whole);
    CLEANUP(config_free_p) struct config *c = NULL, *same = NULL;
    assert_int_equal(load(text, &c, NULL), 0);
    assert_string_equal(c->kubeconfig, "/etc/kube config");
    config_for_dashboard(c);
    assert_string_equal(c->kubeconfig, "/etc/less");
    assert_int_equal(load(whole, &same, NULL), 0);
    config_for_dashboard(same);
    assert_string_equal(same->kubeconfig, "/etc/kube config");
}

static void defaults_give_way(void **state)
{
    (void)state;
    CLEANUP_FREE char *text =
        str_printf("%s\nbase_domain = shops.example\nsecure_cookies = yes\nstore_scheme = https\n"
                   "store_port = 65535\ncreate_timeout_seconds = 5\ningress_class = nginx\n"
                   "ingress = [::1]:80=x\n",
                   whole);
    CLEANUP(config_free_p) struct config *c = NULL;
    assert_int_equal(load(text, &c, NULL), 0);
    assert_string_equal(c->base_domain, "shops.example");
    assert_true(c->secure_cookies);
    assert_int_equal(c->store_port, 65535);
    assert_int_equal(c->create_timeout_ms, 5000);
    assert_string_equal(c->ingress, "[::1]:80=x"); /* the first = divides */
}

static void each_mistake_is_named(void **state)
{
    (void)state;
    expect_refused("colour = blue\n", "unknown key \"colour\"");
    expect_refused("Database = /x\n", "unknown key \"Database\"");
    expect_refused("= x\n", "unknown key \"\"");
    expect_refused("database = /other\n", "database is set twice");
    expect_refused("just words\n", "\"just words\" is not of the form key = value");
    expect_refused("base_domain =\n", "base_domain: no value");
    expect_refused("helm_values = images.json\n", "\"images.json\" is not an absolute path");
    expect_refused("helm_values =\n", "is not an absolute path");
    expect_refused("store_port = 0\n", "\"0\" is not a number from 1 to 65535");
    expect_refused("store_port = 65536\n", "not a number");
    expect_refused("store_port = eighty\n", "\"eighty\" is not a number");
    expect_refused("store_port = 80 # web\n", "not a number");
    expect_refused("create_timeout_seconds = 4\n", "from 5 to 86400");
    expect_refused("helm_parallel = -1\n", "from 1 to 32");
    expect_refused("reconciler_account = reconciler\n", "is not of the form namespace/name");
    expect_refused("reconciler_account = a/b/c\n", "is not of the form namespace/name");
    expect_refused("reconciler_account =\n", "is not of the form namespace/name");
    expect_refused("secure_cookies = true\n", "\"true\" is neither yes nor no");
}

/* What no line by itself is to blame for. */
static void expect_whole_refused(const char *extra, const char *why)
{
    CLEANUP_FREE char *text = str_printf("%s\n%s", whole, extra);
    struct config *c = NULL;
    struct err err = { 0 };
    assert_int_equal(load(text, &c, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    if (!strstr(err.msg, why))
        fail_msg("\"%s\" lacks \"%s\"", err.msg, why);
}

static void a_provider_is_named_whole(void **state)
{
    (void)state;
    expect_whole_refused("oidc_issuer = http://id.example.com\n", "no https address");
    expect_whole_refused("oidc_issuer = http://localhost.example.com\n", "no https address");
    expect_whole_refused("oidc_issuer = https://id.example.com\n", "oidc_client_id is not");
    expect_whole_refused("oidc_issuer = https://id.example.com\noidc_client_id = a\n",
                         "dashboard_url is not");
    expect_whole_refused("oidc_issuer = http://localhost:9\noidc_client_id = a\n"
                         "dashboard_url = http://localhost:8080\noidc_auto_create = admin\n",
                         "\"admin\" is neither member nor viewer");
    expect_whole_refused("dashboard_url = localhost:8080\n", "is not of the form");
    expect_whole_refused("dashboard_url = http://localhost:8080/\n", "is not of the form");
}

static void long_lines_are_refused(void **state)
{
    (void)state;
    char line[6000];
    memset(line, 'x', sizeof(line) - 2);
    line[sizeof(line) - 2] = '\n';
    line[sizeof(line) - 1] = '\0';
    expect_refused(line, "the line is too long");
    line[sizeof(line) - 2] = 'x'; /* the last one, without an end */
    expect_refused(line, "the line is too long");
}

static void what_must_be_set_must_be_set(void **state)
{
    (void)state;
    static const char *const keys[] = { "database",  "run_dir", "kubeconfig", "helm",
                                        "helm_home", "chart",   "reconcile",  "templates" };
    for (size_t skip = 0; skip < sizeof(keys) / sizeof(keys[0]); skip++) {
        char text[512] = "";
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
            if (i != skip)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s = /x\n", keys[i]);
        struct config *c = NULL;
        struct err err = { 0 };
        CLEANUP_FREE char *why = str_printf(": %s is not set", keys[skip]);
        assert_int_equal(load(text, &c, &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_non_null(strstr(err.msg, why));
    }
    struct config *c = NULL;
    struct err err = { 0 };
    assert_int_equal(load("", &c, &err), -1);
}

static void the_scheme_is_one_of_two(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = str_printf("%s\nstore_scheme = ftp\n", whole);
    struct config *c = NULL;
    struct err err = { 0 };
    assert_int_equal(load(text, &c, &err), -1);
    assert_non_null(strstr(err.msg, "\"ftp\" is neither http nor https"));
}

static void the_environment_names_the_file(void **state)
{
    (void)state;
    struct config *c = NULL;
    struct err err = { 0 };
    setenv("STOREWRIGHT_CONFIG", "/nonexistent/a.conf", 1);
    assert_int_equal(config_load(&c, NULL, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "/nonexistent/a.conf"));
    assert_int_equal(config_load(&c, "/nonexistent/b.conf", &err), -1);
    assert_non_null(strstr(err.msg, "/nonexistent/b.conf"));
    unsetenv("STOREWRIGHT_CONFIG");
    assert_int_equal(config_load(&c, "/", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read),
        cmocka_unit_test(defaults_give_way),
        cmocka_unit_test(the_dashboard_may_have_a_kubeconfig_of_its_own),
        cmocka_unit_test(each_mistake_is_named),
        cmocka_unit_test(a_provider_is_named_whole),
        cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(what_must_be_set_must_be_set),
        cmocka_unit_test(the_scheme_is_one_of_two),
        cmocka_unit_test(the_environment_names_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
