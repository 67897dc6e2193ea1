/* The fleet as a whole: what the cluster can give. */
#include <jansson.h>
#include <stdio.h>

#include "commands.h"
#include "store/capacity.h"

#define MIB (1024.0 * 1024)

static json_t *usage_json(int64_t pods, int64_t cpu_milli, int64_t memory)
{
    return json_pack("{s:I, s:I, s:I}", "pods", (json_int_t)pods, "cpu_milli",
                     (json_int_t)cpu_milli, "memory", (json_int_t)memory);
}

static json_t *capacity_json(const struct capacity *c, bool known)
{
    size_t n;
    const struct need *needs = need_all(&n);
    json_t *kinds = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            kinds, json_pack("{s:s, s:s, s:o, s:o}", "engine", needs[i].engine, "plan",
                             needs[i].plan, "asks_for",
                             usage_json(needs[i].pods, needs[i].cpu_milli, need_memory(&needs[i])),
                             "room_for",
                             known ? json_integer(capacity_room_for(c, &needs[i])) : json_null()));
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:o}", "nodes", (json_int_t)c->nodes, "there_is",
        usage_json(c->pods, c->cpu_milli, c->memory), "others_ask_for",
        usage_json(c->other_pods, c->other_cpu_milli, c->other_memory), "stores_ask_for",
        usage_json(c->store_pods, c->store_cpu_milli, c->store_memory), "kinds", kinds);
}

static void print_line(const char *what, int64_t pods, int64_t cpu_milli, int64_t memory)
{
    printf("%-24s %7.2f CPU %10.0f MiB %6lld pods\n", what, (double)cpu_milli / 1000,
           (double)memory / MIB, (long long)pods);
}

int command_capacity(struct service *s, const struct actor *who, const struct args *a,
                     struct err *err)
{
    (void)who;
    struct capacity c;
    size_t n;
    const struct need *needs = need_all(&n);
    int known = capacity_get(s, &c, err);
    if (known < 0)
        return -1;
    if (a->json) {
        json_auto_t *value = capacity_json(&c, known);
        json_dumpf(value, stdout, JSON_INDENT(2));
        putchar('\n');
        return 0;
    }
    if (!known) {
        printf("No node that takes pods was seen yet.\n");
        return 0;
    }
    printf("%lld node%s\n", (long long)c.nodes, c.nodes == 1 ? "" : "s");
    print_line("can give", c.pods, c.cpu_milli, c.memory);
    print_line("others ask for", c.other_pods, c.other_cpu_milli, c.other_memory);
    print_line("stores ask for", c.store_pods, c.store_cpu_milli, c.store_memory);
    for (size_t i = 0; i < n; i++)
        printf("room for %lld more of %s, plan %s\n", (long long)capacity_room_for(&c, &needs[i]),
               needs[i].engine, needs[i].plan);
    return 0;
}
