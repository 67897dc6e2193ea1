/* Allocation that cannot fail from the caller's view. Every program here is crash-only:
 * what it was doing is durable in SQLite and is run again, so a process that cannot
 * have memory says so in one line and ends (exit status 71, EX_OSERR). */
#ifndef SW_BASE_MEM_H
#define SW_BASE_MEM_H

#include <stddef.h>

/* Zeroed. The caller frees with free(). */
void *mem_alloc(size_t size) __attribute__((returns_nonnull, malloc));
void *mem_alloc_array(size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* As realloc; new bytes are not zeroed. Ends the process on overflow of count * size. */
void *mem_grow_array(void *p, size_t count, size_t size) __attribute__((returns_nonnull));

/* Overwrites in a way the compiler keeps: for passwords and tokens before free(). */
void mem_wipe(void *p, size_t size);

#endif
