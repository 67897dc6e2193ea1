/* Who stands in front: lines of the Host header, the peer's address, X-Forwarded-For, and the two
 * settings.
 *
 * fuzzes: lib/web/front.c lib/base/ipaddr.c */
#include "fuzz.h"

#include <strings.h>

#include "base/cleanup.h"
#include "web/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_text(data, size);
    const char *lines[5] = { "", "", "", "", "" };
    size_t n = 0;
    for (char *at = text; at && n < 5;) {
        lines[n++] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
    static struct front usual, given;
    char out[IPADDR_TEXT_MAX];
    struct ipaddr client;
    struct err err = { 0 };
    PROMISE(front_parse(&usual, "localhost, [::1]", "10.0.0.0/8 ::1", NULL) == 0);
    if (front_is_ours(&usual, lines[0]))
        PROMISE(strncasecmp(lines[0], "localhost", 9) == 0 || strncmp(lines[0], "[::1]", 5) == 0);
    front_client(&usual, lines[1], lines[2], out);
    PROMISE(strlen(out) < sizeof(out));
    /* A peer that is no proxy of ours is who it is, whatever it says. */
    front_client(&usual, "192.0.2.1", lines[2], out);
    PROMISE(strcmp(out, "192.0.2.1") == 0);
    front_client(&usual, "10.0.0.1", lines[2], out);
    PROMISE(ipaddr_parse(&client, out, strlen(out)) == 0);
    ipaddr_neighbourhood(lines[1], out);
    PROMISE(strlen(out) < sizeof(out));
    if (front_parse(&given, lines[3], lines[4], &err) < 0)
        PROMISE(err.code == ERR_INVALID);
    else
        PROMISE(given.host_count > 0 && front_is_ours(&given, given.hosts[0]));
    front_shares_cookies(&given, lines[0]);
    return 0;
}
