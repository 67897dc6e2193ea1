/*
 * Keeps a pod's namespaces open. As the first process of a shared PID namespace it also collects
 * the children that other processes of the pod leave behind.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_SUCCESS);
}

static void collect(int signal_number)
{
    (void)signal_number;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

int main(void)
{
    struct sigaction on_end = { .sa_handler = leave };
    struct sigaction on_child = { .sa_handler = collect, .sa_flags = SA_NOCLDSTOP };

    if (sigaction(SIGINT, &on_end, NULL) < 0 || sigaction(SIGTERM, &on_end, NULL) < 0 ||
        sigaction(SIGCHLD, &on_child, NULL) < 0)
        return EXIT_FAILURE;
    for (;;)
        pause();
}
