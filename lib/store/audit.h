/* The audit log: who did what, to what, with what result. Written in the transaction of the deed
 * itself, so that neither stands without the other. */
#ifndef SW_STORE_AUDIT_H
#define SW_STORE_AUDIT_H

#include "db/db.h"
#include "store/model.h"

/* action: "store.create" ...; detail: for people, never a secret; ok false: it was refused. */
int audit_add(struct db *db, const struct actor *who, const char *action, const char *object,
              bool ok, const char *detail, struct err *err);

#endif
