#include "app.h"

#include "base/str.h"

struct service *app_service(struct app *app, struct err *err)
{
    struct err failed = { 0 };
    if (app->db && db_was_replaced(app->db)) {
        db_close(app->db);
        app->db = NULL;
    }
    if (!app->db && db_open(&app->db, app->config->database, &failed) < 0) {
        /* Whatever it is, to a visitor it is the database that cannot be used. */
        err_set(err, ERR_UNAVAILABLE, "%s", failed.msg);
        return NULL;
    }
    app->service = (struct service) { .db = app->db, .config = app->config };
    return &app->service;
}

struct actor app_actor(const struct app *app, const struct request *rq)
{
    if (rq->role == ROLE_NONE)
        return (struct actor) { .role = ROLE_NONE, .name = "", .address = rq->address };
    return (struct actor) {
        .account_id = app->visitor.id,
        .role = app->visitor.role,
        .name = app->visitor.name,
        .address = rq->address,
    };
}

int app_identify(void *ctx, struct request *rq, struct err *err)
{
    struct app *app = ctx;
    struct err failed = { 0 };
    struct service *s = app_service(app, &failed);
    if (s && account_by_session(s, rq->token, &app->visitor, &failed) == 0) {
        rq->role = app->visitor.role;
        return 0;
    }
    if (failed.code == ERR_UNAUTHORIZED)
        return 0; /* nobody: an ended session is no failure */
    return err_set(err, failed.code, "%s", failed.msg);
}
