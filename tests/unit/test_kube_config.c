/* lib/kube/config: what kubectl would take, what is refused, and hostile files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "kube/config.h"

/* base64 of "-----BEGIN X-----\n" and of "plain". */
#define PEM_DATA "LS0tLS1CRUdJTiBYLS0tLS0K"
#define PEM_TEXT "-----BEGIN X-----\n"
#define NOT_PEM_DATA "cGxhaW4="

static char dir[] = "/tmp/test_kube_config.XXXXXX";

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

static int parse(struct kube_config **c, const char *text, struct err *err)
{
    return kube_config_parse(c, text, strlen(text), dir, err);
}

/* A whole kubeconfig around one cluster's and one user's fields (flow mappings). */
static char *around(const char *cluster, const char *user)
{
    return str_printf("apiVersion: v1\nkind: Config\ncurrent-context: here\n"
                      "contexts:\n- name: other\n  context: {cluster: x, user: x}\n"
                      "- name: here\n  context: {cluster: c, user: u, namespace: n}\n"
                      "clusters:\n- name: c\n  cluster: {%s}\n"
                      "users:\n- name: other\n  user: {exec: {command: aws}}\n"
                      "- name: u\n  user: {%s}\n",
                      cluster, user);
}

static void expect_refused(const char *text, enum err_code code, const char *why)
{
    struct err err = { 0 };
    struct kube_config *c = NULL;
    assert_int_equal(parse(&c, text, &err), -1);
    assert_null(c);
    if (err.code != code || !strstr(err.msg, why))
        fail_msg("expected %s \"%s\", got %s \"%s\"", err_code_name(code), why,
                 err_code_name(err.code), err.msg);
}

static void expect_refused_parts(const char *cluster, const char *user, enum err_code code,
                                 const char *why)
{
    CLEANUP_FREE char *text = around(cluster, user);
    expect_refused(text, code, why);
}

static struct kube_config *expect_taken(const char *text)
{
    struct err err = { 0 };
    struct kube_config *c = NULL;
    if (parse(&c, text, &err) < 0)
        fail_msg("%s", err.msg);
    return c;
}

static void inline_credentials(void **state)
{
    (void)state;
    CLEANUP_FREE char *text =
        around("server: 'https://10.0.0.1:6443/', certificate-authority-data: " PEM_DATA
               ", tls-server-name: kubernetes",
               "client-certificate-data: " PEM_DATA ", client-key-data: " PEM_DATA);
    struct kube_config *c = expect_taken(text);
    assert_string_equal(c->context, "here");
    assert_string_equal(c->server, "https://10.0.0.1:6443");
    assert_string_equal(c->ca_pem, PEM_TEXT);
    assert_string_equal(c->cert_pem, PEM_TEXT);
    assert_string_equal(c->key_pem, PEM_TEXT);
    assert_string_equal(c->tls_server_name, "kubernetes");
    assert_null(c->token);
    assert_false(c->insecure);
    kube_config_free(c);
    kube_config_free(NULL);
}

static void tokens(void **state)
{
    (void)state;
    CLEANUP_FREE char *text =
        around("server: https://h, insecure-skip-tls-verify: true", "token: abc.def");
    struct kube_config *c = expect_taken(text);
    assert_string_equal(c->token, "abc.def");
    assert_true(c->insecure);
    kube_config_free(c);
    CLEANUP_FREE char *both = around("server: https://h", "token: abc, tokenFile: t");
    c = expect_taken(both);
    assert_null(c->token);
    CLEANUP_FREE char *path = str_printf("%s/t", dir);
    assert_string_equal(c->token_file, path);
    kube_config_free(c);
}

static void json_is_yaml(void **state)
{
    (void)state;
    struct kube_config *c = expect_taken(
        "{\"current-context\":\"a\",\"contexts\":[{\"name\":\"a\",\"context\":{\"cluster\":\"c\","
        "\"user\":\"\"}}],"
        "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"http://h:1\"}}]}");
    assert_string_equal(c->server, "http://h:1");
    assert_null(c->ca_pem);
    kube_config_free(c);
}

static void write_file(const char *name, const char *text, size_t n)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", dir, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    fclose(f);
}

static void remove_file(const char *name)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", dir, name);
    unlink(path);
}

static void files_beside_the_kubeconfig(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = around("server: https://h, certificate-authority: ca.pem", "");
    CLEANUP_FREE char *path = str_printf("%s/config", dir);
    struct kube_config *c = NULL;
    struct err err = { 0 };
    write_file("config", text, strlen(text));
    assert_int_equal(kube_config_load(&c, path, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "ca.pem"));
    write_file("ca.pem", PEM_TEXT, strlen(PEM_TEXT));
    assert_int_equal(kube_config_load(&c, path, &err), 0);
    assert_string_equal(c->ca_pem, PEM_TEXT);
    kube_config_free(c);
    write_file("ca.pem", "nothing", 7);
    assert_int_equal(kube_config_load(&c, path, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    write_file("ca.pem", PEM_TEXT "\0", strlen(PEM_TEXT) + 1);
    assert_int_equal(kube_config_load(&c, path, &err), -1);
    assert_int_equal(err.code, ERR_CORRUPT);
    remove_file("ca.pem");
    remove_file("config");
    assert_int_equal(kube_config_load(&c, path, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(kube_config_load(&c, dir, &err), -1);
}

static void what_is_not_supported_is_named(void **state)
{
    static const char *const users[] = {
        "exec: {command: aws}",     "auth-provider: {name: gcp}",
        "username: u, password: p", "token: t, as: somebody",
        "as-groups: [a]",
    };
    static const char *const words[] = { "exec", "auth-provider", "username", "as", "as-groups" };
    (void)state;
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
        expect_refused_parts("server: https://h", users[i], ERR_UNSUPPORTED, words[i]);
    expect_refused_parts("server: https://h, proxy-url: 'http://p'", "", ERR_UNSUPPORTED,
                         "proxy-url");
}

static void wrong_pieces_are_named(void **state)
{
    (void)state;
    expect_refused_parts("x: y", "", ERR_INVALID, "names no server");
    expect_refused_parts("server: [a]", "", ERR_INVALID, "server is not a text");
    expect_refused_parts("server: 10.0.0.1:6443", "", ERR_INVALID, "https://host:port");
    expect_refused_parts("server: 'https://'", "", ERR_INVALID, "https://host:port");
    expect_refused_parts("server: 'https:///'", "", ERR_INVALID, "https://host:port");
    expect_refused_parts("server: 'https://:6443'", "", ERR_INVALID, "https://host:port");
    expect_refused_parts("server: 'https://u:p@h'", "", ERR_INVALID, "https://host:port");
    expect_refused_parts("server: \"https://h\\r\\nX: y\"", "", ERR_INVALID, "control");
    expect_refused_parts("server: https://h, certificate-authority-data: '%%'", "", ERR_INVALID,
                         "base64");
    expect_refused_parts("server: https://h, certificate-authority-data: " NOT_PEM_DATA, "",
                         ERR_INVALID, "no PEM");
    expect_refused_parts("server: https://h, certificate-authority-data: AAAA", "", ERR_INVALID,
                         "base64 of a text");
    expect_refused_parts("server: https://h, insecure-skip-tls-verify: maybe", "", ERR_INVALID,
                         "neither true nor false");
    expect_refused_parts("server: https://h, insecure-skip-tls-verify: true, "
                         "certificate-authority-data: " PEM_DATA,
                         "", ERR_INVALID, "both");
    expect_refused_parts("server: https://h", "client-certificate-data: " PEM_DATA, ERR_INVALID,
                         "come together");
    expect_refused_parts("server: https://h", "token: \"a\\nb\"", ERR_INVALID, "control");
    expect_refused_parts("server: https://h", "token: {a: b}", ERR_INVALID, "token is not a text");
}

static void missing_pieces_are_named(void **state)
{
    (void)state;
    expect_refused("", ERR_CORRUPT, "kubeconfig");
    expect_refused("just text", ERR_CORRUPT, "kubeconfig");
    expect_refused("[a, b]", ERR_CORRUPT, "kubeconfig");
    expect_refused("a: b", ERR_INVALID, "current-context");
    expect_refused("current-context: ''", ERR_INVALID, "current-context");
    expect_refused("current-context: [x]", ERR_INVALID, "current-context");
    expect_refused("current-context: x", ERR_INVALID, "no context named \"x\"");
    expect_refused("current-context: x\ncontexts: {x: y}", ERR_INVALID, "no context named");
    expect_refused("current-context: x\ncontexts: [{name: x, context: y}]", ERR_INVALID,
                   "no context named");
    expect_refused("current-context: x\ncontexts: [{name: x, context: {}}]", ERR_INVALID,
                   "names no cluster");
    expect_refused("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", ERR_INVALID,
                   "no cluster named \"c\"");
    expect_refused("a: [", ERR_CORRUPT, "not YAML");
    expect_refused("a: *nowhere", ERR_CORRUPT, "not YAML");
    expect_refused("\xff\xfe\xfd", ERR_CORRUPT, "not YAML");
}

static void bombs_are_harmless(void **state)
{
    (void)state;
    /* Expanded it would have 10^9 items; a cycle has endless ones. */
    expect_refused("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                   "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
                   "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n"
                   "current-context: x\ncontexts: *h\n",
                   ERR_INVALID, "no context named");
    expect_refused("current-context: x\ncontexts: &c [*c, {name: x, context: *c}]\n", ERR_INVALID,
                   "no context named");
    CLEANUP(buf_free) struct buf deep = BUF_INIT(KUBE_CONFIG_MAX);
    while (buf_adds(&deep, "[") == 0)
        continue;
    expect_refused(buf_text(&deep), ERR_CORRUPT, "nested");
    buf_reset(&deep);
    while (buf_adds(&deep, "- ") == 0)
        continue;
    expect_refused(buf_text(&deep), ERR_CORRUPT, "nested");
    buf_reset(&deep);
    for (int i = 0; buf_addf(&deep, "- &a%d x\n", i) == 0; i++)
        continue;
    expect_refused(buf_text(&deep), ERR_CORRUPT, "anchors");
    struct kube_config *c = NULL;
    deep.max += 100;
    while (deep.len <= KUBE_CONFIG_MAX)
        buf_addc(&deep, ' ');
    struct err err = { 0 };
    assert_int_equal(parse(&c, buf_text(&deep), &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

/* Every beginning of a good file, and every byte of it changed: an answer, no crash. */
static void damaged_files_are_answered(void **state)
{
    (void)state;
    CLEANUP_FREE char *text =
        around("server: https://h:1, certificate-authority-data: " PEM_DATA, "token: abc");
    size_t n = strlen(text);
    static const char bytes[] = "\0\n:{}[]&*!|>'\"%@`#,-? \x80\xff";
    for (size_t i = 0; i < n; i++) {
        struct kube_config *c = NULL;
        if (kube_config_parse(&c, text, i, dir, NULL) == 0)
            kube_config_free(c);
        char was = text[i];
        for (size_t b = 0; b < sizeof(bytes); b++) {
            struct err err = { 0 };
            text[i] = bytes[b];
            c = NULL;
            if (kube_config_parse(&c, text, n, dir, &err) == 0)
                assert_non_null(c->server);
            else
                assert_int_not_equal(err.code, ERR_NONE);
            kube_config_free(c);
        }
        text[i] = was;
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(inline_credentials),
        cmocka_unit_test(tokens),
        cmocka_unit_test(json_is_yaml),
        cmocka_unit_test(files_beside_the_kubeconfig),
        cmocka_unit_test(what_is_not_supported_is_named),
        cmocka_unit_test(wrong_pieces_are_named),
        cmocka_unit_test(missing_pieces_are_named),
        cmocka_unit_test(bombs_are_harmless),
        cmocka_unit_test(damaged_files_are_answered),
    };
    return cmocka_run_group_tests_name("kube_config", tests, make_dir, remove_dir);
}
