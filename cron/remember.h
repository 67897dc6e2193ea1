/* What the cluster is given to remember of a store as time goes on, so that a lost database can be
 * made again from it. */
#ifndef SW_CRON_REMEMBER_H
#define SW_CRON_REMEMBER_H

#include "world.h"

/* Notes on the namespace when the store was first ready, if that is not there yet. */
void remember_ready(struct tracked *t);

#endif
