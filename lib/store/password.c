#include "store/password.h"

#include <crack.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/rand.h"
#include "base/str.h"

_Static_assert(PASSWORD_HASH_MAX == crypto_pwhash_STRBYTES, "libsodium's own size");

/* cracklib ends the process when its files cannot be read. */
static int find_dictionary(const char **path, struct err *err)
{
    *path = GetDefaultCracklibDict();
    static const char *const suffixes[] = { "hwm", "pwd", "pwi" };
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        CLEANUP_FREE char *file = str_printf("%s.%s", *path, suffixes[i]);
        if (access(file, R_OK) < 0)
            return err_set(err, ERR_UNAVAILABLE,
                           "the list of common passwords (package cracklib-runtime), %s: %s", file,
                           strerror(errno));
    }
    return 0;
}

/* "passwordpassword", "123123123123123": a piece of it, again and again. */
static bool is_repetition(const char *s)
{
    size_t n = strlen(s);
    for (size_t piece = 1; piece <= n / 2; piece++)
        if (memcmp(s, s + piece, n - piece) == 0)
            return true;
    return false;
}

static int check_length(const char *password, struct err *err)
{
    if (!str_utf8_valid(password, strlen(password)))
        return err_set(err, ERR_INVALID, "The password is not valid UTF-8.");
    size_t n = str_utf8_length(password);
    if (n < PASSWORD_LENGTH_MIN)
        return err_set(err, ERR_INVALID,
                       "A password has at least %d characters; this one has %zu. A few words in a "
                       "row are fine.",
                       PASSWORD_LENGTH_MIN, n);
    if (n > PASSWORD_LENGTH_MAX)
        return err_set(err, ERR_INVALID, "A password has at most %d characters; this one has %zu.",
                       PASSWORD_LENGTH_MAX, n);
    return 0;
}

int password_check(const char *password, const char *account_name, struct err *err)
{
    const char *dictionary = NULL;
    password = str_or_empty(password);
    if (check_length(password, err) < 0 || find_dictionary(&dictionary, err) < 0)
        return -1;
    if (account_name && strcasecmp(password, account_name) == 0)
        return err_set(err, ERR_INVALID, "A password is not the account's name.");
    if (is_repetition(password))
        return err_set(err, ERR_INVALID,
                       "This password is one piece repeated, which is among the first that is "
                       "guessed. Choose another.");
    /* The name of the service is the word that everybody adds (3.1.1.2: "context-specific words").
     */
    const char *fault = FascistCheckUser(password, dictionary, "storewright", "");
    if (fault)
        return err_set(err, ERR_INVALID,
                       "This password is among the first that is guessed: %s. Choose another; a "
                       "few words in a row are fine.",
                       fault);
    return 0;
}

static size_t memory_bytes(const struct config *c)
{
    return (size_t)c->password_memory_mib << 20;
}

int password_hash(const struct config *c, const char *password, char out[PASSWORD_HASH_MAX],
                  struct err *err)
{
    if (sodium_init() < 0 ||
        crypto_pwhash_str_alg(out, password, strlen(password),
                              (unsigned long long)c->password_passes, memory_bytes(c),
                              crypto_pwhash_ALG_ARGON2ID13) < 0)
        return err_set(err, ERR_UNAVAILABLE, "not enough memory to hash a password");
    return 0;
}

bool password_is(const char *hash, const char *password)
{
    return *hash && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

/* The number behind a mark such as "$m="; 0: it is not there. */
static unsigned long parameter(const char *hash, const char *mark)
{
    const char *at = strstr(hash, mark);
    return at ? strtoul(at + strlen(mark), NULL, 10) : 0;
}

bool password_is_weak(const struct config *c, const char *hash)
{
    return !str_starts(hash, "$argon2id$") || parameter(hash, "$m=") < memory_bytes(c) >> 10 ||
           parameter(hash, ",t=") < (unsigned long)c->password_passes;
}

const char *password_of_nobody(const struct config *c)
{
    static char hash[PASSWORD_HASH_MAX];
    if (!hash[0]) {
        char password[33];
        password_hash(c, rand_hex(password, 16), hash, NULL);
    }
    return hash;
}
