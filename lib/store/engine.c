#include "store/engine.h"

#include <stdio.h>
#include <string.h>

#include "base/mark.h"

static const struct engine engines[] = {
    {
        .name = "medusa",
        .title = "Medusa",
        .summary = "Headless commerce in Node.js with PostgreSQL: a fast API and a modern admin",
        .admin_path = "/app",
        .images = { "medusa", "postgres", "storefront" },
        .images_come = "sudo ./up builds it.",
        .probe_path = "/store/products?limit=1",
        .probe_header = "x-publishable-api-key",
        .probe_secret_key = "publishable-key",
        .probe_array = "products",
        .page_path = "/",
    },
    {
        .name = "woocommerce",
        .title = "WooCommerce",
        .summary = "WordPress with MariaDB: the shop that most plugins and themes are made for",
        .admin_path = "/wp-admin/",
        .images = { "woocommerce", "mariadb" },
        .images_come = "Give its release: sudo storectl images build woocommerce --zip FILE.",
        .probe_path = "/wp-json/wc/store/v1/products?per_page=1",
    },
};

/* The sizes behind these names are in helm/store/values.yaml, under plans. */
static const struct plan plans[] = {
    { "small", "Small", "a new shop: hundreds of products, a few visitors at once" },
    { "medium", "Medium", "a shop at work: thousands of products" },
    { "large", "Large", "a busy shop: campaigns and many visitors at once" },
};

static const struct code_name currencies[] = {
    { "eur", "Euro" },
    { "usd", "US dollar" },
    { "gbp", "Pound sterling" },
    { "chf", "Swiss franc" },
    { "sek", "Swedish krona" },
    { "nok", "Norwegian krone" },
    { "dkk", "Danish krone" },
    { "pln", "Polish zloty" },
    { "czk", "Czech koruna" },
    { "cad", "Canadian dollar" },
    { "aud", "Australian dollar" },
    { "nzd", "New Zealand dollar" },
    { "jpy", "Japanese yen" },
    { "inr", "Indian rupee" },
    { "brl", "Brazilian real" },
    { "mxn", "Mexican peso" },
    { "zar", "South African rand" },
    { "sgd", "Singapore dollar" },
};

static const struct code_name countries[] = {
    { "au", "Australia" },    { "at", "Austria" },        { "be", "Belgium" },
    { "br", "Brazil" },       { "ca", "Canada" },         { "cz", "Czechia" },
    { "dk", "Denmark" },      { "fi", "Finland" },        { "fr", "France" },
    { "de", "Germany" },      { "in", "India" },          { "ie", "Ireland" },
    { "it", "Italy" },        { "jp", "Japan" },          { "mx", "Mexico" },
    { "nl", "Netherlands" },  { "nz", "New Zealand" },    { "no", "Norway" },
    { "pl", "Poland" },       { "pt", "Portugal" },       { "sg", "Singapore" },
    { "za", "South Africa" }, { "es", "Spain" },          { "se", "Sweden" },
    { "ch", "Switzerland" },  { "gb", "United Kingdom" }, { "us", "United States" },
};

#define TABLE_OF(type, prefix, table) \
    const struct type *prefix##_all(size_t *count) \
    { \
        *count = sizeof(table) / sizeof(table[0]); \
        return table; \
    }

TABLE_OF(engine, engine, engines)
TABLE_OF(plan, plan, plans)
TABLE_OF(code_name, currency, currencies)
TABLE_OF(code_name, country, countries)

#define FIND_BY(type, prefix, table, key) \
    const struct type *prefix##_find(const char *wanted) \
    { \
        for (size_t i = 0; wanted && i < sizeof(table) / sizeof(table[0]); i++) \
            if (strcmp(table[i].key, wanted) == 0) \
                return &table[i]; \
        return NULL; \
    }

FIND_BY(engine, engine, engines, name)
FIND_BY(plan, plan, plans, name)
FIND_BY(code_name, currency, currencies, code)
FIND_BY(code_name, country, countries, code)

const char *engine_fault_of_page(const char *html, const char *mark, bool must_sell)
{
    /* storefront/templates/catalogue.tpl */
    static const char price[] = "itemprop=\"price\" content=\"";
    char start[MARK_LEN + 64];
    snprintf(start, sizeof(start), " data-shop=\"%s\" data-catalogue=\"", mark);
    const char *state = strlen(mark) == MARK_LEN ? strstr(html, start) : NULL;
    if (!state)
        return "something else than the store's own list of products";
    state += strlen(start);
    if (strncmp(state, "fresh\"", 6) != 0)
        return "products from before, as the shop's API does not answer";
    if (!must_sell)
        return NULL;
    const char *first = strstr(state, price);
    if (!first)
        return "no product with a price";
    first += sizeof(price) - 1;
    return *first >= '0' && *first <= '9' ? NULL : "a product without a price";
}
