/* lib/sys/proc with real children. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "sys/proc.h"

static const char *const env[] = { "PATH=/usr/bin:/bin", "GREETING=hello", NULL };

static struct proc_spec shell(const char *const argv[4])
{
    return (struct proc_spec) { .path = "/bin/sh", .argv = argv, .envp = env, .output_max = 65536 };
}

#define SH(script) shell((const char *const[]) { "sh", "-c", (script), NULL })

static struct proc_result run(struct proc_spec spec)
{
    struct proc_result r;
    struct err err = { 0 };
    if (proc_run(&spec, &r, &err) < 0)
        fail_msg("%s", err.msg);
    return r;
}

static void expect(struct proc_spec spec, int exit_status, const char *out, const char *err_out)
{
    struct proc_result r = run(spec);
    assert_int_equal(r.exit_status, exit_status);
    assert_int_equal(r.term_signal, 0);
    assert_false(r.timed_out);
    assert_int_equal(proc_succeeded(&r), exit_status == 0);
    assert_string_equal(buf_text(&r.out), out);
    assert_string_equal(buf_text(&r.err_out), err_out);
    proc_result_free(&r);
}

static int64_t pid_in(const struct buf *b)
{
    return strtol(buf_text(b), NULL, 10);
}

/* Gone, or a zombie that init has not fetched yet. */
static bool is_gone(int64_t pid)
{
    for (int i = 0; i < 100; i++) {
        CLEANUP_FREE char *path = str_printf("/proc/%lld/stat", (long long)pid);
        CLEANUP_FCLOSE FILE *f = fopen(path, "re");
        char state = 'X';
        if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1 || state == 'Z' || state == 'X')
            return true;
        usleep(20000);
    }
    return false;
}

static void result_says_how_it_ended(void **state)
{
    (void)state;
    expect(SH("echo out; echo err >&2"), 0, "out\n", "err\n");
    expect(SH("exit 7"), 7, "", "");
    expect(SH("echo $GREETING; set | grep -c HOME"), 1, "hello\n0\n", "");
    struct proc_result r = run(SH("kill -9 $$"));
    assert_int_equal(r.exit_status, -1);
    assert_int_equal(r.term_signal, SIGKILL);
    assert_false(proc_succeeded(&r));
    proc_result_free(&r);
}

static void impossible_children_are_errors(void **state)
{
    static const char *const argv[] = { "x", NULL };
    static const char *const none[] = { NULL };
    struct {
        struct proc_spec spec;
        enum err_code code;
    } cases[] = {
        { { .path = "/no/such/program", .argv = argv }, ERR_NOT_FOUND },
        { { .path = "/etc/passwd", .argv = argv }, ERR_FORBIDDEN },
        { { .path = "/bin/true", .argv = argv, .dir = "/no/such/dir" }, ERR_NOT_FOUND },
        { { .path = "true", .argv = argv }, ERR_INVALID },
        { { .path = NULL, .argv = argv }, ERR_INVALID },
        { { .path = "/bin/true", .argv = none }, ERR_INVALID },
        { { .path = "/bin/true", .argv = NULL }, ERR_INVALID },
        { { .path = "/bin/true", .argv = argv, .timeout_ms = -1 }, ERR_INVALID },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct proc_result r;
        assert_int_equal(proc_run(&cases[i].spec, &r, &err), -1);
        assert_int_equal(err.code, cases[i].code);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void directory_and_missing_environment(void **state)
{
    (void)state;
    struct proc_spec spec = SH("pwd");
    spec.dir = "/usr/bin";
    expect(spec, 0, "/usr/bin\n", "");
    const char *const argv[] = { "env", NULL };
    struct proc_spec bare = { .path = "/usr/bin/env", .argv = argv, .output_max = 1000 };
    expect(bare, 0, "", "");
}

static void child_has_only_its_descriptors(void **state)
{
    (void)state;
    int leaky = open("/dev/null", O_RDONLY); /* a library that forgot CLOEXEC */
    assert_true(leaky > 2);
    expect(SH("ls -1 /proc/self/fd | wc -l"), 0, "4\n", ""); /* 0 1 2 and ls's own */
    close(leaky);
    expect(SH("readlink /proc/self/fd/0"), 0, "/dev/null\n", "");
}

static void missing_standard_descriptors_do_no_harm(void **state)
{
    (void)state;
    int in = dup(0), out = dup(1), err = dup(2);
    close(0);
    close(1);
    close(2);
    struct proc_spec spec = SH("cat; echo err >&2");
    spec.input = "in";
    spec.input_len = 2;
    struct proc_result r = { 0 };
    int started = proc_run(&spec, &r, NULL);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    close(in);
    close(out);
    close(err);
    assert_int_equal(started, 0);
    assert_string_equal(buf_text(&r.out), "in");
    assert_string_equal(buf_text(&r.err_out), "err\n");
    proc_result_free(&r);
}

static void signals_are_as_a_shell_has_them(void **state)
{
    (void)state;
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    sigset_t usr1, mask;
    sigaction(SIGPIPE, &ignore, &before);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, &mask);
    /* Bits 31 and 32 are libc's own, which posix_spawn does not touch. */
    expect(SH("while read name mask; do case $name in Sig[BI][lg][kn]:) "
              "echo $name $((0x$mask & 0x7fffffff));; esac; done </proc/$$/status"),
           0, "SigBlk: 0\nSigIgn: 0\n", "");
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGPIPE, &before, NULL);
}

static void big_input_goes_through(void **state)
{
    enum { N = 5000000 };
    (void)state;
    char *input = malloc(N);
    memset(input, 'a', N);
    struct proc_spec spec = SH("wc -c");
    spec.input = input;
    spec.input_len = N;
    expect(spec, 0, "5000000\n", "");
    /* It is copied: free it while the child runs. */
    struct proc *p = NULL;
    assert_int_equal(proc_start(&p, &spec, NULL), 0);
    free(input);
    while (!proc_pump(p))
        usleep(1000);
    assert_string_equal(buf_text(&proc_result(p)->out), "5000000\n");
    proc_free(p);
    spec.input = "";
    spec.input_len = 0;
    expect(spec, 0, "0\n", "");
}

static void unread_input_is_no_error(void **state)
{
    enum { N = 1000000 };
    (void)state;
    char *input = calloc(1, N);
    struct proc_spec spec = SH("exec <&-; sleep 0.2; echo done");
    spec.input = input;
    spec.input_len = N;
    expect(spec, 0, "done\n", ""); /* SIGPIPE would have ended this test */
    free(input);
    sigset_t pending;
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
}

static void output_keeps_to_its_ceiling(void **state)
{
    (void)state;
    struct proc_spec spec = SH("seq 1 100000; echo end; seq 1 100000 >&2; echo end >&2");
    spec.output_max = 10;
    struct proc_result r = run(spec);
    assert_string_equal(buf_text(&r.out), "1\n2\n3\n4\n5\n");
    assert_true(r.out.overflow);
    proc_result_free(&r);
    spec.keep_tail = true;
    r = run(spec);
    assert_string_equal(buf_text(&r.out), "00000\nend\n");
    assert_string_equal(buf_text(&r.err_out), "00000\nend\n");
    assert_true(r.out.overflow && r.err_out.overflow);
    proc_result_free(&r);
    /* Bytes that come in small pieces. */
    struct proc_spec drip = SH("for i in 1 2 3 4 5 6; do printf abc$i; sleep 0.02; done");
    drip.keep_tail = true;
    drip.output_max = 10;
    r = run(drip);
    assert_string_equal(buf_text(&r.out), "c4abc5abc6");
    proc_result_free(&r);
    drip.output_max = 24;
    r = run(drip);
    assert_false(r.out.overflow);
    proc_result_free(&r);
    drip.output_max = 0;
    r = run(drip);
    assert_string_equal(buf_text(&r.out), "");
    assert_true(r.out.overflow);
    proc_result_free(&r);
}

static void deadline_ends_it(void **state)
{
    (void)state;
    struct proc_spec spec = SH("echo begun; exec sleep 30");
    spec.timeout_ms = 200;
    struct proc_result r = run(spec);
    assert_true(r.timed_out);
    assert_int_equal(r.term_signal, SIGTERM);
    assert_string_equal(buf_text(&r.out), "begun\n");
    assert_in_range(r.took_ms, 190, 2000);
    assert_false(proc_succeeded(&r));
    proc_result_free(&r);
    /* One that ends in good order on SIGTERM has still passed its deadline. */
    spec = SH("trap 'exit 0' TERM; while :; do sleep 0.05; done");
    spec.timeout_ms = 200;
    r = run(spec);
    assert_true(r.timed_out);
    assert_int_equal(r.exit_status, 0);
    assert_false(proc_succeeded(&r));
    proc_result_free(&r);
}

static void deaf_children_are_killed(void **state)
{
    (void)state;
    struct proc_spec spec = SH("trap '' TERM; while :; do sleep 0.1; done");
    spec.timeout_ms = 100;
    struct proc_result r = run(spec);
    assert_true(r.timed_out);
    assert_int_equal(r.term_signal, SIGKILL);
    assert_in_range(r.took_ms, PROC_KILL_GRACE_MS, PROC_KILL_GRACE_MS + 2000);
    proc_result_free(&r);
}

static void grandchildren_do_not_keep_the_pipe(void **state)
{
    (void)state;
    int64_t began = time_mono_ms();
    struct proc_result r = run(SH("sleep 30 & echo $!; exit 3"));
    assert_int_equal(r.exit_status, 3);
    assert_in_range(time_mono_ms() - began, PROC_DRAIN_MS, PROC_DRAIN_MS + 2000);
    assert_true(is_gone(pid_in(&r.out)));
    proc_result_free(&r);
    /* In a group of its own it is left alone, and not waited for. */
    began = time_mono_ms();
    r = run(SH("setsid sleep 5 & echo $!; exit 0"));
    assert_int_equal(r.exit_status, 0);
    assert_true(time_mono_ms() - began < PROC_DRAIN_MS + 2000);
    kill((pid_t)pid_in(&r.out), SIGKILL);
    proc_result_free(&r);
}

static void quiet_leftovers_are_ended_too(void **state)
{
    (void)state;
    struct proc_result r = run(SH("sleep 30 >/dev/null 2>&1 & echo $!"));
    assert_int_equal(r.exit_status, 0);
    assert_true(is_gone(pid_in(&r.out)));
    proc_result_free(&r);
}

static struct proc *start(struct proc_spec spec)
{
    struct proc *p = NULL;
    struct err err = { 0 };
    if (proc_start(&p, &spec, &err) < 0)
        fail_msg("%s", err.msg);
    return p;
}

/* Returns the number of rounds; every wait is bounded by what proc_pollfds says. */
static int pump_to_the_end(struct proc *p)
{
    int rounds = 0;
    while (!proc_pump(p)) {
        struct pollfd fds[PROC_POLL_FDS];
        int64_t wake_at;
        int n = proc_pollfds(p, fds, &wake_at);
        assert_in_range(n, 1, PROC_POLL_FDS);
        int64_t left = wake_at == INT64_MAX ? 10000 : wake_at - time_mono_ms();
        assert_true(poll(fds, (nfds_t)n, (int)(left < 0 ? 0 : left)) >= 0);
        rounds++;
    }
    return rounds;
}

static void stopping_and_killing(void **state)
{
    (void)state;
    struct proc *p = start(SH("sleep 30"));
    assert_int_equal(proc_pump(p), 0);
    proc_stop(p);
    proc_stop(p);
    assert_true(pump_to_the_end(p) < 20);
    assert_int_equal(proc_result(p)->term_signal, SIGTERM);
    assert_false(proc_result(p)->timed_out);
    assert_int_equal(proc_pump(p), 1); /* and again */
    proc_stop(p);
    proc_free(p);

    p = start(SH("echo $$; sleep 30 & wait"));
    int64_t pid = proc_pid(p);
    proc_free(p);
    assert_int_equal(kill((pid_t)pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    proc_free(NULL);
}

static void the_loop_sleeps_while_nothing_happens(void **state)
{
    (void)state;
    struct proc *p = start(SH("sleep 0.3; echo x; exec >&- 2>&-; sleep 0.3; exit 4"));
    assert_true(pump_to_the_end(p) < 12);
    assert_int_equal(proc_result(p)->exit_status, 4);
    assert_string_equal(buf_text(&proc_result(p)->out), "x\n");
    proc_free(p);
}

static int open_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void nothing_leaks(void **state)
{
    (void)state;
    int before = open_descriptors();
    for (int i = 0; i < 20; i++) {
        struct proc_result r = run(SH("echo x"));
        proc_result_free(&r);
        struct proc_spec bad = SH("true");
        bad.path = "/no/such/program";
        bad.input = "x";
        bad.input_len = 1;
        assert_int_equal(proc_run(&bad, &r, NULL), -1);
        proc_free(start(SH("sleep 30")));
    }
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void endless_output_does_not_keep_the_loop(void **state)
{
    (void)state;
    struct proc_spec spec = SH("exec cat /dev/zero");
    spec.timeout_ms = 300;
    struct proc_result r = run(spec);
    assert_true(r.timed_out);
    assert_true(r.out.overflow);
    assert_int_equal(r.out.len, 65536);
    proc_result_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_says_how_it_ended),
        cmocka_unit_test(impossible_children_are_errors),
        cmocka_unit_test(directory_and_missing_environment),
        cmocka_unit_test(child_has_only_its_descriptors),
        cmocka_unit_test(missing_standard_descriptors_do_no_harm),
        cmocka_unit_test(signals_are_as_a_shell_has_them),
        cmocka_unit_test(big_input_goes_through),
        cmocka_unit_test(unread_input_is_no_error),
        cmocka_unit_test(output_keeps_to_its_ceiling),
        cmocka_unit_test(deadline_ends_it),
        cmocka_unit_test(deaf_children_are_killed),
        cmocka_unit_test(grandchildren_do_not_keep_the_pipe),
        cmocka_unit_test(quiet_leftovers_are_ended_too),
        cmocka_unit_test(stopping_and_killing),
        cmocka_unit_test(the_loop_sleeps_while_nothing_happens),
        cmocka_unit_test(nothing_leaks),
        cmocka_unit_test(endless_output_does_not_keep_the_loop),
    };
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
