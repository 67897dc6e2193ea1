/* Writing down what was decided: status, steps, operation and timeline, each change in one
 * transaction. */
#ifndef SW_CRON_RECORD_H
#define SW_CRON_RECORD_H

#include "world.h"

/* Brings the row, the steps and the operation to what was decided, and t with them. Writes only
 * what changed. Returns 1; 0 when something newer was asked for: nothing has changed, and the rows
 * are to be read again; -1 when the database refused: nothing has changed, try again later. */
int record_decision(struct tracked *t, const struct decision *d, int64_t now, struct err *err);

/* Helm took this generation. */
void record_applied(struct tracked *t, int64_t generation);
/* Helm is about to put back what is missing. Written down: it is finished by whoever comes after a
 * crash. */
void record_repairing(struct tracked *t);
/* What was missing was put back by the release as it was; the next repair waits. */
void record_repaired(struct tracked *t);
/* A helm run failed: the next waits (decide_backoff_ms). may_pass: for the cluster's sake; it does
 * not bring the operation nearer to being given up. */
void record_helm_failed(struct tracked *t, const char *why, bool may_pass);
/* A line of the timeline; trouble is logged. level: "info", "warning", "error". */
void record_event(struct tracked *t, const char *level, const char *message);

#endif
