#include "store/config.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define CONFIG_DEFAULT_PATH "/etc/storewright/storewright.conf"
#define CONFIG_LINE_MAX 4096

enum kind { PATH, TEXT, ACCOUNT, NUMBER, SECONDS, FLAG };

/* Every key there is. A row without a default must be set, unless it is optional. */
static const struct row {
    const char *key;
    enum kind kind;
    size_t offset;
    const char *otherwise; /* default as it would stand in the file; NULL: none */
    bool optional;
    int64_t min, max;
} rows[] = {
    { "database", PATH, offsetof(struct config, database), NULL, false, 0, 0 },
    { "run_dir", PATH, offsetof(struct config, run_dir), NULL, false, 0, 0 },
    { "kubeconfig", PATH, offsetof(struct config, kubeconfig), NULL, false, 0, 0 },
    { "dashboard_kubeconfig", PATH, offsetof(struct config, dashboard_kubeconfig), NULL, true, 0,
      0 },
    { "reconciler_account", ACCOUNT, offsetof(struct config, reconciler_account), NULL, true, 0,
      0 },
    { "helm", PATH, offsetof(struct config, helm), NULL, false, 0, 0 },
    { "helm_home", PATH, offsetof(struct config, helm_home), NULL, false, 0, 0 },
    { "chart", PATH, offsetof(struct config, chart), NULL, false, 0, 0 },
    { "helm_values", PATH, offsetof(struct config, helm_values), NULL, true, 0, 0 },
    { "reconcile", PATH, offsetof(struct config, reconcile), NULL, false, 0, 0 },
    { "reconcile_log", PATH, offsetof(struct config, reconcile_log), NULL, true, 0, 0 },
    { "templates", PATH, offsetof(struct config, templates), NULL, false, 0, 0 },
    { "source_tree", PATH, offsetof(struct config, source_tree), NULL, true, 0, 0 },
    { "base_domain", TEXT, offsetof(struct config, base_domain), "localtest.me", false, 0, 0 },
    { "store_scheme", TEXT, offsetof(struct config, store_scheme), "http", false, 0, 0 },
    { "store_port", NUMBER, offsetof(struct config, store_port), "80", false, 1, 65535 },
    { "ingress", TEXT, offsetof(struct config, ingress), "127.0.0.1:80", false, 0, 0 },
    { "ingress_class", TEXT, offsetof(struct config, ingress_class), NULL, true, 0, 0 },
    { "dashboard_hosts", TEXT, offsetof(struct config, dashboard_hosts),
      "localhost, 127.0.0.1, [::1]", false, 0, 0 },
    { "trusted_proxies", TEXT, offsetof(struct config, trusted_proxies), NULL, true, 0, 0 },
    { "secure_cookies", FLAG, offsetof(struct config, secure_cookies), "no", false, 0, 0 },
    { "helm_parallel", NUMBER, offsetof(struct config, helm_parallel), "2", false, 1, 32 },
    { "helm_timeout_seconds", SECONDS, offsetof(struct config, helm_timeout_ms), "120", false, 1,
      3600 },
    { "capacity_check", FLAG, offsetof(struct config, capacity_check), "yes", false, 0, 0 },
    { "linger_seconds", SECONDS, offsetof(struct config, linger_ms), "90", false, 0, 86400 },
    { "create_timeout_seconds", SECONDS, offsetof(struct config, create_timeout_ms), "600", false,
      5, 86400 },
    { "delete_timeout_seconds", SECONDS, offsetof(struct config, delete_timeout_ms), "300", false,
      5, 86400 },
    { "session_idle_seconds", SECONDS, offsetof(struct config, session_idle_ms), "43200", false, 60,
      31536000 },
    { "session_max_seconds", SECONDS, offsetof(struct config, session_max_ms), "604800", false, 60,
      31536000 },
    { "dashboard_url", TEXT, offsetof(struct config, dashboard_url), NULL, true, 0, 0 },
    { "oidc_issuer", TEXT, offsetof(struct config, oidc_issuer), NULL, true, 0, 0 },
    { "oidc_title", TEXT, offsetof(struct config, oidc_title), "your organisation", false, 0, 0 },
    { "oidc_client_id", TEXT, offsetof(struct config, oidc_client_id), NULL, true, 0, 0 },
    { "oidc_client_secret_file", PATH, offsetof(struct config, oidc_client_secret_file), NULL, true,
      0, 0 },
    { "oidc_auto_create", TEXT, offsetof(struct config, oidc_auto_create), NULL, true, 0, 0 },
    { "audit_anchors", PATH, offsetof(struct config, audit_anchors), NULL, true, 0, 0 },
    /* OWASP's second choice for argon2id; about 30 ms. */
    { "password_memory_mib", NUMBER, offsetof(struct config, password_memory_mib), "19", false, 8,
      1024 },
    { "password_passes", NUMBER, offsetof(struct config, password_passes), "2", false, 1, 16 },
    { "limit_stores", NUMBER, offsetof(struct config, limit_stores), "10", false, 0, 1000000 },
    { "limit_creations_per_hour", NUMBER, offsetof(struct config, limit_creations_per_hour), "20",
      false, 0, 1000000 },
    { "limit_provisioning", NUMBER, offsetof(struct config, limit_provisioning), "3", false, 0,
      1000000 },
    { "limit_small", NUMBER, offsetof(struct config, limit_small), "10", false, 0, 1000000 },
    { "limit_medium", NUMBER, offsetof(struct config, limit_medium), "5", false, 0, 1000000 },
    { "limit_large", NUMBER, offsetof(struct config, limit_large), "2", false, 0, 1000000 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool is_text(const struct row *row)
{
    return row->kind == PATH || row->kind == TEXT || row->kind == ACCOUNT;
}

static int set_text(void *field, const struct row *row, const char *value, struct err *err)
{
    if (!*value)
        return err_set(err, ERR_INVALID, "%s: no value", row->key);
    free(*(char **)field);
    *(char **)field = str_dup(value);
    return 0;
}

/* Two names of Kubernetes objects with a slash between them. */
static bool is_account(const char *value)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t n = strspn(value, letters);
    size_t m = value[n] == '/' ? strspn(value + n + 1, letters) : 0;
    return n > 0 && m > 0 && value[n + 1 + m] == '\0';
}

static int set_value(struct config *c, const struct row *row, const char *value, struct err *err)
{
    void *field = (char *)c + row->offset;
    int64_t number = 0;
    switch (row->kind) {
    case PATH:
        if (value[0] != '/')
            return err_set(err, ERR_INVALID, "%s: \"%s\" is not an absolute path", row->key, value);
        return set_text(field, row, value, err);
    case ACCOUNT:
        if (!is_account(value))
            return err_set(err, ERR_INVALID, "%s: \"%s\" is not of the form namespace/name",
                           row->key, value);
        return set_text(field, row, value, err);
    case TEXT:
        return set_text(field, row, value, err);
    case NUMBER:
    case SECONDS:
        if (str_to_i64(value, row->min, row->max, &number) < 0)
            return err_set(err, ERR_INVALID, "%s: \"%s\" is not a number from %lld to %lld",
                           row->key, value, (long long)row->min, (long long)row->max);
        *(int64_t *)field = row->kind == SECONDS ? number * 1000 : number;
        return 0;
    case FLAG:
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
            return err_set(err, ERR_INVALID, "%s: \"%s\" is neither yes nor no", row->key, value);
        *(bool *)field = value[0] == 'y';
        return 0;
    }
    return 0;
}

static int set_defaults(struct config *c, struct err *err)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].otherwise && set_value(c, &rows[i], rows[i].otherwise, err) < 0)
            return -1;
    return 0;
}

static int read_line(struct config *c, char *line, bool seen[ROWS], struct err *err)
{
    char *text = str_trim(line);
    if (!*text || *text == '#')
        return 0;
    char *equals = strchr(text, '=');
    if (!equals)
        return err_set(err, ERR_INVALID, "\"%.80s\" is not of the form key = value", text);
    *equals = '\0';
    char *key = str_trim(text), *value = str_trim(equals + 1);
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].key, key) != 0)
            continue;
        if (seen[i])
            return err_set(err, ERR_INVALID, "%s is set twice", key);
        seen[i] = true;
        return set_value(c, &rows[i], value, err);
    }
    return err_set(err, ERR_INVALID, "unknown key \"%.80s\"", key);
}

/* Without TLS only where nobody is between: on this machine, for trying it out. */
static bool is_safe_issuer(const char *url)
{
    static const char *const here[] = { "http://localhost", "http://127.0.0.1" };
    if (str_starts(url, "https://"))
        return true;
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
        if (str_starts(url, here[i]) && strchr(":/", url[strlen(here[i])]))
            return true;
    return false;
}

static int check_oidc(const struct config *c, struct err *err)
{
    if (!c->oidc_issuer)
        return 0;
    if (!is_safe_issuer(c->oidc_issuer))
        return err_set(err, ERR_INVALID, "oidc_issuer: \"%s\" is no https address", c->oidc_issuer);
    if (!c->oidc_client_id || !c->dashboard_url)
        return err_set(err, ERR_INVALID, "oidc_issuer is set, and %s is not",
                       c->oidc_client_id ? "dashboard_url" : "oidc_client_id");
    if (c->oidc_auto_create && !str_eq(c->oidc_auto_create, "member") &&
        !str_eq(c->oidc_auto_create, "viewer"))
        return err_set(err, ERR_INVALID, "oidc_auto_create: \"%s\" is neither member nor viewer",
                       c->oidc_auto_create);
    return 0;
}

static int check_whole(const struct config *c, struct err *err)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (is_text(&rows[i]) && !rows[i].optional &&
            !*(char *const *)((const char *)c + rows[i].offset))
            return err_set(err, ERR_INVALID, "%s is not set", rows[i].key);
    }
    if (!str_eq(c->store_scheme, "http") && !str_eq(c->store_scheme, "https"))
        return err_set(err, ERR_INVALID, "store_scheme: \"%s\" is neither http nor https",
                       c->store_scheme);
    if (check_oidc(c, err) < 0)
        return -1;
    if (c->dashboard_url &&
        ((!str_starts(c->dashboard_url, "http://") && !str_starts(c->dashboard_url, "https://")) ||
         str_ends(c->dashboard_url, "/")))
        return err_set(err, ERR_INVALID,
                       "dashboard_url: \"%s\" is not of the form https://stores.example.com",
                       c->dashboard_url);
    return 0;
}

int config_load(struct config **out, const char *path, struct err *err)
{
    if (!path)
        path = getenv("STOREWRIGHT_CONFIG");
    if (!path)
        path = CONFIG_DEFAULT_PATH;
    CLEANUP_FCLOSE FILE *f = fopen(path, "re");
    if (!f)
        return err_errno(err, errno, "configuration %s", path);
    CLEANUP(config_free_p) struct config *c = mem_alloc(sizeof(*c));
    if (set_defaults(c, err) < 0)
        return -1;
    char line[CONFIG_LINE_MAX];
    bool seen[ROWS] = { false };
    for (int number = 1; fgets(line, sizeof(line), f); number++) {
        if (!strchr(line, '\n') && !feof(f))
            return err_set(err, ERR_INVALID, "configuration %s:%d: the line is too long", path,
                           number);
        if (read_line(c, line, seen, err) < 0)
            return err_context(err, "configuration %s:%d", path, number);
    }
    if (ferror(f))
        return err_errno(err, errno, "configuration %s", path);
    if (check_whole(c, err) < 0)
        return err_context(err, "configuration %s", path);
    *out = TAKE(c);
    return 0;
}

void config_for_dashboard(struct config *c)
{
    if (!c->dashboard_kubeconfig)
        return;
    free(c->kubeconfig);
    c->kubeconfig = c->dashboard_kubeconfig;
    c->dashboard_kubeconfig = NULL;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < ROWS; i++)
        if (is_text(&rows[i]))
            free(*(char **)((char *)c + rows[i].offset));
    free(c);
}

char *config_lock_path(const struct config *c)
{
    return str_printf("%s/reconcile.lock", c->run_dir);
}

char *config_start_path(const struct config *c)
{
    return str_printf("%s/start.sock", c->run_dir);
}

char *config_kick_path(const struct config *c)
{
    return str_printf("%s/reconcile.sock", c->run_dir);
}
