#include "decide_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define RULE(holds, text) \
    do { \
        if (!(holds)) \
            return text; \
    } while (0)

/* a implies b */
#define IF(a, b) (!(a) || (b))

uint64_t dice_roll(struct dice *d)
{
    /* splitmix64, Steele, Lea and Flood, 2014 */
    uint64_t z = (d->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

unsigned dice_below(struct dice *d, unsigned bound)
{
    return (unsigned)(dice_roll(d) % bound);
}

bool dice_chance(struct dice *d, unsigned percent)
{
    return dice_below(d, 100) < percent;
}

uint64_t env_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static const char *check_blind(const struct intent *in, const struct decision *out)
{
    RULE(out->actions == 0, "an incomplete observation leads to an action");
    RULE(out->status == in->status, "an incomplete observation changes the status");
    RULE(out->cause == in->cause && strcmp(out->reason, str_or_empty(in->reason)) == 0,
         "an incomplete observation changes what was said");
    RULE(out->verdict == OPERATION_GOES_ON, "an incomplete observation ends an operation");
    RULE(out->settled == !in->has_operation, "blind, and settled is not whether nothing is asked");
    return NULL;
}

/* What touches the cluster touches only what carries the store's uid. */
static const char *check_actions(const struct intent *in, const struct observation *seen,
                                 int64_t now, const struct decision *out)
{
    unsigned a = out->actions;
    bool ours = seen->namespace_exists && seen->namespace_is_ours;
    bool helm = a & (ACT_INSTALL | ACT_UNINSTALL);
    const unsigned touching =
        ACT_INSTALL | ACT_UNINSTALL | ACT_CLEAR_PENDING | ACT_DELETE_NAMESPACE | ACT_DELETE_CLAIMS;
    RULE(IF(a & touching, ours), "something is changed in a namespace that is not ours");
    RULE(IF(a & (ACT_INSTALL | ACT_CLEAR_PENDING), !seen->namespace_terminating),
         "something is built in a namespace on its way out");
    RULE(IF(a & ACT_APPLY_NAMESPACE, !seen->namespace_exists), "a namespace that exists is made");
    RULE(IF(a & ACT_STOP_HELM, seen->helm_running), "helm is stopped and does not run");
    RULE(IF(in->desired == STORE_PRESENT && seen->predecessor, a == 0),
         "something is done before the former store is gone");
    RULE(IF(out->waits, a == 0), "it waits, and does something");
    RULE(IF(helm, !seen->helm_running), "a second helm is started");
    RULE(IF(helm, seen->release != RELEASE_UNKNOWN), "helm is started with its records unread");
    RULE(IF(a & ACT_INSTALL, in->has_operation || in->repairing || !seen->workloads_present),
         "helm runs, and nobody asked and nothing is missing");
    RULE(IF(a & ACT_INSTALL, seen->release != RELEASE_PENDING),
         "helm is started over the lock of a dead one");
    RULE(IF(a & ACT_INSTALL, in->attempt < DECIDE_HELM_ATTEMPTS), "too many installs");
    RULE(IF(a & ACT_UNINSTALL, in->attempt < DECIDE_UNINSTALL_ATTEMPTS), "too many uninstalls");
    RULE(IF(helm && in->not_before - now <= decide_backoff_ms(in->attempt), now >= in->not_before),
         "helm is started before its time");
    RULE(IF(out->verdict == OPERATION_FAILS, (a & ~(unsigned)ACT_STOP_HELM) == 0),
         "work goes on after the operation failed");
    return NULL;
}

static const char *check_desired(const struct intent *in, const struct decision *out)
{
    const unsigned building =
        ACT_APPLY_NAMESPACE | ACT_INSTALL | ACT_CLEAR_PENDING | ACT_ASK_SHOP | ACT_FIND_CAUSE;
    const unsigned removing =
        ACT_UNINSTALL | ACT_DELETE_NAMESPACE | ACT_DELETE_CLAIMS | ACT_COUNT_VOLUMES;
    enum store_status s = out->status;
    bool of_delete = s == STORE_DELETING || s == STORE_DELETE_FAILED || s == STORE_DELETED;
    if (in->desired == STORE_ABSENT) {
        RULE(!(out->actions & building), "a delete builds");
        RULE(of_delete || s == in->status, "a delete that was asked for is undone");
    } else {
        RULE(!(out->actions & removing), "what is wanted is removed");
        RULE(!of_delete, "what is wanted is called deleted");
        RULE(IF(in->was_ready, s != STORE_FAILED && s != STORE_REQUESTED),
             "what was a shop is called failed");
    }
    return NULL;
}

static const char *check_status(const struct intent *in, const struct observation *seen,
                                const struct decision *out)
{
    bool ours = seen->namespace_exists && seen->namespace_is_ours;
    bool pods = seen->workloads_present && seen->database_ready && seen->web_ready;
    bool answered = seen->answer == ANSWER_SHOP ||
                    (seen->answer == ANSWER_NOT_ASKED && in->status == STORE_READY);
    bool empty = seen->namespace_exists || (seen->volumes_known && seen->volumes == 0);
    bool failed = out->status == STORE_FAILED || out->status == STORE_DELETE_FAILED;
    if (in->desired == STORE_PRESENT && seen->predecessor) {
        RULE(out->status == in->status || out->verdict == OPERATION_FAILS,
             "a store that waits for the former one is called another");
        return NULL;
    }
    RULE(IF(out->status == STORE_READY, ours && !seen->namespace_terminating && pods && answered),
         "ready, and it is not");
    RULE(IF(out->status == STORE_DELETED, !ours && empty), "deleted, and something is left");
    RULE(IF(out->status == STORE_DELETED, !seen->helm_running && !seen->namespace_call),
         "deleted, and something is still being made");
    RULE(IF(failed, out->cause != CAUSE_NONE && out->cause != CAUSE_STARTING),
         "failed without a cause");
    RULE(IF(failed, out->reason[0]), "failed without a reason");
    RULE(IF(out->verdict == OPERATION_SUCCEEDS,
            out->status == STORE_READY || out->status == STORE_DELETED),
         "an operation succeeds and nothing shows it");
    RULE(IF(out->steps_done & 1u << STEP_ROUTE, pods && seen->answer == ANSWER_SHOP),
         "the last step of a create is done, and it is not");
    RULE(IF(out->steps_done & 1u << STEP_VERIFY, out->status == STORE_DELETED),
         "the last step of a delete is done, and it is not");
    return NULL;
}

const char *decide_check(const struct intent *in, const struct observation *seen, int64_t now,
                         const struct decision *out)
{
    RULE(out->wake_at > now, "it wakes in the past: the reconciler would spin");
    RULE(str_utf8_valid(out->reason, strlen(out->reason)), "the reason is not UTF-8");
    if (in->status == STORE_DELETED) {
        RULE(out->status == STORE_DELETED && !out->actions && out->settled,
             "something is done about a deleted store");
        return NULL;
    }
    if (!seen->complete)
        return check_blind(in, out);
    RULE(IF(in->has_operation && out->verdict == OPERATION_GOES_ON, !out->settled),
         "settled, and an operation is under way");
    RULE(IF(in->has_operation && out->verdict != OPERATION_GOES_ON, out->settled),
         "an operation ended, and it is not settled");
    const char *broken = check_actions(in, seen, now, out);
    if (!broken)
        broken = check_desired(in, out);
    return broken ? broken : check_status(in, seen, out);
}
