/* A kubeconfig file
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ and
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/): current-context only;
 * certificates and tokens inline or by file (relative to the kubeconfig). What would need more
 * than that (exec and auth-provider plugins, a proxy, impersonation, user name and password) is
 * refused with a message that says so, since leaving it out would give other rights than asked.
 * Parsed with libyaml; aliases are followed, never expanded, so they
 * cannot grow; what is nested absurdly deep is refused. */
#ifndef SW_KUBE_CONFIG_H
#define SW_KUBE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"

#define KUBE_CONFIG_MAX (1u << 20) /* ceiling of the file, and of each file it names; bytes */

/* All strings are owned. */
struct kube_config {
    char *context;         /* name of the context in use */
    char *server;          /* https://host:port, no trailing slash; http:// is taken too */
    char *ca_pem;          /* or NULL: the system's trust store */
    char *cert_pem;        /* client certificate, or NULL */
    char *key_pem;         /* set when cert_pem is; wiped when freed */
    char *token;           /* bearer token, or NULL; wiped when freed */
    char *token_file;      /* absolute or relative to the working directory; re-read for each
                            * request (kubelets rotate it). Set only when token is NULL: as in
                            * kubectl, a token file goes before a token */
    char *tls_server_name; /* the name in the server's certificate, or NULL: the host's */
    bool insecure;         /* the server's certificate is not checked; never with ca_pem */
};

/* Returns 0 and *out, the caller's (kube_config_free); -1 with ERR_NOT_FOUND or ERR_FORBIDDEN for
 * a file that cannot be read, ERR_TOO_LARGE, ERR_CORRUPT (not YAML), ERR_INVALID (a piece is
 * missing or of the wrong kind), ERR_UNSUPPORTED (see above). Messages hold no secret. */
int kube_config_load(struct kube_config **out, const char *path, struct err *err);

/* The same from memory; base_dir resolves relative file names. For tests and fuzzing. */
int kube_config_parse(struct kube_config **out, const char *text, size_t n, const char *base_dir,
                      struct err *err);
void kube_config_free(struct kube_config *c); /* NULL is fine */
CLEANUP_POINTER(struct kube_config, kube_config_free)

#endif
