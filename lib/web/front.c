#include "web/front.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static const char between[] = ", \t";

/* Length of the host in "host:port" or "[::1]:port". */
static size_t name_length(const char *host)
{
    size_t bracket = host[0] == '[' ? strcspn(host, "]") : 0;
    return bracket + strcspn(host + bracket, ":");
}

static int add_host(struct front *f, const char *name, size_t n, struct err *err)
{
    if (f->host_count == FRONT_HOSTS_MAX || n >= FRONT_HOST_MAX)
        return err_set(err, ERR_INVALID, "more than %d host names, or one of more than %d bytes",
                       FRONT_HOSTS_MAX, FRONT_HOST_MAX - 1);
    char *out = f->hosts[f->host_count];
    memcpy(out, name, n);
    out[n] = '\0';
    if (name_length(out) != n || out[n - 1] == '.' ||
        strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != n)
        return err_set(err, ERR_INVALID, "\"%s\" is not a host name in lower case without a port",
                       out);
    f->host_count++;
    return 0;
}

static int add_proxy(struct front *f, const char *text, size_t n, struct err *err)
{
    if (f->proxy_count == FRONT_PROXIES_MAX)
        return err_set(err, ERR_INVALID, "more than %d proxies", FRONT_PROXIES_MAX);
    if (ipnet_parse(&f->proxies[f->proxy_count], text, n) < 0)
        return err_set(err, ERR_INVALID, "\"%.*s\" is neither an address nor a network", (int)n,
                       text);
    f->proxy_count++;
    return 0;
}

static int each_word(struct front *f, const char *words,
                     int (*add)(struct front *, const char *, size_t, struct err *),
                     struct err *err)
{
    for (const char *p = words + strspn(words, between); *p;) {
        size_t n = strcspn(p, between);
        if (add(f, p, n, err) < 0)
            return -1;
        p += n;
        p += strspn(p, between);
    }
    return 0;
}

int front_parse(struct front *out, const char *hosts, const char *proxies, struct err *err)
{
    memset(out, 0, sizeof(*out));
    if (each_word(out, hosts, add_host, err) < 0 ||
        each_word(out, str_or_empty(proxies), add_proxy, err) < 0)
        return -1;
    if (out->host_count == 0)
        return err_set(err, ERR_INVALID, "there is no host name");
    return 0;
}

bool front_is_ours(const struct front *f, const char *host)
{
    size_t n = name_length(host);
    if (host[n] == ':' && strspn(host + n + 1, "0123456789") != strlen(host + n + 1))
        return false;
    if (n && host[n - 1] == '.')
        n--; /* the root of DNS: the same name */
    for (size_t i = 0; i < f->host_count; i++)
        if (strlen(f->hosts[i]) == n && strncasecmp(f->hosts[i], host, n) == 0)
            return true;
    return false;
}

/* The last two labels of a name, "localtest.me" of "a.localtest.me"; NULL for an address or a
 * single label, for which no browser takes a cookie from anyone else. */
static const char *cookie_domain(const char *name)
{
    struct ipaddr address;
    const char *last = strrchr(name, '.');
    if (!last || name[0] == '[' || ipaddr_parse(&address, name, strlen(name)) == 0)
        return NULL;
    const char *start = last;
    while (start > name && start[-1] != '.')
        start--;
    return start;
}

const char *front_shares_cookies(const struct front *f, const char *domain)
{
    const char *theirs = cookie_domain(domain);
    for (size_t i = 0; theirs && i < f->host_count; i++) {
        const char *ours = cookie_domain(f->hosts[i]);
        if (ours && strcasecmp(ours, theirs) == 0)
            return f->hosts[i];
    }
    return NULL;
}

static bool is_proxy(const struct front *f, const struct ipaddr *a)
{
    for (size_t i = 0; i < f->proxy_count; i++)
        if (ipnet_has(&f->proxies[i], a))
            return true;
    return false;
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". */
static int parse_hop(struct ipaddr *out, const char *text, size_t n)
{
    if (n && text[0] == '[') {
        const char *end = memchr(text, ']', n);
        return end ? ipaddr_parse(out, text + 1, (size_t)(end - text - 1)) : -1;
    }
    if (ipaddr_parse(out, text, n) == 0)
        return 0;
    const char *colon = memchr(text, ':', n);
    return colon ? ipaddr_parse(out, text, (size_t)(colon - text)) : -1;
}

void front_client(const struct front *f, const char *peer, const char *forwarded,
                  char out[IPADDR_TEXT_MAX])
{
    struct ipaddr client, hop;
    if (ipaddr_parse(&client, peer, strlen(peer)) < 0) {
        snprintf(out, IPADDR_TEXT_MAX, "%s", peer);
        str_utf8_cut(out);
        return;
    }
    size_t end = strlen(str_or_empty(forwarded));
    while (end > 0 && is_proxy(f, &client)) {
        size_t start = end;
        while (start > 0 && forwarded[start - 1] != ',')
            start--;
        const char *word = forwarded + start;
        size_t n = end - start, blank = strspn(word, " \t");
        blank = blank < n ? blank : n;
        word += blank, n -= blank;
        while (n && (word[n - 1] == ' ' || word[n - 1] == '\t'))
            n--;
        if (parse_hop(&hop, word, n) < 0)
            break; /* whoever wrote that, the last known one passed it on */
        client = hop;
        end = start ? start - 1 : 0;
    }
    ipaddr_text(&client, out);
}
