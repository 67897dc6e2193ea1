/* Stores as the cluster remembers them: by the labels and annotations of their namespaces and the
 * values of their releases. So a lost database is made again, and a namespace without a row is
 * taken in. */
#ifndef SW_STORE_RECOVER_H
#define SW_STORE_RECOVER_H

#include <jansson.h>

#include "store/service.h"

/* Labels and annotations of a store's namespace. */
#define LABEL_UID "storewright.io/uid"
#define LABEL_STORE "storewright.io/store"
#define LABEL_ENGINE "storewright.io/engine"
#define LABEL_MANAGED_BY "app.kubernetes.io/managed-by"
#define MANAGED_BY "storewright"
#define ANNOTATION_OWNER "storewright.io/owner"
#define ANNOTATION_CREATED "storewright.io/created-at"
#define ANNOTATION_READY "storewright.io/ready-at" /* first time it was ready */

/* Reads a namespace and the answer to helm_records_path. Fills in out (cleared by the caller); what
 * is not in the cluster stays 0. The values are checked as those of a form are: anybody who may
 * write there can have written them. -1: ERR_NOT_FOUND (no release, so nothing is known but the
 * name), ERR_INVALID, ERR_CORRUPT. */
int recover_read(json_t *ns, json_t *records, const struct config *config, struct store *out,
                 struct err *err);

/* The least that a row takes, for a namespace that is only to be removed. ERR_INVALID when its name
 * is no store ID or it carries no uid. */
int recover_read_least(json_t *ns, const struct config *config, struct store *out, struct err *err);

/* Adds the row, its operation (a look at the store, or its removal), event and audit row; an
 * account for its owner, who is invited, if there is none of that name. 0; -1 with ERR_EXISTS when
 * a living store has the ID, the host or the uid. who: for the audit log. */
int recover_insert(struct service *s, const struct actor *who, const struct store *store,
                   bool remove, struct err *err);

/* Lists the cluster's namespaces and recovers every store that has no row. Blocking, for storectl.
 * tell is called for each namespace that carries our labels: err NULL for one that was recovered
 * (or, known, had a row). Returns 0, or -1 when the cluster or the database failed. */
typedef void (*recover_fn)(void *arg, const char *id, bool known, const struct err *err);
int recover_all(struct service *s, const struct actor *who, recover_fn tell, void *arg,
                struct err *err);

#endif
