/* Answers of the shop's API, kept for seconds. Many threads ask it at once; when an answer has
 * grown old one of them fetches it anew and the others go on with the old one, or, when there is
 * none, wait for the new one.
 *
 * A key is the whole question, the region in it, so that nobody is shown the price of another
 * region; what belongs to one visitor (a cart, an order) is never put here. Times are monotonic
 * milliseconds. */
#ifndef SW_STOREFRONT_CACHE_H
#define SW_STOREFRONT_CACHE_H

#include <jansson.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_VERSION_LEN 32
#define CACHE_STALE_MS 600000 /* an answer older than this is never shown, whatever fails */

struct cache;

/* One answer, shared and never changed. */
struct cached {
    atomic_int refs;
    size_t size;                         /* bytes it came in */
    char version[CACHE_VERSION_LEN + 1]; /* hexadecimal; changes with the content */
    json_t *json;                        /* to be read only, and not to be kept without a ref */
};

/* Takes over json; the caller holds the one reference. text[0..size) is what it was read from. */
struct cached *cached_new(json_t *json, const char *text, size_t size);
void cached_ref(struct cached *c);
void cached_unref(struct cached *c); /* NULL is fine */

struct cache *cache_new(size_t entries_max, size_t bytes_max);
void cache_free(struct cache *c); /* nobody may be using it; NULL is fine */

enum cache_found {
    CACHE_FRESH,     /* *value is good */
    CACHE_STALE,     /* *value is old; somebody else is fetching it */
    CACHE_FETCH,     /* the caller fetches, and has to call cache_put or cache_give_up;
                      * *value is the old answer, or NULL */
    CACHE_TIMED_OUT, /* the deadline came while somebody else was fetching; *value is NULL */
};

/* *value: a reference of the caller's, or NULL. */
enum cache_found cache_get(struct cache *c, const char *key, int64_t now, int64_t deadline,
                           struct cached **value);
/* value is borrowed. */
void cache_put(struct cache *c, const char *key, struct cached *value, int64_t now,
               int64_t fresh_ms);
void cache_give_up(struct cache *c, const char *key);

/* What has been bought or changed is asked anew: every answer whose key begins so is old now. */
void cache_age(struct cache *c, const char *key_prefix);

size_t cache_count(struct cache *c);
size_t cache_bytes(struct cache *c);

#endif
