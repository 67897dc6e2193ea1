/* kube/quantity */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "kube/quantity.h"

static void quantities(void **state)
{
    static const struct {
        const char *text;
        int64_t milli, units;
    } rows[] = {
        { "0", 0, 0 },
        { "2", 2000, 2 },
        { "250m", 250, 1 },
        { "0.1", 100, 1 },
        { "1.5", 1500, 2 },
        { ".5", 500, 1 },
        { "100n", 1, 1 },
        { "1k", 1000000, 1000 },
        { "1Ki", 1024000, 1024 },
        { "512Mi", 536870912000, 536870912 },
        { "24560184Ki", 25149628416000, 25149628416 },
        { "1e3", 1000000, 1000 },
        { "12E2", 1200000, 1200 },
        { "1E", INT64_MAX, 1000000000000000000 },
        { "8Ei", INT64_MAX, INT64_MAX },
        { "99999999999999999999999", INT64_MAX, INT64_MAX },
        /* no quantities */
        { NULL, -1, -1 },
        { "", -1, -1 },
        { "m", -1, -1 },
        { ".", -1, -1 },
        { "1.2.3", -1, -1 },
        { "-1", -1, -1 },
        { "0x10", -1, -1 },
        { "inf", -1, -1 },
        { "1 Gi", -1, -1 },
        { "1Gib", -1, -1 },
        { "1e", -1, -1 },
        { "1e+-", -1, -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (quantity_milli(rows[i].text) != rows[i].milli ||
            quantity_units(rows[i].text) != rows[i].units)
            fail_msg("%s: %lld thousandths, %lld units", rows[i].text ? rows[i].text : "NULL",
                     (long long)quantity_milli(rows[i].text),
                     (long long)quantity_units(rows[i].text));
    }
}

#define ASKS(cpu, memory) "{'resources': {'requests': {'cpu': '" cpu "', 'memory': '" memory "'}}}"

static struct demand demand(const char *spec)
{
    char text[2048];
    snprintf(text, sizeof(text), "{\"spec\": %s}", spec);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_auto_t *pod = json_loads(text, 0, NULL);
    assert_non_null(pod);
    struct demand d;
    demand_of_pod(pod, &d);
    return d;
}

static void assert_demand(const char *spec, int64_t cpu_milli, int64_t memory)
{
    struct demand d = demand(spec);
    assert_int_equal(d.cpu_milli, cpu_milli);
    assert_int_equal(d.memory, memory);
}

static void what_a_pod_asks_for(void **state)
{
    (void)state;
    assert_demand("{}", 0, 0);
    assert_demand("{'containers': [{'name': 'a'}]}", 0, 0);
    assert_demand("{'containers': [" ASKS("100m", "1k") ", " ASKS("1", "2k") "]}", 1100, 3000);
    /* The largest of those that run one after another counts when it is more. */
    assert_demand("{'containers': [" ASKS("100m", "5k") "], 'initContainers': [" ASKS(
                      "2", "1k") ", " ASKS("1", "3k") "]}",
                  2000, 5000);
    /* A sidecar stays. */
    assert_demand("{'containers': [" ASKS(
                      "1", "1k") "], 'initContainers': [{'restartPolicy': "
                                 "'Always', 'resources': {'requests': {'cpu': '1'}}}, " ASKS(
                                     "500m", "1k") "]}",
                  2000, 1000);
    assert_demand("{'containers': [" ASKS("1", "1k") "], 'overhead': {'cpu': '250m'}}", 1250, 1000);
    assert_demand("{'containers': [" ASKS("many", "-1") "]}", 0, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities),
        cmocka_unit_test(what_a_pod_asks_for),
    };
    return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
