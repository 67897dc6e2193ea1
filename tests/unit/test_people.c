/* lib/store/people and the sessions of lib/store/account: invitations, links, roles, locking out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "raw_sql.h"
#include "store/people.h"

#define HERE "192.0.2.7"
#define FIRST "the first good words"
#define SECOND "the second good words"

static int sign_in(struct place *p, const char *name, const char *password,
                   char token[SESSION_TOKEN_LEN + 1])
{
    struct account account;
    int64_t wait;
    return account_sign_in(&p->service, name, password, HERE, "Browser", token, &account, &wait,
                           NULL);
}

static bool is_signed_in(struct place *p, const char *token)
{
    struct account account;
    return account_by_session(&p->service, token, &account, NULL) == 0;
}

static int64_t invite(struct place *p, const char *name, enum role role,
                      char token[LINK_TOKEN_LEN + 1])
{
    int64_t id = 0;
    struct err err = { 0 };
    if (people_invite(&p->service, &p->admin, name, role, "", token, &id, &err) < 0)
        fail_msg("%s", err.msg);
    return id;
}

static struct person person_of(struct place *p, int64_t id)
{
    struct person person;
    if (people_get(&p->service, &p->admin, id, &person, NULL) < 0)
        fail_msg("no person %d", (int)id);
    return person;
}

#define EXPECT(code_, call) \
    do { \
        struct err err = { 0 }; \
        struct err *e = &err; \
        assert_int_equal(call, -1); \
        assert_string_equal(err_code_name(err.code), err_code_name(code_)); \
        assert_true(err.msg[0]); \
    } while (0)

static void an_invitation_becomes_an_account(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1], token[SESSION_TOKEN_LEN + 1];
    struct link seen;
    int64_t id = invite(p, "carla", ROLE_MEMBER, link);
    assert_int_equal(person_of(p, id).state, PERSON_INVITED);
    assert_int_equal(sign_in(p, "carla", "", token), -1);
    assert_int_equal(link_look(&p->service, link, &seen, NULL), 0);
    assert_string_equal(seen.name, "carla");
    assert_true(seen.invitation);
    EXPECT(ERR_INVALID, link_use(&p->service, link, "short", HERE, e));
    assert_int_equal(link_use(&p->service, link, FIRST, HERE, NULL), 0);
    EXPECT(ERR_NOT_FOUND, link_use(&p->service, link, SECOND, HERE, e));
    EXPECT(ERR_NOT_FOUND, link_look(&p->service, link, &seen, e));
    assert_int_equal(sign_in(p, "carla", FIRST, token), 0);
    struct person person = person_of(p, id);
    assert_int_equal(person.state, PERSON_ACTIVE);
    assert_int_equal(person.role, ROLE_MEMBER);
    assert_int_equal(person.sessions, 1);
    assert_true(person.signed_in_at > 0 && person.link_expires_at == 0);
}

static void no_token_is_kept(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1];
    invite(p, "carla", ROLE_MEMBER, link);
    CLEANUP_FREE char *sql = str_printf(
        "SELECT count(*) FROM access_link WHERE hex(token_hash) = upper('%s') OR token_hash = '%s'",
        link, link);
    assert_int_equal(raw_int(p, sql), 0);
    assert_int_equal(raw_int(p, "SELECT length(token_hash) FROM access_link"), 32);
    CLEANUP_FREE char *audited =
        str_printf("SELECT count(*) FROM audit WHERE detail LIKE '%%%s%%'", link);
    assert_int_equal(raw_int(p, audited), 0);
}

static void a_link_ends(void **state)
{
    struct place *p = *state;
    char old[LINK_TOKEN_LEN + 1], link[LINK_TOKEN_LEN + 1];
    struct link seen;
    int64_t id = invite(p, "carla", ROLE_MEMBER, old);
    assert_int_equal(people_new_link(&p->service, &p->admin, id, link, NULL), 0);
    EXPECT(ERR_NOT_FOUND, link_look(&p->service, old, &seen, e)); /* replaced */
    assert_int_equal(link_look(&p->service, link, &seen, NULL), 0);
    raw(p, "UPDATE access_link SET expires_at = expires_at - 7 * 86400000");
    EXPECT(ERR_NOT_FOUND, link_use(&p->service, link, FIRST, HERE, e)); /* too old */
    assert_int_equal(people_new_link(&p->service, &p->admin, id, link, NULL), 0);
    assert_int_equal(people_set_disabled(&p->service, &p->admin, id, true, NULL), 0);
    EXPECT(ERR_NOT_FOUND, link_use(&p->service, link, FIRST, HERE, e)); /* locked out */
    EXPECT(ERR_CONFLICT, people_new_link(&p->service, &p->admin, id, link, e));
    assert_int_equal(people_set_disabled(&p->service, &p->admin, id, false, NULL), 0);
    EXPECT(ERR_NOT_FOUND, link_use(&p->service, link, FIRST, HERE, e)); /* and it stays ended */
    assert_int_equal(person_of(p, id).state, PERSON_INVITED);
    static const char *const none[] = { "", "x", "' OR 1=1 --" };
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        EXPECT(ERR_NOT_FOUND, link_look(&p->service, none[i], &seen, e));
}

/* Who forgot the password has tried it often before asking for a link. */
static void a_reset_ends_the_wait(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1], token[SESSION_TOKEN_LEN + 1];
    for (int i = 0; i < 12; i++)
        assert_int_equal(sign_in(p, "Anna", "not the password", token), -1);
    assert_int_equal(sign_in(p, "anna", "a long password", token), -1);
    assert_int_equal(people_new_link(&p->service, &p->admin, p->anna.account_id, link, NULL), 0);
    assert_int_equal(link_use(&p->service, link, SECOND, HERE, NULL), 0);
    assert_int_equal(sign_in(p, "anna", SECOND, token), 0);
}

static void a_reset_ends_what_was(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1], token[SESSION_TOKEN_LEN + 1], again[SESSION_TOKEN_LEN + 1];
    struct link seen;
    assert_int_equal(sign_in(p, "anna", "a long password", token), 0);
    assert_int_equal(people_new_link(&p->service, &p->admin, p->anna.account_id, link, NULL), 0);
    assert_true(is_signed_in(p, token)); /* until it is used */
    assert_int_equal(link_look(&p->service, link, &seen, NULL), 0);
    assert_false(seen.invitation);
    assert_int_equal(link_use(&p->service, link, SECOND, HERE, NULL), 0);
    assert_false(is_signed_in(p, token));
    assert_int_equal(sign_in(p, "anna", "a long password", again), -1);
    assert_int_equal(sign_in(p, "anna", SECOND, again), 0);
}

static void an_invitation_is_withdrawn(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1];
    struct person person;
    int64_t id = invite(p, "carla", ROLE_MEMBER, link);
    create_store(p, &p->anna,
                 &(struct store_request) { .id = "shop",
                                           .engine = "medusa",
                                           .plan = "small",
                                           .title = "S",
                                           .admin_email = "a@example.com",
                                           .currency = "eur",
                                           .country = "de" });
    assert_int_equal(service_share(&p->service, &p->anna, "shop", "carla", NULL), 0);
    assert_int_equal(people_withdraw(&p->service, &p->admin, id, NULL), 0);
    EXPECT(ERR_NOT_FOUND, people_get(&p->service, &p->admin, id, &person, e));
    EXPECT(ERR_NOT_FOUND, link_use(&p->service, link, FIRST, HERE, e));
    EXPECT(ERR_CONFLICT, people_withdraw(&p->service, &p->admin, p->anna.account_id, e));
    invite(p, "Carla", ROLE_VIEWER, link); /* the name is free again */
}

static void there_is_always_an_admin(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1];
    int64_t admin = p->admin.account_id;
    int64_t invited = invite(p, "second", ROLE_ADMIN, link); /* who cannot sign in yet */
    EXPECT(ERR_CONFLICT, people_set_role(&p->service, &p->admin, admin, ROLE_MEMBER, e));
    EXPECT(ERR_CONFLICT, people_set_disabled(&p->service, &p->admin, admin, true, e));
    assert_int_equal(link_use(&p->service, link, FIRST, HERE, NULL), 0);
    assert_int_equal(people_set_disabled(&p->service, &p->admin, invited, true, NULL), 0);
    EXPECT(ERR_CONFLICT, people_set_role(&p->service, &p->admin, admin, ROLE_VIEWER, e));
    assert_int_equal(people_set_disabled(&p->service, &p->admin, invited, false, NULL), 0);
    assert_int_equal(people_set_role(&p->service, &p->admin, admin, ROLE_MEMBER, NULL), 0);
    EXPECT(ERR_CONFLICT, people_set_role(&p->service, &p->admin, invited, ROLE_MEMBER, e));
    assert_int_equal(person_of(p, admin).role, ROLE_MEMBER);
}

static void a_disabled_account_is_out(void **state)
{
    struct place *p = *state;
    char token[SESSION_TOKEN_LEN + 1];
    assert_int_equal(sign_in(p, "anna", "a long password", token), 0);
    assert_int_equal(people_set_disabled(&p->service, &p->admin, p->anna.account_id, true, NULL),
                     0);
    assert_false(is_signed_in(p, token));
    assert_int_equal(sign_in(p, "anna", "a long password", token), -1);
    assert_int_equal(people_set_disabled(&p->service, &p->admin, p->anna.account_id, false, NULL),
                     0);
    assert_false(is_signed_in(p, token)); /* the old session stays ended */
    assert_int_equal(sign_in(p, "anna", "a long password", token), 0);
    assert_int_equal(people_sign_out(&p->service, &p->admin, p->anna.account_id, NULL), 0);
    assert_false(is_signed_in(p, token));
}

static void no_one(void *arg, const struct person *person)
{
    (void)arg;
    (void)person;
}

static void only_admins_may(void **state)
{
    struct place *p = *state;
    const struct actor *others[] = { &p->anna, &p->viewer };
    struct person person;
    char link[LINK_TOKEN_LEN + 1];
    int64_t id = p->bernd.account_id;
    for (size_t i = 0; i < 2; i++) {
        struct service *s = &p->service;
        EXPECT(ERR_FORBIDDEN, people_invite(s, others[i], "carla", ROLE_ADMIN, "", link, &id, e));
        EXPECT(ERR_FORBIDDEN, people_list(s, others[i], no_one, NULL, e));
        EXPECT(ERR_FORBIDDEN, people_get(s, others[i], id, &person, e));
        EXPECT(ERR_FORBIDDEN, people_find(s, others[i], "bernd", &person, e));
        EXPECT(ERR_FORBIDDEN, people_new_link(s, others[i], id, link, e));
        EXPECT(ERR_FORBIDDEN, people_set_role(s, others[i], id, ROLE_VIEWER, e));
        EXPECT(ERR_FORBIDDEN, people_set_disabled(s, others[i], id, true, e));
        EXPECT(ERR_FORBIDDEN, people_sign_out(s, others[i], id, e));
        EXPECT(ERR_FORBIDDEN, people_withdraw(s, others[i], id, e));
    }
    assert_int_equal(raw_int(p, "SELECT count(*) FROM account"), 4);
}

static void names_and_roles_follow_the_rules(void **state)
{
    struct place *p = *state;
    char link[LINK_TOKEN_LEN + 1];
    int64_t id = 0;
    EXPECT(ERR_EXISTS,
           people_invite(&p->service, &p->admin, "ANNA", ROLE_MEMBER, "", link, &id, e));
    EXPECT(ERR_INVALID,
           people_invite(&p->service, &p->admin, "a\nb", ROLE_MEMBER, "", link, &id, e));
    EXPECT(ERR_INVALID, people_invite(&p->service, &p->admin, "", ROLE_MEMBER, "", link, &id, e));
    EXPECT(ERR_INVALID,
           people_invite(&p->service, &p->admin, "carla", ROLE_NONE, "", link, &id, e));
    EXPECT(ERR_INVALID, people_set_role(&p->service, &p->admin, 1, ROLE_NONE, e));
    EXPECT(ERR_NOT_FOUND, people_set_role(&p->service, &p->admin, 999, ROLE_MEMBER, e));
    EXPECT(ERR_NOT_FOUND, people_set_role(&p->service, &p->admin, 0, ROLE_MEMBER, e));
}

static void one_sees_and_ends_ones_own_sessions(void **state)
{
    struct place *p = *state;
    char here[SESSION_TOKEN_LEN + 1], there[SESSION_TOKEN_LEN + 1], others[SESSION_TOKEN_LEN + 1];
    assert_int_equal(sign_in(p, "anna", "a long password", here), 0);
    assert_int_equal(sign_in(p, "anna", "a long password", there), 0);
    assert_int_equal(sign_in(p, "bernd", "a long password", others), 0);
    CLEANUP(session_list_clear) struct session_list list = { 0 }, theirs = { 0 };
    assert_int_equal(account_sessions(&p->service, &p->anna, here, &list, NULL), 0);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].current + list.items[1].current, 1);
    const struct session *other = &list.items[list.items[0].current ? 1 : 0];
    assert_string_equal(other->address, HERE);
    assert_string_equal(other->user_agent, "Browser");
    assert_int_equal(account_sessions(&p->service, &p->bernd, others, &theirs, NULL), 0);
    EXPECT(ERR_NOT_FOUND, account_end_session(&p->service, &p->anna, theirs.items[0].handle, e));
    EXPECT(ERR_NOT_FOUND, account_end_session(&p->service, &p->anna, "", e));
    EXPECT(ERR_NOT_FOUND, account_end_session(&p->service, &p->anna, "zz", e));
    assert_true(is_signed_in(p, others));
    assert_int_equal(account_end_session(&p->service, &p->anna, other->handle, NULL), 0);
    assert_false(is_signed_in(p, there));
    assert_true(is_signed_in(p, here));
    assert_int_equal(account_sign_out_everywhere(&p->service, &p->anna, NULL), 0);
    assert_false(is_signed_in(p, here));
    assert_true(is_signed_in(p, others));
}

static int change(struct place *p, const char *token, const char *old, const char *password,
                  struct err *err)
{
    int64_t wait = 0;
    return account_change_password(&p->service, &p->anna, token, old, password, &wait, err);
}

static void one_changes_ones_own_password(void **state)
{
    struct place *p = *state;
    char here[SESSION_TOKEN_LEN + 1], there[SESSION_TOKEN_LEN + 1];
    assert_int_equal(sign_in(p, "anna", "a long password", here), 0);
    assert_int_equal(sign_in(p, "anna", "a long password", there), 0);
    EXPECT(ERR_UNAUTHORIZED, change(p, here, "not my password", SECOND, e));
    EXPECT(ERR_INVALID, change(p, here, "a long password", "short", e));
    EXPECT(ERR_INVALID, change(p, here, "a long password", "passwordpassword", e));
    assert_true(is_signed_in(p, there));
    assert_int_equal(change(p, here, "a long password", SECOND, NULL), 0);
    assert_true(is_signed_in(p, here));
    assert_false(is_signed_in(p, there));
    for (int i = 0; i < 4; i++)
        EXPECT(ERR_UNAUTHORIZED, change(p, here, "a long password", FIRST, e));
    EXPECT(ERR_LIMIT, change(p, here, SECOND, FIRST, e)); /* who stole a session does not guess */
}

static void a_hash_grows_with_the_configuration(void **state)
{
    struct place *p = *state;
    char token[SESSION_TOKEN_LEN + 1];
    const char *strong = "SELECT count(*) FROM account WHERE name = 'anna' AND password_hash LIKE "
                         "'$argon2id$v=19$m=9216,t=2,%'";
    p->config.password_memory_mib = 9;
    p->config.password_passes = 2;
    assert_int_equal(sign_in(p, "anna", "not my password", token), -1);
    assert_int_equal(raw_int(p, strong), 0);
    assert_int_equal(sign_in(p, "anna", "a long password", token), 0);
    assert_int_equal(raw_int(p, strong), 1);
    p->config.password_memory_mib = 8; /* and does not shrink with it */
    p->config.password_passes = 1;
    assert_int_equal(sign_in(p, "anna", "a long password", token), 0);
    assert_int_equal(raw_int(p, strong), 1);
}

static bool sees(struct place *p, const struct actor *who, const char *id)
{
    CLEANUP(store_clear) struct store store = { 0 };
    CLEANUP(store_page_clear) struct store_page page = { 0 };
    struct status_counts counts;
    struct store_query q = { .status = -1 };
    bool found = service_get(&p->service, who, id, false, &store, NULL) == 0;
    assert_int_equal(service_list(&p->service, who, &q, &page, NULL), 0);
    assert_int_equal(service_counts(&p->service, who, &counts, NULL), 0);
    assert_int_equal(page.count, counts.of[STORE_REQUESTED]);
    bool listed = false;
    for (size_t i = 0; i < page.count; i++)
        listed = listed || str_eq(page.items[i].id, id);
    assert_int_equal(listed, found);
    return found;
}

static void who_a_store_is_shared_with_reads_it_only(void **state)
{
    struct place *p = *state;
    struct service *s = &p->service;
    struct store_request rq = request_for("shop"), rq2 = request_for("other");
    create_store(p, &p->anna, &rq);
    create_store(p, &p->anna, &rq2);
    assert_false(sees(p, &p->viewer, "shop"));
    EXPECT(ERR_NOT_FOUND, service_share(s, &p->bernd, "shop", "bernd", e));
    EXPECT(ERR_NOT_FOUND, service_share(s, &p->anna, "shop", "nobody", e));
    assert_int_equal(service_share(s, &p->anna, "shop", "vera", NULL), 0);
    assert_int_equal(service_share(s, &p->anna, "shop", "VERA", NULL), 0); /* again: fine */
    assert_int_equal(service_share(s, &p->admin, "shop", "bernd", NULL), 0);
    const struct actor *readers[] = { &p->viewer, &p->bernd };
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(credentials_clear) struct credentials c = { 0 };
        assert_true(sees(p, readers[i], "shop"));
        assert_false(sees(p, readers[i], "other"));
        EXPECT(ERR_FORBIDDEN, service_delete(s, readers[i], "shop", "shop", e));
        EXPECT(ERR_FORBIDDEN, service_retry(s, readers[i], "shop", e));
        EXPECT(ERR_FORBIDDEN, service_credentials(s, readers[i], "shop", &c, e));
        EXPECT(ERR_FORBIDDEN, service_share(s, readers[i], "shop", "vera", e));
        EXPECT(ERR_FORBIDDEN, service_unshare(s, readers[i], "shop", "vera", e));
    }
    int64_t before = 0, after = 0;
    assert_int_equal(service_revision(s, &before, NULL), 0);
    assert_int_equal(service_unshare(s, &p->anna, "shop", "vera", NULL), 0);
    assert_int_equal(service_revision(s, &after, NULL), 0);
    assert_true(after > before); /* so that no browser keeps its copy of the list */
    assert_false(sees(p, &p->viewer, "shop"));
    assert_true(sees(p, &p->bernd, "shop"));
    EXPECT(ERR_NOT_FOUND, service_delete(s, &p->viewer, "shop", "shop", e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(an_invitation_becomes_an_account),
        IN_PLACE(no_token_is_kept),
        IN_PLACE(a_link_ends),
        IN_PLACE(a_reset_ends_the_wait),
        IN_PLACE(a_reset_ends_what_was),
        IN_PLACE(an_invitation_is_withdrawn),
        IN_PLACE(there_is_always_an_admin),
        IN_PLACE(a_disabled_account_is_out),
        IN_PLACE(only_admins_may),
        IN_PLACE(names_and_roles_follow_the_rules),
        IN_PLACE(one_sees_and_ends_ones_own_sessions),
        IN_PLACE(one_changes_ones_own_password),
        IN_PLACE(a_hash_grows_with_the_configuration),
        IN_PLACE(who_a_store_is_shared_with_reads_it_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
