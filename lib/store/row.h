/* Reading store rows. Inside lib/store and the reconciler only. */
#ifndef SW_STORE_ROW_H
#define SW_STORE_ROW_H

#include "db/db.h"
#include "store/model.h"

/* Fills in out (cleared by the caller) from a row that has all columns of store and owner_name. */
int row_read_store(struct stmt *st, struct store *out, struct err *err);

#endif
