#include "store/row.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int64_t int_of(struct stmt *st, const char *column)
{
    return stmt_int(st, stmt_column(st, column));
}

static char *text_of(struct stmt *st, const char *column)
{
    return str_dup(stmt_text(st, stmt_column(st, column)));
}

int row_read_store(struct stmt *st, struct store *out, struct err *err)
{
    const char *status = stmt_text(st, stmt_column(st, "status"));
    if (store_status_parse(status, &out->status) < 0)
        return err_set(err, ERR_CORRUPT, "database: unknown status \"%s\"", status);
    out->seq = int_of(st, "seq");
    snprintf(out->uid, sizeof(out->uid), "%s", stmt_text(st, stmt_column(st, "uid")));
    out->id = text_of(st, "id");
    out->owner_id = int_of(st, "owner_id");
    out->owner_name = text_of(st, "owner_name");
    out->engine = text_of(st, "engine");
    out->plan = text_of(st, "plan");
    out->host = text_of(st, "host");
    out->title = text_of(st, "title");
    out->admin_email = text_of(st, "admin_email");
    out->currency = text_of(st, "currency");
    out->country = text_of(st, "country");
    out->sample_products = int_of(st, "sample_products") != 0;
    out->desired = strcmp(stmt_text(st, stmt_column(st, "desired")), "absent") == 0 ? STORE_ABSENT
                                                                                    : STORE_PRESENT;
    out->generation = int_of(st, "generation");
    out->applied_generation = int_of(st, "applied_generation");
    out->repairing = int_of(st, "repairing") != 0;
    out->cause = text_of(st, "cause");
    out->reason = text_of(st, "reason");
    out->created_at = int_of(st, "created_at");
    out->status_at = int_of(st, "status_at");
    out->observed_at = int_of(st, "observed_at");
    out->ready_at = int_of(st, "ready_at");
    out->deleted_at = int_of(st, "deleted_at");
    return 0;
}
