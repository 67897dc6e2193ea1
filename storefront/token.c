#include "token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define HASH_LEN 32 /* hexadecimal digits */

static void hash_token(const char *id, int64_t number, const char *key, char out[HASH_LEN + 1])
{
    crypto_generichash_state state;
    unsigned char hash[HASH_LEN / 2];
    char figure[24];
    int n = snprintf(figure, sizeof(figure), ".%lld", (long long)number);
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    /* BLAKE2b is no Merkle-Damgård hash: a key in front makes a sound code of authentication. */
    crypto_generichash_update(&state, (const unsigned char *)"storewright visit", 18);
    crypto_generichash_update(&state, (const unsigned char *)key, strlen(key) + 1);
    crypto_generichash_update(&state, (const unsigned char *)id, strlen(id));
    crypto_generichash_update(&state, (const unsigned char *)figure, (unsigned long long)n);
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(out, HASH_LEN + 1, hash, sizeof(hash));
}

char *token_make(const char *id, int64_t number, const char *key, char *out, size_t n)
{
    char hash[HASH_LEN + 1];
    hash_token(id, number, key, hash);
    snprintf(out, n, "%s.%lld.%s", id, (long long)number, hash);
    return out;
}

bool token_open(const char *text, const char *key, const char *prefix, char id[SHOP_ID_MAX + 1],
                int64_t *number)
{
    char copy[TOKEN_MAX], wanted[HASH_LEN + 1];
    id[0] = '\0';
    if (strlen(text) >= sizeof(copy))
        return false;
    snprintf(copy, sizeof(copy), "%s", text);
    char *hash = strrchr(copy, '.');
    if (!hash)
        return false;
    *hash++ = '\0';
    char *figure = strchr(copy, '.');
    if (!figure)
        return false;
    *figure++ = '\0';
    int64_t value;
    if (!shop_is_id(copy, prefix) || str_to_i64(figure, 0, TOKEN_NUMBER_MAX, &value) < 0)
        return false;
    hash_token(copy, value, key, wanted);
    if (strlen(hash) != HASH_LEN || sodium_memcmp(hash, wanted, HASH_LEN) != 0)
        return false;
    memcpy(id, copy, strlen(copy) + 1); /* shop_is_id has looked at its length */
    *number = value;
    return true;
}
