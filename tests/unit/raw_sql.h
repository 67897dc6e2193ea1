/* SQL past the library: what only time, or somebody with the file in hand, would bring about. */
#ifndef SW_TESTS_RAW_SQL_H
#define SW_TESTS_RAW_SQL_H

#include <sqlite3.h>

#include "service_place.h"

/* How many rows the last statement changed. */
static inline int raw(struct place *p, const char *sql)
{
    CLEANUP_FREE char *path = str_printf("%s/storewright.db", p->dir);
    sqlite3 *handle = NULL;
    sqlite3_open(path, &handle);
    sqlite3_busy_timeout(handle, 5000);
    char *why = NULL;
    if (sqlite3_exec(handle, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    int changed = sqlite3_changes(handle);
    sqlite3_close(handle);
    return changed;
}

/* The first column of the first row. */
static inline int64_t raw_int(struct place *p, const char *sql)
{
    CLEANUP_FREE char *path = str_printf("%s/storewright.db", p->dir);
    sqlite3 *handle = NULL;
    sqlite3_stmt *st = NULL;
    sqlite3_open(path, &handle);
    sqlite3_busy_timeout(handle, 5000);
    if (sqlite3_prepare_v2(handle, sql, -1, &st, NULL) != SQLITE_OK ||
        sqlite3_step(st) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    int64_t value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(handle);
    return value;
}

#endif
