#include "store/decide.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

const char *cause_name(enum cause c)
{
    static const char *const names[CAUSE_COUNT] = {
        [CAUSE_NONE] = "",
        [CAUSE_PREDECESSOR] = "predecessor",
        [CAUSE_NAMESPACE_TAKEN] = "namespace-taken",
        [CAUSE_NAMESPACE_MISSING] = "namespace-missing",
        [CAUSE_NAMESPACE_TERMINATING] = "namespace-terminating",
        [CAUSE_DATA_MISSING] = "data-missing",
        [CAUSE_HELM] = "helm",
        [CAUSE_QUOTA] = "quota",
        [CAUSE_ADMISSION] = "admission",
        [CAUSE_IMAGE] = "image",
        [CAUSE_SETUP] = "setup",
        [CAUSE_OUT_OF_MEMORY] = "out-of-memory",
        [CAUSE_CRASH_LOOP] = "crash-loop",
        [CAUSE_UNSCHEDULABLE] = "unschedulable",
        [CAUSE_VOLUME] = "volume",
        [CAUSE_INGRESS_CLASS] = "ingress-class",
        [CAUSE_HOST] = "host",
        [CAUSE_UNREADY] = "unready",
        [CAUSE_MISSING] = "missing",
        [CAUSE_STARTING] = "starting",
        [CAUSE_ROUTE] = "route",
        [CAUSE_TIMEOUT] = "timeout",
        [CAUSE_STUCK] = "stuck",
        [CAUSE_CLUSTER] = "cluster",
    };
    return names[c];
}

enum cause cause_find(const char *name)
{
    for (int c = 0; name && c < CAUSE_COUNT; c++)
        if (strcmp(cause_name((enum cause)c), name) == 0)
            return (enum cause)c;
    return CAUSE_NONE;
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

static void keep_words(const struct intent *in, struct decision *out)
{
    say(out, in->cause, str_or_empty(in->reason));
}

/* Is the next helm run still waiting? A wait longer than any this file gives comes from a clock
 * that was set back since; it is over. */
static bool backs_off(const struct intent *in, int64_t now)
{
    return now < in->not_before && in->not_before - now <= decide_backoff_ms(in->attempt);
}

static void wake_by(struct decision *out, int64_t at)
{
    if (at < out->wake_at)
        out->wake_at = at;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A time ahead of the clock is from before the clock was set back. */
static int64_t begun(const struct intent *in, int64_t now)
{
    return in->started_at ? earlier(in->started_at, now) : now;
}

/* When an operation that began at started_at is given up. Time in which nothing could be seen does
 * not count against it: each new look at the cluster gives it a grace. */
static int64_t deadline(const struct intent *in, const struct observation *seen, int64_t timeout_ms,
                        int64_t now)
{
    int64_t by_timeout = begun(in, now) + timeout_ms;
    int64_t by_grace = earlier(seen->complete_since, now) + DECIDE_GRACE_MS;
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
    if (seen->answer == ANSWER_SHOP && seen->database_ready && seen->web_ready)
        done |= 1u << STEP_ROUTE;
    return done;
}

static void fail_create(const struct intent *in, struct decision *out)
{
    /* What has been a shop is not called failed: it is degraded, and its data are there. */
    out->status = in->was_ready ? STORE_DEGRADED : STORE_FAILED;
    out->verdict = OPERATION_FAILS;
    out->settled = true;
    out->actions &= ACT_STOP_HELM;
}

/* The status while work goes on or trouble lasts. */
static void not_ready(const struct intent *in, int64_t now, struct decision *out)
{
    if (in->was_ready) {
        out->status = STORE_DEGRADED;
        if (in->has_operation)
            return;
        int64_t since = in->status == STORE_DEGRADED ? in->status_at : now;
        /* A time ahead of the clock says nothing: the next reconciler looks again. */
        out->settled = since > now || now >= since + DECIDE_SETTLE_MS;
        if (!out->settled)
            wake_by(out, since + DECIDE_SETTLE_MS);
    } else if (is_provisioning(in)) {
        out->status = STORE_PROVISIONING;
    } else {
        out->status = STORE_FAILED;
        out->settled = true;
    }
}

/* Nothing is touched while the former store of this ID is not gone whole. True: wait for that. */
static bool decide_predecessor(const struct intent *in, const struct observation *seen,
                               struct decision *out)
{
    if (seen->predecessor == PREDECESSOR_NONE)
        return false;
    out->status = in->status;
    out->waits = true;
    if (!in->has_operation) {
        keep_words(in, out);
        out->settled = true;
    } else if (seen->predecessor == PREDECESSOR_GOING) {
        say(out, CAUSE_PREDECESSOR,
            "The former store of this ID is still being deleted; this one is set up as soon as "
            "that is done.");
    } else {
        fail_create(in, out);
        out->cause = CAUSE_PREDECESSOR;
        snprintf(out->reason, sizeof(out->reason),
                 "The former store of this ID could not be deleted. %s Retry tries that again, and "
                 "then sets this one up.",
                 seen->predecessor_text);
    }
    return true;
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
        if (seen->helm_running)
            out->actions |= ACT_STOP_HELM;
        say(out, CAUSE_NAMESPACE_TAKEN,
            "The cluster has a namespace of this name that does not belong to this store; it was "
            "not touched. Delete this store and choose another ID.");
        return true;
    }
    if (seen->namespace_exists)
        return false;
    if (!is_provisioning(in)) {
        /* Building it anew would show an empty shop as if nothing had happened: a person decides.
         */
        not_ready(in, now, out);
        out->settled = true;
        if (in->was_ready)
            say(out, CAUSE_NAMESPACE_MISSING,
                "The store's namespace is missing from the cluster, and its data with it. Retry "
                "makes "
                "a new, empty store; Delete closes it.");
        return true;
    }
    out->actions |= ACT_APPLY_NAMESPACE;
    not_ready(in, now, out);
    return true;
}

/* An empty volume in place of the one that is gone would be a lie, as an empty namespace would: a
 * person decides. True: nothing more to decide. */
static bool decide_data(const struct intent *in, const struct observation *seen, int64_t now,
                        struct decision *out)
{
    if (!seen->data_missing || !in->was_ready || in->has_operation)
        return false;
    not_ready(in, now, out);
    out->settled = true;
    say(out, CAUSE_DATA_MISSING, seen->missing_text);
    strncat(out->reason,
            " What was on it is gone. Retry goes on with an empty one; Delete closes the store.",
            sizeof(out->reason) - strlen(out->reason) - 1);
    return true;
}

/* Helm's next run, or what comes before it. True: it waits for another try. */
static bool decide_helm(const struct intent *in, const struct observation *seen, int64_t now,
                        struct decision *out)
{
    if (seen->release == RELEASE_UNKNOWN) {
        out->actions |= ACT_READ_RELEASE;
    } else if (seen->release == RELEASE_PENDING) {
        out->actions |= ACT_CLEAR_PENDING;
    } else if (backs_off(in, now)) {
        wake_by(out, in->not_before);
        return true;
    } else {
        out->actions |= ACT_INSTALL;
    }
    return false;
}

/* Helm has work to do, or did it in vain. True: wait for that. */
static bool decide_release(const struct intent *in, const struct observation *seen, int64_t now,
                           struct decision *out)
{
    /* With nothing asked for only what is missing is put back: a generation that helm could not
     * take was told as failed. */
    bool wanted =
        !seen->workloads_present || (in->has_operation && in->applied_generation < in->generation);
    if (!wanted && !in->has_operation)
        return false;
    if (!wanted && !seen->helm_running)
        return false;
    not_ready(in, now, out);
    if (!seen->workloads_present && in->was_ready)
        say(out, CAUSE_MISSING, seen->missing_text);
    if (seen->helm_running) {
        out->settled = false;
        return true;
    }
    if (!is_provisioning(in) && !in->was_ready)
        return true; /* a failed store is built further only when asked */
    if (in->attempt >= DECIDE_HELM_ATTEMPTS) {
        fail_create(in, out);
        say(out, CAUSE_HELM, str_empty(in->error) ? "Helm did not install the store." : in->error);
        return true;
    }
    out->settled = false;
    if (decide_helm(in, seen, now, out) && !str_empty(in->error))
        say(out, CAUSE_HELM, in->error);
    return true;
}

/* A repair may fail after everything is back. Nothing is missing then, but the release's last
 * record is of a failure, or is a dead helm's lock, and whoever uses helm next is stopped by it. */
static void finish_repair(const struct intent *in, const struct observation *seen, int64_t now,
                          struct decision *out)
{
    if (!in->repairing || in->has_operation || in->attempt >= DECIDE_HELM_ATTEMPTS)
        return;
    out->settled = false;
    if (!seen->helm_running)
        decide_helm(in, seen, now, out);
}

static void decide_readiness(const struct intent *in, const struct observation *seen, int64_t now,
                             struct decision *out)
{
    bool pods_ready = seen->database_ready && seen->web_ready && seen->workloads_present;
    if (pods_ready && seen->answer == ANSWER_NOT_ASKED && in->status == STORE_READY) {
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
        if (seen->answer != ANSWER_OTHER) {
            out->settled = false;
            return;
        }
        bool known = seen->cause == CAUSE_INGRESS_CLASS || seen->cause == CAUSE_HOST;
        say(out, known ? seen->cause : CAUSE_ROUTE, known ? seen->cause_text : seen->answer_text);
        out->actions |= ACT_FIND_CAUSE;
        return;
    }
    say(out, seen->cause == CAUSE_NONE ? CAUSE_STARTING : seen->cause, seen->cause_text);
    out->actions |= ACT_FIND_CAUSE;
}

/* What it waits for is a call that the cluster refuses or fails at. */
static void say_calls(const struct observation *seen, struct decision *out)
{
    if (!seen->call_text[0] || (out->cause != CAUSE_NONE && out->cause != CAUSE_STARTING))
        return;
    out->cause = CAUSE_CLUSTER;
    snprintf(out->reason, sizeof(out->reason), "The cluster does not do what it is asked: %s",
             seen->call_text);
}

static void decide_present(const struct intent *in, const struct observation *seen,
                           const struct limits *limits, int64_t now, struct decision *out)
{
    if (decide_predecessor(in, seen, out))
        return;
    out->steps_done = create_steps(in, seen);
    if (!decide_namespace(in, seen, now, out) && !decide_data(in, seen, now, out) &&
        !decide_release(in, seen, now, out)) {
        decide_readiness(in, seen, now, out);
        finish_repair(in, seen, now, out);
    }
    if (!in->has_operation || out->verdict != OPERATION_GOES_ON)
        return;
    say_calls(seen, out);
    if ((seen->cause_is_fatal && out->cause == seen->cause) ||
        (seen->call_refused && out->cause == CAUSE_CLUSTER)) {
        fail_create(in, out);
        return;
    }
    if (out->cause == seen->cause && seen->fatal_at > now)
        wake_by(out, seen->fatal_at);
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
             (long long)((now - begun(in, now)) / 1000), last);
}

/* What is left, for people. */
static void say_stuck(const struct observation *seen, struct decision *out)
{
    out->cause = CAUSE_STUCK;
    if (seen->namespace_exists && seen->namespace_is_ours)
        snprintf(out->reason, sizeof(out->reason), "The namespace is still there. %s",
                 seen->namespace_text[0] ? seen->namespace_text
                                         : "The cluster does not say what holds it.");
    else if (seen->volumes_known && seen->volumes > 0)
        snprintf(out->reason, sizeof(out->reason),
                 "The namespace is gone, but %d of its volumes are still there.", seen->volumes);
    else
        snprintf(out->reason, sizeof(out->reason),
                 "The namespace is gone; whether its volumes are too was not found out in time.");
}

/* The namespace is gone, or its name is somebody else's by now. */
static void decide_gone(const struct intent *in, const struct observation *seen,
                        struct decision *out)
{
    out->steps_done = 1u << STEP_UNINSTALL | 1u << STEP_REMOVE;
    if (seen->helm_running || seen->namespace_call) {
        out->settled = false; /* what they make may be there in a moment */
        return;
    }
    /* Volumes of a namespace that somebody else now has are not told apart from theirs. */
    if (seen->namespace_exists || (seen->volumes_known && seen->volumes == 0)) {
        out->steps_done |= 1u << STEP_VERIFY;
        out->status = STORE_DELETED;
        out->verdict = OPERATION_SUCCEEDS;
        out->settled = true;
    } else if (in->has_operation || !seen->volumes_known) {
        out->actions |= ACT_COUNT_VOLUMES;
        out->settled = false;
    }
}

/* A namespace that is deleted with pods or claims in it is looked at again by its controller only
 * after 8 to 16 s. So they go first; if they do not, the namespace is deleted all the same. */
static void empty_namespace(const struct intent *in, const struct observation *seen, int64_t now,
                            struct decision *out)
{
    int64_t patience = begun(in, now) + DECIDE_EMPTY_MS;
    bool set_back = in->started_at > now; /* the clock, since: it would wait without end */
    if (now >= patience || set_back || (!seen->pods_exist && seen->claims_gone)) {
        out->actions |= ACT_DELETE_NAMESPACE;
        return;
    }
    wake_by(out, patience);
    if (!seen->pods_exist)
        out->actions |= ACT_DELETE_CLAIMS;
}

static void decide_removal(const struct intent *in, const struct observation *seen, int64_t now,
                           struct decision *out)
{
    if (seen->helm_running)
        return;
    if (seen->release == RELEASE_UNKNOWN) {
        out->actions |= ACT_READ_RELEASE;
    } else if (seen->release == RELEASE_NONE || in->attempt >= DECIDE_UNINSTALL_ATTEMPTS) {
        out->steps_done = 1u << STEP_UNINSTALL;
        empty_namespace(in, seen, now, out);
    } else if (backs_off(in, now)) {
        wake_by(out, in->not_before);
    } else {
        out->actions |= ACT_UNINSTALL;
    }
}

static void decide_absent(const struct intent *in, const struct observation *seen,
                          const struct limits *limits, int64_t now, struct decision *out)
{
    bool ours = seen->namespace_exists && seen->namespace_is_ours;
    out->status = in->has_operation ? STORE_DELETING : in->status;
    out->settled = !in->has_operation;
    if (seen->helm_running && seen->helm_is_install)
        out->actions |= ACT_STOP_HELM;
    if (!ours)
        decide_gone(in, seen, out);
    else if (seen->namespace_terminating)
        out->steps_done = 1u << STEP_UNINSTALL;
    else if (in->has_operation)
        decide_removal(in, seen, now, out); /* a failed delete goes on only when asked */
    if (out->status == STORE_DELETE_FAILED && in->cause == CAUSE_CLUSTER)
        keep_words(in, out);
    else if (out->status == STORE_DELETE_FAILED)
        say_stuck(seen, out);
    if (!in->has_operation || out->verdict != OPERATION_GOES_ON)
        return;
    say_calls(seen, out);
    int64_t end = deadline(in, seen, limits->delete_timeout_ms, now);
    wake_by(out, end);
    if (now < end && !(seen->call_refused && out->cause == CAUSE_CLUSTER))
        return;
    out->status = STORE_DELETE_FAILED;
    out->verdict = OPERATION_FAILS;
    out->settled = true;
    out->actions &= ACT_STOP_HELM;
    if (out->cause != CAUSE_CLUSTER)
        say_stuck(seen, out);
}

/* A store that failed keeps what was said of it then: what is seen now is only what it left behind.
 */
static void decide_words(const struct intent *in, struct decision *out)
{
    if (out->status != STORE_FAILED || out->verdict != OPERATION_GOES_ON)
        return;
    if (out->cause == CAUSE_NONE || out->cause == CAUSE_STARTING || out->cause == CAUSE_MISSING)
        keep_words(in, out);
    if (out->cause == CAUSE_NONE || !out->reason[0])
        say(out, CAUSE_TIMEOUT, "It did not become ready. Retry tries again.");
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
        /* Nothing is known, so nothing is done and what was said stands. */
        keep_words(in, out);
        out->settled = !in->has_operation;
    } else if (in->desired == STORE_ABSENT) {
        decide_absent(in, seen, limits, now, out);
    } else {
        decide_present(in, seen, limits, now, out);
        decide_words(in, out);
    }
    if (in->has_operation && out->verdict != OPERATION_GOES_ON)
        out->wake_at = INT64_MAX;
    str_utf8_cut(out->reason);
}
