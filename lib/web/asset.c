#include "web/asset.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/str.h"

#define DIGEST_BYTES 16 /* the shortest BLAKE2b that libsodium makes; half of it is shown */

char *asset_url(const char *folder, const char *base, const char *name, struct err *err)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", folder, name);
    CLEANUP_FCLOSE FILE *file = fopen(path, "rbe");
    if (!file) {
        err_errno(err, errno, "cannot read %s", path);
        return NULL;
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
    unsigned char block[8192];
    for (size_t n; (n = fread(block, 1, sizeof(block), file)) > 0;)
        crypto_generichash_update(&state, block, n);
    if (ferror(file)) {
        err_errno(err, errno, "cannot read %s", path);
        return NULL;
    }
    unsigned char digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    crypto_generichash_final(&state, digest, sizeof(digest));
    sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
    return str_printf("%s/%s?v=%.16s", base, name, hex);
}
