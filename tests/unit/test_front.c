/* web/front and base/ipaddr: whose request it is, and whether it is meant for us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "web/front.h"

static struct front front;

static void client(const char *peer, const char *forwarded, const char *expected)
{
    char out[IPADDR_TEXT_MAX];
    front_client(&front, peer, forwarded, out);
    assert_string_equal(out, expected);
}

static void nobody_is_believed_unless_told(void **state)
{
    (void)state;
    assert_int_equal(front_parse(&front, "localhost", NULL, NULL), 0);
    client("192.0.2.1", "203.0.113.9", "192.0.2.1");
    client("127.0.0.1", "203.0.113.9", "127.0.0.1");
    client("unknown", "203.0.113.9", "unknown");
    client("", NULL, "");
}

static void proxies_are_read_from_the_right(void **state)
{
    (void)state;
    assert_int_equal(
        front_parse(&front, "localhost", "10.0.0.0/8, 2001:db8:1::/48 127.0.0.1", NULL), 0);
    client("127.0.0.1", "203.0.113.9", "203.0.113.9");
    client("127.0.0.1", NULL, "127.0.0.1");
    client("127.0.0.1", "", "127.0.0.1");
    client("192.0.2.1", "203.0.113.9", "192.0.2.1"); /* no proxy of ours */
    client("10.1.2.3", "1.1.1.1, 203.0.113.9", "203.0.113.9");
    client("10.1.2.3", "1.1.1.1,203.0.113.9 ,\t10.9.9.9", "203.0.113.9");
    client("10.1.2.3", "10.0.0.5, 10.0.0.6", "10.0.0.5"); /* all of them ours: the first */
    client("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3");
    client("10.1.2.3", "203.0.113.9, ", "10.1.2.3");
    client("10.1.2.3", "203.0.113.9:4711", "203.0.113.9");
    client("10.1.2.3", "[2001:db8::7]:443", "2001:db8::7");
    client("2001:db8:1::5", "2001:DB8:0::7", "2001:db8::7");
    client("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"); /* IPv4 in an IPv6 socket */
    client("10.1.2.3", "[203.0.113.9", "10.1.2.3");
}

static void hosts_are_ours_or_not(void **state)
{
    (void)state;
    assert_int_equal(front_parse(&front, "shops.example, localhost 127.0.0.1 [::1]", NULL, NULL),
                     0);
    static const char *const ours[] = { "shops.example", "SHOPS.example:8443", "localhost:8080",
                                        "127.0.0.1",     "[::1]:8080",         "[::1]",
                                        "shops.example." };
    static const char *const not_ours[] = { "",
                                            "evil.example",
                                            "shops.example.evil.example",
                                            "xshops.example",
                                            "shops.example:80:80",
                                            "shops.example:x",
                                            "::1",
                                            "[::2]",
                                            "localhost@evil.example",
                                            ".",
                                            ":8080",
                                            "shops.example.." };
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        assert_true(front_is_ours(&front, ours[i]));
    for (size_t i = 0; i < sizeof(not_ours) / sizeof(not_ours[0]); i++)
        assert_false(front_is_ours(&front, not_ours[i]));
}

static void mistakes_are_named(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_true(front_parse(&front, " , ", NULL, &err) < 0);
    assert_non_null(strstr(err.msg, "no host name"));
    static const char *const hosts[] = { "Shops.example", "a:8080", "http://a", "a/b", "." };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        assert_true(front_parse(&front, hosts[i], NULL, &err) < 0);
    static const char *const proxies[] = { "10.0.0.0/33",   "10.0.0.0/",    "::1/129",
                                           "proxy.example", "10.0.0.0/8/8", "10.0.0",
                                           "1.2.3.4/-1" };
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
        assert_true(front_parse(&front, "a", proxies[i], &err) < 0);
        assert_non_null(strstr(err.msg, proxies[i]));
    }
}

static void cookies_are_shared_below_one_name(void **state)
{
    (void)state;
    assert_int_equal(front_parse(&front, "localhost 127.0.0.1 [::1] a.shops.example", NULL, NULL),
                     0);
    assert_string_equal(front_shares_cookies(&front, "shops.example"), "a.shops.example");
    assert_string_equal(front_shares_cookies(&front, "x.y.shops.EXAMPLE"), "a.shops.example");
    assert_null(front_shares_cookies(&front, "localtest.me"));
    assert_null(front_shares_cookies(&front, "localhost"));
    assert_null(front_shares_cookies(&front, "example"));
}

static void networks(void **state)
{
    (void)state;
    static const struct {
        const char *net, *address;
        bool has;
    } cases[] = {
        { "10.0.0.0/8", "10.255.0.1", true },
        { "10.0.0.0/8", "11.0.0.1", false },
        { "10.0.0.0/9", "10.128.0.0", false },
        { "0.0.0.0/0", "192.0.2.1", true },
        { "0.0.0.0/0", "2001:db8::1", false },
        { "::/0", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "2001:db8::/33", "2001:db8:8000::", false },
        { "2001:db8::/33", "2001:db8:7fff::", true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ipnet net;
        struct ipaddr address;
        assert_int_equal(ipnet_parse(&net, cases[i].net, strlen(cases[i].net)), 0);
        assert_int_equal(ipaddr_parse(&address, cases[i].address, strlen(cases[i].address)), 0);
        assert_int_equal(ipnet_has(&net, &address), cases[i].has);
    }
}

static void one_persons_addresses(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "192.0.2.1", "192.0.2.1" },
        { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
        { "2001:db8:1:2:ffff::", "2001:db8:1:2::/64" },
        { "::ffff:192.0.2.1", "192.0.2.1" },
        { "local", "local" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[IPADDR_TEXT_MAX];
        ipaddr_neighbourhood(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_believed_unless_told),
        cmocka_unit_test(proxies_are_read_from_the_right),
        cmocka_unit_test(hosts_are_ours_or_not),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(cookies_are_shared_below_one_name),
        cmocka_unit_test(networks),
        cmocka_unit_test(one_persons_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
