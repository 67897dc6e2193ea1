/* A child process as a filled-in struct. Started by posix_spawn in its own process
 * group, with only the descriptors named here; its output goes to bounded buffers.
 * A child that passes its deadline gets SIGTERM, then SIGKILL (the whole group).
 *
 * What a child leaves behind does not survive it: when the child has exited, its group
 * gets PROC_DRAIN_MS to close the output pipes and is then killed. A grandchild that moved
 * to a group of its own (setsid) is not hunted; its output is no longer waited for.
 *
 * The caller must not ignore SIGCHLD nor reap with wait(-1): that takes the exit status
 * away, and the result then says exit_status -1, term_signal 0.
 *
 * The exit is waited for by a pidfd (Linux 5.3); where there is none (valgrind, an old sandbox) it
 * is looked for every PROC_BLIND_MS. */
#ifndef SW_SYS_PROC_H
#define SW_SYS_PROC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

struct proc_spec {
    const char *path;        /* absolute path of the program */
    const char *const *argv; /* NULL-ended; argv[0] included */
    const char *const *envp; /* NULL-ended; the whole environment of the child; NULL: empty */
    const char *dir;         /* working directory, or NULL for the caller's */
    const char *input;       /* bytes for standard input, copied; NULL: /dev/null */
    size_t input_len;        /* a child that does not read all of it is no error */
    int64_t timeout_ms;      /* from start to SIGTERM; 0: none */
    size_t output_max;       /* ceiling of each of out and err_out, bytes; what is over is read,
                              * dropped and marked by the buffer's overflow flag */
    bool keep_tail;          /* when over the ceiling keep the last bytes instead of the first */
};

#define PROC_KILL_GRACE_MS 5000 /* between SIGTERM and SIGKILL */
#define PROC_DRAIN_MS 500       /* between the child's exit and the end of its group */
#define PROC_BLIND_MS 20

struct proc_result {
    int exit_status;    /* 0..255, or -1 if it did not exit by itself */
    int term_signal;    /* the signal that ended it, or 0 */
    bool timed_out;     /* the deadline passed */
    struct buf out;     /* standard output */
    struct buf err_out; /* standard error */
    int64_t took_ms;    /* from start to exit */
};

/* exit_status == 0 and nothing else happened. */
bool proc_succeeded(const struct proc_result *r);
void proc_result_free(struct proc_result *r); /* the buffers; r itself is the caller's */

/* One child under way. */
struct proc;

/* Starts it. Everything in spec may go away after the call.
 * Returns 0 and *out, owned by the caller (proc_free), or -1: ERR_NOT_FOUND when there is no
 * such program or directory, ERR_FORBIDDEN when it may not be run, ERR_INVALID for a spec that
 * makes no sense, ERR_INTERNAL when descriptors or processes are used up. */
int proc_start(struct proc **out, const struct proc_spec *spec, struct err *err);

/* For an event loop: fills in at most PROC_POLL_FDS descriptors to be waited on (poll(2)
 * events included), and the time at which proc_pump must be called at the latest (monotonic
 * milliseconds, INT64_MAX: none). Returns how many were filled in. They are valid until the
 * next proc_pump or proc_free. */
#define PROC_POLL_FDS 4
int proc_pollfds(const struct proc *p, struct pollfd fds[PROC_POLL_FDS], int64_t *wake_at_mono_ms);

/* Moves bytes, reaps, enforces the deadline; never blocks, and moves at most PROC_PUMP_MAX bytes
 * a stream so that a chatty child cannot keep the loop.
 * Returns 1 when the child has ended and its output is complete, 0 while it runs. */
#define PROC_PUMP_MAX (1u << 20)
int proc_pump(struct proc *p);

/* After proc_pump returned 1: the result, borrowed, valid until proc_free. */
const struct proc_result *proc_result(const struct proc *p);
int64_t proc_pid(const struct proc *p);

/* Asks it to end now (SIGTERM, SIGKILL after the grace); go on pumping. */
void proc_stop(struct proc *p);

/* Kills the group at once if it still runs, reaps it, frees. NULL is fine. */
void proc_free(struct proc *p);
CLEANUP_POINTER(struct proc, proc_free)

/* Starts, waits, and hands the result over (the caller frees it with proc_result_free).
 * Returns 0 when the child could be started, however it ended; -1 otherwise. */
int proc_run(const struct proc_spec *spec, struct proc_result *out, struct err *err);

#endif
