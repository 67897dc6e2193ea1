/* The fleet as a whole, for its admins: what is in the cluster and fits no row, what is in the rows
 * and not in the cluster. Nothing of it is mended by itself where data could be lost: a person says
 * what becomes of each, and the reconciler does it. */
#ifndef SW_STORE_FLEET_H
#define SW_STORE_FLEET_H

#include "store/service.h"

struct orphan {
    char *ns, *store_uid, *engine, *owner; /* owned; engine and owner "" when nothing says */
    bool release; /* a store's release in a namespace without its uid; else a namespace with a uid
                     that no row has */
    int64_t seen_at;
    char *wish, *answer; /* "adopt", "remove" or ""; why the last one could not be fulfilled */
};
struct orphan_list {
    struct orphan *items;
    size_t count;
};
void orphan_list_clear(struct orphan_list *l);

/* By namespace. ERR_FORBIDDEN for who is no admin. */
int fleet_orphans(struct service *s, const struct actor *who, struct orphan_list *out,
                  struct err *err);

/* Stores whose namespace, or one of whose volumes, is missing; by ID, at most STORE_PAGE_SIZE of
 * them (has_older: there are more). ERR_FORBIDDEN for who is no admin. */
int fleet_missing(struct service *s, const struct actor *who, struct store_page *out,
                  struct err *err);

/* Was something found under this name? 0; -1 with ERR_NOT_FOUND, ERR_FORBIDDEN. */
int fleet_find(struct service *s, const struct actor *who, const char *ns, struct err *err);

/* Takes it in: a namespace gets its row again, a release's namespace its label. */
int fleet_adopt(struct service *s, const struct actor *who, const char *ns, struct err *err);
/* Removes the namespace and everything in it. confirm must be its name. ERR_UNSUPPORTED for a
 * release: its namespace is not ours. */
int fleet_remove(struct service *s, const struct actor *who, const char *ns, const char *confirm,
                 struct err *err);
/* Both: ERR_NOT_FOUND when nothing of that name was found in the cluster. */

#endif
