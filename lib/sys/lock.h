/* A lock on a file (open file description lock, fcntl F_OFD_SETLK) which the kernel drops when the holder dies. */
#ifndef SW_SYS_LOCK_H
#define SW_SYS_LOCK_H

#include "base/err.h"

/* Takes the lock without waiting. Returns a descriptor (CLOEXEC) that holds it until closed;
 * -1 with ERR_UNAVAILABLE when another process has it; -1 otherwise on trouble with the file.
 * The file is made (0600) if missing and gets the holder's pid as text, for people. */
int lock_acquire(const char *path, struct err *err);

#endif
