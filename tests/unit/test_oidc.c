/* lib/oidc: which ID tokens are believed. Keys and signatures are libjose's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jose/jose.h>

#include "base/str.h"
#include "oidc/oidc.h"

#define NOW INT64_C(1800000000000) /* ms */
#define NONCE "the-nonce-of-this-attempt"

static const struct oidc_client client = { "https://id.example.com", "storewright", NULL,
                                           "https://stores.example.com/sign-in/oidc/callback" };
static json_t *rsa, *ec, *keys; /* private; and the set of their public parts */

static json_t *generate(const char *parameters)
{
    json_t *key = json_loads(parameters, 0, NULL);
    assert_true(jose_jwk_gen(NULL, key));
    return key;
}

static void publish(json_t *private_key)
{
    json_t *public_key = json_deep_copy(private_key);
    assert_true(jose_jwk_pub(NULL, public_key));
    json_object_del(public_key, "key_ops");
    json_array_append_new(json_object_get(keys, "keys"), public_key);
}

static int make_keys(void **state)
{
    (void)state;
    rsa = generate("{\"alg\":\"RS256\",\"kid\":\"one\"}");
    ec = generate("{\"alg\":\"ES256\",\"kid\":\"two\"}");
    keys = json_pack("{s:[]}", "keys");
    publish(rsa);
    publish(ec);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    json_decref(rsa);
    json_decref(ec);
    json_decref(keys);
    return 0;
}

static json_t *good_claims(void)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:b, s:s}", "iss", client.issuer, "sub",
                     "248289761001", "aud", client.client_id, "exp", (json_int_t)(NOW / 1000 + 300),
                     "iat", (json_int_t)(NOW / 1000 - 1), "nonce", NONCE, "email",
                     "jane@example.com", "email_verified", 1, "preferred_username", "jane");
}

/* Compact form of the claims (taken over), signed with the key under this header. */
static char *sign(json_t *claims, const json_t *key, const char *header)
{
    CLEANUP_FREE char *text = json_dumps(claims, JSON_COMPACT);
    json_decref(claims);
    json_auto_t *jws = json_pack("{s:o}", "payload", jose_b64_enc(text, strlen(text)));
    json_auto_t *how = json_pack("{s:o}", "protected", json_loads(header, 0, NULL));
    assert_true(jose_jws_sig(NULL, jws, how, key));
    return str_printf("%s.%s.%s", json_string_value(json_object_get(jws, "protected")),
                      json_string_value(json_object_get(jws, "payload")),
                      json_string_value(json_object_get(jws, "signature")));
}

#define RSA_HEADER "{\"alg\":\"RS256\",\"kid\":\"one\"}"

static void expect_refused(const char *token, const char *part)
{
    struct err err = { 0 };
    CLEANUP(oidc_claims_clear) struct oidc_claims claims = { 0 };
    assert_int_equal(oidc_verify(&client, keys, token, NONCE, NOW, &claims, &err), -1);
    assert_int_equal(err.code, ERR_UNAUTHORIZED);
    assert_null(claims.subject);
    if (!strstr(err.msg, part))
        fail_msg("%s", err.msg);
}

static void expect_taken(const char *token)
{
    struct err err = { 0 };
    CLEANUP(oidc_claims_clear) struct oidc_claims claims = { 0 };
    if (oidc_verify(&client, keys, token, NONCE, NOW, &claims, &err) < 0)
        fail_msg("%s", err.msg);
    assert_string_equal(claims.issuer, client.issuer);
    assert_string_equal(claims.subject, "248289761001");
}

static void a_good_token_is_believed(void **state)
{
    (void)state;
    CLEANUP(oidc_claims_clear) struct oidc_claims claims = { 0 };
    CLEANUP_FREE char *one = sign(good_claims(), rsa, RSA_HEADER);
    CLEANUP_FREE char *two = sign(good_claims(), ec, "{\"alg\":\"ES256\",\"kid\":\"two\"}");
    CLEANUP_FREE char *without_kid = sign(good_claims(), ec, "{\"alg\":\"ES256\"}");
    expect_taken(one);
    expect_taken(two);
    expect_taken(without_kid);
    assert_int_equal(oidc_verify(&client, keys, one, NONCE, NOW, &claims, NULL), 0);
    assert_string_equal(claims.email, "jane@example.com");
    assert_true(claims.email_verified);
    assert_string_equal(claims.name, "jane");
}

static void each_claim_must_be_right(void **state)
{
    (void)state;
    static const struct {
        const char *change, *why;
    } rows[] = {
        { "{\"iss\":\"https://id.example.com/\"}", "another issuer" },
        { "{\"iss\":null}", "another issuer" },
        { "{\"aud\":\"other\"}", "another client" },
        { "{\"aud\":[]}", "another client" },
        { "{\"aud\":[\"other\"]}", "another client" },
        { "{\"aud\":[\"storewright\",\"other\"]}", "another client" }, /* without azp */
        { "{\"azp\":\"other\"}", "another client" },
        { "{\"aud\":[\"storewright\",\"other\"],\"azp\":\"other\"}", "another client" },
        { "{\"exp\":1799999900}", "expired" },
        { "{\"exp\":null}", "expired" },
        { "{\"exp\":\"1900000000\"}", "expired" },
        { "{\"iat\":1800000100}", "in the future" },
        { "{\"iat\":null}", "in the future" },
        { "{\"nonce\":\"another\"}", "another sign-in" },
        { "{\"nonce\":null}", "another sign-in" },
        { "{\"sub\":\"\"}", "names nobody" },
        { "{\"sub\":7}", "names nobody" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *claims = good_claims();
        json_auto_t *change = json_loads(rows[i].change, 0, NULL);
        json_object_update(claims, change);
        CLEANUP_FREE char *token = sign(claims, rsa, RSA_HEADER);
        expect_refused(token, rows[i].why);
    }
    json_t *claims = good_claims();
    json_auto_t *several =
        json_loads("{\"aud\":[\"other\",\"storewright\"],\"azp\":\"storewright\"}", 0, NULL);
    json_object_update(claims, several);
    CLEANUP_FREE char *token = sign(claims, rsa, RSA_HEADER);
    expect_taken(token);
}

static char *unsigned_token(const char *header, const char *signature)
{
    json_auto_t *claims = good_claims();
    CLEANUP_FREE char *text = json_dumps(claims, JSON_COMPACT);
    json_auto_t *h = jose_b64_enc(header, strlen(header)), *p = jose_b64_enc(text, strlen(text));
    return str_printf("%s.%s.%s", json_string_value(h), json_string_value(p), signature);
}

static void only_the_providers_signature_counts(void **state)
{
    (void)state;
    json_auto_t *stranger = generate("{\"alg\":\"RS256\",\"kid\":\"one\"}");
    CLEANUP_FREE char *forged = sign(good_claims(), stranger, RSA_HEADER);
    CLEANUP_FREE char *none = unsigned_token("{\"alg\":\"none\"}", "");
    CLEANUP_FREE char *nothing = unsigned_token(RSA_HEADER, "");
    CLEANUP_FREE char *critical = sign(
        good_claims(), rsa, "{\"alg\":\"RS256\",\"kid\":\"one\",\"crit\":[\"exp\"],\"exp\":1}");
    CLEANUP_FREE char *other_kid =
        sign(good_claims(), rsa, "{\"alg\":\"RS256\",\"kid\":\"three\"}");
    const char *why = "its signature is not by a key of the provider's";
    expect_refused(forged, why);
    expect_refused(none, why);
    expect_refused(nothing, why);
    expect_refused(critical, why);
    expect_refused(other_kid, why);
    /* A public key taken for the secret of an HMAC. */
    json_auto_t *oct =
        json_pack("{s:s, s:s, s:O}", "kty", "oct", "alg", "HS256", "k", json_object_get(rsa, "n"));
    CLEANUP_FREE char *confused = sign(good_claims(), oct, "{\"alg\":\"HS256\",\"kid\":\"one\"}");
    expect_refused(confused, why);
    /* Even where the set has such a key. */
    json_array_append(json_object_get(keys, "keys"), oct);
    expect_refused(confused, why);
    json_array_remove(json_object_get(keys, "keys"),
                      json_array_size(json_object_get(keys, "keys")) - 1);
}

static void any_changed_byte_is_seen(void **state)
{
    (void)state;
    CLEANUP_FREE char *token = sign(good_claims(), ec, "{\"alg\":\"ES256\",\"kid\":\"two\"}");
    size_t n = strlen(token);
    for (size_t i = 0; i < n - 1; i += 3) { /* the last digit has bits that say nothing */
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        expect_refused(token, "refused");
        token[i] = was;
    }
    expect_taken(token);
}

static void what_is_no_token_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = { "",           ".",           "..",      "...",
                                        "a.b.c",      "e30.e30.e30", "e30.e30", "\xff.\xff.\xff",
                                        "W10.W10.W10" };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect_refused(rows[i], "signature");
    CLEANUP_FREE char *good = sign(good_claims(), rsa, RSA_HEADER);
    CLEANUP_FREE char *more = str_printf("%s.x", good);
    expect_refused(more, "signature");
    static const char *const sets[] = {
        "{}", "[]", "{\"keys\":{}}", "{\"keys\":[1,null,\"x\",{}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\",\"n\":1,\"e\":[]}]}"
    };
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        json_auto_t *set = json_loads(sets[i], 0, NULL);
        struct err err = { 0 };
        struct oidc_claims claims;
        assert_int_equal(oidc_verify(&client, set, good, NONCE, NOW, &claims, &err), -1);
        assert_int_equal(err.code, ERR_UNAUTHORIZED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_is_believed),
        cmocka_unit_test(each_claim_must_be_right),
        cmocka_unit_test(only_the_providers_signature_counts),
        cmocka_unit_test(any_changed_byte_is_seen),
        cmocka_unit_test(what_is_no_token_is_refused),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
