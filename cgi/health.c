/* For probes: can this program answer pages, database included? */
#include "app.h"

int health_check(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    (void)rq;
    struct service *s = app_service(ctx, err);
    int64_t revision;
    if (!s || service_revision(s, &revision, err) < 0)
        return -1;
    re->content_type = "text/plain; charset=utf-8";
    buf_adds(&re->body, "ok\n");
    return 0;
}
