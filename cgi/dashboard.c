/* The dashboard: a FastCGI program. It is started with the listening socket as descriptor 0.
 *
 *     dashboard             serve until SIGTERM
 *     dashboard --routes    print every route with the role it needs, as TSV
 *
 * STOREWRIGHT_CONFIG names the configuration; STOREWRIGHT_STRICT_TEMPLATES=1 (tests) makes a
 * variable that a template uses and nobody set an error. static/ lies beside the templates. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "page.h"
#include "web/asset.h"
#include "web/server.h"

static const char *route_role(int role)
{
    return role_name((enum role)role);
}

static int print_routes(void)
{
    CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    if (route_dump(&dashboard_routes, route_role, &out) < 0)
        return 1;
    return fputs(buf_text(&out), stdout) < 0 || fflush(stdout) != 0;
}

static int load_assets(struct app *app, struct err *err)
{
    CLEANUP_FREE char *folder = str_printf("%s/../static", app->config->templates);
    const struct {
        char **url;
        const char *name;
    } files[] = {
        { &app->css_url, "app.css" },
        { &app->js_url, "app.js" },
        { &app->icon_url, "icon.svg" },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!(*files[i].url = asset_url(folder, "/static", files[i].name, err)))
            return -1;
    return 0;
}

/* The first line of the file. */
static int read_secret(const char *path, char **out, struct err *err)
{
    char line[1024] = "";
    CLEANUP_FCLOSE FILE *f = fopen(path, "re");
    if (!f || !fgets(line, sizeof(line), f))
        return err_set(err, ERR_INVALID, "oidc_client_secret_file: %s cannot be read", path);
    *out = str_dup(str_trim(line));
    mem_wipe(line, sizeof(line));
    return 0;
}

static int open_app(struct app *app, struct err *err)
{
    if (sodium_init() < 0) {
        err_set(err, ERR_INTERNAL, "libsodium cannot be set up");
        return -1;
    }
    bool strict = str_eq(getenv("STOREWRIGHT_STRICT_TEMPLATES"), "1");
    if (config_load(&app->config, NULL, err) < 0)
        return -1;
    config_for_dashboard(app->config);
    if (tpl_open(&app->tpl, app->config->templates, strict, err) < 0 || load_assets(app, err) < 0)
        return -1;
    if (app->config->oidc_client_secret_file &&
        read_secret(app->config->oidc_client_secret_file, &app->oidc_secret, err) < 0)
        return -1;
    /* A database that is locked or full now is asked again by each request. */
    struct err later = { 0 };
    if (db_open(&app->db, app->config->database, &later) < 0) {
        if (!err_is_transient(later.code))
            return err_set(err, later.code, "%s", later.msg);
        log_warn("database cannot be opened yet", "detail", later.msg);
    }
    return 0;
}

static void close_app(struct app *app)
{
    db_close(app->db);
    tpl_close(app->tpl);
    config_free(app->config);
    free(app->oidc_secret);
    free(app->css_url);
    free(app->js_url);
    free(app->icon_url);
}

/* The names and proxies of the configuration. */
static int read_front(const struct config *c, struct front *front, struct err *err)
{
    if (front_parse(front, c->dashboard_hosts, c->trusted_proxies, err) < 0)
        return err_context(err, "dashboard_hosts or trusted_proxies");
    const char *shared = c->secure_cookies ? NULL : front_shares_cookies(front, c->base_domain);
    if (!shared)
        return 0;
    return err_set(
        err, ERR_INVALID,
        "dashboard_hosts: %s and the stores below %s share a domain, so that a store's pages "
        "could set the dashboard's cookies: serve it over TLS (secure_cookies = yes) or by "
        "another name",
        shared, c->base_domain);
}

static int serve(struct app *app, struct err *err)
{
    struct front front;
    if (open_app(app, err) < 0 || read_front(app->config, &front, err) < 0)
        return -1;
    const struct web_app web = {
        .front = &front,
        .routes = dashboard_routes,
        .secure_cookies = app->config->secure_cookies,
        .sign_in_path = "/sign-in",
        .ctx = app,
        .identify = app_identify,
        .refuse = page_refuse,
    };
    log_info("dashboard started", "database", app->config->database);
    return server_run(&web, 0, 1, err);
}

int main(int argc, char **argv)
{
    log_init("dashboard", LOG_LEVEL_INFO);
    if (argc == 2 && strcmp(argv[1], "--routes") == 0)
        return print_routes();
    if (argc != 1) {
        fputs("usage: dashboard [--routes]\n", stderr);
        return 2;
    }
    CLEANUP(close_app) struct app app = { 0 };
    struct err err = { 0 };
    if (serve(&app, &err) < 0) {
        log_error("dashboard cannot run", "error", err_code_name(err.code), "detail", err.msg);
        return 1;
    }
    log_info("dashboard ended");
    return 0;
}
