/* A child process as a filled-in struct. Started by posix_spawn in its own process
 * group, with only the descriptors named here; its output goes to bounded buffers.
 * A child that passes its deadline gets SIGTERM, then SIGKILL (the whole group). */
#ifndef SW_SYS_PROC_H
#define SW_SYS_PROC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct proc_spec {
    const char *path;         /* absolute path of the program */
    const char *const *argv;  /* NULL-ended; argv[0] included */
    const char *const *envp;  /* NULL-ended; the whole environment of the child */
    const char *dir;          /* working directory, or NULL for the caller's */
    const char *input;        /* bytes for standard input, borrowed until the child has ended; NULL: /dev/null */
    size_t input_len;
    int64_t timeout_ms;       /* from start to SIGTERM; 0: none */
    size_t output_max;        /* ceiling of each of out and err_out; what is over is read and dropped */
    bool keep_tail;           /* when over the ceiling keep the last bytes instead of the first */
};

#define PROC_KILL_GRACE_MS 5000 /* between SIGTERM and SIGKILL */

struct proc_result {
    int exit_status;  /* 0..255, or -1 if it did not exit by itself */
    int term_signal;  /* the signal that ended it, or 0 */
    bool timed_out;   /* the deadline passed */
    struct buf out;   /* standard output */
    struct buf err_out; /* standard error */
    int64_t took_ms;
};

/* exit_status == 0 and nothing else happened. */
bool proc_succeeded(const struct proc_result *r);
void proc_result_free(struct proc_result *r);

/* One child under way. */
struct proc;

/* Starts it. Everything in spec but input may go away after the call.
 * Returns 0 and *out, owned by the caller, or -1. */
int proc_start(struct proc **out, const struct proc_spec *spec, struct err *err);

/* For an event loop: at most PROC_POLL_FDS descriptors to be waited on (poll(2) events
 * included), and the time at which proc_pump must be called at the latest (monotonic
 * milliseconds, INT64_MAX: none). */
#define PROC_POLL_FDS 4
int proc_pollfds(const struct proc *p, struct pollfd fds[PROC_POLL_FDS], int64_t *wake_at_mono_ms);

/* Moves bytes, reaps, enforces the deadline; never blocks.
 * Returns 1 when the child has ended and its output is complete, 0 while it runs. */
int proc_pump(struct proc *p);

/* After proc_pump returned 1: the result, borrowed, valid until proc_free. */
const struct proc_result *proc_result(const struct proc *p);
int64_t proc_pid(const struct proc *p);

/* Asks it to end now (SIGTERM, SIGKILL after the grace); go on pumping. */
void proc_stop(struct proc *p);

/* Kills the group at once if it still runs, reaps it, frees. NULL is fine. */
void proc_free(struct proc *p);

/* Starts, waits, and hands the result over (the caller frees it with proc_result_free).
 * Returns 0 when the child could be started, however it ended; -1 otherwise. */
int proc_run(const struct proc_spec *spec, struct proc_result *out, struct err *err);

#endif
