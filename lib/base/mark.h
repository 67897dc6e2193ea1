/* The mark by which a storefront shows that it is the very store's: only who knows the store's
 * publishable key can make it, and it does not tell the key. The storefront writes it into its
 * list of products, the reconciler looks for it there. */
#ifndef SW_BASE_MARK_H
#define SW_BASE_MARK_H

#define MARK_LEN 32 /* hexadecimal digits */

/* Returns out. */
char *mark_of_key(const char *key, char out[MARK_LEN + 1]);

#endif
