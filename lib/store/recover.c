#include "store/recover.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "helm/release.h"
#include "helm/values.h"
#include "kube/client.h"
#include "store/audit.h"

#define FOUND "Found in the cluster; it is being looked at."

static const char *annotation(json_t *ns, const char *key)
{
    return str_or_empty(kube_get_string(ns, "metadata", "annotations", key, NULL));
}

static const char *label(json_t *ns, const char *key)
{
    return str_or_empty(kube_get_string(ns, "metadata", "labels", key, NULL));
}

static int64_t time_of(json_t *ns, const char *key)
{
    int64_t at = 0;
    time_parse_rfc3339(annotation(ns, key), &at);
    return at;
}

/* When the API server says that the namespace was made, if nobody else says when. */
static int64_t created_at(json_t *ns)
{
    int64_t at = time_of(ns, ANNOTATION_CREATED);
    if (!at)
        time_parse_rfc3339(kube_get_string(ns, "metadata", "creationTimestamp", NULL), &at);
    return at;
}

/* What the namespace itself says. */
static int read_namespace(json_t *ns, struct store *out, struct err *err)
{
    const char *name = str_or_empty(kube_get_string(ns, "metadata", "name", NULL));
    const char *uid = label(ns, LABEL_UID), *fault = policy_id_fault(name);
    if (strlen(uid) != STORE_UID_LEN || strspn(uid, "0123456789abcdef") != STORE_UID_LEN)
        return err_set(err, ERR_INVALID, "its label " LABEL_UID " is no store's: \"%.40s\"", uid);
    if (fault)
        return err_set(err, ERR_INVALID, "its name cannot be a store ID: %s", fault);
    snprintf(out->uid, sizeof(out->uid), "%s", uid);
    out->id = str_dup(name);
    out->owner_name = str_dup(annotation(ns, ANNOTATION_OWNER));
    out->created_at = created_at(ns);
    out->ready_at = time_of(ns, ANNOTATION_READY);
    out->generation = 1;
    out->cause = str_dup("");
    out->reason = str_dup("");
    return 0;
}

static char *text_of(json_t *values, const char *group, const char *key)
{
    return str_dup(str_or_empty(kube_get_string(values, group, key, NULL)));
}

static bool is_host(const char *host)
{
    return *host && strlen(host) <= STORE_HOST_MAX &&
           strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(host);
}

static int check(const struct store *s, json_t *values, const struct config *config,
                 struct err *err)
{
    const struct store_request rq = {
        .id = s->id,
        .engine = s->engine,
        .plan = s->plan,
        .title = s->title,
        .admin_email = s->admin_email,
        .currency = s->currency,
        .country = s->country,
    };
    struct field_errors errors = { 0 };
    const char *uid = kube_get_string(values, "store", "uid", NULL);
    if (!str_eq(uid, s->uid))
        return err_set(err, ERR_INVALID, "its release is of another store (uid %.40s)",
                       str_or_empty(uid));
    policy_check_request(&rq, config->base_domain, &errors);
    if (errors.count)
        return err_set(err, ERR_INVALID, "the value \"%s\" of its release is not a valid one: %s",
                       errors.items[0].field, errors.items[0].text);
    if (!is_host(s->host))
        return err_set(err, ERR_INVALID, "the host of its release is not a valid one: \"%.80s\"",
                       s->host);
    return 0;
}

int recover_read(json_t *ns, json_t *records, const struct config *config, struct store *out,
                 struct err *err)
{
    json_auto_t *values = helm_values_read(records, err);
    struct helm_record record;
    if (!values || read_namespace(ns, out, err) < 0)
        return -1;
    helm_record_read(records, &record);
    out->engine = text_of(values, "store", "engine");
    out->plan = text_of(values, "store", "plan");
    out->host = text_of(values, "domain", "host");
    out->title = text_of(values, "store", "title");
    out->admin_email = text_of(values, "store", "adminEmail");
    out->currency = text_of(values, "store", "currency");
    out->country = text_of(values, "store", "country");
    out->sample_products = json_is_true(kube_get(values, "store", "sampleProducts", NULL));
    out->applied_generation = record.state == HELM_DEPLOYED ? 1 : 0;
    return check(out, values, config, err);
}

int recover_read_least(json_t *ns, const struct config *config, struct store *out, struct err *err)
{
    if (read_namespace(ns, out, err) < 0)
        return -1;
    out->engine = str_dup(label(ns, LABEL_ENGINE));
    out->plan = str_dup("small");
    out->host = str_printf("%s.%s", out->id, config->base_domain);
    out->title = str_dup(out->id);
    out->admin_email = str_printf("admin@%s", out->host);
    out->currency = str_dup("eur");
    out->country = str_dup("de");
    return 0;
}

/* The owner's account; one is made when nobody has the name. */
static int owner_id(struct service *s, const struct actor *who, const struct store *store,
                    int64_t *id, struct err *err)
{
    if (str_empty(store->owner_name)) {
        *id = who->account_id;
        return *id ? 0
                   : err_set(err, ERR_INVALID, "its annotation " ANNOTATION_OWNER " is missing");
    }
    if (db_int(s->db, id, NULL, SQL_ACCOUNT_BY_NAME, "s", store->owner_name) == 0)
        return 0;
    const char *fault = policy_account_name_fault(store->owner_name);
    if (fault)
        return err_set(err, ERR_INVALID, "its owner's name is not a valid one: %s", fault);
    /* Without a password: somebody invites them. */
    if (db_exec(s->db, err, SQL_ACCOUNT_INSERT, "sssis", store->owner_name, role_name(ROLE_MEMBER),
                "", time_wall_ms(), "") < 0)
        return -1;
    *id = db_last_rowid(s->db);
    return audit_add(s->db, who, "account.add", store->owner_name, true,
                     "the owner of a store that was found in the cluster", err);
}

static const char *status_of(const struct store *store, bool remove)
{
    enum store_status status = remove            ? STORE_DELETING
                               : store->ready_at ? STORE_DEGRADED
                                                 : STORE_PROVISIONING;
    return store_status_name(status);
}

/* A row of that uid that was closed: 1, it is open again; 0, there is none; -1, failed. */
static int reopen_row(struct service *s, const struct store *t, bool remove, struct err *err)
{
    return db_exec(s->db, err, SQL_STORE_REOPEN, "ssssi", t->uid, remove ? "absent" : "present",
                   status_of(t, remove), remove ? "" : FOUND, time_wall_ms());
}

static int insert_row(struct service *s, const struct store *t, int64_t owner, bool remove,
                      struct err *err)
{
    const char *reason = remove ? "" : FOUND;
    int r = reopen_row(s, t, remove, err);
    if (r == 0)
        r = db_exec(s->db, err, SQL_STORE_RECOVER, "ssisssssssisssiiii", t->uid, t->id, owner,
                    t->engine, t->plan, t->host, t->title, t->admin_email, t->currency, t->country,
                    (int64_t)t->sample_products, remove ? "absent" : "present",
                    status_of(t, remove), reason, t->applied_generation,
                    t->created_at ? t->created_at : time_wall_ms(), time_wall_ms(), t->ready_at);
    if (r < 0 && err && err->code == ERR_EXISTS)
        err_set(err, ERR_EXISTS, "a living store has its ID, its host or its uid");
    return r < 0 ? -1 : 0;
}

int recover_insert(struct service *s, const struct actor *who, const struct store *store,
                   bool remove, struct err *err)
{
    enum operation_kind kind = remove            ? OPERATION_DELETE
                               : store->ready_at ? OPERATION_RETRY
                                                 : OPERATION_CREATE;
    CLEANUP_FREE char *text =
        remove ? str_printf("%s had this namespace removed, which belonged to no store.", who->name)
               : str_printf("%s took this store in, as it was found in the cluster.", who->name);
    int64_t owner = 0, now = time_wall_ms();
    CLEANUP(db_transaction_end) struct db_transaction tx = { 0 };
    if (db_begin(s->db, &tx, err) < 0 || owner_id(s, who, store, &owner, err) < 0 ||
        insert_row(s, store, owner, remove, err) < 0 ||
        db_exec(s->db, err, SQL_OPERATION_INSERT, "ssisi", store->uid, operation_kind_name(kind),
                who->account_id ? who->account_id : owner, (const char *)NULL, now) < 0 ||
        db_exec(s->db, err, SQL_EVENT_INSERT, "siiss", store->uid, db_last_rowid(s->db), now,
                "info", text) < 0 ||
        db_exec(s->db, err, SQL_ORPHAN_REMOVE, "s", store->id) < 0 ||
        audit_add(s->db, who, remove ? "store.remove" : "store.adopt", store->id, true, text, err) <
            0)
        return -1;
    return db_commit(&tx, err);
}
