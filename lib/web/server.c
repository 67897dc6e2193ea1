#include "web/server.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timeutil.h"

#define REPLY_TOTAL_MAX (REPLY_BODY_MAX + 16384)

static volatile sig_atomic_t stopping;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
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

/* SIGTERM is let in only while waiting in ppoll, so none is lost between a look at the flag and
 * the wait. The socket does not block: another process may take the connection first. */
static int wait_for_connection(int listen_fd, const sigset_t *unblocked)
{
    struct pollfd p = { .fd = listen_fd, .events = POLLIN };
    while (!stopping) {
        int n = ppoll(&p, 1, NULL, unblocked);
        if (n > 0)
            return 1;
        if (n < 0 && errno != EINTR)
            return -1;
    }
    return 0;
}

/* SIGUSR1 is FastCGI's own way to ask for an end, and multiwatch's. */
static void catch_stops(sigset_t *unblocked)
{
    static const int stops[] = { SIGTERM, SIGINT, SIGUSR1 };
    const size_t count = sizeof(stops) / sizeof(stops[0]);
    struct sigaction stop = { .sa_handler = on_stop }, ignore = { .sa_handler = SIG_IGN };
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < count; i++) {
        sigaddset(&blocked, stops[i]);
        sigaction(stops[i], &stop, NULL);
    }
    sigprocmask(SIG_BLOCK, &blocked, unblocked);
    for (size_t i = 0; i < count; i++)
        sigdelset(unblocked, stops[i]);
    sigaction(SIGPIPE, &ignore, NULL); /* a browser that went away is no fault */
}

static int prepare(int listen_fd, sigset_t *unblocked, struct err *err)
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
    catch_stops(unblocked);
    return 0;
}

int server_run(const struct web_app *app, int listen_fd, struct err *err)
{
    sigset_t unblocked;
    if (prepare(listen_fd, &unblocked, err) < 0)
        return -1;
    FCGX_Request fcgi;
    if (FCGX_InitRequest(&fcgi, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return err_set(err, ERR_INTERNAL, "libfcgi cannot be set up");
    int ready;
    while ((ready = wait_for_connection(listen_fd, &unblocked)) > 0) {
        int r = FCGX_Accept_r(&fcgi);
        if (r == 0) {
            serve(app, &fcgi);
            FCGX_Finish_r(&fcgi);
            CRASH_POINT("answered");
        } else if (r != -EAGAIN && r != -EWOULDBLOCK && r != -EINTR && r != -ECONNABORTED) {
            return err_errno(err, -r, "cannot accept a connection");
        }
    }
    return ready < 0 ? err_errno(err, errno, "cannot wait for connections") : 0;
}
