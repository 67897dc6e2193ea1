/* helm as a child process: argument vectors, the values document, and what its output means.
 * Values go to helm on standard input ("--values -"), never in argv. Release and namespace names
 * are checked against the DNS label form before they become arguments, so none can be taken for
 * an option. The child's environment is made here and holds nothing of ours but PATH and helm's
 * folders: no proxy, no HELM_* setting and no KUBECONFIG of the caller's reaches it. helm is
 * killed when its starter dies (setpriv --pdeathsig; the starting thread, prctl(2)).
 * Facts about helm: https://helm.sh/docs/helm/ (version 4). */
#ifndef SW_HELM_RELEASE_H
#define SW_HELM_RELEASE_H

#include <jansson.h>

#include "kube/client.h"
#include "sys/proc.h"

/* All borrowed, for the calls that are given it. */
struct helm {
    const char *program;             /* absolute path of helm */
    const char *kubeconfig;          /* absolute path */
    const char *chart;               /* absolute path of the chart folder */
    const char *const *values_files; /* values files (absolute) that the store's own values go
                                      * over, the later the stronger; NULL-ended, or NULL */
    int64_t timeout_ms;              /* of a run; then it is ended (proc_spec) */
    const char *home;                /* a writable directory for helm's cache and configuration
                                      * (HOME and HELM_{CACHE,CONFIG,DATA}_HOME) */
};

#define HELM_OUTPUT_MAX (64u << 10) /* bytes kept of each of helm's outputs, the last ones */
#define HELM_RELEASE_MAX 53         /* characters of a release name (helm's ValidateReleaseName) */
#define HELM_VALUES_FILES_MAX 8
#define HELM_HISTORY_MAX 5

/* Each starts one helm: 0 and *out, the caller's (proc_free), to be pumped; or -1: ERR_INVALID for
 * a name that is no DNS label or a path that is not absolute, ERR_NOT_FOUND or ERR_FORBIDDEN for
 * a helm that cannot be run, otherwise as proc_start. */

/* helm upgrade --install NAME CHART --namespace NS --values - --history-max 5
 * (no --wait, no --create-namespace). values: a JSON object (JSON is YAML), borrowed for the
 * call. */
int helm_start_install(struct proc **out, const struct helm *h, const char *release, const char *ns,
                       const json_t *values, struct err *err);
/* helm uninstall NAME --namespace NS --ignore-not-found (no --wait). */
int helm_start_uninstall(struct proc **out, const struct helm *h, const char *release,
                         const char *ns, struct err *err);
/* helm rollback NAME REVISION --namespace NS. revision > 0. */
int helm_start_rollback(struct proc **out, const struct helm *h, const char *release,
                        const char *ns, int revision, struct err *err);

/* What helm's own record (Secrets of type helm.sh/release.v1 with labels owner=helm, name, status,
 * version) says. */
enum helm_state {
    HELM_NONE, /* no release of this name, or one uninstalled with its history kept */
    HELM_DEPLOYED,
    HELM_FAILED,          /* also: superseded by nothing, or a status this code does not know */
    HELM_PENDING_INSTALL, /* a helm died in its first install, or is at it */
    HELM_PENDING_UPGRADE, /* ... in an upgrade or rollback */
    HELM_UNINSTALLING,
};
struct helm_record {
    enum helm_state state; /* of the newest revision */
    int revision;          /* newest; 0: none */
    int last_deployed;     /* newest revision with status deployed or superseded; 0: none */
};

/* The path whose GET lists a release's records: "/api/v1/namespaces/NS/secrets?labelSelector=
 * owner%3Dhelm%2Cname%3DREL" (metadata is enough). malloc'd. */
char *helm_records_path(const char *release, const char *ns);
/* From the answer to that GET. Anything that is no such answer reads as HELM_NONE. */
void helm_record_read(json_t *answer, struct helm_record *out);

/* Why helm failed, for people: the last "Error: ..." of its standard error with the lines that
 * belong to it (as "a; b"), without helm's own prefixes, or how the process ended and its last
 * line. At most HELM_FAILURE_MAX bytes, valid UTF-8, one line. malloc'd. */
#define HELM_FAILURE_MAX 600
char *helm_failure(const struct proc_result *r);
/* Is it the cluster that could not just then, by what helm_failure said, so that the same helm run
 * may succeed later? */
bool helm_failure_may_pass(const char *failure);

#endif
