#include "store/audit.h"

#include "base/timeutil.h"

int audit_add(struct db *db, const struct actor *who, const char *action, const char *object,
              bool ok, const char *detail, struct err *err)
{
    return db_exec(db, err, SQL_AUDIT_INSERT, "iissssss", time_wall_ms(), who->account_id,
                   who->name, who->address, action, object, ok ? "ok" : "refused", detail);
}
