/* The FastCGI loop (libfcgi, fcgiapp.h) on a listening socket that the program inherits, by the
 * FastCGI specification, as descriptor 0. Several processes may share the socket. SIGTERM and
 * SIGINT end the loop after the requests that are being answered. */
#ifndef SW_WEB_SERVER_H
#define SW_WEB_SERVER_H

#include "base/err.h"
#include "web/dispatch.h"

/* threads: how many requests are answered at once; with more than one, everything that app leads to
 * must bear being used by several threads. Returns 0 after a signal. -1: the descriptor is no
 * listening socket, or accepting failed. Once a program. */
int server_run(const struct web_app *app, int listen_fd, int threads, struct err *err);

#endif
