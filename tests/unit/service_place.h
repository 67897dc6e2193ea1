/* A service over a database of its own, with a few accounts, and no reconciler to wake. */
#ifndef SW_TESTS_SERVICE_PLACE_H
#define SW_TESTS_SERVICE_PLACE_H

#include "scratch.h"
#include "store/account.h"
#include "store/service.h"

struct place {
    char *dir;
    struct config config;
    struct db *db;
    struct service service;
    struct actor admin, anna, bernd, viewer;
};

static inline struct actor add_person(struct place *p, const char *name, enum role role)
{
    static const struct actor nobody = { 0, ROLE_ADMIN, "setup", "local" };
    struct account account;
    struct err err = { 0 };
    if (account_add(&p->service, &nobody, name, role, "a long password", &err) < 0 ||
        account_find(&p->service, name, &account, &err) < 0)
        fail_msg("%s: %s", name, err.msg);
    return (struct actor) { account.id, role, name, "192.0.2.1" };
}

static inline struct db *open_place_db(struct place *p)
{
    CLEANUP_FREE char *path = str_printf("%s/storewright.db", p->dir);
    struct db *db = NULL;
    struct err err = { 0 };
    if (db_open(&db, path, &err) < 0)
        fail_msg("%s", err.msg);
    return db;
}

static inline int make_place(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    p->dir = scratch_make();
    p->config.run_dir = p->dir;
    p->config.reconcile = str_dup("/bin/true");
    p->config.base_domain = str_dup("localtest.me");
    p->config.store_scheme = str_dup("http");
    p->config.store_port = 80;
    p->config.session_idle_ms = 3600000;
    p->config.session_max_ms = 86400000;
    p->config.password_memory_mib = 8; /* as little as there may be: tests sign in a lot */
    p->config.password_passes = 1;
    p->config.limit_stores = p->config.limit_creations_per_hour = p->config.limit_provisioning =
        p->config.limit_small = p->config.limit_medium = p->config.limit_large = 100000;
    p->db = open_place_db(p);
    p->service = (struct service) { p->db, &p->config };
    p->admin = add_person(p, "admin", ROLE_ADMIN);
    p->anna = add_person(p, "anna", ROLE_MEMBER);
    p->bernd = add_person(p, "bernd", ROLE_MEMBER);
    p->viewer = add_person(p, "vera", ROLE_VIEWER);
    *state = p;
    return 0;
}

static inline int remove_place(void **state)
{
    struct place *p = *state;
    db_close(p->db);
    free(p->config.reconcile);
    free(p->config.base_domain);
    free(p->config.store_scheme);
    scratch_remove(p->dir);
    free(p);
    return 0;
}

static inline struct store_request request_for(const char *id)
{
    return (struct store_request) {
        .id = id,
        .engine = "medusa",
        .plan = "small",
        .title = "A shop",
        .admin_email = "anna@example.com",
        .currency = "eur",
        .country = "de",
    };
}

/* The uid lives until the next call. */
static inline const char *create_store(struct place *p, const struct actor *who,
                                       const struct store_request *rq)
{
    static char uid[STORE_UID_LEN + 1];
    struct field_errors errors = { 0 };
    struct err err = { 0 };
    if (service_create(&p->service, who, rq, uid, &errors, &err) < 0)
        fail_msg("%s: %s", rq->id, err.msg);
    return uid;
}

/* As the reconciler would write it of the newest generation, with the operation ended. */
static inline void set_status(struct place *p, const char *id, enum store_status status)
{
    struct store s = { 0 };
    if (service_get(&p->service, &p->admin, id, false, &s, NULL) < 0)
        fail_msg("no store %s", id);
    enum sql_id sql = status == STORE_DELETED ? SQL_STORE_OBSERVED_DELETED
                      : status == STORE_READY ? SQL_STORE_OBSERVED_READY
                                              : SQL_STORE_OBSERVED;
    if (db_exec(p->db, NULL, sql, "ssssiii", s.uid, store_status_name(status), "image", "Because.",
                (int64_t)5, (int64_t)6, s.generation) != 1)
        fail_msg("%s was not written", id);
    struct stmt *st = NULL;
    int64_t operation = 0;
    if (db_query(p->db, &st, NULL, SQL_OPERATION_NEWEST, "s", s.uid) == 0 &&
        stmt_step(st, NULL) == 1)
        operation = stmt_int(st, 0);
    stmt_done(st);
    db_exec(p->db, NULL, SQL_OPERATION_FINISH, "isis", operation, "succeeded", (int64_t)6, "");
    store_clear(&s);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

#endif
