/* What the nodes can give to stores: seen by the reconciler, written down for the forms. */
#ifndef SW_CRON_CAPACITY_H
#define SW_CRON_CAPACITY_H

#include "world.h"

void capacity_see_node(struct world *w, json_t *node);
void capacity_node_gone(struct world *w, json_t *node);
/* A pod that is no store's. */
void capacity_see_pod(struct world *w, json_t *pod);
void capacity_pod_gone(struct world *w, json_t *pod);

/* Writes it down when it has changed. Trouble is logged, and it is tried again with the next
 * change. */
void capacity_write(struct world *w);
void capacity_free(struct world *w);

#endif
