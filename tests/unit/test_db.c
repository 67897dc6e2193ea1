/* lib/db: opening, migrating, refusing; statements and transactions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "db_place.h"

static void expect_refused(const char *path, enum err_code code, const char *why)
{
    struct db *db = NULL;
    struct err err = { 0 };
    assert_int_equal(db_open(&db, path, &err), -1);
    assert_null(db);
    assert_string_equal(err_code_name(err.code), err_code_name(code));
    assert_non_null(strstr(err.msg, path));
    if (!strstr(err.msg, why))
        fail_msg("\"%s\" lacks \"%s\"", err.msg, why);
}

/* Opening -------------------------------------------------------------------------------------- */

static void a_new_file_is_private_and_migrated(void **state)
{
    struct place *p = *state;
    mode_t mask = umask(0);
    db_close(opened(p->path));
    umask(mask);
    struct stat st;
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(raw_int(p->path, "PRAGMA user_version"), SQL_MIGRATIONS);
    assert_int_equal(raw_int(p->path, "PRAGMA application_id"), DB_APPLICATION_ID);
    db_close(opened(p->path));
    db_close(NULL);
}

static void every_statement_is_prepared(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    struct err err = { 0 };
    if (db_prepare_all(db, &err) < 0)
        fail_msg("%s", err.msg);
    assert_true(SQL_COUNT > 50);
}

static void tables_are_strict_and_keys_are_kept(void **state)
{
    struct place *p = *state;
    CLEANUP(db_close_p) struct db *db = opened(p->path);
    assert_int_equal(raw_int(p->path, "SELECT count(*) FROM pragma_table_list "
                                      "WHERE schema = 'main' AND name NOT LIKE 'sqlite%' "
                                      "AND type = 'table' AND strict = 0"),
                     0);
    struct err err = { 0 };
    assert_int_equal(db_exec(db, &err, SQL_OPERATION_INSERT, "ssisi", "no such store", "create",
                             (int64_t)1, NULL, (int64_t)1),
                     -1);
    assert_int_equal(err.code, ERR_INVALID);
}

static void what_is_not_ours_is_refused_and_not_touched(void **state)
{
    struct place *p = *state;
    raw(p->path, "CREATE TABLE letters (a); INSERT INTO letters VALUES (7);");
    expect_refused(p->path, ERR_CORRUPT, "another program");
    assert_int_equal(raw_int(p->path, "SELECT a FROM letters"), 7);
    assert_int_equal(raw_int(p->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void another_application_id_is_refused(void **state)
{
    struct place *p = *state;
    raw(p->path, "PRAGMA application_id = 1234; CREATE TABLE a (b);");
    expect_refused(p->path, ERR_CORRUPT, "another program");
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct place *p = *state;
    FILE *f = fopen(p->path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("This is a letter. ", f);
    fclose(f);
    expect_refused(p->path, ERR_CORRUPT, "not a database");
}

static void a_newer_schema_is_refused_and_not_touched(void **state)
{
    struct place *p = *state;
    db_close(opened(p->path));
    raw(p->path, "PRAGMA user_version = 4711");
    expect_refused(p->path, ERR_UNSUPPORTED, "4711");
    assert_int_equal(raw_int(p->path, "PRAGMA user_version"), 4711);
}

static void a_place_that_is_not_there_is_told(void **state)
{
    struct place *p = *state;
    CLEANUP_FREE char *path = str_printf("%s/no/such/folder.db", p->dir);
    expect_refused(path, ERR_NOT_FOUND, "No such file");
    expect_refused(p->dir, ERR_INTERNAL, "directory");
}

/* Statements ----------------------------------------------------------------------------------- */

static void parameters_and_columns_come_through(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    struct err err = { 0 };
    assert_int_equal(add_account(db, "na\xc3\xafve", &err), 1);
    int64_t id = db_last_rowid(db);
    assert_int_equal(db_exec(db, &err, SQL_SESSION_INSERT, "biiiss", "a\0b", (size_t)3, id,
                             INT64_MAX - 1, INT64_MAX, "::1", ""),
                     1);
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    assert_int_equal(
        db_query(db, &st, &err, SQL_SESSION_FIND, "bii", "a\0b", (size_t)3, (int64_t)5, (int64_t)5),
        0);
    assert_int_equal(stmt_step(st, &err), 1);
    assert_int_equal(stmt_int(st, stmt_column(st, "id")), id);
    assert_string_equal(stmt_text(st, stmt_column(st, "name")), "na\xc3\xafve");
    assert_true(stmt_int(st, 3) == INT64_MAX - 1);
    assert_int_equal(stmt_column(st, "nothing of the kind"), -1);
    assert_int_equal(stmt_step(st, &err), 0);
}

static void null_reads_as_nothing(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    assert_int_equal(add_account(db, "a", NULL), 1);
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    assert_int_equal(db_query(db, &st, NULL, SQL_ACCOUNT_BY_NAME, "s", "A"), 0);
    assert_int_equal(stmt_step(st, NULL), 1);
    int column = stmt_column(st, "disabled_at");
    assert_true(stmt_is_null(st, column));
    assert_int_equal(stmt_int(st, column), 0);
    assert_string_equal(stmt_text(st, column), "");
    size_t n = 1;
    assert_null(stmt_blob(st, column, &n));
    assert_int_equal(n, 0);
}

static void misuse_is_an_error_not_a_crash(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    struct err err = { 0 };
    struct stmt *other = NULL;
    assert_int_equal(db_query(db, &other, &err, SQL_ACCOUNT_COUNT, "i", (int64_t)1), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    assert_int_equal(db_query(db, &st, &err, SQL_ACCOUNT_COUNT, ""), 0);
    assert_int_equal(db_query(db, &other, &err, SQL_ACCOUNT_COUNT, ""), -1);
    assert_non_null(strstr(err.msg, "in use"));
    int64_t n = 0;
    assert_int_equal(db_int(db, &n, &err, SQL_OPERATION_NEWEST, "s", "none"), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void a_name_twice_exists(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    struct err err = { 0 };
    assert_int_equal(add_account(db, "anna", &err), 1);
    assert_int_equal(add_account(db, "ANNA", &err), -1);
    assert_int_equal(err.code, ERR_EXISTS);
    assert_int_equal(accounts(db), 1);
}

static void audit_rows_are_only_added(void **state)
{
    struct place *p = *state;
    CLEANUP(db_close_p) struct db *db = opened(p->path);
    const char hash[32] = "";
    assert_int_equal(db_exec(db, NULL, SQL_AUDIT_INSERT, "iiissssssbb", (int64_t)1, (int64_t)1,
                             (int64_t)0, "a", "local", "x", "y", "ok", "", hash, sizeof(hash), hash,
                             sizeof(hash)),
                     1);
    sqlite3 *handle = NULL;
    sqlite3_open(p->path, &handle);
    assert_int_equal(sqlite3_exec(handle, "DELETE FROM audit", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(handle, "UPDATE audit SET actor = 'b'", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    sqlite3_close(handle);
}

static void half_a_transaction_is_none(void **state)
{
    (void)state;
    CLEANUP(db_close_p) struct db *db = opened(":memory:");
    for (int commit = 0; commit < 2; commit++) {
        CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
        assert_int_equal(db_begin(db, &tx, NULL), 0);
        assert_int_equal(add_account(db, "anna", NULL), 1);
        if (commit)
            assert_int_equal(db_commit(&tx, NULL), 0);
        db_transaction_end(&tx);
        assert_int_equal(accounts(db), commit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_new_file_is_private_and_migrated),
        IN_PLACE(every_statement_is_prepared),
        IN_PLACE(tables_are_strict_and_keys_are_kept),
        IN_PLACE(what_is_not_ours_is_refused_and_not_touched),
        IN_PLACE(another_application_id_is_refused),
        IN_PLACE(a_file_that_is_no_database_is_refused),
        IN_PLACE(a_newer_schema_is_refused_and_not_touched),
        IN_PLACE(a_place_that_is_not_there_is_told),
        IN_PLACE(parameters_and_columns_come_through),
        IN_PLACE(null_reads_as_nothing),
        IN_PLACE(misuse_is_an_error_not_a_crash),
        IN_PLACE(a_name_twice_exists),
        IN_PLACE(audit_rows_are_only_added),
        IN_PLACE(half_a_transaction_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
