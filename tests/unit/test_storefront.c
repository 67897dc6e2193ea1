/* storefront/: money, colours, tokens, and what is read of the API's answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mark.h"
#include "base/str.h"
#include "money.h"
#include "product.h"
#include "shop.h"
#include "theme.h"
#include "visit.h"

static void amounts_are_written_by_their_currency(void **state)
{
    (void)state;
    const struct {
        double amount;
        const char *currency, *text;
    } rows[] = {
        { 20, "eur", "€20.00" },
        { 1234567.8, "usd", "$1,234,567.80" },
        { 999.5, "EUR", "€999.50" },
        { 1234.4, "jpy", "¥1,234" },
        { 1.2346, "kwd", "KWD\u00a01.235" },
        { 20, "chf", "CHF\u00a020.00" },
        { -5, "gbp", "−£5.00" },
        { -0.001, "eur", "€0.00" },
        { 0, "eur", "€0.00" },
        { 3, "", "3.00" },
        { 3, "<script>", "3.00" },
        { 1e13, "eur", "–" },
        { INFINITY, "eur", "–" },
        { NAN, "eur", "–" },
        { 1e12, "eur", "€1,000,000,000,000.00" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[MONEY_MAX];
        assert_string_equal(money_format(rows[i].amount, rows[i].currency, out), rows[i].text);
    }
    char out[MONEY_MAX];
    assert_string_equal(money_plain(1234.5, "eur", out), "1234.50");
    assert_string_equal(money_plain(1234.5, "jpy", out), "1234");
    assert_string_equal(money_plain(NAN, "eur", out), "0.00");
}

/* Relative luminance and contrast (WCAG 2.2), of "#rrggbb" behind `name:` in the stylesheet. */
static double luminance_of(const char *css, const char *name)
{
    CLEANUP_FREE char *wanted = str_printf("--%s:#", name);
    const char *at = strstr(css, wanted);
    assert_non_null(at);
    unsigned long rgb = strtoul(at + strlen(wanted), NULL, 16);
    double sum = 0;
    const double weights[] = { 0.2126, 0.7152, 0.0722 };
    for (int i = 0; i < 3; i++) {
        double c = (double)(rgb >> (16 - 8 * i) & 0xff) / 255;
        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(double a, double b)
{
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void any_accent_can_be_read(void **state)
{
    (void)state;
    /* Of shop.css: --sunken in the light scheme and in the dark one. */
    const double light = 0.863, dark = 0.0218;
    for (unsigned i = 0; i < 4096; i++) {
        CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
        CLEANUP_FREE char *accent = str_printf("#%x0%x0%x0", i >> 8, i >> 4 & 15, i & 15);
        theme_write(&out, accent);
        assert_false(out.overflow);
        const char *css = buf_text(&out), *second = strstr(css, "@media");
        assert_non_null(second);
        assert_true(contrast(luminance_of(css, "accent"), luminance_of(css, "on-accent")) >= 4.5);
        assert_true(contrast(luminance_of(second, "accent"), luminance_of(second, "on-accent")) >=
                    4.5);
        assert_true(contrast(luminance_of(css, "accent-ink"), light) >= 4.5);
        assert_true(contrast(luminance_of(second, "accent-ink"), dark) >= 4.5);
    }
}

static void only_tokens_of_our_own_are_taken(void **state)
{
    (void)state;
    char token[200], other[200], id[VISIT_ID_MAX + 1];
    int64_t number = -1;
    token_make("cart_01ABC", 12, "key one", token, sizeof(token));
    assert_true(token_open(token, "key one", "cart_", id, &number));
    assert_string_equal(id, "cart_01ABC");
    assert_int_equal(number, 12);
    assert_false(token_open(token, "key two", "cart_", id, &number));
    assert_string_equal(id, "");
    assert_false(token_open(token, "key one", "order_", id, &number));
    for (size_t i = 0; i < strlen(token); i++) {
        strcpy(other, token);
        other[i] = other[i] == '1' ? '2' : '1';
        assert_false(token_open(other, "key one", "cart_", id, &number));
        strcpy(other, token);
        other[i] = '\0';
        assert_false(token_open(other, "key one", "cart_", id, &number));
    }
    assert_false(token_open("", "key one", "cart_", id, &number));
    assert_false(token_open("..", "key one", "cart_", id, &number));
}

static void a_mark_is_of_its_key(void **state)
{
    (void)state;
    char one[MARK_LEN + 1], two[MARK_LEN + 1];
    assert_int_equal(strlen(mark_of_key("pk_1", one)), MARK_LEN);
    assert_string_not_equal(one, mark_of_key("pk_2", two));
    assert_null(strstr(one, "pk_1"));
}

static void ids_may_stand_in_a_path(void **state)
{
    (void)state;
    assert_true(shop_is_id("cart_01JABC", "cart_"));
    const char *const bad[] = { "",         "cart_",    "cart_/x",   "cart_..",  "cart_a?b",
                                "cart_a b", "order_01", "cart_a\nb", "cart_%2e", "cart_é" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(shop_is_id(bad[i], "cart_"));
    CLEANUP_FREE char *longest = str_printf("cart_%060d", 0);
    assert_false(shop_is_id(longest, "cart_"));
}

static json_t *parse(const char *text)
{
    CLEANUP_FREE char *json = str_dup(text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *value = json_loads(json, 0, NULL);
    assert_non_null(value);
    return value;
}

static void products_are_read(void **state)
{
    (void)state;
    json_auto_t *json = parse(
        "{'count': 7, 'products': [{'id': 'prod_1', 'handle': 'shirt', 'title': 'Shirt', "
        "'options': "
        "[{'id': 'o1', 'title': 'Size'}], 'variants': [{'id': 'v1', 'title': 'S', "
        "'inventory_quantity': 3, 'options': [{'option_id': 'o1', 'value': 'S'}], "
        "'calculated_price': {'calculated_amount': 20, 'original_amount': 25, 'currency_code': "
        "'eur'}}, {'id': 'v2', 'title': 'M', 'manage_inventory': false, 'options': [{'option': "
        "{'id': 'o1'}, 'value': 'M'}], 'calculated_price': {'calculated_amount': 18.5, "
        "'currency_code': 'eur'}}]}, {'title': 'no handle'}, 7]}");
    struct product p[SHOP_PRODUCTS_MAX];
    size_t n;
    int64_t total;
    assert_int_equal(shop_products(json, p, &n, &total, NULL), 0);
    assert_int_equal(n, 1);
    assert_int_equal(total, 7);
    assert_true(p[0].by_options && p[0].prices_differ && !p[0].sold_out && p[0].lowest.known);
    assert_true(p[0].lowest.amount == 18.5);
    struct variant v;
    shop_variant(&p[0], 0, &v);
    assert_int_equal(v.stock, 3);
    assert_true(v.price.original == 25);
    shop_variant(&p[0], 1, &v);
    assert_true(v.stock == SHOP_STOCK_ANY);
    const char *message = NULL;
    struct product_choice choice = { .option = { "M" } };
    assert_int_equal(product_find_variant(&p[0], &choice, &v, &message), 0);
    assert_string_equal(v.id, "v2");
    choice.option[0] = "XXL";
    assert_int_equal(product_find_variant(&p[0], &choice, &v, &message), -1);
    assert_non_null(message);
}

static void answers_of_another_kind_are_refused(void **state)
{
    (void)state;
    const char *const texts[] = {
        "{}", "{'products': {}, 'regions': 3, 'cart': [], 'order': null}",
        "{'regions': [], 'cart': {'id': 'cart_1'}, 'order': {'id': 'cart_1', 'total': 1}}",
        "{'regions': [{'id': 5}], 'cart': {'id': '../x', 'total': 1}, 'order': {'total': 1}}"
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        json_auto_t *json = parse(texts[i]);
        struct product products[SHOP_PRODUCTS_MAX];
        struct region regions[SHOP_REGIONS_MAX];
        struct cart cart;
        struct err err = { 0 };
        size_t n;
        int64_t total;
        assert_int_equal(shop_products(json, products, &n, &total, &err), -1);
        assert_int_equal(err.code, ERR_UNAVAILABLE);
        assert_int_equal(shop_regions(json, regions, &n, &err), -1);
        assert_int_equal(shop_cart(json, &cart, &err), -1);
        assert_int_equal(shop_order(json, &cart, &err), -1);
    }
}

static void a_cart_is_read(void **state)
{
    (void)state;
    json_auto_t *json =
        parse("{'cart': {'id': 'cart_1', 'total': 45, 'currency_code': 'eur', 'items': "
              "[{'id': 'cali_1', 'title': 'S', 'product_title': 'Shirt', 'quantity': 2, "
              "'unit_price': 20}, {'quantity': -3}, 'x'], 'shipping_methods': [{'name': "
              "'Standard', 'shipping_option_id': 'so_1'}], 'completed_at': null}}");
    struct cart cart;
    struct line line;
    assert_int_equal(shop_cart(json, &cart, NULL), 0);
    assert_int_equal(cart.pieces, 2);
    assert_false(cart.completed);
    assert_string_equal(cart.shipping_option, "so_1");
    shop_line(&cart, 0, &line);
    assert_string_equal(line.title, "Shirt");
    assert_true(line.total == 40);
    shop_line(&cart, 2, &line);
    assert_string_equal(line.id, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_written_by_their_currency),
        cmocka_unit_test(any_accent_can_be_read),
        cmocka_unit_test(only_tokens_of_our_own_are_taken),
        cmocka_unit_test(a_mark_is_of_its_key),
        cmocka_unit_test(ids_may_stand_in_a_path),
        cmocka_unit_test(products_are_read),
        cmocka_unit_test(answers_of_another_kind_are_refused),
        cmocka_unit_test(a_cart_is_read),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
