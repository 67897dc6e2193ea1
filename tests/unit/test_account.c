/* lib/store/account: people, their passwords and their sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/timeutil.h"
#include "raw_sql.h"

#define RIGHT "a long password"
#define HERE "192.0.2.7"

struct attempt {
    int r;
    struct err err;
    char token[SESSION_TOKEN_LEN + 1];
    struct account account;
    int64_t retry_after;
};

static struct attempt sign_in(struct place *p, const char *name, const char *password,
                              const char *address)
{
    struct attempt a = { 0 };
    a.r = account_sign_in(&p->service, name, password, address, "Browser", a.token, &a.account,
                          &a.retry_after, &a.err);
    return a;
}

static void expect_refused(struct attempt a, enum err_code code)
{
    assert_int_equal(a.r, -1);
    assert_string_equal(err_code_name(a.err.code), err_code_name(code));
    assert_string_equal(a.token, "");
}

static bool file_has(struct place *p, const char *name, const char *bytes)
{
    CLEANUP_FREE char *path = str_printf("%s/%s", p->dir, name);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    static char text[2 << 20];
    size_t n = fread(text, 1, sizeof(text), f);
    fclose(f);
    return memmem(text, n, bytes, strlen(bytes)) != NULL;
}

static void the_right_password_opens_a_session(void **state)
{
    struct place *p = *state;
    struct attempt a = sign_in(p, "ANNA", RIGHT, HERE);
    assert_int_equal(a.r, 0);
    assert_string_equal(a.account.name, "anna");
    assert_int_equal(a.account.id, p->anna.account_id);
    assert_int_equal(a.account.role, ROLE_MEMBER);
    assert_int_equal(strlen(a.token), SESSION_TOKEN_LEN);
    struct account who = { 0 };
    assert_int_equal(account_by_session(&p->service, a.token, &who, NULL), 0);
    assert_int_equal(who.id, p->anna.account_id);
    assert_string_not_equal(sign_in(p, "anna", RIGHT, HERE).token, a.token);
}

static void neither_password_nor_token_is_kept(void **state)
{
    struct place *p = *state;
    struct attempt a = sign_in(p, "anna", RIGHT, HERE);
    assert_true(file_has(p, "storewright.db-wal", "argon2id") ||
                file_has(p, "storewright.db", "argon2id"));
    assert_false(file_has(p, "storewright.db", RIGHT));
    assert_false(file_has(p, "storewright.db-wal", RIGHT));
    assert_false(file_has(p, "storewright.db", a.token));
    assert_false(file_has(p, "storewright.db-wal", a.token));
}

/* The answer does not tell whether there is such an account. */
static void wrong_is_wrong(void **state)
{
    struct place *p = *state;
    struct attempt wrong = sign_in(p, "anna", "another password", HERE);
    struct attempt nobody = sign_in(p, "nobody", RIGHT, "192.0.2.8");
    expect_refused(wrong, ERR_UNAUTHORIZED);
    expect_refused(nobody, ERR_UNAUTHORIZED);
    assert_string_equal(wrong.err.msg, nobody.err.msg);
    static const char *const names[] = { "", " anna", "an\nna", "\xff\xff", "anna'--" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct attempt a = sign_in(p, names[i], RIGHT, "192.0.2.9");
        expect_refused(a, ERR_UNAUTHORIZED);
        assert_string_equal(a.err.msg, wrong.err.msg);
    }
    expect_refused(sign_in(p, "bernd", "", "192.0.2.10"), ERR_UNAUTHORIZED);
}

static void failures_of_an_account_are_throttled(void **state)
{
    struct place *p = *state;
    char address[32];
    for (int i = 0; i < 5; i++) {
        snprintf(address, sizeof(address), "198.51.100.%d", i); /* each from elsewhere */
        expect_refused(sign_in(p, "anna", "wrong password", address), ERR_UNAUTHORIZED);
    }
    struct attempt a = sign_in(p, "Anna", RIGHT, "203.0.113.5");
    expect_refused(a, ERR_LIMIT);
    assert_in_range(a.retry_after, 1, 1000);
    assert_non_null(strstr(a.err.msg, "try again in"));
    assert_int_equal(sign_in(p, "bernd", RIGHT, HERE).r, 0);
    /* When the wait is over the right one is let in, and the count begins anew. */
    raw(p, "UPDATE sign_in_failure SET blocked_until = 0");
    assert_int_equal(sign_in(p, "anna", RIGHT, "203.0.113.5").r, 0);
    expect_refused(sign_in(p, "anna", "wrong password", "203.0.113.6"), ERR_UNAUTHORIZED);
    assert_int_equal(sign_in(p, "anna", RIGHT, "203.0.113.5").r, 0);
}

static void failures_of_an_address_are_throttled(void **state)
{
    struct place *p = *state;
    char name[32];
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof(name), "guess%d", i);
        expect_refused(sign_in(p, name, RIGHT, HERE), ERR_UNAUTHORIZED);
    }
    expect_refused(sign_in(p, "anna", RIGHT, HERE), ERR_LIMIT);
    assert_int_equal(sign_in(p, "anna", RIGHT, "192.0.2.99").r, 0);
}

static void the_wait_grows_and_is_bounded(void **state)
{
    struct place *p = *state;
    int64_t before = 0;
    for (int i = 0; i < 20; i++) {
        expect_refused(sign_in(p, "anna", "wrong password", HERE), ERR_UNAUTHORIZED);
        struct attempt a = sign_in(p, "anna", RIGHT, HERE);
        if (i < 4) {
            assert_int_equal(a.r, 0);
            continue; /* the account's count begins anew, the address's does not */
        }
        expect_refused(a, ERR_LIMIT);
        assert_true(a.retry_after >= before - 1000);
        assert_true(a.retry_after <= 900000);
        before = a.retry_after;
        raw(p, "UPDATE sign_in_failure SET blocked_until = 0");
    }
    assert_true(before > 800000);
}

static void sessions_end_by_rest_and_by_age(void **state)
{
    struct place *p = *state;
    struct account who;
    struct err err = { 0 };
    struct attempt a = sign_in(p, "anna", RIGHT, HERE);
    raw(p, "UPDATE session SET last_seen_at = last_seen_at - 3590000");
    assert_int_equal(account_by_session(&p->service, a.token, &who, &err), 0); /* and is touched */
    raw(p, "UPDATE session SET last_seen_at = last_seen_at - 3590000");
    assert_int_equal(account_by_session(&p->service, a.token, &who, &err), 0);
    raw(p, "UPDATE session SET last_seen_at = last_seen_at - 3601000");
    assert_int_equal(account_by_session(&p->service, a.token, &who, &err), -1);
    assert_int_equal(err.code, ERR_UNAUTHORIZED);
    a = sign_in(p, "anna", RIGHT, HERE);
    raw(p, "UPDATE session SET expires_at = expires_at - 86401000");
    assert_int_equal(account_by_session(&p->service, a.token, &who, &err), -1);
    /* The next sign-in clears the old ones away. */
    sign_in(p, "anna", RIGHT, HERE);
    assert_int_equal(raw(p, "UPDATE session SET address = ''"), 1);
}

static void what_is_no_token_opens_nothing(void **state)
{
    struct place *p = *state;
    struct attempt a = sign_in(p, "anna", RIGHT, HERE);
    struct account who;
    char other[SESSION_TOKEN_LEN + 2];
    snprintf(other, sizeof(other), "%s", a.token);
    other[10] = other[10] == 'a' ? 'b' : 'a';
    CLEANUP_FREE char *longer = str_printf("%sx", a.token);
    const char *bad[] = { NULL, "", "x", other, longer, "' OR 1=1 --" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = { 0 };
        assert_int_equal(account_by_session(&p->service, bad[i], &who, &err), -1);
        assert_int_equal(err.code, ERR_UNAUTHORIZED);
    }
}

static void signing_out_ends_this_session_only(void **state)
{
    struct place *p = *state;
    struct attempt one = sign_in(p, "anna", RIGHT, HERE), two = sign_in(p, "anna", RIGHT, HERE);
    struct account who;
    assert_int_equal(account_sign_out(&p->service, &p->anna, one.token, NULL), 0);
    assert_int_equal(account_by_session(&p->service, one.token, &who, NULL), -1);
    assert_int_equal(account_by_session(&p->service, two.token, &who, NULL), 0);
    assert_int_equal(account_sign_out(&p->service, &p->anna, one.token, NULL), 0);
}

static void a_new_password_ends_all_sessions(void **state)
{
    struct place *p = *state;
    struct attempt a = sign_in(p, "anna", RIGHT, HERE), other = sign_in(p, "bernd", RIGHT, HERE);
    struct account who;
    struct err err = { 0 };
    assert_int_equal(account_set_password(&p->service, &p->admin, "anna", "short", &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_int_equal(account_by_session(&p->service, a.token, &who, NULL), 0);
    assert_int_equal(account_set_password(&p->service, &p->admin, "anna", "a newer password", NULL),
                     0);
    assert_int_equal(account_by_session(&p->service, a.token, &who, NULL), -1);
    assert_int_equal(account_by_session(&p->service, other.token, &who, NULL), 0);
    expect_refused(sign_in(p, "anna", RIGHT, HERE), ERR_UNAUTHORIZED);
    assert_int_equal(sign_in(p, "anna", "a newer password", HERE).r, 0);
    assert_int_equal(
        account_set_password(&p->service, &p->admin, "nobody", "a newer password", &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void a_disabled_account_is_out_at_once(void **state)
{
    struct place *p = *state;
    struct attempt a = sign_in(p, "anna", RIGHT, HERE);
    struct account who;
    raw(p, "UPDATE account SET disabled_at = 1 WHERE name = 'anna'");
    assert_int_equal(account_by_session(&p->service, a.token, &who, NULL), -1);
    struct attempt again = sign_in(p, "anna", RIGHT, HERE);
    expect_refused(again, ERR_UNAUTHORIZED);
    assert_string_equal(again.err.msg, sign_in(p, "anna", "wrong password", HERE).err.msg);
}

static void accounts_follow_the_rules(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *name, *password;
        enum role role;
        enum err_code code;
    } rows[] = {
        { "", "a long password", ROLE_MEMBER, ERR_INVALID },
        { "c\nd", "a long password", ROLE_MEMBER, ERR_INVALID },
        { "carl", "short", ROLE_MEMBER, ERR_INVALID },
        { "carl-the-great", "carl-the-great", ROLE_MEMBER, ERR_INVALID },
        { "carl", "a long password", ROLE_NONE, ERR_INVALID },
        { "anna", "a long password", ROLE_MEMBER, ERR_EXISTS },
        { "ANNA", "a long password", ROLE_MEMBER, ERR_EXISTS },
    };
    int64_t before = 0, after = 0;
    assert_int_equal(account_count(&p->service, &before, NULL), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = { 0 };
        assert_int_equal(
            account_add(&p->service, &p->admin, rows[i].name, rows[i].role, rows[i].password, &err),
            -1);
        assert_string_equal(err_code_name(err.code), err_code_name(rows[i].code));
        assert_true(err.msg[0]);
    }
    assert_int_equal(account_count(&p->service, &after, NULL), 0);
    assert_int_equal(after, before);
}

static void accounts_are_found(void **state)
{
    struct place *p = *state;
    struct account who;
    struct err err = { 0 };
    assert_int_equal(account_find(&p->service, NULL, &who, NULL), 0);
    assert_string_equal(who.name, "admin");
    assert_int_equal(account_find(&p->service, "nobody", &who, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    raw(p, "UPDATE account SET role = 'member' WHERE name = 'admin'");
    assert_int_equal(account_find(&p->service, NULL, &who, &err), -1);
    assert_non_null(strstr(err.msg, "no admin account"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(the_right_password_opens_a_session),
        IN_PLACE(neither_password_nor_token_is_kept),
        IN_PLACE(wrong_is_wrong),
        IN_PLACE(failures_of_an_account_are_throttled),
        IN_PLACE(failures_of_an_address_are_throttled),
        IN_PLACE(the_wait_grows_and_is_bounded),
        IN_PLACE(sessions_end_by_rest_and_by_age),
        IN_PLACE(what_is_no_token_opens_nothing),
        IN_PLACE(signing_out_ends_this_session_only),
        IN_PLACE(a_new_password_ends_all_sessions),
        IN_PLACE(a_disabled_account_is_out_at_once),
        IN_PLACE(accounts_follow_the_rules),
        IN_PLACE(accounts_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
