#include "orphans.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/recover.h"
#include "wishes.h"

/* A release whose store is not known, or lives in another namespace. */
struct stray {
    char *ns;
    char uid[STORE_UID_LEN + 1];
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct stray *)a)->ns, ((const struct stray *)b)->ns);
}

static void free_stray(void *p)
{
    struct stray *s = p;
    free(s->ns);
    free(s);
}

static struct stray *find_stray(struct world *w, const char *ns)
{
    CLEANUP_FREE char *name = str_dup(ns);
    struct stray key = { .ns = name };
    struct stray **found = tfind(&key, &w->strays, compare);
    return found ? *found : NULL;
}

void orphans_see_release(struct world *w, json_t *deployment, bool there)
{
    const char *ns = kube_get_string(deployment, "metadata", "namespace", NULL);
    const char *name = kube_get_string(deployment, "metadata", "name", NULL);
    const char *uid = kube_get_string(deployment, "metadata", "labels", LABEL_UID, NULL);
    if (!ns || !name || !uid || strlen(uid) != STORE_UID_LEN || !str_starts(name, ns) ||
        !str_eq(name + strlen(ns), "-web"))
        return;
    const struct tracked *t = world_find(w, uid);
    struct stray *stray = find_stray(w, ns);
    bool strays = there && (!t || strcmp(t->row.id, ns) != 0);
    if (strays && !stray) {
        stray = mem_alloc(sizeof(*stray));
        stray->ns = str_dup(ns);
        tsearch(stray, &w->strays, compare);
    }
    if (strays)
        memcpy(stray->uid, uid, STORE_UID_LEN + 1);
    if (!strays && stray) {
        tdelete(stray, &w->strays, compare);
        free_stray(stray);
    }
    w->orphans_changed |= strays || stray;
}

/* What the namespace is to be told as. */
static enum orphan_kind kind_of(struct world *w, const struct namespace_entry *n, const char **uid)
{
    *uid = n->uid_label;
    if (n->terminating)
        return ORPHAN_NONE;
    if (*n->uid_label) {
        const struct tracked *t = world_find(w, n->uid_label);
        return t && strcmp(t->row.id, n->name) == 0 ? ORPHAN_NONE : ORPHAN_NAMESPACE;
    }
    const struct stray *stray = find_stray(w, n->name);
    const struct tracked *t = world_find_id(w, n->name);
    *uid = stray ? stray->uid : t ? t->row.uid : "";
    bool has_release = stray || (t && t->present & 1u << OBJECT_DEPLOYMENT);
    return has_release ? ORPHAN_RELEASE : ORPHAN_NONE;
}

void orphans_see_namespace(struct world *w, struct namespace_entry *n, json_t *ns)
{
    const char *uid;
    enum orphan_kind kind = kind_of(w, n, &uid);
    if (kind == n->told && kind == ORPHAN_NONE)
        return;
    free(n->engine);
    free(n->owner);
    n->engine =
        str_dup(str_or_empty(kube_get_string(ns, "metadata", "labels", LABEL_ENGINE, NULL)));
    n->owner = str_dup(
        str_or_empty(kube_get_string(ns, "metadata", "annotations", ANNOTATION_OWNER, NULL)));
    w->orphans_changed = true;
}

static const char *const kind_names[] = {
    [ORPHAN_NAMESPACE] = "namespace",
    [ORPHAN_RELEASE] = "release",
};

/* Brings SQLite to what the namespace is. */
static void tell(struct world *w, struct namespace_entry *n)
{
    const char *uid;
    enum orphan_kind kind = kind_of(w, n, &uid);
    struct err err = { 0 };
    if (kind == n->told)
        return;
    int r = kind == ORPHAN_NONE
                ? db_exec(w->db, &err, SQL_ORPHAN_REMOVE, "s", n->name)
                : db_exec(w->db, &err, SQL_ORPHAN_SET, "sssssi", n->name, kind_names[kind], uid,
                          str_or_empty(n->engine), str_or_empty(n->owner), time_wall_ms());
    if (r < 0) {
        log_warn("an orphan was not written down", "namespace", n->name, "error", err.msg);
        w->orphans_changed = true;
        return;
    }
    if (kind != ORPHAN_NONE)
        log_info("found what belongs to no store", "namespace", n->name, "kind", kind_names[kind]);
    n->told = kind;
}

static void visit(const void *node, VISIT which, void *arg)
{
    if (which == postorder || which == leaf)
        tell(arg, *(struct namespace_entry *const *)node);
}

/* What an earlier reconciler has written down, and what has gone since. */
static int recall(struct world *w, struct err *err)
{
    char gone[64];
    do {
        CLEANUP(stmt_done_p) struct stmt *st = NULL;
        gone[0] = '\0';
        if (db_query(w->db, &st, err, SQL_ORPHAN_LIST, "") < 0)
            return -1;
        int r = 0;
        while (!gone[0] && (r = stmt_step(st, err)) > 0) {
            struct namespace_entry *n = world_namespace(w, stmt_text(st, 0));
            bool release = str_eq(stmt_text(st, 1), kind_names[ORPHAN_RELEASE]);
            if (n)
                n->told = release ? ORPHAN_RELEASE : ORPHAN_NAMESPACE;
            else
                snprintf(gone, sizeof(gone), "%s", stmt_text(st, 0));
        }
        stmt_done(TAKE(st));
        if (r < 0 || (gone[0] && db_exec(w->db, err, SQL_ORPHAN_REMOVE, "s", gone) < 0))
            return -1;
    } while (gone[0]);
    return 0;
}

void orphans_turn(struct world *w)
{
    struct err err = { 0 };
    if (!w->complete)
        return;
    if (!w->orphans_recalled) {
        w->orphans_recalled = recall(w, &err) == 0;
        w->orphans_changed = true;
    }
    if (w->orphans_changed && w->orphans_recalled) {
        w->orphans_changed = false;
        twalk_r(w->namespaces, visit, w);
    }
    wishes_turn(w);
}

bool orphans_busy(const struct world *w)
{
    return w->wishes_pending;
}

void orphans_free(struct world *w)
{
    wishes_free(w);
    tdestroy(w->strays, free_stray);
    w->strays = NULL;
}
