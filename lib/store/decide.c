#include "store/decide.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

const char *cause_name(enum cause c)
{
    static const char *const names[CAUSE_COUNT] = {
        [CAUSE_NONE] = "",
        [CAUSE_NAMESPACE_TAKEN] = "namespace-taken",
        [CAUSE_NAMESPACE_MISSING] = "namespace-missing",
        [CAUSE_NAMESPACE_TERMINATING] = "namespace-terminating",
        [CAUSE_HELM] = "helm",
        [CAUSE_QUOTA] = "quota",
        [CAUSE_ADMISSION] = "admission",
        [CAUSE_IMAGE] = "image",
        [CAUSE_SETUP] = "setup",
        [CAUSE_OUT_OF_MEMORY] = "out-of-memory",
        [CAUSE_CRASH_LOOP] = "crash-loop",
        [CAUSE_UNSCHEDULABLE] = "unschedulable",
        [CAUSE_VOLUME] = "volume",
        [CAUSE_MISSING] = "missing",
        [CAUSE_STARTING] = "starting",
        [CAUSE_ROUTE] = "route",
        [CAUSE_TIMEOUT] = "timeout",
        [CAUSE_STUCK] = "stuck",
    };
    return names[c];
}

int64_t decide_backoff_ms(int64_t attempt)
{
    if (attempt <= 0)
        return 0;
    return 1000LL << (attempt > 6 ? 6 : attempt - 1);
}

static void say(struct decision *out, enum cause cause, const char *text)
{
    out->cause = cause;
    snprintf(out->reason, sizeof(out->reason), "%s", text);
}

static void wake_by(struct decision *out, int64_t at)
{
    if (at < out->wake_at)
        out->wake_at = at;
}

/* When an operation that began at started_at is given up. Time in which nothing could be seen does not count
 * against it: each new look at the cluster gives it a grace. */
static int64_t deadline(const struct intent *in, const struct observation *seen, int64_t timeout_ms,
                        int64_t now)
{
    int64_t started = in->started_at ? in->started_at : now;
    int64_t by_timeout = started + timeout_ms;
    int64_t by_grace = seen->complete_since + DECIDE_GRACE_MS;
    return by_timeout > by_grace ? by_timeout : by_grace;
}

static bool is_provisioning(const struct intent *in)
{
    return in->has_operation || in->status == STORE_REQUESTED || in->status == STORE_PROVISIONING;
}

static unsigned create_steps(const struct intent *in, const struct observation *seen)
{
    unsigned done = 0;
    if (!seen->namespace_exists || !seen->namespace_is_ours || seen->namespace_terminating)
        return done;
    done |= 1u << STEP_NAMESPACE;
    if (in->applied_generation < in->generation || !seen->workloads_present)
        return done;
    done |= 1u << STEP_RELEASE;
    if (seen->database_ready)
        done |= 1u << STEP_DATABASE;
    if (seen->setup_done)
        done |= 1u << STEP_SETUP;
    if (seen->web_ready)
        done |= 1u << STEP_WEB;
    if (seen->answer == ANSWER_SHOP && seen->web_ready)
        done |= 1u << STEP_ROUTE;
    return done;
}

static void fail_create(const struct intent *in, struct decision *out)
{
    /* What has been a shop is not called failed: it is degraded, and its data are there. */
    out->status = in->was_ready ? STORE_DEGRADED : STORE_FAILED;
    out->verdict = OPERATION_FAILS;
    out->settled = true;
    out->actions &= ~(unsigned)ACT_INSTALL;
}

/* The status while work goes on or trouble lasts. */
static void not_ready(const struct intent *in, int64_t now, struct decision *out)
{
    if (in->was_ready) {
        out->status = STORE_DEGRADED;
        if (!in->has_operation && in->status == STORE_DEGRADED &&
            now >= in->status_at + DECIDE_SETTLE_MS)
            out->settled = true;
        wake_by(out, in->status_at + DECIDE_SETTLE_MS);
    } else if (is_provisioning(in)) {
        out->status = STORE_PROVISIONING;
    } else {
        out->status = STORE_FAILED;
        out->settled = true;
    }
}

/* The namespace is not there, not ours, or on its way out. True: nothing more to decide. */
static bool decide_namespace(const struct intent *in, const struct observation *seen, int64_t now,
                             struct decision *out)
{
    if (seen->namespace_exists && seen->namespace_terminating) {
        not_ready(in, now, out);
        say(out, CAUSE_NAMESPACE_TERMINATING,
            "A namespace of this name is being removed; it goes on as soon as that is done.");
        return true;
    }
    if (seen->namespace_exists && !seen->namespace_is_ours) {
        fail_create(in, out);
        say(out, CAUSE_NAMESPACE_TAKEN,
            "The cluster has a namespace of this name that does not belong to this store; it was "
            "not touched. Delete this store and choose another ID.");
        return true;
    }
    if (seen->namespace_exists)
        return false;
    if (!is_provisioning(in)) {
        /* Building it anew would show an empty shop as if nothing had happened: a person decides. */
        not_ready(in, now, out);
        out->settled = true;
        say(out, CAUSE_NAMESPACE_MISSING,
            "The store's namespace is missing from the cluster, and its data with it. Retry makes a "
            "new, empty store; Delete closes it.");
        return true;
    }
    out->actions |= ACT_APPLY_NAMESPACE;
    not_ready(in, now, out);
    return true;
}

/* Helm has work to do, or did it in vain. True: wait for that. */
static bool decide_release(const struct intent *in, const struct observation *seen, int64_t now,
                           struct decision *out)
{
    bool wanted = in->applied_generation < in->generation || !seen->workloads_present;
    if (!wanted && !in->has_operation)
        return false;
    if (seen->helm_running) {
        not_ready(in, now, out);
        out->settled = false;
        return true;
    }
    if (!wanted)
        return false;
    if (!is_provisioning(in) && !in->was_ready)
        return false; /* a failed store is built further only when asked */
    not_ready(in, now, out);
    if (!seen->workloads_present && in->was_ready)
        say(out, CAUSE_MISSING, seen->cause_text);
    if (in->attempt >= DECIDE_HELM_ATTEMPTS && in->has_operation) {
        fail_create(in, out);
        say(out, CAUSE_HELM, str_empty(in->error) ? "Helm did not install the store." : in->error);
        return true;
    }
    out->settled = false;
    if (seen->release == RELEASE_UNKNOWN) {
        out->actions |= ACT_READ_RELEASE;
    } else if (seen->release == RELEASE_PENDING) {
        out->actions |= ACT_CLEAR_PENDING;
    } else if (now < in->not_before) {
        wake_by(out, in->not_before);
        if (!str_empty(in->error))
            say(out, CAUSE_HELM, in->error);
    } else {
        out->actions |= ACT_INSTALL;
    }
    return true;
}

static void decide_readiness(const struct intent *in, const struct observation *seen, int64_t now,
                             struct decision *out)
{
    bool pods_ready = seen->database_ready && seen->web_ready && seen->workloads_present;
    if (pods_ready && seen->answer != ANSWER_SHOP && in->status == STORE_READY) {
        /* It was asked when it became ready, and its pods have been ready since. */
        out->status = STORE_READY;
        out->settled = true;
        return;
    }
    if (pods_ready && seen->answer == ANSWER_SHOP) {
        out->status = STORE_READY;
        out->verdict = OPERATION_SUCCEEDS;
        out->settled = true;
        return;
    }
    not_ready(in, now, out);
    if (pods_ready) {
        out->actions |= ACT_ASK_SHOP;
        if (seen->answer == ANSWER_OTHER)
            say(out, CAUSE_ROUTE, seen->answer_text);
        else
            out->settled = false;
        return;
    }
    say(out, seen->cause == CAUSE_NONE ? CAUSE_STARTING : seen->cause, seen->cause_text);
    out->actions |= ACT_FIND_CAUSE;
}

static void decide_present(const struct intent *in, const struct observation *seen,
                           const struct limits *limits, int64_t now, struct decision *out)
{
    out->steps_done = create_steps(in, seen);
    if (!decide_namespace(in, seen, now, out) && !decide_release(in, seen, now, out))
        decide_readiness(in, seen, now, out);
    if (!in->has_operation || out->verdict != OPERATION_GOES_ON)
        return;
    if (seen->cause_is_fatal && out->cause == seen->cause) {
        fail_create(in, out);
        return;
    }
    int64_t end = deadline(in, seen, limits->create_timeout_ms, now);
    wake_by(out, end);
    if (now < end)
        return;
    char last[DECIDE_TEXT_MAX];
    snprintf(last, sizeof(last), "%.500s", out->reason);
    fail_create(in, out);
    if (out->cause == CAUSE_NONE || out->cause == CAUSE_STARTING)
        out->cause = CAUSE_TIMEOUT;
    snprintf(out->reason, sizeof(out->reason), "Not ready after %lld s. %s",
             (long long)((now - (in->started_at ? in->started_at : now)) / 1000), last);
}

static void fail_delete(const struct observation *seen, struct decision *out)
{
    out->status = STORE_DELETE_FAILED;
    out->verdict = OPERATION_FAILS;
    out->settled = true;
    out->actions = 0;
    out->cause = CAUSE_STUCK;
    if (seen->namespace_exists && seen->namespace_is_ours)
        snprintf(out->reason, sizeof(out->reason), "The namespace is still there. %s",
                 seen->namespace_text[0] ? seen->namespace_text
                                         : "The cluster does not say what holds it.");
    else
        snprintf(out->reason, sizeof(out->reason),
                 "The namespace is gone, but %d of its volumes are still there.", seen->volumes);
}

static void decide_absent(const struct intent *in, const struct observation *seen,
                          const struct limits *limits, int64_t now, struct decision *out)
{
    bool ours = seen->namespace_exists && seen->namespace_is_ours;
    out->status = in->has_operation ? STORE_DELETING : in->status;
    out->settled = !in->has_operation;
    if (!ours) {
        out->steps_done = 1u << STEP_UNINSTALL | 1u << STEP_REMOVE;
        /* Volumes of a namespace that somebody else now has are not told apart from theirs. */
        if (seen->namespace_exists || (seen->volumes_known && seen->volumes == 0)) {
            out->steps_done |= 1u << STEP_VERIFY;
            out->status = STORE_DELETED;
            out->verdict = OPERATION_SUCCEEDS;
            out->settled = true;
            return;
        }
        out->actions |= ACT_COUNT_VOLUMES;
        out->settled = false;
    } else if (seen->namespace_terminating) {
        out->steps_done = 1u << STEP_UNINSTALL;
    } else if (!in->has_operation) {
        return; /* a failed delete goes on only when asked */
    } else if (seen->helm_running) {
        if (seen->helm_is_install)
            out->actions |= ACT_STOP_HELM;
    } else if (seen->release == RELEASE_UNKNOWN) {
        out->actions |= ACT_READ_RELEASE;
    } else if (seen->release != RELEASE_NONE && in->attempt < DECIDE_UNINSTALL_ATTEMPTS) {
        out->actions |= ACT_UNINSTALL;
    } else {
        out->steps_done = 1u << STEP_UNINSTALL;
        out->actions |= ACT_DELETE_NAMESPACE;
    }
    if (!in->has_operation)
        return;
    int64_t end = deadline(in, seen, limits->delete_timeout_ms, now);
    wake_by(out, end);
    if (now >= end)
        fail_delete(seen, out);
}

void decide(const struct intent *in, const struct observation *seen, const struct limits *limits,
            int64_t now, struct decision *out)
{
    memset(out, 0, sizeof(*out));
    out->status = in->status;
    out->wake_at = INT64_MAX;
    if (in->status == STORE_DELETED) {
        out->settled = true;
    } else if (!seen->complete) {
        /* Nothing is known, so nothing is said and nothing is done. */
        out->settled = !in->has_operation;
    } else if (in->desired == STORE_ABSENT) {
        decide_absent(in, seen, limits, now, out);
    } else {
        decide_present(in, seen, limits, now, out);
    }
    str_utf8_cut(out->reason);
}
