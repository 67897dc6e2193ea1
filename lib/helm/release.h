/* helm as a child process: argument vectors, the values document, and what its output means.
 * Values go to helm on standard input ("--values -"), never in argv. Release and namespace names are checked
 * against the DNS label form before they become arguments, so none can be taken for an option. */
#ifndef SW_HELM_RELEASE_H
#define SW_HELM_RELEASE_H

#include <jansson.h>

#include "kube/client.h"
#include "sys/proc.h"

struct helm {
    const char *program;    /* absolute path of helm */
    const char *kubeconfig; /* absolute path */
    const char *chart;      /* absolute path of the chart folder */
    const char *const *values_files; /* extra values files before the store's own, NULL-ended, or NULL */
    const char *home;       /* a writable directory for helm's cache and configuration (HELM_*_HOME, HOME) */
};

#define HELM_OUTPUT_MAX (64u << 10) /* bytes kept of each of helm's outputs, the last ones */
#define HELM_TIMEOUT_MS 120000

/* helm upgrade --install NAME CHART --namespace NS --values - --history-max 5 (no --wait, no --create-namespace).
 * values: a JSON object (JSON is YAML), borrowed for the call. */
int helm_start_install(struct proc **out, const struct helm *h, const char *release, const char *ns,
                       const json_t *values, struct err *err);
/* helm uninstall NAME --namespace NS --ignore-not-found (no --wait). */
int helm_start_uninstall(struct proc **out, const struct helm *h, const char *release, const char *ns, struct err *err);
/* helm rollback NAME REVISION --namespace NS. */
int helm_start_rollback(struct proc **out, const struct helm *h, const char *release, const char *ns, int revision, struct err *err);

/* What helm's own record (Secrets of type helm.sh/release.v1 with labels owner=helm, name, status, version) says. */
enum helm_state {
    HELM_NONE,             /* no release of this name */
    HELM_DEPLOYED,
    HELM_FAILED,
    HELM_PENDING_INSTALL,  /* a helm died in its first install */
    HELM_PENDING_UPGRADE,  /* ... in an upgrade or rollback */
    HELM_UNINSTALLING,
};
struct helm_record {
    enum helm_state state; /* of the newest revision */
    int revision;          /* newest; 0: none */
    int last_deployed;     /* newest revision with status deployed or superseded; 0: none */
};

/* The path whose GET lists a release's records: "/api/v1/namespaces/NS/secrets?labelSelector=owner%3Dhelm,name%3DREL" (metadata is enough). malloc'd. */
char *helm_records_path(const char *release, const char *ns);
/* From the answer to that GET. */
void helm_record_read(json_t *answer, struct helm_record *out);

/* Why helm failed, for people: the last "Error: ..." line of its standard error without helm's own prefixes, or how the process ended. malloc'd. */
char *helm_failure(const struct proc_result *r);

#endif
