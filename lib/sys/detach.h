/* Starting a program that outlives its starter: own session, no controlling terminal, standard
 * input from /dev/null, and nothing for the starter to reap. */
#ifndef SW_SYS_DETACH_H
#define SW_SYS_DETACH_H

#include "base/err.h"

/* log_path: where its standard output and error are appended (0640), or NULL: they are inherited.
 * Returns 0 once the program runs; -1 when it could not be started (exec's failure included). */
int detach_start(const char *path, const char *const *argv, const char *const *envp,
                 const char *log_path, struct err *err);

#endif
