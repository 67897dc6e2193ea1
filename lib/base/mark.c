#include "base/mark.h"

#include <sodium.h>
#include <string.h>

char *mark_of_key(const char *key, char out[MARK_LEN + 1])
{
    static const unsigned char purpose[] = "storewright storefront mark";
    crypto_generichash_state state;
    unsigned char hash[MARK_LEN / 2];
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, purpose, sizeof(purpose));
    crypto_generichash_update(&state, (const unsigned char *)key, strlen(key));
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(out, MARK_LEN + 1, hash, sizeof(hash));
    return out;
}
