#include "kube/quantity.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kube/client.h"

/* The factor of a suffix; 0: there is no such suffix. */
static long double factor_of(const char *suffix)
{
    static const struct {
        const char *suffix;
        long double factor;
    } table[] = {
        { "", 1 },         { "n", 1e-9L },    { "u", 1e-6L },    { "m", 1e-3L },
        { "k", 1e3L },     { "M", 1e6L },     { "G", 1e9L },     { "T", 1e12L },
        { "P", 1e15L },    { "E", 1e18L },    { "Ki", 1024.0L }, { "Mi", 1048576.0L },
        { "Gi", 0x1p30L }, { "Ti", 0x1p40L }, { "Pi", 0x1p50L }, { "Ei", 0x1p60L },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].suffix, suffix) == 0)
            return table[i].factor;
    return 0;
}

/* strtold knows hexadecimal, "inf" and the locale's point as well: the characters are checked. */
static int64_t parse(const char *text, long double scale)
{
    size_t digits = text ? strspn(text, "0123456789.") : 0;
    if (digits == 0 || strcspn(text, "0123456789") >= digits)
        return -1;
    const char *suffix = text + digits;
    bool exponent = (*suffix == 'e' || *suffix == 'E') && suffix[1] &&
                    strspn(suffix + 1, "+-0123456789") == strlen(suffix + 1);
    char *end;
    CLEANUP_FREE char *number = exponent ? str_dup(text) : str_ndup(text, digits);
    long double value = strtold(number, &end);
    long double factor = exponent ? 1 : factor_of(suffix);
    if (*end || factor == 0)
        return -1;
    long double scaled = value * factor * scale - 1e-9L; /* what binary fractions add */
    if (scaled >= (long double)INT64_MAX)
        return INT64_MAX;
    int64_t whole = (int64_t)scaled;
    return (long double)whole < scaled ? whole + 1 : whole;
}

int64_t quantity_milli(const char *text)
{
    return parse(text, 1000);
}

int64_t quantity_units(const char *text)
{
    return parse(text, 1);
}

static int64_t sum(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Of an object with cpu and memory; nothing where there is none. */
static struct demand demand_of(json_t *requests)
{
    struct demand d = { quantity_milli(kube_get_string(requests, "cpu", NULL)),
                        quantity_units(kube_get_string(requests, "memory", NULL)) };
    return (struct demand) { most(d.cpu_milli, 0), most(d.memory, 0) };
}

static void add(struct demand *to, struct demand d)
{
    to->cpu_milli = sum(to->cpu_milli, d.cpu_milli);
    to->memory = sum(to->memory, d.memory);
}

void demand_of_pod(json_t *pod, struct demand *out)
{
    struct demand running = { 0 }, starting = { 0 }, sidecars = { 0 };
    size_t i;
    json_t *c;
    json_array_foreach(kube_get(pod, "spec", "containers", NULL), i, c)
        add(&running, demand_of(kube_get(c, "resources", "requests", NULL)));
    json_array_foreach(kube_get(pod, "spec", "initContainers", NULL), i, c) {
        struct demand d = demand_of(kube_get(c, "resources", "requests", NULL));
        /* A sidecar stays beside the init containers after it, and beside the others. */
        bool sidecar = str_eq(kube_get_string(c, "restartPolicy", NULL), "Always");
        add(&d, sidecars);
        if (sidecar)
            sidecars = d;
        starting.cpu_milli = most(starting.cpu_milli, d.cpu_milli);
        starting.memory = most(starting.memory, d.memory);
    }
    add(&running, sidecars);
    out->cpu_milli = most(running.cpu_milli, starting.cpu_milli);
    out->memory = most(running.memory, starting.memory);
    add(out, demand_of(kube_get(pod, "spec", "overhead", NULL)));
}
