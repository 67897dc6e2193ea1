#include "remember.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/recover.h"

#define NOTES_AT_ONCE 4 /* calls; a fleet from before this was noted takes its time */

static void noted(void *arg, json_t *answer, const struct err *failed)
{
    struct tracked *t = arg;
    t->calls[CALL_NOTE] = NULL;
    t->world->notes_under_way--;
    world_touch(t);
    if (!failed) {
        world_see_namespace(t->world, answer);
        return;
    }
    log_warn("when it was ready was not noted on its namespace", "store", t->row.id, "error",
             failed->msg);
    /* It is only a note: the next reconciler tries again. */
    struct namespace_entry *ns = world_namespace(t->world, t->row.id);
    if (ns)
        ns->ready_noted = true;
}

void remember_ready(struct tracked *t)
{
    struct world *w = t->world;
    const struct namespace_entry *ns = world_namespace(w, t->row.id);
    if (!t->row.ready_at || t->row.status != STORE_READY || t->calls[CALL_NOTE] || !ns ||
        ns->ready_noted || ns->terminating || strcmp(ns->uid_label, t->row.uid) != 0)
        return;
    if (w->notes_under_way >= NOTES_AT_ONCE) {
        int64_t at = time_wall_ms() + 1000;
        t->wake_at = at < t->wake_at ? at : t->wake_at;
        return;
    }
    char at[TIME_RFC3339_MAX];
    json_auto_t *patch = json_pack("{s:{s:s, s:{s:s}}}", "metadata", "uid", ns->uid, "annotations",
                                   ANNOTATION_READY, time_rfc3339_ms(t->row.ready_at, at));
    CLEANUP_FREE char *path = str_printf("/api/v1/namespaces/%s", t->row.id);
    struct kube_request rq = {
        .method = "PATCH",
        .path = path,
        .body = patch,
        .content_type = "application/merge-patch+json",
    };
    w->notes_under_way++;
    t->calls[CALL_NOTE] = kube_start(w->kube, &rq, noted, t);
}
