#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "base/crash.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/service.h"
#include "sys/detach.h"
#include "sys/kick.h"
#include "sys/lock.h"

#define RECONCILER_ENDS_WITHIN_MS 10000

void service_wake(const struct service *s)
{
    CLEANUP_FREE char *socket = config_kick_path(s->config);
    CRASH_POINT("wake");
    if (kick_send(socket, NULL) == 0)
        return;
    /* None runs. Where the platform has somebody to start it, that is another user's to do. */
    CLEANUP_FREE char *starter = config_start_path(s->config);
    if (kick_send(starter, NULL) == 0)
        return;
    /* Two started at once are fine, the lock lets one live. */
    const char *config = getenv("STOREWRIGHT_CONFIG");
    CLEANUP_FREE char *setting = config ? str_printf("STOREWRIGHT_CONFIG=%s", config) : NULL;
    const char *argv[] = { "reconcile", NULL };
    const char *envp[] = { "PATH=/usr/local/bin:/usr/bin:/bin", setting, NULL };
    detach_start(s->config->reconcile, argv, envp, s->config->reconcile_log, NULL);
    CRASH_POINT("woken");
}

/* The pid in the lock's file is only a hint. */
static bool is_reconciler(long pid)
{
    char name[32] = "";
    CLEANUP_FREE char *path = str_printf("/proc/%ld/comm", pid);
    CLEANUP_FCLOSE FILE *f = pid > 0 ? fopen(path, "re") : NULL;
    return f && fgets(name, sizeof(name), f) && str_eq(str_trim(name), "reconcile");
}

int service_end_reconciler(const struct service *s, struct err *err)
{
    CLEANUP_FREE char *path = config_lock_path(s->config);
    int64_t give_up = time_mono_ms() + RECONCILER_ENDS_WITHIN_MS;
    bool told = false;
    for (;;) {
        int fd = lock_acquire(path, err);
        if (fd >= 0 || (err && err->code != ERR_UNAVAILABLE))
            return fd;
        long pid = lock_holder(path);
        if (!told && is_reconciler(pid))
            told = kill((pid_t)pid, SIGTERM) == 0;
        if (time_mono_ms() > give_up)
            return err_set(err, ERR_UNAVAILABLE,
                           "a reconciler is at work and does not end (process %ld)", pid);
        nanosleep(&(struct timespec) { .tv_nsec = 20000000 }, NULL);
    }
}
