/* Reading a small file whole, private to lib/kube. */
#ifndef SW_KUBE_FILE_H
#define SW_KUBE_FILE_H

#include <stddef.h>

#include "base/err.h"

/* The file's bytes as malloc'd text; ERR_TOO_LARGE over max, ERR_CORRUPT when a NUL is in it,
 * otherwise as the system says. NULL on failure. The caller wipes it if it is a secret. */
char *kube_file_read(const char *path, size_t max, struct err *err);

#endif
