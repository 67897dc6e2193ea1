#include "web/server.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timeutil.h"

#define REPLY_TOTAL_MAX (REPLY_BODY_MAX + 16384)

/* Enough for any page; the rest of what Linux would set aside is never touched. */
#define STACK_BYTES ((size_t)512 * 1024)

/* Readable, and left so, once the server is to end: every thread that waits sees it. */
static int stop_fd = -1;

static void stop(void)
{
    const uint64_t one = 1;
    ssize_t ignored = write(stop_fd, &one, sizeof(one));
    (void)ignored;
}

static void on_stop(int signal_number)
{
    int kept = errno;
    (void)signal_number;
    stop();
    errno = kept;
}

static const char *fcgi_param(void *ctx, const char *name)
{
    FCGX_Request *fcgi = ctx;
    return FCGX_GetParam(name, fcgi->envp);
}

static ssize_t fcgi_read(void *ctx, char *out, size_t n)
{
    FCGX_Request *fcgi = ctx;
    return FCGX_GetStr(out, (int)n, fcgi->in);
}

/* Failures of the visitor are for information; ours are errors. */
static void log_failure(const struct request *rq, const struct reply *re, const struct err *err,
                        int64_t took_ms)
{
    char status[8], took[24];
    snprintf(status, sizeof(status), "%d", re->status);
    snprintf(took, sizeof(took), "%lld", (long long)took_ms);
    log_event(re->status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request failed", "request",
              rq->id, "method", method_name(rq->method), "path", rq->path ? rq->path : "-",
              "status", status, "address", rq->address, "error", err_code_name(err->code), "detail",
              err->msg, "ms", took, (char *)0);
}

static void serve(const struct web_app *app, FCGX_Request *fcgi)
{
    const struct request_source from = { fcgi_param, fcgi_read, fcgi };
    CLEANUP(request_clear) struct request rq = { 0 };
    CLEANUP(reply_clear) struct reply re = { 0 };
    CLEANUP(buf_free) struct buf out = BUF_INIT(REPLY_TOTAL_MAX);
    struct err err = { 0 };
    int64_t start = time_mono_ms();
    dispatch(app, &from, &rq, &re, &err);
    if (re.status >= 400)
        log_failure(&rq, &re, &err, time_mono_ms() - start);
    CRASH_POINT("handled");
    if (reply_write(&re, &rq, app->secure_cookies, &out) == 0)
        FCGX_PutStr(buf_text(&out), (int)out.len, fcgi->out);
    else
        log_error("answer too large", "request", rq.id);
    if (out.data)
        mem_wipe(out.data, out.cap);
}

/* What the threads of one server share. */
struct server {
    const struct web_app *app;
    int listen_fd;
    pthread_mutex_t turn; /* one thread waits for the next connection, the others wait for it */
    pthread_mutex_t failing;
    struct err failed; /* the first reason to end, but for a signal */
};

/* Returns 1 when a connection waits, 0 when it is time to end. */
static int wait_for_connection(const struct server *s)
{
    struct pollfd p[] = { { .fd = s->listen_fd, .events = POLLIN },
                          { .fd = stop_fd, .events = POLLIN } };
    for (;;) {
        int n = poll(p, 2, -1);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0 && p[1].revents)
            return 0;
        if (n > 0)
            return 1;
    }
}

/* The next request; as wait_for_connection, and 2: somebody else's, wait again. The socket does not
 * block: another process may take the connection first. */
static int next_request(struct server *s, FCGX_Request *fcgi, struct err *err)
{
    int ready = wait_for_connection(s);
    if (ready < 0)
        return err_errno(err, errno, "cannot wait for connections");
    if (ready == 0)
        return 0;
    int r = FCGX_Accept_r(fcgi);
    if (r == 0)
        return 1;
    if (r == -EAGAIN || r == -EWOULDBLOCK || r == -EINTR || r == -ECONNABORTED)
        return 2;
    return err_errno(err, -r, "cannot accept a connection");
}

static void *work(void *arg)
{
    struct server *s = arg;
    FCGX_Request fcgi;
    struct err failed = { 0 };
    int r = FCGX_InitRequest(&fcgi, s->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) == 0
                ? 2
                : err_set(&failed, ERR_INTERNAL, "libfcgi cannot be set up");
    while (r > 0) {
        pthread_mutex_lock(&s->turn);
        r = next_request(s, &fcgi, &failed);
        pthread_mutex_unlock(&s->turn);
        if (r == 1) {
            serve(s->app, &fcgi);
            FCGX_Finish_r(&fcgi);
            CRASH_POINT("answered");
        }
    }
    FCGX_Free(&fcgi, 1);
    if (r < 0) {
        pthread_mutex_lock(&s->failing);
        if (s->failed.code == ERR_NONE)
            s->failed = failed;
        pthread_mutex_unlock(&s->failing);
        stop(); /* all threads, as one that serves less than it was asked to is hard to notice */
    }
    return NULL;
}

/* SIGUSR1 is FastCGI's own way to ask for an end, and multiwatch's. */
static int catch_stops(struct err *err)
{
    static const int stops[] = { SIGTERM, SIGINT, SIGUSR1 };
    struct sigaction on = { .sa_handler = on_stop, .sa_flags = SA_RESTART },
                     ignore = { .sa_handler = SIG_IGN };
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0)
        return err_errno(err, errno, "cannot set up the end of the server");
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
        sigaction(stops[i], &on, NULL);
    sigaction(SIGPIPE, &ignore, NULL); /* a browser that went away is no fault */
    return 0;
}

static int prepare(int listen_fd, struct err *err)
{
    int listening = 0;
    socklen_t n = sizeof(listening);
    if (getsockopt(listen_fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) < 0 || !listening)
        return err_set(err, ERR_INVALID,
                       "descriptor %d is no listening socket; start this program by spawn-fcgi or "
                       "a supervisor that hands one over",
                       listen_fd);
    int flags = fcntl(listen_fd, F_GETFL);
    if (flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return err_errno(err, errno, "cannot set up the listening socket");
    /* First, because it takes SIGUSR1 for itself, and would then refuse every connection. */
    if (FCGX_Init() != 0)
        return err_set(err, ERR_INTERNAL, "libfcgi cannot be set up");
    return catch_stops(err);
}

/* Starts up to `more` threads; gives how many. */
static int start_threads(struct server *s, pthread_t *threads, int more, struct err *err)
{
    pthread_attr_t attributes;
    int started = 0, failed = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (started < more && !failed) {
        failed = pthread_create(&threads[started], &attributes, work, s);
        started += !failed;
    }
    pthread_attr_destroy(&attributes);
    if (failed) {
        err_errno(err, failed, "cannot start thread %d of %d", started + 2, more + 1);
        stop();
    }
    return started;
}

int server_run(const struct web_app *app, int listen_fd, int threads, struct err *err)
{
    struct server s = { .app = app,
                        .listen_fd = listen_fd,
                        .turn = PTHREAD_MUTEX_INITIALIZER,
                        .failing = PTHREAD_MUTEX_INITIALIZER };
    if (prepare(listen_fd, err) < 0)
        return -1;
    CLEANUP_FREE pthread_t *more =
        threads > 1 ? mem_alloc_array((size_t)threads, sizeof(*more)) : NULL;
    struct err failed = { 0 };
    int started = threads > 1 ? start_threads(&s, more, threads - 1, &failed) : 0;
    work(&s);
    for (int i = 0; i < started; i++)
        pthread_join(more[i], NULL);
    close(stop_fd);
    stop_fd = -1;
    if (failed.code == ERR_NONE)
        failed = s.failed;
    return failed.code == ERR_NONE ? 0 : err_set(err, failed.code, "%s", failed.msg);
}
