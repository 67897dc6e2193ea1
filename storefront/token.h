/* What the shop's cookies hold: an ID of Medusa's and a number with a keyed hash, so that only
 * those that this storefront gave out itself are taken back. */
#ifndef SW_STOREFRONT_TOKEN_H
#define SW_STOREFRONT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shop.h"

#define TOKEN_MAX 160               /* bytes with the NUL */
#define TOKEN_NUMBER_MAX 1000000000 /* least is 0 */

/* "ID.NUMBER.HASH"; returns out, of n bytes (TOKEN_MAX is enough for any ID). */
char *token_make(const char *id, int64_t number, const char *key, char *out, size_t n);

/* Is text a token made with that key, of an ID with that prefix? Fills in id ("" if not) and
 * number. */
bool token_open(const char *text, const char *key, const char *prefix, char id[SHOP_ID_MAX + 1],
                int64_t *number);

#endif
