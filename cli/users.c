#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "commands.h"

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

int command_user_add(struct service *s, const struct actor *who, const struct args *a,
                     struct err *err)
{
    enum role role = ROLE_NONE;
    char password[PASSWORD_MAX];
    if (str_empty(a->role) || role_parse(a->role, &role) < 0 || role == ROLE_NONE)
        return err_set(err, ERR_INVALID, "--role is admin, member or viewer");
    if (read_password(a, password, err) < 0)
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

static void print_user(void *arg, const struct account *account, int64_t created_at, bool disabled)
{
    (void)arg;
    char when[TIME_RFC3339_MAX];
    printf("%-32s %-8s %s%s\n", account->name, role_name(account->role),
           time_rfc3339(created_at, when), disabled ? " disabled" : "");
}

int command_user_list(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err)
{
    (void)who;
    (void)a;
    return account_list(s, print_user, NULL, err);
}
