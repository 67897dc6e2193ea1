/* The dashboard: what all its pages share. */
#ifndef SW_CGI_APP_H
#define SW_CGI_APP_H

#include "store/account.h"
#include "store/config.h"
#include "store/service.h"
#include "tpl/tpl.h"
#include "web/dispatch.h"

struct app {
    struct config *config;
    struct db *db; /* NULL until it could be opened */
    struct service service;
    struct tpl *tpl;
    char *oidc_secret; /* NULL: none */
    char *css_url, *js_url, *icon_url;
    struct account visitor; /* of the request under way; meaningless when its role is 0 */
};

/* routes.c: the whole surface. */
extern const struct route_table dashboard_routes;

/* The services, with the database open. NULL and err: it cannot be opened now; the next
 * request tries again. */
struct service *app_service(struct app *app, struct err *err);

/* Who asks. Lives as long as the request. */
struct actor app_actor(const struct app *app, const struct request *rq);

/* web_app.identify */
int app_identify(void *ctx, struct request *rq, struct err *err);

/* The sign-in page with what went wrong (session.c). */
int session_show_fault(struct app *app, struct request *rq, struct reply *re, const char *fault,
                       struct err *err);

/* Handlers: session.c */
route_handler session_home, session_form, session_sign_in, session_sign_out;
/* stores.c */
route_handler stores_page, stores_fragment;
/* new_store.c */
route_handler new_store_form, new_store_create;
/* store.c */
route_handler store_show, store_fragment, store_retry, store_credentials;
/* share.c */
route_handler share_add, share_remove;
/* profile.c */
route_handler profile_show, profile_password, profile_end_session, profile_sign_out_everywhere;
/* link.c */
route_handler link_show, link_accept;
/* oidc.c */
route_handler oidc_start, oidc_callback;
/* people.c */
route_handler people_page, invite_form, invite_send;
/* person.c */
route_handler person_show, person_role, person_limits, person_link, person_sign_out, person_disable,
    person_enable, person_withdraw;
/* audit_log.c */
route_handler audit_log_page, audit_log_download;
/* delete.c */
route_handler delete_form, delete_confirm;
/* doctor.c */
route_handler doctor_page, doctor_adopt, doctor_remove_form, doctor_remove;
/* health.c */
route_handler health_check;

#endif
