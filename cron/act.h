/* Doing what decide() asked for. Nothing here waits: each action starts a call or a child and notes
 * it in the store, so that it is not started twice; when it ends the store is marked dirty and
 * decided again. */
#ifndef SW_CRON_ACT_H
#define SW_CRON_ACT_H

#include "world.h"

/* actions: ACT_* bits of decide.h. now: wall ms. */
void act(struct tracked *t, unsigned actions, int64_t now);

/* At the start: says on the pages whether helm is there, whatever an earlier reconciler said. */
void act_look_for_helm(struct world *w);

/* Moves the store's running helm on, and deals with its end. */
void act_pump_helm(struct tracked *t);

/* Asks the shop through the ingress, as a visitor would (probe.c). */
void probe_start(struct tracked *t);
/* The pods are not ready (any more): what was answered before counts no longer. */
void probe_forget(struct tracked *t);

#endif
