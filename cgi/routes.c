#include "app.h"

static const struct route rows[] = {
    { METHOD_GET, "/", ROLE_VIEWER, ROUTE_PAGE, session_home },
    { METHOD_GET, "/sign-in", ROLE_NONE, ROUTE_PAGE, session_form },
    { METHOD_POST, "/sign-in", ROLE_NONE, ROUTE_PAGE, session_sign_in },
    { METHOD_POST, "/sign-out", ROLE_VIEWER, ROUTE_PAGE, session_sign_out },
    { METHOD_GET, "/stores", ROLE_VIEWER, ROUTE_PAGE, stores_page },
    { METHOD_GET, "/new-store", ROLE_MEMBER, ROUTE_PAGE, new_store_form },
    { METHOD_POST, "/new-store", ROLE_MEMBER, ROUTE_PAGE, new_store_create },
    { METHOD_GET, "/stores/{id}", ROLE_VIEWER, ROUTE_PAGE, store_show },
    { METHOD_POST, "/stores/{id}/retry", ROLE_MEMBER, ROUTE_PAGE, store_retry },
    { METHOD_POST, "/stores/{id}/credentials", ROLE_MEMBER, ROUTE_PAGE, store_credentials },
    { METHOD_GET, "/stores/{id}/delete", ROLE_MEMBER, ROUTE_PAGE, delete_form },
    { METHOD_POST, "/stores/{id}/delete", ROLE_MEMBER, ROUTE_PAGE, delete_confirm },
    { METHOD_GET, "/fragments/stores", ROLE_VIEWER, ROUTE_FRAGMENT, stores_fragment },
    { METHOD_GET, "/fragments/stores/{id}", ROLE_VIEWER, ROUTE_FRAGMENT, store_fragment },
    { METHOD_GET, "/healthz", ROLE_NONE, ROUTE_FRAGMENT, health_check },
};

const struct route_table dashboard_routes = { rows, sizeof(rows) / sizeof(rows[0]) };
