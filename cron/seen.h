/* From what the watches deliver to the observation that decide() reads. */
#ifndef SW_CRON_SEEN_H
#define SW_CRON_SEEN_H

#include "world.h"

void seen_pod(struct tracked *t, json_t *pod);
void seen_pod_gone(struct tracked *t, json_t *pod);
void seen_clear_pods(struct tracked *t);

/* The store as it is seen now. */
void seen_observation(const struct tracked *t, int64_t now, struct observation *out);

/* Something is missing that helm has only just made: when it is missing for good, mono ms;
 * INT64_MAX: nothing is. */
int64_t seen_look_again_at(const struct tracked *t);

/* The pod whose trouble is the one being told, for reading its log; NULL: none. */
const struct pod_entry *seen_troubled_pod(const struct tracked *t);

#endif
