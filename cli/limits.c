/* What one person may have. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "commands.h"
#include "store/limit.h"
#include "store/people.h"

static int set_one(char *setting, int64_t values[LIMIT_COUNT], struct err *err)
{
    char *equals = strchr(setting, '=');
    const char *value = equals ? equals + 1 : "";
    if (equals)
        *equals = '\0';
    for (int i = 0; i < LIMIT_COUNT; i++) {
        if (!str_eq(limit_name((enum limit)i), setting))
            continue;
        if (str_eq(value, "default")) {
            values[i] = LIMIT_DEFAULT;
            return 0;
        }
        if (str_to_i64(value, 0, LIMIT_VALUE_MAX, &values[i]) == 0)
            return 0;
        return err_set(err, ERR_INVALID,
                       "--set %s: \"%s\" is neither a number from 0 to %d nor default", setting,
                       value, LIMIT_VALUE_MAX);
    }
    return err_set(err, ERR_INVALID, "--set: there is no limit \"%s\"", setting);
}

/* What is not named stays as it is. */
static int set_limits(struct service *s, const struct actor *who, const struct person *p,
                      const char *settings, struct err *err)
{
    struct limit_state l[LIMIT_COUNT];
    int64_t values[LIMIT_COUNT];
    CLEANUP_FREE char *text = str_dup(settings);
    if (limit_states(s, p->id, l, err) < 0)
        return -1;
    for (int i = 0; i < LIMIT_COUNT; i++)
        values[i] = l[i].own ? l[i].most : LIMIT_DEFAULT;
    char *rest = text;
    for (char *one; (one = strsep(&rest, ",")) != NULL;)
        if (set_one(one, values, err) < 0)
            return -1;
    return limit_set(s, who, p->id, values, err);
}

static int print_json(const struct limit_state l[LIMIT_COUNT])
{
    json_auto_t *all = json_object();
    for (int i = 0; i < LIMIT_COUNT; i++)
        json_object_set_new(all, limit_name((enum limit)i),
                            json_pack("{s:I, s:I, s:b}", "most", (json_int_t)l[i].most, "used",
                                      (json_int_t)l[i].used, "own", (int)l[i].own));
    json_dumpf(all, stdout, JSON_INDENT(2));
    return putchar('\n') == EOF ? 1 : 0;
}

int command_user_limits(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err)
{
    struct person p;
    struct limit_state l[LIMIT_COUNT];
    if (people_find(s, who, a->name, &p, err) < 0 ||
        (a->set && set_limits(s, who, &p, a->set, err) < 0) || limit_states(s, p.id, l, err) < 0)
        return -1;
    if (a->json)
        return print_json(l);
    for (int i = 0; i < LIMIT_COUNT; i++)
        printf("%-20s %lld of %lld%s\n", limit_name((enum limit)i), (long long)l[i].used,
               (long long)l[i].most, l[i].own ? " (own)" : "");
    if (p.role == ROLE_ADMIN)
        puts("An administrator is not bound by them.");
    return 0;
}
