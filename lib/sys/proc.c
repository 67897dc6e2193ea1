#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeutil.h"

#define READ_CHUNK (64u << 10)

struct proc {
    pid_t pid;
    int pid_fd;
    int in_fd; /* our ends of the pipes; -1 when closed */
    int out_fd;
    int err_fd;
    char *input;
    size_t input_len;
    size_t input_done;
    bool keep_tail;
    bool exited; /* a zombie that holds the process group's number until proc_pump reaps it */
    bool reaped;
    int64_t started_at;
    int64_t term_at;  /* deadline; INT64_MAX: none, or SIGTERM was sent */
    int64_t kill_at;  /* SIGKILL is due; INT64_MAX: not asked to end, or sent */
    int64_t drain_at; /* after the exit: the pipes' deadline */
    struct proc_result result;
};

bool proc_succeeded(const struct proc_result *r)
{
    return r->exit_status == 0 && r->term_signal == 0 && !r->timed_out;
}

void proc_result_free(struct proc_result *r)
{
    if (!r)
        return;
    buf_free(&r->out);
    buf_free(&r->err_out);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The child's ends must not be 0, 1 or 2: the dup2 of one stream would overwrite another's. */
static int lift_fd(int *fd)
{
    if (*fd > STDERR_FILENO)
        return 0;
    int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (lifted < 0)
        return -1;
    close(*fd);
    *fd = lifted;
    return 0;
}

static int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* ours: the end the parent keeps, non-blocking; theirs: the child's, blocking. */
static int make_pipe(int *ours, int *theirs, bool child_reads)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    *ours = ends[child_reads ? 1 : 0];
    *theirs = ends[child_reads ? 0 : 1];
    return lift_fd(theirs) < 0 ? -1 : set_nonblocking(*ours);
}

struct child_fds {
    int in;
    int out;
    int err;
};

static void child_fds_close(struct child_fds *c)
{
    close_fd(&c->in);
    close_fd(&c->out);
    close_fd(&c->err);
}

static int open_pipes(struct proc *p, struct child_fds *c, struct err *err)
{
    if (make_pipe(&p->out_fd, &c->out, false) < 0 || make_pipe(&p->err_fd, &c->err, false) < 0)
        return err_errno(err, errno, "cannot make a pipe");
    if (p->input) {
        if (make_pipe(&p->in_fd, &c->in, true) < 0)
            return err_errno(err, errno, "cannot make a pipe");
        return 0;
    }
    c->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (c->in < 0 || lift_fd(&c->in) < 0)
        return err_errno(err, errno, "cannot open /dev/null");
    return 0;
}

static int fill_actions(posix_spawn_file_actions_t *fa, const struct child_fds *c, const char *dir)
{
    int e = posix_spawn_file_actions_adddup2(fa, c->in, STDIN_FILENO);
    if (!e)
        e = posix_spawn_file_actions_adddup2(fa, c->out, STDOUT_FILENO);
    if (!e)
        e = posix_spawn_file_actions_adddup2(fa, c->err, STDERR_FILENO);
    /* CLOEXEC is the rule everywhere; this covers libraries that do not keep it. */
    if (!e)
        e = posix_spawn_file_actions_addclosefrom_np(fa, STDERR_FILENO + 1);
    if (!e && dir)
        e = posix_spawn_file_actions_addchdir_np(fa, dir);
    return e;
}

/* Own process group; no signal blocked or ignored, whatever the caller's settings are. */
static int fill_attributes(posix_spawnattr_t *attr)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    int e = posix_spawnattr_setflags(attr, flags);
    if (!e)
        e = posix_spawnattr_setpgroup(attr, 0);
    if (!e)
        e = posix_spawnattr_setsigdefault(attr, &all);
    if (!e)
        e = posix_spawnattr_setsigmask(attr, &none);
    return e;
}

static int spawn(pid_t *pid, const struct proc_spec *spec, const struct child_fds *c)
{
    static const char *const no_env[] = { NULL };
    posix_spawn_file_actions_t fa;
    int e = posix_spawn_file_actions_init(&fa);
    if (e)
        return e;
    posix_spawnattr_t attr;
    e = posix_spawnattr_init(&attr);
    if (e) {
        posix_spawn_file_actions_destroy(&fa);
        return e;
    }
    e = fill_actions(&fa, c, spec->dir);
    if (!e)
        e = fill_attributes(&attr);
    if (!e) {
        const char *const *env = spec->envp ? spec->envp : no_env;
        e = posix_spawn(pid, spec->path, &fa, &attr, (char *const *)spec->argv, (char *const *)env);
    }
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&fa);
    return e;
}

static int check_spec(const struct proc_spec *spec, struct err *err)
{
    if (!spec->path || spec->path[0] != '/')
        return err_set(err, ERR_INVALID, "a program is named by its absolute path, not \"%s\"",
                       spec->path ? spec->path : "");
    if (!spec->argv || !spec->argv[0])
        return err_set(err, ERR_INVALID, "%s: argv is empty", spec->path);
    if (spec->timeout_ms < 0)
        return err_set(err, ERR_INVALID, "%s: negative timeout", spec->path);
    return 0;
}

static struct proc *proc_new(const struct proc_spec *spec)
{
    struct proc *p = mem_alloc(sizeof(*p));
    p->pid = -1;
    p->pid_fd = p->in_fd = p->out_fd = p->err_fd = -1;
    p->keep_tail = spec->keep_tail;
    p->term_at = p->kill_at = p->drain_at = INT64_MAX;
    p->result.exit_status = -1;
    p->result.out = BUF_INIT(spec->output_max);
    p->result.err_out = BUF_INIT(spec->output_max);
    if (spec->input) {
        p->input = mem_alloc(spec->input_len + 1);
        memcpy(p->input, spec->input, spec->input_len);
        p->input_len = spec->input_len;
    }
    return p;
}

int proc_start(struct proc **out, const struct proc_spec *spec, struct err *err)
{
    if (check_spec(spec, err) < 0)
        return -1;
    CLEANUP(proc_free_p) struct proc *p = proc_new(spec);
    CLEANUP(child_fds_close) struct child_fds child = { -1, -1, -1 };
    if (open_pipes(p, &child, err) < 0)
        return -1;
    int e = spawn(&p->pid, spec, &child);
    if (e) {
        p->pid = -1;
        err_errno(err, e, "cannot run %s", spec->path);
        return -1;
    }
    p->started_at = time_mono_ms();
    if (spec->timeout_ms > 0 && spec->timeout_ms < INT64_MAX - p->started_at)
        p->term_at = p->started_at + spec->timeout_ms;
    /* It sets CLOEXEC by itself. -1: proc_pollfds makes up for it. */
    p->pid_fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    *out = TAKE(p);
    return 0;
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int proc_pollfds(const struct proc *p, struct pollfd fds[PROC_POLL_FDS], int64_t *wake_at_mono_ms)
{
    int n = 0;
    if (p->in_fd >= 0)
        fds[n++] = (struct pollfd) { .fd = p->in_fd, .events = POLLOUT };
    if (p->out_fd >= 0)
        fds[n++] = (struct pollfd) { .fd = p->out_fd, .events = POLLIN };
    if (p->err_fd >= 0)
        fds[n++] = (struct pollfd) { .fd = p->err_fd, .events = POLLIN };
    int64_t wake_at = earliest(earliest(p->term_at, p->kill_at), p->drain_at);
    if (!p->exited && p->pid_fd >= 0)
        fds[n++] = (struct pollfd) { .fd = p->pid_fd, .events = POLLIN };
    else if (!p->exited)
        wake_at = earliest(wake_at, time_mono_ms() + PROC_BLIND_MS);
    if (wake_at_mono_ms)
        *wake_at_mono_ms = wake_at;
    return n;
}

/* write(2) to a pipe nobody reads raises SIGPIPE, and how the program treats that is not ours
 * to change: it is held back for the call and a new one is taken away. */
static ssize_t write_without_sigpipe(int fd, const char *bytes, size_t n)
{
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t r = write(fd, bytes, n);
    int e = errno;
    if (r < 0 && e == EPIPE && !was_pending) {
        static const struct timespec now = { 0, 0 };
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = e;
    return r;
}

static void feed(struct proc *p)
{
    size_t moved = 0;
    while (p->in_fd >= 0 && moved < PROC_PUMP_MAX) {
        size_t left = p->input_len - p->input_done;
        if (left == 0) {
            close_fd(&p->in_fd);
            return;
        }
        ssize_t r = write_without_sigpipe(p->in_fd, p->input + p->input_done, left);
        if (r > 0) {
            p->input_done += (size_t)r;
            moved += (size_t)r;
        } else if (r < 0 && errno == EINTR) {
            continue;
        } else if (r < 0 && errno == EAGAIN) {
            return;
        } else {
            close_fd(&p->in_fd); /* EPIPE: the child does not want the rest */
        }
    }
}

/* Keeps what the ceiling allows: the first bytes, or the last. */
static void keep_output(struct buf *b, bool tail, const char *bytes, size_t n)
{
    size_t room = b->max - b->len;
    if (n <= room) {
        buf_add(b, bytes, n);
        return;
    }
    if (!tail) {
        buf_add(b, bytes, room);
    } else if (n >= b->max) {
        buf_reset(b);
        buf_add(b, bytes + (n - b->max), b->max);
    } else {
        buf_drop_front(b, n - room);
        buf_add(b, bytes, n);
    }
    b->overflow = true;
}

static void drink(struct proc *p, int *fd, struct buf *b)
{
    char chunk[READ_CHUNK];
    size_t moved = 0;
    while (*fd >= 0 && moved < PROC_PUMP_MAX) {
        ssize_t r = read(*fd, chunk, sizeof(chunk));
        if (r > 0) {
            keep_output(b, p->keep_tail, chunk, (size_t)r);
            moved += (size_t)r;
        } else if (r < 0 && errno == EINTR) {
            continue;
        } else if (r < 0 && errno == EAGAIN) {
            return;
        } else {
            close_fd(fd);
        }
    }
}

static void signal_group(const struct proc *p, int sig)
{
    if (p->pid > 0 && !p->reaped)
        kill(-p->pid, sig);
}

/* The deadlines that are due. */
static void enforce(struct proc *p, int64_t now)
{
    if (now >= p->term_at) {
        p->result.timed_out = true;
        proc_stop(p);
    }
    if (now >= p->kill_at) {
        p->kill_at = INT64_MAX;
        signal_group(p, SIGKILL);
    }
}

/* Looks whether the child has ended, and leaves the zombie: as long as it is there, no stranger
 * can get its process group's number. */
static void look_for_exit(struct proc *p, int64_t now)
{
    siginfo_t info = { 0 };
    int r;
    do {
        r = waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    } while (r < 0 && errno == EINTR);
    if (r == 0 && info.si_pid == 0)
        return;
    p->exited = true;
    p->result.took_ms = now - p->started_at;
    p->term_at = INT64_MAX;
    p->drain_at = now + PROC_DRAIN_MS;
    if (r < 0) {
        p->reaped = true; /* ECHILD: somebody else reaped it */
        return;
    }
    if (info.si_code == CLD_EXITED)
        p->result.exit_status = info.si_status;
    else
        p->result.term_signal = info.si_status;
}

/* Ends what is left of the group and gives the pid back. */
static void reap(struct proc *p)
{
    signal_group(p, SIGKILL);
    while (!p->reaped) {
        if (waitpid(p->pid, NULL, 0) >= 0 || errno != EINTR)
            p->reaped = true;
    }
}

int proc_pump(struct proc *p)
{
    if (p->exited && p->reaped && p->out_fd < 0 && p->err_fd < 0)
        return 1;
    feed(p);
    int64_t now = time_mono_ms();
    enforce(p, now);
    if (!p->exited)
        look_for_exit(p, now);
    drink(p, &p->out_fd, &p->result.out);
    drink(p, &p->err_fd, &p->result.err_out);
    if (!p->exited)
        return 0;
    close_fd(&p->in_fd);
    if ((p->out_fd >= 0 || p->err_fd >= 0) && now < p->drain_at)
        return 0;
    reap(p);
    /* What the killed group had written is in the pipes still. */
    drink(p, &p->out_fd, &p->result.out);
    drink(p, &p->err_fd, &p->result.err_out);
    close_fd(&p->out_fd);
    close_fd(&p->err_fd);
    p->kill_at = p->drain_at = INT64_MAX;
    return 1;
}

const struct proc_result *proc_result(const struct proc *p)
{
    return &p->result;
}

int64_t proc_pid(const struct proc *p)
{
    return p->pid;
}

void proc_stop(struct proc *p)
{
    if (p->exited || p->kill_at != INT64_MAX)
        return;
    p->term_at = INT64_MAX;
    p->kill_at = time_mono_ms() + PROC_KILL_GRACE_MS;
    signal_group(p, SIGTERM);
}

void proc_free(struct proc *p)
{
    if (!p)
        return;
    if (p->pid > 0 && !p->reaped)
        reap(p);
    close_fd(&p->pid_fd);
    close_fd(&p->in_fd);
    close_fd(&p->out_fd);
    close_fd(&p->err_fd);
    free(p->input);
    proc_result_free(&p->result);
    free(p);
}

static int wait_ms(int64_t wake_at)
{
    if (wake_at == INT64_MAX)
        return -1;
    int64_t left = wake_at - time_mono_ms();
    if (left <= 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

int proc_run(const struct proc_spec *spec, struct proc_result *out, struct err *err)
{
    CLEANUP(proc_free_p) struct proc *p = NULL;
    if (proc_start(&p, spec, err) < 0)
        return -1;
    while (!proc_pump(p)) {
        struct pollfd fds[PROC_POLL_FDS];
        int64_t wake_at;
        int n = proc_pollfds(p, fds, &wake_at);
        if (poll(fds, (nfds_t)n, wait_ms(wake_at)) < 0 && errno != EINTR)
            return err_errno(err, errno, "poll");
    }
    *out = p->result;
    p->result = (struct proc_result) { 0 };
    return 0;
}
