#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/str.h"

#define KEY_MAX 256 /* bytes */
#define TITLE_MAX 200
#define THREADS 24
#define FRESH_MS 5000
#define FRESH_MAX_MS 60000

static const char *value_of(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return str_empty(value) ? otherwise : value;
}

/* "http://host[:port]" or "https://…": all of an address that is the same for every page. */
static int read_url(char **out, const char *name, struct err *err)
{
    const char *value = value_of(name, NULL);
    if (!value)
        return err_set(err, ERR_INVALID, "%s is missing: give an address such as http://host",
                       name);
    const char *host = strstr(value, "://");
    if ((!str_starts(value, "http://") && !str_starts(value, "https://")) || !host[3])
        return err_set(err, ERR_INVALID, "%s is \"%s\": it must begin with http:// or https://",
                       name, value);
    size_t n = strlen(host + 3);
    if (host[3 + n - 1] == '/')
        n--;
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    if (n == 0 || strspn(host + 3, allowed) < n)
        return err_set(err, ERR_INVALID,
                       "%s is \"%s\": give the scheme and the host, without a path", name, value);
    *out = str_ndup(value, (size_t)(host + 3 - value) + n);
    return 0;
}

static int read_title(struct settings *s, struct err *err)
{
    const char *title = value_of("STORE_TITLE", "Shop");
    if (!str_utf8_valid(title, strlen(title)) || str_has_control(title) ||
        str_utf8_length(title) > TITLE_MAX)
        return err_set(err, ERR_INVALID, "STORE_TITLE must be one line of up to %d characters",
                       TITLE_MAX);
    s->title = str_dup(title);
    return 0;
}

static int read_country(struct settings *s, struct err *err)
{
    const char *country = value_of("STORE_COUNTRY", "");
    size_t n = strlen(country);
    if (n != 0 &&
        (n != 2 || !isalpha((unsigned char)country[0]) || !isalpha((unsigned char)country[1])))
        return err_set(err, ERR_INVALID,
                       "STORE_COUNTRY is \"%s\": give an ISO 3166-1 code of two letters", country);
    s->country = str_dup(country);
    for (char *p = s->country; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return 0;
}

static int read_accent(struct settings *s, struct err *err)
{
    const char *accent = value_of("STORE_ACCENT", "");
    if (*accent && (accent[0] != '#' || strlen(accent) != 7 ||
                    strspn(accent + 1, "0123456789abcdefABCDEF") != 6))
        return err_set(err, ERR_INVALID,
                       "STORE_ACCENT is \"%s\": give # and six hexadecimal digits", accent);
    s->accent = str_dup(accent);
    return 0;
}

static int read_key(struct settings *s, struct err *err)
{
    CLEANUP_FREE char *path =
        str_printf("%s/publishable-key", value_of("SECRETS_DIR", "/run/secrets/store"));
    CLEANUP_FCLOSE FILE *file = fopen(path, "re");
    char line[KEY_MAX + 2];
    if (!file)
        return err_errno(err, errno, "cannot read the publishable key %s", path);
    if (!fgets(line, sizeof(line), file))
        return err_set(err, ERR_INVALID, "the publishable key %s is empty", path);
    char *key = str_trim(line);
    size_t n = strlen(key);
    /* It becomes a header line. */
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] >= 0x7f)
            n = 0;
    if (n < 16 || n > KEY_MAX)
        return err_set(err, ERR_INVALID, "%s does not hold one line with a publishable key", path);
    s->key = str_dup(key);
    mem_wipe(line, sizeof(line));
    return 0;
}

int settings_load(struct settings *s, struct err *err)
{
    int64_t threads = THREADS, fresh = FRESH_MS;
    *s = (struct settings) { .threads = THREADS };
    if (read_url(&s->medusa_url, "MEDUSA_URL", err) < 0 ||
        read_url(&s->store_url, "STORE_URL", err) < 0 || read_title(s, err) < 0 ||
        read_country(s, err) < 0 || read_accent(s, err) < 0 || read_key(s, err) < 0)
        return -1;
    const char *text = value_of("STOREFRONT_THREADS", NULL);
    if (text && str_to_i64(text, 1, SETTINGS_THREADS_MAX, &threads) < 0)
        return err_set(err, ERR_INVALID, "STOREFRONT_THREADS is \"%s\": give a number from 1 to %d",
                       text, SETTINGS_THREADS_MAX);
    s->threads = (int)threads;
    text = value_of("STOREFRONT_FRESH_MS", NULL);
    if (text && str_to_i64(text, 0, FRESH_MAX_MS, &fresh) < 0)
        return err_set(err, ERR_INVALID,
                       "STOREFRONT_FRESH_MS is \"%s\": give milliseconds from 0 to %d", text,
                       FRESH_MAX_MS);
    s->fresh_ms = (int)fresh;
    s->share = str_dup(value_of("STOREFRONT_SHARE", "/usr/share/storefront"));
    s->secure = str_starts(s->store_url, "https://");
    return 0;
}

void settings_clear(struct settings *s)
{
    if (s->key)
        mem_wipe(s->key, strlen(s->key));
    char *owned[] = {
        s->medusa_url, s->store_url, s->title, s->country, s->accent, s->key, s->share
    };
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    *s = (struct settings) { 0 };
}
