/* Wake-ups between programs: a datagram on a Unix socket. The receiver (the reconciler)
 * binds the path; a sender needs no answer. A kick carries no data: "look at the queue". */
#ifndef SW_SYS_KICK_H
#define SW_SYS_KICK_H

#include "base/err.h"

/* Binds path for receiving (removing a socket file left by a dead receiver; the caller holds
 * the lock that says there is no living one). Mode 0660. Non-blocking, CLOEXEC. Returns the
 * descriptor, or -1: ERR_EXISTS when the path is something else than a socket, ERR_INVALID when
 * it is longer than a socket address holds (107 bytes, unix(7)). The receiver unlinks the path
 * itself before it closes the descriptor. */
int kick_listen(const char *path, struct err *err);

/* Reads the waiting kicks, at most KICK_DRAIN_MAX so that a flood cannot keep the reader (the
 * descriptor stays readable then). Returns how many there were (0: none). */
#define KICK_DRAIN_MAX 1024
int kick_drain(int fd);

/* Wakes the receiver. Returns 0; -1 with ERR_NOT_FOUND when nobody listens (no file, or
 * connection refused); a full queue counts as success: a wake-up is waiting already. */
int kick_send(const char *path, struct err *err);

#endif
