/* What stands in front of the program: the names it is reached by, and the proxies whose word about
 * a visitor's address is taken. */
#ifndef SW_WEB_FRONT_H
#define SW_WEB_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/ipaddr.h"

#define FRONT_HOSTS_MAX 16
#define FRONT_PROXIES_MAX 32
#define FRONT_HOST_MAX 254 /* bytes with the NUL */

struct front {
    char hosts[FRONT_HOSTS_MAX][FRONT_HOST_MAX]; /* lower case, without a port */
    size_t host_count;
    struct ipnet proxies[FRONT_PROXIES_MAX];
    size_t proxy_count;
};

/* hosts: names as in a Host header ("shops.example, [::1]"), at least one; proxies: addresses and
 * networks
 * ("10.0.0.0/8, ::1"), NULL or "" for none; both with commas or spaces between them. ERR_INVALID.
 */
int front_parse(struct front *out, const char *hosts, const char *proxies, struct err *err);

/* Is a request with this Host header meant for us? A page of somebody else whose name suddenly
 * leads to our address (DNS rebinding) sends its own name. */
bool front_is_ours(const struct front *f, const char *host);

/* A host of ours (borrowed) for which pages of domain's sub-domains could set cookies, because both
 * stand below the same name; NULL: none. Without TLS, and so without __Host- cookies, such a page
 * could put its own session in the place of a visitor's (RFC 6265bis, 8.6 and 8.7). */
const char *front_shares_cookies(const struct front *f, const char *domain);

/* Whose request it is: peer, the address that the connection came from; or, where that is a proxy
 * of ours, who it says it was for. X-Forwarded-For is read from the right: each proxy adds at the
 * end, and what is in front of the first one that is not ours is anybody's word. */
void front_client(const struct front *f, const char *peer, const char *forwarded,
                  char out[IPADDR_TEXT_MAX]);

#endif
