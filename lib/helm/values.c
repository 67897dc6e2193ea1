#include "helm/values.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "kube/client.h"

#define CHUNK (64u << 10)
#define GZIP_ONLY (16 + MAX_WBITS) /* inflateInit2: a gzip header is asked for */

/* base64 to bytes, malloc'd; *n is how many. NULL: it is none. */
static char *decode(const char *text, size_t length, size_t *n)
{
    char *out = mem_alloc(length / 4 * 3 + 4);
    if (sodium_base642bin((unsigned char *)out, length / 4 * 3 + 3, text, length, NULL, n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0)
        return out;
    free(out);
    return NULL;
}

static int unpack(const char *packed, size_t n, struct buf *out, struct err *err)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)packed, .avail_in = (uInt)n };
    if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
        return err_set(err, ERR_INTERNAL, "helm's record: zlib does not start");
    CLEANUP_FREE char *chunk = mem_alloc(CHUNK);
    int r = Z_OK;
    while (r == Z_OK && !out->overflow) {
        z.next_out = (Bytef *)chunk;
        z.avail_out = CHUNK;
        r = inflate(&z, Z_NO_FLUSH);
        buf_add(out, chunk, CHUNK - z.avail_out);
    }
    mem_wipe(chunk, CHUNK);
    inflateEnd(&z);
    if (out->overflow)
        return err_set(err, ERR_TOO_LARGE, "helm's record is larger than %u bytes",
                       HELM_RECORD_MAX);
    return r == Z_STREAM_END ? 0 : err_set(err, ERR_CORRUPT, "helm's record is not whole gzip");
}

static json_t *values_of(const struct buf *text, struct err *err)
{
    json_auto_t *release = json_loadb(buf_text(text), text->len, JSON_ALLOW_NUL, NULL);
    json_t *config = json_object_get(release, "config");
    if (json_is_object(release) && (!config || json_is_null(config)))
        return json_object();
    if (json_is_object(config))
        return json_incref(config);
    err_set(err, ERR_CORRUPT, "helm's record is not a release");
    return NULL;
}

static void wipe(char *bytes, size_t n)
{
    if (bytes)
        mem_wipe(bytes, n);
    free(bytes);
}

static json_t *read_record(const char *data, struct err *err)
{
    size_t outer_n = 0, n = 0;
    char *outer = decode(data, strlen(data), &outer_n);
    char *packed = outer ? decode(outer, outer_n, &n) : NULL;
    struct buf text = BUF_INIT(HELM_RECORD_MAX);
    json_t *values = NULL;
    if (!packed)
        err_set(err, ERR_CORRUPT, "helm's record is not base64");
    else if (unpack(packed, n, &text, err) == 0)
        values = values_of(&text, err);
    if (text.data)
        mem_wipe(text.data, text.len);
    buf_free(&text);
    wipe(packed, n);
    wipe(outer, outer_n);
    return values;
}

json_t *helm_values_read(json_t *answer, struct err *err)
{
    json_t *items = kube_get(answer, "items", NULL);
    const char *newest = NULL;
    int64_t newest_version = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        const char *version = kube_get_string(item, "metadata", "labels", "version", NULL);
        const char *data = kube_get_string(item, "data", "release", NULL);
        int64_t number;
        if (!version || !data || str_to_i64(version, 1, INT_MAX, &number) < 0 ||
            number <= newest_version)
            continue;
        newest_version = number;
        newest = data;
    }
    if (newest)
        return read_record(newest, err);
    err_set(err, ERR_NOT_FOUND, "helm has no record of a release there");
    return NULL;
}
