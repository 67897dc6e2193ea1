/* The cookies of the shop, which a visitor may write as they please: a token that opens is one that
 * was made, of an ID that may stand in a path. And the page by which a store proves to be itself.
 *
 * fuzzes: storefront/token.c storefront/shop.c lib/store/engine.c */
#include "fuzz.h"

#include "store/engine.h"
#include "token.h"

#define KEY "pk_0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char id[SHOP_ID_MAX + 1], again[256];
    int64_t number = 0;
    char *text = fuzz_text(data, size);
    if (token_open(text, KEY, "cart_", id, &number)) {
        PROMISE(shop_is_id(id, "cart_") && number >= 0);
        PROMISE(str_eq(token_make(id, number, KEY, again, sizeof(again)), text));
    }
    /* Whatever is before the hash: with the right one it opens only when it is well made. */
    char *dot = strchr(text, '.');
    if (dot && strlen(text) < 100) {
        *dot = '\0';
        token_make(text, (int64_t)size, KEY, again, sizeof(again));
        if (token_open(again, KEY, "cart_", id, &number))
            PROMISE(shop_is_id(text, "cart_") && str_eq(id, text) && number == (int64_t)size);
        *dot = '.';
    }
    const char *mark = "0123456789abcdef0123456789abcdef";
    if (!engine_fault_of_page(text, mark, true))
        PROMISE(strstr(text, mark) && strstr(text, "fresh") &&
                !engine_fault_of_page(text, mark, false));
    free(text);
    return 0;
}
