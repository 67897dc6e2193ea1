/* A database file in a directory of its own, and ways to it past lib/db. */
#ifndef SW_TESTS_DB_PLACE_H
#define SW_TESTS_DB_PLACE_H

#include <sqlite3.h>

#include "db/db.h"
#include "scratch.h"

struct place {
    char *dir, *path;
};

static inline int make_place(void **state)
{
    struct place *p = malloc(sizeof(*p));
    p->dir = scratch_make();
    p->path = str_printf("%s/storewright.db", p->dir);
    *state = p;
    return 0;
}

static inline int remove_place(void **state)
{
    struct place *p = *state;
    scratch_remove(p->dir);
    free(p->path);
    free(p);
    return 0;
}

static inline struct db *opened(const char *path)
{
    struct db *db = NULL;
    struct err err = { 0 };
    if (db_open(&db, path, &err) < 0)
        fail_msg("%s", err.msg);
    return db;
}

/* SQL of the test's own, past lib/db. */
static inline void raw(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(handle, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(handle);
}

static inline int64_t raw_int(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(handle);
    return n;
}

static inline int add_account(struct db *db, const char *name, struct err *err)
{
    return db_exec(db, err, SQL_ACCOUNT_INSERT, "sssis", name, "member", "hash", (int64_t)1, "");
}

static inline int64_t accounts(struct db *db)
{
    int64_t n = -1;
    struct err err = { 0 };
    if (db_int(db, &n, &err, SQL_ACCOUNT_COUNT, "") < 0)
        fail_msg("%s", err.msg);
    return n;
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

#endif
