/* What is in the cluster held against the rows, from the command line; and a lost database made
 * again. */
#include <jansson.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "commands.h"
#include "store/fleet.h"
#include "store/recover.h"

#define WAIT_EVERY_MS 100

static json_t *orphans_json(const struct orphan_list *l)
{
    json_t *all = json_array();
    for (size_t i = 0; i < l->count; i++) {
        const struct orphan *o = &l->items[i];
        char found[TIME_RFC3339_MAX];
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "namespace", o->ns, "kind",
                           o->release ? "release" : "namespace", "uid", o->store_uid, "engine",
                           o->engine, "owner", o->owner, "found_at",
                           time_rfc3339(o->seen_at, found), "wish", o->wish, "answer", o->answer));
    }
    return all;
}

static json_t *missing_json(const struct store_page *p)
{
    json_t *all = json_array();
    for (size_t i = 0; i < p->count; i++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s}", "id", p->items[i].id, "owner",
                                             p->items[i].owner_name, "cause", p->items[i].cause,
                                             "reason", p->items[i].reason));
    return all;
}

static void print_orphan(const struct orphan *o)
{
    printf("%s: %s\n", o->ns,
           o->release ? "a store's release in a namespace that does not carry its uid"
                      : "a namespace with a store's uid that no row has");
    printf("  uid %s, engine %s, owner %s\n", o->store_uid, *o->engine ? o->engine : "not said",
           *o->owner ? o->owner : "not said");
    if (*o->answer)
        printf("  could not be done: %s\n", o->answer);
    if (*o->wish)
        printf("  about to be %s\n", str_eq(o->wish, "remove") ? "removed" : "adopted");
    else if (o->release)
        printf("  storectl adopt %s   or: helm uninstall %s --namespace %s\n", o->ns, o->ns, o->ns);
    else
        printf("  storectl adopt %s   or: storectl remove %s --confirm %s\n", o->ns, o->ns, o->ns);
}

static void print_findings(const char *trouble, const struct orphan_list *orphans,
                           const struct store_page *missing)
{
    if (trouble)
        printf("The platform has a problem: %s\n", trouble);
    for (size_t i = 0; i < orphans->count; i++)
        print_orphan(&orphans->items[i]);
    for (size_t i = 0; i < missing->count; i++) {
        const struct store *store = &missing->items[i];
        printf("%s: %s\n  storectl retry %s   or: storectl delete %s --confirm %s\n", store->id,
               store->reason, store->id, store->id, store->id);
    }
    if (missing->has_older)
        printf("... and more: storectl list --status degraded\n");
    if (!trouble && !orphans->count && !missing->count)
        printf("Nothing is amiss: every store has its namespace, and every namespace its store.\n");
}

int command_doctor(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err)
{
    CLEANUP(orphan_list_clear) struct orphan_list orphans = { 0 };
    CLEANUP(store_page_clear) struct store_page missing = { 0 };
    CLEANUP_FREE char *trouble = NULL;
    if (service_trouble(s, &trouble, err) < 0 || fleet_orphans(s, who, &orphans, err) < 0 ||
        fleet_missing(s, who, &missing, err) < 0)
        return -1;
    if (a->json) {
        json_auto_t *all = json_pack("{s:s?, s:o, s:o}", "trouble", trouble, "orphans",
                                     orphans_json(&orphans), "missing", missing_json(&missing));
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print_findings(trouble, &orphans, &missing);
    }
    return trouble || orphans.count || missing.count;
}

/* Until the reconciler has done it, or says why it cannot. 0: done, 1: not. */
static int wait_for(struct service *s, const struct actor *who, const char *ns, struct err *err)
{
    for (;;) {
        CLEANUP(orphan_list_clear) struct orphan_list list = { 0 };
        const struct orphan *mine = NULL;
        if (fleet_orphans(s, who, &list, err) < 0)
            return -1;
        for (size_t i = 0; i < list.count; i++)
            if (str_eq(list.items[i].ns, ns))
                mine = &list.items[i];
        if (!mine)
            return 0;
        if (!*mine->wish) {
            fprintf(stderr, "storectl: %s\n", mine->answer);
            return 1;
        }
        nanosleep(&(struct timespec) { .tv_nsec = WAIT_EVERY_MS * 1000000L }, NULL);
    }
}

int command_adopt(struct service *s, const struct actor *who, const struct args *a, struct err *err)
{
    if (fleet_adopt(s, who, a->name, err) < 0)
        return -1;
    return a->wait ? wait_for(s, who, a->name, err) : 0;
}

int command_remove(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err)
{
    if (!a->confirm)
        return err_set(err, ERR_INVALID,
                       "removing takes everything in the namespace: add --confirm %s", a->name);
    if (fleet_remove(s, who, a->name, a->confirm, err) < 0)
        return -1;
    return a->wait ? wait_for(s, who, a->name, err) : 0;
}

/* Rebuild -------------------------------------------------------------------------------------- */

struct tally {
    int made, known, failed;
};

static void tell(void *arg, const char *id, bool known, const struct err *failed)
{
    struct tally *t = arg;
    if (failed)
        printf("%-40s not made: %s\n", id, failed->msg);
    else if (!known)
        printf("%-40s made again\n", id);
    t->made += !failed && !known;
    t->known += known;
    t->failed += failed != NULL;
}

int command_rebuild(struct service *s, const struct actor *who, const struct args *a,
                    struct err *err)
{
    struct tally tally = { 0 };
    (void)a;
    int lock = service_end_reconciler(s, err);
    int r = lock < 0 ? -1 : recover_all(s, who, tell, &tally, err);
    if (lock >= 0)
        close(lock);
    if (r < 0)
        return -1;
    printf("%d stores were made again, %d had their rows, %d could not be made.\n", tally.made,
           tally.known, tally.failed);
    if (tally.made)
        printf("Owners who had no account have one without a password: storectl user link NAME.\n");
    service_wake(s);
    return tally.failed > 0;
}
