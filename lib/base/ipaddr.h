/* IP addresses and networks in text, IPv4 and IPv6 (RFC 4291). Nothing is looked up. */
#ifndef SW_BASE_IPADDR_H
#define SW_BASE_IPADDR_H

#include <stdbool.h>
#include <stddef.h>

#define IPADDR_TEXT_MAX 50 /* bytes of an address or network in text, with the NUL */

/* IPv4 is held as ::ffff:a.b.c.d, so that both are compared alike. */
struct ipaddr {
    unsigned char bytes[16];
};

struct ipnet {
    struct ipaddr address;
    unsigned prefix; /* bits, 0 to 128 */
};

/* text[0..n): "192.0.2.1", "2001:db8::1". Returns 0 or -1. */
int ipaddr_parse(struct ipaddr *out, const char *text, size_t n);
/* The shortest usual form (RFC 5952), IPv4 with dots. */
void ipaddr_text(const struct ipaddr *a, char out[IPADDR_TEXT_MAX]);

/* text[0..n): an address, or one with "/BITS". Returns 0 or -1. */
int ipnet_parse(struct ipnet *out, const char *text, size_t n);
bool ipnet_has(const struct ipnet *net, const struct ipaddr *a);

/* What one person is likely to have: an IPv4 address, or the /64 of an IPv6 address, in text. What
 * is no address is copied as it is, cut off at the end. */
void ipaddr_neighbourhood(const char *address, char out[IPADDR_TEXT_MAX]);

#endif
