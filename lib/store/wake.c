#include <stddef.h>

#include "base/crash.h"
#include "base/str.h"
#include "store/service.h"
#include "sys/detach.h"
#include "sys/kick.h"

void service_wake(const struct service *s)
{
    CLEANUP_FREE char *socket = config_kick_path(s->config);
    CRASH_POINT("wake");
    if (kick_send(socket, NULL) == 0)
        return;
    /* Nobody listens: start one. Two started at once are fine, the lock lets one live. */
    const char *config = getenv("STOREWRIGHT_CONFIG");
    CLEANUP_FREE char *setting = config ? str_printf("STOREWRIGHT_CONFIG=%s", config) : NULL;
    const char *argv[] = { "reconcile", NULL };
    const char *envp[] = { "PATH=/usr/local/bin:/usr/bin:/bin", setting, NULL };
    detach_start(s->config->reconcile, argv, envp, s->config->reconcile_log, NULL);
    CRASH_POINT("woken");
}
