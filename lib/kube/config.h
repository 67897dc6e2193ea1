/* A kubeconfig file (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/):
 * current-context only; certificates and tokens inline or by file (relative to the kubeconfig); exec and
 * auth-provider plugins are refused with a message that says so. Parsed with libyaml, whole file at most 1 MiB. */
#ifndef SW_KUBE_CONFIG_H
#define SW_KUBE_CONFIG_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"

struct kube_config {
    char *context;   /* name of the context in use */
    char *server;    /* https://host:port, no trailing slash */
    char *ca_pem;    /* or NULL */
    char *cert_pem;  /* client certificate, or NULL */
    char *key_pem;   /* wiped when freed */
    char *token;     /* bearer token, or NULL; wiped when freed */
    char *token_file; /* re-read for each request when token is NULL */
    char *tls_server_name; /* or NULL */
    bool insecure;
};

int kube_config_load(struct kube_config **out, const char *path, struct err *err);
/* The same from memory; base_dir resolves relative file names. For tests and fuzzing. */
int kube_config_parse(struct kube_config **out, const char *text, size_t n, const char *base_dir, struct err *err);
void kube_config_free(struct kube_config *c);
CLEANUP_POINTER(struct kube_config, kube_config_free)

#endif
