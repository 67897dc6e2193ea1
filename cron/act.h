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

/* Starts a call and notes it; done begins with act_call_ended. body is borrowed. */
void act_start_call(struct tracked *t, enum call call, const char *method, const char *path,
                    json_t *body, kube_done_fn done);
/* Every call ends here: the store is decided again; a failure makes its calls wait a little. */
void act_call_ended(struct tracked *t, enum call call, const struct err *failed);

/* Looks for why the store is not ready (cause.c), now and then. */
void cause_look(struct tracked *t);
/* A fresh start: what was found before counts no longer. */
void cause_forget(struct tracked *t);

/* Asks the shop through the ingress, as a visitor would (probe.c). */
void probe_start(struct tracked *t);
/* The pods are not ready (any more): what was answered before counts no longer. */
void probe_forget(struct tracked *t);

#endif
