/* What persons want done with what belongs to no store: taken in, or removed. One at a time. */
#ifndef SW_CRON_WISHES_H
#define SW_CRON_WISHES_H

#include "world.h"

void wishes_turn(struct world *w);
void wishes_free(struct world *w);

#endif
