/* A store's admin sign-in, read from the cluster when its owner asks. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/client.h"
#include "store/audit.h"
#include "store/service.h"

#define CREDENTIALS_TIMEOUT_MS 5000

static void wipe_text(char **text)
{
    if (*text)
        mem_wipe(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

void credentials_clear(struct credentials *c)
{
    wipe_text(&c->email);
    wipe_text(&c->password);
}

struct answer {
    bool done;
    json_t *body;
    struct err failed;
};

static void take_answer(void *arg, json_t *body, const struct err *failed)
{
    struct answer *a = arg;
    a->done = true;
    a->body = json_incref(body);
    if (failed)
        a->failed = *failed;
}

/* GET within CREDENTIALS_TIMEOUT_MS; *out is the caller's. */
static int get(struct kube *kube, struct http *http, const char *path, json_t **out,
               struct err *err)
{
    struct answer a = { 0 };
    struct kube_request rq = { .method = "GET",
                               .path = path,
                               .timeout_ms = CREDENTIALS_TIMEOUT_MS };
    kube_start(kube, &rq, take_answer, &a);
    while (!a.done)
        if (http_poll(http, NULL, 0, CREDENTIALS_TIMEOUT_MS, err) < 0)
            return -1;
    if (a.failed.code != ERR_NONE) {
        json_decref(a.body);
        return err_set(err, a.failed.code, "%s", a.failed.msg);
    }
    *out = a.body;
    return 0;
}

static char *decode_secret(json_t *secret, const char *key)
{
    const char *encoded = kube_get_string(secret, "data", key, NULL);
    if (!encoded)
        return NULL;
    size_t cap = strlen(encoded) + 1, n = 0;
    char *text = mem_alloc(cap);
    if (sodium_base642bin((unsigned char *)text, cap - 1, encoded, strlen(encoded), NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) < 0 ||
        !str_utf8_valid(text, n)) {
        wipe_text(&text);
        return NULL;
    }
    text[n] = '\0';
    return text;
}

static int read_secret(struct kube *kube, struct http *http, const struct store *store,
                       struct credentials *out, struct err *err)
{
    CLEANUP_FREE char *ns_path = str_printf("/api/v1/namespaces/%s", store->id);
    CLEANUP_FREE char *secret_path = str_printf("%s/secrets/" STORE_CREDENTIALS, ns_path);
    json_auto_t *ns = NULL, *secret = NULL;
    if (get(kube, http, ns_path, &ns, err) < 0)
        return -1;
    if (!str_eq(kube_get_string(ns, "metadata", "labels", "storewright.io/uid", NULL), store->uid))
        return err_set(err, ERR_CONFLICT, "the namespace \"%s\" does not belong to this store",
                       store->id);
    if (get(kube, http, secret_path, &secret, err) < 0)
        return -1;
    out->email = decode_secret(secret, "admin-email");
    out->password = decode_secret(secret, "admin-password");
    if (out->email && out->password)
        return 0;
    credentials_clear(out);
    return err_set(err, ERR_NOT_FOUND, "the store's Secret has no admin-email and admin-password");
}

static int read_from_cluster(struct service *s, const struct store *store, struct credentials *out,
                             struct err *err)
{
    CLEANUP(kube_config_free_p) struct kube_config *config = NULL;
    struct http *http = NULL;
    struct kube *kube = NULL;
    int r = kube_config_load(&config, s->config->kubeconfig, err);
    if (r == 0)
        r = http_new(&http, "storewright", err);
    if (r == 0)
        r = kube_new(&kube, config, http, err);
    if (r == 0)
        r = read_secret(kube, http, store, out, err);
    if (kube)
        kube_free(kube);
    http_free(http);
    return r;
}

/* Shown only if it was written down that it was shown. */
static int write_down(struct service *s, const struct actor *who, const struct store *store,
                      const struct err *failed, struct err *err)
{
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || audit_add(s->db, who, "store.credentials", store->id,
                                                   failed->code == ERR_NONE, failed->msg, err) < 0)
        return -1;
    return db_commit(&tx, err);
}

int service_credentials(struct service *s, const struct actor *who, const char *id,
                        struct credentials *out, struct err *err)
{
    CLEANUP(store_clear) struct store store = { 0 };
    if (service_get(s, who, id, false, &store, err) < 0)
        return -1;
    struct err failed = { 0 };
    if (!service_may_change(who, &store))
        err_set(&failed, ERR_FORBIDDEN, "a store's credentials are its owner's");
    else
        read_from_cluster(s, &store, out, &failed);
    struct err unwritten = { 0 };
    if (write_down(s, who, &store, &failed, &unwritten) < 0 && failed.code == ERR_NONE) {
        credentials_clear(out);
        return err_set(err, unwritten.code, "%s", unwritten.msg);
    }
    return failed.code == ERR_NONE ? 0 : err_set(err, failed.code, "%s", failed.msg);
}
