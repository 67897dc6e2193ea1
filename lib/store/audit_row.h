/* Rows of the audit log as SQLite has them. Inside lib/store only. */
#ifndef SW_STORE_AUDIT_ROW_H
#define SW_STORE_AUDIT_ROW_H

#include "store/audit.h"

/* Fills in out (cleared by the caller) from a row that has all columns of audit. */
int audit_row_read(struct stmt *st, struct audit_row *out, struct err *err);
void audit_row_clear(struct audit_row *r);
/* ERR_CORRUPT when the column does not hold a hash. */
int audit_row_hash(struct stmt *st, int column, unsigned char out[AUDIT_HASH_LEN], struct err *err);

#endif
