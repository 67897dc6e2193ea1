/* storectl: the platform from the command line, through the same service as the pages. */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "commands.h"

#define ON_STORES(verb, takes, needs_name, run) \
    { \
        NULL, verb, takes, needs_name, run, AS_ACCOUNT, NULL \
    }
/* On accounts and the log: by whoever runs it, also before there is an account. */
#define ON_PEOPLE(verb, takes, needs_name, run) \
    { \
        "user", verb, takes, needs_name, run, BEFORE_ACCOUNTS, NULL \
    }
/* On the fleet as a whole. */
#define ON_FLEET(verb, takes, needs_name, run, runs) \
    { \
        NULL, verb, takes, needs_name, run, runs, NULL \
    }
#define ON_AUDIT(verb, takes, run, anchors) \
    { \
        "audit", verb, takes, false, run, BEFORE_ACCOUNTS, anchors \
    }

static const struct command commands[] = {
    ON_STORES("list", "[--status STATUS] [--search TEXT] [--json]", false, command_list),
    ON_STORES("show", "ID [--json]", true, command_show),
    ON_STORES("create",
              "ID --engine ENGINE [--plan PLAN] [--title TITLE] [--admin-email ADDRESS]\n"
              "                    [--currency CODE] [--country CODE] [--no-sample-products] "
              "[--key KEY] [--wait]",
              true, command_create),
    ON_STORES("delete", "ID --confirm ID [--wait]", true, command_delete),
    ON_STORES("retry", "ID [--wait]", true, command_retry),
    ON_STORES("follow", "ID", true, command_follow),
    ON_STORES("credentials", "ID", true, command_credentials),
    ON_STORES("share", "ID --with NAME", true, command_share),
    ON_STORES("unshare", "ID --with NAME", true, command_unshare),
    ON_PEOPLE("add", "NAME --role admin|member|viewer (--generate | --password-stdin)", true,
              command_user_add),
    ON_PEOPLE("invite", "NAME --role admin|member|viewer [--email ADDRESS]", true,
              command_user_invite),
    ON_PEOPLE("link", "NAME", true, command_user_link),
    ON_PEOPLE("withdraw", "NAME", true, command_user_withdraw),
    ON_PEOPLE("password", "NAME (--generate | --password-stdin)", true, command_user_password),
    ON_PEOPLE("role", "NAME --role admin|member|viewer", true, command_user_role),
    ON_PEOPLE("limits", "NAME [--set LIMIT=NUMBER|default,...] [--json]", true,
              command_user_limits),
    ON_PEOPLE("disable", "NAME", true, command_user_disable),
    ON_PEOPLE("enable", "NAME", true, command_user_enable),
    ON_PEOPLE("sign-out", "NAME", true, command_user_sign_out),
    ON_PEOPLE("list", "", false, command_user_list),
    ON_FLEET("doctor", "[--json]", false, command_doctor, BEFORE_ACCOUNTS),
    ON_FLEET("adopt", "NAMESPACE [--wait]", true, command_adopt, AS_ACCOUNT),
    ON_FLEET("remove", "NAMESPACE --confirm NAMESPACE [--wait]", true, command_remove, AS_ACCOUNT),
    ON_FLEET("rebuild", "", false, command_rebuild, BEFORE_ACCOUNTS),
    ON_FLEET("capacity", "[--json]", false, command_capacity, BEFORE_ACCOUNTS),
    { "images", "build", "IMAGE [--zip FILE]", true, command_images_build, WITHOUT_DATABASE, NULL },
    ON_AUDIT("list", "[--actor NAME] [--action ACTION] [--object NAME]", command_audit_list, NULL),
    ON_AUDIT("export", "", command_audit_export, NULL),
    ON_AUDIT("verify", "", command_audit_verify, "re"),
    ON_AUDIT("anchor", "", command_audit_anchor, "a+e"),
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *out)
{
    fprintf(out, "usage: storectl [--as ACCOUNT] COMMAND\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  storectl %s%s%s %s\n", commands[i].group ? commands[i].group : "",
                commands[i].group ? " " : "", commands[i].verb, commands[i].takes);
    fprintf(out, "The configuration is /etc/storewright/storewright.conf, or what "
                 "STOREWRIGHT_CONFIG names.\n");
    return out == stdout ? 0 : EX_USAGE;
}

enum {
    FLAG_NO_SAMPLES = 1000,
    FLAG_WAIT,
    FLAG_STDIN,
    FLAG_GENERATE,
    FLAG_JSON,
    FLAG_HELP,
    FLAG_VERSION,
    TEXT_FIRST
};

/* Options with a value: where it goes. */
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    { "as", offsetof(struct args, as) },
    { "engine", offsetof(struct args, engine) },
    { "plan", offsetof(struct args, plan) },
    { "title", offsetof(struct args, title) },
    { "admin-email", offsetof(struct args, admin_email) },
    { "currency", offsetof(struct args, currency) },
    { "country", offsetof(struct args, country) },
    { "confirm", offsetof(struct args, confirm) },
    { "role", offsetof(struct args, role) },
    { "status", offsetof(struct args, status) },
    { "search", offsetof(struct args, search) },
    { "key", offsetof(struct args, key) },
    { "zip", offsetof(struct args, zip) },
    { "email", offsetof(struct args, email) },
    { "with", offsetof(struct args, with) },
    { "set", offsetof(struct args, set) },
    { "actor", offsetof(struct args, actor) },
    { "action", offsetof(struct args, action) },
    { "object", offsetof(struct args, object) },
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static const struct option flags[] = {
    { "no-sample-products", no_argument, NULL, FLAG_NO_SAMPLES },
    { "wait", no_argument, NULL, FLAG_WAIT },
    { "password-stdin", no_argument, NULL, FLAG_STDIN },
    { "generate", no_argument, NULL, FLAG_GENERATE },
    { "json", no_argument, NULL, FLAG_JSON },
    { "help", no_argument, NULL, FLAG_HELP },
    { "version", no_argument, NULL, FLAG_VERSION },
};
#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static void set_flag(struct args *a, int flag)
{
    switch (flag) {
    case FLAG_NO_SAMPLES:
        a->no_sample_products = true;
        break;
    case FLAG_WAIT:
        a->wait = true;
        break;
    case FLAG_STDIN:
        a->password_stdin = true;
        break;
    case FLAG_GENERATE:
        a->generate = true;
        break;
    case FLAG_JSON:
        a->json = true;
        break;
    default:
        break;
    }
}

/* Returns 0; the flag when help or the version was asked for; -1 for a usage error that was told.
 */
static int parse(int argc, char **argv, struct args *a)
{
    struct option options[TEXTS + FLAGS + 1] = { 0 };
    for (size_t i = 0; i < TEXTS; i++)
        options[i] =
            (struct option) { texts[i].name, required_argument, NULL, TEXT_FIRST + (int)i };
    memcpy(options + TEXTS, flags, sizeof(flags));
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            return -1;
        if (c == FLAG_HELP || c == FLAG_VERSION)
            return c;
        if (c >= TEXT_FIRST)
            *(const char **)((char *)a + texts[c - TEXT_FIRST].offset) = optarg;
        else
            set_flag(a, c);
    }
    return 0;
}

static const struct command *find(int argc, char **argv, int *used)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command *c = &commands[i];
        int words = c->group ? 2 : 1;
        if (argc >= words && (!c->group || str_eq(argv[0], c->group)) &&
            str_eq(argv[words - 1], c->verb)) {
            *used = words;
            return c;
        }
    }
    return NULL;
}

static int exit_status(const struct err *err)
{
    switch (err->code) {
    case ERR_INVALID:
        return EX_DATAERR;
    case ERR_NOT_FOUND:
        return EX_NOINPUT;
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
        return EX_TEMPFAIL;
    case ERR_FORBIDDEN:
    case ERR_LIMIT:
        return EX_NOPERM;
    default:
        return 1;
    }
}

/* root works as the database's owner, so that no file it makes (the database's journals, the
 * reconciler's lock and log) is root's and in the platform's way. */
static int become_owner(const char *database, struct err *err)
{
    struct stat st;
    if (geteuid() != 0 || stat(database, &st) < 0 || st.st_uid == 0)
        return 0;
    if (setgroups(0, NULL) < 0 || setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0)
        return err_errno(err, errno, "becoming the owner of %s", database);
    return 0;
}

/* Before becoming the database's owner, who cannot write to the anchors. To read them they need not
 * be there yet. */
static int open_anchors(const struct command *c, const struct config *config, FILE **out,
                        struct err *err)
{
    if (!c->anchors || !config->audit_anchors)
        return 0;
    *out = fopen(config->audit_anchors, c->anchors);
    if (!*out && !(errno == ENOENT && c->anchors[0] == 'r'))
        return err_errno(err, errno, "the anchors of the audit log, %s", config->audit_anchors);
    return 0;
}

static int run(const struct command *c, struct args *a, struct err *err)
{
    CLEANUP(config_free_p) struct config *config = NULL;
    CLEANUP(db_close_p) struct db *db = NULL;
    CLEANUP_FCLOSE FILE *anchors = NULL;
    if (config_load(&config, NULL, err) < 0 || open_anchors(c, config, &anchors, err) < 0)
        return -1;
    if (c->runs != WITHOUT_DATABASE &&
        (become_owner(config->database, err) < 0 || db_open(&db, config->database, err) < 0))
        return -1;
    a->anchors = anchors;
    struct service service = { db, config };
    struct account account = { 0 };
    struct actor who = { 0, ROLE_ADMIN, "storectl", "local" };
    if (c->runs == AS_ACCOUNT) {
        if (account_find(&service, a->as, &account, err) < 0)
            return -1;
        /* Whoever may run this may read the database: the role is no fence here, only a name. */
        who.account_id = account.id;
        who.name = account.name;
    }
    return c->run(&service, &who, a, err);
}

int main(int argc, char **argv)
{
    log_init("storectl", LOG_LEVEL_WARN);
    struct args args = { 0 };
    int used = 0;
    int parsed = parse(argc, argv, &args);
    if (parsed == FLAG_VERSION)
        return printf("storectl (Storewright) %s\n", PACKAGE_VERSION) < 0;
    if (parsed != 0)
        return usage(parsed > 0 ? stdout : stderr);
    const struct command *c = find(argc - optind, argv + optind, &used);
    int rest = argc - optind - used;
    if (!c || rest != (c->needs_name ? 1 : 0))
        return usage(stderr);
    args.name = c->needs_name ? argv[optind + used] : NULL;
    struct err err = { 0 };
    int status = run(c, &args, &err);
    if (status >= 0)
        return status;
    if (err.msg[0])
        fprintf(stderr, "storectl: %s\n", err.msg);
    return exit_status(&err);
}
