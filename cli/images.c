#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "commands.h"

int command_images_build(struct service *s, const struct actor *who, const struct args *a,
                         struct err *err)
{
    (void)who;
    const struct config *config = s->config;
    if (!config->source_tree)
        return err_set(
            err, ERR_INVALID,
            "the configuration does not say where the source tree is, in which images are "
            "built: set source_tree, or run ./up there");
    if (geteuid() != 0)
        return err_set(err, ERR_FORBIDDEN,
                       "building images needs root: sudo storectl images build");
    CLEANUP_FREE char *script = str_printf("%s/deploy/images", config->source_tree);
    CLEANUP_FREE char *zip = a->zip ? realpath(a->zip, NULL) : NULL;
    if (a->zip && !zip)
        return err_errno(err, errno, "--zip %s", a->zip);
    char *argv[] = { script, (char *)a->name, NULL };
    if (zip && setenv("WOOCOMMERCE_ZIP", zip, 1) < 0)
        return err_errno(err, errno, "cannot name the zip");
    execv(script, argv);
    return err_errno(err, errno, "%s", script);
}
