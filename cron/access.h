/* The reconciler's way into a namespace that it made. It has few rights in the cluster as a whole;
 * what it may do in a store's namespace it may by a RoleBinding there, which it makes itself
 * (deploy/kubernetes/access.yaml). Without reconciler_account in the configuration its kubeconfig
 * may do everything anyway, and nothing is made. */
#ifndef SW_CRON_ACCESS_H
#define SW_CRON_ACCESS_H

#include "world.h"

/* May calls be made inside the store's namespace? If not yet, what is missing is under way, and the
 * store is decided again when it is there. */
bool access_is_open(struct tracked *t);

#endif
