/* The FastCGI loop (libfcgi, fcgiapp.h): one request at a time on a listening socket that the
 * program inherits, by the FastCGI specification, as descriptor 0. Several processes may share
 * the socket. SIGTERM and SIGINT end the loop after the request that is being answered. */
#ifndef SW_WEB_SERVER_H
#define SW_WEB_SERVER_H

#include "base/err.h"
#include "web/dispatch.h"

/* Returns 0 after a signal. -1: the descriptor is no listening socket, or accepting failed. */
int server_run(const struct web_app *app, int listen_fd, struct err *err);

#endif
