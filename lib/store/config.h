/* The platform's configuration: one file of "key = value" lines ('#' starts a comment), named by
 * STOREWRIGHT_CONFIG, else /etc/storewright/storewright.conf. Unknown keys and bad values are
 * errors. */
#ifndef SW_STORE_CONFIG_H
#define SW_STORE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct config {
    char *database; /* path of the SQLite file */
    char *run_dir;  /* lock and kick socket live here */
    char *kubeconfig;
    char *dashboard_kubeconfig; /* the dashboard's own, which may less; NULL: kubeconfig */
    char *reconciler_account;   /* "namespace/name" of kubeconfig's ServiceAccount, bound in each
                                 * store's namespace; NULL: it has rights everywhere */
    char *helm;                 /* program */
    char *helm_home;            /* writable directory for helm's own caches */
    char *chart;                /* folder */
    char *helm_values;          /* extra values file (store/images.h), or NULL */
    char *reconcile;            /* program, started when none is listening */
    char *reconcile_log;        /* its log file when started that way, or NULL: inherited */
    char *templates;            /* folder */
    char *source_tree;   /* folder of the clone that ./up ran in, or NULL: images are built there */
    char *base_domain;   /* stores are <id>.<base_domain> */
    char *store_scheme;  /* "http" or "https": how visitors reach stores */
    int64_t store_port;  /* port visitors use, for links; 80/443 are left out of links */
    char *ingress;       /* address:port where the ingress answers, for readiness questions */
    char *ingress_class; /* or NULL: the cluster's default */
    char *dashboard_hosts;     /* names the dashboard is reached by, as in web/front.h */
    char *trusted_proxies;     /* whose X-Forwarded-For is believed, as there; or NULL: nobody's */
    bool secure_cookies;       /* the dashboard is served over TLS */
    int64_t helm_parallel;     /* helm runs at once; default 2 */
    int64_t helm_timeout_ms;   /* a helm run is ended after so long; default 120 s */
    bool capacity_check;       /* refuse stores that the nodes have no room for; default yes */
    int64_t linger_ms;         /* how long a reconciler stays with nothing to do; default 90 s */
    int64_t create_timeout_ms; /* default 10 min */
    int64_t delete_timeout_ms; /* default 5 min */
    int64_t session_idle_ms, session_max_ms; /* default 12 h, 7 d */
    char *dashboard_url; /* how people reach the dashboard, for links that the command line makes;
                            or NULL */
    /* Signing in by way of an OpenID Connect provider; NULL where it is not set. */
    char *oidc_issuer;             /* exactly as the provider writes it */
    char *oidc_title;              /* what the button calls it */
    char *oidc_client_id;          /* what it calls us */
    char *oidc_client_secret_file; /* its first line; NULL: a public client */
    char *oidc_auto_create; /* "member" or "viewer": role of who was not invited; NULL: nobody */
    char *audit_anchors; /* file of lines that hold the audit log's end (store/audit.h), or NULL */
    int64_t password_memory_mib, password_passes; /* argon2id; default 19 MiB, 2 */
    int64_t limit_stores, limit_creations_per_hour, limit_provisioning, limit_small, limit_medium,
        limit_large; /* what a member may have (store/limit.h); default 10, 20, 3, 10, 5, 2 */
};

int config_load(struct config **out, const char *path,
                struct err *err); /* path NULL: the rule above */
/* Puts the dashboard's kubeconfig, if it has one of its own, in the place of the reconciler's. */
void config_for_dashboard(struct config *c);
void config_free(struct config *c);
CLEANUP_POINTER(struct config, config_free)

/* "<run_dir>/reconcile.lock", "reconcile.sock" and "start.sock"; malloc'd. */
char *config_lock_path(const struct config *c);
char *config_kick_path(const struct config *c);  /* of a reconciler that runs */
char *config_start_path(const struct config *c); /* of who starts one */

#endif
