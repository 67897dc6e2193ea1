/* The audit log: reading it, and telling whether it is whole. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "commands.h"
#include "store/audit.h"

#define EXPORT_ROWS 1000
#define EXPORT_MAX ((size_t)64 << 20) /* bytes of so many rows */
#define ANCHOR_LINE_MAX 256

int command_audit_list(struct service *s, const struct actor *who, const struct args *a,
                       struct err *err)
{
    const struct audit_query q = { .actor = a->actor, .action = a->action, .object = a->object };
    CLEANUP(audit_page_clear) struct audit_page page = { 0 };
    if (audit_list(s, who, &q, &page, err) < 0)
        return -1;
    for (size_t i = 0; i < page.count; i++) {
        const struct audit_row *r = &page.items[i];
        char when[TIME_RFC3339_MAX];
        printf("%6lld %s %-16s %-15s %-20s %-24s %-7s %s\n", (long long)r->id,
               time_rfc3339(r->at, when), r->actor, r->address, r->action, r->object, r->result,
               r->detail);
    }
    return 0;
}

int command_audit_export(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err)
{
    (void)a;
    int64_t last = 0;
    for (int n = 1; n > 0;) {
        CLEANUP(buf_free) struct buf lines = BUF_INIT(EXPORT_MAX);
        n = audit_export(s, who, last, EXPORT_ROWS, &lines, &last, err);
        if (n < 0)
            return -1;
        if (fputs(buf_text(&lines), stdout) < 0)
            return err_set(err, ERR_INTERNAL, "the rows could not be written");
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

int command_audit_verify(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err)
{
    (void)who;
    int64_t rows = 0, anchored = 0;
    if (audit_verify(s, a->anchors, &rows, &anchored, err) < 0)
        return -1;
    printf("The audit log is whole: %lld rows, each continuing the one before.\n", (long long)rows);
    if (anchored)
        printf("Anchored up to row %lld: nothing up to there was changed, or cut off.\n",
               (long long)anchored);
    else
        printf("There is no anchor: that its end was not cut off, or all of it written anew, "
               "cannot be "
               "told.\n");
    return 0;
}

/* The last line's number; 0: there is none. */
static int64_t last_anchor(FILE *anchors)
{
    char line[ANCHOR_LINE_MAX];
    int64_t id = 0;
    if (fseek(anchors, -(ANCHOR_LINE_MAX - 1), SEEK_END) < 0)
        rewind(anchors);
    while (fgets(line, sizeof(line), anchors)) {
        line[strcspn(line, " ")] = '\0'; /* the first may be the end of one: then it is no number */
        str_to_i64(line, 1, INT64_MAX, &id);
    }
    return id;
}

int command_audit_anchor(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err)
{
    (void)who;
    struct audit_head head;
    char hash[2 * AUDIT_HASH_LEN + 1], when[TIME_RFC3339_MAX];
    if (audit_head(s, &head, err) < 0)
        return -1;
    int64_t last = a->anchors ? last_anchor(a->anchors) : 0;
    if (head.id < last)
        return err_set(
            err, ERR_CORRUPT,
            "the audit log ends with row %lld, and row %lld was anchored: its end was cut "
            "off",
            (long long)head.id, (long long)last);
    if (head.id == 0 || head.id == last)
        return 0;
    sodium_bin2hex(hash, sizeof(hash), head.hash, AUDIT_HASH_LEN);
    FILE *out = a->anchors ? a->anchors : stdout;
    if (a->anchors && fseek(a->anchors, 0, SEEK_END) < 0)
        return err_set(err, ERR_INTERNAL, "the anchors cannot be written to");
    if (fprintf(out, "%lld %s %s\n", (long long)head.id, hash, time_rfc3339(time_wall_ms(), when)) <
            0 ||
        fflush(out) != 0)
        return err_set(err, ERR_UNAVAILABLE, "the anchor could not be written");
    return 0;
}
