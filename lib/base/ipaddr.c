#include "base/ipaddr.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool is_v4(const struct ipaddr *a)
{
    return memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

int ipaddr_parse(struct ipaddr *out, const char *text, size_t n)
{
    char copy[IPADDR_TEXT_MAX];
    if (n == 0 || n >= sizeof(copy) || memchr(text, '\0', n))
        return -1;
    memcpy(copy, text, n);
    copy[n] = '\0';
    memcpy(out->bytes, mapped, sizeof(mapped));
    if (inet_pton(AF_INET, copy, out->bytes + sizeof(mapped)) == 1)
        return 0;
    return inet_pton(AF_INET6, copy, out->bytes) == 1 ? 0 : -1;
}

void ipaddr_text(const struct ipaddr *a, char out[IPADDR_TEXT_MAX])
{
    if (is_v4(a))
        inet_ntop(AF_INET, a->bytes + sizeof(mapped), out, IPADDR_TEXT_MAX);
    else
        inet_ntop(AF_INET6, a->bytes, out, IPADDR_TEXT_MAX);
}

int ipnet_parse(struct ipnet *out, const char *text, size_t n)
{
    const char *slash = memchr(text, '/', n);
    if (ipaddr_parse(&out->address, text, slash ? (size_t)(slash - text) : n) < 0)
        return -1;
    bool v4 = is_v4(&out->address) && !memchr(text, ':', n);
    unsigned most = v4 ? 32 : 128;
    out->prefix = 128;
    if (!slash)
        return 0;
    char bits[8] = "";
    size_t len = n - (size_t)(slash + 1 - text);
    int64_t number;
    if (len == 0 || len >= sizeof(bits))
        return -1;
    memcpy(bits, slash + 1, len);
    if (str_to_i64(bits, 0, most, &number) < 0)
        return -1;
    out->prefix = (unsigned)number + 128 - most;
    return 0;
}

bool ipnet_has(const struct ipnet *net, const struct ipaddr *a)
{
    unsigned whole = net->prefix / 8, rest = net->prefix % 8;
    if (memcmp(net->address.bytes, a->bytes, whole) != 0)
        return false;
    unsigned mask = 0xffu << (8 - rest) & 0xffu;
    return !rest || ((net->address.bytes[whole] ^ a->bytes[whole]) & mask) == 0;
}

void ipaddr_neighbourhood(const char *address, char out[IPADDR_TEXT_MAX])
{
    struct ipaddr a;
    if (ipaddr_parse(&a, address, strlen(address)) < 0) {
        snprintf(out, IPADDR_TEXT_MAX, "%s", address);
        str_utf8_cut(out);
        return;
    }
    bool v4 = is_v4(&a);
    if (!v4)
        memset(a.bytes + 8, 0, 8);
    ipaddr_text(&a, out);
    if (!v4)
        snprintf(out + strlen(out), IPADDR_TEXT_MAX - strlen(out), "/64");
}
