/* SQLite: open, migrate, and the named statements of sql/. The only place that knows sqlite3.h.
 * WAL, synchronous=FULL, foreign keys on, busy timeout 5 s. One struct db a thread. Statements are
 * named by enum sql_id (generated from sql/statements.sql); nothing composes SQL. */
#ifndef SW_DB_DB_H
#define SW_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sql_table.h" /* generated: enum sql_id */

#define DB_APPLICATION_ID 0x53575254 /* "SWRT", PRAGMA application_id */
#define DB_BUSY_TIMEOUT_MS 5000

struct db;
struct stmt;

/* Opens or makes the file (0600) and migrates it to the newest schema.
 * ERR_UNSUPPORTED: its schema is newer than this program; ERR_CORRUPT: it is not a Storewright
 * database; ERR_UNAVAILABLE: locked, read-only or the disk is full. */
int db_open(struct db **out, const char *path, struct err *err);
void db_close(struct db *db);
/* Is the file that was opened no longer the one of that name? Whoever runs for long opens it anew
 * then: what it wrote would be lost. */
bool db_was_replaced(const struct db *db);
CLEANUP_POINTER(struct db, db_close)

/* Starts a statement with its parameters: one letter of types each, 'i' int64_t, 's' const char *
 * (NULL: SQL NULL), 'b' const void *, size_t. Texts must live until stmt_done. A statement is in
 * use by one caller at a time. */
int db_query(struct db *db, struct stmt **out, struct err *err, enum sql_id id, const char *types,
             ...);
/* 1: a row is there; 0: no more; -1: failed. */
int stmt_step(struct stmt *st, struct err *err);
int64_t stmt_int(struct stmt *st, int column); /* NULL reads as 0 */
const char *stmt_text(struct stmt *st,
                      int column); /* NULL reads as ""; lives until the next step or stmt_done */
const void *stmt_blob(struct stmt *st, int column, size_t *n);
bool stmt_is_null(struct stmt *st, int column);
/* Index of the column of that name; -1: none. */
int stmt_column(struct stmt *st, const char *name);
void stmt_done(struct stmt *st); /* NULL is fine */
CLEANUP_POINTER(struct stmt, stmt_done)

/* Runs a statement that gives no rows. Returns how many rows were changed, or -1. */
int db_exec(struct db *db, struct err *err, enum sql_id id, const char *types, ...);
/* The first column of the first row; ERR_NOT_FOUND when there is none. */
int db_int(struct db *db, int64_t *out, struct err *err, enum sql_id id, const char *types, ...);
int64_t db_last_rowid(struct db *db);

/* BEGIN IMMEDIATE ... COMMIT. A transaction that was not committed when it leaves scope is rolled
 * back: CLEANUP(db_transaction_end) struct db_transaction tx = { 0 }; if (db_begin(db, &tx, err) <
 * 0) return -1; ... return db_commit(&tx, err); */
struct db_transaction {
    struct db *db;
};
int db_begin(struct db *db, struct db_transaction *tx, struct err *err);
int db_commit(struct db_transaction *tx, struct err *err);
void db_transaction_end(struct db_transaction *tx);

/* Prepares every named statement; for tests. */
int db_prepare_all(struct db *db, struct err *err);

#endif
