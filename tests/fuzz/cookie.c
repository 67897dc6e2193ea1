/* The Cookie header, of which other hosts under the same domain write parts. The first line is what
 * a stranger put in front of the visitor's own cookie.
 *
 * fuzzes: lib/web/request.c lib/web/session.c */
#include "fuzz.h"

#include "base/cleanup.h"
#include "web/session.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *tossed = fuzz_text(data, size);
    CLEANUP_FREE char *mine = str_printf("%s; sw_session=" TOKEN, tossed);
    struct request alone = { .cookies = tossed }, together = { .cookies = mine };
    char value[65];
    if (request_cookie(&alone, "sw_session", value, sizeof(value)) == 0)
        PROMISE(strlen(value) < sizeof(value));
    session_read(&alone, false);
    session_read(&together, false);
    /* The visitor's own session or none: never the stranger's. */
    PROMISE(!*together.token || strcmp(together.token, TOKEN) == 0);
    PROMISE(!*alone.token || strlen(alone.token) == 64);
    return 0;
}
