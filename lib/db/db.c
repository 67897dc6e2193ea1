#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crash.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"

#define WAL_RETRY_MS 20

struct stmt {
    struct db *db;
    sqlite3_stmt *handle;
    bool in_use;
};

struct db {
    sqlite3 *handle;
    char *path;
    dev_t device; /* of the file that was opened */
    ino_t inode;
    struct stmt statements[SQL_COUNT]; /* prepared at first use */
};

static int db_fail(struct db *db, struct err *err, const char *what)
{
    int rc = sqlite3_errcode(db->handle);
    enum err_code code = ERR_INTERNAL;
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        code = ERR_UNAVAILABLE;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        code = ERR_CORRUPT;
        break;
    case SQLITE_CONSTRAINT:
        code = sqlite3_extended_errcode(db->handle) == SQLITE_CONSTRAINT_UNIQUE ||
                       sqlite3_extended_errcode(db->handle) == SQLITE_CONSTRAINT_PRIMARYKEY
                   ? ERR_EXISTS
                   : ERR_INVALID;
        break;
    default:
        break;
    }
    return err_set(err, code, "database: %s: %s", what, sqlite3_errmsg(db->handle));
}

static int run_script(struct db *db, const char *sql, const char *what, struct err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(db, err, what);
    return 0;
}

static int pragma_int(struct db *db, const char *sql, int64_t *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) != SQLITE_OK)
        return db_fail(db, err, sql);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(st, 0);
    else
        db_fail(db, err, sql);
    sqlite3_finalize(st);
    return rc == SQLITE_ROW ? 0 : -1;
}

/* One migration and its number go in together, so a cut-off one leaves nothing behind. */
static int migrate_step(struct db *db, int64_t number, struct err *err)
{
    char *mark = sqlite3_mprintf("PRAGMA user_version = %d; PRAGMA application_id = %d;",
                                 (int)number, DB_APPLICATION_ID);
    int r = run_script(db, sql_migrations[number - 1], "migration", err);
    if (r == 0)
        r = run_script(db, mark, "migration mark", err);
    sqlite3_free(mark);
    return r;
}

static int migrate_locked(struct db *db, struct err *err)
{
    int64_t version = 0, app = 0, tables = 0;
    if (pragma_int(db, "PRAGMA user_version", &version, err) < 0 ||
        pragma_int(db, "PRAGMA application_id", &app, err) < 0 ||
        pragma_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0)
        return -1;
    if (app != DB_APPLICATION_ID && (app != 0 || tables != 0))
        return err_set(err, ERR_CORRUPT, "the file is a database of another program");
    if (version > SQL_MIGRATIONS)
        return err_set(err, ERR_UNSUPPORTED,
                       "its schema has version %d and this program knows %d: install the newer "
                       "Storewright again",
                       (int)version, SQL_MIGRATIONS);
    for (int64_t next = version + 1; next <= SQL_MIGRATIONS; next++)
        if (migrate_step(db, next, err) < 0)
            return err_context(err, "migration %d", (int)next);
    return 0;
}

static int migrate(struct db *db, struct err *err)
{
    int64_t version = 0, app = 0;
    if (pragma_int(db, "PRAGMA user_version", &version, err) < 0 ||
        pragma_int(db, "PRAGMA application_id", &app, err) < 0)
        return -1;
    if (app == DB_APPLICATION_ID && version == SQL_MIGRATIONS)
        return 0;
    if (run_script(db, "BEGIN IMMEDIATE", "begin", err) < 0)
        return -1;
    if (migrate_locked(db, err) < 0) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }
    return run_script(db, "COMMIT", "commit", err);
}

/* SQLite refuses the switch of a new file to WAL at once in some moments and waits its busy timeout
 * out in others. Here it always refuses at once, so the wait is ours and has one bound. */
static int switch_to_wal(struct db *db, struct err *err)
{
    const int64_t deadline = time_mono_ms() + DB_BUSY_TIMEOUT_MS;
    sqlite3_busy_timeout(db->handle, 0);
    for (;;) {
        struct err failed = { 0 };
        if (run_script(db, "PRAGMA journal_mode = WAL", "open", &failed) == 0)
            return 0;
        if ((sqlite3_errcode(db->handle) & 0xff) != SQLITE_BUSY || time_mono_ms() >= deadline)
            return err_set(err, failed.code, "%s", failed.msg);
        sqlite3_sleep(WAL_RETRY_MS);
    }
}

static int configure(struct db *db, struct err *err)
{
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (switch_to_wal(db, err) < 0)
        return -1;
    sqlite3_busy_timeout(db->handle, DB_BUSY_TIMEOUT_MS);
    return run_script(db,
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA foreign_keys = ON;",
                      "open", err);
}

/* SQLite would make the file with the process's umask; passwords' hashes are in it. */
static int ensure_private_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    /* A disk that is read-only or full now may be put right while we run, as SQLite's own errors
     * have it. */
    if (fd < 0 && (errno == EROFS || errno == EDQUOT || errno == EIO))
        return err_set(err, ERR_UNAVAILABLE, "cannot open: %s", strerror(errno));
    if (fd < 0)
        return err_errno(err, errno, "cannot open");
    close(fd);
    return 0;
}

int db_open(struct db **out, const char *path, struct err *err)
{
    if (strcmp(path, ":memory:") != 0 && ensure_private_file(path, err) < 0)
        return err_context(err, "database %s", path);
    CLEANUP(db_close_p) struct db *db = mem_alloc(sizeof(*db));
    int rc = sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (rc != SQLITE_OK || configure(db, err) < 0 || migrate(db, err) < 0) {
        if (rc != SQLITE_OK)
            db_fail(db, err, "open");
        return err_context(err, "database %s", path);
    }
    struct stat st;
    if (stat(path, &st) == 0) {
        db->path = str_dup(path);
        db->device = st.st_dev;
        db->inode = st.st_ino;
    }
    *out = TAKE(db);
    return 0;
}

bool db_was_replaced(const struct db *db)
{
    struct stat st;
    if (!db->path)
        return false;
    if (stat(db->path, &st) < 0)
        return errno == ENOENT;
    return st.st_dev != db->device || st.st_ino != db->inode;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i].handle);
    sqlite3_close(db->handle);
    free(db->path);
    free(db);
}

static struct stmt *prepared(struct db *db, enum sql_id id, struct err *err)
{
    struct stmt *st = &db->statements[id];
    if (!st->handle) {
        st->db = db;
        if (sqlite3_prepare_v3(db->handle, sql_table[id].text, -1, SQLITE_PREPARE_PERSISTENT,
                               &st->handle, NULL) != SQLITE_OK) {
            db_fail(db, err, sql_table[id].name);
            return NULL;
        }
    }
    if (st->in_use) {
        err_set(err, ERR_INTERNAL, "database: statement %s is in use", sql_table[id].name);
        return NULL;
    }
    return st;
}

static void bind_all(struct stmt *st, const char *types, va_list ap)
{
    int index = 1;
    for (const char *t = types; *t; t++, index++) {
        if (*t == 'i') {
            sqlite3_bind_int64(st->handle, index, va_arg(ap, int64_t));
        } else if (*t == 's') {
            sqlite3_bind_text(st->handle, index, va_arg(ap, const char *), -1, SQLITE_STATIC);
        } else {
            const void *bytes = va_arg(ap, const void *);
            sqlite3_bind_blob64(st->handle, index, bytes, va_arg(ap, size_t), SQLITE_STATIC);
        }
    }
}

static int query_v(struct db *db, struct stmt **out, struct err *err, enum sql_id id,
                   const char *types, va_list ap)
{
    struct stmt *st = prepared(db, id, err);
    if (!st)
        return -1;
    if (sqlite3_bind_parameter_count(st->handle) != (int)strlen(types)) {
        err_set(err, ERR_INTERNAL, "database: statement %s takes %d parameters", sql_table[id].name,
                sqlite3_bind_parameter_count(st->handle));
        return -1;
    }
    st->in_use = true;
    bind_all(st, types, ap);
    *out = st;
    return 0;
}

int db_query(struct db *db, struct stmt **out, struct err *err, enum sql_id id, const char *types,
             ...)
{
    va_list ap;
    va_start(ap, types);
    int r = query_v(db, out, err, id, types, ap);
    va_end(ap);
    return r;
}

int stmt_step(struct stmt *st, struct err *err)
{
    int rc = sqlite3_step(st->handle);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE)
        return 0;
    return db_fail(st->db, err, sql_table[st - st->db->statements].name);
}

int64_t stmt_int(struct stmt *st, int column)
{
    return sqlite3_column_int64(st->handle, column);
}

const char *stmt_text(struct stmt *st, int column)
{
    const unsigned char *text = sqlite3_column_text(st->handle, column);
    return text ? (const char *)text : "";
}

const void *stmt_blob(struct stmt *st, int column, size_t *n)
{
    const void *bytes = sqlite3_column_blob(st->handle, column);
    *n = (size_t)sqlite3_column_bytes(st->handle, column);
    return bytes;
}

bool stmt_is_null(struct stmt *st, int column)
{
    return sqlite3_column_type(st->handle, column) == SQLITE_NULL;
}

int stmt_column(struct stmt *st, const char *name)
{
    int n = sqlite3_column_count(st->handle);
    for (int i = 0; i < n; i++)
        if (strcmp(sqlite3_column_name(st->handle, i), name) == 0)
            return i;
    return -1;
}

void stmt_done(struct stmt *st)
{
    if (!st)
        return;
    sqlite3_reset(st->handle);
    sqlite3_clear_bindings(st->handle);
    st->in_use = false;
}

int db_exec(struct db *db, struct err *err, enum sql_id id, const char *types, ...)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    va_list ap;
    va_start(ap, types);
    int r = query_v(db, &st, err, id, types, ap);
    va_end(ap);
    if (r < 0 || stmt_step(st, err) < 0)
        return -1;
    return sqlite3_changes(db->handle);
}

int db_int(struct db *db, int64_t *out, struct err *err, enum sql_id id, const char *types, ...)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    va_list ap;
    va_start(ap, types);
    int r = query_v(db, &st, err, id, types, ap);
    va_end(ap);
    if (r < 0)
        return -1;
    r = stmt_step(st, err);
    if (r == 0)
        return err_set(err, ERR_NOT_FOUND, "database: %s: no row", sql_table[id].name);
    if (r > 0)
        *out = stmt_int(st, 0);
    return r < 0 ? -1 : 0;
}

int64_t db_last_rowid(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int db_begin(struct db *db, struct db_transaction *tx, struct err *err)
{
    if (run_script(db, "BEGIN IMMEDIATE", "begin", err) < 0)
        return -1;
    tx->db = db;
    return 0;
}

int db_commit(struct db_transaction *tx, struct err *err)
{
    CRASH_POINT("commit");
    if (run_script(tx->db, "COMMIT", "commit", err) < 0)
        return -1;
    CRASH_POINT("committed");
    tx->db = NULL;
    return 0;
}

void db_transaction_end(struct db_transaction *tx)
{
    if (tx->db && !sqlite3_get_autocommit(tx->db->handle))
        sqlite3_exec(tx->db->handle, "ROLLBACK", NULL, NULL, NULL);
    tx->db = NULL;
}

int db_prepare_all(struct db *db, struct err *err)
{
    for (size_t i = 0; i < SQL_COUNT; i++)
        if (!prepared(db, (enum sql_id)i, err))
            return -1;
    return 0;
}
