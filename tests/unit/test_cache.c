/* storefront/cache: fresh, old, waited for, bounded; and many threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/timeutil.h"
#include "cache.h"

static void put(struct cache *c, const char *key, const char *text, int64_t now, int64_t fresh_ms)
{
    struct cached *v = cached_new(json_pack("{s:s}", "text", text), text, strlen(text));
    cache_put(c, key, v, now, fresh_ms);
    cached_unref(v);
}

static void expect(struct cache *c, const char *key, int64_t now, enum cache_found found,
                   const char *text)
{
    struct cached *v = NULL;
    assert_int_equal(cache_get(c, key, now, time_mono_ms() + 50, &v), found);
    if (text)
        assert_string_equal(json_string_value(json_object_get(v->json, "text")), text);
    else
        assert_null(v);
    cached_unref(v);
}

static void an_answer_grows_old(void **state)
{
    (void)state;
    struct cache *c = cache_new(10, 1000);
    expect(c, "a", 0, CACHE_FETCH, NULL);
    expect(c, "a", 0, CACHE_TIMED_OUT, NULL); /* somebody else is fetching it */
    put(c, "a", "one", 0, 100);
    expect(c, "a", 99, CACHE_FRESH, "one");
    expect(c, "b", 99, CACHE_FETCH, NULL);
    expect(c, "a", 100, CACHE_FETCH, "one");
    expect(c, "a", 100, CACHE_STALE, "one"); /* one fetches, the others go on */
    cache_give_up(c, "a");
    expect(c, "a", 101, CACHE_FETCH, "one");
    cache_give_up(c, "a");
    expect(c, "a", CACHE_STALE_MS + 1, CACHE_FETCH, NULL); /* too old for anything */
    cache_give_up(c, "a");
    cache_give_up(c, "b");
    assert_int_equal(cache_count(c), 0);
    assert_int_equal(cache_bytes(c), 0);
    cache_free(c);
}

static void what_was_changed_is_old(void **state)
{
    (void)state;
    struct cache *c = cache_new(10, 1000);
    put(c, "/products/a", "a", 0, 1000);
    put(c, "/regions", "r", 0, 1000);
    cache_age(c, "/products");
    expect(c, "/products/a", 1, CACHE_FETCH, "a");
    expect(c, "/regions", 1, CACHE_FRESH, "r");
    cache_free(c);
}

static void the_least_used_make_room(void **state)
{
    (void)state;
    struct cache *c = cache_new(3, 10);
    put(c, "a", "1", 0, 1000);
    put(c, "b", "1", 0, 1000);
    put(c, "c", "1", 0, 1000);
    expect(c, "a", 1, CACHE_FRESH, "1");
    put(c, "d", "1", 0, 1000);
    assert_int_equal(cache_count(c), 3);
    expect(c, "a", 1, CACHE_FRESH, "1");
    expect(c, "b", 1, CACHE_FETCH, NULL);
    cache_give_up(c, "b");
    put(c, "e", "12345678", 0, 1000);
    assert_true(cache_bytes(c) <= 10);
    put(c, "f", "larger than all of it", 0, 1000);
    assert_int_equal(cache_count(c), 0);
    cache_free(c);
}

#define KEYS 7
#define ROUNDS 4000

static void *stir(void *arg)
{
    struct cache *c = arg;
    for (int i = 0; i < ROUNDS; i++) {
        char key[8];
        struct cached *v;
        snprintf(key, sizeof(key), "k%d", i % KEYS);
        enum cache_found found = cache_get(c, key, time_mono_ms(), time_mono_ms() + 2000, &v);
        if (found == CACHE_FETCH && i % 3 == 0)
            cache_give_up(c, key);
        else if (found == CACHE_FETCH)
            put(c, key, key, time_mono_ms(), i % 2);
        else if (v && strcmp(json_string_value(json_object_get(v->json, "text")), key) != 0)
            return c;
        if (i % 500 == 0)
            cache_age(c, "k");
        cached_unref(v);
    }
    return NULL;
}

static void many_threads_share_it(void **state)
{
    (void)state;
    struct cache *c = cache_new(KEYS - 2, 1000);
    pthread_t threads[6];
    void *failed;
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, stir, c), 0);
    for (int i = 0; i < 6; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    cache_free(c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_grows_old),
        cmocka_unit_test(what_was_changed_is_old),
        cmocka_unit_test(the_least_used_make_room),
        cmocka_unit_test(many_threads_share_it),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
