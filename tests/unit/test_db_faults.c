/* lib/db: what a fault of the disk, a lock or a sudden death leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/timeutil.h"
#include "db_place.h"

static void expect_unavailable(struct db *db, const char *name)
{
    struct err err = { 0 };
    int64_t before = accounts(db);
    {
        CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
        bool failed = db_begin(db, &tx, &err) < 0 || add_account(db, name, &err) < 0 ||
                      db_commit(&tx, &err) < 0;
        assert_true(failed);
    }
    assert_string_equal(err_code_name(err.code), "unavailable");
    assert_int_equal(accounts(db), before);
}

static void a_locked_file_is_unavailable_for_now(void **state)
{
    struct place *p = *state;
    CLEANUP(db_close_p) struct db *db = opened(p->path);
    sqlite3 *other = NULL;
    sqlite3_open(p->path, &other);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t began = time_mono_ms();
    expect_unavailable(db, "anna");
    assert_in_range(time_mono_ms() - began, DB_BUSY_TIMEOUT_MS - 500, DB_BUSY_TIMEOUT_MS + 5000);
    sqlite3_close(other);
    assert_int_equal(add_account(db, "anna", NULL), 1);
}

/* Whoever opens it waits once, not once for each thing that opening does. */
static void a_locked_file_is_opened_or_refused_in_time(void **state)
{
    struct place *p = *state;
    db_close(opened(p->path));
    static const char *const locks[] = { "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
                                         "BEGIN EXCLUSIVE",
                                         "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE" };
    for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
        sqlite3 *other = NULL;
        CLEANUP(db_close_p) struct db *db = NULL;
        struct err err = { 0 };
        sqlite3_open(p->path, &other);
        assert_int_equal(sqlite3_exec(other, locks[i], NULL, NULL, NULL), SQLITE_OK);
        int64_t began = time_mono_ms();
        if (db_open(&db, p->path, &err) < 0)
            assert_int_equal(err.code, ERR_UNAVAILABLE);
        assert_in_range(time_mono_ms() - began, 0, DB_BUSY_TIMEOUT_MS + 5000);
        sqlite3_close(other);
    }
}

/* Root may write what is read-only, so the rights are dropped in a child. */
static int in_child_as_nobody(int (*work)(void *), void *arg)
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
            _exit(99);
        _exit(work(arg));
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* 0: both refused as they should be. */
static int try_read_only(void *arg)
{
    struct db *db = NULL;
    struct err err = { 0 };
    if (db_open(&db, arg, &err) == 0)
        return 1;
    return err.code == ERR_FORBIDDEN || err.code == ERR_UNAVAILABLE ? 0 : 2;
}

static void a_read_only_file_is_told(void **state)
{
    struct place *p = *state;
    db_close(opened(p->path));
    chmod(p->dir, 0755);
    chmod(p->path, 0444);
    assert_int_equal(in_child_as_nobody(try_read_only, p->path), 0);
}

static void fill(const char *dir)
{
    CLEANUP_FREE char *path = str_printf("%s/filler", dir);
    CLEANUP_CLOSE int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    static const char block[4096] = "full";
    while (write(fd, block, sizeof(block)) > 0)
        continue;
}

/* A long text, so that the write-ahead log grows. */
static int add_long_account(struct db *db, struct err *err)
{
    static char hash[200000];
    memset(hash, 'h', sizeof(hash) - 1);
    return db_exec(db, err, SQL_ACCOUNT_INSERT, "sssis", "bernd", "member", hash, (int64_t)1, "");
}

static int child_on_full_disk(void *arg)
{
    struct place *p = arg;
    struct err err = { 0 };
    struct db *db = NULL;
    if (db_open(&db, p->path, &err) < 0)
        return 1;
    fill(p->dir);
    if (add_long_account(db, &err) >= 0)
        return 2;
    if (err.code != ERR_UNAVAILABLE || accounts(db) != 1)
        return 3;
    CLEANUP_FREE char *filler = str_printf("%s/filler", p->dir);
    unlink(filler);
    int done = add_long_account(db, &err);
    db_close(db);
    return done == 1 ? 0 : 4;
}

/* With RLIMIT_FSIZE: the file system says EFBIG instead of ENOSPC. */
static int child_at_file_limit(void *arg)
{
    struct place *p = arg;
    struct err err = { 0 };
    struct db *db = NULL;
    if (db_open(&db, p->path, &err) < 0)
        return 1;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit) { 100000, 100000 });
    if (add_long_account(db, &err) >= 0)
        return 2;
    int ok = err.code == ERR_UNAVAILABLE && accounts(db) == 1;
    db_close(db);
    return ok ? 0 : 3;
}

static int in_child(int (*work)(void *), void *arg)
{
    pid_t child = fork();
    if (child == 0)
        _exit(work(arg));
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_is_unavailable_for_now(void **state)
{
    struct place *p = *state;
    bool mounted = geteuid() == 0 && mount("none", p->dir, "tmpfs", 0, "size=600k") == 0;
    struct db *db = opened(p->path);
    assert_int_equal(add_account(db, "anna", NULL), 1);
    db_close(db);
    int result = in_child(mounted ? child_on_full_disk : child_at_file_limit, p);
    bool whole = raw_int(p->path, "SELECT count(*) FROM pragma_integrity_check "
                                  "WHERE integrity_check <> 'ok'") == 0;
    if (mounted)
        umount(p->dir);
    assert_int_equal(result, 0);
    assert_true(whole);
}

static void a_file_limit_is_unavailable_too(void **state)
{
    struct place *p = *state;
    struct db *db = opened(p->path);
    assert_int_equal(add_account(db, "anna", NULL), 1);
    db_close(db);
    assert_int_equal(in_child(child_at_file_limit, p), 0);
    assert_int_equal(raw_int(p->path, "SELECT count(*) FROM account"), 1);
}

/* Adds accounts two at a time, and tells after each commit which are durable, until it is killed.
 */
static _Noreturn void commit_without_end(const char *path, int tell)
{
    struct db *db = opened(path);
    for (int i = 0;; i++) {
        CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
        char a[32], b[32];
        snprintf(a, sizeof(a), "%d %d first", (int)getpid(), i);
        snprintf(b, sizeof(b), "%d %d second", (int)getpid(), i);
        if (db_begin(db, &tx, NULL) < 0 || add_account(db, a, NULL) < 0 ||
            add_account(db, b, NULL) < 0 || db_commit(&tx, NULL) < 0 || write(tell, "x", 1) != 1)
            _exit(1);
    }
}

static void death_during_a_commit_leaves_whole_ones(void **state)
{
    struct place *p = *state;
    int64_t told = 0;
    int rounds = 25;
    for (int round = 0; round < rounds; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            commit_without_end(p->path, ends[1]);
        close(ends[1]);
        usleep((useconds_t)(20000 + round * 1700));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        char c;
        while (read(ends[0], &c, 1) == 1)
            told++;
        close(ends[0]);
    }
    CLEANUP(db_close_p) struct db *db = opened(p->path);
    int64_t there = accounts(db);
    assert_true(told > 0);
    assert_int_equal(there % 2, 0);
    /* What was told is there; of what was not told, at most one commit a round. */
    assert_in_range(there / 2, told, told + rounds);
    assert_int_equal(raw_int(p->path, "SELECT count(*) FROM pragma_integrity_check "
                                      "WHERE integrity_check <> 'ok'"),
                     0);
}

static void death_during_the_first_migration_is_mended(void **state)
{
    struct place *p = *state;
    for (int round = 0; round < 20; round++) {
        CLEANUP_FREE char *path = str_printf("%s/%d.db", p->dir, round);
        pid_t child = fork();
        if (child == 0) {
            db_close(opened(path));
            _exit(0);
        }
        usleep((useconds_t)(round * 700));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        CLEANUP(db_close_p) struct db *db = opened(path);
        assert_int_equal(accounts(db), 0);
    }
}

/* One was told at once that the file is locked, in the moment of another's switch to WAL. */
static int open_and_add(const char *path, int number)
{
    struct db *db = NULL;
    char name[32];
    snprintf(name, sizeof(name), "name %d", number);
    if (db_open(&db, path, NULL) < 0)
        return 1;
    int added = add_account(db, name, NULL);
    db_close(db);
    return added == 1 ? 0 : 2;
}

static void many_open_a_new_file_at_once(void **state)
{
    struct place *p = *state;
    pid_t children[8];
    for (int i = 0; i < 8; i++)
        if ((children[i] = fork()) == 0)
            _exit(open_and_add(p->path, i));
    for (int i = 0; i < 8; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    CLEANUP(db_close_p) struct db *db = opened(p->path);
    assert_int_equal(accounts(db), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_locked_file_is_unavailable_for_now),
        IN_PLACE(a_locked_file_is_opened_or_refused_in_time),
        IN_PLACE(a_read_only_file_is_told),
        IN_PLACE(a_full_disk_is_unavailable_for_now),
        IN_PLACE(a_file_limit_is_unavailable_too),
        IN_PLACE(death_during_a_commit_leaves_whole_ones),
        IN_PLACE(death_during_the_first_migration_is_mended),
        IN_PLACE(many_open_a_new_file_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
