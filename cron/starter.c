/* reconcile-starter: starts a reconciler whenever it is kicked, for those who may not start one
 * themselves. The dashboard runs as another user than the reconciler, which has the rights in the
 * cluster; it may only knock here. One runs for as long as the platform does. Kicks that come while
 * a reconciler runs wait in the socket and start another one, which finds nothing left to do and
 * ends: none is lost. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "store/config.h"
#include "sys/kick.h"

#define PAUSE_S 1 /* between two starts, so that a flood of kicks is no flood of processes */

static void run_one(const char *program)
{
    char name[] = "reconcile";
    char *const argv[] = { name, NULL };
    pid_t pid = fork();
    if (pid == 0) {
        execv(program, argv);
        _exit(127);
    }
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    /* Once it runs it logs by itself what went wrong. */
    if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
        log_error("the reconciler was not started", "program", program);
}

static int wait_for_kick(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    while (poll(&p, 1, -1) < 0)
        if (errno != EINTR)
            return -1;
    kick_drain(fd);
    return 0;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        fputs("usage: reconcile-starter\n", stderr);
        return EX_USAGE;
    }
    log_init("reconcile-starter", LOG_LEVEL_INFO);
    struct err err = { 0 };
    CLEANUP(config_free_p) struct config *config = NULL;
    int fd = -1;
    if (config_load(&config, NULL, &err) == 0) {
        CLEANUP_FREE char *path = config_start_path(config);
        fd = kick_listen(path, &err);
    }
    if (fd < 0) {
        log_error("reconcile-starter cannot run", "error", err.msg);
        return EX_CONFIG;
    }
    while (wait_for_kick(fd) == 0) {
        run_one(config->reconcile);
        sleep(PAUSE_S);
    }
    log_error("reconcile-starter ends", "error", strerror(errno));
    return EX_OSERR;
}
