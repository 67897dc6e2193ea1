/* Whose turn it is. An operation waits until few enough are on their way through helm; of those
 * that wait, the turn is the one's whose owner has the fewest under way and was served longest ago.
 * So somebody who asks for a hundred stores does not keep everybody else waiting for them. */
#ifndef SW_CRON_QUEUE_H
#define SW_CRON_QUEUE_H

#include "world.h"

/* Gives turns (t->admitted) while there is room; returns how many. now: wall ms. */
int queue_admit(struct world *w, int64_t now);

/* The owner's entry, made when it is not there. */
struct queue_owner *queue_owner(struct world *w, int64_t id);
void queue_free(struct world *w);

#endif
