/* The storefront of a Medusa store: a FastCGI program, started with the listening socket as
 * descriptor 0.
 *
 *     storefront             serve until SIGTERM
 *     storefront --routes    print every route, as TSV
 *
 * settings.h says what the environment tells. STOREWRIGHT_STRICT_TEMPLATES=1 (tests) makes a
 * variable that a template uses and nobody set an error. */
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/log.h"
#include "base/str.h"
#include "page.h"
#include "theme.h"
#include "web/asset.h"
#include "web/server.h"

#define THEME_MAX 4096
#define ARENAS 2 /* of malloc: one a thread would cost more memory than it saves time */

static const char *no_roles(int role)
{
    (void)role;
    return "anyone";
}

static int print_routes(void)
{
    CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    if (route_dump(&storefront_routes, no_roles, &out) < 0)
        return 1;
    return fputs(buf_text(&out), stdout) < 0 || fflush(stdout) != 0;
}

/* Nobody signs in: there are no sessions to find out about. */
static int nobody(void *ctx, struct request *rq, struct err *err)
{
    (void)ctx, (void)err;
    rq->role = 0;
    return 0;
}

static int load_assets(struct app *app, struct err *err)
{
    CLEANUP_FREE char *folder = str_printf("%s/assets", app->settings.share);
    const struct {
        char **url;
        const char *name;
    } files[] = {
        { &app->css_url, "shop.css" },
        { &app->js_url, "shop.js" },
        { &app->icon_url, "icon.svg" },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!(*files[i].url = asset_url(folder, "/assets", files[i].name, err)))
            return -1;
    app->theme = BUF_INIT(THEME_MAX);
    theme_write(&app->theme, app->settings.accent);
    char version[CACHE_VERSION_LEN + 1];
    struct cached *hashed = cached_new(NULL, buf_text(&app->theme), app->theme.len);
    snprintf(version, sizeof(version), "%s", hashed->version);
    cached_unref(hashed);
    app->theme_url = str_printf("/theme.css?v=%.16s", version);
    return 0;
}

static int open_app(struct app *app, struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium cannot be set up");
    bool strict = str_eq(getenv("STOREWRIGHT_STRICT_TEMPLATES"), "1");
    if (settings_load(&app->settings, err) < 0)
        return -1;
    CLEANUP_FREE char *templates = str_printf("%s/templates", app->settings.share);
    mark_of_key(app->settings.key, app->mark);
    if (tpl_open(&app->tpl, templates, strict, err) < 0 || load_assets(app, err) < 0)
        return -1;
    return medusa_open(&app->medusa, app->settings.medusa_url, app->settings.key, err);
}

static void close_app(struct app *app)
{
    medusa_close(app->medusa);
    tpl_close(app->tpl);
    buf_free(&app->theme);
    char *owned[] = { app->css_url, app->js_url, app->icon_url, app->theme_url };
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    settings_clear(&app->settings);
}

static int serve(struct app *app, struct err *err)
{
    if (open_app(app, err) < 0)
        return -1;
    const struct web_app web = {
        .routes = storefront_routes,
        .secure_cookies = app->settings.secure,
        .sign_in_path = "/",
        .ctx = app,
        .identify = nobody,
        .refuse = page_refuse,
    };
    log_info("storefront started", "medusa", app->settings.medusa_url, "shop",
             app->settings.store_url);
    return server_run(&web, 0, app->settings.threads, err);
}

int main(int argc, char **argv)
{
    mallopt(M_ARENA_MAX, ARENAS);
    log_init("storefront", LOG_LEVEL_INFO);
    if (argc == 2 && strcmp(argv[1], "--routes") == 0)
        return print_routes();
    if (argc != 1) {
        fputs("usage: storefront [--routes]\n", stderr);
        return 2;
    }
    CLEANUP(close_app) struct app app = { 0 };
    struct err err = { 0 };
    if (serve(&app, &err) < 0) {
        log_error("storefront cannot run", "error", err_code_name(err.code), "detail", err.msg);
        return 1;
    }
    log_info("storefront ended");
    return 0;
}
