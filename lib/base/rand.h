/* Unpredictable bytes (libsodium's randombytes, the kernel's getrandom behind it). */
#ifndef SW_BASE_RAND_H
#define SW_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *out, size_t n);

/* 2 * n lower-case hexadecimal digits and a NUL: out holds 2 * n + 1 bytes. Returns out. */
char *rand_hex(char *out, size_t n);

/* Uniform below bound (bound > 0). */
uint32_t rand_below(uint32_t bound);

#endif
