#include "cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"

#define BUCKETS 256u

struct entry {
    struct entry *next;          /* of the same bucket */
    struct entry *newer, *older; /* by last use */
    char *key;
    struct cached *value; /* NULL: never fetched yet */
    int64_t fetched_at, fresh_until;
    bool fetching;
};

struct cache {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct entry *buckets[BUCKETS];
    struct entry *newest, *oldest;
    size_t count, bytes, entries_max, bytes_max;
};

struct cached *cached_new(json_t *json, const char *text, size_t size)
{
    struct cached *c = mem_alloc(sizeof(*c));
    unsigned char hash[CACHE_VERSION_LEN / 2];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, size, NULL, 0);
    sodium_bin2hex(c->version, sizeof(c->version), hash, sizeof(hash));
    atomic_init(&c->refs, 1);
    c->size = size;
    c->json = json;
    return c;
}

void cached_ref(struct cached *c)
{
    atomic_fetch_add(&c->refs, 1);
}

void cached_unref(struct cached *c)
{
    if (!c || atomic_fetch_sub(&c->refs, 1) != 1)
        return;
    json_decref(c->json);
    free(c);
}

struct cache *cache_new(size_t entries_max, size_t bytes_max)
{
    struct cache *c = mem_alloc(sizeof(*c));
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    c->entries_max = entries_max;
    c->bytes_max = bytes_max;
    return c;
}

static unsigned bucket_of(const char *key)
{
    unsigned h = 2166136261u; /* FNV-1a */
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return h % BUCKETS;
}

static void unlink_use(struct cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(struct cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static void drop(struct cache *c, struct entry *e)
{
    struct entry **link = &c->buckets[bucket_of(e->key)];
    while (*link != e)
        link = &(*link)->next;
    *link = e->next;
    unlink_use(c, e);
    c->count--;
    c->bytes -= e->value ? e->value->size : 0;
    cached_unref(e->value);
    free(e->key);
    free(e);
}

/* The least recently used go first; one that is being fetched has its waiters and stays. */
static void make_room(struct cache *c)
{
    struct entry *newer;
    for (struct entry *e = c->oldest; e && (c->count > c->entries_max || c->bytes > c->bytes_max);
         e = newer) {
        newer = e->newer;
        if (!e->fetching)
            drop(c, e);
    }
}

static struct entry *find(struct cache *c, const char *key)
{
    struct entry *e = c->buckets[bucket_of(key)];
    while (e && strcmp(e->key, key) != 0)
        e = e->next;
    return e;
}

static struct entry *find_or_add(struct cache *c, const char *key)
{
    struct entry *e = find(c, key);
    if (e) {
        unlink_use(c, e);
    } else {
        struct entry **bucket = &c->buckets[bucket_of(key)];
        e = mem_alloc(sizeof(*e));
        e->key = str_dup(key);
        e->next = *bucket;
        *bucket = e;
        c->count++;
    }
    link_newest(c, e);
    return e;
}

static void set_value(struct cache *c, struct entry *e, struct cached *value)
{
    c->bytes -= e->value ? e->value->size : 0;
    cached_unref(e->value);
    e->value = value;
    if (value) {
        cached_ref(value);
        c->bytes += value->size;
    }
}

/* With the mutex held. False: the deadline came. */
static bool wait_for_change(struct cache *c, int64_t deadline)
{
    struct timespec until = { .tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000 };
    return pthread_cond_timedwait(&c->changed, &c->mutex, &until) == 0;
}

static enum cache_found get(struct cache *c, const char *key, int64_t now, int64_t deadline,
                            struct cached **value)
{
    bool in_time = true;
    for (;;) {
        struct entry *e = find_or_add(c, key);
        if (e->value && now - e->fetched_at > CACHE_STALE_MS)
            set_value(c, e, NULL);
        *value = e->value;
        if (e->value)
            cached_ref(e->value);
        if (e->value && now < e->fresh_until)
            return CACHE_FRESH;
        if (!e->fetching) {
            e->fetching = true;
            return CACHE_FETCH;
        }
        if (e->value)
            return CACHE_STALE;
        if (!in_time)
            return CACHE_TIMED_OUT;
        in_time = wait_for_change(c, deadline);
    }
}

enum cache_found cache_get(struct cache *c, const char *key, int64_t now, int64_t deadline,
                           struct cached **value)
{
    pthread_mutex_lock(&c->mutex);
    enum cache_found found = get(c, key, now, deadline, value);
    pthread_mutex_unlock(&c->mutex);
    return found;
}

void cache_put(struct cache *c, const char *key, struct cached *value, int64_t now,
               int64_t fresh_ms)
{
    pthread_mutex_lock(&c->mutex);
    struct entry *e = find_or_add(c, key);
    set_value(c, e, value);
    e->fetched_at = now;
    e->fresh_until = now + fresh_ms;
    e->fetching = false;
    make_room(c);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
}

void cache_give_up(struct cache *c, const char *key)
{
    pthread_mutex_lock(&c->mutex);
    struct entry *e = find(c, key);
    if (e) {
        e->fetching = false;
        if (!e->value)
            drop(c, e);
    }
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
}

void cache_age(struct cache *c, const char *key_prefix)
{
    pthread_mutex_lock(&c->mutex);
    for (struct entry *e = c->newest; e; e = e->older)
        if (str_starts(e->key, key_prefix))
            e->fresh_until = 0;
    pthread_mutex_unlock(&c->mutex);
}

size_t cache_count(struct cache *c)
{
    pthread_mutex_lock(&c->mutex);
    size_t n = c->count;
    pthread_mutex_unlock(&c->mutex);
    return n;
}

size_t cache_bytes(struct cache *c)
{
    pthread_mutex_lock(&c->mutex);
    size_t n = c->bytes;
    pthread_mutex_unlock(&c->mutex);
    return n;
}

void cache_free(struct cache *c)
{
    if (!c)
        return;
    for (struct entry *newer, *e = c->oldest; e; e = newer) {
        newer = e->newer;
        drop(c, e);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}
