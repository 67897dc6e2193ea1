/* lib/helm/release: what helm is called with (a script in its place records it), what its record
 * and its failures mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "helm/release.h"

static char dir[] = "/tmp/test_helm.XXXXXX";
static char *program;
static struct helm helm;

/* Prints its arguments one a line, its environment sorted, and its input. */
static const char recorder[] = "#!/bin/sh\n"
                               "for a; do echo \"arg $a\"; done\n"
                               "env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort\n"
                               "printf 'input %s\\n' \"$(cat)\"\n";

static int make_program(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    program = str_printf("%s/helm", dir);
    FILE *f = fopen(program, "we");
    if (!f || fputs(recorder, f) < 0 || fchmod(fileno(f), 0700) < 0 || fclose(f) != 0)
        return -1;
    helm = (struct helm) {
        .program = program, .kubeconfig = "/k/config", .chart = "/c/store", .home = "/h"
    };
    return 0;
}

static int remove_program(void **state)
{
    (void)state;
    unlink(program);
    free(program);
    return rmdir(dir);
}

static void expect_output(struct proc *p, const char *args, const char *input)
{
    while (!proc_pump(p))
        usleep(2000);
    const struct proc_result *r = proc_result(p);
    CLEANUP_FREE char *all = str_printf(
        "%sHELM_CACHE_HOME=/h/cache\nHELM_CONFIG_HOME=/h/config\nHELM_DATA_HOME=/h/data\n"
        "HOME=/h\nLANG=C.UTF-8\nPATH=/usr/bin:/bin\ninput %s\n",
        args, input);
    assert_string_equal(buf_text(&r->out), all);
    assert_true(proc_succeeded(r));
    proc_free(p);
}

static void install_takes_values_on_its_input(void **state)
{
    struct proc *p = NULL;
    (void)state;
    json_t *values = json_pack("{s:{s:s}}", "store", "title", "a,b={}\n{{ x }} $(id) \xc3\xa9");
    assert_int_equal(helm_start_install(&p, &helm, "my-shop", "my-shop", values, NULL), 0);
    json_decref(values); /* borrowed for the call only */
    expect_output(p,
                  "arg upgrade\narg --install\narg my-shop\narg /c/store\n"
                  "arg --disable-openapi-validation\narg --values\narg -\n"
                  "arg --history-max\narg 5\narg --namespace\narg my-shop\n"
                  "arg --kubeconfig\narg /k/config\n",
                  "{\"store\":{\"title\":\"a,b={}\\n{{ x }} $(id) \xc3\xa9\"}}");
}

static void values_files_come_before(void **state)
{
    static const char *const files[] = { "/etc/one.yaml", "/etc/two.yaml", NULL };
    struct helm with = helm;
    struct proc *p = NULL;
    (void)state;
    with.values_files = files;
    json_t *values = json_object();
    assert_int_equal(helm_start_install(&p, &with, "a", "b", values, NULL), 0);
    expect_output(p,
                  "arg upgrade\narg --install\narg a\narg /c/store\n"
                  "arg --disable-openapi-validation\narg --values\n"
                  "arg /etc/one.yaml\narg --values\narg /etc/two.yaml\narg --values\narg -\n"
                  "arg --history-max\narg 5\narg --namespace\narg b\n"
                  "arg --kubeconfig\narg /k/config\n",
                  "{}");
    static const char *const many[] = { "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", NULL };
    with.values_files = many;
    assert_int_equal(helm_start_install(&p, &with, "a", "b", values, NULL), 0);
    while (!proc_pump(p))
        usleep(2000);
    assert_non_null(strstr(buf_text(&proc_result(p)->out), "arg --kubeconfig\narg /k/config\n"));
    proc_free(p);
    static const char *const more[] = {
        "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9", NULL
    };
    with.values_files = more;
    assert_int_equal(helm_start_install(&p, &with, "a", "b", values, NULL), -1);
    json_decref(values);
}

static void uninstall_and_rollback(void **state)
{
    struct proc *p = NULL;
    (void)state;
    assert_int_equal(helm_start_uninstall(&p, &helm, "a-1", "b", NULL), 0);
    expect_output(p,
                  "arg uninstall\narg a-1\narg --ignore-not-found\narg --namespace\narg b\n"
                  "arg --kubeconfig\narg /k/config\n",
                  "");
    assert_int_equal(helm_start_rollback(&p, &helm, "a", "b", 12, NULL), 0);
    expect_output(p,
                  "arg rollback\narg a\narg 12\narg --history-max\narg 5\narg --namespace\n"
                  "arg b\narg --kubeconfig\narg /k/config\n",
                  "");
}

static void names_cannot_be_options(void **state)
{
    static const char *const bad[] = {
        "",
        "-a",
        "--post-renderer=x",
        "a-",
        "A",
        "a b",
        "a\nb",
        "a/b",
        "a.b",
        "a_b",
        "a;b",
        "$(a)",
        "..",
        "\xc3\xa9",
        NULL,
        "a234567890123456789012345678901234567890123456789012345678901234",
    };
    struct err err;
    struct proc *p = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        err.code = ERR_NONE;
        assert_int_equal(helm_start_uninstall(&p, &helm, bad[i], "ns", &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_int_equal(helm_start_uninstall(&p, &helm, "a", bad[i], &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_int_equal(helm_start_rollback(&p, &helm, bad[i], "ns", 1, &err), -1);
        json_t *values = json_object();
        assert_int_equal(helm_start_install(&p, &helm, bad[i], "ns", values, &err), -1);
        json_decref(values);
    }
    assert_int_equal(helm_start_rollback(&p, &helm, "a", "b", 0, &err), -1);
    assert_int_equal(helm_start_install(&p, &helm, "a", "b", NULL, &err), -1);
    json_t *list = json_array();
    assert_int_equal(helm_start_install(&p, &helm, "a", "b", list, &err), -1);
    json_decref(list);
    struct helm relative = helm;
    relative.chart = "chart";
    json_t *values = json_object();
    assert_int_equal(helm_start_install(&p, &relative, "a", "b", values, &err), -1);
    json_decref(values);
    struct helm missing = helm;
    missing.program = "/no/such/helm";
    assert_int_equal(helm_start_uninstall(&p, &missing, "a", "b", &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_null(p);
}

/* A zombie is dead: whoever is init here may be slow to fetch it. */
static bool is_alive(pid_t pid)
{
    CLEANUP_FREE char *path = str_printf("/proc/%ld/stat", (long)pid);
    CLEANUP_FCLOSE FILE *f = fopen(path, "re");
    char state = 'X';
    return f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1 && state != 'Z' && state != 'X';
}

/* A starter killed in the middle of it takes helm along. */
static void helm_dies_with_its_starter(void **state)
{
    static const char sleeper[] = "#!/bin/sh\nexec sleep 60\n";
    CLEANUP_FREE char *path = str_printf("%s/sleeper", dir);
    struct helm slow = helm;
    int pids[2];
    pid_t pid = 0;
    (void)state;
    FILE *f = fopen(path, "we");
    assert_true(f && fputs(sleeper, f) >= 0 && fchmod(fileno(f), 0700) == 0 && fclose(f) == 0);
    slow.program = path;
    assert_int_equal(pipe(pids), 0);
    pid_t starter = fork();
    if (starter == 0) {
        struct proc *p = NULL;
        if (helm_start_uninstall(&p, &slow, "a", "b", NULL) == 0)
            pid = (pid_t)proc_pid(p);
        usleep(200000); /* setpriv is past its prctl */
        if (write(pids[1], &pid, sizeof(pid)) != sizeof(pid))
            _exit(1);
        pause();
    }
    assert_int_equal(read(pids[0], &pid, sizeof(pid)), sizeof(pid));
    assert_true(pid > 0);
    assert_int_equal(kill(pid, 0), 0);
    kill(starter, SIGKILL);
    waitpid(starter, NULL, 0);
    int tries = 0;
    while (is_alive(pid) && tries++ < 250)
        usleep(20000);
    assert_false(is_alive(pid));
    close(pids[0]);
    close(pids[1]);
    unlink(path);
}

static struct helm_record read_record(const char *text)
{
    json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
    struct helm_record r = { HELM_FAILED, 99, 99 };
    helm_record_read(answer, &r);
    json_decref(answer);
    return r;
}

#define SECRET(status, version) \
    "{\"metadata\":{\"labels\":{\"owner\":\"helm\",\"name\":\"a\",\"status\":\"" status \
    "\",\"version\":\"" version "\"}}}"

static void expect_record(const char *items, enum helm_state state, int revision, int deployed)
{
    CLEANUP_FREE char *text = str_printf("{\"items\":[%s]}", items);
    struct helm_record r = read_record(text);
    assert_int_equal(r.state, state);
    assert_int_equal(r.revision, revision);
    assert_int_equal(r.last_deployed, deployed);
}

static void records_say_what_helm_did(void **state)
{
    (void)state;
    CLEANUP_FREE char *path = helm_records_path("a", "ns");
    assert_string_equal(path,
                        "/api/v1/namespaces/ns/secrets?labelSelector=owner%3Dhelm%2Cname%3Da");
    expect_record("", HELM_NONE, 0, 0);
    expect_record(SECRET("deployed", "1"), HELM_DEPLOYED, 1, 1);
    expect_record(SECRET("pending-install", "1"), HELM_PENDING_INSTALL, 1, 0);
    expect_record(SECRET("failed", "1"), HELM_FAILED, 1, 0);
    expect_record(SECRET("uninstalling", "1"), HELM_UNINSTALLING, 1, 0);
    expect_record(SECRET("uninstalled", "1"), HELM_NONE, 1, 0);
    expect_record(SECRET("pending-rollback", "3") "," SECRET("deployed", "2"), HELM_PENDING_UPGRADE,
                  3, 2);
    /* By number, not by text or place: 10 is newer than 9. */
    expect_record(
        SECRET("pending-upgrade", "10") "," SECRET("superseded", "8") "," SECRET("deployed", "9"),
        HELM_PENDING_UPGRADE, 10, 9);
    expect_record(SECRET("invented", "1"), HELM_FAILED, 1, 0);
    expect_record(SECRET("deployed", "x") "," SECRET("deployed", "-1") "," SECRET(
                      "deployed", "") "," SECRET("deployed", "99999999999") ",7,{},null,[]",
                  HELM_NONE, 0, 0);
    assert_int_equal(read_record(NULL).revision, 0);
    assert_int_equal(read_record("{}").state, HELM_NONE);
    assert_int_equal(read_record("{\"items\":{}}").state, HELM_NONE);
}

static void expect_failure(const char *err_out, const char *said)
{
    struct proc_result r = { .exit_status = 1, .err_out = BUF_INIT(65536) };
    buf_adds(&r.err_out, err_out);
    CLEANUP_FREE char *text = helm_failure(&r);
    assert_string_equal(text, said);
    proc_result_free(&r);
}

static void failures_read_as_one_line(void **state)
{
    (void)state;
    expect_failure("Error: release: not found\n", "release: not found");
    expect_failure("level=WARN msg=x\nError: first\nError: UPGRADE FAILED: it broke\n", "it broke");
    expect_failure("Error: INSTALLATION FAILED: Error: nested", "nested");
    expect_failure("Error: values don't meet the specifications of the schema(s):\nstore:\n"
                   "- at '/store/id': got number, want string\n\n",
                   "values don't meet the specifications of the schema(s): store: "
                   "- at '/store/id': got number, want string");
    expect_failure("Error: a\r\n  b\tc\x01"
                   "d\xff"
                   "e\xc3\xa9\n",
                   "a; b c d?e\xc3\xa9");
    expect_failure("no such word: Error: inside\n",
                   "helm ended with exit status 1: no such word: Error: inside");
    expect_failure("level=WARN msg=x\nsetpriv: activate capabilities: not permitted\n\n",
                   "helm ended with exit status 1: setpriv: activate capabilities: not permitted");
    expect_failure("", "helm ended with exit status 1 and no message");
    expect_failure("Error: ", "helm ended with exit status 1 and no message");
    expect_failure("Error: \n", "helm ended with exit status 1 and no message");
    struct proc_result late = {
        .exit_status = -1, .term_signal = SIGTERM, .timed_out = true, .took_ms = 120003
    };
    CLEANUP_FREE char *text = helm_failure(&late);
    assert_string_equal(text, "helm did not end within 120 s");
    struct proc_result killed = { .exit_status = -1, .term_signal = SIGKILL };
    CLEANUP_FREE char *other = helm_failure(&killed);
    assert_string_equal(other, "helm was ended by signal 9 (Killed)");
}

static void long_failures_are_cut_between_characters(void **state)
{
    (void)state;
    struct proc_result r = { .exit_status = 1, .err_out = BUF_INIT(65536) };
    buf_adds(&r.err_out, "Error: x");
    for (int i = 0; i < 1000; i++)
        buf_adds(&r.err_out, "\xe2\x82\xac");
    CLEANUP_FREE char *text = helm_failure(&r);
    assert_true(strlen(text) <= HELM_FAILURE_MAX);
    assert_true(strlen(text) > HELM_FAILURE_MAX - 4);
    assert_true(str_utf8_valid(text, strlen(text)));
    proc_result_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(install_takes_values_on_its_input),
        cmocka_unit_test(values_files_come_before),
        cmocka_unit_test(uninstall_and_rollback),
        cmocka_unit_test(names_cannot_be_options),
        cmocka_unit_test(helm_dies_with_its_starter),
        cmocka_unit_test(records_say_what_helm_did),
        cmocka_unit_test(failures_read_as_one_line),
        cmocka_unit_test(long_failures_are_cut_between_characters),
    };
    return cmocka_run_group_tests_name("helm", tests, make_program, remove_program);
}
