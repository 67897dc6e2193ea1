/* reconcile: brings what is to what was asked for. Started by cron each minute and by every request
 * that finds none listening; one at a time; ends when nothing is in flight. docs/architecture.md
 * has the whole picture. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>

#include "act.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "capacity.h"
#include "orphans.h"
#include "queue.h"
#include "record.h"
#include "seen.h"
#include "sys/kick.h"
#include "sys/lock.h"
#include "world.h"

#define LOCK_PATIENCE_MS 5000 /* how long to wait for one that is on its way out */
#define LOOP_MAX_WAIT_MS 1000
#define RELOAD_WAIT_MS 10 /* the queue is to be read again, or could not be */
#define CLOCK_STEP_MS 1000
#define REPAIRS_FORGOTTEN_MS 600000 /* after the last one that failed or did not last */
#define FIRST_LOOK_MS 15000         /* to see the cluster whole, when nothing is asked for */

struct loop {
    struct world world;
    const struct config *config;
    int kick_fd, signal_fd;
    int64_t started;              /* mono ms */
    int64_t asked_at;             /* mono ms; when somebody last wanted a reconciler */
    int64_t last_wall, last_mono; /* ms, of the last turn */
    bool stop;
};

static void wake_by(struct tracked *t, int64_t at)
{
    if (at < t->wake_at)
        t->wake_at = at;
}

/* What this process knows of its own doings that decide() does not: what helm made has still to
 * show; and with nothing asked for, repairs that did not last are given up, but not for ever. */
static void look_again(struct tracked *t, int64_t now)
{
    int64_t mono = time_mono_ms(), at = seen_look_again_at(t);
    if (at != INT64_MAX)
        wake_by(t, now + (at > mono ? at - mono : 0));
    if (t->operation_id || !t->attempt)
        return;
    int64_t since = mono - t->tried_at;
    if (since >= REPAIRS_FORGOTTEN_MS)
        t->attempt = t->not_before = 0;
    wake_by(t, now + (since >= REPAIRS_FORGOTTEN_MS ? 0 : REPAIRS_FORGOTTEN_MS - since));
}

/* Decides about one store, writes it down, and acts. */
static void step(struct loop *l, struct tracked *t)
{
    struct world *w = &l->world;
    const struct intent intent = {
        .desired = t->row.desired,
        .status = t->row.status,
        .generation = t->row.generation,
        .applied_generation = t->row.applied_generation,
        .repairing = t->row.repairing,
        .was_ready = t->row.ready_at != 0,
        .status_at = t->row.status_at,
        .has_operation = t->operation_id != 0,
        .attempt = t->attempt,
        .started_at = t->started_at,
        .not_before = t->not_before,
        .error = t->error,
        .cause = cause_find(t->row.cause),
        .reason = t->row.reason,
    };
    const struct limits limits = { w->config->create_timeout_ms, w->config->delete_timeout_ms };
    struct observation seen;
    struct decision decision;
    int64_t now = time_wall_ms();
    t->dirty = false;
    seen_observation(t, now, &seen);
    if (!seen.web_ready || !seen.database_ready || !seen.workloads_present) {
        probe_forget(t);
        seen.answer = ANSWER_NOT_ASKED;
    }
    decide(&intent, &seen, &limits, now, &decision);
    CRASH_POINT("decided");
    t->wake_at = decision.wake_at;
    t->settled = decision.settled;
    look_again(t, now);
    struct err err = { 0 };
    enum store_status before = t->row.status;
    int written = record_decision(t, &decision, now, &err);
    if (written == 0)
        return; /* it was about what nobody wants any more */
    if (written < 0) {
        log_error("the decision was not written", "store", t->row.id, "error", err.msg);
        t->wake_at = now + 1000;
        t->settled = false;
        return;
    }
    CRASH_POINT("recorded");
    if (t->row.status != before)
        world_touch_successors(t);
    if (t->row.status == STORE_DELETED) {
        world_forget(w, t);
        return;
    }
    act(t, decision.actions, now);
}

static bool has_calls(const struct tracked *t)
{
    for (int i = 0; i < CALL_COUNT; i++)
        if (t->calls[i])
            return true;
    return t->helm || t->question;
}

static bool waits_for_turn(const struct tracked *t)
{
    return t->operation_id && !t->admitted;
}

static void step_due(struct loop *l)
{
    int64_t now = time_wall_ms();
    queue_admit(&l->world, now);
    do {
        for (struct tracked *t = l->world.busy, *next; t; t = next) {
            next = t->next_busy;
            if (!waits_for_turn(t) && (t->dirty || t->wake_at <= now))
                step(l, t);
        }
    } while (queue_admit(&l->world, now) > 0);
    /* Those that are done with are not looked at again until something changes. */
    for (struct tracked *t = l->world.busy, *next; t; t = next) {
        next = t->next_busy;
        if (!t->dirty && t->settled && t->wake_at == INT64_MAX && !t->operation_id && !has_calls(t))
            world_rest(t);
    }
}

/* Where the wall clock was stepped, forward or back, or the machine slept, the times that are
 * measured from go with it: nothing has taken that long. */
static void heed_clock(struct loop *l)
{
    int64_t wall = time_wall_ms(), mono = time_mono_ms();
    int64_t step = (wall - l->last_wall) - (mono - l->last_mono);
    if (l->last_wall && (step > CLOCK_STEP_MS || step < -CLOCK_STEP_MS)) {
        char text[32];
        snprintf(text, sizeof(text), "%lld", (long long)step);
        log_warn("the clock was stepped", "ms", text);
        world_shift_clock(&l->world, step);
    }
    l->last_wall = wall;
    l->last_mono = mono;
}

/* Nothing is under way, and nothing will change by itself. */
static bool is_idle(const struct loop *l)
{
    bool any_operation = false;
    for (const struct tracked *t = l->world.busy; t; t = t->next_busy) {
        any_operation |= t->operation_id != 0;
        if (t->dirty || !t->settled || has_calls(t))
            return false;
    }
    if (orphans_busy(&l->world))
        return false;
    if (l->world.complete)
        return true;
    return !any_operation && time_mono_ms() - l->started > FIRST_LOOK_MS;
}

/* With nothing to do it stays as long as somebody asks for one now and then, as cron does each
 * minute: so what is done to the stores by hand is seen when it happens. */
static bool stays(const struct loop *l)
{
    return l->world.complete && time_mono_ms() - l->asked_at < l->config->linger_ms;
}

static int timeout_of(const struct loop *l)
{
    int64_t wait = l->world.reload ? RELOAD_WAIT_MS : LOOP_MAX_WAIT_MS, wall = time_wall_ms(),
            mono = time_mono_ms();
    for (const struct tracked *t = l->world.busy; t; t = t->next_busy) {
        if (waits_for_turn(t))
            continue;
        if (t->dirty)
            return 0;
        if (t->wake_at - wall < wait)
            wait = t->wake_at - wall;
    }
    for (int i = 0; i < WATCH_COUNT; i++) {
        if (!l->world.watches[i])
            continue;
        int64_t at = kube_watch_wake_at(l->world.watches[i]);
        if (at != INT64_MAX && at - mono < wait)
            wait = at - mono;
    }
    return wait < 0 ? 0 : (int)wait;
}

/* The descriptors of the kick socket, signals, and helm's children. */
static unsigned gather(struct loop *l, struct pollfd *fds, int64_t *wait)
{
    unsigned n = 0;
    fds[n++] = (struct pollfd) { .fd = l->signal_fd, .events = POLLIN };
    fds[n++] = (struct pollfd) { .fd = l->kick_fd, .events = POLLIN };
    for (struct tracked *t = l->world.busy; t; t = t->next_busy) {
        if (!t->helm)
            continue;
        int64_t wake = INT64_MAX;
        n += (unsigned)proc_pollfds(t->helm, fds + n, &wake);
        int64_t left = wake == INT64_MAX ? INT64_MAX : wake - time_mono_ms();
        if (left < *wait)
            *wait = left < 0 ? 0 : left;
    }
    return n;
}

static void pump(struct loop *l)
{
    for (struct tracked *t = l->world.busy; t; t = t->next_busy)
        if (t->helm)
            act_pump_helm(t);
    int64_t mono = time_mono_ms();
    for (int i = 0; i < WATCH_COUNT; i++)
        if (l->world.watches[i] && kube_watch_wake_at(l->world.watches[i]) <= mono)
            kube_watch_tick(l->world.watches[i]);
}

static int turn(struct loop *l, struct err *err)
{
    struct world *w = &l->world;
    size_t room = 2 + PROC_POLL_FDS * (size_t)(w->helm_running + 1);
    CLEANUP_FREE struct pollfd *fds = mem_alloc_array(room, sizeof(*fds));
    int64_t wait = timeout_of(l);
    unsigned n = gather(l, fds, &wait);
    if (http_poll(w->http, fds, n, (int)wait, err) < 0)
        return -1;
    if (fds[0].revents)
        l->stop = true;
    if (kick_drain(l->kick_fd) > 0) {
        /* Whoever kicked may mean another database: the next reconciler opens it. */
        l->stop |= db_was_replaced(w->db);
        w->reload = true;
        l->asked_at = time_mono_ms();
    }
    pump(l);
    heed_clock(l);
    if (w->complete && l->config->linger_ms > 0)
        watches_start_more(w);
    struct err failed = { 0 };
    if (w->reload && world_load(w, &failed) < 0)
        log_error("the queue was not read", "error", failed.msg);
    if (w->see_again)
        watches_again(w);
    step_due(l);
    orphans_turn(w);
    capacity_write(w);
    return 0;
}

/* Closes the socket, then looks at the queue once more: whoever posts after that starts a new
 * reconciler, which waits for this one's lock. True: there is work after all. */
static bool more_came(struct loop *l, const char *socket, struct err *err)
{
    close(l->kick_fd);
    l->kick_fd = -1;
    unlink(socket);
    CRASH_POINT("socket-closed");
    int64_t queued = 0;
    if (db_int(l->world.db, &queued, err, SQL_OPERATION_QUEUED_COUNT, "") < 0 || queued == 0)
        return false;
    l->kick_fd = kick_listen(socket, err);
    l->world.reload = true;
    return l->kick_fd >= 0;
}

static int run(struct loop *l, const char *socket, struct err *err)
{
    l->started = l->asked_at = time_mono_ms();
    l->kick_fd = kick_listen(socket, err);
    if (l->kick_fd < 0)
        return -1;
    CRASH_POINT("socket-open");
    act_look_for_helm(&l->world);
    /* What was asked for before the socket was there. */
    l->world.reload = true;
    while (!l->stop) {
        if (turn(l, err) < 0)
            return -1;
        if (l->world.reload)
            continue;
        if (!is_idle(l))
            l->asked_at = time_mono_ms();
        else if (!stays(l) && !more_came(l, socket, err))
            break;
    }
    return 0;
}

/* Returns the lock; -1 when another one runs and knows of the queue, or on failure (err is set). */
static int become_the_one(const char *lock, const char *socket, struct err *err)
{
    int64_t give_up = time_mono_ms() + LOCK_PATIENCE_MS;
    for (;;) {
        int fd = lock_acquire(lock, err);
        if (fd >= 0 || err->code != ERR_UNAVAILABLE)
            return fd;
        bool kicked = kick_send(socket, NULL) == 0;
        if (kicked) {
            /* One that was killed this instant still has its socket, but not for long its lock. */
            nanosleep(&(struct timespec) { .tv_nsec = 100000000 }, NULL);
            fd = lock_acquire(lock, err);
        }
        if (fd >= 0)
            return fd;
        if (kicked || time_mono_ms() > give_up) {
            err->code = ERR_NONE;
            return -1;
        }
        nanosleep(&(struct timespec) { .tv_nsec = 20000000 }, NULL);
    }
}

static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int fail(const struct err *err)
{
    log_error("reconcile ends", "code", err_code_name(err->code), "error", err->msg);
    return err->code == ERR_INVALID ? EX_CONFIG : EX_TEMPFAIL;
}

int main(int argc, char **argv)
{
    bool verbose = argc == 2 && strcmp(argv[1], "--verbose") == 0;
    if (argc > 1 && !verbose) {
        fprintf(stderr, "usage: reconcile [--verbose]\n");
        return EX_USAGE;
    }
    log_init("reconcile", verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    struct err err = { 0 };
    CLEANUP(config_free_p) struct config *config = NULL;
    if (config_load(&config, NULL, &err) < 0)
        return fail(&err);
    CLEANUP_FREE char *lock_path = config_lock_path(config);
    CLEANUP_FREE char *socket = config_kick_path(config);
    CLEANUP_CLOSE int lock = become_the_one(lock_path, socket, &err);
    if (lock < 0)
        return err.code == ERR_NONE ? 0 : fail(&err);

    CRASH_POINT("locked");
    CLEANUP(db_close_p) struct db *db = NULL;
    struct loop loop = { .config = config, .kick_fd = -1, .signal_fd = catch_signals() };
    if (db_open(&db, config->database, &err) < 0 || world_open(&loop.world, config, db, &err) < 0)
        return fail(&err);
    int r = run(&loop, socket, &err);
    if (loop.kick_fd >= 0)
        close(loop.kick_fd);
    unlink(socket);
    world_close(&loop.world);
    close(loop.signal_fd);
    return r < 0 ? fail(&err) : 0;
}
