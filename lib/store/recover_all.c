/* A lost database made again: every namespace of the cluster that carries our labels. */
#include <string.h>

#include "base/str.h"
#include "helm/release.h"
#include "kube/client.h"
#include "store/recover.h"

struct search {
    struct service *service;
    const struct actor *who;
    struct kube *kube;
    recover_fn tell;
    void *arg;
};

static int is_known(struct service *s, const char *uid, bool *known, struct err *err)
{
    int64_t count = 0;
    if (db_int(s->db, &count, err, SQL_STORE_COUNT_OF_UID, "s", uid) < 0)
        return -1;
    *known = count > 0;
    return 0;
}

static int recover_one(struct search *x, json_t *ns, const char *name, struct err *err)
{
    CLEANUP(store_clear) struct store store = { 0 };
    CLEANUP_FREE char *path = helm_records_path(name, name);
    json_t *answer = NULL;
    if (kube_call_get(x->kube, path, &answer, err) < 0)
        return -1;
    int r = recover_read(ns, answer, x->service->config, &store, err);
    json_decref(answer);
    return r < 0 ? -1 : recover_insert(x->service, x->who, &store, false, err);
}

/* Is it a fault of this one namespace, so that the others are gone on with? */
static bool is_of_one(const struct err *err)
{
    return err->code == ERR_NOT_FOUND || err->code == ERR_INVALID || err->code == ERR_CORRUPT ||
           err->code == ERR_TOO_LARGE || err->code == ERR_EXISTS || err->code == ERR_FORBIDDEN;
}

static int look_at(void *arg, json_t *ns, struct err *err)
{
    struct search *x = arg;
    const char *name = str_or_empty(kube_get_string(ns, "metadata", "name", NULL));
    const char *uid = str_or_empty(kube_get_string(ns, "metadata", "labels", LABEL_UID, NULL));
    struct err failed = { 0 };
    bool known = false;
    if (is_known(x->service, uid, &known, err) < 0)
        return -1;
    if (known) {
        x->tell(x->arg, name, true, NULL);
        return 0;
    }
    if (kube_get(ns, "metadata", "deletionTimestamp", NULL))
        err_set(&failed, ERR_CONFLICT, "it is being removed");
    else if (recover_one(x, ns, name, &failed) < 0 && !is_of_one(&failed))
        return err_set(err, failed.code, "%s: %s", name, failed.msg);
    x->tell(x->arg, name, false, failed.code == ERR_NONE ? NULL : &failed);
    return 0;
}

int recover_all(struct service *s, const struct actor *who, recover_fn tell, void *arg,
                struct err *err)
{
    CLEANUP(kube_config_free_p) struct kube_config *config = NULL;
    CLEANUP(http_free_p) struct http *http = NULL;
    CLEANUP(kube_free_p) struct kube *kube = NULL;
    if (kube_config_load(&config, s->config->kubeconfig, err) < 0 ||
        http_new(&http, "storewright", err) < 0 || kube_new(&kube, config, http, err) < 0)
        return -1;
    struct search x = { s, who, kube, tell, arg };
    return kube_call_list(kube, "/api/v1/namespaces",
                          "labelSelector=app.kubernetes.io%2Fmanaged-by%3Dstorewright%2C"
                          "storewright.io%2Fuid",
                          look_at, &x, err);
}
