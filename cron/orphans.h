/* What is in the cluster and fits no row: namespaces that carry a store's uid, releases in
 * namespaces that do not. They are only written down; a person says what becomes of each, and then
 * it is done here. */
#ifndef SW_CRON_ORPHANS_H
#define SW_CRON_ORPHANS_H

#include "world.h"

/* A namespace was seen; entry is up to date but for what is noted here. */
void orphans_see_namespace(struct world *w, struct namespace_entry *entry, json_t *ns);
/* The web server's Deployment of some release was seen, or went. */
void orphans_see_release(struct world *w, json_t *deployment, bool there);

/* With each turn: writes down what has changed, and goes on with what persons want. Trouble is
 * logged, and tried again. */
void orphans_turn(struct world *w);
/* Is anything wanted that is not done yet? */
bool orphans_busy(const struct world *w);
void orphans_free(struct world *w);

#endif
