/* storectl's commands: one row each, one function each. */
#ifndef SW_CLI_COMMANDS_H
#define SW_CLI_COMMANDS_H

#include <stdio.h>

#include "store/account.h"
#include "store/service.h"

/* What was typed after the command's name. Strings belong to argv. */
struct args {
    const char *name; /* the store ID or account name; NULL: none */
    const char *as, *engine, *plan, *title, *admin_email, *currency, *country, *confirm, *role,
        *status, *search, *key, *zip, *with, *email, *set, *actor, *action, *object;
    bool no_sample_products, wait, password_stdin, generate, json;
    FILE *anchors; /* of the audit log, for who asked for it; NULL: none are kept */
};

struct command {
    const char *group, *verb; /* group NULL: a command on stores */
    const char *takes;        /* for usage: "ID --engine ENGINE ..." */
    bool needs_name;
    int (*run)(struct service *s, const struct actor *who, const struct args *a, struct err *err);
    enum { AS_ACCOUNT, BEFORE_ACCOUNTS, WITHOUT_DATABASE } runs; /* what must be there already */
    const char *anchors; /* mode in which the file of anchors is opened (fopen), or NULL */
};

/* Each prints its answer on standard output. Returns an exit status >= 0, or -1 with err. */
int command_capacity(struct service *s, const struct actor *who, const struct args *a,
                     struct err *err);
int command_doctor(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err);
int command_adopt(struct service *s, const struct actor *who, const struct args *a,
                  struct err *err);
int command_remove(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err);
int command_rebuild(struct service *s, const struct actor *who, const struct args *a,
                    struct err *err);
int command_list(struct service *s, const struct actor *who, const struct args *a, struct err *err);
int command_show(struct service *s, const struct actor *who, const struct args *a, struct err *err);
int command_create(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err);
int command_delete(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err);
int command_retry(struct service *s, const struct actor *who, const struct args *a,
                  struct err *err);
int command_follow(struct service *s, const struct actor *who, const struct args *a,
                   struct err *err);
int command_credentials(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err);
int command_user_add(struct service *s, const struct actor *who, const struct args *a,
                     struct err *err);
int command_user_password(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err);
/* Becomes the script that builds: as root, who alone may. */
int command_images_build(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err);
int command_user_list(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err);
int command_user_invite(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err);
int command_user_link(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err);
int command_user_withdraw(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err);
int command_user_role(struct service *s, const struct actor *who, const struct args *a,
                      struct err *err);
int command_user_disable(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err);
int command_user_enable(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err);
int command_user_sign_out(struct service *s, const struct actor *who, const struct args *a,
                          struct err *err);
int command_user_limits(struct service *s, const struct actor *who, const struct args *a,
                        struct err *err);
int command_share(struct service *s, const struct actor *who, const struct args *a,
                  struct err *err);
int command_unshare(struct service *s, const struct actor *who, const struct args *a,
                    struct err *err);
int command_audit_list(struct service *s, const struct actor *who, const struct args *a,
                       struct err *err);
int command_audit_export(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err);
int command_audit_verify(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err);
int command_audit_anchor(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err);

#endif
