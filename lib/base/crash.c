#include "base/crash.h"

#ifdef ENABLE_CRASH_POINTS

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bounds of the section, from the linker. */
extern const char *const __start_crash_points[], *const __stop_crash_points[];

static const char *wanted; /* NULL: none */
static size_t wanted_len;
static long passes_left = 1;

__attribute__((constructor)) static void read_environment(void)
{
    wanted = getenv("STOREWRIGHT_CRASH_AT");
    if (!wanted)
        return;
    if (strcmp(wanted, "list") == 0) {
        for (const char *const *p = __start_crash_points; p < __stop_crash_points; p++)
            puts(*p);
        exit(0);
    }
    wanted_len = strcspn(wanted, ":");
    if (wanted[wanted_len])
        passes_left = atol(wanted + wanted_len + 1);
}

void crash_at(const char *name)
{
    if (wanted && strlen(name) == wanted_len && strncmp(name, wanted, wanted_len) == 0 &&
        --passes_left == 0)
        raise(SIGKILL);
}

#endif
