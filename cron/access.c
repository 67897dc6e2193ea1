#include "access.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"

#define STORE_ROLE "storewright-store"
#define RETRY_MS 1000
/* The API server's authorizer learns of a binding by a watch of its own, a moment later. */
#define HEED_MS 30

static void binding_made(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    (void)answer;
    t->calls[CALL_ACCESS] = NULL;
    t->dirty = true;
    bool later = failed && (err_is_transient(failed->code) || failed->code == ERR_TIMEOUT);
    t->calls_not_before = time_mono_ms() + (later ? RETRY_MS : HEED_MS);
    /* There already; or refused, and then what comes next says so in its own words: a namespace
     * that is being deleted takes no new binding, but has the one from before. */
    t->access = !later;
    if (failed && failed->code != ERR_EXISTS)
        log_warn("the namespace was not opened", "store", t->row.id, "code",
                 err_code_name(failed->code), "error", failed->msg);
}

static void make_binding(struct tracked *t, const char *account)
{
    const char *slash = strchr(account, '/');
    CLEANUP_FREE char *space = str_ndup(account, (size_t)(slash - account));
    json_auto_t *binding = json_pack(
        "{s:s, s:s, s:{s:s, s:s, s:{s:s, s:s}}, s:{s:s, s:s, s:s}, s:[{s:s, s:s, s:s}]}",
        "apiVersion", "rbac.authorization.k8s.io/v1", "kind", "RoleBinding", "metadata", "name",
        "storewright-reconciler", "namespace", t->row.id, "labels", "app.kubernetes.io/managed-by",
        "storewright", "storewright.io/uid", t->row.uid, "roleRef", "apiGroup",
        "rbac.authorization.k8s.io", "kind", "ClusterRole", "name", STORE_ROLE, "subjects", "kind",
        "ServiceAccount", "namespace", space, "name", slash + 1);
    CLEANUP_FREE char *path =
        str_printf("/apis/rbac.authorization.k8s.io/v1/namespaces/%s/rolebindings", t->row.id);
    struct kube_request rq = { .method = "POST", .path = path, .body = binding };
    t->calls[CALL_ACCESS] = kube_start(t->world->kube, &rq, binding_made, t);
}

bool access_is_open(struct tracked *t)
{
    const char *account = t->world->config->reconciler_account;
    if (!account || t->access)
        return true;
    if (!t->calls[CALL_ACCESS])
        make_binding(t, account);
    return false;
}
