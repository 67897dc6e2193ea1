#include "base/timeutil.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t time_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t time_mono_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

char *time_rfc3339(int64_t wall_ms, char out[TIME_RFC3339_MAX])
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    if (!gmtime_r(&t, &tm) || !strftime(out, TIME_RFC3339_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm))
        out[0] = '\0';
    return out;
}

char *time_rfc3339_ms(int64_t wall_ms, char out[TIME_RFC3339_MAX])
{
    time_rfc3339(wall_ms, out);
    size_t n = strlen(out);
    if (n > 0)
        snprintf(out + n - 1, TIME_RFC3339_MAX - n + 1, ".%03dZ", (int)(wall_ms % 1000));
    return out;
}

int time_parse_rfc3339(const char *s, int64_t *wall_ms)
{
    struct tm tm = { 0 };
    const char *rest = s ? strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (!rest)
        return -1;
    int64_t ms = 0;
    if (*rest == '.') {
        int64_t unit = 100;
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
            ms += (*rest - '0') * unit;
    }
    if (strcmp(rest, "Z") != 0)
        return -1;
    *wall_ms = (int64_t)timegm(&tm) * 1000 + ms;
    return 0;
}

char *time_span(int64_t ms, char out[TIME_SPAN_MAX])
{
    if (ms < 0)
        ms = 0;
    long long s = ms / 1000;
    if (ms < 1000)
        snprintf(out, TIME_SPAN_MAX, "%d ms", (int)ms);
    else if (s < 60)
        snprintf(out, TIME_SPAN_MAX, "%d.%d s", (int)s, (int)(ms % 1000 / 100));
    else if (s < 3600)
        snprintf(out, TIME_SPAN_MAX, "%d min %d s", (int)(s / 60), (int)(s % 60));
    else if (s < 86400)
        snprintf(out, TIME_SPAN_MAX, "%d h %d min", (int)(s / 3600), (int)(s % 3600 / 60));
    else
        snprintf(out, TIME_SPAN_MAX, "%lld d %d h", s / 86400, (int)(s % 86400 / 3600));
    return out;
}
