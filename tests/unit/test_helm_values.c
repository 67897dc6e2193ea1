/* helm/values: what a release was given, from helm's own records, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/str.h"
#include "helm/values.h"
#include "kube/client.h"

static char *base64(const char *bytes, size_t n)
{
    size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *out = malloc(size);
    sodium_bin2base64(out, size, (const unsigned char *)bytes, n, sodium_base64_VARIANT_ORIGINAL);
    return out;
}

static char *gzip(const char *text, size_t n, size_t *out_n)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)n };
    assert_int_equal(
        deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t size = deflateBound(&z, (uLong)n);
    char *out = malloc(size);
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)size;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *out_n = z.total_out;
    deflateEnd(&z);
    return out;
}

/* As helm stores it; cut: so many bytes of the gzip are left out. */
static char *packed(const char *text, size_t n, size_t cut)
{
    size_t zipped_n;
    CLEANUP_FREE char *zipped = gzip(text, n, &zipped_n);
    CLEANUP_FREE char *inner = base64(zipped, zipped_n - cut);
    return base64(inner, strlen(inner));
}

static json_t *record(const char *version, const char *data)
{
    return json_pack("{s:{s:{s:s, s:s}}, s:{s:s}}", "metadata", "labels", "version", version,
                     "status", "deployed", "data", "release", data);
}

static json_t *read_one(const char *data, enum err_code *code)
{
    struct err err = { 0 };
    json_auto_t *answer = json_pack("{s:[o]}", "items", record("1", data));
    json_t *values = helm_values_read(answer, &err);
    assert_int_equal(values == NULL, err.code != ERR_NONE);
    *code = err.code;
    return values;
}

static enum err_code code_of(const char *data)
{
    enum err_code code;
    json_decref(read_one(data, &code));
    return code;
}

static enum err_code code_of_text(const char *text)
{
    CLEANUP_FREE char *data = packed(text, strlen(text), 0);
    return code_of(data);
}

static void the_newest_revision_counts(void **state)
{
    (void)state;
    static const char old[] = "{\"config\":{\"store\":{\"title\":\"old\"}}}",
                      new[] = "{\"name\":\"x\",\"config\":{\"store\":{\"title\":\"new\"}}}";
    CLEANUP_FREE char *older = packed(old, strlen(old), 0), *newer = packed(new, strlen(new), 0);
    json_auto_t *answer = json_pack("{s:[o, o, o, {}]}", "items", record("9", older),
                                    record("10", newer), record("many", older));
    json_auto_t *values = helm_values_read(answer, NULL);
    assert_string_equal(kube_get_string(values, "store", "title", NULL), "new");
}

static void a_release_without_values_has_none(void **state)
{
    (void)state;
    assert_int_equal(code_of_text("{\"name\":\"x\"}"), ERR_NONE);
    assert_int_equal(code_of_text("{\"config\":null}"), ERR_NONE);
}

static void what_is_no_record_is_refused(void **state)
{
    struct err err = { 0 };
    (void)state;
    assert_null(helm_values_read(NULL, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    json_auto_t *empty = json_pack("{s:[]}", "items");
    assert_null(helm_values_read(empty, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(code_of(""), ERR_CORRUPT);
    assert_int_equal(code_of("not base64!"), ERR_CORRUPT);
    assert_int_equal(code_of("aGVsbG8="), ERR_CORRUPT); /* of what is no base64 again */
    CLEANUP_FREE char *twice = base64("aGVsbG8=", 8);
    assert_int_equal(code_of(twice), ERR_CORRUPT); /* ... of what is no gzip */
    assert_int_equal(code_of_text("[1]"), ERR_CORRUPT);
    assert_int_equal(code_of_text("{\"config\":\"text\"}"), ERR_CORRUPT);
    assert_int_equal(code_of_text("{\"config\":"), ERR_CORRUPT);
}

static void a_cut_record_is_refused_wherever_it_is_cut(void **state)
{
    (void)state;
    static const char text[] = "{\"config\":{\"store\":{\"title\":\"A shop\"}}}";
    for (size_t cut = 1; cut < 40; cut++) {
        CLEANUP_FREE char *data = packed(text, strlen(text), cut);
        assert_int_equal(code_of(data), ERR_CORRUPT);
    }
}

static void a_bomb_is_too_large(void **state)
{
    (void)state;
    size_t n = HELM_RECORD_MAX + 1000;
    CLEANUP_FREE char *zeros = calloc(1, n);
    CLEANUP_FREE char *data = packed(zeros, n, 0);
    assert_true(strlen(data) < n / 100);
    assert_int_equal(code_of(data), ERR_TOO_LARGE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_revision_counts),
        cmocka_unit_test(a_release_without_values_has_none),
        cmocka_unit_test(what_is_no_record_is_refused),
        cmocka_unit_test(a_cut_record_is_refused_wherever_it_is_cut),
        cmocka_unit_test(a_bomb_is_too_large),
    };
    return cmocka_run_group_tests_name("helm_values", tests, NULL, NULL);
}
