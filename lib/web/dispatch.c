#include "web/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/str.h"
#include "web/session.h"

static int send_to_sign_in(const struct web_app *app, const struct request *rq,
                           const struct route *route, struct reply *re, struct err *err)
{
    if (route->kind == ROUTE_FRAGMENT)
        return err_set(err, ERR_UNAUTHORIZED, "not signed in");
    CLEANUP(buf_free) struct buf to = BUF_INIT((size_t)4 * REQUEST_URI_MAX);
    buf_adds(&to, app->sign_in_path);
    if (rq->method != METHOD_POST && !str_eq(rq->target, "/")) {
        buf_adds(&to, "?next=");
        fields_encode(&to, rq->target);
    }
    reply_redirect(re, buf_text(&to));
    return 0;
}

static int no_route(unsigned allowed, struct reply *re, struct err *err)
{
    if (!allowed)
        return err_set(err, ERR_NOT_FOUND, "there is no such page");
    re->status = 405;
    route_allow_header(allowed, re->allow);
    return err_set(err, ERR_UNSUPPORTED, "this address answers %s only", re->allow);
}

static int find_out_who(const struct web_app *app, struct request *rq, struct err *err)
{
    session_read(rq, app->secure_cookies);
    if (rq->token[0] && app->identify(app->ctx, rq, err) < 0)
        return -1;
    csrf_prepare(rq, rq->role > 0, app->secure_cookies);
    return 0;
}

/* Before anything is looked up: whose request it is, and whether it is meant for us. */
static int meet(const struct web_app *app, struct request *rq, struct reply *re, struct err *err)
{
    char client[IPADDR_TEXT_MAX];
    if (!app->front)
        return 0;
    front_client(app->front, rq->address, rq->forwarded, client);
    free(rq->address);
    rq->address = str_dup(client);
    if (front_is_ours(app->front, rq->host))
        return 0;
    re->status = 421;
    return err_set(err, ERR_INVALID,
                   "this is not the server of \"%.100s\"; if it should be, its administrator adds "
                   "the name to dashboard_hosts in the configuration",
                   rq->host);
}

static int answer(const struct web_app *app, struct request *rq, struct reply *re, struct err *err)
{
    unsigned allowed;
    const struct route *route = route_find(&app->routes, rq, &allowed);
    if (!route)
        return no_route(allowed, re, err);
    if (find_out_who(app, rq, err) < 0)
        return -1;
    if (rq->role < route->role) {
        if (rq->role == 0)
            return send_to_sign_in(app, rq, route, re, err);
        return err_set(err, ERR_FORBIDDEN, "your role does not allow this");
    }
    if (route_needs_csrf(route) && csrf_check(rq, err) < 0)
        return -1;
    CRASH_POINT("routed");
    return route->handler(app->ctx, rq, re, err);
}

int dispatch(const struct web_app *app, const struct request_source *from, struct request *rq,
             struct reply *re, struct err *err)
{
    reply_init(re);
    if (request_read(rq, from, err) == 0 && meet(app, rq, re, err) == 0 &&
        answer(app, rq, re, err) == 0) {
        if (!re->status)
            re->status = 200;
        return 0;
    }
    struct reply kept = { .status = re->status, .retry_after_ms = re->retry_after_ms };
    memcpy(kept.allow, re->allow, sizeof(kept.allow));
    reply_reset(re);
    re->status = kept.status >= 400 ? kept.status : reply_status_of(err->code);
    re->retry_after_ms = kept.retry_after_ms;
    memcpy(re->allow, kept.allow, sizeof(re->allow));
    app->refuse(app->ctx, rq, re, err);
    return -1;
}
