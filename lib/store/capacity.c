#include "store/capacity.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/engine.h"

#define MIB (INT64_C(1024) * 1024)

static const struct need needs[] = {
    { "medusa", "small", 160, 440, 3, 100, 320 },
    { "medusa", "medium", 370, 800, 3, 250, 512 },
    { "medusa", "large", 1050, 1840, 3, 500, 1024 },
    { "woocommerce", "small", 76, 244, 2, 56, 148 },
    { "woocommerce", "medium", 206, 532, 2, 156, 276 },
    { "woocommerce", "large", 606, 1300, 2, 406, 768 },
};
#define NEEDS (sizeof(needs) / sizeof(needs[0]))

const struct need *need_all(size_t *count)
{
    *count = NEEDS;
    return needs;
}

const struct need *need_find(const char *engine, const char *plan)
{
    for (size_t i = 0; i < NEEDS; i++)
        if (str_eq(needs[i].engine, engine) && str_eq(needs[i].plan, plan))
            return &needs[i];
    return NULL;
}

static int add_stores(struct service *s, struct capacity *out, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    if (db_query(s->db, &st, err, SQL_STORE_COUNT_BY_KIND, "") < 0)
        return -1;
    int r;
    while ((r = stmt_step(st, err)) > 0) {
        const struct need *need = need_find(stmt_text(st, 0), stmt_text(st, 1));
        int64_t n = stmt_int(st, 2);
        if (!need)
            continue;
        out->store_pods += n * need->pods;
        out->store_cpu_milli += n * need->cpu_milli;
        out->store_memory += n * need->memory_mib * MIB;
    }
    return r;
}

int capacity_get(struct service *s, struct capacity *out, struct err *err)
{
    CLEANUP(stmt_done_p) struct stmt *st = NULL;
    memset(out, 0, sizeof(*out));
    if (db_query(s->db, &st, err, SQL_CAPACITY_GET, "") < 0)
        return -1;
    int r = stmt_step(st, err);
    if (r <= 0)
        return r;
    int64_t *const columns[] = {
        &out->nodes,          &out->pods,        &out->cpu_milli,  &out->memory,
        &out->node_cpu_milli, &out->node_memory, &out->other_pods, &out->other_cpu_milli,
        &out->other_memory,   &out->seen_at,
    };
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        *columns[i] = stmt_int(st, (int)i);
    if (add_stores(s, out, err) < 0)
        return -1;
    return out->nodes > 0;
}

const char *capacity_cpu_text(int64_t milli, char out[CAPACITY_TEXT_MAX])
{
    if (milli % 1000 == 0)
        snprintf(out, CAPACITY_TEXT_MAX, "%lld CPU", (long long)(milli / 1000));
    else
        snprintf(out, CAPACITY_TEXT_MAX, "%.2f CPU", (double)milli / 1000);
    return out;
}

const char *capacity_memory_text(int64_t bytes, char out[CAPACITY_TEXT_MAX])
{
    if (bytes < 1024 * MIB)
        snprintf(out, CAPACITY_TEXT_MAX, "%lld MiB", (long long)(bytes / MIB));
    else
        snprintf(out, CAPACITY_TEXT_MAX, "%.1f GiB", (double)bytes / (1024.0 * (double)MIB));
    return out;
}

int64_t need_memory(const struct need *need)
{
    return need->memory_mib * MIB;
}

static int64_t at_least_0(int64_t n)
{
    return n > 0 ? n : 0;
}

struct capacity capacity_left(const struct capacity *c)
{
    struct capacity left = *c;
    left.pods = at_least_0(c->pods - c->other_pods - c->store_pods);
    left.cpu_milli = at_least_0(c->cpu_milli - c->other_cpu_milli - c->store_cpu_milli);
    left.memory = at_least_0(c->memory - c->other_memory - c->store_memory);
    return left;
}

int64_t capacity_room_for(const struct capacity *c, const struct need *need)
{
    struct capacity left = capacity_left(c);
    if (need->pod_cpu_milli > c->node_cpu_milli || need->pod_memory_mib * MIB > c->node_memory)
        return 0;
    int64_t room = left.cpu_milli / need->cpu_milli;
    if (left.memory / need_memory(need) < room)
        room = left.memory / need_memory(need);
    return left.pods / need->pods < room ? left.pods / need->pods : room;
}

static int refuse(const struct capacity *c, const struct need *need, struct err *err)
{
    char cpu[32], memory[32], all_cpu[32], all_memory[32], free_cpu[32], free_memory[32];
    const struct plan *plan = plan_find(need->plan);
    struct capacity left = capacity_left(c);
    return err_set(
        err, ERR_LIMIT,
        "The cluster has no room for another store of the plan %s: it asks for %s, %s of memory "
        "and "
        "%lld pods. Of what the cluster's %lld node%s can give (%s, %s, %lld pods) %s, %s and %lld "
        "pods are left. Delete a store that is no longer needed, choose a smaller plan, or ask an "
        "administrator for another node.",
        plan ? plan->title : need->plan, capacity_cpu_text(need->cpu_milli, cpu),
        capacity_memory_text(need->memory_mib * MIB, memory), (long long)need->pods,
        (long long)c->nodes, c->nodes == 1 ? "" : "s", capacity_cpu_text(c->cpu_milli, all_cpu),
        capacity_memory_text(c->memory, all_memory), (long long)c->pods,
        capacity_cpu_text(left.cpu_milli, free_cpu), capacity_memory_text(left.memory, free_memory),
        (long long)left.pods);
}

static int refuse_pod(const struct capacity *c, const struct need *need, struct err *err)
{
    char cpu[32], memory[32], node_cpu[32], node_memory[32];
    const struct plan *plan = plan_find(need->plan);
    return err_set(err, ERR_LIMIT,
                   "No node of the cluster is large enough for a store of the plan %s: one of its "
                   "pods asks for %s and %s of memory, and the largest node has %s and %s. Choose "
                   "a smaller plan, or ask an administrator for a larger node.",
                   plan ? plan->title : need->plan, capacity_cpu_text(need->pod_cpu_milli, cpu),
                   capacity_memory_text(need->pod_memory_mib * MIB, memory),
                   capacity_cpu_text(c->node_cpu_milli, node_cpu),
                   capacity_memory_text(c->node_memory, node_memory));
}

int capacity_check(struct service *s, const char *engine, const char *plan, struct err *err)
{
    struct capacity c;
    const struct need *need = need_find(engine, plan);
    if (!need || !s->config->capacity_check)
        return 0;
    int known = capacity_get(s, &c, err);
    if (known <= 0)
        return known;
    if (need->pod_cpu_milli > c.node_cpu_milli || need->pod_memory_mib * MIB > c.node_memory)
        return refuse_pod(&c, need, err);
    if (capacity_room_for(&c, need) < 1)
        return refuse(&c, need, err);
    return 0;
}
