#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "commands.h"
#include "store/people.h"

#define PASSWORD_MAX 1024   /* bytes */
#define GENERATED_LENGTH 20 /* of 57 letters and digits: 116 bits */

static void generate(char *out)
{
    /* Without those that look alike. */
    static const char letters[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    for (int i = 0; i < GENERATED_LENGTH; i++)
        out[i] = letters[rand_below(sizeof(letters) - 1)];
    out[GENERATED_LENGTH] = '\0';
}

static int read_password(const struct args *a, char out[PASSWORD_MAX], struct err *err)
{
    if (a->generate == a->password_stdin)
        return err_set(err, ERR_INVALID, "give either --generate or --password-stdin");
    if (a->generate) {
        generate(out);
        return 0;
    }
    if (!fgets(out, PASSWORD_MAX, stdin))
        return err_set(err, ERR_INVALID, "no password on standard input");
    out[strcspn(out, "\n")] = '\0';
    return 0;
}

/* A generated password is told once, here; nobody else knows it. */
static int done(const struct args *a, char password[PASSWORD_MAX], int r)
{
    if (r == 0 && a->generate)
        printf("%s\n", password);
    mem_wipe(password, PASSWORD_MAX);
    return r;
}

static int read_role(const struct args *a, enum role *out, struct err *err)
{
    if (str_empty(a->role) || role_parse(a->role, out) < 0 || *out == ROLE_NONE)
        return err_set(err, ERR_INVALID, "--role is admin, member or viewer");
    return 0;
}

int command_user_add(struct service *s, const struct actor *who, const struct args *a,
                     struct err *err)
{
    enum role role = ROLE_NONE;
    char password[PASSWORD_MAX];
    if (read_role(a, &role, err) < 0 || read_password(a, password, err) < 0)
        return -1;
    return done(a, password, account_add(s, who, a->name, role, password, err));
}

int command_user_password(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err)
{
    char password[PASSWORD_MAX];
    if (read_password(a, password, err) < 0)
        return -1;
    return done(a, password, account_set_password(s, who, a->name, password, err));
}

static const char *const states[] = {
    [PERSON_ACTIVE] = "", [PERSON_INVITED] = "invited", [PERSON_DISABLED] = "disabled"
};

static void print_user(void *arg, const struct person *p)
{
    (void)arg;
    char when[TIME_RFC3339_MAX];
    printf("%-32s %-8s %s %lld stores %s\n", p->name, role_name(p->role),
           time_rfc3339(p->created_at, when), (long long)p->stores, states[p->state]);
}

int command_user_list(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err)
{
    (void)a;
    return people_list(s, who, print_user, NULL, err);
}

/* Whoever has the link can use it: it is told once, here. */
static void print_link(const struct service *s, const char *token)
{
    printf("%s/link?token=%s\n", str_or_empty(s->config->dashboard_url), token);
    if (!s->config->dashboard_url)
        fputs("Put the dashboard's address in front, or set dashboard_url in the configuration.\n",
              stderr);
}

int command_user_invite(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err)
{
    enum role role = ROLE_NONE;
    char token[LINK_TOKEN_LEN + 1];
    int64_t id = 0;
    if (read_role(a, &role, err) < 0 ||
        people_invite(s, who, a->name, role, str_or_empty(a->email), token, &id, err) < 0)
        return -1;
    print_link(s, token);
    return 0;
}

int command_user_link(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err)
{
    struct person p;
    char token[LINK_TOKEN_LEN + 1];
    if (people_find(s, who, a->name, &p, err) < 0 || people_new_link(s, who, p.id, token, err) < 0)
        return -1;
    print_link(s, token);
    return 0;
}

int command_user_withdraw(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err)
{
    struct person p;
    return people_find(s, who, a->name, &p, err) < 0 ? -1 : people_withdraw(s, who, p.id, err);
}

int command_user_role(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err)
{
    struct person p;
    enum role role = ROLE_NONE;
    if (read_role(a, &role, err) < 0 || people_find(s, who, a->name, &p, err) < 0)
        return -1;
    return people_set_role(s, who, p.id, role, err);
}

int command_user_disable(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err)
{
    struct person p;
    return people_find(s, who, a->name, &p, err) < 0 ? -1
                                                     : people_set_disabled(s, who, p.id, true, err);
}

int command_user_enable(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err)
{
    struct person p;
    return people_find(s, who, a->name, &p, err) < 0
               ? -1
               : people_set_disabled(s, who, p.id, false, err);
}

int command_user_sign_out(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err)
{
    struct person p;
    return people_find(s, who, a->name, &p, err) < 0 ? -1 : people_sign_out(s, who, p.id, err);
}
