/* A lock on a file (open file description lock, fcntl(2) F_OFD_SETLK) which the kernel drops
 * when the holder dies, however it dies. The file stays; only the lock means anything. */
#ifndef SW_SYS_LOCK_H
#define SW_SYS_LOCK_H

#include "base/err.h"

/* Takes the lock without waiting. Returns a descriptor (CLOEXEC) that holds it until closed;
 * -1 with ERR_UNAVAILABLE when another process has it (the message names its pid, for people);
 * -1 otherwise on trouble with the file: a symbolic link is refused.
 * The file is made (0600) if missing and gets the holder's pid as text, for people.
 * A lock belongs to the open file: a second lock_acquire in one process is refused too, and a
 * fork(2) without exec shares it. */
int lock_acquire(const char *path, struct err *err);

/* The pid that the file tells of, a hint as in the message above; 0: none. */
long lock_holder(const char *path);

#endif
