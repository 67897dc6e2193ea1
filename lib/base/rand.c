#include "base/rand.h"

#include <sodium.h>
#include <stdlib.h>

static void rand_ready(void)
{
    if (sodium_init() < 0)
        abort();
}

void rand_bytes(void *out, size_t n)
{
    rand_ready();
    randombytes_buf(out, n);
}

char *rand_hex(char *out, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    rand_bytes(out, n);
    for (size_t i = n; i-- > 0;) {
        unsigned char byte = (unsigned char)out[i];
        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    out[2 * n] = '\0';
    return out;
}

uint32_t rand_below(uint32_t bound)
{
    rand_ready();
    return randombytes_uniform(bound);
}
